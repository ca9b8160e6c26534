"""The bench against a serial port: our firmware behind a pseudo-terminal, and everything that is no such board."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flight.onboard import PythonComputer
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer, encode
from flight.wire.packet import PROTOCOL, Codec
from hil import identity
from hil.bench import BoardComputer, BoardLost
from hil.boards import factory
from hil.boards.serialboard import SerialBoard
from hil.faults import wire
from hil.faults.course import BoardCourse
from hil.faults.kinds import KINDS, parse
from hil.faults.wire import DisturbedBoard
from hil.identity import Identity
from hil.latency import Latency
from hil.native import Native
from tests.hil import desk

OURS = Identity("", "", "vermilion 0.1.0 12345678", "stm32f4-0badcafe", default().fingerprint, PROTOCOL, 0, 0.0)


def answers(who: Identity) -> Callable[[bytes], bytes]:
    """A board that knows nothing but its identity."""
    values = tuple(getattr(who, name) for name in Identity.__slots__)
    frame = encode(Codec(default().packets["identity"]).encode(0, 0, 0, values))
    return lambda data: frame


def test_the_firmware_behind_a_serial_port_flies_as_python_does(library: Path) -> None:
    native = Native(library)
    with desk.port(native.receive) as path:
        board = SerialBoard(path)
        computer = BoardComputer(board, deadline_s=20.0)
        assert computer.identity.board == "native"
        flight = desk.mission(computer)
        for _ in range(120):
            flight.step()
        flight.end()
        board.close()
    assert computer.telemetry_sha256 == desk.digest(120)
    found = computer.latency.statistics()
    assert found is not None
    assert (found.steps, computer.retries) == (120, 0)


@pytest.mark.parametrize(
    ("who", "complaint"),
    [
        (replace(OURS, protocol=PROTOCOL + 1), r"speaks protocol 2, this bench 1; \./run firmware flash"),
        (replace(OURS, fingerprint="0123456789abcdef"), r"its dictionary is 0123456789abcdef.*\./run firmware flash"),
        (replace(OURS, software="vermilion 0.1.0 87654321"), r"runs 'vermilion 0\.1\.0 87654321'.*--any-build"),
        (replace(OURS, board=identity.FAULTY), r"wrong double arithmetic"),
    ],
)
def test_a_board_that_does_not_fit_is_refused_with_what_to_do(who: Identity, complaint: str) -> None:
    with desk.port(answers(who)) as path:
        board = SerialBoard(path)
        with pytest.raises(Misuse, match=complaint) as refusal:
            BoardComputer(board, deadline_s=1.0, software=OURS.software)
        board.close()
    assert "\n" not in str(refusal.value)


def test_another_team_s_own_firmware_is_not_asked_for_our_build() -> None:
    with desk.port(answers(replace(OURS, software="condor 7"))) as path:
        board = SerialBoard(path)
        assert BoardComputer(board, deadline_s=1.0, software=OURS.software).identity.software == "condor 7"
        board.close()


@pytest.mark.parametrize(
    ("says", "complaint"),
    [
        (b"", r"says nothing; is it flashed"),
        (b"PX4 nsh> \xff\x00ver all\r\n", r"no whole frame among them: another protocol or another baud rate"),
        (
            encode(Codec(default().packets["event"]).encode(0, 0, 0, (1, 2))),
            r"no identity of ours .* another dictionary or protocol",
        ),
    ],
)
def test_silence_garbage_and_another_language_are_told_apart(
    says: bytes, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hil.bench.HANDSHAKE_S", 0.3)
    with desk.port(lambda data: says) as path:
        board = SerialBoard(path)
        with pytest.raises(Misuse, match=complaint):
            BoardComputer(board, deadline_s=1.0)
        board.close()


def test_a_busy_port_an_absent_one_and_no_port_at_all_are_refused(tmp_path: Path) -> None:
    with desk.port(lambda data: b"") as path:
        board = SerialBoard(path)
        with pytest.raises(Misuse, match="in use by another program"):
            SerialBoard(path)
        board.close()
    with pytest.raises(Misuse, match=r"no such port; \./run ports"):
        factory.open_board(str(tmp_path / "ttyACM0"), desk.plan())
    with pytest.raises(Misuse, match="no such board; there are python, native, unicorn, qemu"):
        factory.open_board("nucleo", desk.plan())
    with pytest.raises(Misuse, match="baud must be a whole number"):
        factory.open_board("/dev/ttyACM0?baud=fast", desk.plan())


def test_a_board_that_falls_silent_is_lost_after_ten_questions() -> None:
    codec = Codec(default().packets["identity"])
    values = tuple(getattr(replace(OURS, plan=desk.PLAN), name) for name in Identity.__slots__)

    def answer(data: bytes) -> bytes:
        kinds = {packet[1] for packet in Deframer().feed(data)}
        return encode(codec.encode(0, 0, 0, values)) if kinds & {1, 32} else b""

    with desk.port(answer) as path:
        board = SerialBoard(path)
        computer = BoardComputer(board, deadline_s=0.01)
        flight = desk.mission(computer)
        with pytest.raises(BoardLost, match="does not answer step 0 \\(10 times asked\\)"):
            flight.step()
        assert computer.retries == 9
        board.close()


def test_a_missed_deadline_in_real_time_keeps_the_last_commands() -> None:
    values = tuple(getattr(replace(OURS, plan=desk.PLAN), name) for name in Identity.__slots__)
    frame = encode(Codec(default().packets["identity"]).encode(0, 0, 0, values))
    with desk.port(lambda data: frame if len(data) < 150 else b"") as path:
        board = SerialBoard(path)
        computer = BoardComputer(board, deadline_s=0.002, real_time=True)
        flight = desk.mission(computer)
        for _ in range(5):
            assert flight.step() == []
        found = computer.latency.statistics()
        assert found is not None
        assert found.missed == 5
        board.close()


def test_damaged_frames_are_counted_over_restarts(library: Path) -> None:
    with desk.port(Native(library).receive) as path:
        board = DisturbedBoard(SerialBoard(path))
        computer = BoardComputer(board, deadline_s=5.0)
        flight = desk.mission(computer)
        board.receiving.append(lambda data: b"\0\x05garbage\0" + data)
        flight.step()
        board.receiving.clear()
        damaged = computer.frames_damaged
        computer.meet_again()
        board.close()
    assert damaged > 0
    assert computer.frames_damaged == damaged


@pytest.mark.parametrize("kind", ["noise", "drop", "garbage", "duplicate", "reorder"])
def test_a_disturbed_wire_changes_no_flight_that_is_asked_again(kind: str, library: Path) -> None:
    """Whatever the wire does to the frames, the commands are those of an undisturbed flight."""
    native = Native(library)
    part = {"noise": 5e-4, "drop": 5e-4}.get(kind, 0.3)
    draw = random.Random(kind)
    disturbance = getattr(wire, kind)(part, draw)
    with desk.port(native.receive) as path:
        board = DisturbedBoard(SerialBoard(path))
        computer = BoardComputer(board, deadline_s=0.05)
        flight, other = desk.mission(computer), desk.mission(PythonComputer(desk.plan()))
        board.sending.append(disturbance)
        if kind in ("noise", "drop", "garbage"):
            board.receiving.append(disturbance)
        for _ in range(150):
            flight.step()
            other.step()
        board.close()
    assert flight.world.state == other.world.state
    assert native.counts[1] > 0 or kind in ("duplicate", "reorder")


@pytest.mark.parametrize(
    ("argument", "complaint"),
    [
        ("reset", "has no @"),
        ("reset@soon", "could not convert"),
        ("reset@5:gap_s=99", "gap_s"),
        ("wire_noise@5", "part"),
        ("crash@5:stage=1", "stage"),
        ("reset@nan", "not finite"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(argument: str, complaint: str) -> None:
    with pytest.raises(Misuse, match=complaint):
        parse(argument)


def test_what_the_bench_cannot_do_to_a_board_on_a_port_is_refused_before_the_flight(library: Path) -> None:
    with desk.port(Native(library).receive) as path:
        computer = BoardComputer(DisturbedBoard(SerialBoard(path)), deadline_s=1.0)
        flight = desk.mission(computer)
        BoardCourse([parse("unplug@5"), parse("babble@5:part=0.1")], flight, computer, 1, 10.0)
        with pytest.raises(Misuse, match="fault crash: the bench reaches only the line"):
            BoardCourse([parse("crash@5")], flight, computer, 1, 10.0)
        computer.board.close()


def test_every_fault_of_the_table_has_its_defaults_within_its_bounds() -> None:
    for name, kind in KINDS.items():
        for number in kind.numbers:
            assert number.default is None or number.low <= number.default <= number.high, name


def test_percentiles_and_jitter_of_known_times() -> None:
    latency = Latency()
    for place in range(100):
        latency.add(1e-3 * (1 + place % 2), 1.5e-3)
    found = latency.statistics()
    assert found is not None
    assert (found.p50_ms, found.worst_ms, found.missed) == (2.0, 2.0, 50)
    assert found.jitter_ms == pytest.approx(1.0)
    assert sum(count for _, count in found.histogram) == 100
