"""Propellant slosh: a mass on a pendulum that swings sideways below its hinge and pulls at it.

Linear, in the two lateral directions alike (H. N. Abramson, NASA SP-106, chapter 6): the mass's way y off the axis
follows y'' + 2 d w y' + w^2 y = -a, with a the hinge's lateral specific force and w^2 in proportion to the axial one.
Its mass stays part of the rigid body's inertia, so that a swing adds only the force of the spring and of the damper.
"""

from __future__ import annotations

import math

from sim.earth import STANDARD_GRAVITY
from sim.parts import Slosh

REST_M_S2 = 0.1
"""Axial specific force below which the surface is no surface: nothing swings."""
MOST_M = 1.0
"""The farthest that the mass swings: the tank's wall."""


class Pendulum:
    """One stage's. `growth` is a fault's negative damping, in parts of the critical one."""

    def __init__(self, spec: Slosh) -> None:
        self._spec = spec
        self.growth = 0.0
        self.y = self.z = self.speed_y = self.speed_z = 0.0

    def swing(self, axial: float, side_y: float, side_z: float, dt: float) -> tuple[float, float]:
        """One step (semi-implicit) under specific forces of its hinge; force per slosh mass on it in y and z, m/s2."""
        if axial < REST_M_S2:
            return 0.0, 0.0
        natural = 2.0 * math.pi * self._spec.frequency_hz * math.sqrt(axial / STANDARD_GRAVITY)
        damped = 2.0 * (self._spec.damping - self.growth) * natural
        spring = natural * natural
        self.speed_y += dt * (-side_y - damped * self.speed_y - spring * self.y)
        self.speed_z += dt * (-side_z - damped * self.speed_z - spring * self.z)
        self.y, self.speed_y = _walled(self.y + dt * self.speed_y, self.speed_y)
        self.z, self.speed_z = _walled(self.z + dt * self.speed_z, self.speed_z)
        return spring * self.y + damped * self.speed_y, spring * self.z + damped * self.speed_z


def _walled(way: float, speed: float) -> tuple[float, float]:
    """At the wall it stops."""
    return (math.copysign(MOST_M, way), 0.0) if abs(way) > MOST_M else (way, speed)
