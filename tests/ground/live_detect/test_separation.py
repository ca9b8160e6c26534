"""Breakwires, kicks and circuits, sample by sample."""

from __future__ import annotations

import math

import pytest

from ground.detect.events import BREAKWIRE, KICK, PYRO, EventMachine
from ground.detect.separation import Kick, Separations
from ground.detect.shocks import Shocks
from ground.detect.signals import Span
from ground.detect.thresholds import default_text, parse
from ground.journal import Journal

THRESHOLDS = parse(default_text(), "thresholds.toml")


class Joints:
    """Separations of one stage and the fairing, discretes at 20 Hz, and which sources have shown what."""

    def __init__(self) -> None:
        journal = Journal(lambda report: None)
        journal.vehicle = "v"
        self.machine = EventMachine(journal, None, frozenset())
        self.machine.airborne = True
        self.shocks = Shocks(journal, THRESHOLDS)
        self.parts = Separations(
            self.machine, journal, THRESHOLDS, ("booster", "fairing", "stage_1"), 0.05, self.shocks
        )

    def fire(self, part: str, span: Span) -> None:
        fired = self.parts.opener(part)
        assert fired is not None
        fired(span.high, span)

    def wire(self, part: str, *readings: bool, from_s: float = 0.0) -> Joints:
        for place, whole in enumerate(readings):
            self.parts.wire(from_s + place * 0.05, part, whole)
        return self

    def shown(self, event: str) -> list[str]:
        record = self.machine.records.get(event)
        return [] if record is None else sorted(record.sightings)


@pytest.mark.parametrize(
    ("readings", "broken"),
    [
        ([True, True, False, False], True),
        ([True, False, True, True], False),
        ([True, False, True, False, True, False], False),
        ([False, False, False], False),
        ([True, True, True], False),
    ],
)
def test_a_wire_is_broken_when_two_packets_say_so(readings: list[bool], broken: bool) -> None:
    assert Joints().wire("stage_1", *readings).shown("stage_1_separation") == ([BREAKWIRE] if broken else [])


@pytest.mark.parametrize("kick_s", [-0.2, 0.0, 0.2])
def test_a_kick_near_the_breaking_is_the_second_source(kick_s: float) -> None:
    joints = Joints()
    force = [(k * 0.01, 4.0 if 0.0 <= k * 0.01 - (0.5 + kick_s) < 0.05 else 0.0) for k in range(90)]
    wires = [(k * 0.05, k < 10) for k in range(18)]
    for time_s, axial in force:
        joints.parts.imu(time_s, axial, 0.02)
        for wire_s, whole in wires:
            if abs(wire_s - time_s) < 1e-6:
                joints.parts.wire(wire_s, "stage_1", whole)
    assert joints.shown("stage_1_separation") == [BREAKWIRE, KICK]


def test_a_live_accelerometer_that_feels_nothing_leaves_it_to_the_wire() -> None:
    joints = Joints()
    joints.fire("stage_1", Span(0.4, 0.45))
    for k in range(120):
        joints.parts.imu(k * 0.01, 0.0, 0.02)
        if k % 5 == 0:
            joints.parts.wire(k * 0.01, "stage_1", k < 50)
    assert joints.shown("stage_1_separation") == [BREAKWIRE]


def test_of_a_fairing_no_push_is_asked() -> None:
    joints = Joints()
    joints.fire("fairing", Span(0.05, 0.1))
    assert joints.wire("fairing", True, True, False, False).shown("fairing_separation") == [BREAKWIRE, PYRO]


@pytest.mark.parametrize(("blow_s", "confirmed"), [(0.95, True), (0.5, False), (None, False)])
def test_a_booster_that_hung_is_felt_when_it_tears_itself_off(blow_s: float | None, confirmed: bool) -> None:
    """Two boosters, the first leaves at 0.1 s by its circuit, the other at 0.95 s, with a blow or without."""
    joints = Joints()
    joints.fire("booster", Span(0.05, 0.05))
    for step in range(140):
        time_s = step * 0.01
        struck = blow_s is not None and 0.0 <= time_s - blow_s < 0.025
        joints.shocks.imu(time_s, (20.0, 30.0 if struck else 0.0, 0.0), (0.0, 0.0, 0.0), powered=True)
        if step % 5 == 0:
            joints.parts.boosters(time_s, [time_s < 0.1, time_s < 0.95])
    assert joints.machine.onset_s("booster_separation") == pytest.approx(0.95)
    assert joints.machine.confirmed("booster_separation") is confirmed


def test_a_circuit_that_is_on_from_the_first_has_not_fired() -> None:
    fired: list[Span] = []
    read = Joints().parts.circuit(lambda time_s, span: fired.append(span))
    for place, on in enumerate([True, True, False, True, True]):
        read(place * 0.05, on)
    assert fired == [Span(pytest.approx(0.15), pytest.approx(0.15))]  # type: ignore[arg-type]


def kicks(forces: list[float], noise: float = 0.02) -> list[int]:
    kick = Kick(THRESHOLDS)
    return [place for place, axial in enumerate(forces) if kick.update(place * 0.01, axial, 6.0 * noise)]


@pytest.mark.parametrize(
    ("forces", "found"),
    [
        pytest.param([0.0] * 20 + [4.0] * 5 + [0.0] * 20, [20], id="a push"),
        pytest.param([0.0] * 20 + [-4.0] * 5 + [0.0] * 20, [20], id="backwards"),
        pytest.param([0.0] * 20 + [0.1] * 5 + [0.0] * 20, [], id="below the threshold"),
        pytest.param([-0.001 * k for k in range(500)], [], id="drag that fades slowly"),
        pytest.param([0.0] * 20 + [4.0] * 100 + [8.0] * 5, [20, 120], id="a lasting change is the new level"),
    ],
)
def test_kicks(forces: list[float], found: list[int]) -> None:
    assert kicks(forces) == found


@pytest.mark.parametrize(("gap_s", "low_s"), [(0.0, 0.99), (0.05, 0.99), (0.6, 0.37)])
def test_a_disturbance_right_after_a_gap_may_have_begun_in_it(gap_s: float, low_s: float) -> None:
    """At 1.00 s the force is off its level; the last sample but one before is as long ago as the gap is long."""
    kick, found = Kick(THRESHOLDS), False
    for step in range(101):
        if not 0.97 - gap_s < step / 100.0 < 0.97:
            found |= kick.update(step / 100.0, 4.0 if step == 100 else 0.0, 0.02)
    assert found
    assert kick.span is not None
    assert kick.span.low == pytest.approx(low_s)
    assert kick.span.high == pytest.approx(1.0)


def test_the_coast_after_a_burn_is_no_push_against_the_level_before_it() -> None:
    """The pad's level is the last that was followed; what is left of the burn dies away, and then the springs push."""
    kick = Kick(THRESHOLDS)
    times = [step / 100.0 for step in (*range(100), *range(15000, 15200))]
    forces = [9.8 if t < 1.0 else 4.0 if 151.0 <= t < 151.05 else 0.3 * math.exp(-(t - 150.0) / 0.1) for t in times]
    assert [t for t, force in zip(times, forces, strict=True) if kick.update(t, force, 0.02)] == [151.0]
    assert kick.span == Span(150.99, 151.0)


def test_in_noise_a_kick_must_be_six_times_the_noise() -> None:
    assert kicks([0.0] * 20 + [0.5] * 3, noise=0.1) == []
    assert kicks([0.0] * 20 + [0.7] * 3, noise=0.1) == [20]
