"""What turns commands into forces: the vectored nozzle and the reaction-control tank."""

from __future__ import annotations

import math

from sim.earth import STANDARD_GRAVITY
from sim.engine import Vectoring
from sim.parts import ReactionControl


class Nozzle:
    """A nozzle that follows its commands with a first-order lag, within rate and deflection limits. Radians."""

    def __init__(self) -> None:
        self.pitch = 0.0
        self.yaw = 0.0
        self.roll = 0.0

    def follow(self, vectoring: Vectoring | None, pitch: float, yaw: float, dt: float, roll: float = 0.0) -> None:
        """One step towards the commands; a fixed nozzle stays straight. A command that is no number is not followed.

        `roll` turns the nozzles of a cluster against each other.
        """
        if vectoring is None:
            self.pitch = self.yaw = self.roll = 0.0
            return
        part = 1.0 - math.exp(-dt / vectoring.lag_s)
        farthest = vectoring.rate * dt
        self.pitch = _moved(self.pitch, pitch, part, farthest, vectoring.limit)
        self.yaw = _moved(self.yaw, yaw, part, farthest, vectoring.limit)
        if roll != self.roll:
            self.roll = _moved(self.roll, roll, part, farthest, vectoring.limit)


class ReactionTank:
    """Blow-down tank and thrusters. A leak loses propellant through an orifice, then the gas behind it.

    The gas expands at constant temperature; the leak's flow goes with the square root of pressure, its torque with
    pressure, like the torque of the thrusters.
    """

    def __init__(self, spec: ReactionControl) -> None:
        self._spec = spec
        self.propellant_kg = spec.propellant_kg
        self._gas = 1.0
        self.leak_kg_s = 0.0
        """Propellant lost at full pressure."""
        self.leak_torque_n_m = (0.0, 0.0, 0.0)
        """Torque of what leaks, body axes, at full pressure."""

    @property
    def pressure_pa(self) -> float:
        """Pressure of the gas, and so of the propellant."""
        used = (self._spec.propellant_kg - self.propellant_kg) / self._spec.density_kg_m3
        return self._spec.pressure_pa * self._gas * self._spec.ullage_m3 / (self._spec.ullage_m3 + used)

    def push(self, duty: float, dt: float) -> float:
        """Thrust in N along the axis for a duty from 0 to 1 over one step; propellant goes down."""
        spec = self._spec
        if spec.axial_n <= 0.0 or self.propellant_kg <= 0.0:
            return 0.0
        thrust = max(0.0, _duty(duty)) * spec.axial_n * self.pressure_pa / spec.pressure_pa
        flow = thrust / (spec.specific_impulse_s * STANDARD_GRAVITY)
        self.propellant_kg = max(0.0, self.propellant_kg - flow * dt)
        return thrust

    def fire(self, roll: float, pitch: float, yaw: float, dt: float) -> tuple[float, float, float]:
        """Torques in N m for duties from -1 to 1 over one step, the leak's included; propellant and gas go down."""
        spec = self._spec
        if spec.pressure_pa <= 0.0:
            return 0.0, 0.0, 0.0
        part = self.pressure_pa / spec.pressure_pa
        tx = ty = tz = 0.0
        if self.propellant_kg > 0.0:
            tx = _duty(roll) * spec.roll_torque_n_m * part
            ty = _duty(pitch) * spec.pitch_torque_n_m * part
            tz = _duty(yaw) * spec.pitch_torque_n_m * part
            flow = (abs(tx) + abs(ty) + abs(tz)) / (spec.arm_m * spec.specific_impulse_s * STANDARD_GRAVITY)
            if self.leak_kg_s > 0.0:
                flow += self.leak_kg_s * math.sqrt(part)
            self.propellant_kg = max(0.0, self.propellant_kg - flow * dt)
        elif self.leak_kg_s > 0.0:
            self._gas *= math.exp(-dt / spec.vent_s)
        if self.leak_kg_s > 0.0:
            lx, ly, lz = self.leak_torque_n_m
            tx, ty, tz = tx + lx * part, ty + ly * part, tz + lz * part
        return tx, ty, tz


def _duty(command: float) -> float:
    """A duty within -1 to 1; what is no number opens no valve."""
    return max(-1.0, min(1.0, command)) if math.isfinite(command) else 0.0


def _moved(angle: float, command: float, part: float, farthest: float, limit: float) -> float:
    if not math.isfinite(command):
        return angle
    wanted = max(-limit, min(limit, command))
    return angle + max(-farthest, min(farthest, part * (wanted - angle)))
