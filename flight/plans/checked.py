"""Tables of TOML files that people write: every value checked, every error one line with file, key and reason."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from flight.wire.errors import Misuse

SPELLING = 0.85
"""How alike two keys must be (difflib's ratio) for one to be taken for the other misspelt."""

Value = TypeVar("Value")


class Section:
    """One table of a file. Each key is asked for by name; `finish` refuses the keys that nobody asked for."""

    def __init__(self, source: str, prefix: str, table: Mapping[str, Any]) -> None:
        self._source = source
        self._prefix = prefix
        self._table = table
        self._known: set[str] = set()

    def refuse(self, key: str, reason: str) -> Misuse:
        """The error for one of this table's keys, to be raised."""
        return Misuse(f"{self._source}: {self._prefix}{key}: {reason}")

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A finite number from low to high; without the key the default, which may be any."""
        value = self._value(key, default)
        return self._number(key, value, low, high) if key in self._table else float(value)

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """An integer from low to high; without the key the default, which may be any."""
        value = self._value(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(key, f"{value!r} is no whole number")
        return int(self._number(key, value, low, high)) if key in self._table else value

    def numbers(self, key: str, low: float, high: float, least: int, most: int) -> tuple[float, ...]:
        """A list of `least` to `most` numbers from low to high."""
        value = self._value(key, None)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.refuse(key, f"must be a list of {least} to {most} numbers")
        return tuple(self._number(f"{key}[{place}]", element, low, high) for place, element in enumerate(value))

    def rising(self, key: str, low: float, high: float, least: int, most: int) -> tuple[float, ...]:
        """The same, each number larger than the one before."""
        values = self.numbers(key, low, high, least, most)
        if any(after <= before for before, after in pairwise(values)):
            raise self.refuse(key, "each number must be larger than the one before")
        return values

    def text(self, key: str, most: int, default: str | None = None) -> str:
        """Text of at most `most` bytes of UTF-8."""
        value = self._value(key, default)
        if not isinstance(value, str):
            raise self.refuse(key, f"{value!r} is no text; put it in quotes")
        if len(value.encode()) > most:
            raise self.refuse(key, f"longer than {most} bytes")
        return value

    def texts(self, key: str, longest: int, most: int) -> tuple[str, ...]:
        """A list of at most `most` texts of at most `longest` bytes of UTF-8; none where the key is missing."""
        value = self._value(key, [])
        if not isinstance(value, list) or len(value) > most or not all(isinstance(each, str) for each in value):
            raise self.refuse(key, f"must be a list of at most {most} texts")
        if any(len(each.encode()) > longest for each in value):
            raise self.refuse(key, f"one is longer than {longest} bytes")
        return tuple(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, f"{value!r} is neither true nor false")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of these words."""
        value = self._value(key, default)
        if value not in choices:
            raise self.refuse(key, f"{value!r} is none of {', '.join(choices)}")
        return str(value)

    def rows(self, key: str, ranges: tuple[tuple[float, float], ...], most: int) -> tuple[tuple[float, ...], ...]:
        """A list of at most `most` lists of numbers, one number for each range; none where the key is missing."""
        value = self._value(key, [])
        columns = len(ranges)
        if not isinstance(value, list) or len(value) > most:
            raise self.refuse(key, f"must be a list of at most {most} lists")
        if not all(isinstance(row, list) and len(row) == columns for row in value):
            raise self.refuse(key, f"each row must be a list of {columns} numbers")
        return tuple(
            tuple(
                self._number(f"{key}[{place}][{column}]", element, *bounds)
                for column, (element, bounds) in enumerate(zip(row, ranges, strict=True))
            )
            for place, row in enumerate(value)
        )

    def optional(self, key: str, read: Callable[[Section], Value], default: Value) -> Value:
        """What `read` makes of the table within this one, all of whose keys it must ask for; the default without it."""
        self._known.add(key)
        if key not in self._table:
            return default
        section = self.section(key)
        value = read(section)
        section.finish()
        return value

    def section(self, key: str) -> Section:
        """A table within this one."""
        value = self._value(key, None)
        if not isinstance(value, dict):
            raise self.refuse(key, "must be a table")
        return Section(self._source, f"{self._prefix}{key}.", value)

    def sections(self, key: str, least: int, most: int) -> list[Section]:
        """A list of tables, written as [[key]]."""
        value = self._value(key, [] if least == 0 else None)
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.refuse(key, f"must be tables, each under [[{self._prefix}{key}]]")
        if not least <= len(value) <= most:
            raise self.refuse(key, f"there are {len(value)}; {least} to {most} can be")
        return [Section(self._source, f"{self._prefix}{key}[{place}].", row) for place, row in enumerate(value)]

    def filled(self, words: Mapping[str, int]) -> Section:
        """The same table with each `{word}` in its texts replaced; a text that is nothing else becomes the number."""
        table = dict(self._table)
        for key, value in self._table.items():
            if not isinstance(value, str):
                continue
            for word, number in words.items():
                if value == f"{{{word}}}":
                    table[key] = number
                elif isinstance(table[key], str):
                    table[key] = table[key].replace(f"{{{word}}}", str(number))
        return Section(self._source, self._prefix, table)

    def keys(self) -> tuple[str, ...]:
        """The keys that the file has, in its order."""
        return tuple(self._table)

    def finish(self) -> None:
        """Refuses unknown keys, suggesting the nearest known one."""
        for key in self._table:
            if key not in self._known:
                raise self.refuse(key, f"unknown key; {nearest(key, self._known)}")

    def _value(self, key: str, default: Any) -> Any:
        self._known.add(key)
        if key in self._table:
            return self._table[key]
        if default is None:
            like = difflib.get_close_matches(key, set(self._table) - self._known, n=1, cutoff=SPELLING)
            raise self.refuse(key, f"missing; is it what {like[0]} was meant to be?" if like else "missing")
        return default

    def _number(self, key: str, value: Any, low: float, high: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(key, f"{value!r} is no number")
        if not math.isfinite(value):
            raise self.refuse(key, "is not finite")
        if not low <= value <= high:
            raise self.refuse(key, f"{value:g} is outside of {low:g} to {high:g}")
        return float(value)


def parse(text: str, source: str) -> Section:
    """A TOML file's outermost table. Raises Misuse where the text is no TOML."""
    try:
        return Section(source, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"{source}: not valid TOML: {error}") from error


def names(folder: Path) -> tuple[str, ...]:
    """The TOML files of a folder, by name without ending."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def read(folder: Path, name_or_path: str, what: str) -> tuple[str, str]:
    """(text, source) of the file of that name in a folder, or else of the file at that path.

    Raises Misuse for a name that is not known and a file that cannot be read; `what` says what was looked for.
    """
    known = names(folder)
    path = folder / f"{name_or_path}.toml" if name_or_path in known else Path(name_or_path)
    if not path.is_file():
        raise Misuse(f"{what} {name_or_path!r}: no such name or file; {nearest(name_or_path, set(known))}")
    try:
        return path.read_text(encoding="utf-8"), path.name
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot read the {what}: {error}; give a name or the path of a TOML file") from error


def nearest(name: str, known: set[str]) -> str:
    """What to say of a name that is not known: the nearest one, or all of them."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"did you mean {close[0]}?" if close else f"one of {', '.join(sorted(known))}"
