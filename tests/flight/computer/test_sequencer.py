"""The phase table: it is complete, it agrees with the dictionary, and it is walked as a flight walks it."""

from dataclasses import replace

import pytest

from flight.computer import phases
from flight.computer.computer import step
from flight.computer.packets import Sensors
from flight.computer.records import Computer
from flight.wire.dictionary import default
from tests.flight.computer.desk import BURNING, Bench, computer, plan, sensors, to_orbit

CODES = default().packets["event"].fields[0].enumeration or {}


def test_event_codes_are_the_dictionary_s() -> None:
    assert {name: getattr(phases, name.upper()) for name in CODES} == dict(CODES)


def test_rows_stand_at_their_constants_and_stay_within_their_tables() -> None:
    names = "COUNTDOWN HELD SCRUBBED STARTING PAD BURN VERNIER BURNOUT SEPARATION COAST IGNITING INSERTION TRIM"
    names += " PAYLOAD_WAIT PAYLOAD_RELEASE DONE CLIMB DROGUE_WAIT DROGUE MAIN_WAIT MAIN DESCENT ABORTED"
    assert [getattr(phases, name) for name in names.split()] == list(range(len(phases.PHASES)))
    for place, row in enumerate(phases.PHASES):
        assert 0 <= row.ends <= phases.MAIN_OUT
        assert 0 <= row.fires <= phases.MAIN_PYRO
        assert 0 <= row.steering <= phases.STEER_TRIM
        assert 0 <= row.next < len(phases.PHASES)
        assert 0 <= row.late < len(phases.PHASES)
        assert row.limit >= phases.OWN_LIMIT
        assert (row.limit == phases.OWN_LIMIT) is (place in (phases.STARTING, phases.IGNITING))


def short() -> Computer:
    """A computer with a plan whose waits are short."""
    loaded = plan()
    stages = [replace(s, burn_limit_s=100.0, separation_delay_s=0.05, ignition_s=0.0) for s in loaded.stages]
    stages = [stages[0], *(replace(s, steering="horizon") for s in stages[1:])]
    quick = replace(loaded, countdown_s=1.0, fairing_delay_s=0.05, payload_delay_s=0.05, trim_s=0.0)
    return computer(replace(quick, stages=tuple(stages)))


FLIGHT: tuple[tuple[int, dict[str, object], str, str], ...] = (
    (101, {}, "", "stage_1_igniter"),
    (3, {"stage_1_chamber_pressure": BURNING}, "ignition", "stage_1_igniter"),
    (3, {"umbilical": False, "specific_force_x": 16.0}, "liftoff", "stage_1_igniter"),
    (500, {}, "", "stage_1_igniter"),
    (3, {"stage_1_chamber_pressure": 1e4, "specific_force_x": 0.1}, "stage_1_burnout", "stage_1_igniter"),
    (6, {}, "", "stage_1_separation_pyro"),
    (1, {"stage_1_breakwire": False}, "stage_1_separation", "stage_1_separation_pyro"),
    (25, {}, "", "stage_2_igniter"),
    (3, {"stage_2_chamber_pressure": BURNING}, "stage_2_ignition", "stage_2_igniter"),
    (100, {"specific_force_x": 30.0}, "", "stage_2_igniter"),
    (3, {"stage_2_chamber_pressure": 0.0, "specific_force_x": 0.0}, "stage_2_burnout", "stage_2_igniter"),
    (6, {}, "", "stage_2_separation_pyro"),
    (1, {"stage_2_breakwire": False}, "stage_2_separation", "stage_2_separation_pyro"),
    (6, {}, "", "fairing_pyro"),
    (1, {"fairing_breakwire": False}, "fairing_separation", "stage_3_igniter"),
    (3, {"stage_3_chamber_pressure": BURNING}, "stage_3_ignition", "stage_3_igniter"),
    (100, {"specific_force_x": 30.0}, "", "stage_3_igniter"),
)


def test_flight_to_orbit() -> None:
    bench = Bench(short())
    expected = []
    for steps, changes, event, circuit in FLIGHT:
        bench.run(steps, **changes)
        expected += [event] if event else []
        assert bench.events == expected
        assert getattr(bench.state.actuators, circuit)
    bench.run(3, stage_3_chamber_pressure=0.0, specific_force_x=0.0)
    to_orbit(bench)
    bench.run(1)
    assert bench.events[-2:] == ["stage_3_burnout", "orbit_insertion"]
    bench.run(1)
    bench.run(6)
    assert bench.state.actuators.payload_pyro
    bench.run(1, payload_breakwire=False)
    assert bench.events[-1] == "payload_separation"
    assert bench.state.sequence.phase == phases.DONE


def test_no_orbit_keeps_the_payload() -> None:
    bench = Bench(short())
    for steps, changes, _, _ in FLIGHT:
        bench.run(steps, **changes)
    bench.run(300, stage_3_chamber_pressure=0.0, specific_force_x=0.0)
    assert bench.events[-1] == "stage_3_burnout"
    assert bench.state.sequence.phase == phases.DONE
    assert not bench.state.actuators.payload_pyro


def flown_until(place: int) -> Bench:
    bench = Bench(short())
    for steps, changes, _, _ in FLIGHT[:place]:
        bench.run(steps, **changes)
    return bench


@pytest.mark.parametrize(
    ("place", "wait", "phase", "event"),
    [
        (1, 110, phases.ABORTED, "abort"),
        (2, 510, phases.ABORTED, "abort"),
        (6, 210, phases.DONE, "stage_1_burnout"),
        (8, 210, phases.DONE, "stage_1_separation"),
        (12, 210, phases.DONE, "stage_2_burnout"),
    ],
    ids=["first motor silent", "held by the pad", "first stage stays", "second motor silent", "second stage stays"],
)
def test_what_does_not_happen_ends_the_sequence(place: int, wait: int, phase: int, event: str) -> None:
    bench = flown_until(place)
    bench.run(wait)
    assert bench.state.sequence.phase == phase
    assert bench.events[-1] == event
    fired = bench.state.actuators
    bench.run(1000)
    assert bench.state.actuators == fired, "nothing fires any more"


@pytest.mark.parametrize(
    ("changes", "over"),
    [
        ({"stage_1_chamber_pressure": 1e4, "specific_force_x": 30.0}, False),
        ({"stage_1_chamber_pressure": BURNING, "specific_force_x": 0.0}, False),
        ({"stage_1_chamber_pressure": 1e4, "specific_force_x": 0.0}, True),
    ],
    ids=["pressure sensor dead", "accelerometer dead", "both"],
)
def test_burnout_needs_pressure_and_push_gone(changes: dict[str, object], over: bool) -> None:
    bench = flown_until(4)
    bench.run(10, **changes)
    assert ("stage_1_burnout" in bench.events) is over


def test_one_quiet_sample_is_no_burnout() -> None:
    bench = flown_until(4)
    bench.run(2, stage_1_chamber_pressure=0.0, specific_force_x=0.0)
    bench.run(1, stage_1_chamber_pressure=BURNING, specific_force_x=30.0)
    bench.run(2, stage_1_chamber_pressure=0.0, specific_force_x=0.0)
    assert "stage_1_burnout" not in bench.events


def test_burn_that_does_not_end_is_ended_by_time() -> None:
    bench = flown_until(4)
    bench.run(10001)
    assert bench.events[-1] == "stage_1_burnout"


def test_third_ignition_waits_for_its_time() -> None:
    bench = Bench(short())
    bench.state.plan.stages[2].ignition_s = 20.0
    for steps, changes, _, _ in FLIGHT[:14]:
        bench.run(steps, **changes)
    assert not bench.state.actuators.stage_3_igniter
    liftoff = bench.state.sequence.liftoff_step
    bench.run(liftoff + 2000 - bench.step)
    assert not bench.state.actuators.stage_3_igniter
    bench.run(1)
    assert bench.state.actuators.stage_3_igniter


def test_last_stage_is_the_plan_s() -> None:
    """A plan of two stages goes from its second burnout to insertion."""
    loaded = plan()
    two = replace(loaded, stages=loaded.stages[:2], fairing_stage=1)
    state = computer(two)
    state.sequence.phase = phases.BURN
    state.sequence.lowest = 1
    state.sequence.count = 2
    quiet: Sensors = sensors(1, stage_2_chamber_pressure=0.0, specific_force_x=0.0)
    step(state, quiet)
    assert state.sequence.phase == phases.INSERTION
