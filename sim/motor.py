"""Solid motors: thrust over time from a trace, propellant from the trace's integral."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from sim.earth import STANDARD_GRAVITY


class SolidMotor:
    """A motor that burns all its propellant in one go along a given thrust trace.

    `trace` is (fraction of the burn, thrust over its mean) with straight lines between; it is scaled so that its mean
    is 1, and begins with a rise from 0 over `rise_s`. Thrust is in vacuum, N; the mass flow is thrust over effective
    exhaust speed throughout. Chamber pressure is proportional to vacuum thrust.
    """

    def __init__(
        self,
        propellant_kg: float,
        specific_impulse_s: float,
        mean_thrust_n: float,
        trace: Sequence[tuple[float, float]],
        rise_s: float,
    ) -> None:
        self.propellant_kg = propellant_kg
        self.specific_impulse_s = specific_impulse_s
        self.trace = tuple(trace)
        self.rise_s = rise_s
        self.exhaust_speed = specific_impulse_s * STANDARD_GRAVITY
        self.mean_thrust_n = mean_thrust_n
        self.burn_s = propellant_kg * self.exhaust_speed / mean_thrust_n
        knots = _with_rise([(part * self.burn_s, ratio) for part, ratio in trace], rise_s)
        areas = [0.0]
        for (t0, f0), (t1, f1) in pairwise(knots):
            areas.append(areas[-1] + 0.5 * (f0 + f1) * (t1 - t0))
        scale = mean_thrust_n * self.burn_s / areas[-1]
        self._times = tuple(time for time, _ in knots)
        self._thrusts = tuple(ratio * scale for _, ratio in knots)
        self._impulses = tuple(area * scale for area in areas)
        self._slopes = tuple(
            (f1 - f0) / (t1 - t0) for (t0, f0), (t1, f1) in pairwise(zip(self._times, self._thrusts, strict=True))
        )

    def at(self, seconds: float) -> tuple[float, float]:
        """Vacuum thrust in N and propellant burnt so far in kg, `seconds` after first thrust."""
        if seconds <= 0.0:
            return 0.0, 0.0
        if seconds >= self.burn_s:
            return 0.0, self.propellant_kg
        place = bisect_right(self._times, seconds) - 1
        late = seconds - self._times[place]
        start, slope = self._thrusts[place], self._slopes[place]
        impulse = self._impulses[place] + late * (start + 0.5 * slope * late)
        return start + slope * late, impulse / self.exhaust_speed


def _with_rise(knots: list[tuple[float, float]], rise_s: float) -> list[tuple[float, float]]:
    """The trace with its first `rise_s` seconds replaced by a straight rise from nothing."""
    after = next(place for place, (time, _) in enumerate(knots) if time > rise_s)
    (t0, f0), (t1, f1) = knots[after - 1], knots[after]
    level = f0 + (f1 - f0) * (rise_s - t0) / (t1 - t0)
    return [(0.0, 0.0), (rise_s, level), *knots[after:]]
