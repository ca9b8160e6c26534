"""Reads the parts of a vehicle from its file's sections. Every reader raises Misuse with file, key and reason."""

from __future__ import annotations

import math

from flight.plans.checked import Section
from sim.engine import LiquidEngine, Vectoring, Vernier
from sim.masses import Place
from sim.motor import SolidMotor
from sim.parts import (
    Beacon,
    Boosters,
    Escape,
    Parachute,
    Power,
    ReactionControl,
    Sensors,
    Separation,
    Slosh,
    Stage,
    Tower,
)

Trace = tuple[tuple[float, float], ...]
"""Of a solid: (part of the burn, thrust over its mean)."""

PROPULSIONS = ("solid", "liquid")
LEAST_TRANSIENT_S = 0.02
"""Shorter transients than two steps of the simulation would be a step of their own."""


def trace(section: Section) -> Trace:
    """A solid motor's thrust over its burn."""
    part = section.rising("part", 0.0, 1.0, 2, 64)
    thrust = section.numbers("thrust", 0.0, 10.0, len(part), len(part))
    if part[0] != 0.0 or part[-1] != 1.0:
        raise section.refuse("part", "must go from 0.0 to 1.0")
    if max(thrust) == 0.0:
        raise section.refuse("thrust", "is 0 throughout")
    section.finish()
    return tuple(zip(part, thrust, strict=True))


def stage(section: Section, shared: Trace | None, machs: int) -> Stage:
    """One stage; `shared` is the trace for solids without one of their own, `machs` the length of the Mach table."""
    keys = section.keys()
    nozzle_m = section.number("nozzle_m", 0.0, 1e3)
    motor = _motor(section, shared, nozzle_m)
    normal_force = None
    if "normal_force" in keys:
        table = section.section("normal_force")
        normal_force = (
            table.numbers("slope_per_rad", 0.0, 100.0, machs, machs),
            table.numbers("centre_m", 0.0, 1e3, machs, machs),
        )
        table.finish()
    result = Stage(
        motor=motor,
        dry_kg=section.number("dry_kg", 0.1, 1e7),
        exit_area_m2=section.number("exit_area_m2", 0.0, 1e3),
        chamber_pressure_pa=section.number("chamber_pressure_pa", 1e4, 1e8),
        dry=place(section.section("dry")),
        propellant=place(section.section("propellant")),
        nozzle_m=nozzle_m,
        aft_m=section.number("aft_m", 0.0, 1e3),
        planform_m2=section.number("planform_m2", 0.0, 1e5),
        planform_centre_m=section.number("planform_centre_m", 0.0, 1e3),
        pitch_damping=section.number("pitch_damping", -1e5, 0.0),
        misalignment_pitch=math.radians(section.number("misalignment_pitch_deg", -5.0, 5.0, 0.0)),
        misalignment_yaw=math.radians(section.number("misalignment_yaw_deg", -5.0, 5.0, 0.0)),
        vectoring=_vectoring(section),
        slosh=_slosh(section.section("slosh")) if "slosh" in keys else None,
        normal_force=normal_force,
    )
    if result.slosh is not None and isinstance(motor, SolidMotor):
        raise section.refuse("slosh", "a solid's propellant does not slosh")
    section.finish()
    return result


def boosters(section: Section, shared: Trace | None) -> Boosters:
    """The boosters beside the lowest stage."""
    count = section.whole("count", 2, 4)
    if count == 3:
        raise section.refuse("count", "is 3; there can be 2 or 4")
    nozzle_m = section.number("nozzle_m", 0.0, 1e3)
    result = Boosters(
        count=count,
        ring_m=section.number("ring_m", 0.01, 100.0),
        motor=_motor(section, shared, nozzle_m),
        dry_kg=section.number("dry_kg", 0.1, 1e7),
        exit_area_m2=section.number("exit_area_m2", 0.0, 1e3),
        chamber_pressure_pa=section.number("chamber_pressure_pa", 1e4, 1e8),
        dry=place(section.section("dry")),
        propellant=place(section.section("propellant")),
        nozzle_m=nozzle_m,
        drag_area_m2=section.number("drag_area_m2", 0.0, 1e4),
        planform_m2=section.number("planform_m2", 0.0, 1e5, 0.0),
        planform_centre_m=section.number("planform_centre_m", 0.0, 1e3, 0.0),
        gimballed=section.flag("gimballed", False),
    )
    if isinstance(result.motor, LiquidEngine) and result.motor.vernier is not None:
        raise section.refuse("vernier", "boosters have none")
    section.finish()
    return result


def tower(section: Section) -> Tower:
    """The escape tower."""
    result = Tower(section.number("mass_kg", 0.1, 1e5), place(section.section("place")))
    section.finish()
    return result


def escape(section: Section) -> Escape:
    """The crew's escape."""
    result = Escape(
        capsule_kg=section.number("capsule_kg", 1.0, 1e6),
        escaping_kg=section.number("escaping_kg", 1.0, 1e6),
        place=place(section.section("place")),
        drag_area_m2=section.number("drag_area_m2", 0.01, 1e3),
        tower_thrust_n=section.number("tower_thrust_n", 0.0, 1e8),
        tower_burn_s=section.number("tower_burn_s", 0.01, 100.0),
        fairing_thrust_n=section.number("fairing_thrust_n", 0.0, 1e8),
        fairing_burn_s=section.number("fairing_burn_s", 0.01, 100.0),
        release_s=section.number("release_s", 0.0, 1000.0),
    )
    if result.escaping_kg < result.capsule_kg:
        raise section.refuse("escaping_kg", f"is less than the {result.capsule_kg:g} kg of the capsule in it")
    section.finish()
    return result


def parachute(section: Section) -> Parachute:
    """A parachute."""
    result = Parachute(
        section.number("drag_area_m2", 0.001, 1e4),
        section.number("inflate_s", 0.05, 60.0),
        section.number("attach_m", 0.0, 1e3),
    )
    section.finish()
    return result


def beacon(section: Section) -> Beacon:
    """The payload's transmitter."""
    result = Beacon(
        section.text("name", 16),
        section.number("sends_s", 0.0, 1e6, 0.0),
        section.number("bus_voltage_v", 1.0, 1000.0),
        section.number("bus_current_a", 0.0, 1e3),
    )
    if not result.name:
        raise section.refuse("name", "is empty")
    section.finish()
    return result


def place(section: Section) -> Place:
    """Where a part's mass is."""
    result = Place(
        section.number("centre_m", 0.0, 1e3),
        section.number("roll_m", 1e-3, 1e3),
        section.number("pitch_m", 1e-3, 1e3),
    )
    section.finish()
    return result


def reaction_control(section: Section) -> ReactionControl:
    """Thrusters and their tank."""
    result = ReactionControl(
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
        axial_n=section.number("axial_n", 0.0, 1e6, 0.0),
    )
    section.finish()
    return result


def separation(section: Section) -> Separation:
    """Pyrotechnics, igniters and springs."""
    result = Separation(
        section.number("pyro_delay_s", 0.0, 10.0),
        section.number("igniter_delay_s", 0.0, 10.0),
        section.number("push_m_s2", 0.0, 1e3),
        section.number("push_s", 0.0, 10.0),
    )
    section.finish()
    return result


def sensors(section: Section) -> Sensors:
    """The grade of the sensors."""
    result = Sensors(
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
    return result


def power(section: Section) -> Power:
    """The electric buses."""
    result = Power(
        section.number("bus_voltage_v", 1.0, 1000.0),
        section.number("bus_resistance_ohm", 0.0, 100.0),
        section.number("bus_current_a", 0.0, 1e4),
        section.number("pyro_current_a", 0.0, 1e3),
        section.number("servo_voltage_v", 0.0, 1e4, 0.0),
    )
    section.finish()
    return result


def _motor(section: Section, shared: Trace | None, nozzle_m: float) -> SolidMotor | LiquidEngine:
    propulsion = section.text("propulsion", 16, "solid")
    if propulsion not in PROPULSIONS:
        raise section.refuse("propulsion", f"{propulsion!r} is neither {' nor '.join(PROPULSIONS)}")
    return _solid(section, shared) if propulsion == "solid" else _liquid(section, nozzle_m)


def _solid(section: Section, shared: Trace | None) -> SolidMotor:
    own = trace(section.section("trace")) if "trace" in section.keys() else shared
    if own is None:
        raise section.refuse("trace", "missing; a solid needs one, here or for the whole vehicle")
    motor = SolidMotor(
        section.number("propellant_kg", 0.1, 1e7),
        section.number("specific_impulse_s", 10.0, 1000.0),
        section.number("mean_thrust_n", 1.0, 1e9),
        own,
        section.number("rise_s", 1e-3, 10.0),
    )
    if motor.rise_s >= motor.burn_s:
        raise section.refuse("rise_s", f"is not shorter than the burn of {motor.burn_s:.2f} s that the numbers give")
    return motor


def _liquid(section: Section, nozzle_m: float) -> LiquidEngine:
    throttle_least = section.number("throttle_least", 0.05, 1.0, 1.0)
    helium = section.number("helium_pressure_pa", 1e5, 1e8)
    engine = LiquidEngine(
        propellant_kg=section.number("propellant_kg", 0.1, 1e7),
        thrust_n=section.number("thrust_n", 1.0, 1e9),
        specific_impulse_s=section.number("specific_impulse_s", 10.0, 600.0),
        engines=section.whole("engines", 1, 100),
        start_s=section.number("start_s", LEAST_TRANSIENT_S, 60.0),
        shutdown_s=section.number("shutdown_s", LEAST_TRANSIENT_S, 60.0),
        throttle_least=throttle_least,
        throttle_rate=section.number("throttle_rate", 0.001, 100.0, None if throttle_least < 1.0 else 1.0),
        residual_kg=section.number("residual_kg", 0.0, 1e6),
        mixture_ratio=section.number("mixture_ratio", 0.1, 20.0),
        mixture_error=section.number("mixture_error", -0.2, 0.2, 0.0),
        fuel_tank_pressure_pa=section.number("fuel_tank_pressure_pa", 1e4, 1e8),
        oxidizer_tank_pressure_pa=section.number("oxidizer_tank_pressure_pa", 1e4, 1e8),
        helium_pressure_pa=helium,
        helium_end_pa=section.number("helium_end_pa", 0.0, 1e8, 0.2 * helium),
        residual_thrust_n=section.number("residual_thrust_n", 0.0, 1e7, 0.0),
        residual_s=section.number("residual_s", 0.0, 1000.0, 0.0),
        roll_arm_m=section.number("roll_arm_m", 0.0, 100.0, 0.0),
        vernier=_vernier(section.section("vernier"), nozzle_m) if "vernier" in section.keys() else None,
    )
    if engine.residual_kg >= 0.5 * engine.propellant_kg:
        raise section.refuse("residual_kg", f"is half or more of the {engine.propellant_kg:g} kg of propellant")
    if engine.helium_end_pa > helium:
        raise section.refuse("helium_end_pa", f"is above the {helium:g} Pa before the burn")
    if engine.residual_thrust_n > 0.2 * engine.thrust_n:
        raise section.refuse("residual_thrust_n", "is above a fifth of the thrust: that is no residue")
    if engine.burn_s <= engine.start_s + engine.shutdown_s:
        raise section.refuse("propellant_kg", f"is burnt within the transients, {engine.burn_s:.2f} s")
    return engine


def _vernier(section: Section, nozzle_m: float) -> Vernier:
    vernier = Vernier(
        thrust_n=section.number("thrust_n", 1.0, 1e8),
        specific_impulse_s=section.number("specific_impulse_s", 10.0, 600.0),
        exit_area_m2=section.number("exit_area_m2", 0.0, 1e3),
        chamber_pressure_pa=section.number("chamber_pressure_pa", 1e4, 1e8),
        nozzle_m=section.number("nozzle_m", 0.0, 1e3, nozzle_m),
        roll_arm_m=section.number("roll_arm_m", 0.0, 100.0, 0.0),
        vectoring=_vectoring(section),
    )
    section.finish()
    return vernier


def _vectoring(section: Section) -> Vectoring | None:
    if "vectoring_limit_deg" not in section.keys():
        return None
    return Vectoring(
        math.radians(section.number("vectoring_limit_deg", 0.01, 90.0)),
        math.radians(section.number("vectoring_rate_deg_s", 0.1, 1000.0)),
        section.number("vectoring_lag_s", 1e-3, 10.0),
    )


def _slosh(section: Section) -> Slosh:
    slosh = Slosh(
        section.number("mass_part", 0.001, 0.6),
        section.number("frequency_hz", 0.01, 10.0),
        section.number("damping", 0.0, 0.5),
        section.number("hinge_m", 0.0, 1e3),
    )
    section.finish()
    return slosh
