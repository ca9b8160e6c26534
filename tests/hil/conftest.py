"""The firmware's core compiled, and whole flights flown, once for all tests."""

import ctypes
from pathlib import Path

import pytest

from hil.firmware.build import build
from hil.firmware.ports.host.recipe import LIBRARY
from tests.hil.compiled import core
from tests.hil.flown import Flight, fly
from tests.system_parts import needs


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
