"""What the ground computes from the navigation state: place, speed, dynamic pressure, orbit, impact point."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flight.geodesy import Vector, to_geodetic
from ground.air import density
from ground.orbit import impact, orbit


@dataclass(frozen=True, slots=True)
class Products:
    """Derived from one state. Altitude is above the WGS 84 ellipsoid, perigee and apogee above the equatorial radius,
    6378.137 km, and with `ellipsoid` in their names above WGS 84 at their latitude.

    The impact point is None once the orbit no longer meets the Earth; an open orbit's apogee is None.
    """

    time_s: float
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    speed_m_s: float
    vertical_speed_m_s: float
    dynamic_pressure_pa: float
    perigee_m: float
    apogee_m: float | None
    inclination_deg: float
    impact_latitude_deg: float | None
    impact_longitude_deg: float | None
    impact_in_s: float | None
    perigee_ellipsoid_m: float
    apogee_ellipsoid_m: float | None


def compute(time_s: float, position: Vector, velocity: Vector) -> Products:
    """All products of an Earth-relative ECEF state (m, m/s). About 20 microseconds: not for every frame."""
    place = to_geodetic(*position)
    latitude, longitude = place.latitude, place.longitude
    cosine = math.cos(latitude)
    vertical = (
        velocity[0] * cosine * math.cos(longitude)
        + velocity[1] * cosine * math.sin(longitude)
        + velocity[2] * math.sin(latitude)
    )
    speed = math.sqrt(velocity[0] ** 2 + velocity[1] ** 2 + velocity[2] ** 2)
    shape = orbit(position, velocity)
    fall = impact(position, velocity)
    return Products(
        time_s=time_s,
        latitude_deg=math.degrees(latitude),
        longitude_deg=math.degrees(longitude),
        altitude_m=place.height,
        speed_m_s=speed,
        vertical_speed_m_s=vertical,
        dynamic_pressure_pa=0.5 * density(place.height) * speed * speed,
        perigee_m=shape.perigee_m,
        apogee_m=shape.apogee_m if math.isfinite(shape.apogee_m) else None,
        inclination_deg=shape.inclination_deg,
        impact_latitude_deg=None if fall is None else fall.latitude_deg,
        impact_longitude_deg=None if fall is None else fall.longitude_deg,
        impact_in_s=None if fall is None else fall.fall_s,
        perigee_ellipsoid_m=shape.perigee_ellipsoid_m,
        apogee_ellipsoid_m=shape.apogee_ellipsoid_m if math.isfinite(shape.apogee_ellipsoid_m) else None,
    )
