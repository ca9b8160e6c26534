"""Faults of motors, joints and reaction control."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from sim.faults.fault import Choice, Effect, Fault, Parts
from sim.faults.motor import WeakenedMotor
from sim.world import World

_CIRCUITS = {
    "stage_1": "stage_1_separation_pyro",
    "stage_2": "stage_2_separation_pyro",
    "fairing": "fairing_pyro",
    "payload": "payload_pyro",
}

JOINT = Choice("joint", tuple(_CIRCUITS))
"""What is to come off at it."""

ONSET_S = 0.05
"""How fast a motor that is weak from now on gets there (assumed): a step would be no motor's."""


def leak(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The tank leaks from now on."""
    tank, values = parts.world.tank, fault.values
    tank.leak_kg_s = values["mass_rate_kg_s"]
    tank.leak_torque_n_m = (values["torque_roll_n_m"], values["torque_pitch_n_m"], values["torque_yaw_n_m"])
    return Effect()


def misalign(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor's thrust points elsewhere."""
    values = fault.values
    parts.world.misalignment[_stage(fault)] = math.radians(values["pitch_deg"]), math.radians(values["yaw_deg"])
    return Effect()


def weaken(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor is weak, from ignition or from now on."""
    _weaken(parts.world, _stage(fault), ONSET_S, fault.values["part"])
    return Effect()


def quench(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor goes out."""
    _weaken(parts.world, _stage(fault), fault.values["tail_s"], 1.0)
    return Effect()


def keep_unlit(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A motor cannot be lit."""
    parts.wiring.cut(f"stage_{_stage(fault) + 1}_igniter")
    return Effect()


def keep_on(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A joint cannot be opened."""
    parts.wiring.cut(_CIRCUITS[fault.choice])
    return Effect()


def burn_through(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """Thrust and pressure down, side force up, and the nozzle's actuators drift; all ends with the stage."""
    world, wiring, values, stage = parts.world, parts.wiring, fault.values, _stage(fault)
    _weaken(world, stage, values["ramp_s"], values["pressure_part"])
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
        else:
            turn, drift = turned, 0.0
        pitch, yaw = world.misalignment[stage]
        world.misalignment[stage] = pitch + ahead * (turn - turned), yaw + aside * (turn - turned)
        wiring.pitch += ahead * (drift - drifted)
        wiring.yaw += aside * (drift - drifted)
        turned, drifted = turn, drift

    return Effect(step=step)


def _stage(fault: Fault) -> int:
    return int(fault.values["stage"]) - 1


def _weaken(world: World, stage: int, ramp_s: float, part: float) -> None:
    ignited = world.ignited_s[stage]
    from_s = 0.0 if ignited is None else max(0.0, world.time_s - ignited)
    stages = list(world.vehicle.stages)
    stages[stage] = replace(stages[stage], motor=WeakenedMotor(stages[stage].motor, from_s, ramp_s, part))
    world.vehicle = replace(world.vehicle, stages=tuple(stages))
