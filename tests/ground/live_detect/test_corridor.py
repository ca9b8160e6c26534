"""The impact point beside its path: distances on great circles, ends of the path, paths that stand or race."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from flight.geodesy import Vector, horizon, to_ecef
from ground.detect.corridor import Corridor
from ground.products import Products, compute
from ground.profile import Profile, parse
from tests.ground.live_detect.test_envelope import profile_text

KILOMETRE_DEG = math.degrees(1e3 / 6.371e6)


def state(latitude_deg: float, longitude_deg: float, height: float, east: float, up: float) -> tuple[Vector, Vector]:
    """Position and Earth-relative velocity."""
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    axes = horizon(latitude, longitude)
    velocity = [east * e + up * u for e, u in zip(axes.east, axes.up, strict=True)]
    return to_ecef(latitude, longitude, height), (velocity[0], velocity[1], velocity[2])


def profile(states: list[tuple[Vector, Vector]], step_s: float = 10.0, wide_from_s: float = math.inf) -> Profile:
    times = tuple(step_s * (place + 1) for place in range(len(states)))
    return replace(
        parse(profile_text(), "toy"), times=times, states=tuple(states), half_width=50e3, wide_half_width=100e3,
        wide_from_s=wide_from_s,
    )  # fmt: skip


def ascent(acceleration: float = 9.0, step_s: float = 10.0) -> list[tuple[Vector, Vector]]:
    """Five minutes to the east along the equator at constant acceleration, climbing at 300 m/s."""
    times = [step_s * n for n in range(1, round(300.0 / step_s) + 1)]
    return [
        state(0.0, math.degrees(0.5 * acceleration * t * t / 6.4e6), 300.0 * t, acceleration * t, 300.0) for t in times
    ]


def at(latitude_deg: float, longitude_deg: float) -> Products:
    """Products with the impact point there."""
    made = compute(0.0, *state(0.0, 1.0, 1e4, 100.0, 100.0))
    return replace(made, impact_latitude_deg=latitude_deg, impact_longitude_deg=longitude_deg)


@pytest.mark.parametrize(
    ("beside_km", "place", "margin_km"),
    [(0.0, "inside", 50.0), (39.0, "inside", 11.0), (41.0, "near the edge", 9.0), (51.0, "outside", -1.0)],
)
@pytest.mark.parametrize("longitude_deg", [1.0, 2.345, 5.0])
def test_what_counts_is_how_far_beside_the_path(
    longitude_deg: float, beside_km: float, place: str, margin_km: float
) -> None:
    found = Corridor(profile(ascent()), 0.8).look(at(beside_km * KILOMETRE_DEG, longitude_deg))
    assert found is not None
    assert found.place == place
    assert found.half_width_m - found.cross_range_m == pytest.approx(margin_km * 1e3, abs=800.0)


def test_a_flight_that_falls_short_is_on_its_path_and_one_that_turns_round_is_not() -> None:
    corridor = Corridor(profile(ascent()), 0.8)
    short, back, further = (corridor.look(at(0.0, longitude)) for longitude in (0.2, -2.0, 60.0))
    assert short is not None
    assert short.place == "inside"
    assert back is not None
    assert back.place == "outside"
    assert back.cross_range_m == pytest.approx(230e3, rel=0.1)
    assert further is not None
    assert further.place == "outside"


def test_after_the_lowest_stages_separation_more_is_allowed() -> None:
    corridor = Corridor(profile(ascent(), wide_from_s=150.0), 0.8)
    early, late = (corridor.look(at(0.6, longitude)) for longitude in (0.5, 5.0))
    assert early is not None
    assert late is not None
    assert (early.place, early.half_width_m) == ("outside", 50e3)
    assert (late.place, late.half_width_m) == ("inside", 100e3)


def test_past_the_end_of_a_path_to_orbit_and_without_an_impact_point_there_is_no_state() -> None:
    corridor = Corridor(profile(ascent(26.5)), 0.8)
    assert corridor.look(at(0.2, 5.0)) is not None
    assert corridor.look(at(0.0, 170.0)) is None
    assert corridor.look(replace(at(0.0, 5.0), impact_latitude_deg=None)) is None


def test_an_impact_point_that_wanders_in_a_coast_makes_no_path_of_its_own() -> None:
    """Two metres to and fro for a minute: the path goes on to the east."""
    whole = ascent()
    position, velocity = whole[9]
    coast = [(position, (velocity[0], velocity[1], velocity[2] + 0.02 * (-1) ** n)) for n in range(60)]
    corridor = Corridor(profile([*whole[:10], *coast, *whole[10:]], 5.0), 0.8)
    found = [corridor.look(at(0.05, longitude)) for longitude in (0.3, 0.6, 1.5, 3.0, 5.0)]
    assert [each is not None and each.cross_range_m < 8e3 for each in found] == [True] * 5


def test_long_legs_follow_the_path_over_a_turning_earth() -> None:
    """Of a profile with few times the path is that of many: between them lie states on a cubic."""
    fine, coarse = (Corridor(profile(ascent(20.0, step_s), step_s), 0.8) for step_s in (2.0, 50.0))
    for longitude in (3.0, 7.0, 12.0):
        one, other = (corridor.look(at(0.1, longitude)) for corridor in (fine, coarse))
        assert one is not None
        assert other is not None
        assert one.cross_range_m == pytest.approx(other.cross_range_m, abs=2e3)
