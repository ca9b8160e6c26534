"""Check cases of six-degree-of-freedom motion whose answers are known without a simulator.

After cases 1 and 2 of NASA/TM-2015-218675 (Verification Check-Cases for Six-Degree-of-Freedom Flight Vehicle
Simulations): a body dropped without drag over the turning Earth, and a brick that tumbles without torque. The report's
own tables of results were not at hand; what stands in their place is a closed form, and an integrator of another family
(Dormand and Prince, order 8) on equations written in another way.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from flight.geodesy import GRAVITATIONAL_PARAMETER, J2, ROTATION_RATE, SEMI_MAJOR_AXIS, to_earth_fixed
from sim.aerodynamics import Shape
from sim.body import Actions, advance

STEP_S = 0.01
BRICK = 0.00256821, 0.00842101, 0.00975465
"""Moments of inertia, kg m2: those of the report's brick (0.00189422, 0.00621102, 0.00719467 slug ft2)."""


def still(inertia: tuple[float, float, float]) -> Actions:
    """Nothing pushes, and the air meets nothing."""
    shape = Shape(1.0, 1.0, 1.0, (0.0, 1.0), (0.0, 0.0), (0.0, 0.0), (0.5, 0.5), 0.0, 0.5, 0.0)
    return Actions(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, *inertia, 0.5, shape)


def after(seconds: float, state: tuple[float, ...], actions: Actions) -> tuple[float, ...]:
    for _ in range(round(seconds / STEP_S)):
        state = advance(state, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), actions, STEP_S).state
    return state


@pytest.mark.parametrize("seconds", [1.0, 10.0, 30.0])
def test_the_tumbling_brick_turns_as_jacobi_s_elliptic_functions_say(seconds: float) -> None:
    """L. D. Landau and E. M. Lifshitz, Mechanics, section 37: the asymmetric top, from where it does not yaw."""
    special: Any = pytest.importorskip("scipy.special", reason="SciPy is not installed")
    one, two, three = BRICK
    rate_1, rate_3 = math.radians(10.0), math.radians(30.0)
    energy, momentum = one * rate_1**2 + three * rate_3**2, (one * rate_1) ** 2 + (three * rate_3) ** 2
    assert momentum > energy * two
    first, second = energy * three - momentum, momentum - energy * one
    pace = math.sqrt((three - two) * second / (one * two * three))
    sn, cn, dn, _ = special.ellipj(seconds * pace, (two - one) * first / ((three - two) * second))
    expected = (
        math.sqrt(first / (one * (three - one))) * cn,
        math.sqrt(first / (two * (three - two))) * sn,
        math.sqrt(second / (three * (three - one))) * dn,
    )
    start = (7.0e6, 0.0, 0.0, 0.0, 7.5e3, 0.0, 1.0, 0.0, 0.0, 0.0, rate_1, 0.0, rate_3)
    assert after(seconds, start, still(BRICK))[10:] == pytest.approx(expected, abs=1e-10)


def test_the_dropped_body_falls_as_another_integrator_says_and_drifts_east() -> None:
    integrate: Any = pytest.importorskip("scipy.integrate", reason="SciPy is not installed")
    high, seconds = 9144.0, 30.0
    radius = SEMI_MAJOR_AXIS + high
    start = (radius, 0.0, 0.0, 0.0, ROTATION_RATE * radius, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    def slope(_: float, y: Any) -> list[float]:
        """From radial and northward gravity at a geocentric latitude, not from components as ours is."""
        distance = math.sqrt(y[0] ** 2 + y[1] ** 2 + y[2] ** 2)
        across = math.hypot(y[0], y[1])
        sine, cosine = y[2] / distance, across / distance
        bulge = J2 * (SEMI_MAJOR_AXIS / distance) ** 2
        down = GRAVITATIONAL_PARAMETER / distance**2 * (1.0 - 1.5 * bulge * (3.0 * sine**2 - 1.0))
        north = -3.0 * GRAVITATIONAL_PARAMETER / distance**2 * bulge * sine * cosine
        outward = -down * cosine - north * sine
        return [y[3], y[4], y[5], outward * y[0] / across, outward * y[1] / across, -down * sine + north * cosine]

    for begin in (start, (*start[:2], 1.0e6, *start[3:])):
        solved = integrate.solve_ivp(slope, (0.0, seconds), begin[:6], method="DOP853", rtol=1e-13, atol=1e-9)
        found = after(seconds, begin, still(BRICK))
        assert found[:3] == pytest.approx(solved.y[:3, -1], abs=1e-5)
        assert found[3:6] == pytest.approx(solved.y[3:, -1], abs=1e-8)
    px, py, pz = after(seconds, start, still(BRICK))[:3]
    x, y, _ = to_earth_fixed((px, py, pz), seconds)
    gravity = (radius - x) * 2.0 / seconds**2
    assert gravity == pytest.approx(9.7803 - 3.086e-6 * high, rel=3e-4)  # GRS 80 at the equator, free-air gradient
    # The eastward drift of a body that falls from rest on the equator: a third of rate x gravity x time^3.
    assert y == pytest.approx(ROTATION_RATE * gravity * seconds**3 / 3.0, rel=2e-3)
