"""From a link's URL to its two ends; each kind's module is imported when it is asked for."""

from __future__ import annotations

from flight.links.link import Receiver, Transmitter
from flight.links.url import parse
from flight.wire.errors import Misuse


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
