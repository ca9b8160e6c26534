"""Boards that are not there, not free, or not ours: the command line says it in one line, and what to do."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import random
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import vermilion
from flight.wire.dictionary import default
from flight.wire.frame import Deframer, encode
from flight.wire.packet import PROTOCOL, Codec
from hil.boards.factory import expected_software
from tests.hil import desk

IDENTITY = Codec(default().packets["identity"])
ACTUATORS = Codec(default().packets["actuators"])
SENSORS = Codec(default().packets["sensors"])


def who(
    count: int = 0,
    *,
    plan: str = "",
    fingerprint: str | None = None,
    protocol: int = PROTOCOL,
    software: str | None = None,
) -> bytes:
    ours = expected_software("serial", desk.plan())
    values = ("", plan, software or ours or "", "stm32f4", fingerprint or default().fingerprint, protocol, 0, 0.0)
    return encode(IDENTITY.encode(count, count << 16, 1, values))


def until_step(last: int) -> Callable[[bytes], bytes]:
    """A board that commands nothing, and falls silent after a step."""
    deframer = Deframer()

    def answer(data: bytes) -> bytes:
        said = b""
        for packet in deframer.feed(data):
            if packet[:2] == SENSORS.key and (values := SENSORS.decode(packet)) is not None:
                step = int(values[SENSORS.index("step")])
                if step <= last:
                    said += encode(ACTUATORS.encode(step, 0, 1, (step, *(0.0,) * 8, *(False,) * 16)))
            else:
                said += who(plan=desk.PLAN)
        return said

    return answer


def said(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int) -> str:
    """The one line of a command that ends so."""
    assert vermilion.main(arguments) == status
    error = capsys.readouterr().err
    assert error.startswith("vermilion: ")
    assert error.count("\n") == 1
    assert "Traceback" not in error
    return error


NOISE = random.Random(1).randbytes(300)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (lambda data: b"", "it says nothing; is it flashed (./run firmware flash), on this port (./run ports)"),
        (lambda data: NOISE, "no whole frame among them: another protocol or another baud rate; the bench's line has"),
        (lambda data: b"ArduPilot V4.5\r\n", "another protocol or another baud rate"),
        (lambda data: data[:-3] + b"\xfd\x09\x00", "another protocol or another baud rate"),
        (lambda data: encode(ACTUATORS.encode(0, 0, 1, (0,) * 25)), "no identity of ours is among"),
        (lambda data: who(protocol=7), "it speaks protocol 7, this bench 1; ./run firmware flash"),
        (lambda data: who(fingerprint="0123456789abcdef"), "build and flash anew: ./run firmware flash"),
        (lambda data: who(software="vermilion 0.0.1 00000000"), "./run firmware flash, or --any-build to fly it"),
        (lambda data: who(), "it knows no plan 'zhuque-1'; build and flash anew: ./run firmware flash"),
    ],
)
def test_who_answers_something_else_is_refused(
    answer: Callable[[bytes], bytes], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.port(answer) as port:
        error = said(capsys, ["hil", "--board", port], 2)
    assert complaint in error
    assert port in error


def test_a_port_that_another_program_has_is_refused_by_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with desk.port(lambda data: b"") as port:
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for arguments in (["hil", "--board", port], ["ground", f"serial:{port}", "--no-wait"], listening(port)):
            assert "in use by another program; close it there first" in said(capsys, arguments, 2)
        os.close(descriptor)


def test_what_is_not_there_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "ttyACM7")
    assert "no such port; ./run ports lists those there are" in said(capsys, ["hil", "--board", absent], 2)
    assert "no such port" in said(capsys, listening(absent), 2)
    monkeypatch.setenv("PATH", str(tmp_path))
    no_compiler = said(capsys, ["hil", "--board", "native", "--compiler", "gcc"], 2)
    assert "no compiler (gcc)" in no_compiler
    assert "install gcc or clang, or the package ziglang" in no_compiler
    assert "apt-get install stlink-tools" in said(capsys, ["firmware", "flash"], 2)
    monkeypatch.setattr("hil.boards.factory.image", lambda *_: tmp_path / "vermilion.elf")
    assert "apt-get install qemu-system-arm" in said(capsys, ["hil", "--board", "qemu"], 2)


def test_an_emulator_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    image = tmp_path / "vermilion.elf"
    # The smallest that is an ELF file for ARM: a header, and no segments.
    image.write_bytes(b"\x7fELF\1\1\1" + bytes(9) + b"\2\0\x28\0\1\0\0\0" + bytes(28))
    monkeypatch.setattr("hil.boards.factory.image", lambda *_: image)
    monkeypatch.setitem(sys.modules, "unicorn", None)
    assert "pip install unicorn, or use --board qemu" in said(capsys, ["hil", "--board", "unicorn"], 2)


def test_a_board_that_stops_in_flight_is_a_fault_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hil.cli.LOCKSTEP_DEADLINE_S", 0.02)
    with desk.port(until_step(40)) as port:
        error = said(capsys, ["hil", "--board", port, "--report", str(tmp_path)], 1)
    assert "does not answer step 41 (10 times asked)" in error
    (junit,) = tmp_path.glob("*.xml")
    assert "does not answer step 41" in junit.read_text(encoding="utf-8")


def listening(port: str) -> list[str]:
    return ["ports", "--listen", f"serial:{port}", "--seconds", "0.6"]


@contextmanager
def talking(say: Callable[[int], bytes]) -> Iterator[str]:
    """A serial port's path, on which somebody speaks ten times a second, whoever listens."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    quiet = threading.Event()

    def speak() -> None:
        count = 0
        while not quiet.wait(0.1):
            with suppress(BlockingIOError):
                os.write(master, say(count))
            count += 1

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        quiet.set()
        thread.join()
        os.close(slave)
        os.close(master)


@pytest.mark.parametrize(
    ("say", "status", "told"),
    [
        (lambda count: b"", 1, "nothing came: is the board powered, its TX on this RX"),
        (lambda count: b"height 3.2 m\r\n", 1, "text came"),
        (lambda count: NOISE, 1, "and no whole frame among them: another baud rate or protocol"),
        (lambda count: who(count, fingerprint="0123456789abcdef"), 1, "give yours (--dictionary)"),
        (who, 0, "frames, nothing wrong"),
    ],
)
def test_a_link_is_listened_to(
    say: Callable[[int], bytes], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with talking(say) as port:
        assert vermilion.main(listening(port)) == status
        assert told in capsys.readouterr().out
        assert vermilion.main([*listening(port), "--json"]) == status
    heard = json.loads(capsys.readouterr().out)
    assert bool(heard["wrong"]) == bool(status)
    assert (heard["frames"] > 0) == ("identity" in heard["packets"])
