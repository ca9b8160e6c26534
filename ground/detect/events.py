"""The event machine: which stage events there are, which sources may show them, and what has been seen of each.

The table is the machine. A source that *claims* can make an event provisional by itself; one that *supports* can only
agree. Two sources that agree in time, at least one of them claiming, confirm. What the onboard computer reports is kept
beside and never counts. An event whose planned window closes unseen is `missed` once a channel that would show it has
been heard after the window and denies it; silence never is, and `undecided` is what data leave open.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flight.plans.plan import FlightPlan
from ground.detect.signals import Span
from ground.journal import Journal
from ground.profile import Expected
from ground.report import Event, Status, Undecided


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of event. `name` is a pattern; `agree_s` how far apart two sources' onsets may lie."""

    name: str
    claims: tuple[str, ...]
    supports: tuple[str, ...]
    agree_s: float
    airborne: bool = True
    """Whether it can happen only after lift-off."""
    moves: bool = False
    """Whether both sources may agree later on another onset: a second, higher maximum."""
    late_s: float = 0.25
    """When its window has closed: this long after its end nothing that began within it can still be unseen.

    A quarter of a second is five packets of the slowest decisive kind; a maximum shows only when it is well past.
    """


PRESSURE, FORCE, CIRCUIT = "chamber pressure", "axial force", "igniter circuit"
UMBILICAL, SPEED = "umbilical", "navigation speed"
BREAKWIRE, KICK, PYRO, ESCAPE = "breakwire", "separation kick", "pyrotechnic circuit", "escape circuit"
NAVIGATION, RECEIVER, BAROMETER = "navigation", "GNSS", "barometer"

TABLE = (
    Row("ignition", (PRESSURE,), (FORCE, NAVIGATION, CIRCUIT), 0.5, airborne=False),
    Row("liftoff", (FORCE, SPEED), (UMBILICAL,), 1.0, airborne=False),
    Row("max_q", (NAVIGATION, RECEIVER), (BAROMETER,), 5.0, moves=True, late_s=20.0),
    Row(r"stage_\d+_burnout", (PRESSURE, FORCE), (NAVIGATION,), 0.5),
    Row(r"stage_\d+_separation", (BREAKWIRE,), (KICK, PYRO), 0.5),
    Row(r"stage_\d+_ignition", (PRESSURE,), (FORCE, NAVIGATION, CIRCUIT), 0.5),
    Row("booster_burnout", (PRESSURE,), (FORCE,), 1.0),
    Row(r"stage_\d+_main_cutoff", (PRESSURE,), (FORCE,), 1.0),
    Row(r"(booster|tower|fairing|payload)_separation", (BREAKWIRE,), (KICK, PYRO), 0.5),
    Row(r"(drogue|main)_deployment", (BREAKWIRE,), (KICK, PYRO), 0.5),
    Row("abort", (ESCAPE,), (FORCE,), 0.6, airborne=False),
    Row("apogee", (NAVIGATION, RECEIVER), (), 3.0, late_s=1.0),
    Row("orbit_insertion", (NAVIGATION, RECEIVER), (), 1.0, late_s=2.0),
    Row("impact", (NAVIGATION, RECEIVER), (), 5.0),
    Row("landing", (NAVIGATION, RECEIVER), (), 5.0),
)


def row_of(name: str) -> Row | None:
    """The table's row for an event name; None for one that the station does not look for."""
    return next((row for row in TABLE if re.fullmatch(row.name, name)), None)


def phase_after(name: str, first: int) -> str | None:
    """The phase of flight that an event begins, `first` being the first stage; None for events that begin none."""
    if name in ("ignition", "liftoff"):
        return f"stage_{first}_burn"
    if name.endswith("_ignition"):
        return name.removesuffix("ignition") + "burn"
    if name.endswith("_burnout"):
        return name.removesuffix("burnout") + "coast"
    return {"orbit_insertion": "orbit", "abort": "aborted", "impact": "ended", "landing": "ended"}.get(name)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one source shows of an event: when it began and, in words, what was seen."""

    source: str
    span: Span
    claims: bool
    text: str


@dataclass(slots=True)
class Record:
    """All that is known of one event."""

    row: Row
    sightings: dict[str, Sighting] = field(default_factory=dict)
    status: Status | None = None
    time_s: float = 0.0
    onset_s: float | None = None
    span: Span | None = None
    """In which it began, by what was measured of it alone."""
    narrow: Span | None = None
    """And by what it follows and what follows it."""
    vague_s: float = 0.0
    """How far from its onset that may have been at most: wide where data are missing."""
    evidence: tuple[str, ...] = ()
    computer_s: float | None = None
    undecided: bool = False
    shadowed: bool = False


_AFTER_ABORT = re.compile(r"abort|apogee|impact|landing|.*_deployment")

_VAGUE_S = 0.5
"""A wider onset is narrowed by what supports it, too; a sharp one is not, because circuits fire before motors light."""

_PLACED_S = 0.05
"""An onset that what comes beside it moves by less stays as it was told."""

_MOVED_S = 0.5
"""A maximum that is found this close to the former one is the same."""

_AGAIN_S = 0.02
"""Between two looks whether a channel that would show a late event has been heard."""

HOLE_S = 1.0
"""Longer silence inside a window means that the data cannot show what happened there."""


class EventMachine:
    """Sightings in, event lines out; one record an event name, so memory and log are bounded.

    `observable` are the names that the dictionary has channels for; `slack_s` is how late slow packets may show a step
    of the sequence. All times are vehicle time.
    """

    def __init__(
        self,
        journal: Journal,
        plan: FlightPlan | None,
        observable: frozenset[str],
        expected: Mapping[str, Expected] | None = None,
        slack_s: float = 0.0,
    ) -> None:
        self._journal = journal
        self._observable = observable
        self._planned = {event.name: event for event in plan.events} if plan else {}
        self._expected = expected or {}
        """What a profile knows of events: those that follow another one regularly are due soon after it."""
        self._slack_s = slack_s
        self._irregular_s = -math.inf
        """Until then the sequence may have been disturbed, or was not seen whole."""
        self.first_stage = 1 if plan is None else plan.first_stage
        self.records: dict[str, Record] = {}
        self.airborne = False
        """In flight: lift-off has been seen, or the data begin in flight."""
        self.deadline_s = math.inf
        """When the next window closes; `expire` has nothing to do before."""
        self.witnesses = 2
        """How many sources confirm an event."""
        self.denied_s: Callable[[str], float] = lambda name: math.inf
        """Until when the channels that would show an event say that it has not come; -inf while they waver."""
        self.told: Callable[[str, Record], None] = lambda name, record: None
        """Hears of each new status of an event, after it has been written."""

    def onset_s(self, name: str) -> float | None:
        """When an event began, None while it has not been seen."""
        record = self.records.get(name)
        return None if record is None or record.status in (None, "missed") else record.onset_s

    def seen(self, name: str) -> bool:
        """Whether an event is provisional or confirmed."""
        return self.onset_s(name) is not None

    def confirmed(self, name: str) -> bool:
        """Whether two sources agree on an event."""
        record = self.records.get(name)
        return record is not None and record.status == "confirmed"

    def can_see(self, name: str) -> bool:
        """Whether the dictionary has channels for an event."""
        return name in self._observable

    def planned(self, name: str) -> bool:
        """Whether the flight plan expects an event."""
        return name in self._planned

    def sight(self, name: str, source: str, span: Span, now_s: float, text: str, *, claims: bool | None = None) -> None:
        """A source shows an event. `claims` overrides the table where a support must stand alone."""
        record = self._record(name)
        if record is None or (record.row.airborne and not self.airborne):
            return
        if self.seen("abort") and not _AFTER_ABORT.fullmatch(name):
            # The crew's module leaves everything at once: broken wires and dead chambers are no stage events.
            return
        if record.status == "confirmed" and not record.row.moves:
            return
        record.sightings[source] = Sighting(
            source, span, source in record.row.claims if claims is None else claims, f"{source}: {text}"
        )
        agreeing = [s for s in record.sightings.values() if s.span.distance(span) <= record.row.agree_s]
        if not any(s.claims for s in agreeing):
            return
        status: Status = "confirmed" if len(agreeing) >= self.witnesses else "provisional"
        if status == "provisional" and record.status in ("provisional", "confirmed"):
            return
        best = min(agreeing, key=lambda s: _rank(record.row, s))
        onset = best.span
        for other in agreeing:
            if other.source in (*record.row.claims, FORCE) or onset.high - onset.low > _VAGUE_S:
                onset = onset.within(other.span)
        former = record.onset_s
        if record.status == "confirmed" and former is not None and abs(onset.middle - former) < _MOVED_S:
            return
        record.status, record.time_s, record.span = status, now_s, onset
        self._place(name, record)
        record.evidence = tuple(s.text for s in sorted(agreeing, key=lambda s: _rank(record.row, s)))
        self._journal.phase = phase_after(name, self.first_stage) or self._journal.phase
        if name == "liftoff":
            self._lifted_off(record)
        else:
            self._write(name, record)
        self._place_beside(name, {name})

    def _place_beside(self, name: str, placed: set[str]) -> None:
        """An event is better known now: so may be what it follows and what follows it, and so on."""
        for other in self._beside(name):
            beside = self.records.get(other)
            if other in placed or beside is None or beside.span is None:
                continue
            placed.add(other)
            if self._place(other, beside):
                self._write(other, beside)
                self._place_beside(other, placed)

    def _beside(self, name: str) -> list[str]:
        """What an event follows regularly, and what follows it."""
        expected = self._expected.get(name)
        before = [] if expected is None else [expected.after]
        return before + [other for other, its in self._expected.items() if its.after == name]

    def _place(self, name: str, record: Record) -> bool:
        """The onset within its span; whether it has moved.

        It is the middle, of a wide one where data are missing the middle of what the regular sequence leaves of it:
        after what it follows and no later than usual, before what follows it and no earlier than usual.
        """
        assert record.span is not None
        former, span = record.onset_s, record.span
        if span.high - span.low > _VAGUE_S:
            for other in self._beside(name):
                beside = self.records.get(other)
                known = None if beside is None else beside.narrow
                if known is None:
                    continue
                if (following := self._expected.get(other)) is not None and following.after == name:
                    span = span.within(Span(known.low - following.after_latest_s, known.high))
                else:
                    span = span.within(Span(known.low, known.high + self._expected[name].after_latest_s))
        record.narrow, record.onset_s = span, span.middle
        record.vague_s = max(span.middle - record.span.low, record.span.high - span.middle)
        return former is None or abs(span.middle - former) > _PLACED_S

    def computer(self, name: str, time_s: float) -> None:
        """What the onboard computer reports, and when it decided so."""
        record = self._record(name)
        if record is not None and record.computer_s is None:
            record.computer_s = time_s
            if record.status is not None:
                self._write(name, record)

    def hole(self, from_s: float, to_s: float) -> None:
        """No data between two times.

        A hole inside a window does no harm: pressures, wires and the trajectory show afterwards what happened in it.
        One over its end leaves it open whether the event came in time.
        """
        liftoff = self._journal.liftoff_s
        if liftoff is None or to_s - from_s <= HOLE_S:
            return
        self._irregular_s = to_s
        for name, event in self._planned.items():
            if from_s - liftoff < event.latest_s <= to_s - liftoff and not self.seen(name):
                record = self._record(name)
                if record is not None:
                    record.shadowed = True

    def restarted(self, now_s: float) -> None:
        """The onboard computer has started again: what it was about to command comes late."""
        self._irregular_s = now_s

    def expire(self, now_s: float) -> None:
        """Windows that have closed unseen by now."""
        liftoff = self._journal.liftoff_s
        if liftoff is None:
            return
        self.deadline_s = math.inf
        for name, event in self._planned.items():
            record = self._record(name)
            if record is None or record.status is not None or record.undecided:
                continue
            closes_s, window = liftoff + event.latest_s, f"from T+{event.earliest_s:g} to T+{event.latest_s:g} s"
            expected = self._expected.get(name)
            before_s = None if expected is None else self.onset_s(expected.after)
            if expected is not None and before_s is not None and self._irregular_s < before_s < closes_s:
                due_s = before_s + self.records[expected.after].vague_s + expected.after_latest_s + self._slack_s
                if due_s < closes_s:
                    closes_s, window = due_s, f"within {expected.after_latest_s:g} s after {expected.after}"
            denied = self.denied_s(name) >= closes_s
            closes_s += record.row.late_s
            if now_s < closes_s:
                self.deadline_s = min(self.deadline_s, closes_s)
            elif name not in self._observable:
                self._undecided(name, record, "no channel shows it")
            elif record.shadowed:
                self._undecided(
                    name, record, f"data are missing where its window closes, {window.removeprefix('from ')}"
                )
            elif not denied:
                self.deadline_s = min(self.deadline_s, now_s + _AGAIN_S)
            else:
                record.status, record.time_s = "missed", now_s
                record.evidence = (f"not seen {window}",)
                self._write(name, record)

    def finish(self, now_s: float | None) -> None:
        """The end of the data: what was planned and could not be shown."""
        liftoff = self._journal.liftoff_s
        for name, event in self._planned.items():
            record = self._record(name)
            if record is not None and (record.status is not None or record.undecided):
                continue
            if name not in self._observable or record is None:
                reason = "no channel shows it"
            elif liftoff is None or now_s is None:
                reason = "lift-off was not seen, so its window is not known"
            else:
                reason = f"the data end at T+{now_s - liftoff:.1f} s, its window closes at T+{event.latest_s:g} s"
                if now_s - liftoff > event.latest_s + record.row.late_s:
                    reason = f"no channel has shown since its window closed, at T+{event.latest_s:g} s, whether it came"
            if record is None:
                self._journal.write(Undecided(self._journal.vehicle, name, reason))
            else:
                self._undecided(name, record, reason)

    def _record(self, name: str) -> Record | None:
        record = self.records.get(name)
        if record is None and (row := row_of(name)) is not None:
            record = self.records[name] = Record(row)
        return record

    def _lifted_off(self, record: Record) -> None:
        self.airborne = True
        if record.status == "confirmed":
            self._journal.liftoff_s = record.onset_s
        self._write("liftoff", record)
        if record.status == "confirmed":
            for name, earlier in self.records.items():
                if name != "liftoff" and earlier.status is not None:
                    self._write(name, earlier)
            self.expire(record.time_s)

    def _undecided(self, name: str, record: Record, reason: str) -> None:
        record.undecided = True
        self._journal.write(Undecided(self._journal.vehicle, name, reason))

    def _write(self, name: str, record: Record) -> None:
        assert record.status is not None
        # Another event may be due soon after this one.
        self.deadline_s = min(self.deadline_s, record.time_s)
        since, planned = self._journal.since_liftoff, self._planned.get(name)
        known = self._journal.liftoff_s is not None
        self._journal.write(
            Event(
                vehicle=self._journal.vehicle,
                name=name,
                time_s=record.time_s,
                onset_time_s=record.onset_s,
                status=record.status,
                evidence=record.evidence,
                onset_s=since(record.onset_s),
                detected_s=since(record.time_s),
                computer_s=since(record.computer_s),
                plan_s=planned.time_s if planned is not None and known else None,
            )
        )
        self.told(name, record)


def _rank(row: Row, sighting: Sighting) -> int:
    order = (*row.claims, *row.supports)
    return order.index(sighting.source) if sighting.source in order else len(order)
