"""Landing under parachutes: descent by the density, drift by the wind, both learnt on the way; the plan until then."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from flight.geodesy import Vector, dot, horizon, to_ecef, to_geodetic
from flight.plans import plan as plans
from ground.air import density
from ground.products.landing import WIND_M_S, Canopies, Drift, Landing, measured, planned, predict, wind_at
from tests.ground.test_orbit import state

LARK = Path(__file__).parents[3] / "examples" / "sounding" / "plan.toml"
OPEN = Canopies(400.0, 20.0, True, True)


def beside(found: Landing, position: Vector) -> tuple[float, float]:
    """North and east of a place, m."""
    place = to_geodetic(*position)
    axes, here = horizon(place.latitude, place.longitude), to_ecef(place.latitude, place.longitude, 0.0)
    there = to_ecef(math.radians(found.latitude_deg), math.radians(found.longitude_deg), 0.0)
    away = (there[0] - here[0], there[1] - here[1], there[2] - here[2])
    return dot(away, axes.north), dot(away, axes.east)


def descent_s(height: float, pressure_pa: float) -> float:
    """Height over descent rate, v = sqrt(2 p / density), in steps of a metre."""
    return sum(math.sqrt(density(metre + 0.5) / (2.0 * pressure_pa)) for metre in range(round(height)))


def test_a_descent_at_terminal_speed_takes_as_long_as_the_density_says() -> None:
    position, velocity = state(60.0, 1200.0, 0.0, 0.0, -5.8)
    found = predict(position, velocity, OPEN, True, 1500.0, None, 5.0, 0.1)
    assert found is not None
    assert found.in_s == pytest.approx(descent_s(1200.0, 20.0), rel=0.01)
    assert found.speed_m_s == pytest.approx(math.sqrt(2.0 * 20.0 / 1.225), rel=0.01)
    north, east = beside(found, position)
    assert math.hypot(north, east) < 20.0


def test_the_main_parachute_opens_at_its_height() -> None:
    position, velocity = state(60.0, 3000.0, 0.0, 0.0, -28.0)
    found = predict(position, velocity, OPEN, False, 1000.0, None, 5.0, 0.1)
    assert found is not None
    expected = descent_s(3000.0, 400.0) - descent_s(1000.0, 400.0) + descent_s(1000.0, 20.0)
    assert found.in_s == pytest.approx(expected, rel=0.02)


def test_the_drift_carries_it_less_and_less() -> None:
    wind = Drift(0.0, 10.0, 1200.0)
    position, velocity = state(60.0, 1200.0, 10.0, 0.0, -5.8)
    found = predict(position, velocity, OPEN, True, 1500.0, wind, 5.0, 0.1)
    assert found is not None
    north, east = beside(found, position)
    # The mean profile has 0.3 at the ground where it has 0.465 here, and a kilometre of height tells a fifth less.
    assert north == pytest.approx(0.0, abs=10.0)
    assert 0.6 * 10.0 * found.in_s < east < 0.9 * 10.0 * found.in_s


def test_the_nearer_the_ground_the_surer() -> None:
    errors = []
    for height in (20e3, 8e3, 2e3, 200.0):
        position, velocity = state(60.0, height, 5.0, 0.0, -10.0)
        found = predict(position, velocity, OPEN, height < 1500.0, 1500.0, Drift(0.0, 5.0, height), 5.0, 0.1)
        assert found is not None
        errors.append(found.error_m)
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 100.0 < errors[0]


def test_from_space_it_falls_along_the_conic_until_the_air_has_it() -> None:
    position, velocity = state(60.0, 120e3, 300.0, 400.0, 0.0)
    found = predict(position, velocity, planned(plans.load(str(LARK))), False, 1840.0, None, 5.0, 0.1)
    assert found is not None
    north, east = beside(found, position)
    # 125 s from 120 to 40 km; then the drogue stops it within seconds.
    assert north == pytest.approx(400.0 * 132.0, rel=0.06)
    assert east == pytest.approx(300.0 * 132.0, rel=0.08)


@pytest.mark.parametrize("top_m", [8e3, 120e3])
def test_on_its_way_up_it_is_aimed_at_where_it_will_come_down(top_m: float) -> None:
    canopies = planned(plans.load(str(LARK)))
    found = [
        predict(
            *state(60.0, height, 0.0, 100.0, math.sqrt(2.0 * 9.7 * (top_m - height))),
            canopies,
            False,
            1840.0,
            None,
            5.0,
            0.1,
        )
        for height in (1e3, 0.6 * top_m, top_m - 10.0)
    ]
    (low, _), (middle, _), (high, _) = (
        beside(each, state(60.0, 0.0, 0.0, 0.0, 0.0)[0]) for each in found if each is not None
    )
    climb_s = math.sqrt(2.0 * top_m / 9.7)
    assert low - high == pytest.approx(100.0 * climb_s, rel=0.15)
    assert low > middle > high


def test_the_plans_times_give_its_parachutes() -> None:
    """The example's parachutes: 400 Pa and 23 Pa (sim's vehicle file: masses over drag areas), within a fifth."""
    plan = plans.load(str(LARK))
    found = planned(plan)
    assert plan.parachutes is not None
    main = plan.event("main_deployment")
    landing = plan.event("landing")
    assert main is not None
    assert landing is not None
    opens = plan.site.height_m + plan.parachutes.main_height_m
    assert descent_s(opens, found.main_pa) == pytest.approx(landing.time_s - main.time_s, rel=0.02)
    assert 200.0 < found.drogue_pa < 800.0


def test_a_steady_descent_shows_the_parachute() -> None:
    found = Canopies(500.0, 20.0)
    for _ in range(3):
        found = measured(found, False, 5000.0, 40.0)
    assert found.drogue_pa == pytest.approx(0.5 * density(5000.0) * 1600.0)
    assert (found.drogue_measured, found.main_measured) == (True, False)
    # One gust is not another parachute.
    assert measured(found, False, 5000.0, 60.0).drogue_pa < 1.1 * found.drogue_pa


def test_a_wind_far_from_where_it_was_measured_is_hardly_known() -> None:
    here, near, far = (wind_at(height, Drift(20.0, 0.0, 10e3)) for height in (10e3, 8e3, 1e3))
    assert here[0] == pytest.approx(20.0)
    assert here[2] == pytest.approx(0.0, abs=1e-6)
    assert here[0] > near[0] > far[0] > 0.0
    assert far[2] > 0.9 * wind_at(1e3, None)[2]
    assert wind_at(10e3, None) == (0.0, 0.0, WIND_M_S)


def test_what_stays_in_orbit_does_not_land() -> None:
    assert predict(*state(0.0, 300e3, 7300.0, 0.0, 0.0), OPEN, False, 1500.0, None, 5.0, 0.1) is None
