"""Programs of the operating system that tests want, and what is said where one is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

import pytest

SYSTEM_PARTS: Final[Mapping[str, str]] = {
    "mosquitto": "mosquitto",
    "tmux": "tmux",
    "arm-none-eabi-gcc": "gcc-arm-none-eabi",
    "qemu-system-arm": "qemu-system-arm",
    "avr-gcc": "gcc-avr",
    "/usr/lib/avr/include/avr/io.h": "avr-libc",
    "/usr/share/arduino/hardware/arduino/avr/cores/arduino/Arduino.h": "arduino-core-avr",
    "/usr/include/simavr/sim_avr.h": "libsimavr-dev",
    "/usr/include/libelf.h": "libelf-dev",
}
"""Command, or file, to Debian package; `./run test --all` installs those that are missing."""

MISSING: Final = "needs "
"""How the reason of a skip begins that `--all` turns into a failure."""


def find(command: str) -> str | None:
    """The command's path, also where servers live that are not on everybody's PATH; a file's where it is there."""
    if command.startswith("/"):
        return command if os.path.exists(command) else None
    folders = [os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]
    return shutil.which(command, path=os.pathsep.join(folders))


def needs(command: str, package: str | None = None) -> str:
    """The command's path; skips the test where there is none, and fails it under `./run test --all`."""
    path = find(command)
    if path is None:
        part = os.path.basename(command)
        pytest.skip(f"{MISSING}{part}: apt-get install {package or SYSTEM_PARTS[command]}")
    return path


def install_missing() -> str | None:
    """Installs with apt what is missing; returns one line that says why not, if so."""
    packages = sorted({package for command, package in SYSTEM_PARTS.items() if find(command) is None})
    if not packages:
        return None
    advice = f"install {' and '.join(packages)} and start again"
    apt = shutil.which("apt-get")
    if apt is None:
        return f"there is no apt-get here; {advice}"
    if os.geteuid() != 0:
        return f"apt needs root; start as root, or: sudo apt-get install {' '.join(packages)}"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ([apt, "update", "-q"], [apt, "install", "-q", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        last = done.stdout.decode(errors="replace").strip().splitlines()[-1:]
        return f"apt failed ({' '.join(last)}); {advice}"
    return None
