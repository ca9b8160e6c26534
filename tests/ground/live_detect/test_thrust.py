"""The force of a slow radio, sample by sample: lift-off from a rail, and a burn that nobody has named yet."""

from __future__ import annotations

import math
import random

import pytest

from ground.detect.events import CIRCUIT, FORCE, EventMachine
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
