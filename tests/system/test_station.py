"""The station as its own process: unplugged, killed, replayed at any chunking, and fed a real line with noise."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flight.wire.frame import Deframer, encode
from ground.inputs import Chunk, EndOfStream
from ground.recording import Recording
from ground.replay import Replay
from ground.station import Station, default_config
from tests.sim import flown
from tests.system.processes import finish, run, start

KILLS = 100


@pytest.fixture(scope="module")
def stream() -> bytes:
    """The telemetry of a whole nominal flight."""
    return b"".join(encode(packet) for packet in flown.fly("nominal", 3).packets)


class Pad:
    """A vehicle on TCP that sends a stream to each station that connects, as fast as it is read."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                station, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._send, args=(station,), daemon=True).start()

    def _send(self, station: socket.socket) -> None:
        with station:
            try:
                station.sendall(self._stream)
            except OSError:
                return

    def close(self) -> None:
        self._socket.close()


def test_a_station_killed_at_any_moment_has_recorded_all_it_acted_on(stream: bytes, tmp_path: Path) -> None:
    """One hundred kills (SIGKILL) of real stations; what a station had said, its recording says again."""
    stream = stream[: len(stream) // 6]
    silent, pad, rng = Pad(b""), Pad(stream), random.Random(20181027)
    moments = [rng.uniform(0.0, len(stream)) for _ in range(KILLS)]

    def killed(url: str, path: Path, recorded: float) -> str:
        """What a station has said until its recording held so many bytes: its own progress, on any machine."""
        child, deadline = start("ground", url, "--json", "--record", path.name, folder=tmp_path), time.monotonic() + 60
        while (not path.exists() or path.stat().st_size < recorded) and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(child.pid, signal.SIGKILL)
        return finish(child).out

    killed(silent.url, tmp_path / "silent.vermilion", 1.0)
    header = (tmp_path / "silent.vermilion").stat().st_size

    def kill(number: int) -> tuple[int, int]:
        path = tmp_path / f"{number}.vermilion"
        out = killed(pad.url, path, header + moments[number])
        said = [line for line in out.splitlines(keepends=True) if line.endswith("\n")]
        recording = Recording(path)
        replay = Replay(recording, default_config())
        received = bytearray()
        log: list[str] = []
        for step in replay:
            if isinstance(step.given, Chunk):
                received += step.given.data
            log.extend(
                json.dumps(o.name) for o in step.outputs if not isinstance(o, EndOfStream) and hasattr(o, "name")
            )
        assert stream.startswith(bytes(received))
        assert recording.bytes_not_read < 70_000, "more than one torn chunk"
        named = [json.dumps(record["name"]) for line in said if "name" in (record := json.loads(line))]
        assert log[: len(named)] == named
        return len(received), len(named)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(kill, range(KILLS)))
    silent.close()
    pad.close()
    # The moments must have been interesting: most during the flight, with bytes received and events said.
    assert sum(0 < received < len(stream) for received, _ in results) >= KILLS // 2
    assert sum(named > 0 for _, named in results) >= KILLS // 2


@pytest.mark.parametrize("seed", [1, 2])
def test_any_chunking_gives_the_same_event_log(seed: int, stream: bytes) -> None:
    def log(cuts: random.Random | None) -> str:
        station, place = Station(default_config()), 0
        while place < len(stream):
            size = 4096 if cuts is None else min(cuts.choice([1, 7, 60, 250, 4096, 60_000]), 4096 - place % 4096)
            station.receive(Chunk(place // 4096 * 1_000_000, "line", stream[place : place + size]))
            place += size
        return station.event_log_sha256

    assert log(random.Random(seed)) == log(None)


def test_unplugging_the_line_in_flight_ends_neither_process(tmp_path: Path) -> None:
    """The first station leaves in flight; the second one opens the same line and hears the rest."""
    vehicle = start(
        "fly", "zhuque-1", "--scenario", "nominal", "--speed", "60", "--to", "pty:", "--json", folder=tmp_path
    )
    assert vehicle.stdout is not None
    url = json.loads(vehicle.stdout.readline())["url"]
    first = start("ground", url, "--json", "--record", "first.vermilion", folder=tmp_path)
    time.sleep(3.0)
    first.send_signal(signal.SIGTERM)
    before = finish(first)
    assert before.status == 0
    assert "liftoff" in before.events
    assert vehicle.poll() is None
    time.sleep(1.0)
    after = run("ground", url, "--json", "--record", "second.vermilion", folder=tmp_path)
    assert after.status == 0
    flown = finish(vehicle)
    assert flown.status == 0
    assert flown.of("summary")[0]["bytes_lost"] > 0
    assert {"stage_3_ignition", "stage_3_burnout", "orbit_insertion", "payload_separation"} <= set(after.events)
    assert after.of("verdict")[0]["outcome"] == "orbit"


def test_noise_on_the_line_costs_frames_and_nothing_else(stream: bytes) -> None:
    """One hit in every 20,000 bytes: each costs at most one frame, and every event is still found."""
    rng, noisy = random.Random(5), bytearray(stream)
    hits = sorted(rng.sample(range(len(stream)), len(stream) // 20_000))
    for place in hits:
        noisy[place] ^= rng.randint(1, 255)
    whole = len(Deframer().feed(stream))
    station = Station(default_config())
    reports = []
    for place in range(0, len(noisy), 4096):
        reports += station.receive(Chunk(place * 1000, "line", bytes(noisy[place : place + 4096])))
    link = station.links["line"]
    assert whole - link.deframer.frames <= len(hits)
    assert link.deframer.frames_damaged > 0
    assert link.vehicle.counters.lost == pytest.approx(whole - link.deframer.frames, abs=3)
    confirmed = {r.name for r in reports if getattr(r, "status", "") == "confirmed"}  # type: ignore[union-attr]
    assert {"liftoff", "stage_1_burnout", "stage_3_ignition", "orbit_insertion", "payload_separation"} <= confirmed
