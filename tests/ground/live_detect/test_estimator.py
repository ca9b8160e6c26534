"""The ground's own estimate: right, honest about its uncertainty, and unmoved by what navigation does."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.geodesy import Vector, dot, less
from ground.air import pressure
from ground.detect.covariance import Covariance
from ground.detect.estimator import Estimator, Innovation
from ground.detect.gravity import acceleration
from ground.detect.strapdown import Strapdown, rotated, unrotated
from tests.ground.live_detect.inertial import STEP_S, Moment, boost, flown, noisy, pitched
from tests.ground.live_detect.telling import THRESHOLDS

RULES = THRESHOLDS.estimator
R = 6.379e6
SIZES = st.floats(1e-6, 1e4)


@dataclass
class Heard:
    """An estimate at the end of a flight, and its way there."""

    estimator: Estimator
    innovations: list[Innovation] = field(default_factory=list)
    off: list[tuple[float, float, float]] = field(default_factory=list)
    """Time, metres and m/s away from the truth at each solution."""
    truth: Moment | None = None


def hear(
    seconds: float,
    *,
    seed: int = 1,
    lost: float = 0.0,
    unit: Callable[[Moment], bool] = lambda now: True,
    fix: Callable[[float], bool] = lambda t: True,
    navigation: Callable[[float], bool] = lambda t: True,
    late_s: float = 0.0,
    jump: Callable[[float], float] = lambda t: 0.0,
    barometer: bool = False,
    bias: float = 0.0,
    tilt: Callable[[float], float] = lambda t: 0.0,
    restart_s: float = math.inf,
    burn: Callable[[float], float] = boost,
) -> Heard:
    """The estimate of the standard flight: noise, loss of packets, and what else is asked for."""
    rng = random.Random(seed)
    estimator = Estimator(RULES, STEP_S, 0.12)
    heard = Heard(estimator)
    past: list[Moment] = []
    for count, now in enumerate(flown(seconds, burn)):
        past.append(now)
        t = now.time_s
        if abs(t - restart_s) < 0.5 * STEP_S:
            estimator.restarted()
        force = noisy(rng, now.force, 0.02)
        rate = noisy(rng, (0.0, 0.0, 0.0), 1e-4)
        if unit(now) and rng.random() >= lost:
            estimator.strapdown.add(t, force[0] + bias, force[1], force[2], *rate)
        if count % 20 == 19 and fix(t) and rng.random() >= lost:
            then = past[-1 - min(len(past) - 1, round(late_s / STEP_S))]
            x, y, z = noisy(rng, then.position, 3.0)
            found = estimator.solution(t, (x + jump(t), y, z), noisy(rng, then.velocity, 0.05))
            if found is not None:
                heard.innovations.append(found)
            away, faster = less(now.position, estimator.position), less(now.velocity, estimator.velocity)
            heard.off.append((t, math.sqrt(dot(away, away)), math.sqrt(dot(faster, faster))))
        if count % 12 == 3 and navigation(t) and rng.random() >= lost:
            estimator.attitude(t, *pitched(now.attitude, tilt(t)))
            if barometer:
                height = math.dist(now.position, (0.0, 0.0, 0.0)) - 6378137.0
                estimator.barometer(pressure(height) + rng.gauss(0.0, 15.0))
    estimator.advance(past[-1].time_s)
    heard.truth = past[-1]
    return heard


@pytest.mark.parametrize("lost", [0.0, 0.05, 0.3])
def test_it_stays_with_the_truth_and_its_innovations_are_white(lost: float) -> None:
    heard = hear(60.0, lost=lost)
    assert all(innovation.taken for innovation in heard.innovations)
    assert max(metres for t, metres, _ in heard.off if t > 5.0) < 6.0
    assert max(speed for t, _, speed in heard.off if t > 5.0) < 0.4
    scaled = np.array([[v / each.sigma for v in each.velocity] for each in heard.innovations[10:]])
    assert 0.7 < scaled.std() < 1.1
    assert abs(np.corrcoef(scaled[1:].ravel(), scaled[:-1].ravel())[0, 1]) < 0.2


def test_a_late_receiver_is_found_to_be_late_where_the_force_changes() -> None:
    heard = hear(60.0, late_s=0.1)
    assert heard.estimator.lag_s == pytest.approx(0.1, abs=0.015)
    assert heard.off[-1][1] < 12.0


@pytest.mark.parametrize("step_s", [5.0, 5.05, 5.1, 5.15, 5.2])
def test_a_force_that_changes_just_before_a_solution_teaches_no_lag_of_its_own(step_s: float) -> None:
    """A look that ends soon after the change sees a part of it: taken for all, an error of a hundredth of a
    second in the unit's time becomes one of a tenth.
    """
    estimator = Estimator(RULES, STEP_S, 0.12)
    speed = 0.0
    for count in range(1, 900):
        t = count * STEP_S
        # The unit is a step ahead of the receiver.
        ahead = 50.0 if t + STEP_S > step_s else 0.0
        speed += 50.0 * STEP_S if t > step_s else 0.0
        pull = acceleration(R, 0.0, 0.0, 0.0, 0.0)
        estimator.strapdown.add(t, ahead - pull[0], -pull[1], -pull[2], 0.0, 0.0, 0.0)
        if count % 20 == 0:
            height = 0.5 * speed * max(0.0, t - step_s)
            estimator.solution(t, (R + height, 0.0, 0.0), (speed, 0.0, 0.0))
        if count % 8 == 0:
            estimator.attitude(t, 1.0, 0.0, 0.0, 0.0)
    assert abs(estimator.lag_s) < 0.03


def test_an_attitude_that_makes_up_for_what_the_receiver_shows_is_believed_however_far_it_is() -> None:
    """A computer that has started again in flight is a quarter of a radian wrong until its receiver is back."""
    heard = hear(30.0, tilt=lambda t: 0.25 if t < 20.0 else 0.0)
    assert heard.estimator.strapdown.age_s < 0.15
    assert math.hypot(*heard.estimator.bias) < 0.2
    astray = hear(30.0, tilt=lambda t: 0.0 if t < 20.0 else 0.25)
    assert astray.estimator.strapdown.age_s > 9.0
    assert astray.off[-1][2] < 0.4


def test_what_an_attitude_found_in_flight_errs_by_goes_with_the_force() -> None:
    """An error of 2 m/s2 that stayed when the force goes would be 2 m/s in the second after."""

    def dying(t: float) -> float:
        return 33.0 * min(1.0, max(0.0, 35.0 - t) / 2.0)

    heard = hear(38.0, tilt=lambda t: 0.06 if t > 20.0 else 0.0, restart_s=20.0, burn=dying)
    assert max(speed for t, _, speed in heard.off if t > 30.0) < 1.0


def test_a_biased_unit_is_told_by_the_filter_and_costs_no_accuracy() -> None:
    heard = hear(40.0, bias=0.3)
    assert heard.estimator.bias[0] == pytest.approx(-0.3, abs=0.05)
    assert heard.off[-1][2] < 0.15


def test_without_navigation_the_gyroscopes_carry_the_attitude() -> None:
    heard = hear(45.0, navigation=lambda t: t < 10.0)
    assert heard.estimator.strapdown.age_s > 30.0
    assert all(innovation.taken for innovation in heard.innovations)
    assert heard.off[-1][2] < 0.2


def test_without_a_receiver_inertia_goes_on_and_says_how_unsure_it_is() -> None:
    heard = hear(45.0, fix=lambda t: t < 25.0)
    assert heard.truth is not None
    away = math.dist(heard.truth.position, heard.estimator.position)
    assert 1.0 < heard.estimator.position_sigma < 40.0
    assert away < 3.0 * heard.estimator.position_sigma


def test_a_gap_widens_the_covariance_and_what_comes_after_is_taken() -> None:
    heard = hear(40.0, unit=lambda now: not 20.0 < now.time_s < 22.0, navigation=lambda t: not 20.0 < t < 22.0)
    sigmas = {round(each.time_s, 1): each.sigma for each in heard.innovations}
    assert sigmas[20.0] < 0.1
    assert sigmas[20.8] > 2.0
    assert sigmas[30.0] < 0.1
    assert all(innovation.taken for innovation in heard.innovations)


def test_a_jump_of_the_receiver_is_refused_until_it_insists() -> None:
    heard = hear(30.0, jump=lambda t: 500.0 if t > 20.0 else 0.0)
    refused = [each for each in heard.innovations if not each.taken]
    assert len(refused) == RULES.give_up
    assert refused[0].time_s == pytest.approx(20.2, abs=0.21)
    assert refused[0].position_nis > RULES.gate_3 > refused[0].velocity_nis
    assert heard.off[-1][1] == pytest.approx(500.0, abs=10.0)


def test_a_computer_that_starts_again_may_say_what_it_likes_of_its_attitude() -> None:
    estimator = hear(20.0).estimator
    known = estimator.strapdown.attitude
    assert known is not None
    estimator.restarted()
    estimator.attitude(20.5, 0.6, 0.0, 0.8, 0.0)
    carried = estimator.strapdown.attitude
    assert carried is not None
    assert carried == pytest.approx(known, abs=1e-3)


def test_a_barometer_bounds_the_height_where_no_receiver_does() -> None:
    heard = {on: hear(30.0, fix=lambda t: t < 10.0, barometer=on) for on in (False, True)}
    assert heard[True].estimator.upright.position < heard[False].estimator.upright.position
    assert heard[True].estimator.level.position == pytest.approx(heard[False].estimator.level.position, rel=0.01)


@given(SIZES, SIZES, SIZES, st.lists(st.tuples(st.floats(1e-3, 3.0), SIZES, st.booleans()), max_size=30))
def test_a_covariance_stays_one_whatever_is_seen(
    position: float, velocity: float, bias: float, steps: list[tuple[float, float, bool]]
) -> None:
    covariance = Covariance(position, velocity, bias)
    for span_s, variance, place in steps:
        covariance.propagate(span_s)
        before = covariance.position, covariance.velocity
        (covariance.see_position if place else covariance.see_velocity)(variance)
        assert covariance.position <= before[0] * (1 + 1e-9)
        assert covariance.velocity <= before[1] * (1 + 1e-9)
        assert min(covariance.position, covariance.velocity, covariance.bias) > -1e-9 * max(before)
        assert covariance.cross**2 <= covariance.position * covariance.velocity * (1 + 1e-6) + 1e-9


def test_the_covariance_is_that_of_the_textbook() -> None:
    covariance, matrix = Covariance(9.0, 0.04, 0.25), np.diag([9.0, 0.04, 0.25])
    for span_s, place in [(0.2, True), (0.13, False), (1.0, True), (0.2, False)]:
        step = np.array([[1.0, span_s, 0.5 * span_s**2], [0.0, 1.0, span_s], [0.0, 0.0, 1.0]])
        matrix = step @ matrix @ step.T
        seen = np.array([[1.0, 0.0, 0.0]]) if place else np.array([[0.0, 1.0, 0.0]])
        gain = matrix @ seen.T / (seen @ matrix @ seen.T + 0.5)
        matrix = (np.eye(3) - gain @ seen) @ matrix
        covariance.propagate(span_s)
        gains = (covariance.see_position if place else covariance.see_velocity)(0.5)
        assert gains == pytest.approx(tuple(gain.ravel()))
    assert (covariance.position, covariance.cross, covariance.position_bias) == pytest.approx(tuple(matrix[0]))
    assert (covariance.velocity, covariance.velocity_bias, covariance.bias) == pytest.approx(
        (matrix[1, 1], matrix[1, 2], matrix[2, 2])
    )


@given(st.floats(0.01, 5.0))
def test_time_without_data_widens_every_part(span_s: float) -> None:
    covariance = Covariance(9.0, 0.01, 0.001)
    covariance.propagate(span_s)
    assert covariance.position > 9.0
    assert covariance.velocity > 0.01


def test_strapdown_turns_with_the_gyroscopes_and_bridges_lost_packets() -> None:
    gains: list[Vector] = []
    for kept in (1, 2):
        strapdown = Strapdown(RULES, STEP_S)
        strapdown.take((1.0, 0.0, 0.0, 0.0))
        strapdown.add(0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.5)
        gain = strapdown.close(0.0, 0.0)
        for count in range(1, 101):
            if count % kept == 0:
                strapdown.add(count * STEP_S, 10.0, 0.0, 0.0, 0.0, 0.0, 0.5)
            if count % 10 == 0:
                gain = strapdown.close(count * STEP_S, (count - 10) * STEP_S)
        assert gain is not None
        gains.append(gain)
        assert (strapdown.unknown > 0.0) == (kept == 2)
    # About z by 0.45 rad at the end, less the turn of the Earth's own.
    assert gains[0] == pytest.approx((math.cos(0.475), math.sin(0.475), 0.0), abs=1e-3)
    assert gains[1] == pytest.approx(gains[0], abs=1e-6)


@given(st.tuples(*[st.floats(-1.0, 1.0)] * 4), st.tuples(*[st.floats(-50.0, 50.0)] * 3))
def test_a_turn_there_and_back(turn: tuple[float, float, float, float], vector: Vector) -> None:
    size = math.sqrt(sum(part * part for part in turn))
    if size < 0.1:
        return
    attitude = (turn[0] / size, turn[1] / size, turn[2] / size, turn[3] / size)
    assert unrotated(attitude, rotated(attitude, vector)) == pytest.approx(vector, abs=1e-9)


def test_nonsense_changes_nothing() -> None:
    estimator = hear(10.0).estimator
    state = estimator.position, estimator.velocity, estimator.bias
    estimator.strapdown.add(10.0, math.nan, 0.0, 0.0, 0.0, 0.0, 0.0)
    estimator.strapdown.add(9.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    estimator.attitude(10.0, math.nan, 0.0, 0.0, 0.0)
    assert estimator.solution(10.0, (math.nan, 0.0, 0.0), (0.0, 0.0, 0.0)) is None
    estimator.barometer(math.nan)
    assert (estimator.position, estimator.velocity, estimator.bias) == state
