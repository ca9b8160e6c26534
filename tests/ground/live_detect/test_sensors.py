"""Sensors that stick, drift apart or fall silent, and subsystems that fail, sample by sample."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from flight.geodesy import Vector
from ground.air import density, pressure
from ground.detect.crosscheck import Crosscheck
from ground.detect.stuck import StuckSensors
from ground.detect.subsystems import Falling, Leak, Nozzle
from ground.detect.thresholds import default_text, parse
from ground.detect.trajectory import Track
from ground.journal import Journal
from ground.report import Alarm, Report

THRESHOLDS = parse(default_text(), "thresholds.toml")


class Told:
    """A journal that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[Report] = []
        self.journal = Journal(self.said.append)
        self.journal.vehicle = "v"

    @property
    def alarms(self) -> dict[str, Alarm]:
        return {report.name: report for report in self.said if isinstance(report, Alarm)}


def imu(seed: int, stuck: Callable[[int, float], bool] = lambda place, t: False, step: float = 1e-3) -> Told:
    """Ten seconds of six noisy channels in steps of `step`; what `stuck` names keeps its value."""
    told, rng = Told(), random.Random(seed)
    watch = StuckSensors(told.journal, THRESHOLDS, "imu", [(f"channel_{place}", place) for place in range(6)])
    values = [0.0] * 6
    for count in range(1000):
        t = count * 0.01
        for place in range(6):
            if not stuck(place, t):
                values[place] = round(rng.gauss(5.0, 0.02) / step) * step
        watch.feed(t, tuple(values))
    return told


@pytest.mark.parametrize("step", [1e-6, 1e-3, 0.02])
@pytest.mark.parametrize("seed", range(5))
def test_noisy_channels_are_not_stuck_however_coarse_their_steps(seed: int, step: float) -> None:
    assert imu(seed, step=step).alarms == {}


@pytest.mark.parametrize("step", [1e-6, 1e-3])
def test_a_stuck_channel_is_found_within_three_tenths_of_a_second(step: float) -> None:
    alarm = imu(1, lambda place, t: place == 2 and t >= 6.0, step).alarms["sensor_stuck"]
    assert alarm.channel == "imu.channel_2"
    assert 6.0 < alarm.time_s <= 6.3


def test_channels_that_all_stop_together_are_frozen_data() -> None:
    assert set(imu(1, lambda place, t: t >= 6.0).alarms) == {"frozen_data"}


def test_a_channel_that_reads_nothing_is_told_as_such() -> None:
    told = Told()
    watch = StuckSensors(told.journal, THRESHOLDS, "imu", [("rate_x", 0)])
    rng = random.Random(1)
    for count in range(400):
        watch.feed(count * 0.01, (rng.gauss(0.0, 1.0) if count < 300 else math.nan,))
    assert "reads nothing" in told.alarms["sensor_stuck"].message


def test_a_channel_that_was_never_lively_and_a_zero_are_not_judged() -> None:
    told = Told()
    watch = StuckSensors(told.journal, THRESHOLDS, "power", [("a", 0), ("b", 1)])
    rng = random.Random(1)
    for count in range(600):
        watch.feed(count * 0.01, (7.0, rng.gauss(1.0, 0.1) if count < 300 else 0.0))
    assert told.alarms == {}


RADIUS = 6.5e6


def flown(
    bias: float = 0.0,
    late_s: float = 0.0,
    jump: float = 0.0,
    fix: Callable[[float], bool] = lambda t: True,
    seconds: float = 20.0,
) -> Told:
    """Along z at 30 m/s2 of axial force; navigation at 25 Hz errs by `bias` m/s across from 10 s on and by a clock that
    is late; the receiver at 5 Hz jumps by `jump` m at 10 s."""
    told, rng = Told(), random.Random(1)
    check = Crosscheck(told.journal, THRESHOLDS)
    track = Track("navigation", THRESHOLDS, 0.04)

    def at(t: float) -> tuple[Vector, Vector]:
        return (RADIUS, 0.0, 15.0 * t * t), (0.0, 0.0, 30.0 * t)

    for count in range(round(seconds * 100)):
        t = count * 0.01
        if count % 20 == 0:
            (x, y, z), (u, v, w) = at(t)
            away = jump if t >= 10.0 else 0.0
            noisy = (x + rng.gauss(away, 3.0), y + rng.gauss(0.0, 3.0), z + rng.gauss(0.0, 3.0))
            check.receiver(t, fix(t), noisy, (u, v + rng.gauss(0.0, 0.05), w + rng.gauss(0.0, 0.05)))
        if count % 4 == 0:
            position, (u, v, w) = at(t - late_s)
            track.update(t, position, (u, v + (bias if t >= 10.0 else 0.0), w))
            check.navigation(track, 30.0)
    return told


def test_agreeing_sources_raise_nothing_even_with_a_clock_that_is_two_steps_late() -> None:
    assert flown().alarms == {}
    assert flown(late_s=0.02).alarms == {}


def test_a_lasting_difference_of_velocity_is_a_bias_within_a_second() -> None:
    told = flown(bias=0.8)
    assert set(told.alarms) == {"sensor_bias"}
    assert 10.0 < told.alarms["sensor_bias"].time_s < 11.1


def test_a_receiver_that_jumps_is_a_disagreement() -> None:
    assert set(flown(jump=600.0).alarms) == {"sensor_disagreement"}


def test_a_lost_fix_is_a_watch_and_no_fault_of_the_vehicle() -> None:
    told = flown(fix=lambda t: t < 10.0)
    assert [(alarm.name, alarm.severity) for alarm in told.alarms.values()] == [("gnss_lost", "watch")]
    assert flown(fix=lambda t: not 10.0 <= t < 10.1).alarms == {}


def climb(measured: Callable[[float, float], float]) -> Told:
    """Up at 200 m/s from sea level; `measured` makes the barometer's reading of true and dynamic pressure."""
    told = Told()
    check = Crosscheck(told.journal, THRESHOLDS)
    track = Track("navigation", THRESHOLDS, 0.04)
    for count in range(2000):
        t = count * 0.04
        track.update(t, (6378137.0 + 200.0 * t, 0.0, 0.0), (200.0, 0.0, 0.0))
        check.barometer(t, track, measured(pressure(track.height), 0.5 * density(track.height) * 200.0**2))
    return told


def test_the_ports_error_near_mach_one_is_no_disagreement_and_a_blocked_port_is() -> None:
    assert climb(lambda true, stirred: 1.03 * true - 0.2 * stirred).alarms == {}
    assert set(climb(lambda true, stirred: 1.0e5).alarms) == {"sensor_disagreement"}


def emptied(loss: Callable[[float, float], float], duty: float) -> Told:
    """Thirty seconds of a tank whose pressure changes by `loss` of time and pressure, Pa/s."""
    told, level, rng = Told(), 2.5e6, random.Random(1)
    leak = Leak(told.journal, THRESHOLDS)
    for count in range(1500):
        t = count * 0.02
        level -= loss(t, level) * 0.02
        leak.feed(t, level + rng.gauss(0.0, 4e3), duty)
    return told


def test_a_tank_that_empties_without_work_leaks_and_one_that_works_does_not() -> None:
    alarm = emptied(lambda t, level: 0.03 * level if t > 10.0 else 0.0, 0.02).alarms["rcs_leak"]
    assert 10.0 < alarm.time_s < 16.0
    assert emptied(lambda t, level: 0.03 * level, 0.4).alarms == {}
    assert emptied(lambda t, level: 0.0, 0.0).alarms == {}


@pytest.mark.parametrize(("to", "told"), [(0.9, False), (0.5, True)])
def test_a_bus_that_falls_within_two_seconds(to: float, told: bool) -> None:
    journal = Told()
    bus = Falling(journal.journal, THRESHOLDS, "systems.servo_voltage", "bus_undervoltage", "critical", 0.05)
    for count in range(400):
        bus.feed(count * 0.05, 450.0 if count < 200 else 450.0 * to)
    assert ("bus_undervoltage" in journal.alarms) == told
    if told:
        assert journal.alarms["bus_undervoltage"].time_s <= 10.1


def test_a_tank_that_blows_down_over_minutes_does_not_fall() -> None:
    told = Told()
    tank = Falling(told.journal, THRESHOLDS, "systems.helium_pressure", "tank_pressure_low", "warning", 0.05)
    for count in range(4000):
        tank.feed(count * 0.05, 30e6 * math.exp(-count * 0.05 / 120.0))
    assert told.alarms == {}


@pytest.mark.parametrize(
    ("command", "angle", "why"),
    [
        pytest.param(0.02, 0.02, "", id="follows"),
        pytest.param(0.0872, 0.0872, "its stop", id="at its stop"),
        pytest.param(0.05, 0.0, "from its command", id="does not follow"),
    ],
)
def test_a_nozzle(command: float, angle: float, why: str) -> None:
    told = Told()
    nozzle = Nozzle(told.journal, THRESHOLDS, 0.02)
    for count in range(50):
        nozzle.feed(count * 0.02, (command, 0.0), (angle, 0.0), math.radians(5.0))
    assert [why in alarm.message for alarm in told.alarms.values()] == ([True] if why else [])
