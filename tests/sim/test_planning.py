"""The planner's parts; that its plans fly is what the flights show."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from flight.plans import plan as plans
from sim import planning
from sim import vehicle as vehicles
from tests.sim.flown import Flown

VEHICLE = vehicles.load("zhuque-1")


@pytest.mark.parametrize("name", ["zhuque-1", "zhuque-1-maiden"])
def test_plan_s_program_is_the_planner_s(name: str) -> None:
    plan = plans.load(name)
    kick, payload = (17.0, 300.0) if name == "zhuque-1" else (12.0, 150.0)
    rows = planning.gravity_turn(VEHICLE, plan.site, plan.azimuth_deg, payload, kick)
    assert planning.program(rows) == (plan.program_time_s, plan.program_pitch_deg)


def test_gravity_turn_kicks_then_follows_its_motion() -> None:
    plan = plans.load("zhuque-1")
    rows = planning.gravity_turn(VEHICLE, plan.site, plan.azimuth_deg, 300.0, 17.0)
    pitch = {round(time, 2): pitch for time, pitch, _ in rows}
    assert pitch[3.0] == 90.0
    assert pitch[7.0] == pytest.approx(81.5)
    assert pitch[10.0] == pytest.approx(73.0)
    late = [(pitch, beside) for time, pitch, beside in rows if time > 15.0]
    assert all(beside == 0.0 for _, beside in late)
    assert all(after < before for (before, _), (after, _) in pairwise(late))


def test_weave_changes_side_where_the_plans_say() -> None:
    assert planning.weave_switch(VEHICLE, 300.0) == pytest.approx(
        plans.load("zhuque-1").stages[2].weave_switch_m_s, abs=1
    )
    maiden = plans.load("zhuque-1-maiden")
    assert planning.weave_switch(VEHICLE, 150.0) == pytest.approx(maiden.stages[2].weave_switch_m_s, abs=1)


def test_perfect_sensors_only_quantise() -> None:
    exact = planning.perfect(VEHICLE).sensors
    assert exact.force_step_m_s2 == VEHICLE.sensors.force_step_m_s2
    assert exact.rate_limit_rad_s == VEHICLE.sensors.rate_limit_rad_s
    assert (exact.rate_bias_rad_s, exact.gnss_position_m, exact.chamber_noise) == (0.0, 0.0, 0.0)


def test_numbers_of_a_plan_are_read_and_set() -> None:
    plan = plans.load("zhuque-1")
    for free in planning.KNOWN.values():
        assert planning.number(planning.with_number(plan, free, 12.25), free) == 12.25


@pytest.mark.parametrize("size", [1, 2, 4])
def test_linear_equations(size: int) -> None:
    draw = random.Random(size)
    matrix = [[draw.uniform(-1.0, 1.0) for _ in range(size)] for _ in range(size)]
    matrix[0][0] = 0.0 if size > 1 else 2.0
    wanted = [float(k + 1) for k in range(size)]
    right = [sum(a * b for a, b in zip(row, wanted, strict=True)) for row in matrix]
    assert planning.solved(matrix, right) == pytest.approx(wanted)


def test_miss_is_none_on_target(nominal: Flown) -> None:
    """20 s after release, with noise: some kilometres and metres a second."""
    target = replace(nominal.plan.target, inclination_deg=42.93)
    misses = planning.miss(nominal.mission, replace(nominal.plan, target=target))
    assert len(misses) == 4
    assert all(abs(value) < 8.0 for value in misses)
