"""Boosters, verniers and the crew's escape, on the toy flight."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from ground.report import Alarm, Event, Verdict
from tests.ground.toy import PLAN, TRUTH, Script, config, fly, latest, listen

BOOSTED = Script(
    truth=tuple({**TRUTH, "booster_burnout": 9.0, "booster_separation": 9.5}.items()),
    boosters=((9.0, 9.5), (9.0, 9.5), (9.0, 9.5), (9.0, 9.5)),
)
STEERED = Script(vernier_to=45.0, end_s=60.0)


def alarms(out: object) -> dict[str, Alarm]:
    return {report.name: report for report in out if isinstance(report, Alarm)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_boosters_burn_out_and_leave_as_one(seed: int) -> None:
    _, out = listen(fly(replace(BOOSTED, seed=seed)).chunks())
    events = latest(out)
    for name, within_s in (("booster_burnout", 0.06), ("booster_separation", 0.06), ("stage_1_burnout", 0.03)):
        truth = 9.0 if name == "booster_burnout" else 9.5 if name == "booster_separation" else 12.0
        assert events[name].status == "confirmed", name
        assert events[name].onset_time_s == pytest.approx(truth, abs=within_s), name
    assert not alarms(out)


def test_the_last_booster_to_burn_out_makes_the_event() -> None:
    script = replace(BOOSTED, boosters=((9.0, 9.9), (9.0, 9.9), (9.0, 9.9), (9.4, 9.9)))
    events = latest(listen(fly(script).chunks())[1])
    assert events["booster_burnout"].onset_time_s == pytest.approx(9.4, abs=0.06)


def test_one_booster_that_stays_is_a_warning_and_no_separation_is_claimed() -> None:
    script = replace(BOOSTED, boosters=(*BOOSTED.boosters[:3], (9.0, math.inf)))
    _, out = listen(fly(script).chunks())
    assert "booster_separation" not in latest(out)
    alarm = alarms(out)["partial_separation"]
    assert alarm.severity == "warning"
    assert "3 of 4" in alarm.message
    assert "booster 4" in alarm.message
    assert 9.5 < alarm.time_s < 10.0
    assert "no_separation" not in alarms(out)


def test_a_booster_that_leaves_late_is_one_line_of_truth() -> None:
    """Its window closes while it hangs: the sequence is under way, and not missed."""
    script = replace(BOOSTED, boosters=(*BOOSTED.boosters[:3], (9.0, 11.9)))
    plan = config().plans[PLAN].replace("[events]", "[events]\nbooster_separation = "
                                        "{ time_s = 5.5, earliest_s = 4.5, latest_s = 6.5 }", 1)  # fmt: skip
    _, out = listen(fly(script).chunks(), replace(config(), plans={**config().plans, PLAN: plan}))
    told = [line.status for line in out if isinstance(line, Event) and line.name == "booster_separation"]
    assert told
    assert "missed" not in told
    assert set(alarms(out)) == {"partial_separation"}


def test_boosters_that_all_stay_are_no_separation() -> None:
    script = replace(BOOSTED, boosters=((9.0, math.inf),) * 2)
    _, out = listen(fly(script).chunks())
    assert alarms(out)["no_separation"].time_s == pytest.approx(9.45 + 0.5, abs=0.1)
    assert "partial_separation" not in alarms(out)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_vernier_that_burns_on_makes_a_main_cutoff_and_a_later_burnout(seed: int) -> None:
    events = latest(listen(fly(replace(STEERED, seed=seed)).chunks())[1])
    assert events["stage_3_main_cutoff"].status == "confirmed"
    assert events["stage_3_main_cutoff"].onset_time_s == pytest.approx(36.0, abs=0.03)
    assert events["stage_3_burnout"].status == "confirmed"
    assert events["stage_3_burnout"].onset_time_s == pytest.approx(45.0, abs=0.03)


def test_a_vernier_that_goes_out_just_after_its_main_engine_is_a_burnout_of_its_own() -> None:
    events = latest(listen(fly(replace(STEERED, vernier_to=36.1)).chunks())[1])
    assert events["stage_3_main_cutoff"].onset_time_s == pytest.approx(36.0, abs=0.03)
    assert events["stage_3_burnout"].onset_time_s == pytest.approx(36.1, abs=0.03)


def test_the_crews_escape_is_an_abort_and_the_verdict_says_so() -> None:
    _, out = listen(fly(Script(escape_at=18.0)).chunks())
    assert latest(out)["abort"].onset_time_s == pytest.approx(18.0, abs=0.03)
    assert latest(out)["abort"].status == "provisional", "no motor is felt: the circuit alone says so"
    assert [report.outcome for report in out if isinstance(report, Verdict)] == ["aborted"]
    assert "stage_2_burnout" not in {name for name, event in latest(out).items() if event.status != "missed"}


def test_the_escapes_motors_are_the_second_witness_of_an_abort() -> None:
    pulled = Script(escape_at=18.0, throttle=lambda t: 2.0 if t >= 18.05 else 1.0, end_s=20.0)
    abort = latest(listen(fly(pulled).chunks())[1])["abort"]
    assert abort.status == "confirmed"
    assert any(text.startswith("axial force: jumped from 25 to 50") for text in abort.evidence)
    assert abort.time_s < 18.2


def test_soyuz_counts_its_core_as_stage_two() -> None:
    """The stage that the plan counts first is the one that is lit on the pad."""
    script = replace(Script(), plan="soyuz-fg", burning=(2,), truth=(("ignition", 14.0), ("liftoff", 14.0)), end_s=40.0)
    events = latest(listen(fly(script).chunks())[1])
    assert events["ignition"].onset_time_s == pytest.approx(14.0, abs=0.03)
    assert events["stage_2_burnout"].onset_time_s == pytest.approx(22.0, abs=0.03)
    assert "stage_2_ignition" not in events
