"""A picture of a recorded flight with its events marked. Needs matplotlib, which nothing else here does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flight.wire.errors import Misuse
from ground.detect.flightfile import MOTION, FlightFile
from ground.report import Event, Report


def draw(flight: FlightFile, reports: Sequence[Report], path: Path) -> None:
    """One panel a column of motion, a line an event (dashed: provisional). Raises Misuse."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise Misuse("--plot needs matplotlib; install it beside vermilion: pip install matplotlib") from None
    columns = [column for column in MOTION if column in flight.columns]
    figure = Figure(figsize=(12.0, 3.0 * len(columns) + 1.0), layout="constrained")
    panels = figure.subplots(len(columns), 1, sharex=True, squeeze=False)[:, 0]
    events = [report for report in reports if isinstance(report, Event) and report.onset_time_s is not None]
    for panel, column in zip(panels, columns, strict=True):
        panel.plot(flight.time, flight.columns[column], ".", markersize=2)
        panel.set_ylabel(column)
        panel.grid(alpha=0.3)
        for event in events:
            style = "-" if event.status == "confirmed" else "--"
            panel.axvline(event.onset_time_s, color="tab:red", linestyle=style, linewidth=0.8)
    for event in events:
        panels[0].annotate(
            event.name,
            (event.onset_time_s, 1.0),
            xycoords=("data", "axes fraction"),
            rotation=60,
            fontsize=7,
            annotation_clip=False,
        )
    panels[-1].set_xlabel("time_s")
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise Misuse(f"--plot {path}: {error}; name a .png, .svg or .pdf file in a folder that exists") from None
