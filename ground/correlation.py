"""Time correlation: the vehicle's clock against the ground's, from when packets were made and when they came.

A packet comes late by what it waited in queues, never early. So only the least delayed of each stretch of time count:
a straight line through them, drawn by least squares with what is still late left out, is the relation of the two clocks
(the convex-hull and line-fit estimators of S. B. Moon, P. Skelly and D. Towsley, Estimation and removal of clock skew
from network delay measurements, INFOCOM 1999, do the same). The least delay itself cannot be told from an offset.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ground.clock import VehicleClock

MOST = 32
"""Stretches kept; when there are more, neighbours are joined and each is twice as long from then on."""

FIRST_NS = 1_000_000_000
"""Received time of the first stretches."""

_LATE = 3.0
"""So many times as late as the least late quarter of them, a stretch has had no packet in time."""

_QUANTUM_S = 1e-4
"""Least scatter that is believed: of the onboard time stamp (15 microseconds) and of the ground's reading."""


@dataclass(frozen=True, slots=True)
class ClockFit:
    """`offset_s` is vehicle time less ground time (received seconds times the vehicle's rate) for a packet that waits
    nowhere; `drift` how much faster the vehicle's clock runs than the ground's, seconds per second. Errors are one
    standard deviation. `delay_s` is how long the newest packet waited beyond the least, in received seconds; `span_s`
    the received time that the fit rests on.
    """

    offset_s: float
    offset_error_s: float
    drift: float
    drift_error: float
    delay_s: float
    span_s: float


class Correlation:
    """One vehicle's. `heard` takes the clock after packets have come; memory is fixed.

    The relation begins anew where the onboard clock starts again and where the vehicle's rate changes. Of an untimed
    vehicle (rate 0) there is none: its clock does not run with anybody's.
    """

    __slots__ = ("_best", "_epoch", "_fit", "_fit_at", "_length_ns", "_newest", "_origin_ns", "_stretch")

    def __init__(self) -> None:
        self._epoch: tuple[float, float, int] = (0.0, 0.0, 0)
        self._begin(0)

    def _begin(self, received_ns: int) -> None:
        self._origin_ns = received_ns
        self._length_ns = FIRST_NS
        self._best: list[tuple[float, float]] = []
        """Of each closed stretch the least late packet: received time, vehicle less ground time, s."""
        self._stretch: tuple[int, float, float] | None = None
        """The stretch now open: its number, and the same."""
        self._newest = (0.0, 0.0)
        self._fit: tuple[float, float, float, float, float] | None = None
        self._fit_at = -1

    def heard(self, clock: VehicleClock) -> None:
        """After packets have come."""
        if clock.rate <= 0.0 or clock.last is None:
            return
        epoch = (clock.rate, clock.offset_s, clock.rewound)
        if epoch != self._epoch:
            self._epoch = epoch
            self._begin(clock.last_ns)
        elapsed_ns = clock.last_ns - self._origin_ns
        seconds = elapsed_ns * 1e-9
        ahead = (clock.time_s or 0.0) - seconds * clock.rate
        self._newest = seconds, ahead
        number = elapsed_ns // self._length_ns
        stretch = self._stretch
        if stretch is None or number == stretch[0]:
            if stretch is None or ahead > stretch[2]:
                self._stretch = number, seconds, ahead
        elif number > stretch[0]:
            self._close((stretch[1], stretch[2]))
            self._stretch = elapsed_ns // self._length_ns, seconds, ahead

    def fit(self) -> ClockFit | None:
        """The relation now; None of an untimed vehicle, and before three stretches."""
        if len(self._best) < 3:
            return None
        if self._fit is None or self._fit_at != len(self._best):
            self._fit, self._fit_at = _line(self._best), len(self._best)
        middle, level, slope, level_error, slope_error = self._fit
        rate = self._epoch[0]
        seconds, ahead = self._newest
        line = level + slope * (seconds - middle)
        return ClockFit(
            offset_s=line - self._origin_ns * 1e-9 * rate,
            offset_error_s=math.hypot(level_error, slope_error * (seconds - middle)),
            drift=slope / rate,
            drift_error=slope_error / rate,
            delay_s=max(0.0, line - ahead) / rate,
            span_s=seconds,
        )

    def _close(self, best: tuple[float, float]) -> None:
        self._best.append(best)
        self._fit = None
        if len(self._best) < MOST:
            return
        slope = _line(self._best)[2]
        pairs = zip(self._best[::2], self._best[1::2], strict=True)
        self._best = [max(pair, key=lambda point: point[1] - slope * point[0]) for pair in pairs]
        self._length_ns *= 2


def _line(points: list[tuple[float, float]]) -> tuple[float, float, float, float, float]:
    """Where the middle is, level there, slope, and the errors of both.

    The line over all points that is nearest to them in sum is an edge of their upper hull; by it late points are told
    from the rest, through which the line is drawn.
    """
    slope, level = _over(points)
    behind = sorted(level + slope * x - y for x, y in points)
    timely = max(_QUANTUM_S, _LATE * behind[len(behind) // 4])
    kept = [(x, y) for x, y in points if level + slope * x - y <= timely]
    if len(kept) < 3:
        kept = points
    middle, level, slope = _least_squares(kept)
    squares = sum((y - level - slope * (x - middle)) ** 2 for x, y in kept)
    variance = max(_QUANTUM_S**2, squares / max(1, len(kept) - 2))
    spread = sum((x - middle) ** 2 for x, _ in kept)
    return middle, level, slope, math.sqrt(variance / len(kept)), math.sqrt(variance / spread) if spread else math.inf


def _over(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Slope and level (at 0) of the upper hull's edge over the points' mean; points stand in order of x."""
    hull: list[tuple[float, float]] = []
    for x, y in points:
        while len(hull) > 1 and (hull[-1][1] - hull[-2][1]) * (x - hull[-2][0]) <= (y - hull[-2][1]) * (
            hull[-1][0] - hull[-2][0]
        ):
            hull.pop()
        hull.append((x, y))
    mean = sum(x for x, _ in points) / len(points)
    place = next(place for place in range(1, len(hull)) if hull[place][0] >= mean or place == len(hull) - 1)
    (x, y), (to_x, to_y) = hull[place - 1], hull[place]
    slope = (to_y - y) / (to_x - x)
    return slope, y - slope * x


def _least_squares(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    count = len(points)
    middle = sum(x for x, _ in points) / count
    level = sum(y for _, y in points) / count
    spread = sum((x - middle) ** 2 for x, _ in points)
    slope = sum((x - middle) * (y - level) for x, y in points) / spread if spread else 0.0
    return middle, level, slope
