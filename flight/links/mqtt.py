"""MQTT: one topic a vehicle, PREFIX/VEHICLE/telemetry, each message one or more whole frames, QoS 1.

QoS 1 may deliver twice, and the station drops duplicates; a lost connection is made again by a loop around the client,
as aiomqtt's documentation has it. TCP_NODELAY keeps the slowest of a thousand messages at 2 ms instead of 38.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import aiomqtt

from flight.links.link import Sink
from flight.links.url import Address
from flight.wire.errors import Misuse

RETRY_S = 0.5
SOCKET_OPTIONS = [(6, 1, 1)]
MESSAGE = 1 << 14
"""Bytes of frames in one message at most."""

IN_FLIGHT = 20
QUEUED = 1 << 12
"""Messages that wait for the station's event loop at most; the newest are dropped beyond it, and counted as lost
frames by their sequence."""


def _client(address: Address, identifier: str | None = None) -> aiomqtt.Client:
    return aiomqtt.Client(
        address.host,
        address.port,
        username=address.user or None,
        password=address.password or None,
        identifier=identifier,
        tls_context=ssl.create_default_context() if address.scheme == "mqtts" else None,
        socket_options=SOCKET_OPTIONS,
        max_queued_incoming_messages=QUEUED,
        max_inflight_messages=IN_FLIGHT,
        timeout=5.0,
    )


def _reason(error: aiomqtt.MqttError) -> str:
    return (str(error).splitlines() or ["no answer"])[0]


class MqttTransmitter:
    """Publishes frames in batches of `batch_s` of real time. While the broker is away, bytes are lost and counted."""

    def __init__(self, address: Address, vehicle: str, batch_s: float) -> None:
        self.url = address.text
        self.bytes_lost = 0
        self._address = address
        self._topic = f"{address.path}/{vehicle}/telemetry"
        self._batch_s = batch_s
        self._pending = bytearray()
        self._sent_at = 0.0
        self._client: aiomqtt.Client | None = None
        self._connected = asyncio.Event()
        self._tried = asyncio.Event()
        self._failure = ""
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()

    async def open(self) -> None:
        """Connects. Raises Misuse where no broker answers at the start."""
        self._keeper = asyncio.create_task(self._keep())
        await self._tried.wait()
        if not self._connected.is_set():
            await self.close()
            raise Misuse(f"{self._address.shown}: no broker answers there: {self._failure}; start one: ./run broker")

    async def _keep(self) -> None:
        while True:
            try:
                async with _client(self._address) as client:
                    self._client = client
                    self._lost.clear()
                    self._connected.set()
                    self._tried.set()
                    await self._lost.wait()
            except aiomqtt.MqttError as error:
                self._failure = _reason(error)
            self._client = None
            self._connected.clear()
            self._tried.set()
            await asyncio.sleep(RETRY_S)

    async def ready(self) -> None:
        """Waits for the broker; who listens behind it cannot be known."""
        await self._connected.wait()

    async def send(self, data: bytes) -> None:
        """Collects frames and publishes them when the batch is due or a message is full."""
        now = asyncio.get_running_loop().time()
        self._pending += data
        if len(self._pending) >= MESSAGE or (self._batch_s and now - self._sent_at >= self._batch_s):
            self._sent_at = now
            await self._publish()

    async def _publish(self) -> None:
        message = bytes(self._pending)
        self._pending.clear()
        client = self._client
        if client is None or not message:
            self.bytes_lost += len(message)
            return
        try:
            await client.publish(self._topic, message, qos=1)
        except aiomqtt.MqttError:
            self.bytes_lost += len(message)
            self._lost.set()

    async def drain(self) -> None:
        """Publishes what waits; QoS 1 has the broker's word for each message when this returns."""
        await self._publish()

    async def close(self) -> None:
        """Leaves the broker."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await self._keeper
            self._keeper = None


class MqttReceiver:
    """Subscribes to every vehicle under the prefix, and again whenever the broker comes back."""

    def __init__(self, address: Address, wait: bool) -> None:
        self._address = address
        self._wait = wait

    async def run(self, sink: Sink) -> None:
        """Delivers until cancelled."""
        said = False
        while True:
            up = False
            try:
                async with _client(self._address) as client:
                    await client.subscribe(f"{self._address.path}/+/telemetry", qos=1)
                    said, self._wait, up = False, True, True
                    sink.up()
                    async for message in client.messages:
                        if isinstance(message.payload, bytes | bytearray):
                            sink.data(bytes(message.payload))
            except aiomqtt.MqttError as error:
                if not self._wait:
                    shown = self._address.shown
                    raise Misuse(
                        f"{shown}: {_reason(error)}; start a broker: ./run broker, or leave out --no-wait"
                    ) from error
                if not said and not up:
                    sink.waiting(_reason(error))
                    said = True
            finally:
                if up:
                    sink.down()
            await asyncio.sleep(RETRY_S)
