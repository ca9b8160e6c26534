"""Liquid stages, boosters, verniers, tower, aborts, parachutes and launch control, walked as a flight walks them."""

from dataclasses import replace
from typing import Any

import pytest

from flight.computer import phases
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from tests.flight.computer.desk import BURNING, LIQUID, Bench, computer, to_orbit

BOOSTERS = [f"booster_{k}" for k in (1, 2, 3, 4)]


def short(**changes: Any) -> FlightPlan:
    """The example's plan with short waits, and without its limits for an abort."""
    loaded = plans.parse(LIQUID, "liquid.toml")
    assert loaded.boosters is not None
    loaded = replace(
        loaded,
        countdown_s=1.0,
        tower_s=1.0,
        throttle=((0.5, 0.6), (1.5, 0.8)),
        fairing_delay_s=0.5,
        payload_delay_s=0.1,
        boosters=replace(loaded.boosters, burn_limit_s=20.0, separation_delay_s=0.2),
        stages=(replace(loaded.stages[0], burn_limit_s=30.0), replace(loaded.stages[1], burn_limit_s=30.0)),
        abort=None,
    )
    return replace(loaded, **changes)


def boosters(**states: Any) -> dict[str, Any]:
    return {f"{name}_{key}": value for name in BOOSTERS for key, value in states.items()}


def ready(plan: FlightPlan) -> Bench:
    """Before the count, everything attached; the lowest stage is number 2."""
    bench = Bench(computer(plan))
    attached: dict[str, Any] = boosters(breakwire=True)
    attached |= {"tower_breakwire": True, "drogue_breakwire": True, "main_breakwire": True}
    tanks = {"fuel_tank_pressure": 3e5, "oxidizer_tank_pressure": 3e5, "stage_1_breakwire": False}
    bench.values = replace(bench.values, **{**attached, **tanks})
    return bench


def lifted(plan: FlightPlan) -> Bench:
    bench = ready(plan)
    bench.run(104, **boosters(chamber_pressure=0.0))
    bench.run(3, stage_2_chamber_pressure=BURNING, **boosters(chamber_pressure=BURNING))
    bench.run(3, umbilical=False, specific_force_x=14.0)
    assert bench.events == ["ignition", "liftoff"]
    return bench


def test_flight_of_boosters_core_and_upper_stage() -> None:
    bench = lifted(short())
    a = bench.state.actuators
    assert a.stage_2_igniter
    assert not a.stage_1_igniter
    levels = []
    for _ in range(4):
        levels.append(a.throttle)
        bench.run(60)
    assert levels == [1.0, 0.6, 0.6, 0.8]
    assert a.tower_pyro
    bench.run(1, tower_breakwire=False)
    bench.run(3, **boosters(chamber_pressure=1e4))
    assert bench.events[2:] == ["tower_separation", "booster_burnout"]
    assert a.throttle == 1.0
    bench.run(21)
    assert a.booster_separation_pyro
    bench.run(1, **boosters(breakwire=False))
    assert bench.events[-1] == "booster_separation"

    bench.state.guidance.cutoff = True
    bench.run(1)
    assert a.stage_2_cutoff
    bench.run(10)
    assert bench.events[-1] == "booster_separation", "the engines still burn out"
    bench.run(3, stage_2_chamber_pressure=1e4, specific_force_x=0.5)
    bench.run(1)
    assert a.stage_2_separation_pyro
    bench.run(1, stage_2_breakwire=False)
    assert bench.events[-2:] == ["stage_2_burnout", "stage_2_separation"]
    bench.run(51)
    assert a.stage_3_igniter
    assert a.fairing_pyro
    bench.run(3, fairing_breakwire=False, stage_3_chamber_pressure=BURNING, vernier_chamber_pressure=BURNING)
    assert bench.events[-2:] == ["fairing_separation", "stage_3_ignition"]
    assert not bench.state.guidance.cutoff, "a new stage begins with a clean slate"
    bench.run(50, specific_force_x=9.0)
    bench.state.guidance.main_cutoff = True
    bench.run(1)
    assert a.main_cutoff
    assert bench.events[-1] == "stage_3_main_cutoff"
    assert bench.state.sequence.phase == phases.VERNIER
    bench.run(100, stage_3_chamber_pressure=0.0, specific_force_x=1.5)
    assert bench.events[-1] == "stage_3_main_cutoff"
    bench.state.guidance.cutoff = True
    bench.run(4, vernier_chamber_pressure=0.0, specific_force_x=0.0)
    to_orbit(bench)
    bench.run(20)
    bench.run(1, payload_breakwire=False)
    assert bench.events[-3:] == ["stage_3_burnout", "orbit_insertion", "payload_separation"]


def test_booster_that_stays_is_no_separation() -> None:
    bench = lifted(short())
    bench.run(30, **boosters(chamber_pressure=1e4))
    bench.run(100, booster_1_breakwire=False, booster_2_breakwire=False, booster_3_breakwire=False)
    assert bench.state.actuators.booster_separation_pyro
    assert "booster_separation" not in bench.events


def test_dead_booster_sensors_leave_it_to_the_limit() -> None:
    bench = lifted(short())
    bench.run(1000, **boosters(chamber_pressure=float("nan")))
    assert "booster_burnout" not in bench.events
    bench.run(1100)
    assert "booster_burnout" in bench.events


def test_booster_that_does_not_light_aborts_on_the_pad() -> None:
    bench = ready(short())
    bench.run(104)
    bench.run(
        510,
        stage_2_chamber_pressure=BURNING,
        **boosters(chamber_pressure=BURNING) | {"booster_3_chamber_pressure": 0.0},
    )
    assert bench.events == ["abort"]
    assert bench.state.actuators.stage_2_cutoff


def upper(plan: FlightPlan) -> Bench:
    """In the upper stage's burn."""
    bench = lifted(plan)
    bench.state.sequence.phase = phases.BURN
    bench.state.sequence.lowest = 1
    bench.state.sequence.burn_step = bench.step
    bench.run(50, stage_3_chamber_pressure=BURNING, vernier_chamber_pressure=BURNING, specific_force_x=9.0)
    return bench


def test_main_engine_that_fails_leaves_the_vernier() -> None:
    bench = upper(short())
    bench.run(3, stage_3_chamber_pressure=0.0, specific_force_x=1.5)
    assert bench.events[-1] == "stage_3_main_cutoff"
    assert bench.state.sequence.phase == phases.VERNIER


@pytest.mark.parametrize("pressure", [0.0, float("nan")])
def test_dead_main_sensor_alone_is_no_cutoff(pressure: float) -> None:
    bench = upper(short())
    bench.run(100, stage_3_chamber_pressure=pressure)
    assert bench.state.sequence.phase == phases.BURN


def test_depletion_ends_a_burn_without_a_command() -> None:
    bench = upper(short())
    bench.run(3, stage_3_chamber_pressure=0.0, vernier_chamber_pressure=0.0, specific_force_x=0.0)
    assert bench.events[-1] == "stage_3_burnout"
    assert not bench.state.actuators.stage_3_cutoff


def test_burn_without_end_is_commanded_off() -> None:
    bench = upper(short())
    bench.run(3010)
    assert bench.state.actuators.stage_3_cutoff
    assert "stage_3_burnout" not in bench.events
    bench.run(200)
    assert bench.events[-1] == "stage_3_burnout"


def test_stuck_pressure_does_not_hide_a_commanded_cutoff() -> None:
    bench = upper(short())
    bench.state.guidance.cutoff = True
    bench.run(5, specific_force_x=0.0)
    assert bench.events[-1] == "stage_3_burnout"


def test_upper_stage_that_does_not_light_is_shut_down() -> None:
    bench = upper(short())
    bench.state.sequence.phase = phases.IGNITING
    bench.state.sequence.phase_step = bench.step
    bench.run(210, stage_3_chamber_pressure=0.0, vernier_chamber_pressure=0.0, specific_force_x=0.0)
    assert bench.state.actuators.stage_3_cutoff
    assert bench.state.sequence.phase == phases.DONE


def test_hold_stops_the_count_and_resume_goes_on() -> None:
    bench = ready(short())
    bench.run(50)
    bench.run(500, hold=True)
    assert bench.events == ["hold"]
    assert not bench.state.actuators.stage_2_igniter
    bench.run(50, hold=False)
    assert bench.events == ["hold", "resume"]
    assert not bench.state.actuators.stage_2_igniter
    bench.run(2)
    assert bench.state.actuators.stage_2_igniter


def test_scrub_lights_nothing_and_recycle_begins_anew() -> None:
    bench = ready(short())
    bench.run(90)
    bench.run(3000, scrub=True)
    assert bench.events == ["scrub"]
    assert not bench.state.actuators.stage_2_igniter
    bench.run(100, scrub=False)
    assert bench.events == ["scrub", "recycle"]
    assert not bench.state.actuators.stage_2_igniter
    bench.run(5)
    assert bench.state.actuators.stage_2_igniter


def test_scrub_out_of_a_hold() -> None:
    bench = ready(short())
    bench.run(10)
    bench.run(10, hold=True)
    bench.run(10, scrub=True)
    assert bench.events == ["hold", "scrub"]


def test_scrub_with_engines_running_shuts_them_down() -> None:
    bench = ready(short())
    bench.run(104)
    bench.run(3, stage_2_chamber_pressure=BURNING, **boosters(chamber_pressure=BURNING))
    bench.run(2, scrub=True)
    assert bench.events == ["ignition", "abort"]
    assert bench.state.actuators.stage_2_cutoff


def test_hold_and_scrub_mean_nothing_in_flight() -> None:
    bench = lifted(short())
    bench.run(50, hold=True, scrub=True)
    assert bench.events == ["ignition", "liftoff"]


CREW = plans.Abort(escape=True, rate_deg_s=30.0, attitude_error_deg=0.0, tank_pressure_pa=1e5, earliest_s=1.0)


@pytest.mark.parametrize(
    ("changes", "steps", "aborts"),
    [
        ({"rate_y": 1.0}, 3, True),
        ({"rate_y": 1.0}, 2, False),
        ({"fuel_tank_pressure": 5e4}, 3, True),
        ({"oxidizer_tank_pressure": 0.0}, 3, True),
        ({"fuel_tank_pressure": float("nan")}, 50, False),
        ({"booster_1_breakwire": False}, 50, False),
    ],
    ids=["rate", "two samples", "fuel", "oxidizer", "dead sensor", "a booster alone"],
)
def test_what_lets_the_crew_escape(changes: dict[str, Any], steps: int, aborts: bool) -> None:
    bench = lifted(short(abort=CREW))
    bench.run(200)
    bench.run(steps, **changes)
    assert bench.state.actuators.escape_motor is aborts
    assert ("abort" in bench.events) is aborts
    assert bench.state.actuators.stage_2_cutoff is aborts


def test_no_abort_before_its_time() -> None:
    bench = lifted(short(abort=CREW))
    bench.run(50, rate_y=1.0)
    assert "abort" not in bench.events


def at(bench: Bench, height_m: float, climb_m_s: float) -> None:
    """Puts the navigation over the equator."""
    n = bench.state.navigation
    n.position_x, n.position_y, n.position_z = 6378137.0 + height_m, 0.0, 0.0
    n.velocity_x, n.velocity_y, n.velocity_z = climb_m_s, 465.0, 0.0


def test_crew_comes_down_under_parachutes() -> None:
    bench = lifted(short(abort=CREW, parachutes=plans.Parachutes(1.0, 7500.0)))
    bench.run(200)
    at(bench, 58e3, 1000.0)
    bench.run(400, rate_y=1.0, specific_force_x=0.0)
    assert bench.state.sequence.phase == phases.CLIMB
    at(bench, 80e3, -10.0)
    bench.run(103)
    assert bench.state.actuators.drogue_pyro
    bench.run(1, drogue_breakwire=False)
    assert bench.events[-1] == "drogue_deployment"
    bench.run(100)
    assert not bench.state.actuators.main_pyro
    at(bench, 7e3, -100.0)
    bench.run(5)
    assert bench.state.actuators.main_pyro
    bench.run(1, main_breakwire=False)
    assert bench.events[-1] == "main_deployment"
    assert bench.state.sequence.phase == phases.DESCENT
    assert not bench.state.actuators.stage_3_igniter


def test_without_a_crew_engines_are_shut_down() -> None:
    bench = lifted(short(abort=replace(CREW, escape=False), parachutes=None))
    bench.run(200)
    bench.run(10, rate_y=1.0)
    assert bench.state.actuators.stage_2_cutoff
    assert not bench.state.actuators.escape_motor
    assert bench.state.sequence.phase == phases.ABORTED
    fired = bench.state.actuators
    bench.run(500)
    assert bench.state.actuators == fired


def test_suborbital_flight_coasts_to_its_parachutes() -> None:
    target = plans.Target(-6e6, 100e3, None)
    plan = short(target=target, payload_delay_s=-1.0, parachutes=plans.Parachutes(0.5, 1000.0))
    bench = upper(plan)
    bench.state.guidance.cutoff = True
    at(bench, 50e3, 500.0)
    bench.run(4, stage_3_chamber_pressure=0.0, vernier_chamber_pressure=0.0, specific_force_x=0.0)
    assert bench.state.sequence.phase == phases.CLIMB
    at(bench, 50e3, 500.0)
    bench.run(400)
    assert not bench.state.actuators.drogue_pyro
    at(bench, 60e3, -1.0)
    bench.run(60)
    assert bench.state.actuators.drogue_pyro


def test_guidance_s_throttle_comes_before_the_plan_s() -> None:
    bench = lifted(short())
    bench.state.guidance.throttle = 0.7
    bench.run(100)
    assert bench.state.actuators.throttle == 0.7
