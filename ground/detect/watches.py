"""The watches over subsystems, bound to a dictionary's channels by their names.

A channel that a dictionary lacks leaves its watch out. Nothing here makes an event; each raises its own alarms.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from flight.plans.plan import FlightPlan
from flight.wire.dictionary import Field, Packet
from flight.wire.packet import HEADER_VALUES
from ground.detect.subsystems import Falling, Leak, Nozzle
from ground.detect.thresholds import Thresholds
from ground.detect.thrust import VERNIER, Thrust
from ground.intake import Values
from ground.journal import Journal
from ground.report import Severity

Feed = Callable[[float, Values], None]

_FALLING: dict[str, tuple[str, Severity]] = {
    "fuel_tank_pressure": ("tank_pressure_low", "critical"),
    "oxidizer_tank_pressure": ("tank_pressure_low", "critical"),
    "helium_pressure": ("tank_pressure_low", "warning"),
    "servo_voltage": ("bus_undervoltage", "critical"),
}
"""Channels that must not fall quickly, and what it is when they do."""


class Watches:
    """All of them for one flight."""

    def __init__(
        self,
        journal: Journal,
        thresholds: Thresholds,
        plan: FlightPlan | None,
        first_stage: int,
        thrust: Thrust,
    ) -> None:
        self._journal = journal
        self._thresholds = thresholds
        self._thrust = thrust
        self._limits = {
            first_stage + place: math.radians(stage.vectoring_limit_deg)
            for place, stage in enumerate(plan.stages if plan else ())
        }
        self._verniers = {
            first_stage + place: math.radians(stage.vernier_limit_deg)
            for place, stage in enumerate(plan.stages if plan else ())
        }

    def feeds(self, packet: Packet) -> list[Feed]:
        """What takes the decoded packets of one kind, SI."""
        makers = (self._thrusters, self._nozzle, self._falling)
        return [feed for maker in makers if (feed := maker(packet)) is not None]

    def _thrusters(self, packet: Packet) -> Feed | None:
        tank, duty = _place(packet, "rcs_tank_pressure"), _place(packet, "rcs_duty")
        if tank is None or duty is None:
            return None
        leak = Leak(self._journal, self._thresholds)
        return lambda time_s, values: leak.feed(time_s, values[tank], values[duty])  # type: ignore[arg-type]

    def _nozzle(self, packet: Packet) -> Feed | None:
        places = [_place(packet, name) for name in ("tvc_pitch_command", "tvc_yaw_command", "tvc_pitch", "tvc_yaw")]
        if None in places:
            return None
        command_pitch, command_yaw, pitch, yaw = places
        nozzle, thrust = Nozzle(self._journal, self._thresholds, _period_s(packet)), self._thrust

        def angles(time_s: float, values: Values) -> None:
            limit = self._stop()
            if thrust.powered and limit > 0.0:
                commands = values[command_pitch], values[command_yaw]  # type: ignore[index]
                nozzle.feed(time_s, commands, (values[pitch], values[yaw]), limit)  # type: ignore[index, arg-type]

        return angles

    def _stop(self) -> float:
        """The deflection at which what burns now stands at its stop, 0 where that is not known."""
        stage, motors = self._thrust.stage, self._thrust.motors
        main, vernier = motors.get(f"stage_{stage}"), motors.get(VERNIER)
        if main is not None and not main.lit and vernier is not None and vernier.lit:
            return self._verniers.get(stage, 0.0)
        return self._limits.get(stage, 0.0)

    def _falling(self, packet: Packet) -> Feed | None:
        watches = [
            (
                Falling(
                    self._journal,
                    self._thresholds,
                    f"{packet.name}.{field.name}",
                    *_FALLING[field.name],
                    _period_s(packet),
                ),
                HEADER_VALUES + place,
            )
            for place, field in enumerate(packet.fields)
            if _is_falling(field)
        ]
        thrust = self._thrust
        stage = thrust.stage

        def falling(time_s: float, values: Values) -> None:
            nonlocal stage
            standing = not (thrust.flying or thrust.powered)
            if thrust.stage != stage or not (thrust.powered or standing):
                stage = thrust.stage
                for watch, _ in watches:
                    watch.forget()
                return
            for watch, place in watches:
                watch.feed(time_s, values[place], standing)  # type: ignore[arg-type]

        return falling if watches else None


def _is_falling(field: Field) -> bool:
    return not field.text_length and field.name in _FALLING


def _place(packet: Packet, name: str) -> int | None:
    """Where a field stands among a packet's decoded values."""
    places = [place for place, field in enumerate(packet.fields, HEADER_VALUES) if field.name == name]
    return places[0] if places else None


def _period_s(packet: Packet) -> float:
    return 1.0 / packet.rate_hz if packet.rate_hz else math.inf
