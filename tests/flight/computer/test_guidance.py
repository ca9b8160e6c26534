"""Guidance: the pitch program, the local horizon, the weave, and how fast the command moves."""

import math

import pytest

from flight.computer import guidance, phases
from flight.computer.maths import rotate
from flight.computer.records import Computer
from tests.flight.computer.desk import computer


def flying(phase: int, stage: int) -> Computer:
    """Eastwards over the equator at 200 km, the command along the inertial x axis; lift-off was at step 0."""
    state = computer()
    state.sequence.phase = phase
    state.sequence.lowest = stage
    state.sequence.liftoff_step = 0
    n = state.navigation
    n.position_x, n.velocity_y = 6578137.0, 7000.0
    return state


def axis(state: Computer) -> tuple[float, float, float]:
    """The commanded x axis: up, east, north at this place."""
    g = state.guidance
    return rotate(g.command_w, g.command_x, g.command_y, g.command_z, 1.0, 0.0, 0.0)


def settle(state: Computer, steps: int = 12000) -> None:
    for _ in range(steps):
        guidance.guide(state)


@pytest.mark.parametrize("seconds", [-5.0, 0.0, 4.0, 7.0, 10.0, 33.3, 72.5, 500.0])
def test_program_is_linear_between_knots(seconds: float) -> None:
    plan = computer().plan
    times, pitches = plan.program_time, plan.program_pitch
    if seconds <= times[0] or seconds >= times[-1]:
        expected = pitches[0] if seconds <= times[0] else pitches[-1]
    else:
        place = max(i for i in range(11) if times[i] <= seconds)
        part = (seconds - times[place]) / (times[place + 1] - times[place])
        expected = pitches[place] + part * (pitches[place + 1] - pitches[place])
    assert guidance.program(plan, seconds) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("phase", "stage"), [(phases.COAST, 1), (phases.BURN, 1), (phases.COAST, 2), (phases.BURN, 2)])
def test_upper_stages_point_above_the_horizon_and_beside_the_plane(phase: int, stage: int) -> None:
    state = flying(phase, stage)
    guidance.keep_plane(state.guidance, state.navigation)
    settle(state)
    pitch, yaw = state.plan.stages[stage].pitch, state.plan.stages[stage].weave
    up, east, north = axis(state)
    assert up == pytest.approx(math.cos(yaw) * math.sin(pitch), abs=1e-9)
    assert east == pytest.approx(math.cos(yaw) * math.cos(pitch), abs=1e-9)
    assert north == pytest.approx(-math.sin(yaw), abs=1e-9), "right of an eastward flight is south"


def test_weave_changes_side_on_sensed_speed() -> None:
    state = flying(phases.BURN, 2)
    guidance.keep_plane(state.guidance, state.navigation)
    state.navigation.force_x = 40.0
    switch = state.plan.stages[2].weave_switch
    settle(state, int(switch / 0.4) - 5)
    before = axis(state)[2]
    settle(state, 2000)
    assert axis(state)[2] == pytest.approx(-before, abs=1e-9)
    assert abs(before) > 0.1


def test_sensed_speed_counts_only_while_the_motor_burns() -> None:
    state = flying(phases.BURN, 1)
    state.navigation.force_x = 10.0
    settle(state, 100)
    assert state.guidance.sensed == pytest.approx(10.0)
    state.sequence.phase = phases.BURNOUT
    settle(state, 1)
    assert state.guidance.sensed == 0.0


def test_plane_is_kept_during_a_burn_and_followed_in_a_coast() -> None:
    state = flying(phases.BURN, 2)
    guidance.keep_plane(state.guidance, state.navigation)
    state.navigation.velocity_z = 3000.0
    settle(state, 20)
    assert state.guidance.normal_z == pytest.approx(1.0)
    state.sequence.phase = phases.COAST
    settle(state, 20)
    assert state.guidance.normal_z < 0.95


@pytest.mark.parametrize(("phase", "stage"), [(phases.BURN, 0), (phases.COAST, 2), (phases.BURN, 2)])
def test_command_never_turns_faster_than_planned(phase: int, stage: int) -> None:
    state = flying(phase, stage)
    state.guidance.up_x = state.guidance.heading_y = 1.0
    for step in range(500):
        before = axis(state)
        state.step = step * 10
        guidance.guide(state)
        after = axis(state)
        cosine = sum(a * b for a, b in zip(before, after, strict=True))
        turned = math.acos(min(1.0, cosine)) / 0.01
        assert turned < math.sqrt(2.0) * state.plan.slew_rate + 1e-6


def test_hold_keeps_the_commanded_attitude() -> None:
    state = flying(phases.COAST, 2)
    settle(state, 50)
    state.sequence.phase = phases.SEPARATION
    settle(state, 10)
    before = axis(state)
    settle(state, 100)
    assert axis(state) == before
