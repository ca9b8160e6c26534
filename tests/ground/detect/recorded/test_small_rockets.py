"""Sounding rockets with whatever instruments they carry: events against the truth."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.ground.detect.recorded.synthetic import SOUNDING, Burn, Row, fly, noisy, steep, table
from tests.ground.detect.recorded.telling import tell, told

FLOWN = fly(SOUNDING, 60.0, pitch=steep, ballistic=3e-4, chute=30.0, hold=3.0, rate=50.0)
ROWS = noisy(FLOWN, random.Random(5), 0.3, 1.0, 1.0)
TOP = max(FLOWN, key=lambda row: row.altitude).time
TWO = (Burn(0.0, 3.0, 60.0, 70.0), Burn(9.0, 5.0, 40.0, 60.0))


def two_stages(burns: tuple[Burn, ...]) -> list[Row]:
    return noisy(
        fly(burns, 150.0, pitch=steep, ballistic=2e-4, chute=30.0, hold=5.0, rate=50.0), random.Random(7), 0.0, 1.0, 1.0
    )


def commanded(row: Row) -> dict[str, str]:
    return {"ignition_command": "2" if 8.5 < row.time < 9.5 else "0"}


@pytest.mark.parametrize("zero", [9.80665, 0.0], ids=["9.8 on the pad", "0 on the pad"])
@pytest.mark.parametrize("every", [1, 2, 5], ids=["50 Hz", "25 Hz", "10 Hz"])
def test_accelerometer_and_altimeter(zero: float, every: int) -> None:
    rows = [replace(row, axial=row.axial - 9.80665 + zero) for row in ROWS[::every]]
    said = told(rows, "acceleration_m_s2", "height_m")
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": 4.0}, abs=0.25)
    assert said.onsets["apogee"] == pytest.approx(TOP, abs=1.0)
    assert said.onsets["max_q"] == pytest.approx(4.0, abs=0.5)
    assert said.events["liftoff"].status == said.events["stage_1_burnout"].status == "confirmed"
    assert said.outcome == "suborbital"
    assert said.alarms == {}


def test_the_vertical_acceleration_without_gravity_will_do_and_tells_the_apogee_too() -> None:
    rows = [replace(later, axial=(later.climb - row.climb) / 0.02) for row, later in itertools.pairwise(FLOWN)]
    lines = table(noisy(rows, random.Random(6), 0.0, 1.0, 0.1), "acceleration_m_s2", "height_m")
    said = tell([lines[0].replace("acceleration_m_s2", "vertical_acceleration_m_s2"), *lines[1:]])
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": 4.0}, abs=0.25)
    assert said.onsets["apogee"] == pytest.approx(TOP, abs=1.0)
    assert said.events["apogee"].status == "confirmed"


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (("acceleration_m_s2",), {"liftoff", "stage_1_burnout"}),
        (("height_m",), {"liftoff", "max_q", "apogee"}),
        (("vertical_speed_m_s",), {"liftoff", "stage_1_burnout", "max_q", "apogee"}),
    ],
)
def test_one_instrument_alone_confirms_nothing(columns: tuple[str, ...], names: set[str]) -> None:
    said = told(ROWS, *columns)
    assert set(said.events) == names
    truth = {"liftoff": 0.0, "stage_1_burnout": 4.0, "apogee": TOP, "max_q": 4.0}
    assert said.onsets == pytest.approx({name: truth[name] for name in names}, abs=1.0)
    assert {event.status for event in said.events.values()} == {"provisional"}


def test_pressure_is_an_altimeter() -> None:
    def barometer(row: Row) -> dict[str, str]:
        return {"pressure_pa": f"{101_325.0 * (1.0 - 2.25577e-5 * row.altitude) ** 5.25588:.1f}"}

    said = told(ROWS, "acceleration_m_s2", extra=barometer)
    assert said.events["liftoff"].status == "confirmed"
    assert said.onsets["apogee"] == pytest.approx(TOP, abs=1.0)


def test_two_stages() -> None:
    said = told(two_stages(TWO), "acceleration_m_s2", "height_m", extra=commanded)
    assert said.stages() == pytest.approx(
        {"liftoff": 0.0, "stage_1_burnout": 3.0, "stage_2_ignition": 9.0, "stage_2_burnout": 14.0}, abs=0.25
    )
    assert said.alarms == {}


def test_a_second_stage_that_is_commanded_and_does_not_light() -> None:
    said = told(two_stages(TWO[:1]), "acceleration_m_s2", "height_m", extra=commanded)
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": 3.0}, abs=0.25)
    assert said.alarms["no_ignition"].first_s == pytest.approx(8.5, abs=0.1)


def test_an_ejection_shock_is_no_ignition_and_its_pressure_no_apogee() -> None:
    def shaken(row: Row) -> Row:
        if TOP - 0.5 < row.time < TOP - 0.44:
            return replace(row, axial=row.axial + 300.0)
        if TOP + 0.5 < row.time < TOP + 1.0:
            return replace(row, altitude=row.altitude - 700.0)
        if TOP + 2.0 < row.time < TOP + 2.08:
            return replace(row, altitude=row.altitude + 200.0)
        return row

    said = told([shaken(row) for row in ROWS], "acceleration_m_s2", "height_m")
    assert said.stages() == pytest.approx({"liftoff": 0.0, "stage_1_burnout": 4.0}, abs=0.25)
    assert said.onsets["apogee"] == pytest.approx(TOP, abs=1.0)


@pytest.mark.parametrize(("late", "alarms"), [(0.5, set()), (6.0, {"computer_disagrees"})])
def test_the_onboard_computer_is_asked_and_contradicted(late: float, alarms: set[str]) -> None:
    def state(row: Row) -> dict[str, str]:
        phase = "pad" if row.time < 0.1 else "boost" if row.time < 4.0 + late else "coast"
        return {"onboard_state": phase}

    said = told(ROWS, "acceleration_m_s2", "height_m", extra=state)
    assert said.events["liftoff"].computer_s == pytest.approx(0.1, abs=0.03)
    assert said.events["stage_1_burnout"].computer_s == pytest.approx(4.0 + late, abs=0.03)
    assert set(said.alarms) == alarms


def test_touching_down_under_a_parachute() -> None:
    flown = fly(SOUNDING, 140.0, pitch=steep, ballistic=3e-4, chute=40.0, hold=3.0, rate=25.0)
    down = next(row.time for row in flown if row.time > 10.0 and row.altitude <= 0.0)
    said = told(noisy(flown, random.Random(8), 0.0, 1.0, 1.0), "acceleration_m_s2", "height_m")
    assert said.onsets["landing"] == pytest.approx(down, abs=1.5)


Motion = Callable[[float], tuple[float, float, float]]
NOT_A_LAUNCH: dict[str, Motion] = {
    "on the pad": lambda time: (0.0, 80.0, 9.8),
    "a car": lambda time: (15.0 + 14.0 * math.sin(time / 20.0), 100.0 + 20.0 * math.sin(time / 30.0), 9.8),
    "an aeroplane": lambda time: (min(70.0 * time / 30.0, 240.0), max(0.0, (time - 40.0) * 12.0), 9.8),
    "a balloon": lambda time: (5.0, 5.0 * time, 9.8),
    "a drone": lambda time: (min(time, 15.0), min(time, 15.0) * max(time - 7.0, 0.0), 10.5 if time < 15.0 else 9.8),
    "carried and dropped": lambda time: (1.0, 2.0, 60.0 if 50.0 < time < 50.08 else 9.8),
}


@pytest.mark.parametrize("name", NOT_A_LAUNCH)
@pytest.mark.parametrize("columns", [("speed_m_s", "altitude_m"), ("speed_m_s", "altitude_m", "acceleration_m_s2")])
def test_what_does_not_fly_does_not_lift_off(name: str, columns: tuple[str, ...]) -> None:
    rows = []
    for step in range(3_000):
        speed, altitude, felt = NOT_A_LAUNCH[name](0.1 * step)
        rows.append(Row(0.1 * step, speed, altitude, felt, 0.0))
    said = told(noisy(rows, random.Random(9), 0.3, 2.0, 0.3), *columns)
    assert said.events == {}
    assert said.alarms == {}
    assert said.undecided["liftoff"]
