"""The payload's own packets: who it is, at which rates, from where, and for how long."""

import math

import pytest

from flight.geodesy import GRAVITATIONAL_PARAMETER, ROTATION_RATE, to_inertial
from flight.wire.dictionary import default
from flight.wire.packet import Value, codecs
from sim.beacon import Payload, coasted
from sim.parts import Beacon
from tests.sim import vehicles

KINDS = codecs(default())
RADIUS = 6678e3
CIRCULAR = math.sqrt(GRAVITATIONAL_PARAMETER / RADIUS)


def payload(sends_s: float = 0.0, seed: int = 1) -> Payload:
    sensors = vehicles.liquid().sensors
    state = (RADIUS, 0.0, 0.0, 0.0, CIRCULAR, 0.0)
    return Payload(Beacon("mite", sends_s, 8.0, 0.4), sensors, seed, state, 50000, 10.0)


def heard(satellite: Payload, seconds: float) -> dict[str, list[tuple[Value, ...]]]:
    found: dict[str, list[tuple[Value, ...]]] = {}
    for step in range(50000, 50000 + round(100 * seconds)):
        for packet in satellite.packets(step):
            codec = KINDS[packet[:2]]
            values = codec.decode(packet)
            assert values is not None
            found.setdefault(codec.packet.name, []).append(values)
    return found


def test_says_who_it_is_at_the_dictionary_s_rates_with_counts_and_time_of_its_own() -> None:
    found = heard(payload(), 10.0)
    assert {name: len(rows) for name, rows in found.items()} == {"identity": 10, "gnss": 50, "power": 50}
    assert found["identity"][0][4] == "mite"
    for rows in found.values():
        assert [int(row[0]) & 0x3FFF for row in rows] == list(range(len(rows)))
        assert len({row[3] for row in rows}) == 1, "one boot id"
    _, seconds, parts, *_ = found["gnss"][6]
    assert float(seconds) + float(parts) / 65536.0 == pytest.approx(1.2, abs=1e-3)


def test_flies_its_own_orbit() -> None:
    """After a quarter of an hour on a circle: as far along as the circle has it, J2 aside (some kilometres)."""
    satellite = payload()
    for step in range(50000, 50000 + 90000, 20):
        satellite.packets(step)
    angle = CIRCULAR / RADIUS * 899.8
    expected = (RADIUS * math.cos(angle), RADIUS * math.sin(angle), 0.0)
    assert satellite.state[:3] == pytest.approx(expected, abs=15e3)


def test_position_is_earth_fixed_and_noisy_as_a_receiver_s() -> None:
    row = heard(payload(), 0.1)["gnss"][0]
    position, velocity = [float(x) for x in row[6:9]], [float(x) for x in row[9:12]]
    back = to_inertial((position[0], position[1], position[2]), 500.0)
    assert back == pytest.approx((RADIUS, 0.0, 0.0), abs=20.0)
    assert math.hypot(*velocity) == pytest.approx(CIRCULAR - ROTATION_RATE * RADIUS, abs=0.5)


def test_says_that_it_ends_when_its_time_is_over() -> None:
    satellite = payload(sends_s=3.0)
    found = heard(satellite, 10.0)
    assert len(found["identity"]) == 4
    ((*header, reason, packets),) = found["end_of_stream"]
    assert float(header[1]) + float(header[2]) / 65536.0 == pytest.approx(3.01, abs=1e-3)
    assert (reason, packets) == (0, sum(len(rows) for rows in found.values()) - 1)
    assert satellite.end("stopped", 52000) == []


def test_says_why_it_is_ended() -> None:
    (packet,) = payload().end("impact", 50100)
    values = KINDS[packet[:2]].decode(packet)
    assert values is not None
    assert values[4:] == (1, 0)


def test_never_has_the_boot_id_of_the_vehicle_that_carried_it() -> None:
    """A station tells who shares a link by it."""
    alone = int(heard(payload(), 0.1)["gnss"][0][3])
    spec, sensors = Beacon("mite", 0.0, 8.0, 0.4), vehicles.liquid().sensors
    beside = Payload(spec, sensors, 1, (RADIUS, 0.0, 0.0, 0.0, CIRCULAR, 0.0), 50000, 10.0, alone)
    assert heard(beside, 0.1)["gnss"][0][3] == alone + 1


def test_seed_decides_its_noise() -> None:
    assert heard(payload(), 1.0) == heard(payload(), 1.0)
    assert heard(payload(), 1.0)["gnss"] != heard(payload(seed=2), 1.0)["gnss"]


def test_coast_keeps_energy() -> None:
    state: tuple[float, ...] = (RADIUS, 0.0, 0.0, 0.0, CIRCULAR, 0.0)
    for _ in range(500):
        state = coasted(state, 0.2)
    energy = 0.5 * sum(v * v for v in state[3:]) - GRAVITATIONAL_PARAMETER / math.hypot(*state[:3])
    assert energy == pytest.approx(0.5 * CIRCULAR**2 - GRAVITATIONAL_PARAMETER / RADIUS, rel=1e-4)
