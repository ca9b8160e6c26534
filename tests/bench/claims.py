"""Every vehicle against what is said of it: what its closed-loop flight reaches, and how far that is off."""

from __future__ import annotations

from tests.bench.figure import Figure
from tests.sim.claims import CLAIMS, fly, reached


def measure() -> list[Figure]:
    """One figure a claim, its source beside it, and the propellant that orbits leave."""
    figures = []
    flights = dict.fromkeys((claim.vehicle, claim.scenario) for claim in CLAIMS)
    for vehicle, scenario in flights:
        for claim in CLAIMS:
            if (claim.vehicle, claim.scenario) != (vehicle, scenario):
                continue
            what, _, unit = claim.what.rpartition(", ")
            value = reached(claim)
            asked = f"{claim.said:g} +- {claim.within:g}"
            met = abs(value - claim.said) <= claim.within
            name = f"{vehicle} {scenario}: {what} [{claim.source}]"
            figures.append(Figure(name, value, unit, asked=asked, met=met))
        left = fly(vehicle, scenario).left_kg
        if left is not None:
            figures.append(Figure(f"{vehicle} {scenario}: propellant left", left, "kg", asked="> 0", met=left > 0.0))
    return figures
