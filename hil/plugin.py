"""A pytest plugin for a team's tests of its own board: `pytest -p hil.plugin --board native|unicorn|qemu|serial|PORT`.

    def test_it_reaches_ignition(vermilion_flight):
        flown = vermilion_flight("nominal", seconds=12)
        assert "ignition" in flown.events

After each test the fixtures ask that no frame was damaged, none was lost and none had to be asked for again, unless the
test injected a fault. With `--board-report DIR` each flight leaves a page and a JUnit file there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from flight.plans import plan as plans
from flight.wire.packet import SEQUENCE_MASK
from hil.bench import BoardComputer, BoardLost
from hil.boards import factory
from hil.boards.board import LineLost
from hil.cli import LOCKSTEP_DEADLINE_S
from hil.faults.course import BoardCourse, split
from hil.faults.kinds import read
from hil.faults.wire import DisturbedBoard
from hil.flying import Interrupted
from hil.report.reporter import Reporter
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.flying import Flight
from sim.mission import Mission
from sim.world import STEP_S

BOOT_ID = slice(12, 14)
"""Where a packet carries it."""


@dataclass(frozen=True, slots=True)
class Flown:
    """What a flight in lockstep came to. `events` has the true events, seconds after step 0, faults among them."""

    mission: Mission
    computer: BoardComputer
    packets: tuple[bytes, ...]
    disturbed: bool
    """A fault of the bench was injected."""

    @property
    def events(self) -> dict[str, float]:
        """By name."""
        return {event.name: event.time_s for event in self.mission.truth.events}

    @property
    def telemetry_sha256(self) -> str:
        """As `./run hil` prints it."""
        return self.computer.telemetry_sha256

    @property
    def lost(self) -> int:
        """Telemetry packets missing between two of a kind and of one boot, by their sequence counts."""
        missing, newest = 0, dict[bytes, int]()
        for packet in self.packets:
            kind = packet[:2] + packet[BOOT_ID]
            count = int.from_bytes(packet[2:4], "big") & SEQUENCE_MASK
            if kind in newest:
                missing += count - newest[kind] - 1 & SEQUENCE_MASK
            newest[kind] = count
        return missing


Flies = Callable[..., Flown]


def pytest_addoption(parser: pytest.Parser) -> None:
    """--board, --vehicle and --board-report."""
    group = parser.getgroup("vermilion")
    group.addoption("--board", default="unicorn", help="native, unicorn, qemu, serial or a port; default unicorn")
    group.addoption("--vehicle", default="zhuque-1", help="vehicle name, or the path of a vehicle file")
    group.addoption("--board-report", type=Path, metavar="DIR", help="folder for a page and a JUnit file a flight")


@pytest.fixture
def vermilion_board(request: pytest.FixtureRequest) -> Iterator[DisturbedBoard]:
    """The board of --board, freshly booted where it is built here."""
    model = vehicles.load(request.config.getoption("--vehicle"))
    plan = plans.load(scenarios.load(model.name, "nominal").plan)
    board = DisturbedBoard(factory.open_board(request.config.getoption("--board"), plan))
    yield board
    board.close()


@pytest.fixture
def vermilion_flight(request: pytest.FixtureRequest, vermilion_board: DisturbedBoard) -> Iterator[Flies]:
    """Flies a scenario: `vermilion_flight(scenario, seconds=None, faults=(), seed=1)`, faults as for --fault."""
    model = vehicles.load(request.config.getoption("--vehicle"))
    folder: Path | None = request.config.getoption("--board-report")
    flights: list[Flown] = []

    def fly(
        scenario: str = "nominal", *, seconds: float | None = None, faults: Sequence[str] = (), seed: int = 1
    ) -> Flown:
        given, of_vehicle = split(faults)
        flight = scenarios.load(model.name, scenario, read).with_faults(of_vehicle)
        of_board = [*flight.board_faults, *given]
        plan = plans.load(flight.plan)
        computer = BoardComputer(vermilion_board, deadline_s=LOCKSTEP_DEADLINE_S)
        mission = Mission(model, plan, flight, seed, computer, truth_rows=folder is not None)
        course = BoardCourse(of_board, mission, computer, seed, plan.countdown_s)
        flown: Flight = Interrupted(mission, course.step, None if seconds is None else seconds - 0.5 * STEP_S)
        reporter = None
        if folder is not None:
            reporter = Reporter(
                folder, scenario=flight.name, board=vermilion_board.name, seed=seed, plan=flight.plan, faults=of_board,
                cut=seconds is not None, name=_file_name(request.node.nodeid, len(flights)),
            )  # fmt: skip
            flown = reporter.follow(flown, mission, computer)
        packets: list[bytes] = []
        try:
            while not flown.finished:
                packets += flown.step()
        except (BoardLost, LineLost) as lost:
            if reporter is not None:
                reporter.give_up(str(lost))
            raise
        if reporter is not None:
            reporter.finish()
        flights.append(Flown(mission, computer, tuple(packets), bool(of_board)))
        return flights[-1]

    yield fly
    for flown in flights:
        if not flown.disturbed:
            computer = flown.computer
            assert computer.frames_damaged == 0, f"{computer.frames_damaged} damaged frames from the board"
            assert flown.lost == 0, f"{flown.lost} telemetry packets lost"
            assert computer.retries == 0, f"{computer.retries} steps had to be asked again"


def _file_name(test: str, number: int) -> str:
    """After a test's name, for its flights from the second on with a number."""
    plain = "".join(sign if sign.isalnum() or sign in "-._" else "-" for sign in test.replace(".py::", "-"))
    return plain if not number else f"{plain}-{number + 1}"
