"""The Python onboard computer behind its protocol: packets, counts, the digest, the plan it is given."""

import hashlib
from dataclasses import astuple, replace

import pytest

from flight.computer import records
from flight.onboard import PythonComputer, TelemetryDigest, computer_plan, zeroed
from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.packet import PROTOCOL, Codec, Value, codecs, ticks_of_step
from tests.flight.computer.desk import sensors

PLAN = plans.load("zhuque-1")
PACKETS = default().packets
KINDS = codecs(default())


def start_values(boot_id: int = 77, plan: str = "zhuque-1") -> tuple[Value, ...]:
    return Codec(PACKETS["start"]).round((plan, boot_id, 4, 10.0))


def run(computer: PythonComputer, steps: int, first: int = 0) -> list[list[bytes]]:
    packets = []
    for step in range(first, first + steps):
        computer.step(astuple(sensors(step)))
        packets.append(computer.packets())
    return packets


def started(boot_id: int = 77) -> PythonComputer:
    computer = PythonComputer(PLAN)
    computer.start(start_values(boot_id))
    return computer


def read(packet: bytes) -> tuple[str, tuple[Value, ...]]:
    codec = KINDS[packet[:2]]
    values = codec.decode(packet)
    assert values is not None
    return codec.packet.name, values


def test_packets_come_at_the_dictionary_s_rates() -> None:
    flat = [read(packet)[0] for due in run(started(), 200) for packet in due]
    counts = {name: flat.count(name) for name in set(flat)}
    assert counts == {name: 2 * packet.rate_hz for name, packet in PACKETS.items() if packet.rate_hz}


def test_slow_radio_gets_the_low_rate_profile() -> None:
    computer = PythonComputer(replace(PLAN, telemetry="low_rate"))
    computer.start(start_values())
    flat = [read(packet) for due in run(computer, 1000) for packet in due]
    names = [name for name, _ in flat]
    counts = {name: names.count(name) for name in set(names)}
    assert counts == {name: 10 * rate for name, rate in default().rates("low_rate").items() if rate}


def test_summary_holds_what_passed_since_the_last_one() -> None:
    computer = PythonComputer(replace(PLAN, telemetry="low_rate"))
    computer.start(start_values())
    run(computer, 1)
    summaries = []
    for step in range(1, 41):
        force = {5: 30.0, 10: -2.0}.get(step, 10.0)
        rate = 3.0 if step == 7 else 0.0
        computer.step(astuple(sensors(step, specific_force_x=force, rate_x=0.8 * rate, rate_z=0.6 * rate)))
        summaries += [values[4:] for name, values in map(read, computer.packets()) if name == "imu_summary"]
    mean = (18 * 10.0 + 30.0 - 2.0) / 20.0
    assert summaries[0] == pytest.approx((mean, -2.0, 30.0, 3.0, 90e3))
    assert summaries[1] == pytest.approx((10.0, 10.0, 10.0, 0.0, 90e3))


def test_headers_carry_sequence_time_and_boot_id() -> None:
    counted: dict[str, int] = {}
    for step, due in enumerate(run(started(), 120)):
        for packet in due:
            name, (sequence, seconds, fraction, boot_id, *_) = read(packet)
            assert sequence == 0xC000 | counted.get(name, 0), name
            counted[name] = counted.get(name, 0) + 1
            assert (int(seconds) << 16) + int(fraction) == ticks_of_step(step)
            assert boot_id == 77


def test_identity() -> None:
    name, values = read(run(started(), 1)[0][0])
    assert name == "identity"
    assert values[4:] == (
        "zhuque-1",
        "zhuque-1",
        "vermilion 0.1.0",
        "python",
        default().fingerprint,
        PROTOCOL,
        4,
        10.0,
    )


def test_actuators_answer_as_rounded_to_the_wire() -> None:
    computer = started()
    values = computer.step(astuple(sensors(3)))
    assert values == Codec(PACKETS["actuators"]).round(values)
    assert values[0] == 3


def test_events_are_reported_with_the_step_that_decided() -> None:
    computer = started()
    run(computer, 1001)
    due = []
    for step in range(1001, 1010):
        computer.step(astuple(sensors(step, stage_1_chamber_pressure=5e6)))
        due += computer.packets()
    events = [values for name, values in map(read, due) if name == "event"]
    code = (PACKETS["event"].fields[0].enumeration or {})["ignition"]
    assert [event[4:] for event in events] == [(code, 1003)]


def test_end_of_stream_counts_the_packets_before_it() -> None:
    computer = started()
    sent = sum(len(due) for due in run(computer, 50))
    (packet,) = computer.end("impact")
    name, values = read(packet)
    assert (name, values[4:]) == ("end_of_stream", (1, sent))


def test_saturated_values_are_counted_in_health() -> None:
    computer = started()
    for step in range(101):
        computer.step(astuple(sensors(step, bus_voltage=1e39 if step == 0 else 28.0)))
    health = next(values for name, values in map(read, computer.packets()) if name == "health")
    assert health[4 + 2] == 1


def test_wrong_plan_is_refused() -> None:
    with pytest.raises(Misuse, match="start message: plan 'other'; this computer was given 'zhuque-1'"):
        PythonComputer(PLAN).start(start_values(plan="other"))


def test_starting_again_is_starting_afresh() -> None:
    computer = started()
    first = run(computer, 300)
    digest = computer.telemetry_sha256
    computer.start(start_values())
    assert run(computer, 300) == first
    assert computer.telemetry_sha256 == digest


def test_digest_leaves_out_boot_id_identity_and_health() -> None:
    one, other = started(1), started(2)
    packets = [packet for due in run(one, 150) for packet in due]
    run(other, 150)
    assert one.telemetry_sha256 == other.telemetry_sha256
    expected = hashlib.sha256()
    for packet in packets:
        if read(packet)[0] not in ("identity", "health"):
            expected.update(packet[:12] + b"\0\0" + packet[14:])
    assert one.telemetry_sha256 == expected.hexdigest()


def test_digest_sees_every_other_bit() -> None:
    packet = next(p for p in run(started(), 1)[0] if read(p)[0] == "imu")
    changed = bytearray(packet)
    changed[-1] ^= 1
    digests = []
    for each in (packet, bytes(changed)):
        digest = TelemetryDigest(default())
        digest.add(each)
        digests.append(digest.hexdigest())
    assert digests[0] != digests[1]


def test_zeroed_state_is_zero_all_through() -> None:
    def leaves(value: object) -> list[object]:
        return [leaf for part in value for leaf in leaves(part)] if isinstance(value, tuple) else [value]

    assert not any(leaves(astuple(zeroed(records.Computer))))


@pytest.mark.parametrize("stages", [1, 2, 3])
def test_plan_is_padded_to_the_computer_s_tables(stages: int) -> None:
    short = replace(PLAN, stages=PLAN.stages[:stages], program_time_s=(0.0, 5.0), program_pitch_deg=(90.0, 45.0))
    numbers = computer_plan(short)
    assert numbers.last_stage == stages - 1
    assert len(numbers.stages) == 3
    assert numbers.stages[2] == numbers.stages[stages - 1]
    assert numbers.program_time == (0.0, *[5.0] * 11)
    assert numbers.program_pitch[1] == pytest.approx(0.7853981633974483)
