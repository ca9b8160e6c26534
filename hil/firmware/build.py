"""Builds a board's firmware: translates the flight logic, generates what the dictionary and the plans say, compiles.

A build stands in a folder of its own, named by the hash of what it is made from, under `.build` beside the packages or
in the user's cache where that cannot be written: generated/, core/ and port/ with all sources, and the products. The
same sources and compiler give the same bytes.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flight import VERSION
from flight.plans import plan as flight_plans
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from hil.firmware import glue, header, translate
from hil.firmware.recipe import FLAGS, Compiler, Recipe

PACKAGES = Path(__file__).parents[2]
FIRMWARE = Path(__file__).parent
INPUTS = ("flight/__init__.py", "flight/onboard.py", "flight/computer/*.py", "flight/plans/*.py", "flight/plans/*.toml",
          "flight/wire/*.py", "flight/wire/*.toml", "hil/firmware/*.py", "hil/firmware/core/*")  # fmt: skip
"""What every build is made from, beside the board's own folder."""
SOURCES = ("generated/*", "core/*", "port/*")
"""What is compiled."""
MANIFEST = "build.json"


@dataclass(frozen=True, slots=True)
class Build:
    """A finished build: its folder, the products' paths and SHA-256, the compiler and the build's number."""

    folder: Path
    products: dict[str, Path]
    sha256: str
    compiler: str
    number: str


def boards() -> tuple[str, ...]:
    """The boards that firmware can be built for."""
    return tuple(sorted(recipe.parent.name for recipe in (FIRMWARE / "ports").glob("*/recipe.py")))


def build_number(board: str, plans: Sequence[FlightPlan] = ()) -> str:
    """Eight hexadecimal digits that change with whatever is compiled for the board; `plans` as for `build`.

    A change to what makes the sources that does not change them leaves the number as it is. To tell, they are made
    once; what came of it is written down beside the builds.
    """
    key = hashlib.sha256()
    for file in _inputs(board):
        key.update(f"{file.relative_to(PACKAGES).as_posix()}\0".encode())
        key.update(hashlib.sha256(file.read_bytes()).digest())
    key.update(repr(tuple(plans)).encode())
    parent = _parent()
    note = parent / f"{board}-{key.hexdigest()[:16]}.number"
    if note.is_file():
        return note.read_text(encoding="ascii")
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=f"{board}-") as temporary:
        generate(Path(temporary, "made"), board, plans)
        number = _hash(Path(temporary, "made"))
        written = Path(temporary, "number")
        written.write_text(number, encoding="ascii")
        written.replace(note)
    return number


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(file for pattern in SOURCES for file in folder.glob(pattern)):
        digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:8]


def software(number: str) -> str:
    """What the identity packet says of a build's software: at most 24 bytes."""
    return f"vermilion {VERSION[:5]} {number}"


def own_plans(plan: FlightPlan) -> tuple[FlightPlan, ...]:
    """What must be built in for a plan to fly: nothing where it is one of those that come with the software."""
    built_in = plan.name in flight_plans.names() and flight_plans.load(plan.name) == plan
    return () if built_in else (plan,)


def build(board: str, compiler: str | None = None, plans: Sequence[FlightPlan] = ()) -> Build:
    """The board's firmware, built or found built. `compiler` names one of the board's, else the first that is there.

    `plans` are built in beside those that come with the software, or instead of those of the same name.
    Raises Misuse for an unknown board, where no compiler is there, and where it refuses the sources.
    """
    recipe = _recipe(board)
    chosen, command = _choose(board, recipe, compiler)
    number = build_number(board, plans)
    flags = [*FLAGS, *recipe.flags, *chosen.flags, f"-DVERMILION_BUILD=0x{number}u",
             f'-DVERMILION_SOFTWARE="{software(number)}"']  # fmt: skip
    key = hashlib.sha256("\0".join([number, chosen.version(), *flags]).encode()).hexdigest()[:8]
    parent = _parent()
    folder = parent / f"{board}-{chosen.name}-{number}-{key}"
    if not (folder / MANIFEST).is_file():
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix=f"{board}-") as temporary:
            made = Path(temporary, "made")
            generate(made, board, plans)
            _compile(made, recipe, [*command, *flags])
            _seal(made, recipe, f"{chosen.name}: {chosen.version()}", number)
            try:
                made.rename(folder)
            except OSError:
                if not (folder / MANIFEST).is_file():  # else another process was faster
                    raise
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    products = {product.name: folder / product.name for product in recipe.products}
    return Build(folder, products, manifest["sha256"], manifest["compiler"], number)


def generate(folder: Path, board: str, plans: Sequence[FlightPlan] = ()) -> None:
    """All sources of a build, in generated/, core/ and port/ of a folder; `plans` as for `build`.

    Raises Misuse where flight/computer is not in the flight subset.
    """
    program = translate.load([PACKAGES / "flight/computer"])
    translation = translate.translate(program)
    generated = folder / "generated"
    translate.write(translation, generated)
    header.write(default(), generated)
    named = {plan.name: plan for plan in (*map(flight_plans.load, flight_plans.names()), *plans)}
    glue.write(program, translation.names, default(), list(named.values()), generated)
    for source, name in ((FIRMWARE / "core", "core"), (FIRMWARE / "ports" / board, "port")):
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def _recipe(board: str) -> Recipe:
    if board not in boards():
        raise Misuse(f"firmware: there is no board {board!r}; there are {', '.join(boards())}")
    recipe: Recipe = importlib.import_module(f"hil.firmware.ports.{board}.recipe").RECIPE
    return recipe


def _choose(board: str, recipe: Recipe, name: str | None) -> tuple[Compiler, list[str]]:
    known = [compiler.name for compiler in recipe.compilers]
    if name is not None and name not in known:
        raise Misuse(f"firmware for {board}: compiler {name!r} is not one of {', '.join(known)}")
    for compiler in recipe.compilers:
        command = compiler.command() if name in (None, compiler.name) else None
        if command is not None:
            return compiler, command
    raise Misuse(f"firmware for {board}: no compiler ({name or ', '.join(known)}); {recipe.missing}")


def _inputs(board: str) -> Iterator[Path]:
    for pattern in (*INPUTS, f"hil/firmware/ports/{board}/*"):
        yield from sorted(file for file in PACKAGES.glob(pattern) if file.is_file())


def _parent() -> Path:
    """Where builds stand."""
    if os.access(PACKAGES, os.W_OK) and (PACKAGES / "pyproject.toml").is_file():
        return PACKAGES / ".build" / "firmware"
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "vermilion" / "firmware"


def _compile(folder: Path, recipe: Recipe, command: list[str]) -> None:
    """Each product by one call, from the folder itself and with relative names, so that no place gets into them."""
    shared = sorted(file.relative_to(folder).as_posix() for name in ("core", "generated")
                    for file in (folder / name).glob("*.c"))  # fmt: skip
    for product in recipe.products:
        sources = [*shared, *(f"port/{source}" for source in product.sources)]
        # The product's flags stand behind the sources: libraries are looked through in the order given.
        line = [*command, "-Icore", "-Igenerated", "-Iport", *sources, *product.flags, "-o", product.name]
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode or not (folder / product.name).is_file():
            errors = [row for row in done.stderr.splitlines() if "error" in row] or done.stderr.splitlines()
            reason = errors[0] if errors else f"status {done.returncode}"
            raise Misuse(f"firmware: {command[0]} made no {product.name}: {reason}")


def _seal(folder: Path, recipe: Recipe, compiler: str, number: str) -> None:
    digest = hashlib.sha256()
    for product in recipe.products:
        digest.update((folder / product.name).read_bytes())
    manifest = {"sha256": digest.hexdigest(), "compiler": compiler, "number": number}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
