"""The operator's file of limits: read, written, and the edits that lead from one to another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.limits import BOUNDS
from ground.clock import VehicleClock
from ground.inputs import LimitEdit
from ground.journal import Journal
from ground.limits import LimitMonitor
from ground.limitsfile import changes, parse, render

TEXT = """
[power.bus_voltage]
warning_low = 25.0
critical_low = false

[imu.specific_force_x.phases."*_burn"]
warning_high = 60
"""
EDITS = {
    ("power", "bus_voltage", "", "warning_low"): 25.0,
    ("power", "bus_voltage", "", "critical_low"): None,
    ("imu", "specific_force_x", "*_burn", "warning_high"): 60.0,
}
NAMES = st.text("abz_09", min_size=1, max_size=8)
PLACES = st.tuples(NAMES, NAMES, st.sampled_from(["", "pad", "*_burn", 'a "b" é']), st.sampled_from(BOUNDS))
FILES = st.dictionaries(PLACES, st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=8)


def test_a_file_reads_as_it_stands() -> None:
    assert parse(TEXT, "limits.toml") == EDITS
    assert parse("", "limits.toml") == {}


@given(FILES)
def test_what_is_written_is_read_again(edits: dict[tuple[str, str, str, str], float | None]) -> None:
    assert parse(render(edits), "limits.toml") == edits


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("power = ", "limits.toml: not valid TOML"),
        ("power = 3", "limits.toml: power: must be a table"),
        ("power.bus_voltage = 3", "limits.toml: power.bus_voltage: must be a table"),
        ("power.bus_voltage.low = 3", "limits.toml: power.bus_voltage.low: unknown bound"),
        ("power.bus_voltage.warning_low = true", "warning_low: must be a finite number, or false"),
        ("power.bus_voltage.warning_low = inf", "warning_low: must be a finite number, or false"),
        ("power.bus_voltage.phases.pad.warning_low = 'a'", "power.bus_voltage.phases.pad.warning_low: must be"),
        ("a = 1\n" + "#" * (1 << 20), "is longer than"),
    ],
)
def test_a_bad_file_is_one_line_that_says_where(text: str, complaint: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse(text, "limits.toml")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_changes_from_a_file_to_itself() -> None:
    assert changes(EDITS, dict(EDITS)) == []


def test_what_has_gone_from_the_file_is_taken_back() -> None:
    (back,) = changes({("power", "bus_voltage", "", "warning_low"): 25.0}, {})
    assert (back.bound, back.reset) == ("warning_low", True)


def test_what_is_not_to_be_checked_is_one_step() -> None:
    (off,) = changes({}, {("power", "bus_voltage", "", "warning_low"): None})
    assert (off.value, off.reset) == (None, False)


@pytest.mark.parametrize(("low", "high"), [(23.0, 23.5), (25.0, 26.0), (1.0, 2.0)])
def test_on_the_way_no_bound_is_out_of_order(low: float, high: float) -> None:
    """Both bounds move past where the other was: one at a time would be refused."""
    packet = default().packets["power"]
    monitor = LimitMonitor(packet, VehicleClock(), Journal(lambda report: None), 0.01)
    wanted = {
        ("power", "bus_voltage", "", "critical_low"): low,
        ("power", "bus_voltage", "", "warning_low"): high,
    }
    assert [monitor.edit(edit) for edit in changes({}, wanted)] == [None] * 4
    assert [monitor.edit(edit) for edit in changes(wanted, {})] == [None] * 4
    assert monitor.edit(LimitEdit(0, "power", "bus_voltage", "critical_low", 30.0)) is not None
