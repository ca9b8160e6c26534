"""The envelope: what a flight without faults looks like, for the profiles that a station compares a flight with.

A JSON object:

    vehicle, plan, scenario   whose flights they were
    flights                   how many; only those that flew their sequence to its end
    time_s                    full seconds after lift-off, from 1 to the end of the shortest flight
    height_m, speed_m_s       mean at each of them: height above the ellipsoid, speed relative to the Earth
    height_variance_m2, speed_variance_m2_s2, covariance_m2_s
                              of the flights (divided by one less than their number)
    position_x_m … position_z_m, velocity_x_m_s … velocity_z_m_s
                              mean Earth-fixed position and Earth-relative velocity at the same seconds
    corridor_half_width_m     at the same seconds: how far the impact point may lie beside that of the mean flight;
                              50 km until the mean separation of the lowest stage, then 100 km (assumed)
    burns                     by the stage's number, at full seconds after its ignition from 1 on, as long as all
                              flights burnt: force_m_s2 along the body, pressure_pa in the chamber, and of both the
                              deviation over the flights, force_deviation_m_s2 and pressure_deviation_pa
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

NARROW_M, WIDE_M = 50e3, 100e3
"""Half-widths of the impact point's corridor, before and after the lowest stage's separation; assumed."""
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
        **_states(kept, length),
        "corridor_half_width_m": _half_widths(vehicle, kept, length),
        "burns": _burns(kept),
        "events": event_times(vehicle, kept),
    }


def _states(kept: Sequence[Flown], length: int) -> dict[str, list[float]]:
    means = numpy.array([numpy.reshape(flown.states[: 6 * length], (length, 6)) for flown in kept]).mean(axis=0)
    position = {f"position_{axis}_m": means[:, place].round(0).tolist() for place, axis in enumerate("xyz")}
    velocity = {f"velocity_{axis}_m_s": means[:, 3 + place].round(2).tolist() for place, axis in enumerate("xyz")}
    return {**position, **velocity}


def _half_widths(vehicle: Vehicle, kept: Sequence[Flown], length: int) -> list[float]:
    name = f"stage_{vehicle.first_stage}_separation"
    parted = event_times(vehicle, kept).get(name, {}).get("mean_s", math.inf)
    return [NARROW_M if second <= parted else WIDE_M for second in range(1, length + 1)]


def _burns(kept: Sequence[Flown]) -> dict[str, dict[str, list[float]]]:
    found = {}
    for stage in sorted(set.intersection(*(set(flown.burns) for flown in kept))):
        seconds = min(len(flown.burns[stage]) for flown in kept) // 2
        both = numpy.array([numpy.reshape(flown.burns[stage][: 2 * seconds], (seconds, 2)) for flown in kept])
        mean, deviation = both.mean(axis=0), both.std(axis=0, ddof=1)
        found[str(stage)] = {
            "force_m_s2": mean[:, 0].round(3).tolist(),
            "force_deviation_m_s2": deviation[:, 0].round(4).tolist(),
            "pressure_pa": mean[:, 1].round(-3).tolist(),
            "pressure_deviation_pa": deviation[:, 1].round(-2).tolist(),
        }
    return found


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
