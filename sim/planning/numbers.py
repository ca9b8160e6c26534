"""What a flight plan must know of its vehicle, from the vehicle's file: masses, thrusts, angular accelerations."""

from __future__ import annotations

import math
from itertools import pairwise

from flight.plans.plan import FlightPlan
from sim.engine import LiquidEngine
from sim.masses import Body
from sim.parts import Stage
from sim.planning.timeline import Leg, timeline
from sim.vehicle import Vehicle

RUNNING_PART = 0.1
"""Of a liquid engine's chamber pressure: above it the engine runs. Solids fade, theirs is `FADED_PART`."""
FADED_PART = 0.03
Numbers = dict[str, float]


def stage_numbers(vehicle: Vehicle, plan: FlightPlan, place: int, payload_kg: float) -> Numbers:
    """The keys of one `[[stage]]` of a plan that follow from the vehicle; SI units and degrees as in the file.

    Vectoring's authorities are those of the beginning and the end of the burn, the thrusters' those half-way.
    """
    stage = vehicle.stages[place]
    motor = stage.motor
    full, half, empty = (vehicle.burnt(place, left, payload_kg) for left in (1.0, 0.5, 0.0))
    part = RUNNING_PART if isinstance(motor, LiquidEngine) else FADED_PART
    numbers: Numbers = {"running_pressure_pa": part * stage.chamber_pressure_pa}
    if place > 0:
        numbers["thrust_n"] = motor.mean_thrust_n
        numbers["exhaust_speed_m_s"] = motor.exhaust_speed
        numbers["mass_kg"] = ignition_kg(timeline(vehicle, plan, payload_kg), place)
    if isinstance(motor, LiquidEngine) and place > 0:
        vernier_on = motor.vernier is not None and plan.stages[place].vernier_s > 0.0
        last = motor.vernier.thrust_n if motor.vernier is not None and vernier_on else motor.mean_thrust_n
        numbers["shutdown_impulse_n_s"] = 0.5 * motor.shutdown_s * last
        if vernier_on:
            numbers["main_shutdown_impulse_n_s"] = 0.5 * motor.shutdown_s * motor.thrust_n
    steers = _steering_thrust(stage)
    if steers > 0.0:
        numbers["vectoring_authority"] = steers * _arm(stage, full) / full.pitch
        numbers["vectoring_authority_end"] = steers * _arm(stage, empty) / empty.pitch
        roll = _roll_torque(stage) / half.roll
        if roll > 0.0:
            numbers["vectoring_roll_authority"] = roll
        numbers["vectoring_limit_deg"] = math.degrees(_limit(stage))
    if isinstance(motor, LiquidEngine) and motor.vernier is not None and plan.stages[place].vernier_s > 0.0:
        vernier = motor.vernier
        numbers["vernier_pressure_pa"] = RUNNING_PART * vernier.chamber_pressure_pa
        numbers["vernier_thrust_n"] = vernier.thrust_n
        numbers["vernier_exhaust_speed_m_s"] = vernier.thrust_n / vernier.flow_kg_s
        late = vehicle.burnt(place, 0.05, payload_kg)
        numbers["vernier_authority"] = vernier.thrust_n * (vernier.nozzle_m - late.centre) / late.pitch
        numbers["vernier_roll_authority"] = vernier.thrust_n * vernier.roll_arm_m / late.roll
        if vernier.vectoring is not None:
            numbers["vernier_limit_deg"] = math.degrees(vernier.vectoring.limit)
    thrusters = vehicle.reaction_control
    if thrusters.propellant_kg > 0.0:
        numbers["roll_authority"] = thrusters.roll_torque_n_m / half.roll
        numbers["pitch_authority"] = thrusters.pitch_torque_n_m * thrusters.lever(half.centre) / half.pitch
    return numbers


def booster_numbers(vehicle: Vehicle, payload_kg: float) -> Numbers:
    """The keys of a plan's `[booster]`: authorities of all that turns, for the whole vehicle."""
    boosters, core = vehicle.boosters, vehicle.stages[0]
    if boosters is None:
        return {}
    whole = [vehicle.burnt(0, 1.0, payload_kg, 1.0), vehicle.burnt(0, 0.4, payload_kg, 0.0)]
    middle = vehicle.burnt(0, 0.7, payload_kg, 0.5)
    strapped = boosters.count * boosters.motor.mean_thrust_n if boosters.gimballed else 0.0
    torques = [
        _steering_thrust(core) * _arm(core, body) + strapped * (boosters.nozzle_m - body.centre) for body in whole
    ]
    roll = _roll_torque(core) + strapped * boosters.ring_m
    return {
        "count": boosters.count,
        "running_pressure_pa": RUNNING_PART * boosters.chamber_pressure_pa,
        "vectoring_authority": torques[0] / whole[0].pitch,
        "vectoring_authority_end": torques[1] / whole[1].pitch,
        "vectoring_roll_authority": roll / middle.roll,
    }


def ignition_kg(legs: list[Leg], place: int) -> float:
    """Mass at a stage's ignition, without what is dropped during that burn."""
    burns = [leg for leg in legs if leg.stage == place and leg.burning]
    dropped = sum(before.thrust(before.end_s)[1] - after.thrust(after.start_s)[1] for before, after in pairwise(burns))
    return burns[0].thrust(burns[0].start_s)[1] - dropped


def _steering_thrust(stage: Stage) -> float:
    """Of the nozzles that turn while the main engine burns: its own, else its verniers'."""
    vernier = stage.motor.vernier if isinstance(stage.motor, LiquidEngine) else None
    if stage.vectoring is not None:
        main = stage.motor.thrust_n if isinstance(stage.motor, LiquidEngine) else stage.motor.mean_thrust_n
        return main
    return vernier.thrust_n if vernier is not None and vernier.vectoring is not None else 0.0


def _arm(stage: Stage, body: Body) -> float:
    motor = stage.motor
    if stage.vectoring is None and isinstance(motor, LiquidEngine) and motor.vernier is not None:
        return motor.vernier.nozzle_m - body.centre
    return stage.nozzle_m - body.centre


def _roll_torque(stage: Stage) -> float:
    motor = stage.motor
    if not isinstance(motor, LiquidEngine):
        return 0.0
    if stage.vectoring is None:
        return motor.vernier.thrust_n * motor.vernier.roll_arm_m if motor.vernier is not None else 0.0
    return motor.thrust_n * motor.roll_arm_m


def _limit(stage: Stage) -> float:
    motor = stage.motor
    if stage.vectoring is not None:
        return stage.vectoring.limit
    if isinstance(motor, LiquidEngine) and motor.vernier is not None and motor.vernier.vectoring is not None:
        return motor.vernier.vectoring.limit
    return 0.0
