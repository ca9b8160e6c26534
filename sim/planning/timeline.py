"""Thrust and mass of a whole ascent over time, as planned: they do not depend on the path.

Engines are at full thrust at once; half of each start and of each shutdown is put beside the burn as a wait.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flight.plans.plan import FlightPlan
from sim.engine import LiquidEngine
from sim.motor import SolidMotor
from sim.vehicle import Vehicle

PROMPT_S = 0.1
"""From a command to what it does, planned for pyrotechnics and igniters together with the computer's own step."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of the ascent in which nothing is lit, shut down, throttled or dropped.

    `thrust` gives vacuum thrust in N and the mass in kg at a time since lift-off. `drag_area` is times the drag
    coefficient, m2. `usable_kg` is what the burning stage may still burn at its end.
    """

    start_s: float
    end_s: float
    stage: int
    burning: bool
    thrust: Callable[[float], tuple[float, float]]
    exit_area: float
    drag_area: float
    usable_kg: float


@dataclass(slots=True)
class _Pile:
    """The legs so far, and what the vehicle weighs at their end."""

    legs: list[Leg]
    time_s: float
    mass_kg: float
    drag_area: float

    def drop(self, kilograms: float) -> None:
        self.mass_kg -= kilograms


def timeline(vehicle: Vehicle, plan: FlightPlan, payload_kg: float, kept_kg: float = 0.0) -> list[Leg]:
    """All legs from lift-off to the end of the last burn; every stage burns all that it can, the last keeps some."""
    mass = vehicle.lift_off_kg - vehicle.payload_kg + payload_kg
    pile = _Pile([], 0.0, mass, vehicle.reference_area_m2)
    if vehicle.boosters is not None:
        pile.drag_area += vehicle.boosters.count * vehicle.boosters.drag_area_m2
    drops = [
        (plan.tower_s, 0.0 if vehicle.tower is None else vehicle.tower.mass_kg),
        (plan.fairing_s, vehicle.fairing_kg),
    ]
    drops = sorted(drop for drop in drops if drop[0] > 0.0)
    for place, stage in enumerate(vehicle.stages):
        aims = plan.stages[place]
        if place > 0:
            if aims.ignition_s > pile.time_s:
                _wait(pile, vehicle, place, aims.ignition_s - pile.time_s, drops)
            lit = pile.time_s + aims.ignition_delay_s + aims.ullage_s + PROMPT_S + _half_start(stage.motor)
            if plan.fairing_stage == place:
                drops = sorted([*drops, (min(pile.time_s + plan.fairing_delay_s, lit), vehicle.fairing_kg)])
            _wait(pile, vehicle, place, lit - pile.time_s, drops)
        if isinstance(stage.motor, SolidMotor):
            _solid(pile, vehicle, place, drops)
        else:
            last = place + 1 == len(vehicle.stages)
            _liquid(pile, vehicle, plan, place, drops, kept_kg if last else 0.0)
        if place + 1 < len(vehicle.stages):
            _wait(pile, vehicle, place, aims.separation_delay_s + PROMPT_S + _half_stop(stage.motor), drops)
            residue = stage.motor.propellant_kg - _usable(stage.motor)
            pile.drop(stage.dry_kg + residue)
    return pile.legs


def _usable(motor: SolidMotor | LiquidEngine) -> float:
    return motor.propellant_kg if isinstance(motor, SolidMotor) else motor.usable_kg


def _half_start(motor: SolidMotor | LiquidEngine) -> float:
    return 0.0 if isinstance(motor, SolidMotor) else 0.5 * motor.start_s


def _half_stop(motor: SolidMotor | LiquidEngine) -> float:
    return 0.0 if isinstance(motor, SolidMotor) else 0.5 * motor.shutdown_s


def _wait(pile: _Pile, vehicle: Vehicle, place: int, seconds: float, drops: list[tuple[float, float]]) -> None:
    _burn(pile, place, seconds, 0.0, 0.0, 0.0, 0.0, drops, burning=False)


def _solid(pile: _Pile, vehicle: Vehicle, place: int, drops: list[tuple[float, float]]) -> None:
    stage, start, mass = vehicle.stages[place], pile.time_s, pile.mass_kg
    motor = stage.motor
    end = start + motor.burn_s
    while drops and drops[0][0] < end:
        pile.drop(drops.pop(0)[1])
        mass = pile.mass_kg

    def thrust(time: float) -> tuple[float, float]:
        force, burnt = motor.at(time - start)
        return force, mass - burnt

    pile.legs.append(Leg(start, end, place, True, thrust, stage.exit_area_m2, pile.drag_area, 0.0))
    pile.time_s, pile.mass_kg = end, mass - motor.propellant_kg


def _liquid(
    pile: _Pile, vehicle: Vehicle, plan: FlightPlan, place: int, drops: list[tuple[float, float]], kept_kg: float
) -> None:
    """Main engine and vernier together, then the vernier alone; beneath boosters with them, throttled as planned."""
    stage, aims = vehicle.stages[place], plan.stages[place]
    engine = stage.motor
    assert isinstance(engine, LiquidEngine)
    vernier = engine.vernier
    small, trickle, mouth = (0.0, 0.0, 0.0)
    if vernier is not None:
        small, trickle, mouth = vernier.thrust_n, vernier.flow_kg_s, vernier.exit_area_m2
    left = engine.usable_kg - kept_kg - aims.vernier_s * trickle
    boosters = vehicle.boosters if place == 0 else None
    if boosters is not None:
        assert isinstance(boosters.motor, LiquidEngine)
        strap = boosters.motor
        start, until = pile.time_s, pile.time_s + strap.usable_kg / strap.flow_kg_s
        changes = [time for time, _ in plan.throttle if start < time < until]
        for begin, end in zip([start, *changes], [*changes, until], strict=True):
            level = max((entry for entry in plan.throttle if entry[0] <= begin), default=(0.0, 1.0))[1]
            flow = level * engine.flow_kg_s + trickle
            left -= flow * (end - begin)
            force = level * engine.thrust_n + small + boosters.count * strap.thrust_n
            area = stage.exit_area_m2 + mouth + boosters.count * boosters.exit_area_m2
            _burn(pile, place, end - begin, force, flow + boosters.count * strap.flow_kg_s, area, left, drops)
        wait = (
            PROMPT_S + 0.5 * strap.shutdown_s + plan.boosters.separation_delay_s if plan.boosters is not None else 0.0
        )
        flow = engine.flow_kg_s + trickle
        left -= flow * wait
        _burn(pile, place, wait, engine.thrust_n + small, flow, stage.exit_area_m2 + mouth, left, drops)
        pile.drop(boosters.count * (boosters.dry_kg + strap.propellant_kg - strap.usable_kg))
        pile.drag_area = vehicle.reference_area_m2
    flow = engine.flow_kg_s + trickle
    _burn(pile, place, left / flow, engine.thrust_n + small, flow, stage.exit_area_m2 + mouth, 0.0, drops)
    if aims.vernier_s > 0.0:
        _burn(pile, place, aims.vernier_s, small, trickle, mouth, 0.0, drops)


def _burn(
    pile: _Pile,
    place: int,
    seconds: float,
    force: float,
    flow: float,
    area: float,
    usable_kg: float,
    drops: list[tuple[float, float]],
    burning: bool = True,
) -> None:
    """One or more legs of constant thrust and flow, cut where something is dropped."""
    end = pile.time_s + seconds
    while pile.time_s < end - 1e-9:
        while drops and drops[0][0] <= pile.time_s:
            pile.drop(drops.pop(0)[1])
        until = min(end, drops[0][0]) if drops else end
        start, mass = pile.time_s, pile.mass_kg

        def thrust(time: float, start: float = start, mass: float = mass) -> tuple[float, float]:
            return force, mass - flow * (time - start)

        left = usable_kg + flow * (end - until)
        pile.legs.append(Leg(start, until, place, burning, thrust, area, pile.drag_area, left))
        pile.time_s, pile.mass_kg = until, mass - flow * (until - start)
