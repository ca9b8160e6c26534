"""What the station says: stage events, alarms, what it could not decide, and the verdict.

Each value is one line of the event log and of `--json`. Times are seconds rounded to 1 ms, everything else is SI;
what is not finite or not known is null.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from typing import ClassVar, Literal

Status = Literal["provisional", "confirmed", "missed"]
Severity = Literal["watch", "warning", "critical"]
Outcome = Literal["orbit", "no_orbit", "suborbital", "aborted", "scrubbed", "unknown"]


@dataclass(frozen=True, slots=True)
class Event:
    """A stage event, found in the measurements.

    `time_s` (when the status was reached) and `onset_time_s` (when it began) are the onboard clock, unwrapped over
    reboots; the fields without `time` count from lift-off and are None until lift-off is confirmed. For a flight
    read from a file all of them are in the file's `time_s`.
    """

    type: ClassVar[str] = "event"
    vehicle: str
    name: str
    time_s: float
    onset_time_s: float | None
    status: Status
    evidence: tuple[str, ...] = ()
    onset_s: float | None = None
    detected_s: float | None = None
    computer_s: float | None = None
    plan_s: float | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is going wrong: one alarm per cause, latched, with one sentence for a flight controller."""

    type: ClassVar[str] = "alarm"
    vehicle: str
    name: str
    severity: Severity
    time_s: float
    message: str
    channel: str | None = None
    value: float | None = None
    limit: float | None = None
    phase: str | None = None
    first_s: float | None = None
    raised_s: float | None = None
    sigma: float | None = None
    """How many standard deviations the value is off, where a statistical rule raised it."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """An event that the measurements cannot show, and why."""

    type: ClassVar[str] = "undecided"
    vehicle: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the flight ended, from the last trustworthy navigation state. Angles in degrees.

    Perigee and apogee are heights above the equatorial radius, as orbits are announced; the impact point is geodetic.
    """

    type: ClassVar[str] = "verdict"
    vehicle: str
    outcome: Outcome
    perigee_m: float | None = None
    apogee_m: float | None = None
    inclination_deg: float | None = None
    impact_latitude_deg: float | None = None
    impact_longitude_deg: float | None = None


Report = Event | Alarm | Undecided | Verdict


def as_line(report: Report) -> str:
    """One JSON object, in the field order of the class, times to 1 ms and other numbers to nine significant digits."""
    record: dict[str, object] = {"type": report.type}
    for field in fields(report):
        record[field.name] = _plain(field.name, getattr(report, field.name))
    return json.dumps(record, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def _plain(name: str, value: object) -> object:
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return round(value, 3) + 0.0 if name.endswith("_s") else float(f"{value:.9g}") + 0.0
    return list(value) if isinstance(value, tuple) else value
