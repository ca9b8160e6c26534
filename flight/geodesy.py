"""The WGS 84 ellipsoid: geodetic coordinates and Earth-fixed (ECEF) vectors, shared by plans, world and ground.

Lengths in metres, angles in radians unless the name says degrees.
Source: NIMA TR8350.2, Department of Defense World Geodetic System 1984, third edition, 2000.
"""

from __future__ import annotations

import math
from typing import NamedTuple

SEMI_MAJOR_AXIS = 6378137.0
FLATTENING = 1.0 / 298.257223563
SEMI_MINOR_AXIS = SEMI_MAJOR_AXIS * (1.0 - FLATTENING)
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
ROTATION_RATE = 7.292115e-5
"""Earth's rotation, rad/s."""
GRAVITATIONAL_PARAMETER = 3.986004418e14
"""GM of the Earth with its atmosphere, m3/s2."""
J2 = 1.0826298213e-3
"""Second zonal harmonic: -sqrt(5) times WGS 84's normalised C(2,0), -0.484166774985e-3 (EGM96 value rounded there)."""

Vector = tuple[float, float, float]


class Geodetic(NamedTuple):
    """Latitude and longitude in radians, height above the ellipsoid in metres."""

    latitude: float
    longitude: float
    height: float


class Horizon(NamedTuple):
    """Unit vectors north, east and geodetic up at a place, in ECEF."""

    north: Vector
    east: Vector
    up: Vector


def to_ecef(latitude: float, longitude: float, height: float) -> Vector:
    """Earth-fixed position of a geodetic place."""
    sine, cosine = math.sin(latitude), math.cos(latitude)
    normal = SEMI_MAJOR_AXIS / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    across = (normal + height) * cosine
    return (
        across * math.cos(longitude),
        across * math.sin(longitude),
        (normal * (1.0 - ECCENTRICITY_SQUARED) + height) * sine,
    )


def to_geodetic(x: float, y: float, z: float) -> Geodetic:
    """Geodetic place of an Earth-fixed position, by Bowring's formula with its parametric latitude improved once more.

    Within a nanometre-level height for positions from the surface to geostationary distance
    (B. R. Bowring, The accuracy of geodetic latitude and height equations, Survey Review 28, 1985).
    At the Earth's centre every latitude is as good: 0 is returned.
    """
    across = math.hypot(x, y)
    if across == 0.0 and z == 0.0:
        return Geodetic(0.0, 0.0, -SEMI_MAJOR_AXIS)
    second = ECCENTRICITY_SQUARED / (1.0 - ECCENTRICITY_SQUARED)
    parametric = math.atan2(z * SEMI_MAJOR_AXIS, across * SEMI_MINOR_AXIS)
    latitude = 0.0
    for _ in range(3):
        sine, cosine = math.sin(parametric), math.cos(parametric)
        latitude = math.atan2(
            z + second * SEMI_MINOR_AXIS * sine**3, across - ECCENTRICITY_SQUARED * SEMI_MAJOR_AXIS * cosine**3
        )
        parametric = math.atan2((1.0 - FLATTENING) * math.sin(latitude), math.cos(latitude))
    sine, cosine = math.sin(latitude), math.cos(latitude)
    height = across * cosine + z * sine - SEMI_MAJOR_AXIS * math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    return Geodetic(latitude, math.atan2(y, x), height)


def horizon(latitude: float, longitude: float) -> Horizon:
    """North, east and up at a place. At a pole the longitude decides which way is north."""
    sine, cosine = math.sin(latitude), math.cos(latitude)
    sine_east, cosine_east = math.sin(longitude), math.cos(longitude)
    return Horizon(
        (-sine * cosine_east, -sine * sine_east, cosine),
        (-sine_east, cosine_east, 0.0),
        (cosine * cosine_east, cosine * sine_east, sine),
    )


def to_inertial(vector: Vector, seconds: float) -> Vector:
    """An Earth-fixed vector in the inertial frame that was aligned with Earth's axes `seconds` ago."""
    sine, cosine = math.sin(ROTATION_RATE * seconds), math.cos(ROTATION_RATE * seconds)
    x, y, z = vector
    return cosine * x - sine * y, sine * x + cosine * y, z


def to_earth_fixed(vector: Vector, seconds: float) -> Vector:
    """The inverse of `to_inertial`."""
    return to_inertial(vector, -seconds)


def less(a: Vector, b: Vector) -> Vector:
    """a - b."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def dot(a: Vector, b: Vector) -> float:
    """Inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def blend(a: float, one: Vector, b: float, other: Vector) -> Vector:
    """a times one plus b times the other."""
    return a * one[0] + b * other[0], a * one[1] + b * other[1], a * one[2] + b * other[2]
