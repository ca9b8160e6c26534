"""The comments of a Python source, so that the C keeps them."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Sequence
from typing import Final

TOOLS: Final = ("fmt:", "noqa", "type:", "ruff:", "pragma:", "mypy:")
"""What comments begin with that speak to Python's tools."""
WIDTH: Final = 112
HELD: Final = "\x00"
"""A space at which a line is not cut."""


class Comments:
    """A source's comments by line: those with a line of their own, and those behind code. Each is given out once."""

    def __init__(self, text: str) -> None:
        self._own: dict[int, str] = {}
        self._trailing: dict[int, str] = {}
        lines = text.splitlines()
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and not token.string.lstrip("# ").startswith(TOOLS):
                line, column = token.start
                own = not lines[line - 1][:column].strip()
                (self._own if own else self._trailing)[line] = token.string.lstrip("#").strip()

    def before(self, line: int) -> list[str]:
        """The comments above a line that have not been given out, as C."""
        found = sorted(place for place in self._own if place < line)
        return [f"// {_harmless(self._own.pop(place))}" for place in found]

    def behind(self, node: ast.AST) -> str:
        """The comments behind and inside a statement's lines, as C to be appended to it; empty where there are none."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
        found = [table.pop(line) for line in range(first, last + 1) for table in (self._own, self._trailing)
                 if line in table]  # fmt: skip
        return f"  // {_harmless(' '.join(found))}" if found else ""

    def drop(self, node: ast.AST) -> None:
        """Forgets all comments up to the end of a statement."""
        last = getattr(node, "end_lineno", 0)
        for table in (self._own, self._trailing):
            for line in [line for line in table if line <= last]:
                del table[line]


def block(text: str) -> list[str]:
    """A docstring as a C comment."""
    lines = [_harmless(line.rstrip()) for line in textwrap.dedent(text).strip().splitlines()]
    if len(lines) == 1:
        return [f"/* {lines[0]} */"]
    return [f"/* {lines[0]}", *(f" * {line}".rstrip() for line in lines[1:]), " */"]


def docstring(statements: Sequence[ast.stmt]) -> str | None:
    """The text at the beginning of a module's, record's or function's body."""
    match statements:
        case [ast.Expr(value=ast.Constant(value=str(text))), *_]:
            first, _, rest = text.partition("\n")
            return f"{first.strip()}\n{textwrap.dedent(rest)}"
    return None


def wrapped(line: str, depth: int) -> list[str]:
    """A line of C, indented, cut where it is too long; it has no text in it, its comment then stands above."""
    indent = "    " * depth
    if len(indent + line) <= WIDTH:
        return [indent + line]
    code, _, comment = line.partition("//")
    above = _folded(f"// {comment.strip()}", indent, "// ") if comment else []
    return above + (_broken(code.rstrip(), indent) if code.strip() else [])


def _broken(code: str, indent: str) -> list[str]:
    """Cut behind commas where that is enough, else also before and, or and choices, before sums, or anywhere."""
    lines: list[str] = []
    for place in (r"(?<=,) ", r"(?<=,) | (?=&&|\|\||\? |: )", r"(?<=,) | (?=&&|\|\||\? |: |[-+|] )", " "):
        held = re.sub(place, "\n", code).replace(" ", HELD).replace("\n", " ")
        lines = [cut.replace(HELD, " ") for cut in _folded(held, indent, "    ")]
        if all(len(cut) <= WIDTH for cut in lines):
            break
    return lines


def _folded(text: str, indent: str, further: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + further, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


def _harmless(text: str) -> str:
    """Without what would begin, end or continue a comment in C."""
    return text.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?").rstrip("\\")
