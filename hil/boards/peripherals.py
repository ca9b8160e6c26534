"""The few peripherals of an STM32F4 that the firmware uses, as the processor sees their registers.

Functional, not physical: a byte takes no time, a transfer by direct memory access is over when it begins, time passes
while the program looks at a timer. There is no clock controller, by which the firmware knows an emulator.
"""

from __future__ import annotations

from typing import Final, Protocol

USART: Final = {"bench": (0x4400, 38), "telemetry": (0x11000, 37)}
"""Offset from 0x40000000 and interrupt of each line."""
NO_REGISTER: Final = ("", -1)
STATUS, DATA, CONTROL, CONTROL_3 = 0x00, 0x04, 0x0C, 0x14
REGISTERS: Final = {
    base + register: (line, register)
    for line, (base, _) in USART.items()
    for register in (STATUS, DATA, CONTROL, CONTROL_3)
}
"""Which line's register stands at an offset."""
IDLE, RECEIVED, TRANSMITTER_IDLE = 0x10, 0x20, 0xC0
"""Status: a run of bytes has ended, a byte waits, nothing is being sent. The first two ask for an interrupt where the
same bit of the control register is set."""
BY_DMA: Final = 0x40
"""Control 3: received bytes are moved by direct memory access."""

DMA_1, DMA_2 = 0x26000, 0x26400
STREAMS: Final = {
    DMA_1 + 0x10 + 5 * 0x18: ("bench", 16),
    DMA_1 + 0x10 + 6 * 0x18: ("bench", 17),
    DMA_2 + 0x10 + 7 * 0x18: ("telemetry", 70),
}
"""Which line a stream serves, and its interrupt, by the offset of its control register."""
STREAM_REGISTERS: Final = {base + 4 * place: (base, place) for base in STREAMS for place in range(4)}
STREAM_CONTROL, STREAM_COUNT, STREAM_MEMORY = 0, 1, 3
ENABLE, FROM_MEMORY = 0x01, 0x40

TIMER_COUNT, TIMER_PRESCALER = 0x24, 0x28
SYSTICK_VALUE, ENABLE_INTERRUPTS, PEND_INTERRUPTS, RESET_CONTROL = 0xE018, 0xE100, 0xE200, 0xED0C
RESET_REQUEST: Final = 4
CORE_MHZ: Final = 168
TIMER_MHZ: Final = 1000
"""As QEMU 7.2 clocks its netduinoplus2."""
LOOK_US: Final = 0.25
"""What passes while a program reads a timer: it waits for it."""


class Memory(Protocol):
    """What direct memory access reaches."""

    def mem_read(self, address: int, size: int) -> bytearray:
        """Bytes."""

    def mem_write(self, address: int, data: bytes) -> None:
        """Bytes."""


class Peripherals:
    """Registers as after a reset. `heard` is what the program has sent on each line; `pending` its interrupts."""

    def __init__(self, memory: Memory, dma: bool) -> None:
        self.heard = {line: bytearray() for line in USART}
        self.enabled: set[int] = set()
        self.pending: set[int] = set()
        self.reset_asked = False
        self._memory, self._dma = memory, dma
        self._waiting = {line: bytearray() for line in USART}
        self._control = dict.fromkeys(USART, 0)
        self._idle = dict.fromkeys(USART, False)
        self._by_dma = dict.fromkeys(USART, 0)
        self._streams = {base: [0, 0, 0, 0] for base in STREAMS}
        self._inbox: dict[int, int] = {}
        """The length of the ring of each stream that receives."""
        self._microseconds = 0.0
        self._prescaler = 0

    def say(self, line: str, data: bytes) -> None:
        """Bytes to the program, as one run."""
        if not self._by_dma[line] & BY_DMA:
            self._waiting[line] += data
            return
        for base, size in self._inbox.items():
            if STREAMS[base][0] == line:
                self._receive(base, size, data)
        self._idle[line] = True

    def raised(self) -> list[int]:
        """Interrupts that the processor must take, the most urgent first."""
        found = self.enabled & self.pending
        for line, (_, interrupt) in USART.items():
            asked = self._status(line) & self._control[line] & (RECEIVED | IDLE)
            if asked and interrupt in self.enabled:
                found.add(interrupt)
        return sorted(found)

    def read(self, cpu: object, offset: int, size: int, _: object) -> int:
        """A register of a peripheral."""
        line, register = REGISTERS.get(offset, NO_REGISTER)
        if line:
            if register == STATUS:
                return self._status(line)
            if register == DATA:
                self._idle[line] = False
                return self._waiting[line].pop(0) if self._waiting[line] else 0
            return self._control[line] if register == CONTROL else self._by_dma[line]
        if offset == TIMER_COUNT:
            self._microseconds += LOOK_US
            return int(self._microseconds * TIMER_MHZ / (self._prescaler + 1)) & 0xFFFFFFFF
        if self._dma and offset in STREAM_REGISTERS:
            base, place = STREAM_REGISTERS[offset]
            return self._streams[base][place]
        return 0

    def write(self, cpu: object, offset: int, size: int, value: int, _: object) -> None:
        """A register of a peripheral."""
        line, register = REGISTERS.get(offset, NO_REGISTER)
        if register == DATA:
            self.heard[line].append(value & 0xFF)
        elif register == CONTROL:
            self._control[line] = value
        elif register == CONTROL_3:
            self._by_dma[line] = value
        elif offset == TIMER_PRESCALER:
            self._prescaler = value
        elif self._dma and offset in STREAM_REGISTERS:
            base, place = STREAM_REGISTERS[offset]
            self._streams[base][place] = value
            if place == STREAM_CONTROL and value & ENABLE:
                self._start(base)

    def read_system(self, cpu: object, offset: int, size: int, _: object) -> int:
        """A register of the processor's own."""
        if offset == SYSTICK_VALUE:
            self._microseconds += LOOK_US
            return -int(self._microseconds * CORE_MHZ) & 0xFFFFFF
        return 0

    def write_system(self, cpu: object, offset: int, size: int, value: int, _: object) -> None:
        """A register of the processor's own."""
        first = (offset & 0xFF) * 8
        if ENABLE_INTERRUPTS <= offset < ENABLE_INTERRUPTS + 16:
            self.enabled |= {first + bit for bit in range(32) if value >> bit & 1}
        elif PEND_INTERRUPTS <= offset < PEND_INTERRUPTS + 16:
            self.pending |= {first + bit for bit in range(32) if value >> bit & 1}
        elif offset == RESET_CONTROL and value & RESET_REQUEST:
            self.reset_asked = True

    def _status(self, line: str) -> int:
        return TRANSMITTER_IDLE | (RECEIVED if self._waiting[line] else 0) | (IDLE if self._idle[line] else 0)

    def _start(self, base: int) -> None:
        """A stream is switched on: one that sends has sent, one that receives waits."""
        control, count, _, address = self._streams[base]
        line, interrupt = STREAMS[base]
        if not control & FROM_MEMORY:
            self._inbox[base] = count
            return
        self.heard[line] += self._memory.mem_read(address, count)
        self._streams[base][STREAM_CONTROL] = control & ~ENABLE
        self._streams[base][STREAM_COUNT] = 0
        self.pending.add(interrupt)

    def _receive(self, base: int, size: int, data: bytes) -> None:
        stream = self._streams[base]
        while data:
            place = size - stream[STREAM_COUNT]
            part, data = data[: stream[STREAM_COUNT]], data[stream[STREAM_COUNT] :]
            self._memory.mem_write(stream[STREAM_MEMORY] + place, part)
            stream[STREAM_COUNT] = stream[STREAM_COUNT] - len(part) or size
