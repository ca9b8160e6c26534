"""The envelope: what a flight without faults looks like, for the profiles that a station compares a flight with.

A JSON object, the same bytes for the same campaign; angles in degrees, all else SI:

    profile, software         version of this format, and of the software that flew
    vehicle, plan, scenario, dispersions, seed
                              whose flights they were, and what made them: the same command makes the same file
    flights                   how many; only those that flew their sequence to its end
    site                      name, latitude_deg, longitude_deg, height_m, and the azimuth_deg flown
    corridor                  how far the impact point may lie beside that of the mean flight: half_width_m, and
                              wide_half_width_m for the part of its path that is flown after time_s, the mean
                              separation of the lowest stage; 50 and 100 km (assumed)
    events                    by name, of those that every flight had: mean_s, deviation_s, earliest_s, latest_s after
                              lift-off, and the window_s in which the event is expected: six deviations of a flight half
                              as scattered again on either side of the mean, and half a second, but never outside of the
                              plan's own window; of an event that follows another one regularly, as separations and
                              ignitions do, also that one's name, `after`, and after_window_s, counted from it
    limits                    by phase of flight and channel: what an engine that works does not pass in it
    interpolation_error       what straight lines between the following times err by at most: height_m and speed_m_s,
                              and beside them that part of the value
    time_s                    seconds after lift-off at which the following stand
    height_m, speed_m_s       mean: height above the ellipsoid, speed relative to the Earth
    height_deviation_m, speed_deviation_m_s, correlation
                              over the flights (squares divided by one less than their number)
    position_x_m … position_z_m, velocity_x_m_s … velocity_z_m_s
                              mean Earth-fixed position and Earth-relative velocity at those times alone: no straight
                              lines between them
    burns                     by the stage's number, `sim.campaigns.burns`
"""

from __future__ import annotations

import json
import math
import re
import statistics
from collections.abc import Sequence
from typing import Any

import numpy

from flight import VERSION
from flight.plans.plan import FlightPlan
from sim.campaigns.burns import burns
from sim.campaigns.flight import Flown, event_columns
from sim.campaigns.knots import knots
from sim.vehicle import Vehicle

FORMAT = 2
"""Version of the format; 1 had every second of it."""
NARROW_M, WIDE_M = 50e3, 100e3
"""Half-widths of the impact point's corridor, before and after the lowest stage's separation; assumed."""
LEAST = 2
"""Flights that an envelope is made from."""
LONGEST_S = 60
"""Between two times of a profile."""
WIDER, SIGMAS, BESIDE_S = 1.5, 6.0, 0.5
"""A window's rule: what real vehicles scatter more than simulated ones (assumed), one in 10^9, an event's timing."""
HEIGHT_M, SPEED_M_S, PART = 20.0, 0.5, 0.001
"""What a straight line may err by: so much, and this part of the value; a tenth of what a station allows for."""
DEVIATION_PART = 0.05
"""And of a deviation, with the same floor."""
NEVER = frozenset({"attitude_loss", "recontact", "abort"})
"""Events of flights that are not as they should be."""
COMMANDED = re.compile(r"(stage_\d+|booster|tower|fairing)_(ignition|separation)")
"""Events that a sequence of commands makes."""
FOR_S = 0.1
"""How long a limit must be passed: more than any igniter's peak."""


def as_bytes(profile: dict[str, Any]) -> bytes:
    """The file, a line a key and one number after the other."""
    lines = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in profile.items()]
    return ("{" + ",\n ".join(lines) + "}\n").encode()


def envelope(
    vehicle: Vehicle, plan: FlightPlan, scenario: str, flights: Sequence[Flown], dispersions: str, seed: int
) -> dict[str, Any] | None:
    """The object above, from one scenario's flights in a fixed order; None where too few have a profile."""
    kept = [flown for flown in flights if len(flown.heights)]
    if len(kept) < LEAST:
        return None
    times = event_times(vehicle, kept)
    parted = times.get(f"stage_{vehicle.first_stage}_separation", {}).get("mean_s", math.inf)
    return {
        "profile": FORMAT,
        "software": VERSION,
        "vehicle": vehicle.name,
        "plan": plan.name,
        "scenario": scenario,
        "dispersions": dispersions,
        "seed": seed,
        "flights": len(kept),
        "site": {
            "name": plan.site.name,
            "latitude_deg": plan.site.latitude_deg,
            "longitude_deg": plan.site.longitude_deg,
            "height_m": plan.site.height_m,
            "azimuth_deg": plan.azimuth_deg,
        },
        "corridor": {
            "half_width_m": NARROW_M,
            **({"wide_half_width_m": WIDE_M, "time_s": parted} if math.isfinite(parted) else {}),
        },
        "events": _expected(plan, kept, times),
        "limits": _limits(vehicle, kept),
        "interpolation_error": {"height_m": HEIGHT_M, "speed_m_s": SPEED_M_S, "part": PART},
        **_trajectory(kept),
        "burns": burns(kept, vehicle.first_stage),
    }


def _trajectory(kept: Sequence[Flown]) -> dict[str, list[float]]:
    """Means and deviations where the times of the profile stand."""
    length = min(len(flown.heights) for flown in kept)
    heights = numpy.array([flown.heights[:length] for flown in kept])
    speeds = numpy.array([flown.speeds[:length] for flown in kept])
    height, speed = heights.mean(axis=0), speeds.mean(axis=0)
    height_deviation, speed_deviation = heights.std(axis=0, ddof=1), speeds.std(axis=0, ddof=1)
    covariance = ((heights - height) * (speeds - speed)).sum(axis=0) / (len(kept) - 1)
    spread = height_deviation * speed_deviation
    correlation = numpy.divide(covariance, spread, out=numpy.zeros(length), where=spread > 0.0)
    columns = (height, speed, height_deviation, speed_deviation, correlation)
    allowed = (
        HEIGHT_M + PART * numpy.abs(height),
        SPEED_M_S + PART * speed,
        HEIGHT_M + DEVIATION_PART * height_deviation,
        SPEED_M_S + DEVIATION_PART * speed_deviation,
        numpy.full(length, DEVIATION_PART),
    )
    chosen = knots(numpy.arange(1.0, length + 1.0), columns, allowed, LONGEST_S)
    states = numpy.array([numpy.reshape(flown.states[: 6 * length], (length, 6)) for flown in kept]).mean(axis=0)
    states = states[chosen]
    return {
        "time_s": (chosen + 1).tolist(),
        "height_m": height[chosen].round(1).tolist(),
        "speed_m_s": speed[chosen].round(2).tolist(),
        "height_deviation_m": height_deviation[chosen].round(1).tolist(),
        "speed_deviation_m_s": speed_deviation[chosen].round(3).tolist(),
        "correlation": correlation[chosen].round(3).tolist(),
        **{f"position_{axis}_m": states[:, place].round(0).tolist() for place, axis in enumerate("xyz")},
        **{f"velocity_{axis}_m_s": states[:, 3 + place].round(2).tolist() for place, axis in enumerate("xyz")},
    }


def _expected(
    plan: FlightPlan, kept: Sequence[Flown], times: dict[str, dict[str, float | int]]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, row in sorted(times.items(), key=lambda item: item[1]["mean_s"]):
        if row["flights"] < len(kept) or name in NEVER:
            continue
        beside = WIDER * SIGMAS * row["deviation_s"] + BESIDE_S
        planned = plan.event(name)
        outer = (-math.inf, math.inf) if planned is None else (planned.earliest_s, planned.latest_s)
        window = max(outer[0], row["mean_s"] - beside), min(outer[1], row["mean_s"] + beside)
        numbers = {key: row[key] for key in ("mean_s", "deviation_s", "earliest_s", "latest_s")}
        found[name] = {**numbers, "window_s": [round(time, 2) for time in window]}
        if COMMANDED.fullmatch(name):
            found[name] |= _following(kept, name, row["deviation_s"], [other for other in found if other != name])
    return found


def _following(kept: Sequence[Flown], name: str, deviation_s: float, before: Sequence[str]) -> dict[str, Any]:
    """The event before that this one follows most regularly, and its window counted from there."""
    regular: tuple[float, float, str] | None = None
    for other in before:
        waits = [float(flown.row[f"{name}_s"] or 0.0) - float(flown.row[f"{other}_s"] or 0.0) for flown in kept]
        deviation = statistics.stdev(waits)
        if min(waits) >= 0.0 and (regular is None or deviation <= regular[0] + 1e-4):
            regular = (deviation, math.fsum(waits) / len(waits), other)
    if regular is None or regular[0] > 0.5 * deviation_s:
        return {}
    deviation, wait, other = regular
    beside = WIDER * SIGMAS * deviation + BESIDE_S
    return {"after": other, "after_window_s": [round(wait - beside, 2), round(wait + beside, 2)]}


def _limits(vehicle: Vehicle, kept: Sequence[Flown]) -> dict[str, dict[str, dict[str, float]]]:
    """The highest chamber pressure and axial force of each burn, by the rule of the events' windows."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for stage in sorted(set.intersection(*(set(flown.burns) for flown in kept))):
        highest = [
            numpy.reshape(flown.burns[stage], (-1, 2)).max(axis=0) for flown in kept if len(flown.burns[stage]) > 0
        ]
        both = numpy.array(highest)
        force, pressure = both.mean(axis=0) + WIDER * SIGMAS * both.std(axis=0, ddof=1)
        found[f"stage_{stage}_burn"] = {
            f"stage_{stage}_chamber_pressure": {"warning_high": float(pressure.round(-3)), "for_s": FOR_S},
            "specific_force_x": {"warning_high": float(force.round(2)), "for_s": FOR_S},
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
