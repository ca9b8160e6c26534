"""What speed and altitude alone say about the orbit: bounds, because the direction of flight is not recorded.

The Earth-relative speed differs from the inertial one by the Earth's rotation: up to +465 m/s at the equator due
east, and down to −140 m/s for the most retrograde azimuths in use (sun-synchronous orbits of 100°, from 30°
latitude; assumed).
"""

from __future__ import annotations

import math

from ground.detect.recorded.tracks import EARTH_RADIUS, STANDARD_GRAVITY

EASTWARD, RETROGRADE = 465.0, -140.0  # m/s
LOWEST_ORBIT = 100_000.0  # m: below this perigee nothing completes a revolution
MU = STANDARD_GRAVITY * EARTH_RADIUS**2  # m³/s²


def perigee_bounds(speed: float, climb: float, altitude: float) -> tuple[float, float]:
    """Lowest and highest perigee altitude (m) that Earth-relative speed, climb rate and altitude (m/s, m) allow."""
    return (
        _perigee(speed + RETROGRADE, climb, altitude),
        _perigee(speed + EASTWARD, climb, altitude),
    )


def _perigee(speed: float, climb: float, altitude: float) -> float:
    """Two-body perigee altitude; infinite for an escape."""
    radius = EARTH_RADIUS + altitude
    energy = 0.5 * speed**2 - MU / radius
    if energy >= 0.0:
        return math.inf
    momentum = radius * math.sqrt(max(speed**2 - climb**2, 0.0))
    axis = -0.5 * MU / energy
    eccentricity = math.sqrt(max(1.0 + 2.0 * energy * momentum**2 / MU**2, 0.0))
    return axis * (1.0 - eccentricity) - EARTH_RADIUS
