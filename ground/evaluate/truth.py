"""The truth of a kept flight, as whoever flew it wrote it down beside the telemetry (`vermilion campaign --keep`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flight.wire.errors import Misuse

TELEMETRY, TRUTH = ".telemetry", ".truth.json"
"""How the names of a kept flight's two files end."""


@dataclass(frozen=True, slots=True)
class TrueFault:
    """Something that was made to go wrong, and when it began and ended (None: it did not); seconds since step 0."""

    kind: str
    choice: str
    values: Mapping[str, float]
    began_s: float | None
    ended_s: float | None


@dataclass(frozen=True, slots=True)
class Expected:
    """An alarm that must be raised `within_s` of `since_s`, when `of` came to be."""

    alarm: str
    of: str
    since_s: float
    within_s: float


@dataclass(frozen=True, slots=True)
class TrueFlight:
    """One flight. Event times are seconds since step 0, which is where the onboard clock begins."""

    vehicle: str
    scenario: str
    plan: str
    plan_text: str
    telemetry: str
    campaign_seed: int
    flight: int
    end_reason: str
    outcome: str
    ended_s: float
    events: Mapping[str, float]
    faults: tuple[TrueFault, ...]
    expected: tuple[Expected, ...]
    also: frozenset[str]
    """Alarms that may rightly follow from the faults."""
    alike: Mapping[str, tuple[tuple[float, float], ...]]
    """By event, from when to when it cannot be told from its own moment."""

    @property
    def troubled_s(self) -> float | None:
        """When the first fault began; None in a flight in which none did."""
        return min((fault.began_s for fault in self.faults if fault.began_s is not None), default=None)


def read(path: Path) -> TrueFlight:
    """The flight whose truth stands in that file. Raises Misuse with the file and the reason."""
    try:
        return parse(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misuse(f"{path}: no truth of a kept flight: {error!r}; remove it and keep the flight anew") from error


def parse(tree: Mapping[str, Any]) -> TrueFlight:
    """The flight in an object of `sim.campaigns.keeping`'s layout. Raises what a wrong layout leads to."""
    events: dict[str, float] = {}
    for event in tree["events"]:
        events.setdefault(str(event["name"]), float(event["time_s"]))
    counts: dict[str, int] = {}
    faults: list[TrueFault] = []
    for fault in sorted(tree["faults"], key=lambda fault: float(fault["time_s"])):
        kind = str(fault["kind"])
        count = counts[kind] = counts.get(kind, 0) + 1
        name = f"fault_{kind}" if count == 1 else f"fault_{kind}_{count}"
        values = {str(key): float(value) for key, value in fault["values"].items()}
        faults.append(TrueFault(kind, str(fault["choice"]), values, events.get(name), events.get(f"{name}_end")))
    return TrueFlight(
        vehicle=str(tree["vehicle"]),
        scenario=str(tree["scenario"]),
        plan=str(tree["plan"]),
        plan_text=str(tree["plan_text"]),
        telemetry=str(tree["telemetry"]),
        campaign_seed=int(tree["campaign_seed"]),
        flight=int(tree["flight"]),
        end_reason=str(tree["end_reason"]),
        outcome=str(tree["outcome"]),
        ended_s=float(tree["ended_s"]),
        events=events,
        faults=tuple(faults),
        expected=tuple(
            Expected(str(one["alarm"]), str(one["of"]), float(one["since_s"]), float(one["within_s"]))
            for one in tree["expect"]
        ),
        also=frozenset(str(name) for name in tree["also"]),
        alike={"max_q": tuple((float(since), float(to)) for since, to in tree["near_max_q"])},
    )
