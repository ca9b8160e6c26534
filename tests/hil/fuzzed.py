"""The fuzzer of the firmware's core: builds tests/hil/fuzz.c with the core, and runs it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from hil.firmware.build import generate

SANITIZED = ("-g", "-O1", "-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all")
COUNTED = ("-O0", "--coverage")


@dataclass(frozen=True)
class Outcome:
    """What a run came to: frames the firmware took for whole, for damaged, for whole but not as sent; its answers."""

    accepted: int
    damaged: int
    wrong: int
    answered: int


FUZZER = Path(__file__).with_name("fuzz.c")


def build(gcc: str, folder: Path, flags: tuple[str, ...], main: Path = FUZZER) -> Path:
    """The core with a program of its own, the fuzzer, in an empty folder."""
    generate(folder / "firmware", "host")
    sources = [*sorted((folder / "firmware/core").glob("*.c")), *sorted((folder / "firmware/generated").glob("*.c"))]
    places = [f"-I{folder / 'firmware' / name}" for name in ("core", "generated")]
    strict = (
        "-std=c11",
        '-DVERMILION_SOFTWARE="fuzz"',
        "-fno-builtin",
        "-ffp-contract=off",
        "-Wall",
        "-Wextra",
        "-Werror",
    )
    program = folder / "fuzz"
    command = [gcc, *strict, *flags, *places, *map(str, sources), str(main)]
    subprocess.run([*command, "-o", str(program)], check=True, cwd=folder)
    return program


def run(program: Path, seed: int, inputs: int) -> Outcome:
    """Raises subprocess.CalledProcessError where the core did what it must not."""
    done = subprocess.run(
        [program, str(seed), str(inputs)], cwd=program.parent, capture_output=True, text=True, check=True
    )
    return Outcome(*map(int, done.stdout.split()))
