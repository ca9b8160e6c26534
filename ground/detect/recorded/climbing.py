"""How fast an altitude climbs that is written in steps, and how sure that is."""

from __future__ import annotations

import math

import numpy as np

from ground.detect.recorded.cleaning import LONGEST_BRIDGE, LONGEST_STEP, repeats
from ground.detect.recorded.fitting import Array, noise_of, parabola, thin

GRAVITY = 9.80665  # m/s²
FINEST = 0.05  # s: denser samples are averaged into bins of this; an onset is still found to a part of it
FASTEST_CLIMB, TYPICAL_CLIMB = 1e4, 100.0  # m/s, where no speed is recorded
WINDOWS = (1.0, 2.0, 4.0, 8.0, 12.0, 20.0)  # s, over which the climb rate is fitted


def climb_of(
    time: Array, speed: Array, altitude_time: Array, altitude: Array, steps: Array
) -> tuple[Array, Array, Array, Array]:
    """Altitude, its step, climb rate and its worst error at each time, by parabolas over short windows.

    The window is the shortest of WINDOWS whose climb error, as a part of the speed, is under 0.02: that is 0.2 m/s² in
    the part of gravity along the path. A step's worst error is step / window, noise's 3σ √(12/n) / window.
    """
    noise = noise_of(altitude)
    steps = _with_rests(altitude_time, altitude, steps)
    altitude_time, altitude, steps = thin(altitude_time, FINEST, altitude, steps)
    spacing = 0.5 if altitude_time[-1] - altitude_time[0] > 60.0 else 0.1
    grid = np.arange(time[0], time[-1] + spacing, spacing)
    pace = np.interp(grid, time, speed)
    rows = []
    reach = np.array([10.0, *(0.5 * width for width in WINDOWS)])[:, None] + 1e-9
    firsts, lasts = np.searchsorted(altitude_time, grid - reach), np.searchsorted(altitude_time, grid + reach)
    for place, (at, fast) in enumerate(zip(grid.tolist(), pace.tolist(), strict=True)):
        chosen: tuple[int, int, float] | None = None
        step = float(np.max(steps[firsts[0, place] : lasts[0, place]], initial=0.0))
        for number, width in enumerate(WINDOWS, start=1):
            first, last = int(firsts[number, place]), int(lasts[number, place])
            if last - first < 3 or altitude_time[last - 1] - altitude_time[first] < 0.5 * width:
                continue
            error = max(step, 3.0 * noise * math.sqrt(12.0 / (last - first))) / width
            middle = 0.5 * (altitude_time[first] + altitude_time[last - 1])
            error *= 1.0 + 6.0 * abs(middle - at) / width  # a parabola's slope is four times less sure at its end
            chosen = first, last, error
            if error <= max(0.02 * fast, 0.5):
                break
        row = (np.nan, np.nan, np.nan, np.nan)
        if chosen is not None:
            first, last, error = chosen
            level, slope, _ = parabola(altitude_time[first:last], altitude[first:last], at)
            row = (level, step, slope, error)
        rows.append(row)
    table = np.array(rows)
    known = np.isfinite(table[:, 0])
    if known.sum() < 2:
        unknown = np.full(len(time), np.nan)
        return unknown, unknown, unknown, unknown
    inside = (time >= grid[known][0] - 1.0) & (time <= grid[known][-1] + 1.0)
    nearest = np.abs(grid[known][np.clip(np.searchsorted(grid[known], time), 0, known.sum() - 1)] - time)
    near = inside & (nearest <= LONGEST_BRIDGE)
    columns = [np.where(near, np.interp(time, grid[known], table[known, place]), np.nan) for place in range(4)]
    return columns[0], columns[1], columns[2], columns[3]


def _with_rests(time: Array, altitude: Array, steps: Array) -> Array:
    """Steps along the altitude, larger where it rests for longer than its climb before lets it within one step.

    A source that begins to write coarser steps in flight shows a single value for a while. Against the climb rate
    before, gravity alone slows it (a rest that begins faster than a parachute lets anything fall is no landing).
    """
    coarser = steps.copy()
    for first, last in zip(*repeats(altitude), strict=True):
        lasted = float(time[last] - time[first])
        if lasted < LONGEST_STEP or first < 3:
            continue
        before = np.searchsorted(time, time[first] - 5.0)
        rate = float(altitude[first] - altitude[before]) / max(float(time[first] - time[before]), 1e-6)
        moved = rate * lasted - 0.5 * GRAVITY * lasted**2
        if rate > TYPICAL_CLIMB and moved > steps[first]:
            near = (time >= time[first] - 10.0) & (time <= time[last] + 10.0)
            coarser[near] = np.maximum(coarser[near], moved)
    return coarser
