"""In which order flights are flown: rounds that each hold every vehicle and scenario, so that a cut run is balanced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flight.plans.plan import LOW_RATE, FlightPlan
from flight.wire.errors import Misuse
from ground.evaluate.pools import Pool

NOMINAL = "nominal"


@dataclass(frozen=True, slots=True)
class Fleet:
    """A vehicle, the names of its scenarios, its nominal plan, and the nominal scenario's text."""

    vehicle: str
    scenarios: tuple[str, ...]
    plan: FlightPlan
    nominal: str

    def only(self, names: Sequence[str] | None) -> Fleet:
        """With those of the scenarios alone; all of them for None."""
        return self if not names else replace(self, scenarios=tuple(name for name in self.scenarios if name in names))

    @property
    def others(self) -> tuple[str, ...]:
        """The scenarios beside the nominal one."""
        return tuple(name for name in self.scenarios if name != NOMINAL)


@dataclass(frozen=True, slots=True)
class Job:
    """One campaign to be flown by one process. `made` are texts of scenarios that come with no software, by name."""

    pool: str
    vehicle: str
    scenarios: tuple[str, ...]
    seed: int
    flights: int
    telemetry: str = "full"
    made: tuple[tuple[str, str], ...] = ()
    ablate: bool = False

    @property
    def flight_names(self) -> tuple[str, ...]:
        """A name for each of its flights that no other job's has."""
        names = (*self.scenarios, *(name for name, _ in self.made))
        pool = f"{self.pool} ablation" if self.ablate else self.pool
        return tuple(
            f"{pool}/{self.vehicle}/{name}/{self.telemetry}/{self.seed}/{flight}"
            for name in names
            for flight in range(self.flights)
        )


@dataclass(frozen=True, slots=True)
class Sweep:
    """A fault of growing size, of which an alarm is to be raised. `fault` is the body of a scenario's table.

    `declared` is the smallest size that is claimed to be found, from vehicles.md and detection.md.
    """

    name: str
    unit: str
    sizes: tuple[float, ...]
    declared: float
    alarms: frozenset[str]
    fault: str


SWEEPS = (
    Sweep(
        "thrust deficit",
        "part of the thrust",
        (0.01, 0.02, 0.03, 0.05, 0.10, 0.20),
        0.20,
        frozenset({"thrust_low", "chamber_pressure_low", "off_nominal_trajectory"}),
        'kind = "low_thrust"\nstage = {last}\npart = {size}\n',
    ),
    Sweep(
        "accelerometer bias",
        "m/s2",
        (0.02, 0.05, 0.1, 0.2, 0.49),
        0.49,
        frozenset({"sensor_bias", "sensor_disagreement"}),
        'kind = "sensor_bias"\nchannel = "specific_force_x"\nsize = {size}\n',
    ),
    Sweep(
        "gyroscope bias",
        "rad/s",
        (1e-4, 2e-4, 5e-4, 1e-3, 1.75e-3),
        1.75e-3,
        frozenset({"sensor_bias", "sensor_disagreement"}),
        'kind = "sensor_bias"\nchannel = "rate_y"\nsize = {size}\n',
    ),
)
INTO_BURN_S = 20.0
"""After the last stage's planned ignition, when a sweep's fault strikes."""


def sweep_of(scenario: str) -> tuple[Sweep, float] | None:
    """The sweep and the size of a scenario that `swept` made; None for any other."""
    for sweep in SWEEPS:
        if scenario.startswith(stem := sweep.name.replace(" ", "-") + "-"):
            return sweep, float(scenario.removeprefix(stem))
    return None


def swept(fleet: Fleet) -> tuple[tuple[str, str], ...]:
    """Scenarios of each sweep and size, by name: the vehicle's nominal one with the fault in its last burn."""
    last = fleet.plan.first_stage + len(fleet.plan.stages) - 1
    burn = fleet.plan.event("ignition" if len(fleet.plan.stages) == 1 else f"stage_{last}_ignition")
    if burn is None:
        raise Misuse(f"flight plan {fleet.plan.name}: events: the last stage's ignition is missing")
    made = []
    for sweep in SWEEPS:
        for size in sweep.sizes:
            name = f"{sweep.name.replace(' ', '-')}-{size:g}"
            text = re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', fleet.nominal)
            fault = sweep.fault.format(last=last, size=size)
            made.append((name, f"{text}\n[[fault]]\ntime_s = {burn.time_s + INTO_BURN_S}\n{fault}"))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is asked for: flights of each nominal scenario by vehicle, of each other scenario, rounds at the low
    rate and of sweeps, and how many rounds it is cut into.
    """

    nominal: Mapping[str, int]
    other: int
    low_rate: int
    sweeps: int
    rounds: int


def rounds(fleets: Sequence[Fleet], swept_vehicles: Sequence[str], pool: Pool, amount: Amount) -> Iterator[Job]:
    """All jobs, round by round. A round's campaign seed is the pool's next. Raises Misuse where the pool is too small.

    Flights of a job differ by their number, those of two rounds by the seed. Each round begins with another vehicle, so
    that over several runs that were cut none is always the last.
    """
    if amount.rounds > pool.last - pool.first + 1:
        raise Misuse(f"--flights: the pool {pool.name} has seeds for {pool.last - pool.first + 1} rounds alone")
    for number in range(amount.rounds):
        seed = pool.first + number
        first = number % len(fleets) if fleets else 0
        turned = [*fleets[first:], *fleets[:first]]
        for fleet in turned:
            count = share(amount.nominal.get(fleet.vehicle, 0), number, amount.rounds)
            if count and NOMINAL in fleet.scenarios:
                yield Job(pool.name, fleet.vehicle, (NOMINAL,), seed, count)
        for fleet in turned:
            if fleet.others and (count := share(amount.other, number, amount.rounds)):
                yield Job(pool.name, fleet.vehicle, fleet.others, seed, count)
        for fleet in turned:
            if number < amount.low_rate and NOMINAL in fleet.scenarios:
                yield Job(pool.name, fleet.vehicle, (NOMINAL,), seed, 1, LOW_RATE)
        for fleet in turned:
            if number < amount.sweeps and fleet.vehicle in swept_vehicles and NOMINAL in fleet.scenarios:
                yield Job(pool.name, fleet.vehicle, (), seed, 1, made=swept(fleet))


def share(total: int, part: int, parts: int) -> int:
    """What of a total falls to one of so many parts, as evenly as can be, the first ones first."""
    return total // parts + (part < total % parts)
