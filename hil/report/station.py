"""What the ground station says of a flight's telemetry, once it is flown."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from hil.flying import NoLink
from hil.report.benchrun import Record
from hil.station import Recorded, StationRefused, own_plan

PATIENCE_S = 10.0


def watch(frames: bytes, vehicle: str, plan: str) -> list[Record]:
    """The station's lines; none where it could not be started. `plan` is a flight plan's name, or its file."""
    with tempfile.TemporaryDirectory(prefix="vermilion-report-") as folder:
        link = Recorded(NoLink(), Path(folder, "flight.vermilion"), vehicle, own_plan(plan), PATIENCE_S)

        async def hear() -> None:
            await link.open()
            try:
                await link.ready()
                await link.send(frames)
                await link.drain()
            finally:
                await link.close()

        try:
            asyncio.run(hear())
        except StationRefused:
            return []
        return [json.loads(line) for line in link.lines.splitlines()]
