"""Parachutes: what the way down from the top of an arc shows of them.

Under a parachute the weight is the drag, so that it falls at a steady rate within seconds. A rate that drops and keeps
steady is a larger one that opens; a jerk of the accelerometer at that moment is the second witness. That something
opened at the top is known from the slow fall, but when is known from a jerk alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ground.atmosphere import density
from ground.detect.recorded.accelerometer import Force
from ground.detect.recorded.fitting import Array, fit_kink, slopes, thin
from ground.detect.recorded.moments import Moment
from ground.detect.recorded.tracks import Channel

BIN, WIDTH = 0.25, 4.0  # s: means of the altitude, and over how long a rate is taken
SIDE, TRANSIT = 12.0, 2.0  # s to each side of an opening over which the rate is compared, and left out beside it
SLOWER = 0.6  # of the rate before; a canopy of twice the area makes 0.7, a main's has five times a drogue's or more
STEADY = 0.35  # of the median is the spread between quartiles
FASTEST_BEFORE, FASTEST_MAIN = 60.0, 15.0  # m/s at sea level (assumed): a tumbling body's and the hardest landing's
SLOWEST, LEAST_BEFORE = 1.5, 8.0  # m/s: slower is landed; what fell as slowly before hung on its main already
PARACHUTE, MAIN = 45.0, 12.0  # m/s at sea level: what falls slower hangs on some parachute, or on its main (assumed)
JERK = 30.0  # m/s² beyond what the seconds around it show; eight times the noise too
AROUND_TOP = (-2.0, 10.0)  # s around the top of the arc in which charges are fired (assumed)
UPSET = 4.0  # s after the top for which a charge may upset the barometer
NEAR = 2.5  # s from the bend of the fall within which a jerk belongs to it


@dataclass(frozen=True, slots=True)
class Descent:
    """Openings found, with whether two sources show them, and what stays undecided."""

    opened: Mapping[str, Moment]
    undecided: Mapping[str, str]


def descent(altitude: Channel, top: Moment, force: Force | None) -> Descent:
    """Which parachutes open when, after the top of the arc."""
    later = altitude.time > top.onset
    if later.sum() < 20:
        return Descent({}, {})
    time, height = thin(altitude.time[later], BIN, altitude.value[later])
    rate, _ = slopes(time, height, max(WIDTH, 5.0 * float(np.median(np.diff(time)))))
    fall = -rate * np.sqrt(density(height) / density(0.0))  # at sea level it would fall as fast as this
    known = np.isfinite(fall)
    time, height, fall = time[known], height[known], fall[known]
    if len(time) < 20:
        return Descent({}, {})
    opened: dict[str, Moment] = {}
    undecided: dict[str, str] = {}
    main = _slows(time, height, fall, top.onset)
    if main is not None:
        at, before, after = main
        opened["main_deployment"] = _with_jerk(
            force, at, (-NEAR, NEAR), f"altitude: the fall slows from {before:.0f} to {after:.0f} m/s"
        )
    until = main[0] - TRANSIT if main is not None else float("inf")
    first = (time > top.onset + 6.0) & (time < min(top.onset + 30.0, until))
    pace = float(np.median(fall[first])) if first.sum() >= 8 else float("nan")
    steady = first.sum() >= 8 and bool(np.subtract(*np.percentile(fall[first], (75, 25))) < STEADY * pace)
    if SLOWEST < pace < PARACHUTE and steady:
        name = "main_deployment" if pace < MAIN and main is None else "drogue_deployment"
        found = _with_jerk(force, top.onset, AROUND_TOP, f"altitude: falls at a steady {pace:.0f} m/s")
        if found.sources > 1:
            opened[name] = found
        else:
            undecided[name] = f"it falls at a steady {pace:.0f} m/s, but no jerk shows when the parachute opened"
    return Descent(opened, undecided)


def _slows(time: Array, height: Array, fall: Array, top: float) -> tuple[float, float, float] | None:
    """When (s) the fall slows for good, and the rates before and after (m/s); None where it does not."""
    best: tuple[float, float, float, float] | None = None
    for at in np.arange(top + 8.0, time[-1] - TRANSIT - 4.0, 1.0).tolist():
        sides = [
            fall[(time >= at - SIDE) & (time <= at - TRANSIT) & (time > top + UPSET)],
            fall[(time >= at + TRANSIT) & (time <= at + SIDE)],
        ]
        if min(len(side) for side in sides) < 5:
            continue
        before, after = (float(np.median(side)) for side in sides)
        if (
            not LEAST_BEFORE <= before <= FASTEST_BEFORE
            or after > FASTEST_MAIN
            or after < SLOWEST
            or after > SLOWER * before
        ):
            continue
        if any(np.subtract(*np.percentile(side, (75, 25))) > STEADY * np.median(side) for side in sides):
            continue
        sharp = float(np.interp(at - TRANSIT, time, fall) - np.interp(at + TRANSIT, time, fall))
        if best is None or sharp > best[0]:
            best = sharp, at, before, after
    if best is None:
        return None
    _, at, before, after = best
    near = (np.abs(time - at) <= 2.0 * WIDTH) & (time > top + UPSET)
    kink = fit_kink(time[near], height[near], at - WIDTH, at + WIDTH, bend_before=False, bend_after=False)
    return (at if kink is None else kink.time), before, after


def _with_jerk(force: Force | None, at: float, around: tuple[float, float], evidence: str) -> Moment:
    """The opening at the first jerk around `at` if there is one, else at `at` itself."""
    if force is not None:
        near = (force.time >= at + around[0]) & (force.time <= at + around[1])
        if near.sum() >= 10:
            felt = np.abs(force.force[near] - np.median(force.force[near]))
            hits = np.flatnonzero(felt > max(JERK, 8.0 * force.noise))
            if len(hits):
                when = float(force.time[near][hits[0]])
                jerk = f"{force.column}: a jerk of {float(felt[hits].max()):.0f} m/s² at {when:.2f} s"
                return Moment(when, when + TRANSIT, 2, (evidence, jerk))
    return Moment(at, at + SIDE, 1, (evidence,))
