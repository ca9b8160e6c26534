"""Sensors that stick or fall silent, sample by sample."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from ground.detect.stuck import Channel, StuckSensors
from tests.ground.live_detect.telling import THRESHOLDS, Told


def watch(told: Told, names: list[str], fine: bool = False, upset: bool = False) -> StuckSensors:
    channels = [Channel(name, place, THRESHOLDS.sensor, fine) for place, name in enumerate(names)]
    return StuckSensors(told.journal, THRESHOLDS, "imu", channels, lambda: upset)


def imu(seed: int, stuck: Callable[[int, float], bool] = lambda place, t: False, step: float = 1e-3) -> Told:
    """Ten seconds of six noisy channels in steps of `step`; what `stuck` names keeps its value."""
    told, rng = Told(), random.Random(seed)
    sensors = watch(told, [f"channel_{place}" for place in range(6)])
    values = [0.0] * 6
    for count in range(1000):
        t = count * 0.01
        for place in range(6):
            if not stuck(place, t):
                values[place] = round(rng.gauss(5.0, 0.02) / step) * step
        sensors.feed(t, tuple(values))
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


def test_channels_that_all_stop_together_are_frozen_data_at_once() -> None:
    told = imu(1, lambda place, t: t >= 6.0)
    assert set(told.alarms) == {"frozen_data"}
    assert told.alarms["frozen_data"].time_s <= 6.2


def test_a_channel_that_reads_nothing_is_told_as_such_within_two_tenths() -> None:
    told = Told()
    sensors = watch(told, ["rate_x"])
    rng = random.Random(1)
    for count in range(400):
        sensors.feed(count * 0.01, (rng.gauss(0.0, 1.0) if count < 300 else math.nan,))
    assert "reads nothing" in told.alarms["sensor_stuck"].message
    assert 3.0 < told.alarms["sensor_stuck"].time_s <= 3.2


def test_a_channel_that_was_never_lively_and_a_zero_are_not_judged() -> None:
    told = Told()
    sensors = watch(told, ["a", "b"])
    rng = random.Random(1)
    for count in range(600):
        sensors.feed(count * 0.01, (7.0, rng.gauss(1.0, 0.1) if count < 300 else 0.0))
    assert told.alarms == {}


@pytest.mark.parametrize(("rate", "limit_s"), [(25, 0.2), (5, 0.25)])
def test_a_position_that_moves_no_more_needs_one_repeat(rate: int, limit_s: float) -> None:
    told = Told()
    sensors = watch(told, ["position_x", "position_y", "position_z"], fine=True)
    for count in range(40 * rate):
        t = count / rate
        x = 6.4e6 + 1234.5678 * min(t, 30.0)
        sensors.feed(t, (x, 0.5 * x, -x))
    assert set(told.alarms) == {"frozen_data"}
    assert 30.0 < told.alarms["frozen_data"].time_s <= 30.0 + limit_s + 1e-6


def test_a_receiver_of_one_solution_a_second_in_packets_of_five_is_not_stuck() -> None:
    told = Told()
    sensors = watch(told, ["position_x", "position_y", "position_z"], fine=True)
    for count in range(500):
        x = 6.4e6 + 1234.5678 * (count // 5)
        sensors.feed(count * 0.2, (x, 0.5 * x, -x))
    assert told.alarms == {}


@pytest.mark.parametrize("upset", [True, False])
def test_a_gyroscope_at_the_end_of_its_range_is_not_stuck_while_the_vehicle_tumbles(upset: bool) -> None:
    told = Told()
    sensors = watch(told, ["rate_y"], upset=upset)
    rng = random.Random(1)
    for count in range(900):
        rate = 0.03 * max(0, count - 200) + rng.gauss(0.0, 1e-4)
        sensors.feed(count * 0.01, (min(rate, 17.5),))
    assert (told.alarms == {}) == upset
    for count in range(900, 1000):
        sensors.feed(count * 0.01, (5.0 + rng.gauss(0.0, 1e-4) if count < 920 else 3.0,))
    assert "sensor_stuck" in told.alarms, "a value within the range sticks, tumble or not"


@pytest.mark.parametrize(("rests", "alarms"), [(True, set()), (False, {"sensor_stuck"})])
def test_a_position_that_an_apogee_gives_twice_is_not_stuck(rests: bool, alarms: set[str]) -> None:
    """Around the top, where the vehicle is too slow to be looked at, as far before as behind it: five a second."""
    told = Told()
    sensors = watch(told, ["position_y"], fine=True)
    for count in range(-40, 10):
        t = 0.2 * count
        if abs(t) > 0.3:
            sensors.feed(t, (563387.7 - 0.43 * t * t,))
        elif rests:
            sensors.rest()
    assert set(told.alarms) == alarms
