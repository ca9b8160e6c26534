"""What the station said of one flight against what was true of it: by events and alarms, never by points.

An event is found when its last line says `confirmed` and its onset is near the true one. One that is provisional at
the end was seen by one source only: it is no find; `abort`, which has one source on every vehicle, is found by it. A
silence as long as `HOLE_S` hides what happens in it: an onset in one may be wrong by its length, and
counts neither among the onset errors nor among the delays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ground.detect.events import row_of
from ground.evaluate.truth import Expected
from ground.report import Alarm, Event

TOLERANCE_S = 0.5
"""Between the true onset and the station's, for what switches within milliseconds: motors, joints, lift-off."""
WIDE_S: Mapping[str, float] = {"max_q": 2.0, "apogee": 2.0, "impact": 3.0, "landing": 3.0}
"""For what is flat at the top, or happens where the last data end."""
END_S = 0.5
"""What happens this close to the end of the stream, nobody can confirm."""
SINGLE = frozenset({"abort"})
"""Events that one source alone can show."""

Found = Literal["found", "provisional", "missed"]


@dataclass(frozen=True, slots=True)
class EventScore:
    """One true event. `onset_error_s` (found minus true) and `delay_s` (received time of the confirmation minus the
    true time) are None where it was not found, or a hole hides them.
    """

    name: str
    found: Found
    onset_error_s: float | None
    delay_s: float | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class FalseEvent:
    """An event that did not happen, or not then. `error_s` is None where none of the name is true."""

    name: str
    confirmed: bool
    time_s: float
    error_s: float | None


def tolerance_s(name: str) -> float:
    """How far an onset may lie from the true one."""
    return WIDE_S.get(name, TOLERANCE_S)


def score_events(
    true: Mapping[str, float],
    heard: Sequence[tuple[float, Event]],
    holes: Sequence[tuple[float, float]],
    ended_s: float,
) -> tuple[tuple[EventScore, ...], tuple[FalseEvent, ...]]:
    """Every true event that the station looks for and had data of, in order of time, and the false ones."""
    lines: dict[str, list[tuple[float, Event]]] = {}
    for at, said in heard:
        lines.setdefault(said.name, []).append((at, said))
    scores: list[EventScore] = []
    wrong: list[FalseEvent] = []
    for name, time_s in sorted(true.items(), key=lambda item: item[1]):
        if row_of(name) is None or time_s > ended_s - END_S:
            continue
        score, false = _one(name, time_s, lines.pop(name, []), holes)
        scores.append(score)
        wrong += false
    for name, claims in lines.items():
        at, last = claims[-1]
        # A true event in the last moments may be claimed, and need not be.
        error = None if name not in true or last.onset_time_s is None else last.onset_time_s - true[name]
        if last.status != "missed" and (error is None or abs(error) > tolerance_s(name)):
            wrong.append(FalseEvent(name, last.status == "confirmed", at, error))
    return tuple(scores), tuple(wrong)


def _one(
    name: str, time_s: float, lines: Sequence[tuple[float, Event]], holes: Sequence[tuple[float, float]]
) -> tuple[EventScore, list[FalseEvent]]:
    margin = tolerance_s(name)
    hole = max((to - since for since, to in holes if since - margin <= time_s <= to + margin), default=0.0)
    hidden = hole > 0.0
    claims = [(at, said) for at, said in lines if said.status != "missed" and said.onset_time_s is not None]
    if not claims or lines[-1][1].status == "missed":
        return EventScore(name, "missed", None, None, hidden), []
    at, last = claims[-1]
    error = (last.onset_time_s or 0.0) - time_s
    if abs(error) > margin + hole:
        return EventScore(name, "missed", None, None, hidden), [FalseEvent(name, last.status == "confirmed", at, error)]
    enough = ("confirmed", "provisional") if name in SINGLE else ("confirmed",)
    if last.status not in enough:
        return EventScore(name, "provisional", None, None, hidden), []
    near = [
        when for when, said in claims
        if said.status in enough and abs((said.onset_time_s or 0.0) - time_s) <= margin + hole
    ]  # fmt: skip
    if hidden:
        return EventScore(name, "found", None, None, hidden), []
    return EventScore(name, "found", error, near[0] - time_s, hidden), []


Kind = Literal["right", "follows", "false", "repeat"]

_ASTRAY = frozenset({"off_nominal_trajectory", "corridor_violation", "orbit_not_reachable"})
_LOST = _ASTRAY | {"attitude_loss", "tumbling", "actuator_saturated", "rcs_leak", "breakup"}
_STOPPED = frozenset({"early_shutdown", "no_ignition", "no_separation"})
SHOWN: Mapping[str, frozenset[str]] = {"attitude_loss": _LOST | _STOPPED, "recontact": frozenset({"recontact"})}
"""By an event that the truth shows, the alarms that tell of it and of what it leads to, whatever a scenario's file
expected: a vehicle that lost its attitude flies no plan.
"""
EARLY_S = 1.0
"""So long before the truth's own threshold of such an event its alarm is right."""


@dataclass(frozen=True, slots=True)
class AlarmScore:
    """One alarm line: `right` is expected, in time or late, `follows` may follow from the fault, `repeat` says at the
    same severity what has been said.
    """

    name: str
    severity: str
    kind: Kind
    time_s: float


@dataclass(frozen=True, slots=True)
class ExpectedScore:
    """One expected alarm. `delay_s` from its cause to the alarm as received, None where there was none; `raised` within
    its time.
    """

    name: str
    of: str
    within_s: float
    delay_s: float | None
    raised: bool


def score_alarms(
    expected: Sequence[Expected],
    also: frozenset[str],
    troubled_s: float | None,
    heard: Sequence[tuple[float, Alarm]],
    ended_s: float,
    true: Mapping[str, float],
) -> tuple[tuple[ExpectedScore, ...], tuple[AlarmScore, ...]]:
    """What had to be raised before the stream ended, and every alarm line.

    `troubled_s` is when the first fault began: until then, and in a flight without any, every alarm is false. After it
    an expected alarm may come before its own cause's time: a station that is early is right. An alarm of what the
    `true` events show (`SHOWN`) follows in any flight.
    """
    shown = [(time_s - EARLY_S, SHOWN[name]) for name, time_s in true.items() if name in SHOWN]
    names = {one.alarm for one in expected}
    said: set[tuple[str, str, str]] = set()
    lines: list[AlarmScore] = []
    first: dict[str, float] = {}
    for at, alarm in heard:
        key = (alarm.vehicle, alarm.name, alarm.severity)
        troubled = troubled_s is not None and at >= troubled_s
        if key in said:
            kind: Kind = "repeat"
        elif troubled and alarm.name in names:
            kind = "right"
            first.setdefault(alarm.name, at)
        else:
            follows = (troubled and alarm.name in also) or any(
                at >= since_s and alarm.name in told for since_s, told in shown
            )
            kind = "follows" if follows else "false"
        said.add(key)
        lines.append(AlarmScore(alarm.name, alarm.severity, kind, at))
    wanted: list[ExpectedScore] = []
    for one in expected:
        if one.since_s + one.within_s > ended_s and one.alarm not in first:
            continue
        delay = first[one.alarm] - one.since_s if one.alarm in first else None
        raised = delay is not None and delay <= one.within_s
        wanted.append(ExpectedScore(one.alarm, one.of, one.within_s, delay, raised))
    return tuple(wanted), tuple(lines)
