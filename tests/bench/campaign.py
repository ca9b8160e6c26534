"""Closed-loop flights: one beside real time, and many beside RocketPy's Monte Carlo, plain and compiled by numba."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

from sim.campaigns.campaign import Campaign, load
from sim.campaigns.flight import Task, fly
from sim.campaigns.run import cores, processes, run
from sim.compiled import functions
from tests.bench.figure import Figure
from tests.sim import peer

FLIGHTS_PER_WORKER = 4
PEER_FLIGHTS = 16


def times_real_time(task: Task) -> float:
    """Onboard seconds a processor second, the best of three flights: on a shared machine others take the rest."""
    best = 0.0
    for number in range(3):
        start = time.process_time()
        flown = fly(replace(task, flight=number))
        seconds = task.plan.countdown_s + len(flown.heights)
        best = max(best, seconds / (time.process_time() - start))
    return best


def flights_per_s(campaign: Campaign, workers: int, compiled: bool) -> float:
    """Of a whole campaign, the start of its processes included."""
    count = FLIGHTS_PER_WORKER * workers
    start = time.perf_counter()
    assert sum(1 for _ in run(islice(campaign.tasks(compiled), count), processes(workers), workers)) == count
    return count / (time.perf_counter() - start)


def peer_flights_per_s() -> float:
    """RocketPy's, on two workers: a small solid rocket to its landing, without computer, sensors or telemetry."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        flights = peer.monte_carlo(str(Path(folder) / "flights"))
        start = time.perf_counter()
        flights.simulate(PEER_FLIGHTS, parallel=True, n_workers=2)
        return PEER_FLIGHTS / (time.perf_counter() - start)


def measure() -> list[Figure]:
    """Zhuque-1, nominal, dispersed."""
    campaign = load("zhuque-1", ["nominal"], "default", 1, 1000)
    task = next(campaign.tasks())
    speed = times_real_time(task)
    figures = [Figure("flight_times_real_time", speed, "x", asked=">= 100", met=speed >= 100.0)]
    theirs = peer_flights_per_s()
    figures.append(Figure("rocketpy_flights_per_s_2_workers", theirs, "1/s"))
    for compiled in (False, True) if functions.available() else (False,):
        name = "compiled" if compiled else "plain"
        if compiled:
            assert fly(replace(task, compiled=True)) == fly(task)
            fast = times_real_time(replace(task, compiled=True))
            figures.append(Figure("compiled_flight_times_real_time", fast, "x", "plain", fast / speed))
        one, two = (flights_per_s(campaign, workers, compiled) for workers in (1, 2))
        figures += [
            Figure(f"{name}_flights_per_s_1_worker", one, "1/s"),
            Figure(f"{name}_flights_per_s_2_workers", two, "1/s", f"1 worker ({cores()} cores)", two / one),
            Figure(
                f"{name}_flights_per_s_2_workers", two, "1/s", "RocketPy", two / theirs,
                *((">= 15", two / theirs >= 15.0) if compiled else ()),
            ),
        ]  # fmt: skip
    return figures
