"""Blows of what was dropped, and break-ups: sample by sample at 100 Hz."""

from __future__ import annotations

import math

import pytest

from ground.detect.shocks import Shocks
from ground.detect.thresholds import default_text, parse
from ground.journal import Journal
from ground.report import Alarm, Report

THRESHOLDS = parse(default_text(), "thresholds.toml")
STILL = (0.0, 0.0, 0.0)


class Coast:
    """A vehicle in coast whose first stage was dropped at 1 s."""

    def __init__(self, powered: bool = False) -> None:
        self.said: list[Report] = []
        journal = Journal(self.said.append)
        journal.vehicle = "v"
        self.shocks = Shocks(journal, THRESHOLDS)
        self.time_s = 0.0
        self.powered = powered
        self.feel(1.0)
        self.shocks.circuit(self.time_s, "stage_1_separation_pyro")
        self.feel(0.1, (3.0, 0.0, 0.0))

    def feel(
        self,
        seconds: float,
        force: tuple[float, float, float] = STILL,
        rates: tuple[float, float, float] = STILL,
    ) -> Coast:
        for _ in range(round(seconds * 100)):
            self.time_s += 0.01
            self.shocks.imu(self.time_s, force, rates, self.powered)
        return self

    @property
    def alarms(self) -> list[Alarm]:
        return [report for report in self.said if isinstance(report, Alarm)]


def test_a_blow_after_a_separation_is_a_recontact() -> None:
    """As on Falcon 1's third flight: three hundredths of a second, two seconds after the stages parted."""
    coast = Coast().feel(2.0).feel(0.03, (19.0, 0.0, 0.0)).feel(1.0)
    (alarm,) = coast.alarms
    assert (alarm.name, alarm.severity) == ("recontact", "critical")
    assert 3.1 < alarm.time_s < 3.6
    assert "spent stage 1 has struck, 2.1 s after" in alarm.message
    assert alarm.value == pytest.approx(19.0, abs=0.1)


@pytest.mark.parametrize(
    ("why", "wait_s", "lasts_s", "force"),
    [
        ("the separation's own push", 0.2, 0.03, 19.0),
        ("one sample may be a glitch", 2.0, 0.01, 19.0),
        ("an engine pushes on", 2.0, 3.0, 19.0),
        ("thrusters", 2.0, 0.03, 2.0),
        ("what was dropped is far", 40.0, 0.03, 19.0),
    ],
)
def test_no_recontact(why: str, wait_s: float, lasts_s: float, force: float) -> None:
    assert Coast().feel(wait_s).feel(lasts_s, (force, 0.0, 0.0)).feel(1.0).alarms == [], why


def test_a_circuit_and_an_engine_explain_a_shock() -> None:
    coast = Coast().feel(2.0)
    coast.shocks.circuit(coast.time_s, "fairing_pyro")
    assert coast.feel(0.03, (19.0, 0.0, 0.0)).feel(1.0).alarms == []
    began_s = coast.time_s
    coast.feel(0.05, (0.0, 10.0, 0.0)).feel(0.1)
    coast.shocks.event("stage_2_ignition", began_s, True)
    assert coast.feel(1.0).alarms == []


def test_an_igniter_alone_explains_none() -> None:
    coast = Coast().feel(2.0)
    coast.shocks.circuit(coast.time_s, "stage_2_igniter")
    assert [alarm.name for alarm in coast.feel(0.03, (19.0, 0.0, 0.0)).feel(1.0).alarms] == ["recontact"]


@pytest.mark.parametrize(("force", "found"), [((30.0, 0.0, 0.0), []), ((10.0, 0.0, 33.0), ["recontact"])])
def test_under_thrust_only_the_side_counts(force: tuple[float, float, float], found: list[str]) -> None:
    coast = Coast(powered=True).feel(2.0, (10.0, 0.0, 0.0)).feel(0.03, force).feel(1.0, (10.0, 0.0, 0.0))
    assert [alarm.name for alarm in coast.alarms] == found


# Break-ups


def shock(coast: Coast) -> None:
    coast.feel(0.02, (-80.0, 120.0, 40.0))


def spin(coast: Coast) -> None:
    coast.feel(0.02, STILL, (0.0, 2.5, 1.0))


def joints(coast: Coast) -> None:
    for part in ("stage_2", "fairing"):
        coast.shocks.opened(coast.time_s, part, None)


def chambers(coast: Coast) -> None:
    coast.shocks.event("stage_2_burnout", coast.time_s, False)


def tanks(coast: Coast) -> None:
    for _ in range(20):
        coast.shocks.tank(coast.time_s, "oxidizer_tank_pressure", 3.0e5)
        coast.feel(0.05)
    for _ in range(4):
        coast.shocks.tank(coast.time_s, "oxidizer_tank_pressure", 1.0e4)
        coast.feel(0.05)


@pytest.mark.parametrize("signs", [(shock, spin), (shock, joints), (tanks, joints), (tanks, shock), (chambers, spin)])
def test_two_signs_at_once_are_a_breakup(signs: tuple[object, ...]) -> None:
    coast = Coast().feel(20.0)
    for sign in signs:
        sign(coast)  # type: ignore[operator]
    (alarm,) = coast.alarms
    assert (alarm.name, alarm.severity) == ("breakup", "critical")
    assert alarm.message.count(",") == 1


@pytest.mark.parametrize("sign", [shock, spin, joints, chambers, tanks])
def test_one_sign_is_none(sign: object) -> None:
    coast = Coast().feel(40.0)
    sign(coast)  # type: ignore[operator]
    coast.feel(2.0)
    assert coast.alarms == []


def test_silence_is_no_sign() -> None:
    """A plume swallows everything for ten seconds; a shock was the last that was heard."""
    coast = Coast().feel(20.0)
    shock(coast)
    coast.time_s += 10.0
    assert coast.feel(2.0, (math.nan, 0.0, 0.0)).feel(2.0, STILL, (0.0, 3.0, 0.0)).alarms == []


@pytest.mark.parametrize("gap", [0, 4, 15])
def test_a_tumble_through_the_air_is_no_breakup(gap: int) -> None:
    """Body rates swing by 3 rad/s three times a second, 150 m/s2 turn in the body's axes; some samples are lost."""
    coast = Coast().feel(20.0)
    for step in range(500):
        t, size = step * 0.01, 150.0 * min(1.0, step / 200.0)
        force = (size * math.cos(4.0 * t), size * math.sin(4.0 * t), 0.0)
        if gap and step % 40 < gap:
            coast.time_s += 0.01
        else:
            coast.feel(0.01, force, (0.0, 3.0 * math.sin(19.0 * t), 4.0 * min(1.0, step / 200.0)))
    assert coast.alarms == []


def test_joints_that_their_circuits_open_are_no_sign() -> None:
    """The last stage and the fairing leave within a second, each by its own charge."""
    coast = Coast().feel(20.0)
    for part in ("stage_2", "fairing"):
        coast.shocks.opened(coast.time_s, part, coast.time_s - 0.05)
    spin(coast)
    assert coast.alarms == []


def test_after_an_abort_everything_is_left_at_once() -> None:
    coast = Coast().feel(20.0)
    coast.shocks.event("abort", coast.time_s, True)
    joints(coast)
    shock(coast)
    spin(coast)
    assert coast.alarms == []
