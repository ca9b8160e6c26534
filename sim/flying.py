"""Flies a mission against the clock and sends what the computer says: the one asyncio shell of the simulator."""

from __future__ import annotations

import asyncio
from typing import Protocol

from flight.links.link import Transmitter
from flight.wire.frame import encode
from sim.world import STEP_S

UNTIMED_BYTES = 4096
"""At full speed frames are handed to the link in runs of about this many bytes."""

BEHIND_S = 1.0
"""Real seconds that a flight may fall behind before it stops trying to catch up."""


class Flight(Protocol):
    """A mission, or one that somebody meddles with between its steps."""

    @property
    def finished(self) -> bool:
        """Nothing follows."""

    def step(self) -> list[bytes]:
        """The packets of the next 10 ms."""


async def fly(mission: Flight, link: Transmitter, speed: float) -> None:
    """Steps the mission to its end, `speed` onboard seconds a real second, 0 as fast as it goes.

    Frames leave as they fall due, in order; after the last one the link is drained, so that a station has read
    everything before the link closes. A machine that is too slow for `speed` flies slower, it skips nothing.
    """
    await (_untimed(mission, link) if speed == 0.0 else _paced(mission, link, speed))
    await link.drain()


async def _untimed(mission: Flight, link: Transmitter) -> None:
    waiting = bytearray()
    while not mission.finished:
        for packet in mission.step():
            waiting += encode(packet)
        if len(waiting) >= UNTIMED_BYTES:
            await link.send(bytes(waiting))
            waiting.clear()
    await link.send(bytes(waiting))


async def _paced(mission: Flight, link: Transmitter, speed: float) -> None:
    loop = asyncio.get_running_loop()
    began, steps = loop.time(), 0
    while not mission.finished:
        due = int((loop.time() - began) * speed / STEP_S)
        waiting = bytearray()
        while steps < due and not mission.finished and len(waiting) < UNTIMED_BYTES:
            steps += 1
            for packet in mission.step():
                waiting += encode(packet)
        if waiting:
            await link.send(bytes(waiting))
        next_step = began + (steps + 1) * STEP_S / speed
        behind = loop.time() - next_step
        if behind > BEHIND_S:
            began += behind
        await asyncio.sleep(max(0.0, -behind))
