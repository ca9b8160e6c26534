"""TCP and UDP. Where the vehicle listens (tcp-listen) the station connects, and the other way round."""

from __future__ import annotations

import asyncio
import contextlib
import socket

from flight.links.link import Sink
from flight.links.url import Address
from flight.wire.errors import Misuse

RETRY_S = 0.5
READ = 1 << 16
RECEIVE_BUFFER = 4 << 20
DATAGRAM = 1400
"""Bytes of frames in one datagram at most, so that it fits an Ethernet packet."""


async def _server(address: Address, handler: object) -> asyncio.Server:
    try:
        return await asyncio.start_server(handler, address.host, address.port, limit=READ)  # type: ignore[arg-type]
    except OSError as error:
        reason = (error.strerror or str(error)).splitlines()[0]
        raise Misuse(f"{address.shown}: cannot listen there: {reason}; choose another port") from error


class TcpTransmitter:
    """The vehicle's end. Listening it serves one station at a time, the newest; connecting it tries for ever.

    While no station is connected, bytes are lost and counted. The socket's buffers are the only queue; when they are
    full the vehicle waits.
    """

    def __init__(self, address: Address) -> None:
        self.url = address.text
        self.bytes_lost = 0
        self._address = address
        self._listens = address.scheme == "tcp-listen"
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._connected = asyncio.Event()
        self._retry_at = 0.0

    async def open(self) -> None:
        """Begins to listen; a connecting end begins with the first `ready` or `send`."""
        if self._listens:
            self._server = await _server(self._address, self._accept)
            port = self._server.sockets[0].getsockname()[1]
            self.url = f"tcp://{self._address.host}:{port}"

    async def _accept(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = writer
        self._connected.set()

    async def _connect(self) -> None:
        with contextlib.suppress(OSError):
            _, self._writer = await asyncio.open_connection(self._address.host, self._address.port)
            self._connected.set()

    async def ready(self) -> None:
        """Waits for the first station."""
        while not self._connected.is_set():
            if self._listens:
                await self._connected.wait()
            else:
                await self._connect()
                await asyncio.sleep(0 if self._connected.is_set() else RETRY_S)

    async def send(self, data: bytes) -> None:
        """Writes and waits while the station is slow."""
        if self._writer is None and not self._listens:
            now = asyncio.get_running_loop().time()
            if now >= self._retry_at:
                self._retry_at = now + RETRY_S
                await self._connect()
        if self._writer is None:
            self.bytes_lost += len(data)
            return
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            self.bytes_lost += len(data)
            self._writer = None

    async def drain(self) -> None:
        """Waits until the socket has taken everything; TCP delivers what was sent before the close."""
        if self._writer is not None:
            with contextlib.suppress(OSError):
                await self._writer.drain()

    async def close(self) -> None:
        """Ends the connection and the listening."""
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
        if self._server is not None:
            self._server.close()


class TcpReceiver:
    """The ground's end: connects, or with tcp-listen takes one vehicle at a time."""

    def __init__(self, address: Address, wait: bool) -> None:
        self._address = address
        self._wait = wait

    async def run(self, sink: Sink) -> None:
        """Delivers until cancelled."""
        if self._address.scheme == "tcp-listen":
            await self._listen(sink)
        said = False
        while True:
            try:
                reader, writer = await asyncio.open_connection(self._address.host, self._address.port)
            except OSError as error:
                reason = (error.strerror or str(error)).splitlines()[0]
                if not self._wait:
                    raise Misuse(
                        f"{self._address.shown}: {reason}; start the vehicle, or leave out --no-wait"
                    ) from error
                if not said:
                    sink.waiting(reason)
                    said = True
                await asyncio.sleep(RETRY_S)
                continue
            said, self._wait = False, True
            await self._deliver(reader, writer, sink)
            await asyncio.sleep(RETRY_S)

    async def _listen(self, sink: Sink) -> None:
        turn = asyncio.Lock()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            async with turn:
                await self._deliver(reader, writer, sink)

        server = await _server(self._address, accept)
        async with server:
            await server.serve_forever()

    async def _deliver(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sink: Sink) -> None:
        sink.up()
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(READ):
                    sink.data(data)
        finally:
            sink.down()
            writer.close()


class UdpTransmitter:
    """Sends datagrams of whole frames. Nobody knows whether they arrive: the station counts what is missing."""

    def __init__(self, address: Address) -> None:
        self.url = address.text
        self.bytes_lost = 0
        self._address = address
        self._socket: socket.socket | None = None

    async def open(self) -> None:
        """Makes the socket. Raises Misuse for a host that cannot be found."""
        try:
            family, kind, protocol, _, target = socket.getaddrinfo(
                self._address.host, self._address.port, type=socket.SOCK_DGRAM
            )[0]
        except OSError as error:
            raise Misuse(f"{self._address.shown}: {error.strerror or error}; check the host's name") from error
        self._socket = socket.socket(family, kind, protocol)
        self._socket.connect(target)
        self._socket.setblocking(False)

    async def ready(self) -> None:
        """A datagram cannot know who listens."""

    async def send(self, data: bytes) -> None:
        """One datagram for each run of whole frames of at most DATAGRAM bytes."""
        assert self._socket is not None
        start = 0
        while start < len(data):
            end = len(data)
            if end - start > DATAGRAM:
                end = data.rfind(b"\0\0", start + 1, start + DATAGRAM) + 1 or start + DATAGRAM
            try:
                await asyncio.get_running_loop().sock_sendall(self._socket, data[start:end])
            except OSError:
                self.bytes_lost += end - start
            start = end
        await asyncio.sleep(0)

    async def drain(self) -> None:
        """Nothing waits in a datagram socket for long."""

    async def close(self) -> None:
        """Closes the socket."""
        if self._socket is not None:
            self._socket.close()


class UdpReceiver:
    """Binds and delivers each datagram as it comes. The kernel's buffer is the queue; what overflows it is lost."""

    def __init__(self, address: Address) -> None:
        self._address = address

    async def run(self, sink: Sink) -> None:
        """Delivers until cancelled. Raises Misuse where the port is taken."""
        loop = asyncio.get_running_loop()
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(
                self._address.host, self._address.port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
            )[0]
            bound = socket.socket(family, kind, protocol)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            bound.bind(where)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Misuse(f"{self._address.shown}: cannot listen there: {reason}; choose another port") from error
        bound.setblocking(False)
        sink.up()
        try:
            while True:
                sink.data(await loop.sock_recv(bound, READ))
        finally:
            sink.down()
            bound.close()
