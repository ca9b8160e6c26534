"""The slosh pendulum: its frequency, its damping, and its force."""

import math

import pytest

from sim.parts import Slosh
from sim.slosh import MOST_M, Pendulum

SPEC = Slosh(mass_part=0.1, frequency_hz=0.5, damping=0.02, hinge_m=8.0)
DT = 0.01


def swings(pendulum: Pendulum, axial: float, seconds: float) -> list[float]:
    """Its way in y at each step, left alone."""
    ways = []
    for _ in range(round(seconds / DT)):
        pendulum.swing(axial, 0.0, 0.0, DT)
        ways.append(pendulum.y)
    return ways


@pytest.mark.parametrize(("axial", "period_s"), [(9.80665, 2.0), (4.0 * 9.80665, 1.0)])
def test_frequency_goes_with_the_root_of_the_axial_force(axial: float, period_s: float) -> None:
    pendulum = Pendulum(SPEC)
    pendulum.y = 0.05
    ways = swings(pendulum, axial, 4.0 * period_s)
    falls = [step for step in range(1, len(ways)) if ways[step - 1] > 0.0 >= ways[step]]
    assert (falls[2] - falls[0]) * DT == pytest.approx(2.0 * period_s, rel=0.02)


@pytest.mark.parametrize(("growth", "after"), [(0.0, -0.02), (0.05, 0.03)])
def test_swings_die_out_or_grow_as_damping_has_it(growth: float, after: float) -> None:
    """Logarithmic decrement: 2 pi x damping a period."""
    pendulum = Pendulum(SPEC)
    pendulum.y, pendulum.growth = 0.02, growth
    ways = swings(pendulum, 9.80665, 10.0)
    first, last = max(ways[150:250]), max(ways[750:850])
    assert math.log(last / first) == pytest.approx(3.0 * 2.0 * math.pi * after, rel=0.1)


def test_steady_side_force_is_balanced_by_the_displaced_mass() -> None:
    """At rest in its new place the spring holds the slosh mass against it: force on it = the side force."""
    pendulum = Pendulum(Slosh(0.1, 0.5, 0.3, 8.0))
    for _ in range(3000):
        force = pendulum.swing(9.80665, 0.2, -0.1, DT)
    assert force == pytest.approx((-0.2, 0.1), rel=1e-3)
    assert pendulum.y == pytest.approx(-0.2 / (math.pi**2), rel=1e-3)


def test_nothing_swings_where_nothing_weighs_and_the_wall_stops_it() -> None:
    pendulum = Pendulum(SPEC)
    assert pendulum.swing(0.0, 5.0, 5.0, DT) == (0.0, 0.0)
    for _ in range(500):
        pendulum.swing(1.0, 50.0, 0.0, DT)
    assert abs(pendulum.y) <= MOST_M
