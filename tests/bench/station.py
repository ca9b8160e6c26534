"""The live path in one process: deframe, decode, gaps, limits, latest values, recording; then events, then products."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from flight.wire.frame import encode
from ground.inputs import Chunk, StationConfig
from ground.recording import Header, Writer
from ground.station import Station, default_config
from tests.bench.figure import Figure, best_rate
from tests.bench.wire import copy_rate, pymavlink_rate
from tests.sim import flown

CHUNK = 4096
"""Bytes a read of a busy line gives."""


def flight() -> tuple[bytes, int]:
    """The telemetry of a whole nominal flight, identity packets and all, and its frame count."""
    frames = [encode(packet) for packet in flown.fly("nominal", 1).packets]
    return b"".join(frames), len(frames)


def measure() -> list[Figure]:
    """Frames a second, each run with a new station and a new recording on the disk."""
    stream, count = flight()
    names = itertools.count()

    def whole(config: StationConfig, folder: Path, products_hz: float = 0.0) -> int:
        station = Station(config, products_hz)
        writer = Writer(folder / str(next(names)), Header("bench", "", config))
        for number, start in enumerate(range(0, len(stream), CHUNK)):
            chunk = Chunk(number * 1_000_000, "bench", stream[start : start + CHUNK])
            writer.append(chunk)
            station.receive(chunk)
        writer.close()
        assert station.links["bench"].deframer.frames == count
        assert bool(station.log_lines) is config.events
        return count

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        live = best_rate(lambda: whole(default_config(events=False), folder), 6.0)
        events = best_rate(lambda: whole(default_config(), folder), 8.0)
        products = best_rate(lambda: whole(default_config(), folder, 10.0), 8.0)
    peer = pymavlink_rate()
    return [
        Figure("live_frames_per_s", live, "1/s", asked=">= 300,000", met=live >= 3e5),
        Figure("live_frames_per_s", live, "1/s", "pymavlink", live / peer, ">= 2", live / peer >= 2.0),
        Figure("live_frames_per_s", live, "1/s", "memory copy", live / copy_rate()),
        Figure("live_with_events_frames_per_s", events, "1/s", "live", events / live),
        Figure(
            "live_with_products_at_10_hz_frames_per_s",
            products,
            "1/s",
            "live",
            products / live,
            ">= 50,000",
            products >= 5e4,
        ),
        Figure("events_cost_us_per_frame", (1.0 / events - 1.0 / live) * 1e6, "us"),
    ]
