"""Frames: 00 COBS( packet + CRC-32 ) 00, and a deframer that takes bytes in any chunking.

CRC-32 as in zlib and Ethernet, little-endian behind the packet, so that the CRC of packet and CRC together is one
constant. COBS: Cheshire & Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM Transactions on Networking 7(2), 1999.
"""

from __future__ import annotations

from zlib import crc32

from cobs import cobs

MAX_PACKET = 246
"""Bytes of the longest packet; with its CRC 250, so that COBS stays within one block and adds one byte."""

MAX_ENCODED = MAX_PACKET + 5
"""Bytes between two delimiters at most."""

RESIDUE = 0x2144DF1C
"""CRC-32 over any message followed by its own CRC-32, little-endian."""


def encode(packet: bytes) -> bytes:
    """One frame with both its delimiters. Raises ValueError for a packet that no frame can hold (our own misuse)."""
    if not 0 < len(packet) <= MAX_PACKET:
        raise ValueError(f"a packet of {len(packet)} bytes does not fit a frame of 1 to {MAX_PACKET}")
    return b"".join((b"\0", cobs.encode(packet + crc32(packet).to_bytes(4, "little")), b"\0"))


class Deframer:
    """Bytes in, whole packets out, on one link. What it throws away it counts; it never raises.

    It keeps at most `MAX_ENCODED` bytes of an unfinished frame; a longer run without a delimiter is discarded as it
    comes. The counts do not depend on how the bytes were cut into chunks.
    """

    __slots__ = ("_overlong", "_rest", "bytes_discarded", "bytes_received", "frames", "frames_damaged")

    def __init__(self) -> None:
        self.bytes_received = 0
        self.bytes_discarded = 0
        self.frames = 0
        self.frames_damaged = 0
        self._rest = b""
        self._overlong = False

    @property
    def pending(self) -> int:
        """Bytes of a frame that has begun and not ended."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """The packets, CRC checked and removed, that end within `data`, in order."""
        self.bytes_received += len(data)
        pieces = (self._rest + data if self._rest else data).split(b"\0")
        self._rest = pieces.pop()
        packets: list[bytes] = []
        if self._overlong and pieces:
            self.bytes_discarded += len(pieces[0])
            self.frames_damaged += 1
            self._overlong = False
            pieces[0] = b""
        append, decode, crc = packets.append, cobs.decode, crc32
        for piece in pieces:
            if piece:
                try:
                    body = decode(piece)
                except cobs.DecodeError:
                    self._discard(piece)
                    continue
                if crc(body) == RESIDUE and 4 < len(body) < MAX_ENCODED:
                    append(body[:-4])
                else:
                    self._discard(piece)
        self.frames += len(packets)
        if self._overlong or len(self._rest) > MAX_ENCODED:
            self.bytes_discarded += len(self._rest)
            self._rest = b""
            self._overlong = True
        return packets

    def _discard(self, piece: bytes) -> None:
        self.frames_damaged += 1
        self.bytes_discarded += len(piece)
