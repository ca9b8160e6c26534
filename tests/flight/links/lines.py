"""A sink that remembers, and a patient way to wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Memory:
    """Everything that a receiver said, in order."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.log: list[str] = []

    def up(self) -> None:
        self.log.append("up")

    def down(self) -> None:
        self.log.append("down")

    def data(self, data: bytes) -> None:
        self.received += data

    def waiting(self, reason: str) -> None:
        self.log.append(f"waiting: {reason}")


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Waits for a condition; fails when it does not come true in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, "it never happened"
        await asyncio.sleep(0.01)
