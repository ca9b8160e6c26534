"""The sensors: the world's truth with noise, bias, steps and limits, as the packet `sensors`.

Each instrument draws from a stream of its own, seeded from the flight's seed and its name, so that a new instrument
leaves the others' noise as it was.
"""

from __future__ import annotations

import math
import random

from flight.geodesy import ROTATION_RATE, to_earth_fixed
from flight.wire.packet import Value
from sim.world import World

GNSS_PERIOD = 20
SLOW_PERIOD = 20
"""Steps between two satellite solutions, and two readings of bus and temperatures."""


class SensorSuite:
    """All instruments of one vehicle. `read` is called once a step, after the world has moved there."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._spec = world.vehicle.sensors
        spec = self._spec
        self._imu = random.Random(f"{seed}/imu")
        self._gnss = random.Random(f"{seed}/gnss")
        self._barometer = random.Random(f"{seed}/barometer")
        self._propulsion = random.Random(f"{seed}/propulsion")
        self._power = random.Random(f"{seed}/power")
        self._force_bias = [self._imu.gauss(0.0, spec.force_bias_m_s2) for _ in range(3)]
        self._rate_bias = [self._imu.gauss(0.0, spec.rate_bias_rad_s) for _ in range(3)]
        self._satellites = 0
        self._solution: tuple[float, ...] = (0.0,) * 6
        self._slow = (0.0,) * 4
        self._wires = self._breakwires()

    def read(self) -> tuple[Value, ...]:
        """The packet `sensors`, not yet rounded to the wire."""
        step = self._world.step
        fresh = step % GNSS_PERIOD == 0
        if fresh:
            self._solve()
        if step % SLOW_PERIOD == 0:
            self._slow = self._read_slow()
        values = (
            step,
            *self._read_imu(),
            self._read_barometer(),
            fresh,
            True,
            self._satellites,
            *self._solution,
            *self._read_propulsion(),
            *self._slow,
            *self._wires,
        )
        # A breakwire is read through an input that is sampled one step before it is used.
        self._wires = self._breakwires()
        return values

    def _read_imu(self) -> tuple[float, ...]:
        spec, gauss = self._spec, self._imu.gauss
        fx, fy, fz = self._world.motion.force
        wx, wy, wz = self._world.motion.rate
        bx, by, bz = self._force_bias
        ux, uy, uz = self._rate_bias
        noise, step, limit = spec.force_noise_m_s2, spec.force_step_m_s2, spec.force_limit_m_s2
        turn_noise, turn_step, turn_limit = spec.rate_noise_rad_s, spec.rate_step_rad_s, spec.rate_limit_rad_s
        return (
            measured(fx + bx + gauss(0.0, noise), step, limit),
            measured(fy + by + gauss(0.0, noise), step, limit),
            measured(fz + bz + gauss(0.0, noise), step, limit),
            measured(wx + ux + gauss(0.0, turn_noise), turn_step, turn_limit),
            measured(wy + uy + gauss(0.0, turn_noise), turn_step, turn_limit),
            measured(wz + uz + gauss(0.0, turn_noise), turn_step, turn_limit),
        )

    def _read_barometer(self) -> float:
        spec = self._spec
        pressure = self._world.motion.static_pressure + self._barometer.gauss(0.0, spec.barometer_noise_pa)
        return max(0.0, measured(pressure, spec.barometer_step_pa, 2e5))

    def _solve(self) -> None:
        """A satellite solution: Earth-fixed, velocity relative to the Earth."""
        world, spec, gauss = self._world, self._spec, self._gnss.gauss
        px, py, pz = world.position
        vx, vy, vz = world.velocity
        position = to_earth_fixed((px, py, pz), world.time_s)
        velocity = to_earth_fixed((vx + ROTATION_RATE * py, vy - ROTATION_RATE * px, vz), world.time_s)
        self._satellites = 9 + self._gnss.randrange(6)
        self._solution = (
            *(x + gauss(0.0, spec.gnss_position_m) for x in position),
            *(x + gauss(0.0, spec.gnss_velocity_m_s) for x in velocity),
        )

    def _read_propulsion(self) -> tuple[float, ...]:
        """Chamber pressures, tank pressure and nozzle deflections."""
        world, spec, gauss = self._world, self._spec, self._propulsion.gauss
        chambers = [0.0, 0.0, 0.0]
        for place in range(world.lowest, len(world.vehicle.stages)):
            noise = spec.chamber_noise * world.vehicle.stages[place].chamber_pressure_pa
            chambers[place] = max(0.0, world.chamber_pressure(place) + gauss(0.0, noise))
        tank = max(0.0, world.tank.pressure_pa + gauss(0.0, spec.tank_noise_pa))
        pitch = yaw = 0.0
        if world.vehicle.stages[world.lowest].vectoring is not None:
            pitch = world.nozzle.pitch + gauss(0.0, spec.vectoring_noise_rad)
            yaw = world.nozzle.yaw + gauss(0.0, spec.vectoring_noise_rad)
        return (*chambers, tank, pitch, yaw)

    def _read_slow(self) -> tuple[float, float, float, float]:
        """Bus voltage and current, temperatures of battery and processor, which warm up by a few kelvin (assumed)."""
        power, gauss, time_s = self._world.vehicle.power, self._power.gauss, self._world.time_s
        current = power.bus_current_a + gauss(0.0, 0.2)
        if time_s - self._world.circuit_closed_s < 0.1:
            current += power.pyro_current_a
        voltage = power.bus_voltage_v - power.bus_resistance_ohm * current + gauss(0.0, 0.02)
        warm = 1.0 - math.exp(-time_s / 600.0)
        return voltage, current, 293.15 + 6.0 * warm + gauss(0.0, 0.05), 308.15 + 9.0 * warm + gauss(0.0, 0.05)

    def _breakwires(self) -> tuple[bool, ...]:
        world = self._world
        return world.liftoff_s is None, world.lowest < 1, world.lowest < 2, world.fairing_on, world.payload_on


def measured(value: float, step: float, limit: float) -> float:
    """A value in whole steps within -limit..limit, as an instrument gives it."""
    if value >= limit:
        return limit
    if value <= -limit:
        return -limit
    return math.floor(value / step + 0.5) * step
