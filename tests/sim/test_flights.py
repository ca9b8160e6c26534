"""Whole flights: Zhuque-1 reaches its orbit, its maiden flight loses its attitude, and every run is the same run."""

import csv
import math
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from flight.geodesy import ROTATION_RATE, to_earth_fixed, to_geodetic
from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from sim import body, scenario, vehicle, wind
from sim.earth import inclination, orbit_heights
from sim.mission import Mission
from sim.truth import COLUMNS
from tests.sim.flown import KINDS, Flown, mission

# Timeline of the three-degree-of-freedom sizing study of the same vehicle: event, T+ s, tolerance s.
STUDY = [
    ("max_q", 42.0, 1.5),
    ("stage_1_burnout", 76.6, 0.2),
    ("stage_1_separation", 78.6, 0.2),
    ("stage_2_burnout", 145.5, 0.5),
    ("stage_2_separation", 148.5, 0.5),
    # The closed loop chooses its own ignition, the study had it from its own loop.
    ("stage_3_ignition", 405.6, 5.0),
    ("stage_3_burnout", 493.6, 5.0),
]


@pytest.mark.parametrize(("name", "time_s", "tolerance"), STUDY)
def test_nominal_timeline_is_the_study_s(nominal: Flown, name: str, time_s: float, tolerance: float) -> None:
    assert nominal.happened_s(name) == pytest.approx(time_s, abs=tolerance)


def test_nominal_reaches_its_orbit(nominal: Flown) -> None:
    world = nominal.mission.world
    perigee, apogee = orbit_heights(world.position, world.velocity)
    assert perigee == pytest.approx(300e3, abs=2e3)
    assert apogee == pytest.approx(300e3, abs=2e3)
    assert math.degrees(inclination(world.position, world.velocity)) == pytest.approx(42.8, abs=0.3)
    assert nominal.mission.end_reason == "complete"
    assert not nominal.mission.truth.happened("attitude_loss")


def test_nominal_flies_the_study_s_trajectory(nominal: Flown) -> None:
    """Height and inertial speed at the study's points: 38 km and 1,889 m/s, 120 km and 4,764 m/s, 316 km and 4,370 just
    before the third ignition."""
    rows = nominal.mission.truth.rows
    assert rows is not None
    named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    for flown_s, height, speed in (
        (76.6, 38e3, 1889.0),
        (145.7, 120e3, 4764.0),
        (nominal.happened_s("stage_3_ignition") - 0.1, 316e3, 4370.0),
    ):
        row = min(named, key=lambda row: abs(row["flown_s"] - flown_s) if row["flown_s"] >= 0.0 else math.inf)
        vx, vy, vz = (row[f"velocity_{axis}_m_s"] for axis in "xyz")
        x, y = row["position_x_m"], row["position_y_m"]
        inertial = math.hypot(vx - ROTATION_RATE * y, vy + ROTATION_RATE * x, vz)
        assert row["height_m"] == pytest.approx(height, rel=0.03)
        assert inertial == pytest.approx(speed, rel=0.01)


def test_plan_s_windows_hold_every_true_event(nominal: Flown) -> None:
    for event in nominal.plan.events:
        # Noise moves the trim's end by many seconds.
        close = 60.0 if event.name == "payload_separation" else 1.0
        assert nominal.happened_s(event.name) == pytest.approx(event.time_s, abs=close), event.name
        assert event.earliest_s <= nominal.happened_s(event.name) <= event.latest_s


def test_computer_reports_what_is_true(nominal: Flown) -> None:
    """Each reported stage event within 0.1 s of its truth."""
    names = {code: name for name, code in (default().packets["event"].fields[0].enumeration or {}).items()}
    liftoff = next(event.time_s for event in nominal.mission.truth.events if event.name == "liftoff")
    reported = {names[int(values[4])]: float(values[5]) * 0.01 - liftoff for values in nominal.named("event")}
    happened = {event.name for event in nominal.mission.truth.events}
    assert sorted(reported) == sorted(happened & set(names.values()))
    assert len(reported) == 12
    for name, flown_s in reported.items():
        assert flown_s == pytest.approx(nominal.happened_s(name), abs=0.1), name


@pytest.mark.parametrize("name", ["propulsion", "power"])
def test_nominal_stays_within_the_dictionary_s_limits(nominal: Flown, name: str) -> None:
    packet = default().packets[name]
    rows = nominal.named(name)
    for place, field in enumerate(packet.fields):
        if field.limits is not None:
            values = [float(row[4 + place]) * field.scale for row in rows]
            assert field.limits.warning_low is None or min(values) > field.limits.warning_low
            assert field.limits.warning_high is None or max(values) < field.limits.warning_high


def test_nominal_attitude_error_stays_small(nominal: Flown) -> None:
    """Reported errors below 3 degrees, from which on a station is to be worried."""
    codec = KINDS[next(packet for packet in nominal.packets if KINDS[packet[:2]].packet.name == "navigation")[:2]]
    places = [codec.index(f"attitude_error_{axis}") for axis in "xyz"]
    errors = [abs(float(values[place])) for values in nominal.named("navigation") for place in places]
    assert max(errors) < math.radians(3.0)


def test_navigation_knows_where_it_is(nominal: Flown) -> None:
    """The last navigation packet against the truth of its step."""
    *_, values = nominal.named("navigation")
    ticks = (int(values[1]) << 16) + int(values[2])
    rows = nominal.mission.truth.rows
    assert rows is not None
    truth = min(rows, key=lambda row: abs(row[0] - ticks / 65536))
    late = ticks / 65536 - truth[0]
    place = COLUMNS.index("position_x_m")
    expected = [truth[place + axis] + late * truth[place + 3 + axis] for axis in range(3)]
    assert math.dist(expected, [float(x) for x in values[4:7]]) < 10.0
    assert math.dist(truth[place + 3 : place + 6], [float(x) for x in values[7:10]]) < 1.0


def test_packets_are_few_enough_for_the_line(nominal: Flown) -> None:
    """Under 18.4 kB/s, 40 % of 460,800 baud, with a frame's CRC, COBS byte and delimiters."""
    seconds = nominal.mission.time_s
    assert sum(len(packet) + 4 + 1 + 2 for packet in nominal.packets) / seconds < 18.4e3


def test_maiden_loses_its_attitude(maiden: Flown) -> None:
    """P: leak in the third stage, anomaly at about T+402 s at 337 km and 6.3 km/s."""
    assert maiden.happened_s("attitude_loss") == pytest.approx(402.0, abs=0.5)
    rows = maiden.mission.truth.rows
    assert rows is not None
    nearest = min(rows, key=lambda row: abs(row[1] - 402.0) if row[1] > 0 else math.inf)
    row = dict(zip(COLUMNS, nearest, strict=True))
    assert row["height_m"] == pytest.approx(337e3, abs=3e3)
    assert math.hypot(*(row[f"velocity_{axis}_m_s"] for axis in "xyz")) == pytest.approx(6300.0, abs=50.0)


def test_maiden_falls_into_the_indian_ocean(maiden: Flown) -> None:
    world = maiden.mission.world
    place = to_geodetic(*to_earth_fixed(world.position, world.time_s))
    assert maiden.mission.end_reason == "impact"
    assert place.height == pytest.approx(0.0, abs=10.0)
    assert math.degrees(place.latitude) == pytest.approx(1.0, abs=4.0)
    assert math.degrees(place.longitude) == pytest.approx(94.4, abs=2.0)
    assert not maiden.mission.truth.happened("orbit_insertion")
    assert not maiden.mission.truth.happened("payload_separation")
    assert maiden.highest_m < 345e3


def test_maiden_tank_runs_dry_over_about_a_minute(maiden: Flown) -> None:
    rows = maiden.mission.truth.rows
    assert rows is not None
    flown, pressure = COLUMNS.index("flown_s"), COLUMNS.index("tank_pressure_pa")
    after = [(row[flown], row[pressure]) for row in rows if row[flown] > 300.0]
    assert next(p for t, p in after if t > 339.0) > 2.2e6
    assert 400.0 < next(t for t, p in after if p < 0.25e6) < 405.0


def test_maiden_faults_are_recorded(maiden: Flown) -> None:
    assert maiden.happened_s("fault_thrust_misalignment") == pytest.approx(339.0, abs=0.02)
    assert maiden.happened_s("fault_rcs_leak") == pytest.approx(340.0, abs=0.02)


@pytest.mark.parametrize("which", ["nominal", "maiden"])
def test_stream_ends_with_its_end(which: str, request: pytest.FixtureRequest) -> None:
    flown: Flown = request.getfixturevalue(which)
    assert KINDS[flown.packets[-1][:2]].packet.name == "end_of_stream"
    reasons = default().packets["end_of_stream"].fields[0].enumeration or {}
    own_boot = flown.packets[0][12:14]
    sent = Counter(packet[12:14] for packet in flown.packets)
    ends = {packet[12:14]: packet for packet in flown.packets if KINDS[packet[:2]].packet.name == "end_of_stream"}
    assert set(ends) == set(sent), "whoever speaks ends its stream: the vehicle, and the payload after it has left"
    for boot, packet in ends.items():
        values = KINDS[packet[:2]].decode(packet)
        assert values is not None
        assert values[5] == sent[boot] - 1
        if boot == own_boot:
            assert values[4] == reasons[flown.mission.end_reason or ""]
    assert flown.mission.step() == []
    assert flown.mission.end() == []


def halved(
    state: tuple[float, ...],
    thrusts: tuple[float, float, float],
    masses: tuple[float, float, float],
    actions: body.Actions,
    dt: float,
) -> body.Motion:
    """`sim.body.advance` in two halves; thrust and mass in between on the parabola through the three given."""

    def quarters(values: tuple[float, float, float]) -> tuple[float, float]:
        begin, middle, end = values
        return (3.0 * begin + 6.0 * middle - end) / 8.0, (3.0 * end + 6.0 * middle - begin) / 8.0

    (early, late), (heavy, light) = quarters(thrusts), quarters(masses)
    first = body.advance(state, (thrusts[0], early, thrusts[1]), (masses[0], heavy, masses[1]), actions, 0.5 * dt)
    second = body.advance(first.state, (thrusts[1], late, thrusts[2]), (masses[1], light, masses[2]), actions, 0.5 * dt)
    fx, fy, fz = (0.5 * (a + b) for a, b in zip(first.force, second.force, strict=True))
    rx, ry, rz = (0.5 * (a + b) for a, b in zip(first.rate, second.rate, strict=True))
    return first._replace(state=second.state, force=(fx, fy, fz), rate=(rx, ry, rz))


def test_halved_step_flies_the_same_flight(nominal: Flown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Event times within 5 ms, orbit within 100 m; the computer keeps its 100 Hz."""
    monkeypatch.setattr("sim.world.advance", halved)
    flight, _, _ = mission("nominal", 1)
    while not flight.finished:
        flight.step()
    for event in flight.truth.events:
        assert event.flown_s == pytest.approx(nominal.happened_s(event.name), abs=5e-3), event.name
    before, after = (orbit_heights(world.position, world.velocity) for world in (nominal.mission.world, flight.world))
    assert after == pytest.approx(before, abs=100.0)


@pytest.mark.parametrize(("scenario", "name", "seed"), [("nominal", "strong", 1), ("maiden", "strong", 2)])
def test_first_stage_holds_its_attitude_in_a_strong_wind(scenario: str, name: str, seed: int) -> None:
    """Error below 5 degrees and the nozzle off its stops, into the second stage's burn."""
    flight, computer, _ = mission(scenario, seed)
    flight.world.wind = wind.blowing(wind.load(name), random.Random(seed))
    control, nozzle = computer.computer.control, flight.world.vehicle.stages[0].vectoring
    assert nozzle is not None
    while flight.world.ignited_s[1] is None or flight.time_s < flight.world.ignited_s[1] + 10.0:
        flight.step()
        assert math.hypot(control.error_y, control.error_z) < math.radians(5.0)
        assert max(abs(flight.world.nozzle.pitch), abs(flight.world.nozzle.yaw)) < 0.9 * nozzle.limit
    assert not flight.truth.happened("attitude_loss")


@pytest.mark.parametrize("seed", [2, 3])
def test_nominal_reaches_its_orbit_in_gusts(seed: int) -> None:
    flight, _, _ = mission("nominal", seed)
    flight.world.wind = wind.blowing(wind.load("moderate"), random.Random(seed))
    while not flight.finished:
        flight.step()
    perigee, apogee = orbit_heights(flight.world.position, flight.world.velocity)
    assert 290e3 < perigee <= apogee < 310e3


def short(seed: int, steps: int = 2500) -> tuple[list[bytes], str]:
    flight, computer, _ = mission("nominal", seed)
    packets = [packet for _ in range(steps) for packet in flight.step()]
    return packets, computer.telemetry_sha256


def test_same_seed_same_bytes(nominal: Flown) -> None:
    packets, digest = short(1)
    assert tuple(packets) == nominal.packets[: len(packets)]
    assert short(1)[1] == digest
    assert short(2)[1] != digest


def test_stopping_ends_the_stream() -> None:
    flight, _, _ = mission("nominal", 1)
    for _ in range(10):
        flight.step()
    (packet,) = flight.end()
    assert KINDS[packet[:2]].packet.name == "end_of_stream"
    assert (flight.finished, flight.end_reason) == (True, "stopped")


def test_plan_of_another_vehicle_is_refused() -> None:
    spec, plan = vehicle.load("zhuque-1"), plans.load("zhuque-1")
    flight = scenario.load("zhuque-1", "nominal")
    with pytest.raises(Misuse, match="flight plan zhuque-1: vehicle: is 'falcon-1', but 'zhuque-1' is to fly it"):
        Mission(spec, replace(plan, vehicle="falcon-1"), flight, 1, PythonComputer(plan))
    with pytest.raises(Misuse, match="flight plan zhuque-1: stage: there are 2, zhuque-1 has 3"):
        Mission(spec, replace(plan, stages=plan.stages[:2]), flight, 1, PythonComputer(plan))


def test_truth_files(maiden: Flown, tmp_path: Path) -> None:
    truth = maiden.mission.truth
    truth.write_events(tmp_path / "events.csv")
    truth.write_rows(tmp_path / "rows.csv")
    with (tmp_path / "events.csv").open(encoding="utf-8") as file:
        events = {row["name"]: row for row in csv.DictReader(file)}
    assert float(events["attitude_loss"]["flown_s"]) == pytest.approx(402.0, abs=0.5)
    assert float(events["liftoff"]["flown_s"]) == 0.0
    with (tmp_path / "rows.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == pytest.approx(10 * maiden.mission.time_s, abs=2)
    with pytest.raises(Misuse, match="cannot write the truth"):
        truth.write_rows(tmp_path / "no" / "such" / "folder.csv")
