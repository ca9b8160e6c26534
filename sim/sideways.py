"""What acts on the body for a while beside engines, thrusters and air: blows, slosh, and the lift of a descent."""

from __future__ import annotations

import math
from typing import NamedTuple

from flight.computer.maths import rotate
from flight.geodesy import ROTATION_RATE
from sim.body import Motion
from sim.masses import Body
from sim.slosh import Pendulum
from sim.vehicle import Vehicle

BLOW_S = 0.03
"""How long two stages touch (assumed)."""


class Side(NamedTuple):
    """Specific force in m/s2 and torque in N m, body axes."""

    push_x: float
    push_y: float
    push_z: float
    torque_x: float
    torque_y: float
    torque_z: float


NOTHING = Side(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class Sideways:
    """Everything of the kind on one vehicle; most have nothing of it, and then it costs nothing."""

    def __init__(self, vehicle: Vehicle) -> None:
        self.pendulums = [None if stage.slosh is None else Pendulum(stage.slosh) for stage in vehicle.stages]
        self._stages = vehicle.stages
        self._lift_to_drag = vehicle.descent_lift_to_drag
        self._blows: list[tuple[float, Side]] = []
        self._rate = (0.0, 0.0, 0.0)
        self._highest = -math.inf

    def blow(self, until_s: float, side: Side) -> None:
        """Acts until a time since step 0."""
        self._blows.append((until_s, side))

    def acts(self, stage: int) -> bool:
        """Whether there can be any while that stage is the lowest."""
        return self._lift_to_drag > 0.0 or self.pendulums[stage] is not None or bool(self._blows)

    def act(
        self, motion: Motion, body: Body, stage: int, left_kg: float, now: float, dt: float, airspeed: tuple[float, ...]
    ) -> Side:
        """All of it over the step that begins now, after a motion. `left_kg` of the stage's propellant can slosh;
        `airspeed` is the motion through the air, inertial axes.
        """
        pendulum = self.pendulums[stage]
        px = py = pz = tx = ty = tz = 0.0
        for _, side in self._blows:
            px, py, pz = px + side.push_x, py + side.push_y, pz + side.push_z
            tx, ty, tz = tx + side.torque_x, ty + side.torque_y, tz + side.torque_z
        if self._blows:
            self._blows = [blow for blow in self._blows if blow[0] > now + 1.5 * dt]
        slosh = self._stages[stage].slosh
        if pendulum is not None and slosh is not None and left_kg > 0.0:
            arm = body.centre - slosh.hinge_m
            turn_y, turn_z = (motion.rate[1] - self._rate[1]) / dt, (motion.rate[2] - self._rate[2]) / dt
            side_y, side_z = motion.force[1] + arm * turn_z, motion.force[2] - arm * turn_y
            y, z = pendulum.swing(motion.force[0], side_y, side_z, dt)
            mass = slosh.mass_part * left_kg
            py, pz = py + mass * y / body.mass, pz + mass * z / body.mass
            ty, tz = ty - arm * mass * z, tz + arm * mass * y
        self._rate = motion.rate
        if self._lift_to_drag > 0.0:
            x, y, z = self._lift(motion, airspeed)
            px, py, pz = px + x, py + y, pz + z
        return Side(px, py, pz, tx, ty, tz)

    def _lift(self, motion: Motion, airspeed: tuple[float, ...]) -> tuple[float, float, float]:
        """After the apogee, upwards across the stream, in proportion to drag; body axes.

        The drag is what the last step's specific force leaves of it: both grow together to it within a few steps.
        """
        self._highest = max(self._highest, motion.height)
        speed = math.sqrt(airspeed[0] ** 2 + airspeed[1] ** 2 + airspeed[2] ** 2)
        if motion.height >= self._highest or speed < 1.0 or motion.dynamic_pressure <= 0.0:
            return 0.0, 0.0, 0.0
        ratio = self._lift_to_drag
        fx, fy, fz = motion.force
        lift = ratio * math.sqrt((fx * fx + fy * fy + fz * fz) / (1.0 + ratio * ratio))
        ux, uy, uz = (component / speed for component in airspeed)
        qx, qy, qz = motion.state[:3]
        radius = math.sqrt(qx * qx + qy * qy + qz * qz)
        along = (qx * ux + qy * uy + qz * uz) / radius
        nx, ny, nz = qx / radius - along * ux, qy / radius - along * uy, qz / radius - along * uz
        size = math.sqrt(nx * nx + ny * ny + nz * nz)
        if size < 1e-6:
            return 0.0, 0.0, 0.0
        w, x, y, z = motion.state[6:10]
        return rotate(w, -x, -y, -z, lift * nx / size, lift * ny / size, lift * nz / size)


def struck(closing: float, restitution: float, other_kg: float, body: Body, offset_m: float) -> Side:
    """The blow of a mass that comes from behind, beside the axis by an offset, over `BLOW_S`."""
    gained = (1.0 + restitution) * closing * other_kg / (other_kg + body.mass)
    push = gained / BLOW_S
    return Side(push, 0.0, 0.0, 0.0, push * body.mass * offset_m, 0.0)


def airspeed(state: tuple[float, ...], wind: tuple[float, float, float]) -> tuple[float, float, float]:
    """Motion through air that turns with the Earth and blows, inertial axes."""
    px, py, _, vx, vy, vz = state[:6]
    return vx + ROTATION_RATE * py - wind[0], vy - ROTATION_RATE * px - wind[1], vz - wind[2]
