"""Which software flies: what two runs must have in common to give the same bits."""

from __future__ import annotations

import hashlib
import platform
import sys
from pathlib import Path

import flight
import sim


def software_digest() -> str:
    """SHA-256 over what decides how a flight goes: sources and tables of both packages, interpreter and machine."""
    found = hashlib.sha256(f"{sys.version_info[:2]} {sys.platform} {platform.machine()}".encode())
    for package in (flight, sim):
        root = Path(str(package.__file__)).parent
        for path in sorted(path for path in root.rglob("*") if path.suffix in (".py", ".toml")):
            found.update(f"{package.__name__}/{path.relative_to(root).as_posix()}\0".encode())
            found.update(path.read_bytes() + b"\0")
    return found.hexdigest()
