"""The firmware's core, compiled once for all tests."""

import ctypes

import pytest

from tests.hil.compiled import core


@pytest.fixture(scope="session")
def firmware_core(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    return core(tmp_path_factory.mktemp("core"))
