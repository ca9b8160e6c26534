"""What went wrong on a recorded flight, as far as speed, altitude, acceleration and commands can show it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ground.atmosphere import density
from ground.detect.recorded.burns import Burn
from ground.detect.recorded.cleaning import Frozen
from ground.detect.recorded.reach import perigee_bounds
from ground.detect.recorded.staging import LONG_COAST, THICK_AIR, Story, returns_at
from ground.report import Alarm

IGNITION_DELAY = 5.0  # s, assumed: no igniter takes longer from command to push
UPPER_STAGE_SPEED = 3_000.0  # m/s


def frozen(vehicle: str, spans: Sequence[tuple[str, Frozen]]) -> list[Alarm]:
    """One alarm for all spans in which the source repeated itself; spans: (column, span)."""
    if not spans:
        return []
    column, longest = max(spans, key=lambda item: item[1].end - item[1].start)
    message = (
        f"The source repeats {longest.value:g} from {longest.start:.1f} s to {longest.end:.1f} s"
        f" while the vehicle moves on{f' (and {len(spans) - 1} more times)' if len(spans) > 1 else ''}."
    )
    return [
        Alarm(
            vehicle,
            "frozen_data",
            "watch",
            longest.end,
            message,
            channel=column,
            value=longest.value,
            first_s=spans[0][1].start,
            raised_s=longest.end,
        )
    ]


def no_ignition(
    vehicle: str, commands: Sequence[tuple[float, int]], burns: Sequence[Burn], end: float, story: Story | None = None
) -> list[Alarm]:
    """A stage that was commanded to fire, or whose telemetry was shown all along, and did not push."""
    alarms = []
    for at, stage in commands:
        lit = any(at - IGNITION_DELAY <= burn.first <= at + IGNITION_DELAY for burn in burns)
        if not lit and end >= at + IGNITION_DELAY:
            message = (
                f"Stage {stage} was commanded to fire at {at:.1f} s and nothing pushes within {IGNITION_DELAY:.0f} s."
            )
            seen = at + IGNITION_DELAY
            alarms.append(Alarm(vehicle, "no_ignition", "critical", seen, message, first_s=at, raised_s=seen))
    if not alarms and story is not None and story.ended is not None and story.leg is not None and story.stage == 1:
        leg, cutoff = story.leg, story.ended.last
        if leg.shown(leg.last) >= 2 and leg.last - cutoff >= LONG_COAST and leg.coasts(cutoff, cutoff + LONG_COAST):
            seen = cutoff + LONG_COAST
            message = f"Nothing pushes for {LONG_COAST:.0f} s after the first stage's cut-off, and stage 2 is shown."
            alarms.append(Alarm(vehicle, "no_ignition", "critical", seen, message, first_s=cutoff, raised_s=seen))
    return alarms[:1]


def early_shutdown(vehicle: str, story: Story) -> list[Alarm]:
    """An upper stage that stopped short of any orbit, and nothing pushed again for as long as stages wait."""
    leg, ended = story.leg, story.ended
    if leg is None or ended is None or story.stage < 2 or leg.last - ended.last < LONG_COAST:
        return []
    near = np.abs(leg.track.time - ended.last - 3.0) <= 2.0
    speed, altitude = leg.track.speed[near], leg.track.altitude[near]
    if not np.isfinite(altitude).any() or float(np.median(speed)) < UPPER_STAGE_SPEED:
        return []
    climb = float(np.nanmedian(leg.track.climb[near]))
    perigee = perigee_bounds(float(np.median(speed)), climb, float(np.nanmedian(altitude)))[1]
    if perigee > 0.0:
        return []
    seen = ended.last + LONG_COAST
    message = (
        f"Stage {story.stage} cuts off at {float(np.median(speed)):.0f} m/s, short of any orbit,"
        f" and nothing pushes for {LONG_COAST:.0f} s."
    )
    return [
        Alarm(vehicle, "early_shutdown", "warning", seen, message, channel="speed", first_s=ended.last, raised_s=seen)
    ]


def breakup(vehicle: str, story: Story) -> list[Alarm]:
    """Right after the push ends in thick air, a deceleration that no whole rocket has at that dynamic pressure."""
    leg, ended = story.leg, story.ended
    braking = None if leg is None or ended is None or story.stage > 1 else returns_at(leg, within=0.0)
    if leg is None or ended is None or braking is None or not 0.0 <= braking - ended.last <= 10.0:
        return []
    place = int(np.searchsorted(leg.track.time, braking))
    pressure = 0.5 * density(float(leg.track.altitude[place])) * float(leg.track.speed[place]) ** 2
    if not pressure > THICK_AIR:
        return []
    slowing = float(np.nanmin(leg.thrust.acceleration[place : place + 20]))
    message = (
        f"After the push ends at {ended.last:.1f} s it slows by {-slowing:.0f} m/s² at {pressure / 1e3:.1f} kPa:"
        " no whole rocket has so much drag."
    )
    return [
        Alarm(
            vehicle,
            "breakup",
            "critical",
            braking,
            message,
            channel="speed",
            value=slowing,
            first_s=braking,
            raised_s=braking,
        )
    ]
