"""Where a rocket comes down under its parachutes: a fall through the ground's own air, with the wind that it drifts in.

A parachute is known by its terminal dynamic pressure: its descent rate follows from the density. It is taken from the
plan's times until the descent itself has shown it. The wind is the drift under the parachute, carried down to the
ground by a mean profile, the less trusted the farther from where it was measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from flight.geodesy import Vector, dot, horizon, to_ecef, to_geodetic
from flight.plans.plan import FlightPlan
from ground.air import density
from ground.conic import Conic

DROGUE_PA, MAIN_PA = 500.0, 20.0
"""Terminal dynamic pressure, half the density times the descent rate squared, where the plan does not tell: 29 and
5.7 m/s at sea level (assumed).
"""

_EDGE_M = 40e3
"""Above this the air brakes no parachute so much that the conic misses: at 40 km a drogue falls at 300 m/s."""

_SHAPE_KM = (0.0, 1.0, 3.0, 5.0, 9.0, 12.0, 16.0, 20.0, 30.0)
_SHAPE = (0.3, 0.45, 0.6, 0.75, 1.0, 1.0, 0.6, 0.35, 0.4)
WIND_M_S = 15.0
"""Standard deviation of the wind, each way, at the jet's height, and its part at other heights (assumed: middle
latitudes; at the ground 4.5 m/s)."""

_ALIKE_M = 5000.0
"""Over this height two winds lose all but 37 % of what they have in common (assumed)."""

_LAYER_M = 1500.0
"""Over which height winds change little."""
_LONGEST_S = 20e3

_PLANNED, _MEASURED = 0.15, 0.05
"""Relative error of a descent rate, from the plan and once measured."""


@dataclass(frozen=True, slots=True)
class Canopies:
    """Terminal dynamic pressures under drogue and main parachute, Pa, and whether each has been measured."""

    drogue_pa: float
    main_pa: float
    drogue_measured: bool = False
    main_measured: bool = False


@dataclass(frozen=True, slots=True)
class Landing:
    """Geodetic degrees; seconds from now; standard deviation on each axis, m; descent rate at the ground, m/s."""

    latitude_deg: float
    longitude_deg: float
    in_s: float
    error_m: float
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class Drift:
    """Wind as measured: north and east, m/s, at that height, m."""

    north_m_s: float
    east_m_s: float
    height_m: float


def planned(plan: FlightPlan) -> Canopies:
    """What the plan's times of apogee, main parachute and landing say of the two canopies."""
    chutes = plan.parachutes
    drogue, main = DROGUE_PA, MAIN_PA
    if chutes is None:
        return Canopies(drogue, main)
    opens = plan.site.height_m + chutes.main_height_m
    apogee, opened, landed = (plan.event(name) for name in ("apogee", "main_deployment", "landing"))
    if opened and landed and landed.time_s > opened.time_s:
        rate = opens / (landed.time_s - opened.time_s)
        main = 0.5 * density(0.5 * opens) * rate * rate
    if apogee and opened and opened.time_s > apogee.time_s:
        place = to_ecef(math.radians(plan.site.latitude_deg), math.radians(plan.site.longitude_deg), 0.0)
        # The target's apogee is above the equatorial radius.
        top = 6378137.0 + plan.target.apogee_m - math.sqrt(dot(place, place))
        if top > opens:
            drogue = _matching(top, opens, opened.time_s - apogee.time_s)
    return Canopies(drogue, main)


def measured(canopies: Canopies, main: bool, height_m: float, rate_m_s: float) -> Canopies:
    """With what a steady descent shows of the parachute that is open."""
    found = 0.5 * density(height_m) * rate_m_s * rate_m_s
    if main:
        known = canopies.main_pa if canopies.main_measured else found
        return replace(canopies, main_pa=known + 0.05 * (found - known), main_measured=True)
    known = canopies.drogue_pa if canopies.drogue_measured else found
    return replace(canopies, drogue_pa=known + 0.05 * (found - known), drogue_measured=True)


def predict(
    position: Vector,
    velocity: Vector,
    canopies: Canopies,
    main_open: bool,
    opens_m: float,
    wind: Drift | None,
    place_error_m: float,
    speed_error_m_s: float,
) -> Landing | None:
    """From an Earth-relative state (ECEF) to the ellipsoid, as impact points; None where the conic does not come down.

    `opens_m` is the height at which the main parachute opens; errors are one standard deviation on each axis.
    """
    away_s = 0.0
    place = to_geodetic(*position)
    edge = math.sqrt(dot(position, position)) - place.height + _EDGE_M
    conic = Conic(position, velocity)
    climbs = dot(position, velocity) > 0.0 and conic.closed
    if place.height > _EDGE_M or (climbs and math.hypot(*conic.place(conic.to_apogee)) > edge):
        angle = conic.down_to(edge) if conic.closed else None
        if angle is None:
            return None
        position, velocity, away_s = conic.state(angle)
        place = to_geodetic(*position)
    axes = horizon(place.latitude, place.longitude)
    north_m_s, east_m_s, up = (dot(velocity, way) for way in (axes.north, axes.east, axes.up))
    height, north, east, seconds, drift_error, slow_m = place.height, 0.0, 0.0, 0.0, 0.0, 0.0
    open_now = main_open
    while height > 0.0:
        open_now = open_now or (up < 0.0 and height <= opens_m + 0.01)
        pressure = canopies.main_pa if open_now else canopies.drogue_pa
        known = canopies.main_measured if open_now else canopies.drogue_measured
        step = min(5.0, 300.0 / (abs(up) + 1.0)) if up < 0.0 else 1.0
        if up * up * density(height) > 2.5 * pressure:
            # Faster than the parachute lets it fall: it is being braked.
            step = min(step, 0.25)
        wind_north, wind_east, spread = wind_at(height, wind)
        u, v = north_m_s - wind_north, east_m_s - wind_east
        # Parachutes open after the apogee; what the air does to the rocket on its way up is left out.
        air = density(height) if up < 0.0 else 0.0
        brake = 9.8 * air * math.sqrt(u * u + v * v + up * up) / (2.0 * pressure)
        keep = 1.0 / (1.0 + brake * step)
        north_m_s, east_m_s = wind_north + u * keep, wind_east + v * keep
        new_up = (up - 9.8 * step) * keep
        fallen = -0.5 * (up + new_up) * step
        # A step ends where the main parachute opens, and on the ground.
        room = height if open_now or height <= opens_m + 0.01 else height - opens_m
        if fallen > room:
            step, fallen = step * room / fallen, room
        height, up = height - fallen, new_up
        north, east, seconds = north + north_m_s * step, east + east_m_s * step, seconds + step
        # Only a body that the air holds drifts with the wind: over a kilometre or two of height.
        held = 1.0 - math.exp(-brake * _LAYER_M / (abs(up) + 1.0))
        drift_error += spread * held * step
        slow_m += (_MEASURED if known else _PLANNED) * math.hypot(wind_north, wind_east) * held * step
        if seconds > _LONGEST_S:
            break
    point = tuple(p + north * n + east * e for p, n, e in zip(position, axes.north, axes.east, strict=True))
    down = to_geodetic(point[0], point[1], point[2])
    return Landing(
        math.degrees(down.latitude),
        math.degrees(down.longitude),
        away_s + seconds,
        math.hypot(place_error_m, speed_error_m_s * away_s, drift_error, slow_m),
        -up,
    )


def wind_at(height_m: float, known: Drift | None) -> tuple[float, float, float]:
    """Mean wind north and east and its standard deviation, m/s, given what has been measured elsewhere.

    A Gauss-Markov field over height: the mean of what was not measured is calm.
    """
    shape = _shape(height_m)
    if known is None:
        return 0.0, 0.0, WIND_M_S * shape
    alike = math.exp(-abs(height_m - known.height_m) / _ALIKE_M)
    factor = alike * shape / _shape(known.height_m)
    return factor * known.north_m_s, factor * known.east_m_s, WIND_M_S * shape * math.sqrt(1.0 - alike * alike)


def _shape(height_m: float) -> float:
    height = height_m / 1000.0
    for place in range(1, len(_SHAPE_KM)):
        if height < _SHAPE_KM[place]:
            low, high = _SHAPE_KM[place - 1], _SHAPE_KM[place]
            part = max(0.0, (height - low) / (high - low))
            return _SHAPE[place - 1] + part * (_SHAPE[place] - _SHAPE[place - 1])
    return _SHAPE[-1]


def _matching(top_m: float, bottom_m: float, takes_s: float) -> float:
    """Terminal dynamic pressure with which a fall from rest takes that time, by halving."""
    low, high = 1.0, 1e5
    for _ in range(24):
        middle = math.sqrt(low * high)
        if _fall_s(top_m, bottom_m, middle) > takes_s:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


def _fall_s(height: float, bottom_m: float, pressure_pa: float) -> float:
    up = seconds = 0.0
    while height > bottom_m and seconds < 20e3:
        step = min(5.0, 500.0 / (abs(up) + 1.0))
        up = (up - 9.8 * (6.371e6 / (6.371e6 + height)) ** 2 * step) / (
            1.0 + 9.8 * density(height) * abs(up) * step / (2.0 * pressure_pa)
        )
        height, seconds = height + up * step, seconds + step
    return seconds
