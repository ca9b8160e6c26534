"""The real commands as real processes, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Its standard output as JSON lines; fails where a line is none."""
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The lines of one type."""
        return [record for record in self.records if record["type"] == kind]

    @property
    def events(self) -> dict[str, dict[str, Any]]:
        """The latest line of each event."""
        return {record["name"]: record for record in self.of("event")}

    @property
    def alarms(self) -> dict[str, dict[str, Any]]:
        """The latest line of each alarm."""
        return {record["name"]: record for record in self.of("alarm")}

    @property
    def log(self) -> list[str]:
        """The event log's lines: all but the summary."""
        return [line for line in self.out.splitlines() if not line.startswith('{"type": "summary"')]


def command(arguments: Sequence[str]) -> list[str]:
    """The command line of `vermilion ARGUMENTS` in this environment."""
    return [sys.executable, "-m", "vermilion", *arguments]


def start(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    """A running command."""
    return subprocess.Popen(
        command(arguments),
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def finish(child: subprocess.Popen[str], seconds: float = 240.0) -> Finished:
    """Waits for a command."""
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        raise AssertionError(f"still running after {seconds} s; it said:\n{out[-2000:]}\n{err[-2000:]}") from None
    return Finished(child.returncode, out, err)


def run(*arguments: str, folder: Path, seconds: float = 240.0) -> Finished:
    """Runs a command to its end in a folder."""
    return finish(start(*arguments, folder=folder), seconds)
