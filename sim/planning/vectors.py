"""Three-vectors as tuples, and a few linear equations, for the planner."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flight.geodesy import Vector


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """Inner product, of any length."""
    return sum(x * y for x, y in zip(a, b, strict=True))


def unit(a: Vector) -> Vector:
    """The same direction, of length 1."""
    scale = 1.0 / math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])
    return a[0] * scale, a[1] * scale, a[2] * scale


def solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution of a few linear equations: elimination, the largest pivot first."""
    rows = [[*row, last] for row, last in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        rest = rows[place:]
        rest.sort(key=lambda row: -abs(row[place]))
        rows[place:] = rest
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other, row in enumerate(rows):
            if other != place:
                rows[other] = [a - row[place] * b for a, b in zip(row, rows[place], strict=True)]
    return [row[-1] for row in rows]
