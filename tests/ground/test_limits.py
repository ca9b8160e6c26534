"""Limits: persistence in vehicle time, hysteresis, gaps, values that are not finite, edits while running."""

from __future__ import annotations

import math

import pytest

from flight.wire.dictionary import parse
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
