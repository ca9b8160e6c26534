"""The firmware as a process of this computer: the board's line is its standard input and output."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
from pathlib import Path

from hil.boards.board import Board, LineLost

READ = 1 << 16
CHUNKS = 1 << 10
"""Waiting between the process and the bench; when so many wait, the process waits too."""


class HostProcess(Board):
    """`program` is the process of a host build. It has no memory that outlives it, and no reset pin."""

    name = "native"

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self._said: queue.Queue[bytes] = queue.Queue(CHUNKS)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except (OSError, ValueError) as error:
            raise LineLost("the firmware's process has ended") from error

    def receive(self, timeout_s: float) -> bytes:
        try:
            data = self._said.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return b""
        if not data:
            raise LineLost("the firmware's process has ended")
        return data

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        # A reader that waits for room ends with the daemon threads; one that waits for bytes sees their end now.
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while data := self._process.stdout.read(READ):
                self._said.put(data)
        self._said.put(b"")
