"""Small pieces that detectors are made of: all with a fixed amount of memory, all on vehicle time."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """When something began: after `low` (the last sample without it), not after `high` (the first with it)."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return 0.5 * (self.low + self.high)

    def distance(self, other: Span) -> float:
        """Seconds between the two, 0 where they overlap."""
        return max(0.0, self.low - other.high, other.low - self.high)

    def within(self, other: Span) -> Span:
        """What the two have in common; of two that do not overlap this one."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Span(low, high) if low <= high else self


class Change:
    """Accepts a change once samples have contradicted the present state for long enough, and says when it began.

    `update(time, contradicts)` for each sample; True when the change is accepted, which then is the state: the caller
    goes on to test for the opposite. `needed_s` of contradiction must add up, over at least `samples` samples, and a
    gap in the data adds no more than `longest_step_s`, so that lost frames delay a decision and never make one.
    """

    __slots__ = ("_agreed", "_count", "_first", "_held", "_last", "_longest", "span")

    def __init__(self, longest_step_s: float) -> None:
        self._longest = longest_step_s
        self._agreed = math.nan
        self._first = math.nan
        self._last = 0.0
        self._held = 0.0
        self._count = 0
        self.span = Span(0.0, 0.0)
        """When the last accepted change began."""

    @property
    def pending(self) -> bool:
        """Whether samples contradict the present state, not yet for long enough."""
        return self._count > 0

    def update(self, time_s: float, contradicts: bool, needed_s: float, samples: int = 3) -> bool:
        """One sample."""
        if not contradicts:
            self._agreed = time_s
            self._count = 0
            return False
        if self._count == 0:
            self._first, self._held = time_s, 0.0
        else:
            self._held += min(max(time_s - self._last, 0.0), self._longest)
        self._count += 1
        self._last = time_s
        if self._held < needed_s - 1e-4 or self._count < samples:
            return False
        before = self._agreed if self._agreed <= self._first else self._first
        self.span = Span(before, self._first)
        self._agreed, self._count = time_s, 0
        return True


class Crossing:
    """When a signal last went from one side of a level to the other: between the last sample there and the next."""

    __slots__ = ("_there_s", "_waiting", "span")

    def __init__(self) -> None:
        self._there_s = math.nan
        self._waiting = False
        self.span = Span(-math.inf, -math.inf)

    def add(self, time_s: float, there: bool) -> None:
        """One sample: whether it is still on the first side."""
        if there:
            self._there_s, self._waiting = time_s, True
        elif self._waiting:
            self.span, self._waiting = Span(self._there_s, time_s), False


class Dying:
    """A level that falls to a small part of itself within a moment: a cut-off, which no throttle or tail-off is.

    `update(time, value, level)` for each sample; True when the fall has lasted. `span` is then when half was crossed,
    which is where an engine that is shut down counts as out. The moment is one of samples: a gap in it does not count,
    and after one as long as the moment itself nobody knows how it fell.
    """

    __slots__ = (
        "_change", "_fallen_s", "_half", "_hold_s", "_last_s", "_longest", "_part", "_samples", "_within_s", "span",
    )  # fmt: skip

    _HIGH = 0.75
    """Of the level: above, it has not begun to fall."""

    def __init__(self, part: float, within_s: float, hold_s: float, longest_step_s: float, samples: int = 3) -> None:
        self._part = part
        self._within_s = within_s
        self._hold_s = hold_s
        self._samples = samples
        self._change = Change(longest_step_s)
        self._half = Crossing()
        self._longest = longest_step_s
        self._last_s = self._fallen_s = math.inf
        """The last sample, and how long it has been under `_HIGH`, gaps left out."""
        self.span = Span(-math.inf, -math.inf)

    @property
    def pending(self) -> bool:
        """Whether it looks like one, not yet for long enough."""
        return self._change.pending

    def update(self, time_s: float, value: float, level: float) -> bool:
        """One sample; `level` is what the value was before, for long."""
        gap_s, self._last_s = max(time_s - self._last_s, 0.0), time_s
        self._fallen_s += min(gap_s, self._longest) if gap_s < self._within_s else math.inf
        if value > self._HIGH * level:
            self._fallen_s = 0.0
        self._half.add(time_s, value > 0.5 * level)
        low = value < self._part * level and (self._change.pending or self._fallen_s < self._within_s)
        if not self._change.update(time_s, low, self._hold_s, self._samples):
            return False
        self.span = self._half.span
        return True


class Baseline:
    """Running mean and deviation of a signal at rest, forgetting with a time constant of `samples` samples."""

    __slots__ = ("_keep", "_variance", "count", "mean")

    def __init__(self, samples: int) -> None:
        self._keep = samples
        self._variance = 0.0
        self.count = 0
        self.mean = 0.0

    @property
    def deviation(self) -> float:
        return math.sqrt(self._variance)

    def add(self, value: float) -> None:
        """One sample: a plain average at first, then exponential forgetting; five-fold outliers count as five-fold."""
        if self.count < self._keep:
            self.count += 1
        weight = 1.0 / self.count
        step = value - self.mean
        if self.count == self._keep and step * step > 25.0 * self._variance > 0.0:
            step = math.copysign(5.0 * math.sqrt(self._variance), step)
        self.mean += weight * step
        self._variance += weight * (step * step * (1.0 - weight) - self._variance)


class Fall:
    """A sudden fall of a level that otherwise changes slowly, by means over blocks of `BLOCK_S`.

    A fall is found when a block's mean is under `part` of that of `_APART` blocks before, which was above `least`.
    """

    __slots__ = ("_blocks", "_least", "_part", "_quiet", "_sum", "_weight", "after", "before", "span")

    BLOCK_S = 0.05
    _APART = 12
    """Of them 0.6 s: a large engine's thrust takes that long to die away."""

    def __init__(self, part: float, least: float) -> None:
        self._part = part
        self._least = least
        self._blocks: deque[tuple[float, float, float]] = deque(maxlen=self._APART + 1)
        self._sum = 0.0
        self._weight = 0
        self._quiet = 0
        self.span: Span | None = None
        """When the last fall crossed half its height."""
        self.before = self.after = 0.0

    def add(self, time_s: float, value: float) -> bool:
        """One sample; True when a fall has been found."""
        blocks = self._blocks
        if blocks and time_s - blocks[-1][1] < self.BLOCK_S:
            self._sum += value
            self._weight += 1
            return False
        found = self._close(time_s)
        self._sum, self._weight = value, 1
        return found

    def _close(self, time_s: float) -> bool:
        blocks = self._blocks
        if not self._weight:
            blocks.append((time_s, time_s, math.nan))
            return False
        blocks.append((blocks[-1][1], time_s, self._sum / self._weight))
        if self._quiet:
            self._quiet -= 1
            return False
        before, after = blocks[0][2], blocks[-1][2]
        if len(blocks) <= self._APART or not (before > self._least and after < self._part * before):
            return False
        self._quiet = self._APART
        self.before, self.after = before, after
        half = 0.5 * (before + after)
        low, high, _ = next(block for block in blocks if block[2] < half)
        self.span = Span(low, high)
        return True


class Line:
    """A straight line through the newest `size` samples that are not older than `span_s`, by least squares."""

    __slots__ = ("_at", "_size", "_span", "_times", "_values")

    def __init__(self, size: int, span_s: float) -> None:
        self._size = size
        self._span = span_s
        self._times = [-math.inf] * size
        self._values = [0.0] * size
        self._at = 0

    def add(self, time_s: float, value: float) -> None:
        """One sample."""
        self._times[self._at], self._values[self._at] = time_s, value
        self._at = (self._at + 1) % self._size

    def fit(self, now_s: float) -> tuple[float, float, float] | None:
        """Value now, slope a second and the standard error of the value; None with fewer than four samples.

        The error is that of the fit's own residuals.
        """
        chosen = [
            (time - now_s, value)
            for time, value in zip(self._times, self._values, strict=True)
            if now_s - self._span <= time <= now_s + 1e-9
        ]
        count = len(chosen)
        if count < 4:
            return None
        mean_t = sum(t for t, _ in chosen) / count
        mean_v = sum(v for _, v in chosen) / count
        spread = sum((t - mean_t) ** 2 for t, _ in chosen)
        if spread <= 0.0:
            return None
        slope = sum((t - mean_t) * (v - mean_v) for t, v in chosen) / spread
        rest = sum((v - mean_v - slope * (t - mean_t)) ** 2 for t, v in chosen)
        error = math.sqrt(rest / (count - 2) * (1.0 / count + mean_t * mean_t / spread))
        return mean_v - slope * mean_t, slope, error


class Peak:
    """The time of a smooth curve's maximum: means over whole seconds, then a parabola through those around the top.

    `add` answers with the time of the peak once, when the curve has fallen under `drop` of its top and had risen from
    under `bottom` of it; after a higher second hump it answers anew. Keeps `_KEPT` seconds.
    """

    __slots__ = (
        "_bottom",
        "_drop",
        "_lowest",
        "_risen",
        "_sum",
        "_sum_t",
        "_told",
        "_top",
        "_weight",
        "blocks",
        "least",
    )

    _KEPT = 64
    _EITHER_SIDE = 4
    _WHOLE_S = 3.0

    def __init__(self, least: float, drop: float, bottom: float) -> None:
        self.least = least
        self._drop = drop
        self._bottom = bottom
        self.blocks: list[tuple[float, float]] = []
        self._sum = self._sum_t = 0.0
        self._weight = 0
        self._top = 0.0
        self._told = 0.0
        self._lowest = math.inf
        self._risen = False

    def add(self, time_s: float, value: float) -> float | None:
        """One sample."""
        if self._weight and time_s - self._sum_t / self._weight > 0.5:
            found = self._close()
            self._sum, self._sum_t, self._weight = value, time_s, 1
            return found
        self._sum += value
        self._sum_t += time_s
        self._weight += 1
        return None

    def _close(self) -> float | None:
        time_s, value = self._sum_t / self._weight, self._sum / self._weight
        self.blocks.append((time_s, value))
        del self.blocks[: -self._KEPT]
        self._lowest = min(self._lowest, value)
        if value > self._top:
            self._top = value
            self._risen = value > self.least and self._lowest < self._bottom * value
        if not self._risen or value > self._drop * self._top or self._top <= self._told:
            return None
        self._told = self._top
        top = max(range(len(self.blocks)), key=lambda index: self.blocks[index][1])
        near = [at for at, _ in self.blocks[max(0, top - self._EITHER_SIDE) : top + self._EITHER_SIDE + 1]]
        # Beside a hole in the data the greatest that was seen need not be the greatest.
        return None if any(b - a > self._WHOLE_S for a, b in pairwise(near)) else self._vertex(top)

    def _vertex(self, top: int) -> float:
        near = self.blocks[max(0, top - self._EITHER_SIDE) : top + self._EITHER_SIDE + 1]
        centre, height = self.blocks[top]
        return centre + _vertex_of([(t - centre, v / height) for t, v in near])


def _vertex_of(points: list[tuple[float, float]]) -> float:
    """Abscissa of a least-squares parabola's top; 0 where the points have none within their range."""
    s0, s1, s2, s3, s4 = (sum(t**power for t, _ in points) for power in range(5))
    b0, b1, b2 = (sum(v * t**power for t, v in points) for power in range(3))
    # Cramer's rule for [s4 s3 s2; s3 s2 s1; s2 s1 s0] (a, b, c) = (b2, b1, b0)
    base = s4 * (s2 * s0 - s1 * s1) - s3 * (s3 * s0 - s1 * s2) + s2 * (s3 * s1 - s2 * s2)
    if len(points) < 4 or base == 0.0:
        return 0.0
    a = (b2 * (s2 * s0 - s1 * s1) - s3 * (b1 * s0 - s1 * b0) + s2 * (b1 * s1 - s2 * b0)) / base
    b = (s4 * (b1 * s0 - b0 * s1) - b2 * (s3 * s0 - s1 * s2) + s2 * (s3 * b0 - s2 * b1)) / base
    if a >= 0.0:
        return 0.0
    top = -b / (2.0 * a)
    return top if points[0][0] <= top <= points[-1][0] else 0.0
