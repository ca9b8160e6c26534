"""`vermilion fly`: the simulated vehicle alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer


def fly(
    vehicle: Annotated[str, typer.Argument(help="Vehicle name, or the path of a vehicle file.")],
    scenario: Annotated[str, typer.Option(help="Scenario name, or the path of a scenario file.")] = "nominal",
    fault: Annotated[
        list[str] | None,
        typer.Option(help="KIND@SECONDS:KEY=VALUE,… beside the scenario's; SECONDS after lift-off. May be repeated."),
    ] = None,
    to: Annotated[str, typer.Option(help="Link URL that the telemetry goes to.")] = "pty:",
    speed: Annotated[str, typer.Option(help="Onboard seconds a real second, or max.")] = "1",
    seed: Annotated[int, typer.Option(help="Seed of all noise.")] = 1,
    dispersions: Annotated[
        str, typer.Option(help="What else the seed changes: a name or a file, as for vermilion campaign.")
    ] = "none",
    truth: Annotated[
        Path | None,
        typer.Option(
            help="File for the true states, .parquet or else CSV; the true events go to FILE.events.csv beside it."
        ),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Folder for a page of charts, an SVG file, from the truth.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Flies a simulated vehicle and sends its telemetry; ends when the flight ends."""
    from flight.links.factory import transmitter
    from flight.links.pacing import speed_of
    from flight.onboard import PythonComputer
    from flight.plans.plan import load as load_plan
    from sim import dispersion, picture
    from sim.flying import fly as fly_mission
    from sim.mission import Mission
    from sim.scenario import load as load_scenario
    from sim.truth import check_name
    from sim.vehicle import load as load_vehicle

    rate = speed_of(speed)
    if truth is not None:
        check_name(truth)
    model = load_vehicle(vehicle)
    flight = load_scenario(model.name, scenario).with_faults(fault or ())
    plan = load_plan(flight.plan)
    spread = dispersion.load(dispersions)
    drawn = dispersion.disperse(model, spread, seed)
    computer = PythonComputer(plan)
    watched = None if plot is None else picture.CommandLog(computer)
    rows = truth is not None or plot is not None
    mission = Mission(drawn.vehicle, plan, flight, seed, watched or computer, time_rate=rate, truth_rows=rows)
    mission.world.density_ratio = drawn.density_ratio
    link = transmitter(to, model.name, rate)

    def say(text: str, **record: object) -> None:
        print(json.dumps(record) if as_json else text, flush=True)

    async def run() -> None:
        await link.open()
        try:
            say(f"telemetry on {link.url}", type="link", url=link.url)
            await link.ready()
            await fly_mission(mission, link, rate)
        finally:
            await link.close()

    asyncio.run(run())
    if truth is not None:
        mission.truth.write_rows(truth)
        mission.truth.write_events(truth.with_name(truth.name + ".events.csv"))
    if plot is not None and watched is not None:
        name = f"{model.name}-{flight.name}-{spread.name}-{seed}"
        title = f"{model.name}, {flight.name}, dispersions {spread.name}, seed {seed}"
        page = picture.draw(title, mission.truth.rows or [], mission.truth.events, watched.axes)
        file = picture.write(plot, name, page)
        say(f"picture in {file}", type="picture", path=str(file))
    say(
        f"{mission.end_reason} at T+{mission.time_s - (mission.world.liftoff_s or 0.0):.1f} s; {link.bytes_lost} bytes "
        f"lost; telemetry SHA-256 {computer.telemetry_sha256}",
        type="summary",
        end_reason=mission.end_reason,
        bytes_lost=link.bytes_lost,
        telemetry_sha256=computer.telemetry_sha256,
    )
