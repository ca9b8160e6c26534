"""What an operator asks of a running station, by two small files: his limits, and alarms that he has seen.

Files, because they need no port and no permission beyond the folder, work on every system, show what was asked, and
keep limits across restarts. Everything that they ask becomes a recorded input, so that a replay says the same.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from flight.wire.errors import Misuse
from ground.inputs import Acknowledge, Input
from ground.limitsfile import Edits, changes, parse

REQUESTS = ".operator"
"""What the name of the file of requests ends with, after that of the recording; it is there while the station runs."""
LIMITS = "limits.toml"
_MOST = 1 << 16
"""Bytes of requests that are read at once; more come the next time."""

Make: TypeAlias = Callable[[int], Input]
"""An input, given its received time."""


class Operator:
    """Watches both files. `poll` gives what is new; a file that is bad is complained of once and changes nothing."""

    def __init__(self, limits: Path, requests: Path) -> None:
        self._limits = limits
        self._requests = requests
        self._seen: object = None
        self._held: Edits = {}
        self._read = 0
        self.complaints: list[str] = []
        """One line each, for the views; whoever shows them takes them out."""

    def open(self) -> None:
        """Begins to take requests; those in a file that a killed station has left are not taken."""
        with contextlib.suppress(OSError):
            self._requests.write_bytes(b"")

    def close(self) -> None:
        """Takes no more requests."""
        with contextlib.suppress(OSError):
            self._requests.unlink()

    def poll(self) -> list[Make]:
        """What the operator has asked since the last time, in order: limits first."""
        return self._new_limits() + self._new_requests()

    def _new_limits(self) -> list[Make]:
        try:
            state = self._limits.stat()
            seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        except OSError:
            seen = None
        if seen == self._seen:
            return []
        self._seen = seen
        wanted: Edits = {}
        if seen is not None:
            try:
                wanted = parse(self._limits.read_text(encoding="utf-8"), str(self._limits))
            except (OSError, UnicodeDecodeError) as error:
                self.complaints.append(f"{self._limits}: cannot be read: {error}; limits stay as they were")
                return []
            except Misuse as misuse:
                self.complaints.append(f"{misuse}; limits stay as they were")
                return []
        found = changes(self._held, wanted)
        self._held = wanted
        return [partial(_at, edit) for edit in found]

    def _new_requests(self) -> list[Make]:
        try:
            with self._requests.open("rb") as file:
                file.seek(self._read)
                data = file.read(_MOST)
        except OSError:
            return []
        whole = data.rfind(b"\n") + 1
        if not whole and len(data) == _MOST:
            whole = len(data)
        self._read += whole
        found: list[Make] = []
        for line in data[:whole].splitlines():
            request = _request(line)
            if request is None:
                self.complaints.append(f"{self._requests}: a line that is no request; it is passed over")
            else:
                found.append(partial(_at, request))
        return found


def ask(requests: Path, vehicle: str, alarm: str) -> None:
    """Asks a running station to take an alarm for seen; one write of one line, which nothing can tear.

    Raises Misuse where that cannot be written.
    """
    line = json.dumps({"acknowledge": {"vehicle": vehicle, "alarm": alarm}}) + "\n"
    try:
        file = os.open(requests, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)
    except OSError as error:
        raise Misuse(f"{requests}: cannot be written: {error.strerror}; does the station still run?") from error


def _request(line: bytes) -> Acknowledge | None:
    try:
        match json.loads(line):
            case {"acknowledge": {"vehicle": str(vehicle), "alarm": str(alarm)}}:
                return Acknowledge(0, vehicle, alarm)
    except (ValueError, RecursionError):
        return None
    return None


def _at(given: Input, received_ns: int) -> Input:
    return replace(given, received_ns=received_ns)
