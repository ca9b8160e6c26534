"""Tanks under helium: a bottle of 30 MPa that ends at 5, fuel at 300 kPa, oxidizer at 400 kPa, 19,900 kg usable."""

import pytest

from sim.engine import LiquidEngine
from sim.tanks import Tanks
from tests.sim import vehicles


def tanks() -> Tanks:
    motor = vehicles.liquid().stages[0].motor
    assert isinstance(motor, LiquidEngine)
    return Tanks(motor)


@pytest.mark.parametrize(("burnt_kg", "helium"), [(0.0, 30e6), (9950.0, 17.5e6), (19900.0, 5e6), (19990.0, 5e6)])
def test_helium_falls_with_the_propellant_and_the_regulator_holds(burnt_kg: float, helium: float) -> None:
    assert tanks().pressures(burnt_kg) == pytest.approx((3e5, 4e5, helium))


def test_a_bottle_that_has_leaked_holds_the_tanks_no_more() -> None:
    """1 % of 17.5 MPa is 175 kPa: less than the regulator's 300 and 400."""
    leaked = tanks()
    leaked.helium = 0.01
    assert leaked.pressures(9950.0) == pytest.approx((175e3, 175e3, 175e3))
    assert leaked.feed(9950.0) == pytest.approx(175.0 / 400.0 / 0.5)


@pytest.mark.parametrize(("left", "feed"), [(1.0, 1.0), (0.5, 1.0), (0.4, 0.8), (0.0, 0.0)])
def test_the_worse_tank_starves_the_engine(left: float, feed: float) -> None:
    leaked = tanks()
    leaked.fuel = left
    assert leaked.pressures(0.0)[0] == pytest.approx(left * 3e5)
    assert leaked.feed(0.0) == pytest.approx(feed)
