"""The firmware's arithmetic, frames and packets: each against its Python counterpart, on directed and random values."""

from __future__ import annotations

import ctypes
import math
import random
import struct
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flight.wire.dictionary import Field, Packet, default
from flight.wire.frame import MAX_PACKET, Deframer, encode
from flight.wire.packet import Codec, Value, ticks_of_step
from tests.flight.wire import samples
from tests.hil.compiled import bits

PACKETS = list(default().packets.values())
SHARED = settings(deadline=None)


# Arithmetic


def roots(core: ctypes.CDLL) -> Any:
    core.vermilion_square_root.restype = ctypes.c_double
    core.vermilion_square_root.argtypes = [ctypes.c_double]
    return core.vermilion_square_root


def from_bits(pattern: int) -> float:
    number: float = struct.unpack("<d", struct.pack("<Q", pattern))[0]
    return number


def directed() -> list[float]:
    """Ends of ranges, powers of two, perfect squares and their neighbours, and what is half-way in the last place."""
    found = [0.0, -0.0, math.inf, 5e-324, 2.2250738585072009e-308, 2.2250738585072014e-308, 1.7976931348623157e308]
    found += [from_bits(pattern) for pattern in range(1, 200)]
    found += [math.ldexp(1.0, power) for power in range(-1074, 1024)]
    for root in (1.0, 1.0000000000000002, 1.4142135623730951, 1.9999999999999998, 3.0, 94906265.62425156, 1e150):
        square = root * root
        found += [square, math.nextafter(square, 0.0), math.nextafter(square, math.inf)]
    return found


def test_the_square_root_is_that_of_math_on_directed_numbers(firmware_core: ctypes.CDLL) -> None:
    root = roots(firmware_core)
    for number in directed():
        assert bits(root(number)) == bits(math.sqrt(number)), number.hex()


def test_the_square_root_is_that_of_math_on_random_bits(firmware_core: ctypes.CDLL) -> None:
    root, rng = roots(firmware_core), random.Random(1)
    for _ in range(100_000):
        number = from_bits(rng.randrange(0x7FF0_0000_0000_0000))
        assert bits(root(number)) == bits(math.sqrt(number)), number.hex()


@pytest.mark.parametrize("number", [-1.0, -5e-324, -math.inf, math.nan, -math.nan])
def test_there_is_no_square_root_below_zero_or_of_no_number(firmware_core: ctypes.CDLL, number: float) -> None:
    assert math.isnan(roots(firmware_core)(number))


# Frames


class DeframerInC(ctypes.Structure):
    _fields_ = (
        ("rest", ctypes.c_uint8 * 251),
        ("pending", ctypes.c_uint16),
        ("overlong", ctypes.c_bool),
        ("frames", ctypes.c_uint32),
        ("frames_damaged", ctypes.c_uint32),
        ("bytes_discarded", ctypes.c_uint32),
    )


def deframed(core: ctypes.CDLL, data: bytes) -> tuple[list[bytes], DeframerInC]:
    core.vermilion_deframe.restype = ctypes.c_size_t
    core.vermilion_deframe.argtypes = [ctypes.c_void_p, ctypes.c_uint8]
    deframer, found = DeframerInC(), []
    for byte in data:
        size = core.vermilion_deframe(ctypes.byref(deframer), byte)
        if size:
            found.append(bytes(deframer.rest[:size]))
    return found, deframer


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Frames, damaged frames, garbage, runs without a delimiter and delimiters, in any order."""
    rng = draw(st.randoms(use_true_random=False))
    frames = samples.frames(draw(st.integers(1, 12)), rng.randrange(1000))
    pieces = []
    for frame in frames:
        kind = rng.randrange(6)
        if kind == 0:
            broken = bytearray(frame)
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
            pieces.append(bytes(broken))
        elif kind == 1:
            pieces.append(frame[: rng.randrange(len(frame))])
        elif kind == 2:
            pieces.append(bytes(rng.randrange(1, 256) for _ in range(rng.choice([3, 249, 250, 251, 252, 253, 600]))))
        elif kind == 3:
            pieces.append(b"\0" * rng.randrange(4) + bytes(rng.randrange(256) for _ in range(rng.randrange(40))))
        pieces.append(frame)
    return b"".join(pieces)


@given(streams(), st.integers(1, 300))
@SHARED
def test_a_stream_gives_the_same_packets_and_counts(firmware_core: ctypes.CDLL, stream: bytes, chunk: int) -> None:
    deframer = Deframer()
    expected = []
    for start in range(0, len(stream), chunk):
        expected += deframer.feed(stream[start : start + chunk])
    found, counts = deframed(firmware_core, stream + b"\0")
    expected += deframer.feed(b"\0")
    assert found == expected
    assert (counts.frames, counts.frames_damaged, counts.bytes_discarded) == (
        deframer.frames,
        deframer.frames_damaged,
        deframer.bytes_discarded,
    )


@given(st.binary(min_size=0, max_size=MAX_PACKET + 3) | st.binary(max_size=3).map(lambda part: part * 80))
@SHARED
def test_a_packet_gets_the_same_frame(firmware_core: ctypes.CDLL, packet: bytes) -> None:
    firmware_core.vermilion_enframe.restype = ctypes.c_size_t
    made = ctypes.create_string_buffer(253)
    size = firmware_core.vermilion_enframe(packet, ctypes.c_size_t(len(packet)), made)
    assert made.raw[:size] == (encode(packet) if 0 < len(packet) <= MAX_PACKET else b"")


@given(st.binary(), st.binary())
@SHARED
def test_the_crc_is_that_of_zlib_also_in_parts(firmware_core: ctypes.CDLL, first: bytes, second: bytes) -> None:
    crc = firmware_core.vermilion_crc32
    crc.restype = ctypes.c_uint32
    begun = crc(0, first, ctypes.c_size_t(len(first)))
    assert crc(ctypes.c_uint32(begun), second, ctypes.c_size_t(len(second))) == crc32(first + second)


# Packets


class Layout(ctypes.Structure):
    _fields_ = (
        ("apid", ctypes.c_uint16),
        ("size", ctypes.c_uint16),
        ("count", ctypes.c_uint16),
        ("fields", ctypes.c_void_p),
    )


class Header(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint16), ("ticks", ctypes.c_uint64), ("boot_id", ctypes.c_uint16))


def record_type(packet: Packet) -> Any:
    """The generated record of a packet."""

    def member(field: Field) -> Any:
        if field.text_length:
            return ctypes.c_char * (field.text_length + 1)
        if field.type in ("f32", "f64"):
            return ctypes.c_double
        return {"bool": ctypes.c_bool, "u32": ctypes.c_uint32}.get(field.type, ctypes.c_int32)

    members = [(field.name, member(field)) for field in packet.fields]
    return type(packet.name, (ctypes.Structure,), {"_fields_": members})


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """What the record's member can hold, far beyond its wire type where it can."""
    if field.text_length:
        most = field.text_length
        return st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=most).filter(
            lambda text: len(text.encode()) <= most
        )
    if field.type in ("f32", "f64"):
        edges = [3.4028234663852886e38, 3.4028235677973366e38, math.nextafter(3.4028235677973366e38, 0.0), 1e-45, 1e-46]
        return st.floats() | st.sampled_from([*edges, *(-edge for edge in edges)])
    if field.type == "bool":
        return st.booleans()
    return st.integers(0, 2**32 - 1) if field.type == "u32" else st.integers(-(2**31), 2**31 - 1)


@st.composite
def filled(draw: st.DrawFn) -> tuple[Packet, list[Value], int, int, int]:
    packet = draw(st.sampled_from(PACKETS))
    values = [draw(values_of(field)) for field in packet.fields]
    return packet, values, draw(st.integers(0, 2**16 - 1)), draw(st.integers(0, 2**48 - 1)), draw(st.integers(0, 65535))


def layout_of(core: ctypes.CDLL, packet: Packet) -> Any:
    return (Layout * len(PACKETS)).in_dll(core, "vermilion_layouts")[PACKETS.index(packet)]


@given(filled())
@SHARED
def test_a_record_becomes_the_same_packet(
    firmware_core: ctypes.CDLL, sample: tuple[Packet, list[Value], int, int, int]
) -> None:
    packet, values, sequence, ticks, boot_id = sample
    codec = Codec(packet)
    record = record_type(packet)(*(value.encode() if isinstance(value, str) else value for value in values))
    header, made, saturated = Header(sequence, ticks, boot_id), ctypes.create_string_buffer(246), ctypes.c_uint32()
    firmware_core.vermilion_encode.restype = ctypes.c_size_t
    size = firmware_core.vermilion_encode(
        ctypes.byref(layout_of(firmware_core, packet)), ctypes.byref(header), ctypes.byref(record), made,
        ctypes.byref(saturated),
    )  # fmt: skip
    assert made.raw[:size] == codec.encode(sequence, ticks, boot_id, values)
    assert saturated.value == codec.saturated


@given(filled(), st.data())
@SHARED
def test_a_packet_is_read_or_refused_alike(
    firmware_core: ctypes.CDLL, sample: tuple[Packet, list[Value], int, int, int], data: st.DataObject
) -> None:
    packet, values, sequence, ticks, boot_id = sample
    codec = Codec(packet)
    raw = bytearray(codec.encode(sequence, ticks, boot_id, values))
    for _ in range(data.draw(st.integers(0, 2))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    given_bytes = bytes(raw)[: data.draw(st.integers(0, len(raw))) if data.draw(st.booleans()) else None]
    expected = codec.decode(given_bytes)
    header, record = Header(), record_type(packet)()
    firmware_core.vermilion_decode.restype = ctypes.c_bool
    accepted = firmware_core.vermilion_decode(
        ctypes.byref(layout_of(firmware_core, packet)), given_bytes, ctypes.c_size_t(len(given_bytes)),
        ctypes.byref(header), ctypes.byref(record),
    )  # fmt: skip
    assert accepted == (expected is not None)
    if expected is None:
        return
    word, seconds, fraction, boot, *numbers = expected
    assert (header.sequence, header.ticks, header.boot_id) == (int(word) & 0x3FFF, int(seconds) << 16 | fraction, boot)  # type: ignore[operator]
    assert_alike(packet, record, numbers)


def assert_alike(packet: Packet, record: Any, numbers: Sequence[Value]) -> None:
    for field, number in zip(packet.fields, numbers, strict=True):
        found = getattr(record, field.name)
        if isinstance(number, float):
            assert bits(found) == bits(number), field
        elif isinstance(number, str):
            assert found.decode("utf-8", "replace") == number.partition("\0")[0], field
        else:
            assert found == number, field


@given(st.integers(0, 2**31 - 1))
@SHARED
def test_the_time_of_a_step_is_the_same(firmware_core: ctypes.CDLL, step: int) -> None:
    firmware_core.vermilion_ticks_of_step.restype = ctypes.c_uint64
    assert firmware_core.vermilion_ticks_of_step(step) == ticks_of_step(step)
