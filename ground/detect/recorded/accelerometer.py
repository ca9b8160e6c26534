"""Lift-off and burns of a flight that carried an accelerometer.

The axial specific force f is what an accelerometer along the rocket feels: +9.8 m/s² standing on the pad, thrust
minus drag per mass in flight, 0 in free fall outside the air. Some recorders write it with 9.8 taken off; what the
column reads on the pad tells. A vertical acceleration without gravity, plus gravity, stands for it in a near-
vertical flight.

Burn-out is where f falls through zero: thrust no longer exceeds drag. A motor that tails off has no sharper moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.detect.flightfile import FlightFile
from ground.detect.recorded.burns import Burn, Edge, spans
from ground.detect.recorded.fitting import Array, noise_of, parabola, robust_sigma, thin
from ground.detect.recorded.moments import Moment
from ground.detect.recorded.tracks import STANDARD_GRAVITY, Channel

FINEST = 0.005  # s: denser samples are averaged
HEAD = 0.2  # s before anything can have happened, at least five samples
SMOOTHED = 0.1  # s
LAUNCH_GAIN = 5.0  # m/s: more than carrying, dropping or a gust leaves in an integral that began at rest
LAUNCH_GAIN_ALONE = 15.0  # m/s, where no altitude confirms it
LAUNCH_CLIMB, CLIMBS_FOR = 20.0, 10.0  # m, the AltOS rule's; s
SHORTEST_BURN = 0.15  # s; ejection charges and separation shocks last some 0.05 s
SHORTEST_COAST = 0.2  # s; a shorter dip is rough burning
SMALLEST_GAIN = 10.0  # m/s
SMALLEST_PUSH = 4.0  # m/s²: a turning hull or a zero that is off makes one or two, no stage of a small rocket so little
WEAKEST = 1.0  # m/s²
BEND_OVER = 1.5  # s to each side, over which a change of the climb's acceleration shows in the altitude


@dataclass(frozen=True, slots=True)
class Force:
    """Specific force along the rocket: time (s), force and its running mean `smooth` (m/s²), each of shape (n,).

    noise: 1σ of one sample; column: the file's.
    """

    time: Array
    force: Array
    noise: float
    column: str
    smooth: Array

    @property
    def net(self) -> Array:
        """What is felt beyond standing still."""
        return self.force - STANDARD_GRAVITY


def force_of(flight: FlightFile) -> Force | None:
    """The accelerometer's column, whatever zero its recorder uses; None where there is none."""
    for column, rest in (("acceleration_m_s2", STANDARD_GRAVITY), ("vertical_acceleration_m_s2", 0.0)):
        values = flight.columns.get(column)
        if values is None or np.isfinite(values).sum() < 20:
            continue
        known = np.isfinite(values)
        time, felt = thin(flight.time[known], FINEST, values[known])
        head = felt[: max(5, int(np.searchsorted(time, time[0] + HEAD)))]
        level = float(np.median(head))
        nearest = min((0.0, STANDARD_GRAVITY), key=lambda zero: abs(zero - level))
        at_rest = abs(level - nearest) < 4.0 and robust_sigma(head) < 4.0
        force = felt - (level if at_rest else rest) + STANDARD_GRAVITY
        return Force(time, force, noise_of(force), column, _smoothed(time, force))
    return None


def _smoothed(time: Array, values: Array) -> Array:
    """Running mean over SMOOTHED seconds, at least three samples."""
    half = 0.5 * max(SMOOTHED, 3.0 * float(np.median(np.diff(time))))
    total = np.concatenate(([0.0], np.cumsum(values)))
    first, last = np.searchsorted(time, time - half - 1e-9), np.searchsorted(time, time + half + 1e-9)
    mean: Array = (total[last] - total[first]) / (last - first)
    return mean


def liftoff(force: Force, altitude: Channel | None) -> Moment | None:
    """The first push that leaves a speed behind and, where an altitude is recorded, a height."""
    time, net = force.time, force.smooth - STANDARD_GRAVITY
    averaged = max(3.0, SMOOTHED / max(float(np.median(np.diff(time))), 1e-6))
    threshold = max(WEAKEST, 5.0 * force.noise / float(np.sqrt(averaged)))
    for first, last in spans(net > threshold):
        gained = float(np.trapezoid(net[first : last + 1], time[first : last + 1]))
        if gained < LAUNCH_GAIN or time[last] - time[first] < SMOOTHED:
            continue
        climb = None if altitude is None else _climbed(altitude, float(time[first]))
        wanted = LAUNCH_CLIMB
        if altitude is not None and altitude.time[-1] < time[first] + CLIMBS_FOR:  # the record ends before
            wanted = min(wanted, 0.25 * gained * float(altitude.time[-1] - time[first]))
        if (climb is None and gained < LAUNCH_GAIN_ALONE) or (climb is not None and climb < wanted):
            continue
        onset = _rise(force, first, last, threshold)
        evidence = [f"{force.column}: {threshold:.1f} m/s² above the pad's from {onset:.2f} s, {gained:.0f} m/s gained"]
        if climb is not None:
            evidence.append(f"altitude: {climb:.0f} m up within {CLIMBS_FOR:.0f} s")
        seen = float(time[min(int(np.searchsorted(time, time[first] + SMOOTHED)), len(time) - 1)])
        return Moment(onset, seen, len(evidence), tuple(evidence))
    return None


def _climbed(altitude: Channel, start: float) -> float | None:
    """How far the altitude rises within ten seconds; None where it was not recorded then."""
    before = (altitude.time >= start - 5.0) & (altitude.time <= start + 0.2)
    after = (altitude.time > start) & (altitude.time <= start + CLIMBS_FOR)
    if before.sum() < 1 or after.sum() < 3:
        return None
    return float(np.percentile(altitude.value[after], 95.0) - np.median(altitude.value[before]))


def _rise(force: Force, first: int, last: int, threshold: float) -> float:
    """The first sample that is above the noise by itself: the running mean rises half its width too early."""
    above = np.flatnonzero(force.net[first : last + 1] > max(threshold, 4.0 * force.noise))
    return float(force.time[first + (int(above[0]) if len(above) else 0)])


def burns_of(force: Force, start: float, end: float) -> tuple[Burn, ...]:
    """All burns between lift-off and the top of the arc (s): after it charges and parachutes jerk the rocket about."""
    time, smooth = force.time, force.smooth
    averaged = max(3.0, SMOOTHED / max(float(np.median(np.diff(time))), 1e-6))
    level = max(WEAKEST, 4.0 * force.noise / float(np.sqrt(averaged)))
    on = (smooth > level) & (time >= start) & (time <= end)
    for value, shortest in ((False, SHORTEST_COAST), (True, SHORTEST_BURN)):
        for first, last in spans(on == value):
            if 0 < first and last < len(on) - 1 and time[last] - time[first] < shortest:
                on[first : last + 1] = not value
    burns = []
    for first, last in spans(on):
        gain = float(np.trapezoid(force.force[first : last + 1], time[first : last + 1]))
        if gain < SMALLEST_GAIN or float(np.median(smooth[first : last + 1])) < SMALLEST_PUSH:
            continue
        burns.append(
            Burn(
                float(time[first]),
                float(time[last]),
                None if first == 0 else _crossing(force, first - 1, level),
                None if last == len(time) - 1 or time[last] >= end else _crossing(force, last, level),
                float(smooth[first : last + 1][: len(smooth) // 4 + 1].max()),
                float(np.median(smooth[first : last + 1])),
                gain,
            )
        )
    return tuple(burns)


def _crossing(force: Force, place: int, level: float) -> Edge:
    """Where the smoothed force crosses `level` between samples `place` and `place` + 1."""
    time, smooth = force.time, force.smooth
    rise = float(smooth[place + 1] - smooth[place])
    share = float(np.clip((level - float(smooth[place])) / rise, 0.0, 1.0)) if rise else 0.5
    at = float(time[place]) + share * float(time[place + 1] - time[place])
    near = [(time >= at - 4.0 * SMOOTHED) & (time < at), (time > at) & (time <= at + 4.0 * SMOOTHED)]
    before, after = (float(np.median(smooth[side])) if side.any() else float("nan") for side in near)
    return Edge(at, before, after, 0.5 * float(time[place + 1] - time[place]))


def bends_too(altitude: Channel, at: float, change: float) -> str | None:
    """One phrase of evidence if the altitude shows the same change of acceleration (m/s²) at `at`, else None.

    Two parabolas, before and after; the same sign, at least a third of the change, and three times what noise makes.
    """
    sides = [
        (altitude.time >= at - BEND_OVER) & (altitude.time < at),
        (altitude.time > at) & (altitude.time <= at + BEND_OVER),
    ]
    if any(side.sum() < 6 for side in sides):
        return None
    before, after = (parabola(altitude.time[side], altitude.value[side], at)[2] for side in sides)
    count = min(int(side.sum()) for side in sides)
    sigma = altitude.noise * float(np.sqrt(720.0 / count)) * 2.0 / BEND_OVER**2
    found = after - before
    if found * change <= 0.0 or abs(found) < max(abs(change) / 3.0, 3.0 * sigma):
        return None
    return f"altitude: its acceleration goes from {before:.0f} to {after:.0f} m/s²"


def sharpened(force: Force, at: float, *, rising: bool) -> float | None:
    """The accelerometer's own time for a burn's end found elsewhere within 3 s of `at`; None if it shows none."""
    near = np.flatnonzero(np.abs(force.time - at) <= 3.0)
    if len(near) < 4:
        return None
    above = force.smooth[near] > WEAKEST
    turns = np.flatnonzero(above[1:] & ~above[:-1] if rising else above[:-1] & ~above[1:])
    if len(turns) == 0:
        return None
    times = [_crossing(force, int(near[turn]), WEAKEST).time for turn in turns]
    return min(times, key=lambda time: abs(time - at))
