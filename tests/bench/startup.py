"""How long `vermilion --help` takes, as a process, beside a bare interpreter."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.bench.figure import Figure


def seconds(*command: str) -> float:
    """The fastest of ten runs."""
    times = []
    for _ in range(10):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


def measure() -> list[Figure]:
    """Start-up against an interpreter that does nothing."""
    shown, bare = seconds("-m", "vermilion", "--help"), seconds("-c", "pass")
    return [Figure("help_s", shown, "s", "python -c pass", shown / bare, "< 0.3 s", shown < 0.3)]
