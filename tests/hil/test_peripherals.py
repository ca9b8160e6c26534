"""The modelled registers by themselves: rings, transfers and interrupts."""

from __future__ import annotations

import pytest

from hil.boards import peripherals
from hil.boards.peripherals import Peripherals

RECEIVER = peripherals.DMA_1 + 0x10 + 5 * 0x18
SENDER = peripherals.DMA_1 + 0x10 + 6 * 0x18
BENCH, BENCH_INTERRUPT = peripherals.USART["bench"]
RING = 0x20000010


class Memory:
    """64 bytes of it."""

    def __init__(self) -> None:
        self.bytes = bytearray(64)

    def mem_read(self, address: int, size: int) -> bytearray:
        return self.bytes[address - 0x20000000 :][:size]

    def mem_write(self, address: int, data: bytes) -> None:
        start = address - 0x20000000
        self.bytes[start : start + len(data)] = data


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def parts(memory: Memory) -> Peripherals:
    made = Peripherals(memory, dma=True)
    made.write_system(None, peripherals.ENABLE_INTERRUPTS, 4, 1 << 17, 0)
    made.write_system(None, peripherals.ENABLE_INTERRUPTS + 4, 4, 1 << BENCH_INTERRUPT - 32, 0)
    return made


def listen(parts: Peripherals, size: int) -> None:
    parts.write(None, RECEIVER + 12, 4, RING, 0)
    parts.write(None, RECEIVER + 4, 4, size, 0)
    parts.write(None, RECEIVER, 4, peripherals.ENABLE, 0)
    parts.write(None, BENCH + peripherals.CONTROL_3, 4, peripherals.BY_DMA, 0)
    parts.write(None, BENCH + peripherals.CONTROL, 4, peripherals.IDLE, 0)


def test_what_is_received_goes_round_the_ring_and_its_end_interrupts(parts: Peripherals, memory: Memory) -> None:
    listen(parts, 8)
    parts.say("bench", b"abcdef")
    assert parts.read(None, RECEIVER + 4, 4, 0) == 2
    assert parts.raised() == [BENCH_INTERRUPT]
    parts.read(None, BENCH + peripherals.DATA, 4, 0)
    assert parts.raised() == []
    parts.say("bench", b"ghij")
    assert memory.bytes[16:24] == b"ijcdefgh"
    assert parts.read(None, RECEIVER + 4, 4, 0) == 6
    parts.say("bench", b"klmnop")
    assert parts.read(None, RECEIVER + 4, 4, 0) == 8
    assert memory.bytes[16:26] == b"ijklmnop\0\0"


def test_a_transfer_is_over_when_it_begins_and_interrupts(parts: Peripherals, memory: Memory) -> None:
    memory.mem_write(RING, b"telemetry")
    parts.write(None, SENDER + 12, 4, RING, 0)
    parts.write(None, SENDER + 4, 4, 4, 0)
    assert parts.heard["bench"] == b""
    parts.write(None, SENDER, 4, peripherals.ENABLE | peripherals.FROM_MEMORY, 0)
    assert parts.heard["bench"] == b"tele"
    assert parts.raised() == [17]
    assert parts.read(None, SENDER, 4, 0) & peripherals.ENABLE == 0


def test_without_a_controller_its_registers_keep_nothing(memory: Memory) -> None:
    parts = Peripherals(memory, dma=False)
    parts.write(None, RECEIVER + 4, 4, 1, 0)
    assert parts.read(None, RECEIVER + 4, 4, 0) == 0
    parts.write(None, BENCH + peripherals.CONTROL, 4, peripherals.RECEIVED, 0)
    parts.write_system(None, peripherals.ENABLE_INTERRUPTS + 4, 4, 1 << BENCH_INTERRUPT - 32, 0)
    parts.say("bench", b"ab")
    assert parts.raised() == [BENCH_INTERRUPT]
    assert [parts.read(None, BENCH + peripherals.DATA, 4, 0) for _ in range(3)] == [ord("a"), ord("b"), 0]
    assert parts.raised() == []
