"""One listening session: a station, its recording, its views and its links, from start to summary."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flight import VERSION
from flight.links.factory import receiver
from flight.links.url import parse
from ground.inputs import StationConfig
from ground.operator import LIMITS, REQUESTS, Operator
from ground.recording import SUFFIX, Header, Recording, Trailer, Writer
from ground.shell import Listener, Shell
from ground.station import Station
from ground.views.lines import JsonLines, PlainLines
from ground.views.outlet import Outlet

FOLDER = Path("recordings")
"""Where recordings go that the user does not name, below the folder in which the station was started."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a user can choose. `record` None is a new file in `FOLDER`, `limits` None the operator's file there;
    `products_hz` 0 shows no lines of products.
    """

    record: Path | None = None
    wait: bool = True
    as_json: bool = False
    limits: Path | None = None
    products_hz: float = 0.0


class Session:
    """Listens to `urls` until every vehicle has ended its stream, or it is stopped."""

    def __init__(self, urls: Sequence[str], config: StationConfig, options: Options) -> None:
        self._receivers = {parse(url).shown: receiver(url, options.wait) for url in urls}
        self._options = options
        self.station = Station(config, options.products_hz)
        started = datetime.now(UTC)
        self.recording = options.record or _new_name(started)
        header = Header(f"vermilion {VERSION}", started.isoformat(timespec="seconds"), config)
        self._writer = Writer(self.recording, header)
        self.shell: Shell | None = None

    async def run(self, opened: Callable[[str], None] | None = None) -> None:
        """Until the end; `opened` is called each time a link opens."""
        if not self._options.as_json and sys.stdout.isatty():
            from rich.console import Console

            from ground.views.console import LiveConsole

            screen = LiveConsole(self.station, Console(), str(self.recording))
            drawing = asyncio.create_task(screen.keep_drawing())
            try:
                await self._listen(screen, opened)
            finally:
                drawing.cancel()
                screen.close()
            return
        outlet = Outlet(sys.stdout)
        try:
            await self._listen(JsonLines(outlet) if self._options.as_json else PlainLines(outlet), opened)
        finally:
            outlet.close()

    async def _listen(self, view: Listener, opened: Callable[[str], None] | None) -> None:
        requests = self.recording.with_name(self.recording.name + REQUESTS)
        operator = Operator(self._options.limits or FOLDER / LIMITS, requests)
        self.shell = Shell(self.station, self._writer, [view], operator=operator)
        try:
            await self.shell.run(self._receivers, opened)
        finally:
            self._writer.close(Trailer(self.station.received_ns, self.station.event_log_sha256, self.station.counters))

    def stop(self) -> None:
        """Ends `run` after what has been received."""
        if self.shell is not None:
            self.shell.stop()


def summary_line(station: Station, recording: Path, telemetry_sha256: str | None = None, **more: object) -> str:
    """The last JSON line of a run; the telemetry's hash is known only where the vehicle was flown here."""
    record = {
        "type": "summary",
        **station.counters,
        "event_log_sha256": station.event_log_sha256,
        "telemetry_sha256": telemetry_sha256,
        "recording": str(recording),
        **more,
    }
    return json.dumps(record, ensure_ascii=False)


def summary_sentence(station: Station, recording: Path) -> str:
    """The same for people."""
    counted = station.counters
    return (
        f"{counted['frames']:,} frames, {counted['frames_lost']:,} lost, {counted['bytes_discarded']:,} bytes discarded"
        f"; event log SHA-256 {station.event_log_sha256[:16]}…; recorded in {recording}"
    )


def _new_name(started: datetime) -> Path:
    FOLDER.mkdir(exist_ok=True)
    stem, number = started.strftime("%Y-%m-%dT%H%M%SZ"), 1
    while (path := FOLDER / f"{stem}{'' if number == 1 else f'-{number}'}{SUFFIX}").exists():
        number += 1
    return path


def recordings_in(folder: Path) -> list[Recording]:
    """The readable recordings in a folder, oldest first."""
    return [Recording(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
