"""One kept flight, judged: over each link and with each kind of noise that is asked for, beside simple rules."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.kept import kept_frames
from ground.detect import thresholds as threshold_files
from ground.evaluate.baselines import guess, watch
from ground.evaluate.channel import BAD, ROUGH, USUAL, Channel, Sent, carry
from ground.evaluate.layers import without
from ground.evaluate.listen import Heard, listen
from ground.evaluate.noise import UnseenNoise
from ground.evaluate.score import score_alarms, score_events
from ground.evaluate.truth import TrueFlight
from ground.evaluate.truth import read as read_truth
from ground.inputs import StationConfig
from ground.report import Alarm, Event

Result = dict[str, Any]
"""One flight in one variant, as `judge` describes it; plain values, for a line of JSON."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to hear a flight. `layer_off` names a layer of the thresholds file that does not work."""

    name: str
    channel: Channel = USUAL
    noise: bool = False
    profile: bool = True
    layer_off: str = ""


BASE = Variant(USUAL.name)
NOISY = "unseen noise"
OTHERS = (
    Variant(BAD.name, BAD),
    Variant(NOISY, noise=True),
    Variant(ROUGH.name, ROUGH),
    Variant("no profile", profile=False),
)
"""Beside the usual link; without its profile a vehicle is one that nothing was fitted to (leave one vehicle out)."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What flights are judged by: texts of thresholds and of profiles by plan, the variants, and whether simple rules
    are asked too.
    """

    thresholds: str
    profiles: Mapping[str, str]
    variants: tuple[Variant, ...]
    baselines: bool


def judge(truth_file: Path, telemetry_file: Path, judging: Judging) -> list[Result]:
    """A result for each variant and simple rule set:

    variant, link                which; the flight's `vehicle`, `scenario`, `telemetry`, `seed`, `flight`
    hours, frames, frames_lost   what the station had
    true_outcome, outcome        the truth's and the verdict's
    faults                       [[kind, began_s]]
    events, false_events         `score.EventScore`, `score.FalseEvent`
    expected, alarms             `score.ExpectedScore`, `score.AlarmScore`

    Raises Misuse for files that are damaged.
    """
    flight = read_truth(truth_file)
    sent = list(kept_frames(telemetry_file.read_bytes(), str(telemetry_file)))
    plan = plans.parse(flight.plan_text, flight.plan)
    results: list[Result] = []
    for variant in judging.variants:
        arriving = list(_arriving(flight, sent, variant))
        # Named like a link on which frames may overtake each other, or like one on which they cannot.
        link = "udp://:0" if variant.channel.merges else "serial:"
        heard = listen(_config(flight, judging, variant), arriving, link)
        events, alarms = heard.events(flight.vehicle), heard.alarms()
        results.append(_result(flight, variant.name, heard, events, alarms))
        if judging.baselines and variant == BASE:
            said = watch(arriving, default(), flight.vehicle, plan)
            liftoff_s = flight.events.get("liftoff", plan.countdown_s)
            draw = random.Random(f"{_name(flight)}/random")
            said["random"] = guess(events, alarms, plan, liftoff_s, heard.ended_s, draw)
            results += [_result(flight, name, heard, *claims) for name, claims in said.items()]
    return results


def _config(flight: TrueFlight, judging: Judging, variant: Variant) -> StationConfig:
    """A station that knows this flight's plan alone, which is all that it would use."""
    thresholds = judging.thresholds or threshold_files.default_text()
    if variant.layer_off:
        thresholds = without(thresholds, variant.layer_off)
    profile = judging.profiles.get(flight.plan) if variant.profile else None
    return StationConfig(
        dictionaries=(default().text,),
        plans={flight.plan: flight.plan_text},
        thresholds=thresholds,
        profiles={} if profile is None else {flight.plan: profile},
    )


def _arriving(flight: TrueFlight, sent: Sequence[Sent], variant: Variant) -> Iterable[tuple[int, bytes]]:
    name = _name(flight)
    noisy: Iterable[Sent] = sent
    if variant.noise:
        noisy = UnseenNoise(default(), random.Random(f"{name}/noise")).over(sent)
    # The same draws for all variants over one channel, so that they differ by what they are about.
    return carry(noisy, variant.channel, random.Random(f"{name}/{variant.channel.name}"))


def _name(flight: TrueFlight) -> str:
    return f"{flight.vehicle}/{flight.scenario}/{flight.campaign_seed}/{flight.flight}"


def _result(
    flight: TrueFlight,
    variant: str,
    heard: Heard,
    events: Sequence[tuple[float, Event]],
    alarms: Sequence[tuple[float, Alarm]],
) -> Result:
    found, false = score_events(flight.events, events, heard.holes, heard.ended_s)
    wanted, lines = score_alarms(flight.expected, flight.also, flight.troubled_s, alarms, heard.ended_s, flight.events)
    return {
        "variant": variant,
        "vehicle": flight.vehicle,
        "scenario": flight.scenario,
        "telemetry": flight.telemetry,
        "seed": flight.campaign_seed,
        "flight": flight.flight,
        "hours": round((heard.ended_s - heard.began_s) / 3600.0, 6),
        "frames": heard.frames,
        "frames_lost": heard.frames_lost,
        "true_outcome": flight.outcome,
        "outcome": heard.outcome(flight.vehicle),
        "faults": [[fault.kind, fault.began_s] for fault in flight.faults],
        "events": [asdict(one) for one in found],
        "false_events": [asdict(one) for one in false],
        "expected": [asdict(one) for one in wanted],
        "alarms": [asdict(one) for one in lines],
    }
