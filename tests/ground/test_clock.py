"""Vehicle time never falls, whatever the onboard clock does."""

from __future__ import annotations

import pytest

from flight.wire.packet import Value
from ground.clock import VehicleClock, onboard_s


def at(seconds: float, boot: int = 1) -> tuple[Value, ...]:
    whole = int(seconds)
    return (0xC000, whole, round((seconds - whole) * 65536), boot)


def heard(seconds: float, received_s: float, rate: float = 1.0) -> VehicleClock:
    clock = VehicleClock()
    clock.rate = rate
    clock.last, clock.last_ns = at(seconds), round(received_s * 1e9)
    return clock


def test_the_fraction_counts_65536ths() -> None:
    assert onboard_s((0xC000, 12, 32768, 1)) == 12.5


@pytest.mark.parametrize(
    ("rate", "received_s", "expected"),
    [(1.0, 13.0, 103.0), (10.0, 10.5, 105.0), (0.0, 500.0, 100.0), (1.0, 9.0, 100.0)],
)
def test_between_packets_it_runs_at_the_identity_packets_rate(rate: float, received_s: float, expected: float) -> None:
    assert heard(100.0, 10.0, rate).estimate_s(round(received_s * 1e9)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("onboard", "received_s", "rate", "expected", "rewound"),
    [
        pytest.param(0.0, 12.0, 1.0, 102.0, 1, id="clock starts at 0: goes on at received time"),
        pytest.param(0.0, 10.5, 10.0, 105.0, 1, id="at ten times the speed"),
        pytest.param(0.0, 60.0, 0.0, 100.0, 1, id="untimed: goes on where it was"),
        pytest.param(102.5, 12.0, 1.0, 102.5, 0, id="clock kept running: nothing changes"),
        pytest.param(500.0, 12.0, 1.0, 102.0, 1, id="clock jumps far ahead: not believed"),
    ],
)
def test_a_restart(onboard: float, received_s: float, rate: float, expected: float, rewound: int) -> None:
    clock = heard(100.0, 10.0, rate)
    clock.received_ns = round(received_s * 1e9)
    first = at(onboard, boot=2)
    clock.restart(first)
    clock.last, clock.last_ns = first, clock.received_ns
    assert clock.time_s == pytest.approx(expected)
    assert clock.rewound == rewound


def test_before_the_first_packet_there_is_no_time() -> None:
    clock = VehicleClock()
    clock.restart(at(5.0))
    assert clock.time_s is None
    assert clock.estimate_s(10**9) is None
    assert clock.offset_s == 0.0
