"""Faults one by one: each changes what it should, from its time on, and nothing else; the truth has it."""

import math
import re
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.wire.errors import Misuse
from flight.wire.packet import Value
from sim import faults, scenario
from sim import vehicle as vehicles
from sim.circuits import NAMES as CIRCUITS
from sim.faults.motor import WeakenedMotor
from sim.faults.paths import COMMANDS
from sim.motor import SolidMotor
from sim.sensors import CHANNELS
from tests.sim.commands import commands
from tests.sim.fault_bench import PadBench

# Before the planned lift-off at 10 s: each strikes at 1 s and, where it ends, ends at 2 s.
SENSOR_FAULTS = [
    ("sensor_bias@-9:channel=specific_force_y,size=2,duration_s=1", {"specific_force_y"}),
    ("sensor_bias@-9:channel=rcs_tank_pressure,size=-1e5,ramp_s=0.5,duration_s=1", {"rcs_tank_pressure"}),
    ("sensor_stuck@-9:channel=rate_z,duration_s=1", {"rate_z"}),
    ("sensor_stuck@-9:channel=umbilical,value=0,duration_s=1", {"umbilical"}),
    ("sensor_stuck@-9:channel=gnss_satellites,value=300,duration_s=1", {"gnss_satellites"}),
    ("sensor_noise@-9:channel=tvc_pitch,sigma=0.01,duration_s=1", {"tvc_pitch"}),
    ("sensor_dropout@-9:channel=static_pressure,duration_s=1", {"static_pressure"}),
    ("sensor_dropout@-9:channel=stage_1_breakwire,duration_s=1", {"stage_1_breakwire"}),
    ("barometer_blocked@-9:leak_s=1000,duration_s=1", {"static_pressure"}),
]


def same(a: Value, b: Value) -> bool:
    return a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))


def differing(faulty: list[dict[str, Value]], healthy: list[dict[str, Value]]) -> dict[str, list[int]]:
    """Which channels differ, and at which steps."""
    return {
        name: places
        for name in CHANNELS
        if (places := [i for i, row in enumerate(faulty) if not same(row[name], healthy[i][name])])
    }


@pytest.fixture(scope="module")
def healthy() -> list[dict[str, Value]]:
    return PadBench().rows(3.0)


@pytest.mark.parametrize(("text", "channels"), SENSOR_FAULTS, ids=[row[0].split(",")[0] for row in SENSOR_FAULTS])
def test_sensor_fault_touches_its_channel_alone_and_ends(
    text: str, channels: set[str], healthy: list[dict[str, Value]]
) -> None:
    bench = PadBench((text,))
    found = differing(bench.rows(3.0), healthy)
    assert set(found) == channels
    for steps in found.values():
        assert min(steps) >= 101, "what is found at step 100 is felt at the next"
        assert max(steps) <= 200
        assert len(steps) > 80
    name = "fault_" + text.partition("@")[0]
    assert bench.reports == {name: pytest.approx(1.0), f"{name}_end": pytest.approx(2.0)}


def test_bias_has_its_size_and_ramp(healthy: list[dict[str, Value]]) -> None:
    rows = PadBench(("sensor_bias@-9:channel=specific_force_x,size=0.5,ramp_s=1",)).rows(3.0)
    off = [float(row["specific_force_x"]) - float(healthy[i]["specific_force_x"]) for i, row in enumerate(rows)]
    assert off[150] == pytest.approx(0.25, abs=2e-3)
    assert off[250] == pytest.approx(0.5, abs=2e-3)


def test_bias_stays_within_the_instrument_s_range() -> None:
    spec = vehicles.load("zhuque-1").sensors
    row = PadBench(("sensor_bias@-10:channel=rate_x,size=100",)).rows(0.1)[-1]
    assert row["rate_x"] == spec.rate_limit_rad_s


def test_stuck_keeps_the_last_reading_or_the_given_one(healthy: list[dict[str, Value]]) -> None:
    rows = PadBench(("sensor_stuck@-9:channel=rate_y",)).rows(3.0)
    assert {row["rate_y"] for row in rows[101:]} == {healthy[101]["rate_y"]}
    rows = PadBench(("sensor_stuck@-9:channel=rate_y,value=0.25",)).rows(3.0)
    assert {round(float(row["rate_y"]), 6) for row in rows[101:]} == {0.25}


def test_noise_has_its_size(healthy: list[dict[str, Value]]) -> None:
    rows = PadBench(("sensor_noise@-10:channel=bus_voltage,sigma=0.5",)).rows(20.0)
    assert statistics.stdev(float(row["bus_voltage"]) for row in rows[1:]) == pytest.approx(0.5, rel=0.1)


def test_dropout_is_no_number_a_broken_wire_or_none() -> None:
    row = PadBench(
        (
            "sensor_dropout@-10:channel=rate_x",
            "sensor_dropout@-10:channel=payload_breakwire",
            "sensor_dropout@-10:channel=gnss_satellites",
        )
    ).rows(0.1)[-1]
    assert math.isnan(float(row["rate_x"]))
    assert row["payload_breakwire"] is False
    assert row["gnss_satellites"] == 0


def test_faults_compose_on_one_channel_and_have_names_of_their_own(healthy: list[dict[str, Value]]) -> None:
    bench = PadBench(
        (
            "sensor_bias@-9:channel=specific_force_z,size=1,duration_s=1",
            "sensor_bias@-8.5:channel=specific_force_z,size=2,duration_s=1",
        )
    )
    rows = bench.rows(3.0)
    off = [
        round(float(row["specific_force_z"]) - float(healthy[i]["specific_force_z"]), 3) for i, row in enumerate(rows)
    ]
    assert [off[step] for step in (90, 120, 180, 220, 270)] == [0.0, 1.0, 3.0, 2.0, 0.0]
    assert list(bench.reports) == [
        "fault_sensor_bias",
        "fault_sensor_bias_2",
        "fault_sensor_bias_end",
        "fault_sensor_bias_2_end",
    ]


def test_one_fault_s_draws_are_its_own() -> None:
    alone = PadBench(("sensor_noise@-9:channel=rate_x,sigma=1",)).rows(2.0)
    beside = PadBench(("sensor_noise@-9:channel=rate_x,sigma=1", "sensor_noise@-8.9:channel=rate_y,sigma=1")).rows(2.0)
    assert [row["rate_x"] for row in alone] == [row["rate_x"] for row in beside]


def test_satellites_are_lost_and_found_again(healthy: list[dict[str, Value]]) -> None:
    bench = PadBench(("gnss_loss@-9:duration_s=1",))
    rows = bench.rows(4.0)
    fixes = [row["gnss_fix"] for row in rows]
    assert all(fixes[:101])
    assert not any(fixes[101:300]), "one second without signals, and one more to the next solution"
    assert all(fixes[302:])
    assert len({row["gnss_position_x"] for row in rows[100:300]}) == 1, "the last solution stays"
    assert {row["gnss_satellites"] for row in rows[120:300]} == {0}
    assert [row["gnss_fresh"] for row in rows[:300]] == [row["gnss_fresh"] for row in healthy]
    assert all(name.startswith("gnss_") for name in differing(rows[:300], healthy))


def test_blocked_barometer_follows_slowly() -> None:
    bench = PadBench(("barometer_blocked@-10:leak_s=0.5",))
    bench.rows(1.0)
    before = float(bench.rows(0.5)[-1]["static_pressure"])
    bench.world.motion = bench.world.motion._replace(static_pressure=0.5 * before)
    first = float(dict(zip(CHANNELS, bench.sensors.read(), strict=True))["static_pressure"])
    assert first == pytest.approx(before, rel=0.03)
    for _ in range(250):
        last = float(dict(zip(CHANNELS, bench.sensors.read(), strict=True))["static_pressure"])
    assert last == pytest.approx(0.5 * before, rel=0.03)


def test_brown_out_sags_the_bus_and_takes_the_power_for_its_time() -> None:
    bench = PadBench(("brown_out@-9:voltage_v=18,sag_s=0.5,gap_s=1.5",))
    rows = bench.rows(4.0)
    volts = [float(row["bus_voltage"]) for row in rows]
    assert min(volts[:101]) > 27.0
    assert all(volt == pytest.approx(18.0, abs=0.2) for volt in volts[120:300])
    assert min(volts[320:]) > 27.0
    assert dict(bench.power) == pytest.approx({"off": 1.5, "on 4": 3.0})
    assert bench.reports == {"fault_brown_out": pytest.approx(1.0), "fault_brown_out_end": pytest.approx(3.0)}


def test_reset_stops_the_computer_alone() -> None:
    bench = PadBench(("reset@-9:cause=pin,gap_s=0.5",))
    rows = bench.rows(4.0)
    assert min(float(row["bus_voltage"]) for row in rows) > 27.0
    assert all(row["gnss_fix"] for row in rows[100:])
    assert dict(bench.power) == pytest.approx({"stopped": 1.0, "on 5": 1.5})


def test_receiver_starts_cold_after_a_brown_out() -> None:
    rows = PadBench(("brown_out@-10:sag_s=0,gap_s=0.3",)).rows(32.0)
    first = next(i for i in range(100, len(rows)) if rows[i]["gnss_fix"])
    assert first == pytest.approx(3030, abs=2)


def test_open_circuits_and_drifting_actuators() -> None:
    wiring = faults.Wiring()
    sent = commands(*CIRCUITS, tvc_pitch=0.01, tvc_yaw=0.02, rcs_roll=0.1)
    assert wiring.carry(sent) == sent
    wiring.cut("stage_2_igniter")
    wiring.pitch = -0.05
    arrived = dict(zip(COMMANDS, wiring.carry(sent), strict=True))
    expected = dict(zip(COMMANDS, sent, strict=True)) | {"stage_2_igniter": False, "tvc_pitch": -0.04}
    assert arrived == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "circuit"),
    [
        ("no_ignition@-10:stage=3", "stage_3_igniter"),
        ("no_separation@-10:joint=stage_2", "stage_2_separation_pyro"),
        ("no_separation@-10:joint=fairing", "fairing_pyro"),
        ("no_separation@-10:joint=payload", "payload_pyro"),
    ],
)
def test_circuit_that_a_fault_opens(kind: str, circuit: str) -> None:
    bench = PadBench((kind,))
    bench.rows(0.05)
    closed = commands(*CIRCUITS)
    assert [COMMANDS[i] for i, value in enumerate(bench.wiring.carry(closed)) if value is False] == [circuit]


def test_packets_lost_steadily_and_periodically() -> None:
    bench = PadBench(("telemetry_dropout@-9:loss=0.7,duration_s=2",))
    sent = []
    for _ in range(400):
        bench.rows(0.01)
        sent.append(len(bench.downlink.carry([b"packet"] * 10, bench.world.time_s)))
    assert sum(sent[:99]) == 990
    assert sum(sent[101:299]) / 1980 == pytest.approx(0.3, abs=0.05)
    assert sum(sent[302:]) == 980
    assert bench.downlink.lost == 4000 - sum(sent)
    spinning = PadBench(("telemetry_dropout@-10:period_s=1,part=0.25",))
    spinning.rows(0.01)
    kept = [len(spinning.downlink.carry([b"packet"], 0.005 + i * 0.01)) for i in range(400)]
    assert sum(kept) == 300
    assert kept[0:25] == [0] * 25
    assert kept[125:200] == [1] * 75


def test_no_fault_no_loss_and_no_copy() -> None:
    packets = [b"packet"]
    assert faults.Downlink().carry(packets, 0.0) is packets


MOTOR = SolidMotor(1620.0, 288.0, 52000.0, ((0.0, 0.9), (0.5, 1.1), (0.9, 0.9), (1.0, 0.05)), 0.1)


def test_weak_motor_gives_less_for_longer_and_burns_everything() -> None:
    weak = WeakenedMotor(MOTOR, 0.0, 0.05, 0.03)
    assert weak.burn_s == pytest.approx(MOTOR.burn_s / 0.97, rel=1e-3)
    assert weak.at(40.0 / 0.97)[0] == pytest.approx(0.97 * MOTOR.at(40.0)[0], rel=1e-3)
    assert weak.at(weak.burn_s + 1.0) == pytest.approx((0.0, MOTOR.propellant_kg))


def test_quenched_motor_leaves_propellant() -> None:
    out = WeakenedMotor(MOTOR, 30.0, 1.5, 1.0)
    assert out.burn_s == pytest.approx(31.5)
    assert out.at(29.9) == MOTOR.at(29.9)
    assert out.at(30.75)[0] == pytest.approx(0.5 * MOTOR.at(30.6)[0], rel=0.02)
    assert out.at(31.5) == out.at(500.0)
    thrust, burnt = out.at(500.0)
    assert thrust == 0.0
    assert burnt == pytest.approx(MOTOR.at(30.75)[1])


@given(
    from_s=st.floats(0.0, 120.0),
    ramp_s=st.floats(0.05, 20.0),
    part=st.floats(0.001, 1.0),
    second=st.floats(0.001, 0.9),
    at_s=st.floats(0.0, 200.0),
)
def test_weakened_motor_pushes_with_what_it_burns(
    from_s: float, ramp_s: float, part: float, second: float, at_s: float
) -> None:
    """Thrust is exhaust speed times mass flow, whatever is stacked on it, and never more than the whole motor's."""
    motor = WeakenedMotor(WeakenedMotor(MOTOR, from_s, ramp_s, part), 0.5 * from_s, 2.0, second)
    step = 1e-4
    thrust = motor.at(at_s)[0]
    (_, before), (_, after) = motor.at(at_s - step), motor.at(at_s + step)
    assert 0.0 <= before <= after <= MOTOR.propellant_kg * (1.0 + 1e-12)
    assert 0.0 <= thrust <= 1.2 * MOTOR.mean_thrust_n
    if abs(at_s - motor.burn_s) > 0.01:
        # A knot of the trace within the step bends the mean by no more than its slope times the step.
        assert MOTOR.exhaust_speed * (after - before) / (2.0 * step) == pytest.approx(thrust, rel=1e-3, abs=100.0)


PARSED = [
    ("sensor_bias@5:channel=rate_x,size=0.1", {"size": 0.1, "ramp_s": 0.0, "duration_s": 0.0}, "rate_x"),
    ("sensor_stuck@5:channel=gnss_fix", {"duration_s": 0.0}, "gnss_fix"),
    ("sensor_stuck@5:channel=gnss_fix,value=0", {"value": 0.0, "duration_s": 0.0}, "gnss_fix"),
    ("no_separation@-3: joint = payload", {}, "payload"),
    ("low_thrust@0:stage=2,part=0.1", {"stage": 2.0, "part": 0.1}, ""),
    ("brown_out@-4", {"voltage_v": 19.0, "sag_s": 0.4, "gap_s": 1.0}, ""),
]


@pytest.mark.parametrize(("text", "values", "choice"), PARSED, ids=[row[0] for row in PARSED])
def test_arguments(text: str, values: dict[str, float], choice: str) -> None:
    fault = faults.parse(text)
    assert (fault.values, fault.choice) == (values, choice)
    assert fault.kind == text.partition("@")[0]


REFUSED = [
    ("sensor_bias@5:channel=rate_w,size=1", "channel: no such channel 'rate_w'; did you mean rate_"),
    ("sensor_bias@5:size=1", "channel: missing"),
    ("sensor_bias@5:channel=umbilical,size=1", "channel: no such channel 'umbilical'; one of aft_temperature"),
    ("sensor_stuck@5:channel=step", "channel: no such channel 'step'"),
    ("sensor_bias@5:channel=rate_x,size=nan", "'nan' is not finite; write KIND@SECONDS"),
    ("sensor_bias@5:channel=rate_x,size=large", "could not convert string to float: 'large'; write KIND@SECONDS"),
    ("sensor_bias@5:channel=rate_x,sizes=1", "size: missing; is it what sizes was meant to be?"),
    ("no_separation@5:joint=stage_3", "joint: no such joint 'stage_3'; did you mean stage_2?"),
    ("no_ignition@5:stage=1.5", "stage: 1.5 is no whole number"),
    ("low_thrust@5:stage=1,part=2", "part: 2 is outside of 0.001 to 0.9"),
    ("nozzle_burn_through@5:stage=1,pressure_part=0.5", "pressure_part: 0.5 is outside of 0.05 to 0.2"),
    ("brown_out@5:gap_s=5", "gap_s: 5 is outside of 0.3 to 3"),
    ("brown_out@5:voltage_v=25", "voltage_v: 25 is outside of 0 to 21.9"),
    ("thrust_misalignment@-5:stage=1", "time_s: -5 is outside of 0 to 1e+06"),
    ("gnss_lost@5", "kind: no such fault 'gnss_lost'; did you mean gnss_loss?"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[row[0] for row in REFUSED])
def test_arguments_that_make_no_sense(text: str, message: str) -> None:
    with pytest.raises(Misuse, match="^fault " + re.escape(repr(text)) + ": " + re.escape(message)):
        faults.parse(text)


def test_scenario_file_s_errors_name_file_key_and_reason() -> None:
    text = """
name = "mine"
vehicle = "zhuque-1"
plan = "zhuque-1"
payload_kg = 300
[[fault]]
kind = "sensor_stuck"
time_s = 3
channel = "gnss_fixx"
"""
    with pytest.raises(
        Misuse, match=r"mine\.toml: fault\[0\]\.channel: no such channel 'gnss_fixx'; did you mean gnss"
    ):
        scenario.parse(text, "mine.toml")
    flight = scenario.parse(text.replace("gnss_fixx", "gnss_fix"), "mine.toml")
    assert flight.faults[0].choice == "gnss_fix"
    more = flight.with_faults(["gnss_loss@4", "rcs_leak@5:mass_rate_kg_s=1"])
    assert [fault.kind for fault in more.faults] == ["sensor_stuck", "gnss_loss", "rcs_leak"]


def test_every_kind_says_what_it_is_and_has_defaults_within_its_bounds() -> None:
    for name, kind in faults.KINDS.items():
        assert kind.help, name
        for number in kind.numbers:
            assert number.default is None or number.low <= number.default <= number.high, (name, number.key)
