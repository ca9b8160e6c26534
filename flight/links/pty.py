"""A serial line without hardware: the vehicle's end of a pseudo-terminal (Linux, macOS)."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import select
import struct
import termios
import tty

from flight.links.pacing import Pace, Pacer

POLL_S = 0.02
SETTLE_S = 0.2
"""pyserial throws away what is in the line when it opens it; a moment later it reads."""

DRAIN_S = 5.0
QUIET_CHECKS = 5
"""The kernel moves bytes between two buffers and one may look empty for an instant: ask several times."""


class PtyTransmitter:
    """Writes at the pace of a UART while a station has the other end open; while none has, bytes are lost and counted.

    The kernel's buffer (4 KiB) is the only queue: when it is full the vehicle waits, as for a UART's holding register.
    """

    def __init__(self, pace: Pace) -> None:
        self.url = ""
        self.bytes_lost = 0
        self._pacer = Pacer(pace)
        self._master = -1
        self._poll = select.poll()

    async def open(self) -> None:
        """Makes the pseudo-terminal; `url` is then the serial port that a station opens."""
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.url = f"serial:{os.ttyname(slave)}"
        os.set_blocking(self._master, False)
        os.close(slave)
        self._poll.register(self._master, select.POLLOUT)

    def _plugged(self) -> bool:
        """Whether anybody has the other end open: the kernel reports a hang-up while nobody has."""
        return not any(flags & select.POLLHUP for _, flags in self._poll.poll(0))

    async def ready(self) -> None:
        """Waits until a station has opened the port and settled."""
        while not self._plugged():
            await asyncio.sleep(POLL_S)
        await asyncio.sleep(SETTLE_S)

    async def send(self, data: bytes) -> None:
        """Writes at the line's pace; waits while the station does not read, gives up when it has gone."""
        view = memoryview(data)
        while view:
            part = view[: self._pacer.slice]
            await self._pacer.take(len(part))
            written = 0
            if not self._plugged():
                self.bytes_lost += len(part)
                written = len(part)
            else:
                with contextlib.suppress(BlockingIOError):
                    written = os.write(self._master, part)
                if not written:
                    await self._writable()
            view = view[written:]

    async def _writable(self) -> None:
        """Waits for room, at most one poll interval, so that a station that goes away is noticed."""
        loop = asyncio.get_running_loop()
        room = asyncio.Event()
        loop.add_writer(self._master, room.set)
        try:
            await asyncio.wait_for(room.wait(), POLL_S)
        except TimeoutError:
            pass
        finally:
            loop.remove_writer(self._master)

    async def drain(self) -> None:
        """Waits until the station has read everything: closing throws unread bytes away."""
        loop = asyncio.get_running_loop()
        deadline, quiet = loop.time() + DRAIN_S, 0
        while quiet < QUIET_CHECKS and loop.time() < deadline and self._plugged():
            quiet = quiet + 1 if self._unread() == 0 else 0
            await asyncio.sleep(POLL_S)

    def _unread(self) -> int:
        """Bytes that wait in the station's end."""
        try:
            slave = os.open(self.url.removeprefix("serial:"), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return 0
        try:
            return int(struct.unpack("i", fcntl.ioctl(slave, termios.FIONREAD, bytes(4)))[0])
        finally:
            os.close(slave)

    async def close(self) -> None:
        """Closes the vehicle's end; the station sees the port vanish."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1
