"""The golden vectors, read by other means than those that made them: msgpack's own reader, and COBS from its paper."""

from __future__ import annotations

import json
import math
import struct
import subprocess
from pathlib import Path
from typing import Any
from zlib import crc32

import msgpack
import pytest

import vermilion
from flight.wire.dictionary import INTEGER_RANGE, default
from tests.hil.compiled import CORE
from tests.system_parts import needs

CHECKED = """
#include "frame.h"
#include "vermilion_vectors.h"
#include <string.h>

int main(void)
{
    vermilion_deframer deframer = {0};
    const size_t count = sizeof vermilion_vectors / sizeof vermilion_vectors[0];
    for (size_t place = 0; place < count; place++) {
        const vermilion_vector *one = &vermilion_vectors[place];
        uint8_t frame[VERMILION_MAX_FRAME];
        size_t found = 0;
        if (vermilion_enframe(one->packet, one->packet_size, frame) != one->frame_size ||
            memcmp(frame, one->frame, one->frame_size) != 0) {
            return 1;
        }
        for (size_t byte = 0; byte < one->frame_size; byte++) {
            const size_t size = vermilion_deframe(&deframer, one->frame[byte]);
            found += size == one->packet_size && memcmp(deframer.rest, one->packet, size) == 0;
        }
        if (found != 1) {
            return 2;
        }
    }
    return count == EXPECTED ? 0 : 3;
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("vectors")
    assert vermilion.main(["firmware", "vectors", "--to", str(made)]) == 0
    return made


@pytest.fixture(scope="module")
def vectors(folder: Path) -> Any:
    return json.loads((folder / "vermilion_vectors.json").read_text(encoding="utf-8"))


def stuffed(data: bytes) -> bytes:
    """COBS as its paper writes it: each 0 becomes the distance to the next."""
    return b"".join(bytes([len(part) + 1]) + part for part in data.split(b"\0"))


def read(frame: bytes) -> bytes:
    """The packet of a frame, by the distances."""
    assert (frame[0], frame[-1]) == (0, 0)
    body, place, out = frame[1:-1], 0, b""
    while place < len(body):
        out += body[place + 1 : place + body[place]] + b"\0"
        place += body[place]
    out = out[:-1]
    assert crc32(out[:-4]).to_bytes(4, "little") == out[-4:]
    return out[:-4]


def fitted(value: Any, kind: str) -> Any:
    """A value as it arrives: the rules of the wire in other words."""
    if kind.startswith("text"):
        whole = [value[:length].encode() for length in range(len(value) + 1)]
        return max((text for text in whole if len(text) <= int(kind[4:])), key=len).decode()
    if kind == "bool":
        return value
    if kind[0] == "f":
        number = float(value)
        if not math.isfinite(number):
            return math.nan
        most = struct.unpack(">f", b"\x7f\x7f\xff\xff")[0] if kind == "f32" else math.inf
        number = min(max(number, -most), most)
        return struct.unpack(">f", struct.pack(">f", number))[0] if kind == "f32" else number
    low, high = INTEGER_RANGE[kind]
    return min(max(value, low), high)


def test_every_packet_kind_and_edge_is_there(vectors: Any) -> None:
    assert vectors["fingerprint"] == default().fingerprint
    kinds = {vector["kind"] for vector in vectors["packets"]}
    assert kinds == set(default().packets)
    assert len(vectors["packets"]) == 5 * len(kinds)


def test_the_packets_hold_the_values(vectors: Any) -> None:
    for vector in vectors["packets"]:
        packet, fields = bytes.fromhex(vector["packet"]), default().packets[vector["kind"]].fields
        head = struct.unpack(">HHHIHH", packet[:14])
        assert head == (
            0x0800 | vector["apid"], 0xC000 | vector["sequence"], len(packet) - 7, vector["seconds"],
            vector["fraction"], vector["boot_id"],
        )  # fmt: skip
        found = msgpack.unpackb(packet[14:], raw=False)
        for field, value, raw in zip(fields, vector["values"].values(), found, strict=True):
            plain = raw.rstrip("\0") if isinstance(raw, str) else raw
            wanted = fitted(value, field.type)
            both_nan = isinstance(wanted, float) and math.isnan(wanted) and plain != plain  # noqa: PLR0124
            assert both_nan or plain == wanted, (vector["name"], field.name)


def test_the_frames_hold_the_packets(vectors: Any) -> None:
    for vector in [*vectors["packets"], *vectors["frames"]]:
        packet, frame = bytes.fromhex(vector["packet"]), bytes.fromhex(vector["frame"])
        assert read(frame) == packet, vector["name"]
        assert b"\0" + stuffed(packet + crc32(packet).to_bytes(4, "little")) + b"\0" == frame, vector["name"]


def test_the_crc_s_check_value_is_among_them(vectors: Any) -> None:
    """Catalogue of parametrised CRC algorithms: CRC-32/ISO-HDLC, check = cbf43926."""
    assert {"bytes": b"123456789".hex(), "crc": "cbf43926"} in vectors["crc32"]


def test_streams_say_what_a_receiver_may_keep(vectors: Any) -> None:
    first, second = (vectors["packets"][place]["packet"] for place in (0, 1))
    kept = {stream["name"]: stream["packets"] for stream in vectors["streams"]}
    assert kept == {
        "whole": [first, second],
        "one delimiter between": [first, second],
        "empty frames": [first],
        "a bit flipped": [second],
        "cut off": [second],
        "begun too late": [second],
        "garbage before": [first],
        "more than a frame holds": [first],
        "a length code beyond the end": [second],
    }
    damaged = {stream["name"]: stream["frames_damaged"] for stream in vectors["streams"]}
    assert [name for name, count in damaged.items() if not count] == ["whole", "one delimiter between", "empty frames"]


def test_the_header_compiles_and_the_core_makes_the_same(folder: Path, vectors: Any) -> None:
    source, program = folder / "checked.c", folder / "checked"
    source.write_text(CHECKED, encoding="utf-8")
    command = [needs("gcc", "gcc"), "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", f"-I{CORE}", f"-I{folder}"]
    command += [f"-DEXPECTED={len(vectors['packets'])}", str(source), str(CORE / "frame.c"), "-o", str(program)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert subprocess.run([program], check=False).returncode == 0
