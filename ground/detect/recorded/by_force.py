"""A flight told by its accelerometer, with the altitude, if there is one, as the second source."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ground.detect.flightfile import FlightFile
from ground.detect.recorded import accelerometer, alarms, moments
from ground.detect.recorded.accelerometer import Force
from ground.detect.recorded.breaking import Broken, broken_up, seen_in_climb
from ground.detect.recorded.burns import Burn, Edge
from ground.detect.recorded.by_speed import SLACK, between
from ground.detect.recorded.descent import JERK, descent
from ground.detect.recorded.findings import Findings
from ground.detect.recorded.fitting import Array, robust_sigma
from ground.detect.recorded.losing import ENDS_UNDER_THRUST
from ground.detect.recorded.moments import Moment
from ground.detect.recorded.staging import COMMAND_TO_PUSH
from ground.detect.recorded.tracks import Channel, Tracks, altitude_channel
from ground.report import Verdict

FASTEST_CLIMB = 2_000.0  # m/s: more than anything reaches that flies with accelerometer and altimeter alone
SETTLED = 0.15  # s after a cut-off and before an ignition that still hold their own jolts
LONGEST_GAP = 0.5  # s to each side of a change of push within which it may lie unseen
LONGEST_JERK = 0.3  # s
AGREEMENT = 1.0  # s, and five in a hundred of the time since lift-off: drift of an integrated acceleration


def told_by_force(
    flight: FlightFile, force: Force, seen: Tracks, commands: Sequence[tuple[float, int]]
) -> Findings | None:
    """Everything that the accelerometer shows; None where it shows no lift-off."""
    altitude = seen.altitude if seen.altitude is not None else altitude_channel(flight, FASTEST_CLIMB)
    lift = accelerometer.liftoff(force, altitude)
    if lift is None:
        return None
    found = Findings(flight.vehicle)
    found.add("liftoff", lift)
    top = None if altitude is None else _top(altitude, lift.onset)
    end = top.onset if top is not None else _top_by_force(force, lift.onset)
    broken = None if altitude is None else broken_up(force, altitude, lift.onset, end)
    burns = _burns(force, altitude, lift.onset, end, broken)
    _name(found, burns, force, altitude, commands)
    if broken is not None:
        found.alarms.append(alarms.broken(flight.vehicle, broken))
        if burns and burns[-1].end is None:
            stage = f"stage_{len(burns)}_burnout"
            found.undecided[stage] = f"the rocket breaks up at {broken.time:.1f} s"
    if altitude is None:
        found.undecided["apogee"] = "no column shows the altitude"
    elif top is None:
        found.undecided["apogee"] = f"the altitude shows no top of an arc up to {altitude.time[-1]:.1f} s"
    else:
        found.add("apogee", _with_vertical_speed(flight, force, top, lift.onset))
        if broken is None:
            way_down = descent(altitude, top, force)
            for name, opened in way_down.opened.items():
                found.add(name, opened)
            found.undecided.update(way_down.undecided)
        down = moments.landing(altitude.time, altitude.value, altitude.steps, altitude.noise, top.onset)
        if down is not None:
            found.add("landing", down)
        found.verdict = Verdict(flight.vehicle, "suborbital")
    _add_max_q(found, force, altitude, lift.onset, burns[0].last if burns else end)
    if altitude is not None:
        found.alarms += alarms.tumbling(flight, altitude, lift.onset, end)
    last = float(force.time[-1]) if broken is None else broken.time
    found.alarms += alarms.no_ignition(flight.vehicle, commands, burns, last)
    if broken is None and len(burns) == 1 and burns[0].end is None and burns[0].last == last:
        found.alarms.append(alarms.lost(flight.vehicle, last, ENDS_UNDER_THRUST))
    return found


def _burns(force: Force, altitude: Channel | None, start: float, end: float, broken: Broken | None) -> tuple[Burn, ...]:
    """The pushes up to the top of the arc, or to a break-up: those that the altitude does not contradict."""
    end = end if broken is None else broken.time
    burns = accelerometer.burns_of(force, start - SLACK, end)
    if broken is not None and burns and burns[-1].last > broken.time - LONGEST_JERK:  # it is no motor that ends there
        burns = (*burns[:-1], replace(burns[-1], end=None))
    whole = float(force.time[-1]) if broken is None else broken.time
    return tuple(burn for place, burn in enumerate(burns) if place == 0 or seen_in_climb(altitude, burn, whole))


def _top_by_force(force: Force, start: float) -> float:
    """When the speed gained since lift-off is lost again, s: under a parachute the weight is felt as a push is."""
    later = force.time >= start
    lost = np.flatnonzero((gained(force.time[later], force.net[later]) <= 0.0) & (force.time[later] > start + SLACK))
    return float(force.time[later][lost[0]]) if len(lost) else float(force.time[-1])


def _add_max_q(found: Findings, force: Force, altitude: Channel | None, start: float, end: float) -> None:
    """From the integrated acceleration: good for the seconds of a burn, and no barometer that errs near Mach 1."""
    inside = (force.time >= start) & (force.time <= end + moments.SUSTAINED)
    time = force.time[inside]
    if altitude is None or len(time) < 2 or altitude.time[0] > start + SLACK:
        found.undecided["max_q"] = "no column shows the altitude"
        return
    height = np.interp(time, altitude.time, altitude.value)
    found.consider("max_q", moments.highest_pressure(time, gained(time, force.net[inside]), height, force.column))


def gained(time: Array, acceleration: Array) -> Array:
    """Speed gained since the first sample (trapezoids), m/s."""
    return np.concatenate(([0.0], np.cumsum(0.5 * (acceleration[1:] + acceleration[:-1]) * np.diff(time))))


def _top(altitude: Channel, start: float) -> Moment | None:
    later = altitude.time > start
    return moments.apogee(altitude.time[later], altitude.value[later], altitude.steps[later], altitude.noise)


def _name(
    found: Findings,
    burns: Sequence[Burn],
    force: Force,
    altitude: Channel | None,
    commands: Sequence[tuple[float, int]],
) -> None:
    """Stages in the order in which they burn, or as they were commanded."""
    stage = 0
    for burn in burns:
        fired = [number for at, number in commands if -1.0 <= burn.first - at <= COMMAND_TO_PUSH]
        stage = fired[-1] if fired and fired[-1] > stage else stage + 1
        for name, edge in ((f"stage_{stage}_ignition", burn.start), (f"stage_{stage}_burnout", burn.end)):
            if edge is not None and edge.slack > LONGEST_GAP:
                low, high = edge.time - edge.slack, edge.time + edge.slack
                found.undecided[name] = f"nothing was recorded for {high - low:.1f} s about {edge.time:.1f} s"
        if stage > 1 and burn.start is not None and burn.start.slack <= LONGEST_GAP:
            found.add(f"stage_{stage}_ignition", _edge(force, altitude, burn.start, "begins"))
        if burn.end is not None and burn.end.slack > LONGEST_GAP:
            continue
        if burn.end is not None:
            found.add(f"stage_{stage}_burnout", _edge(force, altitude, burn.end, "no longer exceeds drag"))
        else:
            found.undecided[f"stage_{stage}_burnout"] = f"the record ends at {force.time[-1]:.1f} s under thrust"
    if stage == 0:
        found.undecided["stage_1_burnout"] = "no push lasts long enough to be a burn"
    for number, (before, after) in enumerate(itertools.pairwise(burns), start=1):
        parted = jerk_between(force, before.last, after.first)
        if parted is not None:
            found.add(f"stage_{number}_separation", parted)
        else:
            ends = {"stage_1_burnout": before.last, "stage_2_ignition": after.first}
            found.undecided[f"stage_{number}_separation"] = between("no column shows it", ends)


def jerk_between(force: Force, low: float, high: float) -> Moment | None:
    """The one short jerk of a coast between two burns, s, as a separation's charge or springs make it; else None."""
    inside = (force.time > low + SETTLED) & (force.time < high - SETTLED)
    if inside.sum() < 10:
        return None
    felt = np.abs(force.force[inside] - np.median(force.force[inside]))
    sigma = robust_sigma(force.force[inside])
    hits = force.time[inside][felt > max(JERK, 8.0 * force.noise, 8.0 * sigma)]
    if len(hits) == 0 or hits[-1] - hits[0] > LONGEST_JERK:
        return None
    size, when = float(felt.max()), float(hits[0])
    return Moment(when, float(hits[-1]), 1, (f"{force.column}: a jerk of {size:.0f} m/s² at {when:.2f} s",))


def _edge(force: Force, altitude: Channel | None, edge: Edge, what: str) -> Moment:
    evidence = [f"{force.column}: thrust {what} at {edge.time:.2f} s, {edge.before:.0f} to {edge.after:.0f} m/s²"]
    if altitude is not None:
        bend = accelerometer.bends_too(altitude, edge.time, edge.after - edge.before)
        evidence += [bend] if bend is not None else []
    seen = min(edge.time + accelerometer.SHORTEST_COAST, float(force.time[-1]))
    return Moment(edge.time, seen, len(evidence), tuple(evidence))


def _with_vertical_speed(flight: FlightFile, force: Force, top: Moment, start: float) -> Moment:
    """A second source for the apogee: where the vertical speed, recorded or integrated, goes through zero."""
    source, zero = "vertical_speed_m_s", None
    if source in flight.columns:
        known = np.isfinite(flight.columns[source])
        zero = _falls_through_zero(flight.time[known], flight.columns[source][known], top.onset)
    elif force.column == "vertical_acceleration_m_s2":
        source = force.column
        inside = (force.time >= start - SLACK) & (force.time <= top.onset + 2.0 * SLACK + AGREEMENT)
        time = force.time[inside]
        zero = _falls_through_zero(time, gained(time, force.net[inside]), top.onset)
    if zero is None or abs(zero - top.onset) > max(AGREEMENT, 0.05 * (top.onset - start)):
        return top
    return replace(top, sources=2, evidence=(*top.evidence, f"{source}: upward speed ends at {zero:.2f} s"))


def _falls_through_zero(time: Array, speed: Array, near: float) -> float | None:
    """The fall through zero that is nearest to a time."""
    falls = np.flatnonzero((speed[:-1] > 0.0) & (speed[1:] <= 0.0))
    if len(falls) == 0:
        return None
    return float(min(time[falls + 1], key=lambda at: abs(at - near)))
