"""The report of an evaluation: one page of Markdown and a few plots beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flight.wire.errors import Misuse
from ground.evaluate import tables
from ground.evaluate.channel import BAD, USUAL
from ground.evaluate.figures import GROUPS, Spread, SweepPoint, alarm_figures, event_figures, event_names, sweep_point
from ground.evaluate.goals import Goal, goals
from ground.evaluate.judge import BASE, NOISY, OTHERS, Result
from ground.evaluate.order import NOMINAL, SWEEPS, Sweep, sweep_of
from ground.evaluate.pools import Seal
from ground.evaluate.svg import Band, Line, bands, curves

BASELINES = ("fixed limits", "AltOS", "CATS", "random")
MET = {True: "yes", False: "**no**", None: "open"}
MOST_WRONGS = 60
"""Kinds of misses and false claims that are listed."""
ERROR_LIMIT_S, DELAY_LIMIT_S = 0.3, 1.0
"""Of the plots' axes."""

_INTRODUCTION = f"""\
Simulated flights with every number dispersed, judged event by event. The station hears them as bytes at received times,
with a tick every 100 ms, over a link that loses {100 * USUAL.loss:.0f} % of the frames singly and everything in bursts
of {USUAL.burst_s:g} s in the mean, every {USUAL.burst_every_s:g} s in the mean (Gilbert-Elliott); time in the air is
not added. Truth is the simulator's state.

An event is found when its last line is `confirmed` with the onset within 0.5 s of the true one (max_q and apogee 2 s,
impact and landing 3 s). Delays run from the true moment to the received time of the confirmation, a miss is infinite
(∞). What happens in a silence of more than 0.5 s counts as an event, not in the errors and delays. An alarm must come
within the time that the scenario's file gives; it is false where it is neither expected nor listed as following from
the fault, and always before the fault; but what the truth itself shows (a lost attitude, a recontact) may be told in
any flight. Watches are remarks and counted apart. Intervals are exact, Clopper and Pearson for proportions and Garwood
for rates, 95 %. A flight that fails is followed until 30 s after the plan's last window, not through its fall.
"""


@dataclass(frozen=True, slots=True)
class Report:
    """The page, its plots by file name, and its figures beside what was asked."""

    text: str
    plots: Mapping[str, str]
    goals: tuple[Goal, ...]


def write(page: Path, judged: Mapping[str, Sequence[Result]], asked: Sequence[str], seal: Seal) -> Report:
    """Writes the page and its plots. Raises Misuse where the folder cannot be written."""
    there = {name: judged[name] for name in asked if name in judged}
    report = compose(there, asked, seal)
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        for name, picture in report.plots.items():
            (page.parent / name).write_text(picture, encoding="utf-8")
        page.write_text(report.text, encoding="utf-8")
    except OSError as error:
        raise Misuse(f"{page}: cannot write the report: {error}; give another --report") from error
    return report


def compose(judged: Mapping[str, Sequence[Result]], asked: Sequence[str], seal: Seal) -> Report:
    """The report on the flights that there are, `judged`, of those `asked`."""
    everything = [result for name, results in judged.items() if not _ablated(name) for result in results]
    ablated = [result for name, results in judged.items() if _ablated(name) for result in results]
    swept = [result for result in everything if sweep_of(result["scenario"])]
    slow = [result for result in everything if result["telemetry"] != "full"]
    main = [result for result in everything if not sweep_of(result["scenario"]) and result["telemetry"] == "full"]
    base = tables.of_variant(main, BASE.name)
    sound, troubled = [result for result in base if not result["faults"]], [r for r in base if r["faults"]]
    wanted = _asked(asked)
    lines = ["# How good the station is", "", _INTRODUCTION]
    lines += _held(judged, asked, seal)
    reached = _goals(main, sound, troubled, swept)
    rows = [(goal.name, goal.asked, goal.measured, MET[goal.met]) for goal in reached]
    lines += ["## What was to be reached", "", *tables.table(("figure", "asked", "measured", "met"), rows)]
    plots: dict[str, str] = {}
    if sound:
        lines += ["## Flights without a fault", ""]
        nominal = [result for result in sound if result["scenario"] == NOMINAL]
        others = [result for result in sound if result["scenario"] != NOMINAL]
        counts = {vehicle: count for (vehicle, scenario), count in wanted.items() if scenario == NOMINAL}
        lines += ["Nominal, over the usual link:", "", *tables.sound_flights(nominal, counts)] if nominal else []
        lines += ["Other orbits, holds, recycles and scrubs:", "", *tables.sound_flights(others, {})] if others else []
        lines += ["Onset (found minus true) and time to confirmation, seconds:", "", *tables.event_quality(sound)]
        lines += ["p95 of the onset error's size by vehicle, seconds:", "", *tables.event_by_vehicle(sound)]
        plots["onset.svg"] = _error_plot(sound)
        plots["delay.svg"] = _delay_plot(sound)
        lines += ["![onset errors](onset.svg)", "", "![delays](delay.svg)", ""]
    if troubled:
        lines += ["## Failures", "", tables.total_alarms(alarm_figures(troubled)), ""]
        most = max((count for (_, scenario), count in wanted.items() if scenario != NOMINAL), default=0)
        lines += tables.failures(troubled, most)
    lines += _other_links(main, base, slow)
    lines += _simple_rules(main, base)
    if swept:
        lines += ["## Faults by their size", ""]
        lines += ["Also below the smallest size that is declared to be found. Misses are infinite.", ""]
        for each in SWEEPS:
            points = _points(each, swept)
            if points:
                plots[f"{each.name.replace(' ', '-')}.svg"] = _sweep_plot(each, points)
                lines += [f"### {each.name}, {each.unit}", "", *tables.sweep(points, each.declared)]
                lines += [f"![{each.name}]({each.name.replace(' ', '-')}.svg)", ""]
    if ablated:
        lines += ["## Layer by layer", "", "The same flights of the pool `thresholds`, one layer off:", ""]
        lines += tables.ablation(ablated, BASE.name)
    lines += ["## What went wrong", ""]
    bad = tables.wrongs([*base, *tables.of_variant(slow, BASE.name)], MOST_WRONGS)
    lines += bad if len(bad) > 3 else ["Nothing, over the usual link.", ""]
    return Report("\n".join(lines).rstrip() + "\n", plots, reached)


def _ablated(name: str) -> bool:
    return name.split("/", 1)[0].endswith(" ablation")


def _asked(names: Sequence[str]) -> dict[tuple[str, str], int]:
    """Flights asked for by vehicle and scenario, at the full rate."""
    parts = [name.split("/") for name in names if not _ablated(name)]
    return dict(Counter((part[1], part[2]) for part in parts if part[3] == "full"))


def _held(judged: Mapping[str, Sequence[Result]], asked: Sequence[str], seal: Seal) -> list[str]:
    """What the report holds of what was asked for."""
    pools = Counter(name.split("/", 1)[0] for name in asked)
    there = Counter(name.split("/", 1)[0] for name in judged)
    whole = "all" if len(judged) == len(asked) else "**not all**: figures are of those held, intervals as much wider"
    lines = [f"Holds {len(judged)} of {len(asked)} flights, {whole}.", ""]
    lines += tables.table(
        ("pool of seeds", "held", "asked"), [(name, str(there[name]), str(pools[name])) for name in pools]
    )
    lines += [f"- SHA-256 of the thresholds: `{seal.thresholds}`", f"- of the profiles together: `{seal.profiles}`", ""]
    return lines


def _goals(
    main: Sequence[Result], sound: Sequence[Result], troubled: Sequence[Result], swept: Sequence[Result]
) -> tuple[Goal, ...]:
    bad = [result for result in tables.of_variant(main, BAD.name) if not result["faults"]]
    noisy = [result for result in tables.of_variant(main, NOISY) if not result["faults"]]
    return tuple(goals(sound, troubled, bad, noisy, tables.same_flights(sound, noisy), swept))


def _other_links(main: Sequence[Result], base: Sequence[Result], slow: Sequence[Result]) -> list[str]:
    lines: list[str] = []
    for variant in OTHERS:
        heard = tables.of_variant(main, variant.name)
        if heard:
            lines += tables.compared([(BASE.name, tables.same_flights(base, heard)), (variant.name, heard)])
    if slow:
        lines += ["At the low rate (5 Hz, no pressures), nominal flights:", ""]
        lines += tables.compared([("low rate", tables.of_variant(slow, BASE.name))])
    head = """\
The same flights heard otherwise: 20 % of the frames lost; noise that nothing was chosen by (heavy tails, correlated
bias, a transonic bump of the static port); frames that overtake each other by up to 40 ms on a datagram link, and one
in a hundred damaged by a turned bit; and without the vehicle's profile, so that nothing was fitted to the vehicle at
all (leave one vehicle out).
"""
    return ["## Other links, other noise, an unknown vehicle", "", head, *lines] if lines else []


def _simple_rules(main: Sequence[Result], base: Sequence[Result]) -> list[str]:
    ruled = {name: tables.of_variant(main, name) for name in BASELINES}
    if not any(ruled.values()):
        return []
    limits = ruled[BASELINES[0]]
    ours = tables.same_flights(base, limits)
    lines = [
        "## Beside simple rules",
        "",
        "On the same packets over the same link (`ground/evaluate/baselines.py`):",
        "",
    ]
    lines += tables.compared([("station", ours), *((name, its) for name, its in ruled.items() if its)])
    lines += ["Where a one-liner ties the station or beats it, event by event:", "", *tables.ties(ours, limits)]
    expected = any(result["expected"] for result in ours)
    return [*lines, *(["Alarm by alarm:", "", *tables.alarm_ties(ours, limits)] if expected else [])]


def _points(each: Sweep, swept: Sequence[Result]) -> list[SweepPoint]:
    points = []
    for size in each.sizes:
        its = [result for result in swept if sweep_of(result["scenario"]) == (each, size)]
        if its:
            points.append(sweep_point(size, its, each.alarms))
    return points


def _sweep_plot(each: Sweep, points: Sequence[SweepPoint]) -> str:
    line = Line("seen", tuple((p.size, p.seen / p.flights, p.part.low, p.part.high) for p in points if p.flights))
    return curves(f"{each.name}: flights in which an alarm told of it", each.unit, [line], each.declared)


def _error_plot(results: Sequence[Result]) -> str:
    rows = []
    for name in event_names(results):
        spread = tables.spread_of(results, name)
        if spread.values:
            rows.append(_band(name, spread))
    return bands("Onset errors: 5 to 95 % (bar), median, extremes", "s, found minus true", rows, ERROR_LIMIT_S)


def _delay_plot(results: Sequence[Result]) -> str:
    rows = []
    for name, pattern in GROUPS:
        spread = event_figures(results, pattern).delays
        if spread.values:
            rows.append(_band(name, spread))
    return bands("From the true moment to the confirmation", "s", rows, DELAY_LIMIT_S)


def _band(name: str, spread: Spread) -> Band:
    least, low, middle, high, largest = (spread.at(part) for part in (0.0, 0.05, 0.5, 0.95, 1.0))
    return Band(name, least, low, middle, high, largest, len(spread.values))
