"""Events and alarms against the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ground.detect.flightfile import parse_flight
from ground.detect.recorded.flight import detect_flight
from ground.report import Alarm, Event, Undecided, Verdict
from tests.bench.recorded.sources import Recording

NAMED = ("liftoff", "stage_", "apogee", "drogue_deployment", "main_deployment", "landing", "booster_")


@dataclass
class Score:
    """Counts over many recordings; errors: signed onset errors by event, s; faults: one line for each that is wrong."""

    flights: int = 0
    asked: int = 0
    missed: int = 0
    late: int = 0
    false: int = 0
    alarms_asked: int = 0
    alarms_missed: int = 0
    alarms_false: int = 0
    errors: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, seed: int, recording: Recording, within: Mapping[str, float], otherwise: float) -> None:
        """Detect and compare. within: s by event."""
        reports = detect_flight(parse_flight(recording.lines, "v", "v.csv"))
        told = {r.name: float(r.onset_time_s or 0.0) for r in reports if isinstance(r, Event)}
        undecided = {r.name: r.reason for r in reports if isinstance(r, Undecided)}
        alarms = {r.name: r.message for r in reports if isinstance(r, Alarm)}
        outcome = next((r.outcome for r in reports if isinstance(r, Verdict)), "")
        wrong = []
        self.flights += 1
        for name, at in recording.truth.items():
            allowed = within.get(name, otherwise)
            if math.isnan(at):  # it happened, at a time that is not known
                continue
            if name in recording.shown:
                self.asked += 1
                if name not in told:
                    self.missed += 1
                    wrong.append(f"missed {name} at {at:.2f} ({undecided.get(name, '')})")
                else:
                    self.errors.setdefault(name, []).append(told[name] - at)
            if (
                name in told
                and abs(told[name] - at) > allowed
                and (name in recording.shown or abs(told[name] - at) > 10.0)
            ):
                self.late += 1
                wrong.append(f"{name} {told[name] - at:+.2f} s off")
        for name, when in told.items():
            if name.startswith(NAMED) and name not in recording.truth:
                self.false += 1
                wrong.append(f"false {name} at {when:.1f}")
        for name in recording.alarms:
            self.alarms_asked += 1
            said_so = set(name.split("|")) & set(alarms)
            if not said_so and not ("orbit_not_reachable" in alarms and "orbit_not_reachable" in recording.may):
                self.alarms_missed += 1
                wrong.append(f"no alarm {name}")
        for name in set(alarms) - recording.may:
            self.alarms_false += 1
            wrong.append(f"false alarm {name}: {alarms[name]}")
        if wrong:
            self.faults.append(f"{seed}: {'; '.join(wrong)}; verdict {outcome} [{recording.what}] {recording.truth}")
