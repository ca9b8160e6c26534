"""Short forms for tests: rows in, what was said about them out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ground.detect.flightfile import parse_flight
from ground.detect.recorded.flight import detect_flight
from ground.report import Alarm, Event, Undecided, Verdict
from tests.ground.detect.recorded.synthetic import Row, table


@dataclass(frozen=True)
class Said:
    events: dict[str, Event]
    alarms: dict[str, Alarm]
    undecided: dict[str, str]
    outcome: str

    @property
    def onsets(self) -> dict[str, float]:
        return {name: event.onset_time_s for name, event in self.events.items() if event.onset_time_s is not None}

    def stages(self) -> dict[str, float]:
        """Lift-off and the stages' events: what `max_q`, `apogee` and `landing` are not."""
        return {name: at for name, at in self.onsets.items() if name == "liftoff" or name.startswith("stage_")}


def tell(lines: Sequence[str]) -> Said:
    reports = detect_flight(parse_flight(list(lines), "v", "v.csv"))
    events = [report for report in reports if isinstance(report, Event)]
    assert len({event.name for event in events}) == len(events), "an event told twice"
    return Said(
        {event.name: event for event in events},
        {report.name: report for report in reports if isinstance(report, Alarm)},
        {report.name: report.reason for report in reports if isinstance(report, Undecided)},
        next((report.outcome for report in reports if isinstance(report, Verdict)), ""),
    )


def told(
    rows: Sequence[Row],
    *columns: str,
    extra: Callable[[Row], dict[str, str]] = lambda row: {},
) -> Said:
    return tell(table(rows, *(columns or ("speed_m_s", "altitude_m")), extra=extra))
