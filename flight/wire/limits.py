"""Limits of one field: levels, rates of change, and what differs by phase of flight; read and checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TypeAlias

from flight.wire.errors import Misuse

LEVELS = ("critical_low", "warning_low", "watch_low", "watch_high", "warning_high", "critical_high")
"""Bounds on the value, in rising order."""
FALLS = ("watch_fall", "warning_fall", "critical_fall")
RISES = ("watch_rise", "warning_rise", "critical_rise")
"""Bounds on how fast it falls or rises, SI a second, positive, in rising order."""
BOUNDS = (*LEVELS, *FALLS, *RISES)

Override: TypeAlias = Mapping[str, float | None]
"""What is different in a phase: bounds by name, None for one that is not checked there, and for_s and over_s."""


@dataclass(frozen=True, slots=True)
class Limits:
    """A bound that is None is not checked. `for_s` is how long a violation must last, `over_s` over how long a rate is
    taken. `phases` differ by the phase's name, whose pattern may have * in it; a later one that fits wins.
    """

    critical_low: float | None = None
    warning_low: float | None = None
    watch_low: float | None = None
    watch_high: float | None = None
    warning_high: float | None = None
    critical_high: float | None = None
    watch_fall: float | None = None
    warning_fall: float | None = None
    critical_fall: float | None = None
    watch_rise: float | None = None
    warning_rise: float | None = None
    critical_rise: float | None = None
    for_s: float = 0.0
    over_s: float = 1.0
    alarm: str = ""
    phases: Mapping[str, Override] = field(default_factory=dict)

    def bound(self, name: str) -> float | None:
        """One of `BOUNDS`."""
        value: float | None = getattr(self, name)
        return value

    def during(self, phase: str | None) -> Limits:
        """Those that hold in a phase of flight; where it is not known, those of no phase in particular."""
        found: dict[str, float | None] = {}
        for pattern, override in self.phases.items():
            if phase is not None and fnmatchcase(phase, pattern):
                found |= override
        return replace(self, phases={}, **found)  # type: ignore[arg-type]

    def fault(self) -> str:
        """What is wrong with them, in any phase; empty where nothing is."""
        for where, limits in (("", self), *((f"phases.{name}: ", self._alone(name)) for name in self.phases)):
            levels = [value for name in LEVELS if (value := limits.bound(name)) is not None]
            if levels != sorted(levels):
                return f"{where}must rise from critical_low over warning_low and so on to critical_high"
            for names in (FALLS, RISES):
                rates = [value for name in names if (value := limits.bound(name)) is not None]
                if rates != sorted(rates) or any(rate <= 0.0 for rate in rates):
                    return f"{where}rates must be above 0 and rise from {names[0]} to {names[-1]}"
        return ""

    def _alone(self, pattern: str) -> Limits:
        return replace(self, phases={}, **self.phases[pattern])  # type: ignore[arg-type]


def read_limits(table: Mapping[str, object], name: str, source: str, where: str) -> Limits:
    """The limits of the field `name` from a TOML table. Raises Misuse with source, key and reason."""
    phases = table.get("phases", {})
    if not isinstance(phases, dict):
        raise Misuse(f"{source}: {where}.phases: must be a table")
    own = {key: value for key, value in table.items() if key not in ("phases", "alarm")}
    limits = Limits(
        **read_override(own, source, where),  # type: ignore[arg-type]
        alarm=str(table.get("alarm", name + "_limit")),
        phases={phase: read_override(row, source, f"{where}.phases.{phase}") for phase, row in phases.items()},
    )
    if fault := limits.fault():
        raise Misuse(f"{source}: {where}: {fault}")
    return limits


def read_override(table: object, source: str, where: str) -> Override:
    """Bounds, false for one that is not checked, for_s and over_s from a TOML table. Raises Misuse."""
    if not isinstance(table, dict):
        raise Misuse(f"{source}: {where}: must be a table of bounds")
    found: dict[str, float | None] = {}
    for key, value in table.items():
        if key not in (*BOUNDS, "for_s", "over_s"):
            raise Misuse(f"{source}: {where}.{key}: unknown key; one of {', '.join(BOUNDS)}, for_s, over_s")
        if value is False and key in BOUNDS:
            found[key] = None
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Misuse(f"{source}: {where}.{key}: must be a number{', or false' if key in BOUNDS else ''}")
        elif (key == "for_s" and value < 0.0) or (key == "over_s" and value <= 0.0):
            raise Misuse(f"{source}: {where}.{key}: must be seconds")
        else:
            found[key] = float(value)
    return found
