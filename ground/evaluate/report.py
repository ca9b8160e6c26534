"""The report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ground.evaluate.judge import Result
from ground.evaluate.pools import Seal


def write(page: Path, judged: Mapping[str, Sequence[Result]], asked: Sequence[str], seal: Seal) -> None:
    """Writes it."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{len(judged)} of {len(asked)}\n{seal}\n")
