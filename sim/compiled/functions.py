"""Compiles plain functions and all that they call; records become structures in memory.

A function is compiled from its own byte code; of its globals functions are replaced by what they compile to, tables of
records by arrays of structures. Arithmetic is that of IEEE 754 in the order of the source: no fused operations, no
reassociation, so that results are those of CPython bit for bit (which the tests hold it to). Two things differ, neither
within what the simulator computes: integers have 64 bits, and a division by zero gives an infinity.

What was compiled is kept on the disk, by a digest of all sources that it may have been made from: numba's own check
sees changes of one file at a time.
"""

from __future__ import annotations

import bisect
import dis
import importlib
import importlib.util
import os
import shutil
import types
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import numpy

from flight.wire.errors import Misuse
from sim.software import software_digest

PACKAGES = ("flight", "sim")
"""Only what these define is compiled."""
KEPT = 4
"""Versions of the software whose compiled functions stay on the disk."""

_SCALAR_TYPES: dict[Any, Any] = {float: numpy.float64, int: numpy.int64, bool: numpy.bool_}


def available() -> bool:
    """Whether numba is installed."""
    return importlib.util.find_spec("numba") is not None


def require() -> None:
    """Raises Misuse where numba is not installed."""
    if not available():
        raise Misuse("numba is not installed; install the extra fast (pip install numba), or fly without --fast")


class Compiler:
    """Compiles functions, each once."""

    def __init__(self, folder: Path | None) -> None:
        """What is compiled is kept in a folder, or only in memory. Raises Misuse where numba is not installed."""
        require()
        self._numba: Any = importlib.import_module("numba")
        self._kept = folder is not None
        if folder is not None:
            self._numba.config.CACHE_DIR = str(folder)
        self._made: dict[Any, Any] = {bisect.bisect_right: self._compiled(place_right)}

    def function(self, plain: Callable[..., Any]) -> Any:
        """The compiled function, which is called like the plain one."""
        if plain not in self._made:
            scope = dict(plain.__globals__)
            for name in {step.argval for step in dis.get_instructions(plain) if step.opname == "LOAD_GLOBAL"}:
                if name in scope:
                    scope[name] = self._replacement(scope[name])
            same = types.FunctionType(plain.__code__, scope, plain.__name__, plain.__defaults__, plain.__closure__)
            self._made[plain] = self._compiled(same)
        return self._made[plain]

    def on_structures(self, plain: Callable[..., Any], *records: type) -> Any:
        """The compiled function for records that lie in memory as `layout` has them: it takes their addresses.

        A call costs a third of a microsecond; one with numpy's own structures, fifty times as much. Each is made once:
        no disk keeps it, and it takes two seconds.
        """
        if (plain, records) not in self._made:
            self._made[plain, records] = self._by_address(plain, records)
        return self._made[plain, records]

    def _by_address(self, plain: Callable[..., Any], records: tuple[type, ...]) -> Any:
        count = len(records)
        names = [f"structure_{place}" for place in range(count)]
        taken = [f"carray(pointer({name}), 1, layout_{place})[0]" for place, name in enumerate(names)]
        source = f"def call({', '.join(names)}):\n    function({', '.join(taken)})\n"
        scope: dict[str, Any] = {
            "function": self.function(plain),
            "carray": self._numba.carray,
            "pointer": self._pointer(),
            **{f"layout_{place}": layout(record) for place, record in enumerate(records)},
        }
        exec(source, scope)
        address = self._numba.types.intp
        return self._numba.njit((address,) * count, error_model="numpy")(scope["call"])

    def _pointer(self) -> Any:
        """An address as a pointer."""
        core: Any = importlib.import_module("numba.core.cgutils")
        extending: Any = importlib.import_module("numba.extending")
        kinds = self._numba.types

        def pointer(context: Any, address: Any) -> Any:
            def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
                return builder.inttoptr(arguments[0], core.voidptr_t)

            return kinds.voidptr(kinds.intp), generate

        return extending.intrinsic(pointer)

    def _replacement(self, value: Any) -> Any:
        if value is bisect.bisect_right:
            return self._made[value]
        if isinstance(value, types.FunctionType) and value.__module__.partition(".")[0] in PACKAGES:
            return self.function(value)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            return numpy.array([flat(each) for each in value], dtype=layout(type(value[0])))
        return value

    def _compiled(self, function: Any) -> Any:
        return self._numba.njit(function, error_model="numpy", fastmath=False, cache=self._kept)


@cache
def compiler() -> Compiler:
    """The process's own, with its folder in the user's cache. Raises Misuse where numba is not installed."""
    require()
    return Compiler(_folder())


def layout(record: type) -> numpy.dtype[Any]:
    """How a record's fields lie in memory; a tuple is an array."""
    kinds = get_type_hints(record)
    parts: list[tuple[Any, ...]] = []
    for field in fields(record):
        kind = kinds[field.name]
        if get_origin(kind) is tuple:
            each = get_args(kind)
            parts.append((field.name, _scalar(each[0]), (len(each),)))
        else:
            parts.append((field.name, _scalar(kind)))
    return numpy.dtype(parts, align=True)


def _scalar(kind: Any) -> Any:
    return _SCALAR_TYPES.get(kind) or layout(kind)


def flat(record: Any) -> tuple[Any, ...]:
    """A record's values as numpy takes them for its layout: records are tuples, tables are lists."""
    return tuple(_flat(getattr(record, field.name)) for field in fields(record))


def _flat(value: Any) -> Any:
    if is_dataclass(value):
        return flat(value)
    return [_flat(each) for each in value] if isinstance(value, tuple) else value


def place_right(table: Sequence[float], value: float) -> int:
    """What bisect_right gives, for functions that are compiled."""
    low, high = 0, len(table)
    while low < high:
        middle = (low + high) // 2
        if value < table[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def is_new() -> bool:
    """Whether nothing is on the disk yet for this version."""
    folder = _folder()
    return folder is None or next(folder.iterdir(), None) is None


def _folder() -> Path | None:
    """A folder of this version's own in the user's cache; that of versions used long ago is removed."""
    home = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    parent = Path(home) / "vermilion" / "compiled"
    folder = parent / software_digest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        for old in sorted(parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        return None
    return folder
