"""What is left of a flight in a file: a webcast read off the screen, or the log of a small rocket's computer.

Each maker returns the lines of a CSV file together with what the file shows, so that a detector can be scored.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.recorded.launchers import Launch
from tests.bench.recorded.motion import Array, Flown, Vehicle

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
    fired = [at for name, at in sorted(stack.truth.items()) if name.endswith("_ignition")]
    above = 1 + np.searchsorted([parted, *fired[1:]], time)
    for place in np.flatnonzero(present).tolist():
        v = "" if cells[0, place] else f"{speed[place]:.3f}"
        h = "" if cells[1, place] else f"{altitude[place]:.0f}"
        number = 1 if view[place] else above[place]
        row = f"{time[place] + clock:.3f},{v},{h}" + (f",{number}" if labelled else "")
        lines.append(row + "\n")
    if launch.failure == "breakup" and launch.stack.broken < end:  # the boosters' end is the core's too
        stack.truth.setdefault("stage_1_burnout", stack.truth.pop("booster_burnout", launch.stack.broken))
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
        if name.startswith(("stage_", "liftoff")) and covered(usable, at, 1.0 if name == "liftoff" else before, before)
    }
    if launch.failure == "breakup":  # what ends the push is the break-up
        asked.discard("stage_1_burnout")
    if "stage_1_burnout" not in truth:
        may.add("loss_of_signal")  # the record ends, or freezes, under thrust
    must, others = _alarms(launch, truth, end, bool(live.all() and not view.any()), usable, labelled)
    notes.append(f"{rate:g} Hz, {unit:.3f} m/s, {level:g} m, delay {delay:.1f}, misread {share}")
    return Recording(
        lines, {name: at + clock for name, at in truth.items()}, frozenset(asked), frozenset(must),
        frozenset(may | others | must), ", ".join(note for note in notes if note),
    )  # fmt: skip


def covered(time: Array, at: float, before: float, after: float) -> bool:
    """Whether samples lie all around a moment, none more than 2 s from the next."""
    inside = time[(time >= at - before - 1.0) & (time <= at + after + 1.0)]
    if len(inside) < 4 or inside[-1] < at + after - 1.0:
        return False
    if inside[0] > at - before + 1.0 and not at - before < time[0] <= at + 0.2:
        return False
    return float(np.max(np.diff(inside))) <= 2.0


def _alarms(
    launch: Launch, truth: dict[str, float], end: float, clean: bool, usable: Array, labelled: bool
) -> tuple[set[str], set[str]]:
    """Alarms that must come, and those that may."""
    failure = launch.failure
    last = max((at for name, at in truth.items() if name.startswith("stage_")), default=0.0)
    seen = clean and last > 0.0 and end - last > 100.0 and float(np.max(np.diff(usable[usable > last]), initial=0)) < 5
    unclear = {"orbit_not_reachable"} if launch.kind in ("boosters", "hot staging") else set()
    if failure == "no_ignition":  # without a stage's number it might be the spent stage that is shown
        return ({"no_ignition"} if seen and labelled else set()), {"no_ignition", *unclear}
    if failure in ("short_burn", "early_shutdown"):
        return ({"early_shutdown"} if seen else set()), {"early_shutdown", *unclear}
    if failure == "breakup":
        told = clean and end - launch.stack.broken > 7.0 and float(np.max(np.diff(usable), initial=9.0)) < 2.0
        return ({"breakup"} if told else set()), {
            "breakup",
            "loss_of_signal",
            "early_shutdown",
            "no_ignition",
            "orbit_not_reachable",
        }
    if failure == "first_stage_stops":
        return set(), {"early_shutdown", "no_ignition", "orbit_not_reachable"}
    return set(), set()


LOGGED = (
    ("acceleration_m_s2", "height_m"),
    ("acceleration_m_s2", "pressure_pa"),
    ("acceleration_m_s2", "pressure_pa", "height_m", "speed_m_s", "onboard_state"),
    ("vertical_acceleration_m_s2", "altitude_agl_m"),
    ("altitude_m", "vertical_speed_m_s"),
    ("acceleration_m_s2", "altitude_m", "vertical_speed_m_s", "tilt_deg"),
    ("altitude_agl_m",),
    ("pressure_pa",),
)


def flight_log(vehicle: Vehicle, flown: Flown, chance: random.Random) -> Recording:
    """A small rocket's own record: sensors with noise, bias and steps, a barometer that lies near Mach 1 and at
    ejection, shocks at deployment, an onboard state machine that flaps, an igniter that fires nothing."""
    random_ = np.random.default_rng(chance.getrandbits(32))
    columns = list(chance.choice(LOGGED))
    slow = not any("acceleration" in column for column in columns)
    rate = chance.choice((1.0, 5.0, 10.0, 20.0) if slow else (10.0, 20.0, 50.0, 100.0, 100.0, 400.0, 1_000.0))
    hold = chance.choice((0.3, 2.0, 10.0))
    landed = flown.truth.get("landing", float(flown.time[-1]))
    end = min(landed + chance.choice((-20.0, 10.0, 30.0)), float(flown.time[-1]) - 1.0)
    if chance.random() < 0.2:
        end = min(end, flown.truth["apogee"] + chance.uniform(-2.0, 30.0))
    if rate > 200.0:
        end = min(end, flown.truth["apogee"] + 20.0)
    time = np.arange(-hold, end, 1.0 / rate)
    site = chance.choice((0.0, 160.0, 1_400.0))

    def at(column: str) -> Array:
        values: Array = np.interp(time, flown.time, getattr(flown, column))
        return values

    climb, height, speed = at("climb"), at("altitude"), at("speed")
    mach = 30.0 * np.exp(-(((speed - 340.0) / 20.0) ** 2)) * chance.uniform(-1.0, 1.0) * (time < flown.truth["apogee"])
    felt = at("felt")
    drag_free = np.where((time >= flown.truth["liftoff"]) & (time < landed), np.gradient(climb, time), 0.0)
    shocks, jolts = np.zeros(len(time)), np.zeros(len(time))
    for name, size in (("drogue_deployment", 300.0), ("main_deployment", 200.0)):
        if name in flown.truth:
            when = flown.truth[name]
            shocks += np.where((time >= when) & (time < when + 0.05), size * chance.uniform(0.2, 1.5), 0.0)
            jolts += np.where(
                (time >= when) & (time < when + chance.uniform(0.1, 0.6)), chance.uniform(-60.0, 20.0), 0.0
            )
    thrusting = felt > 15.0
    rough = chance.uniform(0.1, 2.0) + np.where(thrusting, chance.uniform(0.0, 8.0), 0.0)
    zero = chance.choice((0.0, 9.80665))
    seen = height + mach + jolts + random_.normal(0.0, chance.uniform(0.2, 2.0), len(time))
    step = chance.choice((0.01, 0.1, 1.0))
    seen = np.round(seen / step) * step
    pressure = 101_325.0 * (1.0 - 2.25577e-5 * (seen + site)) ** 5.25588
    values = {
        "acceleration_m_s2": felt - zero + shocks + random_.normal(0.0, 1.0, len(time)) * rough,
        "vertical_acceleration_m_s2": drag_free + shocks + random_.normal(0.0, 0.3, len(time)) * rough,
        "height_m": seen,
        "altitude_agl_m": seen,
        "altitude_m": seen + site,
        "vertical_speed_m_s": climb + random_.normal(0.0, chance.uniform(0.1, 1.5), len(time)),
        "speed_m_s": speed + random_.normal(0.0, 0.5, len(time)),
        "pressure_pa": pressure + random_.normal(0.0, 3.0, len(time)),
        "tilt_deg": at("tilt") + random_.normal(0.0, 1.0, len(time)),
    }
    fired = [flown.truth[burn.begins] for burn in vehicle.burns if burn.begins in flown.truth]
    may: set[str] = set()
    must: set[str] = set()
    command = np.zeros(len(time))
    two = bool(fired) and chance.random() < 0.6
    for number, when in enumerate(fired, start=2):
        command[(time >= when - 0.3) & (time < when + 0.7)] = number if two else 0.0
    if not fired and chance.random() < 0.25:  # a second stage that does not light
        when = flown.truth["stage_1_burnout"] + chance.uniform(0.5, 3.0)
        command[(time >= when) & (time < when + 1.0)] = 2.0
        two = True
        may.add("no_ignition")
        if end > when + 7.0 and not slow:
            must.add("no_ignition")
    if two:
        columns.append("ignition_command")
        values["ignition_command"] = command
    states = _states(time, flown.truth, chance)
    header = ",".join(["time_s", *columns]) + "\n"
    lines = [header]
    clock = chance.choice((0.0, 0.0, 1_234.5))
    numbers = {name: column for name, column in values.items() if name in columns}
    for place in range(len(time)):
        cells = [states[place] if name == "onboard_state" else f"{numbers[name][place]:.3f}" for name in columns]
        lines.append(f"{time[place] + clock:.4f},{','.join(cells)}\n")
    truth = {name: when for name, when in flown.truth.items() if when < end}
    asked = set()
    for name, when in truth.items():
        ahead = {"liftoff": 3.0, "apogee": 6.0, "landing": 8.0}.get(name, 1.0)
        forces = any("acceleration" in column for column in columns)
        if name.startswith("stage_") and not forces:
            continue
        if name == "apogee" and columns[0].startswith("acceleration") and len(columns) == 1:
            continue
        if name in ("drogue_deployment", "main_deployment"):
            continue
        if when + ahead < end:
            asked.add(name)
    return Recording(
        lines, {name: when + clock for name, when in truth.items()}, frozenset(asked), frozenset(must),
        frozenset(may | must), f"{rate:g} Hz, {' '.join(columns)}, hold {hold}, noise {float(np.min(rough)):.1f}",
    )  # fmt: skip


def _states(time: Array, truth: dict[str, float], chance: random.Random) -> list[str]:
    """What an onboard computer says: some tenths of a second late, and flapping now and then."""
    late = chance.uniform(0.05, 0.6)
    named = {
        "boost": "liftoff",
        "coast": "stage_1_burnout",
        "drogue": "apogee",
        "main": "main_deployment",
        "landed": "landing",
    }
    order = [("pad", -1e9), *((word, truth[event]) for word, event in named.items() if event in truth)]
    begins = np.array([when + late for _, when in order])
    index = np.searchsorted(begins, time, side="right") - 1
    words = [order[max(int(place), 0)][0] for place in index]
    if chance.random() < 0.3:
        at = int(np.searchsorted(time, truth["stage_1_burnout"] + late + 0.3))
        for place in range(at, min(at + 5, len(words))):
            words[place] = "boost"
    return words
