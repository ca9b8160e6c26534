"""The equations of motion: what must be conserved, what must point where, and the integrator's order."""

import math
from dataclasses import dataclass

import pytest

from flight.computer.maths import rotate
from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS
from sim.aerodynamics import Shape
from sim.air import air
from sim.body import Actions, Rates, advance, derivative
from sim.earth import potential

BLUNT = Shape(
    area=1.0,
    length=1.0,
    aft=4.0,
    mach=(0.0, 10.0),
    drag=(0.5, 0.5),
    slope=(0.0, 0.0),
    centre=(1.0, 1.0),
    cross_area=0.0,
    cross_centre=2.0,
    damping=0.0,
)
"""Drag along the nose alone."""
NOTHING = Actions(
    aim_pitch=0.0,
    aim_yaw=0.0,
    nozzle_arm=1.0,
    exit_area=0.0,
    jet_damping=0.0,
    torque_x=0.0,
    torque_y=0.0,
    torque_z=0.0,
    push=0.0,
    inertia_roll=10.0,
    inertia_pitch=40.0,
    inertia_yaw=40.0,
    mass_centre=2.0,
    shape=BLUNT,
)
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


def conserved(state: State, actions: Actions = NOTHING) -> Kept:
    px, py, pz, vx, vy, vz, qw, qx, qy, qz, wx, wy, wz = state
    roll, pitch, yaw = actions.inertia_roll, actions.inertia_pitch, actions.inertia_yaw
    energy = 0.5 * (vx * vx + vy * vy + vz * vz) + potential(px, py, pz)
    spin = rotate(qw, qx, qy, qz, roll * wx, pitch * wy, yaw * wz)
    return Kept(energy, px * vy - py * vx, spin, 0.5 * (roll * wx * wx + pitch * wy * wy + yaw * wz * wz))


@pytest.mark.parametrize("yaw", [40.0, 25.0], ids=["symmetric", "three inertias"])
def test_energy_and_angular_momentum_are_kept_in_vacuum(yaw: float) -> None:
    """A quarter of an orbit, tumbling: J2 keeps energy and the momentum about its axis, no torque keeps spin."""
    actions = NOTHING._replace(inertia_yaw=yaw)
    before, after = conserved(ORBIT, actions), conserved(coast(ORBIT, 0.1, 14000, actions), actions)
    assert after.energy == pytest.approx(before.energy, rel=1e-11)
    assert after.axial_momentum == pytest.approx(before.axial_momentum, rel=1e-11)
    assert after.spin == pytest.approx(before.spin, abs=1e-4)
    assert after.spin_energy == pytest.approx(before.spin_energy, rel=1e-6)


def test_symmetric_top_precesses_in_closed_form() -> None:
    """Goldstein, Classical Mechanics, 5.6: the lateral rate turns in the body at (I - Ir) / I times the spin."""
    after = coast((*ORBIT[:10], 2.0, 0.3, 0.0), 0.01, 1000)
    turned = -(40.0 - 10.0) / 40.0 * 2.0 * 10.0
    assert after[10] == pytest.approx(2.0, abs=1e-12)
    assert after[11:13] == pytest.approx((0.3 * math.cos(turned), 0.3 * math.sin(turned)), abs=1e-7)


def test_spin_about_the_middle_axis_turns_over() -> None:
    """Goldstein, 5.6: stable about the least and the largest axis; about the middle one errors grow by e in
    1 / (spin x sqrt((I2 - I1)(I3 - I2) / (I1 I3))) = 1.79 s for 10, 20, 40 kg m2 and 1 rad/s.
    """
    actions = NOTHING._replace(inertia_roll=10.0, inertia_pitch=20.0, inertia_yaw=40.0)
    for stable in ((1.0, 1e-3, 1e-3), (1e-3, 1e-3, 1.0)):
        after = coast((*ORBIT[:10], *stable), 0.05, 1000, actions)
        assert after[10:] == pytest.approx(stable, abs=4e-3)
    rate = math.sqrt(10.0 * 20.0 / 400.0)
    # The growing eigenvector, and nothing of the falling one.
    growing = (1e-4, 1.0, -1e-4 * 10.0 * rate / 20.0)
    grown = coast((*ORBIT[:10], *growing), 0.05, 80, actions)
    assert grown[10] == pytest.approx(1e-4 * math.exp(4.0 * rate), rel=0.01)
    flipped = [coast((*ORBIT[:10], *growing), 0.05, steps, actions)[11] for steps in range(0, 800, 20)]
    assert min(flipped) < -0.99


def order(state: State, thrust: float, actions: Actions, dt: float, steps: int, places: slice) -> float:
    """The integrator's order: from errors with a step and with half of it, against an eighth."""

    def run(part: int) -> State:
        end = state
        for _ in range(steps * part):
            end = advance(end, (thrust,) * 3, (500.0,) * 3, actions, dt / part).state
        return end

    fine = run(8)[places]
    errors = [math.dist(run(part)[places], fine) for part in (1, 2)]
    return math.log2(errors[0] / errors[1])


def test_halved_steps_err_a_sixteenth() -> None:
    """Fourth order in vacuum, tumbling."""
    assert order(ORBIT, 0.0, NOTHING, 2.0, 20, slice(6, 10)) == pytest.approx(4.0, abs=0.5)


@pytest.mark.parametrize("places", [slice(3, 6), slice(6, 10), slice(10, 13)], ids=["v", "q", "w"])
def test_halved_steps_err_a_sixteenth_in_air_and_under_thrust(places: slice) -> None:
    """Fourth order with every force and torque acting, on smooth tables: a dart that weathercocks."""
    dart = BLUNT._replace(slope=(2.0, 2.0), centre=(2.3, 2.3), cross_area=0.5, damping=-2.0)
    actions = NOTHING._replace(
        shape=dart, aim_pitch=0.01, aim_yaw=-0.005, jet_damping=0.01, torque_x=1.0, wind_y=10.0, inertia_yaw=35.0
    )
    state = (GROUND[0] + 2000.0, *GROUND[1:3], 250.0, GROUND[4] + 0.15, 10.0, *GROUND[6:10], 0.2, -0.1, 0.1)
    assert order(state, 8e3, actions, 0.02, 25, places) == pytest.approx(4.0, abs=0.5)


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


def test_jet_damps_pitch_and_yaw_not_roll() -> None:
    """Thrust x damping x rate, against it."""
    still = NOTHING._replace(inertia_roll=40.0, jet_damping=0.02)
    found = rates((*ORBIT[:10], 0.5, 0.3, -0.2), 1000.0, 100.0, still)
    assert (found.wx, found.wy, found.wz) == pytest.approx(
        (0.0, -0.02 * 1000.0 * 0.3 / 40.0, 0.02 * 1000.0 * 0.2 / 40.0)
    )


def test_torques_and_push() -> None:
    found = rates(ORBIT[:10] + (0.0,) * 3, 0.0, 100.0, NOTHING._replace(torque_x=1.0, torque_z=-8.0, push=4.0))
    assert (found.wx, found.wy, found.wz) == pytest.approx((0.1, 0.0, -0.2))
    assert found.force_x == pytest.approx(4.0, abs=1e-5)


def test_gyroscopic_turn_of_a_spinning_top() -> None:
    """Euler's equations: I wy' = (I - Ir) wz wx."""
    found = rates((*ORBIT[:10], 2.0, 0.5, 0.25), 0.0, 100.0, NOTHING)
    assert found.wy == pytest.approx(30.0 / 40.0 * 0.25 * 2.0)
    assert found.wz == pytest.approx(-30.0 / 40.0 * 2.0 * 0.5)


def facing(nose: State, velocity: State = (0.0, 0.0, 0.0)) -> State:
    """At GROUND with an attitude, moving through the still air."""
    return (*GROUND[:3], *(a + b for a, b in zip(GROUND[3:6], velocity, strict=True)), *nose, 0.0, 0.0, 0.0)


EAST = (math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5))
"""The nose along the inertial y axis."""


def test_air_turns_with_the_earth_and_blows() -> None:
    assert rates(GROUND, 0.0, 100.0, NOTHING).dynamic_pressure == pytest.approx(0.0, abs=1e-9)
    found = rates(facing(EAST, (0.0, 100.0, 0.0)), 0.0, 100.0, NOTHING)
    assert found.dynamic_pressure == pytest.approx(0.5 * 1.225 * 100.0**2, rel=1e-6)
    assert found.static_pressure == pytest.approx(air(0.0).pressure)
    assert (found.force_x, found.force_y) == pytest.approx((-0.5 * found.dynamic_pressure / 100.0, 0.0))
    with_it = rates(facing(EAST, (0.0, 100.0, 0.0)), 0.0, 100.0, NOTHING._replace(wind_y=100.0))
    assert with_it.force_x == pytest.approx(0.0, abs=1e-9)


def test_flow_angle_is_from_the_nose() -> None:
    up = (1.0, 0.0, 0.0, 0.0)
    for velocity, angle in (((50.0, 0.0, 0.0), 0.0), ((50.0, 50.0, 0.0), 45.0), ((0.0, 0.0, 9.0), 90.0)):
        found = rates(facing(up, velocity), 0.0, 100.0, NOTHING)
        assert math.degrees(found.flow_angle) == pytest.approx(angle, abs=1e-6)


def test_wind_on_the_side_turns_an_unstable_nose_away_from_it() -> None:
    """Rising, wind towards +y: the stream comes from -y, the nose ahead of the centre of mass is blown to +y."""
    shape = BLUNT._replace(slope=(2.0, 2.0), centre=(0.5, 0.5))
    found = rates(
        facing((1.0, 0.0, 0.0, 0.0), (200.0, 0.0, 0.0)), 0.0, 100.0, NOTHING._replace(shape=shape, wind_y=10.0)
    )
    force = 0.5 * 1.225 * 2.0 * 200.0 * 10.0
    assert found.force_y == pytest.approx(force / 100.0, rel=1e-3)
    assert found.wz == pytest.approx(force * 1.5 / 40.0, rel=1e-3)


def test_terminal_speed() -> None:
    """Nose down, drag comes to carry the weight: v^2 = 2 m g / (density S Cd), g at the equator 9.780 m/s2 (WGS 84)."""
    state: State = facing((0.0, 0.0, 0.0, 1.0))
    state = (state[0] + 1000.0, *state[1:4], state[4] + 1000.0 * ROTATION_RATE, *state[5:])
    for _ in range(2000):
        motion = advance(state, (0.0,) * 3, (10.0,) * 3, NOTHING, 0.01)
        state = motion.state
    speed = math.sqrt(2.0 * motion.dynamic_pressure / air(motion.height).density)
    assert speed == pytest.approx(math.sqrt(2.0 * 10.0 * 9.780 / (air(motion.height).density * 0.5)), rel=2e-3)


def test_means_over_a_step_are_what_an_integrating_sensor_gives() -> None:
    """Constant angular acceleration: the mean rate is the one half-way; rising thrust: the mean force."""
    state = ORBIT[:10] + (0.0,) * 3
    motion = advance(state, (0.0, 500.0, 1000.0), (100.0,) * 3, NOTHING._replace(torque_y=4.0), 0.01)
    assert motion.rate[1] == pytest.approx(0.5 * 0.1 * 0.01)
    assert motion.force[0] == pytest.approx(5.0, rel=1e-6)
    assert motion.state[11] == pytest.approx(0.1 * 0.01)
