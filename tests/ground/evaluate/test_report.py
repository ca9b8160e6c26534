"""Figures and the page: counts, exact intervals, misses as infinite, what is held of what was asked."""

import math
import re
from typing import Any

import pytest

from ground.evaluate.figures import GROUPS, Spread, alarm_figures, event_figures, sweep_point
from ground.evaluate.pools import Seal
from ground.evaluate.report import compose
from ground.evaluate.svg import Band, bands


def event(name: str, found: str = "found", error_s: float | None = 0.01, delay_s: float | None = 0.1) -> dict[str, Any]:
    if found != "found":
        error_s = delay_s = None
    return {"name": name, "found": found, "onset_error_s": error_s, "delay_s": delay_s, "hidden": False}


def alarm(name: str, kind: str, severity: str = "warning", time_s: float = 50.0) -> dict[str, Any]:
    return {"name": name, "severity": severity, "kind": kind, "time_s": time_s}


def expected(name: str, delay_s: float | None, raised: bool, within_s: float = 1.0) -> dict[str, Any]:
    error_s = None if delay_s is None else delay_s - 0.4
    return {
        "name": name, "of": f"fault_{name}", "within_s": within_s, "delay_s": delay_s, "raised": raised,
        "first_error_s": error_s,
    }  # fmt: skip


def result(**changes: Any) -> dict[str, Any]:
    return {
        "variant": "5 %",
        "vehicle": "zhuque-1",
        "scenario": "nominal",
        "telemetry": "full",
        "seed": 1,
        "flight": 0,
        "hours": 0.2,
        "frames": 100,
        "frames_lost": 5,
        "true_outcome": "orbit",
        "outcome": "orbit",
        "faults": [],
        "events": [event("liftoff"), event("stage_1_burnout")],
        "false_events": [],
        "expected": [],
        "alarms": [],
        **changes,
    }


@pytest.mark.parametrize(
    ("values", "part", "value"),
    [
        ([1.0, 2.0, 3.0], 0.5, 2.0),
        ([3.0, 1.0, 2.0, math.inf], 0.5, 2.5),
        ([1.0, 2.0, math.inf], 0.95, math.inf),
        ([1.0, 2.0, 3.0, 4.0, 5.0], 0.95, 4.8),
        ([math.inf], 0.0, math.inf),
        ([7.0], 1.0, 7.0),
    ],
)
def test_misses_are_infinite_in_every_percentile_that_they_reach(
    values: list[float], part: float, value: float
) -> None:
    assert Spread(values).at(part) == pytest.approx(value)


def test_of_nothing_there_is_no_percentile() -> None:
    assert math.isnan(Spread().at(0.5))


def test_events_are_counted_once_each() -> None:
    missed = result(events=[event("liftoff"), event("stage_1_burnout", "missed"), event("apogee", "provisional")])
    false = result(false_events=[{"name": "abort", "confirmed": True, "time_s": 1.0, "error_s": None}])
    found = event_figures([result(), missed, false])
    assert (found.true, found.found, found.provisional, found.missed, found.false) == (7, 5, 1, 1, 1)
    assert found.precision == pytest.approx(5 / 6)
    assert math.isinf(found.delays.at(1.0))
    assert len(found.errors.values) == 5
    assert event_figures([missed], GROUPS[0][1]).true == 2


def test_alarms_are_counted_by_what_they_are() -> None:
    flown = result(
        expected=[
            expected("thrust_low", 0.5, True), expected("gnss_lost", 1.5, False), expected("tumbling", None, False),
        ],
        alarms=[alarm("a", "right"), alarm("b", "follows"), alarm("c", "false"), alarm("d", "false", "watch"),
                alarm("a", "repeat")],
    )  # fmt: skip
    found = alarm_figures([flown])
    assert (found.expected, found.raised, found.late, found.right, found.follows) == (3, 1, 1, 1, 1)
    assert (found.false, found.watches, found.repeats) == (1, 1, 1)
    assert found.delays.at(0.5) == 1.5
    assert math.isinf(found.delays.at(1.0))
    assert found.firsts.values == pytest.approx([0.1, 1.1])
    assert found.false_rate.high == pytest.approx(5.5716 / 0.2, rel=1e-4)


def test_a_sweep_counts_alarms_after_the_fault_alone() -> None:
    seen = result(faults=[["low_thrust", 40.0]], alarms=[alarm("thrust_low", "false", time_s=41.5)])
    early = result(faults=[["low_thrust", 40.0]], alarms=[alarm("thrust_low", "false", time_s=39.0)])
    other = result(faults=[["low_thrust", 40.0]], alarms=[alarm("gnss_lost", "false")])
    never = result(faults=[["low_thrust", None]])
    point = sweep_point(0.1, [seen, early, other, never], frozenset({"thrust_low"}))
    assert (point.flights, point.seen, point.delays.values) == (3, 1, [1.5, math.inf, math.inf])


def page(judged: dict[str, list[dict[str, Any]]], asked: list[str]) -> tuple[str, dict[str, str]]:
    report = compose(judged, asked, Seal("a" * 64, "b" * 64))
    return report.text, dict(report.plots)


def test_a_page_says_what_it_holds_of_what_was_asked() -> None:
    names = [f"sealed/zhuque-1/nominal/full/20000/{flight}" for flight in range(4)]
    text, plots = page({names[0]: [result()]}, names)
    assert "Holds 1 of 4 flights, **not all**" in text
    assert "| sealed | 1 | 4 |" in text
    assert "| zhuque-1 | 1 of 4 | 2 | 2/2 (15.81–100.00 %) | 0 | 0 | 0 | 0 | 0.20 | 0 (0.000–18.444) | 0 |" in text
    assert "a" * 64 in text
    assert "Nothing, over the usual link." in text
    assert set(plots) == {"onset.svg", "delay.svg"}


def test_a_page_lists_misses_false_claims_and_late_alarms_with_a_flight_to_look_at() -> None:
    late = {
        "name": "thrust_low",
        "of": "fault",
        "within_s": 1.0,
        "delay_s": 1.5,
        "raised": False,
        "first_error_s": None,
    }
    flown = result(
        scenario="low-thrust", seed=7, flight=3, faults=[["low_thrust", 40.0]], expected=[late],
        events=[event("liftoff"), event("stage_1_burnout", "missed")], alarms=[alarm("tumbling", "false", "critical")],
    )  # fmt: skip
    text, _ = page({"design/zhuque-1/low-thrust/full/7/3": [flown]}, ["design/zhuque-1/low-thrust/full/7/3"])
    assert "| zhuque-1 low-thrust | stage_1_burnout: missed | 1 | --seed 7, flight 3 |" in text
    assert "| zhuque-1 low-thrust | tumbling (critical): false alarm | 1 | --seed 7, flight 3 |" in text
    assert "| zhuque-1 low-thrust | thrust_low: not raised in time | 1 | --seed 7, flight 3 |" in text
    assert "1 more too late" in text


def test_links_rules_layers_sizes_and_the_low_rate_have_their_chapters() -> None:
    def name(scenario: str, telemetry: str = "full", pool: str = "sealed") -> str:
        return f"{pool}/zhuque-1/{scenario}/{telemetry}/20000/0"

    worse = result(events=[event("liftoff"), event("stage_1_burnout", "missed")])
    judged = {
        name("nominal"): [result(), {**worse, "variant": "20 %"}, {**worse, "variant": "fixed limits"}],
        name("nominal", "low_rate"): [result(telemetry="low_rate")],
        name("thrust-deficit-0.05"): [result(scenario="thrust-deficit-0.05", faults=[["low_thrust", 40.0]])],
        name("nominal", pool="thresholds ablation"): [
            result(), {**result(), "variant": "without cusum"}, {**worse, "variant": "without estimator"},
        ],
    }  # fmt: skip
    text, plots = page(judged, list(judged))
    assert re.search(r"\| 20 % \| 1 \| 2 \| 1/2 ", text)
    assert re.search(r"\| low rate \| 1 \| 2 \| 2/2 ", text)
    assert "| liftoff | 1/1 | 1/1 | 0 | 0 | 0.010 | 0.010 | **tie** |" in text
    assert "| stage_1_burnout | 1/1 | 0/1 | 0 | 0 | 0.010 | – | station |" in text
    assert "| 0.05 | 0/1 (0.00–97.50 %) | ∞ | ∞ |" in text
    assert "**nothing on these flights**" in text
    assert "+1 events found" in text
    assert "thrust-deficit.svg" in plots
    # Flights of a sweep are no false alarms, and a layer's absence is no miss of the station.
    assert "Nothing, over the usual link." in text


def test_plots_are_well_formed_and_cut_what_lies_beyond() -> None:
    from xml.etree import ElementTree

    text = bands("a < b", "s", [Band("x", -9.0, -0.1, 0.0, 0.1, math.inf, 5)], 0.3)
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "inf" not in text


def test_what_was_to_be_reached_stands_beside_what_was() -> None:
    name = "sealed/zhuque-1/nominal/full/20000/0"
    good, _ = page({name: [result()]}, [name])
    assert "| lift-off, ignition, burnout: onset, p95 | ≤ 0.06 s | 0.010 s | yes |" in good
    assert "| not confirmed or false stage events | 0 | 0 of 2 in 1 flights: at most 97.50 % of flights | yes |" in good
    # A fifth of an hour without a false alarm says nothing about one in a hundred hours.
    assert "| false alarms per hour (flights without a fault) | ≤ 0.01 | 0 in 0.2 h: at most 18.444" in good
    assert "97.5 % confidence | open |" in good
    late = result(events=[event("liftoff", error_s=-0.09, delay_s=0.4), event("stage_1_burnout", "provisional")])
    bad, _ = page({name: [late]}, [name])
    assert "| lift-off, ignition, burnout: onset, median | ≤ 0.02 s | 0.090 s | **no** |" in bad
    assert "| confirmation of motors and joints, p95 | ≤ 0.15 s | ∞ | **no** |" in bad
    assert (
        "| not confirmed or false stage events | 0 | 1 of 2 in 1 flights: at most 100.00 % of flights | **no** |" in bad
    )


def test_alarms_are_held_against_their_own_times() -> None:
    stuck = [
        {
            "name": "sensor_stuck",
            "of": "fault_sensor_stuck",
            "within_s": 0.5,
            "delay_s": delay,
            "raised": True,
            "first_error_s": 0.1,
        }
        for delay in (0.2, 0.25, 0.4)
    ]
    name = "sealed/zhuque-1/sensor-stuck/full/20000/0"
    text, _ = page({name: [result(faults=[["sensor_stuck", 40.0]], expected=stuck)]}, [name])
    assert "| stuck or lost sensor: alarm, p95 of 3 | ≤ 0.3 s | 0.385 s | **no** |" in text
    assert "| right alarm in time (recall) | ≥ 0.98 | 1.000 (3 of 3) | yes |" in text


@pytest.mark.parametrize(
    ("usual", "otherwise", "verdict"),
    [
        (1, 2, "| 0 of 2; 1 becomes 2 | yes |"),
        (0, 1, "| 0 of 2; 0 becomes 1 | open |"),
        (0, 20, "| 0 of 2; 0 becomes 20 | **no** |"),
    ],
)
def test_more_false_alarms_without_the_profile_are_a_miss_where_they_have_surely_doubled(
    usual: int, otherwise: int, verdict: str
) -> None:
    def heard(count: int, variant: str) -> dict[str, Any]:
        return result(variant=variant, alarms=[alarm("tumbling", "false")] * count)

    name = "sealed/zhuque-1/nominal/full/20000/0"
    text, _ = page({name: [heard(usual, "5 %"), heard(otherwise, "no profile")]}, [name])
    assert f"| without the vehicle's profile: not confirmed; false alarms at most doubled | 0; × 2 {verdict}" in text
    missed = result(variant="no profile", events=[event("liftoff", "missed")])
    text, _ = page({name: [result(), missed]}, [name])
    assert "| 1 of 1; 0 becomes 0 | **no** |" in text
