"""What went wrong on a recorded flight, as far as speed, altitude, acceleration and commands can show it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ground.atmosphere import density
from ground.detect.flightfile import FlightFile
from ground.detect.recorded.breaking import Broken, slowed
from ground.detect.recorded.burns import Burn, spans
from ground.detect.recorded.cleaning import Frozen
from ground.detect.recorded.fitting import slopes
from ground.detect.recorded.legs import THICK_AIR, Leg, brakes_by_engine, returns_at
from ground.detect.recorded.reach import perigee_bounds
from ground.detect.recorded.staging import LONG_COAST, Story
from ground.detect.recorded.tracks import LARGE_SPEED, Channel
from ground.report import Alarm, Severity

OUTLASTS = 1.0  # s: a push that goes on for longer after a command may be what was commanded
COMMAND_SLACK = 0.5  # s: a push may seem to begin so much before its command
TURNING_OVER = 3.0  # s before the top in which a rocket may turn over
BELOW_HORIZON, CLIMBING = 110.0, 30.0  # degrees, with 20 for a gyroscope's drift; m/s
BACKWARDS_FOR, CLIMB_WIDTH = 0.5, 1.0  # s
IGNITION_DELAY = 5.0  # s, assumed: no igniter takes longer from command to push
STEEPEST = 0.75  # of the speed is climb: sounding rockets are steeper at cut-off, ways to orbit are not (assumed)
GENTLE = 16.0  # m/s²: 1.6 times the weight (assumed: what is not guided needs four times its weight to leave a rail)
LEAST_GAIN = 1_500.0  # m/s of ideal speed; first stages to orbit have 2,500 or more (assumed)
SLOW_START, SHORTEST_GENTLE, COASTED = 60.0, 5.0, 15.0  # m/s at the beginning of the push; s; s
FALLEN = 45_000.0  # m: stages that return by engine have braked before they are as low as this (assumed)


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
    """A stage that was commanded to fire and did not push, or that never pushed after the first stage's cut-off."""
    for at, stage in commands:
        begins = any(at - COMMAND_SLACK <= burn.first <= at + IGNITION_DELAY for burn in burns)
        lit = begins or any(burn.first < at and burn.last > at + OUTLASTS for burn in burns)
        if not lit and end >= at + IGNITION_DELAY:
            message = (
                f"Stage {stage} was commanded to fire at {at:.1f} s and nothing pushes within {IGNITION_DELAY:.0f} s."
            )
            seen = at + IGNITION_DELAY
            return [Alarm(vehicle, "no_ignition", "critical", seen, message, first_s=at, raised_s=seen)]
    if story is None or story.stage != 1 or story.ambiguous or not _falls_short(story):
        return []
    assert story.leg is not None
    assert story.ended is not None
    leg, cutoff = story.leg, story.ended.last
    seen = cutoff + LONG_COAST
    why = f"Nothing pushes for {LONG_COAST:.0f} s after the first stage's cut-off"
    if leg.shown(leg.last) >= 2:
        why += f", and stage {leg.shown(leg.last)} is shown."
    elif not leg.shown(leg.last) and _falls_back(leg) is not None:
        seen = float(_falls_back(leg) or seen)
        why = f"Nothing pushes after the first stage's cut-off, and it falls back unbraked to {FALLEN / 1e3:.0f} km."
    else:
        return []
    return [Alarm(vehicle, "no_ignition", "critical", seen, why, first_s=cutoff, raised_s=seen)]


def _falls_short(story: Story) -> bool:
    """Whether the last push ended on a path meant for orbit, far from any, and nothing pushes for a long coast."""
    leg, ended = story.leg, story.ended
    if leg is None or ended is None or leg.last - ended.last < LONG_COAST or leg.ends_in_burn:
        return False
    if not leg.coasts(ended.last, ended.last + LONG_COAST) or brakes_by_engine(leg):
        return False
    near = np.abs(leg.track.time - ended.last - 3.0) <= 2.0
    speed, altitude, climb = (values[near] for values in (leg.track.speed, leg.track.altitude, leg.track.climb))
    if not np.isfinite(altitude).any():
        return False
    pace, up = float(np.median(speed)), float(np.nanmedian(climb))
    if pace < LARGE_SPEED or up > STEEPEST * pace:
        return False
    return perigee_bounds(pace, up, float(np.nanmedian(altitude)))[1] < 0.0


def _falls_back(leg: Leg) -> float | None:
    """When the record shows it come down through FALLEN, s: a stage that is to land has braked above that."""
    low = (leg.track.altitude < FALLEN) & (leg.track.climb < 0.0)
    return float(leg.track.time[np.flatnonzero(low)[0]]) if low.any() else None


def short_of_orbit(vehicle: str, story: Story) -> list[Alarm]:
    """A push that stopped short of any orbit, and nothing pushed again for as long as stages wait.

    An upper stage's is an early shutdown; where it cannot be told whose push it was, orbit is out of reach all the
    same.
    """
    if not (story.stage >= 2 or story.ambiguous) or not _falls_short(story):
        return []
    assert story.leg is not None
    assert story.ended is not None
    leg, ended = story.leg, story.ended
    speed = float(np.median(leg.track.speed[np.abs(leg.track.time - ended.last - 3.0) <= 2.0]))
    seen = ended.last + LONG_COAST
    what = "The last push" if story.ambiguous else f"Stage {story.stage}"
    message = f"{what} cuts off at {speed:.0f} m/s, short of any orbit, and nothing pushes for {LONG_COAST:.0f} s."
    name = "orbit_not_reachable" if story.ambiguous else "early_shutdown"
    severity: Severity = "critical" if story.ambiguous else "warning"
    return [
        Alarm(vehicle, name, severity, seen, message, channel="speed", value=speed, first_s=ended.last, raised_s=seen)
    ]


def stopped_early(vehicle: str, story: Story) -> list[Alarm]:
    """A first stage that left the ground as gently as only tall tanks do, and stopped long before they are empty.

    What starts with a push of less than GENTLE must be steered by its engine and burns for minutes: every such stage
    gains LEAST_GAIN or more. Sounding rockets without guidance leave their rails with four times their weight.
    """
    leg, ended = story.ended_leg, story.ended
    if leg is None or ended is None or story.stage != 1 or story.ambiguous or leg.ends_in_burn:
        return []
    place = int(np.searchsorted(leg.track.time, ended.first))
    if ended.end is None or leg.track.speed[place] > SLOW_START or ended.last - ended.first < SHORTEST_GENTLE:
        return []
    push = ended.initial
    if not push < GENTLE or ended.gain > LEAST_GAIN or leg.last - ended.last < COASTED:
        return []
    if not leg.coasts(ended.last, ended.last + COASTED):
        return []
    at, seen = ended.end.time, ended.last + COASTED
    message = (
        f"The first stage, which leaves the ground with a push of {push:.0f} m/s², stops at {at:.1f} s after"
        f" {ended.gain:.0f} m/s, less than half of what its tanks are for, and nothing pushes for {COASTED:.0f} s."
    )
    return [
        Alarm(
            vehicle, "early_shutdown", "critical", seen, message, channel="speed", value=ended.gain, limit=LEAST_GAIN,
            first_s=at, raised_s=seen,
        )
    ]  # fmt: skip


def tumbling(flight: FlightFile, altitude: Channel, start: float, top: float) -> list[Alarm]:
    """A nose below the horizon while the vehicle climbs, well before the top of its arc.

    start, top: lift-off and the top, s. A rocket that flies nose first climbs where it points.
    """
    values = flight.columns.get("tilt_deg")
    if values is None:
        return []
    known = np.isfinite(values) & (flight.time > start) & (flight.time < top - TURNING_OVER)
    time, tilt = flight.time[known], np.abs(values[known])
    if len(time) < 5:
        return []
    rate, _ = slopes(altitude.time, altitude.value, CLIMB_WIDTH)
    sure = np.isfinite(rate)
    if sure.sum() < 2:
        return []
    backwards = (tilt > BELOW_HORIZON) & (np.interp(time, altitude.time[sure], rate[sure]) > CLIMBING)
    for first, last in spans(backwards):
        if time[last] - time[first] >= BACKWARDS_FOR:
            at = float(time[first])
            message = (
                f"The nose points {tilt[first : last + 1].max():.0f}° from the vertical"
                f" while the vehicle climbs, from {at:.1f} s."
            )
            seen = at + BACKWARDS_FOR
            return [
                Alarm(
                    flight.vehicle, "tumbling", "critical", seen, message, channel="tilt_deg",
                    value=float(tilt[first : last + 1].max()), limit=BELOW_HORIZON, first_s=at, raised_s=seen,
                )
            ]  # fmt: skip
    return []


def lost(vehicle: str, at: float, why: str) -> Alarm:
    """The source shows nothing more of a vehicle that it showed flying; at: since when, s."""
    message = f"From {at:.1f} s on the source shows nothing more of the vehicle: {why}."
    return Alarm(vehicle, "loss_of_signal", "warning", at, message, first_s=at, raised_s=at)


def broken(vehicle: str, seen: Broken) -> Alarm:
    """A small rocket that falls apart, or whose parachute opens at a speed that it was not made for."""
    message = (
        f"At {seen.time:.1f} s and {seen.pressure / 1e3:.0f} kPa it slows from {seen.before:.0f} to"
        f" {seen.after:.0f} m/s within {seen.seen - seen.time:.1f} s; a whole rocket would keep"
        f" {max(seen.least, 0.0):.0f} m/s at least."
    )
    return Alarm(
        vehicle, "breakup", "critical", seen.seen, message, channel="speed", value=seen.after, limit=seen.least,
        first_s=seen.time, raised_s=seen.seen,
    )  # fmt: skip


def breakup(vehicle: str, story: Story) -> list[Alarm]:
    """A first stage that slows, while it climbs or right after its push, as no whole rocket does at that pressure."""
    leg, ended = story.ended_leg or story.leg, story.ended
    if leg is None or story.stage > 1:
        return []
    seen = slowed(leg)
    if seen is not None:
        return [broken(vehicle, seen)]
    braking = None if ended is None else returns_at(leg, within=0.0)
    if ended is None or braking is None or not 0.0 <= braking - ended.last <= 10.0:
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
            vehicle, "breakup", "critical", braking, message, channel="speed", value=slowing, first_s=braking,
            raised_s=braking,
        )
    ]  # fmt: skip
