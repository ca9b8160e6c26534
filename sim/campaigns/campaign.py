"""What a campaign is: a vehicle, scenarios, a number of flights of each, a seed and dispersions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from flight.wire.errors import Misuse
from sim import dispersion, scenario, vehicle
from sim.campaigns.flight import Task
from sim.campaigns.folder import Key, digest
from sim.dispersion import Dispersions
from sim.scenario import Scenario
from sim.software import software_digest
from sim.vehicle import Vehicle


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign and its key, which names what its flights depend on; their number is not part of it."""

    vehicle: Vehicle
    scenarios: tuple[tuple[Scenario, FlightPlan], ...]
    dispersions: Dispersions
    seed: int
    flights: int
    key: Key

    @property
    def short_name(self) -> str:
        """The name of its folder where none is given: equal for equal keys."""
        return f"{self.vehicle.name}-{digest(repr(sorted(self.key.items())))[:10]}"

    def tasks(self, compiled: bool = False, keep: Path | None = None) -> Iterator[Task]:
        """All its flights, in the order of its table; compiled or not they end the same."""
        for flown, plan in self.scenarios:
            for flight in range(self.flights):
                yield Task(self.vehicle, plan, flown, self.dispersions, self.seed, flight, compiled, keep)


def load(
    vehicle_name: str,
    scenario_names: Sequence[str],
    dispersions: str,
    seed: int,
    flights: int,
    telemetry: str = "",
    without_faults: bool = False,
) -> Campaign:
    """A campaign from the names or files of its parts. `telemetry` stands for each plan's, the scenarios' faults are
    left out if asked for. Raises Misuse.
    """
    if telemetry not in ("", *plans.TELEMETRY):
        raise Misuse(f"--telemetry {telemetry}: must be {' or '.join(plans.TELEMETRY)}")
    if flights < 1:
        raise Misuse(f"--flights {flights}: must be at least 1")
    model = vehicle.load(vehicle_name)
    loaded: list[tuple[Scenario, FlightPlan]] = []
    for name in dict.fromkeys(scenario_names):
        flown = scenario.load(model.name, name)
        flown = flown.without_faults() if without_faults else flown
        if any(flown.name == other.name for other, _ in loaded):
            raise Misuse(f"--scenario {name}: another one is named {flown.name!r} too; give it a name of its own")
        if Path(flown.name).name != flown.name:
            raise Misuse(f"--scenario {name}: its name {flown.name!r} cannot be part of a file's name; change it")
        plan = plans.load(flown.plan)
        loaded.append((flown, replace(plan, telemetry=telemetry or plan.telemetry)))
    key: dict[str, Any] = {
        "vehicle": f"{model.name} {_file_digest(vehicle_name)}".rstrip(),
        "scenarios": [
            f"{flown.name} {_file_digest(name)} {digest(plans.text(flown.plan))}"
            for name, (flown, _) in zip(dict.fromkeys(scenario_names), loaded, strict=True)
        ],
        "dispersions": digest(dispersion.text(dispersions)),
        "seed": seed,
        "software": software_digest(),
    }
    if telemetry:
        key["telemetry"] = telemetry
    return Campaign(model, tuple(loaded), dispersion.load(dispersions), seed, flights, key)


def _file_digest(name_or_path: str) -> str:
    """Of a user's own file; those that come with the software are in its digest already."""
    path = Path(name_or_path)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
