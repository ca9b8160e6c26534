"""The pytest plugin as a team uses it: its own tests in its own folder, on an emulated board."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.hil import desk
from tests.system.processes import ENVIRONMENT
from tests.system_parts import MISSING, needs

TESTS = """
def test_it_flies_as_python_does(vermilion_flight):
    flown = vermilion_flight(seconds=1.0)
    assert flown.telemetry_sha256 == "{digest}"

def test_a_reset_is_survived(vermilion_flight):
    flown = vermilion_flight(seconds=2.0, faults=["reset@-9"])
    assert flown.computer.restarts == 1
    assert flown.events["fault_reset"] == 1.0

def test_noise_that_nobody_asked_for_is_found(vermilion_board, vermilion_flight):
    vermilion_board.receiving.append(lambda data: data.replace(b"\\x08", b"\\x09"))
    vermilion_flight(seconds=0.02)
"""


def test_ten_lines_test_a_board(tmp_path: Path) -> None:
    pytest.importorskip("unicorn", reason=f"{MISSING}unicorn: pip install unicorn")
    needs("arm-none-eabi-gcc")
    (tmp_path / "test_board.py").write_text(TESTS.replace("{digest}", desk.digest(100)), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "hil.plugin", "--board", "unicorn", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, str(tmp_path)], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert "2 passed" in done.stdout, done.stdout
    assert "1 failed" in done.stdout or "1 error" in done.stdout, done.stdout
