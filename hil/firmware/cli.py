"""`vermilion firmware`: builds a board's firmware, flashes it, and writes the dictionary's header for a team's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from flight.wire.errors import Misuse


def firmware(
    action: Annotated[
        str,
        typer.Argument(
            help="build: the firmware of a board; flash: into a plugged-in one; header: C of the dictionary; vectors: "
            "golden bytes to test your own against."
        ),
    ],
    board: Annotated[str, typer.Option(help="build: stm32f4, host or another board's name.")] = "stm32f4",
    compiler: Annotated[
        str | None, typer.Option(help="build, flash: e.g. arm-none-eabi-gcc, zig; if not given what is there.")
    ] = None,
    plan: Annotated[
        list[str] | None, typer.Option(help="build, flash: a plan's file to build in too. May be repeated.")
    ] = None,
    dictionary: Annotated[Path | None, typer.Option(help="header, vectors: a dictionary of your own.")] = None,
    to: Annotated[Path, typer.Option(help="header, vectors: the folder to write to.")] = Path("."),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Makes C of the flight logic and compiles it; or makes C of the dictionary, for firmware of your own."""
    actions: dict[str, Callable[[], object]] = {
        "build": lambda: _build(board, compiler, plan or [], as_json),
        "flash": lambda: _flash(board, compiler, plan or [], as_json),
        "header": lambda: _header(dictionary, to, as_json),
        "vectors": lambda: _vectors(dictionary, to, as_json),
    }
    if action not in actions:
        raise Misuse(f"firmware: there is no action {action!r}; there are {', '.join(actions)}")
    actions[action]()


def _build(board: str, compiler: str | None, plans: list[str], as_json: bool) -> Path:
    """Says what was built and how large it is; gives its first product."""
    from flight.plans.plan import load
    from hil.firmware import size
    from hil.firmware.build import build
    from hil.firmware.ports.stm32f4.recipe import FLASH_BYTES, RAM_BYTES

    made = build(board, compiler, tuple(load(plan) for plan in plans))
    first = next(iter(made.products.values()))
    record: dict[str, object] = {"board": board, "build": made.number, "compiler": made.compiler, "sha256": made.sha256}
    sentences = [str(path) for path in made.products.values()]
    if first.suffix == ".elf":
        used = size.of(first)
        size.check(used)
        record.update(flash_bytes=used.flash, ram_bytes=used.ram)
        sentences.append(f"flash {used.flash:,} of {FLASH_BYTES:,} bytes, RAM {used.ram:,} of {RAM_BYTES:,}")
    sentences += [f"build {made.number} by {made.compiler}", f"sha256 {made.sha256}"]
    products = {name: str(path) for name, path in made.products.items()}
    print(json.dumps({"type": "firmware", **record, "products": products}) if as_json else "\n".join(sentences))
    return first


def _flash(board: str, compiler: str | None, plans: list[str], as_json: bool) -> None:
    from hil.firmware import flashing

    if board != flashing.BOARD:
        raise Misuse(f"firmware flash: only {flashing.BOARD} can be flashed; --board {board} runs where it is built")
    tool = flashing.find()
    flashing.flash(tool, _build(board, compiler, plans, as_json))
    print(json.dumps({"type": "flashed", "tool": tool.name}) if as_json else f"flashed with {tool.name}")


def _header(dictionary: Path | None, folder: Path, as_json: bool) -> None:
    """The dictionary's header and tables, and the core's frames and packets that go with them."""
    from flight.wire.dictionary import default, read
    from hil.firmware import header
    from hil.firmware.build import FIRMWARE

    header.write(default() if dictionary is None else read(dictionary), folder)
    parts = [name + end for name in ("frame", "packet") for end in (".h", ".c")]
    for part in parts:
        shutil.copyfile(FIRMWARE / "core" / part, folder / part)
    files = [str(folder / name) for name in (f"{header.NAME}.h", f"{header.NAME}.c", *parts)]
    print(json.dumps({"type": "header", "files": files}) if as_json else "\n".join(files))


def _vectors(dictionary: Path | None, folder: Path, as_json: bool) -> None:
    from flight.wire.dictionary import default, read
    from hil.firmware import vectors

    files = [str(path) for path in vectors.write(default() if dictionary is None else read(dictionary), folder)]
    print(json.dumps({"type": "vectors", "files": files}) if as_json else "\n".join(files))
