"""The programs of solids' first stages: those of the plans are the planner's."""

from itertools import pairwise

import pytest

from flight.plans import plan as plans
from sim import vehicle as vehicles
from sim.planning import turn as planning

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
        plans.load("zhuque-1").stages[2].weave_switch_m_s, abs=5
    )
    maiden = plans.load("zhuque-1-maiden")
    assert planning.weave_switch(VEHICLE, 150.0) == pytest.approx(maiden.stages[2].weave_switch_m_s, abs=5)
