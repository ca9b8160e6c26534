"""The rotating Earth: gravitation with J2 and heights, in the inertial frame aligned with Earth's axes at step 0.

Metres, seconds, radians. Constants from flight.geodesy (WGS 84).
"""

from __future__ import annotations

import math

from flight.geodesy import (
    ECCENTRICITY_SQUARED,
    GRAVITATIONAL_PARAMETER,
    J2,
    SEMI_MAJOR_AXIS,
    SEMI_MINOR_AXIS,
    Vector,
)

STANDARD_GRAVITY = 9.80665
"""m/s2, exact (3rd CGPM, 1901)."""

_OBLATENESS = 1.5 * J2 * SEMI_MAJOR_AXIS * SEMI_MAJOR_AXIS


def gravitation(x: float, y: float, z: float) -> Vector:
    """Acceleration by the Earth's mass, m/s2, with J2 (Vallado, Fundamentals of Astrodynamics, 4th edition, 8.6.1)."""
    square = x * x + y * y + z * z
    scale = -GRAVITATIONAL_PARAMETER / (square * math.sqrt(square))
    bulge = _OBLATENESS / square
    tilt = 5.0 * z * z / square
    across = scale * (1.0 + bulge * (1.0 - tilt))
    return across * x, across * y, scale * (1.0 + bulge * (3.0 - tilt)) * z


def potential(x: float, y: float, z: float) -> float:
    """Energy per mass whose negative gradient is `gravitation`, m2/s2, zero at infinity."""
    square = x * x + y * y + z * z
    sine = z * z / square
    return -GRAVITATIONAL_PARAMETER / math.sqrt(square) * (1.0 - _OBLATENESS / (3.0 * square) * (3.0 * sine - 1.0))


def height(x: float, y: float, z: float) -> float:
    """Height above the ellipsoid along the radius, m: cheap, exact at 0, 2 m too much at 330 km."""
    radius = math.sqrt(x * x + y * y + z * z)
    cosine = (x * x + y * y) / (radius * radius)
    return radius - SEMI_MINOR_AXIS / math.sqrt(1.0 - ECCENTRICITY_SQUARED * cosine)


def orbit_heights(position: Vector, velocity: Vector) -> tuple[float, float]:
    """Perigee and apogee above the equatorial radius, m, of the osculating orbit; inertial position and velocity.

    From energy and angular momentum (Bate, Mueller and White, Fundamentals of Astrodynamics, 1.6). Apogee is
    infinite for a path that does not return.
    """
    px, py, pz = position
    vx, vy, vz = velocity
    energy = 0.5 * (vx * vx + vy * vy + vz * vz) - GRAVITATIONAL_PARAMETER / math.sqrt(px * px + py * py + pz * pz)
    hx, hy, hz = py * vz - pz * vy, pz * vx - px * vz, px * vy - py * vx
    parameter = (hx * hx + hy * hy + hz * hz) / GRAVITATIONAL_PARAMETER
    eccentricity = math.sqrt(max(0.0, 1.0 + 2.0 * energy * parameter / GRAVITATIONAL_PARAMETER))
    perigee = parameter / (1.0 + eccentricity) - SEMI_MAJOR_AXIS
    apogee = parameter / (1.0 - eccentricity) - SEMI_MAJOR_AXIS if eccentricity < 1.0 else math.inf
    return perigee, apogee


def inclination(position: Vector, velocity: Vector) -> float:
    """Of the osculating orbit to the equator, radians."""
    px, py, pz = position
    vx, vy, vz = velocity
    hx, hy, hz = py * vz - pz * vy, pz * vx - px * vz, px * vy - py * vx
    return math.atan2(math.hypot(hx, hy), hz)
