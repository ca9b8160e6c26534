"""The board's faults of one flight in the order of their times, told to the truth as the vehicle's are."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from flight.onboard import OnboardComputer
from flight.wire.errors import Misuse
from hil.bench import BoardComputer
from hil.faults.kinds import CABLE, KINDS, BoardKind, WireKind, is_of_board, parse
from hil.faults.wire import DisturbedBoard
from sim.faults import Fault
from sim.mission import POWER_ON, Mission
from sim.world import STEP_S


def split(arguments: Sequence[str]) -> tuple[list[Fault], list[str]]:
    """The board's faults among the arguments of --fault, and the others, which are the vehicle's. Raises Misuse."""
    return [parse(each) for each in arguments if is_of_board(each)], [
        each for each in arguments if not is_of_board(each)
    ]


class BoardCourse:
    """Lets the board's faults strike. The truth hears `fault_KIND` and `fault_KIND_end`, with _2 for a second one.

    A board that comes back with its flight in memory flies on at the step where the vehicle is; one that has lost it is
    started anew, as a computer that had no power. Raises Misuse for a computer that is no board.
    """

    def __init__(
        self,
        faults: Sequence[Fault],
        mission: Mission,
        computer: OnboardComputer,
        seed: int,
        planned_liftoff_s: float,
    ) -> None:
        self._mission, self._planned_liftoff_s = mission, planned_liftoff_s
        self._waiting: list[tuple[str, Fault, random.Random]] = []
        self._ends: list[tuple[float, Callable[[], None]]] = []
        if not faults:
            return
        if not isinstance(computer, BoardComputer) or not isinstance(computer.board, DisturbedBoard):
            raise Misuse(f"fault {faults[0].kind}: this computer has no wire; use --board unicorn, qemu or a port")
        self._computer, self._board = computer, computer.board
        for fault in faults:
            if isinstance(KINDS[fault.kind], BoardKind) and fault.kind != CABLE and not self._board.reachable:
                raise Misuse(
                    f"fault {fault.kind}: the bench reaches only the line of --board {self._board.name}; use "
                    "--board qemu or unicorn, or a fault of the wire"
                )
        counts: dict[str, int] = {}
        for fault in sorted(faults, key=lambda fault: fault.time_s):
            count = counts[fault.kind] = counts.get(fault.kind, 0) + 1
            name = f"fault_{fault.kind}" if count == 1 else f"fault_{fault.kind}_{count}"
            self._waiting.append((name, fault, random.Random(f"{seed}/{name}")))

    def step(self) -> None:
        """Before each of the mission's steps."""
        now = self._mission.time_s
        for end in [end for end in self._ends if now >= end[0]]:
            self._ends.remove(end)
            end[1]()
        for waiting in [each for each in self._waiting if self._is_due(each[1])]:
            self._waiting.remove(waiting)
            self._strike(*waiting)

    def _is_due(self, fault: Fault) -> bool:
        start = self._planned_liftoff_s if fault.time_s < 0.0 else self._mission.world.liftoff_s
        return start is not None and self._mission.time_s - start >= fault.time_s

    def _strike(self, name: str, fault: Fault, draw: random.Random) -> None:
        kind, now = KINDS[fault.kind], self._mission.time_s
        if isinstance(kind, WireKind):
            self._disturb(name, fault, kind, draw)
        else:
            kind.strike(self._board, draw)
            if kind.absent is not None:
                self._leave(name, kind, fault.values[kind.absent.key])
        self._mission.truth.report(name, now)

    def _disturb(self, name: str, fault: Fault, kind: WireKind, draw: random.Random) -> None:
        disturbance, board = kind.make(fault.values[kind.number.key], draw), self._board
        paths = [path for path, used in ((board.sending, kind.towards), (board.receiving, kind.back)) if used]
        for path in paths:
            path.append(disturbance)

        def end() -> None:
            for path in paths:
                path.remove(disturbance)
            self._mission.truth.report(f"{name}_end", self._mission.time_s)

        lasts_s = fault.values["duration_s"] or math.inf
        self._ends.append((self._mission.time_s + lasts_s - 0.5 * STEP_S, end))

    def _leave(self, name: str, kind: BoardKind, seconds: float) -> None:
        """The board does not answer for so long."""

        def restart() -> None:
            kind.over(self._board)
            self._computer.restarted()
            self._mission.power_on(POWER_ON)
            self._mission.truth.report(f"{name}_end", self._mission.time_s)

        def come_back() -> None:
            kind.over(self._board)
            if not self._computer.meet_again().plan:
                self._mission.power_off()
                self._mission.power_on(POWER_ON)
            self._mission.truth.report(f"{name}_end", self._mission.time_s)

        if kind.restarts:
            self._mission.power_off(memory_kept=True)
            self._ends.append((self._mission.time_s + seconds - 0.5 * STEP_S, restart))
        else:
            self._computer.absent(max(1, round(seconds / STEP_S)), come_back)
