"""The onboard computer behind one door, whether it is Python or a board, and the Python one.

The world knows a computer by `OnboardComputer`: it is started, fed all sensors of a step, and gives all commands of
that step and the telemetry packets that fell due.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Protocol, TypeVar, get_args, get_origin, get_type_hints

from flight import VERSION
from flight.computer import computer as flight_computer
from flight.computer import records, telemetry
from flight.plans.plan import MOST_KNOTS, MOST_STAGES, FlightPlan, Stage
from flight.wire.dictionary import Dictionary, default
from flight.wire.errors import Misuse
from flight.wire.packet import STEPS_PER_SECOND, Codec, Value, ticks_of_step

SOFTWARE = f"vermilion {VERSION}"
PROTOCOL = 1
UNHASHED = ("identity", "health")
"""Packets that say who and how well, not what was flown: left out of `telemetry_sha256`."""

SCALARS = (float, int, bool)

Record = TypeVar("Record")


class OnboardComputer(Protocol):
    """What the world sees of a computer. Values are raw, in the dictionary's field order."""

    def start(self, start_values: tuple[Value, ...]) -> None:
        """The packet `start`: begin at step 0 with a plan."""

    def step(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        """The packet `sensors` in, the packet `actuators` out, as rounded to the wire."""

    def packets(self) -> list[bytes]:
        """The telemetry packets that fell due at the last step."""

    def end(self, reason: str) -> list[bytes]:
        """The packets that end the stream; the reason is one of the dictionary's `end_reason`."""


class TelemetryDigest:
    """SHA-256 over packets, boot id zeroed, identity and health left out: equal for equal flights."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._hash = hashlib.sha256()
        self._left_out = {dictionary.packets[name].apid for name in UNHASHED if name in dictionary.packets}

    def add(self, packet: bytes) -> None:
        """Takes one packet in."""
        if packet[1] | (packet[0] & 7) << 8 not in self._left_out:
            self._hash.update(packet[:12])
            self._hash.update(b"\0\0")
            self._hash.update(packet[14:])

    def hexdigest(self) -> str:
        """The hash of the packets so far."""
        return self._hash.hexdigest()


class PythonComputer:
    """flight.computer, its packets encoded. The plan in the start message must be the one given here."""

    def __init__(self, plan: FlightPlan) -> None:
        self._plan = plan
        self._dictionary = default()
        packets = self._dictionary.packets
        self._codecs = {name: Codec(packet) for name, packet in packets.items()}
        periodic = [field.name for field in fields(records.Schedule)]
        self._senders = [(1 << place, self._sender(name)) for place, name in enumerate(periodic)]
        self._events = packets["event"].fields[0].enumeration or {}
        self._identity_period = _period(self._dictionary, "identity")
        self._sequence = dict.fromkeys(packets, 0)
        self._due: list[bytes] = []
        self._sent = 0
        self._boot_id = 0
        self._identity: tuple[Value, ...] = ()
        self._digest = TelemetryDigest(self._dictionary)
        self.computer = zeroed(records.Computer)

    @property
    def telemetry_sha256(self) -> str:
        """Hash of the telemetry since the start message."""
        return self._digest.hexdigest()

    def start(self, start_values: tuple[Value, ...]) -> None:
        """Begins at step 0. Raises Misuse where the start message names another plan."""
        plan_name, boot_id, reset_cause, time_rate = start_values
        if plan_name != self._plan.name:
            raise Misuse(f"start message: plan {plan_name!r}; this computer was given {self._plan.name!r}")
        self._sequence = dict.fromkeys(self._sequence, 0)
        self._due, self._sent = [], 0
        self._boot_id = int(boot_id)
        for codec in self._codecs.values():
            codec.saturated = 0
        self._digest = TelemetryDigest(self._dictionary)
        self._identity = (
            self._plan.vehicle,
            self._plan.name,
            SOFTWARE,
            "python",
            self._dictionary.fingerprint,
            PROTOCOL,
            reset_cause,
            time_rate,
        )
        self.computer = zeroed(records.Computer)
        self.computer.plan = computer_plan(self._plan)
        for field in fields(records.Schedule):
            setattr(self.computer.telemetry.periods, field.name, _period(self._dictionary, field.name))
        flight_computer.start(self.computer)

    def step(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        """One control step."""
        commands = self._control(sensor_values)
        self._collect()
        return self._codecs["actuators"].round(commands)

    def packets(self) -> list[bytes]:
        """The packets of the last step, identity and events first."""
        return self._due

    def end(self, reason: str) -> list[bytes]:
        """The end-of-stream packet."""
        self._due = []
        field = self._dictionary.packets["end_of_stream"].fields[0]
        code = (field.enumeration or {})[reason]
        self._send("end_of_stream", (code, self._sent), ticks_of_step(self.computer.step))
        return self._due

    def commanded_attitude(self) -> tuple[float, float, float, float]:
        """The quaternion that the attitude is steered to, body to inertial."""
        guidance = self.computer.guidance
        return guidance.command_w, guidance.command_x, guidance.command_y, guidance.command_z

    def _control(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        """The step itself: all commands, not yet rounded."""
        actuators = flight_computer.step(self.computer, records.Sensors(*sensor_values))  # type: ignore[arg-type]
        commands: tuple[Value, ...] = _actuator_values(actuators)
        return commands

    def _collect(self) -> None:
        self._due = []
        step = self.computer.step
        ticks = ticks_of_step(step)
        if step % self._identity_period == 0:
            self._send("identity", self._identity, ticks)
        if self.computer.sequence.events:
            for code in self._events.values():
                if self.computer.sequence.events & (1 << code):
                    self._send("event", (code, step), ticks)
        due = self.computer.telemetry.due
        if due & telemetry.HEALTH:
            self.computer.telemetry.health.saturated = sum(codec.saturated for codec in self._codecs.values())
        for bit, send in self._senders:
            if due & bit:
                send(ticks)

    def _sender(self, name: str) -> Callable[[int], None]:
        values = attrgetter(*(f"telemetry.{name}.{field.name}" for field in self._dictionary.packets[name].fields))
        return lambda ticks: self._send(name, values(self.computer), ticks)

    def _send(self, name: str, values: Sequence[Value], ticks: int) -> None:
        sequence = self._sequence[name]
        self._sequence[name] = sequence + 1
        packet = self._codecs[name].encode(sequence, ticks, self._boot_id, values)
        self._digest.add(packet)
        self._due.append(packet)
        self._sent += 1


_actuator_values = attrgetter(*(field.name for field in fields(records.Actuators)))


def _period(dictionary: Dictionary, name: str) -> int:
    """Control steps between two packets of a kind."""
    return round(STEPS_PER_SECOND / dictionary.packets[name].rate_hz)


def zeroed(record: type[Record]) -> Record:
    """A record of the onboard computer with every number 0 and every flag false."""
    hints = get_type_hints(record)
    values: list[Any] = []
    for field in fields(record):  # type: ignore[arg-type]
        kind = hints[field.name]
        if kind in SCALARS:
            values.append(kind())
        elif get_origin(kind) is tuple:
            values.append(tuple(part() if part in SCALARS else zeroed(part) for part in get_args(kind)))
        else:
            values.append(zeroed(kind))
    return record(*values)


def computer_plan(plan: FlightPlan) -> records.Plan:
    """The plan's numbers as the onboard computer keeps them: radians, tables of fixed length."""
    stages = [*plan.stages, *[plan.stages[-1]] * (MOST_STAGES - len(plan.stages))]
    return records.Plan(
        latitude=math.radians(plan.site.latitude_deg),
        longitude=math.radians(plan.site.longitude_deg),
        height=plan.site.height_m,
        azimuth=math.radians(plan.azimuth_deg),
        countdown_s=plan.countdown_s,
        last_stage=len(plan.stages) - 1,
        fairing_stage=plan.fairing_stage,
        fairing_delay_s=plan.fairing_delay_s,
        payload_delay_s=plan.payload_delay_s,
        slew_rate=math.radians(plan.slew_rate_deg_s),
        reaction_pressure=plan.reaction_pressure_pa,
        program_time=_knots(plan.program_time_s),
        program_pitch=_knots([math.radians(pitch) for pitch in plan.program_pitch_deg]),
        stages=(computer_stage(stages[0]), computer_stage(stages[1]), computer_stage(stages[2])),
    )


def computer_stage(stage: Stage) -> records.StagePlan:
    """One stage's numbers as the onboard computer keeps them."""
    return records.StagePlan(
        ignition_s=stage.ignition_s,
        ignition_delay_s=stage.ignition_delay_s,
        burn_limit_s=stage.burn_limit_s,
        separation_delay_s=stage.separation_delay_s,
        running_pressure=stage.running_pressure_pa,
        pitch=math.radians(stage.pitch_deg),
        weave=math.radians(stage.weave_deg),
        weave_switch=stage.weave_switch_m_s,
        vectored=stage.vectored,
        vectoring_authority=stage.vectoring_authority,
        vectoring_limit=math.radians(stage.vectoring_limit_deg),
        roll_authority=stage.roll_authority,
        pitch_authority=stage.pitch_authority,
        attitude_gain=stage.attitude_gain,
        rate_gain=stage.rate_gain,
        trim_gain=stage.trim_gain,
    )


def _knots(values: Sequence[float]) -> Any:
    """Padded to the computer's twelve."""
    return (*values, *[values[-1]] * (MOST_KNOTS - len(values)))
