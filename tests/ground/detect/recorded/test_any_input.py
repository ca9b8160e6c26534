"""Any bytes and any table: an answer in lines or one line of refusal, never a traceback, and never nonsense."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flight.wire.errors import Misuse
from ground.detect.cli import json_lines, plain_lines
from ground.detect.flightfile import COLUMNS, MOTION, FlightFile, parse_flight, read_flight
from ground.detect.recorded.flight import detect_flight
from ground.report import Alarm, Event, Undecided

# The same examples in every run: a test that fails one day in ten tells nobody anything. `fuzz` looks further.
CHEAP = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ODD = st.sampled_from(["", "nan", "-", "inf", "1e308", "-1e-320", "0x10", "1_0", '"', "\0", "boost", "9" * 400])
CELL = st.one_of(st.floats(-3e3, 3e5).map(lambda value: f"{value:.3f}"), st.integers(-2, 9_000).map(str), ODD)


def accepted(read: Callable[[], FlightFile]) -> FlightFile | None:
    """What was read; None where it was refused, in one line."""
    refusal = ""
    try:
        return read()
    except Misuse as refused:
        refusal = str(refused)
    assert refusal
    assert "\n" not in refusal
    return None


def answer(lines: list[str]) -> None:
    """Detect, and hold what is said against what must be so whatever was read."""
    flight = accepted(lambda: parse_flight(lines, "v", "v.csv"))
    if flight is None:
        return
    reports = detect_flight(flight)
    assert reports == detect_flight(flight), "told twice, told differently"
    events = [report for report in reports if isinstance(report, Event)]
    names = [event.name for event in events] + [report.name for report in reports if isinstance(report, Undecided)]
    assert len(set(names)) == len(names)
    assert "liftoff" in names, "either it is found or it is said why not"
    length = float(flight.time[-1] - flight.time[0])
    for event in events:
        assert event.onset_time_s is not None
        assert math.isfinite(event.onset_time_s)
        # An onset may be carried back a little before the first sample, and never lies after the last.
        late = event.onset_time_s - float(flight.time[-1])
        assert -length - max(10.0, 0.1 * length) <= late <= max(1.0, 0.1 * length), event
        assert event.status != "confirmed" or len(event.evidence) > 1
    for alarm in (report for report in reports if isinstance(report, Alarm)):
        assert flight.time[0] <= alarm.time_s
        assert alarm.message.endswith(".")
    for line in json_lines(flight, reports):
        json.loads(line)
    assert all(line.strip() for line in plain_lines(flight, reports))


@CHEAP
@given(st.binary(max_size=400), st.booleans())
@pytest.mark.filterwarnings("error")
def test_any_bytes(tmp_path: Path, content: bytes, headed: bool) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes((b"time_s,speed_m_s,altitude_m\n" if headed else b"") + content)
    flight = accepted(lambda: read_flight(path))
    assert flight is None or len(detect_flight(flight)) > 0


@CHEAP
@given(st.data())
@pytest.mark.filterwarnings("error")
def test_any_cells(data: st.DataObject) -> None:
    columns = data.draw(
        st.lists(st.sampled_from(sorted(set(COLUMNS) - {"time_s"})), min_size=1, max_size=5, unique=True)
    )
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(columns) + 1, max_size=len(columns) + 1), max_size=40))
    answer([",".join(["time_s", *columns]) + "\n", *(",".join(row) + "\n" for row in rows)])


@CHEAP
@given(
    st.lists(st.sampled_from(MOTION), min_size=1, max_size=4, unique=True),
    st.lists(
        st.tuples(st.integers(1, 120), st.floats(-40.0, 150.0), st.floats(-200.0, 900.0), st.sampled_from((0, 1, 2))),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from((0.05, 0.1, 1.0)),
    st.sampled_from((0, 2)),
    st.randoms(use_true_random=False),
)
@pytest.mark.filterwarnings("error")
def test_anything_that_moves(
    columns: list[str],
    pieces: list[tuple[int, float, float, int]],
    spacing: float,
    digits: int,
    chance: random.Random,
) -> None:
    """Pieces of steady slopes with jumps, standstills, holes and commands between them: feeds at their worst."""
    time, values = 0.0, dict.fromkeys(columns, 0.0)
    lines = [",".join(["time_s", *columns, "ignition_command", "stage"]) + "\n"]
    for place, (count, slope, jump, kind) in enumerate(pieces):
        for column in columns:
            values[column] += jump if kind == 1 else 0.0
        time += 30.0 if kind == 2 else 0.0
        for _ in range(count):
            time += spacing
            for column in columns:
                values[column] += slope * spacing
            cells = [f"{values[column] + chance.gauss(0.0, 0.3) * (kind == 0):.{digits}f}" for column in columns]
            lines.append(f"{time:.3f},{','.join(cells)},{place % 3},{1 + place // 4}\n")
    answer(lines)
