"""A payload that speaks on the launch vehicle's own link: two vehicles, told apart by boot id and identity."""

from __future__ import annotations

import math

import pytest

from flight.geodesy import ROTATION_RATE
from flight.wire.dictionary import default
from flight.wire.frame import encode
from flight.wire.packet import ticks_of_step
from ground.inputs import Chunk, EndOfStream
from ground.report import Alarm, Report, Verdict
from ground.station import Station
from tests.ground.toy import NAME, Script, codec, config, fly, listen


def satellite(from_s: float, seconds: float, named_s: float = 0.0) -> list[Chunk]:
    """A payload on a circle 300 km up, on link a: a receiver, no flight plan. Identities come from `named_s` on."""
    radius, rate = 6378137.0 + 300e3, 1.157e-3 - ROTATION_RATE
    kinds = {kind: codec(kind) for kind in ("identity", "gnss", "end_of_stream")}
    found: list[Chunk] = []
    for step in range(0, round(seconds * 100), 20):
        angle, ticks = rate * step / 100.0, ticks_of_step(step)
        place, speed = (math.cos(angle), math.sin(angle), 0.0), (-math.sin(angle), math.cos(angle), 0.0)
        solution = (True, 9, *(radius * x for x in place), *(radius * rate * x for x in speed))
        data = encode(kinds["gnss"].encode(step // 20, ticks, 3, solution))
        if step % 100 == 0 and step >= named_s * 100:
            identity = ("mite", "", "x", "beacon", default().fingerprint, 1, 0, 1.0)
            data = encode(kinds["identity"].encode(step // 100, ticks, 3, identity)) + data
        found.append(Chunk(round((from_s + step / 100.0) * 1e9), "a", data))
    last = kinds["end_of_stream"].encode(0, ticks_of_step(round(seconds * 100)), 3, (0, 0))
    return [*found, Chunk(round((from_s + seconds) * 1e9), "a", encode(last))]


def beside(*streams: list[Chunk]) -> list[Chunk]:
    return sorted((chunk for stream in streams for chunk in stream), key=lambda chunk: chunk.received_ns)


def test_a_payload_on_the_same_link_is_a_second_vehicle_that_disturbs_nothing() -> None:
    """A satellite without a flight plan: no event of its own, nothing undecided, and the verdict is its orbit."""
    station, out = listen(beside(fly().chunks(), satellite(40.0, 20.0)))
    alone, expected = listen(fly().chunks())
    reports = [line for line in out if isinstance(line, Report)]
    assert [line for line in reports if line.vehicle == NAME] == [line for line in expected if isinstance(line, Report)]
    (verdict,) = [line for line in reports if line.vehicle == "mite"]
    assert isinstance(verdict, Verdict)
    assert verdict.outcome == "orbit"
    assert verdict.perigee_m == pytest.approx(300e3, abs=10e3)
    assert verdict.inclination_deg == pytest.approx(0.0, abs=0.1)
    assert [end.vehicle for end in out if isinstance(end, EndOfStream)] == ["mite", NAME]
    assert station.vehicles[NAME].counters == alone.vehicles[NAME].counters
    assert station.vehicles["mite"].counters.received == 20 * 5 + 20 + 1
    assert station.counters["frames_unknown"] == station.counters["frames_lost"] == 0


def test_a_payload_whose_first_identity_is_lost_is_no_restart_of_the_vehicle() -> None:
    station, out = listen(beside(fly().chunks(), satellite(40.0, 20.0, named_s=0.5)))
    assert not any(isinstance(line, Alarm) for line in out)
    assert station.vehicles[NAME].boots == 0
    assert station.vehicles["mite"].counters.received == 19 * 5 + 19 + 1


def test_a_satellite_is_on_no_pad() -> None:
    station = Station(config())
    for chunk in satellite(0.0, 5.0)[:-1]:
        station.receive(chunk)
    status = station.vehicles["mite"].status(station.received_ns)
    assert (status.phase, status.liftoff_s) == (None, None)
    assert status.products is not None


def test_a_computer_that_starts_again_beside_a_payload_is_told_by_its_identity() -> None:
    """Until that is heard nobody knows whose the packets of an unknown boot are; none is taken for the payload's."""
    before = fly(Script(end_s=3.0, end=False)).chunks()
    after = fly(Script(end_s=3.5, boot_id=8, end=False)).chunks(lambda t, kind: kind != "identity" or t > 0.5)
    shifted = [Chunk(chunk.received_ns + 4 * 10**9, "a", chunk.data) for chunk in after]
    station, out = listen(beside(before, shifted, satellite(1.0, 12.0)))
    assert [(alarm.vehicle, alarm.name) for alarm in out if isinstance(alarm, Alarm)] == [(NAME, "computer_reboot")]
    assert (station.vehicles[NAME].boots, station.vehicles["mite"].boots) == (1, 0)
    assert station.counters["frames_unknown"] > 100
    assert station.counters["frames_lost"] == 0
