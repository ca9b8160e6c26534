"""Whole flights, flown once for all tests."""

import pytest

from tests.sim.flown import Flown, fly


@pytest.fixture(scope="session")
def nominal() -> Flown:
    return fly("nominal", seed=1)


@pytest.fixture(scope="session")
def maiden() -> Flown:
    return fly("maiden", seed=1)
