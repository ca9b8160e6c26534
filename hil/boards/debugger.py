"""A debugger's line to an emulator: the little of GDB's remote serial protocol that a fault needs.

The processor stands still while connected and runs on when the connection is closed. GDB manual, appendix E.
"""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Final, Self

from hil.boards.board import LineLost

ANSWER_S: Final = 5.0
PROGRAM_COUNTER: Final = 15


class Debugger:
    """A context: connects on entry, lets the processor run on at exit. Raises LineLost where nobody answers."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(ANSWER_S)
        self._path = path
        self._heard = b""

    def __enter__(self) -> Self:
        try:
            self._socket.connect(self._path)
        except OSError as error:
            self._socket.close()
            raise LineLost(f"no debugger's line: {error}") from error
        self._ask("?")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self._ask("D")
        finally:
            self._socket.close()

    def read(self, address: int, count: int) -> bytes:
        """Memory."""
        answer = self._ask(f"m{address:x},{count:x}")
        try:
            return bytes.fromhex(answer)
        except ValueError as error:
            raise LineLost(f"the debugger's line refuses to read memory: {answer}") from error

    def write(self, address: int, data: bytes) -> None:
        """Memory."""
        self._succeed(f"M{address:x},{len(data):x}:{data.hex()}")

    def jump(self, address: int) -> None:
        """The processor goes on there."""
        # QEMU sets single registers only for those who have asked it which there are.
        self._ask("qXfer:features:read:target.xml:0,fff")
        self._succeed(f"P{PROGRAM_COUNTER:x}={address.to_bytes(4, 'little').hex()}")

    def _succeed(self, command: str) -> None:
        answer = self._ask(command)
        if answer != "OK":
            raise LineLost(f"the debugger's line refuses {command[0]}: {answer or 'not supported'}")

    def _ask(self, command: str) -> str:
        body = command.encode("ascii")
        try:
            self._socket.sendall(b"$" + body + b"#" + f"{sum(body) & 0xFF:02x}".encode())
            while True:
                start = self._heard.find(b"$")
                end = self._heard.find(b"#", start)
                if start >= 0 and end >= 0 and len(self._heard) >= end + 3:
                    answer, self._heard = self._heard[start + 1 : end], self._heard[end + 3 :]
                    self._socket.sendall(b"+")
                    # That the processor has stopped is said whenever it is so, asked for or not.
                    if command == "?" or not answer.startswith(b"T"):
                        return answer.decode("ascii", "replace")
                    continue
                data = self._socket.recv(4096)
                if not data:
                    raise LineLost("the debugger's line is closed")
                self._heard += data
        except OSError as error:
            raise LineLost(f"the debugger's line does not answer: {error}") from error
