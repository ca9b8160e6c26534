"""The two ends of a byte stream: a Transmitter on the vehicle, a Receiver on the ground."""

from __future__ import annotations

from typing import Protocol

from flight.links.url import parse
from flight.wire.errors import Misuse


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


def transmitter(url: str, vehicle: str, speed: float) -> Transmitter:
    """The vehicle's end of a link by URL; `vehicle` names the MQTT topic, `speed` scales a serial line's baud rate."""
    address = parse(url)
    if address.scheme == "pty":
        from flight.links.pacing import Pace
        from flight.links.pty import PtyTransmitter

        return PtyTransmitter(Pace(address.baud, speed))
    if address.scheme == "serial":
        from flight.links.serialport import SerialTransmitter

        return SerialTransmitter(address)
    if address.scheme.startswith("mqtt"):
        from flight.links.mqtt import MqttTransmitter

        return MqttTransmitter(address, vehicle, batch_s=0.02 if speed else 0.0)
    from flight.links import sockets

    if address.scheme == "udp":
        return sockets.UdpTransmitter(address)
    return sockets.TcpTransmitter(address)


def receiver(url: str, wait: bool = True) -> Receiver:
    """The ground's end of a link by URL. Without `wait` a link that is absent at the start raises Misuse."""
    address = parse(url)
    if address.scheme == "serial":
        from flight.links.serialport import SerialReceiver

        return SerialReceiver(address, wait)
    if address.scheme.startswith("mqtt"):
        from flight.links.mqtt import MqttReceiver

        return MqttReceiver(address, wait)
    if address.scheme == "pty":
        raise Misuse("pty: is made by the vehicle; listen to the serial:/dev/pts/N that it prints")
    from flight.links import sockets

    if address.scheme == "udp":
        return sockets.UdpReceiver(address)
    return sockets.TcpReceiver(address, wait)
