"""Two-stage flights made by plain physics, shown as webcasts show them, and damaged: events against the truth."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.ground.detect.recorded.synthetic import (
    TWO_STAGES,
    Burn,
    Row,
    fly,
    frozen,
    misread,
    noisy,
    on_screen,
    without,
)
from tests.ground.detect.recorded.telling import Said, told

EXACT = fly(TWO_STAGES, 640.0)
SHOWN = on_screen(EXACT)
CUT_OFF, IGNITION, SECOND = TWO_STAGES[0].stop, TWO_STAGES[1].start, TWO_STAGES[1].stop
TRUTH = {"liftoff": 0.0, "stage_1_burnout": CUT_OFF, "stage_2_ignition": IGNITION, "stage_2_burnout": SECOND}
NO_SECOND = fly(TWO_STAGES[:1], 420.0)


def chance(seed: int) -> random.Random:
    return random.Random(seed)


def held(rows: Sequence[Row], every: int) -> list[Row]:
    """A source that is renewed only every so many rows."""
    return [replace(rows[place - place % every], time=row.time) for place, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "within"),
    [
        (SHOWN, 0.3),
        (SHOWN[::2], 0.3),
        (SHOWN[::10], 1.2),
        (fly(TWO_STAGES, 580.0, rate=50.0, hold=30.0), 0.3),
        (held(SHOWN, 10), 0.3),
        (misread(SHOWN, chance(1), 0.02), 0.3),
        (noisy(EXACT, chance(2), 1.0, 30.0), 0.6),
        (noisy(EXACT, chance(3), 5.0, 100.0), 2.0),
        (SHOWN[::-1], 0.3),
        ([*SHOWN[:1500], *SHOWN[1400:]], 0.3),
        (without(SHOWN, (40.0, 50.0), (146.0, 152.0), (300.0, 309.0)), 0.5),
        (without(SHOWN, (155.0, 164.0)), 0.5),
        (frozen(SHOWN, 140.0, 147.0), 0.3),
        (frozen(SHOWN, 148.0, 153.0), 0.5),
    ],
    ids=[
        "10 Hz",
        "5 Hz",
        "1 Hz",
        "exact 50 Hz with a pad hold",
        "renewed at 1 Hz, written at 10 Hz",
        "2 % misread",
        "noise of 1 m/s and 30 m",
        "noise of 5 m/s and 100 m",
        "backwards",
        "rows twice",
        "gaps, one over the cut-off",
        "a gap over the ignition",
        "frozen before the cut-off",
        "frozen over the cut-off",
    ],
)
def test_all_four_events_and_no_other(rows: list[Row], within: float) -> None:
    said = told(rows)
    assert said.stages() == pytest.approx(TRUTH, abs=within)
    assert set(said.alarms) <= {"frozen_data"}
    assert 60.0 < said.onsets["max_q"] < 85.0


@pytest.mark.parametrize("seed", range(6))
def test_stages_of_any_size(seed: int) -> None:
    """Coasts from 3 s, upper stages from 0.3 g at ignition: gravity alone pulls a climbing one back harder."""
    draw = chance(seed)
    first = Burn(0.0, draw.uniform(100.0, 170.0), draw.uniform(12.0, 15.0), draw.uniform(28.0, 55.0))
    lit = first.stop + draw.uniform(3.0, 12.0)
    second = Burn(lit, draw.uniform(100.0, 200.0), draw.uniform(3.0, 9.0), draw.uniform(12.0, 30.0))
    said = told(on_screen(fly((first, second), second.stop + 10.0)))
    truth = {
        "liftoff": 0.0,
        "stage_1_burnout": first.stop,
        "stage_2_ignition": second.start,
        "stage_2_burnout": second.stop,
    }
    assert said.stages() == pytest.approx(truth, abs=0.4)


def test_a_cut_off_and_an_ignition_are_confirmed_by_the_coast_between_them() -> None:
    said = told(SHOWN)
    for name in ("liftoff", "stage_1_burnout", "stage_2_ignition"):
        assert said.events[name].status == "confirmed"
        assert {line.split(":")[0] for line in said.events[name].evidence} == {"speed", "altitude"}


def test_with_one_column_nothing_is_confirmed_and_an_ignition_that_gravity_hides_is_left_open() -> None:
    said = told(SHOWN, "speed_m_s")
    expected = {name: at for name, at in TRUTH.items() if name != "stage_2_ignition"}
    assert said.stages() == pytest.approx(expected, abs=0.3)
    assert {event.status for event in said.events.values()} == {"provisional"}
    assert "does not bend" in said.undecided["stage_2_ignition"]


def test_an_accelerometer_is_a_third_witness() -> None:
    rows = noisy(EXACT, chance(4), 0.3, 5.0, 0.3)
    said = told(rows, "speed_m_s", "altitude_m", "acceleration_m_s2")
    assert said.stages() == pytest.approx(TRUTH, abs=0.3)
    assert said.events["stage_2_burnout"].status == "confirmed"
    assert any(line.startswith("acceleration_m_s2:") for line in said.events["stage_2_burnout"].evidence)


def stops(rows: list[Row], at: float) -> list[Row]:
    return [row for row in rows if row.time <= at]


def stage(rows: Sequence[Row], number: int) -> list[Row]:
    return [replace(row, stage=number) for row in rows]


@pytest.mark.parametrize(
    ("rows", "name", "reason"),
    [
        (without(SHOWN, (145.0, 164.0)), "stage_2_ignition", "nothing was recorded between 145.0 s and 164.0 s"),
        (without(SHOWN, (148.0, 161.0)), "stage_1_burnout", "the stages change there"),
        (without(SHOWN, (500.0, 600.0)), "stage_2_burnout", "nothing was recorded between 500.0 s and 600.0 s"),
        (stops(SHOWN, 400.0), "stage_2_burnout", "the record ends at 400.0 s while stage 2 burns"),
        (frozen(SHOWN, 300.0, 700.0), "stage_2_burnout", "the source freezes at 300.0 s while stage 2 burns"),
        (stops(SHOWN, 140.0), "stage_1_burnout", "the record ends at 140.0 s while stage 1 burns"),
        (stops(SHOWN, 158.0), "stage_2_ignition", "the record ends at 158.0 s, after"),
        ([row for row in SHOWN if row.time >= 60.0], "liftoff", "the record begins in flight"),
        ([row for row in SHOWN if row.time >= 200.0], "stage_1_burnout", "does not show which stage burns"),
    ],
)
def test_what_the_record_does_not_show_is_undecided_and_says_why(rows: list[Row], name: str, reason: str) -> None:
    said = told(rows)
    assert reason in said.undecided[name]
    assert name not in said.events
    shown = {event: at for event, at in TRUTH.items() if event in said.events}
    assert said.stages() == pytest.approx(shown, abs=0.5), "nothing invented beside it"


def test_an_upper_stage_that_does_not_light() -> None:
    said = told(stage(on_screen(NO_SECOND), 2), "speed_m_s", "altitude_m", "stage")
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": CUT_OFF}, abs=0.3)
    assert said.alarms["no_ignition"].severity == "critical"
    assert said.onsets["apogee"] == pytest.approx(max(NO_SECOND, key=lambda row: row.altitude).time, abs=1.0)
    assert said.outcome == "suborbital"


def test_an_upper_stage_that_stops_early() -> None:
    said = told(on_screen(fly((TWO_STAGES[0], Burn(IGNITION, 260.0, 7.0, 18.0)), 500.0)))
    assert said.onsets["stage_2_burnout"] == pytest.approx(IGNITION + 260.0, abs=0.3)
    assert said.alarms["early_shutdown"].time_s >= said.onsets["stage_2_burnout"] + 30.0
    assert said.outcome == "suborbital"


def test_a_nominal_cut_off_near_orbital_speed_raises_no_alarm() -> None:
    assert told(SHOWN).alarms == {}


def broken(at: float) -> list[Row]:
    """From `at` on nothing but debris, with a thousand times the drag."""
    whole = fly((Burn(0.0, at, 13.2, 20.0),), at)
    last = whole[-1]
    level = (last.speed**2 - last.climb**2) ** 0.5
    speed, climb, altitude, time = level, last.climb, last.altitude, last.time
    for _ in range(400):
        time += 0.1
        total = (speed**2 + climb**2) ** 0.5
        drag = 0.5 * 1.225 * 2.718281828 ** (-altitude / 7_200.0) * total * 2e-2
        speed, climb = speed - drag * speed * 0.1, climb - (drag * climb + 9.7) * 0.1
        altitude += climb * 0.1
        whole.append(Row(time, (speed**2 + climb**2) ** 0.5, altitude, 0.0, climb))
    return whole


def test_a_break_up_in_thick_air() -> None:
    said = told(on_screen(broken(70.0)))
    assert said.alarms["breakup"].severity == "critical"
    assert said.alarms["breakup"].time_s == pytest.approx(70.0, abs=2.0)
    assert "stage_2_ignition" not in said.events


def test_a_frozen_source_is_said() -> None:
    alarm = told(frozen(SHOWN, 140.0, 147.0)).alarms["frozen_data"]
    assert alarm.first_s == pytest.approx(140.0, abs=0.15)
    assert alarm.time_s == pytest.approx(146.9, abs=0.15)
    assert told(SHOWN).alarms == {}


Mixed = Callable[[float], bool]


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize(
    ("upper", "missing"),
    [
        (lambda time: time >= 250.0, {"stage_2_ignition"}),
        (lambda time: not 200.0 <= time < 300.0, set()),
    ],
    ids=["stage 1, then stage 2", "a look at stage 1 on its way"],
)
def test_a_source_that_goes_over_to_the_other_stage(upper: Mixed, missing: set[str], labelled: bool) -> None:
    lower = on_screen(fly(TWO_STAGES[:1], 640.0))
    rows = [
        replace(one, stage=2) if upper(one.time) else replace(other, stage=1)
        for one, other in zip(SHOWN, lower, strict=False)
    ]
    said: Said = told(rows, "speed_m_s", "altitude_m", *(["stage"] if labelled else []))
    expected = {name: at for name, at in TRUTH.items() if name not in missing}
    assert said.stages() == pytest.approx(expected, abs=0.3)
    assert missing <= set(said.undecided)


def test_a_stage_that_flies_back_is_no_upper_stage() -> None:
    """Its braking burn ends by pushing it forward: that is no ignition of stage 2."""
    back = [row for row in on_screen(NO_SECOND) if row.time <= 170.0]
    speed = back[-1].speed
    for step in range(1, 600):
        time = 170.0 + 0.1 * step
        speed += -30.0 * 0.1 if time < 215.0 else 25.0 * 0.1 if time < 225.0 else 0.0
        back.append(Row(time, abs(speed), back[-1].altitude + 60.0, 0.0, 600.0))
    said = told(on_screen(back))
    assert set(said.stages()) == {"liftoff", "stage_1_burnout"}
    assert "on its way back" in said.undecided["stage_2_ignition"]


def test_boosters_that_burn_out_before_their_core_are_no_first_stage_cut_off() -> None:
    burns = (Burn(0.0, 150.0, 12.0, 28.0), Burn(150.0, 60.0, 13.0, 30.0), Burn(218.0, 200.0, 6.0, 15.0))
    said = told(on_screen(fly(burns, 440.0)))
    truth = {"liftoff": 0.0, "stage_1_burnout": 210.0, "stage_2_ignition": 218.0, "stage_2_burnout": 418.0}
    assert said.stages() == pytest.approx(truth, abs=0.4)


HOT = (Burn(0.0, 150.0, 13.0, 32.0), Burn(150.0, 400.0, 8.0, 52.0))


def test_hot_staging_has_no_coast() -> None:
    """The push falls to a quarter and goes on to an orbit: nothing else is fired later, so that was the next stage."""
    said = told(on_screen(fly(HOT, 560.0)))
    truth = {"liftoff": 0.0, "stage_1_burnout": 150.0, "stage_2_ignition": 150.0, "stage_2_burnout": 550.0}
    assert said.stages() == pytest.approx(truth, abs=0.5)


def test_a_few_engines_that_burn_on_until_the_next_stage_is_fired() -> None:
    burns = (HOT[0], Burn(150.0, 4.0, 2.0, 2.0), replace(HOT[1], start=154.0))
    said = told(on_screen(fly(burns, 470.0)))
    truth = {"liftoff": 0.0, "stage_1_burnout": 150.0, "stage_2_ignition": 154.0}
    assert said.stages() == pytest.approx(truth, abs=0.7)


def test_a_core_that_burns_on_weakly_after_its_boosters_is_no_second_stage() -> None:
    burns = (Burn(0.0, 110.0, 16.0, 40.0), Burn(110.0, 150.0, 9.0, 20.0), Burn(268.0, 200.0, 5.0, 12.0))
    said = told(on_screen(fly(burns, 500.0)))
    truth = {"liftoff": 0.0, "stage_1_burnout": 260.0, "stage_2_ignition": 268.0, "stage_2_burnout": 468.0}
    assert said.stages() == pytest.approx(truth, abs=0.5)


def test_boosters_or_hot_staging_where_nothing_follows_is_left_open_but_the_shortfall_is_said() -> None:
    said = told(on_screen(fly((HOT[0], replace(HOT[1], lasting=120.0, end=11.0)), 420.0)))
    assert set(said.stages()) == {"liftoff"}
    assert "without a pause" in said.undecided["stage_1_burnout"]
    assert said.alarms["orbit_not_reachable"].first_s == pytest.approx(270.0, abs=1.0)


def test_three_stages_with_a_long_coast() -> None:
    burns = (Burn(0.0, 77.0, 13.0, 45.0), Burn(79.0, 67.0, 14.0, 60.0), Burn(330.0, 60.0, 25.0, 55.0))
    said = told(on_screen(fly(burns, 420.0)))
    assert said.stages() == pytest.approx(
        {
            "liftoff": 0.0,
            "stage_1_burnout": 77.0,
            "stage_2_ignition": 79.0,
            "stage_2_burnout": 146.0,
            "stage_3_ignition": 330.0,
            "stage_3_burnout": 390.0,
        },
        abs=0.5,
    )
    assert "early_shutdown" not in said.alarms, "stage 2 stops far from orbit, but stage 3 is still to come"


def in_orbit(push: float, gap: tuple[float, float] | None = None) -> list[Row]:
    """The nominal flight, then a level coast near orbital speed with one short burn in it."""
    rows = [row for row in EXACT if row.time <= 560.0]
    speed, altitude = rows[-1].speed + 400.0, rows[-1].altitude
    more = 400.0 / (SECOND - IGNITION)
    flight = [replace(row, speed=row.speed + more * (min(max(row.time, IGNITION), SECOND) - IGNITION)) for row in rows]
    for step in range(1, 3_000):
        time = 560.0 + 0.1 * step
        speed += push * 0.1 if 700.0 <= time < 760.0 else 0.0
        flight.append(Row(time, speed, altitude, 0.0, 0.0))
    return on_screen(without(flight, gap) if gap else flight)


def test_a_restart_in_orbit() -> None:
    said = told(in_orbit(40.0))
    assert said.onsets["stage_2_restart_1"] == pytest.approx(700.0, abs=0.3)
    assert said.onsets["stage_2_cutoff_1"] == pytest.approx(760.0, abs=0.3)
    assert said.onsets["stage_2_burnout"] == pytest.approx(SECOND, abs=0.5)
    assert said.outcome == "orbit"


def test_a_restart_that_nobody_recorded() -> None:
    said = told(in_orbit(40.0, gap=(650.0, 800.0)))
    assert "were gained there" in said.undecided["stage_2_restart_1"]
    assert "stage_2_restart_1" not in said.events


def test_a_much_weaker_push_in_orbit_is_another_stage() -> None:
    said = told(in_orbit(1.5))
    assert said.onsets["stage_3_ignition"] == pytest.approx(700.0, abs=1.0)
    assert said.onsets["stage_3_burnout"] == pytest.approx(760.0, abs=1.0)
