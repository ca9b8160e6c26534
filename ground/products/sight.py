"""Line of sight: where a station's antenna must point, and when it will lose the vehicle and see it again.

Angles are geometric: refraction lifts what stands on the horizon by about half a degree, so a mask of 0 is pessimistic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, blend, dot, horizon, less, to_ecef
from ground.conic import MU, TURN, Conic, below_ground, inertial, turned

MASK_DEG = 3.0
"""Elevation of the horizon where none is given: what hills, and the air near the ground, take from an antenna."""

BESIDE_M = 1000.0
"""What stands so near is seen, whatever its elevation: a vehicle on its pad from the launch site."""

_NO_ANGLE_M = 50.0

_FINE, _COARSE = math.radians(1.0), math.radians(3.0)
"""Steps along the orbit, of true anomaly, while looking for the loss of sight and for what follows."""
_TURNS = 2
"""Revolutions ahead in which sight is looked for."""
_BURN_STEPS = 16


@dataclass(frozen=True, slots=True)
class Station:
    """An antenna: ECEF place, the horizon's axes, and the sine of the elevation under which it sees nothing."""

    place: Vector
    north: Vector
    east: Vector
    up: Vector
    mask_sine: float

    @staticmethod
    def at(latitude_deg: float, longitude_deg: float, height_m: float, mask_deg: float = MASK_DEG) -> Station:
        """At a WGS 84 place."""
        latitude, longitude = math.radians(latitude_deg), math.radians(longitude_deg)
        axes = horizon(latitude, longitude)
        place = to_ecef(latitude, longitude, height_m)
        return Station(place, axes.north, axes.east, axes.up, math.sin(math.radians(mask_deg)))

    def sees(self, position: Vector) -> bool:
        """Whether a place (ECEF) stands above the mask."""
        away = less(position, self.place)
        size = math.sqrt(dot(away, away))
        return size < BESIDE_M or dot(away, self.up) >= self.mask_sine * size


@dataclass(frozen=True, slots=True)
class Look:
    """Elevation and azimuth (east of north) in degrees, slant range in m, and how fast that grows, m/s.

    Beside the antenna, nearer than the state may be wrong by, there are no angles.
    """

    elevation_deg: float | None
    azimuth_deg: float | None
    range_m: float
    range_rate_m_s: float
    visible: bool


@dataclass(frozen=True, slots=True)
class Passing:
    """Seconds until sight is lost and until it is gained, None where that does not come within what was looked at:
    the fall to the ground, or two revolutions. `lost_s` is 0 while the vehicle is not seen.
    """

    lost_s: float | None
    gained_s: float | None


def look(station: Station, position: Vector, velocity: Vector) -> Look:
    """From a station to an Earth-relative state (ECEF, m, m/s)."""
    away = less(position, station.place)
    size = max(0.1, math.sqrt(dot(away, away)))
    pace = dot(away, velocity) / size
    if size < _NO_ANGLE_M:
        return Look(None, None, size, pace, True)
    rise = dot(away, station.up) / size
    azimuth = math.degrees(math.atan2(dot(away, station.east), dot(away, station.north))) % 360.0
    elevation = math.degrees(math.asin(max(-1.0, min(1.0, rise))))
    return Look(elevation, azimuth, size, pace, station.sees(position))


def passing(
    station: Station, position: Vector, velocity: Vector, thrust: Vector | None = None, burn_s: float = 0.0
) -> Passing:
    """When sight is lost and gained along the burn, if `burn_s` are left of it, and the conic behind it.

    `thrust` is the acceleration by thrust now, ECEF, m/s2; it is taken to keep its length and its direction among the
    stars. Later burns are not known here: before the last one the prediction is of what follows if it fails.
    """
    visible = station.sees(position)
    lost: float | None = None if visible else 0.0
    gone = 0.0
    if thrust is not None and burn_s > 0.0:
        position, velocity, gone, change = _burn(station, position, velocity, thrust, burn_s, visible)
        if change is not None:
            lost, gained = (change, None) if visible else (0.0, change)
            if gained is not None:
                return Passing(0.0, gained)
            visible = False
    conic, angle = Conic(position, velocity), 0.0
    if lost is None:
        found = _first(conic, station, False, 0.0, _FINE)
        if found is None:
            return Passing(None, None)
        angle, lost = found[0], found[1] + gone
    again = _first(conic, station, True, angle, _COARSE)
    return Passing(lost, None if again is None else again[1] + gone)


def _burn(
    station: Station, position: Vector, velocity: Vector, thrust: Vector, burn_s: float, visible: bool
) -> tuple[Vector, Vector, float, float | None]:
    """The state at the end of the burn, Earth-fixed as of then, its length, and when visibility changed on the way."""
    step = burn_s / _BURN_STEPS
    p, v = position, inertial(position, velocity)
    change: float | None = None
    for number in range(1, _BURN_STEPS + 1):
        v = blend(1.0, v, step, blend(-MU / dot(p, p) ** 1.5, p, 1.0, thrust))
        p = blend(1.0, p, step, v)
        fixed = turned(p, number * step)
        if change is None and station.sees(fixed) is not visible:
            change = (number - 0.5) * step
    fixed_v = turned(v, burn_s)
    x, y, _ = fixed = turned(p, burn_s)
    return fixed, (fixed_v[0] + ROTATION_RATE * y, fixed_v[1] - ROTATION_RATE * x, fixed_v[2]), burn_s, change


def _first(conic: Conic, station: Station, visible: bool, start: float, step: float) -> tuple[float, float] | None:
    """The first place, as an angle from here and in seconds, beyond `start` at which sight is as asked.

    None where the body is on the ground before, or two revolutions pass.
    """
    if not conic.closed:
        return None
    # The whole fall, where it is one, takes forty steps at least: nearly vertical it turns through few degrees.
    falls = conic.down_to(SEMI_MAJOR_AXIS)
    step = min(step, max(1e-6, (TURN if falls is None else falls) / 40.0))
    before, angle, last = start, start, start + TURN * _TURNS
    while angle < last:
        angle += step
        place, _ = conic.at(angle)
        down = below_ground(place)
        if down:
            angle = _halved(before, angle, lambda ahead: below_ground(conic.at(ahead)[0]))
            place, _ = conic.at(angle)
        if station.sees(place) is visible:
            angle = _halved(before, angle, lambda ahead: station.sees(conic.at(ahead)[0]) is visible)
            return angle, conic.seconds(angle)
        if down:
            return None
        before = angle
    return None


def _halved(before: float, after: float, holds: Callable[[float], bool]) -> float:
    """Where something begins to hold, between an angle at which it does not and one at which it does."""
    for _ in range(8):
        middle = 0.5 * (before + after)
        if holds(middle):
            after = middle
        else:
            before = middle
    return after
