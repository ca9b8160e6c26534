"""The handshake: the bench introduces itself, the board answers with its identity, and it fits or is refused.

The bench's own introduction is an identity packet too, so that a board of any make needs only the packets that it has.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer, encode
from flight.wire.packet import HEADER_VALUES, PROTOCOL, Codec
from hil.boards.board import Board

ASK_AGAIN_S = 0.2
"""What is sent before a line has settled can be lost."""
MOST_ASKED = 10
"""How often a board that never keeps one waiting is asked."""
FAULTY = "arithmetic fault"
"""What a board calls itself whose power-on test of its own arithmetic failed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity packet's fields."""

    vehicle: str
    plan: str
    """The plan that it is flying; empty on a board that waits for a start message."""
    software: str
    board: str
    fingerprint: str
    protocol: int
    reset_cause: int
    time_rate: float

    @property
    def cause(self) -> str:
        """The reset cause by name."""
        field = next(field for field in default().packets["identity"].fields if field.name == "reset_cause")
        names = {code: name for name, code in (field.enumeration or {}).items()}
        return names.get(self.reset_cause, f"cause {self.reset_cause}")


_CODEC = Codec(default().packets["identity"])
HELLO = encode(_CODEC.encode(0, 0, 0, ("", "", "vermilion bench", "bench", default().fingerprint, PROTOCOL, 0, 0.0)))


def read(packet: bytes) -> Identity | None:
    """The identity in a packet; None where it is of another kind."""
    values = _CODEC.decode(packet)
    return None if values is None else Identity(*values[HEADER_VALUES:])  # type: ignore[arg-type]


def ask(board: Board, deadline_s: float, clock: Callable[[], float] = time.monotonic) -> Identity:
    """Who is there. Raises Misuse where nobody answers in time, or somebody in another language; LineLost."""
    deframer, other, asked = Deframer(), 0, 0
    end = clock() + deadline_s
    while True:
        asked += 1
        board.send(HELLO)
        again = min(end, clock() + ASK_AGAIN_S)
        while True:
            data = board.receive(max(0.0, again - clock()))
            for packet in deframer.feed(data):
                found = read(packet)
                if found is not None:
                    return found
                other += 1
            if not data:
                break
        # A board in this process answers at once or never, but for a wire that is disturbed.
        if clock() >= end or (board.immediate and asked == MOST_ASKED):
            raise Misuse(f"--board {board.name}: {_silence(deframer, other)}")


def _silence(deframer: Deframer, other: int) -> str:
    if other:
        return (
            f"it speaks our frames, but no identity of ours is among {other} packets: "
            "another dictionary or protocol; flash this checkout's firmware: ./run firmware flash"
        )
    if deframer.bytes_received:
        return (
            f"{deframer.bytes_received} bytes, and no whole frame among them: another protocol or another baud rate; "
            "the bench's line has 1000000 baud (PORT?baud=N for another)"
        )
    return "it says nothing; is it flashed (./run firmware flash), on this port (./run ports) and powered?"


def check(identity: Identity, name: str, software: str | None) -> None:
    """Raises Misuse where the board cannot fly with this bench.

    `software` is what this checkout's build for it calls itself, None where any will do. A board with firmware of its
    own, which does not call itself ours, is not asked for a build.
    """
    board = f"--board {name}"
    if identity.board == FAULTY:
        raise Misuse(f"{board}: its power-on test found wrong double arithmetic; build with this checkout's recipe")
    if identity.protocol != PROTOCOL:
        raise Misuse(
            f"{board}: it speaks protocol {identity.protocol}, this bench {PROTOCOL}; ./run firmware flash, or use the "
            "bench that it was built with"
        )
    if identity.fingerprint != default().fingerprint:
        raise Misuse(
            f"{board}: its dictionary is {identity.fingerprint}, this checkout's {default().fingerprint}; "
            "build and flash anew: ./run firmware flash"
        )
    if software is not None and identity.software.startswith("vermilion ") and identity.software != software:
        raise Misuse(
            f"{board}: it runs {identity.software!r}, this checkout builds {software!r}; ./run firmware flash, or "
            "--any-build to fly it all the same"
        )
