"""What the station keeps of one link: its deframer, what could not be decoded, and who speaks on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from flight.wire.frame import Deframer
from ground.vehicle import Vehicle

MAX_SPEAKERS = 256
"""Boot ids kept of a link."""

BOOT_ID = slice(12, 14)
"""Where a packet carries it."""


@dataclass(slots=True)
class Link:
    """One link: its deframer's counters, what could not be decoded, and the vehicle that speaks on it."""

    name: str
    vehicle: Vehicle
    up: bool = True
    unknown: int = 0
    """Whole frames whose packet no dictionary describes, or of which nobody knows who sent it."""
    speakers: dict[bytes, Vehicle] = field(default_factory=dict)
    """Who speaks under which boot id, as packets carry it; empty while it is one vehicle alone."""
    deframer: Deframer = field(default_factory=Deframer)
    held: bool = False
    """Its packets are held for a moment, to be put into order."""

    @property
    def datagrams(self) -> bool:
        """The link may change the order of what it carries."""
        return self.name.startswith("udp:")

    @property
    def carried(self) -> set[str]:
        """The vehicles known to speak on it."""
        return {vehicle.name for vehicle in (self.vehicle, *self.speakers.values()) if vehicle.name}

    def speaks(self, boot_id: bytes, vehicle: Vehicle) -> None:
        """A vehicle speaks under a boot id; the oldest is forgotten where there are many."""
        if boot_id not in self.speakers and len(self.speakers) >= MAX_SPEAKERS:
            del self.speakers[next(iter(self.speakers))]
        self.speakers[boot_id] = vehicle


def totals(links: Collection[Link], vehicles: Iterable[Vehicle], refused_bytes: int) -> dict[str, int]:
    """What came over all links and what of it was lost; `refused_bytes` came on links that are not decoded."""
    deframers = [link.deframer for link in links]
    heard = {id(vehicle): vehicle for vehicle in (*vehicles, *(link.vehicle for link in links))}
    packets = [vehicle.counters for vehicle in heard.values()]
    return {
        "bytes_received": sum(deframer.bytes_received for deframer in deframers),
        "bytes_discarded": sum(deframer.bytes_discarded for deframer in deframers) + refused_bytes,
        "frames": sum(deframer.frames for deframer in deframers),
        "frames_damaged": sum(deframer.frames_damaged for deframer in deframers),
        "frames_unknown": sum(link.unknown for link in links),
        "frames_lost": sum(counts.lost for counts in packets),
        "gaps_unknown": sum(counts.gaps_unknown for counts in packets),
        "duplicates": sum(counts.duplicates for counts in packets),
        "out_of_order": sum(counts.out_of_order for counts in packets),
    }
