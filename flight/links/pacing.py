"""A line that takes so many bytes a second, and no more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from flight.wire.errors import Misuse

SLICE_S = 0.005
"""Bytes leave in slices of this much line time: finer costs more wake-ups than it shows."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a line takes bytes: ten bits a byte at `baud`, times `speed`; untimed where `speed` is 0."""

    baud: int
    speed: float

    @property
    def bytes_per_s(self) -> float:
        """Bytes a second of real time; infinite where untimed."""
        return self.baud / 10.0 * self.speed if self.speed else float("inf")


class Pacer:
    """Says how many bytes may leave and waits until they may. A line that was idle saves up at most one slice."""

    def __init__(self, pace: Pace) -> None:
        self._rate = pace.bytes_per_s
        self._free_at = 0.0
        self.slice = max(64, int(min(self._rate * SLICE_S, 65536.0)))

    async def take(self, count: int) -> None:
        """Waits until the line has taken what went before, then books `count` bytes."""
        if self._rate == float("inf"):
            return
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now - SLICE_S) + count / self._rate
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)


def speed_of(text: str) -> float:
    """`--speed`: onboard seconds a real second, 0 for `max`. Raises Misuse for anything else."""
    if text == "max":
        return 0.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.01 <= speed <= 10_000.0:
        raise Misuse(f"--speed {text}: must be a number from 0.01 to 10000, or max")
    return speed
