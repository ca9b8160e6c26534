"""The shape of a burn over the speed that has been sensed, where a motor that burns a little faster looks the same.

A solid motor whose propellant burns faster by a part gives that much more thrust for as much less time, and a liquid
engine whose pumps run faster likewise: over time its force differs at every kink, over the sensed speed (the integral
of the specific force) by one constant ratio. So the ratio of a flight's force to the mean one at equal sensed speed
tells two things apart: its level, which is the motor's own, and its change, which is a fault's.

A burn is, at points of sensed speed counted from one second after ignition:

    delta_v_m_s               the sensed speed; the first is 0
    time_s                    when the mean flight gets there, seconds after ignition
    force_m_s2, pressure_pa   mean axial specific force and chamber pressure; between the points a straight line errs by
                              no more than 0.2 %, save within the second before or after a point of the campaign's
    force_part, pressure_part deviation of the ratio of force or pressure to the mean
    force_change_part, pressure_change_part
                              deviation of that ratio's change within four seconds

    end                       what a burn comes to: delta_v_m_s, from the first point to burnout, and burn_s, from
                              ignition, each with its deviation, delta_v_deviation_m_s and burn_deviation_s

The deviations at the points are the largest of three seconds to either side: events in a burn (boosters that burn out,
throttle) come where they like.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from sim.campaigns.flight import Flown
from sim.campaigns.knots import Floats, knots

CHANGE_S = 4
"""Seconds over which a change of the ratio counts; a fault is sudden, drag and masses are not."""
NEAR_S = 3
"""Seconds on either side from which a deviation is taken."""
PART = 0.002
"""What a straight line may err by, of the mean force and pressure; of a deviation's value plus half of it."""
LONGEST_S = 30
SHORTEST = 8
"""Seconds that a burn must have for a shape."""


def burns(kept: Sequence[Flown], first_stage: int) -> dict[str, dict[str, Any]]:
    """The shapes above by the stage's number, as far as all flights burnt, less the last three seconds."""
    found = {}
    for stage in sorted(set.intersection(*(set(flown.burns) for flown in kept))):
        if min(len(flown.burns[stage]) for flown in kept) < 2 * SHORTEST:
            continue
        burnt = [numpy.reshape(flown.burns[stage], (-1, 2)) for flown in kept]
        ignition = "ignition_s" if stage == first_stage else f"stage_{stage}_ignition_s"
        times = [(flown.row.get(ignition), flown.row.get(f"stage_{stage}_burnout_s")) for flown in kept]
        found[str(stage)] = {
            "end": _end(burnt, [float(out) - float(lit) for lit, out in times if out is not None and lit is not None]),
            **_shape(burnt),
        }
    return found


def _end(burnt: Sequence[Floats], seconds: Sequence[float]) -> dict[str, float]:
    """What the burns came to, from one second after ignition on; the last part of a second at the last force."""
    if len(seconds) < len(burnt):
        return {}
    sensed = [
        _sensed(burn[:, 0])[-1] + max(0.0, lasted - len(burn)) * burn[-1, 0]
        for burn, lasted in zip(burnt, seconds, strict=True)
    ]
    return {
        "delta_v_m_s": round(float(numpy.mean(sensed)), 2),
        "delta_v_deviation_m_s": round(float(numpy.std(sensed, ddof=1)), 2),
        "burn_s": round(float(numpy.mean(seconds)), 3),
        "burn_deviation_s": round(float(numpy.std(seconds, ddof=1)), 3),
    }


def _shape(burnt: Sequence[Floats]) -> dict[str, list[float]]:
    """From each flight's force and pressure at full seconds after ignition, from 1 on."""
    sensed = [_sensed(burn[:, 0]) for burn in burnt]
    seconds = min(len(burn) for burn in burnt)
    points = numpy.array([speeds[:seconds] for speeds in sensed]).mean(axis=0)
    points = points[points <= min(speeds[-1] for speeds in sensed)]
    force, force_part, force_change = _ratios(points, sensed, [burn[:, 0] for burn in burnt])
    pressure, pressure_part, pressure_change = _ratios(points, sensed, [burn[:, 1] for burn in burnt])
    times = numpy.arange(1.0, len(points) + 1.0)
    whole = (times, force, pressure, force_part, force_change, pressure_part, pressure_change)
    # How the last seconds end is the events' affair.
    columns = [column[:-NEAR_S] for column in whole]
    allowed = (
        numpy.full(len(columns[0]), 0.05),
        PART * numpy.abs(columns[1]),
        PART * numpy.abs(columns[2]),
        *(PART + 0.5 * part for part in columns[3:]),
    )
    chosen = knots(points[:-NEAR_S], columns, allowed, LONGEST_S)
    return {
        "delta_v_m_s": points[chosen].round(2).tolist(),
        "time_s": times[chosen].round(0).tolist(),
        "force_m_s2": force[chosen].round(3).tolist(),
        "force_part": force_part[chosen].round(4).tolist(),
        "force_change_part": force_change[chosen].round(4).tolist(),
        "pressure_pa": pressure[chosen].round(-3).tolist(),
        "pressure_part": pressure_part[chosen].round(4).tolist(),
        "pressure_change_part": pressure_change[chosen].round(4).tolist(),
    }


def _sensed(force: Floats) -> Floats:
    """Integral of the force from the first point on, one second apart, by trapezia."""
    return numpy.concatenate(([0.0], numpy.cumsum(0.5 * (force[1:] + force[:-1]))))


def _ratios(points: Floats, sensed: Sequence[Floats], values: Sequence[Floats]) -> tuple[Floats, Floats, Floats]:
    """Mean, deviation of the ratio to it and deviation of the ratio's change, at points of sensed speed."""
    flown = numpy.array([numpy.interp(points, speeds, each) for speeds, each in zip(sensed, values, strict=True)])
    mean = flown.mean(axis=0)
    ratios = numpy.divide(flown, mean, out=numpy.ones_like(flown), where=mean > 0.0)
    changes = numpy.zeros_like(ratios)
    changes[:, CHANGE_S:] = ratios[:, CHANGE_S:] - ratios[:, :-CHANGE_S]
    changes[:, :CHANGE_S] = ratios[:, :CHANGE_S] - ratios[:, :1]
    return mean, _widest(ratios.std(axis=0, ddof=1)), _widest(changes.std(axis=0, ddof=1))


def _widest(deviations: Floats) -> Floats:
    padded = numpy.pad(deviations, NEAR_S, mode="edge")
    return numpy.array([padded[place : place + 2 * NEAR_S + 1].max() for place in range(len(deviations))])
