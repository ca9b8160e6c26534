"""The equations of motion: what must be conserved, what must point where, and the integrator's order."""

import math
from dataclasses import dataclass

import pytest

from flight.computer.maths import rotate
from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS
from sim.air import air
from sim.body import Actions, Rates, advance, derivative, interpolated
from sim.earth import potential

NOTHING = Actions(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 40.0, 1.0, (0.0, 10.0), (0.5, 0.5))
ORBIT = (6.8e6, 0.0, 1.0e5, 100.0, 6500.0, 4200.0, 1.0, 0.0, 0.0, 0.0, 0.3, -0.2, 0.1)
GROUND = (SEMI_MAJOR_AXIS, 0.0, 0.0, 0.0, ROTATION_RATE * SEMI_MAJOR_AXIS, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""On the equator at sea level, nose up, still in the turning air."""

State = tuple[float, ...]


def coast(state: State, dt: float, steps: int, actions: Actions = NOTHING) -> State:
    for _ in range(steps):
        state = advance(state, (0.0,) * 3, (500.0,) * 3, actions, dt).state
    return state


def rates(state: State, thrust: float, mass: float, actions: Actions) -> Rates:
    return Rates(*derivative(state, thrust, mass, actions))


@dataclass
class Kept:
    energy: float
    axial_momentum: float
    spin: tuple[float, float, float]
    spin_energy: float


def conserved(state: State) -> Kept:
    px, py, pz, vx, vy, vz, qw, qx, qy, qz, wx, wy, wz = state
    energy = 0.5 * (vx * vx + vy * vy + vz * vz) + potential(px, py, pz)
    spin = rotate(qw, qx, qy, qz, 10.0 * wx, 40.0 * wy, 40.0 * wz)
    return Kept(energy, px * vy - py * vx, spin, 5.0 * wx * wx + 20.0 * (wy * wy + wz * wz))


def test_energy_and_angular_momentum_are_kept_in_vacuum() -> None:
    """A quarter of an orbit, tumbling: J2 keeps energy and the momentum about its axis, no torque keeps spin."""
    before, after = conserved(ORBIT), conserved(coast(ORBIT, 0.1, 14000))
    assert after.energy == pytest.approx(before.energy, rel=1e-11)
    assert after.axial_momentum == pytest.approx(before.axial_momentum, rel=1e-11)
    assert after.spin == pytest.approx(before.spin, abs=1e-5)
    assert after.spin_energy == pytest.approx(before.spin_energy, rel=1e-6)


def test_halved_steps_err_a_sixteenth() -> None:
    """Fourth order: against a run of fine steps."""
    fine = coast(ORBIT, 0.0625, 640)
    coarse, halved = coast(ORBIT, 2.0, 20), coast(ORBIT, 1.0, 40)
    errors = [math.dist(run[6:10], fine[6:10]) for run in (coarse, halved)]
    assert math.log2(errors[0] / errors[1]) == pytest.approx(4.0, abs=0.5)


def test_thrust_pushes_along_the_nose_less_the_air_on_the_nozzle() -> None:
    found = rates(GROUND, 20e3, 1000.0, NOTHING._replace(exit_area=0.05))
    assert found.force_x == pytest.approx((20e3 - 101325.0 * 0.05) / 1000.0)
    assert found.vx == pytest.approx(found.force_x - 9.8142, abs=1e-3)


@pytest.mark.parametrize(
    ("aim_pitch", "aim_yaw", "turned"),
    [(0.01, 0.0, (0.0, 1.0, 0.0)), (0.0, 0.02, (0.0, 0.0, 1.0)), (-0.01, 0.0, (0, -1, 0))],
)
def test_aim_turns_positively_about_its_axis(aim_pitch: float, aim_yaw: float, turned: tuple[float, ...]) -> None:
    """A positive aim makes a positive torque: thrust times arm times its sine."""
    found = rates(ORBIT[:10] + (0.0,) * 3, 1000.0, 100.0, NOTHING._replace(aim_pitch=aim_pitch, aim_yaw=aim_yaw))
    size = 1000.0 * math.sin(abs(aim_pitch + aim_yaw)) / 40.0
    assert (found.wx, found.wy, found.wz) == pytest.approx([size * axis for axis in turned], rel=1e-3, abs=1e-6)


def test_torques_and_push() -> None:
    found = rates(ORBIT[:10] + (0.0,) * 3, 0.0, 100.0, NOTHING._replace(torque_x=1.0, torque_z=-8.0, push=4.0))
    assert (found.wx, found.wy, found.wz) == pytest.approx((0.1, 0.0, -0.2))
    assert found.force_x == pytest.approx(4.0, abs=1e-5)


def test_gyroscopic_turn_of_a_spinning_top() -> None:
    """Euler's equations: I wy' = (I - Ir) wz wx."""
    found = rates((*ORBIT[:10], 2.0, 0.5, 0.25), 0.0, 100.0, NOTHING)
    assert found.wy == pytest.approx(30.0 / 40.0 * 0.25 * 2.0)
    assert found.wz == pytest.approx(-30.0 / 40.0 * 2.0 * 0.5)


def test_drag_is_against_the_motion_through_the_turning_air() -> None:
    still = rates(GROUND, 0.0, 100.0, NOTHING)
    assert still.dynamic_pressure == pytest.approx(0.0, abs=1e-9)
    eastwards = (*GROUND[:4], GROUND[4] + 100.0, *GROUND[5:])
    found = rates(eastwards, 0.0, 100.0, NOTHING)
    assert found.dynamic_pressure == pytest.approx(0.5 * 1.225 * 100.0**2, rel=1e-6)
    assert found.force_y == pytest.approx(-0.5 * found.dynamic_pressure / 100.0)
    assert found.force_x == pytest.approx(0.0, abs=1e-12)
    assert found.static_pressure == pytest.approx(air(0.0).pressure)


def test_specific_force_is_in_body_axes() -> None:
    """The same eastward motion with the nose to the east: drag is felt along -x."""
    half = math.sqrt(0.5)
    state = (*GROUND[:4], GROUND[4] + 100.0, 0.0, half, 0.0, 0.0, half, 0.0, 0.0, 0.0)
    found = rates(state, 0.0, 100.0, NOTHING)
    assert found.force_x == pytest.approx(-0.5 * found.dynamic_pressure / 100.0)
    assert found.force_y == pytest.approx(0.0, abs=1e-9)


def test_means_over_a_step_are_what_an_integrating_sensor_gives() -> None:
    """Constant angular acceleration: the mean rate is the one half-way; rising thrust: the mean force."""
    state = ORBIT[:10] + (0.0,) * 3
    motion = advance(state, (0.0, 500.0, 1000.0), (100.0,) * 3, NOTHING._replace(torque_y=4.0), 0.01)
    assert motion.rate[1] == pytest.approx(0.5 * 0.1 * 0.01)
    assert motion.force[0] == pytest.approx(5.0, rel=1e-6)
    assert motion.state[11] == pytest.approx(0.1 * 0.01)


@pytest.mark.parametrize(("x", "y"), [(-1.0, 2.0), (0.0, 2.0), (0.5, 3.0), (1.0, 4.0), (2.0, 3.0), (9.0, 2.0)])
def test_interpolation_is_constant_outside(x: float, y: float) -> None:
    assert interpolated((0.0, 1.0, 3.0), (2.0, 4.0, 2.0), x) == pytest.approx(y)
