"""`vermilion detect`: stage events in a flight that somebody else recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ground.report import Alarm, Event, Report, Undecided, Verdict, as_line

if TYPE_CHECKING:
    from ground.detect.flightfile import FlightFile


def detect(
    flight: Annotated[
        Path,
        typer.Argument(
            metavar="FLIGHT.csv",
            help="time_s and any of speed_m_s, altitude_m, height_m, altitude_agl_m, acceleration_m_s2,"
            " vertical_acceleration_m_s2, vertical_speed_m_s, pressure_pa; beside them tilt_deg, stage,"
            " ignition_command, onboard_state. A CSV of `vermilion export` (imu, navigation) will do too.",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")] = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the flight with its events: a .png or .svg file.")] = None,
) -> None:
    """Finds stage events and failures in a CSV file, from its physics alone.

    Events: lift-off, max_q, every burn's beginning and end, apogee, parachutes, landing. `confirmed`: two
    independent columns show it; `provisional`: one does; `undecided`: the file cannot show it, with the reason.
    Alarms: no_ignition, early_shutdown, orbit_not_reachable, breakup, tumbling, frozen_data,
    loss_of_signal, computer_disagrees.
    """
    from ground.detect.flightfile import read_flight
    from ground.detect.recorded.flight import detect_flight

    read = read_flight(flight)
    reports = detect_flight(read)
    if plot is not None:
        from ground.detect.recorded.plot import draw

        draw(read, reports, plot)
    for line in json_lines(read, reports) if as_json else plain_lines(read, reports):
        print(line)


def json_lines(flight: FlightFile, reports: Sequence[Report]) -> list[str]:
    """One line for each report, and a summary with the hash of all lines before it, each with its line feed."""
    lines = [as_line(report) for report in reports]
    log = "".join(f"{line}\n" for line in lines)
    summary = {
        "type": "summary",
        "rows": flight.rows,
        "rows_skipped": flight.rows_skipped,
        "reasons": dict(flight.reasons),
        "event_log_sha256": hashlib.sha256(log.encode()).hexdigest(),
    }
    return [*lines, json.dumps(summary, separators=(",", ":"))]


def plain_lines(flight: FlightFile, reports: Sequence[Report]) -> list[str]:
    """What a person reads: the file's own time, the time since lift-off where that was found, and why."""
    start = next(
        (report.onset_time_s for report in reports if isinstance(report, Event) and report.name == "liftoff"), None
    )
    lines = [line for report in reports for line in _sentences(report, start)]
    damage = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in flight.reasons.items())
    counted = f"{flight.rows} rows, {flight.rows_skipped} not used"
    return [*lines, f"{flight.vehicle}: {counted}{f' ({damage})' if damage else ''}"]


def _sentences(report: Report, start: float | None) -> list[str]:
    match report:
        case Event():
            first = f"{_clock(report.onset_time_s, start)}  {report.name:20} {report.status}"
            if report.computer_s is not None:
                first += f"; the onboard computer says {report.computer_s:.2f} s"
            return [first, *(f"{'':25}  {why}" for why in report.evidence)]
        case Alarm():
            return [f"{_clock(report.time_s, start)}  ALARM {report.severity} {report.name}: {report.message}"]
        case Undecided():
            return [f"{'':25}  {report.name} undecided: {report.reason}"]
        case Verdict():
            return [f"VERDICT {report.vehicle}: {report.outcome}"]


def _clock(time: float | None, start: float | None) -> str:
    """25 characters: the file's time, and T+ seconds where lift-off is known."""
    if time is None:
        return " " * 25
    since = "" if start is None else f"T{time - start:+.2f}"
    return f"{time:11.2f} s {since:>12}"
