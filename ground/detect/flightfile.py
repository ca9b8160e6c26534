"""A flight recorded by anybody: one CSV file, read row by row, damage counted and skipped.

The file is comma-separated text (UTF-8, with or without a byte-order mark, any line ends) with one header line; lines
that start with `#` are comments. Columns may stand in any order; those not named in COLUMNS are ignored. Units are SI
and in the names. An empty cell, `nan`, `null` or `-` is a value that is not there.
"""

from __future__ import annotations

import csv
import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from flight.wire.errors import Misuse

Array = NDArray[np.float64]

# Each column's meaning, and the range outside which a cell is damage: beyond escape speed, the orbits that rockets
# reach, gun-launch accelerations, and the sea-level pressure record, with room to spare (assumed).
COLUMNS: Mapping[str, tuple[str, float, float]] = MappingProxyType(
    {
        "time_s": ("seconds on any clock", -1e12, 1e12),
        "speed_m_s": ("Earth-relative speed", -2e4, 2e4),
        "altitude_m": ("altitude above sea level", -1e4, 1e9),
        "height_m": ("height above the ground at launch", -1e4, 1e9),
        "altitude_agl_m": ("the same as height_m", -1e4, 1e9),
        "acceleration_m_s2": ("axial specific force, 9.8 on the pad", -1e4, 1e4),
        "vertical_acceleration_m_s2": ("vertical acceleration without gravity, 0 on the pad", -1e4, 1e4),
        "vertical_speed_m_s": ("vertical speed, up positive", -2e4, 2e4),
        "pressure_pa": ("static pressure", 0.0, 2e5),
        "tilt_deg": ("angle from the vertical", -360.0, 360.0),
        "stage": ("whose telemetry the source shows", 0.0, 20.0),
        "ignition_command": ("number of the stage being fired, else 0", 0.0, 20.0),
        "onboard_state": ("what the onboard computer reported, in words", 0.0, 0.0),
    }
)
# The station's own names, as `vermilion export` writes them: imu.csv and navigation.csv can be read as they are.
ALIASES: Mapping[str, str] = MappingProxyType(
    {"specific_force_x": "acceleration_m_s2", "static_pressure": "pressure_pa"}
)
MOTION = (
    "speed_m_s",
    "altitude_m",
    "height_m",
    "altitude_agl_m",
    "acceleration_m_s2",
    "vertical_acceleration_m_s2",
    "vertical_speed_m_s",
    "pressure_pa",
)
_ABSENT = frozenset({"", "nan", "null", "none", "na", "n/a", "-", "+nan", "-nan"})


@dataclass(frozen=True, slots=True)
class FlightFile:
    """What could be read.

    time: shape (n,), s, strictly rising. columns: each of shape (n,), SI, NaN where there is no value; only columns
    that hold at least one value. states: (time, text) at the first row and wherever onboard_state changes.
    rows: data rows in the file; rows_skipped: those not used at all; reasons: what was damaged, how often (rows and
    cells: a cell that cannot be read does not cost its row).
    """

    vehicle: str
    time: Array
    columns: Mapping[str, Array]
    states: tuple[tuple[float, str], ...]
    rows: int
    rows_skipped: int
    reasons: Mapping[str, int]


def columns_understood() -> str:
    """One line for help and error messages."""
    return "time_s and any of " + ", ".join(MOTION) + ", with tilt_deg, stage, ignition_command, onboard_state beside"


def read_flight(path: Path) -> FlightFile:
    """Read a CSV file of any length.

    Raises Misuse where the file is missing, is not text, has no header with `time_s` and a column of motion, or holds
    no row with a time and a value.
    """
    try:
        with path.open("rb") as raw:
            head = raw.read(65_536)
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror or error}; name a CSV file with {columns_understood()}") from None
    if b"\0" in head:
        raise Misuse(f"{path}: not a text file; wanted comma-separated text with {columns_understood()}")
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as text:
        return parse_flight(text, path.stem.lower(), str(path))


def parse_flight(text: TextIO | Iterable[str], vehicle: str, name: str) -> FlightFile:
    """The same from lines of text; `name` is what error messages call the file."""
    # QUOTE_NONE: one stray quotation mark must not swallow the lines up to the next one.
    reader = csv.reader(text, quoting=csv.QUOTE_NONE)
    header = _header(reader, name)
    rows = _Rows({column: header.index(column) for column in COLUMNS if column in header}, len(header))
    for cells in _lines(reader, rows):
        rows.add(cells)
    return rows.finish(vehicle, name)


def _lines(reader: Iterator[list[str]], rows: _Rows) -> Iterator[list[str]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a line longer than csv takes, or with a stray control byte
            rows.skip("unreadable_row")
            continue
        if cells and not cells[0].startswith("#") and any(cell.strip() for cell in cells):
            yield cells


def _header(reader: Iterator[list[str]], name: str) -> list[str]:
    """The columns' names in lower case. Raises Misuse."""
    header: list[str] = []
    try:
        for header in reader:
            if any(cell.strip() for cell in header) and not header[0].startswith("#"):
                break
    except csv.Error:
        header = []
    names = [cell.strip().strip('"').strip().lower() for cell in header]
    names = [ALIASES.get(name, name) if ALIASES.get(name) not in names else name for name in names]
    if len(names) == 1 and ";" in names[0]:
        raise Misuse(f"{name}: separated by semicolons; write it with commas and decimal points")
    if "time_s" not in names:
        raise Misuse(f"{name}: no header line with time_s; wanted {columns_understood()}")
    if not any(column in names for column in MOTION):
        raise Misuse(f"{name}: no column that shows motion; wanted {columns_understood()}")
    return names


class _Rows:
    """Collects rows column by column, in packed arrays: a flight at 1 kHz has millions of rows."""

    def __init__(self, places: Mapping[str, int], width: int) -> None:
        self.places, self.width = places, width
        self.rows = 0
        self.reasons: Counter[str] = Counter()
        self.skipped = 0
        self.times = array("d")
        self.values: dict[str, array[float]] = {}
        self.states: list[tuple[int, str]] = []  # (index into times, state)

    def skip(self, reason: str) -> None:
        self.rows += 1
        self.skipped += 1
        self.reasons[reason] += 1

    def add(self, cells: list[str]) -> None:
        places = self.places
        if any(cell.strip() for cell in cells[self.width :]):
            self.skip("too_many_cells")
            return
        time = self._number("time_s", cells, places["time_s"])
        if math.isnan(time):
            self.skip("no_time")
            return
        values = {
            column: self._number(column, cells, place)
            for column, place in places.items()
            if column not in ("time_s", "onboard_state")
        }
        if all(math.isnan(values.get(column, math.nan)) for column in MOTION):
            self.skip("no_value")
            return
        self.rows += 1
        if "onboard_state" in places and places["onboard_state"] < len(cells):
            state = cells[places["onboard_state"]].strip().strip('"').lower()
            if state not in _ABSENT and (not self.states or self.states[-1][1] != state):
                self.states.append((len(self.times), state))
        self.times.append(time)
        for column, value in values.items():
            self.values.setdefault(column, array("d")).append(value)

    def _number(self, column: str, cells: list[str], place: int) -> float:
        text = cells[place].strip().strip('"').strip() if place < len(cells) else ""
        if text.lower() in _ABSENT:
            self.reasons["empty_cells"] += 1
            return math.nan
        try:
            value = float(text) if "_" not in text else math.nan
        except ValueError:
            value = math.nan
        if math.isnan(value):
            self.reasons["unreadable_cells"] += 1
            return value
        _, low, high = COLUMNS[column]
        if not low <= value <= high:
            self.reasons["out_of_range_cells"] += 1
            return math.nan
        return value

    def finish(self, vehicle: str, name: str) -> FlightFile:
        """Raises Misuse where nothing could be read."""
        if not self.times:
            raise Misuse(f"{name}: no row with a time and a value; wanted {columns_understood()}")
        times = np.frombuffer(self.times, dtype=np.float64)
        order = self._order(times)
        columns: dict[str, Array] = {}
        for column, packed in self.values.items():
            values = np.frombuffer(packed, dtype=np.float64)[order]
            if not np.isnan(values).all():
                columns[column] = values
        if not any(column in columns for column in MOTION):
            raise Misuse(f"{name}: no row with a time and a value; wanted {columns_understood()}")
        states = tuple(sorted((float(times[index]), state) for index, state in self.states))
        return FlightFile(
            vehicle,
            times[order].copy(),
            MappingProxyType(columns),
            states,
            self.rows,
            self.skipped,
            MappingProxyType({reason: count for reason, count in sorted(self.reasons.items()) if count}),
        )

    def _order(self, times: Array) -> NDArray[np.int64]:
        """Rows to keep, by time. Keeps the longest rising run of times, so that one wild time stamp costs one row."""
        everything = np.arange(len(times))
        if np.all(np.diff(times) > 0):
            return everything
        kept = longest_rising(times)
        if len(kept) <= len(times) // 2:  # not a few rows out of place but a file in another order
            kept = np.unique(times, return_index=True)[1]
            self.reasons["sorted_by_time"] += 1
        lost = np.setdiff1d(everything, kept)
        twice = int(np.isin(times[lost], times[kept]).sum())
        self.reasons["duplicate_time"] += twice
        self.reasons["out_of_order"] += len(lost) - twice
        self.skipped += len(lost)
        return kept


def longest_rising(values: Array) -> NDArray[np.int64]:
    """Indices of a longest strictly rising subsequence (patience sorting; Fredman 1975), O(n log n)."""
    tails: list[float] = []
    ends: list[int] = []
    before = np.full(len(values), -1, dtype=np.int64)
    for index, value in enumerate(values.tolist()):
        place = bisect_left(tails, value)
        if place == len(tails):
            tails.append(value)
            ends.append(index)
        elif value < tails[place]:  # of equal times the first row stays
            tails[place] = value
            ends[place] = index
        if place:
            before[index] = ends[place - 1]
    kept, index = [], ends[-1]
    while index >= 0:
        kept.append(index)
        index = int(before[index])
    return np.array(kept[::-1], dtype=np.int64)
