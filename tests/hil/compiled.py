"""Compiles C for tests, and reaches it from Python: the records of a program as ctypes structures."""

from __future__ import annotations

import ctypes
import math
import struct
import subprocess
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from hil.firmware.build import FIRMWARE, generate
from hil.firmware.language import Program, RecordType, Scalar, Table, Type
from hil.firmware.recipe import FLAGS
from tests.system_parts import needs

CORE = FIRMWARE / "core"
C_TYPES: dict[str, Any] = {"float": ctypes.c_double, "int": ctypes.c_int32, "bool": ctypes.c_bool}


def library(folder: Path, sources: Iterable[Path], name: str = "tested") -> ctypes.CDLL:
    """C sources and the core's arithmetic as a shared library, by the flags of every build; skips without gcc."""
    made = folder / f"{name}.so"
    command = [needs("gcc", "gcc"), *FLAGS, "-shared", "-fPIC", f"-I{CORE}", f"-I{folder}", *map(str, sources)]
    done = subprocess.run([*command, "-o", str(made)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(made))


def core(folder: Path) -> ctypes.CDLL:
    """The whole core with the dictionary and the plans, every function of it within reach."""
    made = folder / "firmware"
    generate(made, "host")
    return library(made / "generated", sorted([*(made / "core").glob("*.c"), *(made / "generated").glob("*.c")]))


def structure(program: Program, kind: Type) -> Any:
    """The ctypes type that has the layout of a record, table or number in C."""
    match kind:
        case Scalar(name):
            return C_TYPES[name]
        case Table(element, int(length)):
            return structure(program, element) * length
        case RecordType(_, name):
            members = [(field, structure(program, part)) for field, part in program.records[kind].fields.items()]
            return type(name, (ctypes.Structure,), {"_fields_": members})
    raise AssertionError(kind)


def fill(target: Any, value: Any) -> None:
    """Copies a record of Python into its ctypes structure."""
    for field in fields(value):
        part = getattr(value, field.name)
        inner = getattr(target, field.name)
        if isinstance(part, tuple):
            for place, element in enumerate(part):
                if isinstance(element, float | int):
                    inner[place] = element
                else:
                    fill(inner[place], element)
        elif isinstance(part, float | int):
            setattr(target, field.name, part)
        else:
            fill(inner, part)


def same(record: Any, structured: Any) -> bool:
    """Whether a record of Python and one of C hold the same bits; any NaN is as good as another."""
    return all(_same(getattr(record, field.name), getattr(structured, field.name)) for field in fields(record))


def _same(value: Any, other: Any) -> bool:
    if isinstance(value, float):
        return bits(value) == bits(other)
    if isinstance(value, int):
        return bool(value == other)
    if isinstance(value, tuple):
        return all(_same(part, other[place]) for place, part in enumerate(value))
    return same(value, other)


def bits(number: float) -> bytes:
    """A double's bits, those of one NaN for all."""
    return struct.pack("<d", math.nan if math.isnan(number) else number)
