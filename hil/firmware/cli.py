"""`vermilion firmware`: builds a board's firmware, and writes the dictionary's header for a team's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from flight.wire.errors import Misuse


def firmware(
    action: Annotated[str, typer.Argument(help="build: the firmware of a board; header: C of the dictionary.")],
    board: Annotated[str, typer.Option(help="build: host, or a board's name.")] = "host",
    compiler: Annotated[str | None, typer.Option(help="build: gcc, clang, zig; if not given what is there.")] = None,
    dictionary: Annotated[Path | None, typer.Option(help="header: a dictionary of your own.")] = None,
    to: Annotated[Path, typer.Option(help="header: the folder to write to.")] = Path("."),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Makes C of the flight logic and compiles it; or makes C of the dictionary, for firmware of your own."""
    actions = {
        "build": lambda: _build(board, compiler, as_json),
        "header": lambda: _header(dictionary, to, as_json),
    }
    if action not in actions:
        raise Misuse(f"firmware: there is no action {action!r}; there are {', '.join(actions)}")
    actions[action]()


def _build(board: str, compiler: str | None, as_json: bool) -> None:
    from hil.firmware.build import build

    made = build(board, compiler)
    products = {name: str(path) for name, path in made.products.items()}
    if as_json:
        record = {"board": board, "build": made.number, "compiler": made.compiler, "sha256": made.sha256}
        print(json.dumps({"type": "firmware", **record, "products": products}))
        return
    for path in products.values():
        print(path)
    print(f"build {made.number} by {made.compiler}\nsha256 {made.sha256}")


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
