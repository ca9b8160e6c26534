"""Scores on hand-made truths and logs: what is found, missed, false, early, late, repeated."""

import pytest

from ground.evaluate.score import EventScore, ExpectedScore, FalseEvent, score_alarms, score_events
from ground.evaluate.truth import Expected
from ground.report import Alarm, Event, Status

TRUE = {"liftoff": 10.0, "stage_1_burnout": 50.0, "max_q": 30.0}


def event(name: str, onset_s: float | None, status: Status = "confirmed") -> Event:
    return Event("v", name, 0.0, onset_s, status)


def scored(
    *said: tuple[float, Event], holes: tuple[tuple[float, float], ...] = (), ended_s: float = 100.0
) -> tuple[dict[str, EventScore], tuple[FalseEvent, ...]]:
    found, false = score_events(TRUE, said, holes, ended_s)
    return {one.name: one for one in found}, false


ALL = ((10.3, event("liftoff", 10.1)), (38.0, event("max_q", 31.5)), (50.2, event("stage_1_burnout", 49.9)))


def test_all_that_is_confirmed_near_its_time_is_found() -> None:
    found, false = scored(*ALL)
    assert not false
    assert {name: one.found for name, one in found.items()} == dict.fromkeys(TRUE, "found")
    assert found["liftoff"].onset_error_s == pytest.approx(0.1)
    assert found["liftoff"].delay_s == pytest.approx(0.3)
    assert found["stage_1_burnout"].onset_error_s == pytest.approx(-0.1)


@pytest.mark.parametrize(
    ("lines", "found", "false"),
    [
        ([], "missed", 0),
        ([(80.0, event("stage_1_burnout", None, "missed"))], "missed", 0),
        ([(50.1, event("stage_1_burnout", 50.0, "provisional"))], "provisional", 0),
        ([(50.1, event("stage_1_burnout", 50.0, "provisional")), (50.3, event("stage_1_burnout", 50.0))], "found", 0),
        ([(50.1, event("stage_1_burnout", 50.51))], "missed", 1),
        ([(50.1, event("stage_1_burnout", 50.51, "provisional"))], "missed", 1),
        # Corrected: the last line counts.
        ([(47.0, event("stage_1_burnout", 47.0)), (50.3, event("stage_1_burnout", 50.0))], "found", 0),
        # Withdrawn.
        ([(50.1, event("stage_1_burnout", 50.0)), (80.0, event("stage_1_burnout", None, "missed"))], "missed", 0),
    ],
)
def test_the_last_line_of_an_event_decides(lines: list[tuple[float, Event]], found: str, false: int) -> None:
    scores, wrong = scored(*ALL[:2], *lines)
    assert scores["stage_1_burnout"].found == found
    assert len(wrong) == false


def test_the_delay_runs_to_the_first_confirmation_of_the_right_onset() -> None:
    early = (47.0, event("stage_1_burnout", 47.0))
    right = (50.3, event("stage_1_burnout", 50.0))
    again = (60.0, event("stage_1_burnout", 50.1))
    assert scored(early, right, again)[0]["stage_1_burnout"].delay_s == pytest.approx(0.3)


def test_what_did_not_happen_is_false_and_what_nobody_could_see_is_not_asked() -> None:
    found, false = scored(*ALL, (60.0, event("stage_2_ignition", 60.0)), ended_s=50.4)
    assert "stage_1_burnout" not in found
    assert [(one.name, one.confirmed, one.error_s) for one in false] == [("stage_2_ignition", True, None)]
    assert scored(*ALL, (60.0, event("stage_2_ignition", None, "missed")))[1] == ()


def test_a_hole_widens_what_counts_and_takes_the_error_out_of_the_statistics() -> None:
    late = (53.1, event("stage_1_burnout", 52.9))
    assert scored(*ALL[:2], late)[0]["stage_1_burnout"].found == "missed"
    one = scored(*ALL[:2], late, holes=((49.0, 53.0),))[0]["stage_1_burnout"]
    assert (one.found, one.onset_error_s, one.delay_s, one.hidden) == ("found", None, None, True)
    # Elsewhere a hole changes nothing.
    assert scored(*ALL[:2], late, holes=((60.0, 64.0),))[0]["stage_1_burnout"].found == "missed"


def test_an_abort_has_one_source_alone() -> None:
    found, _ = score_events({"abort": 5.0}, [(5.1, event("abort", 5.0, "provisional"))], (), 100.0)
    assert found[0].found == "found"
    assert found[0].delay_s == pytest.approx(0.1)


def alarm(name: str, severity: str = "warning", vehicle: str = "v") -> Alarm:
    return Alarm(vehicle, name, severity, 0.0, "")  # type: ignore[arg-type]


EXPECTED = (Expected("thrust_low", "fault_low_thrust", 40.0, 1.0),)


def alarms(
    *said: tuple[float, Alarm], troubled_s: float | None = 40.0, ended_s: float = 100.0, **true: float
) -> tuple[list[ExpectedScore], list[str]]:
    wanted, lines = score_alarms(EXPECTED, frozenset({"orbit_not_reachable"}), troubled_s, said, ended_s, true)
    return list(wanted), [one.kind for one in lines]


@pytest.mark.parametrize(
    ("at", "raised", "kinds"),
    [(40.5, True, ["right"]), (41.0, True, ["right"]), (41.1, False, ["right"]), (39.9, False, ["false"])],
)
def test_an_expected_alarm_must_come_within_its_time_and_not_before_the_fault(
    at: float, raised: bool, kinds: list[str]
) -> None:
    wanted, lines = alarms((at, alarm("thrust_low")))
    assert [one.raised for one in wanted] == [raised]
    assert lines == kinds


def test_other_alarms_follow_or_are_false() -> None:
    said = (40.2, alarm("thrust_low")), (60.0, alarm("orbit_not_reachable")), (61.0, alarm("gnss_lost"))
    assert alarms(*said)[1] == ["right", "follows", "false"]
    # Nothing may be said of a flight without a fault, and nothing before it.
    assert alarms(*said, troubled_s=None)[1] == ["false", "false", "false"]
    assert alarms((20.0, alarm("orbit_not_reachable")))[1] == ["false"]


def test_what_the_truth_shows_is_no_false_alarm_whatever_the_scenario_expected() -> None:
    said = tuple((at, alarm(name)) for at, name in ((50.0, "attitude_loss"), (52.0, "tumbling"), (53.0, "sensor_bias")))
    assert alarms(*said)[1] == ["false", "false", "false"]
    assert alarms(*said, attitude_loss=50.9)[1] == ["follows", "follows", "false"]
    assert alarms(*said, attitude_loss=52.5)[1] == ["false", "follows", "false"]
    assert alarms(*said, attitude_loss=50.0, troubled_s=None)[1] == ["follows", "follows", "false"]


def test_one_cause_said_twice_is_a_repeat_and_growing_worse_is_not() -> None:
    said = (40.2, alarm("thrust_low")), (41.0, alarm("thrust_low", "critical")), (42.0, alarm("thrust_low"))
    assert alarms(*said)[1] == ["right", "right", "repeat"]
    assert alarms((40.2, alarm("thrust_low")), (41.0, alarm("thrust_low", vehicle="w")))[1] == ["right", "right"]


def test_an_alarm_that_never_comes_is_asked_for_only_where_there_was_time() -> None:
    assert [(one.raised, one.delay_s) for one in alarms()[0]] == [(False, None)]
    assert alarms(ended_s=40.9)[0] == []


def test_an_alarm_before_its_own_cause_but_after_the_fault_is_in_time() -> None:
    later = (Expected("attitude_loss", "attitude_loss", 45.0, 0.5),)
    wanted, lines = score_alarms(later, frozenset(), 40.0, [(44.0, alarm("attitude_loss"))], 100.0, {})
    assert (wanted[0].raised, lines[0].kind) == (True, "right")
    assert wanted[0].delay_s == pytest.approx(-1.0)
