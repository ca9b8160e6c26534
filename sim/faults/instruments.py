"""Faults of single sensor channels, of the satellite receiver and of the barometer's port."""

from __future__ import annotations

import math
import random

from flight.wire.dictionary import default
from flight.wire.packet import Value
from sim.faults.fault import Choice, Effect, Fault, Parts
from sim.sensors import Spoil
from sim.world import STEP_S

_FIELDS = default().packets["sensors"].fields

ANY = Choice("channel", tuple(field.name for field in _FIELDS if field.name != "step"))
"""Every channel of the packet `sensors`."""
MEASURED = Choice("channel", tuple(field.name for field in _FIELDS if field.type in ("f32", "f64")))
"""Those that measure; the others count or switch."""


def bias(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The channel reads too much."""
    world, size, ramp_s, start_s = parts.world, fault.values["size"], fault.values["ramp_s"], parts.world.time_s

    def spoil(value: Value) -> Value:
        late = world.time_s - start_s
        return float(value) + (size if late >= ramp_s else size * late / ramp_s)

    return _spoilt(parts, fault, spoil)


def stick(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The channel keeps its reading, or reads what is given."""
    held: Value | None = None
    given = fault.values.get("value")

    def spoil(value: Value) -> Value:
        nonlocal held
        if held is None:
            held = value if given is None else _like(value, given)
        return held

    return _spoilt(parts, fault, spoil)


def shake(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The channel is noisier."""
    sigma = fault.values["sigma"]
    return _spoilt(parts, fault, lambda value: float(value) + draw.gauss(0.0, sigma))


def drop(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The channel reads nothing."""
    return _spoilt(parts, fault, lambda value: _like(value, math.nan if isinstance(value, float) else 0.0))


def lose_satellites(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The receiver hears nothing; afterwards it finds a solution again soon."""
    parts.sensors.lose_satellites()
    return Effect(_lasts(fault), end=parts.sensors.regain_satellites)


def block_port(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The barometer feels the outside only through a small leak."""
    trapped: float | None = None
    part = -math.expm1(-STEP_S / fault.values["leak_s"])

    def spoil(value: Value) -> Value:
        nonlocal trapped
        outside = float(value)
        trapped = outside if trapped is None else trapped + part * (outside - trapped)
        return trapped

    return Effect(_lasts(fault), end=parts.sensors.spoil("static_pressure", spoil))


def _spoilt(parts: Parts, fault: Fault, how: Spoil) -> Effect:
    return Effect(_lasts(fault), end=parts.sensors.spoil(fault.choice, how))


def _lasts(fault: Fault) -> float:
    return fault.values["duration_s"] or math.inf


def _like(value: Value, number: float) -> Value:
    """A number as a channel of that value's type gives it; counts are of one byte."""
    if isinstance(value, bool):
        return number != 0.0
    return min(max(0, round(number)), 255) if isinstance(value, int) else number
