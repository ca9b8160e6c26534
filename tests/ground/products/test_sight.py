"""Where to point, and until when: circles by hand, everything else against steps of a second."""

from __future__ import annotations

import math

import pytest

from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, blend, horizon, to_ecef, to_geodetic
from ground.conic import MU, Conic, inertial, turned
from ground.products.sight import Station, look, passing
from tests.ground.test_orbit import state

EQUATOR = Station.at(0.0, 100.0, 0.0, mask_deg=3.0)


@pytest.mark.parametrize(
    ("north_m", "east_m", "up_m", "elevation_deg", "azimuth_deg"),
    [
        (0.0, 0.0, 500e3, 90.0, None),
        (10e3, 0.0, 0.0, 0.0, 0.0),
        (0.0, 10e3, 10e3, 45.0, 90.0),
        (-10e3, 0.0, 10e3, 45.0, 180.0),
        (0.0, -3e3, -1e3, -18.435, 270.0),
    ],
)
def test_angles(north_m: float, east_m: float, up_m: float, elevation_deg: float, azimuth_deg: float | None) -> None:
    latitude, longitude = math.radians(40.0), math.radians(100.0)
    axes, base = horizon(latitude, longitude), to_ecef(latitude, longitude, 1000.0)
    place = [b + north_m * n + east_m * e + up_m * u for b, n, e, u in zip(base, *axes, strict=True)]
    found = look(Station.at(40.0, 100.0, 1000.0), (place[0], place[1], place[2]), (0.0, 0.0, 0.0))
    assert found.elevation_deg == pytest.approx(elevation_deg, abs=1e-3)
    assert found.range_m == pytest.approx(math.hypot(north_m, east_m, up_m))
    if azimuth_deg is not None and found.azimuth_deg is not None:
        assert (found.azimuth_deg - azimuth_deg + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-3)


def test_the_range_rate_is_away_from_the_antenna() -> None:
    position, _ = state(40.0, 301e3, 0.0, 0.0, 0.0)
    up = horizon(math.radians(40.0), math.radians(100.0)).up
    velocity = (7.0 * up[0], 7.0 * up[1], 7.0 * up[2])
    assert look(Station.at(40.0, 100.0, 1000.0), position, velocity).range_rate_m_s == pytest.approx(7.0)


def test_beside_the_antenna_there_are_no_angles_and_the_vehicle_is_seen() -> None:
    position, velocity = state(40.0, 990.0, 0.0, 0.0, 0.0)
    found = look(Station.at(40.0, 100.0, 1000.0), position, velocity)
    assert (found.elevation_deg, found.azimuth_deg, found.visible) == (None, None, True)


def test_a_circle_over_the_equator_is_lost_and_gained_when_geometry_says() -> None:
    """Earth-centred angle at which the elevation is the mask: cos(angle + mask) = R cos(mask) / (R + h)."""
    radius = SEMI_MAJOR_AXIS + 500e3
    pace = math.sqrt(MU / radius**3) - ROTATION_RATE
    mask = math.radians(3.0)
    angle = math.acos(SEMI_MAJOR_AXIS * math.cos(mask) / radius) - mask
    longitude = math.radians(100.0)
    position = (radius * math.cos(longitude), radius * math.sin(longitude), 0.0)
    speed = pace * radius
    velocity = (-speed * math.sin(longitude), speed * math.cos(longitude), 0.0)
    found = passing(EQUATOR, position, velocity)
    assert found.lost_s == pytest.approx(angle / pace, abs=0.5)
    assert found.gained_s == pytest.approx((2.0 * math.pi - angle) / pace, abs=1.0)


def stepped(station: Station, position: Vector, velocity: Vector) -> tuple[int | None, int | None]:
    """Loss and gain by looking at every second."""
    conic, lost, angle = Conic(position, velocity), None, 0.0
    for second in range(12_000):
        while conic.seconds(angle) < second:
            angle += 1e-4
        place, _ = conic.at(angle)
        if to_geodetic(*place).height < 0.0:
            return lost, None
        if lost is None and not station.sees(place):
            lost = second
        elif lost is not None and station.sees(place):
            return lost, second
    return lost, None


@pytest.mark.parametrize(
    "flown",
    [
        pytest.param(state(41.5, 200e3, 3000.0, -500.0, 900.0), id="falls beyond the horizon"),
        pytest.param(state(41.5, 250e3, 7300.0, -2000.0, 100.0), id="into orbit"),
        pytest.param(state(40.1, 120e3, 20.0, 300.0, 900.0), id="nearly straight up"),
    ],
)
def test_loss_and_gain_are_those_of_the_orbit(flown: tuple[Vector, Vector]) -> None:
    station = Station.at(40.0, 100.0, 1000.0)
    found = passing(station, *flown)
    for value, expected in zip((found.lost_s, found.gained_s), stepped(station, *flown), strict=True):
        assert value == (None if expected is None else pytest.approx(expected, abs=2.0))


def test_the_burn_is_flown_before_the_orbit_is_followed() -> None:
    position, velocity = state(40.5, 150e3, 3500.0, -500.0, 800.0)
    station = Station.at(40.0, 100.0, 1000.0)
    size = math.sqrt(sum(v * v for v in velocity))
    thrust = (25.0 * velocity[0] / size, 25.0 * velocity[1] / size, 25.0 * velocity[2] / size)
    p, v, step = position, inertial(position, velocity), 0.01
    for _ in range(6000):
        pull = -MU / math.hypot(*p) ** 3
        v = blend(1.0, v, step, blend(pull, p, 1.0, thrust))
        p = blend(1.0, p, step, v)
    end, moving = turned(p, 60.0), turned(v, 60.0)
    after = (moving[0] + ROTATION_RATE * end[1], moving[1] - ROTATION_RATE * end[0], moving[2])
    rest = passing(station, end, after)
    assert rest.lost_s is not None
    found = passing(station, position, velocity, thrust, 60.0)
    assert found.lost_s == pytest.approx(60.0 + rest.lost_s, rel=0.02)
    assert found.lost_s != pytest.approx(passing(station, position, velocity).lost_s, rel=0.05)


def test_what_is_not_seen_is_lost_now() -> None:
    far = Station.at(-40.0, -80.0, 0.0)
    found = passing(far, *state(40.0, 200e3, 3000.0, 0.0, 100.0))
    assert (found.lost_s, found.gained_s) == (0.0, None)


def test_on_the_pad_nothing_is_predicted() -> None:
    found = passing(Station.at(40.0, 100.0, 1000.0), *state(40.0, 1000.0, 0.0, 0.0, 0.0))
    assert found.gained_s is None
