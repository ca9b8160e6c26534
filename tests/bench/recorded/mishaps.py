"""Launches that fail, drawn at random, as their webcasts show it: what the real failures of the field looked like.

The motion is tests/bench/recorded/motion's; the screen is this module's own: digits dropped and doubled by the reader,
feeds that freeze, jump, are set to nought or end. What no file could show is not asked for.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tests.bench.recorded.launchers import Launch, draw
from tests.bench.recorded.motion import Array, Flown
from tests.bench.recorded.sources import Recording, covered

KINDS = (
    "breaks up, feed freezes",
    "breaks up, feed ends",
    "breaks up, feed jumps",
    "breaks up, debris shown",
    "upper stage not lit",
    "first stage stops",
    "upper stage stops",
    "never leaves the pad",
    "feed freezes and catches up",
    "begins in flight",
)
LOST = "loss_of_signal|breakup|frozen_data"
UPPER = ("stage_2_ignition", "stage_2_burnout", "stage_3_ignition", "stage_3_burnout")


def launch_of(kind: str, chance: random.Random) -> Launch:
    """A launcher of any sort, with what breaks it."""
    while True:
        launch = draw(chance)
        if not launch.failure:
            break
    stack, burns = launch.stack, launch.stack.burns
    upper = next(place for place, burn in enumerate(burns) if burn.begins == "stage_2_ignition")
    first_ends = sum(burn.coast + burn.lasting for burn in burns[:upper])
    if kind.startswith("breaks up"):
        at = chance.uniform(35.0, 95.0 if "debris" in kind else 0.95 * first_ends)
        return replace(launch, failure=kind, stack=replace(stack, broken=min(at, 0.95 * first_ends)))
    if kind == "upper stage not lit":
        return replace(launch, failure=kind, stack=replace(stack, burns=burns[:upper]))
    if kind == "first stage stops":
        begun = replace(burns[0], lasting=burns[0].lasting * chance.uniform(0.12, 0.6), ends="stage_1_burnout")
        return replace(launch, failure=kind, stack=replace(stack, burns=(begun,)))
    if kind == "upper stage stops":
        whole = min(burns[upper].exhaust / burns[upper].initial * 0.75, burns[upper].lasting)
        short = replace(burns[upper], lasting=whole * chance.uniform(0.1, 0.7))
        return replace(launch, failure=kind, stack=replace(stack, burns=(*burns[:upper], short)))
    return replace(launch, failure=kind)


@dataclass
class Shown:
    """What a screen shows, row by row, while it is made worse."""

    time: Array
    speed: Array
    altitude: Array
    live: np.ndarray  # whether the row shows what flies at that moment


def webcast_of(kind: str, launch: Launch, flown: Flown, chance: random.Random) -> Recording:
    """The file of one such launch and what it shows."""
    random_ = np.random.default_rng(chance.getrandbits(32))
    rate = chance.choice((1.0, 2.0, 5.0, 10.0, 10.0, 25.0))
    broken = launch.stack.broken
    stages = [at for name, at in flown.truth.items() if name.startswith(("stage_", "booster_"))]
    last = max(stages, default=60.0)
    begin, end = chance.choice((-30.0, -10.0, -2.0, 0.0)), last + chance.choice((30.0, 100.0, 200.0, 500.0))
    if kind.startswith("breaks up"):
        end = broken + {"freezes": chance.uniform(8.0, 100.0), "ends": chance.uniform(0.0, 1.0)}.get(
            kind.rsplit(maxsplit=1)[-1], chance.uniform(8.0, 60.0)
        )
    if kind == "begins in flight":
        begin = chance.uniform(10.0, 0.8 * flown.truth.get("stage_1_burnout", 100.0))
    if kind == "never leaves the pad":
        begin, end = -chance.uniform(60.0, 400.0), -1.0
    end = min(end, flown.truth.get("landing", 1e9) + chance.choice((0.5, 20.0)), float(flown.time[-1]) - 1.0)
    time = np.arange(begin, end, 1.0 / rate)
    delay = chance.choice((0.0, 0.0, chance.uniform(0.0, 0.8)))
    shown = Shown(
        time,
        np.interp(time, flown.time, flown.speed),
        np.interp(time - delay, flown.time, flown.altitude),
        np.ones(len(time), dtype=np.bool_),
    )
    held = _spoil(kind, shown, broken, last, chance)
    _round(shown, chance)
    share = chance.choice((0.0, 0.002, 0.01, 0.02))
    for values in (shown.speed, shown.altitude):
        for place in np.flatnonzero(random_.random(len(time)) < share).tolist():
            values[place] = misread(values[place], chance)
    present = np.ones(len(time), dtype=np.bool_)
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        at, lasting = chance.uniform(begin, end), chance.choice((2.0, 5.0, 10.0))
        if kind != "breaks up, feed ends" or at + lasting < end - 12.0:
            present &= ~((time > at) & (time < at + lasting))
    labelled = chance.random() < 0.5
    clock = chance.choice((0.0, 0.0, chance.uniform(-500.0, 5_000.0)))
    parted = flown.truth.get("stage_1_burnout", 1e9) + 4.0
    lines = ["time_s,speed_m_s,altitude_m" + (",stage" if labelled else "") + "\n"]
    for place in np.flatnonzero(present).tolist():
        parts = launch.failure != "first stage stops" and time[place] > parted and not broken < 1e8
        number = 2 + int(time[place] > flown.truth.get("stage_3_ignition", 1e9)) if parts else 1
        row = f"{time[place] + clock:.3f},{shown.speed[place]:.3f},{shown.altitude[place]:.0f}"
        lines.append(row + (f",{number}" if labelled else "") + "\n")
    truth = {name: at for name, at in flown.truth.items() if at < end and name != "booster_burnout"}
    if broken < 1e8:
        truth = {"liftoff": truth["liftoff"], "stage_1_burnout": min(truth.get("stage_1_burnout", broken), broken)}
        truth |= {name: flown.truth[name] for name in ("apogee", "landing") if flown.truth.get(name, 1e9) < end}
    if kind == "never leaves the pad":
        truth = {}
    if flown.perigee > 0.0 or (truth.get("apogee", 1e9) < last and kind != "first stage stops"):
        truth.pop("apogee", None)
    usable = time[present & shown.live]
    asked = {
        name for name, at in truth.items() if name.startswith(("liftoff", "stage_")) and _seen(name, at, usable, rate)
    }
    if kind.startswith("breaks up"):  # what ends the push is the break-up
        asked.discard("stage_1_burnout")
    if launch.kind in ("boosters", "hot staging"):
        asked &= {"liftoff"}
    entered = float(np.interp(begin, flown.time, flown.speed)), float(np.interp(begin, flown.time, flown.altitude))
    if not labelled and (entered[0] > 950.0 or entered[1] > 34e3):  # then it does not show which stage it is
        asked = set()
    must, may = _alarms(kind, launch, flown, usable, end, labelled, held, broken)
    what = (
        f"{kind}; {launch.kind}; {rate:g} Hz, misread {share}, delay {delay:.1f}, {begin:.0f} to {end:.0f}, held {held}"
    )
    return Recording(
        lines,
        {name: at + clock for name, at in truth.items()},
        frozenset(asked),
        frozenset(must),
        frozenset(may | {name for each in must for name in each.split("|")}),
        what,
    )


def _spoil(kind: str, shown: Shown, broken: float, last: float, chance: random.Random) -> tuple[float, float]:
    """Freeze or jump; returns when the feed was frozen."""
    time = shown.time
    if kind in ("breaks up, feed freezes", "feed freezes and catches up"):
        low = broken + chance.uniform(-0.5, 0.5) if broken < 1e8 else chance.uniform(20.0, max(last - 10.0, 30.0))
        high = 1e9 if broken < 1e8 else low + chance.choice((chance.uniform(5.0, 20.0), chance.uniform(20.0, 100.0)))
        inside = np.flatnonzero((time >= low) & (time < high))
        if len(inside):
            shown.speed[inside], shown.altitude[inside] = shown.speed[inside[0]], shown.altitude[inside[0]]
            shown.live[inside[1:]] = False
            return float(time[inside[0]]), float(time[inside[-1]])
    if kind == "breaks up, feed jumps":
        inside = np.flatnonzero(time >= broken)
        how = chance.randrange(3)
        shown.live[inside] = False
        if how == 0:
            shown.speed[inside], shown.altitude[inside] = 0.0, chance.choice((0.0, shown.altitude[inside[0]]))
        elif how == 1:
            shown.speed[inside], shown.altitude[inside] = chance.uniform(0, 8e3), chance.uniform(0, 2e5)
        else:  # nonsense, value by value
            shown.speed[inside] = [chance.uniform(0.0, 8e3) for _ in inside]
            shown.altitude[inside] = [chance.uniform(0.0, 2e5) for _ in inside]
    return 0.0, 0.0


def _round(shown: Shown, chance: random.Random) -> None:
    unit = chance.choice((1.0 / 3.6, 1.0 / 3.6, 0.44704, 1.0, 10.0 / 3.6))
    level = chance.choice((100.0, 100.0, 1_000.0, 10.0, 160.9344, 304.8))
    coarse = level if level > 500.0 else chance.choice((level, 10.0 * level))
    shown.speed = np.round(shown.speed / unit) * unit
    step = np.where(shown.altitude < 100e3, level, coarse)
    shown.altitude = np.round(shown.altitude / step) * step


def misread(value: float, chance: random.Random) -> float:
    """A digit dropped, doubled or taken for another, as a reader of screens does."""
    digits = str(round(abs(value)))
    place = chance.randrange(len(digits))
    how = chance.randrange(3)
    other = str(chance.randrange(10))
    put: Callable[[str], str] = (lambda d: "", lambda d: d + d, lambda d: other)[how]
    return float((digits[:place] + put(digits[place]) + digits[place + 1 :])[:6] or "0")


def _seen(name: str, at: float, usable: Array, rate: float) -> bool:
    """Whether live rows lie all around a moment, none more than 2 s from the next."""
    before, after = (1.0 if name == "liftoff" else max(6.0, 6.0 / rate)), max(6.0, 6.0 / rate)
    return covered(usable, at, before, after)


def _alarms(
    kind: str,
    launch: Launch,
    flown: Flown,
    usable: Array,
    end: float,
    labelled: bool,
    held: tuple[float, float],
    broken: float,
) -> tuple[set[str], set[str]]:
    short = {"early_shutdown", "no_ignition", "orbit_not_reachable"}
    whole = float(np.max(np.diff(usable), initial=0.0)) < 5.0
    cutoff = flown.truth.get("stage_1_burnout", 1e9)
    falls = bool(np.any((flown.time > cutoff) & (flown.time < end) & (flown.altitude < 40e3) & (flown.climb < 0)))
    if kind == "breaks up, debris shown":
        told = whole and end - broken > 7.0
        return ({"breakup"} if told else set()), {"breakup", "loss_of_signal", *short}
    if kind.startswith("breaks up"):
        return {LOST}, {"breakup", "frozen_data", "loss_of_signal"}
    if kind == "upper stage not lit":
        unsure = launch.kind in ("boosters", "hot staging")
        told = whole and end - cutoff > 90.0 and (labelled or falls)
        return ({"no_ignition|orbit_not_reachable" if unsure else "no_ignition"} if told else set()), short
    if kind == "first stage stops":
        gentle = launch.stack.burns[0].initial < 15.0  # what leaves its pad faster may be a sounding rocket
        return ({"early_shutdown"} if whole and gentle and end - cutoff > 60.0 else set()), short
    if kind == "upper stage stops":
        after = max(at for name, at in flown.truth.items() if name.startswith("stage_"))
        return ({"early_shutdown|orbit_not_reachable"} if whole and end - after > 90.0 else set()), short
    if kind == "feed freezes and catches up":
        lasting = held[1] - held[0]
        told = lasting > 6.0 and held[1] < cutoff and end > held[1] + 10.0
        return ({"frozen_data"} if told else set()), {"frozen_data", "loss_of_signal"}
    return set(), set()


def draw_all(first: int, count: int) -> Sequence[tuple[int, str, Launch]]:
    """(seed, kind, launch), kinds in turn."""
    return [
        (seed, KINDS[seed % len(KINDS)], launch_of(KINDS[seed % len(KINDS)], random.Random(seed)))
        for seed in range(first, first + count)
    ]
