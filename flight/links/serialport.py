"""Real serial ports, pseudo-terminals and socket:// lines, with pyserial and one thread a port."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any

import serial

from flight.links.link import Sink
from flight.links.url import Address
from flight.wire.errors import Misuse

RETRY_S = 0.5
READ_S = 0.05
LARGE_READ = 1 << 16
IN_FLIGHT = 64
"""Chunks between the thread and the event loop; when so many wait, the thread stops reading and the port's own
buffer fills."""


def open_port(address: Address) -> Any:
    """The port, open and exclusive. Raises Misuse where another program has it, OSError where it is not there."""
    try:
        if "://" in address.path:
            return serial.serial_for_url(address.path, baudrate=address.baud, timeout=READ_S)
        return serial.Serial(address.path, address.baud, timeout=READ_S, exclusive=True)
    except ValueError as error:
        raise Misuse(f"{address.shown}: {error}") from error
    except serial.SerialException as error:
        if "exclusively lock" in str(error) or getattr(error, "errno", None) == 16:
            raise Misuse(f"{address.shown}: the port is in use by another program; close it there first") from error
        if getattr(error, "errno", None) == 13:
            raise Misuse(f"{address.shown}: no permission; join the port's group (often dialout)") from error
        raise


class SerialReceiver:
    """Reads a port in a thread and hands the bytes to the event loop, in order."""

    def __init__(self, address: Address, wait: bool) -> None:
        self._address = address
        self._wait = wait

    async def run(self, sink: Sink) -> None:
        """Opens, reads, and opens again when the port vanishes, until cancelled."""
        loop = asyncio.get_running_loop()
        said = False
        while True:
            try:
                port = await asyncio.to_thread(open_port, self._address)
            except OSError as error:
                if not self._wait:
                    raise Misuse(
                        f"{self._address.shown}: {_reason(error)}; plug it in, or leave out --no-wait"
                    ) from error
                if not said:
                    sink.waiting(_reason(error))
                    said = True
                await asyncio.sleep(RETRY_S)
                continue
            said, self._wait = False, True
            sink.up()
            try:
                await self._read(loop, port, sink)
            finally:
                sink.down()

    async def _read(self, loop: asyncio.AbstractEventLoop, port: Any, sink: Sink) -> None:
        stop, finished = threading.Event(), asyncio.Event()
        room = threading.Semaphore(IN_FLIGHT)
        socket = "://" in self._address.path

        def deliver(data: bytes) -> None:
            try:
                if not stop.is_set():
                    sink.data(data)
            finally:
                room.release()

        def work() -> None:
            # A port that vanishes shows as SerialException, OSError, termios.error or TypeError, as it happens.
            with contextlib.suppress(Exception):
                while not stop.is_set():
                    if socket:
                        data = port.read(LARGE_READ)
                    elif data := port.read(1):
                        data += port.read(port.in_waiting)
                    if data:
                        room.acquire()
                        loop.call_soon_threadsafe(deliver, data)
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(finished.set)

        thread = threading.Thread(target=work, name=self._address.shown, daemon=True)
        thread.start()
        try:
            await finished.wait()
        finally:
            stop.set()
            room.release()
            await asyncio.shield(asyncio.to_thread(thread.join, 1.0))
            with contextlib.suppress(OSError, serial.SerialException):
                port.close()


class SerialTransmitter:
    """Writes to a real port; the port's own baud rate paces it. While the port is gone, bytes are lost and counted."""

    def __init__(self, address: Address) -> None:
        self.url = address.text
        self.bytes_lost = 0
        self._address = address
        self._port: Any = None
        self._retry_at = 0.0

    async def open(self) -> None:
        """Opens the port. Raises Misuse where it is absent or taken."""
        try:
            self._port = await asyncio.to_thread(open_port, self._address)
        except OSError as error:
            raise Misuse(f"{self._address.shown}: {_reason(error)}; ./run ports lists those there are") from error

    async def ready(self) -> None:
        """A wire cannot know who listens."""

    async def send(self, data: bytes) -> None:
        """Writes; opens the port again where it had gone."""
        loop = asyncio.get_running_loop()
        if self._port is None and loop.time() >= self._retry_at:
            self._retry_at = loop.time() + RETRY_S
            with contextlib.suppress(OSError, Misuse):
                self._port = await asyncio.to_thread(open_port, self._address)
        if self._port is None:
            self.bytes_lost += len(data)
            return
        try:
            await asyncio.to_thread(self._port.write, data)
        except (OSError, serial.SerialException):
            self.bytes_lost += len(data)
            await self.close()

    async def drain(self) -> None:
        """Waits until the bytes have left the port."""
        if self._port is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                await asyncio.to_thread(self._port.flush)

    async def close(self) -> None:
        """Closes the port."""
        if self._port is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                self._port.close()
            self._port = None


def _reason(error: OSError) -> str:
    text = str(error.strerror or error).splitlines()[0]
    return "no such port" if getattr(error, "errno", None) == 2 else text
