"""A picture of a recorded flight with its events marked. Needs matplotlib, which nothing else here does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flight.wire.errors import Misuse
from ground.detect.flightfile import MOTION, FlightFile
from ground.report import Alarm, Event, Report, Verdict

APART = 0.02  # of the picture's width, that two labels are at least apart


def draw(flight: FlightFile, reports: Sequence[Report], path: Path) -> None:
    """One panel a column of motion; red lines: events (dashed: provisional), orange: alarms. Raises Misuse."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise Misuse("--plot needs matplotlib; install it beside vermilion: pip install matplotlib") from None
    columns = [column for column in MOTION if column in flight.columns]
    figure = Figure(figsize=(12.0, 3.0 * len(columns) + 1.5), layout="constrained")
    panels = figure.subplots(len(columns), 1, sharex=True, squeeze=False)[:, 0]
    marks = sorted((mark for report in reports for mark in _marks(report)), key=lambda mark: mark[0])
    for panel, column in zip(panels, columns, strict=True):
        panel.plot(flight.time, flight.columns[column], ".", markersize=2)
        panel.set_ylabel(column)
        panel.grid(alpha=0.3)
        for at, _, colour, style in marks:
            panel.axvline(at, color=colour, linestyle=style, linewidth=0.8)
    low, high = panels[0].get_xlim()
    place = -APART
    for at, name, colour, _ in marks:
        place = max((at - low) / (high - low), place + APART)
        panels[0].annotate(
            name,
            (at, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(place, 1.06),
            textcoords="axes fraction",
            rotation=60,
            fontsize=7,
            color=colour,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5},
            annotation_clip=False,
        )
    verdict = next((report.outcome for report in reports if isinstance(report, Verdict)), "")
    figure.suptitle(f"{flight.vehicle}{f': {verdict}' if verdict else ''}")
    panels[-1].set_xlabel("time_s")
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise Misuse(f"--plot {path}: {error}; name a .png, .svg or .pdf file in a folder that exists") from None


def _marks(report: Report) -> list[tuple[float, str, str, str]]:
    """Time (s), name, colour and line style of what a report marks."""
    if isinstance(report, Event) and report.onset_time_s is not None:
        return [(report.onset_time_s, report.name, "tab:red", "-" if report.status == "confirmed" else "--")]
    if isinstance(report, Alarm):
        first = report.time_s if report.first_s is None else report.first_s
        return [(first, f"{report.name} (alarm)", "tab:orange", "-")]
    return []
