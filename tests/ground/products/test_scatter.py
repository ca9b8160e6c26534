"""The impact ellipse against falls from states drawn at random; the shortfall against a fall through the air."""

from __future__ import annotations

import math
import random

import pytest

from flight.geodesy import ROTATION_RATE, Vector, dot, horizon, less, to_geodetic
from ground.air import density
from ground.conic import MU
from ground.orbit import landfall
from ground.products.scatter import impact_ellipse, shortfall
from tests.ground.test_orbit import state


def drawn(rng: random.Random, mean: Vector, deviation: float) -> Vector:
    x, y, z = mean
    return rng.gauss(x, deviation), rng.gauss(y, deviation), rng.gauss(z, deviation)


ASCENT = [
    pytest.param(state(40.0, 30e3, 900.0, -300.0, 700.0), id="first stage"),
    pytest.param(state(40.0, 140e3, 3800.0, -1000.0, 1500.0), id="coast"),
    pytest.param(state(20.0, 300e3, 6200.0, -3000.0, 50.0), id="nearly in orbit"),
]


@pytest.mark.parametrize("flown", ASCENT)
@pytest.mark.parametrize(("place_m", "speed_m_s"), [(5.0, 0.1), (200.0, 3.0)])
def test_the_ellipse_is_the_scatter_of_falls_from_wrong_states(
    flown: tuple[Vector, Vector], place_m: float, speed_m_s: float
) -> None:
    position, velocity = flown
    found = impact_ellipse(position, velocity, place_m, speed_m_s)
    meant = landfall(position, velocity)
    assert found is not None
    assert meant is not None
    place = to_geodetic(*meant[0])
    axes = horizon(place.latitude, place.longitude)
    rng, major, minor = random.Random(1), 0.0, 0.0
    azimuth, count = math.radians(found.azimuth_deg), 1500
    for _ in range(count):
        wrong = landfall(drawn(rng, position, place_m), drawn(rng, velocity, speed_m_s))
        assert wrong is not None
        shift = less(wrong[0], meant[0])
        north, east = dot(shift, axes.north), dot(shift, axes.east)
        major += (north * math.cos(azimuth) + east * math.sin(azimuth)) ** 2
        minor += (east * math.cos(azimuth) - north * math.sin(azimuth)) ** 2
    # Standard deviations of 1,500 falls are known to 1.8 %.
    assert found.major_m == pytest.approx(math.sqrt(major / count), rel=0.07)
    assert found.minor_m == pytest.approx(math.sqrt(minor / count), rel=0.07)


def fallen_through_air(position: Vector, velocity: Vector, ballistic_kg_m2: float) -> Vector:
    """Where a body that the air brakes comes down: Earth-fixed axes with their apparent forces, midpoint, 0.05 s."""

    def pull(p: Vector, v: Vector) -> Vector:
        radius = math.sqrt(dot(p, p))
        gravity = -MU / radius**3
        brake = 0.5 * density(to_geodetic(*p).height) * math.sqrt(dot(v, v)) / ballistic_kg_m2
        turn = ROTATION_RATE**2
        return (
            (gravity + turn) * p[0] + 2.0 * ROTATION_RATE * v[1] - brake * v[0],
            (gravity + turn) * p[1] - 2.0 * ROTATION_RATE * v[0] - brake * v[1],
            gravity * p[2] - brake * v[2],
        )

    def moved(a: Vector, b: Vector, step: float) -> Vector:
        return a[0] + step * b[0], a[1] + step * b[1], a[2] + step * b[2]

    p, v, step = position, velocity, 0.25
    while to_geodetic(*p).height > 0.0:
        middle = moved(v, pull(p, v), 0.5 * step)
        p, v = moved(p, middle, step), moved(v, pull(moved(p, v, 0.5 * step), middle), step)
    return p


@pytest.mark.parametrize(
    ("flown", "ballistic_kg_m2"),
    [
        (state(40.0, 30e3, 900.0, -300.0, 700.0), 1000.0),
        (state(40.0, 30e3, 900.0, -300.0, 700.0), 10_000.0),
        (state(40.0, 60e3, 1900.0, -500.0, 900.0), 1000.0),
        (state(40.0, 140e3, 3800.0, -1000.0, 500.0), 1000.0),
    ],
)
def test_the_shortfall_is_what_the_air_takes(flown: tuple[Vector, Vector], ballistic_kg_m2: float) -> None:
    position, velocity = flown
    vacuum = landfall(position, velocity)
    assert vacuum is not None
    braked = fallen_through_air(position, velocity, ballistic_kg_m2)
    # It is one part of an uncertainty: a fifth is near enough.
    assert shortfall(position, velocity, ballistic_kg_m2) == pytest.approx(
        math.dist(vacuum[0], braked), rel=0.2, abs=60.0
    )


def test_the_air_lengthens_the_ellipse_along_the_track() -> None:
    position, velocity = state(40.0, 30e3, 900.0, 0.0, 700.0)
    bare = impact_ellipse(position, velocity, 5.0, 0.1)
    aired = impact_ellipse(position, velocity, 5.0, 0.1, 30e3)
    assert bare is not None
    assert aired is not None
    assert aired.major_m == pytest.approx(30e3 / math.sqrt(3.0), rel=0.01)
    assert aired.azimuth_deg == pytest.approx(90.0, abs=3.0)
    assert aired.minor_m == pytest.approx(bare.minor_m, rel=0.2)


def test_in_orbit_there_is_no_ellipse() -> None:
    position, velocity = state(0.0, 300e3, 7300.0, 0.0, 0.0)
    assert impact_ellipse(position, velocity, 5.0, 0.1) is None
    assert shortfall(position, velocity) == 0.0
