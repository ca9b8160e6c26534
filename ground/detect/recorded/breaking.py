"""A rocket that falls apart on its way up, and pushes that are none: what the altitude says of both.

A broken rocket is slowed by the air as no whole one can be, and what its accelerometer then feels, turning over and
over, looks like pushes that come and go. The climb, taken from the altitude, is the second witness.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ground.atmosphere import density
from ground.detect.recorded.accelerometer import Force
from ground.detect.recorded.burns import Burn
from ground.detect.recorded.cleaning import LONGEST_STEP
from ground.detect.recorded.fitting import Array, robust_sigma, slopes
from ground.detect.recorded.legs import BLUNTEST, Leg
from ground.detect.recorded.tracks import STANDARD_GRAVITY, Channel

OVER = 0.8  # s, at least six samples, over which a climb rate is taken
APART, STAYS = 0.3, 1.0  # s between the two rates that are compared, and for which the second stays low
TELLING = 3_000.0  # Pa of dynamic pressure; in thinner or slower air a whole rocket and a broken one slow alike
JERK = 30.0  # m/s² that the accelerometer must leave its course by; eight times its noise too
STEEPNESS = 0.3  # of a push at least goes into the climb; rockets that fly lower are not followed
BESIDE_SOUND, NEAR_SOUND = 20.0, (240.0, 450.0)  # m/s by which a barometer misleads there; the speeds, m/s
MAY_ERR = 4.0  # σ


@dataclass(frozen=True, slots=True)
class Broken:
    """When it happened and when it was seen (s), the dynamic pressure (Pa), the climb or speed before and after (m/s),
    and what of it a whole rocket would have kept at least (m/s)."""

    time: float
    seen: float
    pressure: float
    before: float
    after: float
    least: float


def broken_up(force: Force, altitude: Channel, start: float, end: float) -> Broken | None:
    """The first moment between `start` and `end` (s) from which the climb falls faster than the bluntest rocket's."""
    inside = (altitude.time >= start - OVER) & (altitude.time <= end)
    time, height = altitude.time[inside], altitude.value[inside]
    if len(time) < 20:
        return None
    width = max(OVER, 6.0 * float(np.median(np.diff(time))))
    rate, counts = slopes(time, height, width)
    sigma = altitude.noise * np.sqrt(12.0 / np.maximum(counts, 1.0)) / width
    known = np.isfinite(rate)
    if known.sum() < 10:
        return None
    apart = APART + width
    middle = time[known]
    before, after = rate[known], np.interp(middle + apart, middle, rate[known])
    air = density(height[known])
    pressure = 0.5 * air * before**2
    least = _slowest(before, air, apart)
    sure = MAY_ERR * math.sqrt(2.0) * float(np.median(sigma[known]))
    hits = (pressure > TELLING) & (before > 0.0) & (after < least - sure) & (middle + apart + STAYS <= middle[-1])
    still = np.interp(middle + apart + STAYS, middle, rate[known])  # a barometer that was misled comes back
    hits &= still < _slowest(before, air, apart + STAYS) - sure
    hits &= _changes(altitude, middle + apart, width)
    for place in np.flatnonzero(hits).tolist():
        low, high = float(middle[place]) - 0.5 * width, float(middle[place]) + apart + 0.5 * width
        at = _jerk(force, low, high)
        if at is not None:
            return Broken(
                at, high, float(pressure[place]), float(before[place]), float(after[place]), float(least[place])
            )
    return None


def slowed(leg: Leg) -> Broken | None:
    """The same by the recorded speed: the first moment on the way up at which it falls as no whole rocket's does.

    Three samples in a row must lie below what is left after a second of drag on the bluntest rocket.
    """
    track = leg.track
    known = np.isfinite(track.altitude) & np.isfinite(track.climb)
    time, speed, air = track.time[known], track.speed[known], density(track.altitude[known])
    climbs = track.climb[known] > 0.0
    if len(time) < 12:
        return None
    later = np.searchsorted(time, time + max(1.0, float(np.median(np.diff(time)))) - 1e-6)
    hits = (0.5 * air * speed**2 > TELLING) & climbs & (later + 2 < len(time))
    sure = MAY_ERR * math.sqrt(2.0) * track.noise
    least = speed
    for number in (2, 1, 0):
        place = np.minimum(later + number, len(time) - 1)
        least = _slowest(speed, air, time[place] - time)
        hits &= (speed[place] < least - sure) & (time[place] - time < LONGEST_STEP)
    found = np.flatnonzero(hits)
    if len(found) == 0:
        return None
    first = int(found[0])
    last = int(later[first])
    sharpest = first + int(np.argmin(np.diff(speed[first : last + 1]) / np.diff(time[first : last + 1])))
    pressure = 0.5 * float(air[first]) * float(speed[first]) ** 2
    return Broken(
        float(time[sharpest]), float(time[min(last + 2, len(time) - 1)]), pressure, float(speed[first]),
        float(speed[last]), float(least[first]),
    )  # fmt: skip


def _slowest(climb: Array, air: Array, lasting: Array | float) -> Array:
    """What is left of a climb (m/s) after `lasting` s of gravity and of the drag of the bluntest whole rocket."""
    drag = 0.5 * air * BLUNTEST
    terminal = np.sqrt(STANDARD_GRAVITY / drag)
    angle = np.arctan(np.maximum(climb, 0.0) / terminal) - lasting * np.sqrt(STANDARD_GRAVITY * drag)
    left: Array = np.where(angle > -1.0, terminal * np.tan(np.maximum(angle, -1.0)), -2.0 * terminal)
    return left


def _changes(altitude: Channel, middle: Array, width: float) -> np.ndarray:
    """Whether the altitude moves at all around each time: one that stands still has frozen, and says nothing."""
    first = np.searchsorted(altitude.time, middle - 0.5 * width)
    last = np.minimum(np.searchsorted(altitude.time, middle + 0.5 * width), len(altitude.time))
    moved = np.concatenate(([0], np.cumsum(np.diff(altitude.value) != 0.0)))
    changes: np.ndarray = moved[np.maximum(last - 1, 0)] - moved[np.minimum(first, len(moved) - 1)] >= 2
    return changes


def _jerk(force: Force, low: float, high: float) -> float | None:
    """Where the accelerometer changes most within 0.05 s, s; None where it keeps its course."""
    near = np.flatnonzero((force.time >= low) & (force.time <= high))
    if len(near) < 4:
        return None
    time, felt = force.time[near], force.force[near]
    later = np.minimum(np.searchsorted(time, time + 0.05), len(time) - 1)
    later = np.maximum(later, np.minimum(np.arange(len(time)) + 1, len(time) - 1))
    change = np.abs(felt[later] - felt)
    sharpest = int(np.argmax(change))
    if change[sharpest] < max(JERK, 8.0 * force.noise):
        return None
    return float(time[sharpest])


def seen_in_climb(altitude: Channel | None, burn: Burn, end: float) -> bool:
    """Whether the altitude leaves it possible that a burn pushed: else it contradicts the accelerometer.

    The climb after less the climb before is what the push gained, less gravity; of a push at least STEEPNESS goes
    into the climb. end: of the flight in one piece, s. True where the altitude is too coarse to say, or not
    recorded.
    """
    if altitude is None:
        return True
    rates = []
    doubt = 0.0
    after = min(burn.last + OVER, end)
    if after - OVER <= burn.first:
        return True
    for low, high in ((burn.first - OVER, burn.first), (after - OVER, after)):
        inside = (altitude.time >= low) & (altitude.time <= high)
        if inside.sum() < 6 or np.ptp(altitude.time[inside]) < 0.5 * OVER:
            return True
        time, height = altitude.time[inside], altitude.value[inside]
        slope, level = np.polyfit(time - low, height, 1)
        noise = max(altitude.noise, robust_sigma(height - slope * (time - low) - level))
        doubt += (noise * math.sqrt(12.0 / len(time)) / float(np.ptp(time))) ** 2
        rates.append(float(slope))
    lasting = after - burn.first
    slack = MAY_ERR * math.sqrt(doubt)
    if any(NEAR_SOUND[0] < abs(rate) < NEAR_SOUND[1] for rate in rates):
        slack += BESIDE_SOUND
    return rates[1] - rates[0] + STANDARD_GRAVITY * lasting > STEEPNESS * burn.gain - slack
