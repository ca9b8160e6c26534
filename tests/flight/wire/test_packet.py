"""Packets: golden bytes, every kind there and back, and an independent msgpack reader."""

from __future__ import annotations

import math
import random
import struct

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.wire.dictionary import HEADER_SIZE, default, parse
from flight.wire.packet import Codec, codecs, ticks_of_step
from tests.flight.wire import samples

CODECS = {codec.packet.name: codec for codec in codecs(default()).values()}


def test_golden_power_packet() -> None:
    """Made by hand from CCSDS 133.0-B-2 section 4.1 and the msgpack specification."""
    packet = CODECS["power"].encode(5, 0x0000_0102_8000, 0xBEEF, [28.0, -1.5, 300.0])
    assert packet.hex(" ") == (
        "08 07 c0 05 00 17 "  # version 0, telemetry, secondary header, APID 7 | unsegmented, count 5 | 24 bytes follow
        "00 00 01 02 80 00 be ef "  # 258.5 s | boot id
        "93 ca 41 e0 00 00 ca bf c0 00 00 ca 43 96 00 00"  # three single-precision floats
    )


@pytest.mark.parametrize("name", CODECS)
def test_what_is_encoded_is_decoded_and_any_msgpack_reader_can_read_it(name: str) -> None:
    codec, rng = CODECS[name], random.Random(name)
    for sequence in (0, 1, 0x3FFF, 0x4000):
        values = [samples.value(field, rng) for field in codec.packet.fields]
        packet = codec.encode(sequence, 0x1234_5678_9ABC, 77, values)
        assert len(packet) == codec.size == int.from_bytes(packet[4:6], "big") + 7
        decoded = codec.decode(packet)
        assert decoded is not None
        assert decoded[:4] == (0xC000 | sequence & 0x3FFF, 0x1234_5678, 0x9ABC, 77)
        assert decoded[4:] == codec.round(values)
        read = [v.rstrip("\0") if isinstance(v, str) else v for v in msgpack.unpackb(packet[HEADER_SIZE:])]
        assert tuple(read) == decoded[4:]
        for field in codec.packet.fields:
            assert decoded[codec.index(field.name)] == codec.round(values)[codec.packet.fields.index(field)]


@pytest.mark.parametrize("name", CODECS)
def test_any_change_of_a_constant_bit_is_refused_and_of_any_other_is_not(name: str) -> None:
    codec = CODECS[name]
    packet = samples.packet(codec, random.Random(1))
    for bit in range(8 * len(packet)):
        place, flip = bit // 8, 1 << bit % 8
        changed = bytearray(packet)
        changed[place] ^= flip
        assert (codec.decode(bytes(changed)) is None) == bool(codec.mask[place] & flip)
    assert codec.decode(packet[:-1]) is None
    assert codec.decode(packet + b"\0") is None
    assert codec.decode(b"") is None


@pytest.mark.parametrize(
    ("kind", "given", "expected", "saturated"),
    [
        ("f32", 1e39, 3.4028234663852886e38, 1),
        ("f32", -1e39, -3.4028234663852886e38, 1),
        ("f32", 3.4028235e38, 3.4028234663852886e38, 0),
        ("f32", 0.1, 0.10000000149011612, 0),
        ("f32", 7, 7.0, 0),
        ("f64", 0.1, 0.1, 0),
        ("u8", 256, 255, 1),
        ("u8", -1, 0, 1),
        ("i16", -40000, -32768, 1),
        ("u32", 2**32 - 1, 2**32 - 1, 0),
        ("bool", True, True, 0),
        ("text4", "zhuque", "zhuq", 0),
        ("text4", "abcé", "abc", 0),
    ],
)
def test_what_does_not_fit_saturates_and_is_counted(kind: str, given: object, expected: object, saturated: int) -> None:
    codec = Codec(parse(f'[packet.a]\napid = 1\nfields = [{{ name = "x", type = "{kind}" }}]', "test").packets["a"])
    decoded = codec.decode(codec.encode(0, 0, 0, [given]))  # type: ignore[list-item]
    assert decoded is not None
    assert decoded[4] == expected
    assert codec.saturated == saturated


@pytest.mark.parametrize("bad", [math.nan, -math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(("kind", "canonical"), [("f32", "7fc00000"), ("f64", "7ff8000000000000")])
def test_what_is_not_finite_is_one_nan(kind: str, canonical: str, bad: float) -> None:
    codec = Codec(parse(f'[packet.a]\napid = 1\nfields = [{{ name = "x", type = "{kind}" }}]', "test").packets["a"])
    assert codec.encode(0, 0, 0, [bad]).hex().endswith(canonical)


def test_scale_turns_raw_into_si_in_one_named_step() -> None:
    health = CODECS["health"]
    assert health.si([1, 31000, 0, 0]) == pytest.approx((1, 310.0, 0, 0))


@given(st.integers(0, 10_000_000))
def test_onboard_time_of_a_step_is_right_to_half_a_tick(step: int) -> None:
    assert abs(ticks_of_step(step) / 65536 - step / 100) <= 0.5 / 65536 + 1e-9


@given(st.floats(allow_nan=False, width=32))
def test_single_precision_is_that_of_ieee_754(number: float) -> None:
    codec = CODECS["power"]
    rounded = codec.round([number, 0.0, 0.0])[0]
    assert isinstance(rounded, float)
    if math.isinf(number):
        assert math.isnan(rounded)
    else:
        assert rounded == struct.unpack(">f", struct.pack(">f", number))[0]


@given(st.lists(st.floats(), min_size=2, max_size=2), st.integers(-5, 300), st.integers(0, 3))
def test_what_does_not_fit_leaves_its_neighbours_as_they_are(floats: list[float], integer: int, flag: int) -> None:
    one = {"a": "f32", "b": "f64", "c": "u8", "d": "bool"}
    fields = ", ".join(f'{{ name = "{name}", type = "{kind}" }}' for name, kind in one.items())
    together = Codec(parse(f"[packet.a]\napid = 1\nfields = [{fields}]", "test").packets["a"])
    alone = [
        Codec(parse(f'[packet.a]\napid = 1\nfields = [{{ name = "x", type = "{kind}" }}]', "test").packets["a"])
        for kind in one.values()
    ]
    values = (*floats, integer, flag)
    expected = tuple(codec.round([value])[0] for codec, value in zip(alone, values, strict=True))
    assert repr(together.round(values)) == repr(expected)
    assert together.saturated == sum(codec.saturated for codec in alone)
    decoded = together.decode(together.encode(0, 0, 0, values))
    assert decoded is not None
    assert repr(decoded[4:]) == repr(expected)
