"""A wire that can be disturbed: between the bench and any board, on the bench's side.

Bytes, and whole frames towards the board, are changed, lost, added or held up. Baud rate and
overrun are not part of it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from hil.boards.board import Board

Disturbance = Callable[[bytes], bytes]
"""What arrives of what was put on the wire."""


class DisturbedBoard(Board):
    """The board behind the wire. `sending` and `receiving` are what the wire does to each piece, in that order."""

    def __init__(self, board: Board) -> None:
        self.name = board.name
        self.immediate = board.immediate
        self.reachable = board.reachable
        self.board = board
        self.sending: list[Disturbance] = []
        self.receiving: list[Disturbance] = []

    def send(self, data: bytes) -> None:
        for disturbance in self.sending:
            data = disturbance(data)
        if data:
            self.board.send(data)

    def receive(self, timeout_s: float) -> bytes:
        data = self.board.receive(timeout_s)
        if data:
            for disturbance in self.receiving:
                data = disturbance(data)
            # Nothing means that time is up, and it is not: what came was lost. An empty frame says nothing too.
            data = data or b"\0"
        return data

    def close(self) -> None:
        self.board.close()

    def unplug(self) -> None:
        self.board.unplug()

    def replug(self) -> None:
        self.board.replug()

    def reset(self) -> None:
        self.board.reset()

    def crash(self) -> None:
        self.board.crash()

    def hang(self) -> None:
        self.board.hang()

    def freeze(self) -> None:
        self.board.freeze()

    def thaw(self) -> None:
        self.board.thaw()

    def cut_power(self) -> None:
        self.board.cut_power()

    def restore_power(self) -> None:
        self.board.restore_power()

    def flip(self, symbol: str, offset: int, bit: int) -> None:
        self.board.flip(symbol, offset, bit)

    def size(self, symbol: str) -> int:
        return self.board.size(symbol)


def noise(part: float, draw: random.Random) -> Disturbance:
    """One bit is flipped in this part of the bytes."""
    return lambda data: bytes(byte ^ 1 << draw.randrange(8) if draw.random() < part else byte for byte in data)


def drop(part: float, draw: random.Random) -> Disturbance:
    """This part of the bytes is lost."""
    return lambda data: bytes(byte for byte in data if draw.random() >= part)


def garbage(part: float, draw: random.Random) -> Disturbance:
    """At the delimiters of this part of the frames come up to 64 bytes of anything, in whatever pieces they arrive."""

    def disturb(data: bytes) -> bytes:
        first, *others = data.split(b"\0")
        # A frame has two delimiters.
        noise = (draw.randbytes(draw.randint(1, 64)) if draw.random() < 0.5 * part else b"" for _ in others)
        return first + b"".join(b"\0" + added + other for added, other in zip(noise, others, strict=True))

    return disturb


def duplicate(part: float, draw: random.Random) -> Disturbance:
    """This part of the pieces comes twice."""
    return lambda data: data * (2 if draw.random() < part else 1)


def reorder(part: float, draw: random.Random) -> Disturbance:
    """This part of the pieces comes after the next one."""
    held = b""

    def disturb(data: bytes) -> bytes:
        nonlocal held
        if not held and draw.random() < part:
            held = data
            return b""
        data, held = data + held, b""
        return data

    return disturb


def delay(seconds: float, draw: random.Random) -> Disturbance:
    """Each piece is held up by up to this long, real time."""

    def disturb(data: bytes) -> bytes:
        time.sleep(draw.uniform(0.0, seconds))
        return data

    return disturb
