"""The flight subset of Python, and what turns it into firmware."""
