"""Ascents of a point mass, for sizing and for flight plans: where a vehicle gets, how it is best steered, what is left.

Rotating WGS 84 Earth with J2, the standard atmosphere turning with it, drag along the motion, nozzle back-pressure; no
wind, no attitude dynamics. The lowest stage rises upright, is kicked over from the geodetic vertical, follows its own
motion and, beneath boosters, only until they are gone; after that the pitch above the local horizon has a tangent that
is linear in time (D. F. Lawden, Optimal Trajectories for Space Navigation, 1963), the lowest stage's in the launch
plane, those above in the plane of the inertial motion.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from flight.geodesy import (
    GRAVITATIONAL_PARAMETER,
    ROTATION_RATE,
    SEMI_MAJOR_AXIS,
    Vector,
    blend,
    cross,
    horizon,
    to_ecef,
)
from flight.plans.plan import FlightPlan, Site, Target
from sim.air import air
from sim.body import DRAG_CEILING
from sim.earth import STANDARD_GRAVITY, gravitation, height
from sim.planning.timeline import Leg
from sim.planning.vectors import dot, unit
from sim.vehicle import Vehicle

LONGEST_STEP_S = 1.0
"""Of the integration; in the first 200 s half of it."""


class Point(NamedTuple):
    """A moment of an ascent: seconds since lift-off, inertial position and velocity, direction of thrust, mass."""

    time_s: float
    position: Vector
    velocity: Vector
    aim: Vector
    mass_kg: float
    stage: int
    dynamic_pressure: float
    acceleration: float


@dataclass(frozen=True, slots=True)
class Launch:
    """The launch frame, inertial and fixed at lift-off: up is the geodetic vertical, ahead the launch heading."""

    up: Vector
    ahead: Vector
    right: Vector
    position: Vector
    velocity: Vector


def launch(site: Site, azimuth_deg: float) -> Launch:
    """From the site at a heading; the inertial frame is Earth's at lift-off."""
    latitude, longitude = math.radians(site.latitude_deg), math.radians(site.longitude_deg)
    north, east, up = horizon(latitude, longitude)
    azimuth = math.radians(azimuth_deg)
    ahead = blend(math.cos(azimuth), north, math.sin(azimuth), east)
    px, py, pz = to_ecef(latitude, longitude, site.height_m)
    velocity = (-ROTATION_RATE * py, ROTATION_RATE * px, 0.0)
    return Launch(up, ahead, cross(ahead, up), (px, py, pz), velocity)


@dataclass(frozen=True, slots=True)
class Steering:
    """Kick in degrees from the vertical between two times; later the tangent of the pitch, at its zero and a second.

    `turn_s` ends the part along the motion; `zero_s` is where the tangent's time begins.
    """

    kick_deg: float
    begin_s: float
    end_s: float
    turn_s: float
    zero_s: float
    tangent: float
    slope: float


def begin(vehicle: Vehicle) -> tuple[float, float]:
    """When the kick begins and ends: what rises slowly waits."""
    first = vehicle.stages[0]
    thrust = first.thrust_n
    if vehicle.boosters is not None:
        thrust += vehicle.boosters.count * vehicle.boosters.motor.mean_thrust_n
    return (4.0, 10.0) if thrust > 1.8 * STANDARD_GRAVITY * vehicle.lift_off_kg else (8.0, 18.0)


class Flier:
    """Flies legs; remembers where the first part, which only the kick changes, has got."""

    def __init__(self, vehicle: Vehicle, legs: list[Leg], start: Launch) -> None:
        self._mach, self._drag = vehicle.drag_mach, vehicle.drag_coefficient
        self.legs = legs
        self.start = start
        self._following = False

    def fly(self, steering: Steering, cut_s: float, since: Point | None = None) -> list[Point]:
        """All points from lift-off, or from a point on, to `cut_s`; the last leg burns as long as it takes."""
        start = self.start
        if since is None:
            since = Point(0.0, start.position, start.velocity, start.up, self.legs[0].thrust(0.0)[1], 0, 0.0, 0.0)
            self._following = False
        points = [since]
        for place, leg in enumerate(self.legs):
            last = place + 1 == len(self.legs)
            end = cut_s if last else min(leg.end_s, cut_s)
            begin_s = max(leg.start_s, since.time_s)
            if end - begin_s < 1e-9:
                continue
            longest = LONGEST_STEP_S if begin_s > 200.0 else 0.5 * LONGEST_STEP_S
            count = math.ceil((end - begin_s) / longest - 1e-9)
            step = (end - begin_s) / count
            for number in range(count):
                points.append(self._step(points[-1], begin_s + number * step, step, leg, steering))
        return points

    def _step(self, at: Point, time: float, step: float, leg: Leg, steering: Steering) -> Point:
        px, py, pz = at.position
        vx, vy, vz = at.velocity
        aim = self._aim(steering, time, at.position, at.velocity, leg.stage)
        half = 0.5 * step
        f1, m1 = leg.thrust(time)
        f2, m2 = leg.thrust(time + half)
        f3, m3 = leg.thrust(time + step - 1e-9)
        a, pressure = self._push(px, py, pz, vx, vy, vz, f1, m1, aim, leg)
        b, _ = self._push(
            px + half * vx,
            py + half * vy,
            pz + half * vz,
            vx + half * a[0],
            vy + half * a[1],
            vz + half * a[2],
            f2,
            m2,
            aim,
            leg,
        )
        c, _ = self._push(
            px + half * vx + 0.25 * step * step * a[0],
            py + half * vy + 0.25 * step * step * a[1],
            pz + half * vz + 0.25 * step * step * a[2],
            vx + half * b[0],
            vy + half * b[1],
            vz + half * b[2],
            f2,
            m2,
            aim,
            leg,
        )
        d, _ = self._push(
            px + step * vx + 0.5 * step * step * b[0],
            py + step * vy + 0.5 * step * step * b[1],
            pz + step * vz + 0.5 * step * step * b[2],
            vx + step * c[0],
            vy + step * c[1],
            vz + step * c[2],
            f3,
            m3,
            aim,
            leg,
        )
        sixth, square = step / 6.0, step * step / 6.0
        position = (
            px + step * vx + square * (a[0] + b[0] + c[0]),
            py + step * vy + square * (a[1] + b[1] + c[1]),
            pz + step * vz + square * (a[2] + b[2] + c[2]),
        )
        velocity = (
            vx + sixth * (a[0] + 2.0 * (b[0] + c[0]) + d[0]),
            vy + sixth * (a[1] + 2.0 * (b[1] + c[1]) + d[1]),
            vz + sixth * (a[2] + 2.0 * (b[2] + c[2]) + d[2]),
        )
        return Point(time + step, position, velocity, aim, m3, leg.stage, pressure, f1 / m1)

    def _aim(self, steering: Steering, time: float, position: Vector, velocity: Vector, stage: int) -> Vector:
        start = self.start
        if time >= steering.turn_s:
            up = unit(position)
            along = velocity if stage > 0 else start.ahead
            level = unit(blend(1.0, along, -dot(along, up), up))
            return unit(blend(1.0, level, steering.tangent + steering.slope * (time - steering.zero_s), up))
        kick = steering.kick_deg * min(1.0, max(0.0, (time - steering.begin_s) / (steering.end_s - steering.begin_s)))
        pitch = 90.0 - kick
        if time > steering.end_s:
            moving = (velocity[0] + ROTATION_RATE * position[1], velocity[1] - ROTATION_RATE * position[0], velocity[2])
            motion = math.degrees(math.atan2(dot(moving, start.up), dot(moving, start.ahead)))
            self._following = self._following or motion < pitch
            pitch = motion if self._following else pitch
        turned = math.radians(pitch)
        return blend(math.cos(turned), start.ahead, math.sin(turned), start.up)

    def _push(
        self,
        px: float,
        py: float,
        pz: float,
        vx: float,
        vy: float,
        vz: float,
        vacuum: float,
        mass: float,
        aim: Vector,
        leg: Leg,
    ) -> tuple[Vector, float]:
        """Acceleration, and dynamic pressure."""
        gx, gy, gz = gravitation(px, py, pz)
        thrust = vacuum
        high = height(px, py, pz)
        if high < DRAG_CEILING:
            pressure, density, sound = air(high)
            if vacuum > 0.0:
                thrust -= pressure * leg.exit_area
            rx, ry = vx + ROTATION_RATE * py, vy - ROTATION_RATE * px
            speed = math.sqrt(rx * rx + ry * ry + vz * vz)
            drag = 0.5 * density * speed * leg.drag_area * self._coefficient(speed / sound) / mass
            gx, gy, gz = gx - drag * rx, gy - drag * ry, gz - drag * vz
            loaded = 0.5 * density * speed * speed
        else:
            loaded = 0.0
        push = thrust / mass
        return (gx + push * aim[0], gy + push * aim[1], gz + push * aim[2]), loaded

    def _coefficient(self, mach: float) -> float:
        machs, drags = self._mach, self._drag
        for place in range(1, len(machs)):
            if mach < machs[place]:
                part = (mach - machs[place - 1]) / (machs[place] - machs[place - 1])
                return drags[place - 1] + part * (drags[place] - drags[place - 1])
        return drags[-1]


def turn_s(plan: FlightPlan, legs: list[Leg]) -> float:
    """When the part along the motion ends: as the boosters go, else as the lowest stage burns out."""
    lowest = [leg for leg in legs if leg.stage == 0 and leg.burning]
    if plan.boosters is None:
        return lowest[-1].end_s
    with_boosters = max(leg.drag_area for leg in lowest)
    return next(leg.end_s for leg in reversed(lowest) if leg.drag_area == with_boosters)


def insertion(position: Vector, velocity: Vector, target: Target) -> Vector:
    """Misses at the perigee: radius in km, radial and level speed in m/s."""
    radius = math.sqrt(dot(position, position))
    climb = dot(position, velocity) / radius
    level = math.sqrt(max(0.0, dot(velocity, velocity) - climb * climb))
    low, high = SEMI_MAJOR_AXIS + target.perigee_m, SEMI_MAJOR_AXIS + target.apogee_m
    wanted = math.sqrt(GRAVITATIONAL_PARAMETER * (2.0 / low - 2.0 / (low + high)))
    return (radius - low) / 1e3, climb, level - wanted


def best(function: Callable[[float], float], low: float, high: float, steps: int) -> float:
    """Where a function of one hump is greatest: golden section (J. Kiefer, 1953)."""
    golden = 0.5 * (math.sqrt(5.0) - 1.0)
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(steps):
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = function(right)
    return left if at_left > at_right else right
