"""Control: what turns which way, limits, and the closed loop against a body of its own."""

import math

import pytest

from flight.computer import control, sequencer
from flight.computer.maths import multiply, turn
from flight.computer.records import Computer
from tests.flight.computer.desk import computer

AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


def commanded(phase: int, stage: int, error: tuple[float, float, float]) -> Computer:
    """At rest, with a command that is `error` (radians, body axes) away."""
    state = computer()
    state.sequence.phase = phase
    state.sequence.lowest = stage
    n, g = state.navigation, state.guidance
    n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z = 0.5, 0.5, -0.5, 0.5
    g.command_w, g.command_x, g.command_y, g.command_z = turn(0.5, 0.5, -0.5, 0.5, *error)
    return state


def outputs(state: Computer) -> tuple[float, float, float, float, float]:
    a = state.actuators
    return a.tvc_pitch, a.tvc_yaw, a.rcs_roll, a.rcs_pitch, a.rcs_yaw


@pytest.mark.parametrize("error", [(0.02, 0.0, 0.0), (0.0, -0.03, 0.0), (0.01, 0.02, -0.01)])
def test_error_is_the_rotation_still_to_be_turned(error: tuple[float, float, float]) -> None:
    state = commanded(sequencer.BURN_1, 0, error)
    control.attitude_error(state.control, state.navigation, state.guidance)
    c = state.control
    assert (c.error_x, c.error_y, c.error_z) == pytest.approx(error, abs=1e-5)


def test_the_other_sign_of_a_quaternion_is_the_same_attitude() -> None:
    state = commanded(sequencer.BURN_1, 0, (0.0, 0.03, 0.0))
    g = state.guidance
    g.command_w, g.command_x, g.command_y, g.command_z = -g.command_w, -g.command_x, -g.command_y, -g.command_z
    control.attitude_error(state.control, state.navigation, state.guidance)
    assert state.control.error_y == pytest.approx(0.03, abs=1e-5)


@pytest.mark.parametrize(
    ("phase", "stage", "error", "acting"),
    [
        (sequencer.BURN_1, 0, (0.0, 0.02, 0.0), {"tvc_pitch"}),
        (sequencer.BURN_1, 0, (0.0, 0.0, 0.02), {"tvc_yaw"}),
        (sequencer.BURN_2, 1, (0.02, 0.0, 0.0), {"rcs_roll"}),
        (sequencer.COAST_2, 1, (0.0, 0.02, 0.02), {"rcs_pitch", "rcs_yaw"}),
        (sequencer.BURN_3, 2, (0.0, 0.02, 0.0), {"rcs_pitch"}),
        (sequencer.COAST_3, 2, (0.02, 0.02, 0.02), {"rcs_roll", "rcs_pitch", "rcs_yaw"}),
        (sequencer.SEPARATION_1, 0, (0.0, 0.02, 0.02), {"rcs_pitch", "rcs_yaw"}),
        (sequencer.COUNTDOWN, 0, (0.02, 0.02, 0.02), set()),
        (sequencer.PAD, 0, (0.02, 0.02, 0.02), set()),
        (sequencer.ABORTED, 0, (0.02, 0.02, 0.02), set()),
    ],
)
def test_which_actuator_turns(phase: int, stage: int, error: tuple[float, float, float], acting: set[str]) -> None:
    state = commanded(phase, stage, error)
    control.control_attitude(state, 2.5e6)
    names = ("tvc_pitch", "tvc_yaw", "rcs_roll", "rcs_pitch", "rcs_yaw")
    values = dict(zip(names, outputs(state), strict=True))
    assert {name for name, value in values.items() if value > 0.0} == acting
    assert all(value == 0.0 for name, value in values.items() if name not in acting)


def test_commands_stay_within_their_limits() -> None:
    state = commanded(sequencer.BURN_1, 0, (0.3, -0.3, 0.3))
    state.navigation.rate_y, state.navigation.rate_z = 5.0, -5.0
    control.control_attitude(state, 2.5e6)
    limit = state.plan.stages[0].vectoring_limit
    assert outputs(state)[:3] == pytest.approx((-limit, limit, 1.0))


def test_duty_grows_as_the_tank_empties() -> None:
    duties = []
    for pressure in (2.5e6, 1.25e6, 0.5e6):
        state = commanded(sequencer.COAST_3, 2, (0.0, 0.01, 0.0))
        control.control_attitude(state, pressure)
        duties.append(state.actuators.rcs_pitch)
    assert duties[1] == pytest.approx(2.0 * duties[0])
    assert duties[2] == pytest.approx(5.0 * duties[0])


@pytest.mark.parametrize("pressure", [0.0, -1.0, math.nan])
def test_empty_tank_asks_for_everything_without_dividing_by_zero(pressure: float) -> None:
    state = commanded(sequencer.COAST_3, 2, (0.0, 0.2, 0.0))
    control.control_attitude(state, pressure)
    assert state.actuators.rcs_pitch == 1.0


def test_noise_opens_no_valve() -> None:
    state = commanded(sequencer.COAST_3, 2, (0.0, 0.0, 0.0))
    state.navigation.rate_y = 3e-4
    control.control_attitude(state, 2.5e6)
    assert outputs(state) == (0.0,) * 5


@pytest.mark.parametrize(
    ("phase", "stage", "disturbance"),
    [(sequencer.BURN_1, 0, 0.03), (sequencer.BURN_2, 1, 0.03), (sequencer.BURN_3, 2, 0.3), (sequencer.BURN_3, 2, 0.0)],
)
def test_closed_loop_settles_against_a_steady_disturbance(phase: int, stage: int, disturbance: float) -> None:
    """A rigid body of the plan's own authority, 3 degrees off in pitch and yaw; 15 s later within 0.1 degrees."""
    state = commanded(phase, stage, (0.0, 0.05, -0.05))
    n, row = state.navigation, state.plan.stages[stage]
    for _ in range(1500):
        control.control_attitude(state, 2.5e6)
        a = state.actuators
        pitch = a.tvc_pitch * row.vectoring_authority if row.vectored else a.rcs_pitch * row.pitch_authority
        yaw = a.tvc_yaw * row.vectoring_authority if row.vectored else a.rcs_yaw * row.pitch_authority
        n.rate_y += 0.01 * (pitch + disturbance)
        n.rate_z += 0.01 * yaw
        q = turn(n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z, 0.0, 0.01 * n.rate_y, 0.01 * n.rate_z)
        n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z = q
    assert abs(state.control.error_y) < math.radians(0.1)
    assert abs(state.control.error_z) < math.radians(0.1)


def test_trim_rests_while_the_actuator_is_at_its_limit() -> None:
    state = commanded(sequencer.BURN_3, 2, (0.0, 0.25, 0.0))
    for _ in range(1000):
        control.control_attitude(state, 0.0)
    assert state.control.trim_y == 0.0


def test_error_quaternion_agrees_with_the_product() -> None:
    """attitude x error = command, to first order: the ground recovers the command from telemetry this way."""
    state = commanded(sequencer.BURN_1, 0, (0.01, 0.02, -0.03))
    control.attitude_error(state.control, state.navigation, state.guidance)
    c, n, g = state.control, state.navigation, state.guidance
    half = (0.5 * c.error_x, 0.5 * c.error_y, 0.5 * c.error_z)
    w = math.sqrt(1.0 - sum(h * h for h in half))
    product = multiply(n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z, w, *half)
    assert product == pytest.approx((g.command_w, g.command_x, g.command_y, g.command_z), abs=1e-12)
