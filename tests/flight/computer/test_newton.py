"""The loop's Newton step, against numpy's least-squares solution of minimum norm."""

import math
import random

import numpy as np
import pytest

from flight.computer import newton
from flight.computer.newton import ASKED, UNKNOWNS
from flight.computer.shooting_records import Shooting
from flight.onboard import zeroed


def shot_out(seed: int, mode: int = newton.COAST) -> tuple[Shooting, list[list[float]], list[float]]:
    """A cycle whose shots had these slopes (per scale) and these misses."""
    draw = random.Random(seed)
    shooting = zeroed(Shooting)
    shooting.mode, shooting.left_s, shooting.weaves, shooting.waste = mode, 60.0, True, 0.1
    slopes = [[draw.uniform(-2.0, 2.0) for _ in range(UNKNOWNS)] for _ in range(ASKED)]
    misses = [draw.uniform(-1.0, 1.0) for _ in range(ASKED)]
    for row in range(ASKED):
        shooting.misses[row].value = misses[row]
        for column in range(UNKNOWNS):
            shot = misses[row] + newton.DIFFERENCE * slopes[row][column]
            shooting.misses[ASKED * (column + 1) + row].value = shot
    return shooting, slopes, misses


def changes(shooting: Shooting) -> list[float]:
    return [newton.change(shooting, column) / newton.scale(shooting, column) for column in range(UNKNOWNS)]


def smallest(slopes: list[list[float]], misses: list[float], columns: list[int], rows: list[int]) -> list[float]:
    matrix = np.array([[slopes[row][column] for column in columns] for row in rows])
    found = np.linalg.lstsq(matrix, -np.array([misses[row] for row in rows]), rcond=None)[0]
    change = [0.0] * UNKNOWNS
    for column, value in zip(columns, found, strict=True):
        change[column] = max(-newton.REACH, min(newton.REACH, float(value)))
    return change


@pytest.mark.parametrize("seed", range(20))
def test_change_is_the_smallest_that_meets_the_target(seed: int) -> None:
    shooting, slopes, misses = shot_out(seed)
    newton.equate(shooting, False)
    assert newton.eliminate(shooting)
    assert changes(shooting) == pytest.approx(smallest(slopes, misses, [0, 1, 2, 3, 4], [0, 1, 2, 3]), abs=1e-6)


@pytest.mark.parametrize(
    ("mode", "left_s", "weaves", "columns", "rows"),
    [
        (newton.LOWER, 60.0, True, [0, 2, 3, 4], [0, 1, 2, 3]),
        (newton.UPPER, 60.0, True, [1, 2, 3, 4], [0, 1, 2, 3]),
        (newton.UPPER, 30.0, False, [1, 2, 4], [0, 1, 3]),
        (newton.UPPER, 10.0, False, [1, 2, 4], [1, 3]),
    ],
)
def test_each_part_of_the_flight_has_its_unknowns(
    mode: int, left_s: float, weaves: bool, columns: list[int], rows: list[int]
) -> None:
    shooting, slopes, misses = shot_out(7, mode)
    shooting.left_s, shooting.weaves = left_s, weaves
    newton.equate(shooting, False)
    assert newton.eliminate(shooting)
    assert changes(shooting) == pytest.approx(smallest(slopes, misses, columns, rows), abs=1e-6)


def test_when_nothing_is_left_to_waste_the_rest_is_still_met() -> None:
    shooting, slopes, misses = shot_out(3)
    ends = shooting.waste / newton.WASTE_SCALE
    left = [miss - slopes[row][newton.WASTE] * ends for row, miss in enumerate(misses)]
    newton.equate(shooting, True)
    assert newton.eliminate(shooting)
    wanted = smallest(slopes, left, [0, 1, 2, 4], [0, 1, 3])
    found = changes(shooting)
    assert [found[column] for column in (0, 1, 2, 4)] == pytest.approx([wanted[c] for c in (0, 1, 2, 4)], abs=1e-6)


@pytest.mark.parametrize("spoilt", [math.nan, math.inf, 1e300])
def test_what_is_no_number_has_no_solution(spoilt: float) -> None:
    shooting, _, _ = shot_out(1)
    shooting.misses[6].value = spoilt
    newton.equate(shooting, False)
    assert not newton.eliminate(shooting)


def test_slopes_that_say_nothing_have_no_solution() -> None:
    shooting, _, misses = shot_out(1)
    for column in range(UNKNOWNS):
        for row in range(ASKED):
            shooting.misses[ASKED * (column + 1) + row].value = misses[row]
    newton.equate(shooting, False)
    assert not newton.eliminate(shooting)
