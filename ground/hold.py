"""Packets put back into order: of datagrams, and of several links that carry the same vehicle, held for a moment.

Packets leave in the order in which a computer made them: by boot, onboard time, kind (as the onboard computer sends
the packets of one step) and sequence count. A late one that comes within `HOLD_NS` of its successors is in time.
Between two vehicles that share a link no order is kept.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator, Mapping
from heapq import heappop, heappush

from flight.wire.dictionary import Dictionary
from flight.wire.packet import codecs
from ground.link import BOOT_ID, Link

HOLD_NS = 50_000_000
"""Received time for which a packet waits for those that should have come before it; then it goes at the next input."""

MOST = 4096
"""Packets held at most. When there are more, the longest held goes early, with all that belong before it: none is lost.
Reached only where 50 ms bring more, from an untimed vehicle."""

MAX_BOOTS = 64
"""Boot ids whose order is kept; the oldest is forgotten."""

_TIME = slice(6, 12)
"""Onboard time in a packet: its bytes compare as the time does."""
_SEQUENCE = slice(2, 4)


class Hold:
    """One buffer for all links that are held. `kinds` is the rank of a packet's first two bytes within one step.

    What comes out depends on the packets' order and received times alone, not on how bytes were cut into chunks.
    """

    def __init__(self, kinds: Mapping[bytes, int]) -> None:
        self._kinds = kinds
        self._heap: list[tuple[int, bytes, int, bytes, int, int, Link, bytes]] = []
        self._arrived: deque[tuple[int, int]] = deque()
        """Received time and number, in the order received."""
        self._inside: set[int] = set()
        self._boots: dict[bytes, int] = {}
        self._known_boots = 0
        self._number = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, received_ns: int, link: Link, packet: bytes) -> None:
        """One packet, CRC checked."""
        boot = self._boots.get(packet[BOOT_ID])
        if boot is None:
            if len(self._boots) >= MAX_BOOTS:
                del self._boots[next(iter(self._boots))]
            boot = self._boots[packet[BOOT_ID]] = self._known_boots
            self._known_boots += 1
        number = self._number
        self._number += 1
        kind = self._kinds.get(packet[:2], 0)
        entry = (boot, packet[_TIME], kind, packet[_SEQUENCE], number, received_ns, link, packet)
        heappush(self._heap, entry)
        self._arrived.append((received_ns, number))
        self._inside.add(number)

    def due(self, received_ns: int) -> Iterator[tuple[int, Link, bytes]]:
        """What has been held long enough, and whatever belongs before it: received time, link, packet, in order."""
        return self._out(received_ns - HOLD_NS)

    def all(self) -> Iterator[tuple[int, Link, bytes]]:
        """Everything, in order."""
        return self._out(None)

    def _out(self, until_ns: int | None) -> Iterator[tuple[int, Link, bytes]]:
        arrived, heap, inside = self._arrived, self._heap, self._inside
        while arrived and (until_ns is None or arrived[0][0] <= until_ns or len(heap) > MOST):
            _, number = arrived.popleft()
            while number in inside:
                entry = heappop(heap)
                inside.discard(entry[4])
                yield entry[5], entry[6], entry[7]


def order(dictionary: Dictionary) -> dict[bytes, int]:
    """Rank of a packet's first two bytes within one control step: identity, events, then by number, the end last."""
    ranks = {"identity": -2, "event": -1, "end_of_stream": len(dictionary.packets)}
    found = sorted(codecs(dictionary).items())
    return {key: ranks.get(codec.packet.name, place) for place, (key, codec) in enumerate(found)}


def judge_held(links: Collection[Link]) -> None:
    """Marks the links that are held: those of datagrams, and those beside which another open link carries the same."""
    carried = Counter(name for link in links if link.up for name in link.carried)
    for link in links:
        link.held = link.datagrams or (link.up and any(carried[name] > 1 for name in link.carried))
