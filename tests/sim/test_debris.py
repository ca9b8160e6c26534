"""A spent stage behind the vehicle: it falls back, or its residual thrust brings it into contact again."""

import math
from dataclasses import replace

import pytest

from sim.burn import LiquidBurn
from sim.debris import RESTITUTION, SpentStage
from sim.engine import LiquidEngine
from sim.masses import Body
from sim.sideways import BLOW_S, struck
from tests.sim import vehicles
from tests.sim.commands import Stand

DT = 0.01


def pushed(residual_n: float, residual_s: float = 1e9) -> SpentStage:
    """A stage of 1,500 kg dry with 18,400 kg burnt, shut down 1.5 s ago."""
    stage = vehicles.liquid().stages[0]
    assert isinstance(stage.motor, LiquidEngine)
    burn = LiquidBurn(replace(stage.motor, residual_thrust_n=residual_n, residual_s=residual_s))
    burn.ignite(0.0)
    burn._burnt_kg = 18500.0
    burn.cut(0.0)
    return SpentStage(stage, burn, 1.5, 3.0)


def test_residual_thrust_closes_the_gap_as_by_hand() -> None:
    """5 kN on 3,000 kg: 1.67 m/s2. After a push apart by 0.5 m/s: contact at 2 x 0.5 / 1.67 = 0.6 s at 0.5 m/s."""
    spent = pushed(5000.0)
    assert spent.mass_kg == pytest.approx(3000.0)
    spent.closing = -0.5
    step = 0
    while not (closing := spent.move(1.5 + step * DT, DT, 0.0, 0.0, 0.0, 0.0)):
        step += 1
    assert step * DT == pytest.approx(0.6, abs=0.02)
    assert closing == pytest.approx(0.5, rel=0.03)
    assert spent.closing == pytest.approx(-RESTITUTION * closing)


def test_drag_the_vehicle_s_thrust_and_the_springs_part_them() -> None:
    """100 Pa x 0.85 x 3 m2 on 3,000 kg, 2 m/s2 of the vehicle, 300 N of springs: 0.085 + 2 + 0.1 m/s2."""
    spent = pushed(0.0)
    for step in range(100):
        assert spent.move(1.5 + step * DT, DT, 2.0, 300.0, 100.0, 0.0) == 0.0
    assert spent.closing == pytest.approx(-2.185)
    assert spent.gap_m == pytest.approx(0.5 * 2.185)
    assert not spent.far


def test_blow_keeps_momentum() -> None:
    """3,000 kg at 3 m/s into 5,000 kg, a fifth of it back: 5,000 kg gain 3 x 1.2 x 3 / 8 = 1.35 m/s."""
    side = struck(3.0, 0.2, 3000.0, Body(5000.0, 8.0, 100.0, 9000.0), 0.5)
    assert side.push_x * BLOW_S == pytest.approx(1.35)
    assert side.torque_y * BLOW_S == pytest.approx(0.5 * 5000.0 * 1.35)


def test_a_good_separation_leaves_no_contact() -> None:
    stand = Stand(vehicles.liquid())
    stand.world.density_ratio = 0.0
    world = stand.run(100.0, "stage_1_igniter", throttle=1.0)
    stand.run(2.0, "stage_1_cutoff")
    stand.run(1.0, "stage_1_separation_pyro")
    assert world.spent is not None
    assert world.spent.closing == pytest.approx(-0.2 * (1.0 + 7240.0 / world.spent.mass_kg), rel=0.02), "both get some"
    stand.run(12.0, "stage_2_igniter")
    assert world.spent is None, "far"
    assert "recontact" not in stand.events


def test_separation_too_soon_after_cutoff_is_a_recontact() -> None:
    """Falcon 1's third flight: 1.5 s after the cut-off with about 5 kN left on some 1,500 kg: 3 m/s, a second later."""
    vehicle = vehicles.liquid()
    engine = vehicle.stages[0].motor
    assert isinstance(engine, LiquidEngine)
    warm = replace(engine, propellant_kg=19950.0, residual_thrust_n=7e3, residual_s=5.0, residual_kg=10.0)
    stand = Stand(replace(vehicle, stages=(replace(vehicle.stages[0], motor=warm), *vehicle.stages[1:])))
    stand.world.density_ratio = 0.0
    world = stand.run(96.3, "stage_1_igniter", throttle=1.0)
    stand.run(1.5, "stage_1_cutoff")
    rate = math.hypot(*world.state[10:13])
    stand.run(2.0, "stage_1_separation_pyro")
    parted = stand.events["stage_1_separation"]
    assert 0.2 < stand.events["recontact"] - parted < 1.5
    assert math.hypot(*world.state[10:13]) > rate + 1e-3
    assert world.propulsion.misalignment[1][0] > math.radians(0.5), "its nozzle is bent"
