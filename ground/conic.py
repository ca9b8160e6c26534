"""Motion along the osculating conic: where a body without thrust and drag will be, and when, without iteration.

An orbit is walked by true anomaly, from which time follows by Kepler's equation the easy way round (Bate, Mueller &
White, Fundamentals of Astrodynamics, 1971, chapter 4). States are Earth-fixed (ECEF, WGS 84), m and m/s.
"""

from __future__ import annotations

import math

from flight.geodesy import ECCENTRICITY_SQUARED, ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, cross, dot

MU = 3.986004415e14
"""m3/s2, of EGM96 (Lemoine et al., NASA/TP-1998-206861); 3e-10 away from WGS 84's."""

TURN = 2.0 * math.pi


def inertial(position: Vector, velocity: Vector) -> Vector:
    """Inertial velocity in Earth-fixed axes: v + omega x r."""
    return (velocity[0] - ROTATION_RATE * position[1], velocity[1] + ROTATION_RATE * position[0], velocity[2])


class Conic:
    """Of an Earth-relative state. `closed` is False of an open orbit and of a body that falls straight to the centre,
    which cannot be walked.
    """

    __slots__ = (
        "_ahead",
        "_mean",
        "_motion",
        "_parameter",
        "_radial",
        "anomaly",
        "closed",
        "eccentricity",
        "momentum",
    )

    def __init__(self, position: Vector, velocity: Vector) -> None:
        v = inertial(position, velocity)
        radius = math.sqrt(dot(position, position))
        h = cross(position, v)
        momentum = self.momentum = math.sqrt(dot(h, h))
        parameter = self._parameter = momentum * momentum / MU
        cosine, sine = parameter / radius - 1.0, momentum * dot(position, v) / radius / MU
        e = self.eccentricity = math.hypot(cosine, sine)
        self.anomaly = math.atan2(sine, cosine)
        self.closed = momentum > 0.0 and e < 1.0
        self._radial = self._ahead = (0.0, 0.0, 0.0)
        self._mean = self._motion = 0.0
        if self.closed:
            x, y, z = position
            self._radial = (x / radius, y / radius, z / radius)
            x, y, z = cross(h, self._radial)
            self._ahead = (x / momentum, y / momentum, z / momentum)
            self._motion = math.sqrt(MU / (parameter / (1.0 - e * e)) ** 3)
            self._mean = self._mean_anomaly(self.anomaly)

    def place(self, angle: float) -> Vector:
        """Inertial place at an angle ahead, rad."""
        radius = self._parameter / (1.0 + self.eccentricity * math.cos(self.anomaly + angle))
        return self._mixed(radius * math.cos(angle), radius * math.sin(angle))

    def velocity(self, angle: float) -> Vector:
        """Inertial velocity at an angle ahead."""
        true, pace = self.anomaly + angle, MU / self.momentum
        along, forth = pace * self.eccentricity * math.sin(true), pace * (1.0 + self.eccentricity * math.cos(true))
        cosine, sine = math.cos(angle), math.sin(angle)
        return self._mixed(along * cosine - forth * sine, along * sine + forth * cosine)

    def at(self, angle: float) -> tuple[Vector, float]:
        """The place at an angle ahead, Earth-fixed as of then, and the seconds until then."""
        seconds = self.seconds(angle)
        return turned(self.place(angle), seconds), seconds

    def state(self, angle: float) -> tuple[Vector, Vector, float]:
        """The same with the Earth-relative velocity."""
        place, seconds = self.at(angle)
        x, y, z = turned(self.velocity(angle), seconds)
        return place, (x + ROTATION_RATE * place[1], y - ROTATION_RATE * place[0], z), seconds

    def seconds(self, angle: float) -> float:
        """Until an angle ahead."""
        true = self.anomaly + angle
        turns = TURN * math.floor((true + math.pi) / TURN)
        return (self._mean_anomaly(true - turns) + turns - self._mean) / self._motion

    def down_to(self, radius: float) -> float | None:
        """Angle to where the body comes down through a distance from the Earth's centre: to the apogee, where that is
        lower; None where the perigee is higher.
        """
        if self.eccentricity == 0.0:
            return None
        cosine = (self._parameter / radius - 1.0) / self.eccentricity
        return None if cosine >= 1.0 else (TURN - math.acos(max(-1.0, cosine)) - self.anomaly) % TURN

    @property
    def to_apogee(self) -> float:
        """Angle to the apogee."""
        return (math.pi - self.anomaly) % TURN

    def _mixed(self, radial: float, ahead: float) -> Vector:
        r, a = self._radial, self._ahead
        return radial * r[0] + ahead * a[0], radial * r[1] + ahead * a[1], radial * r[2] + ahead * a[2]

    def _mean_anomaly(self, true: float) -> float:
        e = self.eccentricity
        half = 0.5 * true
        eccentric = 2.0 * math.atan2(math.sqrt(1.0 - e) * math.sin(half), math.sqrt(1.0 + e) * math.cos(half))
        return eccentric - e * math.sin(eccentric)


def turned(vector: Vector, seconds: float) -> Vector:
    """An inertial vector in the axes that the Earth has turned to."""
    cosine, sine = math.cos(ROTATION_RATE * seconds), math.sin(ROTATION_RATE * seconds)
    x, y, z = vector
    return cosine * x + sine * y, cosine * y - sine * x, z


def below_ground(place: Vector) -> bool:
    """Below the ellipsoid."""
    x, y, z = place
    return x * x + y * y + z * z / (1.0 - ECCENTRICITY_SQUARED) < SEMI_MAJOR_AXIS * SEMI_MAJOR_AXIS
