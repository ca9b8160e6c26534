"""Coming back in flight: over a gap with the memory kept, and without it from the sensors of a true flight."""

import math
from dataclasses import replace
from typing import Any

import pytest

from flight import geodesy
from flight.computer import computer as flight_computer
from flight.computer import engines, jettison, navigation, phases, recovery
from flight.computer.maths import rotate, turn
from flight.computer.packets import Sensors
from flight.computer.records import Computer, Navigation
from flight.plans import plan as plans
from tests.flight.computer.desk import BURNING, LIQUID, Bench, computer, plan, sensors
from tests.flight.computer.test_navigation import circling, position, velocity


def fix(n: Navigation, time_s: float) -> dict[str, Any]:
    """A satellite solution that says what this navigation says."""
    place = geodesy.to_earth_fixed(position(n), time_s)
    (px, py, _), (vx, vy, vz) = position(n), velocity(n)
    speed = geodesy.to_earth_fixed((vx + geodesy.ROTATION_RATE * py, vy - geodesy.ROTATION_RATE * px, vz), time_s)
    names = [f"gnss_{kind}_{axis}" for kind in ("position", "velocity") for axis in "xyz"]
    return dict(zip(names, (*place, *speed), strict=True)) | {"gnss_fresh": True, "gnss_fix": True}


def axis(n: Navigation) -> tuple[float, float, float]:
    return rotate(n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z, 1.0, 0.0, 0.0)


def angle_deg(a: Navigation, b: Navigation) -> float:
    return math.degrees(math.acos(min(1.0, sum(p * q for p, q in zip(axis(a), axis(b), strict=True)))))


def burning(n: Navigation) -> None:
    """A solid upper stage: 20 m/s2 and a slow pitching."""
    n.force_x, n.rate_y = 20.0, 0.01


@pytest.mark.parametrize("missing", [1, 7, 50, 300])
def test_gap_is_bridged_with_what_was_measured_before_and_after(missing: int) -> None:
    state = computer()
    state.sequence.phase, state.sequence.lowest, state.sequence.liftoff_step = phases.BURN, 2, 0
    state.navigation = circling()
    burning(state.navigation)
    truth = replace(state.navigation)
    for _ in range(missing + 1):
        navigation.propagate(truth, navigation.STEP_S)
    values = sensors(state.step + missing + 1, specific_force_x=20.0, rate_y=0.01, stage_3_chamber_pressure=BURNING)
    flight_computer.step(state, replace(values, umbilical=False))
    assert position(state.navigation) == pytest.approx(position(truth), abs=0.1)
    assert velocity(state.navigation) == pytest.approx(velocity(truth), abs=0.05)
    assert angle_deg(state.navigation, truth) < 0.01


@pytest.mark.parametrize("tilt", [(0.0, 0.1, 0.0), (0.0, 0.0, -0.2), (0.0, 0.1, 0.1)])
def test_tilt_is_taken_out_under_thrust(tilt: tuple[float, float, float]) -> None:
    """Up to 16 degrees off at ignition; a minute of burn later below one."""
    truth = circling()
    burning(truth)
    own = replace(truth)
    own.attitude_w, own.attitude_x, own.attitude_y, own.attitude_z = turn(1.0, 0.0, 0.0, 0.0, *tilt)
    for step in range(1, 6001):
        navigation.propagate(truth, navigation.STEP_S)
        navigation.propagate(own, navigation.STEP_S)
        if step % 20 == 0:
            navigation.aid(own, sensors(**fix(truth, step * 0.01)), step * 0.01)
    assert angle_deg(own, truth) < 1.0


def test_healthy_attitude_is_left_alone() -> None:
    """The receiver's noise, 0.05 m/s, moves no bit of the attitude."""
    truth = circling()
    burning(truth)
    own = replace(truth)
    for step in range(1, 2001):
        navigation.propagate(truth, navigation.STEP_S)
        navigation.propagate(own, navigation.STEP_S)
        if step % 20 == 0:
            noise = 0.05 if step % 40 else -0.05
            noisy = replace(truth, velocity_x=truth.velocity_x + noise)
            navigation.aid(own, sensors(**fix(noisy, step * 0.01)), step * 0.01)
    attitude = (own.attitude_w, own.attitude_x, own.attitude_y, own.attitude_z)
    assert attitude == (truth.attitude_w, truth.attitude_x, truth.attitude_y, truth.attitude_z)


FLYING: dict[str, Any] = {"umbilical": False, "specific_force_x": 0.0}


@pytest.mark.parametrize(
    ("changes", "lowest", "phase"),
    [
        ({"stage_1_chamber_pressure": BURNING, "specific_force_x": 20.0}, 0, phases.BURN),
        ({}, 0, phases.BURNOUT),
        ({"stage_1_breakwire": False}, 1, phases.COAST),
        ({"stage_1_breakwire": False, "stage_2_chamber_pressure": BURNING}, 1, phases.BURN),
        ({"stage_1_breakwire": False, "stage_2_breakwire": False}, 2, phases.COAST),
        ({"stage_1_breakwire": False, "stage_2_breakwire": False, "stage_3_chamber_pressure": BURNING}, 2, phases.BURN),
    ],
)
def test_stage_and_phase_are_learnt_from_breakwires_and_pressures(
    changes: dict[str, Any], lowest: int, phase: int
) -> None:
    bench = Bench(computer())
    bench.run(3, **FLYING | changes)
    state = bench.state
    assert (state.sequence.lowest, state.sequence.phase, state.navigation.lost) == (lowest, phase, True)
    assert not state.actuators.stage_1_igniter
    assert "abort" not in bench.events


def test_boosters_tower_and_core_of_another_count() -> None:
    bench = Bench(computer(plans.parse(LIQUID, "liquid.toml")))
    gone = {"stage_1_breakwire": False, "stage_2_breakwire": True}
    bench.run(3, **FLYING | gone | {"stage_2_chamber_pressure": BURNING})
    sequence = bench.state.sequence
    assert (sequence.lowest, sequence.phase, sequence.boosters) == (0, phases.BURN, jettison.GONE)
    assert sequence.tower_gone


@pytest.mark.parametrize(
    "changes",
    [{"umbilical": False}, {"specific_force_x": 30.0}, {"stage_1_chamber_pressure": BURNING}],
    ids=["umbilical alone", "a blow", "a sensor"],
)
def test_nothing_alone_makes_a_pad_a_flight(changes: dict[str, Any]) -> None:
    bench = Bench(computer())
    bench.run(200, **changes)
    assert bench.state.sequence.phase == phases.COUNTDOWN
    assert not bench.state.navigation.lost


def test_open_umbilical_stops_the_count() -> None:
    bench = Bench(computer(plan(countdown_s=1.0)))
    bench.run(300, umbilical=False)
    assert not bench.state.actuators.stage_1_igniter


def coming_up(truth: Navigation, **changes: Any) -> Computer:
    """A computer that starts in the third stage's coast, with a satellite solution 0.5 s later."""
    bench = Bench(computer())
    joints = {"stage_1_breakwire": False, "stage_2_breakwire": False}
    bench.run(50, **FLYING | joints | changes)
    values: Sensors = replace(bench.values, step=bench.step, **fix(truth, bench.step * 0.01))
    flight_computer.step(bench.state, values)
    return bench.state


def coasting(climb_m_s: float) -> Navigation:
    n = circling()
    n.velocity_x, n.velocity_y = climb_m_s, 4500.0
    return n


@pytest.mark.parametrize("climb_m_s", [1200.0, 300.0])
def test_coast_s_clock_is_learnt_from_the_time_to_the_apogee(climb_m_s: float) -> None:
    truth = coasting(climb_m_s)
    state = coming_up(truth)
    assert not state.navigation.lost
    assert position(state.navigation) == pytest.approx(position(truth), abs=1e-6)
    flown = 0.01 * (state.step - state.sequence.liftoff_step)
    ahead = 0.0
    while truth.position_x * truth.velocity_x + truth.position_y * truth.velocity_y > 0.0:
        navigation.propagate(truth, navigation.STEP_S)
        ahead += navigation.STEP_S
    assert flown == pytest.approx(state.plan.apogee_s - ahead, abs=20.0)


def test_upper_stage_is_taken_to_point_as_planned() -> None:
    truth = coasting(100.0)
    state = coming_up(truth)
    up, east, north = axis(state.navigation)
    pitch = state.plan.stages[2].pitch
    assert (up, east, north) == pytest.approx((math.sin(pitch), math.cos(pitch), 0.0), abs=1e-3)
    assert (state.guidance.command_w, state.guidance.command_x) == pytest.approx(
        (state.navigation.attitude_w, state.navigation.attitude_x), abs=0.01
    )


def test_program_is_read_backwards() -> None:
    numbers = computer().plan
    for seconds in (12.0, 30.0, 70.0):
        pitch = next(
            numbers.program_pitch[i]
            + (seconds - numbers.program_time[i])
            / (numbers.program_time[i + 1] - numbers.program_time[i])
            * (numbers.program_pitch[i + 1] - numbers.program_pitch[i])
            for i in range(11)
            if numbers.program_time[i] <= seconds < numbers.program_time[i + 1]
        )
        assert recovery.program_time(numbers, math.sin(pitch)) == pytest.approx(seconds, abs=0.5)
    assert recovery.program_time(numbers, 0.0) == numbers.program_time[11]


def test_ignition_that_was_guessed_makes_no_burn_too_long() -> None:
    bench = Bench(computer())
    stage = bench.state.plan.stages[2]
    bench.state.sequence.lowest = 2
    assert engines.burn_limit(bench.state) == stage.burn_limit_s
    bench.state.sequence.guessed = True
    assert engines.burn_limit(bench.state) == stage.burn_limit_s + 0.5 * stage.burn_s
