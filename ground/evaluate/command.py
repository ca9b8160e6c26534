"""What `vermilion evaluate` does, once it knows which vehicles fly."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from flight.wire.errors import Misuse
from ground import profile as profile_files
from ground.detect import thresholds as threshold_files
from ground.evaluate import pools as pool_files
from ground.evaluate.judge import BASE, Judging
from ground.evaluate.order import Amount, Fleet, Job, rounds
from ground.evaluate.report import MET, write
from ground.evaluate.results import Results, software_digest
from ground.evaluate.run import Evaluation

FULL_NOMINAL, FULL_OTHERS, FULL_OTHER = {"zhuque-1": 1000}, 500, 50
"""Flights that issue 4 asks for: of the first vehicle's and of each other's nominal scenario, of every other one."""
FULL_ROUNDS = 100
FULL_LOW_RATE, FULL_SWEEPS = 10, 10
SWEPT = ("zhuque-1", "zhuque-2")
ABLATED = ("zhuque-1",)
"""Vehicles whose flights the layers are switched off for, one by one: that with the most scenarios."""
ABLATED_A_ROUND = 6
"""Flights that are heard once more for each layer, a round: as many seconds as thirty others."""
TOLD_S = 10.0
"""Seconds between two lines of progress."""
REPORT = Path("evaluation")
"""Where a full evaluation's report is committed."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a user chooses. `flights` of each scenario; `minutes` None is as long as it takes."""

    pool: str = "design"
    flights: int = 1
    full: bool = False
    ablate: bool = False
    workers: int = 1
    minutes: float | None = None
    out: Path | None = None
    report: Path | None = None


def seal() -> pool_files.Seal:
    """Of the thresholds and profiles as they are now."""
    return pool_files.seal_of(threshold_files.default_text(), profile_files.texts())


def batched(names: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    """The names in parts of so many, the last one of what is left."""
    return (tuple(names[at : at + most]) for at in range(0, len(names), most))


def jobs_of(fleets: Sequence[Fleet], options: Options, pools: pool_files.Pools, present: pool_files.Seal) -> list[Job]:
    """What is to be flown, in order. Raises Misuse where the pool is closed, or too small."""
    if not options.full:
        pool = pools.open(options.pool, present)
        amount = Amount({fleet.vehicle: options.flights for fleet in fleets}, options.flights, 0, 0, options.flights)
        found = list(rounds(fleets, (), pool, amount))
        return [replace(job, ablate=True) for job in found] if options.ablate else found
    sealed, thresholds = pools.open(pool_files.SEALED, present), pools.open("thresholds", present)
    nominal = {fleet.vehicle: FULL_NOMINAL.get(fleet.vehicle, FULL_OTHERS) for fleet in fleets}
    amount = Amount(nominal, FULL_OTHER, FULL_LOW_RATE, FULL_SWEEPS, FULL_ROUNDS)
    found = list(rounds(fleets, SWEPT, sealed, amount))
    ablation = deque(
        Job(thresholds.name, fleet.vehicle, part, thresholds.first, 1, ablate=True)
        for fleet in fleets
        if fleet.vehicle in ABLATED
        for part in batched(fleet.scenarios, ABLATED_A_ROUND)
    )
    # A part behind each round: a run that is cut has something of everything.
    jobs: list[Job] = []
    for _, its in groupby(found, key=lambda job: job.seed):
        jobs += its
        if ablation:
            jobs.append(ablation.popleft())
    return [*jobs, *ablation]


def evaluate(fleets: Sequence[Fleet], options: Options) -> None:
    """Flies, judges, writes the report and says what was reached, and in which file the rest stands. Raises Misuse.

    Interrupted, it writes what there is and goes on from it the next time.
    """
    if options.flights < 1:
        raise Misuse(f"--flights {options.flights}: must be at least 1")
    present = seal()
    jobs = jobs_of(fleets, options, pool_files.load(), present)
    if not jobs:
        raise Misuse("nothing to evaluate: no vehicle has what --vehicle and --scenario ask for")
    key = {"thresholds": present.thresholds, "profiles": present.profiles, "software": software_digest()}
    name = "full" if options.full else options.pool
    folder = options.out or Path("campaigns") / f"evaluation-{name}"
    page = (options.report or (REPORT if options.full else folder)) / "REPORT.md"
    profiles = profile_files.texts()
    with Results(folder, key) as results:
        if results.damaged:
            print(f"{results.damaged} damaged lines in {folder}; flying those again", file=sys.stderr)
        judging = Judging(threshold_files.default_text(), profiles, (BASE,), True)
        evaluation = Evaluation(results, judging, jobs, options.workers, _Progress(), options.minutes)
        try:
            evaluation.run()
        except KeyboardInterrupt:
            print(f"stopped; the same command goes on from {folder}", file=sys.stderr)
        for reason in dict.fromkeys(evaluation.unflown):
            print(f"not flown: {reason}", file=sys.stderr)
        names = [name for job in jobs for name in job.flight_names]
        report = write(page, results.judged, names, present)
    for goal in report.goals:
        print(f"{MET[goal.met].strip('*'):<5}{goal.name}: {goal.measured} (asked: {goal.asked})")
    print(page)


class _Progress:
    """A line now and then, with the time that is left."""

    def __init__(self) -> None:
        self._began = self._said = time.monotonic()
        self._first: int | None = None

    def __call__(self, judged: int, asked: int) -> None:
        if self._first is None:
            self._first = judged - 1
        now = time.monotonic()
        if now - self._said >= TOLD_S or judged == asked:
            self._said = now
            left = (now - self._began) / (judged - self._first) * (asked - judged)
            shown = f"{left / 3600.0:.1f} h" if left > 7200.0 else f"{left / 60.0:.0f} min"
            print(f"{judged} of {asked} flights judged, about {shown} left", file=sys.stderr, flush=True)
