"""Burns of liquid stages: transients, throttle, depletion, verniers, residual thrust, and solids beside them.

Numbers by hand for 600 kN at 300 s: exhaust speed 2,941.995 m/s, flow 203.943 kg/s.
"""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.burn import LiquidBurn, SolidBurn
from sim.engine import LiquidEngine
from sim.motor import SolidMotor
from tests.sim import vehicles

DT = 0.01
SPEED = 300.0 * 9.80665
FLOW = 600e3 / SPEED


def engine(stage: int = 0) -> LiquidEngine:
    motor = vehicles.liquid().stages[stage].motor
    assert isinstance(motor, LiquidEngine)
    return motor


class Run:
    """A burn step by step: its impulse, and thrust at each step's end."""

    def __init__(self, burn: LiquidBurn) -> None:
        self.burn = burn
        self.step = 0
        self.impulse = 0.0
        self.thrust = 0.0
        burn.ignite(0.0)

    @property
    def now(self) -> float:
        return self.step * DT

    def on(self, seconds: float, throttle: float = 1.0) -> "Run":
        for _ in range(round(seconds / DT)):
            sample = self.burn.samples(self.now, DT, throttle)
            self.impulse += DT / 6.0 * (sample.thrust + 4.0 * sample.thrust_middle + sample.thrust_end)
            self.thrust = sample.thrust_end
            self.step += 1
        return self


def test_nothing_burns_before_ignition() -> None:
    assert LiquidBurn(engine()).samples(3.0, DT, 1.0) == (0.0,) * 6


def test_start_is_s_shaped_and_costs_half_of_its_time() -> None:
    """0.8 s: half thrust at 0.4 s; impulse 600 kN x 0.4 s at its end; 3 x^2 - 2 x^3 at a quarter is 0.15625."""
    run = Run(LiquidBurn(engine()))
    assert run.on(0.2).thrust == pytest.approx(0.15625 * 600e3)
    assert run.on(0.2).thrust == pytest.approx(300e3)
    assert run.on(0.4).impulse == pytest.approx(240e3, rel=1e-9)
    assert run.burn.burnt(0.8) == pytest.approx(0.4 * FLOW)
    assert run.burn.level(0.8) == pytest.approx(1.0)


def test_shutdown_costs_half_of_its_time_too() -> None:
    run = Run(LiquidBurn(engine())).on(10.0)
    before = run.impulse
    run.burn.cut(run.now)
    run.on(0.19)
    assert run.burn.out_s(run.now) is None
    assert run.on(0.01).thrust == pytest.approx(300e3)
    run.on(0.2)
    assert run.impulse - before == pytest.approx(600e3 * 0.2)
    assert run.on(5.0).thrust == 0.0
    assert run.burn.out_s(run.now) == pytest.approx(10.2), "half-way down"


def test_all_usable_propellant_burns_and_no_more() -> None:
    """19,900 of 20,000 kg give 19,900 x 2,942 N s; the burn lasts what planning says."""
    run = Run(LiquidBurn(engine())).on(110.0)
    assert run.burn.burnt(110.0) == pytest.approx(19900.0, abs=0.01)
    assert run.impulse == pytest.approx(19900.0 * SPEED, rel=1e-6)
    out = run.burn.out_s(110.0)
    assert out is not None
    assert out == pytest.approx(engine().burn_s - 0.2, abs=1e-3)


def test_planning_s_burn_is_the_one_that_flies() -> None:
    run = Run(LiquidBurn(engine()))
    for seconds in (0.3, 0.5, 60.0, 36.0, 0.6, 0.2):
        run.on(seconds)
        thrust, burnt = engine().at(run.now)
        assert run.thrust == pytest.approx(thrust, rel=1e-3, abs=3e3), run.now
        assert run.burn.burnt(run.now) == pytest.approx(burnt, rel=1e-6), run.now


def test_throttle_moves_at_its_rate_and_no_lower_than_it_can() -> None:
    """0.5 a second: from 1 to 0.8 in 0.4 s, and no lower than 0.6; pressure and flow follow thrust."""
    run = Run(LiquidBurn(engine())).on(5.0)
    assert run.on(0.4, 0.3).thrust == pytest.approx(480e3)
    assert run.on(2.0, 0.3).thrust == pytest.approx(360e3)
    assert run.burn.level(run.now) == pytest.approx(0.6)
    before = run.burn.burnt(run.now)
    run.on(1.0, 0.6)
    assert run.burn.burnt(run.now) - before == pytest.approx(0.6 * FLOW)
    assert run.on(5.0, 7.0).thrust == pytest.approx(600e3)


@pytest.mark.parametrize("throttle", [0.0, -1.0, math.nan, math.inf])
def test_no_command_keeps_the_throttle(throttle: float) -> None:
    run = Run(LiquidBurn(engine())).on(5.0, 0.8)
    assert run.on(1.0, throttle).thrust == pytest.approx(480e3)


def test_verniers_start_with_the_main_engine_and_burn_on() -> None:
    """80 kN at 340 s and 8 kN at 320 s: 23.993 + 2.549 kg/s, by hand."""
    run = Run(LiquidBurn(engine(1))).on(10.0)
    assert run.thrust == pytest.approx(88e3)
    assert run.burn.vernier_part == pytest.approx(8.0 / 88.0)
    before = run.burn.burnt(run.now)
    run.on(1.0)
    assert run.burn.burnt(run.now) - before == pytest.approx(23.99332 + 2.54929, rel=1e-5)
    run.burn.cut_main(run.now)
    run.on(1.0)
    assert run.thrust == pytest.approx(8e3)
    assert (run.burn.main_on, run.burn.vernier_part, run.burn.vernier_level(run.now)) == (False, 1.0, 1.0)
    assert run.burn.out_s(run.now) is None
    run.burn.cut(run.now)
    stopped = run.now
    assert run.on(1.0).thrust == 0.0
    assert run.burn.out_s(run.now) == pytest.approx(stopped + 0.15)


def test_verniers_alone_empty_the_tanks() -> None:
    run = Run(LiquidBurn(replace(engine(1), propellant_kg=150.0))).on(3.0)
    run.burn.cut_main(run.now)
    run.on(60.0)
    assert run.thrust == 0.0
    assert run.burn.burnt(run.now) == pytest.approx(130.0, abs=1e-3)


def test_residual_thrust_falls_evenly_after_the_shutdown() -> None:
    """5 kN over 4 s after the shutdown of 0.4 s, half-way down at 2.4 s after the cut-off."""
    spec = replace(engine(), residual_thrust_n=5e3, residual_s=4.0)
    run = Run(LiquidBurn(spec)).on(10.0)
    run.burn.cut(run.now)
    assert run.on(0.4).thrust == pytest.approx(5e3)
    assert run.on(2.0).thrust == pytest.approx(2.5e3)
    assert run.burn.level(run.now) == pytest.approx(2.5 / 600.0)
    assert run.on(3.0).thrust == 0.0


def test_weakened_engine_gives_less_of_everything() -> None:
    run = Run(LiquidBurn(engine())).on(5.0)
    run.burn.weaken(run.now, 0.5, 0.2)
    assert run.on(0.25).thrust == pytest.approx(540e3)
    assert run.on(1.0).thrust == pytest.approx(480e3)
    run.burn.quench(run.now, 1.0)
    assert run.on(0.5).thrust == pytest.approx(240e3)
    assert run.on(1.0).thrust == 0.0


def test_starving_engine_loses_thrust_with_its_tank() -> None:
    run = Run(LiquidBurn(engine())).on(5.0)
    run.burn.tanks.oxidizer = 0.6
    assert run.on(0.1).thrust == pytest.approx(600e3)
    run.burn.tanks.oxidizer = 0.25
    assert run.on(0.1).thrust == pytest.approx(300e3)


@given(st.floats(1.0, 95.0), st.floats(0.3, 1.2))
def test_impulse_is_propellant_times_exhaust_speed_whenever_it_stops(cut_s: float, throttle: float) -> None:
    run = Run(LiquidBurn(engine()))
    run.on(0.5 * cut_s, throttle)
    run.on(0.5 * cut_s)
    run.burn.cut(run.now)
    run.on(1.0)
    assert run.impulse == pytest.approx(run.burn.burnt(run.now) * SPEED, rel=1e-9)


def test_a_solid_burns_its_trace_whatever_is_commanded() -> None:
    motor = SolidMotor(100.0, 250.0, 10e3, [(0.0, 1.0), (1.0, 1.0)], 0.2)
    burn = SolidBurn(motor)
    assert burn.samples(1.0, DT, 1.0) == (0.0,) * 6
    burn.ignite(1.0)
    burn.cut(2.0)
    burn.cut_main(2.0)
    sample = burn.samples(3.0, DT, 0.1)
    assert (sample.thrust, sample.burnt) == motor.at(2.0)
    assert (sample.thrust_end, sample.burnt_end) == motor.at(3.0 + DT - 1.0)
    assert burn.out_s(3.0) is None
    assert burn.out_s(100.0) == pytest.approx(1.0 + motor.burn_s)
