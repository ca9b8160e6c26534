"""Solid motors: impulse, propellant, and the shape of the burn."""

import pytest

from sim.earth import STANDARD_GRAVITY
from sim.motor import SolidMotor
from sim.vehicle import load

FLAT = [(0.0, 1.0), (1.0, 1.0)]


def motor() -> SolidMotor:
    return SolidMotor(100.0, 250.0, 10e3, [(0.0, 0.8), (0.5, 1.3), (0.9, 1.0), (1.0, 0.1)], 0.2)


def test_burn_time_follows_from_impulse() -> None:
    assert motor().burn_s == pytest.approx(100.0 * 250.0 * STANDARD_GRAVITY / 10e3)


def test_thrust_integrates_to_the_propellant() -> None:
    """Total impulse is propellant times exhaust speed, whatever the trace's own mean."""
    burning = motor()
    steps = 20000
    dt = burning.burn_s / steps
    impulse = sum(burning.at((k + 0.5) * dt)[0] for k in range(steps)) * dt
    assert impulse == pytest.approx(100.0 * 250.0 * STANDARD_GRAVITY, rel=1e-6)
    half = sum(burning.at((k + 0.5) * dt)[0] for k in range(steps // 2)) * dt
    assert burning.at(burning.burn_s / 2)[1] == pytest.approx(half / burning.exhaust_speed, rel=1e-6)


@pytest.mark.parametrize(
    ("seconds", "thrust", "burnt"), [(-1.0, 0.0, 0.0), (0.0, 0.0, 0.0), (24.6, 0.0, 100.0), (1e9, 0.0, 100.0)]
)
def test_before_and_after(seconds: float, thrust: float, burnt: float) -> None:
    assert motor().at(seconds) == (thrust, burnt)


def test_ignition_rises_from_nothing() -> None:
    burning = SolidMotor(100.0, 250.0, 10e3, FLAT, 0.2)
    assert burning.at(0.1)[0] == pytest.approx(0.5 * burning.at(0.2)[0])
    assert burning.at(0.2)[0] == pytest.approx(burning.at(10.0)[0])


def test_zhuque_1_as_published() -> None:
    """45 tf and 27 t at take-off (spaceflightinsider, seradata); burn times of the sizing study."""
    vehicle = load("zhuque-1")
    assert vehicle.lift_off_kg == pytest.approx(27000.0)
    assert [stage.motor.burn_s for stage in vehicle.stages] == pytest.approx([76.6, 66.9, 88.0], abs=0.05)
    at_pad = vehicle.stages[0].motor.at(0.1)[0] - 90e3 * vehicle.stages[0].exit_area_m2
    assert at_pad / STANDARD_GRAVITY / 1000.0 == pytest.approx(45.5, abs=0.8)
