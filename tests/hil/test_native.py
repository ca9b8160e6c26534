"""The firmware on this computer: the Python computer's flights to the last bit, and what it does with trouble."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest

from flight.computer import computer as onboard
from flight.onboard import PythonComputer, TelemetryDigest
from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer, encode
from flight.wire.packet import HEADER_VALUES, Codec, Value
from hil.firmware import translate
from hil.firmware.build import build
from hil.firmware.language import RecordType
from hil.firmware.ports.host.recipe import PROCESS
from hil.native import BENCH, TELEMETRY, Native, NativeComputer
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission
from tests.hil.compiled import structure
from tests.hil.flown import Flight

CODECS = {name: Codec(packet) for name, packet in default().packets.items()}
START: tuple[Value, ...] = ("zhuque-1", 7, 0, 0.0)
FAULT = 3


def frame(name: str, *values: Value) -> bytes:
    return encode(CODECS[name].encode(0, 0, 0, values))


def packets(data: bytes) -> list[bytes]:
    deframer = Deframer()
    found = deframer.feed(data)
    assert (deframer.frames_damaged, deframer.pending) == (0, 0)
    return found


def names(data: bytes) -> list[str]:
    kinds = {codec.key: name for name, codec in CODECS.items()}
    return [kinds[packet[:2]] for packet in packets(data)]


def decoded(packet: bytes, name: str) -> dict[str, Value]:
    values = CODECS[name].decode(packet)
    assert values is not None, name
    return dict(zip((field.name for field in CODECS[name].packet.fields), values[HEADER_VALUES:], strict=True))


def sensors(flight: Flight, step: int) -> bytes:
    return encode(flight.sensors[step])


@pytest.fixture
def native(library: Path) -> Native:
    return Native(library)


@pytest.fixture
def flying(native: Native, nominal: Flight) -> Native:
    """Ten steps into the nominal flight."""
    native.receive(frame("start", *START))
    for step in range(10):
        native.receive(sensors(nominal, step))
    return native


# The same bits


@pytest.mark.parametrize("name", ["nominal", "maiden"])
def test_a_whole_flight_is_the_same_in_python_and_in_c(
    name: str, native: Native, request: pytest.FixtureRequest
) -> None:
    flight: Flight = request.getfixturevalue(name)
    digest, crcs = TelemetryDigest(default()), {}
    native.receive(frame("start", *flight.start))
    for step, packet in enumerate(flight.sensors):
        *telemetry, answer = packets(native.receive(encode(packet)))
        values = CODECS["actuators"].decode(answer)
        assert values is not None
        assert values[HEADER_VALUES:] == flight.commands[step]
        for sent in telemetry:
            digest.add(sent)
        if step % 100 == 0:
            at, crc = native.state
            crcs[at] = crc
    reasons = CODECS["end_of_stream"].packet.fields[0].enumeration or {}
    for sent in packets(native.receive(frame("end_of_stream", reasons[flight.end_reason], 0))):
        digest.add(sent)
    assert crcs == flight.crcs
    assert digest.hexdigest() == flight.sha256
    assert native.counts == (len(flight.sensors) + 2, 0, 0)


@pytest.mark.parametrize("fault", ["brown_out@-3:gap_s=0.5", "reset@5:cause=watchdog,gap_s=0.3"])
def test_a_mission_flies_with_the_native_computer_as_with_the_python_one(library: Path, fault: str) -> None:
    """The brown-out restarts the computer on the pad, the reset lets it fly on; the rest is not of interest here."""
    hashes = []
    for maker in (PythonComputer, NativeComputer):
        vehicle = vehicles.load("zhuque-1")
        scenario = scenarios.load(vehicle.name, "nominal").with_faults([fault])
        plan = plans.load(scenario.plan)
        computer = maker(plan)
        mission = Mission(vehicle, plan, scenario, 1, computer)
        while mission.time_s < 25.0:
            mission.step()
        mission.end()
        hashes.append(computer.telemetry_sha256)
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("profile", ["full", "low_rate"])
def test_a_plan_of_the_users_own_is_built_in_with_its_profile(library: Path, nominal: Flight, profile: str) -> None:
    text = plans.text("zhuque-1").replace('name = "zhuque-1"', f'name = "test"\ntelemetry = "{profile}"', 1)
    plan = plans.parse(text.replace("countdown_s = 10.0", "countdown_s = 1.0"), "test")
    computers = (PythonComputer(plan), NativeComputer(plan))
    for computer in computers:
        computer.start(("test", 1, 0, 0.0))
        for step in range(300):
            values = CODECS["sensors"].decode(nominal.sensors[step])
            assert values is not None
            computer.step(values[HEADER_VALUES:])
    assert computers[0].telemetry_sha256 == computers[1].telemetry_sha256


def test_the_native_computer_says_what_is_missing(library: Path) -> None:
    computer = NativeComputer(plans.load("zhuque-1"))
    with pytest.raises(Misuse, match="start it first"):
        computer.step(tuple(0 for _ in CODECS["sensors"].packet.fields))
    with pytest.raises(Misuse, match="plan 'mars-1'"):
        computer.start(("mars-1", 1, 0, 0.0))


# The handshake


def test_a_boot_says_who_it_is_to_the_bench_and_is_no_telemetry(native: Native) -> None:
    assert native.answers(TELEMETRY) == b""
    (packet,) = packets(native.answers(BENCH))
    identity = decoded(packet, "identity")
    assert (identity["board"], identity["plan"], identity["fingerprint"]) == ("native", "", default().fingerprint)
    assert str(identity["software"]).startswith("vermilion ")


def test_an_identity_is_answered_at_any_time_and_leaves_no_trace(
    flying: Native, nominal: Flight, library: Path
) -> None:
    answer = flying.receive(frame("identity", "", "", "bench", "", default().fingerprint, 1, 0, 0.0))
    assert decoded(packets(answer)[0], "identity")["plan"] == "zhuque-1"
    assert flying.answers(TELEMETRY) == b""
    undisturbed = Native(library)
    undisturbed.receive(frame("start", *START))
    for step in range(10):
        undisturbed.receive(sensors(nominal, step))
    assert flying.receive(sensors(nominal, 10)) == undisturbed.receive(sensors(nominal, 10))


def test_an_unknown_plan_is_answered_by_an_identity_without_one_and_nothing_flies(
    native: Native, nominal: Flight
) -> None:
    (packet,) = packets(native.receive(frame("start", "mars-1", 7, 0, 0.0)))
    assert decoded(packet, "identity")["plan"] == ""
    assert native.receive(sensors(nominal, 0)) == b""
    assert native.counts == (2, 0, 1)


def test_telemetry_goes_to_both_links_and_commands_to_the_bench_last(native: Native, nominal: Flight) -> None:
    native.receive(frame("start", *START))
    bench = names(native.receive(sensors(nominal, 0)))
    assert bench[0] == "identity"
    assert bench[-1] == "actuators"
    assert names(native.answers(TELEMETRY)) == bench[:-1]


def test_the_start_gives_boot_id_and_reset_cause(native: Native, nominal: Flight) -> None:
    native.boot(reset_cause=FAULT)
    assert decoded(packets(native.answers(BENCH))[0], "identity")["reset_cause"] == FAULT
    assert (
        decoded(packets(native.receive(frame("start", "zhuque-1", 9, 0, 1.0)))[0], "identity")["reset_cause"] == FAULT
    )
    (packet,) = packets(native.receive(frame("start", "zhuque-1", 9, 4, 1.0)))
    assert (decoded(packet, "identity")["reset_cause"], decoded(packet, "identity")["time_rate"]) == (4, 1.0)
    assert int.from_bytes(packets(native.receive(sensors(nominal, 0)))[0][12:14], "big") == 9


# What goes wrong


def test_the_same_sensors_again_are_answered_by_the_same_commands_alone(flying: Native, nominal: Flight) -> None:
    first = flying.receive(sensors(nominal, 10))
    again = flying.receive(sensors(nominal, 10))
    assert packets(again) == packets(first)[-1:]
    assert names(again) == ["actuators"]
    flying.receive(sensors(nominal, 11))
    assert flying.receive(sensors(nominal, 10)) == b""
    assert flying.counts[2] == 1


def test_a_step_that_is_missing_does_not_stop_the_flight(flying: Native, nominal: Flight) -> None:
    assert names(flying.receive(sensors(nominal, 20)))[-1] == "actuators"


def test_steps_end_before_they_leave_32_bits(flying: Native) -> None:
    values = CODECS["sensors"].decode(CODECS["sensors"].encode(0, 0, 0, [0] * len(CODECS["sensors"].packet.fields)))
    assert values is not None
    for step in (2**30 + 1, 2**31 - 1, 2**31, 2**32 - 1):
        assert flying.receive(frame("sensors", step, *values[HEADER_VALUES + 1 :])) == b""
    assert names(flying.receive(frame("sensors", 2**30, *values[HEADER_VALUES + 1 :])))[-1] == "actuators"


def test_damage_is_counted_and_told_in_health(flying: Native, nominal: Flight) -> None:
    broken = bytearray(sensors(nominal, 10))
    broken[20] = 7 if broken[20] != 7 else 8
    assert flying.receive(bytes(broken)) == b""
    assert flying.receive(frame("imu", *(0.0 for _ in CODECS["imu"].packet.fields))) == b""
    assert flying.counts == (12, 1, 1)
    for step in range(10, 100):
        flying.receive(sensors(nominal, step))
    answers = packets(flying.receive(sensors(nominal, 100)))
    health = next(packet for packet in answers if packet[:2] == CODECS["health"].key)
    assert decoded(health, "health")["frames_rejected"] == 1


def test_any_chunking_gives_the_same_answers(library: Path, nominal: Flight) -> None:
    stream = frame("start", *START) + b"".join(sensors(nominal, step) for step in range(20))
    whole, bytewise = Native(library), Native(library)
    assert whole.receive(stream) == b"".join(bytewise.receive(bytes([byte])) for byte in stream)


def test_the_end_is_said_once_and_again_where_it_is_asked_again(flying: Native) -> None:
    end = flying.receive(frame("end_of_stream", 2, 0))
    assert end == flying.receive(frame("end_of_stream", 2, 0)) == flying.answers(TELEMETRY)
    (packet,) = packets(end)
    assert decoded(packet, "end_of_stream")["reason"] == 2
    assert int(decoded(packet, "end_of_stream")["packets"]) > 10


def test_nothing_ends_before_it_has_begun(native: Native) -> None:
    assert native.receive(frame("end_of_stream", 2, 0)) == b""


# Resets


def test_a_reset_that_leaves_the_memory_flies_on_with_the_next_boot_id(flying: Native, nominal: Flight) -> None:
    flying.boot(reset_cause=FAULT, memory_kept=True)
    (packet,) = packets(flying.answers(BENCH))
    identity = decoded(packet, "identity")
    assert (identity["plan"], identity["reset_cause"]) == ("zhuque-1", FAULT)
    answers = packets(flying.receive(sensors(nominal, 10)))
    assert {int.from_bytes(packet[12:14], "big") for packet in answers} == {8}
    values = CODECS["actuators"].decode(answers[-1])
    assert values is not None
    assert values[HEADER_VALUES:] == nominal.commands[10]
    for step in range(11, 101):
        flying.receive(sensors(nominal, step))
    assert flying.state == (100, nominal.crcs[100])


def test_a_reset_without_memory_waits_for_a_start(flying: Native, nominal: Flight) -> None:
    flying.boot()
    assert decoded(packets(flying.answers(BENCH))[0], "identity")["plan"] == ""
    assert flying.receive(sensors(nominal, 10)) == b""


def test_after_its_end_nothing_is_resumed(flying: Native, nominal: Flight) -> None:
    flying.receive(frame("end_of_stream", 2, 0))
    flying.boot(memory_kept=True)
    assert flying.receive(sensors(nominal, 10)) == b""


@pytest.mark.parametrize("spoilt", [1, 2])
def test_a_state_that_is_not_whole_is_not_flown_on(flying: Native, nominal: Flight, spoilt: int) -> None:
    """The newer of the two kept states is spoilt: the one before it flies; both are: none does."""
    records = translate.load([Path(onboard.__file__).parent])
    computer, plan = (structure(records, RecordType("flight.computer.records", name)) for name in ("Computer", "Plan"))
    size = ctypes.sizeof(computer) - ctypes.sizeof(plan)
    for place in (-100, -100 - size)[:spoilt]:
        flying.upset(place)
    flying.boot(memory_kept=True)
    answers = names(flying.receive(sensors(nominal, 10)))
    assert answers[-1:] == (["actuators"] if spoilt == 1 else [])


# The process


def test_the_process_answers_as_the_library_does(library: Path, native: Native, nominal: Flight) -> None:
    stream = frame("start", *START) + b"".join(sensors(nominal, step) for step in range(50))
    expected = native.answers(BENCH) + native.receive(stream)
    program = build("host", "gcc").products[PROCESS]
    done = subprocess.run([program], input=stream, capture_output=True, check=True, timeout=60)
    assert done.stdout == expected
