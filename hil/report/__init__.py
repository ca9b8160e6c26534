"""The report of one bench run: what was seen, what is asked of it, a page for people and a JUnit file for CI."""
