"""The firmware on this computer: a shared library and a process."""
