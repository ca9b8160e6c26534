"""Damage is found and taken out; flight is left alone."""

from __future__ import annotations

import numpy as np
import pytest

from ground.detect.recorded.cleaning import frozen_spans, hold_interval, runs_without_jumps, spikes

TIME = np.arange(0.0, 100.0, 0.1)
CLIMBING = np.round(0.15 * TIME**2 * 3.6) / 3.6  # up to 1,500 m/s, in whole km/h


def test_misread_digits_stand_out() -> None:
    shown = CLIMBING.copy()
    wrong = [50, 300, 301, 700]
    shown[wrong] += (100.0, -1000.0 / 3.6, -1000.0 / 3.6, 30.0)
    assert np.flatnonzero(spikes(TIME, shown, 4.5)).tolist() == wrong


@pytest.mark.parametrize("every", [1, 2, 10])
def test_a_cut_off_is_no_spike_at_any_rate(every: int) -> None:
    speed = np.where(TIME < 50.0, 35.0 * TIME, 1750.0 - 6.0 * (TIME - 50.0))
    assert not spikes(TIME[::every], speed[::every], 4.5 * every).any()


def test_a_stretch_of_misreading_is_left_out_and_the_rest_joined() -> None:
    shown = CLIMBING.copy()
    shown[600:640] += 3000.0
    (run,) = runs_without_jumps(TIME, shown, 150.0, np.full(len(TIME), 1.0))
    assert set(range(1000)) - set(run.tolist()) == set(range(600, 640))


def test_a_hand_over_makes_two_runs() -> None:
    shown = np.where(TIME < 50.0, CLIMBING, CLIMBING + 4000.0)
    first, second = runs_without_jumps(TIME, shown, 150.0, np.full(len(TIME), 1.0))
    assert (first[-1], second[0]) == (499, 500)


def test_a_source_that_stalls_and_catches_up() -> None:
    shown = CLIMBING.copy()
    shown[400:450] = shown[400]
    (span,) = frozen_spans(TIME, shown)
    assert [span.start, span.end] == pytest.approx([40.0, 44.9])


@pytest.mark.parametrize(
    "values",
    [
        CLIMBING,
        np.round(CLIMBING, -2),
        np.where(TIME < 50.0, CLIMBING, CLIMBING[500]),
        np.full(1000, 7500.0),
        np.where(TIME < 50.0, CLIMBING, np.where(TIME < 60.0, CLIMBING[500], 7000.0)),
    ],
    ids=["fine steps", "coarse steps", "comes to rest", "orbit", "rests, then another source"],
)
def test_what_may_stand_still_is_not_called_frozen(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    assert frozen_spans(TIME, values) == []


def test_the_pace_of_a_sample_and_hold_source() -> None:
    held = np.repeat(CLIMBING[::10], 10)
    assert hold_interval(TIME, held) == pytest.approx(1.0)
    assert hold_interval(TIME, CLIMBING) <= 0.2
