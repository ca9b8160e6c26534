"""Taking damage out of a recorded channel: misread values, frozen values, and jumps from one source to another.

Everything here knows physics only as a bound: how fast a value can change at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ground.detect.recorded.fitting import Array, Mask, noise_of, running_median, step_size, steps_along

Indices = NDArray[np.int64]

WINDOW, MISREAD = 10, 3  # samples, and how many of them may be misread of those that rest
LONGEST_MISREADING = 10.0  # s; assumed: a reader that errs for longer cannot be told from another source
LONGEST_STEP = 3.0  # s; assumed: over a longer gap a stalled source cannot be told from one that moved on
LONGEST_BRIDGE = 15.0  # s; assumed: over a longer gap neither speed nor thrust can be carried on


@dataclass(frozen=True, slots=True)
class Frozen:
    """A span in which a channel repeated one value although it cannot have stood still."""

    start: float
    end: float
    value: float


def spikes(time: Array, values: Array, sudden: float) -> Mask:
    """Samples that stand out from a line through their six neighbours by more than noise and steps explain.

    sudden: how far a true value may stand off that line, U: what the sharpest bend does within one sample, so that a
    cut-off sampled at 1 Hz is no spike. Beside a gap nothing is called a spike.
    """
    if len(values) < 7:
        return np.zeros(len(values), dtype=np.bool_)
    spacing = np.maximum(np.diff(time), 1e-9)
    slope = running_median(np.diff(values) / spacing, 7)
    slope = np.append(slope, slope[-1])
    expected = [
        values[3 + off : len(values) - 3 + off] + slope[3:-3] * (time[3:-3] - time[3 + off : len(values) - 3 + off])
        for off in (-3, -2, -1, 1, 2, 3)
    ]
    away = np.pad(np.abs(values[3:-3] - np.median(np.stack(expected), axis=0)), 3)
    across_a_gap = np.pad(time[6:] - time[:-6] > max(10.0 * float(np.median(spacing)), 0.5), 3)
    allowed = 8.0 * noise_of(values) + 3.0 * steps_along(values) + sudden
    found: Mask = (away > allowed) & ~across_a_gap
    return found


def runs_without_jumps(time: Array, values: Array, reach: Array | float, slack: Array) -> list[Indices]:
    """Indices of each stretch whose values can be one thing moving; what fits to no stretch is left out.

    A step from sample i to j is possible if |Δvalue| ≤ reach_i Δt + slack_j. Short stretches (under LONGEST_MISREADING)
    between two that fit to each other are misreadings; other stretches under 1 s or four samples are left out too.
    """
    if len(time) == 0:
        return []
    bound = np.broadcast_to(np.asarray(reach, dtype=np.float64), time.shape)
    possible = np.abs(np.diff(values)) <= bound[:-1] * np.diff(time) + slack[1:]
    pieces: list[Indices] = [
        piece.astype(np.int64) for piece in np.split(np.arange(len(time)), np.flatnonzero(~possible) + 1)
    ]

    def fits(first: Indices, second: Indices) -> bool:
        i, j = first[-1], second[0]
        return bool(abs(values[j] - values[i]) <= bound[i] * (time[j] - time[i]) + slack[j])

    def short(piece: Indices) -> bool:
        return bool(time[piece[-1]] - time[piece[0]] <= LONGEST_MISREADING)

    stack: list[Indices] = []
    for fresh in pieces:
        piece = fresh
        for back in range(2, min(len(stack), 10) + 1):
            between = stack[-back + 1 :]
            if not all(short(other) for other in between):
                break
            if fits(stack[-back], piece) and time[piece[0]] - time[stack[-back][-1]] <= 2.0 * LONGEST_MISREADING:
                piece = np.concatenate((stack[-back], piece))
                del stack[-back:]
                break
        stack.append(piece)
    return [piece for piece in stack if len(piece) >= 4 and time[piece[-1]] - time[piece[0]] >= 1.0]


def repeats(values: Array) -> tuple[Indices, Indices]:
    """First and last index of every run of equal values."""
    starts = np.flatnonzero(np.concatenate(([True], np.diff(values) != 0)))
    return starts.astype(np.int64), np.append(starts[1:] - 1, len(values) - 1).astype(np.int64)


def _rests(values: Array) -> list[tuple[int, int]]:
    """Runs of equal values, joined over up to MISREAD others between two of WINDOW or more of the same value."""
    joined: list[tuple[int, int]] = []
    for begin, last in zip(*(ends.tolist() for ends in repeats(values)), strict=True):
        first = begin
        before = joined[-MISREAD - 1 :] if last - begin >= WINDOW else []
        for back, (earlier, end) in enumerate(reversed(before), start=1):
            if end < begin - MISREAD - 1:
                break
            if end - earlier >= WINDOW and values[earlier] == values[begin]:
                del joined[-back:]
                first = earlier
                break
        joined.append((first, last))
    return joined


def hold_interval(time: Array, values: Array) -> float:
    """How long the source shows one value before the next, s: more than the sample spacing for sample-and-hold feeds.

    Judged where the values move by more than thirty steps in ten repeats (a steadily moving value that is only rounded
    moves by ten); 0 where they never do.
    """
    starts, _ = repeats(values)
    if len(starts) < 30:
        return 0.0
    steps = np.maximum(steps_along(values), 1e-9)
    moved = np.abs(values[starts[10:]] - values[starts[:-10]])
    lasted = time[starts[10:]] - time[starts[:-10]]
    busy = np.flatnonzero((moved > 30.0 * steps[starts[10:]]) & (lasted < LONGEST_BRIDGE))
    if len(busy) < 30:
        return 0.0
    held: Array = time[starts[busy + 1]] - time[starts[busy]]
    return float(np.median(held))


def frozen_spans(time: Array, values: Array) -> list[Frozen]:
    """Spans in which a moving value stood still and then jumped no further than it can have moved meanwhile.

    It must have been moving before, by five steps and eight σ if it had gone on; the jump must exceed the same, and
    be less than twice what the faster slope, before or after, makes of the span, but no part of the motion that
    follows. A source that stalls and catches up does that.
    """
    if len(time) < 10:
        return []
    least = 5.0 * np.maximum(steps_along(values), 1e-9) + 8.0 * noise_of(values)
    usual = max(hold_interval(time, values), float(np.median(np.diff(time))))
    found = []
    for first, last in _rests(values):
        held = float(time[last] - time[first])
        if held < max(1.0, 4.0 * usual) or last + 1 >= len(time):
            continue
        if time[last + 1] - time[last] > LONGEST_STEP:  # what happened in a gap cannot be told
            continue
        jump = abs(float(np.median(values[last + 1 : last + 6]) - values[last]))  # one misread value is no end of it
        before = abs(_slope(time, values, float(time[first]) - 3.0, float(time[first])))
        after = abs(_slope(time, values, float(time[last + 1]), float(time[last + 1]) + 3.0))
        sudden = jump > 3.0 * after * float(time[last + 1] - time[last])
        if sudden and min(jump, before * held) > least[last] and jump < 2.0 * max(before, after) * held:
            found.append(Frozen(float(time[first]), float(time[last]), float(values[first])))
    return found


def stopped_dead(time: Array, values: Array, hardest: float) -> Frozen | None:
    """The last run of equal values, if coming to rest within one step would have taken more than `hardest` U/s².

    For altitude: a rocket that climbs at 500 m/s is not at rest 1000 m further up.
    """
    starts, ends = repeats(values)
    first, last = int(starts[-1]), int(ends[-1])
    held = float(time[last] - time[first])
    before = _slope(time, values, float(time[first]) - 5.0, float(time[first]))
    step = max(step_size(values[max(first - 50, 0) : last + 1]), 1e-9)
    if held >= 2.0 and abs(before) * held > 5.0 * step and before**2 / (2.0 * step) > hardest:
        return Frozen(float(time[first]), float(time[last]), float(values[first]))
    return None


def last_rest(values: Array) -> int:
    """The first index from which the values rest at their last value to the end, but for a few in WINDOW misread."""
    resting = values == np.median(values[-min(len(values), 15) :])
    if not resting[-5:].any():
        return len(values) - 1
    if len(values) < WINDOW:
        return int(np.argmax(resting))
    count = np.convolve(resting, np.ones(WINDOW, dtype=np.int64), mode="valid")  # count[i]: of values[i : i + WINDOW]
    moving = np.flatnonzero(count < WINDOW - MISREAD)
    start = int(moving[-1]) + 1 if len(moving) else 0
    return start + int(np.argmax(resting[start:]))


def _slope(time: Array, values: Array, low: float, high: float) -> float:
    chosen = (time >= low) & (time <= high)
    if chosen.sum() < 3 or np.ptp(time[chosen]) <= 0:
        return 0.0
    return float(np.polyfit(time[chosen] - low, values[chosen], 1)[0])
