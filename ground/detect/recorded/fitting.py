"""Straight lines, parabolas and kinks fitted to unevenly sampled values. Times in s; a value in U has slopes in U/s."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEW = 0.1  # of the samples
ROUNDED = 75.0  # percent of the second differences
ON_GRID = 0.03  # of a step; by chance one value in sixteen lies as near
_MAD_TO_SIGMA = 1.4826  # of a normal distribution


def robust_sigma(values: Array) -> float:
    """Standard deviation from the median absolute deviation; 0 for nothing."""
    if len(values) == 0:
        return 0.0
    return float(_MAD_TO_SIGMA * np.median(np.abs(values - np.median(values))))


# Units in which sources show what they then write in SI, each whole, in tens or in tenths: metres and kilometres,
# statute and nautical miles, feet, km/h, miles per hour, knots, feet per second.
_UNITS = (1.0, 1_609.344, 1_852.0, 0.3048, 1.0 / 3.6, 0.44704, 1_852.0 / 3_600.0)
_STEPS = np.array(
    sorted(
        {
            *(
                unit * part
                for unit in _UNITS
                for part in (0.1, 1.0, 10.0, 100.0, 1_000.0, 10_000.0)
                if 0.1 < unit * part < 2e4
            ),
            *(step * 10.0**power for step in (1.0, 2.0, 2.5, 5.0) for power in range(-1, 4)),
            1e4,
        },
        reverse=True,
    )
)


def written_to(values: Array) -> float:
    """What rounding in the file may have taken from a value: half its last decimal, between 1e-6 and 0.5."""
    for decimals in range(6):
        if np.all(np.abs(values - np.round(values, decimals)) < 1e-9 * np.maximum(np.abs(values), 1.0)):
            return 0.5 * 10.0**-decimals
    return 1e-6


def step_size(values: Array) -> float:
    """Size of the steps in which values were written; 0 where there are none, or no two different values.

    The largest known step that divides nine in ten of the distinct values (a misreading divides by none), as exactly
    as the file's decimals let it. A step under four units of those decimals divides too much by chance.
    """
    distinct = np.unique(values)
    if len(distinct) < 2:
        return 0.0
    sample = distinct[:: max(1, len(distinct) // 200)]
    rounding = written_to(sample)
    exact = np.abs(_STEPS - 2.0 * rounding * np.round(_STEPS / (2.0 * rounding))) < 1e-9
    known = exact | (_STEPS >= 8.0 * rounding)
    steps, allowed = _STEPS[known], np.where(exact[known], 1e-6, 1.001 * rounding + 1e-6)
    column = sample[:, None]
    off = np.abs(column - steps * np.round(column / steps))
    fits = np.flatnonzero(np.count_nonzero(off <= allowed, axis=0) > 0.9 * len(sample))
    return float(steps[fits[0]]) if len(fits) else _grid(sample)


def _grid(distinct: Array) -> float:
    """The spacing of a grid of an unknown unit on which nine in ten of at least five sorted values lie; else 0."""
    if len(distinct) < 5:
        return 0.0
    step = float(np.percentile(np.diff(distinct), 20.0))
    places = (distinct - distinct[len(distinct) // 2]) / step
    on = np.abs(places - np.round(places)) < ON_GRID
    return step if float(np.mean(on)) > 0.9 else 0.0


def running_median(values: Array, width: int) -> Array:
    """Running median over an odd number of samples; near the ends over the first or last such window."""
    if len(values) < width:
        return np.full(len(values), float(np.median(values)))
    middle = np.median(np.lib.stride_tricks.sliding_window_view(values, width), axis=1)
    return np.pad(middle, width // 2, mode="edge")


def steps_along(values: Array, shortest: int = 25, most: int = 400) -> Array:
    """The step size near each sample, shape (n,): sources change their resolution in flight (100 m to 1000 m).

    Taken over blocks of samples (at least `shortest`, at most `most` blocks); the coarsest of a block and its
    neighbours counts, a block without a change has the step of the one before (the first: of the one after), and one
    whose values have no step that of the whole record. A running median first takes out what was misread; it leaves
    only values that were there.
    """
    values = running_median(values, 5)
    count = max(1, min(len(values) // shortest, most))
    edges = np.linspace(0, len(values), count + 1).astype(np.int64)
    overall = step_size(values)
    sizes = np.zeros(count)
    for place, (first, last) in enumerate(itertools.pairwise(edges.tolist())):
        piece = values[max(first - 1, 0) : last]
        if np.ptp(piece) > 0.0:
            sizes[place] = step_size(piece) or overall
        elif place:
            sizes[place] = sizes[place - 1]
    sizes[: int(np.argmax(sizes > 0.0))] = sizes[int(np.argmax(sizes > 0.0))]  # at rest before it first moved
    padded = np.pad(sizes, 1, mode="edge")
    coarsest = np.max(np.stack((padded[:-2], padded[1:-1], padded[2:])), axis=0)
    return np.repeat(coarsest, np.diff(edges))


def noise_of(values: Array) -> float:
    """1σ of one value, from its second differences (a trend and its bend cancel), at least that of its steps.

    Of values that mostly repeat, whose second differences are mostly 0, only the changes count. Where most of these
    differences are one step or none, rounding explains them all.
    """
    if len(values) < 5:
        return 0.0
    second = values[2:] - 2.0 * values[1:-1] + values[:-2]
    step = step_size(running_median(values, 5))
    if step > 0.0 and float(np.percentile(np.abs(second), ROUNDED)) <= 1.01 * step:
        return step / math.sqrt(12.0)
    spread = robust_sigma(second) or robust_sigma(second[second != 0.0])
    return max(spread / math.sqrt(6.0), step / math.sqrt(12.0))


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

    NaN where fewer than three samples, or samples over less than 0.4 of the width, are at hand.
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
    good = (count >= 3) & (span >= 0.4 * width) & (spread > 0)
    slope = np.full(len(time), np.nan)
    slope[good] = (sty - st * sy / count)[good] / spread[good]
    return slope, count


def parabola(time: Array, value: Array, centre: float) -> tuple[float, float, float]:
    """Value, slope and second derivative at `centre` of a least-squares parabola; of a line under four samples."""
    t = time - centre
    scale = max(float(np.max(np.abs(t))), 1e-9)
    columns = 3 if len(t) >= 4 else min(len(t), 2)
    design = np.vander(t / scale, columns, increasing=True)
    solution = np.linalg.lstsq(design, value, rcond=None)[0] if len(t) < 6 else _solve(design, value)
    slope = float(solution[1]) / scale if columns > 1 else 0.0
    bend = 2.0 * float(solution[2]) / scale**2 if columns > 2 else 0.0
    return float(solution[0]), slope, bend


def _solve(design: Array, value: Array) -> Array:
    """Least squares by normal equations, scaled well enough for them: five times as fast as a decomposition."""
    normal = design.T @ design
    solution: Array = np.linalg.solve(normal + 1e-12 * np.trace(normal) * np.eye(len(normal)), design.T @ value)
    return solution


@dataclass(frozen=True, slots=True)
class Kink:
    """A change of slope: when, and the slopes just before and after."""

    time: float
    before: float
    after: float


def fit_kink(
    time: Array, value: Array, low: float, high: float, *, bend_before: bool, bend_after: bool, tries: int = 121
) -> Kink | None:
    """The time in [low, high] at which a continuous line with one change of slope fits best.

    Least squares; each side may also bend (a burn's acceleration grows as the tank empties). Samples that miss by
    more than 4 robust σ are left out once, if they are FEW. None with fewer than three samples on a side.
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
        fits = np.abs(residual) <= 4.0 * max(robust_sigma(residual), 1e-9) + 1e-9
        if np.mean(~fits) > FEW:  # not stray samples: the model itself is only near to the truth
            break
        keep = fits
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
            best = Kink(float(at), float(solution[1]), float(solution[2]))
    return best


@dataclass(frozen=True, slots=True)
class Coast:
    """Between two rising slopes a piece that does not rise: from `start` to `end` (equal: none), the slopes around it.

    gain: by how many σ² of the misfit this piece lowers the squared error against a plain change of slope.
    """

    start: float
    end: float
    before: float
    after: float
    gain: float


def fit_coast(time: Array, value: Array, low: float, high: float, flattest: float, tries: int = 33) -> Coast | None:
    """The piece within [low, high] that rises by less than `flattest` and fits best between two rising parabolas.

    Least squares over both ends on a grid, once coarsely, then finely around the best. None with fewer than four
    samples to a side, or where nothing of the kind fits.
    """
    if np.sum(time < low) < 4 or np.sum(time > high) < 4:
        return None
    plain = _best_coast(time, value, [(at, at) for at in np.linspace(low, high, 4 * tries).tolist()], flattest)
    grid = np.linspace(low, high, tries)
    best = _best_coast(time, value, [(a, b) for a in grid.tolist() for b in grid.tolist() if a < b], flattest)
    if best is not None:
        fine = np.linspace(grid[0] - grid[1], grid[1] - grid[0], 17)
        pairs = [(a, b) for a in (best.start + fine).tolist() for b in (best.end + fine).tolist() if a < b]
        best = _best_coast(time, value, pairs, flattest) or best
    if best is None or plain is None or plain.gain <= best.gain:
        return plain if plain is None else replace(plain, gain=0.0)
    variance = max(best.gain / max(len(time) - 8, 1), 1e-12)
    return replace(best, gain=(plain.gain - best.gain) / variance)


def _best_coast(time: Array, value: Array, pairs: list[tuple[float, float]], flattest: float) -> Coast | None:
    """The best of the pairs; its squared error stands in `gain`."""
    best: Coast | None = None
    for start, end in pairs:
        before, after = np.minimum(time - start, 0.0), np.maximum(time - end, 0.0)
        between = np.clip(time, start, end) - start
        design = np.stack((np.ones_like(time), before, before**2, after, after**2, between), axis=1)
        solution = np.linalg.solve(design.T @ design + 1e-9 * np.eye(6), design.T @ value)
        if min(solution[1], solution[3]) <= flattest or solution[5] > flattest:
            continue
        error = float(np.sum((value - design @ solution) ** 2))
        if best is None or error < best.gain:
            best = Coast(start, end, float(solution[1]), float(solution[3]), error)
    return best
