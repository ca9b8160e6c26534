"""Receiver, inertial unit, navigation and barometer against each other."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from flight.geodesy import Vector
from ground.air import density, pressure
from ground.detect.crosscheck import Crosscheck
from ground.detect.estimator import Estimator
from ground.detect.trajectory import Track
from tests.ground.live_detect.inertial import STEP_S, boost, flown, noisy, pitched
from tests.ground.live_detect.telling import THRESHOLDS, Told

FAULT_S = 20.0
"""When what a test asks for goes wrong: 15 s after lift-off, at 27 m/s2."""


def nothing(t: float) -> float:
    return 0.0


def told(
    seconds: float,
    *,
    seed: int = 1,
    lost: float = 0.0,
    force: Callable[[float], float] = nothing,
    rate: Callable[[float], float] = nothing,
    spin: Callable[[float], float] = nothing,
    jump: Callable[[float], float] = nothing,
    drift: Callable[[float], float] = nothing,
    fix: Callable[[float], bool] = lambda t: True,
    restart_s: float = math.inf,
    late_s: float = 0.0,
    behind_s: float = 0.0,
    heard_at: Callable[[float], bool] = lambda t: True,
    glitch: Callable[[float], Vector] = lambda t: (0.0, 0.0, 0.0),
    before: str = "",
    burn: Callable[[float], float] = boost,
) -> Told:
    """What is said of the standard flight: the axial accelerometer reads `force` too much and the pitch gyroscope
    `rate`, the receiver's position jumps by `jump` and its velocity is off by `glitch`, navigation's velocity is
    `drift` off across and its state `behind_s` old, the unit tumbles. An alarm has been raised `before`; the motor
    is `burn`.
    """
    rng, heard = random.Random(seed), Told()
    if before:
        heard.journal.alarm(before, "critical", 0.0, "of before")
    estimator = Estimator(THRESHOLDS.estimator, STEP_S, 0.12)
    check = Crosscheck(heard.journal, THRESHOLDS, estimator, 5.0, 0.18)
    track = Track("navigation", THRESHOLDS, 0.04)
    tilt, past = 0.0, []
    for count, now in enumerate(flown(seconds, burn)):
        t = now.time_s
        past.append(now)
        tilt += rate(t) * STEP_S
        if abs(t - restart_s) < 0.5 * STEP_S:
            check.restarted()
        felt = noisy(rng, now.force, 0.02)
        turn = noisy(rng, (spin(t), rate(t), 0.0), 1e-4)
        if rng.random() >= lost and heard_at(t):
            estimator.strapdown.add(t, felt[0] + force(t), felt[1], felt[2], turn[0], turn[1] + spin(t), turn[2])
        if count % 20 == 19 and rng.random() >= lost and heard_at(t):
            then = past[-1 - min(count, round(late_s / STEP_S))]
            x, y, z = noisy(rng, then.position, 3.0)
            u, v, w = noisy(rng, then.velocity, 0.05)
            a, b, c = glitch(t)
            check.receiver(t, fix(t), (x, y + jump(t), z), (u + a, v + b, w + c))
        if count % 12 == 3 and rng.random() >= lost and heard_at(t):
            estimator.attitude(t, *pitched(now.attitude, tilt))
            behind = past[-1 - min(count, round(behind_s / STEP_S))]
            x, y, z = behind.velocity
            track.update(t, behind.position, (x, y, z + drift(t)))
            check.navigation(t, track)
    return heard


def from_then(size: float, ramp_s: float = 0.0) -> Callable[[float], float]:
    def fault(t: float) -> float:
        return 0.0 if t < FAULT_S else size * (min(1.0, (t - FAULT_S) / ramp_s) if ramp_s else 1.0)

    return fault


@pytest.mark.parametrize("seed", range(3))
def test_a_healthy_flight_raises_nothing_whatever_is_lost_and_however_late_the_receiver(seed: int) -> None:
    assert told(60.0, seed=seed, lost=0.1 * seed, late_s=0.05 * seed).alarms == {}


def test_a_twentieth_of_g_along_the_axis_is_found_in_a_second() -> None:
    delays = []
    for seed in range(10):
        alarm = told(24.0, seed=seed, force=from_then(0.49)).alarms["sensor_bias"]
        assert alarm.channel == "imu.specific_force_x against gnss.velocity"
        delays.append(alarm.time_s - FAULT_S)
    assert sorted(delays)[5] <= 1.25
    assert max(delays) <= 1.3


def test_a_tenth_of_a_degree_a_second_is_found_within_six_seconds() -> None:
    for seed in range(3):
        alarm = told(27.0, seed=seed, rate=from_then(math.radians(0.1))).alarms["sensor_bias"]
        assert "pitch gyroscope" in alarm.message
        assert 0.0 < alarm.time_s - FAULT_S <= 6.0


def weak(time_s: float) -> float:
    """A first stage that gets the vehicle off the ground, and from 16 s on what the smallest upper stages give."""
    return boost(time_s) if time_s < 16.0 else 6.5


def test_a_tenth_of_a_degree_a_second_is_found_under_the_weakest_thrust_of_an_upper_stage() -> None:
    """Half of 6.5 m/s2 times 1.745e-3 rad/s times t^2 is eight times a receiver's noise of 0.05 m/s after 8.4 s."""
    for seed in range(4):
        alarm = told(31.0, seed=seed, lost=0.05, rate=from_then(math.radians(0.1)), burn=weak).alarms["sensor_bias"]
        assert alarm.channel == "imu.rate_y against gnss.velocity"
        assert 0.0 < alarm.time_s - FAULT_S <= 10.0


def test_a_receiver_whose_velocity_wanders_is_no_gyroscope_that_turns() -> None:
    """2 cm/s for twenty seconds at a time, and one sample in fifty ten times as wide."""
    for seed in range(3):
        rng, wander = random.Random(seed), [0.0, 0.0, 0.0]

        def glitch(t: float, rng: random.Random = rng, wander: list[float] = wander) -> Vector:
            wander[:] = (0.99 * each + rng.gauss(0.0, 0.02 * math.sqrt(1.0 - 0.99**2)) for each in wander)
            wide = 0.3 if rng.random() < 0.02 else 0.03
            return wander[0] + rng.gauss(0.0, wide), wander[1] + rng.gauss(0.0, wide), wander[2] + rng.gauss(0.0, wide)

        assert told(45.0, seed=seed, lost=0.05, glitch=glitch).alarms == {}


def test_an_accelerometer_that_goes_wild_is_found_in_two_solutions() -> None:
    assert told(21.0, force=from_then(30.0)).alarms["sensor_bias"].time_s <= FAULT_S + 0.45


def test_a_receiver_that_jumps_is_a_disagreement() -> None:
    heard = told(25.0, jump=from_then(600.0))
    assert set(heard.alarms) == {"sensor_disagreement"}
    assert heard.alarms["sensor_disagreement"].time_s <= FAULT_S + 0.45


def test_a_navigation_that_goes_astray_is_a_disagreement_and_no_biased_sensor() -> None:
    heard = told(25.0, drift=from_then(1.5))
    assert set(heard.alarms) == {"sensor_disagreement"}
    assert heard.alarms["sensor_disagreement"].channel == "navigation.velocity"
    assert heard.alarms["sensor_disagreement"].time_s <= FAULT_S + 0.7


def test_after_a_restart_navigation_is_left_alone_until_it_agrees_again() -> None:
    assert told(30.0, drift=from_then(40.0), restart_s=FAULT_S).alarms == {}
    back = told(40.0, drift=lambda t: 40.0 if FAULT_S < t < 25.0 or t > 30.0 else 0.0, restart_s=FAULT_S)
    assert 30.0 < back.alarms["sensor_disagreement"].time_s < 31.0


def test_after_a_restart_in_flight_a_slow_turn_may_be_the_attitude_that_was_found_there() -> None:
    slow = from_then(math.radians(0.1))
    for restart_s in (FAULT_S - 1.0, FAULT_S + 1.0):
        assert told(40.0, rate=slow, restart_s=restart_s).alarms == {}
    assert set(told(40.0, rate=slow, restart_s=2.0).alarms) == {"sensor_bias"}


@pytest.mark.parametrize("seed", range(3))
def test_a_state_that_hangs_on_one_poor_solution_after_a_gap_is_no_bias(seed: int) -> None:
    def wild(t: float) -> Vector:
        # The first solution after the gap, and another on another axis while the first still shows.
        first, second = abs(t - 24.8) < 0.05, abs(t - 26.6) < 0.05
        return (0.75 if second else 0.0, 0.0, 0.5 if first else 0.0)

    assert told(34.0, seed=seed, heard_at=lambda t: not 23.1 < t < 24.7, glitch=wild).alarms == {}


def test_in_a_fall_after_a_loss_no_sensor_is_judged() -> None:
    assert set(told(30.0, force=from_then(0.49), before="orbit_not_reachable").alarms) == {"orbit_not_reachable"}


def test_what_a_tumble_makes_of_it_is_no_sensors_fault() -> None:
    assert told(26.0, spin=from_then(3.0), force=from_then(5.0)).alarms == {}


def test_a_lost_fix_is_a_watch_and_no_fault_of_the_vehicle() -> None:
    heard = told(30.0, fix=lambda t: t < FAULT_S)
    assert [(alarm.name, alarm.severity) for alarm in heard.alarms.values()] == [("gnss_lost", "watch")]
    assert heard.alarms["gnss_lost"].time_s <= FAULT_S + 0.41
    assert told(30.0, fix=lambda t: not FAULT_S <= t < FAULT_S + 0.1).alarms == {}


def unaided(t: float) -> float:
    """What a navigation errs across by after half a minute without a fix: drawn back by a tenth with each solution."""
    return 0.04 * (min(t, 50.0) - 20.0) * 0.9 ** max(0.0, 5.0 * (t - 50.0)) if t > 20.0 else 0.0


@pytest.mark.parametrize("seed", range(3))
def test_what_a_navigation_drifts_without_its_receiver_is_no_fault_and_what_stays_off_afterwards_is(seed: int) -> None:
    def fix(t: float) -> bool:
        return not 20.0 < t < 50.0

    assert set(told(62.0, seed=seed, lost=0.05, fix=fix, drift=unaided).alarms) == {"gnss_lost"}
    stays = told(75.0, seed=seed, lost=0.05, fix=fix, drift=lambda t: min(unaided(min(t, 50.0)), 1.2)).alarms
    assert 50.0 < stays["sensor_disagreement"].time_s < 62.0
    wild = told(52.0, seed=seed, lost=0.05, fix=fix, drift=lambda t: 40.0 if t > 50.0 else 0.0).alarms
    assert wild["sensor_disagreement"].time_s < 51.0


def ebbing(time_s: float) -> float:
    """20 m/s2 at lift-off, nothing after half a minute, never stepping."""
    return max(0.0, 20.0 * (1.0 - (time_s - 5.0) / 30.0))


def test_a_late_clock_shows_along_gravity_as_well() -> None:
    assert told(45.0, behind_s=0.09, burn=ebbing).alarms == {}


def test_what_a_receivers_tails_make_of_the_first_second_is_no_level_that_a_unit_strays_from() -> None:
    """One sample in twenty ten times as wide, on the pad."""
    for seed in range(60):
        rng = random.Random(seed)

        def glitch(t: float, rng: random.Random = rng) -> Vector:
            x, y, z = (rng.gauss(0.0, 0.3 if rng.random() < 0.05 else 0.03) for _ in range(3))
            return x, y, z

        assert told(4.0, seed=seed, glitch=glitch).alarms == {}, seed


def test_the_units_error_is_held_against_what_the_pad_showed_and_not_against_its_first_guess() -> None:
    def glitch(t: float) -> Vector:
        return (0.0, 0.0, 0.3 if t < 0.3 else -0.4 if 1.1 < t < 1.3 else 0.0)

    for seed in range(3):
        assert told(3.5, seed=seed, glitch=glitch).alarms == {}


def climb(measured: Callable[[float, float], float]) -> Told:
    """Up at 200 m/s from sea level; `measured` makes the barometer's reading of true and dynamic pressure."""
    heard = Told()
    estimator = Estimator(THRESHOLDS.estimator, STEP_S, 0.12)
    check = Crosscheck(heard.journal, THRESHOLDS, estimator, 5.0, 0.06)
    track = Track("navigation", THRESHOLDS, 0.04)
    for count in range(2000):
        t = count * 0.04
        position: Vector = (6378137.0 + 200.0 * t, 0.0, 0.0)
        track.update(t, position, (200.0, 0.0, 0.0))
        check.barometer(t, track, measured(pressure(track.height), 0.5 * density(track.height) * 200.0**2))
    return heard


def test_the_ports_error_near_mach_one_is_no_disagreement_and_a_blocked_port_is() -> None:
    assert climb(lambda true, stirred: 1.03 * true - 0.2 * stirred).alarms == {}
    assert set(climb(lambda true, stirred: 1.0e5).alarms) == {"sensor_disagreement"}
