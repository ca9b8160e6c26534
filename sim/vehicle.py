"""What a vehicle is: frozen values from its TOML file, every number checked on load."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from flight.plans import checked
from sim.aerodynamics import Shape
from sim.masses import Body, Place, all_joined, joined, part
from sim.motor import SolidMotor

_FOLDER = Path(__file__).parent / "vehicles"


@dataclass(frozen=True, slots=True)
class Vectoring:
    """A nozzle that turns: limits in radians and rad/s, first-order lag in seconds."""

    limit: float
    rate: float
    lag_s: float


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage, and what the air meets while it is the lowest. Angles in radians, stations in m behind the nose's tip.

    Thrust acts at `nozzle_m`; misalignment turns it so that a positive pitch part lifts the nose and a positive yaw
    part turns it right. The body ends at `aft_m`; its planform seen from the side and that area's centre are those of
    all that is attached, as is the damping in pitch and yaw (Cmq).
    """

    motor: SolidMotor
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


@dataclass(frozen=True, slots=True)
class ReactionControl:
    """Thrusters on one blow-down tank: torque in proportion to duty and tank pressure.

    The torques are those of couples with `arm_m`. Where the centre of mass is farther than that from the thrusters'
    ring at station `ring_m`, those of pitch and yaw act with that lever; their side force is left out.
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

    def lever(self, mass_centre: float) -> float:
        """Pitch and yaw torque over that of the couples, for a centre of mass at a station."""
        return max(1.0, abs(mass_centre - self.ring_m) / self.arm_m)


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
    """The avionics bus: open voltage, resistance, steady current, current of one firing circuit."""

    bus_voltage_v: float
    bus_resistance_ohm: float
    bus_current_a: float
    pyro_current_a: float


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A launch vehicle without its payload. Coefficients refer to the reference area and length.

    Normal force slope (per radian) and station of the centre of pressure go with `drag_mach`, too. Reaction-control
    propellant is where the avionics are.
    """

    name: str
    help: str
    reference_area_m2: float
    reference_length_m: float
    avionics_kg: float
    fairing_kg: float
    payload_kg: float
    avionics: Place
    fairing: Place
    payload: Place
    drag_mach: tuple[float, ...]
    drag_coefficient: tuple[float, ...]
    normal_slope: tuple[float, ...]
    pressure_centre_m: tuple[float, ...]
    cross_flow_drag: float
    stages: tuple[Stage, ...]
    reaction_control: ReactionControl
    separation: Separation
    sensors: Sensors
    power: Power

    @property
    def lift_off_kg(self) -> float:
        """Mass on the pad with the vehicle's own payload."""
        stages = sum(stage.dry_kg + stage.motor.propellant_kg for stage in self.stages)
        return stages + self.avionics_kg + self.fairing_kg + self.payload_kg + self.reaction_control.propellant_kg

    def shape(self, lowest: int) -> Shape:
        """What the air meets while that stage is the lowest. Without its fairing the vehicle keeps its form."""
        stage = self.stages[lowest]
        return Shape(
            area=self.reference_area_m2,
            length=self.reference_length_m,
            aft=stage.aft_m,
            mach=self.drag_mach,
            drag=self.drag_coefficient,
            slope=self.normal_slope,
            centre=self.pressure_centre_m,
            cross_area=stage.planform_m2 * self.cross_flow_drag,
            cross_centre=stage.planform_centre_m,
            damping=stage.pitch_damping,
        )

    def attached(self, lowest: int, fairing_kg: float, payload_kg: float) -> Body:
        """All from the lowest stage up, but for that stage's propellant and for the reaction control's."""
        parts = [part(stage.dry_kg, stage.dry) for stage in self.stages[lowest:]]
        parts += [part(stage.motor.propellant_kg, stage.propellant) for stage in self.stages[lowest + 1 :]]
        parts += [part(self.avionics_kg, self.avionics), part(fairing_kg, self.fairing)]
        return all_joined([*parts, part(payload_kg, self.payload)])

    def burnt(self, lowest: int, left: float, payload_kg: float) -> Body:
        """The vehicle with that part of the lowest stage's propellant left; the last stage flies without fairing."""
        fairing_kg = self.fairing_kg if lowest + 1 < len(self.stages) else 0.0
        above = self.attached(lowest, fairing_kg, payload_kg)
        above = joined(above, part(self.reaction_control.propellant_kg, self.avionics))
        stage = self.stages[lowest]
        return joined(above, part(left * stage.motor.propellant_kg, stage.propellant))


def names() -> tuple[str, ...]:
    """The vehicles that come with the software."""
    return checked.names(_FOLDER)


def load(name_or_path: str) -> Vehicle:
    """The vehicle of that name, or in that file. Raises Misuse with file, key and reason."""
    return parse(*checked.read(_FOLDER, name_or_path, "vehicle"))


def parse(text: str, source: str) -> Vehicle:
    """A vehicle from TOML text. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    drag, normal, trace = top.section("drag"), top.section("normal_force"), top.section("trace")
    mach = drag.rising("mach", 0.0, 100.0, 2, 64)
    coefficient = drag.numbers("coefficient", 0.0, 10.0, len(mach), len(mach))
    drag.finish()
    slope = normal.numbers("slope_per_rad", 0.0, 100.0, len(mach), len(mach))
    centre = normal.numbers("centre_m", 0.0, 1e3, len(mach), len(mach))
    cross_flow_drag = normal.number("cross_flow_drag", 0.0, 10.0)
    normal.finish()
    part = trace.rising("part", 0.0, 1.0, 2, 64)
    thrust = trace.numbers("thrust", 0.0, 10.0, len(part), len(part))
    if part[0] != 0.0 or part[-1] != 1.0:
        raise trace.refuse("part", "must go from 0.0 to 1.0")
    trace.finish()
    knots = tuple(zip(part, thrust, strict=True))
    vehicle = Vehicle(
        name=top.text("name", 16),
        help=top.text("help", 400, ""),
        reference_area_m2=top.number("reference_area_m2", 1e-4, 1e4),
        reference_length_m=top.number("reference_length_m", 1e-2, 1e2),
        avionics_kg=top.number("avionics_kg", 0.0, 1e6),
        fairing_kg=top.number("fairing_kg", 0.0, 1e6),
        payload_kg=top.number("payload_kg", 0.0, 1e6),
        avionics=_place(top.section("avionics")),
        fairing=_place(top.section("fairing")),
        payload=_place(top.section("payload")),
        drag_mach=mach,
        drag_coefficient=coefficient,
        normal_slope=slope,
        pressure_centre_m=centre,
        cross_flow_drag=cross_flow_drag,
        stages=tuple(_stage(section, knots) for section in top.sections("stage", 1, 3)),
        reaction_control=_reaction_control(top.section("reaction_control")),
        separation=_separation(top.section("separation")),
        sensors=_sensors(top.section("sensors")),
        power=_power(top.section("power")),
    )
    top.finish()
    first = vehicle.stages[0]
    if first.motor.mean_thrust_n < vehicle.lift_off_kg * 9.9:
        raise top.refuse("stage[0].mean_thrust_n", f"does not lift {vehicle.lift_off_kg:.0f} kg off the pad")
    for place, stage in enumerate(vehicle.stages):
        mass_centre = vehicle.burnt(place, 1.0, vehicle.payload_kg).centre
        if stage.nozzle_m <= mass_centre:
            raise top.refuse(f"stage[{place}].nozzle_m", f"is ahead of the centre of mass at {mass_centre:.2f} m")
    return vehicle


def _stage(section: checked.Section, trace: tuple[tuple[float, float], ...]) -> Stage:
    motor = SolidMotor(
        section.number("propellant_kg", 0.1, 1e7),
        section.number("specific_impulse_s", 10.0, 1000.0),
        section.number("mean_thrust_n", 1.0, 1e9),
        trace,
        section.number("rise_s", 1e-3, 10.0),
    )
    vectoring = None
    if "vectoring_limit_deg" in section.keys():
        vectoring = Vectoring(
            math.radians(section.number("vectoring_limit_deg", 0.01, 30.0)),
            math.radians(section.number("vectoring_rate_deg_s", 0.1, 1000.0)),
            section.number("vectoring_lag_s", 1e-3, 10.0),
        )
    stage = Stage(
        motor=motor,
        dry_kg=section.number("dry_kg", 0.1, 1e7),
        exit_area_m2=section.number("exit_area_m2", 0.0, 1e3),
        chamber_pressure_pa=section.number("chamber_pressure_pa", 1e4, 1e8),
        dry=_place(section.section("dry")),
        propellant=_place(section.section("propellant")),
        nozzle_m=section.number("nozzle_m", 0.0, 1e3),
        aft_m=section.number("aft_m", 0.0, 1e3),
        planform_m2=section.number("planform_m2", 0.0, 1e5),
        planform_centre_m=section.number("planform_centre_m", 0.0, 1e3),
        pitch_damping=section.number("pitch_damping", -1e5, 0.0),
        misalignment_pitch=math.radians(section.number("misalignment_pitch_deg", -5.0, 5.0, 0.0)),
        misalignment_yaw=math.radians(section.number("misalignment_yaw_deg", -5.0, 5.0, 0.0)),
        vectoring=vectoring,
    )
    section.finish()
    return stage


def _place(section: checked.Section) -> Place:
    place = Place(
        section.number("centre_m", 0.0, 1e3),
        section.number("roll_m", 1e-3, 1e3),
        section.number("pitch_m", 1e-3, 1e3),
    )
    section.finish()
    return place


def _reaction_control(section: checked.Section) -> ReactionControl:
    reaction_control = ReactionControl(
        propellant_kg=section.number("propellant_kg", 0.0, 1e5),
        density_kg_m3=section.number("density_kg_m3", 1.0, 1e4),
        pressure_pa=section.number("pressure_pa", 1e4, 1e8),
        ullage_m3=section.number("ullage_m3", 1e-6, 1e3),
        specific_impulse_s=section.number("specific_impulse_s", 10.0, 1000.0),
        roll_torque_n_m=section.number("roll_torque_n_m", 0.0, 1e7),
        pitch_torque_n_m=section.number("pitch_torque_n_m", 0.0, 1e7),
        arm_m=section.number("arm_m", 1e-3, 1e3),
        ring_m=section.number("ring_m", 0.0, 1e3),
        vent_s=section.number("vent_s", 1e-2, 1e4),
    )
    section.finish()
    return reaction_control


def _separation(section: checked.Section) -> Separation:
    separation = Separation(
        section.number("pyro_delay_s", 0.0, 10.0),
        section.number("igniter_delay_s", 0.0, 10.0),
        section.number("push_m_s2", 0.0, 1e3),
        section.number("push_s", 0.0, 10.0),
    )
    section.finish()
    return separation


def _sensors(section: checked.Section) -> Sensors:
    sensors = Sensors(
        force_noise_m_s2=section.number("force_noise_m_s2", 0.0, 100.0),
        force_bias_m_s2=section.number("force_bias_m_s2", 0.0, 100.0),
        force_step_m_s2=section.number("force_step_m_s2", 1e-9, 100.0),
        force_limit_m_s2=section.number("force_limit_m_s2", 1.0, 1e5),
        rate_noise_rad_s=section.number("rate_noise_rad_s", 0.0, 10.0),
        rate_bias_rad_s=section.number("rate_bias_rad_s", 0.0, 10.0),
        rate_step_rad_s=section.number("rate_step_rad_s", 1e-9, 10.0),
        rate_limit_rad_s=section.number("rate_limit_rad_s", 0.01, 1e4),
        gnss_position_m=section.number("gnss_position_m", 0.0, 1e5),
        gnss_velocity_m_s=section.number("gnss_velocity_m_s", 0.0, 1e4),
        barometer_noise_pa=section.number("barometer_noise_pa", 0.0, 1e5),
        barometer_step_pa=section.number("barometer_step_pa", 1e-6, 1e5),
        chamber_noise=section.number("chamber_noise", 0.0, 1.0),
        tank_noise_pa=section.number("tank_noise_pa", 0.0, 1e7),
        vectoring_noise_rad=section.number("vectoring_noise_rad", 0.0, 1.0),
    )
    section.finish()
    return sensors


def _power(section: checked.Section) -> Power:
    power = Power(
        section.number("bus_voltage_v", 1.0, 1000.0),
        section.number("bus_resistance_ohm", 0.0, 100.0),
        section.number("bus_current_a", 0.0, 1e4),
        section.number("pyro_current_a", 0.0, 1e3),
    )
    section.finish()
    return power
