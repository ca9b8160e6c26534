"""Gravitation, heights and orbits against published figures and against each other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.geodesy import GRAVITATIONAL_PARAMETER, ROTATION_RATE, SEMI_MAJOR_AXIS, to_ecef
from sim.earth import gravitation, height, inclination, orbit_heights, potential

PLACE = st.tuples(*[st.floats(-2e7, 2e7)] * 3).filter(lambda p: math.hypot(*p) > 6.3e6)


def test_normal_gravity_on_equator_and_pole() -> None:
    """TR8350.2, table 3.4: 9.7803253359 and 9.8321849378 m/s2; J4 and higher, left out here, are 0.2 mm/s2."""
    equator = -gravitation(SEMI_MAJOR_AXIS, 0.0, 0.0)[0] - ROTATION_RATE**2 * SEMI_MAJOR_AXIS
    assert equator == pytest.approx(9.7803253359, abs=3e-4)
    assert gravitation(0.0, 0.0, -6356752.3142)[2] == pytest.approx(9.8321849378, abs=3e-4)


@given(PLACE)
def test_gravitation_is_the_slope_of_the_potential(place: tuple[float, float, float]) -> None:
    step = 50.0
    for axis in range(3):
        ahead, behind = list(place), list(place)
        ahead[axis] += step
        behind[axis] -= step
        slope = (potential(*ahead) - potential(*behind)) / (2.0 * step)
        assert gravitation(*place)[axis] == pytest.approx(-slope, abs=1e-7)


@given(st.floats(-math.pi / 2, math.pi / 2), st.floats(-math.pi, math.pi))
def test_height_is_zero_on_the_ellipsoid(latitude: float, longitude: float) -> None:
    assert height(*to_ecef(latitude, longitude, 0.0)) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("latitude_deg", range(-90, 91, 15))
@pytest.mark.parametrize("high", [10e3, 100e3, 330e3])
def test_height_along_the_radius_is_nearly_geodetic(latitude_deg: float, high: float) -> None:
    assert height(*to_ecef(math.radians(latitude_deg), 1.0, high)) == pytest.approx(high, abs=2.0)


def test_orbit_heights_of_an_ellipse() -> None:
    """200 by 1000 km: vis-viva at the perigee, Bate, Mueller and White, 1.6."""
    low, high = SEMI_MAJOR_AXIS + 200e3, SEMI_MAJOR_AXIS + 1000e3
    speed = math.sqrt(GRAVITATIONAL_PARAMETER * (2.0 / low - 2.0 / (low + high)))
    assert orbit_heights((low, 0.0, 0.0), (0.0, speed * 0.6, speed * 0.8)) == pytest.approx((200e3, 1000e3))


def test_path_that_does_not_return() -> None:
    perigee, apogee = orbit_heights((7e6, 0.0, 0.0), (0.0, 11000.0, 0.0))
    assert perigee == pytest.approx(7e6 - SEMI_MAJOR_AXIS)
    assert apogee == math.inf


@pytest.mark.parametrize("degrees", [0.0, 42.8, 90.0, 96.8, 180.0])
def test_inclination(degrees: float) -> None:
    angle = math.radians(degrees)
    velocity = (0.0, 7700.0 * math.cos(angle), 7700.0 * math.sin(angle))
    assert math.degrees(inclination((6.7e6, 0.0, 0.0), velocity)) == pytest.approx(degrees)
