"""Scenarios for any vehicle: on top of its nominal flight, at its plan's events and stages."""

import pytest

from flight.plans import plan as plans
from flight.wire.errors import Misuse
from sim import generic, scenario
from sim import vehicle as vehicles

TEXT = """
name = "made-up"
help = "for a test"
end_s = 900.0

[[fault]]
kind = "sensor_stuck"
after = "stage_{last}_ignition"
time_s = 2.5
channel = "stage_{last}_chamber_pressure"

[[fault]]
kind = "low_thrust"
time_s = 1.0
stage = "{first}"
part = 0.03
"""


@pytest.mark.parametrize(
    ("plan", "first", "last", "ignition"),
    [("zhuque-1", 1, 3, "stage_3_ignition"), ("soyuz-fg", 2, 3, "stage_3_ignition"), ("os-x0", 1, 1, "ignition")],
)
def test_stages_and_times_are_those_of_the_plan(plan: str, first: int, last: int, ignition: str) -> None:
    flown = plans.load(plan)
    expected = flown.event(ignition)
    assert expected is not None
    made = generic.parse(TEXT, "made-up.toml", flown)
    stuck, weak = made.faults
    assert (made.name, made.end_s) == ("made-up", 900.0)
    assert stuck.choice == f"stage_{last}_chamber_pressure"
    assert stuck.time_s == pytest.approx(expected.time_s + 2.5)
    assert (weak.values["stage"], weak.time_s) == (first, 1.0)


@pytest.mark.parametrize("vehicle", vehicles.names())
def test_any_vehicle_flies_them_all_on_top_of_its_nominal(vehicle: str) -> None:
    nominal = scenario.load(vehicle, "nominal")
    assert set(generic.names()) <= set(scenario.names(vehicle))
    for name in generic.names():
        flown = scenario.load(vehicle, name)
        assert flown.vehicle == vehicle
        assert flown.faults
        assert flown.payload_kg == nominal.payload_kg


def test_vehicle_s_own_scenario_goes_before() -> None:
    assert scenario.load("zhuque-1", "low-thrust").faults[0].values["stage"] == 3
    assert scenario.load("zhuque-2", "low-thrust").faults[0].values["stage"] == 1


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"stage_{last}_ignition"', '"stage_9_ignition"', "fault[0].after: flight plan zhuque-2 has no event"),
        ('"{first}"', '"{middle}"', "fault[1].stage: '{middle}' is no number"),
        ("part = 0.03", "part = 0.03\nparts = 1", "fault[1].parts: unknown key"),
        ("end_s", "ends_s", "ends_s: unknown key"),
    ],
)
def test_errors_name_file_key_and_reason(before: str, after: str, message: str) -> None:
    with pytest.raises(Misuse, match=r"made-up\.toml: ") as caught:
        generic.parse(TEXT.replace(before, after, 1), "made-up.toml", plans.load("zhuque-2"))
    assert message in str(caught.value)


def test_a_fault_in_a_part_that_a_vehicle_has_not_is_not_possible() -> None:
    single, two = (vehicles.load(name) for name in ("os-x0", "falcon-1"))
    assert set(scenario.names("os-x0")) - set(scenario.possible(single)) == {"no-separation"}
    assert scenario.possible(two) == scenario.names("falcon-1")
