"""Changes, baselines, lines and peaks: what the detectors are made of."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.detect.signals import Baseline, Change, Line, Peak, Span


@pytest.mark.parametrize(
    ("samples", "accepted", "span"),
    [
        pytest.param(
            [(0.00, False), (0.01, True), (0.02, True), (0.03, True)], 0.03, (0.00, 0.01), id="three in a row"
        ),
        pytest.param(
            [(0.00, False), (0.01, True), (0.02, False), (0.03, True), (0.04, True)], None, None, id="a spike"
        ),
        pytest.param([(0.00, False), (0.01, True), (0.02, True)], None, None, id="not long enough"),
        pytest.param([(0.0, False), (0.3, True), (0.31, True), (0.32, True)], 0.32, (0.0, 0.3), id="it began in a gap"),
        pytest.param([(0.0, False), (0.01, True), (0.31, True), (0.32, True)], 0.32, (0.0, 0.01), id="a gap after it"),
        pytest.param([(0.0, True), (0.01, True), (0.02, True)], 0.02, (0.0, 0.0), id="from the first sample"),
    ],
)
def test_a_change_needs_samples_and_time(
    samples: list[tuple[float, bool]], accepted: float | None, span: tuple[float, float] | None
) -> None:
    change = Change(longest_step_s=0.02)
    found = [time for time, contradicts in samples if change.update(time, contradicts, 0.02)]
    assert found == ([] if accepted is None else [accepted])
    if span is not None:
        assert change.span == Span(*span)


def test_a_gap_alone_is_no_duration() -> None:
    change = Change(longest_step_s=0.02)
    times = [0.0, 5.0, 10.0]
    assert not any(change.update(time, True, 0.1) for time in times)


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 10)), min_size=2, max_size=2))
def test_spans_that_overlap_have_no_distance_and_something_in_common(pairs: list[tuple[float, float]]) -> None:
    one, other = (Span(min(pair), max(pair)) for pair in pairs)
    common = one.within(other)
    assert (one.distance(other) == 0.0) == (max(one.low, other.low) <= min(one.high, other.high))
    assert one.distance(other) == other.distance(one)
    assert one.low <= common.low <= common.middle <= common.high <= one.high


def test_a_baseline_gives_mean_and_deviation_and_outliers_hardly_move_it() -> None:
    rng = random.Random(3)
    baseline = Baseline(200)
    for _ in range(2000):
        baseline.add(rng.gauss(9.8, 0.02))
    assert baseline.mean == pytest.approx(9.8, abs=0.005)
    assert baseline.deviation == pytest.approx(0.02, rel=0.2)
    baseline.add(500.0)
    assert baseline.mean == pytest.approx(9.8, abs=0.006)


def test_a_line_gives_value_slope_and_error() -> None:
    rng = random.Random(4)
    line = Line(26, 1.0)
    for place in range(100):
        line.add(place * 0.04, 50.0 - 6.0 * place * 0.04 + rng.gauss(0.0, 0.05))
    fitted = line.fit(3.96 + 0.1)
    assert fitted is not None
    value, slope, error = fitted
    assert value == pytest.approx(50.0 - 6.0 * 4.06, abs=4 * error)
    assert slope == pytest.approx(-6.0, abs=0.2)
    assert 0.005 < error < 0.05


def test_a_line_through_too_few_samples_is_none() -> None:
    line = Line(26, 1.0)
    for time in (0.0, 0.1, 0.2):
        line.add(time, 1.0)
    assert line.fit(0.2) is None
    line.add(0.3, 1.0)
    assert line.fit(0.3) is not None
    assert line.fit(5.0) is None


def hump(time: float, centre: float, width: float, height: float) -> float:
    return height * math.exp(-(((time - centre) / width) ** 2))


def peaks_of(curve: list[tuple[float, float]]) -> list[float]:
    peak = Peak(least=500.0, drop=0.9, bottom=0.9)
    return [found for time, value in curve if (found := peak.add(time, value)) is not None]


def test_a_peak_is_found_to_a_fraction_of_a_second_under_noise_of_one_in_a_thousand() -> None:
    rng = random.Random(5)
    curve = [(k * 0.04, hump(k * 0.04, 42.3, 15.0, 78e3) * rng.gauss(1.0, 1e-3)) for k in range(2000)]
    assert peaks_of(curve) == [pytest.approx(42.3, abs=0.2)]


def test_a_second_higher_hump_is_a_new_peak_and_a_lower_one_is_none() -> None:
    first, second = (20.0, 5.0, 30e3), (50.0, 5.0, 40e3)
    rising = [(k * 0.1, hump(k * 0.1, *first) + hump(k * 0.1, *second)) for k in range(800)]
    assert peaks_of(rising) == [pytest.approx(20.0, abs=0.2), pytest.approx(50.0, abs=0.2)]
    falling = [(k * 0.1, hump(k * 0.1, 20.0, 5.0, 40e3) + hump(k * 0.1, 50.0, 5.0, 30e3)) for k in range(800)]
    assert peaks_of(falling) == [pytest.approx(20.0, abs=0.2)]


@pytest.mark.parametrize(
    "curve",
    [
        pytest.param([(k * 0.1, 1e5 * math.exp(-k * 0.01)) for k in range(800)], id="only its fall was seen"),
        pytest.param([(k * 0.1, hump(k * 0.1, 20.0, 5.0, 400.0)) for k in range(800)], id="too small to matter"),
        pytest.param([(k * 0.1, 1e3 * k) for k in range(800)], id="only rises"),
    ],
)
def test_no_peak(curve: list[tuple[float, float]]) -> None:
    assert peaks_of(curve) == []
