"""An STM32F4 in this process: the processor is unicorn's, the peripherals are those of `hil.boards.peripherals`.

Functional, not physical: instructions take no time; interrupts are taken where the processor sleeps. Two runs of one
input are the same to the bit. It runs the very image that is flashed.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final

from flight.wire.errors import Misuse
from hil.boards.board import Board, LineLost
from hil.boards.peripherals import Peripherals
from hil.firmware import elf

FLASH: Final = 0x08000000
FLASH_SIZE: Final = 0x40000
RAM: Final = 0x20000000
RAM_SIZE: Final = 0x10000
UNIQUE_ID: Final = 0x1FFF7000
PERIPHERALS: Final = 0x40000000
PERIPHERALS_SIZE: Final = 0x80000
SYSTEM: Final = 0xE0000000
SYSTEM_SIZE: Final = 0x100000
FAULT_VECTOR: Final = 3
RETURN: Final = 0x0FFFFFF0
"""Where a handler returns to; nothing is there, so that the emulation ends."""


class UnicornBoard(Board):
    """Boots at once. `image` is a build's ELF file; without `dma` there is no controller for direct memory access.

    Raises Misuse where unicorn is not installed.
    """

    name = "unicorn"
    immediate = True
    reachable = True

    def __init__(self, image: Path, *, dma: bool = True) -> None:
        self._image = elf.read(image)
        self._dma = dma
        self._plugged = True
        self.instructions = 0
        """Executed while `counting`, which costs most of the speed."""
        self._counting = False
        self._lengths: dict[int, int] = {}
        self._power_on()

    @property
    def telemetry(self) -> bytes:
        """What came out of the telemetry line since it was last asked for."""
        return self._take("telemetry")

    def send(self, data: bytes) -> None:
        """Raises LineLost while unplugged."""
        if not self._plugged:
            raise LineLost("the cable is unplugged")
        if self._powered and not self._frozen:
            self._peripherals.say("bench", data)
            self._run()

    def receive(self, timeout_s: float) -> bytes:
        """Never waits: what the program does not say before it sleeps, it does not say."""
        if not self._plugged:
            raise LineLost("the cable is unplugged")
        return self._take("bench")

    def close(self) -> None:
        self._powered = False

    def unplug(self) -> None:
        self._plugged = False
        self._take("bench")

    def replug(self) -> None:
        self._plugged = True

    def reset(self) -> None:
        self._boot()

    def crash(self) -> None:
        self._cpu.reg_write(self._arm.UC_ARM_REG_PC, self._at)
        self._fault()

    def hang(self) -> None:
        self._frozen = True

    def freeze(self) -> None:
        self._frozen = True

    def thaw(self) -> None:
        self._frozen = False

    def cut_power(self) -> None:
        self._powered = False

    def restore_power(self) -> None:
        self._power_on()

    def flip(self, symbol: str, offset: int, bit: int) -> None:
        address = self._image.address(symbol) + offset
        self._cpu.mem_write(address, bytes([self._cpu.mem_read(address, 1)[0] ^ 1 << bit]))

    def size(self, symbol: str) -> int:
        return self._image.sizes[symbol]

    def read_word(self, symbol: str, offset: int = 0) -> int:
        """32 bits of memory."""
        word: int = struct.unpack("<I", self._cpu.mem_read(self._image.address(symbol) + offset, 4))[0]
        return word

    def measured(self, place: int) -> int:
        """What the port's table `measured` points to."""
        address: int = self.read_word("measured", 4 * place)
        return int.from_bytes(self._cpu.mem_read(address, 4), "little")

    def call(self, symbol: str, *words: int) -> tuple[int, int]:
        """Calls one of the program's functions with up to four words; gives the two that it returns."""
        cpu, arm = self._cpu, self._arm
        for place, word in enumerate(words):
            cpu.reg_write(arm.UC_ARM_REG_R0 + place, word)
        cpu.reg_write(arm.UC_ARM_REG_LR, RETURN | 1)
        self._emulate(self._image.address(symbol), RETURN)
        return cpu.reg_read(arm.UC_ARM_REG_R0), cpu.reg_read(arm.UC_ARM_REG_R1)

    def count_instructions(self) -> None:
        """From now on `instructions` counts."""
        self._counting = True
        # Code that has run is translated without the hook.
        self._cpu.ctl_flush_tb()
        self._cpu.hook_add(self._constants.UC_HOOK_BLOCK, self._count)

    def _take(self, line: str) -> bytes:
        heard = self._peripherals.heard[line]
        said = bytes(heard)
        heard.clear()
        return said

    def _power_on(self) -> None:
        try:
            from unicorn import arm_const, unicorn_const
            from unicorn.unicorn_py3 import Uc, UcError
        except ImportError as error:
            raise Misuse(
                "--board unicorn: the package unicorn is not installed; pip install unicorn, or use --board qemu"
            ) from error
        self._arm, self._constants, self._error = arm_const, unicorn_const, UcError
        cpu: Any = Uc(unicorn_const.UC_ARCH_ARM, unicorn_const.UC_MODE_THUMB | unicorn_const.UC_MODE_MCLASS)
        cpu.ctl_set_cpu_model(arm_const.UC_CPU_ARM_CORTEX_M4)
        cpu.mem_map(FLASH, FLASH_SIZE, unicorn_const.UC_PROT_READ | unicorn_const.UC_PROT_EXEC)
        cpu.mem_map(RAM, RAM_SIZE)
        cpu.mem_map(UNIQUE_ID, 0x1000, unicorn_const.UC_PROT_READ)
        for segment in self._image.segments:
            cpu.mem_write(segment.address, segment.data)
        self._cpu = cpu
        self._vectors = struct.unpack("<98I", cpu.mem_read(FLASH, 98 * 4))
        self._powered = True
        self._mapped = False
        if self._counting:
            self.count_instructions()
        self._boot()

    def _boot(self) -> None:
        self._frozen = False
        self._peripherals = parts = Peripherals(self._cpu, self._dma)
        if self._mapped:
            self._cpu.mem_unmap(PERIPHERALS, PERIPHERALS_SIZE)
            self._cpu.mem_unmap(SYSTEM, SYSTEM_SIZE)
        self._cpu.mmio_map(PERIPHERALS, PERIPHERALS_SIZE, parts.read, None, parts.write, None)
        self._cpu.mmio_map(SYSTEM, SYSTEM_SIZE, parts.read_system, None, self._write_system, None)
        self._mapped = True
        self._cpu.reg_write(self._arm.UC_ARM_REG_PRIMASK, 0)
        self._cpu.reg_write(self._arm.UC_ARM_REG_SP, self._vectors[0])
        self._at = self._vectors[1]
        self._run()

    def _run(self) -> None:
        """Until the processor sleeps and no interrupt wakes it."""
        while True:
            self._take_interrupts()
            if not self._emulate(self._at, 0xFFFFFFFE):
                self._fault()
                return
            if self._peripherals.reset_asked:
                self._boot()
                return
            self._at = self._cpu.reg_read(self._arm.UC_ARM_REG_PC) | 1
            if not self._peripherals.raised():
                return

    def _emulate(self, start: int, until: int) -> bool:
        """False where the program did what the processor cannot do."""
        try:
            self._cpu.emu_start(start | 1, until)
        except self._error:
            return False
        return True

    def _take_interrupts(self) -> None:
        for _ in range(1000):
            raised = self._peripherals.raised()
            if not raised:
                return
            self._peripherals.pending.discard(raised[0])
            self._handle(self._vectors[16 + raised[0]])
        raise LineLost("the program does not serve its interrupts")

    def _handle(self, vector: int) -> None:
        """Calls a handler. It finds and leaves the registers, and the room on the stack, as on the processor."""
        arm, cpu = self._arm, self._cpu
        context = cpu.context_save()
        stack = (cpu.reg_read(arm.UC_ARM_REG_SP) - 32) & ~7
        cpu.reg_write(arm.UC_ARM_REG_SP, stack)
        cpu.reg_write(arm.UC_ARM_REG_PRIMASK, 0)
        cpu.reg_write(arm.UC_ARM_REG_LR, RETURN | 1)
        if not self._emulate(vector, RETURN):
            raise LineLost("the program crashed in an interrupt")
        cpu.context_restore(context)

    def _fault(self) -> None:
        """As the processor takes a hard fault: eight registers on the stack, then the handler, which resets."""
        arm, cpu = self._arm, self._cpu
        names = ("R0", "R1", "R2", "R3", "R12", "LR", "PC", "XPSR")
        frame = [cpu.reg_read(getattr(arm, f"UC_ARM_REG_{name}")) & 0xFFFFFFFF for name in names]
        stack = (cpu.reg_read(arm.UC_ARM_REG_SP) - 32) & ~7
        if not RAM <= stack < RAM + RAM_SIZE:
            stack = self._vectors[0] - 32
        cpu.mem_write(stack, struct.pack("<8I", *frame))
        cpu.reg_write(arm.UC_ARM_REG_SP, stack)
        self._emulate(self._vectors[FAULT_VECTOR], 0xFFFFFFFE)
        if not self._peripherals.reset_asked:
            raise LineLost("the program crashed and its fault handler did not reset it")
        self._boot()

    def _count(self, cpu: Any, address: int, size: int, _: object) -> None:
        count = self._lengths.get(address)
        if count is None:
            code = bytes(cpu.mem_read(address, size))
            count = place = 0
            while place < size:
                place += 4 if code[place + 1] >> 3 in (0b11101, 0b11110, 0b11111) else 2
                count += 1
            self._lengths[address] = count
        self.instructions += count

    def _write_system(self, cpu: Any, offset: int, size: int, value: int, _: object) -> None:
        self._peripherals.write_system(cpu, offset, size, value, _)
        if self._peripherals.reset_asked:
            cpu.emu_stop()
