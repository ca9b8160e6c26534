"""One vehicle's motion with the burns found on it, and what its way through the air says of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.atmosphere import density
from ground.detect.recorded.burns import RAMP, STAGING_GAP, Burn
from ground.detect.recorded.fitting import Array, Mask
from ground.detect.recorded.reach import perigee_bounds
from ground.detect.recorded.thrust import Thrust
from ground.detect.recorded.tracks import Track

BRAKING = -3.0  # m/s²
# m²/kg: drag area over mass. A whole rocket, spent stage or payload has less; more is a parachute, debris or an engine.
BLUNTEST = 5e-3
BRAKED_FOR = 1.5  # s
PARACHUTE_SPEED = 300.0  # m/s: none opens faster in thin air (sounding rockets open theirs at the top of the arc)
THICK_AIR = 500.0  # Pa of dynamic pressure: below it air neither breaks a rocket nor fills a parachute


@dataclass(frozen=True, slots=True)
class Leg:
    """A track, its thrust history, and the burns on it."""

    track: Track
    thrust: Thrust
    burns: tuple[Burn, ...]

    @property
    def first(self) -> float:
        return float(self.track.time[0])

    @property
    def last(self) -> float:
        return float(self.track.time[-1])

    @property
    def begins_in_burn(self) -> bool:
        return bool(self.burns) and self.burns[0].start is None

    @property
    def ends_in_burn(self) -> bool:
        return bool(self.burns) and self.burns[-1].end is None

    def shown(self, time: float) -> int:
        """Whose telemetry the source shows; 0 where it does not say."""
        return int(self.track.stage[min(int(np.searchsorted(self.track.time, time)), len(self.track) - 1)])

    def coasts(self, low: float, high: float) -> bool:
        """Whether the samples between two times leave no room for a burn: nothing pushes and no gap could hide it."""
        inside = self.track.time[(self.track.time >= low) & (self.track.time <= high)]
        pushed = any(burn.first < high and burn.last > low + RAMP for burn in self.burns)
        return not pushed and len(inside) > 1 and float(np.max(np.diff(inside))) < STAGING_GAP

    def may_orbit(self, time: float) -> bool:
        """Whether speed and altitude at that time allow a perigee above the ground."""
        near = np.abs(self.track.time - time) <= 2.0
        altitude = self.track.altitude[near]
        if not np.isfinite(altitude).any():
            return float(np.max(self.track.speed[near], initial=0.0)) > 7_200.0
        climb = float(np.nanmedian(self.track.climb[near]))
        return perigee_bounds(float(np.median(self.track.speed[near])), climb, float(np.nanmedian(altitude)))[1] > 0.0


def returns_at(leg: Leg, within: float = RAMP) -> float | None:
    """When a vehicle first brakes harder than air brakes a whole rocket: an engine, or a parachute. None: never.

    within: s after the first burn that are left to its tail-off.
    """
    thrust, track = leg.thrust, leg.track
    after = leg.burns[0].last if leg.burns else leg.first
    drag = 0.5 * density(np.nan_to_num(track.altitude, nan=0.0)) * track.speed**2 * BLUNTEST
    brakes = (thrust.acceleration + thrust.error < np.minimum(BRAKING, -drag)) & (track.time > after + within)
    return _lasting(track.time, brakes)


def brakes_by_engine(leg: Leg) -> bool:
    """Whether the vehicle brakes where there is too little air for a parachute to do it."""
    braking = returns_at(leg)
    if braking is None:
        return False
    place = int(np.searchsorted(leg.track.time, braking))
    speed = float(leg.track.speed[place])
    pressure = 0.5 * density(float(np.nan_to_num(leg.track.altitude[place]))) * speed**2
    return pressure < THICK_AIR and speed > PARACHUTE_SPEED


def _lasting(time: Array, mask: Mask) -> float | None:
    since: float | None = None
    for at, holds in zip(time.tolist(), mask.tolist(), strict=True):
        if not holds:
            since = None
        elif since is None:
            since = at
        elif at - since >= BRAKED_FOR:
            return since
    return None


def in_thin_air(leg: Leg) -> bool:
    """Whether only gravity slows it at the leg's end."""
    altitude = float(leg.track.altitude[-1])
    return 0.5 * density(altitude) * float(leg.track.speed[-1]) ** 2 < THICK_AIR if np.isfinite(altitude) else False
