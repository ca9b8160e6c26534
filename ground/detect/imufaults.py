"""Faults of the inertial unit: the receiver's innovations held against what each such fault would make of them.

An accelerometer's error of a m/s2 parts the velocity by a t; a gyroscope's of b rad/s tilts the attitude by b t, and
under a force f the velocity parts sideways by half f b t^2. The filter follows part of that; what it leaves in its
innovations is known for each moment at which the fault may have begun, since the filter is linear. The generalized
likelihood ratio is the innovations' part along that signature (A. S. Willsky and H. L. Jones, IEEE Transactions on
Automatic Control 21, 1976, pages 108-112).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ground.detect.estimator import Innovation
from ground.detect.thresholds import ImuFaultRules

Kind = Literal["accelerometer", "gyroscope"]

_ALL, _ACROSS = (0, 1, 2), (1, 2)
"""Body axes along which an accelerometer's error shows, and a tilt: the force is along the first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fault: of what, along which body axis it shows, its size, standard deviation and limit in m/s2 or rad/s, and
    its beginning.
    """

    kind: Kind
    axis: int
    size: float
    sigma: float
    limit: float
    onset_s: float


class _Signature:
    """What an error of one unit that began at `onset_s` makes of the filter, and the innovations' part along it."""

    __slots__ = ("_error", "_position", "_tilt", "_turns", "_velocity", "along", "information", "onset_s")

    def __init__(self, onset_s: float, turns: bool) -> None:
        self.onset_s = onset_s
        self._turns = turns
        self._position = self._velocity = self._error = self._tilt = 0.0
        self.along = [0.0, 0.0, 0.0]
        self.information = 0.0

    def add(self, innovation: Innovation, force: float, clipped: tuple[float, ...]) -> None:
        """One solution, `force` along the axis since the one before, innovations in standard deviations."""
        span_s = innovation.span_s
        if self._turns:
            gained = force * (self._tilt + 0.5 * span_s)
            self._tilt += span_s
        else:
            gained = 1.0
        grown = span_s * (self._error + gained)
        self._position += span_s * (self._velocity + 0.5 * grown)
        self._velocity += grown
        seen = self._velocity / innovation.sigma
        along = self.along
        along[0] += seen * clipped[0]
        along[1] += seen * clipped[1]
        along[2] += seen * clipped[2]
        self.information += seen * seen
        told = self._position
        a, b, c = innovation.by_position
        self._position -= a * told
        self._velocity -= b * told
        self._error -= c * told
        told = self._velocity
        a, b, c = innovation.by_velocity
        self._position -= a * told
        self._velocity -= b * told
        self._error -= c * told


class _Bank:
    """The newest possible beginnings of one kind of fault: a fixed number of them."""

    def __init__(self, kind: Kind, every_s: float, onsets: float, least: float, rules: ImuFaultRules) -> None:
        self._kind = kind
        self._every_s = every_s
        self._onsets = round(onsets)
        self._least = least
        self._rules = rules
        self._axes = _ACROSS if kind == "gyroscope" else _ALL
        self._signatures: list[_Signature] = []

    def rest(self) -> None:
        self._signatures.clear()

    def add(self, innovation: Innovation, force: float, clipped: tuple[float, ...]) -> Found | None:
        """One innovation; the most certain fault there is, where one is certain enough."""
        signatures, sigmas = self._signatures, self._rules.sigmas
        best, found = sigmas, None
        for each in signatures:
            each.add(innovation, force, clipped)
            if not each.information > 0.0:
                continue
            sigma = 1.0 / math.sqrt(each.information)
            for axis in self._axes:
                size = abs(each.along[axis]) / each.information
                if size > best * sigma and size > self._least:
                    best = size / sigma
                    found = Found(self._kind, axis, size, sigma, max(self._least, sigmas * sigma), each.onset_s)
        if not signatures or innovation.time_s - signatures[-1].onset_s >= self._every_s:
            signatures.append(_Signature(innovation.time_s, self._kind == "gyroscope"))
            del signatures[: -self._onsets]
        return found


class ImuFaults:
    """The test over both kinds; some microseconds a solution and beginning."""

    def __init__(self, rules: ImuFaultRules) -> None:
        self._clip = rules.clip
        self._looks = rules.looks
        self._hangs = rules.hangs
        self._seen = 0
        """Solutions in a row that have shown a fault: one alone may owe it to a tail of the receiver's noise."""
        self._banks = (
            _Bank("accelerometer", rules.step_every_s, rules.step_onsets, rules.step_least, rules),
            _Bank("gyroscope", rules.turn_every_s, rules.turn_onsets, rules.turn_least, rules),
        )

    def rest(self) -> None:
        """What was expected no longer follows from what was before."""
        self._seen = 0
        for bank in self._banks:
            bank.rest()

    def add(self, innovation: Innovation, force: float) -> Found | None:
        """One innovation, and the force along the axis, m/s2. After a fault is found it begins anew."""
        sigma, clip = innovation.sigma, self._clip
        clipped = tuple(min(max(value / sigma, -clip), clip) for value in innovation.velocity)
        all_found = [found for bank in self._banks if (found := bank.add(innovation, force, clipped)) is not None]
        if innovation.by_velocity[1] > self._hangs:
            # Whatever this solution errs by looks like a step in those that follow.
            self._banks[0].rest()
        self._seen = self._seen + 1 if all_found else 0
        if not all_found or self._seen < self._looks:
            return None
        self.rest()
        return max(all_found, key=lambda found: found.size / found.sigma)
