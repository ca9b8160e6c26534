"""Frames and the deframer: any chunking, any damage, and nothing wrong let through."""

from __future__ import annotations

import random
from itertools import combinations
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.wire import batch
from flight.wire.dictionary import default
from flight.wire.frame import MAX_ENCODED, MAX_PACKET, RESIDUE, Deframer, encode
from flight.wire.packet import codecs
from tests.flight.wire import samples

CODECS = codecs(default())


def test_golden_frame() -> None:
    """ "123456789" has the CRC-32 cbf43926 (the check value of the CRC catalogue); COBS by hand."""
    assert encode(b"123456789").hex() == "00" + "0e" + b"123456789".hex() + "2639f4cb" + "00"
    assert encode(b"\0\1").hex() == "00" + "01" + "06" + "01" + crc32(b"\0\1").to_bytes(4, "little").hex() + "00"


def test_the_crc_of_anything_with_its_crc_is_one_constant() -> None:
    for text in (b"", b"123456789", bytes(200)):
        assert crc32(text + crc32(text).to_bytes(4, "little")) == RESIDUE


@pytest.mark.parametrize("size", [0, MAX_PACKET + 1])
def test_a_packet_that_no_frame_can_hold_is_our_own_misuse(size: int) -> None:
    with pytest.raises(ValueError, match="does not fit a frame"):
        encode(bytes(size))


@given(st.binary(min_size=1, max_size=MAX_PACKET))
def test_any_packet_survives(packet: bytes) -> None:
    frame = encode(packet)
    assert len(frame) <= MAX_ENCODED + 2
    assert 0 not in frame[1:-1]
    deframer = Deframer()
    assert deframer.feed(frame) == [packet]
    assert (deframer.frames, deframer.bytes_discarded, deframer.pending) == (1, 0, 0)


def accepted_live(data: bytes, cuts: list[int]) -> tuple[list[bytes], Deframer]:
    deframer, packets = Deframer(), []
    for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True):
        packets += deframer.feed(data[start:stop])
    return packets, deframer


noise = st.one_of(
    st.binary(max_size=40),
    st.binary(min_size=240, max_size=600).map(lambda b: b.replace(b"\0", b"\1")),
    st.integers(0, 9).map(lambda n: b"\0" * n),
)


@given(st.lists(st.one_of(st.integers(0, 99), noise), max_size=30), st.data())
def test_chunking_changes_nothing_and_the_batch_decoder_agrees(parts: list[int | bytes], data: st.DataObject) -> None:
    good = samples.frames(100, seed=3)
    stream = b"".join(good[part] if isinstance(part, int) else part for part in parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    whole, one = accepted_live(stream, [])
    packets, cut = accepted_live(stream, cuts)
    assert packets == whole
    for name in ("frames", "frames_damaged", "bytes_discarded", "bytes_received"):
        assert getattr(one, name) == getattr(cut, name)
    read = batch.decode(stream, default())
    assert (read.frames, read.frames_damaged, read.bytes_discarded) == (
        one.frames, one.frames_damaged, one.bytes_discarded
    )  # fmt: skip
    for codec in CODECS.values():
        rows = read.packets[codec.packet.name]
        live = [packet for packet in whole if packet[:2] == codec.key and codec.decode(packet) is not None]
        assert rows["header_sequence"].tolist() == [int.from_bytes(packet[2:4], "big") for packet in live]


def test_one_hit_costs_at_most_one_frame() -> None:
    good = samples.frames(60, seed=5)
    stream = b"".join(good)
    whole = Deframer().feed(stream)
    rng = random.Random(7)
    for _ in range(2000):
        place = rng.randrange(len(stream))
        hit = bytearray(stream)
        hit[place] ^= 1 << rng.randrange(8)
        packets = Deframer().feed(bytes(hit) + b"\0")
        assert len(packets) >= len(whole) - 1
        assert set(packets) <= set(whole)


def test_no_flip_of_one_or_two_bits_of_a_64_byte_frame_is_accepted() -> None:
    codec = CODECS[b"\x08\x05"]
    frame = encode(samples.packet(codec, random.Random(11)))
    assert len(frame) >= 64
    whole = int.from_bytes(frame, "big")
    bits = range(8, 8 * len(frame) - 8)
    flips = [1 << bit for bit in bits] + [1 << a | 1 << b for a, b in combinations(bits, 2)]
    accepted = 0
    for flip in flips:
        for packet in Deframer().feed((whole ^ flip).to_bytes(len(frame), "big")):
            accepted += any(codec.decode(packet) is not None for codec in CODECS.values())
    assert len(flips) > 100_000
    assert accepted == 0


def test_a_babbling_line_keeps_no_more_than_one_frame_of_bytes() -> None:
    deframer = Deframer()
    for _ in range(1000):
        assert deframer.feed(b"\x55" * 1000) == []
        assert deframer.pending <= MAX_ENCODED
    assert deframer.bytes_discarded >= 1_000_000 - MAX_ENCODED
    frame = samples.frames(1, seed=1)[0]
    assert len(deframer.feed(frame)) == 1
