"""A program that speaks from a board, and the station at the other end of its serial line, as real processes."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
import tty
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flight.links.pty import POLL_S, SETTLE_S
from tests.system.processes import ROOT, Finished, finish, start

EXAMPLES = ROOT / "examples"
PLAN = EXAMPLES / "arduino" / "wren.toml"
OPENS_S, LAST_WORD_S = 30.0, 60.0

CONFIRMED = ["liftoff", "ignition", "stage_1_burnout"]
"""What two sources of the examples' telemetry show; navigation alone shows the apogee."""

CLEAN = ("bytes_discarded", "frames_damaged", "frames_unknown", "frames_lost", "gaps_unknown", "duplicates")
"""Of the summary: what is zero where nothing went wrong on the wire."""


def watched(board: Sequence[str], folder: Path, *arguments: str) -> Finished:
    """What the station says of a program whose standard output is a board's end of a serial line."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    station = start("ground", f"serial:{os.ttyname(theirs)}", "--json", "--no-wait", *arguments, folder=folder)
    os.close(theirs)
    try:
        line, waited = select.poll(), 0.0
        line.register(ours, select.POLLOUT)
        # Until the station has the port open the kernel reports a hang-up; what is sent before it has settled is lost.
        while any(flags & select.POLLHUP for _, flags in line.poll(0)) and waited < OPENS_S:
            time.sleep(POLL_S)
            waited += POLL_S
        time.sleep(2.0 * SETTLE_S)
        with subprocess.Popen(board, stdout=ours, stdin=subprocess.DEVNULL) as speaking:
            try:
                while station.poll() is None and not speaking.poll():
                    time.sleep(POLL_S)
                assert not speaking.returncode, f"the board's program has ended with status {speaking.returncode}"
                return finish(station, LAST_WORD_S)
            finally:
                speaking.kill()
                station.kill()
    finally:
        os.close(ours)


def trouble(summary: dict[str, Any]) -> dict[str, int]:
    """The counts of a summary that are not zero and should be."""
    return {name: summary[name] for name in CLEAN if summary[name]}
