"""What a station should say of a scenario, as its file has it."""

from __future__ import annotations

import pytest

from flight.plans import plan as plans
from flight.wire.errors import Misuse
from sim import expectation, scenario
from sim.expectation import Expectation
from sim.truth import Truth

TEXT = """
name = "made-up"
vehicle = "zhuque-1"
plan = "zhuque-1"
payload_kg = 300.0
also = ["tumbling", "orbit_not_reachable"]

[[fault]]
kind = "no_ignition"
time_s = 0.0
stage = 2

[[expect]]
alarm = "no_ignition"
of = "stage_2_ignition.latest"
within_s = 0.3
"""


def test_expected_alarms_are_read() -> None:
    expected = scenario.parse(TEXT, "made-up.toml").expected
    assert expected.alarms == (Expectation("no_ignition", "stage_2_ignition.latest", 0.3),)
    assert expected.allows("tumbling")
    assert expected.allows("no_ignition")
    assert not expected.allows("attitude_loss")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('of = "stage_2_ignition.latest"', 'of = "fault_rcs_leak"', "expect[0].of: there is no such fault"),
        ('of = "stage_2_ignition.latest"', 'of = "T+80"', "neither an event"),
        ('alarm = "no_ignition"', 'alarm = "No ignition!"', "no alarm's name"),
        ("within_s = 0.3", "within_s = -1.0", "outside of"),
        ('"tumbling", ', '"Tumbling", ', "also: 'Tumbling'"),
        ('also = ["tumbling", "orbit_not_reachable"]', "also = [1]", "must be a list"),
        ("within_s = 0.3", "within_s = 0.3\nsoon = true", "unknown key"),
    ],
)
def test_what_is_wrong_is_said(before: str, after: str, reason: str) -> None:
    with pytest.raises(Misuse) as refused:
        scenario.parse(TEXT.replace(before, after, 1), "made-up.toml")
    assert reason in str(refused.value)


def test_a_window_must_be_the_plans() -> None:
    flown = scenario.parse(TEXT.replace("stage_2_ignition.latest", "booster_separation.latest"), "made-up.toml")
    with pytest.raises(Misuse, match="has no event 'booster_separation'"):
        expectation.check(flown.expected, plans.load("zhuque-1"), "made-up.toml")


def test_an_expectation_counts_from_what_it_follows() -> None:
    plan, truth = plans.load("zhuque-1"), Truth()
    window = Expectation("no_ignition", "stage_2_ignition.latest", 0.3)
    event = Expectation("attitude_loss", "attitude_loss", 1.0)
    assert window.since_s(truth, plan) is None, "it has not lifted off"
    lit = plan.event("ignition")
    assert lit is not None
    # What is never lit never lifts off: this window closes on the pad.
    assert Expectation("no_ignition", "ignition.latest", 0.3).since_s(truth, plan) == lit.latest_s
    truth.report("liftoff", 10.0)
    assert event.since_s(truth, plan) is None
    truth.report("attitude_loss", 412.5)
    assert event.since_s(truth, plan) == pytest.approx(402.5)
    planned = plan.event("stage_2_ignition")
    assert planned is not None
    assert window.since_s(truth, plan) == planned.latest_s
