"""What the station makes of the generic failures: a flight's packets, framed, straight into the station's core."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from flight.wire.frame import encode
from ground.inputs import Chunk, Close, LinkUp
from ground.report import Alarm, Event, Undecided, Verdict
from ground.station import Station, default_config
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.earth import orbit_heights
from sim.mission import Mission
from sim.truth import ORBIT_PERIGEE_M
from tests.system.processes import run

LINK = "memory"
WINDOWS_CLOSED_S = 530.0
"""After lift-off: by then every window of the plan has closed, and a flight that fails need not fall on."""
TOLERANCE_S = {"max_q": 2.0, "apogee": 1.0, "impact": 1.0}
"""All others 0.3 s, as in the demo."""
CLOSED_LATE_S = 2.0
"""How long after a window's end the station closes it, orbit_insertion's being the slowest; max_q always happens."""
WHOLE_FLIGHT = ("imu-bias", "gnss-loss", "low-thrust", "telemetry-dropout", "brown-out", "reset")
FAILING = ("no-separation-1", "no-ignition-2", "early-burnout-2", "nozzle-burn-through")


@dataclass(frozen=True)
class Watched:
    """A flight's truth, and all that the station said of it."""

    mission: Mission
    plan: FlightPlan
    reports: tuple[object, ...]

    @property
    def events(self) -> dict[str, Event]:
        """The latest of each name."""
        return {report.name: report for report in self.reports if isinstance(report, Event)}

    @property
    def alarms(self) -> dict[str, Alarm]:
        return {report.name: report for report in self.reports if isinstance(report, Alarm)}

    @property
    def undecided(self) -> set[str]:
        return {report.name for report in self.reports if isinstance(report, Undecided)}

    @property
    def unseen(self) -> set[str]:
        """Planned, and missed or undecided."""
        return self.undecided | {event.name for event in self.events.values() if event.status == "missed"}

    @property
    def verdict(self) -> Verdict:
        (verdict,) = (r for r in self.reports if isinstance(r, Verdict) and r.vehicle == "zhuque-1")
        return verdict

    @property
    def truth(self) -> dict[str, float]:
        """Seconds after lift-off, by name: what happened, without the faults themselves."""
        events = self.mission.truth.events
        return {e.name: e.flown_s for e in events if e.flown_s is not None and not e.name.startswith("fault_")}


def watch(scenario: str, *faults: str, end_s: float | None = None) -> Watched:
    vehicle = vehicles.load("zhuque-1")
    flight = scenarios.load(vehicle.name, scenario).with_faults(faults)
    if end_s is not None:
        flight = replace(flight, end_s=end_s)
    plan = plans.load(flight.plan)
    mission = Mission(vehicle, plan, flight, 1, PythonComputer(plan))
    station = Station(default_config())
    reports: list[object] = [*station.receive(LinkUp(0, LINK))]
    while not mission.finished:
        data = b"".join(encode(packet) for packet in mission.step())
        if data:
            reports += station.receive(Chunk(round(mission.time_s * 1e9), LINK, data))
    reports += station.receive(Close(round(mission.time_s * 1e9)))
    return Watched(mission, plan, tuple(reports))


def check_honesty(flight: Watched) -> None:
    """Every event that the station confirms did happen, then; every other that was planned is missed where its window
    closed before the data ended, else undecided.
    """
    truth, events = flight.truth, flight.events
    for name, event in events.items():
        if event.status == "missed":
            assert name not in truth, f"{name} happened at T+{truth.get(name)} s"
        else:
            assert name in truth, f"{name} did not happen: {event.evidence}"
            if event.status == "confirmed":
                assert event.onset_s == pytest.approx(truth[name], abs=TOLERANCE_S.get(name, 0.3)), name
                assert len(event.evidence) >= 2
    lasted_s = flight.mission.time_s - (flight.mission.world.liftoff_s or 0.0)
    for planned in flight.plan.events:
        assert (planned.name in events) is not (planned.name in flight.undecided), planned.name
        if planned.name not in truth:
            assert (planned.name in events) is (lasted_s > planned.latest_s + CLOSED_LATE_S), planned.name
    if "attitude_loss" in flight.alarms:
        assert "attitude_loss" in truth
    world = flight.mission.world
    orbit = orbit_heights(world.position, world.velocity)[0] > ORBIT_PERIGEE_M
    assert flight.verdict.outcome == ("orbit" if orbit else "no_orbit")


@pytest.mark.parametrize("scenario", WHOLE_FLIGHT)
def test_flight_that_goes_on_in_spite_of_its_fault(scenario: str) -> None:
    flight = watch(scenario)
    check_honesty(flight)
    assert flight.mission.end_reason == "complete"
    assert {event.status for event in flight.events.values()} == {"confirmed"}
    assert set(flight.events) == {event.name for event in flight.plan.events}
    assert flight.verdict.outcome == "orbit"
    expected = {
        "brown-out": {"bus_undervoltage", "computer_reboot", "gnss_lost"},
        "gnss-loss": {"gnss_lost"},
        "imu-bias": {"sensor_bias"},
        "low-thrust": {"thrust_low"},
        "reset": {"computer_reboot"},
    }
    assert set(flight.alarms) == expected.get(scenario, set())


@pytest.mark.parametrize("scenario", FAILING)
def test_flight_that_fails(scenario: str) -> None:
    flight = watch(scenario, end_s=WINDOWS_CLOSED_S)
    check_honesty(flight)
    assert flight.verdict.outcome == "no_orbit"
    assert {"orbit_insertion", "payload_separation"} <= flight.unseen
    first = {"no-separation-1": "stage_1_separation", "no-ignition-2": "stage_2_ignition"}.get(scenario)
    if first is not None:
        planned = sorted(flight.plan.events, key=lambda event: event.time_s)
        started = next(event.time_s for event in planned if event.name == first)
        after = {event.name for event in planned if event.time_s >= started} - {"apogee"}
        assert flight.unseen == after, "the sequence stopped there, and nothing that was to follow came"
        assert flight.events[first].status == "missed"
    if scenario in ("nozzle-burn-through", "no-ignition-2"):
        # Whichever sees it first: the pointing error, or the rate at which it turns.
        said = [flight.alarms[name].raised_s for name in ("attitude_loss", "tumbling") if name in flight.alarms]
        first_s = min(moment for moment in said if moment is not None)
        assert 0.0 < first_s - flight.truth["attitude_loss"] < 2.0
    cause = {
        "early-burnout-2": "early_shutdown",
        "no-ignition-2": "no_ignition",
        "no-separation-1": "no_separation",
        "nozzle-burn-through": "actuator_saturated",
    }
    assert {"early_shutdown", "no_ignition", "no_separation"} & set(flight.alarms) == {cause[scenario]} - {
        "actuator_saturated"
    }
    assert {cause[scenario], "orbit_not_reachable"} <= set(flight.alarms)
    if scenario == "early-burnout-2":
        burnout = flight.events["stage_2_burnout"]
        assert burnout.onset_s is not None
        assert burnout.plan_s is not None
        assert burnout.onset_s < burnout.plan_s - 15.0


def test_brown_out_in_flight_keeps_the_flight_s_own_zero() -> None:
    """The restarted computer finds out that it flies, and what was flown before is not forgotten for its restart."""
    flight = watch("nominal", "brown_out@100:gap_s=1", end_s=200.0)
    events, truth = flight.events, flight.truth
    assert "computer_reboot" in flight.alarms
    assert events["liftoff"].status == "confirmed"
    assert events["liftoff"].onset_s == 0.0
    assert [report.status for report in flight.reports if isinstance(report, Event) and report.name == "liftoff"] == [
        "confirmed"
    ]
    # The clock started again from nothing: what was lost in the gap is not known where nobody keeps time.
    for name in ("stage_2_burnout", "stage_2_separation", "fairing_separation"):
        assert events[name].onset_s == pytest.approx(truth[name], abs=1.5), name


def test_motor_that_does_not_light_is_a_scrub() -> None:
    flight = watch("nominal", "no_ignition@-5:stage=1")
    assert flight.mission.end_reason == "stopped"
    assert flight.events == {}
    assert flight.verdict.outcome == "scrubbed"


def test_faults_from_the_command_line_of_both_commands(tmp_path: Path) -> None:
    """The motor that cannot be lit makes it a short demo; the truth file has both faults."""
    faults = ("--fault", "no_ignition@-6:stage=1", "--fault", "sensor_bias@-7:channel=bus_voltage,size=-4,duration_s=3")
    common = ("--scenario", "nominal", "--speed", "max", "--json")
    demo = run("demo", "--no-web", *common, *faults, folder=tmp_path)
    assert (demo.status, demo.err) == (0, "")
    assert demo.of("verdict")[0]["outcome"] == "scrubbed"
    assert set(demo.alarms) == {"bus_undervoltage"}
    fly = run("fly", "zhuque-1", *common, *faults, "--to", "udp://127.0.0.1:9", "--truth", "t.csv", folder=tmp_path)
    assert (fly.status, fly.err) == (0, "")
    names = {line.split(",")[0] for line in (tmp_path / "t.csv.events.csv").read_text().splitlines()[1:]}
    assert names == {"fault_no_ignition", "fault_sensor_bias", "fault_sensor_bias_end"}
    assert fly.of("summary")[0]["telemetry_sha256"] == demo.of("summary")[0]["telemetry_sha256"]


def test_a_wrong_fault_is_one_line(tmp_path: Path) -> None:
    for command in (("fly", "zhuque-1"), ("demo", "--no-web")):
        result = run(*command, "--fault", "gnss_los@3", folder=tmp_path)
        assert result.status == 2
        assert result.err.splitlines() == [
            "vermilion: fault 'gnss_los@3': kind: no such fault 'gnss_los'; did you mean gnss_loss?"
        ]
