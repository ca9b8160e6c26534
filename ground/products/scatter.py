"""How uncertain the instantaneous impact point is: the state's error carried through the fall, and the air's share.

The vacuum impact point is what range safety shows; it is not where anything lands that the air brakes. So the ellipse
holds both: what the navigation does not know, by the impact point's derivatives (differences of the fall itself), and
what nobody knows of a falling stage, its ballistic coefficient, along the track.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flight.geodesy import Vector, dot, horizon, less, to_geodetic
from ground.air import density
from ground.conic import MU, inertial
from ground.orbit import landfall

LIGHTEST_KG_M2 = 1000.0
"""Ballistic coefficient, mass over drag coefficient times area, of the lightest body that counts: an empty stage that
tumbles (assumed: 500 to 1,500 kg/m2 for stages of 1 to 3 m diameter). The heaviest falls as in vacuum.
"""

AIR_M = 80e3
"""Below this height the air matters: at 80 km and 7 km/s it brakes the lightest body by 0.05 g."""

_NUDGE_M, _NUDGE_M_S = 10.0, 0.05
_STEP_M, _STEP_S = 2000.0, (0.5, 5.0)
"""Steps of a fall: so much of height, within these times."""
_MOST_STEPS = 2000


@dataclass(frozen=True, slots=True)
class Ellipse:
    """One standard deviation: semi-axes in m, and the larger one's azimuth, degrees east of north, 0 to 180.

    68 % of a normal scatter lies within one deviation on each axis, 39 % within the ellipse, 99 % within 3.03 times it.
    """

    major_m: float
    minor_m: float
    azimuth_deg: float


def impact_ellipse(
    position: Vector, velocity: Vector, position_error_m: float, velocity_error_m_s: float, short_m: float = 0.0
) -> Ellipse | None:
    """The ellipse about `ground.orbit.impact`; None where there is no impact point.

    `position` and `velocity` (ECEF, m, m/s) have independent errors of one standard deviation on each axis; `short_m`
    is how far short of the vacuum point the lightest body falls. Between the two nothing is more likely than another.
    """
    found = landfall(position, velocity)
    if found is None:
        return None
    point = found[0]
    place = to_geodetic(*point)
    axes = horizon(place.latitude, place.longitude)
    nn = ee = ne = 0.0
    for axis in range(3):
        for moves_velocity in (False, True):
            step, error = (_NUDGE_M_S, velocity_error_m_s) if moves_velocity else (_NUDGE_M, position_error_m)
            moved = list(velocity if moves_velocity else position)
            moved[axis] += step
            x, y, z = moved
            other = landfall(position, (x, y, z)) if moves_velocity else landfall((x, y, z), velocity)
            if other is None:
                return None
            shift = less(other[0], point)
            north, east = (dot(shift, way) * error / step for way in (axes.north, axes.east))
            nn, ee, ne = nn + north * north, ee + east * east, ne + north * east
    if short_m > 0.0:
        away = less(point, position)
        north, east = dot(away, axes.north), dot(away, axes.east)
        size = math.hypot(north, east)
        if size > 0.0:
            # Mean square of what is spread evenly from 0 to the shortfall.
            share = short_m * short_m / 3.0 / (size * size)
            nn, ee, ne = nn + share * north * north, ee + share * east * east, ne + share * north * east
    middle, half = 0.5 * (nn + ee), math.hypot(0.5 * (nn - ee), ne)
    azimuth = 0.5 * math.degrees(math.atan2(2.0 * ne, nn - ee)) % 180.0
    return Ellipse(math.sqrt(middle + half), math.sqrt(max(0.0, middle - half)), azimuth)


def shortfall(position: Vector, velocity: Vector, ballistic_kg_m2: float = LIGHTEST_KG_M2) -> float:
    """How far short of the vacuum impact point the air lets a body fall, m.

    A fall in the vertical plane of the motion over a round Earth at rest, once with the air of `ground.air` and once
    without, from the present place or from where the conic comes down into the air. 0 where there is no impact.
    """
    entered = _entry(position, velocity)
    if entered is None:
        return 0.0
    height, forth, up = entered
    return max(0.0, _range(height, forth, up, 0.0) - _range(height, forth, up, 1.0 / ballistic_kg_m2))


def _entry(position: Vector, velocity: Vector) -> tuple[float, float, float] | None:
    """Height, and Earth-relative speed forth and up, where the air begins."""
    place = to_geodetic(*position)
    radius = math.sqrt(dot(position, position))
    up = dot(position, velocity) / radius
    if place.height < AIR_M:
        return place.height, math.sqrt(max(0.0, dot(velocity, velocity) - up * up)), up
    # The conic's speed at the air's edge; the Earth's rotation is taken off as it is here.
    v = inertial(position, velocity)
    along = math.sqrt(max(0.0, dot(v, v) - up * up))
    bottom = radius - place.height + AIR_M
    forth = along * radius / bottom
    squared = dot(v, v) + 2.0 * MU * (1.0 / bottom - 1.0 / radius) - forth * forth
    if squared <= 0.0:
        return None
    relative = math.sqrt(max(0.0, dot(velocity, velocity) - up * up))
    return AIR_M, max(0.0, forth - (along - relative) * bottom / radius), -math.sqrt(squared)


def _range(height: float, forth: float, up: float, drag: float) -> float:
    """Ground range to height 0, m. `drag` is one over the ballistic coefficient."""
    surface = 6.371e6
    travelled, (shortest, longest) = 0.0, _STEP_S
    for _ in range(_MOST_STEPS):
        step = min(longest, max(shortest, _STEP_M / (abs(up) + 1.0)))
        radius = surface + height
        speed = math.hypot(forth, up)
        brake = 0.5 * density(height) * speed * drag
        # Semi-implicit in the drag: stable at any step.
        keep = 1.0 / (1.0 + brake * step)
        pull = forth * forth / radius - MU / (radius * radius)
        new_up = (up + pull * step) * keep
        new_forth = (forth - forth * up / radius * step) * keep
        rise = 0.5 * (up + new_up) * step
        run = 0.5 * (forth + new_forth) * step * surface / radius
        if height + rise <= 0.0:
            return travelled + run * (height / -rise if rise < 0.0 else 0.0)
        height, travelled = height + rise, travelled + run
        forth, up = new_forth, new_up
    return travelled
