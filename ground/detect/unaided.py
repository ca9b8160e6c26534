"""How far a navigation may have drifted while its receiver had no fix, though nothing is wrong with it."""

from __future__ import annotations

import math

from flight.geodesy import dot
from ground.detect.covariance import Covariance
from ground.detect.estimator import Estimator
from ground.detect.thresholds import EstimatorRules, Sensor


class Unaided:
    """`speed` (m/s) and `position` (m) that no more than a healthy drift makes.

    By inertia alone a navigation errs as its unit does: by the error that the ground has learnt of the unit, for the
    computer may have learnt nothing of it, and by what that error may have become since. The receiver's solutions draw
    it back; the ground's own state, which gives each its due weight, is right with the first, the computer later
    (assumed: a gain of one in `renewing` or more).
    """

    def __init__(self, rules: EstimatorRules, limits: Sensor, estimator: Estimator) -> None:
        self._rules = rules
        self._sigmas = limits.sigmas
        self._kept = 1.0 - 1.0 / limits.renewing
        self._estimator = estimator
        self._time_s = -math.inf
        self._own: Covariance | None = None
        """While there is no fix."""
        self._learnt = (0.0, 0.0)
        """Speed and position by the error that the ground has learnt."""
        self._left = (0.0, 0.0)
        """Of losses before, as far as solutions have not made up for it."""
        self.speed = self.position = 0.0

    def solution(self, time_s: float, fix: bool) -> None:
        """The receiver has sent, with a fix or without. Before the estimate has taken it in."""
        span_s, self._time_s = time_s - self._time_s, time_s
        # False for the first of all.
        if not 0.0 < span_s < math.inf:
            return
        if self._own is None and fix:
            speed, position = self._left
            self._left = self._kept * speed, self._kept * (position + speed * span_s)
        else:
            self._drift(span_s)
        self.speed, self.position = self._left
        if self._own is not None:
            self.speed += self._learnt[0] + self._sigmas * math.sqrt(self._own.velocity)
            self.position += self._learnt[1] + self._sigmas * math.sqrt(self._own.position)
            if fix:
                self._left, self._own = (self.speed, self.position), None

    def _drift(self, span_s: float) -> None:
        rules, estimator = self._rules, self._estimator
        if self._own is None:
            self._own = Covariance(0.0, 0.0, max(estimator.level.bias, estimator.upright.bias))
            self._learnt = 0.0, 0.0
        own, error = self._own, math.sqrt(dot(estimator.bias, estimator.bias))
        own.propagate(span_s)
        own.velocity += rules.walk * rules.walk * span_s
        own.bias += rules.bias_walk * rules.bias_walk * span_s
        speed, position = self._learnt
        self._learnt = speed + error * span_s, position + (speed + 0.5 * error * span_s) * span_s
        left, far = self._left
        self._left = left, far + left * span_s
