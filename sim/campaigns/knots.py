"""Which of many equally spaced points are enough: between those that stay, straight lines give the others back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[numpy.float64]


def knots(places: Floats, columns: Sequence[Floats], allowed: Sequence[Floats], longest: int) -> NDArray[numpy.int64]:
    """Indices of the points to keep, the first and the last among them, no two more than `longest` points apart.

    `places` are the points' abscissae, rising; of each column a straight line between two kept points errs by at most
    the column's `allowed` at every point between them. Greedy: from each kept point the furthest that will do.
    """
    kept, count = [0], len(places)
    while kept[-1] < count - 1:
        here, there = kept[-1], min(kept[-1] + 1, count - 1)
        for candidate in range(there + 1, min(here + longest, count - 1) + 1):
            if not _straight(places, columns, allowed, here, candidate):
                break
            there = candidate
        kept.append(there)
    return numpy.array(kept)


def _straight(
    places: Floats, columns: Sequence[Floats], allowed: Sequence[Floats], here: int, there: int
) -> numpy.bool_ | bool:
    inner = slice(here + 1, there)
    part = (places[inner] - places[here]) / (places[there] - places[here])
    return all(
        numpy.all(numpy.abs(column[inner] - column[here] - part * (column[there] - column[here])) <= most[inner])
        for column, most in zip(columns, allowed, strict=True)
    )
