"""The flight logic as C: modules of the flight subset become one readable C11 file and its header.

    python -m hil.firmware.translate FILE_OR_FOLDER… --to FOLDER

Names, docstrings and comments stay; `s.px` becomes `s->px`. Records become structs, floats doubles, ints int32_t,
tables `static const` arrays; several results go to where the last parameters point. The C has the same operations in
the same order, so with IEEE doubles, and contraction off, the same bits. Functions that no other calls are exported,
as `vermilion_NAME`; constants that no function reads are left out, and so are defaults: records begin as zeros.
What the subset does not allow (hil/firmware/subset.py says what it allows) is refused with file, line and advice.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flight.wire.errors import Misuse
from hil.firmware.comments import Comments, block, docstring, wrapped
from hil.firmware.constants import ConstantsWriter
from hil.firmware.language import Constant, Module, Program, Record
from hil.firmware.naming import Names
from hil.firmware.statements import Statements, signature
from hil.firmware.subset import read

NAME = "flight_computer"


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of flight_computer.h and flight_computer.c, and what the things in them are called."""

    header: str
    source: str
    names: Names


def translate(program: Program, exported: Collection[tuple[str, str]] = ()) -> Translation:
    """A checked program in C. `exported` are further functions, by module and name, for others to call.

    Raises Misuse with the first refusal of a program that is not in the subset.
    """
    if program.refusals:
        raise Misuse(str(min(program.refusals)))
    called = {call.callee for call in program.calls}
    functions = {function.key for module in program.modules.values() for function in module.functions}
    names = Names(program, {*(functions - called), *exported})
    writer = _Writer(program, names)
    return Translation(writer.header(), writer.source(), names)


class _Writer:
    """Walks the modules in the order of their imports."""

    def __init__(self, program: Program, names: Names) -> None:
        self._program = program
        self._names = names
        self._used: set[tuple[str, str]] = set()

    def header(self) -> str:
        lines = [*_opening("The flight logic's records and the functions that a firmware calls."), ""]
        lines += ["#ifndef FLIGHT_COMPUTER_H", "#define FLIGHT_COMPUTER_H", ""]
        lines += ["#include <stdbool.h>", "#include <stddef.h>", "#include <stdint.h>"]
        for module in self._program.modules.values():
            comments = Comments(module.text)
            for statement in module.tree.body:
                declared = module.names.get(statement.name) if isinstance(statement, ast.ClassDef) else None
                if isinstance(statement, ast.ClassDef) and isinstance(declared, Record):
                    lines += ["", *self._record(statement, declared, comments)]
                comments.drop(statement)
        lines.append("")
        for module in self._program.modules.values():
            for function in module.functions:
                if function.key in self._names.exported:
                    lines += wrapped(f"{signature(self._program, function, self._names)};", 0)
        return "\n".join([*lines, "", "#endif", ""])

    def source(self) -> str:
        bodies = {name: list(self._functions(module)) for name, module in self._program.modules.items()}
        lines = [*_opening("The flight logic."), "", f'#include "{NAME}.h"', "", '#include "arithmetic.h"']
        lines += self._announced()
        for name, module in self._program.modules.items():
            place = "/".join([*name.split("."), *(["__init__"] if module.file.stem == "__init__" else [])])
            lines += ["", "", *block(f"{place}.py\n\n{docstring(module.tree.body) or ''}")]
            constants = ConstantsWriter(self._names, module, self._used).lines()
            lines += ["", *constants] if constants else []
            for body in bodies[name]:
                lines += ["", *body]
        return "\n".join([*lines, ""])

    def _record(self, definition: ast.ClassDef, record: Record, comments: Comments) -> Iterator[str]:
        yield from comments.before(definition.decorator_list[0].lineno)
        text = docstring(definition.body)
        yield from block(text) if text is not None else ()
        yield "typedef struct {"
        for statement in definition.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                yield from (f"    {comment}" for comment in comments.before(statement.lineno))
                name = statement.target.id
                member = self._names.member(name, record.fields[name])
                yield from wrapped(f"{member};{comments.behind(statement)}", 1)
        yield f"}} {self._names.of(record)};"

    def _announced(self) -> Iterator[str]:
        """Declarations of the functions that stand behind one that calls them."""
        order = [function for module in self._program.modules.values() for function in module.functions]
        place = {function.key: index for index, function in enumerate(order)}
        early = {call.callee for call in self._program.calls if place[call.callee] > place[call.caller]}
        for function in order:
            if function.key in early - set(self._names.exported):
                yield from ("", *wrapped(f"static {signature(self._program, function, self._names)};", 0))

    def _functions(self, module: Module) -> Iterator[list[str]]:
        comments = Comments(module.text)
        statements = Statements(self._program, module, self._names, comments, self._use)
        functions = {function.name: function for function in module.functions}
        for definition in module.tree.body:
            if isinstance(definition, ast.FunctionDef):
                yield statements.function(functions[definition.name])
            comments.drop(definition)

    def _use(self, constant: Constant) -> None:
        self._used.add((constant.module, constant.name))


def _opening(text: str) -> list[str]:
    return [f"/* {text}", " * Made by hil/firmware/translate.py from flight/computer; change it there, not here. */"]


def load(paths: Iterable[Path]) -> Program:
    """The checked program of these files and folders. Raises Misuse for what cannot be read."""
    try:
        return read(paths)
    except OSError as error:
        raise Misuse(f"{error.filename}: {error.strerror}; give files and folders of Python") from error


def write(translation: Translation, folder: Path) -> None:
    """Both files into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.h").write_text(translation.header, encoding="utf-8")
    (folder / f"{NAME}.c").write_text(translation.source, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Translates; 1 and one line a refusal where that cannot be."""
    parser = argparse.ArgumentParser("python -m hil.firmware.translate")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--to", required=True, type=Path)
    given = parser.parse_args(arguments)
    try:
        program = load(given.paths)
    except Misuse as error:
        print(error, file=sys.stderr)
        return 2
    for refusal in sorted(set(program.refusals)):
        print(refusal)
    if program.refusals:
        return 1
    write(translate(program), given.to)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
