"""The closing report of a campaign: one object a scenario for machines, the same in plain text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flight.intervals import clopper_pearson, percentile
from flight.plans.plan import FlightPlan
from sim.campaigns.envelope import event_times
from sim.campaigns.flight import Flown
from sim.vehicle import Vehicle

CLOSE_M = 5e3
"""Perigee and apogee this near to the target's count as met."""
PERCENTILES = (5, 50, 95)
FIGURES = (
    "perigee_m",
    "apogee_m",
    "inclination_deg",
    "burnout_perigee_m",
    "burnout_apogee_m",
    "trim_propellant_kg",
    "max_dynamic_pressure_pa",
    "max_q_alpha_pa_rad",
    "max_acceleration_m_s2",
    "max_attitude_error_deg",
    "rcs_propellant_used_kg",
)


def summary(vehicle: Vehicle, plan: FlightPlan, flights: Sequence[Flown]) -> dict[str, Any]:
    """What one scenario's flights (at least one) came to.

    `outcomes` and `on_target`: count, its part of all flights and the 95 % interval (Clopper and Pearson). `figures`:
    percentiles, least and largest over the flights that have the figure, and how many those are. `events`: as in the
    envelope, over all flights that had the event.
    """
    counts = Counter(str(flown.row["outcome"]) for flown in flights)
    on_target = sum(_on_target(plan, flown) for flown in flights)
    return {
        "flights": len(flights),
        "outcomes": {name: _proportion(count, len(flights)) for name, count in counts.most_common()},
        "on_target": _proportion(on_target, len(flights)),
        "figures": {name: spread for name in FIGURES if (spread := _spread(flights, name)) is not None},
        "events": event_times(vehicle, flights),
    }


def as_text(title: str, plan: FlightPlan, found: dict[str, Any]) -> str:
    """The summary in lines of at most 100 characters."""
    lines = [f"{title}: {found['flights']} flights", ""]
    target = f"{plan.target.perigee_m / 1e3:.0f} x {plan.target.apogee_m / 1e3:.0f} km"
    for name, part in [*found["outcomes"].items(), (f"within {CLOSE_M / 1e3:.0f} km of {target}", found["on_target"])]:
        interval = f"95 % interval {100 * part['low']:.1f} to {100 * part['high']:.1f} %"
        lines.append(f"  {name:<30}{part['flights']:>7}{100 * part['part']:>8.1f} %   {interval}")
    heads = [f"{number} %" for number in PERCENTILES]
    lines += ["", f"  {'':<30}{'flights':>7}{'least':>12}{heads[0]:>12}{heads[1]:>12}{heads[2]:>12}{'largest':>12}"]
    for name, spread in found["figures"].items():
        values = [spread[key] for key in ("least", *(f"p{number}" for number in PERCENTILES), "largest")]
        lines.append(f"  {name:<30}{spread['flights']:>7}" + "".join(f"{value:>12,.2f}" for value in values))
    heads = ["earliest", "mean", "latest", "1 sigma"]
    lines += ["", f"  {'s after lift-off':<30}{'flights':>7}" + "".join(f"{head:>12}" for head in heads)]
    for name, times in found["events"].items():
        values = [times[f"{key}_s"] for key in ("earliest", "mean", "latest", "deviation")]
        lines.append(f"  {name:<30}{times['flights']:>7}" + "".join(f"{value:>12.2f}" for value in values))
    return "\n".join(lines)


def _on_target(plan: FlightPlan, flown: Flown) -> bool:
    perigee, apogee = flown.row["perigee_m"], flown.row["apogee_m"]
    if not isinstance(perigee, float) or not isinstance(apogee, float):
        return False
    return abs(perigee - plan.target.perigee_m) <= CLOSE_M and abs(apogee - plan.target.apogee_m) <= CLOSE_M


def _proportion(count: int, of: int) -> dict[str, float | int]:
    low, high = clopper_pearson(count, of)
    return {"flights": count, "part": round(count / of, 6), "low": round(low, 6), "high": round(high, 6)}


def _spread(flights: Sequence[Flown], name: str) -> dict[str, float | int] | None:
    values = sorted(value for flown in flights if isinstance(value := flown.row[name], float))
    if not values:
        return None
    return {
        "flights": len(values),
        "least": values[0],
        **{f"p{number}": round(percentile(values, number / 100.0), 4) for number in PERCENTILES},
        "largest": values[-1],
    }
