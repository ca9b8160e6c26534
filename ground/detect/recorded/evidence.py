"""Why an end of a burn is believed: one sentence for each independent measurement that shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.detect.recorded.accelerometer import Force, sharpened
from ground.detect.recorded.burns import SHORTEST_BURN, SHORTEST_COAST, spans
from ground.detect.recorded.moments import Moment
from ground.detect.recorded.staging import StageEvent
from ground.detect.recorded.tracks import gravity as gravity_at

LONGEST_COAST = 60.0  # s
FREE = 1.5  # m/s²: tail-off, venting and thin air stay below, engines do not
SETTLING = 4.0  # s that a tail-off or a start-up may take
TELLING = 3.0  # times its own doubt: as much gravity along the path as lets the altitude say something about the speed
ACCOUNTED = 0.5  # of that gravity may remain unexplained
LOOSE = 1.0  # s: an end that a gap leaves open by more than this is not confirmed


@dataclass(frozen=True, slots=True)
class Believed:
    """The moment, and whether it is certain enough to be called confirmed."""

    moment: Moment
    confirmed: bool


def believe(event: StageEvent, force: Force | None, *, independent: bool) -> Believed:
    """Evidence for one end of a burn found in speed and altitude, with the accelerometer's word where there is one."""
    rising = event.edge is event.burn.start
    edge, leg = event.edge, event.leg
    onset = edge.time
    push = f"{edge.before:.1f} to {edge.after:.1f} m/s²"
    evidence = [f"speed: the push goes from {push} at {edge.time:.2f} s, gravity taken out"]
    if edge.slack > 0.0:
        evidence[0] += f", within a gap of {2.0 * edge.slack:.1f} s"
    coast = _coast_agrees(event, rising) if independent else None
    if coast is not None:
        evidence.append(coast)
    felt = None if force is None else sharpened(force, edge.time, rising=rising)
    if force is not None and felt is not None:
        evidence.append(f"{force.column}: the push {'begins' if rising else 'ends'} at {felt:.2f} s")
        onset = felt
    crossed, lasting = (event.burn.first, SHORTEST_BURN) if rising else (event.burn.last, SHORTEST_COAST)
    seen = min(crossed + lasting + 0.5 * leg.thrust.width, leg.last)
    moment = Moment(onset, max(seen, onset), len(evidence), tuple(evidence))
    return Believed(moment, len(evidence) > 1 and (edge.slack <= LOOSE or felt is not None))


def _coast_agrees(event: StageEvent, rising: bool) -> str | None:
    """The altitude's word: on the coasting side its climb explains how the speed changes, so that nothing pushes there.

    The coast is taken as far as it is free of other burns, up to LONGEST_COAST.
    """
    thrust, track, at = event.leg.thrust, event.leg.track, event.edge.time
    settled = 0.5 * thrust.width + 0.5
    away = (at - thrust.time) if rising else (thrust.time - at)
    calm = np.abs(thrust.acceleration) <= np.maximum(FREE, thrust.error)
    calm &= np.isfinite(thrust.gravity_along) & (away >= settled) & (away <= LONGEST_COAST)
    runs = [run for run in spans(calm) if min(away[run[0]], away[run[1]]) <= settled + SETTLING]
    if not runs:
        return None
    first, last = max(runs, key=lambda run: run[1] - run[0])
    inside = slice(first, last + 1)
    if last - first < 5:
        return None
    time = thrust.time[inside]
    lasted = float(time[-1] - time[0])
    rest = float(np.polyfit(time - time[0], thrust.ideal_speed[inside], 1)[0])
    gravity = float(np.mean(thrust.gravity_along[inside]))
    level, speed = float(gravity_at(track.altitude[inside]).mean()), float(np.mean(track.speed[inside]))
    doubt = 3.0 * track.noise * float(np.sqrt(12.0 / len(time))) / lasted
    doubt += level * float(np.max(track.altitude_step[inside])) / (lasted * max(speed, 1.0))
    if abs(gravity) < TELLING * doubt or abs(rest) > ACCOUNTED * abs(gravity):
        return None
    return (
        f"altitude: for {lasted:.0f} s of coast its climb explains {-gravity:.2f} of the {rest - gravity:.2f} m/s²"
        " by which the speed changes"
    )
