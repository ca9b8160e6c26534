"""The two ends of a byte stream: a Transmitter on the vehicle, a Receiver on the ground."""

from __future__ import annotations

from typing import Protocol


class Transmitter(Protocol):
    """The vehicle's end. Like a radio it has no memory: what is sent while nobody can take it is lost, and counted."""

    url: str
    """Where a station finds it."""

    bytes_lost: int

    async def open(self) -> None:
        """Begins to offer the stream. Raises Misuse where the place is taken or cannot be had."""

    async def ready(self) -> None:
        """Waits until a station listens, where the link can know it."""

    async def send(self, data: bytes) -> None:
        """Whole frames. Waits while the line is busy; never fails because the other end has gone."""

    async def drain(self) -> None:
        """Waits until what was sent has been read, as far as the link can know it, at most a few seconds."""

    async def close(self) -> None:
        """Ends the link."""


class Sink(Protocol):
    """Where a Receiver delivers; all calls come from the event loop's thread."""

    def up(self) -> None:
        """The link is open."""

    def data(self, data: bytes) -> None:
        """Bytes as they came."""

    def down(self) -> None:
        """The link has closed or vanished; the receiver goes on waiting for it."""

    def waiting(self, reason: str) -> None:
        """The link is not there: said once for each absence."""


class Receiver(Protocol):
    """The ground's end: it reconnects for ever, until it is cancelled."""

    async def run(self, sink: Sink) -> None:
        """Delivers to `sink`. Raises Misuse for what waiting cannot mend, e.g. a port in use by another program."""
