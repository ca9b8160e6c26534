"""A solid motor's planned burn as the onboard computer keeps it: acceleration and speed gained, knot by knot."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

KNOTS = 16
"""That the onboard computer has room for."""
MOST_TRACE = 11
"""Knots of a thrust trace: its own, and what is added for the rise and the weave, leave some to put between."""
FINE = 400
"""Parts of a burn in which the speed at which the weave changes is looked for."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Thrust over its mean by part of the burn, straight between the knots, after a rise from nothing in `rise_s`."""

    rise_s: float
    part: tuple[float, ...]
    thrust: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Seconds since first thrust, acceleration in m/s2, its integral in m/s."""

    time: tuple[float, ...]
    push: tuple[float, ...]
    gained: tuple[float, ...]


class _Motor:
    def __init__(self, trace: Trace, thrust_n: float, exhaust_speed_m_s: float, burn_s: float, mass_kg: float) -> None:
        self._exhaust, self._mass = exhaust_speed_m_s, mass_kg
        times = [part * burn_s for part in trace.part]
        after = next(place for place, time in enumerate(times) if time > trace.rise_s)
        share = (trace.rise_s - times[after - 1]) / (times[after] - times[after - 1])
        level = trace.thrust[after - 1] + share * (trace.thrust[after] - trace.thrust[after - 1])
        self.times = [0.0, trace.rise_s, *times[after:]]
        ratios = [0.0, level, *trace.thrust[after:]]
        areas = [0.0]
        for place, (begin, end) in enumerate(pairwise(self.times)):
            areas.append(areas[-1] + 0.5 * (ratios[place] + ratios[place + 1]) * (end - begin))
        scale = thrust_n * burn_s / areas[-1]
        self._thrusts = [ratio * scale for ratio in ratios]
        self._impulses = [area * scale for area in areas]

    def at(self, time: float) -> tuple[float, float]:
        """Acceleration and speed gained."""
        place = min(bisect_right(self.times, time), len(self.times) - 1) - 1
        late = time - self.times[place]
        slope = (self._thrusts[place + 1] - self._thrusts[place]) / (self.times[place + 1] - self.times[place])
        thrust = self._thrusts[place] + slope * late
        mass = self._mass - (self._impulses[place] + 0.5 * (self._thrusts[place] + thrust) * late) / self._exhaust
        return thrust / mass, self._exhaust * math.log(self._mass / mass)


def curve(
    trace: Trace,
    thrust_n: float,
    exhaust_speed_m_s: float,
    burn_s: float,
    mass_kg: float,
    speeds_m_s: Sequence[float] = (),
) -> Curve:
    """The burn in vacuum of a vehicle of that mass at ignition; knots also where the given speeds are gained.

    `thrust_n` is the mean. Gaps between the knots are halved, the longest first.
    """
    motor = _Motor(trace, thrust_n, exhaust_speed_m_s, burn_s, mass_kg)
    fine = [burn_s * place / FINE for place in range(FINE + 1)]
    gained = [motor.at(time)[1] for time in fine]
    times = list(motor.times)
    for speed in speeds_m_s:
        if gained[1] < speed < gained[-2]:
            place = bisect_right(gained, speed) - 1
            part = (speed - gained[place]) / (gained[place + 1] - gained[place])
            times.append(fine[place] + part * (fine[1] - fine[0]))
    times.sort()
    while len(times) < KNOTS:
        gap, begin = max((end - begin, begin) for begin, end in pairwise(times))
        times.append(begin + 0.5 * gap)
        times.sort()
    rows = [motor.at(time) for time in times]
    return Curve(tuple(times), tuple(push for push, _ in rows), tuple(speed for _, speed in rows))
