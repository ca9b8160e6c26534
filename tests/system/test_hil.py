"""`vermilion hil` as a user starts it: a board's flight beside Python's, watched by the station, and refusals."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from hil.faults.kinds import KINDS
from tests.system.processes import ENVIRONMENT, ROOT, Finished, command, finish, run, start
from tests.system_parts import MISSING, needs


def hil(folder: Path, *arguments: str) -> Finished:
    return run("hil", "--json", *arguments, folder=folder)


@pytest.fixture
def unicorn() -> str:
    pytest.importorskip("unicorn", reason=f"{MISSING}unicorn: pip install unicorn")
    needs("arm-none-eabi-gcc")
    return "unicorn"


def test_a_board_s_flight_has_python_s_telemetry(tmp_path: Path, unicorn: str) -> None:
    flown = {board: hil(tmp_path, "--board", board, "--until", "3") for board in ("python", "native", unicorn)}
    assert {board: (each.status, each.err) for board, each in flown.items()} == dict.fromkeys(flown, (0, ""))
    summaries = {board: each.of("summary")[0] for board, each in flown.items()}
    assert len({summary["telemetry_sha256"] for summary in summaries.values()}) == 1
    assert summaries[unicorn]["steps"] == 300
    assert sum(count for _, count in summaries[unicorn]["histogram_ms"]) == 300
    (met,) = flown[unicorn].of("board")
    assert (met["board"], met["reset_cause"]) == ("stm32f4-emulated", "power_on")


def test_the_station_sees_the_board_fly_reboot_and_fly_on(tmp_path: Path, unicorn: str, free_port: int) -> None:
    url = f"127.0.0.1:{free_port}"
    flying = start(
        "hil", "--board", unicorn, "--until", "13", "--fault", "reset@-5:gap_s=0.1", "--truth", "truth.csv", "--json",
        "--to", f"tcp-listen://{url}", folder=tmp_path,
    )  # fmt: skip
    watched = run("ground", f"tcp://{url}", "--json", "--record", "flight.vermilion", folder=tmp_path)
    flown = finish(flying)
    assert (flown.status, flown.err) == (0, "")
    assert flown.of("summary")[0]["restarts"] == 1
    assert {"ignition", "liftoff"} <= set(watched.events)
    assert set(watched.alarms) == {"computer_reboot"}
    truth = dict(line.split(",")[:2] for line in (tmp_path / "truth.csv").read_text().splitlines())
    assert float(truth["fault_reset_end"]) - float(truth["fault_reset"]) == pytest.approx(0.1, abs=0.011)


CATALOGUE = {
    "power_cut@-9.5:duration_s=0.05": 0.05,
    "wire_noise@-9:part=0.0005,duration_s=0.2": 0.2,
    "wire_drop@-8:part=0.0005,duration_s=0.2": 0.2,
    "wire_garbage@-7:part=0.1,duration_s=0.2": 0.2,
    "wire_duplicate@-6:part=0.5,duration_s=0.5": 0.5,
    "wire_reorder@-5:part=0.05,duration_s=0.2": 0.2,
    "wire_delay@-4:most_s=0.001,duration_s=0.2": 0.2,
    "babble@-3:part=0.1,duration_s=0.2": 0.2,
    "unplug@0.5:duration_s=0.05": 0.05,
    "freeze@1:duration_s=0.05": 0.05,
    "reset@1.5:gap_s=0.05": 0.05,
    "crash@2:gap_s=0.05": 0.05,
    "hang@2.5:gap_s=0.2": 0.2,
    "ram_upset@3": 0.0,
}
"""Every kind, and how long it lasts."""


@pytest.mark.parametrize("board", ["unicorn", "qemu"])
def test_a_board_flies_through_all_that_can_happen_to_it(board: str, tmp_path: Path, unicorn: str) -> None:
    """A memory's upset can do anything, so it comes last. The others the computer outlives, and the station says so."""
    assert {fault.partition("@")[0] for fault in CATALOGUE} == set(KINDS)
    if board == "qemu":
        needs("qemu-system-arm")
    faults = [argument for fault in CATALOGUE for argument in ("--fault", fault)]
    flown = hil(tmp_path, "--board", board, "--until", "13.7", "--record", "x", "--truth", "truth.csv", *faults)
    assert (flown.status, flown.err) == (0, "")
    summary = flown.of("summary")[0]
    assert summary["restarts"] == 4
    assert summary["retries"] > 0
    assert {"ignition", "liftoff"} <= set(summary["events"])
    assert "computer_reboot" in summary["alarms"]
    truth = dict(line.split(",")[:2] for line in (tmp_path / "truth.csv").read_text().splitlines())
    for fault, lasts_s in CATALOGUE.items():
        name = f"fault_{fault.partition('@')[0]}"
        if lasts_s:
            assert float(truth[f"{name}_end"]) - float(truth[name]) == pytest.approx(lasts_s, abs=0.011)
        else:
            assert name in truth
    replayed = run("replay", "x", "--json", folder=tmp_path)
    assert replayed.status == 0
    assert list(replayed.alarms) == summary["alarms"]


def test_a_scenario_has_faults_of_the_board_that_only_a_board_can_have(tmp_path: Path, unicorn: str) -> None:
    scenario = str(ROOT / "examples" / "boards" / "rough-day.toml")
    flown = hil(tmp_path, "--board", unicorn, "--scenario", scenario, "--until", "3.5", "--truth", "truth.csv")
    assert flown.status == 0
    assert flown.of("summary")[0]["retries"] > 0
    assert "fault_wire_noise,2.0" in (tmp_path / "truth.csv").read_text()
    refused = run("fly", "zhuque-1", "--scenario", scenario, "--speed", "max", folder=tmp_path)
    assert refused.status == 2
    assert "rough-day.toml: board_fault: here flies no board; fly it with ./run hil" in refused.err


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('kind = "reset"', 'kind = "rest"', "board_fault[1].kind: no such fault of a board 'rest'"),
        ("gap_s = 0.05", "gap_s = 50", "board_fault[1].gap_s: 50"),
        ("part = 0.1", "parts = 0.1", "board_fault[2].part"),
    ],
)
def test_a_board_s_fault_that_makes_no_sense_names_file_and_key(
    old: str, new: str, complaint: str, tmp_path: Path
) -> None:
    text = (ROOT / "examples" / "boards" / "rough-day.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "mine.toml").write_text(text.replace(old, new), encoding="utf-8")
    refused = hil(tmp_path, "--board", "python", "--scenario", "mine.toml")
    assert refused.status == 2
    assert f"mine.toml: {complaint}" in refused.err
    assert refused.err.count("\n") == 1


def test_a_recording_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    refused = hil(tmp_path, "--board", "python", "--record", "nowhere/x")
    assert refused.status == 2
    assert "nowhere/x: cannot make the recording" in refused.err
    assert refused.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--board", "python", "--fault", "reset@5"), "this computer has no wire; use --board unicorn"),
        (("--board", "nucleo"), "no such board"),
        (("--board", "serial"), "there are no serial ports"),
        (("--board", "qemu", "--compiler", "zig"), "qemu-system-arm is not installed"),
        (("--board", "unicorn", "--compiler", "arm-none-eabi-gcc"), "no compiler (arm-none-eabi-gcc)"),
        (("--board", "native", "--fault", "meteor@5"), "no such fault"),
    ],
)
def test_what_cannot_fly_is_refused_in_one_line(arguments: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
    if "zig" in arguments:
        pytest.importorskip("ziglang", reason=f"{MISSING}ziglang: pip install ziglang")
    if "serial" in arguments and any(Path("/sys/class/tty").glob("tty[AU][CS][MB]*")):
        pytest.skip("a serial port is plugged in")
    empty = tmp_path / "nothing"
    empty.mkdir()
    done = subprocess.run(
        command(["hil", *arguments]),
        cwd=tmp_path, env={**ENVIRONMENT, "PATH": os.fspath(empty)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1
