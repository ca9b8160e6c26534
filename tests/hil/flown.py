"""Whole flights by the computer in Python, written down so that any board can be given the same sensors."""

from __future__ import annotations

from dataclasses import dataclass, field

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import default
from flight.wire.packet import Codec, Value
from hil.firmware.state import state_crc
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission


@dataclass(slots=True)
class Flight:
    """What went to the computer and what came back: packets, in the order of the steps."""

    plan: FlightPlan
    start: tuple[Value, ...] = ()
    sensors: list[bytes] = field(default_factory=list)
    commands: list[tuple[Value, ...]] = field(default_factory=list)
    crcs: dict[int, int] = field(default_factory=dict)
    """The CRC of the state after each whole second, by step."""
    end_reason: str = ""
    sha256: str = ""


class Recorder:
    """The computer in Python, and a pen."""

    def __init__(self, flight: Flight) -> None:
        self._flight = flight
        self._computer = PythonComputer(flight.plan)
        self._codec = Codec(default().packets["sensors"])

    def start(self, start_values: tuple[Value, ...]) -> None:
        self._flight.start = start_values
        self._computer.start(start_values)

    def resume(self, boot_id: int, reset_cause: int) -> bool:
        return self._computer.resume(boot_id, reset_cause)

    def step(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        self._flight.sensors.append(self._codec.encode(0, 0, 0, sensor_values))
        commands = self._computer.step(sensor_values)
        self._flight.commands.append(commands)
        step = int(sensor_values[0])
        if step % 100 == 0:
            self._flight.crcs[step] = state_crc(self._computer.computer)
        return commands

    def packets(self) -> list[bytes]:
        return self._computer.packets()

    def end(self, reason: str) -> list[bytes]:
        packets = self._computer.end(reason)
        self._flight.end_reason, self._flight.sha256 = reason, self._computer.telemetry_sha256
        return packets


def fly(scenario: str, seed: int = 1, vehicle: str = "zhuque-1", until_step: int | None = None) -> Flight:
    """The whole flight, or so many of its steps. The scenario must not restart the computer."""
    flown = vehicles.load(vehicle)
    described = scenarios.load(flown.name, scenario)
    flight = Flight(plans.load(described.plan))
    mission = Mission(flown, flight.plan, described, seed, Recorder(flight))
    while not mission.finished:
        if len(flight.sensors) == until_step:
            mission.end()
        mission.step()
    return flight
