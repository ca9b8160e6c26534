"""What has been found on one flight, as it is collected."""

from __future__ import annotations

from dataclasses import dataclass, field

from ground.detect.recorded.moments import Moment, Unseen
from ground.report import Alarm, Event, Report, Undecided, Verdict


@dataclass(slots=True)
class Findings:
    """Events, alarms, event names that stay undecided with the reason, and the verdict."""

    vehicle: str
    events: list[Event] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    undecided: dict[str, str] = field(default_factory=dict)
    verdict: Verdict | None = None

    def add(self, name: str, moment: Moment, *, confirmed: bool | None = None) -> None:
        """Add an event; it is confirmed where two independent channels show it, unless the caller knows better."""
        sure = moment.sources > 1 if confirmed is None else confirmed
        self.events.append(
            Event(
                self.vehicle,
                name,
                time_s=moment.seen,
                onset_time_s=moment.onset,
                status="confirmed" if sure else "provisional",
                evidence=moment.evidence,
                onset_s=moment.onset,
                detected_s=moment.seen,
            )
        )

    def consider(self, name: str, found: Moment | Unseen) -> None:
        """Add an event, or why it cannot be told."""
        if isinstance(found, Moment):
            self.add(name, found)
        else:
            self.undecided[name] = found.reason

    def reports(self) -> tuple[Report, ...]:
        """Events by onset, alarms by time, then what is undecided, and the verdict last."""
        named = {event.name for event in self.events}
        events = sorted(self.events, key=lambda event: (event.onset_time_s or 0.0, event.name))
        alarms = sorted(self.alarms, key=lambda alarm: (alarm.time_s, alarm.name))
        said: list[Report] = [*events, *alarms]
        said.extend(Undecided(self.vehicle, name, why) for name, why in self.undecided.items() if name not in named)
        return tuple(said) if self.verdict is None else (*said, self.verdict)
