"""Closed-loop ascent: the upper stages of the liquid vehicles flown to their orbits, and what must not upset it."""

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flight.computer import ascent, guidance, phases
from flight.computer.maths import dot, rotate
from flight.computer.records import Computer
from flight.onboard import computer_plan
from flight.plans import plan as plans
from tests.flight.computer.ascent_harness import (
    FLIGHTS,
    PointMass,
    Result,
    computer,
    dispersed,
    elements,
    fly,
    put,
)

NAMES = sorted(FLIGHTS)
# Propellant left, kg: the sizing study's margin, and how far these first stages' plain gravity turns may be from it.
MARGINS = {
    "zhuque-2": (553, 350),
    "zhuque-2-sso": (426, 200),
    "zhuque-2a": (978, 350),
    "zhuque-2b": (504, 200),
    "zhuque-2c": (748, 350),
    "soyuz-fg": (553, 350),
    "falcon-1": (59, 100),
}


@pytest.fixture(scope="module")
def flown() -> dict[str, Result]:
    return {name: fly(flight) for name, flight in FLIGHTS.items()}


@pytest.mark.parametrize("name", NAMES)
def test_each_vehicle_reaches_its_orbit(flown: dict[str, Result], name: str) -> None:
    result, flight = flown[name], FLIGHTS[name]
    assert result.reached
    assert result.perigee == pytest.approx(flight.perigee, abs=500.0)
    assert result.apogee == pytest.approx(flight.apogee, abs=500.0)
    if flight.inclination_deg is None:
        assert result.inclination_deg == pytest.approx(elements(flight.position, flight.velocity)[2], abs=0.01)
    else:
        assert result.inclination_deg == pytest.approx(flight.inclination_deg, abs=0.001)
    margin, tolerance = MARGINS[name]
    assert result.left == pytest.approx(margin, abs=tolerance)


@pytest.mark.parametrize("name", NAMES)
def test_thrust_turns_smoothly(flown: dict[str, Result], name: str) -> None:
    assert flown[name].turned < 0.03, "rad in a tenth of a second, also when a stage or the fairing goes"


@pytest.mark.parametrize(("name", "alone_s"), [("zhuque-2", 140.0), ("zhuque-2-sso", 480.0)])
def test_vernier_is_left_alone_for_about_as_long_as_planned(
    flown: dict[str, Result], name: str, alone_s: float
) -> None:
    result = flown[name]
    planned = computer(FLIGHTS[name]).plan.stages[0].vernier_s
    assert planned == pytest.approx(alone_s, rel=0.2)
    assert result.cutoff_s - result.main_cutoff_s == pytest.approx(planned, rel=0.12), "it gives a speed, not a time"


@settings(max_examples=14, deadline=None)
@given(st.sampled_from(["zhuque-2", "zhuque-2-sso", "zhuque-2a", "zhuque-2c", "falcon-1"]), st.integers(0, 2**32))
def test_dispersed_flights_reach_the_same_orbit(name: str, seed: int) -> None:
    flight = FLIGHTS[name]
    result = fly(flight, dispersed(flight, random.Random(seed)))
    if not result.reached:
        assert result.left == 0.0, "only an empty tank ends a burn before the orbit"
        return
    assert abs(result.perigee - flight.perigee) < 1000.0
    assert abs(result.apogee - flight.apogee) < 1000.0


@pytest.mark.parametrize("name", ["zhuque-2", "soyuz-fg"])
def test_noise_of_navigation_costs_little(name: str) -> None:
    flight = FLIGHTS[name]
    result = fly(flight, noise=random.Random(7))
    assert abs(result.perigee - flight.perigee) < 3000.0
    assert abs(result.apogee - flight.apogee) < 3000.0


@pytest.mark.parametrize("name", NAMES)
def test_first_solution_comes_at_once_and_holds(flown: dict[str, Result], name: str) -> None:
    mass = PointMass(FLIGHTS[name], FLIGHTS[name])
    while not mass.computer.ascent.solved:
        mass.step()
    assert mass.time < 0.5
    gaps = len(FLIGHTS[name].stages) * FLIGHTS[name].gap_s
    assert mass.computer.ascent.time == pytest.approx(flown[name].cutoff_s - gaps, rel=0.06)


def test_cutoff_allows_for_the_tail_of_the_thrust() -> None:
    flight = FLIGHTS["soyuz-fg"]
    stage = flight.stages[0]
    long_tail = replace(flight, stages=(replace(stage, shutdown_s=3.0),))
    assert fly(long_tail).apogee == pytest.approx(flight.apogee, abs=800.0)
    surprised = fly(flight, long_tail)
    # 1.2 s of half the thrust more than planned, at 25 m/s2, and 3.4 km of apogee for each m/s.
    assert surprised.apogee - flight.apogee == pytest.approx(1.2 * 31.0 * 3400.0, rel=0.3)


def test_weak_engines_still_lead_to_orbit_where_the_propellant_does() -> None:
    flight = FLIGHTS["zhuque-2c"]
    weak = replace(flight.stages[1], thrust=0.75 * flight.stages[1].thrust)
    result = fly(flight, replace(flight, stages=(flight.stages[0], weak)))
    if result.reached:
        assert abs(result.perigee - flight.perigee) < 1000.0
    else:
        assert result.left == 0.0
    assert result.turned < 0.1


def test_an_upper_stage_takes_over_from_one_that_died_early() -> None:
    flight = FLIGHTS["zhuque-2a"]
    spilt = replace(flight.stages[0], propellant=0.99 * flight.stages[0].propellant)
    result = fly(flight, replace(flight, stages=(spilt, flight.stages[1])))
    assert result.reached
    assert abs(result.perigee - flight.perigee) < 1000.0


def test_a_main_engine_that_stops_by_itself_leaves_the_rest_to_the_vernier() -> None:
    mass = PointMass(FLIGHTS["zhuque-2"], FLIGHTS["zhuque-2"])
    while mass.time < 140.0:
        mass.step()
    mass.main_cutoff_s = mass.time
    mass.computer.actuators.main_cutoff = True
    before = mass.computer.ascent.time
    for _ in range(500):
        mass.step()
    assert mass.computer.ascent.main_off
    assert mass.computer.ascent.time > before + 30.0, "the same speed takes the vernier longer"


def settled(name: str, seconds: float) -> PointMass:
    mass = PointMass(FLIGHTS[name], FLIGHTS[name])
    while mass.time < seconds:
        mass.step()
    return mass


def solution(state: Computer) -> tuple[float, ...]:
    a = state.ascent
    return (a.thrust_x, a.thrust_y, a.thrust_z, a.turn_x, a.turn_y, a.turn_z)


@pytest.mark.parametrize("broken", [math.nan, math.inf, 1e200])
def test_what_is_no_number_leaves_the_last_solution(broken: float) -> None:
    state = settled("soyuz-fg", 60.0).computer
    before = solution(state)
    put(state, (broken, 0.0, 0.0), (0.0, broken, 0.0), 12.0)
    for _ in range(300):
        state.step += 1
        ascent.update(state, 0, True)
    assert solution(state) == before
    assert math.hypot(*ascent.direction(state.ascent, state.step)) == pytest.approx(1.0)
    assert state.ascent.refused > 0


def test_a_solution_is_found_again_after_nonsense() -> None:
    flight = FLIGHTS["zhuque-2"]
    mass = settled("zhuque-2", 60.0)
    for _ in range(200):
        mass.computer.step += 1
        put(mass.computer, (math.nan,) * 3, (math.nan,) * 3, 0.0)
        ascent.update(mass.computer, 0, True)
    assert not mass.computer.guidance.main_cutoff
    assert not mass.computer.guidance.cutoff
    while not mass.over:
        mass.step()
    perigee, apogee, _ = elements(mass.position, mass.velocity)
    assert (perigee, apogee) == pytest.approx((flight.perigee, flight.apogee), abs=1000.0)


def test_an_engine_that_is_off_asks_for_nothing() -> None:
    mass = settled("soyuz-fg", 60.0)
    mass.propellant = 0.0
    state = mass.computer
    for _ in range(2000):
        state.step += 1
        ascent.update(state, 0, False)
    assert not state.guidance.cutoff
    assert all(math.isfinite(value) for value in solution(state))


@pytest.mark.parametrize(
    "position", [(0.0, 0.0, 0.0), (6.5e6, 0.0, 0.0)], ids=["in the middle of the Earth", "at rest above it"]
)
def test_hopeless_states_do_no_harm(position: tuple[float, float, float]) -> None:
    state = computer(FLIGHTS["falcon-1"])
    put(state, position, (0.0, 0.0, 0.0), 0.0)
    for _ in range(1000):
        state.step += 1
        ascent.update(state, 0, True)
    assert all(math.isfinite(value) for value in ascent.direction(state.ascent, state.step))


def test_a_stage_without_engines_in_the_plan_gives_no_solution() -> None:
    state = computer(FLIGHTS["falcon-1"])
    state.plan.stages[0].thrust = 0.0
    for _ in range(300):
        state.step += 1
        ascent.update(state, 0, True)
    assert not state.ascent.solved


@pytest.mark.parametrize(("phase", "burns"), [(phases.COAST, False), (phases.IGNITING, False), (phases.BURN, True)])
def test_guidance_points_a_closed_loop_liquid_stage_along_the_solution(phase: int, burns: bool) -> None:
    state = computer(FLIGHTS["falcon-1"])
    state.plan.slew_rate = 1.0
    state.plan.stages[0].steering = guidance.CLOSED_LOOP
    state.plan.stages[0].vectored = True
    state.sequence.phase = phase
    state.navigation.force_x = 5.0
    state.guidance.command_w = 1.0
    for _ in range(1000):
        state.step += 1
        guidance.guide(state)
    command = state.guidance
    nose = rotate(command.command_w, command.command_x, command.command_y, command.command_z, 1.0, 0.0, 0.0)
    right = rotate(command.command_w, command.command_x, command.command_y, command.command_z, 0.0, 1.0, 0.0)
    assert nose == pytest.approx(ascent.direction(state.ascent, state.step), abs=0.003)
    normal = (state.ascent.normal_x, state.ascent.normal_y, state.ascent.normal_z)
    assert dot(*right, *normal) < -0.95, "to the right of the flight plane as far as the nose allows: nothing rolls"
    assert (state.ascent.burnt > 0) == burns


DIRECTION = (
    st.tuples(*[st.floats(-1.0, 1.0)] * 3)
    .filter(lambda v: 0.1 < math.hypot(*v))
    .map(lambda v: (v[0] / math.hypot(*v), v[1] / math.hypot(*v), v[2] / math.hypot(*v)))
)


@given(DIRECTION, DIRECTION, st.floats(0.0, math.pi))
def test_plane_of_an_inclination_through_a_point(
    at: tuple[float, float, float], near: tuple[float, float, float], inclination: float
) -> None:
    normal = ascent.inclined_normal(*at, inclination, *near)
    assert math.hypot(*normal) == pytest.approx(1.0, abs=1e-6)
    latitude = math.asin(at[2])
    if abs(latitude) < math.radians(89.0):
        assert dot(*normal, *at) == pytest.approx(0.0, abs=1e-6)
        reached = min(max(inclination, abs(latitude)), math.pi - abs(latitude))
        assert normal[2] == pytest.approx(math.cos(reached), abs=1e-6)


def test_plan_file_gives_what_guidance_needs() -> None:
    made = computer_plan(plans.load("tests/flight/plans/liquid.toml"))
    assert made.stages[1].shutdown_impulse == 6e3
    assert made.stages[1].main_shutdown_impulse == 90e3
    assert made.target_inclination == pytest.approx(math.radians(51.66))
