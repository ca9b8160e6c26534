"""A flight plan's numbers: `python -m sim.planning PLAN [--payload KG] [--kick DEGREES] [--inclination DEGREES]`.

Prints what the plan's vehicle and the best ascent of a point mass ask of the plan; nothing is written.
"""

from __future__ import annotations

import math
from typing import Annotated

import typer

from flight.plans import plan as plans
from sim import vehicle as vehicles
from sim.planning import numbers, search
from sim.planning.ascent import launch
from sim.planning.timeline import timeline


def main(
    plan_name: Annotated[str, typer.Argument(metavar="PLAN", help="flight plan by name or file")],
    payload: Annotated[float | None, typer.Option(help="kg; the vehicle's own where none is given")] = None,
    kick: Annotated[float | None, typer.Option(help="degrees from the vertical; the best one else")] = None,
    inclination: Annotated[float | None, typer.Option(help="degrees; looks for the azimuth that leads there")] = None,
) -> None:
    """Prints the numbers of a flight plan."""
    plan = plans.load(plan_name)
    vehicle = vehicles.load(plan.vehicle)
    payload_kg = vehicle.payload_kg if payload is None else payload
    kicks = search.KICKS if kick is None else (kick, kick)
    if inclination is not None:
        plan = search.turned(vehicle, plan, payload_kg, inclination, kicks)
    ascent = search.search(vehicle, plan, payload_kg, kicks)
    times, pitches = search.program(ascent, launch(plan.site, plan.azimuth_deg))
    strained = max(ascent.points, key=lambda point: point.dynamic_pressure)
    typer.echo(f"kick {ascent.steering.kick_deg:.2f} degrees, {ascent.left_kg:+.0f} kg left at T+{ascent.cut_s:.1f}")
    typer.echo(f"largest dynamic pressure {strained.dynamic_pressure:.0f} Pa at T+{strained.time_s:.1f}")
    typer.echo(
        f"azimuth_deg = {plan.azimuth_deg:.2f} # leads to an inclination of {ascent.inclination_deg:.3f} degrees"
    )
    typer.echo(f"time_s = {list(times)}\npitch_deg = {list(pitches)}")
    for leg in timeline(vehicle, plan, payload_kg):
        thrust, mass = leg.thrust(leg.start_s)
        stage = leg.stage + plan.first_stage
        typer.echo(f"T+{leg.start_s:.2f} to T+{leg.end_s:.2f} stage {stage}: {thrust:.0f} N, {mass:.0f} kg")
    if vehicle.boosters is not None:
        typer.echo(f"boosters: {_rounded(numbers.booster_numbers(vehicle, payload_kg))}")
    for place in range(len(vehicle.stages)):
        found = numbers.stage_numbers(vehicle, plan, place, payload_kg)
        typer.echo(f"stage {place + plan.first_stage}: {_rounded(found)}")


def _rounded(found: numbers.Numbers) -> str:
    return ", ".join(f"{key} = {rounded(value):g}" for key, value in found.items())


def rounded(value: float) -> float:
    """To five figures."""
    return 0.0 if value == 0.0 else round(value, 4 - math.floor(math.log10(abs(value))))


if __name__ == "__main__":
    typer.run(main)
