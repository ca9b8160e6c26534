"""The shot of the coast-and-burn loop, against the simulator's gravitation and motor in small steps."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flight.computer import newton, shot
from flight.computer.records import Computer
from flight.computer.shooting import begin, prepare
from flight.computer.shooting_records import Burn
from sim import vehicle as vehicles
from sim.earth import gravitation
from sim.motor import SolidMotor
from tests.flight.computer.desk import computer

MOTORS = [motor for stage in vehicles.load("zhuque-1").stages if isinstance(motor := stage.motor, SolidMotor)]
BEFORE_LOWER = (-935640.4, 4768916.7, 4177824.6, -1739.114, 625.569, 390.205)
"""Inertial state of a nominal flight as the second stage lights, T+79.03 s."""
NORMAL = (-0.127162, -0.667601, 0.733579)
IN_COAST = (-1153199.2, 4819931.0, 4195074.9, -4690.49, 866.669, 97.362)
"""The same as the second stage has left, T+148.99 s."""

State = tuple[float, ...]
Vector = tuple[float, float, float]


def at(mode: int, state: State, flown: float, sensed: float = 0.0) -> Computer:
    """A computer in that part of the flight, its shot ready to be flown."""
    found = computer()
    n = found.navigation
    n.position_x, n.position_y, n.position_z, n.velocity_x, n.velocity_y, n.velocity_z = state
    g = found.guidance
    g.normal_x, g.normal_y, g.normal_z = NORMAL
    g.sensed = sensed
    prepare(found.shooting, found.plan)
    found.shooting.mode = mode
    begin(found.shooting, n, g, found.plan, flown, 1.0)
    return found


def flown_out(state: Computer) -> State:
    for _ in range(shot.END):
        if state.shooting.leg < shot.END:
            shot.fly_leg(state.shooting, state.plan)
    s = state.shooting
    return s.x, s.y, s.z, s.u, s.v, s.w


def stepped(state: State, seconds: float, steps: int, push: Callable[[float, Vector], Vector]) -> State:
    """Runge and Kutta's fourth order in the simulator's gravitation; `push` is thrust acceleration."""

    def rate(late: float, y: State) -> State:
        x, y_, z = y[:3]
        gravity, thrust = gravitation(x, y_, z), push(late, (x, y_, z))
        return (*y[3:], *(a + b for a, b in zip(gravity, thrust, strict=True)))

    def moved(y: State, k: State, part: float) -> State:
        return tuple(a + part * b for a, b in zip(y, k, strict=True))

    dt = seconds / steps
    for count in range(steps):
        late = count * dt
        k1 = rate(late, state)
        k2 = rate(late + 0.5 * dt, moved(state, k1, 0.5 * dt))
        k3 = rate(late + 0.5 * dt, moved(state, k2, 0.5 * dt))
        k4 = rate(late + dt, moved(state, k3, dt))
        state = tuple(
            a + dt / 6.0 * (b + 2.0 * c + 2.0 * d + e) for a, b, c, d, e in zip(state, k1, k2, k3, k4, strict=True)
        )
    return state


def cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def unit(a: Vector) -> Vector:
    size = math.hypot(*a)
    return a[0] / size, a[1] / size, a[2] / size


def burn(
    state: State, motor: SolidMotor, mass: float, normal: Vector, pitch: float, yaw: Callable[[float], float]
) -> State:
    """A whole burn; `yaw` by the speed gained."""

    def push(late: float, position: Vector) -> Vector:
        thrust, burnt = motor.at(late)
        gained = motor.exhaust_speed * math.log(mass / (mass - burnt))
        up = unit(position)
        ahead = unit(cross(normal, up))
        aside = yaw(gained)
        level, climb = math.cos(aside) * math.cos(pitch), math.cos(aside) * math.sin(pitch)
        size = thrust / (mass - burnt)
        x, y, z = (
            size * (level * a + climb * u - math.sin(aside) * n) for a, u, n in zip(ahead, up, normal, strict=True)
        )
        return x, y, z

    return stepped(state, motor.burn_s, 800, push)


def apart(one: State, other: State) -> tuple[float, float]:
    """Metres and metres a second."""
    return math.dist(one[:3], other[:3]), math.dist(one[3:], other[3:])


def test_whole_shot_is_the_simulator_s_flight() -> None:
    """Two burns and the coast between them: within 150 m and 0.5 m/s after 415 s and 2,000 km."""
    computed = at(newton.LOWER, BEFORE_LOWER, 79.03)
    plan, solution = computed.plan, computed.shooting
    lower, upper = plan.stages[1], plan.stages[2]
    state = burn(BEFORE_LOWER, MOTORS[1], lower.mass, NORMAL, solution.lower_pitch, lambda _: 0.0)
    coast = solution.ignition_s - 79.03 - MOTORS[1].burn_s
    state = stepped(state, coast, 200, lambda *_: (0.0, 0.0, 0.0))
    plane = unit(cross((state[0], state[1], state[2]), (state[3], state[4], state[5])))
    ramp = shot.RAMP * upper.burn.gained[shot.KNOTS - 1]

    def yaw(gained: float) -> float:
        return solution.try_weave * max(-1.0, min(1.0, (upper.weave_switch - gained) / ramp))

    state = burn(state, MOTORS[2], upper.mass, plane, solution.pitch, yaw)
    metres, speed = apart(flown_out(computed), state)
    assert metres < 150.0
    assert speed < 0.5


@given(st.floats(150.0, 600.0), st.floats(-200.0, 200.0))
@settings(max_examples=20, deadline=None)
def test_coast_is_the_simulator_s(seconds: float, faster: float) -> None:
    start = (*IN_COAST[:3], *(value + faster * 0.577 for value in IN_COAST[3:]))
    computed = at(newton.COAST, start, 149.0)
    computed.shooting.try_ignition_s = 149.0 + seconds
    for _ in range(shot.COAST_LEGS):
        shot.fly_leg(computed.shooting, computed.plan)
    s = computed.shooting
    metres, speed = apart((s.x, s.y, s.z, s.u, s.v, s.w), stepped(start, seconds, 100, lambda *_: (0.0, 0.0, 0.0)))
    assert metres < 10.0
    assert speed < 0.05


def interpolated(burn: Burn, time: float) -> float:
    """Speed gained at a time, from the knots."""
    place = max(knot for knot in range(shot.KNOTS - 1) if burn.time[knot] <= time)
    before, after = burn.push[place], burn.push[place + 1]
    late = (time - burn.time[place]) / (burn.time[place + 1] - burn.time[place])
    share = late * (before + 0.5 * (after - before) * late) / (0.5 * (before + after))
    return burn.gained[place] + share * (burn.gained[place + 1] - burn.gained[place])


@given(st.floats(0.05, 87.9))
def test_sensed_speed_tells_where_the_burn_stands(time: float) -> None:
    burn = computer().plan.stages[2].burn
    sensed = interpolated(burn, time)
    place = shot.knot(burn, sensed)
    span = burn.time[place + 1] - burn.time[place]
    assert burn.time[place] + span * shot.passed(burn, place, sensed) == pytest.approx(time, abs=1e-3)


@pytest.mark.parametrize("time", [0.0, 20.0, 44.0, 60.0, 80.0])
def test_a_burn_begun_in_its_middle_gives_the_rest_of_its_speed(time: float) -> None:
    state = at(newton.UPPER, IN_COAST, 149.0, interpolated(computer().plan.stages[2].burn, time))
    s, burn = state.shooting, state.plan.stages[2].burn
    s.try_weave = s.try_upper = 0.0
    before = (s.u, s.v, s.w)
    fallen = stepped(IN_COAST, 88.0 - time, 100, lambda *_: (0.0, 0.0, 0.0))
    u, v, w = flown_out(state)[3:]
    gained = math.dist((u, v, w), fallen[3:])
    assert gained == pytest.approx(burn.gained[shot.KNOTS - 1] - s.sensed, rel=0.01)
    assert s.time_s - 149.0 == pytest.approx(87.988 - time, abs=1e-3)
    assert before != (u, v, w)


@pytest.mark.parametrize("sensed", [-5.0, 0.0, 3483.0, 3600.0, 1e9, math.nan])
def test_speeds_beyond_the_burn_stay_within_its_knots(sensed: float) -> None:
    burn = computer().plan.stages[2].burn
    place = shot.knot(burn, sensed)
    assert 0 <= place <= shot.KNOTS - 2
    assert 0.0 <= shot.passed(burn, place, sensed) <= 1.0


@pytest.mark.parametrize(("sensed", "side"), [(0.0, 1.0), (1300.0, 1.0), (1728.0, 0.0), (2200.0, -1.0), (3400.0, -1.0)])
def test_weave_goes_from_one_side_to_the_other(sensed: float, side: float) -> None:
    stage = computer().plan.stages[2]
    assert shot.side(stage.burn, stage.weave_switch, sensed) == pytest.approx(side, abs=0.05)
