"""Exact intervals and percentiles, against published values and exact sums."""

from fractions import Fraction
from math import comb, exp, factorial

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.intervals import at_most, clopper_pearson, garwood, percentile


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [  # R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17, 1998, table I
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_clopper_pearson_is_as_published(successes: int, trials: int, low: float, high: float) -> None:
    assert clopper_pearson(successes, trials) == pytest.approx((low, high), abs=5e-5)
    mirrored = clopper_pearson(trials - successes, trials)
    assert mirrored == pytest.approx((1.0 - high, 1.0 - low), abs=5e-5)


@given(st.integers(1, 400), st.data())
def test_clopper_pearson_leaves_half_of_the_rest_in_each_tail(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = clopper_pearson(successes, trials, 0.9)
    assert 0.0 <= low <= successes / trials <= high <= 1.0
    if successes > 0:
        assert 1.0 - at_most(successes - 1, trials, low) == pytest.approx(0.05, abs=1e-9)
    if successes < trials:
        assert at_most(successes, trials, high) == pytest.approx(0.05, abs=1e-9)


@given(st.integers(1, 60), st.fractions(0, 1, max_denominator=50), st.data())
def test_the_binomial_tail_is_the_exact_sum(trials: int, proportion: Fraction, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    terms = (comb(trials, n) * proportion**n * (1 - proportion) ** (trials - n) for n in range(successes + 1))
    assert at_most(successes, trials, float(proportion)) == pytest.approx(float(sum(terms)), rel=1e-9, abs=1e-12)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.floats(0.0, 1.0))
def test_percentiles_are_numpys(values: list[float], part: float) -> None:
    assert percentile(sorted(values), part) == pytest.approx(float(numpy.quantile(values, part)), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [  # E. S. Pearson and H. O. Hartley, Biometrika Tables for Statisticians I, table 40
        (0, 0.0, 3.69),
        (1, 0.0253, 5.57),
        (10, 4.80, 18.39),
        (50, 37.11, 65.92),
    ],
)
def test_garwood_is_as_published(count: int, low: float, high: float) -> None:
    assert garwood(count) == pytest.approx((low, high), abs=6e-3)


@given(st.integers(0, 60))
def test_garwood_leaves_half_of_the_rest_in_each_tail(count: int) -> None:
    low, high = garwood(count, 0.9)

    def at_most_of(mean: float, most: int) -> float:
        return sum(exp(-mean) * mean**n / factorial(n) for n in range(most + 1))

    assert at_most_of(high, count) == pytest.approx(0.05, abs=1e-9)
    if count:
        assert 1.0 - at_most_of(low, count - 1) == pytest.approx(0.05, abs=1e-9)
