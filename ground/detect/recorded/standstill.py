"""A logger that stops in flight and writes its last row again and again."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from ground.detect.flightfile import MOTION, FlightFile
from ground.detect.recorded.burns import spans
from ground.detect.recorded.cleaning import Frozen
from ground.detect.recorded.fitting import Array
from ground.detect.recorded.tracks import ALTITUDES

SHORTEST, FEWEST = 1.0, 5  # s and rows of repetition
HOLDS = 10.0  # times as long as the logger usually holds its values
HEAD = 5  # rows that show what its sensors read at rest
OFF_GROUND, OFF_REST = 20.0, 5.0  # m, m/s²: in the air, or pushed
MOVED, BEFORE = 2.0, 3.0  # m/s of climb in the seconds before


def without_standstills(flight: FlightFile, force: str) -> tuple[FlightFile, tuple[tuple[str, Frozen], ...]]:
    """The flight without rows that repeat the one before in every column of motion, and (column, span) of each run.

    An accelerometer's noise alone makes that impossible in flight; on the ground a noiseless record may do it, and
    is left alone. force: the accelerometer's column.
    """
    columns = [flight.columns[name] for name in MOTION if name in flight.columns]
    same = np.ones(len(flight.time), dtype=np.bool_)
    same[0] = False
    for values in columns:
        same[1:] &= (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    runs = spans(same)
    if not runs:
        return flight, ()
    usual = float(np.median(np.diff(flight.time[~same]))) if np.count_nonzero(~same) > 1 else 0.0
    keep = np.ones(len(flight.time), dtype=np.bool_)
    found = []
    for first, last in runs:
        lasted = float(flight.time[last] - flight.time[first - 1])
        if lasted < max(SHORTEST, HOLDS * usual) or last - first + 1 < FEWEST or not _flies(flight, first - 1, force):
            continue
        keep[first : last + 1] = False
        span = Frozen(float(flight.time[first - 1]), float(flight.time[last]), float(flight.columns[force][first - 1]))
        found.append((force, span))
    if not found:
        return flight, ()
    kept = MappingProxyType({name: values[keep] for name, values in flight.columns.items()})
    return replace(flight, time=flight.time[keep], columns=kept), tuple(found)


def _flies(flight: FlightFile, place: int, force: str) -> bool:
    """Whether the row that is repeated is one of a flight: off the ground and moving, or pushed."""
    felt = flight.columns[force]
    if abs(felt[place] - _median(felt[:HEAD])) > OFF_REST:
        return True
    heights = [flight.columns[name] for name in ALTITUDES if name in flight.columns]
    if not heights:
        return False
    near = (flight.time >= flight.time[place] - BEFORE) & (flight.time <= flight.time[place]) & np.isfinite(heights[0])
    if near.sum() < 3 or abs(heights[0][near][-1] - _median(heights[0][:HEAD])) < OFF_GROUND:
        return False
    climb = float(np.polyfit(flight.time[near] - flight.time[place], heights[0][near], 1)[0])
    return abs(climb) > MOVED


def _median(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
