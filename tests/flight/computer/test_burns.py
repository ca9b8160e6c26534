"""The sums over the burns ahead against quadrature, and the predicted path against a finer one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.computer import burns
from flight.computer.ascent_records import Ascent, Path, Thrust
from flight.computer.navigation import gravity
from flight.computer.records import Navigation
from flight.onboard import zeroed
from tests.flight.computer.ascent_harness import FLIGHTS, computer

SPEED = st.floats(10.0, 5000.0)
CONSTANT = st.floats(50.0, 800.0)


def quadrature(ahead: Thrust, steps: int = 300) -> tuple[float, float, float, float]:
    """Speed, moment, distance and its moment by the midpoint rule over the table of burns and what is between them."""
    speed = moment = distance = distance_moment = now = 0.0
    for burn in ahead.burns[: ahead.count]:
        distance += speed * (burn.start - now)
        distance_moment += moment * (burn.start - now)
        step = burn.seconds / steps
        for k in range(steps):
            since = (k + 0.5) * step
            force, t = burn.exhaust_speed / (burn.time_constant - since), burn.start + since
            distance += step * (speed + 0.5 * force * step)
            distance_moment += step * (moment + 0.5 * force * t * step)
            speed += force * step
            moment += force * t * step
        now = burn.start + burn.seconds
    return speed, moment, distance, distance_moment


@given(SPEED, CONSTANT, st.floats(0.0, 30.0), SPEED, CONSTANT)
def test_sums_are_the_integrals(first: float, first_s: float, gap: float, second: float, second_s: float) -> None:
    ahead = zeroed(Thrust)
    seconds = burns.add_burn(ahead, first, 3300.0, first_s)
    assert burns.burn_speed(3300.0, first_s, seconds) == pytest.approx(first, rel=1e-9)
    burns.add_coast(ahead, gap)
    burns.add_burn(ahead, second, 3000.0, second_s)
    exact = quadrature(ahead)
    assert (ahead.speed, ahead.moment, ahead.distance, ahead.distance_moment) == pytest.approx(exact, rel=1e-3)


def test_a_full_table_takes_no_more() -> None:
    ahead = zeroed(Thrust)
    taken = [burns.add_burn(ahead, 100.0, 3000.0, 300.0) for _ in range(6)]
    assert taken[4:] == [0.0, 0.0]
    assert ahead.speed == pytest.approx(400.0)


@pytest.mark.parametrize(("speed", "exhaust", "constant"), [(0.0, 3e3, 300.0), (1.0, 0.0, 300.0), (1.0, 3e3, 0.0)])
def test_what_cannot_burn_adds_nothing(speed: float, exhaust: float, constant: float) -> None:
    ahead = zeroed(Thrust)
    assert burns.add_burn(ahead, speed, exhaust, constant) == 0.0
    assert ahead.time == 0.0


@pytest.mark.parametrize(("name", "count"), [("zhuque-2", 2), ("zhuque-2a", 2), ("soyuz-fg", 1)])
def test_forecast_lists_the_burns_of_the_plan(name: str, count: int) -> None:
    plan = computer(FLIGHTS[name]).plan
    state = zeroed(Ascent)
    state.exhaust_speed = plan.stages[0].exhaust_speed
    state.time_constant = burns.burn_constant(plan.stages[0])
    state.left, state.vernier_speed = 4000.0, 1000.0 if plan.stages[0].vernier_s > 0.0 else 0.0
    burns.forecast(state, plan, 5500.0)
    assert state.ahead.count == count
    assert state.ahead.speed == pytest.approx(5500.0)
    if name == "zhuque-2":
        gained = burns.burn_speed(plan.stages[0].exhaust_speed, state.time_constant, state.ahead.burns[0].seconds)
        assert gained == pytest.approx(4500.0), "the vernier's 1000 m/s are left to it"
    burns.forecast(state, plan, 500.0)
    assert state.ahead.speed == pytest.approx(500.0), "no more than is needed"


def test_predicted_path_is_the_flown_one() -> None:
    navigation, ahead, path = zeroed(Navigation), zeroed(Thrust), zeroed(Path)
    navigation.position_x, navigation.velocity_y, navigation.velocity_z = 6.5e6, 4000.0, 500.0
    burns.add_burn(ahead, 1500.0, 3300.0, 250.0)
    burns.add_coast(ahead, 4.0)
    burns.add_burn(ahead, 1500.0, 3300.0, 700.0)
    burns.predict(path, ahead, navigation, 0.0, 1.0, 0.0, -1e-3, 0.0, 1e-4, 150.0)
    position, velocity = [6.5e6, 0.0, 0.0], [0.0, 4000.0, 500.0]
    steps = 20000
    step = ahead.time / steps
    for k in range(steps):
        t = (k + 0.5) * step
        force = 0.0
        for burn in ahead.burns[: ahead.count]:
            if burn.start <= t < burn.start + burn.seconds:
                force = burn.exhaust_speed / (burn.time_constant - (t - burn.start))
        aim = (-1e-3 * (t - 150.0), 1.0, 1e-4 * (t - 150.0))
        middle = [p + 0.5 * step * v for p, v in zip(position, velocity, strict=True)]
        pull = gravity(*middle)
        velocity = [v + step * (g + force * a / math.hypot(*aim)) for v, g, a in zip(velocity, pull, aim, strict=True)]
        position = [p + 0.5 * step * v for p, v in zip(middle, velocity, strict=True)]
    assert math.dist((path.x, path.y, path.z), position) < 300.0, "of a path of 1,700 km"
    assert math.dist((path.u, path.v, path.w), velocity) < 2.0
