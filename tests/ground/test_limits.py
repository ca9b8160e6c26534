"""Limits: persistence in vehicle time, hysteresis, gaps, values that are not finite, edits while running."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from flight.wire.dictionary import parse
from flight.wire.limits import Override
from flight.wire.packet import Codec, ticks_of_step
from ground.clock import VehicleClock
from ground.inputs import LimitEdit
from ground.journal import Journal
from ground.limits import LimitMonitor
from ground.report import Alarm

DICTIONARY = parse(
    """
[packet.tank]
apid = 5
rate_hz = 50
fields = [
  { name = "pressure", type = "f32", unit = "Pa", limits = { LIMITS } },
  { name = "temperature", type = "i16", unit = "K", scale = 0.01, limits = { warning_high = 320.0 } },
  { name = "valve", type = "bool" },
]
""".replace("LIMITS", 'warning_low = 1.2e6, critical_low = 0.6e6, for_s = 0.1, alarm = "tank_pressure_low"'),
    "test",
)
PACKET = DICTIONARY.packets["tank"]
CODEC = Codec(PACKET)


class Watched:
    """A monitor with its journal, fed with values at 50 Hz."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []
        self.journal = Journal(self.alarms.append)  # type: ignore[arg-type]
        self.journal.vehicle = "v"
        self.monitor = LimitMonitor(PACKET, VehicleClock(), self.journal, 0.01)
        self.step = 0

    def feed(self, *pressures: float, kelvin: float = 300.0, every: int = 2) -> Watched:
        for pressure in pressures:
            packet = CODEC.encode(0, ticks_of_step(self.step), 1, (pressure, round(kelvin * 100), True))
            values = CODEC.decode(packet)
            assert values is not None
            self.monitor.check(values)
            self.step += every
        return self

    @property
    def raised(self) -> list[tuple[str, str]]:
        return [(alarm.name, alarm.severity) for alarm in self.alarms]


LOW, VERY_LOW, GOOD = 1.1e6, 0.5e6, 2.0e6


@pytest.mark.parametrize(
    ("pressures", "raised"),
    [
        pytest.param([GOOD] * 20, [], id="within"),
        pytest.param([LOW] * 5, [], id="80 ms are not 100 ms"),
        pytest.param([LOW] * 6, ["warning"], id="100 ms"),
        pytest.param([LOW] * 500, ["warning"], id="latched: said once"),
        pytest.param([LOW] * 3 + [GOOD] + [LOW] * 3, [], id="interrupted"),
        pytest.param([LOW] * 3 + [1.205e6] + [LOW] * 3, ["warning"], id="flicker within the hysteresis of 1 %"),
        pytest.param([LOW] * 3 + [1.22e6] + [LOW] * 3, [], id="beyond the hysteresis it begins anew"),
        pytest.param([LOW] * 10 + [VERY_LOW] * 10, ["warning", "critical"], id="grows worse"),
        pytest.param([VERY_LOW] * 10, ["critical"], id="critical at once: one line, not two"),
        pytest.param([VERY_LOW] * 10 + [LOW] * 10, ["critical"], id="better is no new line"),
        pytest.param([LOW] * 3 + [math.nan] * 20 + [LOW] * 2, [], id="not finite: frozen"),
        pytest.param([LOW] * 3 + [math.nan] * 20 + [LOW] * 5, ["warning"], id="and goes on"),
        pytest.param([math.nan] * 50, [], id="never from values that are not finite"),
    ],
)
def test_persistence(pressures: list[float], raised: list[str]) -> None:
    assert Watched().feed(*pressures).raised == [("tank_pressure_low", severity) for severity in raised]


def test_values_that_are_not_finite_are_counted() -> None:
    assert Watched().feed(math.nan, GOOD, math.nan).monitor.not_finite == 2


def test_a_gap_counts_as_two_packets_at_most() -> None:
    watched = Watched().feed(LOW, every=1000).feed(LOW)
    assert watched.raised == []
    assert watched.feed(LOW, LOW, LOW, LOW).raised == [("tank_pressure_low", "warning")]


def test_an_alarm_says_what_where_how_much_and_since_when() -> None:
    watched = Watched().feed(GOOD, GOOD)
    watched.journal.liftoff_s, watched.journal.phase = 0.01, "stage_1_burn"
    (alarm,) = watched.feed(*[LOW] * 6).alarms
    assert alarm == Alarm(
        vehicle="v",
        name="tank_pressure_low",
        severity="warning",
        time_s=pytest.approx(0.14, abs=1e-4),  # type: ignore[arg-type]
        message="pressure is 1.1 MPa, below its warning limit of 1.2 MPa.",
        channel="tank.pressure",
        value=LOW,
        limit=1.2e6,
        phase="stage_1_burn",
        first_s=pytest.approx(0.03, abs=1e-4),  # type: ignore[arg-type]
        raised_s=pytest.approx(0.13, abs=1e-4),  # type: ignore[arg-type]
    )


def test_limits_of_scaled_integers_are_in_si() -> None:
    watched = Watched().feed(GOOD, kelvin=319.99)
    assert watched.raised == []
    assert watched.feed(GOOD, kelvin=320.01).raised == [("temperature_limit", "warning")]


def test_acknowledged_it_is_raised_again_only_when_it_comes_again() -> None:
    watched = Watched().feed(*[LOW] * 10)
    assert watched.journal.acknowledge("tank_pressure_low")
    assert len(watched.feed(*[LOW] * 50).alarms) == 1
    assert len(watched.feed(*[GOOD] * 5, *[LOW] * 10).alarms) == 2


@pytest.mark.parametrize(
    ("bound", "value", "pressure", "raised"),
    [
        ("warning_low", 1.0e6, LOW, []),
        ("warning_low", None, LOW, []),
        ("warning_high", 1.9e6, GOOD, ["warning"]),
        ("critical_low", 1.15e6, LOW, ["critical"]),
    ],
)
def test_edits(bound: str, value: float | None, pressure: float, raised: list[str]) -> None:
    watched = Watched()
    assert watched.monitor.edit(LimitEdit(0, "tank", "pressure", bound, value)) is None
    assert [severity for _, severity in watched.feed(*[pressure] * 10).raised] == raised


@pytest.mark.parametrize(
    ("field", "bound", "value", "reason"),
    [
        ("level", "warning_low", 1.0, "no such number"),
        ("valve", "warning_low", 1.0, "no such number"),
        ("pressure", "lowest", 1.0, "bound must be one of"),
        ("pressure", "warning_low", math.inf, "finite"),
        ("pressure", "critical_low", 1.3e6, "must rise"),
    ],
)
def test_edits_that_cannot_be_followed(field: str, bound: str, value: float, reason: str) -> None:
    watched = Watched()
    said = watched.monitor.edit(LimitEdit(0, "tank", field, bound, value))
    assert said is not None
    assert reason in said
    assert watched.feed(*[LOW] * 10).raised == [("tank_pressure_low", "warning")]


# Rates of change, phases of flight, the profile's limits


def watching(limits: str, more: dict[str, dict[str, Override]] | None = None, rate_hz: int = 50) -> Watched:
    """A monitor of one channel with these limits, in TOML."""
    text = f"""
    [packet.tank]
    apid = 5
    rate_hz = {rate_hz}
    fields = [
      {{ name = "pressure", type = "f32", unit = "Pa", limits = {{ {limits} }} }},
      {{ name = "temperature", type = "i16", unit = "K", scale = 0.01 }},
      {{ name = "valve", type = "bool" }},
    ]
    """
    watched = Watched()
    packet = parse(text, "test").packets["tank"]
    watched.monitor = LimitMonitor(packet, VehicleClock(), watched.journal, 0.01, more)
    return watched


def falling(rate: float, seconds: float, start: float = 2e6, noise: float = 0.0) -> list[float]:
    rng = random.Random(3)
    return [start - rate * step / 50.0 + rng.gauss(0.0, noise) for step in range(round(seconds * 50))]


FALL = 'warning_fall = 1e4, critical_fall = 5e4, over_s = 1.0, for_s = 0.2, alarm = "leak"'


@pytest.mark.parametrize(
    ("values", "raised"),
    [
        pytest.param(falling(0.0, 5.0), [], id="steady"),
        pytest.param(falling(0.9e4, 5.0), [], id="slower than its limit"),
        pytest.param(falling(0.9e4, 5.0, noise=1e3), [], id="slower, and noisy: between means, not samples"),
        pytest.param(falling(1.2e4, 5.0), ["warning"], id="faster"),
        pytest.param(falling(6e4, 5.0), ["critical"], id="much faster: one line"),
        pytest.param(falling(-6e4, 5.0), [], id="rises"),
        pytest.param(falling(1.2e4, 0.5) + falling(0.0, 5.0, 1.994e6), [], id="not for the span"),
        pytest.param([2e6] * 100 + [1.96e6] * 100, ["warning"], id="a step is a fall within the span"),
    ],
)
def test_rates_of_change(values: list[float], raised: list[str]) -> None:
    assert watching(FALL).feed(*values).raised == [("leak", severity) for severity in raised]


def test_a_rate_says_how_fast_and_over_how_long() -> None:
    (alarm,) = watching(FALL).feed(*falling(1.2e4, 3.0)).alarms
    assert alarm.message == "pressure falls by 12 kPa/s over 1 s, faster than its warning limit of 10 kPa/s."
    assert (alarm.value, alarm.limit) == pytest.approx((-1.2e4, -1e4), rel=0.01)
    assert 1.0 < alarm.time_s < 1.8


def test_over_a_gap_no_rate_is_taken() -> None:
    watched = watching(FALL).feed(*[2e6] * 100)
    watched.step += 500
    assert watched.feed(*[1e6] * 200).raised == []


def test_values_that_are_lost_do_not_change_a_rate() -> None:
    watched, rng = watching(FALL), random.Random(1)
    for value in falling(1.1e4, 4.0):
        if rng.random() < 0.8:
            watched.feed(value)
        else:
            watched.step += 2
    assert watched.raised == [("leak", "warning")]


def test_a_slow_packet_takes_its_rate_over_a_few_values() -> None:
    slow = watching("watch_rise = 10.0, over_s = 1.0", rate_hz=1)
    assert slow.feed(*[100.0] * 5, every=100).raised == []
    assert slow.feed(*[100.0 + 15.0 * second for second in range(8)], every=100).raised == [("pressure_limit", "watch")]


PHASES = (
    'warning_low = 1e6, for_s = 0.1, alarm = "low",'
    ' phases = { "*_burn" = { warning_low = 2e6 }, pad = { warning_low = false } }'
)


@pytest.mark.parametrize(
    ("phase", "pressure", "raised"),
    [
        (None, 1.5e6, 0),
        (None, 0.5e6, 1),
        ("stage_1_burn", 1.5e6, 1),
        ("stage_1_coast", 1.5e6, 0),
        ("pad", 0.5e6, 0),
    ],
)
def test_limits_by_phase(phase: str | None, pressure: float, raised: int) -> None:
    watched = watching(PHASES)
    watched.journal.phase = phase
    assert len(watched.feed(*[pressure] * 20).raised) == raised


def test_another_phase_begins_with_its_own_limits_and_keeps_what_it_has_in_common() -> None:
    watched = watching(PHASES)
    watched.journal.phase = "stage_1_burn"
    watched.feed(*[1.5e6] * 4)
    watched.journal.phase = "stage_1_coast"
    assert watched.feed(*[1.5e6] * 20).raised == []
    watched.journal.phase = "stage_2_burn"
    assert watched.feed(*[1.5e6] * 4).raised == []
    watched.journal.phase = "stage_3_burn"
    # The same bound in the next phase: what has lasted goes on.
    assert watched.feed(*[1.5e6] * 4).raised == [("low", "warning")]


def test_a_rate_does_not_reach_over_the_end_of_a_phase() -> None:
    """A separation puts another tank behind the channel."""
    watched = watching(FALL)
    watched.journal.phase = "stage_1_burn"
    watched.feed(*[2e6] * 100)
    watched.journal.phase = "stage_1_coast"
    assert watched.feed(*[1e6] * 200).raised == []


def test_a_profiles_limits_hold_in_its_phases_beside_the_dictionarys() -> None:
    more: dict[str, dict[str, Override]] = {
        "stage_1_burn": {"pressure": {"warning_high": 5e6, "for_s": 0.1}, "temperature": {"critical_high": 310.0}}
    }
    watched = watching("warning_low = 1e6", more)
    assert watched.feed(*[6e6] * 10, kelvin=320.0).raised == []
    watched.journal.phase = "stage_1_burn"
    found = watched.feed(*[6e6] * 10, kelvin=320.0).raised
    assert sorted(found) == [("pressure_limit", "warning"), ("temperature_limit", "critical")]
    assert watched.feed(*[0.5e6] * 10).raised == found


def test_edits_by_phase_win_over_the_profile_and_are_taken_back() -> None:
    watched = watching("warning_low = 1e6", {"stage_1_burn": {"pressure": {"warning_high": 5e6}}})
    watched.journal.phase = "stage_1_burn"
    edit = LimitEdit(0, "tank", "pressure", "warning_high", 7e6, "stage_1_burn")
    assert watched.monitor.edit(edit) is None
    assert watched.feed(*[6e6] * 10).raised == []
    assert watched.monitor.edit(replace(edit, reset=True)) is None
    assert watched.feed(*[6e6] * 10).raised == [("pressure_limit", "warning")]


def test_an_edit_taken_back_leaves_the_dictionarys_bound() -> None:
    watched = Watched()
    edit = LimitEdit(0, "tank", "pressure", "warning_low", None)
    assert watched.monitor.edit(edit) is None
    assert watched.feed(*[LOW] * 20).raised == []
    assert watched.monitor.edit(replace(edit, reset=True)) is None
    assert watched.feed(*[LOW] * 20).raised == [("tank_pressure_low", "warning")]


def test_an_edit_without_a_phase_holds_in_all_that_no_other_edit_names() -> None:
    watched = watching(PHASES)
    watched.journal.phase = "stage_1_burn"
    assert watched.monitor.edit(LimitEdit(0, "tank", "pressure", "warning_low", 0.5e6)) is None
    assert watched.feed(*[1.5e6] * 20).raised == []
    assert watched.monitor.edit(LimitEdit(0, "tank", "pressure", "warning_low", 2e6, "stage_1_burn")) is None
    assert watched.feed(*[1.5e6] * 20).raised == [("low", "warning")]


def test_a_rate_can_be_added_while_running() -> None:
    watched = Watched().feed(*[GOOD] * 50)
    assert watched.monitor.edit(LimitEdit(0, "tank", "pressure", "watch_fall", 1e3)) is None
    assert watched.feed(*falling(5e3, 3.0)).raised == [("tank_pressure_low", "watch")]
