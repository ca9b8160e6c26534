"""Flights with faults against the same flight without: equal until the fault, and different where it says so."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pytest

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.packet import Value
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission
from tests.sim.flown import KINDS

PACKETS = default().packets
EVENTS = {code: name for name, code in (PACKETS["event"].fields[0].enumeration or {}).items()}
COUNTDOWN_S = 10.0


@dataclass(frozen=True)
class Sent:
    """A decoded packet: onboard time by its header, and its values by name."""

    kind: str
    time_s: float
    boot_id: int
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Run:
    """A mission after some seconds, and the packets by the second in which they were sent, boot ids as sent."""

    mission: Mission
    packets: tuple[tuple[float, bytes], ...]
    sha256: str

    def sent(self, kind: str) -> list[Sent]:
        return [sent for _, packet in self.packets if (sent := decoded(packet)).kind == kind]

    def before(self, world_s: float) -> list[bytes]:
        return [packet for time_s, packet in self.packets if time_s < world_s]

    @property
    def events(self) -> list[str]:
        return [EVENTS[int(sent.values["code"])] for sent in self.sent("event")]

    def true_s(self, name: str) -> float:
        """Seconds since step 0."""
        return next(event.time_s for event in self.mission.truth.events if event.name == name)


def decoded(packet: bytes) -> Sent:
    codec = KINDS[packet[:2]]
    values = codec.decode(packet)
    assert values is not None
    names = [field.name for field in codec.packet.fields]
    time_s = float(values[1]) + float(values[2]) / 65536
    return Sent(codec.packet.name, time_s, int(values[3]), dict(zip(names, values[4:], strict=True)))


def run(seconds: float, *faults: str) -> Run:
    plan = plans.load("zhuque-1")
    computer = PythonComputer(plan)
    flight = scenarios.load("zhuque-1", "nominal").with_faults(faults)
    mission = Mission(vehicles.load("zhuque-1"), plan, flight, 1, computer)
    packets = []
    while not mission.finished and mission.time_s < seconds:
        now = mission.time_s
        packets += [(now, packet) for packet in mission.step()]
    return Run(mission, tuple(packets), computer.telemetry_sha256)


@pytest.fixture(scope="module")
def healthy() -> Run:
    return run(26.0)


def mean(values: Iterable[float]) -> float:
    collected = list(values)
    return math.fsum(collected) / len(collected)


def test_brown_out_on_the_pad_starts_the_computer_and_the_countdown_again(healthy: Run) -> None:
    faulty = run(26.0, "brown_out@-5:sag_s=0.5,gap_s=1.5")
    assert faulty.before(5.0) == healthy.before(5.0)
    times = [time_s for time_s, _ in faulty.packets]
    gap = max(range(1, len(times)), key=lambda i: times[i] - times[i - 1])
    assert times[gap - 1] == pytest.approx(5.5, abs=0.02)
    assert times[gap] == pytest.approx(7.0, abs=0.02)
    first, second = decoded(faulty.packets[gap - 1][1]), decoded(faulty.packets[gap][1])
    assert second.boot_id == first.boot_id + 1
    assert second.time_s == 0.0, "nothing kept the time"
    assert second.kind == "identity"
    cause = (PACKETS["identity"].fields[6].enumeration or {})["brown_out"]
    assert {sent.values["reset_cause"] for sent in faulty.sent("identity") if sent.boot_id == second.boot_id} == {cause}
    late = faulty.true_s("liftoff") - healthy.true_s("liftoff")
    assert late == pytest.approx(times[gap], abs=0.02)
    assert faulty.events.count("liftoff") == 1
    # The receiver is still cold: the computer finds its way by inertia alone, and it is the same way.
    world, twin = faulty.mission.world, run(26.0 - late).mission.world
    assert world.height_m == pytest.approx(twin.height_m, abs=5.0)


def test_brown_out_in_flight_ends_control(healthy: Run) -> None:
    faulty = run(26.0, "brown_out@5:gap_s=0.5")
    assert faulty.before(15.0) == healthy.before(15.0)
    assert len({sent.boot_id for sent in faulty.sent("imu")}) == 2
    assert faulty.sent("imu")[-1].time_s < 12.0
    assert faulty.mission.truth.happened("attitude_loss")
    assert faulty.mission.truth.happened("fault_brown_out_end")
    assert not healthy.mission.truth.happened("attitude_loss")


def test_two_brown_outs_are_two_boots() -> None:
    faulty = run(10.0, "brown_out@-9:sag_s=0,gap_s=1", "brown_out@-8.5:sag_s=0,gap_s=1", "brown_out@-4")
    boots = [sent.boot_id for sent in faulty.sent("imu")]
    assert len(set(boots)) == 3, "the first two overlap"
    assert faulty.true_s("fault_brown_out_3") == pytest.approx(6.0, abs=0.02)


def test_telemetry_dropout_changes_what_arrives_and_not_the_flight(healthy: Run) -> None:
    faulty = run(26.0, "telemetry_dropout@3:duration_s=5,loss=0.5")
    start, end = faulty.true_s("fault_telemetry_dropout"), faulty.true_s("fault_telemetry_dropout_end")
    assert end - start == pytest.approx(5.0)
    assert faulty.before(start) == healthy.before(start)
    kept, whole = set(faulty.packets), [each for each in healthy.packets if start < each[0] < end]
    assert set(faulty.packets) <= set(healthy.packets)
    assert sum(each in kept for each in whole) / len(whole) == pytest.approx(0.5, abs=0.05)
    assert [p for p in faulty.packets if p[0] > end] == [p for p in healthy.packets if p[0] > end]
    assert faulty.mission.world.state == healthy.mission.world.state
    assert faulty.sha256 == healthy.sha256


def test_sensor_fault_shows_in_telemetry_and_leaves_other_noise_alone(healthy: Run) -> None:
    faulty = run(26.0, "sensor_stuck@2:channel=static_pressure,value=50000")
    late = [sent.values["static_pressure"] for sent in faulty.sent("navigation") if sent.time_s > 12.2]
    assert set(late) == {50000.0}
    assert faulty.sent("imu") == healthy.sent("imu"), "nothing steers by the barometer"
    assert faulty.sent("propulsion") == healthy.sent("propulsion")


def test_every_sensor_can_fall_silent_and_the_computer_goes_on() -> None:
    """No number anywhere: the computer keeps what it had, and no packet is malformed."""
    channels = [name for name in (field.name for field in PACKETS["sensors"].fields) if name != "step"]
    faulty = run(14.0, *(f"sensor_dropout@2:channel={channel}" for channel in channels))
    last = faulty.sent("navigation")[-1].values
    assert math.isnan(float(last["static_pressure"]))
    assert all(math.isfinite(float(last[f"position_{axis}"])) for axis in "xyz")
    assert all(math.isfinite(float(last[f"attitude_{axis}"])) for axis in "wxyz")


@pytest.mark.parametrize("part", [0.03, 0.1])
def test_low_thrust_lowers_pressure_and_push_in_its_measure(healthy: Run, part: float) -> None:
    faulty = run(26.0, f"low_thrust@-5:stage=1,part={part}")

    def pressure(flight: Run, seconds: float) -> float:
        start = flight.true_s("ignition")
        rows = [sent for sent in flight.sent("propulsion") if 5.0 < sent.time_s - start < 5.0 + seconds]
        return mean(float(sent.values["stage_1_chamber_pressure"]) for sent in rows)

    assert pressure(faulty, 1.0) / pressure(healthy, 1.0) == pytest.approx(1.0 - part, abs=0.004)
    assert faulty.mission.world.height_m < healthy.mission.world.height_m
    assert not any(name.endswith("_end") for name in (event.name for event in faulty.mission.truth.events))


def test_early_burnout_waits_for_its_motor_and_puts_it_out() -> None:
    faulty = run(26.0, "early_burnout@0:stage=2", "early_burnout@8:stage=1,tail_s=0.5")
    liftoff = faulty.true_s("liftoff")
    assert faulty.true_s("fault_early_burnout_2") - liftoff == pytest.approx(8.0, abs=0.02)
    assert faulty.true_s("stage_1_burnout") - liftoff == pytest.approx(8.5, abs=0.03)
    ignited = faulty.true_s("stage_2_ignition")
    assert faulty.true_s("fault_early_burnout") == pytest.approx(ignited, abs=0.02), "its time had come long before"
    assert faulty.events.count("stage_1_burnout") == 1


def test_no_ignition_aborts_on_the_pad_and_the_flight_ends_there(healthy: Run) -> None:
    faulty = run(100.0, "no_ignition@-5:stage=1")
    assert faulty.events == ["abort"]
    assert faulty.mission.end_reason == "stopped"
    assert faulty.mission.time_s == pytest.approx(COUNTDOWN_S + 30.0, abs=0.02)
    assert not faulty.mission.truth.happened("ignition")
    igniters = [sent.values["stage_1_igniter"] for sent in faulty.sent("discretes")]
    assert igniters[-1] is True, "the computer did close the circuit"


def test_nozzle_burn_through_lowers_pressure_and_drives_the_nozzle_to_its_stop(healthy: Run) -> None:
    fault = "nozzle_burn_through@1:stage=1,pressure_part=0.15,side_part=0.02,ramp_s=3,drift_deg_s=2,direction_deg=90"
    faulty = run(26.0, fault)
    assert faulty.before(11.0) == healthy.before(11.0)

    def ratio(from_s: float, to_s: float) -> float:
        rows = [
            [float(s.values["stage_1_chamber_pressure"]) for s in flight.sent("propulsion") if from_s < s.time_s < to_s]
            for flight in (faulty, healthy)
        ]
        return mean(rows[0]) / mean(rows[1])

    onset = faulty.true_s("fault_nozzle_burn_through")
    assert ratio(onset + 1.4, onset + 1.6) == pytest.approx(1.0 - 0.15 / 2, abs=0.01)
    assert ratio(onset + 4.0, onset + 4.5) == pytest.approx(1.0 - 0.15, abs=0.015)

    def beside(sent: Sent, axis: str) -> float:
        return math.degrees(float(sent.values[f"tvc_{axis}"]) - float(sent.values[f"tvc_{axis}_command"]))

    early = next(sent for sent in faulty.sent("propulsion") if sent.time_s > onset + 1.5)
    assert beside(early, "yaw") == pytest.approx(3.0, abs=0.5)
    assert beside(early, "pitch") == pytest.approx(0.0, abs=0.3)
    commands = [float(sent.values["tvc_yaw_command"]) for sent in faulty.sent("propulsion")]
    limit = faulty.mission.world.vehicle.stages[0].vectoring
    assert limit is not None
    assert min(commands) == pytest.approx(-limit.limit, rel=1e-3), "the command fights the drift to its own limit"
    assert faulty.mission.truth.happened("attitude_loss")


def test_fault_in_a_stage_that_is_not_there_is_refused() -> None:
    vehicle, plan = vehicles.load("zhuque-1"), plans.load("zhuque-1")
    vehicle, plan = replace(vehicle, stages=vehicle.stages[:2]), replace(plan, stages=plan.stages[:2])
    flight = scenarios.load("zhuque-1", "nominal").with_faults(["low_thrust@3:stage=3,part=0.1"])
    with pytest.raises(Misuse, match="fault low_thrust: stage: zhuque-1 has 1 to 2"):
        Mission(vehicle, plan, flight, 1, PythonComputer(plan))
