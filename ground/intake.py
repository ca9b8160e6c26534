"""One packet kind of one vehicle on the live path: decode, sequence, duplicates, latest values, limits, detection.

A packet that follows its predecessor, as nearly all do, costs a few comparisons; everything irregular leaves that path
at once. Loss is judged from the 14-bit sequence count, unwrapped by onboard time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flight.wire.dictionary import Packet
from flight.wire.packet import SEQUENCE_MASK, Codec, Value
from ground.clock import VehicleClock, onboard_s

Values = tuple[Value, ...]

RING = 1024
"""Recent packets kept to recognise duplicates: 10 s of the fastest kind. An older repeat counts as out of order."""

DUPLICATE_NS = 2_000_000_000
"""A byte-identical packet within this much received time is a duplicate."""

CONTROL_RATE_HZ = 100.0
"""No packet kind is sent faster than the control step."""

_FLAGS = 0xC000
_HALF = (SEQUENCE_MASK + 1) // 2


@dataclass(slots=True)
class Counters:
    """What happened to one packet kind. Of all `gaps`, `gaps_unknown` are those whose length the count cannot tell."""

    received: int = 0
    lost: int = 0
    gaps: int = 0
    gaps_unknown: int = 0
    duplicates: int = 0
    out_of_order: int = 0

    def add(self, other: Counters) -> None:
        """Adds another's counts to these."""
        self.received += other.received
        self.lost += other.lost
        self.gaps += other.gaps
        self.gaps_unknown += other.gaps_unknown
        self.duplicates += other.duplicates
        self.out_of_order += other.out_of_order


def lost_in_gap(ahead: int, elapsed_s: float, rate_hz: float, on_change: bool = False) -> int | None:
    """How many packets are missing between two that came; None where it cannot be known.

    `ahead` is the sequence count minus the expected one, modulo 2^14; `elapsed_s` the onboard time between the two.
    The count wraps in 164 s at 100 Hz, so a longer gap is unwrapped by the packet's own rate; a kind without a fixed
    rate has none.
    """
    fixed = rate_hz > 0.0 and not on_change
    fastest = rate_hz if fixed else CONTROL_RATE_HZ
    most = elapsed_s * fastest
    if most < _HALF:
        return ahead if ahead <= most + 2.0 + 0.02 * most else None
    if not fixed:
        return None
    expected = elapsed_s * rate_hz - 1.0
    wraps = max(0, round((expected - ahead) / (SEQUENCE_MASK + 1)))
    total = ahead + wraps * (SEQUENCE_MASK + 1)
    return total if abs(total - expected) <= 2.0 + 0.02 * expected else None


class Intake:
    """The way of one packet kind. `handle` takes each packet of the kind, CRC checked, in the order received.

    `check_limits` and `detect` are called with the decoded packet when it is new and in order.
    `restarted(values)` is asked when the boot id differs or time runs backwards: it answers whether this is a restart.
    """

    __slots__ = (
        "_decode",
        "_expected",
        "_ring",
        "_ring_ns",
        "check_limits",
        "clock",
        "codec",
        "counters",
        "detect",
        "latest",
        "packet",
        "restarted",
        "strange",
    )

    def __init__(
        self,
        codec: Codec,
        clock: VehicleClock,
        restarted: Callable[[Values], bool],
        strange: Callable[[bytes], None],
    ) -> None:
        self.codec = codec
        self.packet: Packet = codec.packet
        self.clock = clock
        self.restarted = restarted
        self.strange = strange
        self.check_limits: Callable[[Values], None] | None = None
        self.detect: Callable[[Values], None] | None = None
        self.latest: Values | None = None
        self.counters = Counters()
        self._decode = codec.decode
        self._expected = -1
        self._ring: list[bytes] = [b""] * RING
        self._ring_ns = [0] * RING

    def handle(self, packet: bytes) -> None:
        """One packet. Never raises for what it holds: what does not decode goes to `strange`."""
        values = self._decode(packet)
        if values is None:
            self.strange(packet)
            return
        word: int = values[0]  # type: ignore[assignment]
        clock = self.clock
        if (word != self._expected or values[3] != clock.boot_id) and not self._accept(packet, values):
            return
        self._expected = _FLAGS | (word + 1 & SEQUENCE_MASK)
        slot = word & (RING - 1)
        self._ring[slot] = packet
        self._ring_ns[slot] = clock.last_ns = clock.received_ns
        self.latest = clock.last = values
        self.counters.received += 1
        if self.check_limits is not None:
            self.check_limits(values)
        if self.detect is not None:
            self.detect(values)

    def forget(self) -> None:
        """The sequence starts anew: the next packet is the first, and none before it is missing."""
        self._expected = -1

    def _accept(self, packet: bytes, values: Values) -> bool:
        """Counts what is irregular about a packet and says whether it is new."""
        word: int = values[0]  # type: ignore[assignment]
        if values[3] != self.clock.boot_id:
            return self.restarted(values) or self._late(packet, word)
        if self._expected < 0 or self.latest is None:
            return True
        ahead = (word - self._expected) & SEQUENCE_MASK
        elapsed = onboard_s(values) - onboard_s(self.latest)
        if elapsed < 0.0:
            return self.restarted(values) or self._late(packet, word)
        if elapsed == 0.0 and ahead >= _HALF:
            return self._late(packet, word)
        self.counters.gaps += ahead > 0
        missing = lost_in_gap(ahead, elapsed, self.packet.rate_hz, self.packet.on_change)
        if missing is None:
            self.counters.gaps_unknown += 1
        else:
            self.counters.lost += missing
        return True

    def _late(self, packet: bytes, word: int) -> bool:
        """Counts a packet that comes after its successors; a late one that was missing is lost no longer."""
        slot = word & (RING - 1)
        held = self._ring[slot]
        if held == packet and self.clock.received_ns - self._ring_ns[slot] <= DUPLICATE_NS:
            self.counters.duplicates += 1
            return False
        self.counters.out_of_order += 1
        if held[2:4] != packet[2:4] and int.from_bytes(packet[12:14], "big") == self.clock.boot_id:
            self.counters.lost = max(0, self.counters.lost - 1)
            self._ring[slot] = packet
            self._ring_ns[slot] = self.clock.received_ns
        return False
