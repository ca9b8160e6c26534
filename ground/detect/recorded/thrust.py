"""The acceleration that is not gravity's, along the path, from speed and altitude.

With Earth-relative speed v, altitude h and effective gravity g, the Jacobi integral v²/2 + ∫g dh (its small rest of the
centrifugal term left out, below 0.04 m/s²) stays what it is in free fall, so

    a = dv/dt + g (dh/dt) / v          thrust minus drag, along the velocity, per mass
    u = v + ∫ g (dh/dt) / v dt         the speed that thrust and drag alone would have made

Gravity does not hide an ignition in them, as it does in dv/dt: an upper stage that starts at 7 m/s² on a climbing path
leaves dv/dt below zero or near it. (Derivation: Szebehely, Theory of Orbits, 1967, section 1.4, for the integral.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.detect.recorded.fitting import Array, slopes
from ground.detect.recorded.tracks import STANDARD_GRAVITY, Track, gravity

# s: the widths over which a slope is taken; the first that keeps 3σ of the slope under QUIET.
WIDTHS = (1.0, 2.0, 4.0, 8.0)
QUIET = 0.6  # m/s²
HELD = 3.0  # s
STANDING = 5.0  # m/s: slower than this, path and gravity have no common direction to speak of


@dataclass(frozen=True, slots=True)
class Thrust:
    """Arrays of shape (n,): time (s), acceleration and its error bound (m/s²), ideal speed u (m/s), and the part of
    gravity along the path that is in it (m/s², NaN where the altitude is not known). width: s over which an
    acceleration is taken.
    """

    time: Array
    acceleration: Array
    error: Array
    ideal_speed: Array
    gravity_along: Array
    width: float


def thrust_of(track: Track) -> Thrust:
    """The thrust history of a track.

    Where the altitude is not known the error bound is gravity itself, so that only what gravity cannot do is thrust.
    """
    moving = np.maximum(track.speed, STANDING)
    climb, climb_error = _held(track)
    known = np.isfinite(climb)
    sine = np.where(known, np.clip(np.nan_to_num(climb) / moving, -1.0, 1.0), 0.0)
    down = np.where(known, gravity(np.nan_to_num(track.altitude)), STANDARD_GRAVITY)
    along = down * sine
    gained = np.concatenate(([0.0], np.cumsum(0.5 * (along[1:] + along[:-1]) * np.diff(track.time))))
    ideal = track.speed + gained
    width, acceleration, slope_error = _acceleration(track.time, ideal, track.noise)
    uncertain = np.where(known, down * np.minimum(np.nan_to_num(climb_error) / moving, 1.0), STANDARD_GRAVITY)
    felt = np.where(known, along, np.nan)
    return Thrust(track.time, acceleration, slope_error + uncertain, ideal, felt, width)


def _held(track: Track) -> tuple[Array, Array]:
    """Climb and its error, for HELD seconds beyond where they are known those of the nearest sample that has them.

    Else the gravity along the path would fall to nought there, and the ideal speed would bend as at a cut-off.
    """
    known = np.flatnonzero(np.isfinite(track.climb))
    if len(known) in (0, len(track)):
        return track.climb, track.climb_error
    time = track.time
    after = known[np.clip(np.searchsorted(time[known], time), 0, len(known) - 1)]
    before = known[np.clip(np.searchsorted(time[known], time, side="right") - 1, 0, len(known) - 1)]
    nearest = np.where(np.abs(time[after] - time) < np.abs(time - time[before]), after, before)
    away = np.abs(time[nearest] - time)
    held = away <= HELD
    climb = np.where(held, track.climb[nearest], np.nan)
    error = np.where(held, track.climb_error[nearest] + 2.0 * STANDARD_GRAVITY * away, np.nan)
    return climb, error


def _acceleration(time: Array, ideal: Array, noise: float) -> tuple[float, Array, Array]:
    spacing = float(np.median(np.diff(time)))
    for width in WIDTHS:
        count = width / spacing + 1.0
        three_sigma = 3.0 * noise * float(np.sqrt(12.0 / count)) / width
        if count >= 4.0 and three_sigma <= QUIET:
            break
    width = max(width, 5.0 * spacing)
    acceleration, counts = slopes(time, ideal, width)
    error = 3.0 * noise * np.sqrt(12.0 / np.maximum(counts, 1.0)) / width
    return width, acceleration, error
