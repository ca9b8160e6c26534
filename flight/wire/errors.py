"""The one kind of error that reaches a user."""


class Misuse(Exception):
    """The caller or the user asked for something that cannot be done.

    The message is one line: what is wrong, where, and what to do. The command line prints it and exits with status 2.
    Bytes from a link never raise it: damage is counted, not raised.
    """
