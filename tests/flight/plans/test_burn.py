"""A solid motor's burn as the computer keeps it, against Tsiolkovsky's equation and the simulator's motor."""

import math
from itertools import pairwise

import pytest

from flight.plans import plan as plans
from flight.plans.burn import KNOTS, Curve, curve
from flight.plans.stage import Stage
from flight.wire.errors import Misuse
from sim import vehicle as vehicles

PLAN = plans.load("zhuque-1")
TEXT = (plans._FOLDER / "zhuque-1.toml").read_text(encoding="utf-8")
MOTORS = [stage.motor for stage in vehicles.load("zhuque-1").stages]


def planned(stage: Stage, *speeds: float) -> Curve:
    assert stage.trace is not None
    return curve(stage.trace, stage.thrust_n, stage.exhaust_speed_m_s, stage.burn_s, stage.mass_kg, speeds)


@pytest.mark.parametrize("place", [1, 2])
def test_speed_is_tsiolkovsky_s(place: int) -> None:
    stage = PLAN.stages[place]
    found = planned(stage)
    propellant = stage.thrust_n * stage.burn_s / stage.exhaust_speed_m_s
    wanted = stage.exhaust_speed_m_s * math.log(stage.mass_kg / (stage.mass_kg - propellant))
    assert found.gained[-1] == pytest.approx(wanted, rel=1e-9)
    assert found.gained[0] == 0.0
    assert (found.time[0], found.time[-1]) == (0.0, stage.burn_s)


@pytest.mark.parametrize("place", [1, 2])
def test_speed_is_the_acceleration_s_integral(place: int) -> None:
    """To the error of trapezoids of up to 8 s."""
    found = planned(PLAN.stages[place], 1000.0, 2000.0)
    assert len(found.time) == len(found.push) == len(found.gained) == KNOTS
    for knot, (begin, end) in enumerate(pairwise(found.time)):
        assert 0.0 < end - begin < 12.0
        gain = 0.5 * (found.push[knot] + found.push[knot + 1]) * (end - begin)
        assert found.gained[knot + 1] - found.gained[knot] == pytest.approx(gain, rel=0.04, abs=3.0)


@pytest.mark.parametrize("place", [1, 2])
def test_acceleration_is_that_of_the_simulator_s_motor(place: int) -> None:
    stage, motor = PLAN.stages[place], MOTORS[place]
    found = planned(stage)
    for time, push, gained in zip(found.time, found.push, found.gained, strict=True):
        thrust, burnt = motor.at(time)
        mass = stage.mass_kg - burnt
        if 0.0 < time < 0.99 * motor.burn_s:
            assert push == pytest.approx(thrust / mass, rel=1e-3)
        assert gained == pytest.approx(motor.exhaust_speed * math.log(stage.mass_kg / mass), rel=1e-3, abs=0.01)


def test_knots_lie_where_they_are_asked_for() -> None:
    found = planned(PLAN.stages[2], 1388.0, 2082.0)
    for speed in (1388.0, 2082.0):
        assert min(abs(gained - speed) for gained in found.gained) < 3.0


LAST = TEXT.rindex("[stage.trace]")


def refused(text: str) -> str:
    with pytest.raises(Misuse) as error:
        plans.parse(text, "mine.toml")
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("part = [0.0,", "part = [0.01,", "trace.part: must begin with 0 and end with 1"),
        ("0.4534, 0.0504]", "0.4534]", "trace.thrust: has 7 values, part has 8"),
        ("rise_s = 0.1", "rise_s = 0.0", "trace.rise_s: 0 is outside of 0.001 to 10"),
        ("part = [0.0, 0.02,", "part = [0.0, 0.0,", "trace.part: each number must be larger than the one before"),
    ],
)
def test_impossible_traces_are_refused(old: str, new: str, reason: str) -> None:
    assert refused(TEXT[:LAST] + TEXT[LAST:].replace(old, new)).endswith(reason)


def test_closed_loop_of_a_solid_needs_its_trace() -> None:
    end = TEXT.index("[events]")
    assert "stage[2].trace: missing: closed-loop steering" in refused(TEXT[:LAST] + TEXT[end:])
