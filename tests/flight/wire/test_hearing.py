"""What is wrong with a stream: each fault that a maker of firmware makes, and the sentence that says so."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from zlib import crc32

import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from flight.wire.dictionary import default
from flight.wire.frame import encode
from flight.wire.hearing import Hearing
from flight.wire.packet import Codec, ticks_of_step

PACKETS = default().packets
IDENTITY, NAVIGATION = Codec(PACKETS["identity"]), Codec(PACKETS["navigation"])
WHO = ("wren", "wren", "wren 1", "mine", default().fingerprint, 1, 0, 1.0)
WHERE = (1.0,) * len(PACKETS["navigation"].fields)


def packets(seconds: int = 4) -> Iterator[bytes]:
    """Identity once and navigation five times a second."""
    for step in range(0, 100 * seconds, 20):
        if step % 100 == 0:
            yield IDENTITY.encode(step // 100, ticks_of_step(step), 7, WHO)
        yield NAVIGATION.encode(step // 20, ticks_of_step(step), 7, WHERE)


def heard(data: bytes) -> list[str]:
    hearing = Hearing(default())
    hearing.feed(data)
    return hearing.findings()


def framed(make: Callable[[bytes], bytes] = encode) -> bytes:
    return b"".join(map(make, packets()))


def raw(body: bytes) -> bytes:
    return b"".join((b"\0", cobs.encode(body), b"\0"))


def test_nothing_is_wrong_with_what_is_right() -> None:
    hearing = Hearing(default())
    for place in range(0, len(framed()), 7):
        hearing.feed(framed()[place : place + 7])
    assert hearing.findings() == []
    assert hearing.frames == 24
    assert hearing.rates() == {"identity": pytest.approx(1.0), "navigation": pytest.approx(5.0)}


def test_one_who_comes_late_hears_nothing_wrong() -> None:
    assert heard(framed()[50:]) == []


NO_IDENTITY = "no identity came, and the ground says nothing before it has one: send it once a second"


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", "nothing came: is the board powered"),
        (b"height 12.5 m\r\n" * 20, "text came, b'height 12.5 m"),
        (bytes([0x55, 0xAA, 0xF8]) * 200, "600 bytes came, no 00 among them: another baud rate"),
        (framed().replace(b"\0", b""), "no 00 among them"),
        (framed(lambda packet: b"\0" + packet + b"\0"), "wrong COBS"),
        (framed(lambda packet: raw(packet + crc32(packet).to_bytes(4, "big"))), "24 frames whose CRC-32 is big-endian"),
        (framed(raw), "24 frames without a CRC"),
        (framed(lambda packet: raw(packet + b"abcd")), "24 frames whose CRC-32 is wrong"),
        (framed(lambda packet: raw(packet + bytes(300))), "frames of more than 251 bytes"),
        (framed(lambda packet: encode(b"\x0f\xff" + packet[2:])), "packets of APID 2047, which the dictionary lacks"),
        (framed(lambda packet: encode(packet + b"!")), "packets navigation: 98 bytes, the dictionary says 97"),
        (
            framed(lambda packet: encode(packet.replace(b"\xcb", b"\xca", 1))),
            "packets navigation: byte 15 is ca, not cb: the msgpack tag of position_x, f64",
        ),
        (framed(lambda packet: encode(packet[:14] + b"\x91" + packet[15:])), "the array's header, of 14 elements"),
        (framed(lambda packet: encode(b"\x18" + packet[1:])), "byte 0 is 18, not 08: version, type and APID"),
        (framed(lambda packet: encode(packet[:2] + b"\0" + packet[3:])), "byte 2 is 00, not c0: unsegmented"),
        (b"".join(map(encode, list(packets())[1:5])), NO_IDENTITY),
        (
            encode(IDENTITY.encode(0, 0, 7, (*WHO[:4], "0123456789abcdef", 1, 0, 1.0))),
            "it says dictionary '0123456789abcdef'",
        ),
        (
            b"".join(encode(IDENTITY.encode(0, 0, 7, (*WHO[:5], 2, 0, 1.0))) for _ in "a"),
            "it says protocol 2, this is 1",
        ),
        (framed(lambda packet: encode(packet[:2] + b"\xc0\0" + packet[4:])), "navigation repeat their sequence count"),
        (b"".join(map(encode, [*packets()][::3])), "gaps in the sequence count of navigation"),
        (framed(lambda packet: encode(packet[:12] + crc32(packet).to_bytes(4, "big")[:2] + packet[14:])), "boot ids"),
        (
            b"".join(encode(NAVIGATION.encode(count, 1000 - count, 7, WHERE)) for count in range(3)),
            "packets navigation whose onboard time runs backwards",
        ),
    ],
)
def test_what_is_wrong_is_said(data: bytes, wanted: str) -> None:
    found = heard(data)
    assert any(wanted in sentence for sentence in found), found


@given(st.binary(max_size=2000), st.integers(1, 100))
def test_it_takes_anything_in_any_chunks(data: bytes, size: int) -> None:
    whole, cut = Hearing(default()), Hearing(default())
    whole.feed(data)
    for place in range(0, len(data), size):
        cut.feed(data[place : place + size])
    assert whole.findings() == cut.findings()


def test_its_memory_is_bounded() -> None:
    draw, hearing = random.Random(1), Hearing(default())
    for apid in range(40, 2040):
        hearing.feed(encode(apid.to_bytes(2, "big") + draw.randbytes(20)))
    hearing.feed(b"\x01" * 100_000)
    assert len(hearing.findings()) < 40
