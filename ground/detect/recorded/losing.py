"""A source that stops showing a vehicle in flight: it is set to nought, jumps to what cannot be, or ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ground.detect.recorded.cleaning import LONGEST_BRIDGE
from ground.detect.recorded.legs import Leg
from ground.detect.recorded.staging import Story
from ground.detect.recorded.tracks import ALOFT, LARGE_ROCKET, Tracks

FLYING = 40.0  # m/s; slower than this a vehicle may have come to rest where a feed is set to nought
LEFT = 5.0, 5  # s and rows that a source must go on for with nothing of the vehicle in them
AT_ONCE = 3.0  # s after the end of the push
ENDS_UNDER_THRUST = "the record ends while the first stage pushes, or as it stops; the vehicle's end or the recorder's"


def living(legs: Sequence[Leg]) -> tuple[list[Leg], float | None]:
    """Legs without those of a feed that was set to one value in flight, and when that was (s), if it was."""
    kept: list[Leg] = []
    since: float | None = None
    for leg in legs:
        before = kept[-1] if kept else None
        if before is not None and _dead(leg) and before.track.speed[-1] > FLYING and _jumped(before, leg):
            since = before.last if since is None else since
            continue
        kept.append(leg)
        since = None
    return kept, since


def _dead(leg: Leg) -> bool:
    """Whether nothing moves on a leg: one speed all along, and one altitude where there is any."""
    height = leg.track.altitude[np.isfinite(leg.track.altitude)]
    return bool(np.ptp(leg.track.speed) <= leg.track.noise * 4.0 and (len(height) == 0 or np.ptp(height) <= 1.0))


def _jumped(before: Leg, leg: Leg) -> bool:
    """Whether a dead leg cannot be the vehicle at rest: too sudden for its brakes, too far off, or up in the air."""
    lasted = leg.first - before.last
    speed, height = before.track.speed[-1], before.track.altitude[-1]
    sudden = abs(leg.track.speed[0] - speed) > LARGE_ROCKET * lasted + FLYING
    away = abs(leg.track.altitude[0] - height) > 1.2 * max(speed, leg.track.speed[0]) * lasted + ALOFT
    if not away and before.track.climb[-1] < 0.0:
        return False  # it struck the ground
    hangs = leg.track.speed[0] < FLYING and leg.track.altitude[0] > before.track.altitude[0] + ALOFT
    return bool(lasted < LONGEST_BRIDGE and (sudden or away or hangs))


def lost(seen: Tracks, legs: Sequence[Leg], story: Story, since: float | None) -> tuple[float, str] | None:
    """When (s) and why the source shows nothing more of a first stage in flight; None where it does, or may.

    Later on webcasts look at the other stage and at nothing, so that what is no longer shown is not lost.
    """
    leg = story.leg
    if (
        leg is None
        or story.stage > 1
        or story.ambiguous
        or leg.track.frozen_end is not None
        or leg.last < legs[-1].last
    ):
        return None
    if since is not None:
        return since, "it jumps to one value and stays there"
    after = seen.rows[seen.rows > leg.last]
    strikes = leg.track.climb[-1] < 0.0  # then it may have struck the ground
    if len(after) >= LEFT[1] and after[-1] - leg.last >= LEFT[0] and leg.track.speed[-1] > FLYING and not strikes:
        return leg.last, "what it goes on to show no vehicle can do"
    pushed = len(leg.burns) == 1 and leg.last - leg.burns[0].last < AT_ONCE
    if pushed and len(after) < LEFT[1]:
        return leg.last, ENDS_UNDER_THRUST
    return None
