"""Campaigns: one flight, the statistics, envelope and report, the folder, any executor."""

import json
import statistics
from array import array
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.errors import Misuse
from sim import dispersion, scenario, vehicle
from sim.campaigns.burns import burns
from sim.campaigns.envelope import as_bytes, envelope
from sim.campaigns.flight import Flown, Row, Task, columns, event_columns, fly
from sim.campaigns.folder import CampaignFolder
from sim.campaigns.knots import knots
from sim.campaigns.report import as_text, summary
from sim.campaigns.run import run
from sim.earth import orbit_heights
from sim.mission import AFTER_PAYLOAD_S, Mission
from sim.truth import COLUMNS

VEHICLE = vehicle.load("zhuque-1")
PLAN = plans.load("zhuque-1")
PLACE = {name: place for place, name in enumerate(COLUMNS)}
SHORT = 'name = "short"\nvehicle = "zhuque-1"\nplan = "zhuque-1"\npayload_kg = 300.0\nend_s = 20.0\n'


def task(number: int, end_s: float = 5.0) -> Task:
    """A flight that ends soon after lift-off."""
    short = scenario.parse(SHORT.replace("end_s = 20.0", f"end_s = {end_s}"), "short.toml")
    return Task(VEHICLE, PLAN, short, dispersion.load("default"), 1, number)


def made_up(number: int, heights: list[float] | None = None, **cells: Any) -> Flown:
    """A flight that nobody flew."""
    row: Row = {**dict.fromkeys(columns(VEHICLE)), "scenario": "nominal", "flight": number, "outcome": "orbit", **cells}
    heights = heights or []
    states = [scale * height for height in heights for scale in (1.0, 2.0, 3.0, 0.1, 0.2, 0.3)]
    burn = [part for height in heights for part in (0.5 * height, 1e6 + 1e3 * height)]
    return Flown(
        row, array("d", heights), array("d", [7.0 * h for h in heights]), array("d", states), {2: array("d", burn)}
    )


# One flight.


def test_columns_are_of_the_parts_that_the_vehicle_has() -> None:
    assert event_columns(vehicle.load("soyuz-fg")) == (
        "ignition", "max_q", "stage_2_burnout", "stage_2_separation", "stage_3_ignition", "stage_3_burnout",
        "booster_burnout", "booster_separation", "tower_separation", "recontact", "fairing_separation", "apogee",
        "orbit_insertion", "payload_separation", "abort", "drogue_deployment", "main_deployment", "landing",
        "attitude_loss", "impact",
    )  # fmt: skip
    single = set(event_columns(vehicle.load("os-x0")))
    assert {"stage_1_burnout", "impact"} < single
    assert not single & {"stage_1_separation", "booster_separation", "landing", "abort", "recontact"}
    assert "stage_2_main_cutoff" in event_columns(vehicle.load("zhuque-2"))
    assert "stage_2_main_cutoff" not in event_columns(vehicle.load("zhuque-1"))


def test_a_row_says_what_the_truth_of_the_same_flight_says() -> None:
    nominal = scenario.load("zhuque-1", "nominal")
    flown = fly(Task(VEHICLE, PLAN, nominal, dispersion.load("none"), 1, 0))
    mission = Mission(VEHICLE, PLAN, nominal, dispersion.flight_seed(1, 0), PythonComputer(PLAN), truth_rows=True)
    burnout = orbit = 0.0, 0.0
    full = 0.0
    while not mission.finished:
        mission.step()
        if mission.world.burnt_out[-1] and burnout == (0.0, 0.0):
            burnout = orbit_heights(mission.world.position, mission.world.velocity)
            full = mission.world.tank.propellant_kg
        if not mission.world.payload_on and orbit == (0.0, 0.0):
            orbit = orbit_heights(mission.world.position, mission.world.velocity)
            trim = full - mission.world.tank.propellant_kg
    row, rows = flown.row, [each for each in mission.truth.rows or [] if each[PLACE["flown_s"]] >= 0.0]
    assert list(row) == list(columns(VEHICLE))
    assert (row["scenario"], row["flight"], row["seed"]) == ("nominal", 0, dispersion.flight_seed(1, 0))
    assert (row["outcome"], row["end_reason"]) == ("orbit", "complete")
    there = {event.name: event.flown_s or 0.0 for event in mission.truth.events if event.name != "liftoff"}
    assert {f"{name}_s": pytest.approx(time_s, abs=5e-4) for name, time_s in there.items()} == {
        name: value for name, value in row.items() if name.endswith("_s") and value is not None
    }
    assert (row["perigee_m"], row["apogee_m"]) == pytest.approx(orbit, abs=0.05)
    assert (row["burnout_perigee_m"], row["burnout_apogee_m"]) == pytest.approx(burnout, abs=0.05)
    assert row["trim_propellant_kg"] == pytest.approx(trim, abs=5e-4)
    # The table looks at every step, the rows at every tenth.
    seen = max(each[PLACE["dynamic_pressure_pa"]] for each in rows)
    assert seen <= float(row["max_dynamic_pressure_pa"] or 0.0) + 0.05 <= 1.005 * seen
    used = VEHICLE.reaction_control.propellant_kg - mission.world.tank.propellant_kg
    assert row["rcs_propellant_used_kg"] == pytest.approx(used, abs=5e-4)
    assert len(flown.heights) == len(flown.speeds) == int(there["payload_separation"] + AFTER_PAYLOAD_S)
    for second in (1, 60, 300, len(flown.heights)):
        near = min(rows, key=lambda each: abs(each[PLACE["flown_s"]] - second))
        assert near[PLACE["flown_s"]] == pytest.approx(second, abs=0.051)
        assert flown.heights[second - 1] == pytest.approx(near[PLACE["height_m"]], abs=100.0)
        speed = numpy.linalg.norm(near[PLACE["velocity_x_m_s"] : PLACE["velocity_z_m_s"] + 1])
        assert flown.speeds[second - 1] == pytest.approx(float(speed), abs=2.0)


def test_a_flight_depends_on_campaign_seed_and_number_alone() -> None:
    assert fly(task(4)) == fly(task(4))
    assert fly(task(4)).row != fly(task(5)).row


def test_a_vehicle_that_never_lifts_off_ends_too() -> None:
    held = task(0)
    # Ambient pressure on so wide a nozzle outweighs the thrust.
    wide = replace(VEHICLE.stages[0], exit_area_m2=100.0)
    flown = fly(replace(held, vehicle=replace(VEHICLE, stages=(wide, *VEHICLE.stages[1:]))))
    assert (flown.row["outcome"], flown.row["end_reason"]) == ("no_orbit", "stopped")
    assert flown.row["max_dynamic_pressure_pa"] == 0.0
    assert flown.row["stage_1_burnout_s"] is None
    assert len(flown.heights) == 0


# Envelope and report.


def found_of(flights: list[Flown]) -> dict[str, Any]:
    """The envelope of made-up flights."""
    found = envelope(VEHICLE, PLAN, "nominal", flights, "default", 1)
    assert found is not None
    return found


def test_the_envelope_has_means_and_deviations_up_to_the_shortest_flight() -> None:
    heights = [[10.0, 20.0, 31.0], [12.0, 19.0], [11.0, 24.0, 30.0]]
    flights = [made_up(number, each, max_q_s=40.0 + number) for number, each in enumerate(heights)]
    broken_off = made_up(9, max_q_s=99.0)
    found = found_of([*flights, broken_off])
    assert (found["flights"], found["time_s"]) == (3, [1, 2])
    for place in range(2):
        both = numpy.array([[each[place], 7.0 * each[place]] for each in heights])
        deviations = both.std(axis=0, ddof=1)
        assert [found["height_m"][place], found["speed_m_s"][place]] == pytest.approx(list(both.mean(axis=0)), abs=0.05)
        assert found["height_deviation_m"][place] == pytest.approx(deviations[0], abs=0.05)
        assert found["speed_deviation_m_s"][place] == pytest.approx(deviations[1], abs=5e-4)
        assert found["correlation"][place] == pytest.approx(numpy.corrcoef(both.T)[0, 1], abs=5e-4)
    assert found["events"]["max_q"] == {
        "mean_s": 41.0, "deviation_s": 1.0, "earliest_s": 40.0, "latest_s": 42.0, "window_s": [31.5, 50.5],
    }  # fmt: skip
    assert "impact" not in found["events"]
    assert (found["position_y_m"], found["velocity_z_m_s"]) == ([22.0, 42.0], [3.3, 6.3])
    assert found["corridor"] == {"half_width_m": 50e3}
    late = [made_up(number, each, stage_1_separation_s=1.2) for number, each in enumerate(heights)]
    assert found_of(late)["corridor"] == {"half_width_m": 50e3, "wide_half_width_m": 100e3, "time_s": 1.2}
    assert envelope(VEHICLE, PLAN, "nominal", [flights[0], broken_off], "default", 1) is None


def test_the_envelope_is_the_same_bytes_again_and_says_what_made_it() -> None:
    flights = [made_up(number, [10.0 + number, 20.0]) for number in range(3)]
    once, again = (as_bytes(found_of(flights)) for _ in range(2))
    assert once == again
    tree = json.loads(once)
    assert {key: tree[key] for key in ("vehicle", "plan", "scenario", "dispersions", "seed", "flights")} == {
        "vehicle": "zhuque-1", "plan": "zhuque-1", "scenario": "nominal", "dispersions": "default", "seed": 1,
        "flights": 3,
    }  # fmt: skip


def test_a_windows_outer_bound_is_the_plans_and_what_follows_regularly_says_so() -> None:
    parted = [70.0, 80.0, 90.0]
    flights = [
        made_up(number, [1.0, 2.0], stage_1_separation_s=time, stage_2_ignition_s=time + 0.3 + 0.01 * number)
        for number, time in enumerate(parted)
    ]
    events = found_of(flights)["events"]
    planned = PLAN.event("stage_1_separation")
    assert planned is not None
    assert events["stage_1_separation"]["window_s"] == [planned.earliest_s, planned.latest_s]
    assert events["stage_2_ignition"]["after"] == "stage_1_separation"
    # 0.31 s, nine deviations of 0.01 s and half a second.
    assert events["stage_2_ignition"]["after_window_s"] == [-0.28, 0.9]
    assert "after" not in events["stage_1_separation"]


@given(
    st.lists(st.floats(-100.0, 100.0), min_size=2, max_size=40),
    st.floats(0.1, 30.0),
    st.integers(1, 20),
)
def test_between_knots_straight_lines_err_by_what_is_allowed(values: list[float], most: float, longest: int) -> None:
    column, places = numpy.array(values), numpy.arange(float(len(values)))
    kept = knots(places, [column], [numpy.full(len(values), most)], longest)
    assert (kept[0], kept[-1]) == (0, len(values) - 1)
    assert max(numpy.diff(kept)) <= longest
    assert numpy.abs(numpy.interp(places, places[kept], column[kept]) - column).max() <= most + 1e-9


def burnt(number: int, faster: float, seconds: int = 40) -> Flown:
    """A flight whose second stage burns faster by a part, at rising force, and steps down at 600 m/s."""
    rows: list[float] = []
    sensed = 0.0
    for second in range(1, round(seconds / faster)):
        force = faster * (20.0 + 0.01 * sensed) * (0.7 if sensed > 600.0 else 1.0)
        sensed += force if second > 1 else 0.0
        rows += [force, 5e6 * faster]
    flown = made_up(number, [1.0, 2.0], stage_2_ignition_s=80.0, stage_2_burnout_s=80.0 + len(rows) / 2 + 0.5)
    return replace(flown, burns={2: array("d", rows)})


def test_over_sensed_speed_a_motor_that_burns_faster_is_one_constant_ratio() -> None:
    shape = burns([burnt(number, 1.0 + 0.01 * (number - 2)) for number in range(5)], 1)["2"]
    whole = len(shape["delta_v_m_s"])
    assert all(len(shape[key]) == whole for key in shape if key != "end")
    assert shape["delta_v_m_s"][0] == 0.0
    ratio = statistics.stdev([0.98, 0.99, 1.0, 1.01, 1.02])
    smooth = [place for place, speed in enumerate(shape["delta_v_m_s"]) if speed < 450.0]
    assert [shape["force_part"][place] for place in smooth] == pytest.approx([ratio] * len(smooth), rel=0.05)
    assert all(shape["pressure_part"][place] == pytest.approx(ratio, rel=0.01) for place in smooth)
    # Over time the ratio would change by the step's 30 %; over sensed speed only in the seconds around it.
    assert all(shape["force_change_part"][place] < 0.002 for place in smooth)
    assert max(shape["force_change_part"]) > 0.05
    assert shape["end"]["burn_s"] == pytest.approx(39.5, abs=0.6)


def test_the_report_counts_outcomes_and_targets_and_says_how_sure_it_is() -> None:
    flights = [made_up(n, perigee_m=298e3 + 1e3 * n, apogee_m=304e3, payload_separation_s=500.0 + n) for n in range(8)]
    flights += [made_up(8, perigee_m=240e3, apogee_m=300e3), made_up(9, outcome="no_orbit", impact_s=900.0)]
    found = summary(VEHICLE, PLAN, flights)
    assert found["outcomes"] == {
        "orbit": {"flights": 9, "part": 0.9, "low": 0.554984, "high": 0.997471},
        "no_orbit": {"flights": 1, "part": 0.1, "low": 0.002529, "high": 0.445016},
    }
    assert found["on_target"]["flights"] == 8  # perigees 298 to 305 km
    assert found["figures"]["perigee_m"]["flights"] == 9
    assert found["figures"]["perigee_m"]["p50"] == 301e3
    assert found["events"]["payload_separation"]["mean_s"] == 503.5
    assert found["events"]["impact"]["flights"] == 1
    text = as_text("zhuque-1, nominal", PLAN, found)
    assert "zhuque-1, nominal: 10 flights" in text
    assert "within 5 km of 300 x 300 km" in text
    assert max(map(len, text.splitlines())) <= 110


# The folder.


def test_a_folder_gives_back_what_was_put_into_it_and_damage_is_skipped(tmp_path: Path) -> None:
    key = {"seed": 1, "software": "a"}
    with CampaignFolder(tmp_path, key) as folder:
        for number in range(3):
            folder.add(made_up(number, [1.5, 2.5], max_q_s=0.1 + 0.2))
        there = dict(folder.flown)
    log = tmp_path / "flights.log"
    whole = log.read_bytes()
    lines = whole.splitlines(keepends=True)
    # A torn end, a line of another program, a line that is no flight, and a byte that is no text.
    log.write_bytes(lines[0] + b"[1, 2]\n" + b'{"row": {"flight": "x"}}\n' + b"\xff\n" + lines[1] + lines[2][:40])
    with CampaignFolder(tmp_path, key) as folder:
        assert folder.damaged == 4
        assert folder.flown == {place: there[place] for place in (("nominal", 0), ("nominal", 1))}
        folder.add(there["nominal", 2])
    with CampaignFolder(tmp_path, key) as folder:
        assert folder.flown == there


def test_a_folder_holds_one_campaign(tmp_path: Path) -> None:
    CampaignFolder(tmp_path, {"seed": 1, "software": "a"}).__exit__()
    with pytest.raises(Misuse, match="other software; give another --out, or remove that folder"):
        CampaignFolder(tmp_path, {"seed": 1, "software": "b"})
    (tmp_path / "campaign.json").write_text("no key")
    with pytest.raises(Misuse, match="is no campaign's key"):
        CampaignFolder(tmp_path, {"seed": 1, "software": "a"})
    (tmp_path / "file").touch()
    with pytest.raises(Misuse, match="cannot keep a campaign there"):
        CampaignFolder(tmp_path / "file" / "folder", {"seed": 1})


def test_the_parquet_table_says_what_the_csv_says(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is an extra")
    flights = [made_up(0, seed=2**53 - 1, max_q_s=42.5), made_up(1, seed=7, perigee_m=1.5)]
    with CampaignFolder(tmp_path, {}) as folder:
        assert folder.write_tables(flights, columns(VEHICLE)) == ["flights.csv", "flights.parquet"]
    assert parquet.read_table(tmp_path / "flights.parquet").to_pylist() == [flown.row for flown in flights]


def test_what_did_not_happen_is_an_empty_cell(tmp_path: Path) -> None:
    with CampaignFolder(tmp_path, {}) as folder:
        folder.write_tables([made_up(0, max_q_s=42.5)], columns(VEHICLE))
    head, line = (text.split(",") for text in (tmp_path / "flights.csv").read_text().splitlines())
    cells = dict(zip(head, line, strict=True))
    assert (cells["flight"], cells["max_q_s"], cells["impact_s"]) == ("0", "42.5", "")


# Any executor.


class AtOnce(Executor):
    """Flies when it is asked to; `broken` from that many flights on."""

    def __init__(self, broken: int = 1000) -> None:
        self.submitted = 0
        self.down = False
        self._broken = broken

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.submitted += 1
        if self.submitted > self._broken:
            future.set_exception(BrokenProcessPool("killed"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.down = True


def test_any_executor_flies_the_same_flights() -> None:
    tasks = [task(number, end_s=1.0) for number in range(5)]
    expected = {number: fly(one) for number, one in enumerate(tasks)}
    for executor in (AtOnce(), ThreadPoolExecutor(3)):
        flown = list(run(iter(tasks), executor, 3))
        assert {flight.row["flight"]: flight for flight in flown} == expected


def test_tasks_are_handed_out_as_they_are_needed_and_dropped_when_nobody_reads_on() -> None:
    executor = AtOnce()
    flights = run((task(number, end_s=1.0) for number in range(1000)), executor, 2)
    next(iter(flights))
    flights.close()
    assert executor.submitted == 4
    assert executor.down


def test_a_worker_that_was_killed_is_no_traceback() -> None:
    with pytest.raises(Misuse, match="a worker was killed"):
        list(run([task(number, end_s=1.0) for number in range(3)], AtOnce(broken=2), 1))
