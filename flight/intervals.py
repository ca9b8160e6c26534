"""What few flights say about many: exact intervals of a proportion and of a rate, and percentiles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Interval(NamedTuple):
    """From `low` to `high`."""

    low: float
    high: float


def clopper_pearson(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """The exact interval of a proportion, for at least one trial.

    C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial,
    Biometrika 26, 1934: the proportions at which as few, or as many, have half of what the confidence leaves.
    """
    tail = 0.5 * (1.0 - confidence)
    low = _proportion(lambda p: at_most(trials - successes, trials, 1.0 - p) < tail) if successes > 0 else 0.0
    high = _proportion(lambda p: at_most(successes, trials, p) > tail) if successes < trials else 1.0
    return Interval(low, high)


def garwood(count: int, confidence: float = 0.95) -> Interval:
    """The exact interval of the mean of what comes at random, from how often it came.

    F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28, 1936: the means at which as few, or as
    many, have half of what the confidence leaves.
    """
    tail = 0.5 * (1.0 - confidence)
    most = 2.0 * count + 20.0
    low = most * _proportion(lambda p: 1.0 - _at_most_of_mean(count - 1, most * p) < tail) if count else 0.0
    high = most * _proportion(lambda p: _at_most_of_mean(count, most * p) > tail)
    return Interval(low, high)


def _at_most_of_mean(count: int, mean: float) -> float:
    """The Poisson probability of at most so many."""
    if mean <= 0.0:
        return 1.0
    log = math.log(mean)
    return math.fsum(math.exp(n * log - mean - math.lgamma(n + 1)) for n in range(count + 1))


def at_most(successes: int, trials: int, proportion: float) -> float:
    """The binomial probability of at most so many successes."""
    if proportion <= 0.0:
        return 1.0
    if proportion >= 1.0:
        return float(successes >= trials)
    hit, miss = math.log(proportion), math.log1p(-proportion)
    ways = [math.lgamma(trials + 1) - math.lgamma(n + 1) - math.lgamma(trials - n + 1) for n in range(successes + 1)]
    return math.fsum(math.exp(way + n * hit + (trials - n) * miss) for n, way in enumerate(ways))


def percentile(rising: Sequence[float], part: float) -> float:
    """The value below which that part of the sorted values lies, straight between neighbours; 0 is the first."""
    place = part * (len(rising) - 1)
    below = math.floor(place)
    above = min(below + 1, len(rising) - 1)
    return rising[below] + (place - below) * (rising[above] - rising[below])


def _proportion(too_small: Callable[[float], bool]) -> float:
    """Where a condition that holds from 0 on ends, by bisection to the last bits."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if too_small(middle) else (low, middle)
    return 0.5 * (low + high)
