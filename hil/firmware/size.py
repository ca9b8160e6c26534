"""How much of the smallest chip an image takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flight.wire.errors import Misuse
from hil.firmware import elf
from hil.firmware.ports.stm32f4.recipe import FLASH_BYTES, RAM_BYTES


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes; `ram` holds the room that is set apart for the stack."""

    flash: int
    ram: int


def of(image: Path) -> Size:
    """Of an STM32F4 image."""
    read = elf.read(image)
    ram_start = read.address("stack_top") - RAM_BYTES
    ram = read.address("noinit_end") - ram_start + read.address("stack_size")
    return Size(sum(len(segment.data) for segment in read.segments), ram)


def check(size: Size) -> None:
    """Raises Misuse where it does not fit."""
    for what, used, there in (("flash", size.flash, FLASH_BYTES), ("RAM", size.ram, RAM_BYTES)):
        if used > there:
            raise Misuse(f"firmware: {used} bytes of {what}, the smallest chip has {there}; build in fewer plans")
