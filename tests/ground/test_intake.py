"""Sequence gaps, duplicates, late packets and restarts of one packet kind."""

from __future__ import annotations

import pytest

from flight.wire.packet import SEQUENCE_MASK, Value, ticks_of_step
from ground.clock import VehicleClock
from ground.intake import Counters, Intake, Values, lost_in_gap
from tests.ground.toy import codec

POWER = codec("power")
"""5 packets a second."""


class Listener:
    """An intake for `power` that believes every new boot id, and what it passes on."""

    def __init__(self) -> None:
        self.clock = VehicleClock()
        self.seen: list[float] = []
        self.strange: list[bytes] = []
        self.intake = Intake(POWER, self.clock, self._restarted, self.strange.append)
        self.intake.detect = lambda values: self.seen.append(values[1] + values[2] / 65536.0)  # type: ignore[operator]

    def _restarted(self, values: Values) -> bool:
        if values[3] == self.clock.boot_id:
            return False
        self.clock.boot_id = values[3]  # type: ignore[assignment]
        self.intake.forget()
        return True

    def hear(self, count: int, received_s: float | None = None, boot: int = 1, value: float = 28.0) -> None:
        """The packet that a healthy sender gives this count, at 5 Hz."""
        onboard_step = count * 20
        self.clock.received_ns = round((onboard_step / 100.0 if received_s is None else received_s) * 1e9)
        values: tuple[Value, ...] = (value, 22.0, 295.0)
        self.intake.handle(POWER.encode(count, ticks_of_step(onboard_step), boot, values))


def counted(*counts: int) -> Counters:
    listener = Listener()
    for count in counts:
        listener.hear(count)
    return listener.intake.counters


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        pytest.param((0, 1, 2, 3), Counters(received=4), id="in order"),
        pytest.param((5, 6), Counters(received=2), id="joined late: nothing is missing"),
        pytest.param((0, 1, 4, 5), Counters(received=4, lost=2, gaps=1), id="two missing"),
        pytest.param((0, 1, 1, 2), Counters(received=3, duplicates=1), id="sent twice"),
        pytest.param(
            (0, 2, 1, 3), Counters(received=3, out_of_order=1, gaps=1), id="swapped: nothing is lost after all"
        ),
        pytest.param((0, 3, 1, 4), Counters(received=3, lost=1, out_of_order=1, gaps=1), id="late, and one never came"),
        pytest.param((16382, 16383, 16384, 16385), Counters(received=4), id="the count wraps"),
        pytest.param((16382, 16386), Counters(received=2, lost=3, gaps=1), id="lost over the wrap"),
        pytest.param((0, 16384 + 5), Counters(received=2, lost=16388, gaps=1), id="a gap of more than one wrap"),
    ],
)
def test_counting(heard: tuple[int, ...], expected: Counters) -> None:
    assert counted(*heard) == expected


def test_a_copy_that_comes_later_than_two_seconds_is_out_of_order_and_no_duplicate() -> None:
    listener = Listener()
    listener.hear(0)
    listener.hear(1)
    listener.hear(0, received_s=1.9)
    listener.hear(1, received_s=2.3)
    assert listener.intake.counters == Counters(received=2, duplicates=1, out_of_order=1)


def test_the_same_count_with_other_bytes_is_no_duplicate() -> None:
    listener = Listener()
    listener.hear(0)
    listener.hear(1)
    listener.hear(1, value=27.0)
    assert listener.intake.counters.duplicates == 0
    assert listener.intake.counters.out_of_order == 1


def test_only_new_packets_reach_latest_values_and_detection() -> None:
    listener = Listener()
    for count in (0, 2, 1, 2, 3):
        listener.hear(count)
    assert listener.seen == pytest.approx([0.0, 0.4, 0.6], abs=1e-4)
    assert listener.intake.latest is not None
    assert listener.intake.latest[0] == 0xC000 | 3


def test_a_restart_begins_a_new_sequence_without_loss() -> None:
    listener = Listener()
    for count in (100, 101, 102):
        listener.hear(count)
    for count in (0, 1, 3):
        listener.hear(count, received_s=21.0 + count, boot=2)
    assert listener.intake.counters == Counters(received=6, lost=1, gaps=1)


def test_what_does_not_decode_is_passed_on_and_changes_nothing() -> None:
    listener = Listener()
    listener.hear(0)
    packet = POWER.encode(1, 0, 1, (1.0, 2.0, 3.0))
    listener.intake.handle(packet[:-1])
    assert listener.strange == [packet[:-1]]
    assert listener.intake.counters == Counters(received=1)


@pytest.mark.parametrize(
    ("ahead", "elapsed_s", "rate_hz", "on_change", "lost"),
    [
        pytest.param(3, 0.04, 100.0, False, 3, id="a few"),
        pytest.param(SEQUENCE_MASK - 10, 0.04, 100.0, False, None, id="backwards count, forward time"),
        pytest.param((20_000 - 1) % 16384, 200.0, 100.0, False, 19_999, id="100 Hz wraps in 164 s"),
        pytest.param((500_000 - 1) % 16384, 5000.0, 100.0, False, 499_999, id="30 wraps"),
        pytest.param(777, 200.0, 100.0, False, None, id="does not fit the rate: a slower profile perhaps"),
        pytest.param((4000 - 1) % 16384, 200.0, 20.0, True, None, id="on change, long: cannot be known"),
        pytest.param(1500, 60.0, 20.0, True, 1500, id="on change, short: the control rate bounds it"),
        pytest.param(2, 60.0, 0.0, False, 2, id="no rate, short"),
        pytest.param(2, 600.0, 0.0, False, None, id="no rate, long"),
        pytest.param(100, 8000.0, 1.0, False, 100, id="1 Hz is unambiguous for two hours; a slower sender loses fewer"),
    ],
)
def test_length_of_a_gap(ahead: int, elapsed_s: float, rate_hz: float, on_change: bool, lost: int | None) -> None:
    assert lost_in_gap(ahead, elapsed_s, rate_hz, on_change) == lost
