"""When a plan's events come: `python -m sim.planning.events VEHICLE SCENARIO` flies its closed loop and prints them.

Perfect sensors, no faults, the mean of the usual wind. The windows are wide enough for dispersed flights: a part of
what has gone by, more for what depends on the path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from re import compile as pattern
from typing import Annotated

import typer

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.plans.plan import ExpectedEvent, FlightPlan
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission
from sim.scenario import Scenario
from sim.vehicle import Vehicle
from sim.wind import usual

WINDOW_PART = 0.06
WINDOW_S = 5.0
"""A window reaches so much to either side, and this part of the time since lift-off: five deviations and more."""
WIDE_S = {
    **{"max_q": 25.0, "apogee": 60.0, "drogue_deployment": 60.0, "main_deployment": 75.0, "landing": 90.0},
    "impact": 60.0,
}
"""What depends on the path or the air, and not on the time alone."""
PAD_S = 2.0
"""To either side of ignition; lift-off's is half of it, as it is what times are counted from."""
NOT_PLANNED = ("attitude_loss",)
_STEP_OR_LIMIT = pattern("_(step|limit)_")


def perfect(vehicle: Vehicle) -> Vehicle:
    """The vehicle with sensors that neither err nor tremble."""
    errors = [field.name for field in fields(vehicle.sensors) if not _STEP_OR_LIMIT.search(field.name)]
    return replace(vehicle, sensors=replace(vehicle.sensors, **dict.fromkeys(errors, 0.0)))


def flown(vehicle: Vehicle, plan: FlightPlan, scenario: Scenario) -> Mission:
    """The whole flight in closed loop."""
    mission = Mission(perfect(vehicle), plan, replace(scenario, faults=()), 0, PythonComputer(plan))
    mission.world.wind = usual()
    while not mission.finished:
        mission.step()
    return mission


def table(happened: Sequence[tuple[str, float]]) -> list[ExpectedEvent]:
    """The plan's events from true ones: name and seconds after lift-off."""
    events = []
    running = False
    for name, time in happened:
        running = (running or name.endswith("ignition")) and not name.endswith("burnout")
        # Where an engine burns it is thrust that says when the vehicle is highest: no event to wait for.
        if name in NOT_PLANNED or (name == "apogee" and running):
            continue
        wide = WIDE_S.get(name, WINDOW_S + WINDOW_PART * max(0.0, time))
        if name == "ignition":
            wide = PAD_S
        if name == "liftoff":
            wide = 0.5 * PAD_S
        events.append(ExpectedEvent(name, round(time, 2), round(time - wide, 1), round(time + wide, 1)))
    return events


def main(
    vehicle: Annotated[str, typer.Argument(help="vehicle by name or file")],
    scenario: Annotated[str, typer.Argument(help="whose plan and payload; its faults are left out")],
) -> None:
    """Prints a plan's table of events."""
    spec = vehicles.load(vehicle)
    healthy = scenarios.load(spec.name, scenario)
    mission = flown(spec, plans.load(healthy.plan), healthy)
    happened = [(event.name, event.flown_s) for event in mission.truth.events if event.flown_s is not None]
    typer.echo("[events]")
    for event in table(happened):
        limits = f"earliest_s = {event.earliest_s}, latest_s = {event.latest_s}"
        typer.echo(f"{event.name} = {{ time_s = {event.time_s}, {limits} }}")


if __name__ == "__main__":
    typer.run(main)
