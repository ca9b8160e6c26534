"""What a benchmark returns, and how it measures."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `ratio` is value over that of `against`, measured in the same run. `asked` is the goal."""

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    asked: str = ""
    met: bool | None = None

    def as_line(self) -> str:
        """The object that `./run bench --json` prints."""
        ratio = None if self.ratio is None else float(f"{self.ratio:.4g}")
        record = {
            "name": self.name, "value": float(f"{self.value:.6g}"), "unit": self.unit, "against": self.against,
            "ratio": ratio, "asked": self.asked, "met": self.met,
        }  # fmt: skip
        return json.dumps(record)


def best_rate(work: Callable[[], int], seconds: float = 3.0) -> float:
    """Items a second of the fastest of several runs: on a shared machine the others measure the neighbours."""
    best, end = 0.0, time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        items = work()
        now = time.perf_counter()
        best = max(best, items / (now - start))
        if now > end:
            return best
