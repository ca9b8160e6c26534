"""A few linear equations, of any size."""

import random

import pytest

from flight.geodesy import cross
from sim.planning.vectors import dot, solved, unit


@pytest.mark.parametrize("size", [1, 2, 4])
def test_linear_equations(size: int) -> None:
    draw = random.Random(size)
    matrix = [[draw.uniform(-1.0, 1.0) for _ in range(size)] for _ in range(size)]
    matrix[0][0] = 0.0 if size > 1 else 2.0
    wanted = [float(k + 1) for k in range(size)]
    right = [sum(a * b for a, b in zip(row, wanted, strict=True)) for row in matrix]
    assert solved(matrix, right) == pytest.approx(wanted)


def test_products() -> None:
    one, other = (1.0, 2.0, 3.0), (-4.0, 0.5, 2.0)
    across = cross(one, other)
    assert dot(across, one) == dot(across, other) == 0.0
    assert dot(unit(one), unit(one)) == pytest.approx(1.0)
