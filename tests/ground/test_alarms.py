"""The table of alarms: whoever raises one finds it there, and one cause is one alarm."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ground.alarms import ALARMS
from ground.journal import Journal
from ground.report import Alarm, Report
from sim import scenario, vehicle

GROUND = Path(__file__).parents[2] / "ground"


def raised() -> set[tuple[str, str]]:
    """Every name and severity that the station's source gives to Journal.alarm as they stand."""
    found = set()
    for path in GROUND.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "alarm":
                texts = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
                if len(texts) == 2:
                    found.add((str(texts[0]), str(texts[1])))
    return found


def test_whatever_is_raised_is_in_the_table_with_its_severity() -> None:
    found = raised()
    assert len(found) > 15
    for name, severity in found:
        assert severity in ALARMS[name].severities, f"{name} is raised as {severity}"


def test_what_an_alarm_follows_from_is_an_alarm_and_has_a_reason() -> None:
    for name, kind in ALARMS.items():
        assert kind.follows <= set(ALARMS), name
        assert name not in kind.follows
        assert bool(kind.reason) == bool(kind.follows), name


def test_scenarios_expect_alarms_that_there_are() -> None:
    for each in vehicle.names():
        for name in scenario.names(each):
            expected = scenario.load(each, name).expected
            assert {expectation.alarm for expectation in expected.alarms} | expected.also <= set(ALARMS), (each, name)


@pytest.mark.parametrize("acknowledged", [False, True])
def test_a_consequence_is_not_told_as_another_cause(acknowledged: bool) -> None:
    said: list[Report] = []
    journal = Journal(said.append)
    journal.vehicle = "v"
    assert journal.alarm("thrust_low", "warning", 1.0, "weak")
    if acknowledged:
        journal.acknowledge("thrust_low")
    assert not journal.alarm("chamber_pressure_low", "warning", 2.0, "low")
    assert journal.alarm("corridor_violation", "critical", 3.0, "aside"), "told whatever the cause"
    journal.start_flight()
    assert journal.alarm("chamber_pressure_low", "warning", 4.0, "low", sigma=7.5)
    assert [report.name for report in said if isinstance(report, Alarm)][-1] == "chamber_pressure_low"
    assert [report.sigma for report in said if isinstance(report, Alarm)][-1] == 7.5
