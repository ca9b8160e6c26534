"""Conic motion about the Earth: osculating orbit and instantaneous impact point, in plain floats.

Positions and velocities are Earth-fixed (ECEF, WGS 84), velocities Earth-relative, m and m/s. The inertial frame is the
Earth-fixed one stopped at the moment. The gravitational constant is the ground's own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from flight.geodesy import ECCENTRICITY_SQUARED, ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, to_geodetic

MU = 3.986004415e14
"""m3/s2, of EGM96 (Lemoine et al., NASA/TP-1998-206861); 3e-10 away from WGS 84's."""


class Orbit(NamedTuple):
    """Osculating two-body orbit. Heights are radii less the *equatorial* radius of WGS 84, as launch providers quote.

    Above the ellipsoid itself a circular orbit would have heights that differ by up to 21 km on the way round. The
    apogee of an open orbit is infinite.
    """

    perigee_m: float
    apogee_m: float
    inclination_deg: float
    eccentricity: float


class Impact(NamedTuple):
    """Where and in how many seconds a body without thrust and drag meets the ellipsoid. Geodetic degrees."""

    latitude_deg: float
    longitude_deg: float
    fall_s: float


def inertial(position: Vector, velocity: Vector) -> Vector:
    """Inertial velocity in Earth-fixed axes: v + omega x r."""
    return (velocity[0] - ROTATION_RATE * position[1], velocity[1] + ROTATION_RATE * position[0], velocity[2])


def orbit(position: Vector, velocity: Vector) -> Orbit:
    """Osculating orbit of an Earth-relative state. Bate, Mueller & White, Fundamentals of Astrodynamics, 1971, 2.4.

    Raises ValueError for a position at the Earth's centre.
    """
    return inertial_orbit(position, inertial(position, velocity))


def inertial_orbit(position: Vector, velocity: Vector) -> Orbit:
    """Osculating orbit of an inertial state; the third axis is the Earth's."""
    (x, y, z), (vx, vy, vz) = position, velocity
    radius = math.sqrt(x * x + y * y + z * z)
    if radius == 0.0:
        raise ValueError("an orbit through the Earth's centre has no elements")
    hx, hy, hz = y * vz - z * vy, z * vx - x * vz, x * vy - y * vx
    momentum_squared = hx * hx + hy * hy + hz * hz
    energy = 0.5 * (vx * vx + vy * vy + vz * vz) - MU / radius
    eccentricity = math.sqrt(max(0.0, 1.0 + 2.0 * energy * momentum_squared / (MU * MU)))
    parameter = momentum_squared / MU
    perigee = parameter / (1.0 + eccentricity)
    apogee = parameter / (1.0 - eccentricity) if eccentricity < 1.0 else math.inf
    if energy < 0.0:
        # Near-radial orbits: 1 - e cancels, the semi-major axis does not.
        apogee = -MU / energy - perigee
    momentum = math.sqrt(momentum_squared)
    inclination = math.degrees(math.acos(max(-1.0, min(1.0, hz / momentum)))) if momentum > 0.0 else 90.0
    return Orbit(perigee - SEMI_MAJOR_AXIS, apogee - SEMI_MAJOR_AXIS, inclination, eccentricity)


def impact(position: Vector, velocity: Vector) -> Impact | None:
    """The instantaneous impact point; None where the conic never meets the Earth again (it has "vanished").

    The conic (Bate, Mueller & White, 1971, chapters 2 and 4) is intersected with the ellipsoid by iterating on the
    ellipsoid's radius at the impact's geocentric latitude; then the Earth turns during the fall. What the point is for
    and what it leaves out (drag, oblate gravity): O. Montenbruck, M. Markgraf et al., GPS based prediction of the
    instantaneous impact point for sounding rockets, Aerospace Science and Technology 6(4), 2002 (DLR 2001).
    A state at or below the ellipsoid impacts where it is.
    """
    here = to_geodetic(*position)
    if here.height <= 0.0:
        return Impact(math.degrees(here.latitude), math.degrees(here.longitude), 0.0)
    vx, vy, vz = inertial(position, velocity)
    x, y, z = position
    radius = math.sqrt(x * x + y * y + z * z)
    hx, hy, hz = y * vz - z * vy, z * vx - x * vz, x * vy - y * vx
    momentum_squared = hx * hx + hy * hy + hz * hz
    parameter = momentum_squared / MU
    radial_speed = (x * vx + y * vy + z * vz) / radius
    # e cos nu and e sin nu of the present place give eccentricity and true anomaly without a special case at e = 0.
    cosine_part = parameter / radius - 1.0
    momentum = math.sqrt(momentum_squared)
    sine_part = momentum * radial_speed / MU
    eccentricity = math.hypot(cosine_part, sine_part)
    if eccentricity >= 1.0 or eccentricity == 0.0 or momentum == 0.0:
        return None
    semi_major = parameter / (1.0 - eccentricity * eccentricity)
    anomaly = math.atan2(sine_part, cosine_part)
    # Unit vectors along the radius and ahead of it, in the orbit's plane.
    rx, ry, rz = x / radius, y / radius, z / radius
    tx, ty, tz = (
        (hy * rz - hz * ry) / momentum,
        (hz * rx - hx * rz) / momentum,
        (hx * ry - hy * rx) / momentum,
    )
    surface = SEMI_MAJOR_AXIS
    ground = (0.0, 0.0, 0.0)
    turn = 0.0
    for _ in range(8):
        cosine = (parameter / surface - 1.0) / eccentricity
        if cosine >= 1.0:
            return None
        end = 2.0 * math.pi - math.acos(max(-1.0, cosine))
        turn = end - anomaly
        cosine, sine = math.cos(turn), math.sin(turn)
        ground = (rx * cosine + tx * sine, ry * cosine + ty * sine, rz * cosine + tz * sine)
        better = SEMI_MAJOR_AXIS * math.sqrt(
            (1.0 - ECCENTRICITY_SQUARED) / (1.0 - ECCENTRICITY_SQUARED * (1.0 - ground[2] * ground[2]))
        )
        settled = abs(better - surface) < 0.01
        surface = better
        if settled:
            break
    fall = _time_between(anomaly, anomaly + turn, eccentricity, semi_major)
    angle = ROTATION_RATE * fall
    cosine, sine = math.cos(angle), math.sin(angle)
    place = to_geodetic(
        surface * (ground[0] * cosine + ground[1] * sine),
        surface * (ground[1] * cosine - ground[0] * sine),
        surface * ground[2],
    )
    return Impact(math.degrees(place.latitude), math.degrees(place.longitude), fall)


def _time_between(start: float, end: float, eccentricity: float, semi_major: float) -> float:
    """Seconds from one true anomaly to another, less than one revolution ahead (Kepler's equation)."""
    mean = _mean_anomaly(end, eccentricity) - _mean_anomaly(start, eccentricity)
    return mean % (2.0 * math.pi) * math.sqrt(semi_major**3 / MU)


def _mean_anomaly(true: float, eccentricity: float) -> float:
    eccentric = 2.0 * math.atan2(
        math.sqrt(1.0 - eccentricity) * math.sin(0.5 * true), math.sqrt(1.0 + eccentricity) * math.cos(0.5 * true)
    )
    return eccentric - eccentricity * math.sin(eccentric)
