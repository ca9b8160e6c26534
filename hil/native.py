"""The flight logic as C on this computer: the firmware's core as a shared library behind the OnboardComputer protocol.

What a board would get over its line goes to the library as frames, and what a board would send comes back as frames.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Final

from flight.onboard import TelemetryDigest
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.frame import Deframer, encode
from flight.wire.packet import HEADER_VALUES, Codec, Value
from hil.firmware.build import build, own_plans

BOARD: Final = "host"
BENCH: Final = 0
TELEMETRY: Final = 1
"""The firmware's links."""


class Native:
    """One firmware in this process: bytes in, bytes out. `library` is the shared library of a build."""

    def __init__(self, library: Path) -> None:
        self._library = _open(library)
        size = self._library.vermilion_native_size()
        self._memory = (ctypes.c_double * (size // 8 + 1))()
        self._size = ctypes.c_uint32()
        self.boot()

    def boot(self, reset_cause: int = 0, memory_kept: bool = False) -> None:
        """Power on, or a reset that leaves the memory. What it then says is in `answers`."""
        self._library.vermilion_native_boot(self._memory, reset_cause, memory_kept)

    def receive(self, data: bytes) -> bytes:
        """Gives bytes to the firmware, and what it answers on the bench's link."""
        self._library.vermilion_native_receive(self._memory, data, len(data))
        return self.answers(BENCH)

    def answers(self, link: int) -> bytes:
        """What the firmware has sent on a link since the last bytes it was given."""
        place = self._library.vermilion_native_answer(self._memory, link, ctypes.byref(self._size))
        return ctypes.string_at(place, self._size.value)

    @property
    def state(self) -> tuple[int, int]:
        """The step of the last whole second, and the CRC of the computer's state after it."""
        crc = self._library.vermilion_native_state(self._memory, ctypes.byref(self._size))
        return self._size.value, crc

    @property
    def counts(self) -> tuple[int, int, int]:
        """Frames received whole, frames received damaged, packets ignored."""
        counts = (ctypes.c_uint32 * 3)()
        self._library.vermilion_native_counts(self._memory, counts)
        return counts[0], counts[1], counts[2]

    def upset(self, place: int, bit: int = 0) -> None:
        """Flips a bit of the firmware's memory; the byte is counted from its beginning, or from its end if below 0.

        Raises IndexError where there is no such byte.
        """
        memory = self._library.vermilion_native_memory(self._memory, ctypes.byref(self._size))
        (ctypes.c_uint8 * self._size.value).from_address(memory)[place] ^= 1 << bit


class NativeComputer:
    """The onboard computer in C. Builds the firmware where that has not been done.

    Raises Misuse where there is no compiler.
    """

    def __init__(self, plan: FlightPlan, compiler: str | None = None) -> None:
        self._plan = plan
        self._dictionary = default()
        self._codecs = {name: Codec(packet) for name, packet in self._dictionary.packets.items()}
        made = build(BOARD, compiler, own_plans(plan))
        library = next(path for name, path in made.products.items() if Path(name).suffix in (".so", ".dylib", ".dll"))
        self.native = Native(library)
        self._deframer = Deframer()
        self._deframer.feed(self.native.answers(BENCH))
        self._due: list[bytes] = []
        self._digest = TelemetryDigest(self._dictionary)

    @property
    def telemetry_sha256(self) -> str:
        """Hash of the telemetry since the start message."""
        return self._digest.hexdigest()

    def start(self, start_values: tuple[Value, ...]) -> None:
        """Begins at step 0. Raises Misuse where the start message names a plan that is not built in."""
        self._digest = TelemetryDigest(self._dictionary)
        self._due = []
        answers = self._exchange("start", start_values)
        identity = self._codecs["identity"]
        values = identity.decode(answers[-1]) if answers else None
        if values is None or values[identity.index("plan")] != start_values[0]:
            raise Misuse(f"start message: plan {start_values[0]!r}; this firmware was built with {self._plan.name!r}")

    def resume(self, boot_id: int, reset_cause: int) -> bool:
        """Resets the firmware, its memory kept; it takes the boot id after its last one itself."""
        self._due = []
        self.native.boot(reset_cause, memory_kept=True)
        identity = self._codecs["identity"]
        (answer,) = self._deframer.feed(self.native.answers(BENCH))
        values = identity.decode(answer)
        return values is not None and values[identity.index("plan")] == self._plan.name

    def step(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        """One control step. Raises Misuse before the start and for a step that is over."""
        *telemetry, answer = self._exchange("sensors", sensor_values) or [b""]
        commands = self._codecs["actuators"].decode(answer)
        if commands is None:
            raise Misuse("native computer: no answer to the sensors; start it first, and give each step once, in order")
        self._take(telemetry)
        return commands[HEADER_VALUES:]

    def packets(self) -> list[bytes]:
        """The packets of the last step, identity and events first."""
        return self._due

    def end(self, reason: str) -> list[bytes]:
        """The end-of-stream packet."""
        field = self._dictionary.packets["end_of_stream"].fields[0]
        self._take(self._exchange("end_of_stream", ((field.enumeration or {})[reason], 0)))
        return self._due

    def _exchange(self, name: str, values: tuple[Value, ...]) -> list[bytes]:
        return self._deframer.feed(self.native.receive(encode(self._codecs[name].encode(0, 0, 0, values))))

    def _take(self, packets: list[bytes]) -> None:
        self._due = packets
        for packet in packets:
            self._digest.add(packet)


@cache
def _open(path: Path) -> ctypes.CDLL:
    library = ctypes.CDLL(str(path))
    pointer, size = ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint32)
    for name, result, arguments in (
        ("size", ctypes.c_size_t, []),
        ("boot", None, [pointer, ctypes.c_uint8, ctypes.c_bool]),
        ("receive", None, [pointer, ctypes.c_char_p, ctypes.c_size_t]),
        ("answer", ctypes.c_void_p, [pointer, ctypes.c_int32, size]),
        ("state", ctypes.c_uint32, [pointer, size]),
        ("counts", None, [pointer, size]),
        ("memory", ctypes.c_void_p, [pointer, size]),
    ):
        function = getattr(library, f"vermilion_native_{name}")
        function.restype, function.argtypes = result, arguments
    return library
