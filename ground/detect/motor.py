"""One combustion chamber: whether it burns, from its pressure alone."""

from __future__ import annotations

import math

from ground.detect.signals import Baseline, Change, Span
from ground.detect.thresholds import Thresholds


class Motor:
    """One chamber's pressure: its zero level and its burn. `name` is the channel's: stage_2, vernier, booster_1."""

    __slots__ = (
        "_change",
        "_limits",
        "_mean",
        "_sigmas",
        "last_s",
        "level",
        "lit",
        "name",
        "zero",
    )

    def __init__(self, name: str, thresholds: Thresholds, period_s: float) -> None:
        self.name = name
        self.lit: bool | None = None
        """Whether it burns; None before the first samples."""
        self.last_s = -math.inf
        self.level = 0.0
        """Pressure of the last samples, Pa."""
        self.zero = Baseline(200)
        self._change = Change(2.0 * period_s)
        self._limits = thresholds.pressure
        self._sigmas = thresholds.pad.sigmas
        self._mean = 0.0

    @property
    def span(self) -> Span:
        """When the last ignition or burnout began."""
        return self._change.span

    def update(self, time_s: float, pressure: float) -> bool:
        """One sample; True when the motor has just been found lit or out."""
        limits = self._limits
        self.last_s = time_s
        self.level += 0.2 * (pressure - self.level)
        if self.lit is None:
            self.lit = pressure > limits.lit
            self._mean = pressure
        if self.lit:
            out = max(self.zero.mean + self._sigmas * self.zero.deviation, limits.out_fraction * self._mean)
            if not self._change.update(time_s, pressure < out, limits.hold_s):
                if not self._change.pending:
                    self._mean += 0.01 * (pressure - self._mean)
                return False
            self.lit = False
            return True
        risen = pressure - self.zero.mean > max(limits.rise_floor, self._sigmas * self.zero.deviation)
        if not risen and abs(pressure) < limits.zero_limit:
            self.zero.add(pressure)
        if not self._change.update(time_s, risen, limits.hold_s if pressure > limits.lit else math.inf):
            return False
        self.lit = True
        self._mean = pressure
        return True
