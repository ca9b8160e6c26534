"""`vermilion campaign`: many dispersed flights, on all cores."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flight.wire.errors import Misuse

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sim.campaigns.campaign import Campaign
    from sim.campaigns.flight import Flown, Task
    from sim.campaigns.folder import CampaignFolder

PROFILE_FLIGHTS = 10
"""The fewest flights that a station takes a spread from (ground/profile.py); 40 are usual."""
PLAIN_EVERY_S = 10.0
"""Seconds between two lines of progress where no terminal can show a bar."""


def campaign(
    vehicle: Annotated[str, typer.Argument(help="Vehicle name, or the path of a vehicle file.")],
    scenario: Annotated[
        list[str] | None, typer.Option(help="Scenario name or file; may be given again. Default: nominal.")
    ] = None,
    flights: Annotated[int, typer.Option(help="Flights of each scenario.")] = 100,
    seed: Annotated[int, typer.Option(help="Seed of the whole campaign.")] = 1,
    dispersions: Annotated[str, typer.Option(help="What differs between flights: a name, or a file.")] = "default",
    without_faults: Annotated[
        bool, typer.Option("--without-faults", help="Leave out what the scenarios have go wrong.")
    ] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores if not given.")] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Fly on the Dask cluster of that scheduler (extra scale).")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Compiled by numba (extra fast); the result is the same.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder; one in campaigns/ that is the same for the same campaign if not given.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep what each new flight sends, and its truth, there (some 6 MB a flight)."),
    ] = None,
    telemetry: Annotated[str, typer.Option(help="full or low_rate in the place of each plan's.")] = "",
    profile: Annotated[
        Path | None,
        typer.Option(
            help="File for what the flights have in common: vermilion ground --profile holds a real one against it."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line: new flights, then summaries.")
    ] = False,
) -> None:
    """Flies a vehicle many times, each flight with motors, masses, air and sensors of its own.

    Stopped in the middle, the same command goes on where it stopped. The result does not depend on the workers.
    """
    from sim.campaigns.campaign import load
    from sim.campaigns.folder import CampaignFolder
    from sim.campaigns.run import run
    from sim.compiled import functions

    chosen = load(vehicle, scenario or ["nominal"], dispersions, seed, flights, telemetry, without_faults)
    if profile is not None:
        _check_profile(chosen, profile)
    if fast:
        functions.require()
    with CampaignFolder(out or Path("campaigns") / chosen.short_name, chosen.key) as folder:
        if folder.damaged:
            print(f"{folder.damaged} damaged lines in {folder.path}; flying those again", file=sys.stderr)
        wanted = [(task.scenario.name, task.flight) for task in chosen.tasks()]
        missing = [task for task in chosen.tasks(fast, keep) if (task.scenario.name, task.flight) not in folder.flown]
        kept = len(wanted) - len(missing)
        try:
            if missing:
                with _executor(dask, workers, missing) as (executor, count):
                    for flown in _shown(run(missing, executor, count), kept, len(wanted)):
                        folder.add(flown)
                        if as_json:
                            print(json.dumps({"type": "flight", **flown.row}), flush=True)
        except KeyboardInterrupt:
            there = sum(place in folder.flown for place in wanted)
            print(
                f"stopped; {there} of {len(wanted)} flights are in {folder.path}, the same command goes on",
                file=sys.stderr,
            )
            raise
        _close(folder, chosen, profile, as_json)


def _check_profile(chosen: Campaign, profile: Path) -> None:
    """Refuses, before anything is flown, what will make no profile. Raises Misuse."""
    if chosen.flights < PROFILE_FLIGHTS:
        raise Misuse(f"--profile: {chosen.flights} flights say little of their spread; fly {PROFILE_FLIGHTS} or more")
    if len(chosen.scenarios) > 1:
        raise Misuse("--profile: takes one scenario; each other has its envelope in the campaign's folder")
    part, _ = chosen.scenarios[0]
    if part.faults:
        raise Misuse(f"--profile: {part.name} has faults; add --without-faults to fly what was meant to be")
    if profile.suffix != ".json" or not profile.parent.is_dir():
        raise Misuse(f"--profile {profile}: must be a .json file in a folder that exists")


@contextmanager
def _executor(address: str | None, workers: int | None, missing: Sequence[Task]) -> Iterator[tuple[Executor, int]]:
    """What flies the flights, and how many at once."""
    from sim.campaigns.run import cores, dask_cluster, processes

    if address is not None:
        with dask_cluster(address) as cluster:
            yield cluster
        return
    count = min(workers or cores(), len(missing))
    if missing[0].compiled:
        from sim.compiled.computer import CompiledComputer
        from sim.compiled.functions import is_new

        if is_new():
            print("compiling, once for this version: a minute or two …", file=sys.stderr, flush=True)
        if count > 1:
            # Here, so that the workers find it on the disk; a single one leaves it there itself.
            CompiledComputer(missing[0].plan)
    yield processes(count), count


def _close(folder: CampaignFolder, chosen: Campaign, profile: Path | None, as_json: bool) -> None:
    """Writes tables, envelopes and the profile asked for, and the report to standard output."""
    from sim.campaigns.envelope import as_bytes, envelope
    from sim.campaigns.flight import columns
    from sim.campaigns.folder import PARQUET
    from sim.campaigns.report import as_text, summary

    model = chosen.vehicle
    flown = {
        part.name: [folder.flown[part.name, number] for number in range(chosen.flights)] for part, _ in chosen.scenarios
    }
    files = folder.write_tables([one for its in flown.values() for one in its], columns(model))
    for part, plan in chosen.scenarios:
        common = envelope(model, plan, part.name, flown[part.name], chosen.dispersions.name, chosen.seed)
        if common is not None:
            files.append(f"envelope-{part.name}.json")
            folder.write(files[-1], as_bytes(common))
            if profile is not None:
                profile.write_bytes(as_bytes(common))
        found = summary(model, plan, flown[part.name])
        head = {"type": "campaign", "vehicle": model.name, "scenario": part.name, "seed": chosen.seed}
        if as_json:
            print(json.dumps({**head, "dispersions": chosen.dispersions.name, **found, "folder": str(folder.path)}))
        else:
            print(as_text(f"{model.name}, {part.name}, seed {chosen.seed}", plan, found), end="\n\n")
        if common is None and profile is not None:
            raise Misuse(f"--profile {profile}: not written: fewer than two flights were flown to their end")
    if not as_json:
        print(f"{folder.path}: {', '.join(files)}{'' if profile is None else f'; the profile is {profile}'}")
        if PARQUET not in files:
            print(f"{PARQUET} needs the extra analysis: pip install pyarrow, then the same command again")


def _shown(arriving: Iterable[Flown], kept: int, total: int) -> Iterator[Flown]:
    """The flights as they arrive, with progress on standard error: a bar on a terminal, else a line now and then."""
    if not sys.stderr.isatty():
        yield from _told(arriving, kept, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    parts = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), "left")
    with Progress(*parts, console=Console(stderr=True)) as progress:
        bar = progress.add_task("flights", total=total, completed=kept)
        for flown in arriving:
            yield flown
            progress.advance(bar)


def _told(arriving: Iterable[Flown], kept: int, total: int) -> Iterator[Flown]:
    began = said = time.monotonic()
    if kept:
        print(f"{kept} of {total} flights are there already", file=sys.stderr, flush=True)
    for number, flown in enumerate(arriving, 1):
        yield flown
        now = time.monotonic()
        if now - said >= PLAIN_EVERY_S or kept + number == total:
            said = now
            left = (now - began) / number * (total - kept - number)
            print(f"{kept + number} of {total} flights, about {left:.0f} s left", file=sys.stderr, flush=True)
