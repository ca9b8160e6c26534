"""A whole flight through real processes: to the verdict, and to the first frame of a second start."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figure import Figure


def flight(scenario: str, folder: Path) -> tuple[float, float, int]:
    """Seconds until the first line, until the end, and the frames of one demo at full speed."""
    command = [
        sys.executable,
        "-m",
        "vermilion",
        "demo",
        "--scenario",
        scenario,
        "--speed",
        "max",
        "--no-web",
        "--json",
    ]
    start = time.perf_counter()
    child = subprocess.Popen(
        [*command, "--record", str(folder / f"{scenario}.vrec")], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert child.stdout is not None
    first, frames = 0.0, 0
    for line in child.stdout:
        first = first or time.perf_counter() - start
        record = json.loads(line)
        frames = record["frames"] if record["type"] == "summary" else frames
    assert child.wait() == 0
    return first, time.perf_counter() - start, frames


def first_frame(folder: Path) -> float:
    """Seconds from the start of a demo to the first bytes in its recording."""
    path = folder / "first.vrec"
    command = [sys.executable, "-m", "vermilion", "demo", "--speed", "max", "--no-web", "--json", "--record", str(path)]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        header = 0
        while time.perf_counter() - start < 60:
            size = path.stat().st_size if path.exists() else 0
            header = header or size
            # The header is one write and the link's opening a few bytes; telemetry comes in hundreds.
            if size > header + 300:
                return time.perf_counter() - start
            time.sleep(0.002)
        raise AssertionError("no frame within a minute")
    finally:
        child.terminate()
        child.wait()


def measure() -> list[Figure]:
    """Set-up not included: `./run` in a fresh clone adds it, and prints how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        figures = []
        for scenario in ("maiden", "nominal"):
            _, whole, frames = flight(scenario, Path(folder))
            figures.append(Figure(f"demo_{scenario}_to_verdict_s", whole, "s", asked="< 150 s", met=whole < 150))
            figures.append(Figure(f"demo_{scenario}_frames", frames, "frames"))
        first = first_frame(Path(folder))
        figures.append(Figure("second_start_to_first_frame_s", first, "s", asked="< 1 s", met=first < 1.0))
    return figures
