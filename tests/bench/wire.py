"""Decoding: the batch path, pymavlink's parser and a plain copy of the same bytes, in one run."""

from __future__ import annotations

from functools import cache

from flight.wire import batch
from flight.wire.dictionary import default
from tests.bench.figure import Figure, best_rate
from tests.bench.streams import mavlink, vermilion


@cache
def pymavlink_rate() -> float:
    """Messages a second of pymavlink's own parser, framing and checksum, on one core."""
    from pymavlink.dialects.v20 import common

    stream, count = mavlink()

    def parse() -> int:
        parser = common.MAVLink(None)
        parser.robust_parsing = True
        parsed = 0
        for start in range(0, len(stream), 4096):
            parsed += len(parser.parse_buffer(stream[start : start + 4096]) or [])
        assert parsed == count
        return parsed

    return best_rate(parse)


@cache
def copy_rate() -> float:
    """Frames a second that a memory copy of the same stream moves: the limit of anything."""
    stream, count = vermilion()
    return best_rate(lambda: len(bytearray(stream)) and count, 1.0)


def measure() -> list[Figure]:
    """Batch decoding of a whole recording's bytes, CRC checked."""
    stream, count = vermilion()

    def decode() -> int:
        read = batch.decode(stream, default())
        assert (read.frames, read.unknown) == (count, 0)
        return count

    rate = best_rate(decode, 5.0)
    peer, limit = pymavlink_rate(), copy_rate()
    return [
        Figure("pymavlink_messages_per_s", peer, "1/s"),
        Figure("memory_copy_frames_per_s", limit, "1/s"),
        Figure("batch_frames_per_s", rate, "1/s", asked=">= 2,000,000", met=rate >= 2e6),
        Figure("batch_frames_per_s", rate, "1/s", "pymavlink", rate / peer, ">= 14", rate / peer >= 14),
        Figure("batch_frames_per_s", rate, "1/s", "memory copy", rate / limit),
    ]
