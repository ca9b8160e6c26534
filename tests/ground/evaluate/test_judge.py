"""A kept toy flight, judged: the station beside simple rules, over several links, from files alone."""

import random
from pathlib import Path

import pytest

from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.kept import kept_frames
from ground.evaluate.baselines import watch
from ground.evaluate.channel import CLEAN, carry
from ground.evaluate.judge import BASE, OTHERS, Judging, Result, Variant, judge
from ground.evaluate.truth import parse, read
from tests.ground import toy
from tests.ground.evaluate import flights

CLEAR = Variant("clean", CLEAN)
FAILED = toy.Script(astray=lambda t: 0.0 if t < 16.0 else min(0.5, 0.2 * (t - 16.0)))


def judged(folder: Path, *variants: Variant, script: toy.Script | None = None, **changes: object) -> list[Result]:
    described, telemetry = flights.keep(toy.fly(script or toy.Script()), folder, **changes)
    return judge(described, telemetry, Judging("", {}, variants, baselines=BASE in variants))


def test_the_station_finds_what_the_toy_does_and_says_nothing_else(tmp_path: Path) -> None:
    result = judged(tmp_path, CLEAR)[0]
    found = {one["name"]: one for one in result["events"]}
    assert {name for name, one in found.items() if one["found"] != "found"} == set()
    assert set(found) == set(toy.fly().truth)
    assert max(abs(one["onset_error_s"]) for name, one in found.items() if name not in ("max_q", "apogee")) < 0.06
    assert (result["false_events"], result["alarms"], result["frames_lost"]) == ([], [], 0)
    assert result["hours"] == pytest.approx(90.0 / 3600.0, abs=1e-4)


def test_links_and_noise_are_heard_beside_it_and_rules_over_the_usual_link(tmp_path: Path) -> None:
    results = {result["variant"]: result for result in judged(tmp_path, BASE, *OTHERS)}
    assert set(results) == {BASE.name, "fixed limits", "AltOS", "CATS", "random", *(one.name for one in OTHERS)}
    lost = {
        name: result["frames_lost"] / (result["frames"] + result["frames_lost"]) for name, result in results.items()
    }
    assert lost[BASE.name] == lost["unseen noise"] == lost["no profile"] == pytest.approx(0.06, abs=0.02)
    assert lost["20 %"] > 0.18
    assert results["reordered"]["frames"] > 0
    for rules in ("AltOS", "CATS"):
        claimed = {one["name"] for one in results[rules]["events"] if one["found"] == "found"}
        assert claimed <= {"liftoff", "stage_1_burnout"}
    random_found = sum(one["found"] == "found" for one in results["random"]["events"])
    assert random_found < sum(one["found"] == "found" for one in results[BASE.name]["events"])


def test_the_same_flight_is_judged_the_same(tmp_path: Path) -> None:
    assert judged(tmp_path, BASE) == judged(tmp_path, BASE)


def test_a_failure_is_scored_by_what_its_truth_expects(tmp_path: Path) -> None:
    described = {
        "faults": [{"kind": "thrust_misalignment", "choice": "", "time_s": 12.0, "values": {"stage": 2.0}}],
        "events": [
            *({"name": name, "time_s": time_s} for name, time_s in toy.TRUTH.items()),
            {"name": "fault_thrust_misalignment", "time_s": 16.0},
        ],
        "expect": [{"alarm": "attitude_loss", "of": "fault_thrust_misalignment", "since_s": 16.0, "within_s": 3.0}],
    }
    result = judged(tmp_path, CLEAR, script=FAILED, **described)[0]
    assert result["faults"] == [["thrust_misalignment", 16.0]]
    assert [(one["name"], one["raised"]) for one in result["expected"]] == [("attitude_loss", True)]
    assert {one["kind"] for one in result["alarms"] if one["name"] == "attitude_loss"} == {"right"}


def test_fixed_limits_find_sharp_events_on_a_clean_link(tmp_path: Path) -> None:
    described, telemetry = flights.keep(toy.fly(), tmp_path)
    plan = plans.parse(read(described).plan_text, "toy")
    arriving = carry(kept_frames(telemetry.read_bytes(), "toy"), CLEAN, random.Random(1))
    events, alarms = watch(arriving, default(), toy.NAME, plan)["fixed limits"]
    found = {said.name: said.onset_time_s or 0.0 for _, said in events}
    for name in ("ignition", "stage_1_burnout", "stage_1_separation", "stage_2_ignition", "fairing_separation"):
        assert found[name] == pytest.approx(toy.TRUTH[name], abs=0.06), name
    assert "max_q" not in found
    assert not alarms


def test_damaged_files_are_refused_in_a_line(tmp_path: Path) -> None:
    described, telemetry = flights.keep(toy.fly(), tmp_path)
    telemetry.write_bytes(telemetry.read_bytes()[:-100])
    with pytest.raises(Misuse, match=r"nominal-0\.telemetry: no kept telemetry"):
        judge(described, telemetry, Judging("", {}, (BASE,), False))
    described.write_text("{}")
    with pytest.raises(Misuse, match=r"nominal-0\.truth\.json: no truth"):
        read(described)


def test_faults_are_matched_with_when_they_began() -> None:
    tree = flights.truth(
        toy.fly(),
        faults=[
            {"kind": "gnss_loss", "choice": "", "time_s": 60.0, "values": {}},
            {"kind": "gnss_loss", "choice": "", "time_s": 10.0, "values": {}},
        ],
        events=[
            {"name": "fault_gnss_loss", "time_s": 14.0},
            {"name": "fault_gnss_loss_end", "time_s": 20.0},
            {"name": "fault_gnss_loss_2", "time_s": 64.0},
        ],
    )
    flight = parse(tree)
    assert [(fault.began_s, fault.ended_s) for fault in flight.faults] == [(14.0, 20.0), (64.0, None)]
    assert flight.troubled_s == 14.0
