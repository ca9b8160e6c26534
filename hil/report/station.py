"""What the ground station says of a flight's telemetry: the command itself, in a process of its own, over a socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from hil.report.benchrun import Record

CONNECTS_S, LAST_WORD_S = 60.0, 10.0


def watch(frames: bytes, plan: str) -> list[Record]:
    """The station's lines; none where it could not be started. `plan` is a flight plan's name, or its file."""
    own = ["--profile", plan] if Path(plan).suffix else []
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        tempfile.TemporaryDirectory(prefix="vermilion-report-") as folder,
        tempfile.TemporaryFile() as said,
    ):
        server.settimeout(CONNECTS_S)
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        recording = os.path.join(folder, "flight.vermilion")
        command = [sys.executable, "-m", "vermilion", "ground", url, "--json", "--no-wait", "--record", recording, *own]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.DEVNULL) as station:
            try:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(frames)
                # The stream of a board that was lost has no end.
                station.wait(LAST_WORD_S)
            except (TimeoutError, OSError, subprocess.TimeoutExpired):
                station.terminate()
        said.seek(0)
        return [json.loads(line) for line in said.read().decode("utf-8").splitlines()]
