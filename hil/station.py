"""A station that listens to the bench and records: a process of its own, as beside any vehicle."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flight.links.factory import transmitter
from flight.links.link import Transmitter

LAST_WORD_S: Final = 60.0
"""How long a station may take to its conclusions after the last byte; it is asked to stop then."""


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What a station came to: names in the order in which they were first said."""

    outcome: str | None
    events: tuple[str, ...]
    alarms: tuple[str, ...]
    event_log_sha256: str | None


class StationRefused(Exception):
    """The station did not start; it has said why."""


class Recorded:
    """A link whose bytes a station hears too, and records in `path`. `conclusions` are there once it is closed.

    `patience_s` is how long the station waits for the end of a stream that has none.
    """

    def __init__(
        self, link: Transmitter, path: Path, vehicle: str, own_plan: Path | None, patience_s: float = LAST_WORD_S
    ) -> None:
        self._link, self._path, self._vehicle, self._own_plan = link, path, vehicle, own_plan
        self._patience_s = patience_s
        self._heard = transmitter("tcp-listen://127.0.0.1:0", vehicle, 0.0)
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed in `close`)
        self._process: subprocess.Popen[str] | None = None
        self.url, self.bytes_lost = link.url, 0
        self.conclusions: Conclusions | None = None
        self.lines = ""
        """All that the station has said, a JSON object a line."""

    async def open(self) -> None:
        """Both links; the station starts."""
        await self._link.open()
        self.url = self._link.url
        await self._heard.open()
        command = [sys.executable, "-m", "vermilion", "ground", self._heard.url, "--record", os.fspath(self._path)]
        command += ["--json"] if self._own_plan is None else ["--json", "--profile", os.fspath(self._own_plan)]
        self._process = subprocess.Popen(command, stdout=self._said, stdin=subprocess.DEVNULL, text=True)

    async def ready(self) -> None:
        """Both links have somebody who listens. Raises StationRefused."""
        await self._link.ready()
        waiting = asyncio.create_task(self._heard.ready())
        while not (await asyncio.wait([waiting], timeout=0.1))[0]:
            if self._process is None or self._process.poll() is not None:
                waiting.cancel()
                raise StationRefused

    async def send(self, data: bytes) -> None:
        """To both."""
        await self._heard.send(data)
        await self._link.send(data)
        self.bytes_lost = self._link.bytes_lost

    async def drain(self) -> None:
        """Both."""
        await self._heard.drain()
        await self._link.drain()

    async def close(self) -> None:
        """Both; and the station's last word."""
        await self._link.close()
        await self._heard.close()
        if self._process is not None:
            await asyncio.to_thread(self._wait, self._process)
            self._said.seek(0)
            self.lines = self._said.read()
            self.conclusions = read(self.lines, self._vehicle)
        self._said.close()

    def _wait(self, process: subprocess.Popen[str]) -> None:
        for request in (signal.SIGINT, signal.SIGKILL):
            try:
                process.wait(self._patience_s)
                return
            except subprocess.TimeoutExpired:
                process.send_signal(request)
        process.wait()


def read(lines: str, vehicle: str) -> Conclusions:
    """What a station's JSON lines say of one vehicle; a payload that speaks for itself is another."""
    said: list[dict[str, Any]] = [json.loads(line) for line in lines.splitlines()]
    records = [record for record in said if record.get("vehicle", vehicle) == vehicle]

    def names(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(record["name"]) for record in records if record["type"] == kind))

    outcomes = [str(record["outcome"]) for record in records if record["type"] == "verdict"]
    hashes = [record["event_log_sha256"] for record in records if record["type"] == "summary"]
    return Conclusions(
        outcomes[-1] if outcomes else None, names("event"), names("alarm"), hashes[-1] if hashes else None
    )


def own_plan(name: str) -> Path | None:
    """A plan's file where it is none of those that come with the software, which every station knows."""
    from flight.plans.plan import names

    return None if name in names() else Path(name)
