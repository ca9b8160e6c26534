"""Whole recordings at array speed: bytes in, one numpy array per packet kind out.

Accepts and rejects exactly the frames that `Deframer` and `Codec.decode` accept and reject, and counts them alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
from cobs import cobs
from numpy.typing import NDArray

from flight.wire.dictionary import HEADER_SIZE, Dictionary, Packet
from flight.wire.frame import MAX_ENCODED, RESIDUE
from flight.wire.packet import SEQUENCE_MASK, Codec, codecs

BLOCK = 1 << 20
"""Bytes decoded at a time: smaller ones lose to overheads, larger ones to the cache."""

_FORMAT = {"f32": ">f4", "f64": ">f8", "u8": "u1", "u16": ">u2", "u32": ">u4", "i8": "i1", "i16": ">i2", "i32": ">i4"}


@dataclass(slots=True)
class Batch:
    """What a run of bytes held.

    `packets[name]` is a structured array, one row a packet in the order received: `header_sequence` (14 bits and two
    constant flags), `header_seconds`, `header_fraction` (1/65536 s), `header_boot_id`, then the packet's fields, raw
    and big-endian as on the wire.
    """

    packets: dict[str, NDArray[Any]] = field(default_factory=dict)
    frames: int = 0
    frames_damaged: int = 0
    bytes_discarded: int = 0
    unknown: int = 0

    def time_s(self, name: str) -> NDArray[np.float64]:
        """Onboard time of each packet of a kind, seconds since the computer's epoch."""
        rows = self.packets[name]
        return rows["header_seconds"] + rows["header_fraction"] / 65536.0

    def sequence(self, name: str) -> NDArray[np.uint16]:
        """The 14-bit sequence count of each packet of a kind."""
        counts: NDArray[np.uint16] = self.packets[name]["header_sequence"].astype(np.uint16) & np.uint16(SEQUENCE_MASK)
        return counts


def layout(packet: Packet) -> np.dtype[Any]:
    """The numpy layout of a packet kind: fields at their places on the wire, each row padded to whole 64-bit words.

    The constant bytes between the fields, and what follows the packet in the padding, have no name.
    """
    names, formats, offsets = (
        ["header_sequence", "header_seconds", "header_fraction", "header_boot_id"],
        [">u2", ">u4", ">u2", ">u2"],
        [2, 6, 10, 12],
    )
    place = HEADER_SIZE + len(packet.array_header)
    for column in packet.fields:
        names.append(column.name)
        formats.append(f"S{column.text_length}" if column.text_length else _FORMAT.get(column.type, "?"))
        offsets.append(place + (2 if column.text_length else 0 if column.type == "bool" else 1))
        place += column.size
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": -(-packet.size // 8) * 8})


def decode(data: bytes, dictionary: Dictionary) -> Batch:
    """All frames in `data`. An unfinished frame at the end is neither accepted nor discarded, as in `Deframer`."""
    kinds = [_Kind(codec) for codec in codecs(dictionary).values()]
    batch = Batch()
    parts: Mapping[str, list[NDArray[Any]]] = {kind.name: [] for kind in kinds}
    for block in _blocks(data):
        _decode_block(block, kinds, batch, parts)
    tail = len(data) - (data.rfind(b"\0") + 1)
    batch.bytes_discarded += tail if tail > MAX_ENCODED else 0
    for kind in kinds:
        rows = parts[kind.name]
        batch.packets[kind.name] = np.concatenate(rows).view(kind.layout) if rows else np.empty(0, kind.layout)
    return batch


def _blocks(data: bytes) -> Iterator[bytes]:
    start, end = 0, data.rfind(b"\0") + 1
    while start < end:
        stop = min(data.find(b"\0", start + BLOCK) + 1 or end, end)
        yield data[start:stop]
        start = stop


def _bodies(block: bytes) -> tuple[list[bytes], list[bytes]]:
    """The non-empty pieces between delimiters and what COBS makes of them, b"" where it is not COBS.

    Undamaged frames stand between two pairs of delimiters, and splitting at pairs makes half as many pieces. COBS
    refuses a piece that still has a delimiter in it, and only then the block is split with care.
    """
    pieces = block.strip(b"\0").split(b"\0\0")
    try:
        bodies = list(map(cobs.decode, pieces))
        if all(bodies):
            return pieces, bodies
    except cobs.DecodeError:
        pass
    pieces = list(filter(None, block.split(b"\0")))
    return pieces, [_decode_or_nothing(piece) for piece in pieces]


class _Kind:
    """One packet kind's layout and its constant bits as 64-bit words, for checking eight bytes at a time."""

    def __init__(self, codec: Codec) -> None:
        self.name, self.size, self.layout = codec.packet.name, codec.size, layout(codec.packet)
        self.key = int.from_bytes(codec.key, "big")
        self.padded = self.layout.itemsize
        self.mask = np.frombuffer(codec.mask.ljust(self.padded, b"\0"), np.uint64)
        self.pattern = np.frombuffer(codec.pattern.ljust(self.padded, b"\0"), np.uint64)
        self.bools = [
            self.layout.fields[f.name][1] for f in codec.packet.fields if f.type == "bool" and self.layout.fields
        ]

    def rows(self, body: NDArray[np.uint8], starts: NDArray[np.intp]) -> NDArray[Any]:
        """The packets that begin at `starts` and have all constant bits right; opaque: numpy joins them fast."""
        windows: NDArray[Any] = np.ndarray((len(body) - self.padded + 1,), f"V{self.padded}", body, strides=(1,))
        taken = windows[starts]
        words = taken.view(np.uint64).reshape(-1, self.padded // 8)
        right = ((words & self.mask) == self.pattern).all(axis=1)
        if not right.all():
            taken = taken[right]
        octets = taken.view(np.uint8).reshape(-1, self.padded)
        for place in self.bools:
            octets[:, place] &= 1
        return taken


def _decode_block(block: bytes, kinds: list[_Kind], batch: Batch, parts: Mapping[str, list[NDArray[Any]]]) -> None:
    pieces, bodies = _bodies(block)
    count = len(bodies)
    lengths = np.fromiter(map(len, bodies), np.intp, count)
    good = np.fromiter(map(crc32, bodies), np.uint32, count) == RESIDUE
    good &= (lengths > 4) & (lengths < MAX_ENCODED)
    damaged = count - int(np.count_nonzero(good))
    if damaged:
        batch.frames_damaged += damaged
        batch.bytes_discarded += sum(len(pieces[index]) for index in np.flatnonzero(~good))
    batch.frames += count - damaged
    bodies.append(b"\0" * max(kind.padded for kind in kinds))
    body = np.frombuffer(b"".join(bodies), np.uint8)
    starts = np.cumsum(lengths) - lengths
    keys = body[starts].astype(np.uint16) << 8 | body[starts + 1]
    known = 0
    for kind in kinds:
        chosen = starts[good & (keys == kind.key) & (lengths == kind.size + 4)]
        if len(chosen):
            rows = kind.rows(body, chosen)
            known += len(rows)
            parts[kind.name].append(rows)
    batch.unknown += count - damaged - known


def _decode_or_nothing(piece: bytes) -> bytes:
    try:
        return bytes(cobs.decode(piece))
    except cobs.DecodeError:
        return b""
