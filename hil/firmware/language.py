"""The types of the flight subset, and what a module can declare in it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number or a truth value: `double`, `int32_t` or `bool` in C."""

    name: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record, by the module that declares it and its name. Passed by reference, in C a pointer to a struct."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Table:
    """Elements read by index: `tuple[float, float, float]`, or `tuple[float, ...]` where any length will do."""

    element: Scalar | RecordType
    length: int | None


@dataclass(frozen=True, slots=True)
class Several:
    """`tuple[float, float, int]` and its like behind `->`: what a function returns that has several results."""

    elements: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """The result of a function that returns none."""


Type = Scalar | Table | Several | RecordType | Nothing

FLOAT: Final = Scalar("float")
INT: Final = Scalar("int")
BOOL: Final = Scalar("bool")
NOTHING: Final = Nothing()
SCALARS: Final = {"float": FLOAT, "int": INT, "bool": BOOL}
INT_LIMIT: Final = 2**31
Number = float | int | bool
Value = Number | tuple["Value", ...]


def spelled(kind: Type) -> str:
    """A type as it is written in an annotation."""
    match kind:
        case Scalar(name) | RecordType(_, name):
            return name
        case Table(element, None):
            return f"tuple[{element.name}, ...]"
        case Table(element, length):
            return f"tuple of {length} {element.name}"
        case Several(elements):
            return f"tuple[{', '.join(element.name for element in elements)}]"
        case Nothing():
            return "None"


def fits(found: Type, wanted: Type) -> bool:
    """Whether a value of the one type may stand where the other is wanted."""
    if isinstance(found, Table) and isinstance(wanted, Table) and wanted.length is None:
        return found.element == wanted.element
    return found == wanted


@dataclass(frozen=True, slots=True)
class Constant:
    """A module's constant and its value, which C gets as it stands; a record's value is that of its fields."""

    module: str
    name: str
    type: Scalar | RecordType | Table
    value: Value


@dataclass(frozen=True, slots=True)
class Record:
    """A slots dataclass: field names to types, in order."""

    type: RecordType
    fields: dict[str, Type]
    frozen: bool
    line: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function's signature. Its key in the call graph is (module, name)."""

    module: str
    name: str
    parameters: tuple[tuple[str, Type], ...]
    result: Type
    definition: ast.FunctionDef = field(compare=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.module, self.name


@dataclass(frozen=True, slots=True)
class Builtin:
    """`sqrt`, `int`, `float`, `len`, and the module `math`: what the subset has without declaring it."""

    name: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a tuple type, which is kept as written: it means Several behind `->` and Table elsewhere."""

    written: ast.expr


Declaration = Constant | Record | Function | Builtin | Alias
BUILTINS: Final[dict[str, Declaration]] = {name: Builtin(name) for name in ("float", "int", "len")}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who calls whom, where, and whether the call is all there is on the right-hand side."""

    caller: tuple[str, str]
    callee: tuple[str, str]
    file: Path
    line: int
    alone: bool


@dataclass(slots=True)
class Module:
    """One parsed file: its names, declared here or imported."""

    name: str
    file: Path
    tree: ast.Module
    text: str
    names: dict[str, Declaration] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """What the subset does not allow, where, and what to write instead."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class Program:
    """All modules, and what was found out about them together."""

    modules: dict[str, Module] = field(default_factory=dict)
    records: dict[RecordType, Record] = field(default_factory=dict)
    types: dict[ast.expr, Type] = field(default_factory=dict)
    """Of the expressions inside functions that have one."""
    variables: dict[tuple[str, str], dict[str, Type]] = field(default_factory=dict)
    """Each function's parameters and variables."""
    calls: list[Call] = field(default_factory=list)
    writers: set[tuple[str, str]] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, module: Module, node: ast.AST, message: str) -> None:
        self.refusals.append(Refusal(module.file, getattr(node, "lineno", 1), message))


# fmt: off
_WORDS_OF_C: Final = frozenset({
    "asm", "auto", "bool", "case", "char", "const", "default", "do", "double", "enum", "errno", "extern", "false",
    "goto", "inline", "long", "main", "memcmp", "memcpy", "memmove", "memset", "offsetof", "register", "restrict",
    "short", "signed", "sizeof", "static", "struct", "switch", "true", "typedef", "union", "unsigned", "void",
    "volatile", "NULL",
})
# fmt: on
_KEPT_IN_C: Final = re.compile(r"vermilion_|_[A-Z_]|[A-Za-z0-9_]*[^A-Za-z0-9_]|[a-z0-9_]+_t$|U?INT\d+_")
"""The beginnings of names that C, its headers or the firmware keep for themselves; and any that is not ASCII."""


def reserved_in_c(name: str) -> bool:
    """Whether a name cannot stand in C as it is."""
    return name in _WORDS_OF_C or _KEPT_IN_C.match(name) is not None
