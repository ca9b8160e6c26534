"""Subsystems that fail: tanks that empty, buses that fall, nozzles that stick."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from ground.detect.subsystems import Falling, Leak, Nozzle
from tests.ground.live_detect.telling import THRESHOLDS, Told


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
    assert "rcs_leak" in emptied(lambda t, level: 0.03 * level, 0.17).alarms, "the leak's own torque is worked against"
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


@pytest.mark.parametrize("seed", range(20))
def test_on_the_pad_a_gauge_s_noise_is_no_leak_and_a_leak_of_a_tenth_is(seed: int) -> None:
    told, rng = Told(), random.Random(seed)
    tank = Falling(told.journal, THRESHOLDS, "systems.fuel_tank_pressure", "tank_pressure_low", "critical", 0.05)
    for count in range(1200):
        tank.feed(count * 0.05, rng.gauss(1.2e5, 4e3), standing=True)
    assert told.alarms == {}
    for count in range(1200, 1300):
        tank.feed(count * 0.05, rng.gauss(1.08e5, 4e3), standing=True)
    assert told.alarms["tank_pressure_low"].time_s < 62.5


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
