"""The core: identity, dictionaries, plans, links, silence, restarts, ends, operators."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest

from flight.wire.dictionary import default, parse
from flight.wire.errors import Misuse
from flight.wire.frame import encode
from flight.wire.packet import Codec
from ground.inputs import (
    Acknowledge,
    Chunk,
    Close,
    EndOfStream,
    Identified,
    Input,
    LimitEdit,
    LinkDown,
    LinkUp,
    Notice,
    Refused,
    Tick,
)
from ground.report import Alarm, Event, Report, Undecided, Verdict
from ground.station import Station, default_config
from tests.ground.toy import NAME, PLAN, TRUTH, Script, codec, config, fly, latest, listen

T = TypeVar("T")
SHORT = Script(end_s=10.0)
OPEN_END = Script(end_s=10.0, end=False)


def alarms(out: list[Report | Notice]) -> list[tuple[str, str]]:
    return [(report.name, report.severity) for report in out if isinstance(report, Alarm)]


def of_kind(out: list[Report | Notice], kind: type[T]) -> list[T]:
    return [report for report in out if isinstance(report, kind)]


def test_a_vehicle_says_who_it_is_once() -> None:
    station, out = listen(fly(SHORT).chunks())
    assert of_kind(out, Identified) == [Identified(NAME, "a", PLAN, "toy 1", "none", 1.0)]
    status = station.vehicles[NAME].status(station.received_ns)
    assert (status.name, status.plan, status.board, status.time_rate) == (NAME, PLAN, "none", 1.0)
    assert status.counters.received == len(fly(SHORT).frames)


def test_before_identity_packets_are_counted_and_nothing_is_said() -> None:
    flown = fly(replace(SHORT, tank=lambda t: 1e5))
    station, out = listen(flown.chunks(lambda t, kind: kind != "identity"))
    assert [report for report in out if not isinstance(report, EndOfStream)] == []
    assert station.vehicles == {}
    assert station.counters["frames"] == sum(kind != "identity" for _, kind, _ in flown.frames)
    assert station.links["a"].vehicle.latest("power") is not None


def test_an_identity_that_comes_late_is_early_enough() -> None:
    _, out = listen(fly(SHORT).chunks(lambda t, kind: kind != "identity" or t >= 2.0))
    assert latest(out)["liftoff"].status == "confirmed"


def test_latest_values_are_in_si_by_name() -> None:
    station, _ = listen(fly(SHORT).chunks())
    health = station.vehicles[NAME].latest("health")
    assert health is not None
    assert health["temperature"] == pytest.approx(300.0)
    assert station.vehicles[NAME].latest("start") is None
    assert station.vehicles[NAME].latest("nothing of this name") is None


def test_a_dictionary_that_is_not_known_is_a_loud_alarm_and_data_are_kept() -> None:
    station, out = listen(fly(replace(SHORT, fingerprint="0123456789abcdef")).chunks())
    (alarm,) = of_kind(out, Alarm)
    assert (alarm.name, alarm.severity) == ("dictionary_mismatch", "critical")
    assert "0123456789abcdef" in alarm.message
    assert station.vehicles[NAME].counters.received > 1000


def test_the_dictionary_that_the_fingerprint_names_is_used() -> None:
    own = parse(default().text.replace('name = "bus_current"', 'name = "own_current"'), "own")
    first = replace(config(), dictionaries=(own.text, default().text))
    station, out = listen(fly(SHORT).chunks(), first)
    assert alarms(out) == []
    power = station.vehicles[NAME].latest("power")
    assert power is not None
    assert "bus_current" in power
    assert station.vehicles[NAME].counters.received == len(fly(SHORT).frames)
    assert station.counters["frames_lost"] == 0


def test_an_identity_of_another_shape_finds_its_dictionary() -> None:
    short = parse(default().text.replace('name = "board", type = "text16"', 'name = "board", type = "text4"'), "own")
    identity = codec("identity", short)
    packet = identity.encode(0, 0, 1, (NAME, PLAN, "x", "b", short.fingerprint, 1, 0, 1.0))
    settings = replace(config(), dictionaries=(default().text, short.text))
    station, out = listen([Chunk(0, "a", encode(packet))], settings)
    assert [notice.vehicle for notice in of_kind(out, Identified)] == [NAME]
    assert station.vehicles[NAME].dictionary.fingerprint == short.fingerprint
    assert station.counters["frames_unknown"] == 0


def test_an_unknown_plan_is_said_and_detection_goes_on() -> None:
    _, out = listen(fly(replace(SHORT, plan="nobody's")).chunks())
    assert [report.name for report in of_kind(out, Undecided)] == ["plan"]
    liftoff = latest(out)["liftoff"]
    assert (liftoff.status, liftoff.plan_s) == ("confirmed", None)


def test_packets_that_no_dictionary_describes_are_counted() -> None:
    power = codec("power").encode(0, 0, 1, (28.0, 1.0, 300.0))
    stranger = bytes([power[0], 77]) + power[2:]
    station, out = listen([Chunk(0, "a", encode(stranger) + encode(power[:-1]) + encode(power))])
    assert station.counters["frames_unknown"] == 2
    assert station.counters["frames"] == 3
    assert out == []


def test_noise_is_counted_and_costs_at_most_one_frame_a_hit() -> None:
    frames = [frame for _, _, frame in fly(SHORT).frames]
    noisy = b"".join(frame + (b"noise\x01\xff" if place % 50 == 0 else b"") for place, frame in enumerate(frames))
    station, _ = listen([Chunk(0, "a", noisy)])
    assert station.counters["frames"] == len(frames)
    assert station.counters["frames_damaged"] == -(-len(frames) // 50)


# Silence


def silence(rate: float, seconds: float, end: bool = False) -> list[tuple[str, str]]:
    """A vehicle that is heard for ten seconds of its time, then not for `seconds` of received time."""
    chunks = fly(replace(SHORT, time_rate=rate, end=end)).chunks(rate=rate or 1.0)
    last = chunks[-1].received_ns
    ticks = [Tick(last + place * 100_000_000) for place in range(1, round(seconds * 10) + 1)]
    station = Station(config())
    inputs: list[Input] = [*chunks, *ticks]
    out = [report for given in inputs for report in station.receive(given)]
    return alarms(out)


@pytest.mark.parametrize(
    ("rate", "seconds", "lost"),
    [
        pytest.param(1.0, 2.9, False, id="real time: less than 3 s"),
        pytest.param(1.0, 3.1, True, id="real time"),
        pytest.param(10.0, 1.4, False, id="ten times faster: 14 s of its time, but a pause of ours"),
        pytest.param(10.0, 1.6, True, id="ten times faster"),
        pytest.param(0.1, 20.0, False, id="slowed down: 2 s of its time"),
        pytest.param(0.0, 600.0, False, id="untimed: never"),
    ],
)
def test_silence_is_judged_in_vehicle_time(rate: float, seconds: float, lost: bool) -> None:
    assert silence(rate, seconds) == ([("loss_of_signal", "warning")] if lost else [])


def test_after_the_end_of_stream_silence_is_right() -> None:
    assert silence(1.0, 60.0, end=True) == []


def test_lost_signal_is_one_alarm_and_after_acknowledging_only_new_silence_is_another() -> None:
    chunks = fly(OPEN_END).chunks()
    last = chunks[-1].received_ns
    pause: list[Input] = [Tick(last + second * 10**9) for second in range(60)]
    acknowledged: list[Input] = [Acknowledge(last + 60 * 10**9, NAME, "loss_of_signal"), Tick(last + 61 * 10**9)]
    station, out = listen([*chunks, *pause, *acknowledged])
    assert alarms(out) == [("loss_of_signal", "warning")]
    again = fly(replace(OPEN_END, boot_id=9)).chunks()[:200]
    later = [Chunk(last + 70 * 10**9 + chunk.received_ns, "a", chunk.data) for chunk in again]
    then: list[Input] = [*later, Tick(last + 90 * 10**9)]
    more = [report for given in then for report in station.receive(given)]
    assert ("loss_of_signal", "warning") in alarms(more)


def test_of_an_untimed_vehicle_the_close_of_its_last_link_counts() -> None:
    chunks = fly(replace(OPEN_END, time_rate=0.0)).chunks()
    both = [Chunk(chunk.received_ns, link, chunk.data) for chunk in chunks for link in ("a", "b")]
    ns = chunks[-1].received_ns
    station = Station(config())
    inputs: list[Input] = [*both, LinkDown(ns, "a"), LinkDown(ns, "b")]
    said = [alarms(station.receive(given)) for given in inputs]
    assert said[-2:] == [[], [("loss_of_signal", "warning")]]


# Ends


def test_the_end_of_stream_is_passed_on_and_brings_the_verdict() -> None:
    station = Station(config())
    out = [report for chunk in fly().chunks() for report in station.receive(chunk)]
    assert isinstance(out[-2], Verdict)
    assert out[-1] == EndOfStream(NAME, "a", "complete", len(fly().frames) - 1)
    assert station.receive(Close(station.received_ns)) == []


def test_a_close_without_an_end_of_stream_decides_what_is_open() -> None:
    _, out = listen(fly(OPEN_END).chunks())
    (verdict,) = of_kind(out, Verdict)
    assert verdict.outcome == "unknown"
    assert {report.name for report in of_kind(out, Undecided)} == {name for name, t in TRUTH.items() if t > 9.9}


def test_a_stream_that_ends_on_the_pad_was_scrubbed() -> None:
    _, out = listen(fly(Script(end_s=3.0)).chunks())
    assert [verdict.outcome for verdict in of_kind(out, Verdict)] == ["scrubbed"]


# Restarts, further flights, several links and vehicles


def test_a_restart_is_an_alarm_no_loss_and_vehicle_time_goes_on() -> None:
    before = fly(replace(OPEN_END, end_s=3.0)).chunks()
    after = fly(replace(OPEN_END, end_s=3.5, boot_id=8)).chunks()
    shifted = [Chunk(chunk.received_ns + 4 * 10**9, "a", chunk.data) for chunk in after]
    station, out = listen([*before, *shifted])
    assert alarms(out) == [("computer_reboot", "warning")]
    assert station.counters["frames_lost"] == 0
    status = station.vehicles[NAME].status(station.received_ns)
    assert status.boots == 1
    assert status.time_s == pytest.approx(4.0 + 3.5, abs=0.05)


def test_a_restart_is_seen_though_its_identity_is_lost() -> None:
    before = fly(replace(OPEN_END, end_s=3.0)).chunks()
    after = fly(replace(OPEN_END, end_s=3.5, boot_id=8)).chunks(lambda t, kind: kind != "identity")
    _, out = listen([*before, *(Chunk(chunk.received_ns + 4 * 10**9, "a", chunk.data) for chunk in after)])
    (alarm,) = of_kind(out, Alarm)
    assert alarm.name == "computer_reboot"
    assert alarm.time_s == pytest.approx(4.0, abs=0.05)


def test_late_packets_of_the_former_run_are_no_restart() -> None:
    old, new = fly(replace(OPEN_END, end_s=2.0)).chunks(), fly(replace(OPEN_END, end_s=2.0, boot_id=8)).chunks()
    inputs = [*old[:150], *(Chunk(2 * 10**9 + c.received_ns, "a", c.data) for c in new[:50])]
    late = [Chunk(inputs[-1].received_ns, "a", c.data) for c in old[150:160]]
    station, out = listen([*inputs, *late])
    assert station.vehicles[NAME].boots == 1
    assert station.counters["out_of_order"] > 10
    assert alarms(out) == [("computer_reboot", "warning")]


@pytest.mark.parametrize(("boot_id", "pause_s"), [(7, 10), (8, 10), (7, 0), (8, 0)])
def test_a_second_flight_after_the_end_of_the_first_is_told_anew(boot_id: int, pause_s: int) -> None:
    first, second = fly().chunks(), fly(replace(Script(), boot_id=boot_id, seed=2)).chunks()
    later = [Chunk(chunk.received_ns + (90 + pause_s) * 10**9, "a", chunk.data) for chunk in second]
    station = Station(config())
    out = [report for given in [*first, *later] for report in station.receive(given)]
    assert [verdict.outcome for verdict in of_kind(out, Verdict)] == ["suborbital", "suborbital"]
    liftoffs = [event.onset_time_s for event in of_kind(out, Event) if event.name == "liftoff"]
    assert len(liftoffs) == 2
    assert liftoffs[1] - liftoffs[0] == pytest.approx(90.0 + pause_s, abs=0.1)  # type: ignore[operator]
    assert alarms(out) == []


def test_a_second_flight_of_an_untimed_vehicle_may_follow_at_once() -> None:
    """At full speed all of it comes within the time that late packets have."""
    once = fly(Script(time_rate=0.0)).chunks(rate=1000.0)
    twice = [*once, *(Chunk(chunk.received_ns + once[-1].received_ns, "a", chunk.data) for chunk in once)]
    station = Station(config())
    out = [report for given in twice for report in station.receive(given)]
    assert [verdict.outcome for verdict in of_kind(out, Verdict)] == ["suborbital", "suborbital"]
    assert station.counters["duplicates"] == 0


def test_a_flight_that_was_broken_off_does_not_spoil_the_next() -> None:
    broken = fly(replace(OPEN_END, end_s=20.0)).chunks()
    later = [Chunk(c.received_ns + 21 * 10**9, "a", c.data) for c in fly(Script(boot_id=8)).chunks()]
    _, out = listen([*broken, *later])
    liftoff = latest(out)["liftoff"]
    assert liftoff.onset_time_s == pytest.approx(21.0 + 4.0, abs=0.05)
    assert latest(out)["payload_separation"].status == "confirmed"


def test_one_vehicle_on_two_links_is_one_vehicle_with_duplicates() -> None:
    chunks = fly(SHORT).chunks()
    both = [Chunk(chunk.received_ns, link, chunk.data) for chunk in chunks for link in ("a", "b")]
    station, out = listen(both)
    single, _ = listen(chunks)
    assert list(station.vehicles) == [NAME]
    assert station.counters["duplicates"] == pytest.approx(len(fly(SHORT).frames), abs=30)
    assert station.counters["frames_lost"] == 0
    assert latest(out)["liftoff"].onset_s == 0.0
    assert single.event_log_sha256 == station.event_log_sha256


def test_what_a_link_brought_before_it_was_known_counts_for_its_vehicle() -> None:
    flown = fly(SHORT)
    late = flown.chunks(lambda t, kind: kind != "identity" or t >= 2.0, link="b")
    station, _ = listen(sorted([*flown.chunks(), *late], key=lambda chunk: chunk.received_ns))
    counts = station.vehicles[NAME].counters
    assert counts.received + counts.duplicates == sum(len(c.data.split(b"\0\0")) for c in [*flown.chunks(), *late])


def test_two_links_that_each_lose_frames_make_up_for_each_other() -> None:
    flown = fly(SHORT)
    odd = flown.chunks(lambda t, kind: round(t * 100) % 2 == 1 or t < 1.0, link="a")
    even = flown.chunks(lambda t, kind: round(t * 100) % 2 == 0 or t < 1.0, link="b")
    station, out = listen(sorted([*odd, *even], key=lambda chunk: chunk.received_ns))
    assert station.counters["frames_lost"] == 0
    assert latest(out)["liftoff"].status == "confirmed"


def test_a_link_that_goes_over_to_another_vehicle() -> None:
    other = codec("identity").encode(0, 0, 3, ("other", PLAN, "x", "b", default().fingerprint, 1, 0, 1.0))
    station, out = listen([*fly(OPEN_END).chunks(), Chunk(11 * 10**9, "a", encode(other))])
    assert alarms(out) == []
    assert [notice.vehicle for notice in of_kind(out, Identified)] == [NAME, "other"]
    assert station.vehicles["other"].counters.received == 1
    assert station.vehicles["other"].clock.last_ns == 11 * 10**9
    assert station.vehicles[NAME].counters.received == len(fly(OPEN_END).frames)


def test_links_are_bounded_and_say_what_they_refuse() -> None:
    station = Station(config())
    for place in range(300):
        station.receive(LinkUp(place, f"link {place}"))
    station.receive(Chunk(300, "link 299", b"12345"))
    assert len(station.links) == 256
    assert station.counters["bytes_discarded"] == 5


# Operators


def test_a_limit_edit_holds_for_every_vehicle_and_those_to_come() -> None:
    edit = LimitEdit(0, "power", "bus_voltage", "warning_low", 28.5)
    _, out = listen([edit, *fly(SHORT).chunks()])
    assert alarms(out) == [("bus_undervoltage", "warning")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (LimitEdit(0, "power", "battery_temperature", "warning_high", 400.0), "must rise"),
        (LimitEdit(0, "nothing", "bus_voltage", "warning_low", 1.0), "no such packet"),
        (Acknowledge(0, NAME, "attitude_loss"), "no alarm"),
        (Acknowledge(0, "nobody", "attitude_loss"), "no alarm"),
    ],
)
def test_what_an_operator_asks_in_vain_is_refused_with_a_reason(given: Input, reason: str) -> None:
    station, _ = listen(fly(SHORT).chunks())
    (refused,) = station.receive(given)
    assert isinstance(refused, Refused)
    assert reason in refused.reason


def test_a_configuration_with_an_error_is_misuse() -> None:
    for broken in (
        replace(config(), dictionaries=("packet = 1",)),
        replace(config(), plans={"p": "x = 1"}),
        replace(config(), thresholds="[pad]\nrise = 1.0\n"),
    ):
        with pytest.raises(Misuse):
            Station(broken)


def test_the_default_configuration_puts_a_users_dictionary_first() -> None:
    own = parse(default().text.replace("help", "help"), "own")
    assert default_config(own).dictionaries == (default().text,)
    other = parse(default().text + "\n# mine\n", "own")
    assert default_config(other).dictionaries == (other.text, default().text)


def test_an_odd_dictionary_raises_nothing() -> None:
    odd = parse(
        """
[packet.identity]
apid = 1
rate_hz = 1
fields = [{ name = "vehicle", type = "text8" }, { name = "time_rate", type = "text8" }]
[packet.end_of_stream]
apid = 10
fields = [{ name = "packets", type = "text4" }]
[packet.imu]
apid = 2
rate_hz = 100
fields = [{ name = "specific_force_x", type = "text4" }, { name = "umbilical", type = "text4" }]
""",
        "odd",
    )
    inputs = [
        Chunk(0, "a", encode(codec("identity", odd).encode(0, 0, 1, ("v", "fast")))),
        Chunk(1, "a", encode(codec("imu", odd).encode(0, 1, 1, ("a", "b")))),
        Chunk(2, "a", encode(Codec(odd.packets["end_of_stream"]).encode(0, 2, 1, ("all",)))),
    ]
    station, out = listen(inputs, replace(config(), dictionaries=(odd.text,)))
    assert station.vehicles["v"].clock.rate == 0.0
    assert of_kind(out, EndOfStream) == [EndOfStream("v", "a", "0", 0)]
