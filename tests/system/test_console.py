"""The live console in a real terminal (tmux): a person sees clock, timeline, alarms, link health and verdict."""

from __future__ import annotations

import shlex
import subprocess
import time
from pathlib import Path

from tests.system.processes import ROOT, command
from tests.system_parts import needs


def test_the_console_shows_the_flight(tmp_path: Path) -> None:
    tmux, server = needs("tmux"), f"vermilion-{tmp_path.name}"
    line = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.join(command(['demo', '--speed', '60']))}; sleep 60"

    def call(*arguments: str) -> str:
        return subprocess.run([tmux, "-L", server, *arguments], check=True, capture_output=True, text=True).stdout

    call("-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "45", "-c", str(tmp_path), line)
    try:
        screen, deadline, seen = "", time.monotonic() + 90, set[str]()
        wanted = {"attitude_loss", "stage_3_ignition", "confirmed", "VERDICT zhuque-1: no_orbit", "frames, 0 lost"}
        while time.monotonic() < deadline and not wanted <= seen:
            screen = call("capture-pane", "-p")
            seen |= {text for text in {*wanted, "stage_2_burn  "} if text in screen}
            time.sleep(0.2)
        assert wanted <= seen, screen
        assert "stage_2_burn  " in seen
        assert "Traceback" not in screen
    finally:
        call("kill-server")
