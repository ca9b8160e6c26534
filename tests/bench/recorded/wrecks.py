"""Small rockets that fail, drawn at random, as their own loggers record it.

Bodies that break up, second stages that do not light, motors that burst, loggers that freeze or fall silent, and
rockets that never leave the rail. The motion is tests/bench/recorded/motion's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tests.bench.recorded.launchers import sounding
from tests.bench.recorded.motion import Array, Flown, Vehicle
from tests.bench.recorded.sources import Recording

KINDS = (
    "shreds under thrust",
    "shreds in the coast",
    "second stage not lit",
    "second stage shreds",
    "motor bursts",
    "logger freezes",
    "logger stops under thrust",
    "no parachute",
    "misfires on the rail",
    "tumbles",
    "barometer misled at the speed of sound",
)
COLUMNS = (
    ("acceleration_m_s2", "height_m"),
    ("acceleration_m_s2", "pressure_pa", "height_m", "speed_m_s"),
    ("acceleration_m_s2", "altitude_m", "vertical_speed_m_s", "tilt_deg"),
    ("vertical_acceleration_m_s2", "altitude_agl_m"),
    ("altitude_m", "vertical_speed_m_s"),
    ("speed_m_s", "altitude_m"),
)
SHRED = 5_000.0  # Pa of dynamic pressure at which a rocket that falls apart must be told from one that coasts


def wreck_of(kind: str, chance: random.Random) -> Vehicle:
    """A small rocket, and when it falls apart."""
    while True:
        vehicle = sounding(chance)
        if (len(vehicle.burns) > 1) == (
            kind.startswith("second") or (kind == "logger freezes" and chance.random() < 0.3)
        ):
            break
    first = vehicle.burns[0].lasting
    if kind == "shreds under thrust":
        return replace(vehicle, broken=first * chance.uniform(0.35, 0.95), drogue=0.0, main=0.0)
    if kind in ("shreds in the coast", "tumbles"):
        return replace(vehicle, broken=first + chance.uniform(0.3, 2.0), drogue=0.0, main=0.0)
    if kind == "second stage not lit":
        return replace(vehicle, burns=vehicle.burns[:1])
    if kind == "second stage shreds":
        second = vehicle.burns[1]
        begins = first + second.coast
        return replace(vehicle, broken=begins + second.lasting * chance.uniform(0.3, 0.95), drogue=0.0, main=0.0)
    if kind == "motor bursts":
        return replace(vehicle, broken=chance.uniform(0.08, 0.5), drogue=0.0, main=0.0)
    if kind == "no parachute":
        return replace(vehicle, drogue=0.0, main=0.0)
    return vehicle


def log_of(kind: str, vehicle: Vehicle, flown: Flown, chance: random.Random) -> Recording:
    """The logger's file, and what it shows."""
    random_ = np.random.default_rng(chance.getrandbits(32))
    columns = list(chance.choice(COLUMNS[:4] if kind == "misfires on the rail" else COLUMNS))
    felt_too = "acceleration" in columns[0]
    rate = chance.choice((20.0, 50.0, 100.0, 100.0, 400.0) if felt_too else (2.0, 5.0, 10.0, 20.0))
    truth = dict(flown.truth)
    broken = vehicle.broken
    end = min(truth.get("landing", 1e9) + chance.choice((-3.0, 10.0)), float(flown.time[-1]) - 1.0)
    end = min(end, truth["apogee"] + 60.0)
    cut = truth["stage_1_burnout"] if broken > 1e8 else min(truth.get("stage_1_burnout", broken), broken)
    if kind == "logger stops under thrust":
        end = truth["liftoff"] + (cut - truth["liftoff"]) * chance.uniform(0.5, 0.9)
    if kind == "misfires on the rail":
        end = 60.0
    time = np.arange(-chance.choice((1.0, 4.0)), end, 1.0 / rate)

    def at(column: str) -> Array:
        values: Array = np.interp(time, flown.time, getattr(flown, column))
        return values

    height, climb, speed, felt, tilt = (at(name) for name in ("altitude", "climb", "speed", "felt", "tilt"))
    after = time >= broken
    pressure_at = 0.5 * 1.225 * np.exp(-np.interp(broken, flown.time, flown.altitude) / 7_200.0)
    pressure_at *= float(np.interp(broken, flown.time, flown.speed)) ** 2
    if broken < 1e8:
        turning = np.cos(chance.uniform(4.0, 40.0) * (time - broken) + chance.uniform(0.0, 6.0))
        if kind == "tumbles":
            turning = np.cos(chance.uniform(2.0, 6.0) * (time - broken))
        felt = np.where(after, felt * turning, felt)
        shock = chance.choice((-1.0, 1.0)) * chance.uniform(80.0, 400.0)
        felt = np.where((time >= broken) & (time < broken + chance.uniform(0.02, 0.15)), felt + shock, felt)
        felt = felt + after * random_.normal(0.0, 1.0, len(time)) * np.minimum(speed, 100.0) * chance.uniform(
            0.02, 0.15
        )
        tilt = np.where(after, np.abs(np.degrees(np.arccos(np.clip(turning, -1.0, 1.0)))), tilt)
    if kind == "misfires on the rail":
        height, climb, speed, felt, tilt = (
            height * 0.0,
            climb * 0.0,
            speed * 0.0,
            felt * 0.0 + 9.80665,
            tilt * 0.0 + 3.0,
        )
        knock = (time > 20.0) & (time < 20.0 + chance.uniform(0.02, 0.4))
        felt = felt + knock * chance.choice((0.0, 5.0, 60.0)) * random_.normal(0.0, 1.0, len(time))
    rough = chance.uniform(0.1, 1.5) + np.where(felt > 15.0, chance.uniform(0.0, 5.0), 0.0)
    zero = chance.choice((0.0, 9.80665))
    site, sigma = chance.choice((0.0, 160.0, 1_400.0)), chance.uniform(0.2, 1.5)
    seen = height + random_.normal(0.0, sigma, len(time))
    if kind.startswith("barometer"):
        wide = chance.uniform(10.0, 40.0)
        seen += chance.uniform(-400.0, 200.0) * np.exp(-(((speed - 340.0) / wide) ** 2)) * (climb > 0.0)
    step = chance.choice((0.01, 0.1, 1.0))
    seen = np.round(seen / step) * step
    rising = np.where((height > 0.0) | (climb > 1.0), np.gradient(climb, time), 0.0) + (felt - at("felt"))
    values = {
        "acceleration_m_s2": felt - zero + random_.normal(0.0, 1.0, len(time)) * rough,
        "vertical_acceleration_m_s2": rising + random_.normal(0.0, 0.3, len(time)) * rough,
        "height_m": seen,
        "altitude_agl_m": seen,
        "altitude_m": seen + site,
        "vertical_speed_m_s": climb + random_.normal(0.0, chance.uniform(0.1, 1.5), len(time)),
        "speed_m_s": np.abs(speed + random_.normal(0.0, 0.5, len(time))),
        "pressure_pa": 101_325.0 * (1.0 - 2.25577e-5 * (seen + site)) ** 5.25588 + random_.normal(0.0, 3.0, len(time)),
        "tilt_deg": tilt + random_.normal(0.0, 1.0, len(time)),
    }
    live = np.ones(len(time), dtype=np.bool_)
    held = (0.0, 0.0)
    if kind == "logger freezes":
        low = chance.uniform(0.2 * cut, truth["apogee"] - 2.0)
        high = low + chance.choice((chance.uniform(3.0, 20.0), 1e6))
        inside = np.flatnonzero((time >= low) & (time < high))
        if len(inside) > 1:
            for column in values.values():
                column[inside] = column[inside[0]]
            live[inside[1:]] = False
            held = float(time[inside[0]]), float(time[inside[-1]])
    must, commanded = _alarms(kind, felt_too, truth, held, end, cut, pressure_at, columns, chance)
    if commanded:
        columns.append("ignition_command")
        command = np.zeros(len(time))
        for when, number in commanded:
            command[(time >= when) & (time < when + 1.0)] = number
        values["ignition_command"] = command
    clock = chance.choice((0.0, 0.0, 1_234.5))
    lines = [",".join(["time_s", *columns]) + "\n"]
    for place in range(len(time)):
        lines.append(f"{time[place] + clock:.4f}," + ",".join(f"{values[name][place]:.3f}" for name in columns) + "\n")
    if broken < 1e8:
        truth["stage_1_burnout"] = min(truth.get("stage_1_burnout", broken), broken)
        if "stage_2_burnout" in truth or kind == "second stage shreds":
            truth["stage_2_burnout"] = min(truth.get("stage_2_burnout", broken), broken)
    truth = {name: when for name, when in truth.items() if when < end} if kind != "misfires on the rail" else {}
    usable = time[live]
    asked = set()
    for name, when in truth.items():
        ahead = {"liftoff": 3.0, "apogee": 6.0, "landing": 8.0}.get(name, 1.0)
        near = usable[np.abs(usable - when) < ahead]
        if name.startswith("stage_") and (not felt_too or (broken < 1e8 and when > broken - 0.6)):
            continue
        if name in ("drogue_deployment", "main_deployment", "landing") or kind == "motor bursts":
            continue
        if (
            when + ahead < end
            and len(near) > 4
            and near[0] < when < near[-1] - 0.5 * ahead
            and np.max(np.diff(near)) < 0.6
        ):
            asked.add(name)
    may = {name for each in must for name in each.split("|")}
    if broken < 1e8:
        may |= {"breakup", "tumbling", "early_shutdown", "loss_of_signal"}
    if kind == "logger freezes":
        may |= {"frozen_data", "loss_of_signal", "sensor_stuck"}
    what = f"{kind}; {rate:g} Hz, {' '.join(columns)}; broken {broken:.2f} at {pressure_at / 1e3:.0f} kPa; held {held}"
    return Recording(
        lines,
        {name: when + clock for name, when in truth.items()},
        frozenset(asked),
        frozenset(must),
        frozenset(may),
        what,
    )


def _alarms(
    kind: str,
    felt_too: bool,
    truth: dict[str, float],
    held: tuple[float, float],
    end: float,
    cut: float,
    pressure: float,
    columns: Sequence[str],
    chance: random.Random,
) -> tuple[set[str], list[tuple[float, int]]]:
    """Alarms that must come, and (s, stage) of what was commanded."""
    if kind in ("shreds under thrust", "shreds in the coast", "second stage shreds", "tumbles"):
        fired = (
            [(truth["stage_2_ignition"] - 0.3, 2)] if kind == "second stage shreds" and chance.random() < 0.5 else []
        )
        return ({"breakup|tumbling"} if pressure > SHRED and felt_too else set()), fired
    if kind == "second stage not lit":
        when = cut + chance.uniform(0.5, 4.0)
        return ({"no_ignition"} if end > when + 6.0 else set()), [(when, 2)]
    if kind == "misfires on the rail":
        return {"no_ignition"}, [(20.0, 1)]
    if kind == "logger freezes":
        told = held[1] - held[0] > 2.0 and held[0] > cut + 0.5 and held[0] < truth["apogee"] - 3.0
        return ({"frozen_data|loss_of_signal"} if told else set()), []
    if kind == "logger stops under thrust":
        return {"loss_of_signal"}, []
    return set(), []


def draw_all(first: int, count: int) -> Sequence[tuple[int, str, Vehicle]]:
    """(seed, kind, vehicle), kinds in turn."""
    return [
        (seed, KINDS[seed % len(KINDS)], wreck_of(KINDS[seed % len(KINDS)], random.Random(seed)))
        for seed in range(first, first + count)
    ]
