"""The event machine: two sources confirm, windows close, T0 is written into what came before."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from flight.plans import plan as plans
from ground.detect.events import (
    BREAKWIRE,
    CIRCUIT,
    FORCE,
    KICK,
    NAVIGATION,
    PRESSURE,
    RECEIVER,
    TABLE,
    UMBILICAL,
    EventMachine,
    phase_after,
    row_of,
)
from ground.detect.signals import Span
from ground.journal import Journal
from ground.profile import Expected
from ground.report import Event, Report, Undecided
from tests.ground.toy import PLAN, TRUTH, config

ALL = frozenset(TRUTH) | {"max_q", "apogee", "impact"}


class Case:
    """A machine with the toy's plan (windows of 2 s either side), and what it wrote."""

    def __init__(
        self,
        observable: frozenset[str] = ALL,
        planned: bool = True,
        expected: Mapping[str, Expected] | None = None,
    ) -> None:
        self.lines: list[Report] = []
        self.journal = Journal(self.lines.append)
        self.journal.vehicle = "v"
        plan = plans.parse(config().plans[PLAN], "toy") if planned else None
        self.machine = EventMachine(self.journal, plan, observable, expected)

    def see(self, name: str, source: str, onset: float, now: float | None = None, width: float = 0.01) -> None:
        self.machine.sight(name, source, Span(onset - width, onset), now or onset + 0.03, "seen")

    def lift_off(self) -> Case:
        self.see("liftoff", FORCE, 4.0)
        self.see("liftoff", UMBILICAL, 4.01)
        return self

    def told(self, name: str) -> list[str]:
        return [line.status for line in self.lines if isinstance(line, Event) and line.name == name]

    def event(self, name: str) -> Event:
        return [line for line in self.lines if isinstance(line, Event) and line.name == name][-1]


@pytest.mark.parametrize(
    ("sightings", "told"),
    [
        pytest.param([(PRESSURE, 12.0)], ["provisional"], id="one source"),
        pytest.param([(PRESSURE, 12.0), (FORCE, 12.05)], ["provisional", "confirmed"], id="two that agree"),
        pytest.param([(PRESSURE, 12.0), (FORCE, 14.0)], ["provisional"], id="two that do not agree in time"),
        pytest.param([(PRESSURE, 12.0), (PRESSURE, 12.1)], ["provisional"], id="one source twice"),
        pytest.param(
            [(PRESSURE, 10.0), (PRESSURE, 12.0), (FORCE, 12.0)], ["provisional", "confirmed"], id="a false one before"
        ),
    ],
)
def test_two_independent_sources_confirm(sightings: list[tuple[str, float]], told: list[str]) -> None:
    case = Case().lift_off()
    for source, onset in sightings:
        case.see("stage_1_burnout", source, onset)
    assert case.told("stage_1_burnout") == told


def test_a_support_says_nothing_alone() -> None:
    case = Case().lift_off()
    case.see("stage_1_separation", KICK, 13.0)
    case.see("stage_2_ignition", CIRCUIT, 14.0)
    assert case.told("stage_1_separation") == case.told("stage_2_ignition") == []
    case.see("stage_1_separation", BREAKWIRE, 13.01)
    assert case.told("stage_1_separation") == ["confirmed"]


def test_the_onset_is_what_the_sources_have_in_common() -> None:
    case = Case().lift_off()
    case.see("stage_1_burnout", PRESSURE, 12.2, width=0.3)
    case.see("stage_1_burnout", FORCE, 12.0, width=0.02)
    assert case.event("stage_1_burnout").onset_time_s == pytest.approx(11.99)


def test_an_early_circuit_does_not_move_a_sharp_onset_but_narrows_a_vague_one() -> None:
    case = Case().lift_off()
    case.see("stage_2_ignition", PRESSURE, 14.0)
    case.see("stage_2_ignition", CIRCUIT, 13.95)
    assert case.event("stage_2_ignition").onset_time_s == pytest.approx(13.995)
    case.see("stage_3_ignition", PRESSURE, 31.0, width=4.0)
    case.see("stage_3_ignition", CIRCUIT, 29.95)
    assert case.event("stage_3_ignition").onset_time_s == pytest.approx(29.945)


REGULAR = {
    "stage_1_separation": Expected("stage_1_burnout", 1.3),
    "stage_2_ignition": Expected("stage_1_separation", 0.6),
}


@pytest.mark.parametrize(
    ("burnout", "separation", "ignition", "onset"),
    [
        pytest.param((12.0, 0.01), (14.5, 2.0), None, 0.5 * (12.5 + 13.3), id="no later than usual after a burnout"),
        pytest.param(None, (13.5, 2.0), (13.4, 0.01), 0.5 * (12.79 + 13.4), id="before an ignition that was seen"),
        pytest.param((12.0, 0.01), (13.2, 0.3), None, 13.05, id="what was seen well stays where it was seen"),
        pytest.param((12.0, 0.01), (16.5, 2.0), None, 15.5, id="a sequence that was not regular says nothing"),
        pytest.param((14.0, 2.0), (14.0, 2.0), (14.0, 2.0), 13.0, id="all in one gap"),
    ],
)
def test_an_onset_in_a_gap_is_placed_by_what_comes_before_and_after(
    burnout: tuple[float, float] | None,
    separation: tuple[float, float],
    ignition: tuple[float, float] | None,
    onset: float,
) -> None:
    case = Case(expected=REGULAR).lift_off()
    if burnout:
        case.see("stage_1_burnout", PRESSURE, burnout[0], width=burnout[1])
    case.see("stage_1_separation", BREAKWIRE, separation[0], width=separation[1])
    if ignition:
        case.see("stage_2_ignition", PRESSURE, ignition[0], width=ignition[1])
    assert case.event("stage_1_separation").onset_time_s == pytest.approx(onset, abs=0.01)
    record = case.machine.records["stage_1_separation"]
    low, high = separation[0] - separation[1], separation[0]
    assert record.onset_s is not None
    assert record.onset_s - record.vague_s <= low + 1e-9
    assert record.onset_s + record.vague_s >= high - 1e-9, "it may still have been at any time of the gap"


def test_what_is_known_of_one_event_goes_on_to_the_next() -> None:
    """A burnout seen well, then a gap of three seconds over the separation and the ignition."""
    case = Case(expected=REGULAR).lift_off()
    case.see("stage_1_burnout", PRESSURE, 12.0)
    case.see("stage_2_ignition", PRESSURE, 15.1, width=3.0)
    assert case.event("stage_2_ignition").onset_time_s == pytest.approx(13.6)
    case.see("stage_1_separation", BREAKWIRE, 15.1, width=3.0)
    assert case.event("stage_1_separation").onset_time_s == pytest.approx(12.7, abs=0.01)
    assert case.event("stage_2_ignition").onset_time_s == pytest.approx(13.0, abs=0.01)
    assert case.told("stage_2_ignition") == ["provisional", "provisional"]


def test_lift_off_fixes_t0_and_what_came_before_is_written_again() -> None:
    case = Case()
    case.see("ignition", PRESSURE, 3.8)
    case.see("ignition", CIRCUIT, 3.8)
    before = case.event("ignition")
    assert (before.onset_s, before.detected_s, before.plan_s) == (None, None, None)
    case.lift_off()
    names = [(line.name, line.status) for line in case.lines[-2:] if isinstance(line, Event)]
    assert names == [("liftoff", "confirmed"), ("ignition", "confirmed")]
    ignition, liftoff = case.event("ignition"), case.event("liftoff")
    assert liftoff.onset_s == 0.0
    assert ignition.onset_s == pytest.approx(-0.2)
    assert ignition.plan_s == 0.0
    assert ignition.time_s == before.time_s


def test_nothing_that_needs_flight_is_seen_on_the_pad() -> None:
    case = Case()
    case.see("payload_separation", BREAKWIRE, 1.0)
    case.see("apogee", NAVIGATION, 1.0)
    assert case.lines == []


def test_the_computers_report_stands_beside_and_never_counts() -> None:
    case = Case().lift_off()
    case.machine.computer("stage_1_burnout", 12.3)
    assert case.told("stage_1_burnout") == []
    case.see("stage_1_burnout", PRESSURE, 12.0)
    assert case.told("stage_1_burnout") == ["provisional"]
    assert case.event("stage_1_burnout").computer_s == pytest.approx(12.3 - 3.995)
    case.see("apogee", NAVIGATION, 66.0)
    case.machine.computer("apogee", 66.5)
    case.machine.computer("apogee", 70.0)
    assert case.told("apogee") == ["provisional", "provisional"]
    assert case.event("apogee").computer_s == pytest.approx(66.5 - 3.995)


def test_a_window_that_closes_unseen_is_missed_once_and_can_still_be_seen_late() -> None:
    case = Case().lift_off()
    assert case.machine.deadline_s == pytest.approx(3.995 + 2.25)
    case.machine.expire(14.0)
    assert case.told("stage_1_burnout") == []
    case.machine.expire(14.3)
    case.machine.expire(14.4)
    assert case.told("stage_1_burnout") == ["missed"]
    assert case.event("stage_1_burnout").onset_s is None
    case.see("stage_1_burnout", PRESSURE, 14.5)
    case.see("stage_1_burnout", FORCE, 14.5)
    assert case.told("stage_1_burnout") == ["missed", "provisional", "confirmed"]


def test_a_window_waits_for_the_channel_that_would_show_its_event() -> None:
    """Other packets come and time goes on: that the joint is whole has not been read since the window closed."""
    case = Case().lift_off()
    case.machine.denied_s = lambda name: 14.9 if name == "stage_1_separation" else math.inf
    case.machine.expire(16.0)
    case.machine.expire(17.0)
    assert case.told("stage_1_separation") == []
    assert case.told("stage_1_burnout") == ["missed"]
    case.machine.denied_s = lambda name: 17.05
    case.machine.expire(17.1)
    assert case.told("stage_1_separation") == ["missed"]


def test_a_channel_that_is_not_heard_again_leaves_it_open() -> None:
    case = Case().lift_off()
    case.machine.denied_s = lambda name: 14.9 if name == "stage_1_separation" else math.inf
    case.machine.expire(16.0)
    case.machine.finish(40.0)
    reason = "no channel has shown since its window closed, at T+11 s, whether it came"
    assert undecided(case)["stage_1_separation"] == reason


def test_before_lift_off_no_window_closes() -> None:
    case = Case()
    case.machine.expire(1000.0)
    assert case.lines == []


def undecided(case: Case) -> dict[str, str]:
    return {line.name: line.reason for line in case.lines if isinstance(line, Undecided)}


def test_what_no_channel_shows_is_undecided_and_not_missed() -> None:
    case = Case(observable=ALL - {"fairing_separation"}).lift_off()
    case.machine.expire(28.0)
    case.machine.finish(28.0)
    assert case.told("fairing_separation") == []
    assert undecided(case)["fairing_separation"] == "no channel shows it"
    assert case.told("stage_2_burnout") == ["missed"]


@pytest.mark.parametrize(
    ("hole", "known"),
    [
        pytest.param((9.0, 13.0), True, id="a hole inside the window: level channels show it afterwards"),
        pytest.param((13.0, 14.5), False, id="a hole over the window's end"),
        pytest.param((15.0, 18.0), True, id="after it"),
        pytest.param((13.2, 14.1), True, id="too short to hide anything"),
    ],
)
def test_a_hole_in_the_data_leaves_it_open(hole: tuple[float, float], known: bool) -> None:
    case = Case().lift_off()
    case.machine.hole(*hole)
    case.machine.expire(14.6)
    assert case.told("stage_1_burnout") == (["missed"] if known else [])
    assert ("stage_1_burnout" in undecided(case)) is not known


def test_the_end_leaves_undecided_what_could_still_have_come() -> None:
    case = Case().lift_off()
    case.machine.finish(20.0)
    assert undecided(case)["stage_2_burnout"] == "the data end at T+16.0 s, its window closes at T+20 s"
    case.machine.finish(20.0)
    assert sum(isinstance(line, Undecided) for line in case.lines) == len(TRUTH) - 1


def test_a_higher_maximum_moves_max_q_when_both_sources_agree() -> None:
    case = Case().lift_off()
    for onset in (12.0, 22.0):
        case.see("max_q", NAVIGATION, onset)
        case.see("max_q", RECEIVER, onset)
    assert case.told("max_q") == ["provisional", "confirmed", "confirmed"]
    assert case.event("max_q").onset_time_s == pytest.approx(21.995)


def test_without_a_plan_there_are_no_windows() -> None:
    case = Case(planned=False).lift_off()
    case.machine.expire(1e6)
    case.machine.finish(1e6)
    assert {line.name for line in case.lines if isinstance(line, Event)} == {"liftoff"}
    assert undecided(case) == {}
    assert case.event("liftoff").plan_s is None


@pytest.mark.parametrize("name", [*TRUTH, "max_q", "apogee", "orbit_insertion", "impact", "stage_12_burnout"])
def test_every_event_has_one_row(name: str) -> None:
    row = row_of(name)
    assert row is not None
    assert row in TABLE


def test_names_that_nobody_looks_for_have_no_row() -> None:
    assert row_of("scrub") is None
    case = Case().lift_off()
    case.see("abort", FORCE, 10.0)
    case.machine.computer("abort", 10.0)
    assert case.told("abort") == []


def test_phases() -> None:
    names = ["ignition", "stage_1_burnout", "stage_2_ignition", "orbit_insertion", "impact", "max_q"]
    assert [phase_after(name, 1) for name in names] == [
        "stage_1_burn",
        "stage_1_coast",
        "stage_2_burn",
        "orbit",
        "ended",
        None,
    ]
