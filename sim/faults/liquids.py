"""Faults of liquid engines and of their tanks."""

from __future__ import annotations

import math
import random

from sim.burn import LiquidBurn
from sim.engine import LiquidEngine
from sim.faults.fault import Choice, Effect, Fault, Parts
from sim.faults.propulsion import stage_of
from sim.sideways import Side
from sim.vehicle import Vehicle
from sim.world import AFT_K, STEP_S, World

TANK = Choice("tank", ("fuel", "oxidizer", "helium"))
FIRE_K = 900.0
"""How much hotter than before an engine bay gets in a fire (assumed)."""
FIRE_RISE_S = 1.5


def lacks_liquid(vehicle: Vehicle, fault: Fault) -> str:
    """For faults of liquid engines alone."""
    return "" if _engine(vehicle, fault) is not None else f"stage: {int(fault.values['stage'])} has no liquid engine"


def lacks_vernier(vehicle: Vehicle, fault: Fault) -> str:
    """For faults of verniers."""
    engine = _engine(vehicle, fault)
    return "" if engine is not None and engine.vernier else f"stage: {int(fault.values['stage'])} has no vernier"


def lacks_slosh(vehicle: Vehicle, fault: Fault) -> str:
    """For faults of sloshing propellant."""
    place = vehicle.place_of(int(fault.values["stage"]))
    there = place is not None and vehicle.stages[place].slosh is not None
    return "" if there else f"stage: {int(fault.values['stage'])} has no slosh in its file"


def main_stopped(world: World, fault: Fault) -> bool:
    """The verniers of the stage burn on alone."""
    place = world.vehicle.place_of(int(fault.values["stage"]))
    return place is not None and world.burns(place) and not world.propulsion.burns[place].main_on


def stop_vernier(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The verniers go out."""
    _burn(parts, fault).vernier.stop(parts.world.time_s, fault.values["tail_s"])
    return Effect()


def remain(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """After its shutdown the engine goes on pushing."""
    burn = _burn(parts, fault)
    burn.residual_thrust_n, burn.residual_s = fault.values["thrust_n"], fault.values["lasts_s"]
    return Effect()


def leak(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A tank's pressure falls."""
    tanks, kept = _burn(parts, fault).tanks, math.exp(-STEP_S / fault.values["leak_s"])

    def step(age_s: float) -> None:
        setattr(tanks, fault.choice, getattr(tanks, fault.choice) * kept)

    return Effect(step=step)


def burn_bay(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A fuel leak on the pad, a fire in the engine bay after lift-off, helium lost, engine out."""
    world, burn, values = parts.world, _burn(parts, fault), fault.values
    stage, tanks = stage_of(parts, fault), burn.tanks
    tanks.fuel *= values["pressure_part"]
    kept = math.exp(-STEP_S / values["helium_s"])

    def step(age_s: float) -> None:
        if world.liftoff_s is None or world.lowest != stage:
            return
        flown = world.time_s - world.liftoff_s
        if flown >= values["fire_s"]:
            burning = min(1.0, (flown - values["fire_s"]) / FIRE_RISE_S)
            world.aft_k = max(world.aft_k, AFT_K + FIRE_K * burning)
            tanks.helium *= kept
        if flown >= values["out_s"]:
            burn.quench(world.time_s, values["tail_s"])

    return Effect(step=step)


def slosh(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """A bump sets propellant swinging; its swing grows, the vehicle rolls, and the engine starves at last."""
    world, burn, values = parts.world, _burn(parts, fault), fault.values
    stage = stage_of(parts, fault)
    pendulum = world.sideways.pendulums[stage]
    if pendulum is not None:
        pendulum.growth += values["growth"]
        pendulum.speed_y += values["bump_m_s"]
        pendulum.speed_z += 0.5 * values["bump_m_s"]

    def step(age_s: float) -> None:
        if world.lowest != stage:
            return
        world.sideways.blow(world.time_s, Side(0.0, 0.0, 0.0, values["roll_torque_n_m"], 0.0, 0.0))
        if age_s >= values["out_s"]:
            burn.quench(world.time_s, 1.0)

    return Effect(step=step)


def _engine(vehicle: Vehicle, fault: Fault) -> LiquidEngine | None:
    place = vehicle.place_of(int(fault.values["stage"]))
    motor = None if place is None else vehicle.stages[place].motor
    return motor if isinstance(motor, LiquidEngine) else None


def _burn(parts: Parts, fault: Fault) -> LiquidBurn:
    burn = parts.world.propulsion.burns[stage_of(parts, fault)]
    assert isinstance(burn, LiquidBurn), "the course has refused it"
    return burn
