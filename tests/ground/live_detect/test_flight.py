"""Stage events from measurements: a toy flight, whole, with frames missing, with sensors missing, joined late."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from ground.inputs import Notice
from ground.products import Products
from ground.report import Alarm, Event, Report, Undecided, Verdict
from ground.station import Station
from tests.ground.toy import NAME, TRUTH, Flown, Script, config, fly, latest, listen

NEVER_SAID = {"orbit_insertion", "impact"}
WHOLE = (*TRUTH, "max_q", "apogee")
TOLERANCE_S = {"max_q": 1.0, "apogee": 0.03}


def check(out: list[Report | Notice], flown: Flown, names: tuple[str, ...], tolerance_s: float) -> None:
    """Each event confirmed, near the truth, and none besides."""
    found = latest(out)
    assert set(found) == set(names)
    for name in names:
        event = found[name]
        assert event.status == "confirmed", event
        assert event.onset_time_s == pytest.approx(flown.truth[name], abs=TOLERANCE_S.get(name, tolerance_s)), event
        assert event.onset_s == pytest.approx(event.onset_time_s - found["liftoff"].onset_time_s, abs=1e-9)  # type: ignore[operator]
        assert len(event.evidence) >= 2


def alarms(out: list[Report | Notice]) -> list[str]:
    return [report.name for report in out if isinstance(report, Alarm)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_whole_flight(seed: int) -> None:
    flown = fly(Script(seed=seed))
    _, out = listen(flown.chunks())
    check(out, flown, WHOLE, 0.02)
    assert alarms(out) == []
    assert [report for report in out if isinstance(report, Undecided)] == []


def test_events_are_confirmed_soon_after_they_happen() -> None:
    flown = fly(Script())
    _, out = listen(flown.chunks())
    for name, event in latest(out).items():
        if name != "max_q":
            assert event.time_s - flown.truth[name] < 0.15, event


def test_a_flight_without_sensor_noise() -> None:
    flown = fly(Script(noise=0.0))
    _, out = listen(flown.chunks())
    check(out, flown, WHOLE, 0.02)


def losing(part: float, bursts_per_s: float, seed: int) -> Callable[[float, str], bool]:
    """Random single losses, and bursts of 0.2 s. The end of stream comes through."""
    rng = random.Random(seed)
    until = -1.0

    def kept(time_s: float, kind: str) -> bool:
        nonlocal until
        if rng.random() < bursts_per_s / 207.0:
            until = time_s + 0.2
        return kind == "end_of_stream" or (time_s >= until and rng.random() >= part)

    return kept


@pytest.mark.parametrize("seed", range(6))
def test_with_five_percent_of_frames_lost_and_bursts(seed: int) -> None:
    flown = fly(Script(seed=seed + 10))
    station, out = listen(flown.chunks(losing(0.05, 0.2, seed)))
    check(out, flown, WHOLE, 0.15)
    assert alarms(out) == []
    assert station.counters["frames_lost"] > 0.04 * len(flown.frames)


def test_without_navigation_and_receiver_the_motors_and_joints_are_still_seen() -> None:
    flown = fly(Script())
    _, out = listen(flown.chunks(lambda t, kind: kind not in ("navigation", "gnss")))
    check(out, flown, tuple(TRUTH), 0.02)


def test_without_circuits_and_wires_pressure_and_force_agree() -> None:
    flown = fly(Script())
    late_force = ((4.0, 4.03), (14.0, 14.03))
    _, out = listen(
        flown.chunks(
            lambda t, kind: kind != "discretes" and not (kind == "imu" and any(a <= t < b for a, b in late_force))
        )
    )
    found = latest(out)
    for name in TRUTH:
        if name.endswith(("ignition", "burnout")):
            assert found[name].status == "confirmed", found[name]
            assert found[name].onset_time_s == pytest.approx(flown.truth[name], abs=0.02)


def test_without_accelerometers_ignitions_and_separations_have_the_circuits_beside() -> None:
    flown = fly(Script())
    _, out = listen(flown.chunks(lambda t, kind: kind != "imu"))
    found = latest(out)
    assert found["liftoff"].onset_time_s == pytest.approx(4.0, abs=0.1)
    burnouts = {name: event.status for name, event in found.items() if name.endswith("burnout")}
    assert set(burnouts.values()) == {"provisional"}
    others = {name: event.status for name, event in found.items() if not name.endswith("burnout")}
    assert set(others.values()) == {"confirmed"}


def test_without_pressures_force_alone_is_provisional_and_a_kick_is_no_ignition() -> None:
    flown = fly(Script())
    _, out = listen(flown.chunks(lambda t, kind: kind != "propulsion"))
    found = latest(out)
    for name in ("stage_1_burnout", "stage_2_burnout", "stage_3_burnout"):
        assert found[name].status == "provisional"
        assert found[name].onset_time_s == pytest.approx(TRUTH[name], abs=0.05)
    for name in ("ignition", "stage_2_ignition", "stage_3_ignition"):
        assert found[name].status == "confirmed"
        assert found[name].onset_time_s == pytest.approx(TRUTH[name], abs=0.05)


def test_pressure_that_thrust_does_not_follow_stays_provisional() -> None:
    """A sensor that fails high is no ignition: neither force nor circuit agrees."""
    stuck = Script(
        burning=(1,),
        truth=tuple(item for item in TRUTH.items() if "stage_2_ignition" not in item[0]),
        pressures=lambda stage, t, pressure: 6e6 if stage == 2 and 14.0 <= t < 22.0 else pressure,
    )
    _, out = listen(fly(stuck).chunks())
    assert latest(out)["stage_2_ignition"].status == "provisional"


def test_a_tail_off_is_not_the_burnout_yet() -> None:
    """A few percent of thrust for the last second of the burn, as solid motors end."""
    tail = Script(throttle=lambda t: 0.04 if 11.0 <= t < 12.0 else 1.0)
    _, out = listen(fly(tail).chunks())
    lines = [report for report in out if isinstance(report, Event) and report.name == "stage_1_burnout"]
    assert lines[-1].status == "confirmed"
    assert [line.onset_time_s for line in lines] == pytest.approx([12.0] * len(lines), abs=0.02)


def test_an_ignition_that_does_not_come_is_missed_soon_after_its_window() -> None:
    _, out = listen(fly(Script(burning=(1,))).chunks())
    found = latest(out)
    assert found["stage_2_ignition"].status == "missed"
    assert found["stage_2_ignition"].time_s == pytest.approx(16.0 + 0.25, abs=0.05)
    assert found["stage_2_burnout"].status == "missed"
    assert found["stage_1_burnout"].status == "confirmed"


def test_a_separation_that_does_not_come_is_missed() -> None:
    kept = tuple((name, t) for name, t in TRUTH.items() if name != "stage_2_separation")
    _, out = listen(fly(Script(truth=kept)).chunks())
    assert latest(out)["stage_2_separation"].status == "missed"


def test_a_breakwire_without_a_push_stays_provisional() -> None:
    _, out = listen(fly(Script(kick=0.0)).chunks())
    assert latest(out)["stage_1_separation"].status == "provisional"


def test_where_the_accelerometer_was_blind_the_fired_circuit_counts() -> None:
    flown = fly(Script(kick=0.0))
    _, out = listen(flown.chunks(lambda t, kind: kind != "imu" or not 12.9 < t < 13.2))
    event = latest(out)["stage_1_separation"]
    assert event.status == "confirmed"
    assert event.evidence[1].startswith("pyrotechnic circuit: fired")


def test_a_gap_over_an_ignition_widens_its_onset_and_loses_nothing() -> None:
    flown = fly(Script())
    _, out = listen(flown.chunks(lambda t, kind: not 13.5 < t < 15.0))
    found = latest(out)
    assert found["stage_2_ignition"].status == "confirmed"
    assert found["stage_2_ignition"].onset_time_s == pytest.approx(14.0, abs=0.75)
    assert found["stage_2_burnout"].onset_time_s == pytest.approx(22.0, abs=0.02)


def test_a_stream_that_is_joined_in_flight_is_told_without_t0() -> None:
    flown = fly(Script())
    _, out = listen(flown.chunks(lambda t, kind: t >= 9.0))
    found = latest(out)
    assert "liftoff" not in found
    for name in ("stage_1_burnout", "stage_1_separation", "stage_2_ignition", "stage_3_burnout"):
        assert found[name].status == "confirmed"
        assert found[name].onset_time_s == pytest.approx(TRUTH[name], abs=0.02)
        assert found[name].onset_s is None
    assert "lift-off was not seen" in next(r.reason for r in out if isinstance(r, Undecided) and r.name == "liftoff")


def test_a_vehicle_that_stands_is_told_nothing_about() -> None:
    _, out = listen(fly(Script(end_s=3.9, end=False)).chunks())
    assert [report for report in out if isinstance(report, Event | Alarm)] == []


def test_a_low_rate_stream_is_enough() -> None:
    """Five samples a second of everything: later and coarser, but complete."""
    flown = fly(Script())
    every_fifth = {"imu", "propulsion", "navigation", "gnss"}
    _, out = listen(flown.chunks(lambda t, kind: kind not in every_fifth or round(t * 100) % 20 == 0))
    found = latest(out)
    for name in ("liftoff", "stage_1_burnout", "stage_2_ignition", "stage_2_burnout", "stage_3_burnout", "apogee"):
        assert found[name].status == "confirmed", found[name]
        assert found[name].onset_time_s == pytest.approx(flown.truth[name], abs=0.2)
    assert alarms(out) == []


# Attitude


def astray(begin_s: float, rate: float) -> Script:
    """From a moment on, the axis turns away from the command at a growing rate (rad/s2)."""

    def angle(t: float) -> float:
        return 0.5 * rate * max(0.0, t - begin_s) ** 2

    return Script(astray=angle, turning=lambda t: -rate * max(0.0, t - begin_s), end_s=40.0)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3])
def test_lost_attitude_is_an_alarm_within_a_second_of_five_degrees(rate: float) -> None:
    _, out = listen(fly(astray(31.0, rate)).chunks())
    (alarm,) = [report for report in out if isinstance(report, Alarm) and report.name != "tumbling"]
    lost = 31.0 + math.sqrt(2.0 * math.radians(5.0) / rate)
    assert (alarm.name, alarm.severity, alarm.phase) == ("attitude_loss", "critical", "stage_3_burn")
    assert lost - 0.01 <= alarm.time_s < lost + 0.9
    assert alarm.first_s == pytest.approx(lost - 4.0, abs=0.1)


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (Script(astray=lambda t: math.radians(4.5), end_s=40.0), "below five degrees"),
        (astray(36.5, 0.3), "after the last burn nothing is pushed astray"),
        (
            Script(
                astray=lambda t: math.radians(8.0) * math.exp(31.0 - t) if t > 31.0 else 0.0,
                turning=lambda t: math.radians(8.0) * math.exp(31.0 - t) if t > 31.0 else 0.0,
                end_s=40.0,
            ),
            "a step of the command that the vehicle follows at once",
        ),
        (
            Script(turning=lambda t: math.radians(4.0) if 31.0 < t < 32.0 else 0.0, end_s=40.0),
            "a planned turn of 4 degrees a second",
        ),
    ],
)
def test_what_is_no_loss_of_attitude(script: Script, why: str) -> None:
    _, out = listen(fly(script).chunks())
    assert alarms(out) == [], why


def test_attitude_lost_in_a_coast_is_lost_for_the_burn_that_is_to_come() -> None:
    """A motor that does not light leaves a stage that nothing steers: the alarm need not wait for thrust."""
    _, out = listen(fly(replace(astray(24.0, 0.1), burning=(1, 2))).chunks())
    alarm = next(report for report in out if isinstance(report, Alarm))
    lost = 24.0 + math.sqrt(2.0 * math.radians(5.0) / 0.1)
    assert (alarm.name, alarm.severity) == ("attitude_loss", "critical")
    assert lost + 0.9 <= alarm.time_s < lost + 1.5
    assert "thrust" not in alarm.message


def test_a_spin_is_a_tumble_even_where_navigation_says_nothing() -> None:
    spinning = Script(turning=lambda t: 0.6 if t > 32.0 else 0.0, end_s=40.0)
    _, out = listen(fly(spinning).chunks())
    (alarm,) = [report for report in out if isinstance(report, Alarm)]
    assert (alarm.name, alarm.channel) == ("tumbling", "body rate across the axis")
    assert 32.15 < alarm.time_s < 32.5


# Verdicts


def test_a_fall_back_is_suborbital_and_the_impact_is_told() -> None:
    fall = fly(Script(end_s=129.0))
    _, out = listen(fall.chunks())
    (verdict,) = [report for report in out if isinstance(report, Verdict)]
    assert (verdict.vehicle, verdict.outcome) == (NAME, "suborbital")
    assert verdict.impact_latitude_deg == pytest.approx(40.0, abs=0.01)
    assert verdict.impact_longitude_deg == pytest.approx(100.0, abs=0.01)
    assert verdict.inclination_deg is not None


@pytest.mark.parametrize(
    ("end_s", "outcome"),
    [
        pytest.param(20.0, "unknown", id="lost while a motor burns"),
        pytest.param(28.0, "unknown", id="lost with a stage still to come"),
        pytest.param(45.0, "suborbital", id="lost after the last burnout"),
    ],
)
def test_of_a_lost_signal_only_what_was_seen_is_judged(end_s: float, outcome: str) -> None:
    _, out = listen(fly(Script(end_s=end_s, end=False)).chunks())
    (verdict,) = [report for report in out if isinstance(report, Verdict)]
    assert verdict.outcome == outcome
    assert verdict.impact_latitude_deg == pytest.approx(40.0, abs=0.01)


# Products


def test_products_come_ten_times_a_second_from_a_state_that_can_be_trusted() -> None:
    flown = fly(Script(end_s=30.0, drift=lambda t: 5000.0 if t > 20.0 else 0.0))
    station = Station(config())
    seen: list[Products] = []
    for chunk in flown.chunks():
        station.receive(chunk)
        detector = station.vehicles[NAME].detector
        assert detector is not None
        if detector.products is not None and detector.products not in seen[-1:]:
            seen.append(detector.products)
    steps = [after.time_s - before.time_s for before, after in pairwise(seen)]
    assert min(steps) > 0.05
    assert sum(steps) / len(steps) == pytest.approx(0.12, abs=0.03)
    heights = [(products.time_s, products.altitude_m) for products in seen]
    assert all(height < 6000.0 for _, height in heights), "navigation is 5 km too high, the receiver is not"
    assert seen[-1].speed_m_s == pytest.approx(187.0, abs=5.0)
    assert seen[-1].dynamic_pressure_pa > 1e4
    assert seen[-1].impact_in_s == pytest.approx(60.0, abs=20.0)


def test_a_biased_accelerometer_keeps_no_stage_burning() -> None:
    """Half a metre per second squared too much is over what a coast reads, and under what any motor gives."""
    biased = Script(biased=lambda t: 0.5 if t > 31.0 else 0.0, end_s=50.0)
    station, out = listen(fly(biased).chunks())
    assert latest(out)["stage_3_burnout"].status == "confirmed"
    detector = station.vehicles[NAME].detector
    assert detector is not None
    assert not detector.thrust.powered
