"""Packets: CCSDS space packets (133.0-B-2) whose user data is one msgpack array of fixed-width elements.

One packet kind has one length and one pattern of constant bits (header, array header, msgpack tags), so that a whole
packet is checked with one mask and read with one precompiled Struct. `flight.wire.batch` reads the same with numpy.

    primary header    version 0, type 0, secondary header, APID | unsegmented, 14-bit sequence count | length - 1
    secondary header  onboard time CUC 4+2: seconds u32, 1/65536 s u16 | boot id u16
    user data         msgpack array; f32 ca, f64 cb, u8 cc, u16 cd, u32 ce, i8 d0, i16 d1, i32 d2, bool c2/c3, text d9 n
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from struct import Struct

from flight.wire.dictionary import HEADER_SIZE, INTEGER_RANGE, Dictionary, Field, Packet

Value = float | int | bool | str
"""A raw value as the wire carries it; SI is raw times the field's scale."""

PROTOCOL = 1
"""Version of frames and packet headers, as the identity packet says it."""

HEADER_VALUES = 4
"""`Codec.decode` gives sequence word, seconds, fraction and boot id before the fields."""

SEQUENCE_MASK = 0x3FFF
STEPS_PER_SECOND = 100

_TAG = {"f32": 0xCA, "f64": 0xCB, "u8": 0xCC, "u16": 0xCD, "u32": 0xCE, "i8": 0xD0, "i16": 0xD1, "i32": 0xD2}
_CODE = {"f32": "f", "f64": "d", "u8": "B", "u16": "H", "u32": "I", "i8": "b", "i16": "h", "i32": "i", "bool": "?"}
_TRUE = (0xC3, 1)
"""A true bool: its msgpack tag as received, or 1 before it is packed."""

_F32_MAX = 3.4028234663852886e38
_F32_OVERFLOW = 3.4028235677973366e38
"""From here on a double rounds to a single-precision infinity."""


def ticks_of_step(step: int) -> int:
    """Onboard time of a control step, in 1/65536 s, rounded to nearest: 10 ms is not a whole number of them."""
    return (step * 65536 + STEPS_PER_SECOND // 2) // STEPS_PER_SECOND


class Codec:
    """Encodes and decodes one packet kind. `saturated` counts values that did not fit their wire type."""

    def __init__(self, packet: Packet) -> None:
        self.packet = packet
        self.size = packet.size
        self.saturated = 0
        self.mask, self.pattern = _constant_bits(packet)
        self.key = self.pattern[:2]
        self._mask = int.from_bytes(self.mask, "big")
        self._pattern = int.from_bytes(self.pattern, "big")
        codes = [_code(field) for field in packet.fields]
        skips = ["2x" if field.text_length else "" if field.type == "bool" else "x" for field in packet.fields]
        body = "".join(skip + code for skip, code in zip(skips, codes, strict=True))
        head = f">2xH2xIHH{len(packet.array_header)}x"
        self._pack = Struct(head + body).pack
        # As received a bool is a msgpack tag.
        self._unpack = Struct(head + body.replace("?", "B")).unpack
        self._values = Struct(">" + "".join(codes))
        self._index = {field.name: HEADER_VALUES + place for place, field in enumerate(packet.fields)}
        self._converters = [self._converter(field) for field in packet.fields]
        self._bools = tuple(place for place, field in enumerate(packet.fields) if field.type == "bool")
        self._texts = tuple(place for place, field in enumerate(packet.fields) if field.text_length)
        self.decode = self._decoder()

    decode: Callable[[bytes], tuple[Value, ...] | None]
    """A packet's sequence word, seconds, fraction, boot id and raw field values; None where it is not of this kind."""

    def index(self, name: str) -> int:
        """Where field `name` stands in what `decode` gives. Raises KeyError for a name that the packet lacks."""
        return self._index[name]

    def encode(self, sequence: int, ticks: int, boot_id: int, values: Sequence[Value]) -> bytes:
        """One space packet. `ticks` is onboard time in 1/65536 s; too large numbers saturate, not finite is NaN."""
        head = sequence & SEQUENCE_MASK, ticks >> 16 & 0xFFFFFFFF, ticks & 0xFFFF, boot_id & 0xFFFF
        raw = self._packed(self._pack, head, values)
        return (int.from_bytes(raw, "big") | self._pattern).to_bytes(self.size, "big")

    def round(self, values: Sequence[Value]) -> tuple[Value, ...]:
        """The values as the other end will read them."""
        read = self._values.unpack(self._packed(self._values.pack, (), values))
        return self._finish(read, 0) if self._texts else read

    def si(self, values: Sequence[Value]) -> tuple[Value, ...]:
        """Raw field values in SI: multiplied by each field's scale."""
        return tuple(
            value if field.scale == 1.0 or isinstance(value, str) else value * field.scale
            for field, value in zip(self.packet.fields, values, strict=True)
        )

    def _decoder(self) -> Callable[[bytes], tuple[Value, ...] | None]:
        size, mask, pattern, unpack, from_bytes = (
            self.size,
            self._mask,
            self._pattern,
            self._unpack,
            int.from_bytes,
        )

        def numbers(packet: bytes) -> tuple[Value, ...] | None:
            if len(packet) != size or from_bytes(packet, "big") & mask != pattern:
                return None
            return unpack(packet)

        if not self._bools and not self._texts:
            return numbers

        def mixed(packet: bytes) -> tuple[Value, ...] | None:
            raw = numbers(packet)
            return None if raw is None else self._finish(raw, HEADER_VALUES)

        return mixed

    def _finish(self, raw: tuple[Value, ...], offset: int) -> tuple[Value, ...]:
        if not self._bools and not self._texts:
            return raw
        values: list[object] = list(raw)
        for place in self._bools:
            values[offset + place] = raw[offset + place] in _TRUE
        for place in self._texts:
            text = values[offset + place]
            assert isinstance(text, bytes)
            values[offset + place] = text.rstrip(b"\0").decode("utf-8", "replace")
        return tuple(values)  # type: ignore[arg-type]

    def _packed(self, pack: Callable[..., bytes], head: tuple[int, ...], values: Sequence[Value]) -> bytes:
        """The values, fitted one by one only where one may not fit: that costs as much as all the rest."""
        if not self._texts:
            try:
                # What is not finite makes the sum so.
                if math.isfinite(sum(values)):  # type: ignore[arg-type]
                    return pack(*head, *values)
            except (struct.error, OverflowError):
                pass
        return pack(*head, *self._fit(values))

    def _fit(self, values: Sequence[Value]) -> list[object]:
        return [convert(value) for convert, value in zip(self._converters, values, strict=True)]

    def _converter(self, field: Field) -> Callable[[Value], object]:
        if field.text_length:
            return lambda value: _text(str(value), field.text_length)
        if field.type == "bool":
            return lambda value: 1 if value else 0
        if field.type == "f32":
            return self._single
        if field.type == "f64":
            return lambda value: value if value - value == 0.0 else math.nan  # type: ignore[operator]
        low, high = INTEGER_RANGE[field.type]
        return lambda value: value if low <= value <= high else self._clamp(int(value), low, high)  # type: ignore[operator]

    def _single(self, value: Value) -> float:
        number = float(value)
        if number - number != 0.0:
            return math.nan
        if -_F32_OVERFLOW < number < _F32_OVERFLOW:
            return number
        self.saturated += 1
        return _F32_MAX if number > 0.0 else -_F32_MAX

    def _clamp(self, value: int, low: int, high: int) -> int:
        self.saturated += 1
        return low if value < low else high


def codecs(dictionary: Dictionary) -> Mapping[bytes, Codec]:
    """Every packet kind's codec by the first two bytes of its packets."""
    made = [Codec(packet) for packet in dictionary.packets.values()]
    return {codec.key: codec for codec in made}


def _code(field: Field) -> str:
    return f"{field.text_length}s" if field.text_length else _CODE[field.type]


def _text(text: str, length: int) -> bytes:
    """At most `length` bytes of UTF-8, cut between characters."""
    return text.encode("utf-8")[:length].decode("utf-8", "ignore").encode("utf-8")


def _constant_bits(packet: Packet) -> tuple[bytes, bytes]:
    """Which bits of a packet of this kind are constant, and what they are."""
    mask, pattern = bytearray(packet.size), bytearray(packet.size)

    def fix(place: int, value: bytes, bits: bytes | None = None) -> int:
        pattern[place : place + len(value)] = value
        mask[place : place + len(value)] = bits or b"\xff" * len(value)
        return place + len(value)

    fix(0, (0x0800 | packet.apid).to_bytes(2, "big"))
    fix(2, b"\xc0\x00", b"\xc0\x00")
    fix(4, (packet.size - 7).to_bytes(2, "big"))
    place = fix(HEADER_SIZE, packet.array_header)
    for field in packet.fields:
        if field.text_length:
            fix(place, bytes([0xD9, field.text_length]))
        elif field.type == "bool":
            fix(place, b"\xc2", b"\xfe")
        else:
            fix(place, bytes([_TAG[field.type]]))
        place += field.size
    return bytes(mask), bytes(pattern)
