"""The pad and the rail: how the vehicle stands on the turning Earth, and how a rail holds it until it has left."""

from __future__ import annotations

import math

from flight.computer.maths import from_axes
from flight.geodesy import ROTATION_RATE, blend, cross, dot, horizon, to_ecef, to_inertial
from flight.plans.plan import Site
from sim.air import air
from sim.body import Motion
from sim.earth import gravitation, height


class Pad:
    """Holds the vehicle at the site's elevation above the geodetic horizon, z towards the heading or below it."""

    def __init__(self, site: Site, azimuth_deg: float) -> None:
        azimuth, elevation = math.radians(azimuth_deg), math.radians(site.elevation_deg)
        latitude, longitude = math.radians(site.latitude_deg), math.radians(site.longitude_deg)
        north, east, up = horizon(latitude, longitude)
        sine, cosine = math.sin(azimuth), math.cos(azimuth)
        ahead = blend(cosine, north, sine, east)
        self._nose, self._belly = up, ahead
        if site.elevation_deg != 90.0:
            self._nose = blend(math.sin(elevation), up, math.cos(elevation), ahead)
            self._belly = blend(math.sin(elevation), ahead, -math.cos(elevation), up)
        self._place = to_ecef(latitude, longitude, site.height_m)
        self.rail_m = site.rail_m

    def hold(self, time_s: float, along_m: float = 0.0, speed: float = 0.0, gained: float = 0.0) -> Motion:
        """Turning with the Earth; along a rail by so much, at a speed and with an acceleration, m, m/s, m/s2."""
        x_axis, z_axis = to_inertial(self._nose, time_s), to_inertial(self._belly, time_s)
        y_axis = cross(z_axis, x_axis)
        place = blend(1.0, self._place, along_m, self._nose) if along_m > 0.0 else self._place
        px, py, pz = to_inertial(place, time_s)
        rates = (ROTATION_RATE * x_axis[2], ROTATION_RATE * y_axis[2], ROTATION_RATE * z_axis[2])
        velocity = (-ROTATION_RATE * py, ROTATION_RATE * px, 0.0)
        if speed > 0.0:
            velocity = blend(1.0, velocity, speed, x_axis)
        state = (px, py, pz, *velocity, *from_axes(*x_axis, *y_axis, *z_axis), *rates)
        gx, gy, gz = gravitation(px, py, pz)
        # The pad carries what gravitation and the Earth's turning leave over.
        held = (-(ROTATION_RATE**2) * px - gx, -(ROTATION_RATE**2) * py - gy, -gz)
        force = (dot(held, x_axis) + gained, dot(held, y_axis), dot(held, z_axis))
        high = height(px, py, pz)
        outside = air(high)
        return Motion(state, force, rates, high, 0.5 * outside.density * speed * speed, outside.pressure, 0.0)


class Rail:
    """The way along the rail of a vehicle that has begun to move: one degree of freedom."""

    def __init__(self) -> None:
        self.along_m = 0.0
        self.speed = 0.0

    def move(self, force: float, held: float, dt: float) -> float:
        """One step under a specific force along it, less what it takes to stand still; m/s2. The acceleration."""
        gained = max(force - held, 0.0 if self.speed <= 0.0 else -self.speed / dt)
        self.along_m += dt * (self.speed + 0.5 * gained * dt)
        self.speed += gained * dt
        return gained
