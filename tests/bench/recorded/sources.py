"""What is left of a flight in a file: a webcast read off the screen, or the log of a small rocket's computer.

Each maker returns the lines of a CSV file together with what the file shows, so that a detector can be scored.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.recorded.launchers import Launch
from tests.bench.recorded.motion import Array, Flown

SPEED_UNITS = (1.0 / 3.6, 1.0 / 3.6, 1.0 / 3.6, 0.44704, 1.0, 10.0 / 3.6, 0.1)
ALTITUDE_UNITS = (100.0, 100.0, 100.0, 1_000.0, 10.0, 160.9344, 304.8, 1_609.344, 1.0)
CLEAR = 6.0  # s to each side of an event that must be recorded for it to be asked for


@dataclass(frozen=True)
class Recording:
    """lines: the file. truth: events and when, in the file's time. shown: those that the file shows well enough to
    be asked for. alarms: those that must come; may: those that may. what: how it was drawn, for the report."""

    lines: Sequence[str]
    truth: dict[str, float]
    shown: frozenset[str]
    alarms: frozenset[str]
    may: frozenset[str]
    what: str


@dataclass
class _Screen:
    time: Array
    speed: Array
    altitude: Array
    stage: Array
    live: NDArrayBool
    notes: list[str]


NDArrayBool = np.ndarray[tuple[int], np.dtype[np.bool_]]


def webcast(launch: Launch, stack: Flown, spent: Flown, chance: random.Random) -> Recording:
    """Speed and altitude as a screen shows them, in steps, late, misread, with gaps, and now and then frozen."""
    random_ = np.random.default_rng(chance.getrandbits(32))
    notes = [launch.kind, launch.failure]
    rate = chance.choice((1.0, 2.0, 5.0, 10.0, 10.0, 10.0))
    burnt_out = max((at for name, at in stack.truth.items() if name.startswith("stage_")), default=60.0)
    start = chance.choice((-25.0, -8.0, -3.0, 0.0, 0.0))
    tail = chance.uniform(150.0, 200.0) if launch.failure else chance.choice((15.0, 60.0, 250.0))
    end = min(burnt_out + tail, stack.truth.get("landing", 1e9) + 20.0, float(stack.time[-1]) - 1.0)
    if launch.failure == "breakup":
        end = launch.stack.broken + chance.choice((2.0, 8.0, 30.0, 60.0))
    elif chance.random() < 0.1:
        end = chance.uniform(60.0, end)
        notes.append(f"ends at {end:.0f}")
    time = np.arange(start, end, 1.0 / rate)
    view = np.zeros(len(time), dtype=np.int64)  # 0: what flies on, 1: the spent stage
    parted = stack.truth.get("stage_1_burnout", 1e9) + 5.0
    if not launch.failure and chance.random() < 0.3:
        begin = parted + chance.uniform(10.0, 120.0)
        view[(time >= begin) & (time < begin + chance.choice((20.0, 60.0, 1e6)))] = 1
        notes.append("looks at stage 1")
    delay = chance.choice((0.0, 0.0, chance.uniform(0.0, 0.8)))

    def shown(column: str, late: float) -> Array:
        values = [np.interp(time - late, flown.time, getattr(flown, column)) for flown in (stack, spent)]
        chosen: Array = np.where(view == 0, values[0], values[1])
        return chosen

    speed, altitude = shown("speed", 0.0), shown("altitude", delay)
    unit, level = chance.choice(SPEED_UNITS), chance.choice(ALTITUDE_UNITS)
    coarse = level if level > 500.0 else chance.choice((level, 10.0 * level))
    speed = np.round(speed / unit) * unit
    step = np.where(altitude < 100e3, level, coarse)
    altitude = np.round(altitude / step) * step
    live = np.ones(len(time), dtype=np.bool_)
    may: set[str] = set()
    if chance.random() < 0.12:  # the source stalls, and catches up or not
        at = chance.uniform(40.0, end - 30.0) if end > 80.0 else end
        lasting = chance.choice((chance.uniform(4.0, 20.0), 1e6))
        held = np.flatnonzero((time >= at) & (time < at + lasting))
        if len(held):
            speed[held], altitude[held], live[held] = speed[held[0]], altitude[held[0]], False
            may.add("frozen_data")
            notes.append(f"frozen at {at:.0f} for {lasting:.0f}")
    share = chance.choice((0.0, 0.0, 0.003, 0.02))
    for values, low in ((speed, 1.0), (altitude, 1.0)):
        wrong = np.flatnonzero(random_.random(len(time)) < share)
        for place in wrong.tolist():
            digit = 10.0 ** chance.randint(2, 4)
            kind = chance.randrange(4)
            values[place] = (
                values[place] * 10.0 if kind == 0 else values[place] // 10.0 if kind == 1
                else values[place] + digit if kind == 2 else abs(values[place] - digit) * low
            )  # fmt: skip
    present = np.ones(len(time), dtype=np.bool_)
    for _ in range(chance.choice((0, 0, 1, 2, 3))):
        at = chance.uniform(10.0, max(end, 11.0))
        lasting = chance.choice((2.0, 5.0, 10.0, 10.0, 40.0))
        present &= ~((time > at) & (time < at + lasting))
        notes.append(f"gap {at:.0f}+{lasting:.0f}")
    cells = random_.random((2, len(time))) < chance.choice((0.0, 0.0, 0.05))
    clock = chance.choice((0.0, 0.0, 0.0, chance.uniform(-500.0, 5_000.0)))
    labelled = chance.random() < 0.6
    header = "time_s,speed_m_s,altitude_m" + (",stage" if labelled else "") + "\n"
    lines = [header]
    upper = time > parted
    for place in np.flatnonzero(present).tolist():
        v = "" if cells[0, place] else f"{speed[place]:.3f}"
        h = "" if cells[1, place] else f"{altitude[place]:.0f}"
        number = 1 if view[place] or not upper[place] else 2
        row = f"{time[place] + clock:.3f},{v},{h}" + (f",{number}" if labelled else "")
        lines.append(row + "\n")
    usable = time[present & live & (view == 0) & ~cells.any(axis=0)]
    truth = {name: at for name, at in stack.truth.items() if at < end}
    free = max((at for name, at in stack.truth.items() if name.startswith("stage_")), default=0.0)
    if stack.perigee > 0.0 or truth.get("apogee", 0.0) < free:
        truth.pop("apogee", None)
    if view.any():
        truth.update({name: at for name, at in spent.truth.items() if name in ("apogee", "landing") and at < end})
    before = max(CLEAR, 6.0 / rate)
    asked = {
        name
        for name, at in truth.items()
        if name.startswith(("stage_", "liftoff")) and _covered(usable, at, 1.0 if name == "liftoff" else before, before)
    }
    must, others = _alarms(launch, truth, end, live.all() and not view.any(), usable)
    notes.append(f"{rate:g} Hz, {unit:.3f} m/s, {level:g} m, delay {delay:.1f}, misread {share}")
    return Recording(
        lines, {name: at + clock for name, at in truth.items()}, frozenset(asked), frozenset(must),
        frozenset(may | others | must), ", ".join(note for note in notes if note),
    )  # fmt: skip


def _covered(time: Array, at: float, before: float, after: float) -> bool:
    """Whether samples lie all around a moment, none more than 2 s from the next."""
    inside = time[(time >= at - before - 1.0) & (time <= at + after + 1.0)]
    if len(inside) < 4 or inside[-1] < at + after - 1.0:
        return False
    if inside[0] > at - before + 1.0 and not at - before < time[0] <= at + 0.2:
        return False
    return float(np.max(np.diff(inside))) <= 2.0


def _alarms(
    launch: Launch, truth: dict[str, float], end: float, clean: bool, usable: Array
) -> tuple[set[str], set[str]]:
    """Alarms that must come, and those that may."""
    failure = launch.failure
    last = max((at for name, at in truth.items() if name.startswith("stage_")), default=0.0)
    seen = clean and last > 0.0 and end - last > 100.0 and float(np.max(np.diff(usable[usable > last]), initial=0)) < 5
    if failure == "no_ignition":
        return ({"no_ignition"} if seen else set()), {"no_ignition", "orbit_not_reachable"}
    if failure in ("short_burn", "early_shutdown"):
        return ({"early_shutdown"} if seen else set()), {"early_shutdown", "orbit_not_reachable", "no_ignition"}
    if failure == "breakup":
        return set(), {"breakup", "loss_of_signal", "early_shutdown", "no_ignition", "orbit_not_reachable"}
    if failure == "first_stage_stops":
        return set(), {"early_shutdown", "no_ignition", "orbit_not_reachable"}
    return set(), set()
