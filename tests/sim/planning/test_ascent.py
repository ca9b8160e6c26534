"""The planner's ascents beside the sizing study's, and the liquid plans beside the planner."""

from functools import cache
from itertools import pairwise

import pytest

from flight.plans import plan as plans
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.earth import STANDARD_GRAVITY
from sim.planning import numbers, search
from sim.planning.ascent import best, launch
from sim.planning.search import Ascent
from sim.planning.timeline import timeline

LIQUIDS = [
    ("zhuque-2", "nominal"),
    ("zhuque-2", "sso"),
    ("zhuque-2a", "nominal"),
    ("zhuque-2b", "nominal"),
    ("zhuque-2c", "nominal"),
    ("soyuz-fg", "nominal"),
    ("falcon-1", "nominal"),
    ("falcon-1", "flight-3"),
]


@cache
def ascent(vehicle: str, scenario: str, kick: float) -> Ascent:
    flight = scenarios.load(vehicle, scenario)
    return search.search(vehicles.load(vehicle), plans.load(flight.plan), flight.payload_kg, (kick, kick))


@pytest.mark.parametrize(
    ("vehicle", "scenario", "kick", "cut_s", "left_kg"),
    [
        # Study: T+459 and +553 kg, T+764 and +426 kg, T+527 and +553 kg, T+527 and +59 kg.
        ("zhuque-2", "nominal", 0.92, 459.0, 553.0),
        ("zhuque-2", "sso", 0.80, 764.0, 426.0),
        ("soyuz-fg", "nominal", 4.8, 527.0, 553.0),
        ("falcon-1", "nominal", 1.8, 527.0, 59.0),
    ],
)
def test_sizing_study_is_met(vehicle: str, scenario: str, kick: float, cut_s: float, left_kg: float) -> None:
    """Within what other steering and other waits between the stages make: 2 % of the time, 150 kg."""
    found = ascent(vehicle, scenario, kick)
    assert found.cut_s == pytest.approx(cut_s, rel=0.02)
    assert found.left_kg == pytest.approx(left_kg, abs=150.0)


def test_largest_dynamic_pressure_of_zhuque_2_is_the_study_s() -> None:
    strained = max(ascent("zhuque-2", "nominal", 0.92).points, key=lambda point: point.dynamic_pressure)
    assert strained.dynamic_pressure == pytest.approx(27e3, rel=0.03)


def test_program_of_zhuque_2_is_that_of_the_best_kick() -> None:
    flight = scenarios.load("zhuque-2", "nominal")
    plan = plans.load(flight.plan)
    found = search.search(vehicles.load("zhuque-2"), plan, flight.payload_kg)
    times, pitches = search.program(found, launch(plan.site, plan.azimuth_deg))
    assert times == pytest.approx(plan.program_time_s, abs=0.5)
    assert pitches == pytest.approx(plan.program_pitch_deg, abs=0.5)


@pytest.mark.parametrize(("vehicle", "scenario"), LIQUIDS)
def test_plan_knows_the_vehicle_that_flies_it(vehicle: str, scenario: str) -> None:
    flight = scenarios.load(vehicle, scenario)
    plan, spec = plans.load(flight.plan), vehicles.load(vehicle)
    for place, stage in enumerate(plan.stages):
        for key, value in numbers.stage_numbers(spec, plan, place, flight.payload_kg).items():
            assert getattr(stage, key) == pytest.approx(value, rel=1e-3), f"stage[{place}].{key}"
    for key, value in numbers.booster_numbers(spec, flight.payload_kg).items():
        assert getattr(plan.boosters, key) == pytest.approx(value, rel=1e-3), f"booster.{key}"


@pytest.mark.parametrize(("vehicle", "scenario"), LIQUIDS)
def test_timeline_loses_no_mass(vehicle: str, scenario: str) -> None:
    """Lift-off mass at its beginning; at its end the last stage, what it cannot burn, and what it carries."""
    flight = scenarios.load(vehicle, scenario)
    plan, spec = plans.load(flight.plan), vehicles.load(vehicle)
    legs = timeline(spec, plan, flight.payload_kg)
    assert legs[0].thrust(0.0)[1] == pytest.approx(spec.lift_off_kg - spec.payload_kg + flight.payload_kg)
    assert all(after.start_s == pytest.approx(before.end_s) for before, after in pairwise(legs))
    last = spec.stages[-1]
    carried = flight.payload_kg + spec.avionics_kg + spec.reaction_control.propellant_kg
    residue = last.motor.propellant_kg - getattr(last.motor, "usable_kg", last.motor.propellant_kg)
    assert legs[-1].thrust(legs[-1].end_s)[1] == pytest.approx(last.dry_kg + carried + residue)


def test_lift_off_needs_more_thrust_than_weight() -> None:
    for vehicle, scenario in LIQUIDS:
        flight = scenarios.load(vehicle, scenario)
        thrust, mass = timeline(vehicles.load(vehicle), plans.load(flight.plan), flight.payload_kg)[0].thrust(0.0)
        assert thrust > 1.15 * STANDARD_GRAVITY * mass


def test_best_finds_the_top_of_a_hump() -> None:
    assert best(lambda x: -((x - 1.7) ** 2), 0.0, 5.0, 30) == pytest.approx(1.7, abs=1e-4)
