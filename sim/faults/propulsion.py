"""Faults of motors, joints and reaction control."""

from __future__ import annotations

import math
import random

from sim.burn import LiquidBurn
from sim.faults.fault import Choice, Effect, Fault, Parts
from sim.faults.motor import WeakenedMotor
from sim.parts import NO_REACTION_CONTROL
from sim.vehicle import Vehicle
from sim.world import AFT_K, World

_CIRCUITS = {
    "stage_1": "stage_1_separation_pyro",
    "stage_2": "stage_2_separation_pyro",
    "boosters": "booster_separation_pyro",
    "tower": "tower_pyro",
    "drogue": "drogue_pyro",
    "main": "main_pyro",
    "fairing": "fairing_pyro",
    "payload": "payload_pyro",
}

JOINT = Choice("joint", tuple(_CIRCUITS))
"""What is to come off at it."""

HOT_K = 300.0
"""How much hotter a burnt-through nozzle makes the bay around it (assumed)."""
ONSET_S = 0.05
"""How fast a motor that is weak from now on gets there (assumed): a step would be no motor's."""


def lacks_thrusters(vehicle: Vehicle, fault: Fault) -> str:
    """For faults of reaction control."""
    there = vehicle.reaction_control is not NO_REACTION_CONTROL
    return "" if there else f"{vehicle.name} has no reaction control"


def lacks_joint(vehicle: Vehicle, fault: Fault) -> str:
    """For a joint that is to stay closed."""
    last = vehicle.number_of(len(vehicle.stages) - 1)
    there = {
        "stage_1": vehicle.first_stage == 1 and last > 1,
        "stage_2": last > 2,
        "boosters": vehicle.boosters is not None,
        "tower": vehicle.tower is not None,
        "fairing": vehicle.fairing_kg > 0.0,
        "drogue": vehicle.drogue is not None,
        "main": vehicle.main is not None,
    }
    return "" if there.get(fault.choice, True) else f"joint: {vehicle.name} has no {fault.choice} to separate"


def leak(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The tank leaks from now on."""
    tank, values = parts.world.tank, fault.values
    tank.leak_kg_s = values["mass_rate_kg_s"]
    tank.leak_torque_n_m = (values["torque_roll_n_m"], values["torque_pitch_n_m"], values["torque_yaw_n_m"])
    return Effect()


def misalign(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor's thrust points elsewhere."""
    values = fault.values
    parts.world.propulsion.misalignment[stage_of(parts, fault)] = (
        math.radians(values["pitch_deg"]),
        math.radians(values["yaw_deg"]),
    )
    return Effect()


def weaken(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor is weak, from ignition or from now on."""
    lose_thrust(parts.world, stage_of(parts, fault), ONSET_S, fault.values["part"])
    return Effect()


def quench(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor goes out."""
    lose_thrust(parts.world, stage_of(parts, fault), fault.values["tail_s"], 1.0)
    return Effect()


def keep_unlit(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor cannot be lit."""
    parts.wiring.cut(f"stage_{int(fault.values['stage'])}_igniter")
    return Effect()


def keep_on(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A joint cannot be opened."""
    parts.wiring.cut(_CIRCUITS[fault.choice])
    return Effect()


def burn_through(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """Thrust and pressure down, side force up, and the nozzle's actuators drift; all ends with the stage."""
    world, wiring, values, stage = parts.world, parts.wiring, fault.values, stage_of(parts, fault)
    lose_thrust(world, stage, values["ramp_s"], values["pressure_part"])
    vectoring = world.vehicle.stages[stage].vectoring
    stop = 0.0 if vectoring is None else vectoring.limit
    direction = math.radians(values["direction_deg"])
    ahead, aside = math.cos(direction), math.sin(direction)
    rate, side = math.radians(values["drift_deg_s"]), math.asin(values["side_part"])
    turned = drifted = 0.0

    def step(age_s: float) -> None:
        nonlocal turned, drifted
        if world.lowest == stage:
            turn, drift = side * min(1.0, age_s / values["ramp_s"]), min(stop, rate * age_s)
            world.aft_k = AFT_K + HOT_K * min(1.0, age_s / values["ramp_s"])
        else:
            turn, drift = turned, 0.0
            world.aft_k = AFT_K
        pitch, yaw = world.propulsion.misalignment[stage]
        world.propulsion.misalignment[stage] = pitch + ahead * (turn - turned), yaw + aside * (turn - turned)
        wiring.pitch += ahead * (drift - drifted)
        wiring.yaw += aside * (drift - drifted)
        turned, drifted = turn, drift

    return Effect(step=step)


def stage_of(parts: Parts, fault: Fault) -> int:
    """Index of the fault's stage."""
    place = parts.world.vehicle.place_of(int(fault.values["stage"]))
    assert place is not None, "the course has refused it"
    return place


def lose_thrust(world: World, stage: int, ramp_s: float, part: float) -> None:
    """A stage's motor loses that part of its thrust within `ramp_s`; all of it, and it has gone out."""
    now, burn = world.time_s, world.propulsion.burns[stage]
    if isinstance(burn, LiquidBurn):
        if part >= 1.0:
            burn.quench(now, ramp_s)
        else:
            burn.weaken(now, ramp_s, part)
        return
    from_s = 0.0 if burn.ignited_s is None else max(0.0, now - burn.ignited_s)
    burn.motor = WeakenedMotor(burn.motor, from_s, ramp_s, part)
