"""CUSUM: its arithmetic against published numbers and exact ones, and what correlation and heavy tails do to it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ground.detect.cusum import Cusum, Whitener, limit_for, limit_of, run_length
from tests.ground.live_detect.telling import THRESHOLDS

RULES = THRESHOLDS.cusum


def exact_run_length(limit: float, reference: float, shift: float = 0.0, clip: float = math.inf) -> float:
    """Of a one-sided Gaussian CUSUM, by the Markov chain of D. Brook and D. A. Evans, Biometrika 59, 1972."""
    states = 120
    width = limit / (states - 0.5)
    edges = (np.arange(states) + 0.5) * width

    def below(x: np.ndarray) -> np.ndarray:
        gauss = np.vectorize(lambda value: 0.5 * math.erfc(-(value - shift) / math.sqrt(2.0)))
        return np.where(x >= clip, 1.0, np.where(x < -clip, 0.0, gauss(x)))

    chances = np.empty((states, states))
    for state in range(states):
        reached = below(edges - state * width + reference)
        chances[state] = np.diff(reached, prepend=0.0)
    return float(np.linalg.solve(np.eye(states) - chances, np.ones(states))[0])


@pytest.mark.parametrize(
    ("limit", "shift", "two_sided"),
    # D. C. Montgomery, Introduction to Statistical Quality Control, 6th edition, table 9.3: k = 1/2.
    [(4.0, 0.0, 168.0), (5.0, 0.0, 465.0), (4.0, 1.0, 8.38), (5.0, 1.0, 10.4), (5.0, 2.0, 4.01), (4.0, 3.0, 2.19)],
)
def test_run_lengths_are_those_of_the_textbook(limit: float, shift: float, two_sided: float) -> None:
    high, low = (run_length(limit, 0.5, sign * shift) for sign in (1.0, -1.0))
    assert 1.0 / (1.0 / high + 1.0 / low) == pytest.approx(two_sided, rel=0.2 if shift > 2.0 else 0.05)
    exact = [exact_run_length(limit, 0.5, sign * shift) for sign in (1.0, -1.0)]
    assert 1.0 / sum(1.0 / each for each in exact) == pytest.approx(two_sided, rel=0.01)


@pytest.mark.parametrize(("limit", "reference"), [(5.0, 0.5), (8.0, 0.5), (4.0, 1.0), (5.0, 1.0)])
def test_the_approximation_is_near_the_exact_run_length(limit: float, reference: float) -> None:
    assert run_length(limit, reference) == pytest.approx(exact_run_length(limit, reference), rel=0.1)


@pytest.mark.parametrize(("rate_hz", "limit"), [(50.0, 18.5), (100.0, 19.2)])
def test_the_limits_of_the_design(rate_hz: float, limit: float) -> None:
    """Twenty two-sided channels, one false alarm in 100 hours, a reference of half a standard deviation."""
    rules = replace(RULES, reference=0.5, margin=1.0)
    assert limit_of(rules, rate_hz) == pytest.approx(limit, abs=0.05)


@pytest.mark.parametrize(("shift", "delay_s"), [(1.0, 0.75), (2.0, 0.26), (3.0, 0.16), (5.0, 0.09)])
def test_the_delays_of_the_design_at_50_hz(shift: float, delay_s: float) -> None:
    assert run_length(18.5, 0.5, shift) / 50.0 == pytest.approx(delay_s, abs=0.02)


@cache
def alarms(draw: Callable[[random.Random], Callable[[], float]], samples: int, limit: float, whiten: bool) -> int:
    """False alarms of a CUSUM with a limit low enough for them to be counted."""
    rules = RULES if whiten else replace(RULES, memory=1e12, correlation=0.0)
    cusum, rng = Cusum(rules, 5.0), random.Random(7)
    cusum.limit = limit
    sample = draw(rng)
    return sum(cusum.add(count * 0.2, sample()) for count in range(samples))


def gaussian(rng: random.Random) -> Callable[[], float]:
    return lambda: rng.gauss(0.0, 1.0)


def repeating(rng: random.Random) -> Callable[[], float]:
    """AR(1) of 0.4 with unit variance."""
    last = 0.0

    def sample() -> float:
        nonlocal last
        last = 0.4 * last + rng.gauss(0.0, math.sqrt(1.0 - 0.16))
        return last

    return sample


def wide(rng: random.Random) -> Callable[[], float]:
    """Laplacian, and half as wide again as promised."""
    return lambda: 1.5 * rng.choice((-1.0, 1.0)) * rng.expovariate(math.sqrt(2.0))


SAMPLES = 120_000


def test_false_alarms_come_as_seldom_as_the_arithmetic_says() -> None:
    expected = 2.0 * SAMPLES / exact_run_length(3.0, RULES.reference, clip=RULES.clip)
    assert alarms(gaussian, SAMPLES, 3.0, whiten=False) == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize("noise", [repeating, wide])
def test_correlation_and_heavy_tails_ruin_it_unless_whitened(
    noise: Callable[[random.Random], Callable[[], float]],
) -> None:
    plain = alarms(gaussian, SAMPLES, 3.0, whiten=False)
    assert alarms(noise, SAMPLES, 3.0, whiten=False) > 4.0 * plain
    # The margin on the limit is what pays for the tails that clipping leaves.
    assert alarms(noise, SAMPLES, RULES.margin * 3.0, whiten=True) < 1.5 * plain


@pytest.mark.parametrize("shift", [2.0, -3.0, 5.0])
def test_a_shift_is_found_and_dated_to_the_last_zero(shift: float) -> None:
    rng = random.Random(3)
    cusum = Cusum(RULES, 50.0)
    for count in range(5000):
        t = count * 0.02
        if cusum.add(t, rng.gauss(shift if t >= 60.0 else 0.0, 1.0)):
            break
    assert 60.0 < t < 60.0 + 1.5 * run_length(cusum.limit, RULES.reference, min(abs(shift), 2.9)) / 50.0
    assert cusum.onset_s == pytest.approx(60.0, abs=0.1)
    assert cusum.level == 0.0


def test_no_single_sample_raises_an_alarm_however_far_out() -> None:
    cusum = Cusum(RULES, 5.0)
    assert not any(cusum.add(count * 0.2, 1e9 if count % 4 == 0 else 0.0) for count in range(400))


def test_the_limit_undoes_the_run_length() -> None:
    assert run_length(limit_for(1e7, 0.7), 0.7) == pytest.approx(1e7, rel=1e-6)


def test_what_a_suspicious_sum_is_made_of_is_not_learnt() -> None:
    whitener = Whitener(100.0, 0.8)
    before = whitener.variance
    for _ in range(50):
        whitener.add(3.0, learn=False)
    assert whitener.variance == before
