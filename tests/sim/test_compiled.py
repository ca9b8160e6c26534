"""What numba compiles from the simulator's own functions gives the same bits."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.computer import records
from flight.onboard import PythonComputer, computer_plan, zeroed
from flight.plans import plan as plans
from sim import dispersion, scenario
from sim import vehicle as vehicles
from sim.campaigns.flight import Task, fly
from sim.compiled.functions import flat, layout, place_right
from sim.mission import Mission

PLAN = plans.load("zhuque-1")


@dataclass(slots=True)
class Inner:
    number: int
    flags: tuple[bool, bool]


@dataclass(slots=True)
class Outer:
    real: float
    inner: tuple[Inner, Inner]
    one: Inner


def test_a_record_lies_in_memory_as_its_fields_say() -> None:
    record = Outer(0.1, (Inner(1, (True, False)), Inner(2, (False, True))), Inner(-3, (True, True)))
    stored = numpy.zeros(1, layout(Outer))
    stored[0] = flat(record)
    assert (stored["real"][0], stored["one"]["number"][0]) == (0.1, -3)
    assert stored["inner"]["number"][0].tolist() == [1, 2]
    assert stored["inner"]["flags"][0].tolist() == [[True, False], [False, True]]


def test_the_computer_s_whole_state_can_be_laid_out() -> None:
    state = zeroed(records.Computer)
    state.plan = computer_plan(PLAN)
    stored = numpy.zeros(1, layout(records.Computer))
    stored[0] = flat(state)
    assert stored["plan"]["program_time"][0].tolist() == list(state.plan.program_time)


@given(st.lists(st.floats(allow_nan=False), max_size=20), st.floats(allow_nan=False))
def test_the_search_that_is_compiled_is_bisect_s(table: list[float], value: float) -> None:
    assert place_right(sorted(table), value) == bisect_right(sorted(table), value)


def test_a_compiled_flight_has_the_telemetry_and_the_row_of_a_plain_one() -> None:
    pytest.importorskip("numba", reason="the extra fast is not installed")
    from sim.compiled.computer import CompiledComputer
    from sim.compiled.motion import CompiledMotion

    vehicle = vehicles.load("zhuque-1")
    nominal = replace(scenario.load(vehicle.name, "nominal"), end_s=95.0)
    hashes, states = [], []
    for compiled in (False, True):
        computer = CompiledComputer(PLAN) if compiled else PythonComputer(PLAN)
        mission = Mission(vehicle, PLAN, nominal, 7, computer)
        if compiled:
            mission.world.mover = CompiledMotion()
        while not mission.finished:
            mission.step()
        assert mission.truth.happened("stage_1_separation")
        hashes.append(computer.telemetry_sha256)
        states.append(mission.world.state)
    assert hashes[0] == hashes[1]
    assert states[0] == states[1]
    task = Task(vehicle, PLAN, replace(nominal, end_s=15.0), dispersion.load("default"), 3, 5)
    assert fly(replace(task, compiled=True)) == fly(task)
