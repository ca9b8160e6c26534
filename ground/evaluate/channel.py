"""The link between a kept flight and the station: frames lost singly and in bursts, late, and damaged. Seeded.

Bursts follow E. N. Gilbert, Capacity of a burst-noise channel, Bell System Technical Journal 39, 1960, and
E. O. Elliott, ibid. 42, 1963: a good state that loses frames one by one and a bad one that loses all.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flight.wire.kept import STEP_S

STEP_NS = round(STEP_S * 1e9)

Sent = tuple[int, list[bytes]]
"""A step and the frames that were sent in it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What a link does to frames. `loss`: part lost singly; a burst every `burst_every_s` in the mean (0: none) lasts
    `burst_s` in the mean; the part `late` of the frames comes up to `late_s` later than it should, so that frames
    overtake each other; of the part `damaged` one bit is turned over.
    """

    name: str
    loss: float = 0.0
    burst_every_s: float = 0.0
    burst_s: float = 0.2
    late: float = 0.0
    late_s: float = 0.04
    damaged: float = 0.0

    @property
    def merges(self) -> bool:
        """Frames overtake each other, as on datagrams."""
        return self.late > 0.0


CLEAN = Channel("clean")
USUAL = Channel("5 %", loss=0.05, burst_every_s=20.0)
"""The link that detection.md's figures are for."""
BAD = Channel("20 %", loss=0.20, burst_every_s=20.0)
ROUGH = Channel("reordered", loss=0.05, burst_every_s=20.0, late=0.10, damaged=0.01)


def carry(sent: Iterable[Sent], channel: Channel, draw: random.Random) -> Iterator[tuple[int, bytes]]:
    """What arrives: received time in nanoseconds since the first step, never falling, and the bytes."""
    chance, waiting, order = draw.random, list[tuple[int, int, bytes]](), 0
    begins = STEP_S / channel.burst_every_s if channel.burst_every_s > 0.0 else 0.0
    ends = STEP_S / channel.burst_s
    bad, known = False, 0
    for step, frames in sent:
        for _ in range(step - known):
            bad = chance() >= ends if bad else chance() < begins
        known = step
        now = step * STEP_NS
        while waiting and waiting[0][0] <= now:
            received, _, frame = heapq.heappop(waiting)
            yield received, frame
        if bad:
            continue
        arrived = [frame for frame in frames if chance() >= channel.loss] if channel.loss else frames
        if channel.damaged:
            arrived = [_damage(frame, draw) if chance() < channel.damaged else frame for frame in arrived]
        if channel.late:
            prompt: list[bytes] = []
            for frame in arrived:
                if chance() < channel.late:
                    order += 1
                    heapq.heappush(waiting, (now + round(chance() * channel.late_s * 1e9), order, frame))
                else:
                    prompt.append(frame)
            arrived = prompt
        if arrived:
            yield now, b"".join(arrived)
    while waiting:
        received, _, frame = heapq.heappop(waiting)
        yield received, frame


def _damage(frame: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(8 * len(frame))
    damaged = bytearray(frame)
    damaged[place >> 3] ^= 1 << (place & 7)
    return bytes(damaged)
