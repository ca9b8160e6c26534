"""Navigation: alignment, strapdown, satellite aiding, and what it does with measurements that cannot be."""

import math
from typing import Any

import pytest

from flight import geodesy
from flight.computer import navigation
from flight.computer.maths import rotate
from flight.computer.records import Computer, Navigation
from flight.onboard import zeroed
from tests.flight.computer.desk import computer, sensors

LATITUDE, LONGITUDE, AZIMUTH = math.radians(40.96), math.radians(100.29), math.radians(104.3)


def aligned(time_s: float = 0.0) -> Computer:
    state = computer()
    navigation.align(state.navigation, state.guidance, state.plan, time_s)
    return state


def position(n: Navigation) -> tuple[float, float, float]:
    return n.position_x, n.position_y, n.position_z


def velocity(n: Navigation) -> tuple[float, float, float]:
    return n.velocity_x, n.velocity_y, n.velocity_z


def attitude(n: Navigation) -> tuple[float, float, float, float]:
    return n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z


def test_constants_are_those_of_the_ellipsoid() -> None:
    assert navigation.EQUATORIAL_RADIUS == geodesy.SEMI_MAJOR_AXIS
    assert navigation.EARTH_RATE == geodesy.ROTATION_RATE
    assert navigation.GRAVITATIONAL_PARAMETER == geodesy.GRAVITATIONAL_PARAMETER
    assert pytest.approx(geodesy.ECCENTRICITY_SQUARED, rel=1e-14) == navigation.ECCENTRICITY_SQUARED
    assert pytest.approx(1.5 * geodesy.J2, rel=1e-14) == navigation.OBLATENESS


@pytest.mark.parametrize("time_s", [0.0, 10.0, 3600.0])
def test_alignment_stands_on_the_site(time_s: float) -> None:
    n = aligned(time_s).navigation
    place = geodesy.to_ecef(LATITUDE, LONGITUDE, 1000.0)
    assert geodesy.to_earth_fixed(position(n), time_s) == pytest.approx(place, abs=1e-6)
    assert math.hypot(*velocity(n)) == pytest.approx(geodesy.ROTATION_RATE * math.hypot(*place[:2]))
    north, east, up = geodesy.horizon(LATITUDE, LONGITUDE)
    ahead = [math.cos(AZIMUTH) * a + math.sin(AZIMUTH) * b for a, b in zip(north, east, strict=True)]
    x_axis = geodesy.to_earth_fixed(rotate(*attitude(n), 1.0, 0.0, 0.0), time_s)
    z_axis = geodesy.to_earth_fixed(rotate(*attitude(n), 0.0, 0.0, 1.0), time_s)
    assert x_axis == pytest.approx(up, abs=1e-12)
    assert z_axis == pytest.approx(ahead, abs=1e-12)


def test_gravity_on_equator_and_pole() -> None:
    """Normal gravity of WGS 84 (TR8350.2, table 3.4) plus the Earth's turning; J4 and up, left out, are 0.2 mm/s2."""
    on_equator = navigation.gravity(6378137.0, 0.0, 0.0)[0]
    assert -on_equator - geodesy.ROTATION_RATE**2 * 6378137.0 == pytest.approx(9.7803253359, abs=3e-4)
    assert -navigation.gravity(0.0, 0.0, 6356752.3142)[2] == pytest.approx(9.8321849378, abs=3e-4)


def test_gravity_has_no_centre() -> None:
    assert navigation.gravity(0.0, 0.0, 0.0) == (0.0, 0.0, 0.0)


def test_strapdown_stays_on_the_pad() -> None:
    """A minute of perfect measurements at rest: in body axes the pad's force and the Earth's rate never change."""
    n = aligned().navigation
    w, x, y, z = attitude(n)
    px, py, _ = position(n)
    gx, gy, gz = navigation.gravity(*position(n))
    rate = geodesy.ROTATION_RATE
    n.force_x, n.force_y, n.force_z = rotate(w, -x, -y, -z, -(rate**2) * px - gx, -(rate**2) * py - gy, -gz)
    n.rate_x, n.rate_y, n.rate_z = rotate(w, -x, -y, -z, 0.0, 0.0, rate)
    for _ in range(6000):
        navigation.propagate(n, navigation.STEP_S)
    there = aligned(60.0).navigation
    assert position(n) == pytest.approx(position(there), abs=0.01)
    assert velocity(n) == pytest.approx(velocity(there), abs=1e-3)
    assert attitude(n) == pytest.approx(attitude(there), abs=1e-9)


def circling() -> Navigation:
    """A circular equatorial orbit at 400 km, falling freely."""
    n = zeroed(Navigation)
    n.attitude_w = 1.0
    n.position_x = 6778137.0
    n.velocity_y = math.sqrt(-navigation.gravity(n.position_x, 0.0, 0.0)[0] * n.position_x)
    return n


def test_free_fall_follows_the_circle() -> None:
    n = circling()
    for _ in range(10000):
        navigation.propagate(n, navigation.STEP_S)
    assert math.hypot(*position(n)) == pytest.approx(6778137.0, abs=0.05)


@pytest.mark.parametrize("speed", [7000.0, 7600.0, 7668.0, 7700.0, 9000.0])
def test_perigee_height(speed: float) -> None:
    """Vis-viva at an apsis (Bate, Mueller and White, equation 1.5-3): the other apsis is at 2a - r."""
    n = circling()
    n.velocity_y = speed
    radius = 6778137.0
    other = 2.0 / (2.0 / radius - speed**2 / geodesy.GRAVITATIONAL_PARAMETER) - radius
    assert navigation.perigee_height(n) == pytest.approx(min(radius, other) - 6378137.0, abs=1.0)


def test_path_that_does_not_return_has_no_perigee() -> None:
    n = circling()
    n.velocity_y = 11000.0
    assert navigation.perigee_height(n) == -6378137.0


def test_measurements_that_cannot_be_are_not_taken() -> None:
    n = zeroed(Navigation)
    navigation.measure(n, sensors(specific_force_x=12.0, specific_force_y=-1.0, rate_y=0.5))
    navigation.measure(n, sensors(specific_force_x=math.nan, specific_force_y=1e9, rate_y=math.inf, rate_z=-0.25))
    assert (n.force_x, n.force_y, n.rate_y, n.rate_z) == (12.0, -1.0, 0.5, -0.25)


def fix_at(n: Navigation, time_s: float, away_m: float, faster: float = 0.0) -> dict[str, Any]:
    """A satellite solution that is off the navigation solution by so much along the inertial x axis."""
    px, py, pz = position(n)
    vx, vy, vz = velocity(n)
    px, vx = px + away_m, vx + faster
    place = geodesy.to_earth_fixed((px, py, pz), time_s)
    speed = geodesy.to_earth_fixed((vx + geodesy.ROTATION_RATE * py, vy - geodesy.ROTATION_RATE * px, vz), time_s)
    names = [f"gnss_{kind}_{axis}" for kind in ("position", "velocity") for axis in "xyz"]
    return dict(zip(names, (*place, *speed), strict=True))


def test_fix_draws_the_solution() -> None:
    n = circling()
    before = n.position_x
    navigation.aid(n, sensors(**fix_at(n, 100.0, 50.0, 2.0)), 100.0)
    assert n.position_x - before == pytest.approx(navigation.POSITION_GAIN * 50.0)
    assert n.velocity_x == pytest.approx(navigation.VELOCITY_GAIN * 2.0)


def test_fix_out_of_reach_is_refused_until_it_insists() -> None:
    n = circling()
    before = n.position_x
    far = sensors(**fix_at(n, 0.0, 5000.0))
    for _ in range(navigation.REJECTIONS - 1):
        navigation.aid(n, far, 0.0)
    assert n.position_x == before
    navigation.aid(n, far, 0.0)
    assert n.position_x == pytest.approx(before + 5000.0)
    assert n.rejected == 0


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e30])
def test_fix_that_is_no_number_is_refused_for_ever(bad: float) -> None:
    n = circling()
    for _ in range(50):
        navigation.aid(n, sensors(gnss_position_x=bad), 0.0)
    assert position(n) == (6778137.0, 0.0, 0.0)
