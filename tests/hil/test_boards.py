"""The STM32F4 image on both emulators: it boots, says who it is, flies as Python does, survives what is done to it."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from flight.onboard import PythonComputer
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer
from hil import identity
from hil.bench import BoardComputer
from hil.boards.board import Board
from hil.boards.qemu import QemuBoard
from hil.boards.unicorn import UnicornBoard
from hil.firmware import build as building
from hil.firmware import elf, size
from hil.firmware.ports.stm32f4.recipe import FLASH_BYTES, IMAGE, RAM_BYTES
from hil.firmware.state import state_crc
from tests.hil import desk
from tests.system_parts import MISSING, needs

PORT = Path(building.FIRMWARE) / "ports" / "stm32f4"
DEADLINE_S = 20.0


@pytest.fixture(scope="session")
def image() -> Path:
    needs("arm-none-eabi-gcc")
    return building.build("stm32f4", "arm-none-eabi-gcc").products[IMAGE]


def unicorn_board(image: Path) -> UnicornBoard:
    pytest.importorskip("unicorn", reason=f"{MISSING}unicorn: pip install unicorn")
    return UnicornBoard(image)


@pytest.fixture(params=["unicorn", "qemu"])
def board(request: pytest.FixtureRequest, image: Path) -> Iterator[Board]:
    if request.param == "qemu":
        needs("qemu-system-arm")
        opened: Board = QemuBoard(image)
    else:
        opened = unicorn_board(image)
    yield opened
    opened.close()


def test_it_boots_to_its_identity(board: Board) -> None:
    met = identity.ask(board, DEADLINE_S)
    identity.check(met, board.name, building.software(building.build_number("stm32f4")))
    assert (met.board, met.cause, met.plan) == ("stm32f4-emulated", "power_on", "")


def test_a_reset_keeps_the_flight_and_a_crash_says_so(board: Board) -> None:
    computer = BoardComputer(board, deadline_s=DEADLINE_S)
    flight = desk.mission(computer)
    for _ in range(20):
        flight.step()
    board.reset()
    assert (computer.meet_again().cause, computer.identity.plan) == ("pin", desk.PLAN)
    flight.step()
    board.crash()
    assert (computer.meet_again().cause, computer.identity.plan) == ("fault", desk.PLAN)
    assert board.read_word("fault_record", 8) == 1  # type: ignore[attr-defined]
    flight.step()
    board.hang()
    board.reset()
    assert computer.meet_again().plan == desk.PLAN
    board.cut_power()
    board.restore_power()
    assert (computer.meet_again().cause, computer.identity.plan) == ("power_on", "")


def test_a_reset_of_the_vehicle_s_own_resets_the_board_which_flies_on_as_python_does(image: Path) -> None:
    computer, python = BoardComputer(unicorn_board(image), deadline_s=DEADLINE_S), PythonComputer(desk.plan())
    flights = [desk.mission(each, faults=["reset@-9:cause=watchdog,gap_s=0.3"]) for each in (computer, python)]
    packets: list[bytes] = []
    for _ in range(250):
        packets += flights[0].step()
        flights[1].step()
    assert (computer.restarts, computer.identity.cause) == (1, "pin")
    assert computer.telemetry_sha256 == python.telemetry_sha256
    first, *_, last = (packet[12:14] for packet in packets)
    assert int.from_bytes(last, "big") == int.from_bytes(first, "big") + 1


def test_a_board_that_restarts_unasked_flies_on_and_its_introduction_is_no_telemetry(image: Path) -> None:
    board = unicorn_board(image)
    computer, python = BoardComputer(board, deadline_s=DEADLINE_S), PythonComputer(desk.plan())
    flight, other = desk.mission(computer), desk.mission(python)
    packets: list[bytes] = []
    for step in range(60):
        if step == 30:
            board.crash()
        packets += flight.step()
        other.step()
    assert computer.restarts == 1
    assert flight.world.state == other.world.state
    times = [packet[6:12] for packet in packets]
    assert times == sorted(times)


@pytest.mark.parametrize("steps", [150])
def test_its_telemetry_is_python_s(board: Board, steps: int) -> None:
    computer = BoardComputer(board, deadline_s=DEADLINE_S)
    flight = desk.mission(computer)
    for _ in range(steps):
        flight.step()
    flight.end()
    assert computer.telemetry_sha256 == desk.digest(steps)
    assert (computer.retries, computer.frames_damaged) == (0, 0)


def test_ignition_and_the_state_of_every_second_are_python_s_on_unicorn(image: Path) -> None:
    board = unicorn_board(image)
    computer, python = BoardComputer(board, deadline_s=DEADLINE_S), PythonComputer(desk.plan())
    flight, other = desk.mission(computer), desk.mission(python)
    for step in range(1_301):
        flight.step()
        other.step()
        if step % 100 == 0:
            assert (board.measured(0), board.measured(1)) == (step, state_crc(python.computer))
    assert computer.telemetry_sha256 == python.telemetry_sha256
    assert flight.world.liftoff_s is not None


def test_without_direct_memory_access_interrupts_move_the_same_bytes(image: Path) -> None:
    computers = []
    for dma in (True, False):
        computers.append(BoardComputer(UnicornBoard(image, dma=dma), deadline_s=DEADLINE_S))
        flight = desk.mission(computers[-1])
        for _ in range(40):
            flight.step()
        flight.end()
    assert computers[0].telemetry_sha256 == computers[1].telemetry_sha256 == desk.digest(40)


def test_the_telemetry_line_has_what_the_bench_s_line_has(image: Path) -> None:
    board = unicorn_board(image)
    computer = BoardComputer(board, deadline_s=DEADLINE_S)
    flight = desk.mission(computer)
    _ = board.telemetry
    sent = [packet for _ in range(30) for packet in flight.step()]
    assert Deframer().feed(board.telemetry) == sent


@pytest.mark.parametrize("compiler", ["arm-none-eabi-gcc", "zig"])
def test_double_addition_is_rounded_right(compiler: str) -> None:
    """libgcc's fault is at exponents 33 apart; around it nothing else may have changed."""
    if compiler == "zig":
        pytest.importorskip("ziglang", reason=f"{MISSING}ziglang: pip install ziglang")
    else:
        needs(compiler)
    board = unicorn_board(building.build("stm32f4", compiler).products[IMAGE])
    wrapped = "__wrap_" if compiler != "zig" else ""
    draw = random.Random(33)
    cases = [(1.0, -float.fromhex("0x1.af6ff5135d448p-33"))]
    for _ in range(1_500):
        exponent, apart = draw.choice((0, 1, 40, -300, 600)), draw.choice((33, 33, 33, 32, 34, 52, 53, 1, 0))
        first = draw.choice((1.0, 1.0 + 2.0**-52, 1.0 + draw.random())) * 2.0**exponent
        second = -draw.choice((1.0, 1.5, 1.0 + draw.random())) * 2.0 ** (exponent - apart)
        cases.append((first, second) if draw.random() < 0.5 else (-second, -first))
    for first, second in cases:
        for name, sign in (("dadd", 1.0), ("dsub", -1.0)):
            words = struct.unpack("<4I", struct.pack("<2d", first, sign * second))
            result = struct.pack("<2I", *board.call(f"{wrapped}__aeabi_{name}", *words))
            assert struct.unpack("<d", result)[0] == first + second, (first.hex(), second.hex(), name)


def test_the_power_on_test_asks_for_what_ieee_754_says() -> None:
    rows = re.findall(r"\{(\S+), (\S+), (\S+)\},", (PORT / "arithmetic.c").read_text(encoding="utf-8"))
    assert len(rows) == 24
    for first, second, total in rows:
        assert float.fromhex(first) + float.fromhex(second) == float.fromhex(total)


def test_the_image_fits_the_smallest_chip_with_room_to_spare(image: Path) -> None:
    used = size.of(image)
    size.check(used)
    assert used.flash < 0.75 * FLASH_BYTES
    assert used.ram < 0.75 * RAM_BYTES


def test_the_same_sources_give_the_same_image(image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_parent", lambda: tmp_path)
    again = building.build("stm32f4", "arm-none-eabi-gcc").products[IMAGE]
    assert again != image
    assert again.read_bytes() == image.read_bytes()


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"MZ" + bytes(100), b"\x7fELF\x01\x01" + bytes(30)])
def test_what_is_no_image_is_refused_in_one_line(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "firmware.elf"
    path.write_bytes(data)
    with pytest.raises(Misuse, match=r"firmware\.elf: is no firmware image .*firmware build"):
        elf.read(path)
