"""The firmware on this computer: its speed, and its core under ten million inputs with the sanitizers on."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from flight.wire.dictionary import default
from flight.wire.frame import encode
from flight.wire.packet import Codec
from hil.firmware.build import build
from hil.firmware.ports.host.recipe import LIBRARY
from hil.native import Native
from tests.bench.figure import Figure
from tests.hil import flown, fuzzed
from tests.system_parts import find

INPUTS = 10_000_000


def speed() -> Figure:
    """A whole flight's sensors through the shared library; the plant, and making the frames, apart."""
    flight = flown.fly("nominal")
    frames = [encode(packet) for packet in flight.sensors]
    start = encode(Codec(default().packets["start"]).encode(0, 0, 0, flight.start))
    native = Native(build("host").products[LIBRARY])
    best = 0.0
    for _ in range(3):
        native.receive(start)
        begun = time.perf_counter()
        for frame in frames:
            native.receive(frame)
        best = max(best, len(frames) / 100.0 / (time.perf_counter() - begun))
    return Figure("native_board_speed", best, "x", "real time", best, ">= 200", best >= 200.0)


def fuzz() -> list[Figure]:
    """Inputs taken without a finding of the sanitizers, and damaged frames taken for whole ones."""
    gcc = find("gcc")
    if gcc is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        outcome = fuzzed.run(fuzzed.build(gcc, Path(folder), fuzzed.SANITIZED), seed=2, inputs=INPUTS)
    return [
        Figure("firmware_inputs_clean", INPUTS, "1", asked=">= 10,000,000", met=True),
        Figure("firmware_damaged_frames", outcome.damaged, "frames", asked=">= 1,000,000", met=outcome.damaged >= 1e6),
        Figure("firmware_wrong_accepted", outcome.wrong, "frames", asked="0", met=outcome.wrong == 0),
    ]


def measure() -> list[Figure]:
    """Speed first."""
    return [speed(), *fuzz()]
