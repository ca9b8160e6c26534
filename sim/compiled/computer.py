"""The onboard computer in Python, its control step compiled."""

from __future__ import annotations

from dataclasses import fields
from struct import Struct
from typing import Any

import numpy

from flight.computer import computer as flight_computer
from flight.computer import records
from flight.computer.packets import Schedule, Sensors
from flight.onboard import PythonComputer
from flight.plans.plan import FlightPlan
from flight.wire.packet import Value
from sim.compiled.functions import compiler, flat, layout

_CODES = {"f": "d", "i": "q", "b": "?"}


class _Place:
    """Where a part of a structure's scalars lies, to be read and written as a tuple."""

    def __init__(self, whole: numpy.dtype[Any], *names: str) -> None:
        """Of all scalars of the inner structure, or the one scalar, that the names lead to."""
        self.offset = 0
        for name in names:
            assert whole.fields is not None
            whole, offset = whole.fields[name][:2]
            self.offset += offset
        text, end = "<", 0
        for kind, offset in [field[:2] for field in (whole.fields or {"": (whole, 0)}).values()]:
            text += f"{offset - end}x{_CODES[kind.kind]}"
            end = offset + kind.itemsize
        layout = Struct(text)
        self.read = layout.unpack_from
        self.write = layout.pack_into


class CompiledComputer(PythonComputer):
    """Gives the bits that PythonComputer gives. Its state is a structure in memory; the records in `computer` follow it
    where they are read after a step: its number, the events, what is due, and the packets that are.
    """

    def __init__(self, plan: FlightPlan) -> None:
        """Raises Misuse where numba is not installed."""
        super().__init__(plan)
        self._run = compiler().on_structures(flight_computer.step, records.Computer, Sensors)
        whole = layout(records.Computer)
        self._state = numpy.zeros(1, whole)
        self._sensors = numpy.zeros(1, layout(Sensors))
        self._addresses = self._state.ctypes.data, self._sensors.ctypes.data
        self._memory, self._sensed = self._state.view(numpy.uint8).data, self._sensors.view(numpy.uint8).data
        self._inputs = _Place(self._sensors.dtype)
        self._commands = _Place(whole, "actuators")
        self._step = _Place(whole, "step")
        self._reported = _Place(whole, "sequence", "events")
        self._fallen_due = _Place(whole, "telemetry", "due")
        packets = [field.name for field in fields(Schedule)]
        self._packets = [
            (1 << place, name, type(getattr(self.computer.telemetry, name)), _Place(whole, "telemetry", name))
            for place, name in enumerate(packets)
        ]

    def start(self, start_values: tuple[Value, ...]) -> None:
        """Begins at step 0. Raises Misuse where the start message names another plan."""
        super().start(start_values)
        self._state[0] = flat(self.computer)

    def commanded_attitude(self) -> tuple[float, float, float, float]:
        """The quaternion that the attitude is steered to, body to inertial."""
        guidance = self._state["guidance"][0]
        w, x, y, z = (float(guidance[f"command_{axis}"]) for axis in "wxyz")
        return w, x, y, z

    def _control(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        memory, computer = self._memory, self.computer
        self._inputs.write(self._sensed, 0, *sensor_values)
        self._run(*self._addresses)
        (computer.step,) = self._step.read(memory, self._step.offset)
        (computer.sequence.events,) = self._reported.read(memory, self._reported.offset)
        (due,) = self._fallen_due.read(memory, self._fallen_due.offset)
        computer.telemetry.due = due
        for bit, name, record, place in self._packets:
            if due & bit:
                setattr(computer.telemetry, name, record(*place.read(memory, place.offset)))
        return self._commands.read(memory, self._commands.offset)
