"""Where the impact point lies beside the path that a profile's mean flight draws on the ground."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from flight.geodesy import Vector, cross, dot
from ground.orbit import impact
from ground.products import Products
from ground.profile import Profile

Place = Literal["inside", "near the edge", "outside"]
_RADIUS = 6.371e6
"""Mean radius of the Earth, m: angles on the ground into distances, within 0.3 %."""
_APART = 1.6e-4
"""Radians, 1 km: a path of nearer points would follow what an impact point wanders in a coast."""
_LEG = 0.015
"""Radians, 100 km: over longer ones a great circle is not the path over a turning Earth."""
_NEAR = 3
"""Legs on either side of the nearest point that may be nearest."""
_SHORTEST_S = 0.1
_FASTEST = 0.015
"""Radians a second: an impact point that crosses a corridor's width in a second decides nothing any more."""


class CorridorState(NamedTuple):
    """How far the impact point lies from its path, and what is allowed there; m."""

    place: Place
    cross_range_m: float
    half_width_m: float


class _Leg(NamedTuple):
    """One great circle of the path: unit vectors to its ends and of its normal, and the half-width there, m."""

    begin: Vector
    end: Vector
    normal: Vector
    half_width: float

    def beyond(self, here: Vector) -> bool:
        """Past its end."""
        return dot(here, cross(self.normal, self.end)) > 0.0

    def distance(self, here: Vector) -> float:
        """In radians, from the nearest of its points."""
        if self.beyond(here):
            return math.dist(here, self.end)
        if dot(here, cross(self.normal, self.begin)) < 0.0:
            return math.dist(here, self.begin)
        return abs(math.asin(max(-1.0, min(1.0, dot(here, self.normal)))))


class Corridor:
    """The path as great circles from one impact point of the mean flight to the next, each with its half-width.

    A flight that falls short is still on its path; one that turns round, or that goes further than a path which ends on
    the ground, is not. The path to an orbit ends where the impact point begins to race round the Earth.
    """

    def __init__(self, profile: Profile, edge_part: float) -> None:
        self._edge_part = edge_part
        path, self._open = _path(profile)
        self._points = [point for _, point in path]
        self._legs: list[_Leg] = []
        for (since_s, a), (_, b) in pairwise(path):
            wide = since_s >= profile.wide_from_s
            self._legs.append(_Leg(a, b, _unit(cross(a, b)), profile.wide_half_width if wide else profile.half_width))

    def look(self, products: Products) -> CorridorState | None:
        """The state of the newest impact point; None where there is none, as from an orbit, and past the path's end.

        About 40 microseconds: not for every frame.
        """
        latitude, longitude = products.impact_latitude_deg, products.impact_longitude_deg
        if latitude is None or longitude is None or not self._legs:
            return None
        here = _direction(latitude, longitude)
        away = [math.dist(here, point) for point in self._points]
        nearest = away.index(min(away))
        near = self._legs[max(0, nearest - _NEAR) : nearest + _NEAR]
        leg = min(near, key=lambda leg: leg.distance(here))
        if self._open and leg is self._legs[-1] and leg.beyond(here):
            return None
        beside = _RADIUS * leg.distance(here)
        place: Place = "inside" if beside < self._edge_part * leg.half_width else "near the edge"
        return CorridorState("outside" if beside > leg.half_width else place, beside, leg.half_width)


def _path(profile: Profile) -> tuple[list[tuple[float, Vector]], bool]:
    """Times and directions of the mean flight's impact points, and whether the path goes on where they end."""
    path: list[tuple[float, Vector]] = []
    # Points still to come, the nearest last: between two that are far apart another is put.
    coming = [(time_s, *state) for time_s, state in zip(profile.times, profile.states, strict=True)][::-1]
    former: tuple[float, Vector, Vector] | None = None
    while coming:
        newest = coming.pop()
        point = impact(newest[1], newest[2])
        if point is None:
            return path, True
        here = _direction(point.latitude_deg, point.longitude_deg)
        if path and former is not None:
            way, step_s = math.dist(here, path[-1][1]), newest[0] - former[0]
            if way > _LEG and step_s > _SHORTEST_S:
                coming += [newest, _halfway(former, newest)]
                continue
            if way > _FASTEST * step_s:
                return path, True
        former = newest
        if not path or math.dist(here, path[-1][1]) > _APART:
            path.append((newest[0], here))
    return path, False


def _halfway(one: tuple[float, Vector, Vector], other: tuple[float, Vector, Vector]) -> tuple[float, Vector, Vector]:
    """The state between two, on the cubic that has both positions and both velocities (Hermite)."""
    step_s = other[0] - one[0]
    position, velocity = [], []
    for p, q, v, w in zip(one[1], other[1], one[2], other[2], strict=True):
        position.append(0.5 * (p + q) + 0.125 * step_s * (v - w))
        velocity.append(1.5 * (q - p) / step_s - 0.25 * (v + w))
    return one[0] + 0.5 * step_s, _vector(position), _vector(velocity)


def _direction(latitude_deg: float, longitude_deg: float) -> Vector:
    latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
    return math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)


def _unit(vector: Sequence[float]) -> Vector:
    size = math.hypot(*vector)
    return _vector([part / size for part in vector])


def _vector(parts: Sequence[float]) -> Vector:
    x, y, z = parts
    return x, y, z
