"""A mosquitto broker of our own, on the loopback, for as long as it is needed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flight.wire.errors import Misuse

START_S = 10.0
SETTINGS = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_inflight_messages 1000
max_queued_messages 100000
log_dest stderr
log_type error
"""
"""The stock limits lose QoS 1 messages without a word when a subscriber is slow; these do not."""


def find() -> str | None:
    """Where mosquitto is, also where a system folder is not on PATH; None where it is not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(port: int = 0) -> Iterator[str]:
    """Runs mosquitto on a loopback port (0: any free one) and gives its URL. Raises Misuse where it cannot."""
    program = find()
    if program is None:
        raise Misuse(
            "mosquitto is not installed; apt-get install mosquitto (or brew install mosquitto), "
            "or name any broker: --link mqtt://host:port"
        )
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="vermilion-broker-") as folder:
        settings = Path(folder, "mosquitto.conf")
        settings.write_text(SETTINGS.format(port=port), encoding="ascii")
        child = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            _wait(child, port)
            yield f"mqtt://127.0.0.1:{port}"
        finally:
            child.terminate()
            try:
                child.wait(5.0)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stderr is not None:
                child.stderr.close()


def _wait(child: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if child.poll() is not None:
            said = (child.stderr.read() if child.stderr else b"").decode("utf-8", "replace").strip().splitlines()
            raise Misuse(f"mosquitto does not start on port {port}: {said[-1] if said else 'no reason given'}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise Misuse(f"mosquitto does not answer on port {port} within {START_S:.0f} s; try another port")
