"""Gyroscopes that turn on the ground: the receiver's innovations held against what such a fault would make of them.

A gyroscope's error of b rad/s tilts the attitude by b t, and under a force a the velocity parts sideways by half a b
t^2. The filter follows part of that; what it leaves in its innovations is known for each moment at which the fault may
have begun, since the filter is linear. The generalized likelihood ratio is the innovations' part along that signature
(A. S. Willsky and H. L. Jones, IEEE Transactions on Automatic Control 21, 1976, pages 108-112).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ground.detect.estimator import Innovation
from ground.detect.thresholds import DriftRules

_ACROSS = (1, 2)
"""Body axes along which a tilt shows: the force is along the first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A gyroscope's error: along which body axis it shows, its size,
    standard deviation and limit in rad/s, and its beginning."""

    axis: int
    rate: float
    sigma: float
    limit: float
    onset_s: float


class _Signature:
    """What an error of 1 rad/s that began at `onset_s` makes of the filter, and the innovations' part along it."""

    __slots__ = ("_error", "_position", "_tilt", "_velocity", "along", "information", "onset_s")

    def __init__(self, onset_s: float) -> None:
        self.onset_s = onset_s
        self._position = self._velocity = self._error = self._tilt = 0.0
        self.along = [0.0, 0.0]
        self.information = 0.0

    def add(self, innovation: Innovation, force: float, clipped: tuple[float, float]) -> None:
        """One solution, `force` along the axis since the one before, innovations across in standard deviations."""
        span_s, sigma = innovation.span_s, innovation.sigma
        tilt = self._tilt
        self._tilt = tilt + span_s
        self._position += span_s * (self._velocity + span_s * (0.5 * self._error + force * (0.5 * tilt + span_s / 6.0)))
        self._velocity += span_s * (self._error + force * (tilt + 0.5 * span_s))
        seen = self._velocity / sigma
        self.along[0] += seen * clipped[0]
        self.along[1] += seen * clipped[1]
        self.information += seen * seen
        for (a, b, c), off in ((innovation.by_position, self._position), (innovation.by_velocity, None)):
            told = self._velocity if off is None else off
            self._position -= a * told
            self._velocity -= b * told
            self._error -= c * told


class Drift:
    """The test over the newest possible beginnings; a fixed number of them, some ten operations each a solution."""

    def __init__(self, rules: DriftRules) -> None:
        self._rules = rules
        self._signatures: list[_Signature] = []

    def rest(self) -> None:
        """What was expected no longer follows from what was before."""
        self._signatures.clear()

    def add(self, innovation: Innovation, force: float) -> Found | None:
        """One innovation; the most certain error there is, where one is certain enough. Then it begins anew."""
        rules, signatures, sigma = self._rules, self._signatures, innovation.sigma
        clip = rules.clip
        across = [min(max(innovation.velocity[axis] / sigma, -clip), clip) for axis in _ACROSS]
        clipped = across[0], across[1]
        best, found = rules.sigmas, None
        for each in signatures:
            each.add(innovation, force, clipped)
            if not each.information > 0.0:
                continue
            error = 1.0 / math.sqrt(each.information)
            for place, axis in enumerate(_ACROSS):
                rate = each.along[place] / each.information
                if abs(rate) - rules.least > best * error:
                    best = (abs(rate) - rules.least) / error
                    found = Found(axis, abs(rate), error, rules.least + rules.sigmas * error, each.onset_s)
        if not signatures or innovation.time_s - signatures[-1].onset_s >= rules.every_s:
            signatures.append(_Signature(innovation.time_s))
            del signatures[: -round(rules.onsets)]
        if found is not None:
            self.rest()
        return found
