"""Faults: what can go wrong with a vehicle, when and by how much.

`KINDS` is the table: the numbers that a kind takes, and what it does to the world when its time has come.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flight.plans import checked
from flight.wire.errors import Misuse
from sim.world import World


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a kind takes: its key with unit, its bounds, and its default (None: it must be given)."""

    key: str
    low: float
    high: float
    default: float | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault; `strike` gets the world and the values by key."""

    help: str
    parameters: tuple[Parameter, ...]
    strike: Callable[[World, Mapping[str, float]], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a scenario: it strikes `time_s` after lift-off."""

    kind: str
    time_s: float
    values: Mapping[str, float]


def _leak(world: World, values: Mapping[str, float]) -> None:
    world.tank.leak_kg_s = values["mass_rate_kg_s"]
    world.tank.leak_torque_n_m = (
        values["torque_roll_n_m"],
        values["torque_pitch_n_m"],
        values["torque_yaw_n_m"],
    )


def _misalign(world: World, values: Mapping[str, float]) -> None:
    world.misalignment[int(values["stage"]) - 1] = (
        math.radians(values["pitch_deg"]),
        math.radians(values["yaw_deg"]),
    )


KINDS: Mapping[str, Kind] = {
    "rcs_leak": Kind(
        "propellant leaks from the reaction-control tank, pushing as it leaves",
        (
            Parameter("mass_rate_kg_s", 0.0, 1000.0),
            Parameter("torque_roll_n_m", -1e6, 1e6, 0.0),
            Parameter("torque_pitch_n_m", -1e6, 1e6, 0.0),
            Parameter("torque_yaw_n_m", -1e6, 1e6, 0.0),
        ),
        _leak,
    ),
    "thrust_misalignment": Kind(
        "a motor's thrust points beside the axis from now on",
        (
            Parameter("stage", 1, 3),
            Parameter("pitch_deg", -10.0, 10.0, 0.0),
            Parameter("yaw_deg", -10.0, 10.0, 0.0),
        ),
        _misalign,
    ),
}


def read(section: checked.Section) -> Fault:
    """A fault from a table of a scenario file: `kind`, `time_s` and the kind's numbers. Raises Misuse."""
    name = section.text("kind", 40)
    if name not in KINDS:
        raise section.refuse("kind", f"no such fault {name!r}; {checked.nearest(name, set(KINDS))}")
    fault = Fault(
        name,
        section.number("time_s", 0.0, 1e6),
        {
            parameter.key: section.number(parameter.key, parameter.low, parameter.high, parameter.default)
            for parameter in KINDS[name].parameters
        },
    )
    section.finish()
    return fault


def parse(text: str) -> Fault:
    """A fault from one argument, as in `rcs_leak@340:mass_rate_kg_s=0.4,torque_yaw_n_m=10`. Raises Misuse."""
    head, _, tail = text.partition(":")
    kind, at, time = head.partition("@")
    table: dict[str, object] = {"kind": kind}
    try:
        if not at:
            raise ValueError(f"{head!r} has no @")
        table["time_s"] = float(time)
        for item in filter(None, tail.split(",")):
            key, _, value = item.partition("=")
            table[key.strip()] = float(value)
    except ValueError as error:
        raise Misuse(f"fault {text!r}: {error}; write KIND@SECONDS:KEY=NUMBER,KEY=NUMBER") from error
    return read(checked.Section(f"fault {text!r}", "", table))
