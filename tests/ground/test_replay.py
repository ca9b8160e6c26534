"""Replay is live: the same inputs give the same event log, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ground.inputs import Chunk, Close, Input, Notice, StationConfig, Tick
from ground.recording import Header, Recording, Trailer, Writer
from ground.replay import Replay
from ground.report import Alarm, Event, Report, Undecided, Verdict, as_line
from ground.station import Station, default_config
from tests.ground.toy import Script, config, fly, listen

SHORT = Script(end_s=20.0)


def log_of(out: Iterable[Report | Notice]) -> str:
    """The event log as it would be written to a file."""
    return "".join(as_line(report) + "\n" for report in out if isinstance(report, Event | Alarm | Undecided | Verdict))


def live(path: Path, inputs: list[Input], settings_: StationConfig) -> tuple[Station, str]:
    """A live run: each input is recorded, then acted on."""
    station, said = Station(settings_), ""
    writer = Writer(path, Header("test", "2018-10-27T08:00:00Z", settings_))
    for given_input in inputs:
        writer.append(given_input)
        said += log_of(station.receive(given_input))
    writer.close(Trailer(station.received_ns, station.event_log_sha256, station.counters))
    return station, said


def with_ticks(chunks: list[Chunk]) -> list[Input]:
    """Chunks with a tick every 100 ms, and a close."""
    inputs: list[Input] = []
    tick = 0
    for chunk in chunks:
        while tick < chunk.received_ns:
            inputs.append(Tick(tick))
            tick += 100_000_000
        inputs.append(chunk)
    return [*inputs, Close(chunks[-1].received_ns)]


def test_the_hash_is_that_of_the_lines() -> None:
    station, out = listen(fly(SHORT).chunks())
    assert station.event_log_sha256 == hashlib.sha256(log_of(out).encode()).hexdigest()
    assert station.log_lines == log_of(out).count("\n") > 10


@pytest.mark.parametrize("events", [True, False])
def test_replay_says_what_the_live_run_said(tmp_path: Path, events: bool) -> None:
    station, said = live(tmp_path / "r", with_ticks(fly().chunks()), config(events))
    replay = Replay(Recording(tmp_path / "r"), default_config())
    steps = list(replay)
    assert log_of(output for step in steps for output in step.outputs) == said
    assert replay.matches is True
    assert not replay.closed_here
    assert replay.station.counters == station.counters


def test_a_station_that_was_killed_replays_to_the_same_beginning_and_a_verdict(tmp_path: Path) -> None:
    inputs = with_ticks(fly().chunks())
    live(tmp_path / "r", inputs[: len(inputs) // 3], config())
    whole = (tmp_path / "r").read_bytes()
    (tmp_path / "torn").write_bytes(whole[: len(whole) * 3 // 4])
    replay = Replay(Recording(tmp_path / "torn"), default_config())
    said = log_of(output for step in replay for output in step.outputs)
    _, lived = live(tmp_path / "again", inputs[: len(inputs) // 3], config())
    assert replay.matches is None
    assert replay.closed_here
    assert '"type":"verdict"' in said.splitlines()[-1]
    events = [line for line in said.splitlines() if '"type":"event"' in line]
    assert len(events) > 5
    assert lived.startswith("\n".join(events))


def test_another_log_is_noticed(tmp_path: Path) -> None:
    live(tmp_path / "r", with_ticks(fly(SHORT).chunks()), config())
    recording = Recording(tmp_path / "r")
    replay = Replay(recording, default_config())
    for _ in replay:
        pass
    recording.trailer = Trailer(0, "00" * 32, {})
    assert replay.matches is False


def test_steps_carry_vehicle_time_for_pacing(tmp_path: Path) -> None:
    live(tmp_path / "r", with_ticks(fly(SHORT).chunks()), config())
    times = [step.vehicle_s for step in Replay(Recording(tmp_path / "r"), default_config())]
    known = [time for time in times if time is not None]
    assert known == sorted(known)
    assert known[0] == pytest.approx(0.0, abs=0.02)
    assert known[-1] == pytest.approx(20.0, abs=0.02)


def test_a_damaged_header_falls_back_on_what_is_installed(tmp_path: Path) -> None:
    live(tmp_path / "r", with_ticks(fly(SHORT).chunks()), config())
    data = bytearray((tmp_path / "r").read_bytes())
    data[60] ^= 0xFF
    (tmp_path / "r").write_bytes(data)
    replay = Replay(Recording(tmp_path / "r"), config())
    assert sum(isinstance(output, Event) for step in replay for output in step.outputs) > 5
    assert replay.matches is True


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_cutting_chunks_at_equal_received_time_changes_nothing(data: st.DataObject) -> None:
    chunks = [
        Chunk(
            received_ns, "a", b"".join(chunk.data for chunk in fly(SHORT).chunks() if chunk.received_ns // 10**9 == ns)
        )
        for ns, received_ns in ((second, second * 10**9) for second in range(20))
    ]
    whole, _ = listen(chunks)
    pieces: list[Chunk] = []
    for chunk in chunks:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(chunk.data)), max_size=6)))
        edges = [0, *cuts, len(chunk.data)]
        pieces += [Chunk(chunk.received_ns, "a", chunk.data[start:end]) for start, end in pairwise(edges)]
    cut, _ = listen(pieces)
    assert cut.event_log_sha256 == whole.event_log_sha256
    assert cut.counters == whole.counters


def test_byte_by_byte_is_the_same_too() -> None:
    chunks = fly(Script(end_s=6.0)).chunks()
    whole, _ = listen(chunks)
    bytewise, _ = listen(
        Chunk(chunk.received_ns, "a", chunk.data[place : place + 1])
        for chunk in chunks
        for place in range(len(chunk.data))
    )
    assert bytewise.event_log_sha256 == whole.event_log_sha256
    assert bytewise.counters == whole.counters
