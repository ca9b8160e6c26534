"""Time to go against burns whose end is known: a point mass under the rocket equation, and motors off their plan."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import pytest

from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, blend, dot
from flight.plans import plan as plans
from flight.plans.burn import curve
from flight.plans.plan import FlightPlan
from ground.conic import MU, inertial, turned
from ground.products.burns import START_S, Burns, Push
from tests.ground.test_orbit import state


@cache
def plan(name: str) -> FlightPlan:
    return plans.load(name)


class Rocket:
    """A point mass above a round Earth, its thrust along the inertial motion turned up by an angle."""

    def __init__(self, position: Vector, velocity: Vector) -> None:
        self.time_s = 0.0
        self._position, self._velocity = position, inertial(position, velocity)

    def fly(self, step_s: float, push: float, up_deg: float = 0.0) -> None:
        """One step of a push in m/s2."""
        p, v = self._position, self._velocity
        ahead = blend(
            math.cos(math.radians(up_deg)) / math.hypot(*v), v, math.sin(math.radians(up_deg)) / math.hypot(*p), p
        )
        self._velocity = blend(1.0, v, step_s, blend(-MU / math.hypot(*p) ** 3, p, push / math.hypot(*ahead), ahead))
        self._position = blend(1.0, p, step_s, self._velocity)
        self.time_s += step_s

    @property
    def energy(self) -> float:
        return 0.5 * dot(self._velocity, self._velocity) - MU / math.hypot(*self._position)

    @property
    def state(self) -> tuple[Vector, Vector]:
        """Earth-fixed."""
        p, v = turned(self._position, self.time_s), turned(self._velocity, self.time_s)
        return p, (v[0] + ROTATION_RATE * p[1], v[1] - ROTATION_RATE * p[0], v[2])


def test_the_push_is_thrust_without_gravity_and_the_turning_earth() -> None:
    rocket, push = Rocket(*state(40.0, 150e3, 4000.0, -800.0, 600.0)), Push()
    for number in range(301):
        if number % 10 == 0:
            push.add(rocket.time_s, *rocket.state, "navigation")
        if number == 100:
            push.begin(0.0)
        rocket.fly(0.01, 20.0, 10.0)
    assert push.acceleration == pytest.approx(20.0, rel=0.01)
    assert push.gained == pytest.approx(20.0 * 2.0, rel=0.01)
    assert push.whole
    assert 0.9 < push.share < 1.0


def test_a_gap_or_another_source_breaks_the_count() -> None:
    for time_s, source in ((5.0, "navigation"), (0.2, "GNSS")):
        push, flown = Push(), state(40.0, 150e3, 4000.0, -800.0, 600.0)
        push.add(0.0, *flown, "navigation")
        push.add(0.1, *flown, "navigation")
        push.begin(0.0)
        push.add(time_s, *flown, source)
        assert not push.whole


@pytest.mark.parametrize("pace", [0.95, 1.0, 1.06])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_solid_motor_is_told_by_the_speed_that_it_has_given(pace: float, part: float) -> None:
    """A motor that burns faster gives the same speeds sooner (its impulse is the propellant's)."""
    stage = plan("zhuque-1").stages[1]
    assert stage.trace is not None
    known = curve(stage.trace, stage.thrust_n, stage.exhaust_speed_m_s, stage.burn_s, stage.mass_kg)

    def gained(time_s: float) -> float:
        place = max(1, next((i for i, t in enumerate(known.time) if t >= time_s), len(known.time) - 1))
        share = (time_s - known.time[place - 1]) / (known.time[place] - known.time[place - 1])
        return known.gained[place - 1] + share * (known.gained[place] - known.gained[place - 1])

    since_s = part * stage.burn_s / pace
    push = Push()
    push.begin(0.0)
    push.gained = gained(since_s * pace) - gained(START_S * pace)
    found = Burns(plan("zhuque-1"), None).to_go(2, since_s, push, False, *state(40.0, 150e3, 3e3, 0.0, 500.0))
    assert found is not None
    assert found[1] == "sensed speed"
    assert found[0] == pytest.approx(stage.burn_s / pace - since_s, abs=0.02 * stage.burn_s * abs(pace - 1.0) * 5 + 0.2)


def test_a_motor_that_is_not_the_planned_one_is_left_to_the_plan() -> None:
    push = Push()
    push.begin(0.0)
    push.gained = 400.0
    found = Burns(plan("zhuque-1"), None).to_go(2, 40.0, push, False, *state(40.0, 150e3, 3e3, 0.0, 500.0))
    assert found is not None
    assert found[0] == pytest.approx(plan("zhuque-1").stages[1].burn_s - 40.0)
    assert found[1] == "plan"


@pytest.mark.parametrize("up_deg", [0.0, 15.0])
@pytest.mark.parametrize("left_s", [120.0, 60.0, 15.0])
def test_a_liquid_engine_is_cut_off_at_the_orbits_energy(up_deg: float, left_s: float) -> None:
    """Without a vernier: Zhuque-2's second stage, whose main engine brings it all the way."""
    base = plan("zhuque-2")
    stage = replace(base.stages[1], vernier_s=0.0)
    flown = replace(base, stages=(base.stages[0], stage))
    wanted = -MU / (2.0 * SEMI_MAJOR_AXIS + flown.target.perigee_m + flown.target.apogee_m)
    rocket, push = Rocket(*state(40.0, 190e3, 5600.0, -500.0, 40.0)), Push()
    mass, rate, ended = 24_000.0, 8.65e5 / stage.exhaust_speed_m_s, False
    said: list[tuple[float, float]] = []
    while not ended and rocket.time_s < 400.0:
        for _ in range(20):
            rocket.fly(0.02, 8.65e5 * 0.2 / mass, up_deg)
            mass -= 0.2 * rate * 0.02
            ended = ended or rocket.energy >= wanted
        push.add(rocket.time_s, *rocket.state, "navigation")
        found = Burns(flown, None).to_go(2, 10.0, push, False, *rocket.state)
        if found is not None and found[1] == "target energy":
            said.append((rocket.time_s, found[0]))
    assert ended
    time_s, found_s = min(said, key=lambda each: abs(rocket.time_s - each[0] - left_s))
    assert found_s == pytest.approx(rocket.time_s - time_s, rel=0.04, abs=0.5)


def test_before_its_first_seconds_and_of_lower_stages_a_burn_ends_by_the_plan() -> None:
    found = Burns(plan("zhuque-2"), None).to_go(1, 100.0, Push(), False, *state(40.0, 30e3, 900.0, 0.0, 500.0))
    assert found is not None
    assert found[0] == pytest.approx(56.8)
    assert found[1] == "plan"
    assert Burns(plan("zhuque-2"), None).to_go(3, 1.0, Push(), False, *state(40.0, 30e3, 900.0, 0.0, 500.0)) is None
