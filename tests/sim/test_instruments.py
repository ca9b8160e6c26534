"""Instruments: random walk of the biases, delay, static-port error, ranges of the gauges, the receiver's outages."""

import statistics
from dataclasses import replace

import pytest

from flight.plans import plan as plans
from flight.wire.packet import Value
from sim import vehicle as vehicles
from sim.sensors import CHANNELS, Instruments, SensorSuite, port_error
from sim.world import World
from tests.sim.fault_bench import STILL


def suite(instruments: Instruments | None = None, noise: float = 1.0) -> tuple[World, SensorSuite]:
    vehicle, plan = vehicles.load("zhuque-1"), plans.load("zhuque-1")
    spec = vehicle.sensors
    quieter = replace(
        spec, force_noise_m_s2=spec.force_noise_m_s2 * noise, barometer_noise_pa=spec.barometer_noise_pa * noise
    )
    world = World(replace(vehicle, sensors=quieter), plan.site, plan.azimuth_deg, 300.0, lambda *_: None)
    return world, SensorSuite(world, 1, instruments)


def named(values: tuple[Value, ...]) -> dict[str, Value]:
    return dict(zip(CHANNELS, values, strict=True))


@pytest.mark.parametrize("delay", [0, 1, 3])
def test_inertial_measurements_come_late_by_their_delay(delay: int) -> None:
    world, sensors = suite(Instruments(imu_delay_steps=delay), noise=0.0)
    seen = []
    for step in range(12):
        push = 50.0 if step >= 5 else 0.0
        world.motion = world.motion._replace(force=(push, 0.0, 0.0))
        seen.append(float(named(sensors.read())["specific_force_x"]) > 25.0)
    assert seen.index(True) == 5 + delay


def test_biases_walk_as_far_as_they_should() -> None:
    """Sigma of the walk after t seconds: bias_walk times the sigma at switch-on times the root of t."""
    spec = vehicles.load("zhuque-1").sensors
    seconds, ends = 100.0, []
    for seed in range(60):
        world, _ = suite()
        exaggerated = Instruments(bias_walk=50.0, imu_delay_steps=0)
        sensors = SensorSuite(world, seed, exaggerated)
        world.motion = world.motion._replace(force=(0.0, 0.0, 0.0))
        first = float(named(sensors.read())["specific_force_y"])
        for _ in range(round(seconds / (exaggerated.bias_walk_steps * 0.01))):
            world.step += exaggerated.bias_walk_steps
            last = float(named(sensors.read())["specific_force_y"])
        ends.append(last - first)
    expected = 50.0 * spec.force_bias_m_s2 * seconds**0.5
    assert statistics.stdev(ends) == pytest.approx(expected, rel=0.35)


def test_sensors_without_bias_do_not_walk() -> None:
    vehicle, plan = vehicles.load("zhuque-1"), plans.load("zhuque-1")
    still = replace(vehicle.sensors, rate_bias_rad_s=0.0, rate_noise_rad_s=0.0)
    world = World(replace(vehicle, sensors=still), plan.site, plan.azimuth_deg, 300.0, lambda *_: None)
    sensors = SensorSuite(world, 1)
    rates = set()
    for _ in range(300):
        rates.add(named(sensors.read())["rate_x"])
        world.advance(STILL)
    assert len(rates) == 1


@pytest.mark.parametrize(("mach", "sign"), [(0.0, 0), (0.5, 0), (0.9, 1), (1.0, 1), (1.15, -1), (2.0, 0), (8.0, 0)])
def test_static_port_errs_near_mach_1_alone(mach: float, sign: int) -> None:
    error = port_error(Instruments(), 0.7 * mach * mach)
    assert (error > 0.001) - (error < -0.001) == sign
    assert abs(error) <= 0.05


def test_barometer_reads_the_port_s_pressure() -> None:
    world, sensors = suite(noise=0.0)
    for dynamic, expected in ((0.0, 60000.0), (0.7 * 60000.0, 60000.0 + 0.04 * 42000.0), (4 * 42000.0, 60000.0)):
        world.motion = world.motion._replace(static_pressure=60000.0, dynamic_pressure=dynamic)
        assert named(sensors.read())["static_pressure"] == pytest.approx(expected, abs=2.0), dynamic
    world.motion = world.motion._replace(static_pressure=50.0, dynamic_pressure=35.0)
    assert named(sensors.read())["static_pressure"] == pytest.approx(50.0, abs=1.0)


def test_gauges_end_at_their_full_scale() -> None:
    world, sensors = suite()
    stages = list(world.vehicle.stages)
    scale = stages[0].chamber_pressure_pa
    world.chamber_pressure = lambda stage: 10.0 * scale  # type: ignore[method-assign]
    row = named(sensors.read())
    assert row["stage_1_chamber_pressure"] == pytest.approx(2.0 * scale)


def test_faults_of_other_sensors_leave_each_stream_alone() -> None:
    """What is drawn does not depend on what is read: stages gone, satellites lost."""
    world, sensors = suite()
    twin_world, twin = suite()
    twin_world.lowest = 2
    twin.lose_satellites()
    for _ in range(100):
        row, other = named(sensors.read()), named(twin.read())
        for name in ("specific_force_x", "rate_z", "static_pressure", "rcs_tank_pressure", "bus_voltage"):
            assert row[name] == other[name], name
        assert row["stage_3_chamber_pressure"] == other["stage_3_chamber_pressure"]
        world.advance(STILL)
        twin_world.step += 1
        twin_world.motion = world.motion
