"""The faults of one flight in the order of their times: when each begins and ends, told to the truth."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flight.wire.errors import Misuse
from sim.faults.fault import Effect, Fault, Parts
from sim.faults.kinds import KINDS
from sim.vehicle import Vehicle
from sim.world import STEP_S


@dataclass(slots=True)
class _Active:
    name: str
    since_s: float
    effect: Effect


def refuse(fault: Fault, vehicle: Vehicle) -> None:
    """Raises Misuse where the vehicle has not got what the fault is one of."""
    lacks = KINDS[fault.kind].lacks(vehicle, fault)
    if "stage" in fault.values and vehicle.place_of(int(fault.values["stage"])) is None:
        first, last = vehicle.first_stage, vehicle.number_of(len(vehicle.stages) - 1)
        lacks = f"stage: {vehicle.name} has {first} to {last}"
    if lacks:
        raise Misuse(f"fault {fault.kind}: {lacks}")


class Course:
    """Lets faults strike. `report` is told `fault_KIND` when one begins and `fault_KIND_end` when it ends.

    A second fault of a kind is `fault_KIND_2`, and so on. Raises Misuse for a fault in a part that is not there.
    """

    def __init__(
        self,
        faults: Sequence[Fault],
        parts: Parts,
        seed: int,
        planned_liftoff_s: float,
        report: Callable[[str, float], None],
    ) -> None:
        self._parts = parts
        self._planned_liftoff_s = planned_liftoff_s
        self._report = report
        self._waiting: list[tuple[str, Fault, random.Random]] = []
        self._active: list[_Active] = []
        counts: dict[str, int] = {}
        for fault in sorted(faults, key=lambda fault: fault.time_s):
            refuse(fault, parts.world.vehicle)
            count = counts[fault.kind] = counts.get(fault.kind, 0) + 1
            name = f"fault_{fault.kind}" if count == 1 else f"fault_{fault.kind}_{count}"
            self._waiting.append((name, fault, random.Random(f"{seed}/{name}")))

    def step(self) -> None:
        """Once a step, after the computer's and before the world's."""
        if self._waiting:
            self._strike()
        if self._active:
            self._go_on()

    def _strike(self) -> None:
        now = self._parts.world.time_s
        for waiting in [each for each in self._waiting if self._is_due(each[1])]:
            self._waiting.remove(waiting)
            name, fault, draw = waiting
            effect = KINDS[fault.kind].strike(self._parts, fault, draw)
            self._active.append(_Active(name, now, effect))
            self._report(name, now)

    def _is_due(self, fault: Fault) -> bool:
        world = self._parts.world
        start = self._planned_liftoff_s if fault.time_s < 0.0 else world.liftoff_s
        if start is None or world.time_s - start < fault.time_s:
            return False
        return KINDS[fault.kind].ready(world, fault)

    def _go_on(self) -> None:
        now = self._parts.world.time_s
        for active in tuple(self._active):
            age, effect = now - active.since_s, active.effect
            if age > effect.lasts_s - 0.5 * STEP_S:
                self._active.remove(active)
                if effect.end is not None:
                    effect.end()
                self._report(f"{active.name}_end", now)
            elif effect.step is not None:
                effect.step(age)
            elif effect.lasts_s == math.inf:
                # Nothing more to do for it.
                self._active.remove(active)
