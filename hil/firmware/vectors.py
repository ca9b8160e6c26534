"""Golden vectors of the wire, for firmware of one's own: values, the packet that they make, the frame that holds it.

As JSON for a test in any language, and as a C header. Values are given before they are fitted to their wire types: what
is too large saturates, what is not finite is the one NaN, text is cut between characters and padded with NUL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from flight.wire.dictionary import INTEGER_RANGE, Dictionary, Field, Packet
from flight.wire.frame import MAX_PACKET, Deframer, encode
from flight.wire.packet import PROTOCOL, SEQUENCE_MASK, Codec, Value, ticks_of_step

NAME = "vermilion_vectors"
_COUNTED = {"typical": 1, "zero": 0, "largest": -1, "least": 0x2000, "beyond": SEQUENCE_MASK + 1}
"""Sequence counts, the last of which begins anew."""


@dataclass(frozen=True, slots=True)
class Vector:
    """One packet of one kind. `ticks` is onboard time in 1/65536 s."""

    name: str
    packet: Packet
    sequence: int
    ticks: int
    boot_id: int
    values: tuple[Value, ...]

    @property
    def bytes(self) -> bytes:
        """The space packet."""
        return Codec(self.packet).encode(self.sequence, self.ticks, self.boot_id, self.values)


def vectors(dictionary: Dictionary) -> Iterator[Vector]:
    """For each packet kind: typical values, zeros, the largest and least, and what lies beyond the wire's types."""
    for packet in dictionary.packets.values():
        for case, sequence in _COUNTED.items():
            largest = case in ("largest", "beyond")
            ticks = (1 << 48) - 1 if largest else 0 if case == "zero" else ticks_of_step(123_457)
            boot_id = 0xFFFF if largest else 0 if case == "zero" else 0xBEEF
            values = tuple(_value(case, field, place) for place, field in enumerate(packet.fields))
            yield Vector(f"{packet.name}_{case}", packet, sequence & SEQUENCE_MASK, ticks, boot_id, values)


def _value(case: str, field: Field, place: int) -> Value:
    if field.text_length:
        texts = {"zero": "", "typical": f"{field.name}"[: field.text_length - 1], "largest": "z" * field.text_length}
        return texts.get(case, "é" * field.text_length if case == "beyond" else "a")
    if field.type == "bool":
        return {"zero": False, "least": False, "typical": place % 2 == 0}.get(case, True)
    if field.type in ("f32", "f64"):
        most = 3.4028234663852886e38 if field.type == "f32" else 1.7976931348623157e308
        beyond = (1e39, -1e39, math.nan, math.inf, -math.inf)[place % 5]
        return {"zero": 0.0, "typical": 1.25 * (place + 1), "largest": most, "least": -most}.get(case, beyond)
    low, high = INTEGER_RANGE[field.type]
    return {"zero": 0, "typical": place + 1, "largest": high, "least": low}.get(case, high + 1)


def plain_frames() -> Iterator[tuple[str, bytes]]:
    """Packets of no kind, where COBS has its edges."""
    yield "one zero", b"\0"
    yield "one byte", b"\x01"
    yield "zeros", bytes(40)
    yield "zeros between", b"\0\x11\0\0\x22\0"
    yield "longest without a zero", bytes(1 + place % 255 for place in range(MAX_PACKET))
    yield "longest of zeros", bytes(MAX_PACKET)


def streams(first: bytes, second: bytes) -> Iterator[tuple[str, bytes]]:
    """What a receiver may get instead of two whole frames, whose packets are given."""
    one, two = encode(first), encode(second)
    flipped = bytearray(one)
    flipped[len(one) // 2] ^= 0x80 if flipped[len(one) // 2] != 0x80 else 0x40
    yield "whole", one + two
    yield "one delimiter between", one + two[1:]
    yield "empty frames", b"\0\0\0" + one + b"\0\0\0\0"
    yield "a bit flipped", bytes(flipped) + two
    yield "cut off", one[: len(one) // 2] + two
    yield "begun too late", one[len(one) // 2 :] + two
    yield "garbage before", b"\x55\xaa garbage" + one
    yield "more than a frame holds", bytes([1 + place % 255 for place in range(600)]) + one
    yield "a length code beyond the end", b"\0\xff\x01\x02\0" + two


def as_json(dictionary: Dictionary) -> str:
    """All of it. What JSON has no number for is "nan", "inf" or "-inf"."""
    made = list(vectors(dictionary))
    first, second = made[0].bytes, made[1].bytes
    record = {
        "about": __doc__,
        "dictionary": dictionary.name,
        "fingerprint": dictionary.fingerprint,
        "protocol": PROTOCOL,
        "crc32": [{"bytes": data.hex(), "crc": f"{crc32(data):08x}"} for data in (b"", b"\0", b"123456789", first)],
        "frames": [
            {"name": name, "packet": packet.hex(), "frame": encode(packet).hex()} for name, packet in plain_frames()
        ],
        "packets": [_packet(vector) for vector in made],
        "streams": [_stream(name, data) for name, data in streams(first, second)],
    }
    return json.dumps(record, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _packet(vector: Vector) -> Mapping[str, object]:
    names = [field.name for field in vector.packet.fields]
    data = vector.bytes
    return {
        "name": vector.name,
        "kind": vector.packet.name,
        "apid": vector.packet.apid,
        "sequence": vector.sequence,
        "seconds": vector.ticks >> 16,
        "fraction": vector.ticks & 0xFFFF,
        "boot_id": vector.boot_id,
        "values": {
            name: value if not isinstance(value, float) or math.isfinite(value) else str(value)
            for name, value in zip(names, vector.values, strict=True)
        },
        "packet": data.hex(),
        "frame": encode(data).hex(),
    }


def _stream(name: str, data: bytes) -> Mapping[str, object]:
    deframer = Deframer()
    packets = deframer.feed(data)
    return {
        "name": name,
        "bytes": data.hex(),
        "packets": [packet.hex() for packet in packets],
        "frames_damaged": deframer.frames_damaged,
        "bytes_discarded": deframer.bytes_discarded,
    }


def as_header(dictionary: Dictionary) -> str:
    """The packets as C: each with its values in a comment, and one table of all of them."""
    guard = NAME.upper() + "_H"
    lines = [
        f"/* Golden vectors of the dictionary `{dictionary.name}`, {dictionary.fingerprint}.",
        " * Made by hil/firmware/vectors.py: ./run firmware vectors. Values as they are given to an encoder. */",
        f"#ifndef {guard}",
        f"#define {guard}",
        "",
        "#include <stdint.h>",
        "",
    ]
    made = list(vectors(dictionary))
    for vector in made:
        values = zip((field.name for field in vector.packet.fields), vector.values, strict=True)
        lines += ["/*", *(f" * {name} = {_shown(value)}" for name, value in values), " */"]
        for part, data in (("packet", vector.bytes), ("frame", encode(vector.bytes))):
            lines += [f"static const uint8_t vermilion_{vector.name}_{part}[] = {{", *_rows(data), "};"]
        lines.append("")
    lines += [
        "typedef struct {",
        "    const char *name;",
        "    uint16_t apid, sequence;",
        "    uint32_t seconds;",
        "    uint16_t fraction, boot_id;",
        "    const uint8_t *packet;",
        "    uint16_t packet_size;",
        "    const uint8_t *frame;",
        "    uint16_t frame_size;",
        "} vermilion_vector;",
        "",
        "static const vermilion_vector vermilion_vectors[] = {",
    ]
    for vector in made:
        packet, frame = (f"vermilion_{vector.name}_{part}" for part in ("packet", "frame"))
        lines.append(
            f'    {{"{vector.name}", {vector.packet.apid}, {vector.sequence}, {vector.ticks >> 16}u, '
            f"{vector.ticks & 0xFFFF}, {vector.boot_id},"
        )
        lines.append(f"     {packet}, sizeof {packet}, {frame}, sizeof {frame}}},")
    return "\n".join([*lines, "};", "", "#endif", ""])


def _shown(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _rows(data: bytes) -> Iterator[str]:
    for start in range(0, len(data), 16):
        yield "    " + " ".join(f"0x{byte:02x}," for byte in data[start : start + 16])


def write(dictionary: Dictionary, folder: Path) -> list[Path]:
    """Both files into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {f"{NAME}.json": as_json(dictionary), f"{NAME}.h": as_header(dictionary)}
    for name, content in made.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in made]
