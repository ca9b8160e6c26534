"""Lasting shifts of a normalised signal: two-sided CUSUM on clipped, whitened samples, with limits from arithmetic.

E. S. Page, Continuous inspection schemes, Biometrika 41, 1954; limits after D. Siegmund, Sequential Analysis, 1985,
section 2.6. Clipping bounds what one sample says, so that heavy tails cost little; correlation, which would ruin the
time between false alarms, is taken out beforehand.
"""

from __future__ import annotations

import math

from ground.detect.thresholds import CusumRules

OVERSHOOT = 1.166
"""Siegmund's correction: the sum of a discrete walk passes its limit by half of this on the average."""


def run_length(limit: float, reference: float, shift: float = 0.0) -> float:
    """Mean samples until a one-sided CUSUM of Gaussian samples of unit variance and mean `shift` passes `limit`.

    Siegmund's approximation, within 5 % of the exact values from a limit of 4 on.
    """
    drift = shift - reference
    height = limit + OVERSHOOT
    if drift == 0.0:
        return height * height
    return (math.exp(-2.0 * drift * height) + 2.0 * drift * height - 1.0) / (2.0 * drift * drift)


def limit_for(samples: float, reference: float) -> float:
    """The limit at which a one-sided CUSUM gives a false alarm in so many samples, on the average."""
    low, high = 0.0, 100.0
    while high - low > 1e-9:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if run_length(middle, reference) < samples else (low, middle)
    return high


def limit_of(rules: CusumRules, rate_hz: float) -> float:
    """The limit of each side of each of `rules.channels` channels of this rate that have `rules.hours` between them."""
    samples = 2.0 * rules.channels * rules.hours * 3600.0 * rate_hz
    return rules.margin * limit_for(samples, rules.reference)


class Whitener:
    """Learns how much wider than promised a signal is, and how far a sample repeats its predecessor, and undoes both.

    Nothing is ever sharpened: where a signal is narrower than promised, or alternates, it is left as it is.
    """

    __slots__ = ("_before", "_count", "_keep", "_most", "correlation", "variance")

    def __init__(self, keep: float, most_correlation: float) -> None:
        self._keep = keep
        self._most = most_correlation
        self._count = 0.0
        self._before = 0.0
        self.variance = 1.0
        self.correlation = 0.0

    def add(self, value: float, learn: bool) -> float:
        """One sample of a signal promised to have unit variance. What is not to be learnt from leaves no trace."""
        sigma = math.sqrt(max(1.0, self.variance))
        scaled = min(max(value / sigma, -3.0), 3.0)
        part = min(max(self.correlation, 0.0), self._most)
        white = (value / sigma - part * self._before) / math.sqrt(1.0 - part * part)
        if learn:
            self._count = min(self._count + 1.0, self._keep)
            # A start from the promise, as if a fifth of the memory had borne it out.
            weight = 1.0 / (self._count + 0.2 * self._keep)
            self.variance += weight * (sigma * sigma * scaled * scaled - self.variance)
            self.correlation += weight * (scaled * self._before - self.correlation)
        self._before = scaled
        return white


class Cusum:
    """Two sums of one signal: how far it has stayed above, and below, what chance allows."""

    __slots__ = ("_high", "_high_s", "_last_s", "_low", "_low_s", "_rules", "_whitener", "limit", "onset_s")

    def __init__(self, rules: CusumRules, rate_hz: float) -> None:
        self._rules = rules
        self._whitener = Whitener(rules.memory, rules.correlation)
        self.limit = limit_of(rules, rate_hz)
        self._high = self._low = 0.0
        self._high_s = self._low_s = self._last_s = math.nan
        self.onset_s = math.nan
        """Where the sum that passed the limit last left zero: the sample before the first that spoke for a shift."""

    @property
    def level(self) -> float:
        """The larger sum, in parts of the limit."""
        return max(self._high, self._low) / self.limit

    def toward(self, value: float) -> float:
        """The sum on the side of a value, in parts of the limit."""
        return (self._high if value > 0.0 else self._low) / self.limit

    def add(self, time_s: float, value: float) -> bool:
        """One sample in units of its promised standard deviation; True when a shift is found. Then it begins anew."""
        rules = self._rules
        white = self._whitener.add(value, max(self._high, self._low) < rules.doubt * self.limit)
        step = min(max(white, -rules.clip), rules.clip)
        if self._high == 0.0:
            self._high_s = self._last_s
        if self._low == 0.0:
            self._low_s = self._last_s
        self._last_s = time_s
        self._high = max(0.0, self._high + step - rules.reference)
        self._low = max(0.0, self._low - step - rules.reference)
        if self._high <= self.limit and self._low <= self.limit:
            return False
        self.onset_s = self._high_s if self._high > self.limit else self._low_s
        if math.isnan(self.onset_s):
            self.onset_s = time_s
        self.rest()
        return True

    def rest(self) -> None:
        """Forgets what has been summed up, not what has been learnt."""
        self._high = self._low = 0.0
