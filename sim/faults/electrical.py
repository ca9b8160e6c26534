"""Faults of the power supply and of the radio."""

from __future__ import annotations

import math
import random

from flight.wire.dictionary import default
from sim.faults.fault import Choice, Effect, Fault, Parts

CAUSE = Choice("cause", ("watchdog", "software", "pin"))
_CAUSES = next(f.enumeration for f in default().packets["start"].fields if f.name == "reset_cause") or {}
_RESETS = {name: _CAUSES[name] for name in CAUSE.options}
BROWN_OUT = _CAUSES["brown_out"]


def brown_out(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The bus sags, the computer stops and starts again.

    The receiver begins with a cold start. Bus and sensors themselves go on: it is the computer's supply that gives way
    below 22 V.
    """
    power, values = parts.world.vehicle.power, fault.values
    loaded = power.bus_voltage_v - power.bus_resistance_ohm * power.bus_current_a
    sag = max(0.0, loaded - values["voltage_v"])
    parts.sensors.bus_drop_v += sag
    off = False

    def step(age_s: float) -> None:
        nonlocal off
        if not off and age_s >= values["sag_s"]:
            off = True
            parts.sensors.lose_satellites()
            parts.power_off(False)

    def end() -> None:
        parts.sensors.bus_drop_v -= sag
        parts.sensors.restart_receiver()
        parts.power_on(BROWN_OUT)

    return Effect(values["sag_s"] + values["gap_s"], step, end)


def reset(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """The computer stops for a moment and comes back with its memory as it was; nothing else notices."""
    parts.power_off(True)
    return Effect(fault.values["gap_s"], end=lambda: parts.power_on(_RESETS[fault.choice]))


def fade(parts: Parts, fault: Fault, draw: random.Random) -> Effect:
    """Packets are lost: steadily, as behind a motor's plume, or periodically, as where a spin turns the aerial away."""
    values, start_s = fault.values, parts.world.time_s
    period_s = values["period_s"]

    def loses(time_s: float) -> bool:
        lost = draw.random() < values["loss"]
        return lost and (period_s == 0.0 or math.fmod(time_s - start_s, period_s) < values["part"] * period_s)

    return Effect(values["duration_s"] or math.inf, end=parts.downlink.disturb(loses))
