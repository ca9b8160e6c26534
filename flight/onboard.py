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
from flight.computer.packets import Actuators, Schedule, Sensors
from flight.computer.shooting_records import Burn
from flight.computer.shot import RAMP
from flight.plans import burn as burns
from flight.plans.plan import MOST_KNOTS, MOST_STAGES, MOST_THROTTLE, NONE, Boosters, FlightPlan
from flight.plans.stage import STEERING, Stage
from flight.wire.dictionary import Dictionary, default
from flight.wire.errors import Misuse
from flight.wire.packet import PROTOCOL, STEPS_PER_SECOND, Codec, Value, ticks_of_step

SOFTWARE = f"vermilion {VERSION}"
UNHASHED = ("identity", "health")
"""Packets that say who and how well, not what was flown: left out of `telemetry_sha256`."""
NEVER_S = 1e9
"""A time after lift-off that never comes."""

SCALARS = (float, int, bool)

Record = TypeVar("Record")


class OnboardComputer(Protocol):
    """What the world sees of a computer. Values are raw, in the dictionary's field order."""

    def start(self, start_values: tuple[Value, ...]) -> None:
        """The packet `start`: begin at step 0 with a plan."""

    def resume(self, boot_id: int, reset_cause: int) -> bool:
        """Comes back from a reset that kept the memory: whether it flies on at the next sensors.

        A computer that cannot answers False, and is started anew.
        """

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
        periodic = [field.name for field in fields(Schedule)]
        self._senders = [(1 << place, self._sender(name)) for place, name in enumerate(periodic)]
        self._events = packets["event"].fields[0].enumeration or {}
        self._periods = {name: _period(rate) for name, rate in self._dictionary.rates(plan.telemetry).items()}
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
        self._forget_packets()
        self._boot_id = int(boot_id)
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
        for field in fields(Schedule):
            setattr(self.computer.telemetry.periods, field.name, self._periods[field.name])
        flight_computer.start(self.computer)

    def resume(self, boot_id: int, reset_cause: int) -> bool:
        """Flies on, however many steps are missing. What is counted by packets begins at 0, as the boot id tells."""
        self._forget_packets()
        self._boot_id = boot_id
        self._identity = (*self._identity[:-2], reset_cause, self._identity[-1])
        return True

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
        actuators = flight_computer.step(self.computer, Sensors(*sensor_values))  # type: ignore[arg-type]
        commands: tuple[Value, ...] = _actuator_values(actuators)
        return commands

    def _forget_packets(self) -> None:
        self._sequence = dict.fromkeys(self._sequence, 0)
        self._due, self._sent = [], 0
        for codec in self._codecs.values():
            codec.saturated = 0

    def _collect(self) -> None:
        self._due = []
        step = self.computer.step
        ticks = ticks_of_step(step)
        if step % self._periods["identity"] == 0:
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


_actuator_values = attrgetter(*(field.name for field in fields(Actuators)))


def _period(rate_hz: float) -> int:
    """Control steps between two packets of a kind, 0 for those that are not sent periodically."""
    return round(STEPS_PER_SECOND / rate_hz) if rate_hz else 0


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
    numbers = [
        computer_stage(stage, _planned(plan, f"stage_{plan.first_stage + place}_ignition" if place else "liftoff"))
        for place, stage in enumerate(plan.stages)
    ]
    first, second, third = [*numbers, *[numbers[-1]] * (MOST_STAGES - len(numbers))]
    abort, parachutes = plan.abort, plan.parachutes
    return records.Plan(
        latitude=math.radians(plan.site.latitude_deg),
        longitude=math.radians(plan.site.longitude_deg),
        height=plan.site.height_m,
        azimuth=math.radians(plan.azimuth_deg),
        elevation=math.radians(plan.site.elevation_deg),
        countdown_s=plan.countdown_s,
        first_stage=plan.first_stage,
        last_stage=len(plan.stages) - 1,
        orbital=plan.orbital,
        target_perigee=plan.target.perigee_m,
        target_apogee=plan.target.apogee_m,
        target_inclination=NONE if plan.target.inclination_deg is None else math.radians(plan.target.inclination_deg),
        apogee_s=_planned(plan, "apogee"),
        fairing_stage=plan.fairing_stage,
        fairing_delay_s=plan.fairing_delay_s,
        fairing_s=plan.fairing_s,
        payload_delay_s=plan.payload_delay_s,
        trim_s=plan.trim_s,
        tower_s=plan.tower_s,
        drogue_delay_s=parachutes.drogue_delay_s if parachutes else NONE,
        main_height=parachutes.main_height_m if parachutes else 0.0,
        slew_rate=math.radians(plan.slew_rate_deg_s),
        reaction_pressure=plan.reaction_pressure_pa,
        program_time=_padded(plan.program_time_s, MOST_KNOTS),
        program_pitch=_padded([math.radians(pitch) for pitch in plan.program_pitch_deg], MOST_KNOTS),
        throttle_time=_padded([*(time for time, _ in plan.throttle), NEVER_S], MOST_THROTTLE),
        throttle_level=_padded([*(level for _, level in plan.throttle), 1.0], MOST_THROTTLE),
        boosters=_computer_boosters(plan.boosters),
        abort=records.AbortPlan(
            armed=abort is not None,
            escape=abort is not None and abort.escape,
            rate=math.radians(abort.rate_deg_s) if abort else 0.0,
            attitude_error=math.radians(abort.attitude_error_deg) if abort else 0.0,
            tank_pressure=abort.tank_pressure_pa if abort else 0.0,
            earliest_s=abort.earliest_s if abort else 0.0,
        ),
        stages=(first, second, third),
    )


def computer_stage(stage: Stage, planned_s: float) -> records.StagePlan:
    """One stage's numbers as the onboard computer keeps them; `planned_s` is its ignition after lift-off."""
    return records.StagePlan(
        liquid=stage.liquid,
        steering=STEERING.index(stage.steering),
        ignition_s=stage.ignition_s,
        planned_s=planned_s,
        ignition_delay_s=stage.ignition_delay_s,
        start_limit_s=stage.start_limit_s,
        ullage_s=stage.ullage_s,
        burn_s=stage.burn_s,
        burn_limit_s=stage.burn_limit_s,
        vernier_s=stage.vernier_s,
        separation_delay_s=stage.separation_delay_s,
        running_pressure=stage.running_pressure_pa,
        vernier_pressure=stage.vernier_pressure_pa,
        pitch=math.radians(stage.pitch_deg),
        weave=math.radians(stage.weave_deg),
        weave_switch=stage.weave_switch_m_s,
        thrust=stage.thrust_n,
        exhaust_speed=stage.exhaust_speed_m_s,
        vernier_thrust=stage.vernier_thrust_n,
        vernier_exhaust_speed=stage.vernier_exhaust_speed_m_s,
        mass=stage.mass_kg,
        shutdown_impulse=stage.shutdown_impulse_n_s,
        main_shutdown_impulse=stage.main_shutdown_impulse_n_s,
        vectored=stage.vectored,
        vectoring_authority=stage.vectoring_authority,
        vectoring_authority_end=stage.vectoring_authority_end,
        vectoring_roll_authority=stage.vectoring_roll_authority,
        vectoring_limit=math.radians(stage.vectoring_limit_deg),
        vernier_authority=stage.vernier_authority,
        vernier_roll_authority=stage.vernier_roll_authority,
        vernier_limit=math.radians(stage.vernier_limit_deg),
        roll_authority=stage.roll_authority,
        pitch_authority=stage.pitch_authority,
        attitude_gain=stage.attitude_gain,
        rate_gain=stage.rate_gain,
        trim_gain=stage.trim_gain,
        burn=_computer_burn(stage),
        reserve=stage.reserve_m_s,
    )


def _computer_burn(stage: Stage) -> Burn:
    """A solid motor's burn, with knots where its weave begins and ends to change sides."""
    if stage.trace is None:
        return zeroed(Burn)
    numbers = (stage.trace, stage.thrust_n, stage.exhaust_speed_m_s, stage.burn_s, stage.mass_kg)
    ramp = RAMP * burns.curve(*numbers).gained[-1]
    found = burns.curve(*numbers, (stage.weave_switch_m_s - ramp, stage.weave_switch_m_s + ramp))
    return Burn(found.time, found.push, found.gained)  # type: ignore[arg-type]


def _computer_boosters(boosters: Boosters | None) -> records.BoosterPlan:
    if boosters is None:
        return zeroed(records.BoosterPlan)
    return records.BoosterPlan(
        count=boosters.count,
        burn_s=boosters.burn_s,
        burn_limit_s=boosters.burn_limit_s,
        separation_delay_s=boosters.separation_delay_s,
        running_pressure=boosters.running_pressure_pa,
        vectoring_authority=boosters.vectoring_authority,
        vectoring_authority_end=boosters.vectoring_authority_end,
        vectoring_roll_authority=boosters.vectoring_roll_authority,
    )


def _planned(plan: FlightPlan, event: str) -> float:
    """When an event is planned, seconds after lift-off; -1 where the plan does not say."""
    expected = plan.event(event)
    return NONE if expected is None else expected.time_s


def _padded(values: Sequence[float], length: int) -> Any:
    """The first so many, the last one repeated where there are fewer."""
    return (*values, *[values[-1]] * (length - len(values)))[:length]
