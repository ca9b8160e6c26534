"""What the station keeps of one link: its deframer, what could not be decoded, and who speaks on it."""

from __future__ import annotations

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
