"""A board behind the OnboardComputer protocol: the bench that a mission flies with another computer in the loop."""

from __future__ import annotations

import time
from collections.abc import Callable

from flight.onboard import TelemetryDigest
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer, encode
from flight.wire.packet import HEADER_VALUES, Codec, Value
from hil import identity
from hil.boards.board import Board, LineLost
from hil.identity import Identity
from hil.latency import Latency
from sim.faults import AT_REST

TRIES = 10
"""How often a step's sensors are sent in lockstep before the board is lost; noise damages frames, and a step that has
been taken is not taken twice."""
MOST_MISSED = 100
"""Deadlines missed in a row, in real time, after which the board is lost."""
HANDSHAKE_S = 2.0
AT_ZERO = bytes(6)
"""The time stamp of step 0, and of what is said outside the telemetry."""


class BoardLost(Exception):
    """The board does not answer any more. The message is one sentence: a fault that the run has found."""


class BoardComputer:
    """The computer on a board. What the board sends is taken as it comes; what it does not answer is asked again.

    In lockstep (`real_time` false) each step waits for its answer, `deadline_s` at most, and asks again. In real time a
    step that has no answer in time keeps the commands of the one before, and counts.
    """

    def __init__(
        self,
        board: Board,
        *,
        deadline_s: float,
        real_time: bool = False,
        software: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        packets = default().packets
        self.board = board
        self.latency = Latency()
        self.retries = 0
        self.restarts = 0
        """How often the board came back by itself or was brought back."""
        self._deadline_s, self._real_time, self._clock = deadline_s, real_time, clock
        self._software = software
        self._codecs = {name: Codec(packets[name]) for name in ("start", "sensors", "actuators", "end_of_stream")}
        self._actuators_key = self._codecs["actuators"].key
        self._deframer = Deframer()
        self._damaged_before = 0
        """Of the deframers before this one: each boot of the board begins with a new one."""
        self._digest = TelemetryDigest(default())
        self._due: list[bytes] = []
        self._commands: tuple[Value, ...] = AT_REST
        self._missed_in_a_row = 0
        self._absent_steps = 0
        self._return: Callable[[], None] | None = None
        self._restarted = False
        self._plan = ""
        self._boot_id: bytes | None = None
        """Of the last packet; None where the next one may be another boot's."""
        self._last = b""
        self._step = 0
        self._answered = False
        self.identity = self._meet()

    @property
    def telemetry_sha256(self) -> str:
        """Hash of the telemetry that arrived since the start message."""
        return self._digest.hexdigest()

    @property
    def frames_damaged(self) -> int:
        """Frames from the board that failed their check."""
        return self._damaged_before + self._deframer.frames_damaged

    def start(self, start_values: tuple[Value, ...]) -> None:
        """Begins at step 0. Raises Misuse where the board does not know the plan; BoardLost."""
        message = encode(self._codecs["start"].encode(0, 0, 0, start_values))
        self._commands, self._due, self._plan = AT_REST, [], str(start_values[0])
        self._boot_id = None
        for _ in range(TRIES):
            met = self._started(message, self._plan)
            if met is not None:
                self.identity = met
                self._digest = TelemetryDigest(default())
                return
        if self.identity.plan == "" and self._answered:
            raise Misuse(
                f"--board {self.board.name}: it knows no plan {self._plan!r}; build and flash anew: "
                "./run firmware flash"
            )
        raise BoardLost(f"board {self.board.name} does not answer the start message")

    def resume(self, boot_id: int, reset_cause: int) -> bool:
        """Whether the board, reset with its memory kept, still knows its flight. It counts its boots itself.

        A reset of the vehicle's own, which the bench has not given it, it is given now; where the bench reaches only
        its line it is not, and must be started anew, as after a loss of power.
        """
        if not self._restarted:
            if not self.board.reachable:
                return False
            self.board.reset()
        self._restarted = False
        self.restarts += 1
        return self.meet_again().plan == self._plan

    def step(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        """One control step. Raises BoardLost, and LineLost where the line has gone for good."""
        self._due = []
        if self._absent_steps:
            self._absent_steps -= 1
            if not self._absent_steps and self._return is not None:
                self._return()
            return AT_REST
        step = self._step = int(sensor_values[0])
        message = encode(self._codecs["sensors"].encode(0, 0, 0, sensor_values))
        began = self._clock()
        commands = self._exchange(message, step, began)
        self.latency.add(self._clock() - began, self._deadline_s)
        if self._real_time:
            self._missed_in_a_row = 0 if commands is not None else self._missed_in_a_row + 1
            if self._missed_in_a_row > MOST_MISSED:
                raise BoardLost(f"board {self.board.name} has missed {self._missed_in_a_row} deadlines in a row")
        else:
            for _ in range(TRIES - 1):
                if commands is not None:
                    break
                self.retries += 1
                commands = self._exchange(message, step, self._clock())
            if commands is None:
                raise BoardLost(f"board {self.board.name} does not answer step {step} ({TRIES} times asked)")
        if commands is not None:
            self._commands = commands
        return self._commands

    def packets(self) -> list[bytes]:
        """The telemetry that came with the last step."""
        return self._due

    def end(self, reason: str) -> list[bytes]:
        """The end-of-stream packet; none from a board that does not answer."""
        field = self._codecs["end_of_stream"].packet.fields[0]
        code = (field.enumeration or {})[reason]
        self._due = []
        key = self._codecs["end_of_stream"].key
        try:
            self.board.send(encode(self._codecs["end_of_stream"].encode(0, 0, 0, (code, 0))))
            end = self._clock() + HANDSHAKE_S
            while not any(packet[:2] == key for packet in self._due):
                data = self.board.receive(max(0.0, end - self._clock()))
                if not data:
                    break
                self._take(data, -1)
        except LineLost:
            pass
        return self._due

    def absent(self, steps: int, then: Callable[[], None]) -> None:
        """The next steps are not answered, all commands at rest; after the last one `then` is called."""
        self._absent_steps, self._return = steps, then

    def restarted(self) -> None:
        """The board has been reset, or has had its power cut: `resume` finds out what it still knows."""
        self._restarted = True

    def meet_again(self) -> Identity:
        """After a reset or a cut line: who is there now. Raises Misuse where it does not fit; LineLost."""
        self._damaged_before += self._deframer.frames_damaged
        self._deframer, self._boot_id = Deframer(), None
        self.identity = self._meet()
        return self.identity

    def _meet(self) -> Identity:
        met = identity.ask(self.board, HANDSHAKE_S, self._clock)
        identity.check(met, self.board.name, self._software)
        return met

    def _started(self, message: bytes, plan: str) -> Identity | None:
        self._answered = False
        self.board.send(message)
        end = self._clock() + HANDSHAKE_S
        while data := self.board.receive(max(0.0, end - self._clock())):
            for packet in self._deframer.feed(data):
                met = identity.read(packet)
                if met is not None:
                    self._answered, self.identity = True, met
                    if met.plan == plan:
                        return met
            if self._answered:
                return None
        return None

    def _exchange(self, message: bytes, step: int, began: float) -> tuple[Value, ...] | None:
        """The board's commands of this step; None where they do not come in time."""
        end = began + self._deadline_s
        self.board.send(message)
        while True:
            data = self.board.receive(max(0.0, end - self._clock()))
            if not data:
                return None
            commands = self._take(data, step)
            if commands is not None:
                return commands

    def _take(self, data: bytes, step: int) -> tuple[Value, ...] | None:
        """Sorts what came: telemetry to the flight, the answer of this step to the caller; others are late.

        What a disturbed wire made two of, such as an end of the stream that was asked for twice, counts once.
        """
        found = None
        for packet in self._deframer.feed(data):
            if packet[:2] == self._actuators_key:
                values = self._codecs["actuators"].decode(packet)
                if values is not None and values[HEADER_VALUES] == step:
                    found = values[HEADER_VALUES:]
            elif packet != self._last and not self._is_outside(packet):
                self._last = packet
                self._digest.add(packet)
                self._due.append(packet)
        return found

    def _is_outside(self, packet: bytes) -> bool:
        """Whether it is an identity outside the telemetry, at time 0: a late answer to the bench or, with another boot
        id, a board that has restarted unasked. Where that still knows its flight, the step asked for again is answered.
        """
        before, self._boot_id = self._boot_id, packet[12:14]
        if packet[6:12] != AT_ZERO or not self._step or identity.read(packet) is None:
            return False
        self.restarts += before not in (None, self._boot_id)
        return True
