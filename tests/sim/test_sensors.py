"""Sensors: laid out as the packet, noisy as specified, seeded, and late where they are late."""

import math
import statistics
from dataclasses import replace

import pytest

from flight.geodesy import to_ecef
from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.packet import Codec, Value
from sim import vehicle as vehicles
from sim.sensors import SensorSuite, measured
from sim.world import World
from tests.sim.commands import commands

SENSORS = default().packets["sensors"]
NAMES = [field.name for field in SENSORS.fields]
STILL = commands()


def suite(seed: int = 1) -> tuple[World, SensorSuite]:
    world = World(vehicles.load("zhuque-1"), plans.load("zhuque-1").site, 104.3, 300.0, lambda *_: None)
    return world, SensorSuite(world, seed)


def pad(seed: int, steps: int) -> list[dict[str, Value]]:
    world, sensors = suite(seed)
    rows = []
    for _ in range(steps):
        rows.append(dict(zip(NAMES, sensors.read(), strict=True)))
        world.advance(STILL)
    return rows


def column(rows: list[dict[str, Value]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


def test_layout_is_the_packet_s_and_fits_its_types() -> None:
    values = suite()[1].read()
    codec = Codec(SENSORS)
    assert len(codec.round(values)) == len(NAMES)
    assert codec.saturated == 0
    kinds = {"f": float, "b": bool}
    assert [type(v) for v in values] == [kinds.get(field.type[0], int) for field in SENSORS.fields]


def test_noise_is_as_specified() -> None:
    rows = pad(3, 4000)
    spec = vehicles.load("zhuque-1").sensors
    assert statistics.stdev(column(rows, "specific_force_y")) == pytest.approx(spec.force_noise_m_s2, rel=0.1)
    assert statistics.stdev(column(rows, "rate_z")) == pytest.approx(spec.rate_noise_rad_s, rel=0.1)
    assert statistics.stdev(column(rows, "static_pressure")) == pytest.approx(spec.barometer_noise_pa, rel=0.1)
    assert statistics.mean(column(rows, "specific_force_x")) == pytest.approx(9.7995, abs=5e-3)
    fixes = [row for row in rows if row["gnss_fresh"]]
    expected = to_ecef(math.radians(40.96), math.radians(100.29), 1000.0)
    for axis, place in zip("xyz", expected, strict=True):
        assert statistics.mean(column(fixes, f"gnss_position_{axis}")) == pytest.approx(place, abs=1.5)
        assert statistics.stdev(column(fixes, f"gnss_velocity_{axis}")) == pytest.approx(0.05, rel=0.3)


def test_satellite_solution_comes_five_times_a_second_and_stays() -> None:
    rows = pad(1, 100)
    assert [place for place, row in enumerate(rows) if row["gnss_fresh"]] == [0, 20, 40, 60, 80]
    assert len({row["gnss_position_x"] for row in rows}) == 5


def test_same_seed_same_noise() -> None:
    assert pad(5, 50) == pad(5, 50)
    assert pad(5, 50) != pad(6, 50)


def test_instruments_draw_from_streams_of_their_own() -> None:
    """A vehicle with a noisier barometer has the same IMU noise."""
    world, _ = suite()
    louder = replace(world.vehicle, sensors=replace(world.vehicle.sensors, barometer_noise_pa=500.0))
    site = plans.load("zhuque-1").site
    readings = []
    for vehicle in (world.vehicle, louder):
        sensors = SensorSuite(World(vehicle, site, 104.3, 300.0, lambda *_: None), 1)
        readings.append([sensors.read() for _ in range(30)][-1])
    assert readings[0][1:7] == readings[1][1:7]
    assert readings[0][7] != readings[1][7]


def test_breakwires_are_read_one_step_late() -> None:
    world, sensors = suite()
    place = NAMES.index("payload_breakwire")
    states = []
    for step in range(8):
        states.append((sensors.read()[place], world.payload_on))
        world.advance(commands(*["payload_pyro"] * (step >= 2)))
    assert (True, False) in states
    assert states.index((True, False)) + 1 == states.index((False, False))


def test_pressures_of_what_is_gone_are_exactly_zero() -> None:
    world, sensors = suite()
    world.lowest = 2
    row = dict(zip(NAMES, sensors.read(), strict=True))
    assert (row["stage_1_chamber_pressure"], row["stage_2_chamber_pressure"]) == (0.0, 0.0)
    assert (row["stage_1_breakwire"], row["fairing_breakwire"]) == (True, True), "read before the change"


@pytest.mark.parametrize(
    ("value", "expected"), [(0.24, 0.0), (0.26, 0.5), (-0.26, -0.5), (9.9, 9.0), (-99.0, -9.0), (math.inf, 9.0)]
)
def test_quantised_and_saturated(value: float, expected: float) -> None:
    assert measured(value, 0.5, 9.0) == expected


def test_nominal_bus_and_temperatures_stay_within_limits() -> None:
    limits = {f.name: f.limits for f in default().packets["power"].fields if f.limits}
    for row in pad(2, 1500):
        for name, limit in limits.items():
            value = float(row[name])
            assert limit.warning_low is None or value > limit.warning_low
            assert limit.warning_high is None or value < limit.warning_high
