"""Boards in the loop: lockstep speed, the longest step, real time; boot, reset and replug to identity."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flight.wire.dictionary import default
from flight.wire.frame import encode
from flight.wire.packet import Codec
from hil import identity
from hil.bench import BoardComputer, BoardLost
from hil.boards.board import Board
from hil.boards.qemu import QemuBoard
from hil.boards.unicorn import UnicornBoard
from hil.firmware.build import build
from hil.firmware.ports.host.recipe import LIBRARY
from hil.firmware.ports.stm32f4.recipe import IMAGE
from hil.firmware.size import of
from hil.flying import NoLink
from hil.native import Native
from sim.flying import fly
from tests.bench.damage import damage
from tests.bench.figure import Figure
from tests.hil import desk, flown
from tests.system_parts import find

CLOCK_HZ = 84e6
PERIOD_S = 0.01
CYCLES_PER_INSTRUCTION = 1.5
"""Assumed of a Cortex-M4 at 84 MHz with two flash wait states and its caches; soft doubles are mostly one-cycle."""
COUNTED_VEHICLES = ("zhuque-1", "zhuque-2")
"""Solid and open loop; liquid and steered by a closed loop."""
COUNTED_STEPS = 60_000
REAL_TIME_S = 60.0
DISTURBED = 1_000_000
FRAMES_WHOLE = 3
"""Place in the port's table `measured`."""
ASKED_SPEED = {"unicorn": 8.0, "qemu": 2.0}


def lockstep(name: str, board: Board, steps: int) -> Figure:
    """The board's side alone: from the sensors' first byte to the commands' last."""
    computer = BoardComputer(board, deadline_s=20.0)
    flight = desk.mission(computer)
    for _ in range(steps):
        flight.step()
    found = computer.latency.statistics()
    assert found is not None
    speed = PERIOD_S * found.steps / found.total_s
    asked = ASKED_SPEED[name]
    return Figure(f"lockstep_speed_{name}", speed, "x", "real time", speed, f">= {asked:g}", speed >= asked)


def longest_step(image: Path, vehicle: str) -> Iterator[Figure]:
    """Of a vehicle's nominal flight until its orbit or its end, every instruction counted."""
    flight = flown.fly("nominal", vehicle=vehicle, until_step=COUNTED_STEPS)
    board = UnicornBoard(image)
    board.count_instructions()
    board.send(encode(Codec(default().packets["start"]).encode(0, 0, 0, flight.start)))
    counts = []
    for packet in flight.sensors:
        before = board.instructions
        board.send(encode(packet))
        board.receive(0.0)
        _ = board.telemetry
        counts.append(board.instructions - before)
    counts.sort()
    yield Figure(f"median_step_instructions_{vehicle}", counts[len(counts) // 2], "1")
    seconds = counts[-1] * CYCLES_PER_INSTRUCTION / CLOCK_HZ
    yield Figure(f"longest_step_instructions_{vehicle}", counts[-1], "1")
    yield Figure(f"longest_step_at_84_mhz_{vehicle}_s", seconds, "s", asked="<= 0.005", met=seconds <= 0.5 * PERIOD_S)


def real_time(board: Board) -> Iterator[Figure]:
    """At the flight's own rate."""
    computer = BoardComputer(board, deadline_s=PERIOD_S, real_time=True)
    flight = desk.mission(computer)

    class Minute:
        @property
        def finished(self) -> bool:
            return flight.time_s >= REAL_TIME_S

        def step(self) -> list[bytes]:
            return flight.step()

    # A machine that is too slow for real time shows it in the figures.
    with contextlib.suppress(BoardLost):
        asyncio.run(fly(Minute(), NoLink(), 1.0))
    found = computer.latency.statistics()
    assert found is not None
    missed = found.missed / found.steps
    yield Figure("qemu_round_trip_p50_ms", found.p50_ms, "ms", asked="<= 2.5", met=found.p50_ms <= 2.5)
    yield Figure("qemu_round_trip_p99_ms", found.p99_ms, "ms", asked="<= 8", met=found.p99_ms <= 8.0)
    yield Figure("qemu_deadlines_missed", missed, "part", asked="<= 0.005", met=missed <= 0.005)


def wrong_frames(image: Path) -> Iterator[Figure]:
    """Frames of a flight, each damaged, given to the firmware: all of them on this computer, a share on the processor.

    What the damage happens to leave as a frame that was really sent is not counted as damaged.
    """
    sent = [encode(packet) for packet in flown.fly("nominal", until_step=2_000).sensors]
    native, board = Native(build("host").products[LIBRARY]), UnicornBoard(image)
    firmwares: tuple[tuple[str, int, Callable[[bytes], object], Callable[[], int]], ...] = (
        ("native", DISTURBED, native.receive, lambda: native.counts[0]),
        ("unicorn", DISTURBED // 20, board.send, lambda: board.measured(FRAMES_WHOLE)),
    )
    for name, most, give, taken in firmwares:
        draw, whole, tried, before = random.Random(6), set(sent), 0, taken()
        while tried < most:
            batch = [damage(draw.choice(sent), draw.choice(sent), draw) for _ in range(5)]
            batch = [frame for frame in batch if frame not in whole]
            give(b"".join(batch))
            tried += len(batch)
        accepted = taken() - before
        yield Figure(f"disturbed_frames_{name}", tried, "frames", asked=f">= {most:,}", met=tried >= most)
        yield Figure(f"wrong_frames_accepted_{name}", accepted, "frames", asked="0", met=accepted == 0)


def to_identity(name: str, asked_s: float, act: Callable[[], Board]) -> Figure:
    """From the act to the identity that answers."""
    start = time.perf_counter()
    board = act()
    identity.ask(board, 5.0)
    seconds = time.perf_counter() - start
    return Figure(name, seconds, "s", asked=f"< {asked_s:g}", met=seconds < asked_s)


def measure() -> list[Figure]:
    """What can be measured with what is installed."""
    if find("arm-none-eabi-gcc") is None:
        return []
    image = build("stm32f4", "arm-none-eabi-gcc").products[IMAGE]
    used = of(image)
    figures = [
        Figure("stm32f4_flash_bytes", used.flash, "bytes", asked="<= 262,144", met=used.flash <= 262_144),
        Figure("stm32f4_ram_bytes", used.ram, "bytes", asked="<= 65,536", met=used.ram <= 65_536),
        lockstep("unicorn", UnicornBoard(image), 2_000),
    ]
    if find("qemu-system-arm") is not None:
        boards: list[QemuBoard] = []

        def boot() -> Board:
            boards.append(QemuBoard(image))
            return boards[-1]

        def reset() -> Board:
            boards[-1].reset()
            return boards[-1]

        def replug() -> Board:
            boards[-1].replug()
            return boards[-1]

        figures.append(to_identity("qemu_boot_to_identity_s", 0.5, boot))
        figures.append(to_identity("qemu_reset_to_identity_s", 0.05, reset))
        boards[-1].unplug()
        figures.append(to_identity("qemu_replug_to_identity_s", 1.0, replug))
        figures.append(lockstep("qemu", boards[-1], 1_000))
        figures += real_time(boards[-1])
        boards[-1].close()
    figures += wrong_frames(image)
    for vehicle in COUNTED_VEHICLES:
        figures += longest_step(image, vehicle)
    return figures
