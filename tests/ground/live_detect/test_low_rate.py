"""The station at the dictionary's low rate: five navigation states and force summaries a second, and no pressures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flight.plans import plan as plans
from flight.wire.dictionary import default
from ground.report import Alarm
from tests.ground.live_detect.test_parallel import STEERED
from tests.ground.toy import SLOW_PLAN, TRUTH, Script, config, fly, latest, listen


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_stage_events_are_found_and_confirmed_by_two_witnesses(seed: int) -> None:
    flown = fly(Script(seed=seed, slow=True))
    _, out = listen(flown.chunks())
    events = latest(out)
    for name in ("liftoff", "stage_1_burnout", "stage_2_ignition", "stage_2_burnout", "stage_3_burnout"):
        assert events[name].status == "confirmed", name
        assert events[name].onset_time_s == pytest.approx(TRUTH[name], abs=0.25), name
    for name in ("stage_1_separation", "stage_2_separation", "fairing_separation", "payload_separation"):
        assert events[name].status == "confirmed", name
        assert events[name].onset_time_s == pytest.approx(TRUTH[name], abs=0.05), name
    # Without a receiver the barometer bears navigation out.
    assert events["max_q"].status == "confirmed"
    assert events["max_q"].onset_time_s == pytest.approx(flown.truth["max_q"], abs=1.0)
    assert events["apogee"].onset_time_s == pytest.approx(flown.truth["apogee"], abs=1.0)
    assert [report for report in out if isinstance(report, Alarm)] == []


def test_a_stage_that_does_not_light_is_told_at_the_low_rate_too() -> None:
    _, out = listen(fly(Script(slow=True, burning=(1, 2))).chunks())
    assert {report.name for report in out if isinstance(report, Alarm)} == {"no_ignition"}


def test_without_discretes_force_and_speed_confirm_lift_off() -> None:
    """A board that sends its identity, its force and where it is, and nothing else."""
    _, out = listen(fly(Script(slow=True)).chunks(lambda t, kind: kind in ("identity", "imu_summary", "navigation")))
    liftoff = latest(out)["liftoff"]
    assert liftoff.status == "confirmed"
    assert len(liftoff.evidence) == 2
    assert liftoff.onset_time_s == pytest.approx(TRUTH["liftoff"], abs=0.4)


def test_packets_that_the_profile_does_not_send_are_not_lost() -> None:
    station, _ = listen(fly(Script(slow=True)).chunks())
    assert station.counters["frames_lost"] == 0
    assert plans.parse(config().plans[SLOW_PLAN], SLOW_PLAN).telemetry in default().profiles


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_main_engine_that_goes_out_while_its_vernier_pushes_on_is_not_its_stage(seed: int) -> None:
    window = "stage_3_main_cutoff = { time_s = 32.0, earliest_s = 30.0, latest_s = 34.0 }"
    before, stage, last = config().plans[SLOW_PLAN].rpartition("[[stage]]")
    # A liquid one has no trace of a solid's thrust.
    head, windows = last.partition("[stage.trace]")[0], last.partition("[events]")[2]
    plan = f"{before}{stage}\nliquid = true{head}\n[events]\n{window}{windows}"
    script = replace(STEERED, slow=True, seed=seed)
    _, out = listen(fly(script).chunks(), replace(config(), plans={SLOW_PLAN: plan}))
    events = latest(out)
    assert events["stage_3_main_cutoff"].onset_time_s == pytest.approx(36.0, abs=0.3)
    assert events["stage_3_burnout"].onset_time_s == pytest.approx(45.0, abs=0.3)
    assert "early_shutdown" not in {report.name for report in out if isinstance(report, Alarm)}
