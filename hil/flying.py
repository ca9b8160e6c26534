"""What `sim.flying` is given by the bench: a flight that is meddled with, and links that keep or go nowhere."""

from __future__ import annotations

import math
from collections.abc import Callable

from flight.onboard import OnboardComputer, PythonComputer
from flight.plans.plan import FlightPlan
from sim.mission import Mission


class Interrupted:
    """A mission whose steps `before_step` precedes; it ends at `until_s` after step 0, where it flies so long."""

    def __init__(self, mission: Mission, before_step: Callable[[], None], until_s: float | None) -> None:
        self._mission, self._before_step = mission, before_step
        self._until_s = math.inf if until_s is None else until_s

    @property
    def finished(self) -> bool:
        """Nothing follows."""
        return self._mission.finished

    def step(self) -> list[bytes]:
        """The packets of the next 10 ms."""
        if self._mission.time_s >= self._until_s:
            return self._mission.end()
        self._before_step()
        return self._mission.step()


def python_sha256(mission: Callable[[OnboardComputer], Mission], plan: FlightPlan, until_s: float | None) -> str:
    """Of the telemetry of the same mission with the computer in Python."""
    computer = PythonComputer(plan)
    flight = Interrupted(mission(computer), lambda: None, until_s)
    while not flight.finished:
        flight.step()
    return computer.telemetry_sha256


class NoLink:
    """A transmitter without an aerial."""

    url = ""
    bytes_lost = 0

    async def open(self) -> None:
        """Nothing."""

    async def ready(self) -> None:
        """At once."""

    async def send(self, data: bytes) -> None:
        """Nowhere."""

    async def drain(self) -> None:
        """Nothing waits."""

    async def close(self) -> None:
        """Nothing."""
