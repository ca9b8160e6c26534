"""`vermilion hil` as a user starts it: a board's flight beside Python's, watched by the station, and refusals."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.system.processes import ENVIRONMENT, Finished, command, finish, run, start
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
