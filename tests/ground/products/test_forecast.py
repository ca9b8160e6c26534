"""Products of a toy flight: at their rate, whatever is missing, and never a word more in the event log."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from ground.inputs import Antenna, Chunk, Close, Input, Produced, Tick
from ground.products import table
from ground.report import Report, as_line
from ground.station import Station
from tests.ground.toy import TRUTH, Script, config, fly

FLIGHT = Script(end_s=50.0)
Kept = Callable[[float, str], bool]


def everything(t: float, kind: str) -> bool:
    return True


def heard(
    script: Script = FLIGHT, hz: float = 10.0, kept: Kept = everything, inputs: Iterable[Input] | None = None
) -> tuple[list[str], list[table.Record]]:
    """The event log and the products."""
    station, log, rows = Station(config(), hz), [], []
    chunks = fly(script).chunks(kept) if inputs is None else inputs
    last = 0
    for given in (*chunks, None):
        last = last if given is None else given.received_ns
        for out in station.receive(Close(last) if given is None else given):
            if isinstance(out, Produced):
                rows.append(dict(out.products))
            elif isinstance(out, Report):
                log.append(as_line(out))
    return log, rows


@cache
def nominal() -> tuple[list[str], list[table.Record]]:
    return heard()


def at(rows: list[table.Record], onboard_s: float) -> table.Record:
    return min(rows, key=lambda row: abs(number(row, "time_s") - onboard_s))


def number(row: table.Record, name: str) -> float:
    value = row[name]
    assert isinstance(value, float), (name, value)
    return value


def test_they_come_ten_times_a_second_of_vehicle_time() -> None:
    _, rows = nominal()
    times = [number(row, "time_s") for row in rows]
    assert len(rows) == pytest.approx(500, abs=3)
    assert max(after - before for before, after in pairwise(times)) < 0.15


@pytest.mark.parametrize("hz", [0.5, 1.0, 5.0])
def test_or_as_often_as_asked(hz: float) -> None:
    assert len(heard(hz=hz)[1]) == pytest.approx(50.0 * hz, abs=2)


def test_the_event_log_does_not_know_of_them() -> None:
    assert heard(hz=0.0)[1] == []
    assert nominal()[0] == heard(hz=0.0)[0] == heard(hz=1.0)[0]


def test_they_do_not_depend_on_how_bytes_were_cut() -> None:
    chunks = fly(FLIGHT).chunks()
    halves = [
        Chunk(chunk.received_ns, chunk.link, part)
        for chunk in chunks
        for part in (chunk.data[: len(chunk.data) // 3], chunk.data[len(chunk.data) // 3 :])
    ]
    assert heard(inputs=halves)[1] == heard(inputs=chunks)[1]


def test_what_lies_ahead() -> None:
    _, rows = nominal()
    pad, burn, coast = at(rows, 3.0), at(rows, 10.0), at(rows, 45.0)
    assert (pad["to_go_event"], pad["next_event"], pad["landing_in_s"]) == (None, None, None)
    assert (burn["to_go_event"], burn["to_go_by"]) == ("stage_1_burnout", "plan")
    assert burn["next_event"] == "stage_1_burnout"
    assert number(burn, "next_event_in_s") == pytest.approx(2.0, abs=0.2)
    assert (coast["to_go_event"], coast["to_go_by"]) == ("apogee", "Kepler")
    # The toy's gravity is 9.80 at every height.
    assert number(coast, "to_go_s") == pytest.approx(number(coast, "vertical_speed_m_s") / 9.80, rel=0.05)
    rise = number(coast, "vertical_speed_m_s") ** 2 / (2.0 * 9.80)
    assert number(coast, "apogee_ellipsoid_m") == pytest.approx(number(coast, "altitude_m") + rise, rel=0.02)
    assert number(coast, "impact_major_m") >= number(coast, "impact_minor_m") > 0.0
    assert coast["in_sight"] is True


def test_from_another_site() -> None:
    station = Station(replace(config(), antenna=Antenna(40.0, 101.0, 0.0, 5.0)), 1.0)
    rows = [
        out.products for chunk in fly(FLIGHT).chunks() for out in station.receive(chunk) if isinstance(out, Produced)
    ]
    assert number(dict(rows[-1]), "antenna_azimuth_deg") == pytest.approx(270.0, abs=1.0)
    assert rows[5]["in_sight"] is False
    assert rows[-1]["in_sight"] is True


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        pytest.param(replace(FLIGHT, slow=True), everything, id="low rate"),
        pytest.param(FLIGHT, lambda t, kind: kind != "gnss", id="no receiver"),
        pytest.param(FLIGHT, lambda t, kind: kind != "gnss" or t < 20.0, id="receiver lost"),
        pytest.param(FLIGHT, lambda t, kind: kind != "navigation", id="no navigation"),
        pytest.param(FLIGHT, lambda t, kind: kind not in ("imu", "propulsion"), id="no motors seen"),
        pytest.param(FLIGHT, lambda t, kind: not 20.0 < t < 26.0, id="a hole over burnout and separations"),
        pytest.param(replace(FLIGHT, plan="nobody's"), everything, id="no plan"),
        pytest.param(replace(FLIGHT, turning=lambda t: 3.0 if t > 25.0 else 0.0), everything, id="tumbling"),
        pytest.param(replace(FLIGHT, time_rate=0.0), everything, id="untimed"),
    ],
)
def test_whatever_is_missing_the_rest_is_there(script: Script, kept: Kept) -> None:
    _, rows = heard(script, 1.0, kept)
    assert len(rows) > 40
    assert len({tuple(row) for row in rows}) == 1
    for row in rows:
        assert all(not isinstance(value, float) or math.isfinite(value) for value in row.values())
        assert json.loads(table.as_line("toy", row))["type"] == "products"
    last = at(rows, 49.0)
    assert number(last, "altitude_m") > 3000.0
    assert number(last, "link_frames_per_s") > 5.0


def test_without_a_receiver_the_state_is_trusted_less_and_less() -> None:
    _, rows = heard(kept=lambda t, kind: kind != "gnss" or t < 20.0)
    early, late = at(rows, 19.0), at(rows, 49.0)
    assert number(early, "position_error_m") < 10.0
    # 1 mg for 28 s is 4 m, and 0.1 m/s of the last solution 3 m.
    assert number(late, "position_error_m") > number(early, "position_error_m") + 6.0
    assert number(late, "impact_minor_m") > number(early, "impact_minor_m")


def test_a_restart_in_flight_does_not_stop_them() -> None:
    first = [chunk for chunk in fly(FLIGHT).chunks() if chunk.received_ns < 25e9]
    again = fly(replace(FLIGHT, boot_id=8)).chunks(lambda t, kind: t > 26.0)
    _, rows = heard(inputs=[*first, *again])
    assert number(at(rows, 40.0), "elapsed_s") == pytest.approx(36.0, abs=0.1)
    assert at(rows, 45.0)["to_go_event"] == "apogee"


def test_in_a_silence_they_go_on_and_grow_old() -> None:
    chunks: list[Input] = list(fly(replace(FLIGHT, end_s=30.0, end=False)).chunks())
    last = chunks[-1].received_ns
    chunks += [Tick(last + number * 100_000_000) for number in range(1, 81)]
    _, rows = heard(hz=1.0, inputs=chunks)
    assert number(rows[-1], "state_age_s") == pytest.approx(8.0, abs=1.0)
    assert rows[-1]["link_score"] == pytest.approx(0.0, abs=0.01)
    assert number(rows[-1], "time_s") > number(rows[-2], "time_s")


def test_after_the_end_of_stream_nothing_comes() -> None:
    chunks: list[Input] = list(fly(FLIGHT).chunks())
    count = len(heard(inputs=chunks)[1])
    chunks += [Tick(chunks[-1].received_ns + number * 100_000_000) for number in range(1, 50)]
    assert len(heard(inputs=chunks)[1]) == count


def test_the_clocks_are_related_at_any_rate() -> None:
    for rate in (1.0, 10.0):
        chunks = fly(replace(FLIGHT, time_rate=rate)).chunks(rate=rate)
        row = heard(inputs=chunks, hz=1.0)[1][-1]
        assert number(row, "clock_drift_ppm") == pytest.approx(0.0, abs=20.0)
        assert number(row, "clock_offset_s") == pytest.approx(0.0, abs=1e-3)


def test_a_row_is_a_row_and_a_line_is_a_line() -> None:
    row = at(nominal()[1], 45.0)
    line = json.loads(table.as_line("toy", row))
    assert list(line)[:2] == ["type", "vehicle"]
    assert list(line)[2:] == list(row)
    (names,), (cells,) = (list(csv.reader(io.StringIO(table.as_row(row, names=names)))) for names in (True, False))
    assert names == list(row)
    for name, cell in zip(names, cells, strict=True):
        value = line[name]
        assert cell == ("" if value is None else " ".join(value) if isinstance(value, list) else str(value)), name
    assert "altitude" in table.as_sentence(row)


def test_the_burns_that_a_profile_does_not_know_end_by_the_plan() -> None:
    _, rows = nominal()
    stage_2 = at(rows, TRUTH["stage_2_ignition"] + 2.0)
    assert (stage_2["to_go_event"], stage_2["to_go_by"]) == ("stage_2_burnout", "plan")
