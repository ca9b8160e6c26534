"""The parts that a vehicle is made of, as its file describes them: frozen values in SI units and radians.

Stations are metres behind the nose's tip.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.engine import LiquidEngine, Vectoring
from sim.masses import Place
from sim.motor import SolidMotor


@dataclass(frozen=True, slots=True)
class Slosh:
    """The free surface of a stage's propellant as a pendulum (H. N. Abramson, NASA SP-106, chapter 6).

    `mass_part` of the propellant that is left swings below a hinge, at `frequency_hz` under one g (it goes with the
    square root of the axial specific force) and with that part of critical damping.
    """

    mass_part: float
    frequency_hz: float
    damping: float
    hinge_m: float


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, and what the air meets while it is the lowest.

    Thrust acts at `nozzle_m`; misalignment turns it so that a positive pitch part lifts the nose and a positive yaw
    part turns it right. The body ends at `aft_m`; its planform seen from the side and that area's centre are those of
    all that is attached, as is the damping in pitch and yaw (Cmq). Exit area and chamber pressure are the main
    engine's. `normal_force` is (slope per radian, centre of pressure) over `drag_mach` where it differs from the whole
    vehicle's, as of an upper stage with fins of its own.
    """

    motor: SolidMotor | LiquidEngine
    dry_kg: float
    exit_area_m2: float
    chamber_pressure_pa: float
    dry: Place
    propellant: Place
    nozzle_m: float
    aft_m: float
    planform_m2: float
    planform_centre_m: float
    pitch_damping: float
    misalignment_pitch: float
    misalignment_yaw: float
    vectoring: Vectoring | None
    slosh: Slosh | None = None
    normal_force: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    @property
    def thrust_n(self) -> float:
        """In vacuum, of all its engines: a solid's mean over its burn."""
        return self.motor.mean_thrust_n


@dataclass(frozen=True, slots=True)
class Boosters:
    """Identical boosters beside the lowest stage, each with its axis on a ring around the vehicle's.

    The first of two stands on its right, the second on its left; of four on its right, below, left and above. The air
    meets them as additional reference area, with the vehicle's drag coefficient, and as additional planform. Where they
    are `gimballed` their nozzles follow the stage's command.
    """

    count: int
    ring_m: float
    motor: SolidMotor | LiquidEngine
    dry_kg: float
    exit_area_m2: float
    chamber_pressure_pa: float
    dry: Place
    propellant: Place
    nozzle_m: float
    drag_area_m2: float
    planform_m2: float
    planform_centre_m: float
    gimballed: bool


@dataclass(frozen=True, slots=True)
class Tower:
    """The escape tower on the nose; its own motor takes it away."""

    mass_kg: float
    place: Place


@dataclass(frozen=True, slots=True)
class Escape:
    """What an escape makes of the vehicle: motors pull `escaping_kg` away, and `release_s` later the crew module falls.

    The motors are the tower's while it is there, then the fairing's; later springs alone separate the module. Thrust
    acts along the axis, through the centre of mass. `drag_area_m2` is drag coefficient times area, at any attitude.
    """

    capsule_kg: float
    escaping_kg: float
    place: Place
    drag_area_m2: float
    tower_thrust_n: float
    tower_burn_s: float
    fairing_thrust_n: float
    fairing_burn_s: float
    release_s: float


@dataclass(frozen=True, slots=True)
class Parachute:
    """Drag coefficient times area when it is full, the time in which it fills, and where its line is tied."""

    drag_area_m2: float
    inflate_s: float
    attach_m: float


@dataclass(frozen=True, slots=True)
class Beacon:
    """The payload's own transmitter, heard from its separation on, for `sends_s` (0: to the end of the flight)."""

    name: str
    sends_s: float
    bus_voltage_v: float
    bus_current_a: float


@dataclass(frozen=True, slots=True)
class ReactionControl:
    """Thrusters on one blow-down tank: torque in proportion to duty and tank pressure.

    The torques are those of couples with `arm_m`. Where the centre of mass is farther than that from the thrusters'
    ring at station `ring_m`, those of pitch and yaw act with that lever; their side force is left out. `axial_n` is the
    thrust along the axis at full tank pressure, of the same propellant.
    """

    propellant_kg: float
    density_kg_m3: float
    pressure_pa: float
    ullage_m3: float
    specific_impulse_s: float
    roll_torque_n_m: float
    pitch_torque_n_m: float
    arm_m: float
    ring_m: float
    vent_s: float
    axial_n: float = 0.0

    def lever(self, mass_centre: float) -> float:
        """Pitch and yaw torque over that of the couples, for a centre of mass at a station."""
        return max(1.0, abs(mass_centre - self.ring_m) / self.arm_m)


NO_REACTION_CONTROL = ReactionControl(0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0)
"""Of a vehicle without: a tank that was never filled."""


@dataclass(frozen=True, slots=True)
class Separation:
    """Delays of pyrotechnics and igniters, and the springs' push on what flies on."""

    pyro_delay_s: float
    igniter_delay_s: float
    push_m_s2: float
    push_s: float


@dataclass(frozen=True, slots=True)
class Sensors:
    """Sensor errors, one sigma; steps are quantisation, limits saturation."""

    force_noise_m_s2: float
    force_bias_m_s2: float
    force_step_m_s2: float
    force_limit_m_s2: float
    rate_noise_rad_s: float
    rate_bias_rad_s: float
    rate_step_rad_s: float
    rate_limit_rad_s: float
    gnss_position_m: float
    gnss_velocity_m_s: float
    barometer_noise_pa: float
    barometer_step_pa: float
    chamber_noise: float
    tank_noise_pa: float
    vectoring_noise_rad: float


@dataclass(frozen=True, slots=True)
class Power:
    """The avionics bus: open voltage, resistance, steady current, current of one firing circuit.

    `servo_voltage_v` is that of the bus of electric thrust-vector servos; 0 where there is none.
    """

    bus_voltage_v: float
    bus_resistance_ohm: float
    bus_current_a: float
    pyro_current_a: float
    servo_voltage_v: float = 0.0
