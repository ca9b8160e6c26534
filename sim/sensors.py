"""The sensors: the world's truth with noise, bias, steps, limits and delays, as the packet `sensors`.

Each instrument draws from streams of its own, seeded from the flight's seed and its name: neither a new instrument nor
a fault changes the noise of another.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from flight.geodesy import ROTATION_RATE, to_earth_fixed
from flight.wire.dictionary import default
from flight.wire.packet import Value
from sim.burn import LiquidBurn, SolidBurn
from sim.vehicle import MOST_STAGES, Vehicle
from sim.world import STEP_S, World

CHANNELS = tuple(field.name for field in default().packets["sensors"].fields)
"""Names of the packet's fields, in order."""

MOST_BOOSTERS = 4
"""That the packet has room for."""
_NO_BOOSTERS = (False,) * MOST_BOOSTERS
_NO_JOINTS = (False,) * (MOST_STAGES - 1)
_NO_LIQUIDS = (0.0,) * (MOST_BOOSTERS + 4)
"""Readings of a vernier, boosters and propellant tanks that are not there."""

Spoil = Callable[[Value], Value]
"""What a fault makes of one channel's reading, called once a step."""


@dataclass(frozen=True, slots=True)
class Instruments:
    """What is the same on every vehicle; the grade of its sensors stands in the vehicle's file. All assumed but what
    names a source.
    """

    imu_delay_steps: int = 1
    """Coning, filter and bus of a tactical unit: a measurement reaches the computer this many steps late."""
    bias_walk: float = 0.02
    """Random walk of the inertial biases: sigma after a second, in parts of the sigma at switch-on."""
    bias_walk_steps: int = 10
    gnss_period_steps: int = 20
    """Steps between two satellite solutions."""
    gnss_cold_start_s: float = 30.0
    """From power to the first solution without almanac or time: typical of receivers' data sheets (26 to 35 s)."""
    gnss_reacquire_s: float = 1.0
    """From the signal's return to the next solution."""
    slow_period_steps: int = 20
    """Steps between two readings of bus and temperatures."""
    port_mach: tuple[float, ...] = (0.0, 0.6, 0.85, 0.95, 1.0, 1.05, 1.2, 1.6, 3.0)
    port_error: tuple[float, ...] = (0.0, 0.0, 0.01, 0.03, 0.04, 0.0, -0.01, 0.0, 0.0)
    """Static-port error over Mach number, in parts of the dynamic pressure: it grows to Mach 1 and falls to nothing or
    below as the bow shock passes the port (shape: W. Gracey, Measurement of Aircraft Speed and Altitude, NASA RP-1046,
    1980, chapter V, fuselage-nose ports; size assumed).
    """
    port_ceiling_pa: float = 100.0
    """Below this static pressure a Mach number from pressures means nothing, and the port's error is 0."""
    pressure_range: float = 2.0
    """Full scale of a chamber-pressure gauge, in parts of the mean chamber pressure; of the tank's, of its full one."""
    voltage_noise_v: float = 0.02
    current_noise_a: float = 0.2
    temperature_noise_k: float = 0.05
    battery_k: float = 293.15
    battery_warming_k: float = 6.0
    processor_k: float = 308.15
    aft_noise_k: float = 0.2
    servo_noise_v: float = 0.5
    processor_warming_k: float = 9.0
    warming_s: float = 600.0


class SensorSuite:
    """All instruments of one vehicle. `read` is called once a step, after the world has moved there.

    Faults reach in by `spoil`, `bus_drop_v` and the receiver's methods; they change readings, never draws.
    """

    def __init__(self, world: World, seed: int, instruments: Instruments | None = None) -> None:
        self._world = world
        self._spec = spec = world.vehicle.sensors
        self._instruments = instruments = instruments or Instruments()

        def stream(name: str) -> random.Random:
            return random.Random(f"{seed}/{name}")

        self._imu, self._walk, self._gnss, self._power = stream("imu"), stream("walk"), stream("gnss"), stream("power")
        self._barometer, self._tank, self._vectoring = stream("barometer"), stream("tank"), stream("vectoring")
        self._chambers = [stream(f"chamber_{number}") for number in range(1, MOST_STAGES + 1)]
        self._vernier, self._tanks, self._aft, self._servo = map(stream, ("vernier", "tanks", "aft", "servo"))
        self._boosters = [stream(f"booster_{number}") for number in range(1, MOST_BOOSTERS + 1)]
        self._force_bias = [self._imu.gauss(0.0, spec.force_bias_m_s2) for _ in range(3)]
        self._rate_bias = [self._imu.gauss(0.0, spec.rate_bias_rad_s) for _ in range(3)]
        walked = instruments.bias_walk * math.sqrt(instruments.bias_walk_steps * STEP_S)
        self._force_walk = walked * spec.force_bias_m_s2
        self._rate_walk = walked * spec.rate_bias_rad_s
        self._late: deque[tuple[float, ...]] = deque(maxlen=instruments.imu_delay_steps + 1)
        self._fix_from_s: float | None = 0.0
        self._satellites = 0
        self._solution: tuple[float, ...] = (0.0,) * 6
        self._slow = (0.0,) * 4
        self._joints = [_joints(world.vehicle, lowest) for lowest in range(len(world.vehicle.stages))]
        self.hold = self.scrub = False
        """Launch control's two lines."""
        self._wires = self._breakwires()
        self._spoils: dict[int, list[Spoil]] = {}
        self.bus_drop_v = 0.0
        """How far a fault pulls the bus down."""

    def read(self) -> tuple[Value, ...]:
        """The packet `sensors`, not yet rounded to the wire."""
        instruments, step = self._instruments, self._world.step
        fresh = step % instruments.gnss_period_steps == 0
        if fresh:
            self._solve()
        if step % instruments.slow_period_steps == 0:
            self._slow = self._read_slow()
        if step % instruments.bias_walk_steps == 0:
            gauss = self._walk.gauss
            self._force_bias = [bias + gauss(0.0, self._force_walk) for bias in self._force_bias]
            self._rate_bias = [bias + gauss(0.0, self._rate_walk) for bias in self._rate_bias]
        self._late.append(self._read_imu())
        values: tuple[Value, ...] = (
            step,
            *self._late[0],
            self._read_barometer(),
            fresh,
            self._fixed,
            self._satellites,
            *self._solution,
            *self._read_propulsion(),
            *self._slow,
            *self._wires,
        )
        # A breakwire, as launch control's lines, is read through an input that is sampled one step before it is used.
        self._wires = self._breakwires()
        return self._spoilt(values) if self._spoils else values

    def spoil(self, channel: str, how: Spoil) -> Callable[[], None]:
        """From now on passes a channel's readings through `how`, after those that came before; the result ends it."""
        place = CHANNELS.index(channel)
        self._spoils.setdefault(place, []).append(how)

        def end() -> None:
            # By identity: two faults may well be equal.
            self._spoils[place] = [each for each in self._spoils[place] if each is not how]

        return end

    def lose_satellites(self) -> None:
        """No satellite is received from now on."""
        self._fix_from_s = None

    def regain_satellites(self) -> None:
        """Signals are back: a solution soon."""
        self._fix_from_s = self._world.time_s + self._instruments.gnss_reacquire_s

    def restart_receiver(self) -> None:
        """The receiver gets power after it had none and begins with a cold start."""
        self._fix_from_s = self._world.time_s + self._instruments.gnss_cold_start_s
        self._solution = (0.0,) * 6

    @property
    def _fixed(self) -> bool:
        return self._fix_from_s is not None and self._world.time_s >= self._fix_from_s

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
        spec, motion, instruments = self._spec, self._world.motion, self._instruments
        pressure = motion.static_pressure
        if pressure > instruments.port_ceiling_pa:
            pressure += motion.dynamic_pressure * port_error(instruments, motion.dynamic_pressure / pressure)
        pressure += self._barometer.gauss(0.0, spec.barometer_noise_pa)
        return max(0.0, measured(pressure, spec.barometer_step_pa, 2e5))

    def _solve(self) -> None:
        """A satellite solution: Earth-fixed, velocity relative to the Earth. The last one stays where there is none."""
        world, spec, gauss = self._world, self._spec, self._gnss.gauss
        px, py, pz = world.position
        vx, vy, vz = world.velocity
        position = to_earth_fixed((px, py, pz), world.time_s)
        velocity = to_earth_fixed((vx + ROTATION_RATE * py, vy - ROTATION_RATE * px, vz), world.time_s)
        satellites = 9 + self._gnss.randrange(6)
        solution = (
            *(x + gauss(0.0, spec.gnss_position_m) for x in position),
            *(x + gauss(0.0, spec.gnss_velocity_m_s) for x in velocity),
        )
        self._satellites = 0
        if self._fixed:
            self._satellites, self._solution = satellites, solution

    def _read_propulsion(self) -> tuple[float, ...]:
        """Pressures of chambers and tanks, engine bay, servo bus and nozzle deflections; 0 of what is not there."""
        world, spec, most = self._world, self._spec, self._instruments.pressure_range
        vehicle, flown = world.vehicle, world.module is None
        chambers = [0.0] * MOST_STAGES
        first = vehicle.first_stage - 1
        for place in range(world.lowest, len(vehicle.stages)) if flown else ():
            mean = vehicle.stages[place].chamber_pressure_pa
            pressure = self._chambers[first + place].gauss(0.0, spec.chamber_noise * mean)
            if place == world.lowest:
                pressure += world.chamber_pressure(place)
            chambers[first + place] = min(max(0.0, pressure), most * mean)
        tank = world.tank.pressure_pa + self._tank.gauss(0.0, spec.tank_noise_pa)
        tank = min(max(0.0, tank), most * vehicle.reaction_control.pressure_pa)
        pitch = yaw = 0.0
        if world.propulsion.steering(world.lowest) is not None and flown:
            pitch = world.nozzle.pitch + self._vectoring.gauss(0.0, spec.vectoring_noise_rad)
            yaw = world.nozzle.yaw + self._vectoring.gauss(0.0, spec.vectoring_noise_rad)
        aft = world.aft_k + self._aft.gauss(0.0, self._instruments.aft_noise_k)
        servo = world.servo_voltage_v
        if vehicle.power.servo_voltage_v > 0.0:
            servo = max(0.0, servo + self._servo.gauss(0.0, self._instruments.servo_noise_v))
        return (*chambers, *self._read_liquids(), aft, servo, tank, pitch, yaw)

    def _read_liquids(self) -> tuple[float, ...]:
        """Pressures of vernier, boosters, fuel, oxidizer and helium: those of the lowest stage, or 0."""
        world, spec, most = self._world, self._spec, self._instruments.pressure_range
        burn, engines = world.propulsion.burns[world.lowest], world.propulsion
        if world.module is not None or (isinstance(burn, SolidBurn) and not any(engines.attached)):
            return _NO_LIQUIDS
        now, vernier, tanks = world.time_s, 0.0, (0.0, 0.0, 0.0)
        if isinstance(burn, LiquidBurn):
            gauss = self._tanks.gauss
            fuel, oxidizer, helium = burn.tanks.pressures(burn.burnt(now))
            noise = spec.chamber_noise * burn.engine.helium_pressure_pa
            tanks = (
                max(0.0, fuel + gauss(0.0, spec.tank_noise_pa)),
                max(0.0, oxidizer + gauss(0.0, spec.tank_noise_pa)),
                max(0.0, helium + gauss(0.0, noise)),
            )
            if burn.engine.vernier is not None:
                mean = burn.engine.vernier.chamber_pressure_pa
                pressure = burn.vernier_level(now) * mean + self._vernier.gauss(0.0, spec.chamber_noise * mean)
                vernier = min(max(0.0, pressure), most * mean)
        boosters = [0.0] * MOST_BOOSTERS
        if world.vehicle.boosters is not None:
            mean = world.vehicle.boosters.chamber_pressure_pa
            for place, booster in enumerate(engines.beside):
                if engines.attached[place]:
                    noise = self._boosters[place].gauss(0.0, spec.chamber_noise * mean)
                    boosters[place] = min(max(0.0, booster.level(now) * mean + noise), most * mean)
        return (vernier, *boosters, *tanks)

    def _read_slow(self) -> tuple[float, float, float, float]:
        """Bus voltage and current, temperatures of battery and processor, which warm up by a few kelvin."""
        power, gauss, time_s, kind = self._world.vehicle.power, self._power.gauss, self._world.time_s, self._instruments
        current = power.bus_current_a + gauss(0.0, kind.current_noise_a)
        if time_s - self._world.circuits.closed_s < 0.1:
            current += power.pyro_current_a
        voltage = power.bus_voltage_v - power.bus_resistance_ohm * current + gauss(0.0, kind.voltage_noise_v)
        warm = 1.0 - math.exp(-time_s / kind.warming_s)
        return (
            max(0.0, voltage - self.bus_drop_v),
            current,
            kind.battery_k + kind.battery_warming_k * warm + gauss(0.0, kind.temperature_noise_k),
            kind.processor_k + kind.processor_warming_k * warm + gauss(0.0, kind.temperature_noise_k),
        )

    def _breakwires(self) -> tuple[bool, ...]:
        world = self._world
        vehicle, packed = world.vehicle, world.parachutes
        joints, boosters = _NO_JOINTS, _NO_BOOSTERS
        if world.module is None:
            joints = self._joints[world.lowest]
            if vehicle.boosters is not None:
                boosters = (*world.propulsion.attached, *_NO_BOOSTERS)[:MOST_BOOSTERS]
        parts = world.tower_on, world.fairing_on, world.payload_on, packed.drogue_packed, packed.main_packed
        return world.liftoff_s is None, self.hold, self.scrub, *joints, *boosters, *parts

    def _spoilt(self, values: tuple[Value, ...]) -> tuple[Value, ...]:
        """Faulty channels passed through their faults, then through their instrument's steps and limits again."""
        changed = list(values)
        for place, spoils in self._spoils.items():
            value = changed[place]
            for how in spoils:
                value = how(value)
            if isinstance(value, float) and math.isfinite(value):
                value = self._within(CHANNELS[place], value)
            changed[place] = value
        return tuple(changed)

    def _within(self, channel: str, value: float) -> float:
        spec = self._spec
        if channel.startswith("specific_force"):
            return measured(value, spec.force_step_m_s2, spec.force_limit_m_s2)
        if channel.startswith("rate_"):
            return measured(value, spec.rate_step_rad_s, spec.rate_limit_rad_s)
        return max(0.0, value) if channel.endswith(("pressure", "temperature", "voltage")) else value


def _joints(vehicle: Vehicle, lowest: int) -> tuple[bool, ...]:
    """Which joints between stages are whole while that stage is the lowest; those above the stages numbered 1 and 2."""
    places = [vehicle.place_of(number) for number in range(1, MOST_STAGES)]
    return tuple(place is not None and lowest <= place < len(vehicle.stages) - 1 for place in places)


def port_error(instruments: Instruments, dynamic_over_static: float) -> float:
    """The static port's error in parts of the dynamic pressure; air's ratio of specific heats is 1.4."""
    machs, errors = instruments.port_mach, instruments.port_error
    mach = math.sqrt(max(0.0, dynamic_over_static) / 0.7)
    place = bisect_right(machs, mach)
    if place in (0, len(machs)):
        return errors[min(place, len(machs) - 1)]
    part = (mach - machs[place - 1]) / (machs[place] - machs[place - 1])
    return errors[place - 1] + part * (errors[place] - errors[place - 1])


def measured(value: float, step: float, limit: float) -> float:
    """A value in whole steps within -limit..limit, as an instrument gives it."""
    if value >= limit:
        return limit
    if value <= -limit:
        return -limit
    return math.floor(value / step + 0.5) * step
