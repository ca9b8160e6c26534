"""The station's outputs as lines: for people who pipe, and as JSON for programs."""

from __future__ import annotations

import sys

from ground.inputs import EndOfStream, Followed, Identified, Notice, Produced, Refused
from ground.products import table
from ground.report import Alarm, Event, Report, Undecided, Verdict, as_line
from ground.views.outlet import Outlet


class JsonLines:
    """Event-log lines as they come, and products where they are asked for; nothing else."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def show(self, output: Report | Notice) -> None:
        """Reports and products; other notices are for people, who are told on standard error what was refused."""
        if isinstance(output, Produced):
            self._outlet.put(table.as_line(output.vehicle, output.products))
        elif isinstance(output, Event | Alarm | Undecided | Verdict):
            self._outlet.put(as_line(output))
        elif isinstance(output, Refused):
            print(sentence(output), file=sys.stderr)

    def waiting(self, link: str, reason: str) -> None:
        """Not a report."""


class PlainLines:
    """One sentence a report, for a log or a pipe."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def show(self, output: Report | Notice) -> None:
        """One line."""
        self._outlet.put(sentence(output))

    def waiting(self, link: str, reason: str) -> None:
        """Says once that a link is not there."""
        self._outlet.put(f"waiting for {link}: {reason}")


def clock(flown_s: float | None, time_s: float | None = None) -> str:
    """T+ seconds, or the onboard clock before lift-off is known."""
    if flown_s is not None:
        return f"T{flown_s:+9.2f}"
    return f"t {time_s:8.2f}" if time_s is not None else "          "


def sentence(output: Report | Notice) -> str:
    """What a flight controller reads."""
    match output:
        case Event():
            when = clock(output.onset_s, output.onset_time_s)
            seen = "" if output.status == "missed" else f", seen {clock(output.detected_s, output.time_s).strip()}"
            why = f"  ({'; '.join(output.evidence)})" if output.evidence else ""
            return f"{when}  {output.name:20} {output.status}{seen}{why}"
        case Alarm():
            return f"{clock(output.first_s, output.time_s)}  ALARM {output.severity}: {output.name}: {output.message}"
        case Undecided():
            return f"            {output.name}: undecided: {output.reason}"
        case Verdict():
            return verdict_sentence(output)
        case Identified():
            return f"{output.vehicle} on {output.link}: plan {output.plan}, {output.software} on {output.board}"
        case EndOfStream():
            return f"{output.vehicle}: end of stream ({output.reason}), {output.packets} packets sent"
        case Refused():
            return f"refused: {output.reason}"
        case Followed():
            return output.what
        case Produced():
            return table.as_sentence(output.products)


def verdict_sentence(verdict: Verdict) -> str:
    """The outcome in words, with the orbit or the impact point."""
    text = f"VERDICT {verdict.vehicle}: {verdict.outcome}"
    if verdict.perigee_m is not None and verdict.apogee_m is not None and verdict.outcome == "orbit":
        text += f", {verdict.perigee_m / 1e3:.1f} x {verdict.apogee_m / 1e3:.1f} km"
        if verdict.inclination_deg is not None:
            text += f" at {verdict.inclination_deg:.2f} deg"
    if verdict.impact_latitude_deg is not None and verdict.impact_longitude_deg is not None:
        latitude, longitude = verdict.impact_latitude_deg, verdict.impact_longitude_deg
        text += f", impact at {abs(latitude):.2f} {'N' if latitude >= 0 else 'S'} "
        text += f"{abs(longitude):.2f} {'E' if longitude >= 0 else 'W'}"
    return text
