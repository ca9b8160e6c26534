"""A flight on one page: the charts' arithmetic, what is derived from true rows, and the file itself."""

import math
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.geodesy import horizon
from flight.wire.errors import Misuse
from sim import picture, scenario, vehicle
from sim.chart import Axes, line, moments, round_step, spanning, text, thinned, ticks
from sim.mission import Mission
from sim.truth import COLUMNS, TrueEvent
from tests.sim.flown import Flown, mission
from tests.system import processes

PLACE = {name: place for place, name in enumerate(COLUMNS)}
SVG = "{http://www.w3.org/2000/svg}"
ON_PAGE = Axes(100.0, 50.0, 400.0, 200.0, (0.0, 10.0), (-1.0, 1.0))
SHORT = 'name = "short"\nvehicle = "zhuque-1"\nplan = "zhuque-1"\npayload_kg = 300.0\nend_s = 12.0\n'


def true_rows(flown: Flown) -> list[tuple[float, ...]]:
    assert flown.mission.truth.rows is not None
    return flown.mission.truth.rows


# Charts.


@given(st.floats(1e-6, 1e9), st.integers(2, 10))
def test_steps_are_one_two_or_five_and_few_enough_but_no_fewer_than_must_be(span: float, most: int) -> None:
    step = round_step(span, most)
    digits = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(digits - each) for each in (1.0, 2.0, 5.0)) < 1e-6
    assert span / step <= most * (1.0 + 1e-6)
    assert span / step > most / 2.5 * (1.0 - 1e-6)  # from 2 to 5 is the widest gap between steps


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.0, 523.0, 8, [0.0, 100.0, 200.0, 300.0, 400.0, 500.0]),
        (-1.0, 1.0, 4, [-1.0, -0.5, 0.0, 0.5, 1.0]),
        (34.3, 41.9, 6, [36.0, 38.0, 40.0]),
    ],
)
def test_ticks_are_the_round_numbers_within(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks(low, high, most) == pytest.approx(expected)


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_a_range_holds_all_values_and_is_never_empty(values: list[float]) -> None:
    low, high = spanning([*values, math.nan, math.inf], 1.0)
    assert high - low >= 1.0 - 1e-9
    slack = 1e-5 * (high - low)
    assert all(low - slack <= value <= high + slack for value in values)


def test_numbers_of_moments_stay_within_the_axes() -> None:
    """A number stands to the right of its line, but to the left where there is no more room."""
    drawn = [ElementTree.fromstring(each) for each in moments(ON_PAGE, [0.0, 9.9, 10.0, 10.1])]
    numbers = {each.text: (float(each.get("x", "")), each.get("text-anchor")) for each in drawn if each.tag == "text"}
    assert numbers == {"1": (102.0, "start"), "2": (494.0, "end"), "3": (498.0, "end")}


def test_thinning_keeps_every_peak() -> None:
    points = [(float(place), math.sin(place)) for place in range(10_000)]
    points[3217] = (3217.0, 9.0)
    points[6111] = (6111.0, -9.0)
    kept = thinned(points, 500)
    assert len(kept) <= 500
    assert {points[3217], points[6111]} <= set(kept)
    assert kept == sorted(kept)
    assert thinned(points[:50], 500) == points[:50]


def test_a_line_lies_where_its_values_are_and_breaks_where_there_are_none() -> None:
    points = [(0.0, -1.0), (5.0, 0.0), (6.0, math.nan), (7.0, 0.5), (8.0, 3.0), (9.0, 1.0), (10.0, 1.0)]
    lines = [ElementTree.fromstring(each).get("points") for each in line(ON_PAGE, points)]
    assert lines == ["100.0,250.0 300.0,150.0", "460.0,50.0 500.0,50.0"]


def test_numbers_of_close_moments_go_below_each_other() -> None:
    drawn = [ElementTree.fromstring(each) for each in moments(ON_PAGE, [1.0, 1.01, 1.02, 5.0, 11.0])]
    numbers = {each.text: float(each.get("y", "")) for each in drawn if each.tag == "text"}
    assert set(numbers) == {"1", "2", "3", "4"}  # the fifth lies outside
    assert numbers["1"] < numbers["2"] < numbers["3"]
    assert numbers["4"] == numbers["1"]


def test_words_cannot_break_the_file() -> None:
    assert ElementTree.fromstring(text(0.0, 0.0, "<&>")).text == "<&>"


# What is derived from the truth.


def test_a_vehicle_on_its_pad_feels_its_weight(nominal: Flown) -> None:
    waiting = [row for row in true_rows(nominal) if row[0] < 9.0]
    felt = [value for _, value in picture.accelerations(waiting)]
    # At 41 degrees and 1000 m normal gravity is 9.800 m/s2 (WGS 84's formula and free-air gradient).
    assert felt == pytest.approx([9.800] * len(felt), abs=2e-3)


def test_a_coasting_vehicle_feels_nothing(nominal: Flown) -> None:
    start, end = nominal.happened_s("fairing_separation") + 60.0, nominal.happened_s("stage_3_ignition") - 1.0
    coasting = [row for row in true_rows(nominal) if start < row[PLACE["flown_s"]] < end]
    assert len(coasting) > 500
    assert max(value for _, value in picture.accelerations(coasting)) < 0.01


def test_a_burning_motor_is_felt_as_thrust_over_mass(nominal: Flown) -> None:
    began = nominal.happened_s("stage_3_ignition")
    motor = nominal.mission.world.vehicle.stages[2].motor
    masses = {row[PLACE["flown_s"]]: row[PLACE["mass_kg"]] for row in true_rows(nominal)}
    felt = [point for point in picture.accelerations(true_rows(nominal)) if began + 5.0 < point[0] < began + 75.0]
    assert len(felt) > 500
    for time, value in felt:
        assert value == pytest.approx(motor.at(time - began)[0] / masses[time], rel=0.01)


def test_the_attitude_error_is_the_angle_between_the_axes() -> None:
    row = [0.0] * len(COLUMNS)
    row[0], row[PLACE["flown_s"]], row[PLACE["attitude_w"]] = 20.1, 10.0, 1.0
    for angle in (0.0, 1e-5, 0.5, math.pi / 2, math.pi):
        wanted = {2010: (math.cos(angle), 0.0, math.sin(angle)), 2011: (0.0, 0.0, 0.0)}
        ((time, error),) = picture.attitude_errors([tuple(row)], wanted)
        assert time == 10.0
        assert error == pytest.approx(math.degrees(angle), abs=1e-9)
    assert picture.attitude_errors([tuple(row)], {}) == []


def test_a_computer_is_watched_until_it_is_started_again() -> None:
    _, computer, plan = mission("nominal", seed=1)
    watched = picture.CommandLog(computer)
    flight = Mission(vehicle.load("zhuque-1"), plan, scenario.load("zhuque-1", "nominal"), 1, watched)
    while flight.time_s < 0.5:
        flight.step()
    assert sorted(watched.axes) == [0, 10, 20, 30, 40]
    # On its pad it wants to stand upright: along the geodetic vertical.
    upright = horizon(math.radians(plan.site.latitude_deg), math.radians(plan.site.longitude_deg)).up
    assert watched.axes[40] == pytest.approx(upright, abs=1e-3)
    watched.start((plan.name, 2, 0, 0.0))
    while flight.time_s < 1.0:
        flight.step()
    assert max(watched.axes) == 40


# The page.


def page_of(drawing: str) -> tuple[ElementTree.Element, list[str]]:
    root = ElementTree.fromstring(drawing)
    return root, [each.text or "" for each in root.iter(f"{SVG}text")]


def test_the_page_has_six_panels_with_units_and_all_events(maiden: Flown) -> None:
    events = maiden.mission.truth.events
    root, words = page_of(picture.draw("the flight", true_rows(maiden), events, {}))
    for part in ("km", "m/s", "kPa", "m/s²", "degrees", "latitude"):
        assert any(part in each for each in words), part
    assert {event.name.replace("_", " ") for event in events} <= set(words)
    assert "the flight" in words
    assert any(each.startswith("ends at T+") for each in words)
    frames = [each for each in root.iter(f"{SVG}rect") if each.get("fill") == "none"]
    assert len(frames) == 6
    boxes = [tuple(float(each.get(key, "")) for key in ("x", "y", "width", "height")) for each in frames]
    for drawn in root.iter(f"{SVG}polyline"):
        for x, y in (map(float, each.split(",")) for each in drawn.get("points", "").split()):
            assert any(
                left - 0.1 <= x <= left + wide + 0.1 and top - 0.1 <= y <= top + high + 0.1
                for left, top, wide, high in boxes
            )


def test_every_event_has_its_line_up_to_the_impact(maiden: Flown) -> None:
    """The last one lies after the last row of the truth."""
    events = [event for event in maiden.mission.truth.events if event.flown_s is not None and event.flown_s >= 0.0]
    root, words = page_of(picture.draw("the flight", true_rows(maiden), maiden.mission.truth.events, {}))
    lines = [each for each in root.iter(f"{SVG}path") if each.get("stroke-dasharray")]
    assert len(lines) == 5 * len(events)
    (end,) = [each for each in words if each.startswith("ends at T+")]
    found = re.search(r"([0-9,.]+) km from where it lifted off; at most ([0-9,.]+) km high", end)
    assert found is not None
    distance, highest = (float(each.replace(",", "")) for each in found.groups())
    assert distance == pytest.approx(4500.0, abs=300.0)
    assert highest == pytest.approx(maiden.highest_m / 1e3, abs=0.1)


def test_the_page_grows_with_its_list_of_events() -> None:
    events = [TrueEvent(f"event_{place}", 10.0 + place, float(place)) for place in range(40)]
    root, words = page_of(picture.draw("busy", [], events, {}))
    lowest = max(float(each.get("y", "")) for each in root.iter(f"{SVG}text"))
    rightmost = max(float(each.get("x", "")) for each in root.iter(f"{SVG}text"))
    assert "event 39" in words
    assert lowest < float(root.get("height", "")) - 10.0
    assert rightmost < float(root.get("width", ""))


def test_great_circle_is_an_angle_times_the_radius() -> None:
    assert picture.great_circle((0.0, 0.0, 6.4e6), (0.0, 7e6, 0.0)) == pytest.approx(6.4e6 * math.pi / 2.0)


def test_a_flight_that_never_left_the_pad_has_a_page_too() -> None:
    row = [0.0] * len(COLUMNS)
    row[PLACE["flown_s"]] = math.nan
    _, words = page_of(picture.draw("held", [tuple(row)], [TrueEvent("ignition", 10.0, None)], {}))
    assert "did not lift off" in words
    assert "ignition" not in words


def test_a_track_across_the_antimeridian_is_not_torn() -> None:
    rows = []
    for place, east in enumerate((178.0, 179.5, -179.0, -177.5)):
        row = [0.0] * len(COLUMNS)
        row[0] = row[PLACE["flown_s"]] = 0.1 * place
        row[PLACE["longitude_deg"]], row[PLACE["position_x_m"]] = east, 7e6
        rows.append(tuple(row))
    root, _ = page_of(picture.draw("east", rows, [], {}))
    track = list(root.iter(f"{SVG}polyline"))[-1].get("points", "").split()
    across = [float(point.split(",")[0]) for point in track]
    steps = [after - before for before, after in pairwise(across)]
    assert len(steps) == 3
    assert steps == pytest.approx([steps[0]] * 3, abs=0.15)


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misuse, match="name a folder that can be written"):
        picture.write(tmp_path / "file", "page", "<svg/>")


def test_fly_draws_a_page_and_flies_the_same_flight_with_and_without(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(SHORT)
    flying = ["fly", "zhuque-1", "--scenario", "short.toml", "--speed", "max", "--to", "udp://127.0.0.1:9", "--json"]
    plain = processes.run(*flying, folder=tmp_path)
    drawn = processes.run(*flying, "--plot", "pages/new", folder=tmp_path)
    spread = processes.run(*flying, "--plot", "pages/new", "--dispersions", "default", folder=tmp_path)
    assert (plain.status, drawn.status, spread.status) == (0, 0, 0)
    hashes = [each.of("summary")[0]["telemetry_sha256"] for each in (plain, drawn, spread)]
    assert hashes[0] == hashes[1] != hashes[2]
    (picture_line,) = drawn.of("picture")
    assert Path(picture_line["path"]) == Path("pages/new/zhuque-1-short-none-1.svg")
    root, words = page_of((tmp_path / picture_line["path"]).read_text(encoding="utf-8"))
    assert "zhuque-1, short, dispersions none, seed 1" in words
    # Five curves over time, the attitude error among them, and the track.
    assert len(list(root.iter(f"{SVG}polyline"))) == 6
