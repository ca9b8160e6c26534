"""A flight's telemetry kept with its times: which frames the vehicle sent in which step, before any link.

A zlib stream of entries, each a step (u32) and a length (u16), big-endian, and so many bytes of whole frames. A step is
10 ms of time since the flight's first, whatever the onboard clock says.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from struct import Struct

from flight.wire.errors import Misuse
from flight.wire.frame import encode

STEP_S = 0.01

_HEAD = Struct(">IH")
_ENOUGH = 1 << 16
"""Bytes that are worth compressing at once."""


class KeptEncoder:
    """Steps in, bytes of the file out."""

    def __init__(self) -> None:
        # Noise does not compress: the fastest level saves nearly as much as the best.
        self._compress = zlib.compressobj(1)
        self._waiting = bytearray()

    def add(self, step: int, packets: Iterable[bytes]) -> bytes:
        """The packets that were sent in one step; what is ready for the file."""
        frames = b"".join(map(encode, packets))
        if not frames:
            return b""
        self._waiting += _HEAD.pack(step, len(frames)) + frames
        if len(self._waiting) < _ENOUGH:
            return b""
        ready, self._waiting = self._waiting, bytearray()
        return self._compress.compress(ready)

    def finish(self) -> bytes:
        """The rest of the file."""
        return self._compress.compress(self._waiting) + self._compress.flush()


def kept_frames(data: bytes, source: str) -> Iterator[tuple[int, list[bytes]]]:
    """Each step with its frames, delimiters included, in order. Raises Misuse for a file that is damaged or torn."""
    try:
        raw = zlib.decompress(data)
    except zlib.error as error:
        raise Misuse(f"{source}: no kept telemetry: {error}; remove it, and the flight is flown again") from error
    place = 0
    while place < len(raw):
        step, length = _HEAD.unpack_from(raw, place)
        place += _HEAD.size + length
        frames = raw[place - length : place]
        yield step, [b"\0" + body + b"\0" for body in frames.split(b"\0") if body]
