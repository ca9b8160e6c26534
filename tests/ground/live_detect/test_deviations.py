"""Alarms of events that deviate from the plan or from what the computer reports, on the toy flight."""

from __future__ import annotations

import pytest

from ground.inputs import Notice
from ground.report import Alarm, Report
from tests.ground.toy import BURNS, TRUTH, Script, fly, listen


def alarms(script: Script) -> dict[str, Alarm]:
    out: list[Report | Notice] = listen(fly(script).chunks())[1]
    return {report.name: report for report in out if isinstance(report, Alarm)}


def test_a_flight_as_planned_has_no_alarm() -> None:
    assert alarms(Script()) == {}


def test_a_stage_that_stops_before_its_window_is_an_early_shutdown_and_nothing_else() -> None:
    found = alarms(Script(throttle=lambda t: 0.0 if 16.0 <= t < 30.0 else 1.0))
    assert set(found) == {"early_shutdown"}
    alarm = found["early_shutdown"]
    assert (alarm.severity, alarm.channel) == ("critical", "stage_2_burnout")
    assert alarm.time_s == pytest.approx(16.0, abs=0.2)
    assert alarm.value == pytest.approx(12.0, abs=0.05)


def test_a_stage_that_does_not_light_is_told_a_second_after_its_circuit() -> None:
    """Solid motors light within a tenth of a second or two."""
    found = alarms(Script(burning=(1, 2)))
    assert set(found) == {"no_ignition"}
    fired_s = TRUTH["stage_3_ignition"] - 0.05
    assert found["no_ignition"].first_s is not None
    assert fired_s + 1.0 < found["no_ignition"].time_s < fired_s + 1.2


def test_a_stage_whose_circuit_is_not_fired_is_told_when_its_window_closes() -> None:
    unfired = tuple((name, 1e9 if name == "stage_3_ignition" else time_s) for name, time_s in TRUTH.items())
    found = alarms(Script(burning=(1, 2), truth=unfired))
    assert set(found) == {"no_ignition"}
    window_closes_s = TRUTH["stage_3_ignition"] + 2.0
    assert window_closes_s < found["no_ignition"].time_s < window_closes_s + 0.3


def test_a_joint_that_stays_after_its_circuit_has_fired() -> None:
    found = alarms(Script(stays="stage_1", kick=0.0))
    assert set(found) == {"no_separation"}
    assert found["no_separation"].time_s == pytest.approx(TRUTH["stage_1_separation"] - 0.05 + 0.5, abs=0.1)


def test_a_push_says_that_the_wire_lies() -> None:
    assert "no_separation" not in alarms(Script(stays="stage_1", end_s=15.0))


def test_what_the_computer_reports_and_nothing_shows_is_a_disagreement() -> None:
    found = alarms(Script(said=(("stage_2_ignition", 9.0),)))
    assert set(found) == {"computer_disagrees"}
    assert found["computer_disagrees"].severity == "warning"
    assert 12.0 <= found["computer_disagrees"].time_s < 12.5


@pytest.mark.parametrize(("late_s", "told"), [(0.05, False), (1.5, False), (2.5, True), (-2.5, True)])
def test_a_report_far_from_the_onset_is_a_disagreement(late_s: float, told: bool) -> None:
    onset_s = BURNS[2][1]
    found = alarms(Script(said=(("stage_2_burnout", onset_s + late_s),)))
    assert ("computer_disagrees" in found) == told
