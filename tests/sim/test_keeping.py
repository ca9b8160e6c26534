"""What a campaign keeps of a flight: every frame with its step, and the truth; when it stops following."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.plans.plan import ExpectedEvent, FlightPlan
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer
from flight.wire.kept import KeptEncoder, kept_frames
from sim import dispersion, scenario, vehicle
from sim.campaigns import campaign, keeping
from sim.campaigns.flight import Task, fly
from sim.campaigns.keeping import FOLLOWED_S
from sim.mission import Mission

VEHICLE, PLAN = vehicle.load("zhuque-1"), plans.load("zhuque-1")
SHORT = """\
name = "short"
vehicle = "zhuque-1"
plan = "zhuque-1"
payload_kg = 300.0
end_s = 8.0
[[fault]]
kind = "gnss_loss"
time_s = 2.0
duration_s = 3.0
[[expect]]
alarm = "gnss_lost"
of = "fault_gnss_loss"
within_s = 1.0
[[expect]]
alarm = "no_ignition"
of = "stage_2_ignition.latest"
within_s = 0.5
[[expect]]
alarm = "attitude_loss"
of = "attitude_loss"
within_s = 0.5
"""


def task(text: str = SHORT, **changes: object) -> Task:
    short = scenario.parse(text, "short.toml")
    return replace(Task(VEHICLE, PLAN, short, dispersion.load("none"), 1, 4), **changes)  # type: ignore[arg-type]


def test_what_is_kept_is_what_was_sent_and_what_was_true(tmp_path: Path) -> None:
    flown = fly(task(keep=tmp_path))
    assert flown.row == fly(task()).row
    assert sorted(path.name for path in tmp_path.iterdir()) == ["short-4.telemetry", "short-4.truth.json"]
    truth = json.loads((tmp_path / "short-4.truth.json").read_text())
    assert (truth["vehicle"], truth["scenario"], truth["flight"], truth["outcome"]) == (
        "zhuque-1",
        "short",
        4,
        "no_orbit",
    )
    mission = Mission(
        VEHICLE, PLAN, scenario.parse(SHORT, "short.toml"), truth["seed"], PythonComputer(PLAN), time_rate=1.0
    )
    sent: dict[int, list[bytes]] = {}
    while not mission.finished:
        step = mission.world.step
        if packets := mission.step():
            sent[step] = packets
    data = (tmp_path / "short-4.telemetry").read_bytes()
    kept = {step: Deframer().feed(b"".join(frames)) for step, frames in kept_frames(data, "short")}
    assert kept == sent
    assert {event["name"]: event["time_s"] for event in truth["events"]} == pytest.approx(
        {event.name: event.time_s for event in mission.truth.events}, abs=1e-4
    )
    assert plans.parse(truth["plan_text"], "kept") == PLAN
    liftoff_s = next(event["time_s"] for event in truth["events"] if event["name"] == "liftoff")
    window = PLAN.event("stage_2_ignition")
    assert window is not None
    assert [(one["alarm"], round(one["since_s"] - liftoff_s, 2)) for one in truth["expect"]] == [
        ("gnss_lost", 2.0),
        ("no_ignition", window.latest_s),
    ]
    # What was expected of something that did not come to be may be said all the same.
    assert {"gnss_lost", "no_ignition", "attitude_loss"} <= set(truth["also"])


def test_a_flight_that_cannot_reach_its_orbit_is_followed_until_the_plan_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = replace(PLAN, events=(ExpectedEvent("stage_1_burnout", -25.0, -26.0, 3.0 - FOLLOWED_S),))

    def ended_s(plan: FlightPlan) -> float:
        assert fly(task(keep=tmp_path, plan=plan)).row["end_reason"] == "stopped"
        return float(json.loads((tmp_path / "short-4.truth.json").read_text())["ended_s"])

    # Near the ground it is followed on, here to the scenario's own end.
    assert ended_s(soon) == pytest.approx(18.1, abs=0.1)
    monkeypatch.setattr(keeping, "NEAR_M", -1e6)
    assert ended_s(soon) == pytest.approx(13.1, abs=0.1)
    # So is what is to come down.
    down = replace(soon, target=replace(soon.target, perigee_m=0.0, apogee_m=0.0))
    assert ended_s(down) == pytest.approx(18.1, abs=0.1)


def test_the_low_rate_is_flown_and_told(tmp_path: Path) -> None:
    chosen = campaign.load("zhuque-1", ["nominal"], "none", 1, 1, "low_rate")
    assert [plan.telemetry for _, plan in chosen.scenarios] == ["low_rate"]
    assert chosen.key["telemetry"] == "low_rate"
    fly(task(keep=tmp_path, plan=chosen.scenarios[0][1]))
    truth = json.loads((tmp_path / "short-4.truth.json").read_text())
    assert truth["telemetry"] == plans.parse(truth["plan_text"], "kept").telemetry == "low_rate"
    with pytest.raises(Misuse, match="--telemetry slow: must be full or low_rate"):
        campaign.load("zhuque-1", ["nominal"], "none", 1, 1, "slow")


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misuse, match="give another --keep"):
        fly(task(keep=tmp_path / "file"))


def test_kept_telemetry_that_is_torn_is_refused() -> None:
    encoder = KeptEncoder()
    data = encoder.add(3, [b"abc", b"de"]) + encoder.add(4, []) + encoder.add(70_000, [b"f"]) + encoder.finish()
    steps = [(step, Deframer().feed(b"".join(frames))) for step, frames in kept_frames(data, "x")]
    assert steps == [(3, [b"abc", b"de"]), (70_000, [b"f"])]
    with pytest.raises(Misuse, match="x: no kept telemetry"):
        list(kept_frames(data[:-4], "x"))
