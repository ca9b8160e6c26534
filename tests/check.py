"""`./run check`: everything about the sources that needs no test run, one line each."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LONG: Final = 400
SOURCES: Final = (".py", ".c", ".h", ".ts", ".md", "run")
REGISTRY: Final = re.compile(r"(pypi|hosted|npmjs|debian)[.](org|com)")
SHARED_FOLDERS: Final = ("/", "/home", "/mnt", "/opt", "/srv", "/tmp", "/usr/src", "/var/tmp")


def commands() -> dict[str, list[str]]:
    """The checks that other programs make."""
    python = [sys.executable, "-m"]
    return {
        "lint (ruff)": [*python, "ruff", "check", "--output-format=concise"],
        "format (ruff)": [*python, "ruff", "format", "--check", "--output-format=concise"],
        "types (mypy)": [*python, "mypy"],
        "import contracts": [str(Path(sysconfig.get_path("scripts"), "lint-imports")), "--no-cache"],
        "flight subset": [*python, "hil.firmware.subset", "flight/computer"],
    }


def machine_folders(root: Path, home: str) -> list[str]:
    """Folders of this machine that no tracked file may name: the checkout, what it stands in, and the user's home."""
    folders = {str(root), str(root.parent), home.rstrip("/")}
    return sorted(folder for folder in folders if folder.startswith("/") and folder not in SHARED_FOLDERS)


def named_places(name: str, text: str, folders: Iterable[str]) -> list[str]:
    """The lines that name a package registry's host or a folder of this machine."""
    here = [re.compile(re.escape(folder) + r"(?=/|$|\W)") for folder in folders]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if REGISTRY.search(line):
            found.append(f"{name}:{number}: names a package registry; write the package's name alone")
        if any(folder.search(line) for folder in here):
            found.append(f"{name}:{number}: names a folder of this machine; write a relative path")
    return found


def tracked_texts() -> dict[str, str] | None:
    """The text files that git has or would take, by name; None where this is no git checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    texts = {}
    for name in sorted(filter(None, os.fsdecode(listing).split("\0"))):
        file = ROOT / name
        if file.is_file() and b"\0" not in (data := file.read_bytes()):
            texts[name] = data.decode(errors="replace")
    return texts


def main() -> int:
    """Runs all checks, prints what failed beneath its line, and returns 1 if any did."""
    failed = False
    for name, command in commands().items():
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        output = done.stdout.decode(errors="replace") if done.returncode else ""
        failed |= _say(name, done.returncode == 0, output.splitlines())
    texts = tracked_texts()
    if texts is None:
        print(f"{'tracked files':<20}not looked at: this is no git checkout")
        return int(failed)
    folders = machine_folders(ROOT, os.path.expanduser("~"))
    named = [line for name, text in texts.items() for line in named_places(name, text, folders)]
    failed |= _say("tracked files", not named, named)
    for name, text in texts.items():
        length = text.count("\n")
        if name.endswith(SOURCES) and length > LONG:
            print(f"warning: {name} has {length} lines; is it still one room?")
    return int(failed)


def _say(name: str, passed: bool, details: list[str]) -> bool:
    print(f"{name:<20}{'ok' if passed else 'FAILED'}", flush=True)
    for line in details:
        print(f"    {line}")
    return not passed


if __name__ == "__main__":
    sys.exit(main())
