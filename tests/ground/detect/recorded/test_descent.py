"""Parachutes, separations and tumbling of small rockets, against the truth of flights made by plain physics."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from tests.bench.recorded.motion import ALONG, Burn, Flown, Vehicle, fly
from tests.ground.detect.recorded.telling import Said, tell

TIMES = np.concatenate((np.arange(-3.0, 25.0, 0.02), np.arange(25.0, 260.0, 0.05)))
ROCKET = Vehicle(
    (Burn(80.0, 2000.0, 3.5, ends="stage_1_burnout", steer=ALONG),),
    elevation=(86.0, 86.0), ballistic=4e-4, drogue=25.0, main=7.0, opens=300.0, drogue_delay=1.0,
)  # fmt: skip
FLOWN, SINGLE = fly([ROCKET, replace(ROCKET, drogue=7.0, main=0.0)], TIMES)


def logged(flown: Flown, *, jerks: tuple[float, ...] = (), tilt: bool = False, force: bool = True) -> Said:
    chance = random.Random(4)
    header = ["time_s", "height_m", *(["acceleration_m_s2"] if force else []), *(["tilt_deg"] if tilt else [])]
    lines = [",".join(header) + "\n"]
    for place, time in enumerate(flown.time.tolist()):
        cells = [time, flown.altitude[place] + chance.gauss(0.0, 1.0)]
        if force:
            cells.append(
                flown.felt[place] + chance.gauss(0.0, 1.0) + 150.0 * any(0.0 <= time - at < 0.06 for at in jerks)
            )
        if tilt:
            cells.append(flown.tilt[place])
        lines.append(",".join(f"{cell:.3f}" for cell in cells) + "\n")
    return tell(lines)


def test_a_jerk_and_a_slower_fall_confirm_both_parachutes() -> None:
    opened = FLOWN.truth["drogue_deployment"], FLOWN.truth["main_deployment"]
    said = logged(FLOWN, jerks=opened)
    assert said.onsets["drogue_deployment"] == pytest.approx(opened[0], abs=0.2)
    assert said.onsets["main_deployment"] == pytest.approx(opened[1], abs=0.2)
    assert said.events["drogue_deployment"].status == said.events["main_deployment"].status == "confirmed"
    assert said.alarms == {}


def test_the_altitude_alone_shows_the_main_and_leaves_the_drogue_open() -> None:
    said = logged(FLOWN, force=False)
    assert said.onsets["main_deployment"] == pytest.approx(FLOWN.truth["main_deployment"], abs=1.5)
    assert said.events["main_deployment"].status == "provisional"
    assert "no jerk shows" in said.undecided["drogue_deployment"]


def test_a_single_slow_parachute_is_the_main() -> None:
    at = SINGLE.truth["main_deployment"]
    said = logged(SINGLE, jerks=(at,))
    assert said.onsets["main_deployment"] == pytest.approx(at, abs=0.2)
    assert "drogue_deployment" not in said.events


def test_a_fall_without_a_parachute_shows_none() -> None:
    (bare,) = fly([replace(ROCKET, drogue=0.0, main=0.0)], TIMES)
    said = logged(bare)
    assert not {"drogue_deployment", "main_deployment"} & (set(said.events) | set(said.undecided))


TWO = replace(
    ROCKET,
    burns=(
        *ROCKET.burns,
        Burn(60.0, 2000.0, 3.0, begins="stage_2_ignition", ends="stage_2_burnout", coast=3.0, steer=ALONG),
    ),
)
STAGED = fly([TWO], TIMES)[0]


def test_one_jerk_between_two_burns_is_the_separation() -> None:
    said = logged(STAGED, jerks=(4.6,))
    assert said.onsets["stage_1_separation"] == pytest.approx(4.6, abs=0.1)
    assert said.events["stage_1_separation"].status == "provisional"


def test_without_a_jerk_the_separation_is_only_bounded() -> None:
    said = logged(STAGED)
    assert "stage_1_separation" not in said.events
    assert "between the cut-off at 3" in said.undecided["stage_1_separation"]


def test_a_nose_below_the_horizon_while_it_climbs() -> None:
    turned = replace(FLOWN, tilt=np.where((FLOWN.time > 8.0) & (FLOWN.time < 11.0), 150.0, FLOWN.tilt))
    alarm = logged(turned, tilt=True).alarms["tumbling"]
    assert alarm.first_s == pytest.approx(8.0, abs=0.1)
    assert logged(FLOWN, tilt=True).alarms == {}, "it turns over at the top of every arc"
