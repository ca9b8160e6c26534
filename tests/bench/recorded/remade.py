"""Failures made from flights that really flew, where their recordings are at hand beside the repository.

The motion up to the failure, the noise, the steps and the gaps are the real ones. What follows is free fall about a
round Earth, or the drag of a tumbling wreck, written with the steps of the recording.
"""

from __future__ import annotations

import json
import math
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tests.bench.recorded.mishaps import misread
from tests.bench.recorded.motion import EARTH, MU, SCALE_HEIGHT, SURFACE_DENSITY, Array
from tests.bench.recorded.sources import Recording

ROOT = Path(__file__).parents[3]
FLIGHTS = ROOT.parent / "shared" / "flights"
LABELS = {"meco": "stage_1_burnout", "ses1": "stage_2_ignition", "seco1": "stage_2_burnout"}
# Whose labels the recording does not show, for it shows the other stage or nothing then.
UNSEEN = {
    "BulgariaSat-1": {"stage_2_ignition", "stage_2_burnout"},
    "GovSat-1": {"stage_2_burnout"},
    "Iridium_NEXT_8": {"stage_2_ignition"},
    "SES-12": {"stage_2_burnout"},
    "SpaceX_CRS-10": {"stage_2_burnout"},
    "SpaceX_CRS-11": {"stage_2_ignition", "stage_2_burnout"},
}
LARGE = (
    "second stage not lit",
    "second stage stops",
    "first stage stops",
    "freezes for good",
    "freezes and catches up",
    "set to nought",
    "ends",
    "one row a second",
    "misread digits",
    "no stage column",
    "another clock, rows out of order",
)
SMALL = ("shreds", "freezes", "ends under thrust", "twenty rows a second", "no parachute", "gaps")


@dataclass(frozen=True)
class Table:
    """A file: column names, values of shape (rows, columns), NaN where empty, and the column of words, if any."""

    names: tuple[str, ...]
    values: Array
    words: tuple[str, ...]

    def lines(self) -> list[str]:
        rows = [
            ",".join("" if math.isnan(cell) else f"{cell:.10g}" for cell in row) + (f",{word}" if self.words else "")
            for row, word in zip(self.values.tolist(), self.words or [""] * len(self.values), strict=True)
        ]
        names = [*self.names, "onboard_state"] if self.words else [*self.names]
        return [",".join(names) + "\n", *(row + "\n" for row in rows)]

    def column(self, name: str) -> Array:
        return self.values[:, self.names.index(name)]

    def rows(self, keep: np.ndarray) -> Table:
        words = tuple(word for word, kept in zip(self.words, keep, strict=True) if kept) if self.words else ()
        return replace(self, values=self.values[keep].copy(), words=words)


def read(path: Path) -> Table:
    """A recording of ../shared/flights."""
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    names = [name for name in rows[0] if name != "onboard_state"]
    places = [rows[0].index(name) for name in names]
    words = tuple(row[rows[0].index("onboard_state")] for row in rows[1:]) if "onboard_state" in rows[0] else ()
    return Table(tuple(names), np.array([[float(row[place]) for place in places] for row in rows[1:]]), words)


def recordings(first: int, count: int) -> Iterator[tuple[int, Recording]]:
    """(seed, recording): every flight with one failure drawn by the seed, kinds in turn. None without the flights."""
    orbital = sorted((FLIGHTS / "orbital").glob("*.csv"))
    sounding = sorted((FLIGHTS / "sounding").glob("*.csv"))
    if not orbital or not sounding:
        return
    for seed in range(first, first + count):
        chance = random.Random(seed)
        if seed % 3:
            path, kind = chance.choice(orbital), LARGE[seed % len(LARGE)]
            yield seed, large(kind, path, chance)
        else:
            path, kind = chance.choice(sounding), SMALL[(seed // 3) % len(SMALL)]
            yield seed, small(kind, path, chance)


def large(kind: str, path: Path, chance: random.Random) -> Recording:
    """A webcast's recording, made to fail."""
    table, name = read(path), path.stem
    labels = json.loads((path.parent / "events.json").read_text(encoding="utf-8"))[name]["events_s"]
    every = {event: float(labels[label]) - 0.7 for label, event in LABELS.items() if label in labels}
    every["liftoff"] = 0.0
    hidden = UNSEEN.get(name, set())
    time, stage = table.column("time_s"), table.column("stage")
    cutoff, lit = every["stage_1_burnout"], every.get("stage_2_ignition", 1e9)
    ends = every.get("stage_2_burnout", lit + 150.0)
    must, may = set[str](), set[str]()
    at = 1e9
    if kind == "second stage not lit" and "stage_2_ignition" not in hidden and stage[0] != 1:
        at, until = lit - 1.0, chance.uniform(120.0, 400.0)
        table, must = _falls(table, at, until, 2.0), {"no_ignition"}
    elif kind == "second stage stops" and not hidden and name not in ("GovSat-1",):
        at, until = lit + (ends - lit) * chance.uniform(0.1, 0.6), chance.uniform(90.0, 300.0)
        table, must = _falls(table, at, until, 2.0), {"early_shutdown"}
        every = {event: when for event, when in every.items() if when < at} | {"stage_2_burnout": at}
    elif kind == "first stage stops":
        at = cutoff * chance.uniform(0.25, 0.6)
        table, must = _falls(table, at, 250.0, 1.0), {"early_shutdown"}
        every = {"liftoff": 0.0, "stage_1_burnout": at}
    elif kind in ("freezes for good", "freezes and catches up", "set to nought", "ends"):
        at = cutoff * chance.uniform(0.3, 0.95)
        until = at + (chance.uniform(6.0, 15.0) if kind == "freezes and catches up" else chance.uniform(20.0, 60.0))
        inside = (time >= at) & (time < until)
        places = np.array([table.names.index("speed_m_s"), table.names.index("altitude_m")])
        if kind == "freezes and catches up":
            table.values[np.ix_(inside, places)] = table.values[np.flatnonzero(inside)[0], places]
            every = {event: when for event, when in every.items() if not at - 8.0 < when < until + 8.0}
            must, may = {"frozen_data"}, {"frozen_data", "loss_of_signal"}
            at = 1e9
        else:
            held = 0.0 if kind == "set to nought" else table.values[np.flatnonzero(inside)[0], places]
            table.values[np.ix_(inside, places)] = held
            table = table.rows(time < (at if kind == "ends" else until))
            must = {"frozen_data|loss_of_signal|breakup"}
    elif kind == "one row a second":
        table = table.rows(np.arange(len(time)) % 10 == chance.randrange(10))
    elif kind == "misread digits":
        for column in ("speed_m_s", "altitude_m"):
            place = table.names.index(column)
            for row in range(len(time)):
                if chance.random() < 0.01:
                    table.values[row, place] = misread(table.values[row, place], chance)
    elif kind == "no stage column":
        table = replace(table, names=table.names[:3], values=table.values[:, :3])
    clock = 0.0
    if kind == "another clock, rows out of order":
        clock = chance.uniform(-5_000.0, 50_000.0)
        table.values[:, 0] += clock
        order = np.arange(len(time))
        for _ in range(30):
            one = chance.randrange(len(time) - 5)
            order[one], order[one + 3] = order[one + 3], order[one]
        table = table.rows(order)
    truth = {event: when for event, when in every.items() if when <= at}
    free = {event for event in truth if event not in hidden} if kind != "no stage column" else {"liftoff"}
    if kind == "freezes and catches up":
        truth = {**{event: float(labels[label]) - 0.7 for label, event in LABELS.items() if label in labels}, **truth}
    if 1e8 < at:  # not labelled in all of them
        rest = ("apogee", "landing", "stage_2_burnout", "stage_2_restart_1", "stage_2_cutoff_1")
        truth = {event: float("nan") for event in rest} | truth
    elif kind.endswith(("lit", "stops")):
        truth |= {event: float("nan") for event in ("apogee", "landing")}
    return Recording(
        table.lines(),
        {event: when + clock for event, when in truth.items()},
        frozenset(free),
        frozenset(must),
        frozenset(may | {each for name_ in must for each in name_.split("|")}),
        f"{name}, {kind} at {at:.1f}",
    )


def _falls(table: Table, at: float, lasting: float, shown: float) -> Table:
    """The recording up to `at`, then free fall with drag for `lasting` s or down to the ground, in the same steps."""
    time = table.column("time_s")
    before = np.flatnonzero((time <= at) & (time > at - 3.0))
    rise = np.flatnonzero((time <= at) & (time > at - 20.0))
    speed, height = table.column("speed_m_s"), table.column("altitude_m")
    pace = float(np.polyval(np.polyfit(time[before] - at, speed[before], 1), 0.0))
    fit = np.polyfit(time[rise] - at, height[rise], 2)
    climb, level = min(float(fit[1]), 0.95 * pace), float(fit[2])
    x, y, vx, vy = 0.0, EARTH + level, math.sqrt(pace**2 - climb**2), climb
    rows, now = [], at
    area = 6e-5
    while now < at + lasting and math.hypot(x, y) > EARTH:
        for _ in range(10):
            radius, fast = math.hypot(x, y), math.hypot(vx, vy)
            drag = 0.5 * SURFACE_DENSITY * math.exp(-(radius - EARTH) / SCALE_HEIGHT) * fast * area
            pull = MU / radius**3
            vx, vy = vx - (pull * x + drag * vx) * 0.01, vy - (pull * y + drag * vy) * 0.01
            x, y = x + vx * 0.01, y + vy * 0.01
        now += 0.1
        step = 1_000.0 if math.hypot(x, y) - EARTH > 100e3 else 100.0
        high = round((math.hypot(x, y) - EARTH) / step) * step
        rows.append([now, round(math.hypot(vx, vy) * 3.6) / 3.6, max(high, 0.0), shown])
    return Table(table.names, np.vstack((table.values[time <= at], np.array(rows))), ())


def small(kind: str, path: Path, chance: random.Random) -> Recording:
    """A sounding rocket's own log, made to fail."""
    table, name = read(path), path.stem
    labels = tomllib.loads(
        (ROOT / "tests" / "ground" / "detect" / "recorded" / "sounding_labels.toml").read_text(encoding="utf-8")
    )[name]
    truth = {event: float(label["time_s"]) for event, label in labels.items()}
    time = table.column("time_s")
    must = set[str]()
    at, burnout, apogee = 1e9, truth["stage_1_burnout"], truth["apogee"]
    force = next(column for column in table.names if "acceleration" in column)
    height = next(column for column in table.names if column.startswith(("height", "altitude")))
    if kind == "shreds":
        at = burnout + chance.uniform(-1.0, 0.8)
        table, must = _shreds(table, at, force, height, chance), {"breakup"}
        truth = {event: when for event, when in truth.items() if when < at - 0.5} | {"apogee": float("nan")}
        truth["stage_1_burnout"] = float("nan")
    elif kind == "freezes":
        at = chance.uniform(burnout + 1.0, apogee - 6.0)
        inside = np.flatnonzero((time >= at) & (time < at + chance.choice((2.0, 4.0, 1e6))))
        table.values[inside, 1:] = table.values[inside[0], 1:]
        must = {"frozen_data"}
        if time[inside[-1]] > apogee:
            truth = {event: when for event, when in truth.items() if when < at}
    elif kind == "ends under thrust":
        at = chance.uniform(0.5, burnout - 0.6)
        table, must = table.rows(time < at), {"loss_of_signal"}
        truth = {event: when for event, when in truth.items() if when < at}
    elif kind == "twenty rows a second":
        spacing = float(np.median(np.diff(time)))
        table = table.rows(np.arange(len(time)) % max(1, round(0.05 / spacing)) == 0)
    elif kind == "no parachute":
        table = table.rows(time < apogee + 0.5)
        truth = {event: when for event, when in truth.items() if when < apogee - 1.0} | {"apogee": float("nan")}
    else:
        keep = np.ones(len(time), dtype=np.bool_)
        for _ in range(3):
            low = chance.uniform(burnout + 2.0, apogee - 4.0)
            keep &= ~((time > low) & (time < low + chance.uniform(0.3, 1.5)))
        table = table.rows(keep)
    truth |= {event: float("nan") for event in ("drogue_deployment", "main_deployment") if at > 1e8}
    truth["landing"] = float("nan")
    return Recording(
        table.lines(),
        truth,
        frozenset(event for event, when in truth.items() if not math.isnan(when)),
        frozenset(must),
        frozenset(must | {"computer_disagrees"}),
        f"{name}, {kind} at {at:.1f}",
    )


def _shreds(table: Table, at: float, force: str, height: str, chance: random.Random) -> Table:
    """The log up to `at`; then a wreck with fifteen times the drag, whose accelerometer turns over and over."""
    time = table.column("time_s")
    rise = (time <= at) & (time > at - 0.6)
    fit = np.polyfit(time[rise] - at, table.column(height)[rise], 1)
    climb, level = float(fit[0]), float(fit[1])
    area, turning = chance.uniform(1e-2, 3e-2), chance.uniform(5.0, 30.0)
    places = {name: table.names.index(name) for name in (force, height)}
    rows = np.flatnonzero(time > at)
    before = at
    pad = float(np.median(table.column(force)[:10]))
    for row in rows.tolist():
        step = float(time[row]) - before
        before = float(time[row])
        air = SURFACE_DENSITY * math.exp(-(level + 1_400.0) / SCALE_HEIGHT)
        parts = max(1, round(step / 0.002))
        drag = 0.0
        for _ in range(parts):
            drag = 0.5 * air * climb * abs(climb) * area
            climb -= (drag + 9.8) * step / parts
            level = max(level + climb * step / parts, 0.0)
        felt = -drag * math.cos(turning * (before - at)) + chance.gauss(0.0, 3.0)
        felt += chance.choice((-200.0, 200.0)) if before - at < 0.06 else 0.0
        table.values[row, places[height]] = round(level + chance.gauss(0.0, 0.5), 2)
        table.values[row, places[force]] = felt + pad - 9.8
    keep = [place for place, name in enumerate(table.names) if name in ("time_s", force, height)]
    return Table(tuple(table.names[place] for place in keep), table.values[:, keep], ()).rows(time < at + 60.0)
