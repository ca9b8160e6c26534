"""How a board's firmware is compiled: what `hil/firmware/ports/BOARD/recipe.py` says in its RECIPE."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass

FLAGS = ("-std=c11", "-O2", "-ffreestanding", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror", "-Wconversion",
         "-pedantic")  # fmt: skip
"""For every board; without contraction, so that no product and sum become one operation of other bits."""
ZIG = "zig"


@dataclass(frozen=True, slots=True)
class Product:
    """A file to be made, of the core, the generated C and these files of the port."""

    name: str
    sources: tuple[str, ...]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiler:
    """A compiler that will do, a program on the path or ZIG for the package `ziglang`, and its flags for this board."""

    name: str
    flags: tuple[str, ...] = ()

    def command(self) -> list[str] | None:
        """How it is called; None where it is not there."""
        if self.name == ZIG:
            return [sys.executable, "-m", "ziglang", "cc"] if importlib.util.find_spec("ziglang") else None
        found = shutil.which(self.name)
        return None if found is None else [found]

    def version(self) -> str:
        """What it says of itself. Raises OSError where it does not start."""
        command = self.command() or [self.name]
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
        return done.stdout.partition("\n")[0].strip()


@dataclass(frozen=True, slots=True)
class Recipe:
    """A board's products, by any of its compilers, the best first."""

    products: tuple[Product, ...]
    compilers: tuple[Compiler, ...]
    missing: str
    """What to install where none of the compilers is there."""
    flags: tuple[str, ...] = ()
