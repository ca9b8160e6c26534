"""Orbits against textbook examples, impact points against a fall computed step by step."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flight.geodesy import J2, ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, horizon, to_ecef, to_geodetic
from ground.conic import MU
from ground.orbit import impact, inertial_orbit, orbit

VALLADO = ((6524.834e3, 6862.875e3, 6448.296e3), (4901.327, 5533.756, -1976.341))
"""Vallado, Fundamentals of Astrodynamics and Applications, 4th edition, example 2-5."""
CURTIS = ((-6045e3, -3490e3, 2500e3), (-3457.0, 6618.0, 2533.0))
"""Curtis, Orbital Mechanics for Engineering Students, 3rd edition, example 4.3."""


@pytest.mark.parametrize(
    ("state", "perigee_radius_m", "apogee_radius_m", "inclination_deg", "eccentricity"),
    [
        # p = 11067.790 km and e = 0.832853 give the radii.
        (VALLADO, 11067.790e3 / 1.832853, 11067.790e3 / 0.167147, 87.870, 0.832853),
        (CURTIS, 7284e3, 10290e3, 153.2, 0.1712),
    ],
)
def test_elements_of_textbook_orbits(
    state: tuple[Vector, Vector],
    perigee_radius_m: float,
    apogee_radius_m: float,
    inclination_deg: float,
    eccentricity: float,
) -> None:
    found = inertial_orbit(*state)
    assert found.perigee_m + SEMI_MAJOR_AXIS == pytest.approx(perigee_radius_m, rel=2e-4)
    assert found.apogee_m + SEMI_MAJOR_AXIS == pytest.approx(apogee_radius_m, rel=5e-4)
    assert found.inclination_deg == pytest.approx(inclination_deg, abs=0.05)
    assert found.eccentricity == pytest.approx(eccentricity, abs=5e-5)


def test_heights_are_above_the_equatorial_radius_and_the_earths_turning_counts() -> None:
    radius = SEMI_MAJOR_AXIS + 300e3
    circular = math.sqrt(MU / radius)
    found = orbit((radius, 0.0, 0.0), (0.0, circular - ROTATION_RATE * radius, 0.0))
    assert found.perigee_m == pytest.approx(300e3, abs=1.0)
    assert found.apogee_m == pytest.approx(300e3, abs=1.0)
    assert found.inclination_deg == pytest.approx(0.0, abs=1e-9)


def test_an_open_orbit_has_no_apogee() -> None:
    assert math.isinf(inertial_orbit((7e6, 0.0, 0.0), (0.0, 12e3, 0.0)).apogee_m)


def test_there_is_no_orbit_through_the_centre() -> None:
    with pytest.raises(ValueError, match="centre"):
        inertial_orbit((0.0, 0.0, 0.0), (1.0, 0.0, 0.0))


def state(latitude_deg: float, height: float, east: float, north: float, up: float) -> tuple[Vector, Vector]:
    latitude, longitude = math.radians(latitude_deg), math.radians(100.0)
    axes = horizon(latitude, longitude)
    velocity = [east * e + north * n + up * u for e, n, u in zip(axes.east, axes.north, axes.up, strict=True)]
    return to_ecef(latitude, longitude, height), (velocity[0], velocity[1], velocity[2])


def vector(parts: Iterable[float]) -> Vector:
    x, y, z = parts
    return x, y, z


def fallen(position: Vector, velocity: Vector) -> tuple[Vector, float]:
    """Where a body under an oblate Earth (J2) meets the ellipsoid, Earth-fixed, and when: velocity Verlet, 0.1 s."""

    def pull(p: Vector) -> Vector:
        x, y, z = p
        radius = math.hypot(x, y, z)
        factor, polar = -MU / radius**3, 5.0 * (z / radius) ** 2
        bulge = 1.5 * J2 * (SEMI_MAJOR_AXIS / radius) ** 2
        across = factor * (1.0 + bulge * (1.0 - polar))
        return across * x, across * y, factor * (1.0 + bulge * (3.0 - polar)) * z

    def fixed(p: Vector, t: float) -> Vector:
        c, s = math.cos(ROTATION_RATE * t), math.sin(ROTATION_RATE * t)
        return c * p[0] + s * p[1], c * p[1] - s * p[0], p[2]

    step, t, p = 0.1, 0.0, position
    v = (velocity[0] - ROTATION_RATE * p[1], velocity[1] + ROTATION_RATE * p[0], velocity[2])
    a, above = pull(p), to_geodetic(*position).height
    while True:
        q = vector(x + u * step + 0.5 * w * step * step for x, u, w in zip(p, v, a, strict=True))
        b = pull(q)
        v = vector(u + 0.5 * (w + z) * step for u, w, z in zip(v, a, b, strict=True))
        below = to_geodetic(*q).height
        if below <= 0.0:
            part = above / (above - below)
            t += part * step
            return fixed(vector(x + part * (y - x) for x, y in zip(p, q, strict=True)), t), t
        p, a, above, t = q, b, below, t + step


@settings(max_examples=12, deadline=None)
@given(
    latitude_deg=st.floats(-80.0, 80.0),
    height=st.floats(1e3, 4e5),
    east=st.floats(-3e3, 5e3),
    north=st.floats(-4e3, 4e3),
    up=st.floats(-1500.0, 1500.0),
)
def test_impact_point_is_where_a_body_falls(
    latitude_deg: float, height: float, east: float, north: float, up: float
) -> None:
    position, velocity = state(latitude_deg, height, east, north, up)
    found = impact(position, velocity)
    place, fall_s = fallen(position, velocity)
    assert found is not None
    assert found.fall_s == pytest.approx(fall_s, rel=2e-4, abs=0.05)
    predicted = to_ecef(math.radians(found.latitude_deg), math.radians(found.longitude_deg), 0.0)
    # 0.3 % of the range is asked for; a steep fall, whose end no angle magnifies, is within a tenth of that.
    steep = math.hypot(east, north) < 4.0 * math.sqrt(max(0.0, up) ** 2 + 2.0 * 9.0 * height)
    assert math.dist(predicted, place) < (3e-4 if steep else 3e-3) * math.dist(position, place) + 5.0


@pytest.mark.parametrize("east", [6500.0, 6800.0, 7000.0, 7200.0])
def test_nearly_in_orbit_the_impact_point_still_holds_to_three_parts_in_a_thousand(east: float) -> None:
    position, velocity = state(40.0, 250e3, east, -500.0, 100.0)
    found = impact(position, velocity)
    place, fall_s = fallen(position, velocity)
    assert found is not None
    predicted = to_ecef(math.radians(found.latitude_deg), math.radians(found.longitude_deg), 0.0)
    assert math.dist(predicted, place) < 3e-3 * math.dist(position, place)
    assert found.fall_s == pytest.approx(fall_s, rel=3e-3)


def test_the_impact_point_vanishes_when_the_perigee_leaves_the_earth() -> None:
    assert impact(*state(0.0, 300e3, 7000.0, 0.0, 0.0)) is not None
    assert impact(*state(0.0, 300e3, 7300.0, 0.0, 0.0)) is None
    assert impact(*state(0.0, 300e3, 12e3, 0.0, 0.0)) is None


def test_on_the_ground_the_impact_point_is_here() -> None:
    found = impact(*state(41.0, -5.0, 0.0, 0.0, -100.0))
    assert found == pytest.approx((41.0, 100.0, 0.0), abs=1e-6)
