"""Whatever a link brings, the station counts and goes on."""

from __future__ import annotations

import json
import struct

from cobs import cobs
from hypothesis import given, settings
from hypothesis import strategies as st

from flight.wire.dictionary import Field, default
from flight.wire.frame import encode
from flight.wire.packet import Codec, Value
from ground.inputs import Chunk, Close, Input, Tick
from ground.report import Alarm, Event, Undecided, Verdict, as_line
from ground.station import Station
from tests.ground.toy import NAME, PLAN, config, fly

CODECS = [Codec(packet) for packet in default().packets.values()]

_BITS = {"u8": (0, 2**8), "u16": (0, 2**16), "u32": (0, 2**32), "i8": (-(2**7), 2**7), "i16": (-(2**15), 2**15)}


def values_of(field: Field) -> st.SearchStrategy[Value]:
    if field.text_length:
        return st.text(max_size=8) | st.sampled_from([NAME, "other", PLAN, default().fingerprint])
    if field.type == "bool":
        return st.booleans()
    if field.type in ("f32", "f64"):
        return st.floats(width=32) | st.sampled_from([0.0, 6.4e6, -6.4e6, 7e3, 9.8, 1e300])
    low, high = _BITS.get(field.type, (-(2**31), 2**31))
    return st.integers(low, high - 1)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    codec = draw(st.sampled_from(CODECS))
    values = [draw(values_of(field)) for field in codec.packet.fields]
    ticks = draw(st.integers(0, 2**20) | st.integers(0, 2**48 - 1))
    return codec.encode(draw(st.integers(0, 2**14 - 1)), ticks, draw(st.sampled_from([1, 2, 3, 65535])), values)


@settings(max_examples=120, deadline=None)
@given(st.lists(packets(), max_size=40), st.integers(0, 5))
def test_any_values_in_any_order(strange: list[bytes], seconds: int) -> None:
    """Whole frames of every kind with any values, times and sequence counts, in the middle of a flight."""
    ordinary = fly().chunks()[: 300 + 100 * seconds]
    ns = ordinary[-1].received_ns
    inputs: list[Input] = [*ordinary]
    inputs += [Chunk(ns + place * 10**8, "a", encode(packet)) for place, packet in enumerate(strange)]
    inputs += [Tick(ns + 10**11), *(Chunk(ns + 2 * 10**11, "a", chunk.data) for chunk in ordinary[:100])]
    station = Station(config())
    out = [report for given in [*inputs, Close(ns + 3 * 10**11)] for report in station.receive(given)]
    lines = [as_line(report) for report in out if isinstance(report, Event | Alarm | Undecided | Verdict)]
    assert all(json.loads(line) for line in lines)
    assert station.counters["frames"] == len(strange) + sum(
        len(chunk.data.split(b"\0\0")) for chunk in [*ordinary, *ordinary[:100]]
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=20))
def test_any_bytes(chunks: list[bytes]) -> None:
    station = Station(config())
    for place, data in enumerate(chunks):
        assert station.receive(Chunk(place, "a", data)) == []
    assert station.counters["bytes_received"] == sum(map(len, chunks))


def test_alarms_of_a_flight_are_bounded_however_often_the_computer_restarts() -> None:
    station = Station(config())
    for boot in range(200):
        data = b"".join(reboot(frame, boot) for _, _, frame in fly().frames[:60])
        station.receive(Chunk(boot * 3 * 10**9, "a", data))
    assert station.log_lines == 1
    assert station.vehicles[NAME].boots == 199


def reboot(frame: bytes, boot: int) -> bytes:
    """The frame with another boot id."""
    packet = bytearray(cobs.decode(frame.strip(b"\0"))[:-4])
    struct.pack_into(">H", packet, 12, boot)
    return encode(bytes(packet))
