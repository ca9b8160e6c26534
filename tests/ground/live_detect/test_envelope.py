"""A flight against its profile, on the toy flight with a profile made from its own script."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from flight.geodesy import to_geodetic
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer
from ground.inputs import Notice
from ground.profile import at, parse
from ground.report import Alarm, Report
from tests.ground.toy import BURNS, PLAN, Script, codec, config, fly, listen


@cache
def profile_text() -> str:
    """What a campaign would find of the toy: its mean flight, and a spread of 100 m, 2 m/s and 1 % of thrust."""
    script = Script(noise=0.0)
    states: list[tuple[float, ...]] = []
    navigation = codec("navigation")
    liftoff_s = dict(script.truth)["liftoff"]
    for time_s, kind, frame in fly(script).frames:
        if kind == "navigation" and time_s > liftoff_s and (time_s - liftoff_s) % 1.0 == 0.0:
            values = navigation.decode(next(iter(Deframer().feed(frame))))
            assert values is not None
            states.append(values[4:10])  # type: ignore[arg-type]
    count = len(states)
    tree: dict[str, Any] = {
        "plan": PLAN,
        "flights": 40,
        "height_m": [to_geodetic(*state[:3]).height for state in states],
        "speed_m_s": [sum(v * v for v in state[3:]) ** 0.5 for state in states],
        "height_variance_m2": [1e4] * count,
        "speed_variance_m2_s2": [4.0] * count,
        "covariance_m2_s": [0.0] * count,
        "corridor_half_width_m": [5e3] * count,
        "burns": {
            str(stage): {
                "force_m_s2": [force] * round(to - since - 1.0),
                "force_deviation_m_s2": [0.01 * force] * round(to - since - 1.0),
                "pressure_pa": [pressure] * round(to - since - 1.0),
                "pressure_deviation_pa": [0.01 * pressure] * round(to - since - 1.0),
            }
            for stage, (since, to, force, pressure) in BURNS.items()
        },
    }
    for place, axis in enumerate("xyz"):
        tree[f"position_{axis}_m"] = [state[place] for state in states]
        tree[f"velocity_{axis}_m_s"] = [state[3 + place] for state in states]
    return json.dumps(tree)


def alarms(script: Script) -> dict[str, Alarm]:
    settings = replace(config(), profiles={PLAN: profile_text()})
    out: list[Report | Notice] = listen(fly(script).chunks(), settings)[1]
    return {report.name: report for report in out if isinstance(report, Alarm)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_flight_like_its_profile_raises_nothing(seed: int) -> None:
    assert alarms(Script(seed=seed, end_s=60.0)) == {}


@pytest.mark.parametrize(
    ("throttle", "first", "within_s"),
    [
        pytest.param(lambda t: 0.8 if t > 16.0 else 1.0, "thrust_low", 1.0, id="20 % less thrust"),
        pytest.param(lambda t: 0.97 if t > 16.0 else 1.0, None, 0.0, id="3 % less: within the spread"),
    ],
)
def test_low_thrust(throttle: Callable[[float], float], first: str | None, within_s: float) -> None:
    found = alarms(Script(throttle=throttle, end_s=26.0))
    if first is None:
        assert "thrust_low" not in found
        return
    alarm = found[first]
    assert 16.0 < alarm.time_s < 16.0 + within_s
    assert "chamber_pressure_low" not in found


def test_pressure_that_is_low_alone_is_told_as_itself() -> None:
    found = alarms(Script(pressures=lambda stage, t, p: 0.85 * p if stage == 2 and t > 17.0 else p, end_s=26.0))
    assert set(found) == {"chamber_pressure_low"}


def test_a_trajectory_far_from_the_profile_is_off_nominal() -> None:
    found = alarms(Script(drift=lambda t: 200.0 * max(0.0, t - 20.0), end_s=45.0))
    assert "off_nominal_trajectory" in found
    assert found["off_nominal_trajectory"].value > 6.0  # type: ignore[operator]


def test_between_the_seconds_a_profile_is_a_straight_line_and_outside_there_is_none() -> None:
    row = (10.0, 20.0, 40.0)
    assert [at(row, t) for t in (0.5, 1.0, 1.5, 2.5, 3.0, 3.1)] == [None, 10.0, 15.0, 30.0, 40.0, None]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda tree: tree.pop("plan"), "plan: missing"),
        (lambda tree: tree.update(flights=3), "flights: a profile needs at least 10"),
        (lambda tree: tree["speed_m_s"].pop(), "speed_m_s: has"),
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
