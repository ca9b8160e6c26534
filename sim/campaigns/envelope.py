"""The envelope: what a flight without faults looks like, for the profiles that a station compares a flight with.

A JSON object:

    vehicle, plan, scenario   whose flights they were
    flights                   how many; only those that flew their sequence to its end
    time_s                    full seconds after lift-off, from 1 to the end of the shortest flight
    height_m, speed_m_s       mean at each of them: height above the ellipsoid, speed relative to the Earth
    height_variance_m2, speed_variance_m2_s2, covariance_m2_s
                              of the flights (divided by one less than their number)
    events                    by name: flights that had it, mean_s, deviation_s, earliest_s, latest_s after lift-off
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

import numpy

from flight.plans.plan import FlightPlan
from sim.campaigns.flight import Flown, event_columns
from sim.vehicle import Vehicle

LEAST = 2
"""Flights that an envelope is made from."""


def envelope(vehicle: Vehicle, plan: FlightPlan, scenario: str, flights: Sequence[Flown]) -> dict[str, Any] | None:
    """The object above, from one scenario's flights in a fixed order; None where too few have a profile."""
    kept = [flown for flown in flights if len(flown.heights)]
    if len(kept) < LEAST:
        return None
    length = min(len(flown.heights) for flown in kept)
    height = numpy.array([flown.heights[:length] for flown in kept])
    speed = numpy.array([flown.speeds[:length] for flown in kept])
    covariance = ((height - height.mean(axis=0)) * (speed - speed.mean(axis=0))).sum(axis=0) / (len(kept) - 1)
    return {
        "vehicle": vehicle.name,
        "plan": plan.name,
        "scenario": scenario,
        "flights": len(kept),
        "time_s": list(range(1, length + 1)),
        "height_m": height.mean(axis=0).round(1).tolist(),
        "speed_m_s": speed.mean(axis=0).round(3).tolist(),
        "height_variance_m2": height.var(axis=0, ddof=1).round(3).tolist(),
        "speed_variance_m2_s2": speed.var(axis=0, ddof=1).round(6).tolist(),
        "covariance_m2_s": covariance.round(4).tolist(),
        "events": event_times(vehicle, kept),
    }


def event_times(vehicle: Vehicle, flights: Sequence[Flown]) -> dict[str, dict[str, float | int]]:
    """When each event happened, over the flights that had it; seconds after lift-off."""
    found = {}
    for name in event_columns(vehicle):
        times = [float(value) for flown in flights if (value := flown.row[f"{name}_s"]) is not None]
        if times:
            found[name] = {
                "flights": len(times),
                "mean_s": round(math.fsum(times) / len(times), 3),
                "deviation_s": round(statistics.stdev(times), 3) if len(times) > 1 else 0.0,
                "earliest_s": min(times),
                "latest_s": max(times),
            }
    return found
