"""Sensors against each other: navigation against the receiver, the barometer against navigation's height."""

from __future__ import annotations

import math

from flight.geodesy import Vector, dot, less
from ground.air import density, pressure
from ground.detect.signals import Change
from ground.detect.thresholds import Thresholds
from ground.detect.trajectory import Track
from ground.journal import Journal

_ALIGNED = 5
"""Agreeing solutions in a row before a disagreement counts, at first and after a restart of the computer."""
_NEAREST_S = 0.2
"""Navigation states farther apart than this are not interpolated between."""


class Crosscheck:
    """Raises `gnss_lost`, `sensor_bias` and `sensor_disagreement`.

    A fault of the inertial unit shows as a difference of velocity that the receiver's aiding never closes; a receiver
    that jumps, as one of position. The ground cannot tell which of two is wrong by their difference alone, and says so.
    """

    def __init__(self, journal: Journal, thresholds: Thresholds) -> None:
        self._journal = journal
        self._limits = thresholds.sensor
        self._fixed: bool | None = None
        self._lost = 0
        self._agreeing = 0
        self._apart = 0
        self._before: tuple[float, Vector, Vector] | None = None
        self._solution: tuple[float, Vector, Vector] | None = None
        self._ports = Change(0.08)
        self._first_s = 0.0

    def restarted(self) -> None:
        """The computer has started again: its solution is its own affair until it agrees again."""
        self._agreeing = 0

    def receiver(self, time_s: float, fix: bool, position: Vector, velocity: Vector) -> None:
        """A satellite solution, ECEF."""
        if fix:
            self._fixed, self._lost = True, 0
            self._solution = (time_s, position, velocity)
            return
        self._solution = None
        self._lost += 1
        if self._fixed and self._lost == self._limits.fixes:
            self._fixed = False
            self._journal.alarm(
                "gnss_lost",
                "watch",
                time_s,
                "The receiver has no fix: navigation goes on by inertia alone.",
                channel="gnss.fix",
                value=0.0,
            )

    def navigation(self, track: Track, axial: float) -> None:
        """A navigation state; it is compared with the solution that lies between it and the one before."""
        now = (track.time_s, track.position, track.velocity)
        before, self._before = self._before, now
        if self._solution is None or before is None or self._solution[0] > now[0] + 1e-3:
            return
        (time_s, position, velocity), self._solution = self._solution, None
        if self._journal.stands("attitude_loss"):
            # What navigation makes of a tumble is no sensor's fault.
            self._apart = 0
            return
        span_s = now[0] - before[0]
        if not 0.0 < span_s < _NEAREST_S or time_s < before[0] - 1e-3:
            return
        part = (time_s - before[0]) / span_s
        moved = math.dist(position, _between(before[1], now[1], part))
        apart = less(velocity, _between(before[2], now[2], part))
        pace = math.sqrt(dot(before[2], before[2]))
        gained = less(now[2], before[2])
        # A clock that is late by a little shows along the change of velocity alone.
        along = abs(dot(apart, gained)) / max(math.sqrt(dot(gained, gained)), 1e-9)
        faster = math.sqrt(dot(apart, apart))
        across = math.sqrt(max(0.0, faster * faster - along * along))
        limit = self._limits.speed_apart
        agree = across < limit and along < limit + self._limits.lag_s * abs(axial)
        if agree and moved < self._limits.position_apart + self._limits.lag_s * pace:
            self._agreeing, self._apart = self._agreeing + 1, 0
            return
        if self._agreeing < _ALIGNED:
            return
        if self._apart == 0:
            self._first_s = time_s
        self._apart += 1
        if self._apart != self._limits.solutions:
            return
        if moved >= self._limits.position_apart:
            self._disagree(now[0], f"Navigation and receiver are {moved:.0f} m apart.", "gnss.position", moved)
        else:
            self._journal.alarm(
                "sensor_bias",
                "warning",
                now[0],
                f"Navigation and receiver stay {faster:.1f} m/s apart: an accelerometer or a gyroscope is biased.",
                first_s=self._first_s,
                channel="navigation.velocity less gnss.velocity",
                value=faster,
                limit=limit,
            )

    def barometer(self, time_s: float, track: Track, measured: float) -> None:
        """The barometer's reading while the air is thick enough for it."""
        if track.time_s != time_s or track.height > self._limits.barometer_ceiling:
            return
        wanted = pressure(track.height)
        stirred = 0.5 * density(track.height) * track.speed * track.speed
        limit = self._limits.barometer_part * wanted + self._limits.port_part * stirred
        if self._ports.update(time_s, abs(measured - wanted) > limit, self._limits.barometer_s):
            self._first_s = self._ports.span.middle
            text = f"The barometer reads {measured / 1e3:.1f} kPa at a height where the air has {wanted / 1e3:.1f} kPa."
            self._disagree(time_s, text, "navigation.static_pressure", measured, limit)

    def _disagree(self, time_s: float, text: str, channel: str, value: float, limit: float | None = None) -> None:
        self._journal.alarm(
            "sensor_disagreement",
            "warning",
            time_s,
            text,
            first_s=self._first_s,
            channel=channel,
            value=value,
            limit=self._limits.position_apart if limit is None else limit,
        )


def _between(a: Vector, b: Vector, part: float) -> Vector:
    return a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), a[2] + part * (b[2] - a[2])
