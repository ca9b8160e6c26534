"""What a fault is: its kind, time and size, and the parts of a flight that it reaches."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.faults.paths import Downlink, Wiring
from sim.sensors import SensorSuite
from sim.vehicle import Vehicle
from sim.world import World


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a kind takes: its key with unit, its bounds, and its default (None: it must be given)."""

    key: str
    low: float
    high: float
    default: float | None = None
    whole: bool = False
    optional: bool = False
    """May be left out, and is then not among the values."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A name out of several that a kind takes."""

    key: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a scenario: it strikes `time_s` after lift-off, or before the planned one where that is negative."""

    kind: str
    time_s: float
    values: Mapping[str, float]
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one flight that faults reach."""

    world: World
    sensors: SensorSuite
    wiring: Wiring
    downlink: Downlink
    power_off: Callable[[bool], None]
    """The onboard computer stops; whether its memory is kept."""
    power_on: Callable[[int], None]
    """It starts again, with the start message's reset cause."""
    destroy: Callable[[], None]
    """The vehicle is no more."""


@dataclass(slots=True)
class Effect:
    """A fault at work: `step` is called at each step with its age in seconds, `end` when it has lasted `lasts_s`."""

    lasts_s: float = math.inf
    step: Callable[[float], None] | None = None
    end: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. `strike` begins it; `ready` holds it back until the flight has come that far."""

    help: str
    numbers: tuple[Number, ...]
    strike: Callable[[Parts, Fault, random.Random], Effect]
    choice: Choice | None = None
    earliest_s: float = -1e4
    ready: Callable[[World, Fault], bool] = lambda world, fault: True
    lacks: Callable[[Vehicle, Fault], str] = lambda vehicle, fault: ""
    """What a vehicle has not that the fault is one of, in words; nothing where it can strike."""
