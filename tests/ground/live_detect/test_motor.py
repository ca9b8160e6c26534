"""One chamber's burn from its pressure: sharp and slow starts, cut-offs, tail-offs."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from ground.detect.attitude import Swing
from ground.detect.motor import Motor
from ground.detect.thresholds import default_text, parse
from ground.journal import Journal
from ground.report import Alarm, Report

THRESHOLDS = parse(default_text(), "thresholds.toml")
FULL = 6.0e6


def rising(part: float) -> float:
    """As liquid engines start and stop: 3 x^2 - 2 x^3."""
    part = min(max(part, 0.0), 1.0)
    return part * part * (3.0 - 2.0 * part)


def changes(
    pressure: Callable[[float], float], cuts: bool = True, until_s: float = 30.0
) -> list[tuple[bool, float, float]]:
    """Lit or out, when it began and when it was found, of a chamber sampled at 50 Hz with 10 kPa of noise."""
    motor, noise, found = Motor("stage_1", THRESHOLDS, 0.02, cuts), random.Random(3), []
    for step in range(round(until_s * 50)):
        time_s = step / 50.0
        if motor.update(time_s, pressure(time_s) + noise.gauss(0.0, 1e4)):
            found.append((bool(motor.lit), motor.span.middle, time_s))
    return found


@pytest.mark.parametrize(("gap_s", "sharp"), [(0.35, True), (0.0, True), (0.8, False)])
def test_a_burst_of_loss_in_a_shutdown_hides_no_cut_off(gap_s: float, sharp: bool) -> None:
    """An engine that dies within a second crosses half at 20.5 s; what was not heard is no slow tail-off."""
    motor, noise = Motor("stage_1", THRESHOLDS, 0.02), random.Random(3)
    for step in range(25 * 50):
        time_s = step / 50.0
        if 20.55 < time_s < 20.55 + gap_s:
            continue
        true = FULL * (1.0 - rising(time_s - 20.0)) if time_s > 5.0 else 0.0
        if motor.update(time_s, true + noise.gauss(0.0, 1e4)) and not motor.lit:
            break
    assert (abs(motor.span.middle - 20.5) < 0.05) == sharp


def test_a_gauge_that_stood_still_over_the_burnout_does_not_say_when_it_came() -> None:
    """Free again at 22 s, it reads nothing: the chamber has gone out at any time since 17 s."""
    motor, noise = Motor("stage_1", THRESHOLDS, 0.02), random.Random(3)
    for step in range(25 * 50):
        time_s = step / 50.0
        true = (FULL if 5.0 < time_s < 20.0 else 0.0) + noise.gauss(0.0, 1e4)
        stuck = 5.9e6 if 17.0 <= time_s < 22.0 else true
        if motor.update(time_s, stuck) and not motor.lit:
            break
    assert motor.span.low == pytest.approx(17.0, abs=0.03)
    assert motor.span.high == pytest.approx(22.0, abs=0.03)


@pytest.mark.parametrize("silent", [True, False], ids=["reads nothing", "stands still"])
def test_the_level_after_a_failure_of_the_gauge_is_of_none_from_before(silent: bool) -> None:
    """A solid's pressure falls by 100 kPa a second; the gauge is gone from 10 to 15 s."""
    motor, noise = Motor("stage_1", THRESHOLDS, 0.02, cuts=False), random.Random(3)
    for step in range(round(15.2 * 50)):
        time_s = step / 50.0
        true = FULL - 1e5 * time_s + noise.gauss(0.0, 1e4)
        gone = 10.0 <= time_s < 15.0
        if gone and silent:
            continue
        motor.update(time_s, FULL - 1e6 if gone else true)
        if gone and time_s > 10.2:
            assert not motor.settled
        if motor.settled and not gone:
            assert motor.level == pytest.approx(FULL - 1e5 * time_s, abs=3e4), time_s
    assert motor.settled


@pytest.mark.parametrize("start_s", [0.05, 0.5, 1.2])
def test_the_foot_of_a_start_is_found(start_s: float) -> None:
    ((lit, onset_s, found_s),) = changes(lambda t: FULL * rising((t - 5.0) / start_s), until_s=10.0)
    assert lit
    assert onset_s == pytest.approx(5.0, abs=0.045)
    assert found_s < 5.0 + 0.1 + 0.2 * start_s


@pytest.mark.parametrize("stop_s", [0.1, 0.6, 1.0])
def test_a_cut_off_is_where_half_is_crossed(stop_s: float) -> None:
    burn = changes(lambda t: FULL * (rising((t - 5.0) / 0.5) - rising((t - 20.0) / stop_s)))
    assert [lit for lit, _, _ in burn] == [True, False], "a chamber that dies away is not lit again"
    _, onset_s, found_s = burn[1]
    assert onset_s == pytest.approx(20.0 + 0.5 * stop_s, abs=0.03)
    assert found_s - onset_s < 0.15


def test_an_engine_that_throttles_burns_on() -> None:
    def throttled(t: float) -> float:
        return FULL * rising((t - 5.0) / 0.5) * (1.0 if t < 15.0 else max(0.35, 1.0 - 0.2 * (t - 15.0)))

    assert [lit for lit, _, _ in changes(throttled)] == [True]


def test_a_solid_burns_to_the_end_of_its_tail_off() -> None:
    def burning(t: float) -> float:
        return (
            FULL
            * rising((t - 5.0) / 0.1)
            * (1.0 if t < 20.0 else max(0.05, 1.0 - 2.0 * (t - 20.0)) if t < 23.0 else 0.0)
        )

    assert [onset_s for lit, onset_s, _ in changes(burning, cuts=False) if not lit] == [pytest.approx(23.0, abs=0.03)]
    assert [onset_s for lit, onset_s, _ in changes(burning, cuts=True) if not lit] == [pytest.approx(20.25, abs=0.03)]


def test_an_engine_is_lit_again_after_a_cut_off() -> None:
    def twice(t: float) -> float:
        return FULL * (rising((t - 5.0) / 0.5) - rising((t - 10.0) / 0.6) + rising((t - 20.0) / 0.5))

    assert [lit for lit, _, _ in changes(twice)] == [True, False, True]


# Swings


def swings(side: Callable[[float], float]) -> list[Alarm]:
    said: list[Report] = []
    journal = Journal(said.append)
    journal.vehicle = "v"
    swing = Swing(journal, THRESHOLDS)
    for step in range(6000):
        swing.force(step / 100.0, side(step / 100.0), 0.0)
    return [report for report in said if isinstance(report, Alarm)]


def test_propellant_that_swings_and_does_not_settle_is_told_within_three_cycles() -> None:
    (alarm,) = swings(lambda t: 4.0 * math.sin(math.tau * t / 1.5) if t > 10.0 else 0.0)
    assert alarm.name == "oscillation"
    assert 10.0 < alarm.time_s < 10.0 + 3.2 * 1.5
    assert "every 1.5 s" in alarm.message


def test_a_gust_and_a_swing_that_dies_away_are_none() -> None:
    assert swings(lambda t: 5.0 if 10.0 < t < 12.0 else 0.0) == []
    assert swings(lambda t: 6.0 * math.exp(-0.5 * (t - 10.0)) * math.sin(math.tau * t / 1.5) if t > 10.0 else 0.0) == []
    assert swings(lambda t: 8.0 * math.sin(math.tau * t * 20.0)) == [], "structure rings"
