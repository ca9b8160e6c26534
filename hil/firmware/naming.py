"""What the things of a program of the flight subset are called in C.

All modules become one C file. A thing keeps its name; where two modules use one name, the later gets its module's in
front of it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass, field

from hil.firmware.language import Constant, Declaration, Function, Program, Record, RecordType, Scalar, Table, Type
from hil.firmware.writes import Parameter, written_parameters

PREFIX = "vermilion_"
SCALARS_IN_C = {"float": "double", "int": "int32_t", "bool": "bool"}


@dataclass(slots=True)
class Names:
    """C names by module and name. `exported` are the functions that other C files may call."""

    program: Program
    exported: Collection[tuple[str, str]]
    _given: dict[tuple[str, str], str] = field(default_factory=dict)
    _written: frozenset[Parameter] = frozenset()

    def __post_init__(self) -> None:
        self._written = written_parameters(self.program)
        keys = [
            key
            for module in self.program.modules.values()
            for declaration in module.names.values()
            if (key := key_of(declaration)) is not None and key[0] == module.name
        ]
        # Of two exported functions with one name that of the last module keeps it: the others serve it.
        used = _identifiers(self.program)
        for exported in (key for key in reversed(keys) if key in self.exported):
            self._give(exported, PREFIX, set())
        for key in keys:
            if key not in self._given:
                self._give(key, "", used)

    def _give(self, key: tuple[str, str], prefix: str, avoided: Collection[str]) -> None:
        module, name = key
        taken = set(self._given.values())
        unique = name
        while prefix + unique in taken or (unique != name and unique in avoided):
            unique = f"{module.rpartition('.')[2]}_{unique}"
        self._given[key] = prefix + unique

    def of(self, thing: Constant | Record | Function | RecordType) -> str:
        """A declared thing's name in C."""
        key = (thing.module, thing.name) if isinstance(thing, RecordType) else key_of(thing)
        assert key is not None
        return self._given[key]

    def type(self, kind: Type) -> str:
        """What stands before a parameter's or variable's name; ends with a space or a star."""
        match kind:
            case Scalar(name):
                return SCALARS_IN_C[name] + " "
            case RecordType():
                return f"{self._const(kind)}{self.of(kind)} *"
            case Table(RecordType() as element, _):
                return f"{self._const(element)}{self.of(element)} *"
            case Table(Scalar(name), _):
                return f"const {SCALARS_IN_C[name]} *"
        return "void "

    def parameter(self, function: Function, name: str, kind: Type) -> str:
        """A function's parameter; what it does not write to is const."""
        written = self.type(kind) + name
        inner = kind.element if isinstance(kind, Table) else kind
        constant = isinstance(inner, RecordType) and (function.key, name) not in self._written
        return f"const {written}" if constant and not written.startswith("const ") else written

    def member(self, name: str, kind: Type) -> str:
        """A field of a record, or a constant without its value."""
        element, suffix = (kind.element, f"[{kind.length}]") if isinstance(kind, Table) else (kind, "")
        written = self.of(element) + " " if isinstance(element, RecordType) else self.type(element)
        return f"{written}{name}{suffix}"

    def _const(self, kind: RecordType) -> str:
        return "const " if self.program.records[kind].frozen else ""


def key_of(declaration: Declaration) -> tuple[str, str] | None:
    """Where a thing was declared, and as what."""
    match declaration:
        case Constant(module=module, name=name) | Function(module=module, name=name):
            return module, name
        case Record(type=kind):
            return kind.module, kind.name
    return None


def _identifiers(program: Program) -> set[str]:
    found = set()
    for module in program.modules.values():
        for node in ast.walk(module.tree):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                    found.add(name)
    return found
