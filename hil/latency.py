"""Round-trip times: percentiles, jitter, a histogram, and how many missed their deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST = 1_000_000
"""Times kept, almost three hours of flight; later ones are counted only against the deadline."""
EDGES_MS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 20.0, 50.0)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Milliseconds; `jitter_ms` is the mean difference between one round trip and the next."""

    steps: int
    missed: int
    total_s: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    jitter_ms: float
    histogram: tuple[tuple[float, int], ...]
    """Upper edge and count; the last edge is infinite."""


class Latency:
    """Takes one round trip after the other."""

    def __init__(self) -> None:
        self.steps = 0
        self.missed = 0
        self.total_s = 0.0
        self._seconds: list[float] = []

    def add(self, seconds: float, deadline_s: float) -> None:
        """One round trip, however long it took."""
        self.steps += 1
        self.total_s += seconds
        self.missed += seconds > deadline_s
        if len(self._seconds) < MOST:
            self._seconds.append(seconds)

    def statistics(self) -> Statistics | None:
        """None before the first."""
        if not self._seconds:
            return None
        times = [1e3 * seconds for seconds in self._seconds]
        ordered = sorted(times)
        jitter = sum(abs(after - before) for before, after in pairwise(times)) / max(1, len(times) - 1)
        return Statistics(
            self.steps,
            self.missed,
            self.total_s,
            percentile(ordered, 0.5),
            percentile(ordered, 0.99),
            ordered[-1],
            jitter,
            _histogram(ordered),
        )


def percentile(ordered: Sequence[float], part: float) -> float:
    """The nearest-rank percentile of sorted values."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def _histogram(times: Sequence[float]) -> tuple[tuple[float, int], ...]:
    counts = [0] * (len(EDGES_MS) + 1)
    for time in times:
        counts[sum(time > edge for edge in EDGES_MS)] += 1
    return tuple(zip((*EDGES_MS, float("inf")), counts, strict=True))
