"""Specific force along the motion from navigation's velocities alone: less gravity and the turning Earth."""

from __future__ import annotations

import math

from flight.geodesy import ROTATION_RATE, Vector
from ground.conic import MU

_SLOWEST = 20.0
"""m/s: slower, the direction of motion is noise."""
_LONGEST_S = 0.5
"""Across a longer gap a burn may have begun and ended."""


class Push:
    """Differences of successive states: Earth-fixed position (m) and Earth-relative velocity (m/s)."""

    def __init__(self) -> None:
        self._before: tuple[float, Vector] | None = None

    def add(self, time_s: float, position: Vector, velocity: Vector) -> float | None:
        """A new state; mean specific force along the motion since the former one, m/s2. None where it cannot be had.

        Gravity of a sphere; its oblateness is 0.03 m/s2.
        """
        before, self._before = self._before, (time_s, velocity)
        speed = math.sqrt(velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2)
        if before is None or speed < _SLOWEST or not 0.0 < time_s - before[0] < _LONGEST_S:
            return None
        span_s = time_s - before[0]
        radius = math.sqrt(position[0] ** 2 + position[1] ** 2 + position[2] ** 2)
        pull = MU / radius**3
        # Coriolis is across the motion; the centrifugal part goes with the distance from the axis.
        outward = pull - ROTATION_RATE**2
        along = 0.0
        for place, part in enumerate((outward, outward, pull)):
            gained = (velocity[place] - before[1][place]) / span_s
            along += (gained + part * position[place]) * velocity[place] / speed
        return along
