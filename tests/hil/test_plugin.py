"""The pytest plugin as a team uses it: its own tests in its own folder, on an emulated board."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.hil import desk
from tests.system.processes import ENVIRONMENT, ROOT
from tests.system_parts import MISSING, needs

TESTS = """
def test_it_flies_as_python_does(vermilion_flight):
    flown = vermilion_flight(seconds=1.0)
    assert flown.telemetry_sha256 == "{digest}"

def test_a_reset_is_survived(vermilion_flight):
    flown = vermilion_flight(seconds=2.0, faults=["reset@-9"])
    assert flown.computer.restarts == 1
    assert flown.events["fault_reset"] == 1.0

def once(change):
    pieces = []
    def disturb(data):
        pieces.append(data)
        return change(data) if len(pieces) == 20 else data
    return disturb

def test_noise_that_nobody_asked_for_is_found(vermilion_board, vermilion_flight):
    vermilion_board.receiving.append(once(lambda data: data[:9] + bytes([data[9] ^ 1 or 2]) + data[10:]))
    vermilion_flight(seconds=0.4)

def test_a_frame_that_is_lost_whole_is_found(vermilion_board, vermilion_flight):
    vermilion_board.receiving.append(once(lambda data: data[data.index(0, 1) + 1:]))
    vermilion_flight(seconds=0.4)
"""


def run(tests: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "hil.plugin", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        [*command, str(tests)], cwd=tests, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def test_what_nobody_asked_for_fails_the_test_after_it(tmp_path: Path) -> None:
    pytest.importorskip("unicorn", reason=f"{MISSING}unicorn: pip install unicorn")
    needs("arm-none-eabi-gcc")
    (tmp_path / "test_board.py").write_text(TESTS.replace("{digest}", desk.digest(100)), encoding="utf-8")
    done = run(tmp_path, "--board", "unicorn")
    assert "4 passed, 2 errors" in done.stdout, done.stdout
    assert "1 damaged frames from the board" in done.stdout
    assert "1 telemetry packets lost" in done.stdout


@pytest.mark.parametrize("board", ["native", "unicorn"])
def test_the_example_s_ten_lines_test_a_board(board: str, tmp_path: Path) -> None:
    if board == "unicorn":
        pytest.importorskip("unicorn", reason=f"{MISSING}unicorn: pip install unicorn")
        needs("arm-none-eabi-gcc")
    else:
        needs("gcc", "gcc")
    reports = tmp_path / "reports"
    junit = reports / "pytest.xml"
    done = run(
        ROOT / "examples" / "board_test", "--board", board, "--board-report", str(reports), f"--junitxml={junit}"
    )
    assert "2 passed" in done.stdout, done.stdout
    suites = {path.name: ElementTree.parse(path).getroot() for path in sorted(reports.glob("*.xml"))}
    assert len(suites) == 3
    assert suites.pop("pytest.xml").find("testsuite").get("tests") == "2"  # type: ignore[union-attr]
    for name, top in suites.items():
        cases = {case.get("name"): {part.tag for part in case} for case in top.iter("testcase")}
        assert cases["handshake"] == {"system-out"}, name
        assert not any("failure" in parts for parts in cases.values()), name
        assert ("wire_noise@-9 is survived" in cases) == ("noisy" in name)
        assert (reports / name).with_suffix(".html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
