"""`vermilion firmware build|flash|header`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

ACTIONS = ("build", "flash", "header")


def firmware(
    action: Annotated[str, typer.Argument(help="build, flash or header.")],
    board: Annotated[str | None, typer.Option(help="stm32f4, host, …; flash is for stm32f4.")] = None,
    compiler: Annotated[str | None, typer.Option(help="One of the board's; the first that is there.")] = None,
    plan: Annotated[list[str] | None, typer.Option(help="A plan's file to build in too. May be repeated.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the header.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Builds a board's firmware, flashes a board that is plugged in, or writes the C header of the dictionary."""
    from flight.plans.plan import load
    from flight.wire.dictionary import default
    from flight.wire.errors import Misuse
    from hil.firmware import flashing, header, size
    from hil.firmware.build import build
    from hil.firmware.ports.stm32f4.recipe import FLASH_BYTES, RAM_BYTES

    if action not in ACTIONS:
        raise Misuse(f"firmware {action}: there is no such action; there are {', '.join(ACTIONS)}")
    if action == "header":
        out.mkdir(parents=True, exist_ok=True)
        header.write(default(), out)
        for path in sorted(out.glob("vermilion_dictionary.*")):
            _say(as_json, str(path), type="header", path=str(path))
        return
    if action == "flash" and board not in (None, flashing.BOARD):
        raise Misuse(f"firmware flash: only {flashing.BOARD} can be flashed; --board {board} runs where it is built")
    tool = flashing.find() if action == "flash" else None
    made = build(board or flashing.BOARD, compiler, [load(each) for each in plan or ()])
    for path in made.products.values():
        _say(as_json, str(path), type="product", path=str(path))
        used = size.of(path) if path.suffix == ".elf" else None
        if used is not None:
            size.check(used)
            words = f"flash {used.flash:,} of {FLASH_BYTES:,} bytes, RAM {used.ram:,} of {RAM_BYTES:,}"
            _say(as_json, words, type="size", flash_bytes=used.flash, ram_bytes=used.ram)
    words = f"build {made.number} by {made.compiler}\nsha256 {made.sha256}"
    _say(as_json, words, type="build", build=made.number, compiler=made.compiler, sha256=made.sha256)
    if tool is not None:
        image = next(iter(made.products.values()))
        flashing.flash(tool, image)
        _say(as_json, f"flashed with {tool.name}", type="flashed", tool=tool.name, build=made.number)


def _say(as_json: bool, text: str, **record: object) -> None:
    print(json.dumps(record) if as_json else text, flush=True)
