"""The ground's own strapdown integration: what the inertial unit's packets add up to in the Earth-fixed frame.

The attitude is navigation's at each of its packets and is carried on by the gyroscopes between them, for as long as
navigation is silent, frozen or out of its mind.
"""

from __future__ import annotations

import math

from flight.geodesy import ROTATION_RATE, Vector
from ground.detect.thresholds import EstimatorRules

Quaternion = tuple[float, float, float, float]


class Strapdown:
    """Sums up specific force and rates (body axes) until `close` asks for the gain of velocity since the last time.

    A unit that gives a mean over each period is summed exactly; across packets that are missing the force is taken to
    change evenly, and `unknown` grows by what it may have done instead.
    """

    __slots__ = (
        "_force",
        "_heard_s",
        "_ix",
        "_iy",
        "_iz",
        "_longest_s",
        "_period_s",
        "_rate",
        "_restarted",
        "_rules",
        "_span_s",
        "_time_s",
        "_tx",
        "_ty",
        "_tz",
        "age_s",
        "attitude",
        "slip",
        "unknown",
    )

    def __init__(self, rules: EstimatorRules, period_s: float) -> None:
        self._rules = rules
        self._period_s = period_s
        self._time_s = self._heard_s = -math.inf
        self._force: Vector = (0.0, 0.0, 0.0)
        self._rate: Vector = (0.0, 0.0, 0.0)
        self._longest_s = 1.5 * period_s
        self._ix = self._iy = self._iz = 0.0
        self._tx = self._ty = self._tz = 0.0
        self._span_s = 0.0
        self._restarted = False
        self.attitude: Quaternion | None = None
        """Body to ECEF, scalar first; None before navigation's first."""
        self.age_s = 0.0
        """How long the gyroscopes alone have carried the attitude."""
        self.slip = 0.0
        """By how much the attitude last taken differed from the one carried, rad; read once, then set to 0."""
        self.unknown = 0.0
        """Velocity that the gaps since the last `close` may hold, m/s, one standard deviation."""

    @property
    def force(self) -> Vector:
        """The newest specific force, m/s2."""
        return self._force

    @property
    def rate(self) -> float:
        """The newest rate across the axis, rad/s."""
        return math.sqrt(self._rate[1] ** 2 + self._rate[2] ** 2)

    def add(self, time_s: float, x: float, y: float, z: float, p: float, q: float, r: float) -> None:
        """One packet of the unit: force along and rate about each axis. What is not finite, or late, is left out."""
        span_s = time_s - self._time_s
        # A sum with NaN in it compares false.
        if not (span_s > 0.0 and -1e6 < x + y + z + p + q + r < 1e6):
            return
        if span_s > self._longest_s:
            if span_s < self._rules.blind_s:
                self._bridge(span_s - self._period_s, x, y, z, p, q, r)
                span_s = self._period_s
            else:
                # `close` finds that this time is missing.
                span_s = 0.0
        self._time_s = self._heard_s = time_s
        self._force = x, y, z
        self._rate = p, q, r
        self._ix += x * span_s
        self._iy += y * span_s
        self._iz += z * span_s
        self._tx += p * span_s
        self._ty += q * span_s
        self._tz += r * span_s
        self._span_s += span_s

    def _bridge(self, gap_s: float, x: float, y: float, z: float, p: float, q: float, r: float) -> None:
        """Packets are missing between the last and this one."""
        a, b, c = self._force
        changed = math.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2)
        self.unknown += gap_s * self._rules.bridged * changed + self._unseen(gap_s)
        u, v, w = self._rate
        self._sum(gap_s, (0.5 * (x + a), 0.5 * (y + b), 0.5 * (z + c)), (0.5 * (p + u), 0.5 * (q + v), 0.5 * (r + w)))

    def take(self, attitude: Quaternion) -> None:
        """Navigation's attitude at the time of the last `close`. Far from the one carried it is refused: a computer
        that starts again takes itself to stand on its pad.
        """
        w, x, y, z = attitude
        size = math.sqrt(w * w + x * x + y * y + z * z)
        if not 0.99 < size < 1.01:
            return
        if self.attitude is not None:
            a, b, c, d = self.attitude
            half = min(1.0, abs(a * w + b * x + c * y + d * z) / size)
            slip = 2.0 * math.acos(half) if half < 0.9999995 else 0.0
            if slip > self._rules.slip:
                return
            self.slip = max(self.slip, slip)
        self._restarted = False
        self.attitude = (w / size, x / size, y / size, z / size)
        self.age_s = 0.0

    def forget(self) -> None:
        """The attitude carried has gone wrong: the next one of navigation's is taken as it is."""
        self.attitude = None

    def restarted(self) -> None:
        """The computer has started again: its attitude is taken only once it is near the one carried."""
        self._restarted = True

    def close(self, time_s: float, since_s: float) -> Vector | None:
        """Velocity gained from `since_s`, when it was asked last, to `time_s`, without gravity, m/s, ECEF.

        None where there is no attitude or no measurement: then only `unknown` says what may have happened.
        """
        if time_s > self._time_s and math.isfinite(self._time_s):
            held_s = time_s - self._time_s
            if time_s - self._heard_s < self._rules.blind_s:
                self._sum(held_s, self._force, self._rate)
                if held_s > self._longest_s:
                    self.unknown += self._unseen(held_s)
            self._time_s = time_s
        missing_s = time_s - since_s - self._span_s
        if missing_s > 1e-6:
            self._miss(missing_s)
        impulse, turn, span_s = (self._ix, self._iy, self._iz), (self._tx, self._ty, self._tz), self._span_s
        self._ix = self._iy = self._iz = self._tx = self._ty = self._tz = self._span_s = 0.0
        if self.attitude is None:
            self.unknown += span_s * self._rules.blind
            return None
        self.age_s += time_s - since_s
        middle = _turned(self.attitude, turn, 0.5)
        self.attitude = _earth_turned(_turned(self.attitude, turn, 1.0), time_s - since_s)
        return rotated(middle, impulse)

    def _sum(self, span_s: float, force: Vector, rate: Vector) -> None:
        self._ix += force[0] * span_s
        self._iy += force[1] * span_s
        self._iz += force[2] * span_s
        self._turn_on(span_s, rate)
        self._span_s += span_s

    def _unseen(self, span_s: float) -> float:
        """Velocity that a force may have given in a gap without a trace on either side: little in milliseconds."""
        rules = self._rules
        return span_s * rules.restless * min(1.0, span_s / rules.restless_s)

    def _turn_on(self, span_s: float, rate: Vector) -> None:
        self._tx += rate[0] * span_s
        self._ty += rate[1] * span_s
        self._tz += rate[2] * span_s

    def _miss(self, span_s: float) -> None:
        """Nobody measured for so long."""
        self.unknown += span_s * self._rules.blind
        if self._restarted:
            self._turn_on(span_s, self._rate)
        elif span_s > self._rules.blind_s:
            self.attitude = None


def rotated(attitude: Quaternion, vector: Vector) -> Vector:
    """A body vector in the frame that the attitude leads to."""
    w, x, y, z = attitude
    a, b, c = vector
    t, u, v = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    return a + w * t + y * v - z * u, b + w * u + z * t - x * v, c + w * v + x * u - y * t


def unrotated(attitude: Quaternion, vector: Vector) -> Vector:
    """The inverse of `rotated`."""
    w, x, y, z = attitude
    return rotated((w, -x, -y, -z), vector)


def _turned(attitude: Quaternion, turn: Vector, part: float) -> Quaternion:
    """The attitude after a part of a turn about body axes, rad: a rotation vector to third order, normalised."""
    w, x, y, z = attitude
    square = part * part * (turn[0] ** 2 + turn[1] ** 2 + turn[2] ** 2)
    scale, cosine = part * (0.5 - square / 48.0), 1.0 - square / 8.0
    p, q, r = scale * turn[0], scale * turn[1], scale * turn[2]
    w, x, y, z = (
        w * cosine - x * p - y * q - z * r,
        x * cosine + w * p + y * r - z * q,
        y * cosine + w * q + z * p - x * r,
        z * cosine + w * r + x * q - y * p,
    )
    size = math.sqrt(w * w + x * x + y * y + z * z)
    return w / size, x / size, y / size, z / size


def _earth_turned(attitude: Quaternion, span_s: float) -> Quaternion:
    """The attitude in the frame that has turned with the Earth meanwhile."""
    w, x, y, z = attitude
    half = -0.5 * ROTATION_RATE * span_s
    return w - half * z, x - half * y, y + half * x, z + half * w
