"""Moments of a flight that are no burn's end: lift-off, highest dynamic pressure, apogee, landing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.atmosphere import density
from ground.detect.recorded.fitting import Array, Mask, parabola, robust_sigma, running_median, step_size
from ground.detect.recorded.tracks import Track

# Assumed bounds of a launch. A car is level, an aeroplane climbs at a quarter of its path at most, a balloon or a
# drone stays slower than 40 m/s; a rocket leaves its rail at 45° or steeper and is faster within its first
# kilometre.
MOVING = 15.0  # m/s
FAST = 40.0  # m/s
STEEP = 0.4  # of the path is climb
SUSTAINED = 3.0  # s
RISES = (2.0, 4.0, 8.0)  # s over which the first slope of the speed is taken, longer the noisier it is
SUPERSONIC = 700.0  # m/s; what flies faster is a rocket even if its launch is not seen (but for a few aeroplanes)
SLOWEST_RISE = 1.0  # m/s²: what leaves its pad at less than a tenth of its weight gains no height
RISING_FOR = 1.0  # s of a push that is steady enough for a parabola
LAUNCH_PATH = 1_000.0  # m; for a flight that is shorter the whole way up
ALREADY_FLYING = 60.0  # m/s: from a first sample faster than this the lift-off cannot be carried back
CARRIED_BACK = 10.0  # s before the first sample, for as long as a launch that has just begun stays slow
FREE_FALL_BEND = -1.0  # m/s²: an arc that bends less is an orbit, or no arc
CALM = 2.0  # s
HARDEST_BEND = -16.0  # m/s²: gravity, and the drag of the little that is left of a small rocket's speed at its top
EARTHBOUND = 3.0  # m/s
STILL_HIGH = 0.97  # of the highest dynamic pressure


@dataclass(frozen=True, slots=True)
class Moment:
    """When it happened, when enough had been seen to say so (both s), from how many independent channels, and why."""

    onset: float
    seen: float
    sources: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why a moment cannot be told; flying: the record shows a flight all the same."""

    reason: str
    flying: bool = False


def liftoff(track: Track, *, independent: bool, fastest: float = 0.0) -> Moment | Unseen:
    """The moment at which a track leaves the ground, or why it cannot be told.

    independent: whether speed and altitude are two measurements. fastest: the speed reached in later tracks, m/s.
    """
    time, speed = track.time, track.speed
    threshold = max(MOVING, 10.0 * track.noise)
    moving = _sustained(time, speed > threshold)
    if moving is None:
        return Unseen(f"the speed never stays above {threshold:.0f} m/s")
    top = max(float(speed.max()), fastest)
    if top < FAST:
        return Unseen(f"the speed stays below {FAST:.0f} m/s")
    path = np.concatenate(([0.0], np.cumsum(0.5 * (speed[1:] + speed[:-1]) * np.diff(time))))
    known = np.isfinite(track.altitude)
    if known.sum() < 2:
        if top < SUPERSONIC:
            return Unseen("without an altitude only a speed above 700 m/s shows a launch")
        climbed: tuple[str, ...] = ()
    else:
        highest = int(np.nanargmax(track.altitude))
        wanted = min(max(LAUNCH_PATH, 10.0 * float(track.altitude_step[moving])), path[highest] - path[moving])
        far = min(int(np.searchsorted(path, path[moving] + wanted)), len(path) - 1)
        gained = float(np.interp(time[far], time[known], track.altitude[known]))
        gained -= float(np.interp(time[moving], time[known], track.altitude[known]))
        flown = float(path[far] - path[moving])
        if flown <= 0.0:
            return Unseen("the altitude does not rise", flying=top > SUPERSONIC)
        if gained < STEEP * flown:
            return Unseen(
                f"it climbs {gained:.0f} m on its first {flown:.0f} m of path: no launch", flying=top > SUPERSONIC
            )
        climbed = (f"altitude: {gained:.0f} m up on the first {flown:.0f} m of path",)
    onset = _rise(track, moving)
    if onset is None:
        return Unseen(f"the record begins in flight, at {float(np.median(speed[:3])):.0f} m/s", flying=True)
    seen = min(float(time[moving]) + SUSTAINED, float(time[-1]))
    evidence = (f"speed: rises from {onset:.2f} s, {threshold:.0f} m/s at {time[moving]:.2f} s", *climbed)
    return Moment(onset, seen, len(evidence) if independent else 1, evidence)


def _sustained(time: Array, mask: Mask) -> int | None:
    """The first sample from which the mask holds for SUSTAINED seconds."""
    broken = np.flatnonzero(~mask)
    for place in np.flatnonzero(mask & ~np.concatenate(([False], mask[:-1]))):
        next_break = broken[np.searchsorted(broken, place) :]
        until = time[next_break[0]] if len(next_break) else time[-1] + SUSTAINED
        if until - time[place] >= SUSTAINED:
            return int(place)
    return None


def _rise(track: Track, moving: int) -> float | None:
    """Where the speed leaves its rest for good: the last sample at rest, and the slope from there carried back to it.

    No kink is fitted: large rockets leave the pad so gently that a kink comes out a second late.
    """
    time = track.time
    speed = np.concatenate((track.speed[:2], running_median(track.speed, 5)[2:]))  # a misread value is no rest
    if float(np.median(speed[:3])) > ALREADY_FLYING:
        return None
    rest = min(float(speed[:5].min()), EARTHBOUND)
    margin = max(1.5 * step_size(speed[: moving + 5]), 3.5 * track.noise)
    if np.all(np.diff(track.speed[:4]) > 0.0):  # it moves from the first sample on
        rest = 0.0
    still = np.flatnonzero(speed[: moving + 1] <= rest + margin)
    first = int(still[-1]) if len(still) else 0
    slope = level = 0.0
    for lasting in RISES:
        rising = (time >= time[first]) & (time <= time[first] + lasting) & np.isfinite(speed)
        if rising.sum() < 4:
            continue
        slope, level = (float(value) for value in np.polyfit(time[rising] - time[first], speed[rising], 1))
        if slope * lasting > 20.0 * track.noise:
            break
    if slope <= 0.0:
        return float(time[first])
    onset = float(time[first]) - (level - (rest if len(still) else 0.0)) / max(slope, SLOWEST_RISE)
    if not onset >= time[0] - CARRIED_BACK:  # nor where the rest itself is unknown
        return None
    return min(onset, float(time[min(first + 1, len(time) - 1)]))  # after its rest it moves


def leaves_ground(time: Array, altitude: Array, noise: float, near: float) -> float | None:
    """When an altitude that rests begins to rise as under a steady push, found near `near` s; None where it fits not.

    A parabola that starts from the rest, over the first RISING_FOR seconds of what is clearly above it: of an altitude
    alone no slope is needed, which would smear the launch over the samples it takes.
    """
    inside = (time >= near - 10.0) & (time <= near + 15.0)
    t, h = time[inside], altitude[inside]
    if len(t) < 5:
        return None
    spacing = float(np.median(np.diff(t)))
    rest = float(np.median(h[: max(2, int(np.sum(t < near - 5.0)))]))
    above = h > rest + max(10.0 * noise, 10.0)
    first = next((place for place in range(len(h) - 2) if above[place : place + 3].all()), None)
    if first is None or first < 1:
        return None
    rest = float(np.median(h[: max(1, int(np.sum(t < t[first] - 3.0)))]))
    fitted = t <= t[first] + max(RISING_FOR, 2.5 * spacing)
    best, lowest = None, np.inf
    for start in np.arange(t[first] - 5.0, t[first] + 0.5 * spacing, 0.02).tolist():
        shape = np.maximum(t[fitted] - start, 0.0) ** 2
        if shape[-1] <= 0.0:
            continue
        gain = float(shape @ (h[fitted] - rest) / (shape @ shape))
        error = float(np.sum((h[fitted] - rest - gain * shape) ** 2))
        if gain > 0.0 and error < lowest:
            best, lowest = start, error
    return best


def highest_pressure(time: Array, speed: Array, altitude: Array, source: str) -> Moment | Unseen:
    """Where ½ρv² is highest among samples between lift-off and a little after the first stage's cut-off.

    time (s), speed (m/s), altitude (m, NaN where not known): shape (n,); ρ is the standard atmosphere's. source:
    what the speed is from; of "altitude" both numbers are one measurement.
    """
    known = np.isfinite(altitude)
    time, speed, altitude = time[known], speed[known], altitude[known]
    if len(time) < 10:
        return Unseen("speed and altitude are not both known between lift-off and cut-off")
    pressure = 0.5 * density(altitude) * speed**2
    top = int(np.argmax(pressure))
    broad = pressure > 0.97 * pressure[top]
    gaps = np.flatnonzero(np.diff(time) > SUSTAINED)
    if top in (0, len(time) - 1) or any(broad[gap] or broad[gap + 1] for gap in gaps):
        return Unseen("the highest dynamic pressure lies at an end of the record or beside a gap")
    if time[-1] - time[top] < SUSTAINED and pressure[-1] > STILL_HIGH * pressure[top]:
        return Unseen("the record ends before the dynamic pressure has fallen from its highest")
    near = broad & (np.abs(time - time[top]) < 10.0)
    level, slope, bend = parabola(time[near], pressure[near], float(time[top]))
    onset = float(time[top])
    if bend < 0.0 and abs(slope / bend) < 5.0:
        onset -= slope / bend
    evidence = (
        f"{source}: {speed[top]:.0f} m/s, so {level / 1e3:.1f} kPa in the standard atmosphere",
        f"altitude: {altitude[top]:.0f} m",
    )
    return Moment(onset, float(time[near][-1]), 1 if source == "altitude" else 2, evidence)


def apogee(time: Array, altitude: Array, steps: Array, noise: float) -> Moment | None:
    """The top of the highest arc in samples that nothing pushes, if it bends down like a throw; else None.

    time (s), altitude (m) and its steps (m): shape (n,); noise: 1σ, m. A parabola is laid through the top, over as
    long as it takes to fall by three steps or 12σ: first mostly before the top, for an ejection charge upsets the
    barometer after it, then through whatever lies on the same arc on both sides.
    """
    if len(time) < 10:
        return None
    calm = _calmed(time, altitude)
    first = int(np.argmax(calm))
    level_with_it = np.flatnonzero(calm >= calm[first] - 0.5 * steps[first])
    top = int(level_with_it[len(level_with_it) // 2])  # the middle of the highest step
    drop = max(3.0 * float(steps[top]), 12.0 * noise)
    half = max(2.0, float(np.sqrt(2.0 * drop / 9.8)), 3.0 * float(np.median(np.diff(time))))
    near = (time >= time[top] - 1.5 * half) & (time <= time[top] + 0.5 * half)
    if time[top] - time[near][0] < half or time[near][-1] - time[top] < 0.3 * half:
        return None
    level, slope, bend = parabola(time[near], altitude[near], float(time[top]))
    first_fit = level, slope, bend
    around = np.abs(time - time[top]) <= 1.5 * half
    for _ in range(2):
        model = level + slope * (time - time[top]) + 0.5 * bend * (time - time[top]) ** 2
        miss = np.abs(altitude - model)
        fits = around & (miss <= 4.0 * max(robust_sigma((altitude - model)[near]), 0.5 * float(steps[top]), 1e-3))
        left = np.flatnonzero(~fits[top:-1] & ~fits[top + 1 :])  # the arc ends where a parachute or a charge ends it
        fits[top + (int(left[0]) if len(left) else len(time)) :] = False
        if fits.sum() < 5:
            return None
        level, slope, bend = parabola(time[fits], altitude[fits], float(time[top]))
    if bend < HARDEST_BEND:
        level, slope, bend = first_fit
    if bend > FREE_FALL_BEND or abs(slope / bend) > half:
        return None
    onset = float(time[top]) - slope / bend
    evidence = (f"altitude: {level:.0f} m at the top, bending down at {-bend:.1f} m/s²",)
    return Moment(onset, min(onset + half, float(time[-1])), 1, evidence)


def _calmed(time: Array, altitude: Array) -> Array:
    """Running median over CALM seconds: what an ejection charge does to a barometer is over in half of that."""
    spacing = float(np.median(np.diff(time)))
    coarse = max(int(0.02 * CALM / max(spacing, 1e-6)), 1)  # fifty samples or fewer in a window
    width = 2 * int(min(max(0.5 * CALM / (spacing * coarse), 1.0), 50.0)) + 1
    return np.interp(time, time[::coarse], running_median(altitude[::coarse], width))


def slowest(track: Track, near: float, half: float) -> tuple[float, float] | None:
    """When (s) and how fast (m/s) a free arc is slowest, which is at its top; None where it shows no such minimum.

    Within `half` seconds of `near`. In free fall v² is a parabola in time (v² = horizontal² + g² t²), and the
    speed's steps are finer than the altitude's.
    """
    inside = np.abs(track.time - near) <= half
    if inside.sum() < 7:
        return None
    time, square = track.time[inside], track.speed[inside] ** 2
    lowest = float(time[int(np.argmin(square))])
    if lowest - time[0] < 0.3 * half or time[-1] - lowest < 0.3 * half:
        return None
    level, slope, bend = parabola(time, square, lowest)
    if bend <= 0.0 or abs(slope / bend) > 0.5 * half:
        return None
    return lowest - slope / bend, float(np.sqrt(max(level - 0.5 * slope**2 / bend, 0.0)))


def landing(time: Array, altitude: Array, steps: Array, noise: float, after: float) -> Moment | None:
    """Where the descent ends: from then on the altitude keeps still, near where it started, for SUSTAINED seconds."""
    later = time > after
    if later.sum() < 10:
        return None
    start = float(altitude[0])
    t, h = time[later], altitude[later]
    rest = float(np.median(h[t >= t[-1] - SUSTAINED]))
    tolerance = max(3.0 * float(steps[-1]), 6.0 * noise, 5.0)
    top = float(h.max())
    off = np.flatnonzero(np.abs(h - rest) > tolerance)
    if len(off) == 0 or off[-1] + 1 >= len(t) or t[-1] - t[off[-1] + 1] < SUSTAINED:
        return None
    if abs(rest - start) > max(0.2 * (top - start), 2.0 * tolerance) or top - rest < 10.0 * tolerance:
        return None
    place = int(off[-1])
    falling = (t >= t[place] - 20.0) & (t <= t[place])
    _, rate, _ = parabola(t[falling], h[falling], float(t[place]))
    if rate > -1.0:
        return None
    onset = float(t[place + 1]) + tolerance / -rate
    onset = min(onset, float(t[-1]) - SUSTAINED)
    return Moment(onset, onset + SUSTAINED, 1, (f"altitude: comes down at {-rate:.1f} m/s and stays at {rest:.0f} m",))
