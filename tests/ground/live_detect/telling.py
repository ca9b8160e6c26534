"""What tests of single detectors share: the software's thresholds, and a journal that keeps what it is told."""

from __future__ import annotations

from ground.detect.thresholds import default_text, parse
from ground.journal import Journal
from ground.report import Alarm, Report

THRESHOLDS = parse(default_text(), "thresholds.toml")


class Told:
    """A journal that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[Report] = []
        self.journal = Journal(self.said.append)
        self.journal.vehicle = "v"

    @property
    def alarms(self) -> dict[str, Alarm]:
        return {report.name: report for report in self.said if isinstance(report, Alarm)}
