"""Straight lines, parabolas and kinks fitted to unevenly sampled values. Times in s; a value in U has slopes in U/s."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_MAD_TO_SIGMA = 1.4826  # of a normal distribution


def robust_sigma(values: Array) -> float:
    """Standard deviation from the median absolute deviation; 0 for nothing."""
    if len(values) == 0:
        return 0.0
    return float(_MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))


def round_step(values: Array) -> float:
    """The largest of 1, 2, 2.5, 5 × 10^k, at least 1, that divides nine in ten distinct values (a misreading divides by
    none); 0 where there is none, or no two values."""
    distinct = np.unique(values)
    if len(distinct) < 2:
        return 0.0
    for step in (1e4, 5e3, 2.5e3, 2e3, 1e3, 500.0, 250.0, 200.0, 100.0, 50.0, 25.0, 20.0, 10.0, 5.0, 2.0, 1.0):
        if np.mean(np.abs(distinct / step - np.round(distinct / step)) < 1e-6) > 0.9:
            return step
    return 0.0


def step_size(values: Array) -> float:
    """Size of the steps in which values were written; 0 where they do not change.

    A round step if there is one. Values that were rounded before a change of units (km/h read as m/s) have none; for those
    it is the smallest change that is common (the tenth percentile of the changes between distinct values).
    """
    distinct = np.unique(values)
    if len(distinct) < 2:
        return 0.0
    return round_step(values) or float(np.percentile(np.diff(distinct), 10))


def steps_along(values: Array, block: int = 25) -> Array:
    """The step size near each sample, shape (n,): sources change their resolution in flight (100 m to 1000 m).

    Round steps are taken over blocks of samples; the coarsest of a block and its neighbours counts, and a block without
    a change has the step of the one before. Where there are no round steps it is the whole record's.
    """
    count = max(1, len(values) // block)
    edges = np.linspace(0, len(values), count + 1).astype(np.int64)
    overall = step_size(values)
    sizes = np.zeros(count)
    for place, (first, last) in enumerate(itertools.pairwise(edges.tolist())):
        piece = values[max(first - 1, 0) : last]
        if np.ptp(piece) > 0.0:
            sizes[place] = round_step(piece) or overall
        elif place:
            sizes[place] = sizes[place - 1]
    padded = np.pad(sizes, 1, mode="edge")
    coarsest = np.max(np.stack((padded[:-2], padded[1:-1], padded[2:])), axis=0)
    return np.repeat(coarsest, np.diff(edges))


def noise_of(values: Array) -> float:
    """1σ of one value, from its second differences (a trend and its bend cancel), at least that of its steps."""
    if len(values) < 5:
        return 0.0
    second = values[2:] - 2.0 * values[1:-1] + values[:-2]
    return max(robust_sigma(second) / math.sqrt(6.0), step_size(values) / math.sqrt(12.0))


def thin(time: Array, spacing: float, *values: Array) -> tuple[Array, ...]:
    """Means over bins of `spacing` seconds where samples are denser than that; time first."""
    if len(time) < 2 or float(np.median(np.diff(time))) > 0.75 * spacing:
        return (time, *values)
    bins = np.floor((time - time[0]) / spacing).astype(np.int64)
    starts = np.flatnonzero(np.diff(bins, prepend=-1))
    counts = np.diff(np.append(starts, len(time)))
    return tuple(np.add.reduceat(column, starts) / counts for column in (time, *values))


def slopes(time: Array, value: Array, width: float) -> tuple[Array, Array]:
    """Slope of a least-squares line through the samples within ±width/2 of each time, and how many samples that was.

    NaN where fewer than three samples, or samples over less than 0.6 of the width, are at hand.
    """
    origin = 0.5 * (time[0] + time[-1])
    t, y = time - origin, value - value[0]
    first = np.searchsorted(time, time - 0.5 * width - 1e-9)
    last = np.searchsorted(time, time + 0.5 * width + 1e-9)
    sums = [np.concatenate(([0.0], np.cumsum(term))) for term in (t, y, t * t, t * y)]
    st, sy, stt, sty = (total[last] - total[first] for total in sums)
    count = (last - first).astype(np.float64)
    span = time[last - 1] - time[first]
    spread = stt - st * st / count
    good = (count >= 3) & (span >= 0.6 * width) & (spread > 0)
    slope = np.full(len(time), np.nan)
    slope[good] = (sty - st * sy / count)[good] / spread[good]
    return slope, count


def parabola(time: Array, value: Array, centre: float) -> tuple[float, float, float]:
    """Value, slope and curvature (second derivative) at `centre` of a least-squares parabola; a line under 4 samples."""
    t = time - centre
    if len(t) < 4:
        if len(t) < 2:
            return float(value[0]), 0.0, 0.0
        slope, level = np.polyfit(t, value, 1)
        return float(level), float(slope), 0.0
    bend, slope, level = np.polyfit(t, value, 2)
    return float(level), float(slope), 2.0 * float(bend)


@dataclass(frozen=True, slots=True)
class Kink:
    """A change of slope: when, the slopes just before and after, and the 1σ misfit of the samples."""

    time: float
    before: float
    after: float
    misfit: float


def fit_kink(
    time: Array, value: Array, low: float, high: float, *, bend_before: bool, bend_after: bool, tries: int = 121
) -> Kink | None:
    """The time in [low, high] at which a continuous line with one change of slope fits best.

    Least squares; each side may also bend (a burn's acceleration grows as the tank empties). Samples that miss by more than
    4 robust σ are left out once. None with fewer than three samples on a side.
    """
    keep = np.ones(len(time), dtype=np.bool_)
    best: Kink | None = None
    for _ in range(2):
        best = _best_kink(time[keep], value[keep], np.linspace(low, high, tries), bend_before, bend_after)
        if best is None:
            return None
        design = _kink_design(time, best.time, bend_before, bend_after)
        solution = np.linalg.lstsq(design[keep], value[keep], rcond=None)[0]
        residual = value - design @ solution
        keep = np.abs(residual) <= 4.0 * max(robust_sigma(residual[keep]), 1e-9) + 1e-9
    return best


def _kink_design(time: Array, at: float, bend_before: bool, bend_after: bool) -> Array:
    before, after = np.minimum(time - at, 0.0), np.maximum(time - at, 0.0)
    columns = [np.ones_like(time), before, after]
    columns += [before**2] if bend_before else []
    columns += [after**2] if bend_after else []
    return np.stack(columns, axis=1)


def _best_kink(time: Array, value: Array, candidates: Array, bend_before: bool, bend_after: bool) -> Kink | None:
    best: Kink | None = None
    lowest = np.inf
    for at in candidates:
        if np.sum(time < at) < 3 + bend_before or np.sum(time > at) < 3 + bend_after:
            continue
        design = _kink_design(time, float(at), bend_before, bend_after)
        solution = np.linalg.lstsq(design, value, rcond=None)[0]
        error = float(np.sum((value - design @ solution) ** 2))
        if error < lowest:
            lowest = error
            misfit = float(np.sqrt(error / max(len(time) - design.shape[1], 1)))
            best = Kink(float(at), float(solution[1]), float(solution[2]), misfit)
    return best
