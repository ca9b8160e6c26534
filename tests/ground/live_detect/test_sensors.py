"""Sensor faults through the whole station: what is said, and that the ground's own estimate carries on."""

from __future__ import annotations

import pytest

from flight.geodesy import to_geodetic
from flight.wire.frame import Deframer, encode
from flight.wire.packet import HEADER_VALUES, Value
from ground.detect.flight import FlightDetector
from ground.inputs import Chunk
from ground.report import Alarm
from ground.station import Station
from tests.ground.toy import Script, codec, config, fly

FROZEN_S = 17.0


def frozen(kind: str, until_s: float) -> list[Chunk]:
    """The toy's second burn, in which one kind of packets goes on with its values of `FROZEN_S`."""
    kinds, held, chunks = codec(kind), list[Value](), []
    for time_s, name, sent in fly(Script(end_s=until_s, end=False)).frames:
        frame = sent
        if name == kind and time_s >= FROZEN_S:
            (packet,) = Deframer().feed(sent)
            values = kinds.decode(packet)
            assert values is not None
            held = held or list(values[HEADER_VALUES:])
            ticks = values[1] << 16 | values[2]  # type: ignore[operator]
            frame = encode(kinds.encode(values[0] & 0x3FFF, ticks, values[3], held))  # type: ignore[operator, arg-type]
        chunks.append(Chunk(round(time_s * 1e9), "a", frame))
    return chunks


@pytest.mark.parametrize(("kind", "within_s"), [("imu", 0.2), ("navigation", 0.25), ("gnss", 0.41)])
def test_packets_that_repeat_themselves_are_frozen_data(kind: str, within_s: float) -> None:
    station, said = Station(config()), []
    for chunk in frozen(kind, FROZEN_S + 1.0):
        said += [report for report in station.receive(chunk) if isinstance(report, Alarm)]
    assert [alarm.name for alarm in said] == ["frozen_data"]
    assert said[0].channel is not None
    assert said[0].channel.startswith(kind)
    assert FROZEN_S < said[0].time_s <= FROZEN_S + within_s


def test_products_go_on_without_navigation() -> None:
    station = Station(config())
    for chunk in frozen("navigation", 21.9):
        station.receive(chunk)
    (vehicle,) = station.vehicles.values()
    assert isinstance(vehicle.detector, FlightDetector)
    products, own = vehicle.detector.products, vehicle.detector.sensors.estimator
    assert products is not None
    # Eight seconds at 20.2 m/s2, two of a coast, then 7.9 at 15.2 of which navigation saw three.
    assert products.speed_m_s == pytest.approx(262.3, abs=3.0)
    assert products.altitude_m == pytest.approx(to_geodetic(*own.position).height, abs=30.0)
    assert own.velocity_sigma < 0.2
