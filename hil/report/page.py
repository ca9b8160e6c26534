"""The page of a bench run: one HTML file without scripts, its charts within it, that needs no network."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from hil.report.benchrun import CURVES, BenchRun
from hil.report.checks import Check
from sim.chart import LINE, MARK, Axes, Point, bars, frame, line, moments, page, spanning
from sim.truth import COLUMNS

PANEL = (410.0, 240.0)
LEFTS, TOP, PITCH = (60.0, 560.0), 30.0, 320.0
_PLACE = {name: place for place, name in enumerate(COLUMNS)}

STYLE = """
body { font: 15px/1.45 Helvetica, Arial, sans-serif; color: #222; max-width: 1020px;
margin: 24px auto; padding: 0 12px }
h1 { font-size: 24px; margin: 0 0 4px } h2 { font-size: 17px; margin: 28px 0 6px }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 3px 10px 3px 0;
vertical-align: top; border-bottom: 1px solid #ddd; white-space: nowrap }
td:last-child { white-space: normal; overflow-wrap: anywhere; width: 100% }
svg { max-width: 100%; height: auto }
.passed { color: #1a7f37 } .failed { color: #c8321e; font-weight: bold } .skipped { color: #777 }
.alarm td { color: #c8321e }
"""

Moment = tuple[float, str, str, bool]
"""Seconds since step 0, what it is, what the station says of it, and whether it is an alarm."""


def html(run: BenchRun, checks: Sequence[Check]) -> str:
    """The whole file."""
    title = f"{run.vehicle}, {run.scenario}, board {run.board}, seed {run.seed}"
    marked = _moments(run)
    parts = [
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        f"<style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(_ending(run, checks))}</p>",
        "<h2>Checks</h2>",
        _table(
            ("", "", ""),
            [(f'class="{check.outcome}"', (check.outcome, check.name, check.text)) for check in checks],
        ),
        "<h2>The flight</h2>",
        *_charts(run, marked),
        "<h2>Events and alarms</h2>",
        _table(
            ("", "seconds " + _since(run), "", "as the station says"),
            [
                (
                    'class="alarm"' if alarm else "",
                    (str(number), f"{time - _zero(run):.2f}", name.replace("_", " "), said),
                )
                for number, (time, name, said, alarm) in enumerate(marked, 1)
            ],
        ),
        "<h2>The bench</h2>",
        _table(("", ""), [("", row) for row in _facts(run)]),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _ending(run: BenchRun, checks: Sequence[Check]) -> str:
    failed = sum(check.outcome == "failed" for check in checks)
    verdict = next((r for r in run.station if r["type"] == "verdict" and r["vehicle"] == run.vehicle), {})
    skipped = sum(check.outcome == "skipped" for check in checks)
    judged = f"{failed or 'none'} of {len(checks)} checks failed, {skipped or 'none'} skipped"
    said = verdict.get("outcome", "none")
    return f"The flight ended: {run.lost or run.end_reason}. Station's verdict: {said}. {judged.capitalize()}."


def _table(head: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    top = "<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>" if any(head) else ""
    body = "\n".join(
        f"<tr {style}>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>" for style, cells in rows
    )
    return f"<table>{top}\n{body}</table>"


def _zero(run: BenchRun) -> float:
    return run.liftoff_s or 0.0


def _since(run: BenchRun) -> str:
    return "after lift-off" if run.liftoff_s is not None else "since step 0; it never lifted off"


def _moments(run: BenchRun) -> list[Moment]:
    """True events with what the station says of each, what it alone has seen, and its alarms, by their times."""
    said = {record["name"]: record for record in run.said("event") if record["vehicle"] == run.vehicle}
    found: list[Moment] = []
    for event in run.events:
        record = said.pop(event.name, None)
        found.append((event.time_s, event.name, _told(record, event.time_s), False))
    for name, record in said.items():
        if record["onset_time_s"] is not None:
            found.append((record["onset_time_s"], name, _told(record, None), False))
    found += [
        (record["time_s"], record["name"], f"{record['severity']}: {record['message']}", True)
        for record in run.said("alarm")
    ]
    return sorted(found)


def _told(record: object, true_s: float | None) -> str:
    if not isinstance(record, dict) or record["onset_time_s"] is None:
        return ""
    off = "" if true_s is None else f", onset {record['onset_time_s'] - true_s:+.2f} s off"
    return f"{record['status']}{off}, said {record['time_s'] - record['onset_time_s']:.2f} s later"


def _charts(run: BenchRun, marked: Sequence[Moment]) -> Iterator[str]:
    zero = _zero(run)
    rows = [row for row in run.rows if row[0] - zero >= (0.0 if run.liftoff_s is not None else -math.inf)]
    first = _PLACE["velocity_x_m_s"]
    error, pitch, yaw = ([(time - zero, angle) for time, angle in run.curves[name]] for name in CURVES)
    speeds = [(row[0] - zero, math.hypot(*row[first : first + 3])) for row in rows]
    panels: list[tuple[str, list[tuple[Sequence[Point], str]], float]] = [
        ("altitude above the ellipsoid, km", [(_column(rows, zero, "height_m", 1e-3), LINE)], 1.0),
        ("speed relative to the Earth, m/s", [(speeds, LINE)], 10.0),
        ("dynamic pressure, kPa", [(_column(rows, zero, "dynamic_pressure_pa", 1e-3), LINE)], 1.0),
        ("attitude error as the board sees it, degrees", [(error, LINE)], 0.1),
        ("nozzle: pitch (red), yaw (blue), degrees", [(pitch, LINE), (yaw, MARK)], 0.1),
    ]
    panels = [panel for panel in panels if any(points for points, _ in panel[1])]
    times = [time - zero for time, *_ in marked]
    last = max([1.0, *(row[0] - zero for row in rows)])
    begins = min([0.0, *(points[0][0] for _, lines, _ in panels for points, _ in lines)])
    alarms = {number for number, moment in enumerate(marked, 1) if moment[3]}
    parts: list[str] = []
    corners = [(left, TOP + PITCH * row) for row in range(3) for left in LEFTS]
    for (heading, lines, least), corner in zip(panels, corners, strict=False):
        across = (0.0, last) if run.liftoff_s is not None else (begins, last)
        shown = [[point for point in points if point[0] >= across[0]] for points, _ in lines]
        height = spanning([0.0, *(y for points in shown for _, y in points)], least)
        axes = Axes(*corner, *PANEL, across, height)
        parts += frame(axes, heading, "seconds " + _since(run))
        for points, (_, colour) in zip(shown, lines, strict=True):
            parts += line(axes, points, colour)
        parts += moments(axes, times, alarms)
    count = len(panels)
    if run.latency is not None:
        parts += _histogram(run, corners[count])
        count += 1
    if count:
        yield page(1000.0, TOP + PITCH * math.ceil(count / 2) - 20.0, "charts", parts)
    else:
        yield "<p>Nothing was flown.</p>"


def _column(rows: Sequence[Sequence[float]], zero: float, name: str, scale: float) -> list[Point]:
    return [(row[0] - zero, scale * row[_PLACE[name]]) for row in rows]


def _histogram(run: BenchRun, corner: Point) -> Iterator[str]:
    """Round trips by their length; each bar holds those up to the number under it."""
    assert run.latency is not None
    counts = [(f"{edge:g}" if math.isfinite(edge) else "more", float(count)) for edge, count in run.latency.histogram]
    axes = Axes(*corner, *PANEL, (0.0, 1.0), spanning([0.0, *(1.1 * count for _, count in counts)], 1.0))
    how = f"real time × {run.rate:g}" if run.rate else "lockstep"
    yield from frame(axes, f"round trips by length, {how}", "milliseconds, up to", x_ticks=False)
    yield from bars(axes, counts)


def _facts(run: BenchRun) -> Iterator[tuple[str, str]]:
    met = run.identity
    if met is not None:
        yield "board", f"{met.board}, software {met.software!r}, last reset: {met.cause}"
        yield "dictionary", f"{met.fingerprint}, protocol {met.protocol}"
    yield "telemetry SHA-256", run.telemetry_sha256
    if run.latency is not None:
        seen = run.latency
        yield (
            "round trips",
            (
                f"{seen.steps:,}; p50 {seen.p50_ms:.2f}, p99 {seen.p99_ms:.2f}, worst {seen.worst_ms:.1f}, jitter "
                f"{seen.jitter_ms:.2f} ms; {seen.missed} deadlines missed"
            ),
        )
        yield "speed of the board's side", f"{seen.steps / max(seen.total_s, 1e-9):,.0f} steps a second"
        counts = f"{run.retries} asked again, {run.restarts} restarts, {run.frames_damaged} damaged frames"
        yield "wire", counts
    for fault in run.faults:
        yield "fault", f"{fault.kind}@{fault.time_s:g}:" + ",".join(f"{k}={v:g}" for k, v in fault.values.items())
