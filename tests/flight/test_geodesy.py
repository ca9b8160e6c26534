"""WGS 84 conversions against published figures, and there and back again."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.geodesy import (
    ROTATION_RATE,
    SEMI_MAJOR_AXIS,
    SEMI_MINOR_AXIS,
    horizon,
    to_earth_fixed,
    to_ecef,
    to_geodetic,
    to_inertial,
)

LATITUDE = st.floats(-math.pi / 2, math.pi / 2)
LONGITUDE = st.floats(-math.pi, math.pi)


def test_published_example() -> None:
    """IOGP Guidance Note 7-2, 4.1.1: 53 48 33.820 N, 2 07 46.380 E, 73.0 m on WGS 84."""
    latitude = math.radians(53 + 48 / 60 + 33.820 / 3600)
    longitude = math.radians(2 + 7 / 60 + 46.380 / 3600)
    assert to_ecef(latitude, longitude, 73.0) == pytest.approx((3771793.968, 140253.342, 5124304.349), abs=2e-3)
    back = to_geodetic(3771793.968, 140253.342, 5124304.349)
    assert back.latitude == pytest.approx(latitude, abs=1e-9)
    assert back.longitude == pytest.approx(longitude, abs=1e-9)
    assert back.height == pytest.approx(73.0, abs=2e-3)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((0.0, 0.0, 0.0), (SEMI_MAJOR_AXIS, 0.0, 0.0)),
        ((0.0, math.pi / 2, 100.0), (0.0, SEMI_MAJOR_AXIS + 100.0, 0.0)),
        ((math.pi / 2, 0.0, 0.0), (0.0, 0.0, SEMI_MINOR_AXIS)),
        ((-math.pi / 2, 0.0, -50.0), (0.0, 0.0, -SEMI_MINOR_AXIS + 50.0)),
    ],
)
def test_equator_and_poles(place: tuple[float, float, float], expected: tuple[float, float, float]) -> None:
    assert to_ecef(*place) == pytest.approx(expected, abs=1e-8)
    assert to_geodetic(*expected).height == pytest.approx(place[2], abs=1e-8)
    assert to_geodetic(*expected).latitude == pytest.approx(place[0], abs=1e-12)


def test_semi_minor_axis_is_the_published_one() -> None:
    """TR8350.2, table 3.3."""
    assert pytest.approx(6356752.3142, abs=1e-4) == SEMI_MINOR_AXIS


def test_centre_of_the_earth_has_a_place_too() -> None:
    assert to_geodetic(0.0, 0.0, 0.0).height == -SEMI_MAJOR_AXIS


@given(LATITUDE, LONGITUDE, st.floats(-10e3, 36e6))
def test_there_and_back(latitude: float, longitude: float, height: float) -> None:
    back = to_geodetic(*to_ecef(latitude, longitude, height))
    assert back.height == pytest.approx(height, abs=1e-6)
    assert back.latitude == pytest.approx(latitude, abs=1e-12)
    if abs(latitude) < 1.57:
        assert math.remainder(back.longitude - longitude, math.tau) == pytest.approx(0.0, abs=1e-9)


@given(LATITUDE, LONGITUDE)
def test_horizon_is_a_right_handed_frame(latitude: float, longitude: float) -> None:
    north, east, up = horizon(latitude, longitude)
    for axis, other in ((north, east), (east, up), (up, north)):
        assert sum(a * a for a in axis) == pytest.approx(1.0)
        assert sum(a * b for a, b in zip(axis, other, strict=True)) == pytest.approx(0.0, abs=1e-15)
    crossed = (
        north[1] * east[2] - north[2] * east[1],
        north[2] * east[0] - north[0] * east[2],
        north[0] * east[1] - north[1] * east[0],
    )
    assert crossed == pytest.approx([-u for u in up])


def test_up_leads_higher() -> None:
    place = to_ecef(0.7, 1.5, 0.0)
    up = horizon(0.7, 1.5).up
    higher = to_geodetic(*(p + 1000.0 * u for p, u in zip(place, up, strict=True)))
    assert higher.height == pytest.approx(1000.0, abs=1e-6)
    assert higher.latitude == pytest.approx(0.7, abs=1e-12)


def test_inertial_frame_is_left_behind_eastwards() -> None:
    """After a quarter of a sidereal day what was on the x axis is on the inertial y axis."""
    quarter = math.pi / 2 / ROTATION_RATE
    assert to_inertial((1.0, 0.0, 2.0), quarter) == pytest.approx((0.0, 1.0, 2.0))
    assert to_earth_fixed(to_inertial((3.0, 4.0, 5.0), 1234.5), 1234.5) == pytest.approx((3.0, 4.0, 5.0))
