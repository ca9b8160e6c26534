"""The flight against its profile: trajectory, impact point, thrust, chamber pressure, within a campaign's spread.

Mahalanobis distance (P. C. Mahalanobis, On the generalised distance in statistics, 1936) of height and speed to the
campaign's mean, with its covariance inflated for what a simulator gets wrong of a real vehicle.
"""

from __future__ import annotations

import math

from flight.geodesy import Vector, dot, less, to_ecef
from ground.detect.events import EventMachine
from ground.detect.signals import Change
from ground.detect.thresholds import Thresholds
from ground.detect.thrust import Thrust
from ground.journal import Journal
from ground.orbit import impact
from ground.products import Products
from ground.profile import Profile, at

_TICK_S = 0.25
"""Longest step that counts between two looks, which are 0.1 s apart."""
_SETTLED_S = 2.0
"""After ignition thrust has built up, and the profile's first seconds are flown."""
_AFTER_S = 1.0
"""After a separation or burnout nothing is expected of thrust for so long."""


class Envelope:
    """Raises `off_nominal_trajectory`, `corridor_violation`, `thrust_low` and `chamber_pressure_low`.

    Thrust that is low while chamber pressure is too is one cause: `thrust_low`. Pressure alone is told as itself.
    """

    def __init__(
        self,
        machine: EventMachine,
        journal: Journal,
        thresholds: Thresholds,
        profile: Profile,
        thrust: Thrust,
    ) -> None:
        self._machine = machine
        self._journal = journal
        self._limits = thresholds.envelope
        self._profile = profile
        self._thrust = thrust
        self._impacts = [_ground(impact(*state)) for state in profile.states]
        self._off = Change(_TICK_S)
        self._aside = Change(_TICK_S)
        self._weak = Change(_TICK_S)
        self._low = Change(_TICK_S)
        self.distance: float | None = None
        """Mahalanobis distance of the newest state; None outside of the profile."""
        self.cross_range_m: float | None = None
        """How far the impact point lies beside the profile's."""

    def look(self, time_s: float, products: Products) -> None:
        """Ten times a second of vehicle time."""
        flown = self._journal.since_liftoff(time_s)
        if flown is None or self._machine.seen("abort"):
            return
        self._trajectory(time_s, flown, products)
        self._corridor(time_s, flown, products)
        if self._thrust.powered:
            self._burn(time_s)

    def _trajectory(self, time_s: float, flown: float, products: Products) -> None:
        profile, limits = self._profile, self._limits
        height, speed = at(profile.height, flown), at(profile.speed, flown)
        variances = (profile.height_variance, profile.speed_variance, profile.covariance)
        hh, ss, hs = (at(values, flown) for values in variances)
        if height is None or speed is None or hh is None or ss is None or hs is None:
            self.distance = None
            return
        inflate = limits.inflate * limits.inflate
        hh = inflate * hh + (limits.height_part * height + limits.height_floor) ** 2
        ss = inflate * ss + (limits.speed_part * speed + limits.speed_floor) ** 2
        hs *= inflate
        determinant = hh * ss - hs * hs
        if determinant <= 0.0:
            return
        dh, ds = products.altitude_m - height, products.speed_m_s - speed
        squared = (ss * dh * dh - 2.0 * hs * dh * ds + hh * ds * ds) / determinant
        self.distance = math.sqrt(max(0.0, squared))
        if self._off.update(time_s, self.distance > limits.distance, limits.hold_s):
            self._journal.alarm(
                "off_nominal_trajectory",
                "warning",
                time_s,
                f"The flight is {dh / 1e3:+.1f} km and {ds:+.0f} m/s from its profile,"
                f" {self.distance:.0f} standard deviations.",
                first_s=self._off.span.middle,
                channel="height and speed",
                value=self.distance,
                limit=limits.distance,
                sigma=self.distance,
            )

    def _corridor(self, time_s: float, flown: float, products: Products) -> None:
        place = int(flown) - 1
        here = _ground_of(products)
        if here is None or not 0 <= place < len(self._impacts) - 1:
            self.cross_range_m = None
            return
        there, next_one = self._impacts[place], self._impacts[place + 1]
        half_width = self._profile.half_width[place]
        if there is None or next_one is None:
            self.cross_range_m = None
            return
        away, ahead = less(here, there), less(next_one, there)
        pace = math.sqrt(dot(ahead, ahead))
        if pace < self._limits.impact_pace:
            # An impact point that stands shows no direction: all of the distance counts.
            self.cross_range_m = math.sqrt(dot(away, away))
        else:
            along = dot(away, ahead) / pace
            self.cross_range_m = math.sqrt(max(0.0, dot(away, away) - along * along))
        if self._aside.update(time_s, self.cross_range_m > half_width, self._limits.hold_s):
            self._journal.alarm(
                "corridor_violation",
                "critical",
                time_s,
                f"The impact point lies {self.cross_range_m / 1e3:.0f} km beside its planned path,"
                f" {half_width / 1e3:.0f} km are allowed.",
                first_s=self._aside.span.middle,
                channel="instantaneous impact point",
                value=self.cross_range_m,
                limit=half_width,
            )

    def _burn(self, time_s: float) -> None:
        stage = self._thrust.stage
        burn = self._profile.burns.get(stage)
        ignited_s = self._machine.onset_s(self._thrust.ignition_name(stage))
        motor = self._thrust.motors.get(f"stage_{stage}")
        if burn is None or ignited_s is None:
            return
        since = time_s - ignited_s
        expected, spread = at(burn.force, since), at(burn.force_deviation, since)
        wanted, sigma = at(burn.pressure, since), at(burn.pressure_deviation, since)
        if since < _SETTLED_S or expected is None or spread is None or wanted is None or sigma is None:
            return
        limits = self._limits
        force_limit = expected - max(limits.force_sigmas * spread, limits.force_part * expected)
        pressure_limit = wanted - max(limits.force_sigmas * sigma, limits.pressure_part * wanted)
        pressure = motor.level if motor is not None and motor.lit else math.nan
        weak, low = self._thrust.level < force_limit, pressure < pressure_limit
        if self._weak.update(time_s, weak, limits.burn_s):
            self._tell("thrust_low", time_s, self._weak, stage, "thrust", self._thrust.level, force_limit, expected)
        elif self._low.update(time_s, low and not weak, limits.burn_s) and not self._journal.stands("thrust_low"):
            what = "chamber pressure"
            self._tell("chamber_pressure_low", time_s, self._low, stage, what, pressure, pressure_limit, wanted)

    def _tell(
        self, alarm: str, time_s: float, change: Change, stage: int, what: str, value: float, limit: float, mean: float
    ) -> None:
        part = 100.0 * (1.0 - value / mean) if mean > 0.0 else 0.0
        self._journal.alarm(
            alarm,
            "warning",
            time_s,
            f"Stage {stage}: {what} is {part:.0f} % below its profile.",
            first_s=change.span.middle,
            channel=f"stage {stage} {what}",
            value=value,
            limit=limit,
        )


def _ground(point: object) -> Vector | None:
    latitude = getattr(point, "latitude_deg", None)
    longitude = getattr(point, "longitude_deg", None)
    if latitude is None or longitude is None:
        return None
    return to_ecef(math.radians(latitude), math.radians(longitude), 0.0)


def _ground_of(products: Products) -> Vector | None:
    latitude, longitude = products.impact_latitude_deg, products.impact_longitude_deg
    if latitude is None or longitude is None:
        return None
    return to_ecef(math.radians(latitude), math.radians(longitude), 0.0)
