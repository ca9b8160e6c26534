"""A board on a serial port, on a desk: found by what the port says of itself, decided by the identity packet."""

from __future__ import annotations

import contextlib
from typing import Any, Final

import serial

from flight.links.serialport import open_port
from flight.links.url import Address
from flight.wire.errors import Misuse
from hil.boards.board import Board, LineLost

BENCH_BAUD: Final = 1_000_000
VENDORS: Final = (0x0483, 0x0403, 0x10C4, 0x1A86, 0x2E8A, 0x2341)
"""Vendors whose ports are looked at first: ST's debug probes, then FTDI, Silicon Labs, WCH, Raspberry Pi, Arduino."""


class SerialBoard(Board):
    """`port` is a device, optionally with ?baud=N. Raises Misuse where it is absent, busy or not allowed."""

    def __init__(self, port: str) -> None:
        path, _, query = port.partition("?")
        baud = query.removeprefix("baud=") if query else str(BENCH_BAUD)
        if not baud.isdigit() or int(baud) == 0:
            raise Misuse(f"--board {port}: baud must be a whole number above 0, as in {path}?baud={BENCH_BAUD}")
        self.name = port
        self._address = Address(port, "serial", path=path.removeprefix("serial:"), baud=int(baud))
        self._port: Any = None
        try:
            self.replug()
        except LineLost as error:
            raise Misuse(f"--board {port}: {error}; ./run ports lists those there are") from error

    def send(self, data: bytes) -> None:
        if self._port is None:
            raise LineLost("the port is closed")
        try:
            self._port.write(data)
        except (OSError, serial.SerialException) as error:
            raise LineLost(f"the port has vanished: {error}") from error

    def receive(self, timeout_s: float) -> bytes:
        if self._port is None:
            raise LineLost("the port is closed")
        try:
            self._port.timeout = timeout_s
            data: bytes = self._port.read(1)
            if data and (more := self._port.in_waiting):
                data += self._port.read(more)
        except (OSError, TypeError, serial.SerialException) as error:
            raise LineLost(f"the port has vanished: {error}") from error
        return data

    def close(self) -> None:
        if self._port is not None:
            with contextlib.suppress(OSError, serial.SerialException):
                self._port.close()
            self._port = None

    def unplug(self) -> None:
        self.close()

    def replug(self) -> None:
        try:
            self._port = open_port(self._address)
        except OSError as error:
            reason = "no such port" if error.errno == 2 else str(error.strerror or error).splitlines()[0]
            raise LineLost(reason) from error


def candidates() -> list[str]:
    """The devices of this machine's serial ports, those of known boards' vendors first."""
    from serial.tools import list_ports

    ports = sorted(list_ports.comports(), key=lambda port: port.device)
    known = [port for port in ports if port.vid is not None]
    known.sort(key=lambda port: VENDORS.index(port.vid) if port.vid in VENDORS else len(VENDORS))
    return [port.device for port in known]
