"""Reading other people's CSV files: damage is counted, only what is no flight at all is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.wire.errors import Misuse
from ground.detect.flightfile import FlightFile, longest_rising, parse_flight, read_flight


def parse(text: str) -> FlightFile:
    return parse_flight(text.splitlines(keepends=True), "v", "v.csv")


def test_columns_in_any_order_and_unknown_ones_ignored() -> None:
    flight = parse("stage,colour,altitude_m,time_s\n2,red,100,0.5\n2,blue,200,1.5\n")
    assert flight.time.tolist() == [0.5, 1.5]
    assert flight.columns["altitude_m"].tolist() == [100.0, 200.0]
    assert set(flight.columns) == {"altitude_m", "stage"}
    assert (flight.rows, flight.rows_skipped, dict(flight.reasons)) == (2, 0, {})


@pytest.mark.parametrize(
    "text",
    [
        "\ufefftime_s,speed_m_s\r\n0,1\r\n1,2\r\n",
        '"Time_S", "Speed_m_s"\n"0","1"\n"1","2"\n',
        "# made by hand\n\ntime_s,speed_m_s\n0,1\n# half-time\n1,2",
        "time_s,speed_m_s\r0,1\r1,2\r",
    ],
    ids=["byte-order mark and CRLF", "quotes and capitals", "comments, no last line end", "old Mac line ends"],
)
def test_dialects(text: str, tmp_path: Path) -> None:
    path = tmp_path / "My Flight.csv"
    path.write_text(text, encoding="utf-8", newline="")
    flight = read_flight(path)
    assert flight.vehicle == "my flight"
    assert flight.time.tolist() == [0.0, 1.0]
    assert flight.columns["speed_m_s"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("row", "skipped", "reasons"),
    [
        ("2,nan,5", 0, {"empty_cells": 1}),
        ("2,,5", 0, {"empty_cells": 1}),
        ("2,x,5", 0, {"unreadable_cells": 1}),
        ("2,1_0,5", 0, {"unreadable_cells": 1}),
        ("2,1e9,5", 0, {"out_of_range_cells": 1}),
        ("2,inf,5", 0, {"out_of_range_cells": 1}),
        ("2,nan,nan", 1, {"empty_cells": 2, "no_value": 1}),
        ("later,1,5", 1, {"unreadable_cells": 1, "no_time": 1}),
        ("2,1,5,9,9", 1, {"too_many_cells": 1}),
        ("2", 1, {"empty_cells": 2, "no_value": 1}),
        ("1,1,5", 1, {"duplicate_time": 1}),
        ("0.5,1,5", 1, {"out_of_order": 1}),
        ('2,"1,5', 0, {}),
        ("2,1,5\0", 0, {"unreadable_cells": 1}),
    ],
)
def test_one_bad_row_costs_itself_at_most(row: str, skipped: int, reasons: dict[str, int]) -> None:
    flight = parse(f"time_s,speed_m_s,altitude_m\n0,0,5\n1,1,5\n{row}\n3,3,5\n4,4,5\n")
    assert flight.rows == 5
    assert flight.rows_skipped == skipped
    assert dict(flight.reasons) == reasons
    assert len(flight.time) == 5 - skipped
    assert {0.0, 3.0, 4.0} <= set(flight.time.tolist())


def test_one_wild_time_stamp_costs_one_row() -> None:
    flight = parse("time_s,speed_m_s\n0,0\n1,1\n99999,2\n3,3\n4,4\n")
    assert flight.time.tolist() == [0.0, 1.0, 3.0, 4.0]
    assert dict(flight.reasons) == {"out_of_order": 1}


def test_a_file_in_another_order_is_sorted() -> None:
    flight = parse("time_s,speed_m_s\n" + "".join(f"{time},{time}\n" for time in range(9, -1, -1)))
    assert flight.time.tolist() == flight.columns["speed_m_s"].tolist() == [float(time) for time in range(10)]
    assert dict(flight.reasons) == {"sorted_by_time": 1}


def test_onboard_states_are_kept_where_they_change() -> None:
    flight = parse("time_s,height_m,onboard_state\n0,0,pad\n1,0,Boost\n2,9,boost\n3,90,nan\n4,99,coast\n")
    assert flight.states == ((0.0, "pad"), (1.0, "boost"), (4.0, "coast"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no header line with time_s"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        ("time_s,speed_m_s\n0,1\n".encode("utf-16"), "not a text file"),
        (b"a,b,c\n1,2,3\n", "no header line with time_s"),
        (b"time_s;speed_m_s\n0;1\n", "semicolons"),
        (b"time_s,tilt_deg,stage\n0,1,1\n", "no column that shows motion"),
        (b"time_s,speed_m_s\n", "no row with a time and a value"),
        (b"time_s,speed_m_s\nx,y\n0,nan\n", "no row with a time and a value"),
    ],
)
def test_what_is_no_flight_is_refused_in_one_line(content: bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "thing.csv"
    path.write_bytes(content)
    with pytest.raises(Misuse) as refused:
        read_flight(path)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "thing.csv" in str(refused.value)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(Misuse, match=r"nowhere\.csv: No such file.*altitude_m"):
        read_flight(Path("nowhere.csv"))


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_the_longest_rising_run(values: list[int]) -> None:
    chosen = longest_rising(np.array(values, dtype=np.float64))
    kept = [values[index] for index in chosen]
    assert kept == sorted(set(kept))
    assert chosen.tolist() == sorted(chosen.tolist())
    longest = [1] * len(values)
    for later in range(len(values)):
        for earlier in range(later):
            if values[earlier] < values[later]:
                longest[later] = max(longest[later], longest[earlier] + 1)
    assert len(kept) == max(longest)


def test_the_stations_own_columns() -> None:
    flight = parse("time_s,boot_id,specific_force_x,static_pressure\n0,1,9.8,101325\n1,1,30,101000\n")
    assert set(flight.columns) == {"acceleration_m_s2", "pressure_pa"}
