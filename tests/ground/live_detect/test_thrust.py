"""The force of a slow radio, sample by sample: lift-off from a rail, and a burn that nobody has named yet."""

from __future__ import annotations

import math
import random

import pytest

from ground.detect.events import BREAKWIRE, CIRCUIT, FORCE, EventMachine
from ground.detect.signals import Span
from ground.detect.thresholds import default_text, parse
from ground.detect.thrust import Thrust
from ground.journal import Journal

THRESHOLDS = parse(default_text(), "thresholds.toml")


def slow(elevation_deg: float) -> tuple[EventMachine, Thrust]:
    """A gauge that is never heard, and five means of the axial force a second."""
    journal = Journal(lambda report: None)
    journal.vehicle = "v"
    machine = EventMachine(journal, None, frozenset())
    return machine, Thrust(machine, THRESHOLDS, [("stage_1", 0.02)], 0.2, 1, {}, math.radians(elevation_deg))


@pytest.mark.parametrize("elevation_deg", [90.0, 84.0, 46.7, 20.0])
def test_a_mean_of_the_force_shows_ignition_from_any_rail(elevation_deg: float) -> None:
    machine, thrust = slow(elevation_deg)
    noise = random.Random(2)
    for step in range(55):
        time_s = 0.2 * step
        if step == 50:
            thrust.igniter(time_s, 1, Span(9.95, 9.95))
        axial = 45.0 if time_s > 10.1 else 9.80 * math.sin(math.radians(elevation_deg))
        thrust.summary(time_s, axial + noise.gauss(0.0, 0.01))
    assert sorted(machine.records["ignition"].sightings) == sorted([FORCE, CIRCUIT])
    assert machine.confirmed("ignition")
    assert machine.onset_s("ignition") == pytest.approx(10.1, abs=0.11)
    assert machine.seen("liftoff")


def test_a_push_that_is_nobodys_yet_denies_no_burn() -> None:
    """Heard first in flight: until it has lasted longer than a kick, the force says neither yes nor no."""
    machine, thrust = slow(90.0)
    thrust.join()
    for step in range(20):
        thrust.summary(0.2 * step, 0.0)
    assert thrust.denied_s("ignition") == pytest.approx(3.8)
    while not machine.seen("ignition"):
        step += 1
        thrust.summary(0.2 * step, 45.0)
        assert machine.seen("ignition") or thrust.denied_s("ignition") == -math.inf
        assert step < 30


def lit(chambers: int) -> tuple[EventMachine, Thrust, int]:
    """A vehicle whose first stage has pushed with 45 m/s2 for ten seconds, and the next step of 0.2 s."""
    journal = Journal(lambda report: None)
    journal.vehicle = "v"
    machine = EventMachine(journal, None, frozenset())
    motors = [(f"stage_{number}", 0.02) for number in range(1, chambers + 1)]
    thrust = Thrust(machine, THRESHOLDS, motors, 0.2, 1, {}, math.radians(90.0))
    for step in range(100):
        thrust.summary(0.2 * step, 45.0 if step > 50 else 9.8 + 0.01 * (step % 3))
    return machine, thrust, 100


@pytest.mark.parametrize("tail", [(6.0, 3.0, 2.5), (8.0, 2.0, 1.5, 1.4)])
def test_a_stage_that_is_lit_before_the_one_before_is_silent_is_told(tail: tuple[float, ...]) -> None:
    machine, thrust, step = lit(2)
    for axial in (*tail, *[15.0] * 10):
        thrust.summary(0.2 * step, axial)
        step += 1
    assert machine.onset_s("stage_1_burnout") == pytest.approx(20.0, abs=0.3)
    assert machine.onset_s("stage_2_ignition") == pytest.approx(20.0 + 0.2 * len(tail), abs=0.2)


def test_what_pushes_after_its_stage_has_left_is_the_next_one_s() -> None:
    """The second between the two was lost; that the burnout was not seen is no evidence against it."""
    machine, thrust, step = lit(2)
    step += 5
    for source in (BREAKWIRE, CIRCUIT):
        machine.sight("stage_1_separation", source, Span(20.7, 20.75), 0.2 * step, "open")
    for _ in range(10):
        thrust.summary(0.2 * step, 15.0)
        step += 1
    assert machine.onset_s("stage_2_ignition") == pytest.approx(20.9, abs=0.2)
    assert not machine.seen("stage_1_burnout")
    assert thrust.denied_s("stage_1_burnout") == -math.inf


def test_a_tail_off_that_swells_for_a_moment_lights_nothing() -> None:
    machine, thrust, step = lit(2)
    for axial in (6.0, 3.0, 2.5, 4.0, 2.4, 1.5, 0.2, 0.1, 0.1, 0.1):
        thrust.summary(0.2 * step, axial)
        step += 1
    assert machine.seen("stage_1_burnout")
    assert not machine.seen("stage_2_ignition")
