"""What many judged flights come to: counts with exact intervals, errors and delays with misses counted as infinite."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flight.intervals import Interval, clopper_pearson, garwood, percentile
from ground.evaluate.judge import Result

GROUPS = (
    ("lift-off, ignition, burnout", re.compile(r"liftoff|ignition|.*_(ignition|burnout|cutoff)")),
    ("separation", re.compile(r".*_separation|.*_deployment")),
    ("max_q, apogee, insertion, impact", re.compile(r"max_q|apogee|orbit_insertion|impact|landing|abort")),
)
SOUND = ("warning", "critical")
"""Severities that count as an alarm; a watch is a remark."""


@dataclass(slots=True)
class Spread:
    """Values of which some may be infinite: misses."""

    values: list[float] = field(default_factory=list)

    def at(self, part: float) -> float:
        """The value below which that part lies; NaN of none, infinite where a miss is reached."""
        if not self.values:
            return math.nan
        rising = sorted(self.values)
        place = part * (len(rising) - 1)
        if math.isinf(rising[math.ceil(place)]):
            return math.inf
        return percentile(rising[: math.ceil(place) + 1], place / max(1, math.ceil(place)))


@dataclass(slots=True)
class EventFigures:
    """Stage events of some flights."""

    true: int = 0
    found: int = 0
    provisional: int = 0
    missed: int = 0
    false: int = 0
    """Confirmed, and not so."""
    false_provisional: int = 0
    errors: Spread = field(default_factory=Spread)
    """Signed onset errors."""
    delays: Spread = field(default_factory=Spread)

    @property
    def recall(self) -> Interval:
        """95 % interval of the part found."""
        return clopper_pearson(self.found, self.true) if self.true else Interval(0.0, 1.0)

    @property
    def precision(self) -> float:
        """Part of the confirmed events that are true; NaN of none."""
        return self.found / (self.found + self.false) if self.found + self.false else math.nan

    @property
    def sizes(self) -> Spread:
        """Onset errors without their sign."""
        return Spread([abs(value) for value in self.errors.values])


def event_figures(results: Iterable[Result], pattern: re.Pattern[str] | None = None) -> EventFigures:
    """Over all events of those results whose names fit."""
    total = EventFigures()
    for result in results:
        for one in result["events"]:
            if pattern is not None and not pattern.fullmatch(one["name"]):
                continue
            total.true += 1
            total.found += one["found"] == "found"
            total.provisional += one["found"] == "provisional"
            total.missed += one["found"] == "missed"
            if one["onset_error_s"] is not None:
                total.errors.values.append(one["onset_error_s"])
            if not one["hidden"]:
                total.delays.values.append(math.inf if one["delay_s"] is None else one["delay_s"])
        for one in result["false_events"]:
            if pattern is None or pattern.fullmatch(one["name"]):
                total.false += one["confirmed"]
                total.false_provisional += not one["confirmed"]
    return total


def event_names(results: Iterable[Result]) -> list[str]:
    """The names of true and false events, in order of how often they happen."""
    counts: dict[str, int] = {}
    for result in results:
        for one in (*result["events"], *result["false_events"]):
            counts[one["name"]] = counts.get(one["name"], 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


@dataclass(slots=True)
class AlarmFigures:
    """Alarms of some flights."""

    flights: int = 0
    hours: float = 0.0
    expected: int = 0
    raised: int = 0
    late: int = 0
    right: int = 0
    """Alarms that were expected, in time or late."""
    follows: int = 0
    false: int = 0
    watches: int = 0
    """Remarks that nothing was behind."""
    repeats: int = 0
    delays: Spread = field(default_factory=Spread)
    firsts: Spread = field(default_factory=Spread)
    """First exceedances that alarms name, against their causes."""

    @property
    def recall(self) -> Interval:
        """95 % interval of the part raised in time."""
        return clopper_pearson(self.raised, self.expected) if self.expected else Interval(0.0, 1.0)

    @property
    def precision(self) -> Interval:
        """95 % interval of the part of alarms that was right, or followed rightly."""
        good = self.right + self.follows
        return clopper_pearson(good, good + self.false) if good + self.false else Interval(0.0, 1.0)

    @property
    def false_rate(self) -> Interval:
        """False alarms per hour, 95 % interval."""
        low, high = garwood(self.false)
        return Interval(low / self.hours, high / self.hours) if self.hours else Interval(0.0, math.inf)


def alarm_figures(results: Iterable[Result]) -> AlarmFigures:
    """Over all alarms of those results."""
    total = AlarmFigures()
    for result in results:
        total.flights += 1
        total.hours += result["hours"]
        for one in result["expected"]:
            total.expected += 1
            total.raised += one["raised"]
            total.late += not one["raised"] and one["delay_s"] is not None
            total.delays.values.append(math.inf if one["delay_s"] is None else one["delay_s"])
            if one["first_error_s"] is not None:
                total.firsts.values.append(one["first_error_s"])
        for one in result["alarms"]:
            sound = one["severity"] in SOUND
            total.right += one["kind"] == "right"
            total.follows += one["kind"] == "follows"
            total.repeats += one["kind"] == "repeat"
            total.false += one["kind"] == "false" and sound
            total.watches += one["kind"] == "false" and not sound
    return total


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """Flights of one size of a fault: how many were told of by an alarm, and the delays with misses infinite."""

    size: float
    flights: int
    seen: int
    delays: Spread

    @property
    def part(self) -> Interval:
        """95 % interval of the part seen."""
        return clopper_pearson(self.seen, self.flights)


def sweep_point(size: float, results: Sequence[Result], alarms: frozenset[str]) -> SweepPoint:
    """Of flights of one size; an alarm of those names after the fault's beginning tells of it."""
    delays = Spread()
    for result in results:
        began_s = min((began for _, began in result["faults"] if began is not None), default=None)
        if began_s is None:
            continue
        times = [one["time_s"] for one in result["alarms"] if one["name"] in alarms and one["time_s"] >= began_s]
        delays.values.append(min(times) - began_s if times else math.inf)
    seen = sum(not math.isinf(delay) for delay in delays.values)
    return SweepPoint(size, len(delays.values), seen, delays)
