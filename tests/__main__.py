"""`./run test [--all] [--flights] [PYTEST ARGUMENTS]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.system_parts import install_missing

ROOT = Path(__file__).parents[1]

ALL_CORES = ("-n", "auto", "--dist", "loadfile")
"""A process a core; a file's tests stay together, because they share flights."""


def main(arguments: list[str]) -> int:
    """Runs pytest; not one test found is a failure too (pytest's status 5)."""
    if "--all" in arguments:
        arguments = [argument for argument in arguments if argument != "--all"]
        trouble = install_missing()
        if trouble is not None:
            print(f"vermilion: {trouble}", file=sys.stderr)
            return 2
        os.environ["VERMILION_ALL"] = "1"
    if "--flights" in arguments:
        arguments = ["-m", "flights", *(argument for argument in arguments if argument != "--flights")]
    os.chdir(ROOT)
    return int(pytest.main(arguments or list(ALL_CORES)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
