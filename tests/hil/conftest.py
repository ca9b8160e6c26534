"""The firmware's core compiled, and whole flights flown, once for all tests."""

import ctypes
from pathlib import Path

import pytest

from hil.firmware.build import build
from hil.firmware.ports.host.recipe import LIBRARY
from tests.hil.compiled import core
from tests.hil.flown import Flight, fly
from tests.system_parts import needs

DIGESTS: list[tuple[str, str, str, int, str, float | None]] = []
"""Scenario, board, compiler, seconds flown, digest of the telemetry, seconds on the board's side."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of the digests, where boards were flown."""
    if not DIGESTS:
        return
    terminalreporter.section("telemetry SHA-256 of each flight")
    for scenario, board, compiler, flown_s, digest, board_s in DIGESTS:
        speed = f"{flown_s / board_s:7.2f} x real time" if board_s else ""
        terminalreporter.write_line(f"{scenario:8} {board:8} {compiler:4} {flown_s:5} s  {digest}  {speed}")


@pytest.fixture(scope="session")
def firmware_core(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    return core(tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="session")
def nominal() -> Flight:
    return fly("nominal")


@pytest.fixture(scope="session")
def maiden() -> Flight:
    return fly("maiden")


@pytest.fixture(scope="session")
def library() -> Path:
    """The firmware as this computer's shared library."""
    needs("gcc", "gcc")
    return build("host", "gcc").products[LIBRARY]
