"""Puts an image into a board that is plugged in, with the tool that is there."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flight.wire.errors import Misuse
from hil.firmware import elf

BOARD: Final = "stm32f4"
FLASH_START: Final = 0x08000000
LONGEST_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that flashes: how it is called for an ELF file and the same as plain bytes."""

    name: str
    command: Callable[[str, str], list[str]]


TOOLS: Final = (
    Tool("st-flash", lambda image, plain: ["--connect-under-reset", "--reset", "write", plain, hex(FLASH_START)]),
    Tool("openocd", lambda image, plain: ["-f", "interface/stlink.cfg", "-f", "target/stm32f4x.cfg",
                                          "-c", f"program {{{image}}} verify reset exit"]),
    Tool("pyocd", lambda image, plain: ["flash", "--target", "cortex_m", "--base-address", hex(FLASH_START), plain]),
)  # fmt: skip


def find() -> Tool:
    """The first that is installed. Raises Misuse where none is."""
    for tool in TOOLS:
        if shutil.which(tool.name):
            return tool
    names = ", ".join(tool.name for tool in TOOLS)
    raise Misuse(f"firmware flash: none of {names} is installed; apt-get install stlink-tools (or openocd)")


def plain_bytes(image: Path) -> bytes:
    """What stands in flash from its start, gaps filled as erased flash reads."""
    segments = [each for each in elf.read(image).segments if each.address >= FLASH_START]
    end = max(each.address + len(each.data) for each in segments)
    filled = bytearray(b"\xff" * (end - FLASH_START))
    for each in segments:
        start = each.address - FLASH_START
        filled[start : start + len(each.data)] = each.data
    return bytes(filled)


def flash(tool: Tool, image: Path) -> None:
    """Raises Misuse with the tool's last word where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder, image.with_suffix(".bin").name)
        plain.write_bytes(plain_bytes(image))
        try:
            done = subprocess.run(
                [tool.name, *tool.command(str(image), str(plain))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Misuse(
                f"firmware flash: {tool.name} takes longer than {LONGEST_S:.0f} s; replug the board"
            ) from error
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else f"status {done.returncode}"
        raise Misuse(f"firmware flash: {tool.name} fails: {reason}; is a board plugged in, and its debug probe free?")
