"""What goes wrong in flight, as webcasts and loggers show it: the right alarm at the right time, and no false event."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.ground.detect.recorded.synthetic import (
    SOUNDING,
    TWO_STAGES,
    Burn,
    Row,
    fly,
    frozen,
    noisy,
    on_screen,
    steep,
)
from tests.ground.detect.recorded.telling import Said, told

ASCENT = on_screen(fly(TWO_STAGES, 240.0))
BREAKS = 100.0  # s, under thrust, at 450 m/s and 15 km


def until(rows: Sequence[Row], end: float) -> list[Row]:
    return [row for row in rows if row.time <= end]


def instead(rows: Sequence[Row], begin: float, end: float, speed: float, altitude: float | None) -> list[Row]:
    """From `begin` on the screen shows these values; no altitude: the last one."""
    kept = until(rows, begin)
    last = kept[-1].altitude if altitude is None else altitude
    return [*kept, *(replace(row, speed=speed, altitude=last) for row in rows if begin < row.time <= end)]


def debris(rows: Sequence[Row], begin: float, end: float) -> list[Row]:
    """From `begin` on the drag of 0.02 m²/kg, vertically."""
    kept = until(rows, begin)
    speed, altitude = kept[-1].speed, kept[-1].altitude
    for row in (row for row in rows if begin < row.time <= end):
        drag = 0.5 * 1.225 * math.exp(-altitude / 7_200.0) * speed * abs(speed) * 2e-2
        speed -= (9.8 + drag) * 0.1
        altitude += speed * 0.1
        kept.append(replace(row, speed=abs(speed), altitude=altitude))
    return on_screen(kept)


@pytest.mark.parametrize(
    ("rows", "alarm", "when"),
    [
        (frozen(until(ASCENT, 139.0), BREAKS, 200.0), "frozen_data", BREAKS),
        (until(ASCENT, BREAKS), "loss_of_signal", BREAKS),
        (until(ASCENT, BREAKS)[::10], "loss_of_signal", BREAKS),
        (instead(ASCENT, BREAKS, 130.0, 0.0, 0.0), "loss_of_signal", BREAKS),
        (instead(ASCENT, BREAKS, 130.0, 0.0, None), "loss_of_signal", BREAKS),
        (instead(ASCENT, BREAKS, 130.0, 6_000.0, 150_000.0), "loss_of_signal", BREAKS),
        (debris(ASCENT, 70.0, 90.0), "breakup", 70.0),
        (debris(ASCENT, 70.0, 90.0)[::10], "breakup", 70.0),
    ],
    ids=[
        "the feed freezes",
        "the feed ends",
        "the feed ends, one row a second",
        "the feed is set to nought",
        "the speed is set to nought",
        "the feed jumps",
        "debris is shown",
        "debris is shown, one row a second",
    ],
)
def test_a_launcher_that_breaks_up_under_thrust(rows: list[Row], alarm: str, when: float) -> None:
    said = told(rows)
    assert set(said.stages()) == {"liftoff"}
    assert set(said.alarms) == {alarm}
    assert said.alarms[alarm].first_s == pytest.approx(when, abs=1.2)
    assert said.undecided["stage_1_burnout"]


@pytest.mark.parametrize("rate", [1, 10])
def test_a_first_stage_that_stops_after_half_a_minute(rate: int) -> None:
    said = told(on_screen(fly((Burn(0.0, 33.0, 13.0, 15.0),), 90.0))[:: 10 // rate])
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": 33.0}, abs=1.0)
    assert set(said.alarms) == {"early_shutdown"}
    assert said.alarms["early_shutdown"].first_s == pytest.approx(33.0, abs=1.0)


def test_a_sounding_rocket_that_burns_as_briefly_has_not_stopped_early() -> None:
    rows = fly((Burn(0.0, 33.0, 45.0, 70.0),), 300.0, pitch=steep, ballistic=2e-4)
    assert told(rows).alarms == {}


def test_the_other_stage_shown_without_a_word_is_no_cut_off() -> None:
    """The source goes over to the spent stage: 60 m/s slower than what it showed, and free of thrust."""
    flown, spent = fly(TWO_STAGES, 330.0), fly(TWO_STAGES[:1], 330.0)
    rows = on_screen([up if up.time < 200.0 else down for up, down in zip(flown, spent, strict=True)])
    said = told(rows)
    assert "stage_2_burnout" not in said.events
    assert "another vehicle" in said.undecided["stage_2_burnout"]
    assert said.alarms == {}


def test_a_feed_that_freezes_in_the_upper_stage_s_burn_and_comes_back_ends_no_burn() -> None:
    said = told(frozen(on_screen(fly(TWO_STAGES, 580.0)), 240.0, 315.0))
    assert set(said.stages()) == {"liftoff", "stage_1_burnout", "stage_2_ignition", "stage_2_burnout"}
    assert said.onsets["stage_2_burnout"] == pytest.approx(TWO_STAGES[1].stop, abs=0.5)
    assert set(said.alarms) == {"frozen_data"}


WHOLE = noisy(fly(SOUNDING, 60.0, pitch=steep, ballistic=3e-4, hold=1.0, rate=50.0), random.Random(21), 0.0, 0.8, 1.0)
SENSORS = ("acceleration_m_s2", "height_m")


def shredded(begin: float, area: float = 2e-2, turning: float = 12.0) -> list[Row]:
    """A wreck of that drag area over mass (m²/kg) from `begin` on, turning over at `turning` rad/s, falls apart."""
    chance = random.Random(22)
    exact = fly(SOUNDING, 60.0, pitch=steep, ballistic=3e-4, hold=1.0, rate=50.0)
    rows = [row for row in exact if row.time <= begin]
    climb, height = rows[-1].climb, rows[-1].altitude
    for row in (row for row in exact if row.time > begin):
        drag = 0.5 * 1.225 * math.exp(-height / 7_200.0) * climb * abs(climb) * area
        drag = max(min(drag, abs(climb) / 0.02), -abs(climb) / 0.02)
        climb -= (9.8 + drag) * 0.02
        height = max(height + climb * 0.02, 0.0)
        shock = 250.0 if row.time - begin < 0.05 else 0.0
        felt = shock - drag * math.cos(turning * (row.time - begin))
        rows.append(replace(row, altitude=height, climb=climb, axial=felt))
    return noisy(rows, chance, 0.0, 0.8, 1.0)


@pytest.mark.parametrize("begin", [2.5, 3.8, 4.6, 6.0])
@pytest.mark.parametrize("turning", [3.0, 12.0, 30.0])
def test_a_rocket_that_shreds_is_no_rocket_with_many_stages(begin: float, turning: float) -> None:
    said = told(shredded(begin, turning=turning), *SENSORS)
    assert said.alarms["breakup"].first_s == pytest.approx(begin, abs=0.4)
    assert set(said.stages()) <= {"liftoff", "stage_1_burnout"}
    assert said.onsets["liftoff"] == pytest.approx(0.0, abs=0.1)
    assert ("stage_1_burnout" in said.events) == (begin > 4.2)
    assert not {"drogue_deployment", "main_deployment"} & set(said.events)


def test_a_barometer_that_errs_near_the_speed_of_sound_breaks_nothing() -> None:
    rows = [
        replace(row, altitude=row.altitude - 300.0 * math.exp(-(((row.speed - 340.0) / 15.0) ** 2))) for row in WHOLE
    ]
    said = told(rows, *SENSORS)
    assert said.alarms == {}
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": 4.0}, abs=0.25)


def test_what_pushes_the_accelerometer_but_not_the_rocket_is_no_ignition() -> None:
    """A sensor that comes loose in the coast: half a second of 60 m/s² that the altitude knows nothing of."""
    rows = [replace(row, axial=row.axial + 60.0) if 12.0 < row.time < 12.5 else row for row in WHOLE]
    assert set(told(rows, *SENSORS).stages()) == {"liftoff", "stage_1_burnout"}


def test_a_logger_that_stands_still_and_goes_on() -> None:
    said = told(frozen(WHOLE, 8.0, 11.0), *SENSORS)
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": 4.0}, abs=0.25)
    assert said.alarms["frozen_data"].first_s == pytest.approx(8.0, abs=0.1)
    assert said.alarms["frozen_data"].time_s == pytest.approx(11.0, abs=0.1)
    assert set(said.alarms) == {"frozen_data"}


def test_a_logger_that_stands_still_over_the_cut_off_leaves_it_open() -> None:
    said = told(frozen(WHOLE, 3.0, 6.0), *SENSORS)
    assert set(said.stages()) == {"liftoff"}
    assert "nothing was recorded" in said.undecided["stage_1_burnout"]


@pytest.mark.parametrize(("end", "alarm"), [(3.0, "loss_of_signal"), (10.0, None)])
def test_a_logger_that_falls_silent_is_missed_under_thrust_alone(end: float, alarm: str | None) -> None:
    said = told(until(WHOLE, end), *SENSORS)
    assert set(said.alarms) == ({alarm} if alarm else set())


def misfire(row: Row) -> dict[str, str]:
    return {"ignition_command": "1" if 20.0 <= row.time < 21.0 else "0"}


def test_a_motor_that_was_fired_and_stays_on_the_rail() -> None:
    said: Said = told(
        noisy([Row(0.05 * step, 0.0, 80.0, 9.8, 0.0) for step in range(900)], random.Random(3), 0.0, 0.5, 0.3),
        *SENSORS,
        extra=misfire,
    )
    assert said.events == {}
    assert said.alarms["no_ignition"].first_s == pytest.approx(20.0, abs=0.1)
    assert said.undecided["liftoff"]
