"""`vermilion detect` on flights drawn at random: how many events are missed, false or late, against the truth.

The flights are made by tests/bench/recorded, which shares no code with the simulator or with the detector: launchers of
every kind on a webcast's screen, and small rockets' own logs; and as many again that fail, every kind of failure in
turn. Events and alarms are asked for where the file shows them.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator

import numpy as np

from tests.bench.figure import Figure
from tests.bench.recorded import remade
from tests.bench.recorded import wrecks as wrecked
from tests.bench.recorded.launchers import draw, sounding
from tests.bench.recorded.mishaps import draw_all, webcast_of
from tests.bench.recorded.motion import fly
from tests.bench.recorded.score import Score
from tests.bench.recorded.sources import Recording, flight_log, webcast

SEED, WEBCASTS, LOGS, FAILURES, BATCH = 20_000, 200, 100, 100, 50
LOWEST = 120e3  # m; a launch drawn without a failure that ends lower was drawn too weak, and is drawn again
ORBITAL_WITHIN = {"liftoff": 1.0, "apogee": 5.0, "landing": 5.0}
SOUNDING_WITHIN = {"apogee": 1.0, "landing": 3.0, "drogue_deployment": 1.5, "main_deployment": 2.0}


def webcasts(first: int, count: int) -> Iterator[tuple[int, Recording]]:
    """(seed, recording) of `count` launches."""
    times, done = np.arange(-30.0, 1_500.0, 0.1), 0
    while done < count:
        seeds = range(first, first + BATCH)
        first += BATCH
        launches = [draw(random.Random(seed)) for seed in seeds]
        stacks, spent = (fly([getattr(launch, part) for launch in launches], times) for part in ("stack", "spent"))
        for seed, launch, up, down in zip(seeds, launches, stacks, spent, strict=True):
            if done < count and (launch.failure or up.perigee >= LOWEST):
                done += 1
                yield seed, webcast(launch, up, down, random.Random(seed + 1_000_000))


def logs(first: int, count: int) -> Iterator[tuple[int, Recording]]:
    """(seed, recording) of `count` small rockets."""
    times = np.concatenate((np.arange(-12.0, -0.5, 0.1), np.arange(-0.5, 30.0, 0.005), np.arange(30.0, 600.0, 0.05)))
    for start in range(first, first + count, BATCH):
        seeds = range(start, min(start + BATCH, first + count))
        vehicles = [sounding(random.Random(seed)) for seed in seeds]
        for seed, vehicle, flown in zip(seeds, vehicles, fly(vehicles, times), strict=True):
            yield seed, flight_log(vehicle, flown, random.Random(seed + 1_000_000))


def mishaps(first: int, count: int) -> Iterator[tuple[int, Recording]]:
    """(seed, recording) of `count` launches that fail, and of feeds that do."""
    times = np.arange(-30.0, 1_500.0, 0.1)
    for start in range(first, first + count, BATCH):
        drawn = draw_all(start, min(BATCH, first + count - start))
        for (seed, kind, launch), flown in zip(
            drawn, fly([launch.stack for _, _, launch in drawn], times), strict=True
        ):
            yield seed, webcast_of(kind, launch, flown, random.Random(seed + 1_000_000))


def wrecks(first: int, count: int) -> Iterator[tuple[int, Recording]]:
    """(seed, recording) of `count` small rockets that fail."""
    times = np.concatenate((np.arange(-12.0, -0.5, 0.1), np.arange(-0.5, 30.0, 0.005), np.arange(30.0, 300.0, 0.05)))
    for start in range(first, first + count, BATCH):
        drawn = wrecked.draw_all(start, min(BATCH, first + count - start))
        for (seed, kind, vehicle), flown in zip(drawn, fly([vehicle for _, _, vehicle in drawn], times), strict=True):
            yield seed, wrecked.log_of(kind, vehicle, flown, random.Random(seed + 1_000_000))


def real(first: int, count: int) -> Iterator[tuple[int, Recording]]:
    """(seed, recording) of `count` failures made from real flights; none where those are not at hand."""
    yield from remade.recordings(first, count)


def measure() -> list[Figure]:
    """All pools. What was wrong is told on standard error, one line a flight, with its seed."""
    figures = []
    for name, drawn, within, otherwise in (
        ("webcasts", webcasts(SEED, WEBCASTS), ORBITAL_WITHIN, 2.0),
        ("small_rockets", logs(SEED, LOGS), SOUNDING_WITHIN, 0.3),
        ("failed_launches", mishaps(SEED, FAILURES), ORBITAL_WITHIN, 2.0),
        ("failed_small_rockets", wrecks(SEED, FAILURES), SOUNDING_WITHIN, 0.3),
        ("real_flights_made_to_fail", real(SEED, FAILURES), ORBITAL_WITHIN, 2.0),
    ):
        score, begun = Score(), time.process_time()
        for seed, recording in drawn:
            score.add(seed, recording, within, otherwise)
        for fault in score.faults:
            print(f"{name} {fault}", file=sys.stderr)
        figures += _figures(name, score)
        figures.append(Figure(f"{name}_flights_per_cpu_s", score.flights / (time.process_time() - begun), "1/s"))
    return figures


def _figures(name: str, score: Score) -> list[Figure]:
    counted = (
        ("events_asked", score.asked, None),
        ("events_missed", score.missed, 0),
        ("events_off_their_time", score.late, 0),
        ("events_false", score.false, 0),
        ("alarms_asked", score.alarms_asked, None),
        ("alarms_missed", score.alarms_missed, 0),
        ("alarms_false", score.alarms_false, 0),
    )
    figures = [Figure(f"{name}_flights", score.flights, "flights")]
    for what, number, asked in counted:
        met = None if asked is None else number <= asked
        figures.append(Figure(f"{name}_{what}", number, "", asked="" if asked is None else str(asked), met=met))
    for event, errors in sorted(score.errors.items()):
        if len(errors) >= 10:
            figures.append(Figure(f"{name}_{event}_p95", float(np.percentile(np.abs(errors), 95.0)), "s"))
    return figures
