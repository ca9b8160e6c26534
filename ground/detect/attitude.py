"""Loss of attitude control while burns are ahead: navigation's error still to be turned, and what gyroscopes say.

And swings that grow, before they end in one.
"""

from __future__ import annotations

import math

from ground.detect.signals import Change
from ground.detect.thresholds import Swinging, Thresholds
from ground.journal import Journal

_STEP_S = 0.08
"""A gap in the data counts as two navigation packets."""
_ROUNDED_S = 1e-3
"""Steps of rounded times add up to a little less than they are."""


class AttitudeWatch:
    """Raises `attitude_loss` and, as its last degree, `tumbling`.

    The error counts while navigation's attitude error is beyond its limit and the gyroscopes do not turn the vehicle
    back towards the command; a planned turn that lags does. Without gyroscopes, or however it turns, a longer time
    decides under thrust. A body rate across the axis that no plan asks for is a tumble. `powered` says whether
    a motor pushes now; the caller asks only while attitude matters, in flight and before the last burn has ended.
    """

    def __init__(self, journal: Journal, thresholds: Thresholds) -> None:
        self._journal = journal
        self._limits = thresholds.attitude
        self._rates = (0.0, 0.0)
        self._rates_s = -math.inf
        self._spin = Change(0.02)
        self._spinning = False
        self._beyond = self._told = False
        self._first_s = self._last_s = self._held_s = self._total_s = 0.0

    def gyroscopes(self, time_s: float, y: float, z: float, powered: bool) -> None:
        """Body rates in pitch and yaw, rad/s."""
        self._rates, self._rates_s = (y, z), time_s
        across = math.sqrt(y * y + z * z)
        limit = self._limits.rate
        if self._spinning:
            self._spinning = across > 0.8 * limit
        elif self._spin.update(time_s, across > limit, self._limits.rate_hold_s):
            self._spinning = True
            self._journal.alarm(
                "tumbling",
                "critical",
                time_s,
                f"Tumbling: it turns across its axis at {math.degrees(across):.0f} degrees per second"
                f"{' under thrust' if powered else ''}, as no plan asks.",
                first_s=self._spin.span.middle,
                channel="body rate across the axis",
                value=across,
                limit=limit,
            )

    def error(self, time_s: float, y: float, z: float, powered: bool) -> None:
        """Navigation's pitch and yaw still to be turned, rad: how far the axis, and with it thrust, points astray."""
        limits = self._limits
        size = math.sqrt(y * y + z * z)
        if not size > (limits.release if self._beyond else limits.error):
            self._beyond = self._told = False
            return
        if not self._beyond:
            self._beyond, self._first_s, self._held_s, self._total_s = True, time_s, 0.0, 0.0
        else:
            step = min(max(time_s - self._last_s, 0.0), _STEP_S)
            self._total_s += step
            if not self._turning_back(time_s, y, z, size):
                self._held_s += step
        self._last_s = time_s
        held = self._held_s > (limits.hold_s if powered else limits.coast_hold_s) - _ROUNDED_S
        if not self._told and (held or (powered and self._total_s > limits.alone_s - _ROUNDED_S)):
            self._told = True
            self._journal.alarm(
                "attitude_loss",
                "critical",
                time_s,
                f"Attitude control is lost: {math.degrees(size):.1f} degrees from the command and not returning.",
                first_s=self._first_s,
                channel="navigation attitude error",
                value=size,
                limit=limits.error,
            )

    def rest(self) -> None:
        """Attitude does not matter any more: what has begun to look like a loss is none."""
        self._beyond = self._told = False

    def _turning_back(self, time_s: float, y: float, z: float, size: float) -> bool:
        if time_s - self._rates_s > _STEP_S:
            return False
        return (self._rates[0] * y + self._rates[1] * z) / size > self._limits.closing


class Swing:
    """Raises `oscillation`: under thrust the sideways force goes to and fro and does not die away."""

    def __init__(self, journal: Journal, thresholds: Thresholds) -> None:
        self._journal = journal
        self._limits = thresholds.swing
        self._axes = {"y": _Turns(), "z": _Turns()}

    def force(self, time_s: float, y: float, z: float) -> None:
        """Specific force to the right and down, m/s2."""
        for (axis, turns), value in zip(self._axes.items(), (y, z), strict=True):
            if not turns.add(time_s, value, self._limits) or turns.count < self._limits.turns:
                continue
            cycle_s = 2.0 * (time_s - turns.first_s) / (turns.count - 1)
            self._journal.alarm(
                "oscillation",
                "warning",
                time_s,
                f"The vehicle swings: its sideways force goes to and fro by {turns.size:.1f} m/s2 every"
                f" {cycle_s:.1f} s and does not die away.",
                first_s=turns.first_s,
                channel=f"imu.specific_force_{axis}",
                value=turns.size,
                limit=self._limits.size,
            )


class _Turns:
    """How often in a row a force has turned from one side to the other."""

    __slots__ = ("_largest", "_smooth", "_turned_s", "count", "first_s", "size")

    def __init__(self) -> None:
        self._smooth = self._largest = 0.0
        self._turned_s = self.first_s = -math.inf
        self.count = 0
        self.size = 0.0
        """The last full deflection."""

    def add(self, time_s: float, value: float, limits: Swinging) -> bool:
        """One sample at 100 Hz; whether the force has just passed the limit on another side than before."""
        if math.isfinite(value):
            self._smooth += 0.1 * (value - self._smooth)
        if abs(self._smooth) < limits.size:
            return False
        if self._largest * self._smooth > 0.0:
            if abs(self._smooth) > abs(self._largest):
                self._largest = self._smooth
            return False
        lasted_s, self._turned_s = time_s - self._turned_s, time_s
        kept = abs(self._largest) >= limits.kept * self.size
        if limits.shortest_s < lasted_s < limits.longest_s and kept:
            self.count += 1
        else:
            self.count, self.first_s = 1, time_s
        self.size, self._largest = abs(self._largest), self._smooth
        return True
