"""From a bench run to the files of its report: follows the flight, asks the station, writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flight.onboard import OnboardComputer
from hil.report import station
from hil.report.benchrun import BenchLog
from hil.report.checks import Check
from hil.report.write import check_folder, write, write_refusal
from sim.faults import Fault
from sim.flying import Flight
from sim.mission import Mission


class Reporter:
    """The report of one run. `faults` are the bench's; `cut`: the flight is to end early; `name` is the files'.

    Raises Misuse where the folder cannot be written to.
    """

    def __init__(
        self,
        folder: Path,
        *,
        scenario: str,
        board: str,
        seed: int,
        plan: str,
        rate: float = 0.0,
        faults: Sequence[Fault] = (),
        cut: bool = False,
        name: str | None = None,
    ) -> None:
        check_folder(folder)
        self._folder, self._scenario, self._board, self._seed, self._plan = folder, scenario, board, seed, plan
        self._rate, self._faults, self._cut, self._name = rate, tuple(faults), cut, name
        self._log: BenchLog | None = None

    def follow(self, flight: Flight, mission: Mission, computer: OnboardComputer) -> Flight:
        """The flight, written down as it goes."""
        self._log = BenchLog(flight)
        self._mission, self._computer = mission, computer
        return self._log

    def finish(self, *, lost: str | None = None, python_sha256: str | None = None) -> tuple[Path, list[Check]]:
        """Writes the report of what was followed; the page, and what was found. `lost` is why the board was."""
        assert self._log is not None
        run = self._log.run(
            self._mission,
            self._computer,
            scenario=self._scenario,
            board=self._board,
            seed=self._seed,
            rate=self._rate,
            faults=self._faults,
            cut=self._cut,
            lost=lost,
            python_sha256=python_sha256,
            station=station.watch(bytes(self._log.frames), self._mission.world.vehicle.name, self._plan),
        )
        return write(self._folder, run, self._name)

    def give_up(self, reason: str) -> None:
        """The board was refused or lost: a report of what there is."""
        if self._log is None:
            write_refusal(self._folder, self._name or "handshake", reason)
        else:
            self.finish(lost=reason)
