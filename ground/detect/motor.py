"""One combustion chamber: whether it burns, from its pressure alone."""

from __future__ import annotations

import math

from ground.detect.signals import Baseline, Change, Dying, Span
from ground.detect.thresholds import Thresholds

_RELIT = 0.6
"""Of a burn's mean: a chamber that was cut off and still dies away burns again above it."""

_SLOW_S = 0.04
"""Of slower channels two samples in a row are enough, which are as long as three of others."""
_STUCK_S = 1.0
"""No burning chamber's gauge shows one value for so long: its noise is thousands of its steps (assumed)."""
_GAP_S, _LEVEL_SAMPLES = 0.25, 5
"""After longer silence, or two lost samples, the level begins anew; it is a mean over so many samples."""
_FOOT_S = 0.1
"""A slow start is not followed back farther into the noise."""


class Motor:
    """One chamber's pressure: its zero level and its burn. `name` is the channel's: stage_2, vernier, booster_1.

    A burn begins where the pressure leaves its zero level. It ends where a cut-off crosses half of its level, if the
    motor `cuts`, as liquid ones do; that of a solid one where its tail-off has come down to zero. `running` is the
    pressure from which on a plan says that it runs. Where the last reading before its end had stood still, it ended at
    any time since: a gauge that is free again shows what is, not when it came.
    """

    __slots__ = (
        "_count",
        "_cuts",
        "_dying",
        "_fading",
        "_first",
        "_former",
        "_frozen",
        "_gap_s",
        "_limits",
        "_lit_pressure",
        "_mean",
        "_out",
        "_rise",
        "_samples",
        "_sigmas",
        "_stood_s",
        "last_s",
        "level",
        "lit",
        "name",
        "span",
        "zero",
    )

    def __init__(
        self, name: str, thresholds: Thresholds, period_s: float, cuts: bool = True, running: float = math.inf
    ) -> None:
        limits = thresholds.pressure
        self.name = name
        self.lit: bool | None = None
        """Whether it burns; None before the first samples."""
        self.last_s = -math.inf
        self.level = 0.0
        """Pressure of the last samples, Pa."""
        self._count = 0
        """Samples that it is made of."""
        self.zero = Baseline(200)
        self.span = Span(-math.inf, -math.inf)
        """When the last ignition or burnout began."""
        self._rise, self._out = Change(2.0 * period_s), Change(2.0 * period_s)
        self._cuts = cuts
        self._lit_pressure = min(limits.lit, running)
        self._samples = 3 if period_s < _SLOW_S else 2
        self._dying = Dying(limits.cut_part, limits.cut_s, limits.hold_s, 2.0 * period_s, self._samples)
        self._first = (0.0, 0.0)
        """Time and rise of the first sample of what may be an ignition."""
        self._fading = False
        self._former = math.nan
        """The reading before."""
        self._frozen = Span(-math.inf, -math.inf)
        """From when to when it last repeated itself."""
        self._gap_s, self._stood_s = max(_GAP_S, 2.5 * period_s), thresholds.sensor.stuck_s
        self._limits = limits
        self._sigmas = thresholds.pad.sigmas
        self._mean = 0.0

    @property
    def pending(self) -> bool:
        """Whether it looks like an ignition, not yet for long enough."""
        return self._rise.pending

    @property
    def settled(self) -> bool:
        """The level is made of samples of a gauge that is alive, and of none from before it was silent or stood still.

        What it was then is compared with another moment of the burn: a motor that burns as it should seems to change.
        """
        return self._count >= _LEVEL_SAMPLES

    def update(self, time_s: float, pressure: float) -> bool:
        """One sample; True when the motor has just been found lit or out."""
        stands = False
        if pressure == self._former:
            self._frozen = Span(self._frozen.low if self._frozen.high == self.last_s else self.last_s, time_s)
            stands = time_s - self._frozen.low > self._stood_s
        if stands or time_s - self.last_s > self._gap_s:
            self._count, self.level = 0, pressure
        else:
            if self._count < _LEVEL_SAMPLES:
                self._count += 1
            self.level += (pressure - self.level) / self._count
        self._former = pressure
        self.last_s = time_s
        if self.lit is None:
            self.lit = pressure > self._lit_pressure
            self._mean = pressure
        return self._burning(time_s, pressure) if self.lit else self._unlit(time_s, pressure)

    def _burning(self, time_s: float, pressure: float) -> bool:
        cut = self._cuts and self._dying.update(time_s, pressure, self._mean)
        out = self._out.update(time_s, pressure < self._floor(), self._limits.hold_s, self._samples)
        if not (cut or out):
            if not (self._out.pending or self._dying.pending):
                self._mean += 0.01 * (pressure - self._mean)
            return False
        self.lit = False
        self.span = self._dying.span if cut else self._out.span
        stood = self._frozen
        if stood.high - stood.low > _STUCK_S and stood.low < self.span.low <= stood.high:
            self.span = Span(stood.low, self.span.high)
        self._fading = cut
        return True

    def _unlit(self, time_s: float, pressure: float) -> bool:
        limits = self._limits
        rise, learns = pressure - self.zero.mean, not self._fading
        if self._fading:
            self._fading = pressure >= self._floor()
            rise = pressure if pressure > _RELIT * self._mean else -math.inf
        beyond = limits.rise_floor
        if rise > beyond:
            beyond = max(beyond, self._sigmas * self.zero.deviation)
        if learns and rise <= beyond and abs(pressure) < limits.zero_limit:
            self.zero.add(pressure)
        if not self._rise.pending:
            self._first = time_s, rise
        needed_s = limits.hold_s if pressure > self._lit_pressure else math.inf
        if not self._rise.update(time_s, rise > beyond, needed_s, self._samples):
            return False
        self.lit = True
        self.span = self._foot(time_s, rise)
        self._mean = pressure
        return True

    def _foot(self, time_s: float, rise: float) -> Span:
        """Where the rise began: slow starts grow with the square of time, fast ones are over within a sample or two."""
        span, (first_s, first) = self._rise.span, self._first
        if not 0.0 < 2.0 * first < rise:
            return span
        earlier_s = (time_s - first_s) / (math.sqrt(rise / first) - 1.0)
        foot_s = max(first_s - earlier_s, span.low - _FOOT_S)
        return span if foot_s >= span.low else Span(foot_s, foot_s + (span.high - span.low))

    def _floor(self) -> float:
        """No pressure of a burn is under it."""
        return max(self.zero.mean + self._sigmas * self.zero.deviation, self._limits.out_fraction * self._mean)
