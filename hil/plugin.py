"""A pytest plugin for a team's tests of its own board: `pytest -p hil.plugin --board qemu`, or a port, or unicorn.

    def test_it_reaches_ignition(vermilion_flight):
        flown = vermilion_flight("nominal", seconds=12)
        assert "ignition" in flown.events

After each test the fixtures ask that no frame was damaged and none had to be asked for again, unless the test injected
a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from flight.plans import plan as plans
from hil.bench import BoardComputer
from hil.boards import factory
from hil.faults.course import BoardCourse, split
from hil.faults.wire import DisturbedBoard
from hil.flying import Interrupted
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission
from sim.world import STEP_S

LOCKSTEP_DEADLINE_S = 5.0


@dataclass(frozen=True, slots=True)
class Flown:
    """What a flight in lockstep came to. `events` has the true events, seconds after step 0, faults among them."""

    mission: Mission
    computer: BoardComputer
    packets: tuple[bytes, ...]

    @property
    def events(self) -> dict[str, float]:
        """By name."""
        return {event.name: event.time_s for event in self.mission.truth.events}

    @property
    def telemetry_sha256(self) -> str:
        """As `./run hil` prints it."""
        return self.computer.telemetry_sha256


Flies = Callable[..., Flown]


def pytest_addoption(parser: pytest.Parser) -> None:
    """--board and --vehicle."""
    group = parser.getgroup("vermilion")
    group.addoption("--board", default="unicorn", help="unicorn, qemu, serial or a port; default unicorn")
    group.addoption("--vehicle", default="zhuque-1", help="vehicle name, or the path of a vehicle file")


@pytest.fixture
def vermilion_board(request: pytest.FixtureRequest) -> Iterator[DisturbedBoard]:
    """The board of --board, freshly booted where it is emulated."""
    model = vehicles.load(request.config.getoption("--vehicle"))
    plan = plans.load(scenarios.load(model.name, "nominal").plan)
    board = DisturbedBoard(factory.open_board(request.config.getoption("--board"), plan))
    yield board
    board.close()


@pytest.fixture
def vermilion_flight(request: pytest.FixtureRequest, vermilion_board: DisturbedBoard) -> Iterator[Flies]:
    """Flies a scenario: `vermilion_flight(scenario, seconds=None, faults=(), seed=1)`, faults as for --fault."""
    model = vehicles.load(request.config.getoption("--vehicle"))
    computers: list[tuple[BoardComputer, bool]] = []

    def fly(
        scenario: str = "nominal", *, seconds: float | None = None, faults: Sequence[str] = (), seed: int = 1
    ) -> Flown:
        of_board, of_vehicle = split(faults)
        flight = scenarios.load(model.name, scenario).with_faults(of_vehicle)
        plan = plans.load(flight.plan)
        computer = BoardComputer(vermilion_board, deadline_s=LOCKSTEP_DEADLINE_S)
        computers.append((computer, bool(of_board)))
        mission = Mission(model, plan, flight, seed, computer)
        course = BoardCourse(of_board, mission, computer, seed, plan.countdown_s)
        flown = Interrupted(mission, course.step, None if seconds is None else seconds - 0.5 * STEP_S)
        packets: list[bytes] = []
        while not flown.finished:
            packets += flown.step()
        return Flown(mission, computer, tuple(packets))

    yield fly
    for computer, disturbed in computers:
        if not disturbed:
            assert computer.frames_damaged == 0, f"{computer.frames_damaged} damaged frames from the board"
            assert computer.retries == 0, f"{computer.retries} steps had to be asked again"
