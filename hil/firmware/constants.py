"""A module's constants as C: whole numbers become an enum, so that tables can name them, all else `static const`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from hil.firmware.comments import Comments, wrapped
from hil.firmware.expressions import literal
from hil.firmware.language import INT, Constant, Declaration, Module, RecordType, Table, Value
from hil.firmware.naming import Names


class ConstantsWriter:
    """Writes one module's. `used` are those that a function reads: C warns of others, so they are left out."""

    def __init__(self, names: Names, module: Module, used: Collection[tuple[str, str]]) -> None:
        self._names = names
        self._module = module
        self._used = used
        self._comments = Comments(module.text)
        self._lines: list[str] = []
        self._counting = False

    def lines(self) -> list[str]:
        """The constants in the order of the text, with the comments above and behind each."""
        above: list[str] = []
        for statement in self._module.tree.body:
            constant: Declaration | None
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    constant = self._module.names[name]
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    constant = self._module.names[name]
                case _:
                    constant = None
            if isinstance(constant, Constant):
                above = self._comments.before(statement.lineno) or above
                if constant.type == INT or (constant.module, constant.name) in self._used:
                    self._constant(constant, value, statement, above)
                    above = []
            else:
                above = []
            self._comments.drop(statement)
        self._count(False)
        return self._lines

    def _constant(self, constant: Constant, value: ast.expr, statement: ast.stmt, above: list[str]) -> None:
        counts = constant.type == INT
        self._count(counts)
        depth = int(counts)
        for comment in above:
            self._lines += wrapped(comment, depth)
        name, kind = self._names.of(constant), constant.type
        if counts:
            line = f"{name} = {literal(constant.value)},{self._comments.behind(statement)}"
            self._lines += wrapped(line, depth)
        elif isinstance(kind, Table) and isinstance(value, ast.Tuple) and isinstance(kind.element, RecordType):
            self._lines.append(f"static const {self._names.member(name, kind)} = {{")
            self._lines += self._rows(value, constant.value)
            self._lines.append("};")
        else:
            written = f"static const {self._names.member(name, kind)} = {self._initialiser(value, constant.value)};"
            self._lines += wrapped(written + self._comments.behind(statement), 0)

    def _count(self, counting: bool) -> None:
        """Opens or closes an enum."""
        if counting != self._counting:
            self._lines.append("enum {" if counting else "};")
        self._counting = counting

    def _rows(self, table: ast.Tuple, value: Value) -> Iterator[str]:
        assert isinstance(value, tuple)
        for row, part in zip(table.elts, value, strict=True):
            for comment in self._comments.before(row.lineno):
                yield from wrapped(comment, 1)
            yield from wrapped(f"{self._initialiser(row, part)},{self._comments.behind(row)}", 1)

    def _initialiser(self, written: ast.expr, value: Value) -> str:
        """A value in C, with the names of the whole numbers in it."""
        match written:
            case ast.Tuple(elts=parts) | ast.Call(args=parts) if isinstance(value, tuple):
                inner = (self._initialiser(part, inner) for part, inner in zip(parts, value, strict=True))
                return "{" + ", ".join(inner) + "}"
            case ast.Name(id=name) if isinstance(constant := self._module.names.get(name), Constant):
                if constant.type == INT:
                    return self._names.of(constant)
        return literal(value)
