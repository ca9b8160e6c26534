"""Limits as they stand in a dictionary: levels, rates, what differs by phase, and what is refused."""

from __future__ import annotations

import tomllib

import pytest

from flight.wire.errors import Misuse
from flight.wire.limits import Limits, read_limits


def limits(text: str) -> Limits:
    return read_limits(tomllib.loads(text), "pressure", "own.toml", "packet.tank.fields[0].limits")


def test_a_later_phase_that_fits_wins_and_false_is_not_checked() -> None:
    found = limits(
        """
        warning_low = 2.0
        watch_high = 8.0
        critical_fall = 0.5
        over_s = 3.0
        [phases."*_burn"]
        warning_low = 3.0
        watch_high = false
        [phases.stage_1_burn]
        warning_low = 2.5
        for_s = 1.0
        """
    )
    assert found.alarm == "pressure_limit"
    held = {phase: found.during(phase) for phase in (None, "pad", "stage_2_burn", "stage_1_burn")}
    assert [(each.warning_low, each.watch_high, each.for_s) for each in held.values()] == [
        (2.0, 8.0, 0.0), (2.0, 8.0, 0.0), (3.0, None, 0.0), (2.5, None, 1.0),
    ]  # fmt: skip
    assert all(each.critical_fall == 0.5 and each.over_s == 3.0 and not each.phases for each in held.values())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("low = 1", "limits.low: unknown key; one of critical_low"),
        ("watch_low = true", "limits.watch_low: must be a number, or false"),
        ("watch_low = nan", "limits.watch_low: must be a number"),
        ("for_s = false", "limits.for_s: must be a number"),
        ("over_s = 0", "limits.over_s: must be seconds"),
        ("warning_low = 2\nwatch_low = 1", "must rise from critical_low"),
        ("watch_fall = 2\ncritical_fall = 1", "rates must be above 0 and rise from watch_fall to critical_fall"),
        ("warning_rise = -1", "rates must be above 0"),
        ("warning_low = 2\nphases.pad.warning_high = 1", "limits: phases.pad: must rise"),
        ("phases.pad.high = 1", "limits.phases.pad.high: unknown key"),
        ("phases.pad = 1", "limits.phases.pad: must be a table of bounds"),
        ("phases = 1", "limits.phases: must be a table"),
    ],
)
def test_errors_name_the_key_and_the_reason_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(Misuse) as caught:
        limits(text)
    assert str(caught.value).startswith("own.toml: packet.tank.fields[0].")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
