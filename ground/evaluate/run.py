"""Flies and judges: campaigns as processes of their own on one side, flights that they have kept on the other.

The two sides share nothing but files. What has been judged is written down at once and its telemetry removed, so that
hours of flights fit a small disk, and an evaluation that was killed goes on where it was.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from flight.wire.errors import Misuse
from ground.detect import thresholds as threshold_files
from ground.evaluate import layers
from ground.evaluate.judge import BASE, OTHERS, Judging, Result, Variant, judge
from ground.evaluate.order import Job
from ground.evaluate.results import Results
from ground.evaluate.truth import TELEMETRY, TRUTH

LOOK_S = 0.2
"""Between two looks for flights that have been kept."""
WAITING = 24
"""Flights that may wait to be judged before no further campaign is begun; some 6 MB each."""
COMPILED = 20
"""From so many flights on it pays to compile them first, where numba is installed; they end the same."""
OTHERS_EVERY = 3
"""Of so many flights one is heard over one of the other links, too; they take turns."""
RULES_EVERY = 4
"""Of so many flights one is given to the simple rules."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Processes that fly and that judge."""

    flying: int
    judging: int


def crew(workers: int) -> Crew:
    """Processes for so many cores. To judge a flight takes longer than to fly it, and who flies waits for those who
    judge: they have a process a core.
    """
    return Crew(max(1, workers // 2), workers)


def variants(job: Job, name: str, layer_names: Sequence[str]) -> tuple[Variant, ...]:
    """How one flight of a job is heard."""
    if job.ablate:
        return (BASE, *(Variant(f"without {layer}", layer_off=layer) for layer in layer_names))
    turn, rest = divmod(zlib.crc32(name.encode()), OTHERS_EVERY)
    if job.made or job.telemetry != "full" or rest:
        return (BASE,)
    return (BASE, OTHERS[turn % len(OTHERS)])


def has_rules(job: Job, name: str) -> bool:
    """Whether a flight of a job is given to the simple rules."""
    return not (job.ablate or job.made or job.telemetry != "full") and zlib.adler32(name.encode()) % RULES_EVERY == 0


class Evaluation:
    """One run over jobs, until all flights are judged or `minutes` are over; `told` hears how many of how many are."""

    def __init__(
        self,
        results: Results,
        judging: Judging,
        jobs: Iterable[Job],
        workers: int,
        told: Callable[[int, int], None],
        minutes: float | None = None,
    ) -> None:
        self._results = results
        self._judging = judging
        self._layers = layers.names(judging.thresholds or threshold_files.default_text())
        self._jobs = list(jobs)
        self._crew = crew(workers)
        self._told = told
        self._end_s = None if minutes is None else time.monotonic() + 60.0 * minutes
        self.asked = sum(len(job.flight_names) for job in self._jobs)
        self.unflown: list[str] = []
        """What a campaign that failed said last."""

    @property
    def judged(self) -> int:
        """How many of the asked flights have been judged."""
        return sum(name in self._results.judged for job in self._jobs for name in job.flight_names)

    def run(self) -> None:
        """To the end. What flies is stopped when it leaves, however it does."""
        todo = deque(job for job in self._jobs if self._misses(job))
        fast = self.asked - self.judged >= COMPILED and importlib.util.find_spec("numba") is not None
        campaigns: list[_Campaign] = []
        waiting: _Waiting = {}
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._crew.judging, context, _begin) as judges:
            try:
                while (todo or campaigns or waiting) and not self._is_late():
                    while todo and len(campaigns) < self._crew.flying and len(waiting) < WAITING:
                        campaigns.append(_Campaign(todo.popleft(), self._results.flying, fast))
                    for campaign in tuple(campaigns):
                        ended = campaign.ended
                        for name, truth in campaign.kept():
                            if name in self._results.judged:
                                _remove(truth)
                                continue
                            how = self._how(campaign.job, name)
                            waiting[judges.submit(judge, truth, _telemetry(truth), how)] = name, truth, campaign
                        if ended:
                            campaigns.remove(campaign)
                            if campaign.failed:
                                self.unflown.append(f"{campaign.job.vehicle}: {campaign.last_word}")
                            campaign.stop()
                    self._collect(waiting)
                    time.sleep(LOOK_S)
            finally:
                for campaign in campaigns:
                    campaign.stop()
                for future in waiting:
                    future.cancel()
                # What is being judged has cost its time; what was not begun stays where it is kept.
                wait(waiting)
                self._collect(waiting)

    def _how(self, job: Job, name: str) -> Judging:
        return replace(
            self._judging,
            variants=variants(job, name, self._layers),
            baselines=has_rules(job, name),
        )

    def _collect(self, waiting: _Waiting) -> None:
        for future in [future for future in waiting if future.done()]:
            name, truth, campaign = waiting.pop(future)
            if future.cancelled():
                continue
            try:
                self._results.add(name, future.result())
            except Misuse as damaged:
                self.unflown.append(str(damaged))
            _remove(truth)
            self._told(self.judged, self.asked)
            if not self._misses(campaign.job):
                shutil.rmtree(campaign.folder, ignore_errors=True)

    def _misses(self, job: Job) -> bool:
        return any(name not in self._results.judged for name in job.flight_names)

    def _is_late(self) -> bool:
        return self._end_s is not None and time.monotonic() > self._end_s


class _Campaign:
    """A process that flies one job's flights and keeps them in a folder of their own."""

    def __init__(self, job: Job, above: Path, fast: bool) -> None:
        self.job = job
        flown = "-".join((*job.scenarios, *(name for name, _ in job.made)))
        number = zlib.crc32(f"{job.pool} {job.vehicle} {flown} {job.telemetry} {job.seed} {job.flights}".encode())
        self.folder = above / f"{job.vehicle}-{number:08x}"
        self._seen: set[str] = set()
        self._names = {name.split("/", 2)[2]: name for name in job.flight_names}
        self.folder.mkdir(parents=True, exist_ok=True)
        scenarios = list(job.scenarios)
        for name, text in job.made:
            file = self.folder / f"{name}.toml"
            file.write_text(text, encoding="utf-8")
            scenarios.append(str(file))
        command = [sys.executable, "-m", "vermilion", "campaign", job.vehicle]
        command += [part for scenario in scenarios for part in ("--scenario", scenario)]
        command += ["--flights", str(job.flights), "--seed", str(job.seed), "--workers", "1", "--json"]
        command += ["--keep", str(self.folder / "kept"), "--out", str(self.folder / "campaign")]
        command += ["--telemetry", job.telemetry] if job.telemetry != "full" else []
        command += ["--fast"] if fast else []
        self._log = (self.folder / "log").open("w+", encoding="utf-8")
        # A group of its own, so that what it started ends with it.
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._log, start_new_session=True
        )

    @property
    def ended(self) -> bool:
        """The process is no more."""
        return self._process.poll() is not None

    @property
    def failed(self) -> bool:
        """It ended otherwise than well."""
        return self._process.returncode != 0

    @property
    def last_word(self) -> str:
        """The last line that it wrote for people."""
        self._log.seek(0)
        lines = self._log.read().split("\n")
        return next((line for line in reversed(lines) if line.strip()), f"status {self._process.returncode}")

    def kept(self) -> list[tuple[str, Path]]:
        """Flights that have been kept since the last call: their names in the job, and their truth files."""
        found = []
        for truth in sorted((self.folder / "kept").glob(f"*{TRUTH}")):
            if truth.name in self._seen:
                continue
            self._seen.add(truth.name)
            scenario, _, flight = truth.name.removesuffix(TRUTH).rpartition("-")
            name = self._names.get(f"{scenario}/{self.job.telemetry}/{self.job.seed}/{flight}")
            if name is not None:
                found.append((name, truth))
        return found

    def stop(self) -> None:
        """Ends it now; what it has flown and kept stays."""
        if not self.ended:
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGTERM)
            else:
                self._process.terminate()
            self._process.wait()
        self._log.close()


_Waiting = dict[Future[list[Result]], tuple[str, Path, _Campaign]]


def _telemetry(truth: Path) -> Path:
    return truth.with_name(truth.name.removesuffix(TRUTH) + TELEMETRY)


def _remove(truth: Path) -> None:
    _telemetry(truth).unlink(missing_ok=True)
    truth.unlink(missing_ok=True)


def _begin() -> None:
    """In a new judge: Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
