"""Conic motion about the Earth: osculating orbit and instantaneous impact point, in plain floats.

Positions and velocities are Earth-fixed (ECEF, WGS 84), velocities Earth-relative, m and m/s. The inertial frame is the
Earth-fixed one stopped at the moment. The gravitational constant is the ground's own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from flight.geodesy import ECCENTRICITY_SQUARED, J2, SEMI_MAJOR_AXIS, Vector, dot, to_geodetic
from ground.conic import MU, Conic, below_ground, inertial, turned

_GRAZING = 0.05
"""Sine of the angle below which a conic grazes the Earth: a hundredth of the speed more, and it would not meet it."""

_LONGEST = 0.7
"""Angle of a fall about the Earth's centre, rad. Over a longer one displacements grow by themselves, and the conic
alone is the nearer to a numerical fall: 0.2 % of the range.
"""


class Orbit(NamedTuple):
    """Osculating two-body orbit. Heights are radii less the *equatorial* radius of WGS 84, as launch providers quote.

    Above the ellipsoid itself a circular orbit would have heights that differ by up to 21 km on the way round. The
    apogee of an open orbit is infinite.
    """

    perigee_m: float
    apogee_m: float
    inclination_deg: float
    eccentricity: float
    perigee_ellipsoid_m: float
    """Above the ellipsoid below it, to the difference of geocentric and geodetic vertical: 60 m at 300 km."""
    apogee_ellipsoid_m: float


class Impact(NamedTuple):
    """Where and in how many seconds a body without thrust and drag meets the ellipsoid. Geodetic degrees."""

    latitude_deg: float
    longitude_deg: float
    fall_s: float


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
    # The eccentricity vector points to the perigee; the apogee has the same ellipsoid below it.
    sine = 0.0
    if eccentricity > 0.0:
        sine = ((vx * hy - vy * hx) / MU - z / radius) / eccentricity
    surface = _surface(max(-1.0, min(1.0, sine)))
    return Orbit(
        perigee - SEMI_MAJOR_AXIS,
        apogee - SEMI_MAJOR_AXIS,
        inclination,
        eccentricity,
        perigee - surface,
        apogee - surface,
    )


def impact(position: Vector, velocity: Vector) -> Impact | None:
    """The instantaneous impact point; None where the conic never meets the Earth again (it has "vanished").

    What the point is for and what it leaves out (drag): O. Montenbruck, M. Markgraf et al., GPS based
    prediction of the instantaneous impact point for sounding rockets, Aerospace Science and Technology 6(4), 2002 (DLR
    2001). A state at or below the ellipsoid impacts where it is.
    """
    found = landfall(position, velocity)
    if found is None:
        return None
    place = to_geodetic(*found[0])
    return Impact(math.degrees(place.latitude), math.degrees(place.longitude), found[1])


def landfall(position: Vector, velocity: Vector) -> tuple[Vector, float] | None:
    """The impact point, ECEF, and the seconds until then.

    The conic (Bate, Mueller & White, 1971, chapters 2 and 4) is intersected with the ellipsoid by iterating on the
    ellipsoid's radius at the impact's geocentric latitude; then the Earth turns during the fall.
    """
    if dot(position, position) <= SEMI_MAJOR_AXIS**2 and below_ground(position):
        return position, 0.0
    conic = Conic(position, velocity)
    if not conic.closed:
        return None
    x, y, z = position
    surface, angle, place = _surface(z / math.sqrt(x * x + y * y + z * z)), 0.0, position
    for _ in range(8):
        down = conic.down_to(surface)
        if down is None:
            return None
        angle, place = down, conic.place(down)
        better = _surface(place[2] / surface)
        settled = abs(better - surface) < 0.01
        surface = better
        if settled:
            break
    fall = conic.seconds(angle)
    if angle < _LONGEST:
        place, fall = _oblate(position, place, conic.velocity(angle), fall)
    return turned(place, fall), fall


def _surface(sine: float) -> float:
    """The ellipsoid's distance from the Earth's centre at a geocentric latitude's sine."""
    return SEMI_MAJOR_AXIS * math.sqrt(
        (1.0 - ECCENTRICITY_SQUARED) / (1.0 - ECCENTRICITY_SQUARED * (1.0 - sine * sine))
    )


def _oblate(start: Vector, end: Vector, velocity: Vector, fall_s: float) -> tuple[Vector, float]:
    """Impact point and time with the Earth's oblateness, to first order.

    What J2 adds to gravity, straight from its value at the start to that at the end, displaces the body by the double
    integral over the fall; along its velocity it is brought back to the ellipsoid. Inertial axes. Where the fall only
    grazes the Earth that is not small, and the conic's own point stays.
    """
    ax, ay, az = _flattening_pull(start)
    bx, by, bz = _flattening_pull(end)
    third, sixth = fall_s * fall_s / 3.0, fall_s * fall_s / 6.0
    dx, dy, dz = third * ax + sixth * bx, third * ay + sixth * by, third * az + sixth * bz
    x, y, z = end
    vx, vy, vz = velocity
    # The ellipsoid's normal.
    nx, ny, nz = x, y, z / (1.0 - ECCENTRICITY_SQUARED)
    size = math.sqrt(nx * nx + ny * ny + nz * nz)
    down = -(vx * nx + vy * ny + vz * nz) / size
    if down < _GRAZING * math.sqrt(vx * vx + vy * vy + vz * vz):
        return end, fall_s
    late = (dx * nx + dy * ny + dz * nz) / size / down
    return (x + dx + late * vx, y + dy + late * vy, z + dz + late * vz), fall_s + late


def _flattening_pull(position: Vector) -> Vector:
    """What J2 adds to the gravity of a sphere, m/s2. Vallado, Fundamentals of Astrodynamics, 4th edition, 8.7.1."""
    x, y, z = position
    squared = x * x + y * y + z * z
    factor = -1.5 * J2 * MU * SEMI_MAJOR_AXIS * SEMI_MAJOR_AXIS / (squared * squared * math.sqrt(squared))
    polar = 5.0 * z * z / squared
    return factor * x * (1.0 - polar), factor * y * (1.0 - polar), factor * z * (3.0 - polar)
