"""Guidance: the pitch program, the local horizon, the weave, and how fast the command moves."""

import math

import pytest

from flight.computer import guidance, newton, phases
from flight.computer.maths import rotate
from flight.computer.records import Computer
from tests.flight.computer.desk import computer

HORIZON = 1


def flying(phase: int, stage: int) -> Computer:
    """Eastwards over the equator at 200 km, the command along the inertial x axis; lift-off was at step 0. The upper
    stages hold the plan's pitch."""
    state = computer()
    for place in (1, 2):
        state.plan.stages[place].steering = HORIZON
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


def solved(phase: int, stage: int) -> Computer:
    """The same in closed loop, with a solution that stays as it is: nothing but its reading is looked at."""
    state = flying(phase, stage)
    for place in (1, 2):
        state.plan.stages[place].steering = guidance.CLOSED_LOOP
    s = state.shooting
    s.begun, s.lower_pitch, s.pitch, s.slope, s.waste, s.bias = True, 0.4, 0.1, 0.05, 0.09, 0.02
    s.mode, s.wait = guidance.part_of_flight(state, phases.PHASES[phase].ends, stage), 10**6
    s.ignition_s = 400.0
    return state


@pytest.mark.parametrize(
    ("phase", "stage", "part"),
    [
        (phases.BURN, 0, newton.IDLE),
        (phases.COAST, 1, newton.IDLE),
        (phases.BURN, 1, newton.LOWER),
        (phases.BURNOUT, 1, newton.IDLE),
        (phases.COAST, 2, newton.COAST),
        (phases.IGNITING, 2, newton.IDLE),
        (phases.BURN, 2, newton.UPPER),
        (phases.TRIM, 2, newton.IDLE),
    ],
)
def test_each_part_of_the_flight_is_solved_for(phase: int, stage: int, part: int) -> None:
    state = solved(phase, stage)
    assert guidance.part_of_flight(state, phases.PHASES[phase].ends, stage) == part


def test_solution_is_flown_in_the_lower_burn() -> None:
    state = solved(phases.BURN, 1)
    guidance.keep_plane(state.guidance, state.navigation)
    settle(state)
    assert axis(state) == pytest.approx((math.sin(0.4), math.cos(0.4), 0.0), abs=1e-9)


@pytest.mark.parametrize(("part", "side"), [(0.2, 1.0), (0.5, 0.0), (0.9, -1.0)])
def test_solution_is_flown_in_the_upper_burn(part: float, side: float) -> None:
    """Pitch grows by the slope, the weave goes from the plan's side (to the left) to the other, the bias stays."""
    state = solved(phases.BURN, 2)
    guidance.keep_orbit(state.guidance, state.navigation)
    stage = state.plan.stages[2]
    state.guidance.sensed = part * stage.burn.gained[15]
    stage.weave_switch = 0.5 * stage.burn.gained[15]
    settle(state)
    pitch, yaw = 0.1 + 0.05 * part, 0.02 - 0.3 * side
    up, east, north = axis(state)
    assert up == pytest.approx(math.cos(yaw) * math.sin(pitch), abs=1e-6)
    assert east == pytest.approx(math.cos(yaw) * math.cos(pitch), abs=1e-6)
    assert north == pytest.approx(-math.sin(yaw), abs=1e-6)


@pytest.mark.parametrize(("seconds", "ignites"), [(390.0, False), (399.9, False), (400.1, True), (410.0, True)])
def test_ignition_is_the_solution_s(seconds: float, ignites: bool) -> None:
    state = solved(phases.COAST, 2)
    state.step = int(seconds * 100)
    guidance.guide(state)
    assert state.guidance.ignite is ignites


def test_trim_turns_the_nose_along_the_speed_to_gain_and_then_pushes() -> None:
    """20 m/s too slow on the target's circle: the nose goes forward, thrusters push once it is there."""
    state = solved(phases.TRIM, 2)
    n = state.navigation
    n.position_x = 6378137.0 + state.plan.target_perigee
    n.velocity_y = math.sqrt(3.986004418e14 / n.position_x) - 20.0
    n.attitude_w = 1.0
    guidance.keep_orbit(state.guidance, n)
    guidance.guide(state)
    assert state.guidance.axial == 0.0
    settle(state, 6000)
    assert axis(state) == pytest.approx((0.0, 1.0, 0.0), abs=1e-3)
    g = state.guidance
    n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z = g.command_w, g.command_x, g.command_y, g.command_z
    settle(state, 10)
    assert state.guidance.axial == 1.0
    state.sequence.phase = phases.PAYLOAD_WAIT
    settle(state, 1)
    assert state.guidance.axial == 0.0
