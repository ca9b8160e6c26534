"""Nozzle and reaction-control tank."""

import math

import pytest

from sim.actuators import Nozzle, ReactionTank
from sim.earth import STANDARD_GRAVITY
from sim.engine import Vectoring
from sim.parts import ReactionControl

VECTORING = Vectoring(limit=0.1, rate=0.5, lag_s=0.05)
SPEC = ReactionControl(
    propellant_kg=40.0,
    density_kg_m3=1000.0,
    pressure_pa=2.5e6,
    ullage_m3=0.02,
    specific_impulse_s=220.0,
    roll_torque_n_m=100.0,
    pitch_torque_n_m=1000.0,
    arm_m=0.5,
    ring_m=1.0,
    vent_s=1.0,
)


def test_nozzle_lags_behind_its_command() -> None:
    nozzle = Nozzle()
    for _ in range(5):
        nozzle.follow(VECTORING, 0.01, -0.005, 0.01)
    assert nozzle.pitch == pytest.approx(0.01 * (1.0 - math.exp(-1.0)))
    assert nozzle.yaw == pytest.approx(-0.005 * (1.0 - math.exp(-1.0)))


def test_nozzle_keeps_its_rate_and_its_stop() -> None:
    nozzle = Nozzle()
    nozzle.follow(VECTORING, 5.0, -5.0, 0.01)
    assert (nozzle.pitch, nozzle.yaw) == pytest.approx((0.005, -0.005))
    for _ in range(1000):
        nozzle.follow(VECTORING, 5.0, -5.0, 0.01)
    assert (nozzle.pitch, nozzle.yaw) == pytest.approx((0.1, -0.1))


@pytest.mark.parametrize("command", [math.nan, math.inf])
def test_nozzle_does_not_follow_what_is_no_number(command: float) -> None:
    nozzle = Nozzle()
    nozzle.follow(VECTORING, 0.01, 0.01, 0.01)
    before = nozzle.pitch
    nozzle.follow(VECTORING, command, 0.01, 0.01)
    assert nozzle.pitch == before


def test_fixed_nozzle_stays_straight() -> None:
    nozzle = Nozzle()
    nozzle.follow(None, 0.05, 0.05, 0.01)
    assert (nozzle.pitch, nozzle.yaw) == (0.0, 0.0)


def test_torque_follows_duty_and_pressure() -> None:
    tank = ReactionTank(SPEC)
    assert tank.fire(0.5, -1.0, 0.25, 0.01) == pytest.approx((50.0, -1000.0, 250.0))
    tank.propellant_kg = 20.0
    assert tank.pressure_pa == pytest.approx(1.25e6), "20 litres more for the gas of 20 litres: Boyle's law"
    assert tank.fire(0.0, 1.0, 0.0, 0.01)[1] == pytest.approx(500.0)


def test_propellant_pays_for_torque() -> None:
    """Thrust is torque over arm, mass flow thrust over exhaust speed."""
    tank = ReactionTank(SPEC)
    tank.fire(0.0, 1.0, -1.0, 0.01)
    assert 40.0 - tank.propellant_kg == pytest.approx(2000.0 / 0.5 / (220.0 * STANDARD_GRAVITY) * 0.01)


@pytest.mark.parametrize(("command", "torque"), [(7.0, 1000.0), (-7.0, -1000.0), (math.nan, 0.0), (math.inf, 0.0)])
def test_duty_is_bounded(command: float, torque: float) -> None:
    assert ReactionTank(SPEC).fire(0.0, command, 0.0, 0.01)[1] == pytest.approx(torque)


def test_leak_empties_the_tank_then_loses_the_gas() -> None:
    tank = ReactionTank(SPEC)
    tank.leak_kg_s = 0.5
    tank.leak_torque_n_m = (0.0, 0.0, 10.0)
    assert tank.fire(0.0, 0.0, 0.0, 0.01)[2] == pytest.approx(10.0)
    pressures = []
    for _ in range(20000):
        tank.fire(0.0, 0.0, 0.0, 0.01)
        pressures.append(tank.pressure_pa)
    assert pressures == sorted(pressures, reverse=True)
    assert tank.propellant_kg == 0.0
    assert pressures[-1] < 1.0
    assert tank.fire(1.0, 1.0, 1.0, 0.01) == pytest.approx((0.0, 0.0, 0.0), abs=1e-3), "no propellant, no torque"


def test_tank_without_a_leak_keeps_its_gas() -> None:
    tank = ReactionTank(SPEC)
    tank.propellant_kg = 0.0
    for _ in range(100):
        tank.fire(1.0, 1.0, 1.0, 0.01)
    assert tank.pressure_pa == pytest.approx(2.5e6 / 3.0)
