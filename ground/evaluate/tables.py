"""The tables of the report, each a pure function of judged flights, as lines of Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from flight.intervals import Interval
from ground.evaluate.figures import (
    GROUPS,
    AlarmFigures,
    EventFigures,
    Spread,
    SweepPoint,
    alarm_figures,
    event_figures,
    event_names,
)
from ground.evaluate.judge import Result

Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> list[str]:
    """A Markdown table and an empty line."""
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]


def seconds(value: float) -> str:
    """In seconds to the millisecond; a miss reached is ∞, nothing measured a dash."""
    return "–" if math.isnan(value) else "∞" if math.isinf(value) else f"{value:.3f}"


def share(part: int, of: int, interval: Interval) -> str:
    """A proportion with its interval."""
    return "–" if not of else f"{part}/{of} ({100 * interval.low:.2f}–{100 * interval.high:.2f} %)"


def by(results: Iterable[Result], key: Callable[[Result], str]) -> dict[str, list[Result]]:
    """Results in groups, in order of first appearance."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return groups


def of_variant(results: Iterable[Result], variant: str) -> list[Result]:
    """Those heard in that way."""
    return [result for result in results if result["variant"] == variant]


def same_flights(results: Iterable[Result], as_these: Sequence[Result]) -> list[Result]:
    """Those of the same flights as others are of."""
    wanted = {_flight(result) for result in as_these}
    return [result for result in results if _flight(result) in wanted]


def _flight(result: Result) -> tuple[object, ...]:
    return tuple(result[key] for key in ("vehicle", "scenario", "telemetry", "seed", "flight"))


_EVENT_HEAD = ("true", "found (95 %)", "provisional", "missed", "false", "false, provisional")


def _event_cells(found: EventFigures) -> list[str]:
    part = share(found.found, found.true, found.recall)
    return [str(found.true), part, str(found.provisional), str(found.missed), str(found.false),
            str(found.false_provisional)]  # fmt: skip


def sound_flights(results: Sequence[Result], asked: Mapping[str, int]) -> list[str]:
    """Flights in which nothing was made to go wrong, by vehicle: stage events and false alarms."""
    rows = []
    groups = by(results, lambda result: str(result["vehicle"]))
    for name, its in [*groups.items(), ("**all**", list(results))]:
        events, alarms = event_figures(its), alarm_figures(its)
        rate = alarms.false_rate
        held = f"{len(its)}" + (f" of {asked[name]}" if name in asked else "")
        false = f"{alarms.false} ({rate.low:.3f}–{rate.high:.3f})"
        rows.append([name, held, *_event_cells(events), f"{alarms.hours:.2f}", false, str(alarms.watches)])
    head = ("vehicle", "flights", *_EVENT_HEAD, "hours", "false alarms (per hour, 95 %)", "false watches")
    return table(head, rows)


def event_quality(results: Sequence[Result]) -> list[str]:
    """Each stage event: signed onset error and delay of the confirmation, misses infinite."""
    rows = []
    groups = [(name, None) for name in event_names(results)] + [(f"*{name}*", pattern) for name, pattern in GROUPS]
    for name, pattern in groups:
        its = results if pattern else [_only(result, name) for result in results]
        found = event_figures(its, pattern)
        errors, sizes, delays = found.errors, found.sizes, found.delays
        rows.append([
            name, str(found.true), seconds(errors.at(0.5)), seconds(sizes.at(0.5)), seconds(sizes.at(0.95)),
            seconds(sizes.at(1.0)), seconds(delays.at(0.5)), seconds(delays.at(0.95)), seconds(delays.at(1.0)),
        ])  # fmt: skip
    head = ("event", "true", "onset error, median", "size, median", "size, p95", "largest", "delay, median",
            "delay, p95", "longest")  # fmt: skip
    return table(head, rows)


def _only(result: Result, name: str) -> Result:
    """A result with one event's lines alone."""
    return {
        **result,
        "events": [one for one in result["events"] if one["name"] == name],
        "false_events": [one for one in result["false_events"] if one["name"] == name],
    }


def event_by_vehicle(results: Sequence[Result]) -> list[str]:
    """The p95 of the onset error's size, s, of each event on each vehicle."""
    groups = by(results, lambda result: str(result["vehicle"]))
    rows = []
    for name in event_names(results):
        cells = [
            seconds(event_figures(_only(result, name) for result in its).sizes.at(0.95)) for its in groups.values()
        ]
        rows.append([name, *cells])
    return table(("event", *groups), rows)


def failures(results: Sequence[Result], asked: int) -> list[str]:
    """Each scenario in which something was made to go wrong: its alarms, and the stage events that happened."""
    rows = []
    groups = by(results, lambda result: f"{result['vehicle']} {result['scenario']}")
    for name, its in sorted(groups.items()):
        alarms, events = alarm_figures(its), event_figures(its)
        names = sorted({f"{one['name']} ≤ {one['within_s']:g} s" for result in its for one in result["expected"]})
        delays = alarms.delays
        rows.append([
            name, f"{len(its)} of {asked}", ", ".join(names) or "none",
            share(alarms.raised, alarms.expected, alarms.recall), str(alarms.late), seconds(delays.at(0.5)),
            seconds(delays.at(0.95)), seconds(alarms.firsts.at(0.5)), str(alarms.false), str(alarms.repeats),
            f"{events.found}/{events.true}", str(events.false),
        ])  # fmt: skip
    head = ("scenario", "flights", "expected", "raised in time (95 %)", "late", "delay, median", "delay, p95",
            "first exceedance, median", "false alarms", "repeats", "events found", "false events")  # fmt: skip
    return table(head, rows)


def total_alarms(found: AlarmFigures) -> str:
    """Recall and precision in a sentence."""
    good, all_of = found.right + found.follows, found.right + found.follows + found.false
    return (
        f"Recall: {share(found.raised, found.expected, found.recall)} of the expected alarms raised in time, "
        f"{found.late} more too late. Precision: {share(good, all_of, found.precision)} of the alarms were expected or "
        f"followed from the fault. {found.repeats} repeats in {found.flights} flights."
    )


def compared(rows: Sequence[tuple[str, Sequence[Result]]]) -> list[str]:
    """The same flights heard in several ways: events, alarms, delays."""
    lines = []
    for name, its in rows:
        events, alarms = event_figures(its), alarm_figures(its)
        rate = alarms.false / alarms.hours if alarms.hours else math.nan
        lines.append([
            name, str(len(its)), *_event_cells(events), seconds(events.sizes.at(0.95)), seconds(events.delays.at(0.95)),
            share(alarms.raised, alarms.expected, alarms.recall), str(alarms.false), f"{rate:.2f}",
        ])  # fmt: skip
    head = ("heard", "flights", *_EVENT_HEAD, "onset size, p95", "delay, p95", "alarms in time (95 %)", "false alarms",
            "per hour")  # fmt: skip
    return table(head, lines)


def ties(station: Sequence[Result], limits: Sequence[Result]) -> list[str]:
    """Event by event beside the fixed limits, and who is better."""
    rows = []
    for name in event_names(station):
        ours, theirs = (event_figures(_only(result, name) for result in its) for its in (station, limits))
        if not ours.true:
            continue
        rows.append([
            name, f"{ours.found}/{ours.true}", f"{theirs.found}/{theirs.true}", str(ours.false), str(theirs.false),
            seconds(ours.sizes.at(0.95)), seconds(theirs.sizes.at(0.95)), _winner(ours, theirs),
        ])  # fmt: skip
    head = ("event", "station", "fixed limit", "false", "false, limit", "onset p95", "onset p95, limit", "better")
    return table(head, rows)


def alarm_ties(station: Sequence[Result], limits: Sequence[Result]) -> list[str]:
    """Alarm by alarm beside the fixed limits."""
    rows = []
    for name in sorted({one["name"] for result in station for one in result["expected"]}):
        ours, theirs = (_of_alarm(its, name) for its in (station, limits))
        rows.append([name, *(f"{one[0]}/{one[1]}" for one in (ours, theirs)), str(ours[2]), str(theirs[2])])
    return table(("alarm", "station, in time", "fixed limit, in time", "false", "false, limit"), rows)


def _of_alarm(results: Sequence[Result], name: str) -> tuple[int, int, int]:
    wanted = [one for result in results for one in result["expected"] if one["name"] == name]
    false = sum(one["kind"] == "false" for result in results for one in result["alarms"] if one["name"] == name)
    return sum(one["raised"] for one in wanted), len(wanted), false


def _winner(ours: EventFigures, theirs: EventFigures) -> str:
    if (ours.found - ours.false) != (theirs.found - theirs.false):
        return "station" if ours.found - ours.false > theirs.found - theirs.false else "**fixed limit**"
    a, b = ours.sizes.at(0.95), theirs.sizes.at(0.95)
    if abs(a - b) <= 0.01:
        return "**tie**"
    return "station, by onset" if a < b else "**fixed limit, by onset**"


def ablation(results: Sequence[Result], base: str) -> list[str]:
    """What each layer adds: the same flights with it switched off. One that changes nothing is named."""
    rows = []
    whole = of_variant(results, base)
    for name, its in by(results, lambda result: str(result["variant"])).items():
        events, alarms = event_figures(its), alarm_figures(its)
        changed = "" if name == base else _difference(whole, its)
        rows.append([
            name, str(len(its)), str(events.found), str(events.provisional + events.missed), str(events.false),
            seconds(events.sizes.at(0.95)), seconds(events.delays.at(0.95)), f"{alarms.raised}/{alarms.expected}",
            str(alarms.false), changed,
        ])  # fmt: skip
    head = ("heard", "flights", "events found", "not found", "false", "onset p95", "delay p95", "alarms in time",
            "false alarms", "what it adds")  # fmt: skip
    return table(head, rows)


def _difference(whole: Sequence[Result], less: Sequence[Result]) -> str:
    a, b = event_figures(whole), event_figures(less)
    c, d = alarm_figures(whole), alarm_figures(less)
    found = []
    for text, gain in (
        ("events found", a.found - b.found),
        ("false events avoided", b.false - a.false),
        ("alarms in time", c.raised - d.raised),
        ("false alarms avoided", d.false - c.false),
    ):
        if gain:
            found.append(f"{gain:+d} {text}")
    for text, ours, theirs in (
        ("onset p95", a.sizes.at(0.95), b.sizes.at(0.95)),
        ("delay p95", a.delays.at(0.95), b.delays.at(0.95)),
    ):
        if math.isfinite(ours) and math.isfinite(theirs) and abs(theirs - ours) >= 0.005:
            found.append(f"{text} {theirs - ours:+.3f} s better")
    return ", ".join(found) or "**nothing on these flights**"


def sweep(points: Sequence[SweepPoint], declared: float) -> list[str]:
    """Detection against a fault's size, below the declared smallest one too."""
    rows = []
    for point in points:
        mark = " (declared)" if point.size == declared else ""
        part = share(point.seen, point.flights, point.part)
        rows.append([f"{point.size:g}{mark}", part, seconds(point.delays.at(0.5)), seconds(point.delays.at(0.95))])
    return table(("size", "seen (95 %)", "delay, median", "delay, p95"), rows)


def wrongs(results: Sequence[Result], most: int) -> list[str]:
    """What went wrong, grouped, with one flight of each kind to look at."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        texts = [f"{one['name']}: {one['found']}" for one in result["events"] if one["found"] != "found"]
        texts += [f"{one['name']}: false event" for one in result["false_events"]]
        texts += [f"{one['name']}: not raised in time" for one in result["expected"] if not one["raised"]]
        texts += [
            f"{one['name']} ({one['severity']}): false alarm" for one in result["alarms"] if one["kind"] == "false"
        ]
        for text in dict.fromkeys(texts):
            groups.setdefault(f"{result['vehicle']} {result['scenario']} | {text}", []).append(result)
    rows = []
    for name, its in sorted(groups.items(), key=lambda item: -len(item[1]))[:most]:
        first = its[0]
        rows.append([*name.split(" | "), str(len(its)), f"--seed {first['seed']}, flight {first['flight']}"])
    lines = table(("scenario", "what", "flights", "for example"), rows)
    return lines if len(groups) <= most else [*lines, f"and {len(groups) - most} more kinds.", ""]


def spread_of(results: Sequence[Result], name: str) -> Spread:
    """The signed onset errors of one event."""
    return event_figures(_only(result, name) for result in results).errors
