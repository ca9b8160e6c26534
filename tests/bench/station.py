"""The live path in one process: deframe, decode, gaps, limits, latest values, recording; then events, then products."""

from __future__ import annotations

import itertools
import math
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from flight.intervals import percentile
from flight.wire.frame import encode
from ground.inputs import Chunk, StationConfig
from ground.recording import Header, Writer
from ground.station import Station, default_config
from tests.bench.figure import Figure, best_rate
from tests.bench.wire import copy_rate, pymavlink_rate
from tests.sim import flown

CHUNK = 4096
"""Bytes a read of a busy line gives."""
RUNS = 3
"""Passes over the flight frame by frame; the quickest of each frame counts, what disturbed it once does not."""
LIMIT_US = 200.0
"""That a frame may cost in the live path, in 99 of 100."""


def flight() -> list[bytes]:
    """The frames of a whole nominal flight, identity packets and all."""
    return [encode(packet) for packet in flown.fly("nominal", 1).packets]


def frame_costs(frames: Sequence[bytes], folder: Path) -> list[float]:
    """Microseconds of each frame, rising: written down and through the whole station with everything on, by itself."""
    now, config = time.perf_counter_ns, default_config()
    costs = [math.inf] * len(frames)
    for run in range(RUNS):
        station, writer = Station(config, 10.0), Writer(folder / f"frames-{run}", Header("bench", "", config))
        for place, frame in enumerate(frames):
            chunk = Chunk(place * 1_000_000, "bench", frame)
            began = now()
            writer.append(chunk)
            station.receive(chunk)
            costs[place] = min(costs[place], (now() - began) * 1e-3)
        writer.close()
    return sorted(costs)


def measure() -> list[Figure]:
    """Frames a second, each run with a new station and a new recording on the disk."""
    frames = flight()
    stream, count = b"".join(frames), len(frames)
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
        costs = frame_costs(frames, folder)
    usual, rare, rarest = (percentile(costs, part) for part in (0.5, 0.99, 0.999))
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
        Figure("frame_us_p50", usual, "us"),
        Figure("frame_us_p99", rare, "us", "p50", rare / usual, f"<= {LIMIT_US:g}", rare <= LIMIT_US),
        Figure("frame_us_p99.9", rarest, "us", "p50", rarest / usual),
    ]
