"""The coast-and-burn loop: it meets its target from dispersed states, keeps what it has, and does little at a step."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flight.computer import newton, shooting, shot
from flight.computer.records import Computer
from tests.flight.computer.desk import computer
from tests.flight.computer.test_shot import BEFORE_LOWER, IN_COAST, NORMAL, State


def on_the_way(state: State) -> Computer:
    found = computer()
    n, g = found.navigation, found.guidance
    n.position_x, n.position_y, n.position_z, n.velocity_x, n.velocity_y, n.velocity_z = state
    g.normal_x, g.normal_y, g.normal_z = NORMAL
    return found


def cycles(state: Computer, mode: int, flown: float, count: int) -> None:
    """So many solutions with the clock at rest."""
    for _ in range(count):
        for _ in range((newton.UNKNOWNS + 1) * (shot.END + 1)):
            state.shooting.wait = 0
            before = state.shooting.shot
            shooting.shoot(state.shooting, state.navigation, state.guidance, state.plan, mode, flown, 1.0)
            if before > 0 and state.shooting.shot == 0:
                break


def missed(state: Computer) -> list[float]:
    """Misses of the last cycle's first shot: km, m/s, m/s, thousandths."""
    return [state.shooting.misses[place].value for place in range(newton.ASKED)]


errors = st.tuples(*[st.floats(-3e3, 3e3)] * 3, *[st.floats(-10.0, 10.0)] * 3)


@given(errors)
@settings(max_examples=15, deadline=None)
def test_coast_meets_the_target_from_dispersed_states(error: State) -> None:
    """Kilometres and 10 m/s off after the second stage: five to ten sigma of what is left for the coast to correct."""
    state = on_the_way(tuple(a + b for a, b in zip(IN_COAST, error, strict=True)))
    cycles(state, newton.COAST, 149.0, 12)
    radius, climb, speed, tilt = missed(state)
    assert abs(radius) < 0.1
    assert abs(climb) < 0.3
    assert abs(speed) < 0.3
    assert abs(tilt) < 0.02
    assert state.shooting.unsolved == 0
    assert 350.0 < state.shooting.ignition_s < 460.0


@given(errors)
@settings(max_examples=10, deadline=None)
def test_lower_burn_meets_the_target_from_dispersed_states(error: State) -> None:
    state = on_the_way(tuple(a + b for a, b in zip(BEFORE_LOWER, error, strict=True)))
    cycles(state, newton.LOWER, 79.0, 12)
    radius, climb, speed, tilt = missed(state)
    assert abs(radius) < 0.3
    assert abs(climb) < 0.5
    assert abs(speed) < 0.5
    assert abs(tilt) < 0.02


def test_too_weak_a_motor_wastes_nothing_and_still_meets_radius_and_climb() -> None:
    """240 m/s are missing, more than the weave has to spare."""
    state = on_the_way(IN_COAST)
    burn = state.plan.stages[2].burn
    burn.push = tuple(0.93 * value for value in burn.push)  # type: ignore[assignment]
    burn.gained = tuple(0.93 * value for value in burn.gained)  # type: ignore[assignment]
    cycles(state, newton.COAST, 149.0, 20)
    radius, climb, speed, _ = missed(state)
    assert state.shooting.waste == 0.0
    assert abs(radius) < 0.3
    assert abs(climb) < 1.0
    assert -240.0 < speed < -10.0
    assert state.shooting.unsolved == 0


@pytest.mark.parametrize("spoilt", [math.nan, math.inf, 1e200])
def test_a_state_that_is_no_number_leaves_the_solution_as_it_was(spoilt: float) -> None:
    state = on_the_way(IN_COAST)
    cycles(state, newton.COAST, 149.0, 6)
    s = state.shooting
    good = (s.ignition_s, s.pitch, s.slope, s.waste, s.bias)
    state.navigation.velocity_x = spoilt
    cycles(state, newton.COAST, 149.0, 3)
    assert (s.ignition_s, s.pitch, s.slope, s.waste, s.bias) == good
    assert s.unsolved == 3
    state.navigation.velocity_x = IN_COAST[3]
    cycles(state, newton.COAST, 149.0, 2)
    assert s.unsolved == 3


@given(st.floats(6.3e6, 7e6), st.floats(-8e3, 8e3), st.floats(-8e3, 8e3), st.floats(-8e3, 8e3))
@settings(max_examples=15, deadline=None)
def test_solution_stays_within_its_limits(radius: float, u: float, v: float, w: float) -> None:
    """Whatever the state: nothing that could not be flown."""
    state = on_the_way((radius, 0.0, 0.0, u, v, w))
    cycles(state, newton.COAST, 149.0, 6)
    s, planned = state.shooting, state.plan.stages[2].ignition_s
    assert abs(s.ignition_s - planned) <= shooting.WINDOW_S
    assert shooting.LEAST_PITCH <= s.pitch <= shooting.MOST_PITCH
    assert abs(s.slope) <= shooting.MOST_SLOPE
    assert abs(s.bias) <= shooting.MOST_BIAS
    assert 0.0 <= s.waste <= shooting.MOST_WASTE


@pytest.mark.parametrize("mode", [newton.LOWER, newton.COAST, newton.UPPER])
def test_a_control_step_flies_at_most_one_leg(mode: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a cycle is over after six shots of 36 legs, one step to begin each, and the rest."""
    state = on_the_way(BEFORE_LOWER if mode == newton.LOWER else IN_COAST)
    legs = solved = 0
    fly_leg, improve = shot.fly_leg, shooting.improve

    def counted(*arguments: object) -> None:
        nonlocal legs
        legs += 1
        fly_leg(*arguments)  # type: ignore[arg-type]

    def improved(*arguments: object) -> None:
        nonlocal solved
        solved += 1
        improve(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(shooting, "fly_leg", counted)
    monkeypatch.setattr(shooting, "improve", improved)
    steps = (newton.UNKNOWNS + 1) * (shot.END + 1) + shooting.PAUSE
    for step in range(steps):
        before = legs
        shooting.shoot(state.shooting, state.navigation, state.guidance, state.plan, mode, 149.0 + 0.01 * step, 1.0)
        assert legs - before <= 1
    assert solved >= 1


def test_solution_is_frozen_before_the_burnout() -> None:
    state = on_the_way(IN_COAST)
    burn = state.plan.stages[2].burn
    state.guidance.sensed = burn.gained[shot.KNOTS - 1] - 20.0
    s = state.shooting
    cycles(state, newton.UPPER, 480.0, 1)
    assert s.left_s < shooting.FREEZE_S
    assert (s.pitch, s.slope, s.bias) == (state.plan.stages[2].pitch, 0.0, 0.0)


def test_pace_is_that_of_the_burn() -> None:
    """A motor that burns 2 % slower than planned has sensed what the plan has 2 % sooner."""
    state = on_the_way(IN_COAST)
    burn = state.plan.stages[2].burn
    state.guidance.sensed = burn.gained[8]
    age = burn.time[8] / 0.98
    shooting.shoot(state.shooting, state.navigation, state.guidance, state.plan, newton.UPPER, 440.0, age)
    assert state.shooting.pace == pytest.approx(0.98)
    assert state.shooting.left_s == pytest.approx((burn.time[15] - burn.time[8]) / 0.98)


def test_without_a_planned_inclination_the_present_one_is_kept() -> None:
    state = on_the_way(IN_COAST)
    state.plan.target_inclination = -1.0
    cycles(state, newton.COAST, 149.0, 10)
    x, y, z, u, v, w = IN_COAST
    momentum = (y * w - z * v, z * u - x * w, x * v - y * u)
    assert state.shooting.cosine == pytest.approx(momentum[2] / math.hypot(*momentum))
    assert abs(missed(state)[3]) < 0.02
    assert abs(state.shooting.bias) < 0.02
