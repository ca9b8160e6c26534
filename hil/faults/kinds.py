"""The table of the faults that the bench injects, and how one is read from an argument."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flight.plans import checked
from flight.wire.errors import Misuse
from hil.boards.board import Board
from hil.faults import wire
from hil.faults.wire import Disturbance
from sim.faults import Fault, Number

LASTING = Number("duration_s", 0.0, 1e6, 0.0)
"""0 lasts to the end of the flight."""


@dataclass(frozen=True, slots=True)
class WireKind:
    """What the wire does, to the board, from it, or both."""

    help: str
    number: Number
    make: Callable[[float, random.Random], Disturbance]
    towards: bool = True
    back: bool = True

    @property
    def numbers(self) -> tuple[Number, ...]:
        """What it takes."""
        return (self.number, LASTING)


@dataclass(frozen=True, slots=True)
class BoardKind:
    """What is done to the board when it strikes and when its time is over; without a time it is over at once.

    One that `restarts` has booted by then, and is asked what it still knows.
    """

    help: str
    strike: Callable[[Board, random.Random], None]
    over: Callable[[Board], None]
    absent: Number | None = None
    restarts: bool = False

    @property
    def numbers(self) -> tuple[Number, ...]:
        """What it takes."""
        return () if self.absent is None else (self.absent,)


def _nothing(board: Board) -> None:
    """It is over by itself."""


def _upset(board: Board, draw: random.Random) -> None:
    board.flip(MEMORY, draw.randrange(board.size(MEMORY)), draw.randrange(8))


CABLE = "unplug"
"""What can be done to every board."""
MEMORY = "firmware"
"""The symbol of the firmware's whole state."""
_PART = Number("part", 0.0, 1.0)
_BOOT = Number("gap_s", 0.01, 10.0, 0.05)
_ABSENT = Number("duration_s", 0.01, 60.0, 1.0)

KINDS: Mapping[str, WireKind | BoardKind] = {
    "wire_noise": WireKind("a bit is flipped in this part of the bytes", _PART, wire.noise),
    "wire_drop": WireKind("this part of the bytes is lost", _PART, wire.drop),
    "wire_garbage": WireKind("up to 64 bytes of anything beside this part of the frames", _PART, wire.garbage),
    "wire_duplicate": WireKind("this part of the frames to the board comes twice", _PART, wire.duplicate, back=False),
    "wire_reorder": WireKind(
        "this part of the frames to the board comes after the next one", _PART, wire.reorder, back=False
    ),
    "wire_delay": WireKind(
        "frames to the board are held up, up to so long, real time", Number("most_s", 0.0, 1.0), wire.delay, back=False
    ),
    "babble": WireKind(
        "the board says up to 64 bytes of anything beside this part of its frames", _PART, wire.garbage, towards=False
    ),
    CABLE: BoardKind("the cable is pulled; the board runs on", lambda b, _: b.unplug(), lambda b: b.replug(), _ABSENT),
    "reset": BoardKind("the reset pin; memory is kept", lambda b, _: b.reset(), _nothing, _BOOT, restarts=True),
    "crash": BoardKind(
        "an undefined instruction: the fault handler keeps what it knows and resets",
        lambda b, _: b.crash(),
        _nothing,
        _BOOT,
        restarts=True,
    ),
    "hang": BoardKind(
        "an endless loop with interrupts off, which the bench's watchdog ends by the reset pin after gap_s",
        lambda b, _: b.hang(),
        lambda b: b.reset(),
        Number("gap_s", 0.01, 10.0, 1.0),
        restarts=True,
    ),
    "freeze": BoardKind("time stands still on the board", lambda b, _: b.freeze(), lambda b: b.thaw(), _ABSENT),
    "power_cut": BoardKind(
        "power goes, and memory with it; voltage has no model, it is there or not",
        lambda b, _: b.cut_power(),
        lambda b: b.restore_power(),
        _ABSENT,
        restarts=True,
    ),
    "ram_upset": BoardKind("one bit of the firmware's memory, drawn from the seed, changes", _upset, _nothing),
}


def is_of_board(argument: str) -> bool:
    """Whether an argument of --fault names one of these."""
    return argument.partition(":")[0].partition("@")[0] in KINDS


def read(section: checked.Section) -> Fault:
    """A fault from a table [[board_fault]] of a scenario file: `kind`, `time_s`, the kind's values. Raises Misuse."""
    name = section.text("kind", 40)
    if name not in KINDS:
        raise section.refuse("kind", f"no such fault of a board {name!r}; {checked.nearest(name, set(KINDS))}")
    time_s = section.number("time_s", -1e4, 1e6)
    values = {each.key: section.number(each.key, each.low, each.high, each.default) for each in KINDS[name].numbers}
    section.finish()
    return Fault(name, time_s, values)


def parse(argument: str) -> Fault:
    """A fault from an argument as in `reset@60:gap_s=0.1`. Raises Misuse."""
    head, _, tail = argument.partition(":")
    name, at, time = head.partition("@")
    try:
        if not at:
            raise ValueError(f"{head!r} has no @")
        table: dict[str, object] = {"kind": name, "time_s": _number(time)}
        for item in filter(None, tail.split(",")):
            key, _, value = (part.strip() for part in item.partition("="))
            table[key] = _number(value)
    except ValueError as error:
        raise Misuse(f"fault {argument!r}: {error}; write KIND@SECONDS:KEY=NUMBER,KEY=NUMBER") from error
    return read(checked.Section(f"fault {argument!r}", "", table))


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not finite")
    return value
