"""A flight told by its speed and altitude, with the accelerometer, if there is one, as a further source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ground.detect.recorded import alarms, moments
from ground.detect.recorded.accelerometer import Force
from ground.detect.recorded.burns import burns_of
from ground.detect.recorded.descent import descent
from ground.detect.recorded.evidence import believe
from ground.detect.recorded.findings import Findings
from ground.detect.recorded.fitting import running_median
from ground.detect.recorded.legs import Leg, brakes_by_engine
from ground.detect.recorded.losing import living, lost
from ground.detect.recorded.moments import Moment, Unseen
from ground.detect.recorded.reach import LOWEST_ORBIT, perigee_bounds
from ground.detect.recorded.staging import Story, tell
from ground.detect.recorded.thrust import thrust_of
from ground.detect.recorded.tracks import LARGE_SPEED, Track, Tracks
from ground.report import Outcome, Verdict

UPRIGHT = 30_000.0  # m: what goes higher does not fly straight up, so that its climb is not its speed (assumed)
# Where the slowest first stages end (assumed, a little under ZQ-1's 38 km and 1.9 km/s).
LATE_SPEED, LATE_ALTITUDE = 1_000.0, 35_000.0  # m/s, m
NEAR_SOUND = 240.0  # m/s, Mach 0.7: from there on shock waves form about a static port
COARSE = 0.5  # s between samples of an altitude that is all there is
BREAKING = 5.0  # s before a break-up is seen in which what ends a push is the break-up itself
SLACK = 0.5  # s that a burn may seem to begin before lift-off, and that its ends may bend an arc


def told_by_speed(vehicle: str, seen: Tracks, force: Force | None, commands: Sequence[tuple[float, int]]) -> Findings:
    """Everything that the tracks show; only why there is no lift-off where they show no launch."""
    found = Findings(vehicle)
    if not seen.tracks:
        found.undecided["liftoff"] = "no column shows speed or altitude for long enough"
        return found
    seen, lift = _launched(seen)
    if not seen.measured:
        lift = _from_altitude(seen, lift)
    if isinstance(lift, Unseen):
        found.undecided["liftoff"] = lift.reason
        if not lift.flying:
            return found
        start = float(seen.tracks[0].time[0])
        shown = seen.tracks[0].stage[0]
        named = shown > 1 or (shown == 1 and _leg(seen.tracks[0], start).begins_in_burn)
        if _late(seen.tracks[0]) and not named:
            found.undecided["stage_1_burnout"] = (
                "the record begins so fast or high that it does not show which stage burns"
            )
            return found
    else:
        found.add("liftoff", lift)
        start = lift.onset
    legs = [_leg(track, start) for track in seen.tracks]
    if max(float(track.speed.max()) for track in seen.tracks) < LARGE_SPEED:
        legs = [_ascent(leg) for leg in legs]
    legs, since = living(legs)
    story = tell(legs, commands, late=isinstance(lift, Unseen) and _late(seen.tracks[0]))
    if not seen.measured:
        unclear = _unclear(legs[0])
        story = Story() if unclear else Story(events=story.events[:1])
        legs = [replace(leg, burns=leg.burns[:1]) for leg in legs]
        if unclear or not story.events:
            found.undecided["stage_1_burnout"] = unclear or "the slope of the altitude does not show when the push ends"
    broken = alarms.breakup(vehicle, story) if seen.measured else []
    for event in story.events:
        if broken and event.edge.time > float(broken[0].first_s or 0.0) - BREAKING:
            found.undecided[event.name] = f"the vehicle breaks up at {broken[0].first_s:.1f} s"
            continue
        believed = believe(event, force, independent=seen.independent)
        found.add(event.name, believed.moment, confirmed=believed.confirmed)
    found.undecided.update(story.undecided)
    unseen = f"the record does not show when the first push ends, up to {legs[-1].last:.1f} s"
    found.undecided.setdefault("stage_1_burnout", unseen)
    if story.stage >= 2:
        ends = {event.name: event.edge.time for event in story.events}
        found.undecided["stage_1_separation"] = between("no column shows it", ends)
    _add_max_q(found, legs[0], start, "speed" if seen.independent else "altitude")
    _add_arc(found, seen, legs, start)
    if not seen.measured:
        return found
    burns = [burn for leg in legs for burn in leg.burns]
    found.alarms += alarms.no_ignition(vehicle, commands, burns, legs[-1].last, story)
    found.alarms += alarms.short_of_orbit(vehicle, story)
    found.alarms += broken or alarms.stopped_early(vehicle, story)
    gone = None if isinstance(lift, Unseen) else lost(seen, legs, story, since)
    if gone is not None:
        found.alarms.append(alarms.lost(vehicle, *gone))
    outcome, doubt = _outcome(story)
    found.verdict = Verdict(vehicle, outcome)
    if doubt:
        found.undecided["orbit_insertion"] = doubt
    return found


def _launched(seen: Tracks) -> tuple[Tracks, Moment | Unseen]:
    """The tracks from the one on that shows a launch or a flight (before it a source may show anything), and which."""
    first: Moment | Unseen | None = None
    for place, track in enumerate(seen.tracks):
        fastest = max(float(later.speed.max()) for later in seen.tracks[place:])
        lift = moments.liftoff(track, independent=seen.independent, fastest=fastest)
        if place and isinstance(lift, Moment) and track.speed[0] > moments.MOVING:
            lift = Unseen(f"nothing was recorded before {track.time[0]:.1f} s, when it flies already", flying=True)
        if isinstance(lift, Moment) or lift.flying:
            return replace(seen, tracks=seen.tracks[place:]), lift
        first = first or lift
    return seen, first or Unseen("no column shows speed or altitude for long enough")


def _from_altitude(seen: Tracks, lift: Moment | Unseen) -> Moment | Unseen:
    """The same lift-off where the altitude itself begins to rise: its slope, which stands for the speed, is early."""
    track, altitude = seen.tracks[0], seen.altitude
    if altitude is None or (isinstance(lift, Unseen) and not lift.flying):
        return lift
    near = lift.onset if isinstance(lift, Moment) else float(track.time[0])
    onset = moments.leaves_ground(altitude.time, altitude.value, altitude.noise, near)
    if onset is None:
        return lift
    evidence = f"altitude: begins to rise at {onset:.2f} s"
    seen_at = lift.seen if isinstance(lift, Moment) else onset + moments.SUSTAINED
    return Moment(onset, max(seen_at, onset), 1, (evidence, *(lift.evidence[1:] if isinstance(lift, Moment) else ())))


def _unclear(leg: Leg) -> str:
    """Why an altitude alone does not show when the push ends, if it does not."""
    if float(np.nanmax(leg.track.altitude)) > UPRIGHT:
        return "of so high a flight the altitude alone does not show what pushes"
    if float(np.median(np.diff(leg.track.time))) > COARSE:
        return "an altitude so seldom recorded does not show when the push ends"
    if float(np.nanmax(leg.track.speed)) > NEAR_SOUND:
        return "near the speed of sound a barometer errs, so that its slope does not show when the push ends"
    return ""


def between(reason: str, events: Mapping[str, float]) -> str:
    """A reason why the separation of stage 1 is not told, with the bounds (s) that other events set."""
    low, high = (events.get(name) for name in ("stage_1_burnout", "stage_2_ignition"))
    if low is None or high is None or high <= low:
        return reason
    return f"{reason}; it lies between the cut-off at {low:.1f} s and the ignition at {high:.1f} s"


def _late(track: Track) -> bool:
    """Whether a record begins when stage 1 may have burnt out already."""
    return float(track.speed[0]) > LATE_SPEED or float(np.nan_to_num(track.altitude[0])) > LATE_ALTITUDE


def _leg(track: Track, start: float) -> Leg:
    thrust = thrust_of(track)
    return Leg(track, thrust, tuple(burn for burn in burns_of(thrust) if burn.last > start + SLACK))


def _ascent(leg: Leg) -> Leg:
    """Without what seems to push a small rocket from the top of its arc on: charges and parachutes jerk it about."""
    if not np.isfinite(leg.track.altitude).any():
        return leg
    top = float(leg.track.time[int(np.nanargmax(leg.track.altitude))]) - leg.thrust.width
    return replace(leg, burns=tuple(burn for burn in leg.burns if burn.first < top))


def _add_max_q(found: Findings, leg: Leg, start: float, source: str) -> None:
    end = leg.burns[0].last if leg.burns else leg.last
    track = leg.track
    inside = (track.time >= start) & (track.time <= end + moments.SUSTAINED)
    found.consider(
        "max_q", moments.highest_pressure(track.time[inside], track.speed[inside], track.altitude[inside], source)
    )


def _add_arc(found: Findings, seen: Tracks, legs: Sequence[Leg], start: float) -> None:
    """Apogee and landing, from the recorded altitude where nothing pushes."""
    altitude = seen.altitude
    if altitude is None:
        return
    for leg in legs:
        usable = (altitude.time >= max(leg.first, start)) & (altitude.time <= leg.last)
        for burn in leg.burns:
            usable &= (altitude.time < burn.first - SLACK) | (altitude.time > burn.last + SLACK)
        top = moments.apogee(altitude.time[usable], altitude.value[usable], altitude.steps[usable], altitude.noise)
        if (
            top is None or not leg.first <= top.onset <= leg.last or leg.may_orbit(top.onset)
        ):  # a steady orbit's altitude has a top too, but no throw ends there
            continue
        slowest = moments.slowest(leg.track, top.onset, 0.6 * (top.seen - top.onset)) if seen.independent else None
        if slowest is not None:
            at, speed = slowest
            evidence = (*top.evidence, f"speed: lowest of the arc, {speed:.0f} m/s, at {at:.2f} s")
            top = Moment(at, max(top.seen, at), 2, evidence)
        found.add("apogee", top)
        if max(float(other.track.speed.max()) for other in legs) < LARGE_SPEED:
            way_down = descent(altitude, top, None)
            for name, opened in way_down.opened.items():
                found.add(name, opened)
            found.undecided.update(way_down.undecided)
        inside = (altitude.time >= start - SLACK) & (altitude.time <= leg.last)
        time, height, steps = altitude.time[inside], altitude.value[inside], altitude.steps[inside]
        down = moments.landing(time, height, steps, altitude.noise, top.onset)
        down = _standing(down, leg) if down is not None and seen.independent else down
        if down is not None:
            found.add("landing", down)
        return


def _standing(down: Moment, leg: Leg) -> Moment | None:
    """A landing seen in the altitude, moved to where the speed ends (its steps are finer); None where it goes on."""
    moving = np.flatnonzero(running_median(leg.track.speed, 5) > moments.EARTHBOUND)
    if len(moving) == 0:
        return None
    if moving[-1] == len(leg.track) - 1:
        return None if np.median(leg.track.speed[leg.track.time > down.onset]) > moments.EARTHBOUND else down
    at = float(leg.track.time[moving[-1] + 1])
    if abs(at - down.onset) > moments.SUSTAINED:  # the speed is too noisy to say
        return down
    evidence = (*down.evidence, f"speed: under {moments.EARTHBOUND:.0f} m/s from {at:.2f} s on")
    return Moment(at, max(down.seen, at), 2, evidence)


def _outcome(story: Story) -> tuple[Outcome, str]:
    """Where the last state leads if every direction of flight leads there; else unknown, with the reason if close."""
    leg = story.leg
    if leg is None or leg.ends_in_burn or leg.track.frozen_end is not None:
        return "unknown", ""
    track = leg.track
    if story.stage <= 1 and (brakes_by_engine(leg) or leg.shown(leg.last) == 1):
        return "unknown", ""  # the stage above is not shown
    last = (track.time >= track.time[-1] - 5.0) & np.isfinite(track.altitude)
    if last.sum() < 3:
        return "unknown", ""
    speed, climb, altitude = (float(np.median(values[last])) for values in (track.speed, track.climb, track.altitude))
    low, high = perigee_bounds(speed, climb, altitude)
    if low > LOWEST_ORBIT:
        return "orbit", ""
    if high < LOWEST_ORBIT:
        return "suborbital", ""
    return "unknown", (
        f"the direction of flight is not recorded: {speed:.0f} m/s over the ground at {altitude / 1e3:.0f} km allow"
        f" a perigee from {low / 1e3:.0f} km to {high / 1e3:.0f} km"
    )
