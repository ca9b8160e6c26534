"""From what the user calls a board to the board, open, with this checkout's firmware where that can be chosen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from flight.plans.plan import FlightPlan
from flight.wire.errors import Misuse
from hil.boards.board import Board, LineLost
from hil.firmware.build import build, build_number, own_plans, software

GIVEN: Final = ("native", "unicorn", "qemu")
"""Boards that are given this checkout's firmware when they are opened."""
SEARCH: Final = "serial"
IMAGE: Final = "stm32f4"
NAMES: Final = ("python", *GIVEN, SEARCH)


def image(plan: FlightPlan, compiler: str | None = None) -> Path:
    """This checkout's firmware for the STM32F4. Raises Misuse where it cannot be built."""
    return next(iter(build(IMAGE, compiler, own_plans(plan)).products.values()))


def open_board(name: str, plan: FlightPlan, compiler: str | None = None) -> Board:
    """`native` as a process, an emulator by name, `serial` for the first port where a board of ours answers, or a port.

    Raises Misuse where there is no such board, or something that it needs is missing.
    """
    if name == "unicorn":
        from hil.boards.unicorn import UnicornBoard

        return UnicornBoard(image(plan, compiler))
    if name == "native":
        from hil.boards.hostprocess import HostProcess
        from hil.firmware.ports.host.recipe import PROCESS

        return HostProcess(build("host", compiler, own_plans(plan)).products[PROCESS])
    if name == "qemu":
        from hil.boards.qemu import QemuBoard

        return QemuBoard(image(plan, compiler))
    from hil.boards.serialboard import SerialBoard

    if name == SEARCH:
        return _search()
    if not any(sign in name for sign in (os.sep, ":", "COM")):
        raise Misuse(f"--board {name}: no such board; there are {', '.join(NAMES)}, or a port as in /dev/ttyACM0")
    return SerialBoard(name)


def expected_software(name: str, plan: FlightPlan) -> str | None:
    """What a board on a port should say that it runs; None for those that were just given this checkout's."""
    return None if name in GIVEN else software(build_number(IMAGE, own_plans(plan)))


def _search() -> Board:
    from hil import identity
    from hil.boards.serialboard import SerialBoard, candidates

    found = candidates()
    for device in found:
        board = None
        try:
            board = SerialBoard(device)
            identity.ask(board, 2 * identity.ASK_AGAIN_S)
            return board
        except (Misuse, LineLost):
            if board is not None:
                board.close()
    tried = f"none of {', '.join(found)} answers" if found else "there are no serial ports"
    raise Misuse(f"--board {SEARCH}: {tried}; plug a board in and flash it (./run firmware flash), or name its port")
