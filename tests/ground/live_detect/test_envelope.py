"""A flight against its profile, on the toy flight with a profile made from its own script."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from flight.geodesy import to_geodetic
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer
from ground.inputs import Chunk, Notice
from ground.profile import between, parse, place
from ground.report import Alarm, Event, Report
from tests.ground.toy import BURNS, PLAN, SLOW_PLAN, TRUTH, Script, codec, config, fly, listen


@cache
def profile_tree() -> dict[str, Any]:
    """What a campaign would find of the toy: its mean flight, and a spread of 100 m, 2 m/s and 1.2 % of thrust."""
    script = Script(noise=0.0)
    states: list[tuple[float, ...]] = []
    navigation = codec("navigation")
    liftoff_s = TRUTH["liftoff"]
    for time_s, kind, frame in fly(script).frames:
        if kind == "navigation" and time_s > liftoff_s and (time_s - liftoff_s) % 1.0 == 0.0:
            values = navigation.decode(next(iter(Deframer().feed(frame))))
            assert values is not None
            states.append(values[4:10])  # type: ignore[arg-type]
    count = len(states)
    tree: dict[str, Any] = {
        "profile": 2,
        "plan": PLAN,
        "flights": 40,
        "corridor": {"half_width_m": 5e3},
        "events": {
            "stage_2_separation": {"mean_s": 19.0, "deviation_s": 0.1, "window_s": [17.0, 21.0]},
            "stage_3_ignition": {
                "mean_s": 26.0,
                "deviation_s": 0.1,
                "window_s": [24.0, 28.0],
                "after": "stage_2_separation",
                "after_window_s": [6.5, 7.5],
            },
        },
        "limits": {"stage_2_burn": {"stage_2_chamber_pressure": {"warning_high": 6.6e6, "for_s": 0.1}}},
        "time_s": list(range(1, count + 1)),
        "height_m": [to_geodetic(*state[:3]).height for state in states],
        "speed_m_s": [sum(v * v for v in state[3:]) ** 0.5 for state in states],
        "height_deviation_m": [100.0] * count,
        "speed_deviation_m_s": [2.0] * count,
        "correlation": [0.0] * count,
        "burns": {str(stage): burn(*row) for stage, row in BURNS.items()},
    }
    for column, axis in enumerate("xyz"):
        tree[f"position_{axis}_m"] = [state[column] for state in states]
        tree[f"velocity_{axis}_m_s"] = [state[3 + column] for state in states]
    return tree


def burn(since_s: float, to_s: float, force: float, pressure: float) -> dict[str, Any]:
    """A burn of constant force: its shape is two points."""
    lasts_s = to_s - since_s
    ends = [0.0, force * (lasts_s - 1.5)]
    pair = {"force_part": 0.012, "force_change_part": 0.001, "pressure_part": 0.012, "pressure_change_part": 0.001}
    return {
        "delta_v_m_s": ends,
        "force_m_s2": [force] * 2,
        "pressure_pa": [pressure] * 2,
        **{key: [value] * 2 for key, value in pair.items()},
        "end": {
            "delta_v_m_s": force * (lasts_s - 1.0), "delta_v_deviation_m_s": 0.5,
            "burn_s": lasts_s, "burn_deviation_s": 0.05,
        },
    }  # fmt: skip


def profile_text() -> str:
    return json.dumps(profile_tree())


def alarms(script: Script) -> dict[str, Alarm]:
    settings = replace(config(), profiles={PLAN: profile_text()})
    out: list[Report | Notice] = listen(fly(script).chunks(), settings)[1]
    return {report.name: report for report in out if isinstance(report, Alarm)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_flight_like_its_profile_raises_nothing(seed: int) -> None:
    assert alarms(Script(seed=seed, end_s=60.0)) == {}


def weak(part: float, since_s: float = 17.0) -> Callable[[float], float]:
    """Thrust without a part of it from a moment on."""
    return lambda t: 1.0 - part if t >= since_s else 1.0


@pytest.mark.parametrize("part", [0.2, 0.1, 0.03])
def test_thrust_that_falls_is_told_within_a_second_down_to_a_few_percent(part: float) -> None:
    found = alarms(Script(throttle=weak(part), end_s=21.0))
    assert set(found) == {"thrust_low"}
    assert 17.0 < found["thrust_low"].time_s < 18.0


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(Script(throttle=weak(0.03, 13.0), end_s=21.0), id="3 % less from ignition on: a motor of its own"),
        pytest.param(Script(throttle=weak(0.01), end_s=21.0), id="1 % is roughness"),
        pytest.param(
            Script(throttle=weak(0.03), pressures=lambda stage, t, p: p / 0.97 if t >= 17.0 else p, end_s=21.0),
            id="3 % less force at whole pressure: the accelerometer's",
        ),
        pytest.param(
            Script(pressures=lambda stage, t, p: 0.3 * p if 16.0 < t < 20.0 else p, end_s=21.0),
            id="a third of the pressure under whole thrust: the gauge's",
        ),
        pytest.param(Script(throttle=lambda t: 1.03, end_s=13.5), id="a strong motor"),
    ],
)
def test_what_is_no_fault_of_the_motor(script: Script) -> None:
    found = alarms(script)
    assert not {"thrust_low", "chamber_pressure_low", "early_shutdown"} & set(found)


@pytest.mark.parametrize(("part", "told"), [(0.2, {"thrust_low"}), (0.03, set())])
def test_without_gauges_only_much_less_thrust_is_told(part: float, told: set[str]) -> None:
    text = json.dumps({**profile_tree(), "plan": SLOW_PLAN})
    settings = replace(config(), profiles={SLOW_PLAN: text})
    out: list[Report | Notice] = listen(fly(Script(slow=True, throttle=weak(part), end_s=21.0)).chunks(), settings)[1]
    assert {report.name for report in out if isinstance(report, Alarm)} == told


def test_much_less_from_ignition_on_is_no_motors_own() -> None:
    found = alarms(Script(throttle=weak(0.1, 13.0), end_s=21.0))
    assert 14.0 < found["thrust_low"].time_s < 17.0


def test_pressure_that_is_low_alone_is_told_as_itself() -> None:
    found = alarms(Script(pressures=lambda stage, t, p: 0.85 * p if stage == 2 and t > 17.0 else p, end_s=21.0))
    assert set(found) == {"chamber_pressure_low"}


@pytest.mark.parametrize(
    ("held", "gap_s"),
    [pytest.param(math.nan, 0.6, id="reads nothing, is back when the link is"), pytest.param(6.9e6, 0.0, id="stands")],
)
def test_a_gauge_that_fails_for_a_while_is_told_once_and_by_that_name(held: float, gap_s: float) -> None:
    """A pressure that falls as its profile says, and a gauge that is gone from 15.5 to 18.4 s."""

    def falling(t: float) -> float:
        return 1.2 - 0.4 * (t - 14.0) / 8.0

    def read(stage: int, t: float, pressure: float) -> float:
        true = pressure * falling(t) if stage == 2 and 14.0 <= t < 22.0 else pressure
        return held if stage == 2 and 15.5 < t < 18.4 else true

    tree = profile_tree()
    burn_2 = {**tree["burns"]["2"], "pressure_pa": [6.0e6 * falling(15.0), 6.0e6 * falling(21.5)]}
    text = json.dumps({**tree, "limits": {}, "burns": {**tree["burns"], "2": burn_2}})
    chunks = fly(Script(pressures=read, end_s=21.8)).chunks(lambda t, kind: not 18.4 - gap_s < t < 18.4)
    told = listen(chunks, replace(config(), profiles={PLAN: text}))[1]
    assert [report.name for report in told if isinstance(report, Alarm)] == ["sensor_stuck"]


def test_pressure_that_is_high_passes_the_profiles_limit_of_that_phase_alone() -> None:
    high = Script(pressures=lambda stage, t, p: 1.15 * p if stage == 2 else p, end_s=21.0)
    assert set(alarms(high)) == {"stage_2_chamber_pressure_limit"}


@pytest.mark.parametrize("tail_s", [0.05, 1.0])
def test_an_engine_that_goes_out_early_is_one_alarm(tail_s: float) -> None:
    """A second and a half early, within the plan's window: what is missing of the burn shows it."""
    out = Script(throttle=lambda t: max(0.0, min(1.0, (20.6 - t) / tail_s)) if 14.0 < t < 22.0 else 1.0, end_s=23.0)
    found = alarms(out)
    assert set(found) == {"early_shutdown"}
    assert found["early_shutdown"].time_s < 20.8
    assert "m/s are missing" in found["early_shutdown"].message


def shutdowns(script: Script, from_s: float, to_s: float) -> list[Alarm]:
    """`early_shutdown` in a flight of which nothing is heard between two times."""
    settings = replace(config(), profiles={PLAN: profile_text()})
    kept = fly(script).chunks(lambda t, kind: not from_s < t < to_s)
    return [r for r in listen(kept, settings)[1] if isinstance(r, Alarm) and r.name == "early_shutdown"]


@pytest.mark.parametrize(
    ("from_s", "to_s"), [(19.0, 23.5), (21.5, 22.4), (21.9, 30.5), (13.5, 15.5), (17.0, 18.0), (22.99, 23.8)]
)
def test_a_gap_makes_no_shutdown(from_s: float, to_s: float) -> None:
    """Over the burn's end, over all of the staging, over the ignition, in the burn, in the kick of a separation."""
    assert not shutdowns(Script(end_s=32.0), from_s, to_s)


def test_a_gap_in_the_burn_hides_no_shutdown_that_follows() -> None:
    out = Script(throttle=lambda t: max(0.0, min(1.0, (20.6 - t) / 0.05)) if 14.0 < t < 22.0 else 1.0, end_s=23.0)
    (found,) = shutdowns(out, 17.0, 18.0)
    assert found.time_s < 20.8


def test_a_gap_in_the_kick_of_a_separation_is_no_thrust() -> None:
    """The springs push for a twentieth of a second, and then nothing is heard: no stage burns, and none goes out."""
    kept = fly(Script(end_s=26.0, kick=9.0)).chunks(lambda t, kind: not 23.055 < t < 23.8)
    told = {r.name for r in listen(kept)[1] if isinstance(r, Alarm | Event)}
    assert "stage_2_separation" in told
    assert not {"stage_3_ignition", "stage_3_burnout", "early_shutdown"} & told


def missed_s(chunks: list[Chunk]) -> float:
    """When the third stage's ignition is given up."""
    told = listen(chunks, replace(config(), profiles={PLAN: profile_text()}))[1]
    return next(r.time_s for r in told if isinstance(r, Event) and (r.name, r.status) == ("stage_3_ignition", "missed"))


def test_an_ignition_is_due_soon_after_what_it_follows() -> None:
    """The plan's window is open until 32 s; the profile's closes 7.5 s after the separation at 23 s."""
    dud = Script(burning=(1, 2), end_s=36.0)
    assert missed_s(fly(dud).chunks()) == pytest.approx(30.75, abs=0.15)
    hole = fly(dud).chunks(lambda t, kind: not 24.0 < t < 25.5)
    again = [*fly(replace(dud, end_s=25.0, end=False)).chunks(), *restarted(dud, 25.0)]
    assert [missed_s(chunks) > 32.0 for chunks in (hole, again)] == [True, True]


@pytest.mark.parametrize(("from_s", "to_s"), [(12.9, 14.2), (12.3, 13.9), (11.9, 13.6)])
def test_wires_that_are_not_heard_for_a_while_are_no_joint_that_stays(from_s: float, to_s: float) -> None:
    """The separation is due 1.2 s after the burnout; all but the wires' packet goes on."""
    tree = json.loads(profile_text())
    due = {"after": "stage_1_burnout", "after_window_s": [0.8, 1.2]}
    tree["events"]["stage_1_burnout"] = {"mean_s": 8.0, "deviation_s": 0.1, "window_s": [6.0, 10.0]}
    tree["events"]["stage_1_separation"] = {"mean_s": 9.0, "deviation_s": 0.1, "window_s": [7.0, 11.0], **due}
    settings = replace(config(), profiles={PLAN: json.dumps(tree)})
    chunks = fly(Script(end_s=20.0)).chunks(lambda t, kind: not (kind == "discretes" and from_s < t < to_s))
    told = listen(chunks, settings)[1]
    assert [r.status for r in told if isinstance(r, Event) and r.name == "stage_1_separation"][-1] == "confirmed"
    assert "missed" not in {r.status for r in told if isinstance(r, Event)}
    assert not [r for r in told if isinstance(r, Alarm)]


def restarted(script: Script, since_s: float) -> list[Chunk]:
    """The rest of a flight, said by a computer that has started again and kept its clock."""
    return fly(replace(script, boot_id=8)).chunks(lambda t, kind: t > since_s)


def test_what_follows_from_another_cause_is_not_told_again() -> None:
    dud = Script(burning=(1, 2), drift=lambda t: 500.0 * max(0.0, t - 32.5), end_s=70.0)
    found = alarms(dud)
    assert "no_ignition" in found
    assert "off_nominal_trajectory" not in found


def test_a_trajectory_far_from_the_profile_is_off_nominal() -> None:
    found = alarms(Script(drift=lambda t: 200.0 * max(0.0, t - 20.0), end_s=45.0))
    assert "off_nominal_trajectory" in found
    assert found["off_nominal_trajectory"].value > 6.0  # type: ignore[operator]


def test_between_its_times_a_profile_is_a_straight_line_and_outside_there_is_none() -> None:
    times, row = (1.0, 2.0, 4.0), (10.0, 20.0, 40.0)
    found = [place(times, t) for t in (0.5, 1.0, 1.5, 3.0, 4.0, 4.1)]
    assert [where and between(row, where) for where in found] == [None, 10.0, 15.0, 30.0, 40.0, None]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tree: tree.pop("plan"), "plan: missing"),
        (lambda tree: tree.update(flights=3), "flights: a profile needs at least 10"),
        (lambda tree: tree.pop("profile"), "reads format 2"),
        (lambda tree: tree["speed_m_s"].pop(), "speed_m_s: has"),
        (lambda tree: tree.update(time_s=[2, 1]), "time_s: must be two numbers or more, each larger"),
        (lambda tree: tree["corridor"].clear(), "corridor: half_width_m: must be a finite number"),
        (lambda tree: tree["events"]["stage_3_ignition"].update(after="dawn"), "after: there is no event 'dawn'"),
        (lambda tree: tree["events"]["stage_3_ignition"].update(window_s=[1, 2]), "window_s: must have mean_s"),
        (lambda tree: tree["limits"].update(pad={"x": {"low": 1}}), "limits.pad.x.low: unknown key"),
        (lambda tree: tree["burns"]["1"]["end"].pop("burn_s"), "burns.1.end: burn_s: must be a finite number"),
        (lambda tree: tree.update(height_m=["high"]), "height_m: must be a list of finite numbers"),
        (lambda tree: tree.update(burns=3), "burns: must be an object"),
    ],
)
def test_a_file_that_is_no_profile_is_refused_in_one_line(change: Callable[[Any], object], reason: str) -> None:
    tree = json.loads(profile_text())
    change(tree)
    with pytest.raises(Misuse, match=reason) as refused:
        parse(json.dumps(tree), "mine.json")
    assert str(refused.value).startswith("mine.json: ")
    with pytest.raises(Misuse, match="no profile"):
        parse("{", "mine.json")
