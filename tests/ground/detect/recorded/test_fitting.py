"""Slopes, steps and kinks, against numbers that are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.detect.recorded.fitting import (
    fit_coast,
    fit_kink,
    noise_of,
    parabola,
    slopes,
    step_size,
    steps_along,
    thin,
)


@pytest.mark.parametrize("step", [1000.0, 500.0, 100.0, 25.0, 1.0, 0.1, 1852.0 / 3600.0, 0.44704, 0.3048, 1.0 / 3.6])
def test_steps_are_found_whatever_unit_they_were_made_in(step: float) -> None:
    moving = np.cumsum(np.linspace(0.3, 2.7, 400)) * step
    written = np.round(np.round(moving / step) * step, 3)
    assert step_size(written) == pytest.approx(step)


def test_values_without_steps_have_none() -> None:
    assert step_size(np.random.default_rng(1).normal(0.0, 50.0, 400)) == 0.0
    assert step_size(np.full(50, 7.0)) == 0.0


def test_a_source_that_gets_coarser_in_flight() -> None:
    climbing = np.linspace(50_000.0, 150_000.0, 2_000)
    shown = np.where(climbing < 100_000.0, np.round(climbing, -2), np.round(climbing, -3))
    steps = steps_along(shown)
    assert set(steps[:900]) == {100.0}
    assert set(steps[1_100:]) == {1_000.0}


@pytest.mark.parametrize("sigma", [0.1, 1.0, 10.0])
def test_noise_is_told_from_motion(sigma: float) -> None:
    time = np.arange(0.0, 60.0, 0.1)
    values = 5.0 * time**2 + np.random.default_rng(2).normal(0.0, sigma, len(time))
    assert noise_of(values) == pytest.approx(sigma, rel=0.2)


@settings(max_examples=30, deadline=None)
@given(st.floats(-40.0, 40.0), st.floats(1e3, 2e3), st.integers(0, 2**32 - 1))
def test_slopes_of_a_straight_line_on_uneven_samples(slope: float, start: float, seed: int) -> None:
    time = start + np.cumsum(np.random.default_rng(seed).uniform(0.05, 0.15, 300))
    found, counts = slopes(time, 7.0 + slope * time, 2.0)
    assert np.isfinite(found).all()
    assert np.allclose(found, slope, atol=1e-6)
    assert counts.min() >= 6


def test_no_slope_from_too_few_samples() -> None:
    found, _ = slopes(np.array([0.0, 0.1, 20.0, 20.5, 21.0]), np.arange(5.0), 2.0)
    assert np.isnan(found[:2]).all()
    assert np.isfinite(found[3])


def test_a_parabola_is_taken_apart() -> None:
    time = np.linspace(0.0, 4.0, 40)
    assert parabola(time, 3.0 - 2.0 * time + 4.9 * time**2, 1.0) == pytest.approx((5.9, 7.8, 9.8))


@settings(max_examples=25, deadline=None)
@given(st.floats(3.0, 7.0), st.floats(5.0, 40.0), st.floats(-6.0, 2.0), st.integers(0, 2**32 - 1))
def test_a_cut_off_is_found_to_a_part_of_a_sample(at: float, before: float, after: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    time = np.arange(0.0, 10.0, 0.1)
    speed = np.where(time < at, before * (time - at) + 0.1 * (time - at) ** 2, after * (time - at))
    kink = fit_kink(time, speed + chance.normal(0.0, 0.1, 100), 1.0, 9.0, bend_before=True, bend_after=False)
    assert kink is not None
    assert kink.time == pytest.approx(at, abs=0.3)
    assert kink.before == pytest.approx(before, abs=2.0)
    assert kink.after == pytest.approx(after, abs=2.0)


def test_stray_samples_do_not_move_a_kink() -> None:
    time = np.arange(0.0, 10.0, 0.1)
    speed = np.where(time < 5.0, 20.0 * (time - 5.0), 0.0)
    speed[[20, 47, 80]] += (30.0, -25.0, 40.0)
    kink = fit_kink(time, speed, 2.0, 8.0, bend_before=False, bend_after=False)
    assert kink is not None
    assert kink.time == pytest.approx(5.0, abs=0.06)


@pytest.mark.parametrize("lasting", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("drag", [0.0, -3.0])
def test_both_ends_of_a_short_coast(lasting: float, drag: float) -> None:
    time = np.arange(0.0, 30.0, 0.5)
    end = 12.0 + lasting
    speed = 35.0 * np.minimum(time - 12.0, 0.0) + 7.0 * np.maximum(time - end, 0.0)
    speed += drag * np.clip(time - 12.0, 0.0, lasting) + np.random.default_rng(3).normal(0.0, 0.1, len(time))
    coast = fit_coast(time, speed, 8.0, 24.0, flattest=0.7)
    assert coast is not None
    assert coast.start == pytest.approx(12.0, abs=0.3)
    assert coast.end == pytest.approx(end, abs=0.3)
    assert coast.gain > 25.0


def test_a_fall_of_the_thrust_without_a_coast_is_not_taken_for_one() -> None:
    time = np.arange(0.0, 30.0, 0.5)
    speed = 30.0 * np.minimum(time - 15.0, 0.0) + 12.0 * np.maximum(time - 15.0, 0.0)
    coast = fit_coast(time, speed + np.random.default_rng(4).normal(0.0, 0.1, len(time)), 10.0, 20.0, flattest=0.7)
    assert coast is not None
    assert coast.gain < 25.0 or coast.end - coast.start < 1.0


def test_thinning_keeps_the_mean_and_leaves_sparse_samples_alone() -> None:
    dense = np.arange(0.0, 1.0, 0.001)
    time, value = thin(dense, 0.05, 3.0 * dense)
    assert 20 <= len(time) <= 21
    assert np.allclose(value, 3.0 * time)
    sparse = np.arange(0.0, 10.0, 0.1)
    assert thin(sparse, 0.05, sparse)[1] is sparse
