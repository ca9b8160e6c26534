"""The flight subset of Python, and the check that a program keeps to it.

What flies is written once, in Python, and also flown as C that gives the same bits. So a module of flight/computer is:

- imports from flight.computer, `math` for sqrt, dataclasses and typing;
- constants (`NAME: Final = 9.81`, tuples of numbers or of frozen records) made of numbers, constants and operators;
- records: `@dataclass(slots=True)` with fields float, int, bool, record, or a tuple of them, which is a table;
- functions whose parameters and results are such values, or `-> tuple[float, float]` for several results.

In a function: assignments to names and fields, a, b = f(…), if, for NAME in range(…), break, continue, return, calls.
A variable has one type and a value on every path before it is read. int and float do not mix, numbers have no truth,
`//` and `%` are by a positive constant, a table's elements do not change, records are made outside and passed in.
There is no while, no recursion, no exception, no text, no object made at run time. A call that writes to a record
stands alone on its right-hand side, because C does not say which operand comes first. Records begin as zeros and false.
Names are ASCII and none that C or the firmware keeps.

Not checked where it is known only at run time, and left to the author: divisors that may be zero, ints that leave 32
bits, shifts by other than 0 to 31, floats out of int()'s range, indices outside of a table.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from hil.firmware.bodies import Body
from hil.firmware.declarations import PACKAGE, Declarations
from hil.firmware.language import Module, Program, RecordType, Refusal, Table

Node = TypeVar("Node")


def check(paths: Iterable[Path]) -> list[Refusal]:
    """What the subset does not allow in these files and folders, as one program; sorted by file and line.

    A file is the module of flight.computer that has its name. Raises OSError for what cannot be read.
    """
    return sorted(set(read(paths).refusals))


def read(paths: Iterable[Path]) -> Program:
    """These files and folders as one checked program, its modules in the order of their imports; see `check`."""
    program = Program()
    sources = dict(_sources(paths))
    loader = _Loader(program, sources)
    for name in sources:
        loader.load_named(name)
    for module in program.modules.values():
        for function in module.functions:
            Body(program, module, function).check()
    _check_order_of_writes(program)
    _check_recursion(program)
    return program


def _sources(paths: Iterable[Path]) -> Iterable[tuple[str, Path]]:
    for path in paths:
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for file in files:
            parts = file.relative_to(path).with_suffix("").parts if path.is_dir() else (file.stem,)
            yield ".".join([PACKAGE, *(part for part in parts if part != "__init__")]), file


class _Loader:
    """Reads modules in the order of their imports, each once."""

    def __init__(self, program: Program, sources: Mapping[str, Path]) -> None:
        self._program = program
        self._sources = sources
        self._loading: list[str] = []

    def load_named(self, name: str) -> None:
        if name in self._program.modules:
            return
        file = self._sources[name]
        try:
            text = file.read_bytes()
            compile(text, str(file), "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            self._program.refusals.append(Refusal(file, line, f"this is not Python ({error}); write what Python reads"))
            text = b""
        module = Module(name, file, ast.parse(text), text.decode(errors="replace"))
        self._program.modules[name] = module
        self._loading.append(name)
        Declarations(self._program, module, self.load).read()
        self._loading.pop()
        self._program.modules[name] = self._program.modules.pop(name)  # behind what it imports

    def load(self, importer: Module, node: ast.AST, name: str) -> Module | None:
        if name not in self._sources:
            self._program.refuse(importer, node, f"{name} is not among the files checked; write one of theirs")
            return None
        if name in self._loading:
            self._program.refuse(importer, node, f"{name} imports this module too; write what both need in a third")
            return None
        self.load_named(name)
        return self._program.modules[name]


def _check_order_of_writes(program: Program) -> None:
    writers = set(program.writers)
    grown = True
    while grown:
        more = {call.caller for call in program.calls if call.callee in writers} - writers
        writers |= more
        grown = bool(more)
    for call in program.calls:
        if call.callee in writers and not call.alone:
            message = f"{call.callee[1]} writes to a record, in C before or after the rest; write NAME = f(…) first"
            program.refusals.append(Refusal(call.file, call.line, message))


def _check_recursion(program: Program) -> None:
    calls: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for call in program.calls:
        calls.setdefault(call.caller, set()).add(call.callee)
    circular = _circular(calls)
    for module in program.modules.values():
        for function in module.functions:
            if function.key in circular:
                message = f"{function.name} calls itself, directly or through others; write a bounded loop"
                program.refuse(module, function.definition, message)
    parts: dict[RecordType, set[RecordType]] = {}
    for record in program.records.values():
        kinds = (kind.element if isinstance(kind, Table) else kind for kind in record.fields.values())
        parts[record.type] = {kind for kind in kinds if isinstance(kind, RecordType)}
    for kind in _circular(parts):
        message = f"{kind.name} contains itself; write an index instead"
        program.refusals.append(Refusal(program.modules[kind.module].file, program.records[kind].line, message))


def _circular(edges: Mapping[Node, set[Node]]) -> set[Node]:
    """The nodes from which a path leads back to themselves."""
    found = set()
    for start in edges:
        seen: set[Node] = set()
        ahead = list(edges[start])
        while ahead:
            node = ahead.pop()
            if node not in seen:
                seen.add(node)
                ahead.extend(edges.get(node, ()))
        if start in seen:
            found.add(start)
    return found


def main(arguments: Sequence[str]) -> int:
    """Prints what is wrong, one line each; 1 if anything is."""
    if not arguments:
        print("usage: python -m hil.firmware.subset FILE_OR_FOLDER…", file=sys.stderr)
        return 2
    try:
        refusals = check([Path(argument) for argument in arguments])
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    for refusal in refusals:
        print(refusal)
    return 1 if refusals else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
