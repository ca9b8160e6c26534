"""Control: what turns which way, limits, and the closed loop against a body of its own."""

import math

import pytest

from flight.computer import control, phases
from flight.computer.maths import multiply, turn
from flight.computer.records import Computer
from flight.onboard import computer_plan
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from tests.flight.computer.desk import LIQUID, computer

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
    state = commanded(phases.BURN, 0, error)
    control.attitude_error(state.control, state.navigation, state.guidance)
    c = state.control
    assert (c.error_x, c.error_y, c.error_z) == pytest.approx(error, abs=1e-5)


def test_the_other_sign_of_a_quaternion_is_the_same_attitude() -> None:
    state = commanded(phases.BURN, 0, (0.0, 0.03, 0.0))
    g = state.guidance
    g.command_w, g.command_x, g.command_y, g.command_z = -g.command_w, -g.command_x, -g.command_y, -g.command_z
    control.attitude_error(state.control, state.navigation, state.guidance)
    assert state.control.error_y == pytest.approx(0.03, abs=1e-5)


@pytest.mark.parametrize(
    ("phase", "stage", "error", "acting"),
    [
        (phases.BURN, 0, (0.0, 0.02, 0.0), {"tvc_pitch"}),
        (phases.BURN, 0, (0.0, 0.0, 0.02), {"tvc_yaw"}),
        (phases.BURN, 1, (0.02, 0.0, 0.0), {"rcs_roll"}),
        (phases.COAST, 1, (0.0, 0.02, 0.02), {"rcs_pitch", "rcs_yaw"}),
        (phases.BURN, 2, (0.0, 0.02, 0.0), {"rcs_pitch"}),
        (phases.COAST, 2, (0.02, 0.02, 0.02), {"rcs_roll", "rcs_pitch", "rcs_yaw"}),
        (phases.SEPARATION, 0, (0.0, 0.02, 0.02), {"rcs_pitch", "rcs_yaw"}),
        (phases.COUNTDOWN, 0, (0.02, 0.02, 0.02), set()),
        (phases.PAD, 0, (0.02, 0.02, 0.02), set()),
        (phases.DROGUE, 0, (0.02, 0.02, 0.02), set()),
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
    state = commanded(phases.BURN, 0, (0.3, -0.3, 0.3))
    state.navigation.rate_y, state.navigation.rate_z = 5.0, -5.0
    control.control_attitude(state, 2.5e6)
    limit = state.plan.stages[0].vectoring_limit
    assert outputs(state)[:3] == pytest.approx((-limit, limit, 1.0))


def test_duty_grows_as_the_tank_empties() -> None:
    duties = []
    for pressure in (2.5e6, 1.25e6, 0.5e6):
        state = commanded(phases.COAST, 2, (0.0, 0.01, 0.0))
        control.control_attitude(state, pressure)
        duties.append(state.actuators.rcs_pitch)
    assert duties[1] == pytest.approx(2.0 * duties[0])
    assert duties[2] == pytest.approx(5.0 * duties[0])


def test_tank_that_runs_empty_asks_for_everything() -> None:
    state = commanded(phases.COAST, 2, (0.0, 0.2, 0.0))
    for pressure in (1e6, 1e5, 6e4, 0.0):
        control.control_attitude(state, pressure)
    assert state.actuators.rcs_pitch == 1.0


@pytest.mark.parametrize("pressure", [0.0, -1.0, math.nan])
def test_dead_pressure_sensor_changes_nothing(pressure: float) -> None:
    state = commanded(phases.COAST, 2, (0.0, 0.01, 0.0))
    control.control_attitude(state, 1.5e6)
    duty = state.actuators.rcs_pitch
    control.control_attitude(state, pressure)
    assert 0.0 < duty < 1.0
    assert state.actuators.rcs_pitch == pytest.approx(duty, rel=0.05)


def test_noise_opens_no_valve() -> None:
    state = commanded(phases.COAST, 2, (0.0, 0.0, 0.0))
    state.navigation.rate_y = 3e-4
    control.control_attitude(state, 2.5e6)
    assert outputs(state) == (0.0,) * 5


LAG_S = 0.06
"""Time constant of the nozzle's actuator: assumed, a slow one of the vehicles' files."""
PLANS = {**{name: plans.load(name) for name in plans.names()}, "example": plans.parse(LIQUID, "liquid.toml")}


def legs(plan: FlightPlan) -> list[tuple[int, int, float]]:
    """Every part of a flight in which control differs: phase, stage, how far into the burn."""
    parts = []
    for place, stage in enumerate(plan.stages):
        parts += [(phases.BURN, place, part) for part in (0.0, 0.5, 0.95)]
        if stage.vernier_s > 0.0:
            parts.append((phases.VERNIER, place, 0.9))
        if place > 0:
            parts.append((phases.COAST, place, 0.0))
    return parts


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(
    ("name", "phase", "stage", "part"), [(name, *leg) for name, plan in PLANS.items() for leg in legs(plan)]
)
def test_closed_loop_settles_against_a_steady_disturbance(
    name: str, phase: int, stage: int, part: float, sign: float
) -> None:
    """A rigid body of the plan's own authority behind a lagging actuator, 3 degrees off in pitch, a tenth of what the
    actuator can give against it: it never tumbles, and is within 0.2 degrees after a minute."""
    state = commanded(phase, stage, (0.0, sign * 0.05, 0.0))
    state.plan = computer_plan(PLANS[name])
    state.sequence.lowest = stage
    state.step = int(100.0 * part * state.plan.stages[stage].burn_s)
    row, n = state.plan.stages[stage], state.navigation
    authority, _, limit = control.engine_authority(state)
    reach = authority * limit if authority > 0.0 else row.pitch_authority
    if reach == 0.0:
        pytest.skip("fins alone")
    disturbance = 0.1 * reach if phase != phases.COAST else 0.0
    given = 0.0
    for _ in range(6000):
        control.control_attitude(state, state.plan.reaction_pressure)
        a = state.actuators
        if authority > 0.0:
            given += 0.01 / LAG_S * (a.tvc_pitch - given)
            turned = given * authority
        else:
            turned = a.rcs_pitch * row.pitch_authority
        n.rate_y += 0.01 * (turned + disturbance)
        assert abs(n.rate_y) < 0.3
        q = turn(n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z, 0.0, 0.01 * n.rate_y, 0.0)
        n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z = q
    assert abs(state.control.error_y) < math.radians(0.2 if row.trim_gain > 0.0 else 3.0)
    assert abs(n.rate_y) < math.radians(0.1)


def liquid(phase: int, stage: int, error: tuple[float, float, float]) -> Computer:
    state = commanded(phase, stage, error)
    state.plan = computer_plan(PLANS["example"])
    return state


def test_boosters_then_core_then_vernier_steer_with_their_own_authority() -> None:
    state = liquid(phases.BURN, 0, (0.0, 0.01, 0.0))
    boosters, core = state.plan.boosters, state.plan.stages[0]
    assert control.engine_authority(state)[0] == pytest.approx(boosters.vectoring_authority)
    state.step = int(100 * boosters.burn_s)
    assert control.engine_authority(state)[0] == pytest.approx(boosters.vectoring_authority_end, rel=1e-3)
    state.sequence.boosters = 3
    state.step = int(100 * core.burn_s)
    assert control.engine_authority(state)[0] == pytest.approx(core.vectoring_authority_end, rel=1e-3)
    state.sequence.lowest, state.sequence.phase = 1, phases.VERNIER
    upper = state.plan.stages[1]
    assert control.engine_authority(state) == (
        upper.vernier_authority,
        upper.vernier_roll_authority,
        upper.vernier_limit,
    )
    state.sequence.phase = phases.BURNOUT
    assert control.engine_authority(state) == (0.0, 0.0, 0.0)


def test_authority_goes_with_the_inverse_of_the_mass() -> None:
    """Half-way through a burn that leaves a third of the inertia: 1 / mean(1, 1/3) = 1.5."""
    assert [control.between(1.0, 3.0, part) for part in (-1.0, 0.0, 0.5, 1.0, 2.0)] == pytest.approx([1, 1, 1.5, 3, 3])
    assert control.between(0.0, 0.0, 0.5) == 0.0


def test_cluster_rolls_by_its_engines() -> None:
    state = liquid(phases.BURN, 1, (0.02, 0.0, 0.0))
    control.control_attitude(state, 2.5e6)
    assert state.actuators.tvc_roll > 0.0
    assert state.actuators.rcs_roll == 0.0


def test_vehicle_on_fins_commands_nothing_and_learns_nothing() -> None:
    state = commanded(phases.BURN, 2, (0.1, 0.1, -0.1))
    row = state.plan.stages[2]
    row.roll_authority = row.pitch_authority = 0.0
    for _ in range(500):
        control.control_attitude(state, 0.0)
    assert outputs(state) == (0.0,) * 5
    assert (state.control.trim_x, state.control.trim_y, state.control.trim_z) == (0.0, 0.0, 0.0)


def test_trim_of_the_orbit_pushes_along_x() -> None:
    state = commanded(phases.TRIM, 2, (0.0, 0.0, 0.0))
    state.guidance.axial = 0.7
    control.control_attitude(state, 2.5e6)
    assert state.actuators.rcs_axial == 0.7


def test_thrusters_settle_the_propellant_before_ignition() -> None:
    state = liquid(phases.COAST, 1, (0.0, 0.0, 0.0))
    pushed = []
    for step in (0, 5, 45):
        state.step = step
        state.plan.stages[1].ullage_s = 0.3
        control.control_attitude(state, 2.5e6)
        pushed.append(state.actuators.rcs_axial)
    assert pushed == [0.0, 0.0, 1.0]


def test_trim_rests_while_the_actuator_is_at_its_limit() -> None:
    state = commanded(phases.BURN, 2, (0.0, 0.25, 0.0))
    for _ in range(1000):
        control.control_attitude(state, 6e4)
    assert state.control.trim_y == 0.0


def test_error_quaternion_agrees_with_the_product() -> None:
    """attitude x error = command, to first order: the ground recovers the command from telemetry this way."""
    state = commanded(phases.BURN, 0, (0.01, 0.02, -0.03))
    control.attitude_error(state.control, state.navigation, state.guidance)
    c, n, g = state.control, state.navigation, state.guidance
    half = (0.5 * c.error_x, 0.5 * c.error_y, 0.5 * c.error_z)
    w = math.sqrt(1.0 - sum(h * h for h in half))
    product = multiply(n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z, w, *half)
    assert product == pytest.approx((g.command_w, g.command_x, g.command_y, g.command_z), abs=1e-12)
