"""A toy flight kept as a campaign keeps one: nobody's simulator is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flight.wire.frame import Deframer
from flight.wire.kept import KeptEncoder
from tests.ground import toy


def truth(flown: toy.Flown, **changes: Any) -> dict[str, Any]:
    """The truth file's object."""
    events = [{"name": name, "time_s": time_s} for name, time_s in flown.truth.items()]
    return {
        "vehicle": toy.NAME,
        "scenario": "nominal",
        "plan": toy.PLAN,
        "plan_text": toy.config().plans[toy.PLAN],
        "telemetry": "full",
        "campaign_seed": 1,
        "flight": 0,
        "seed": 1,
        "outcome": "suborbital",
        "end_reason": "stopped",
        "ended_s": flown.frames[-1][0],
        "events": events,
        "faults": [],
        "expect": [],
        "also": [],
        "near_max_q": [],
        **changes,
    }


def keep(flown: toy.Flown, folder: Path, **changes: Any) -> tuple[Path, Path]:
    """Writes both files: the truth and the telemetry."""
    encoder, data = KeptEncoder(), b""
    steps: dict[int, list[bytes]] = {}
    for time_s, _, frame in flown.frames:
        steps.setdefault(round(time_s * 100), []).extend(Deframer().feed(frame))
    for step, packets in steps.items():
        data += encoder.add(step, packets)
    described, telemetry = folder / "nominal-0.truth.json", folder / "nominal-0.telemetry"
    telemetry.write_bytes(data + encoder.finish())
    described.write_text(json.dumps(truth(flown, **changes)))
    return described, telemetry
