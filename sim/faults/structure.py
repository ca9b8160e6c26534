"""Faults of boosters that do not leave, of the servos' bus, and the end of a vehicle."""

from __future__ import annotations

import math
import random

from sim.burn import LiquidBurn
from sim.engine import LiquidEngine
from sim.faults.fault import Effect, Fault, Parts
from sim.faults.propulsion import lose_thrust
from sim.propulsion import booster_place
from sim.sideways import BLOW_S, Side
from sim.vehicle import Vehicle
from sim.world import STEP_S

SAG_S = 0.02
"""How fast an arc pulls the servos' bus down (assumed)."""
BURST_S = 0.02
"""How fast a motor is out whose stage breaks (assumed)."""


def lacks_booster(vehicle: Vehicle, fault: Fault) -> str:
    """For faults of one booster."""
    count = 0 if vehicle.boosters is None else vehicle.boosters.count
    return "" if fault.values["booster"] <= count else f"booster: {vehicle.name} has {count or 'none'}"


def lacks_core_tanks(vehicle: Vehicle, fault: Fault) -> str:
    """For a booster that hits the core's tank."""
    solid = "" if isinstance(vehicle.stages[0].motor, LiquidEngine) else "the core has no tanks to hit"
    return lacks_booster(vehicle, fault) or solid


def lacks_servo_bus(vehicle: Vehicle, fault: Fault) -> str:
    """For faults of the servos' bus."""
    return "" if vehicle.power.servo_voltage_v > 0.0 else f"{vehicle.name} has no servo bus (power.servo_voltage_v)"


def stop_booster(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """One booster goes out."""
    booster = parts.world.propulsion.beside[int(fault.values["booster"]) - 1]
    if isinstance(booster, LiquidBurn):
        booster.quench(parts.world.time_s, fault.values["tail_s"])
    return Effect()


def lacks_liquid_booster(vehicle: Vehicle, fault: Fault) -> str:
    """For a booster that can be shut down."""
    liquid = vehicle.boosters is not None and isinstance(vehicle.boosters.motor, LiquidEngine)
    return lacks_booster(vehicle, fault) or ("" if liquid else "booster: a solid one does not go out")


def touch(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """One booster hangs on as the others leave, then hits the core's tank."""
    world, values = parts.world, fault.values
    place = int(values["booster"]) - 1
    world.hung = place
    burn = world.propulsion.burns[0]
    left_s: float | None = None
    hit = False
    kept = math.exp(-STEP_S / values["leak_s"])

    def step(age_s: float) -> None:
        nonlocal left_s, hit
        if world.lowest != 0 or world.module is not None:
            return
        if left_s is None:
            left_s = world.time_s if sum(world.propulsion.attached) == 1 else None
        elif not hit and world.time_s - left_s >= values["delay_s"]:
            hit = True
            _hit(parts, place, values["blow_m_s"])
        if hit and isinstance(burn, LiquidBurn):
            burn.tanks.oxidizer *= kept

    return Effect(step=step)


def _hit(parts: Parts, place: int, blow_m_s: float) -> None:
    """Its nose strikes from the side, at the height of its own."""
    world = parts.world
    spec = world.vehicle.boosters
    assert spec is not None, "the course has refused it"
    y, z = booster_place(spec, place)
    pushed = blow_m_s / BLOW_S
    side_y, side_z = -pushed * y / spec.ring_m, -pushed * z / spec.ring_m
    mass, body = world.mass_kg, world.vehicle.burnt(0, 0.5, world.vehicle.payload_kg)
    arm = body.centre - spec.dry.centre_m
    turn = Side(0.0, side_y, side_z, 0.0, -arm * mass * side_z, arm * mass * side_y)
    world.sideways.blow(world.time_s + BLOW_S, turn)
    world.drop_hung()


def arc(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The servos' bus breaks down: their nozzles stay where they are."""
    world, whole = parts.world, parts.world.servo_voltage_v
    low = min(whole, fault.values["voltage_v"])
    world.propulsion.servos_on = False

    def step(age_s: float) -> None:
        world.servo_voltage_v = low + (whole - low) * max(0.0, 1.0 - age_s / SAG_S)

    return Effect(step=step)


def lacks_upper_stage(vehicle: Vehicle, fault: Fault) -> str:
    """For joints that break."""
    return "" if len(vehicle.stages) > 1 else f"{vehicle.name} has one stage: no joint that could break"


def break_up(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The lowest stage bursts, its joint breaks and the fairing comes off: no circuit has fired. What is left above is
    shaken and thrown round, falls broadside, and is silent when the air has taken its antennas.
    """
    world, values, stage = parts.world, fault.values, parts.world.lowest
    if world.ignited_s[stage] is not None:
        lose_thrust(world, stage, BURST_S, 1.0)
    angle = draw.uniform(0.0, 2.0 * math.pi)
    push_y, push_z = values["shock_m_s2"] * math.cos(angle), values["shock_m_s2"] * math.sin(angle)

    def step(age_s: float) -> None:
        if world.lowest == stage and age_s > BURST_S:
            world.separate(stage)
            world.release("fairing")
            world.spent = None
            turn = values["arm_m"] * world.mass_kg
            world.sideways.blow(world.time_s + BLOW_S, Side(0.0, push_y, push_z, 0.0, -turn * push_z, turn * push_y))
        if age_s >= values["lasts_s"]:
            parts.destroy()

    return Effect(step=step)


def destroy(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """Nothing is left that flies or speaks."""
    parts.destroy()
    return Effect()
