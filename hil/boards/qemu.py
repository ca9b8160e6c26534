"""An STM32F405 in a process of its own: QEMU's machine netduinoplus2.

Pitfalls of QEMU 7.2: a serial line that nobody reads stops the whole machine, its monitor too, so each is always
drained; it models no baud rate, overrun, watchdog, clock controller or pins.

It hands a serial line's bytes on one by one, each by way of its main loop and both of its threads. That costs half as
much where they come as datagrams (11 instead of 21 us), and half as much again where both threads have one processor.
Datagrams from QEMU could be lost, so what the board says is read from QEMU's log of the line, a pipe.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any, Final

from flight.wire.errors import Misuse
from hil.boards.board import Board, LineLost
from hil.boards.debugger import Debugger
from hil.firmware import elf

PROGRAM: Final = "qemu-system-arm"
MACHINE: Final = "netduinoplus2"
START_S: Final = 10.0
MONITOR_S: Final = 5.0
READ: Final = 1 << 16
DATAGRAM: Final = 1024
LOOPBACK: Final = "127.0.0.1"
TELEMETRY_CHUNKS: Final = 1 << 14
"""Kept of the telemetry line at most; the oldest are dropped beyond it."""
UNDEFINED: Final = b"\x00\xde"
"""The instruction `udf #0`."""
FOR_EVER: Final = b"\x72\xb6\xfe\xe7"
"""The instructions `cpsid i` and `b .`."""


class QemuBoard(Board):
    """Boots at once. `image` is a build's ELF file; `telemetry` asks for the second line too.

    Raises Misuse where QEMU is not installed or does not start.
    """

    name = "qemu"
    reachable = True

    def __init__(self, image: Path, *, telemetry: bool = False) -> None:
        program = shutil.which(PROGRAM)
        if program is None:
            raise Misuse(
                f"--board qemu: {PROGRAM} is not installed; apt-get install qemu-system-arm (or brew install qemu), "
                "or use --board unicorn"
            )
        self._program, self._image, self._wants_telemetry = program, image, telemetry
        self._telemetry: deque[bytes] = deque(maxlen=TELEMETRY_CHUNKS)
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._said = -1
        """The file descriptor of what the board says."""
        self._plugged = True
        self._sockets: list[socket.socket] = []
        self._folder = tempfile.TemporaryDirectory(prefix="vermilion-qemu-")
        try:
            self._launch()
        except BaseException:
            self.close()
            raise

    @property
    def telemetry(self) -> bytes:
        """What came out of the telemetry line since it was last asked for."""
        chunks = []
        with contextlib.suppress(IndexError):
            while True:
                chunks.append(self._telemetry.popleft())
        return b"".join(chunks)

    def send(self, data: bytes) -> None:
        line = self._connected()
        for start in range(0, len(data), DATAGRAM):
            try:
                line.send(data[start : start + DATAGRAM])
            except OSError as error:
                raise LineLost("QEMU has ended") from error

    def receive(self, timeout_s: float) -> bytes:
        self._connected()
        readable, _, _ = select.select([self._said], [], [], timeout_s)
        if not readable:
            return b""
        data = os.read(self._said, READ)
        if not data:
            raise LineLost("QEMU has ended")
        return data

    def close(self) -> None:
        self._kill()
        self._folder.cleanup()

    def unplug(self) -> None:
        self._plugged = False

    def replug(self) -> None:
        self._plugged = True
        # What was said meanwhile had no reader.
        while self.receive(0.0):
            pass

    def reset(self) -> None:
        self._command("system_reset")

    def freeze(self) -> None:
        self._command("stop")

    def thaw(self) -> None:
        self._command("cont")

    def crash(self) -> None:
        self._run_instead(UNDEFINED)

    def hang(self) -> None:
        self._run_instead(FOR_EVER)

    def cut_power(self) -> None:
        self._kill()

    def restore_power(self) -> None:
        self._launch()

    def flip(self, symbol: str, offset: int, bit: int) -> None:
        address = elf.read(self._image).address(symbol) + offset
        with self._debugger() as debugger:
            byte = debugger.read(address, 1)[0]
            debugger.write(address, bytes([byte ^ 1 << bit]))

    def size(self, symbol: str) -> int:
        return elf.read(self._image).sizes[symbol]

    def read_word(self, symbol: str, offset: int = 0) -> int:
        """32 bits of memory."""
        with self._debugger() as debugger:
            return int.from_bytes(debugger.read(elf.read(self._image).address(symbol) + offset, 4), "little")

    def _run_instead(self, instructions: bytes) -> None:
        """The processor, when it wakes, goes on with these, at the bottom of the stack's room where nothing else is."""
        place = elf.read(self._image).address("noinit_end")
        with self._debugger() as debugger:
            debugger.write(place, instructions)
            debugger.jump(place)

    def _debugger(self) -> Debugger:
        return Debugger(self._path("debugger"))

    def _path(self, name: str) -> str:
        return os.path.join(self._folder.name, name)

    def _launch(self) -> None:
        for name in ("telemetry", "monitor", "debugger"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path(name))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path("said"))
        os.mkfifo(self._path("said"))
        # There must be a reader before QEMU opens it, and from then on.
        self._said = os.open(self._path("said"), os.O_RDONLY | os.O_NONBLOCK)
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.bind((LOOPBACK, 0))
        # What QEMU sends there is not read but from the pipe.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        port = _free_port()
        bench = (
            f"udp,id=bench,host={LOOPBACK},port={line.getsockname()[1]},localaddr={LOOPBACK},localport={port},"
            f"logfile={self._path('said')},logappend=on"
        )
        second = f"unix:{self._path('telemetry')},server=on,wait=on" if self._wants_telemetry else "null"
        command = [
            self._program, "-M", MACHINE, "-kernel", str(self._image), "-display", "none", "-monitor", "none",
            "-serial", second,
            "-chardev", bench, "-serial", "chardev:bench",
            "-qmp", f"unix:{self._path('monitor')},server=on,wait=off",
            "-gdb", f"unix:{self._path('debugger')},server=on,wait=off",
        ]  # fmt: skip
        with Path(self._path("log")).open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._share_one_processor()
        self._line, self._plugged = line, True
        if self._wants_telemetry:
            reader = self._connect("telemetry")
            self._sockets.append(reader)
            threading.Thread(target=self._drain, args=(reader,), daemon=True).start()
        monitor = self._connect("monitor")
        self._sockets.append(monitor)
        monitor.settimeout(MONITOR_S)
        self._monitor = monitor.makefile("rw", encoding="utf-8")
        self._monitor.readline()
        self._command("qmp_capabilities")
        line.connect((LOOPBACK, port))

    def _share_one_processor(self) -> None:
        """Where there are several, QEMU gets the last one: its threads wait for each other at every byte."""
        if sys.platform == "linux" and self._process is not None:
            allowed = os.sched_getaffinity(0)
            if len(allowed) > 1:
                os.sched_setaffinity(self._process.pid, {max(allowed)})

    def _connect(self, name: str) -> socket.socket:
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(self._path(name))
                return connection
            except OSError:
                connection.close()
            if self._process is None or self._process.poll() is not None:
                said = Path(self._path("log")).read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise Misuse(f"--board qemu: QEMU does not start: {said[-1] if said else 'it gives no reason'}")
            time.sleep(0.002)
        raise Misuse(f"--board qemu: QEMU offers no line within {START_S:.0f} s; is the machine overloaded?")

    def _command(self, name: str) -> None:
        try:
            self._monitor.write(json.dumps({"execute": name}))
            self._monitor.flush()
            while answer := self._monitor.readline():
                record: dict[str, Any] = json.loads(answer)
                if "error" in record:
                    raise LineLost(f"QEMU refuses {name}: {record['error'].get('desc', '')}")
                if "return" in record:
                    return
        except (OSError, ValueError) as error:
            raise LineLost(f"QEMU's monitor does not answer: {error}") from error
        raise LineLost("QEMU has ended")

    def _connected(self) -> socket.socket:
        if self._line is None or not self._plugged:
            raise LineLost("the line is cut")
        return self._line

    def _drain(self, reader: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := reader.recv(READ):
                self._telemetry.append(data)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        for each in (*self._sockets, self._line):
            if each is not None:
                each.close()
        self._sockets.clear()
        self._line = None
        if self._said >= 0:
            os.close(self._said)
            self._said = -1


def _free_port() -> int:
    """A UDP port of the loopback interface that nobody had a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
