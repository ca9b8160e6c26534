"""The clocks' relation found again under queueing, bursts, drift, restarts and any rate."""

from __future__ import annotations

import random

import pytest

from ground.clock import VehicleClock
from ground.correlation import MOST, ClockFit, Correlation
from tests.ground.test_clock import at


def followed(
    seconds: float,
    drift: float = 0.0,
    rate: float = 1.0,
    late: float = 0.0,
    noise_s: float = 2e-4,
    per_second: int = 25,
    seed: int = 1,
    start_s: float = 1000.0,
) -> tuple[Correlation, VehicleClock]:
    """Packets that wait 20 ms and an exponential time; in a part of the seconds all wait up to 2 s more."""
    rng = random.Random(seed)
    clock, found = VehicleClock(), Correlation()
    clock.rate, received_s, queue = rate, 0.0, 0.0
    for number in range(round(seconds * per_second)):
        sent_s = number / per_second
        if number % per_second == 0:
            queue = rng.uniform(0.3, 2.0) if rng.random() < late else 0.0
        received_s = max(received_s, sent_s + 0.020 + queue + rng.expovariate(1.0 / max(1e-9, noise_s)))
        clock.last = at(50.0 + sent_s * rate * (1.0 + drift))
        clock.last_ns = round((start_s + received_s) * 1e9)
        found.heard(clock)
    return found, clock


def fit(found: Correlation) -> ClockFit:
    result = found.fit()
    assert result is not None
    return result


@pytest.mark.parametrize("late", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("rate", [1.0, 10.0])
@pytest.mark.parametrize("drift", [0.0, 40e-6, -200e-6])
def test_offset_and_drift_are_found_under_queueing(late: float, rate: float, drift: float) -> None:
    found, _ = followed(300.0, drift, rate, late)
    result = fit(found)
    # Least delay 20 ms: vehicle time 50 + rate (1 + drift) t is heard at 1000.020 + t.
    expected = 50.0 - rate * 1000.020 + rate * drift * 300.0
    assert result.offset_s == pytest.approx(expected, abs=rate * 2e-3)
    assert result.drift == pytest.approx(drift, abs=1e-5)
    assert result.span_s == pytest.approx(300.0, abs=3.0)


def test_the_errors_are_those_that_are_made() -> None:
    offsets, drifts = [], []
    for seed in range(40):
        result = fit(followed(120.0, 25e-6, noise_s=2e-3, seed=seed)[0])
        offsets.append((result.offset_s - (50.0 - 1000.020 + 25e-6 * 120.0)) / result.offset_error_s)
        drifts.append((result.drift - 25e-6) / result.drift_error)
    assert sum(abs(error) < 3.0 for error in drifts) >= 36
    assert sum(abs(error) < 4.0 for error in offsets) >= 36


def test_the_delay_of_the_newest_packet_is_its_wait_beyond_the_least() -> None:
    found, clock = followed(60.0)
    assert fit(found).delay_s < 2e-3
    clock.last, clock.last_ns = at(50.0 + 60.0), clock.last_ns + round((0.04 + 0.7) * 1e9)
    found.heard(clock)
    assert fit(found).delay_s == pytest.approx(0.7, abs=5e-3)


def test_memory_is_fixed_over_a_day_and_the_drift_sharpens() -> None:
    found, _ = followed(86_400.0, 3e-6, per_second=1)
    assert len(found._best) < MOST
    assert fit(found).drift == pytest.approx(3e-6, abs=1e-8)


def test_an_untimed_vehicle_has_no_relation() -> None:
    assert followed(60.0, rate=0.0)[0].fit() is None


def test_the_first_seconds_say_nothing() -> None:
    assert followed(2.5)[0].fit() is None
    assert followed(4.5)[0].fit() is not None


def test_a_clock_that_starts_again_is_related_anew() -> None:
    found, clock = followed(60.0)
    clock.offset_s, clock.rewound = 110.0, 1
    clock.last, clock.last_ns = at(0.0, boot=2), clock.last_ns + 10**9
    found.heard(clock)
    assert found.fit() is None
    for second in range(1, 20):
        clock.last, clock.last_ns = at(second * (1.0 + 1e-4), boot=2), clock.last_ns + 10**9
        found.heard(clock)
    assert fit(found).drift == pytest.approx(1e-4, abs=1e-5)


def test_a_boot_whose_clock_ran_on_changes_nothing() -> None:
    found, clock = followed(60.0)
    before = fit(found)
    for second in range(1, 5):
        clock.last, clock.last_ns = at(110.0 + second, boot=2), round((1060.020 + second) * 1e9)
        found.heard(clock)
    assert fit(found).offset_s == pytest.approx(before.offset_s, abs=1e-3)
