"""Zhuque-1 on every board by the command that a user would give, and what the station says of it.

`./run test --flights`; a table of the digests stands at the end of its output.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.hil.conftest import DIGESTS
from tests.system.processes import run
from tests.system.test_demo import MAIDEN, NOMINAL
from tests.system_parts import MISSING, needs

pytestmark = [pytest.mark.flights, pytest.mark.timeout(5400)]

SECOND_BURNOUT_S = 175.0
"""After step 0; the second stage has burnt out by T+160 s."""
THEN = ("ignition", "liftoff", "max_q", "stage_1_burnout", "stage_1_separation", "stage_2_ignition", "stage_2_burnout")
GCC = {"native": "gcc", "unicorn": "arm-none-eabi-gcc", "qemu": "arm-none-eabi-gcc"}
Summary = dict[str, Any]


def fly(folder: Path, board: str, scenario: str, compiler: str | None, until_s: float | None) -> Summary:
    """One flight, heard and recorded by a station."""
    arguments = ["--board", board, "--scenario", scenario, "--record", "flight.vermilion"]
    arguments += [] if compiler is None else ["--compiler", GCC[board] if compiler == "gcc" else compiler]
    arguments += [] if until_s is None else ["--until", str(until_s)]
    done = run("hil", "--json", *arguments, folder=folder, seconds=5000.0)
    assert (done.status, done.err) == (0, "")
    return done.of("summary")[0]


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, float | None], Summary]:
    """The flights by the computer in Python, each flown when it is asked for first."""

    class Flown(dict[tuple[str, float | None], Summary]):
        def __missing__(self, flight: tuple[str, float | None]) -> Summary:
            self[flight] = fly(tmp_path_factory.mktemp("python"), "python", flight[0], None, flight[1])
            return self[flight]

    return Flown()


def needed(board: str, compiler: str) -> None:
    """Skips where this machine cannot."""
    if compiler == "zig":
        pytest.importorskip("ziglang", reason=f"{MISSING}ziglang: pip install ziglang")
    else:
        needs(GCC[board], "gcc" if board == "native" else None)
    if board == "qemu":
        needs("qemu-system-arm")
    elif board == "unicorn":
        pytest.importorskip("unicorn", reason=f"{MISSING}unicorn: pip install unicorn")


def agrees(found: Summary, expected: Summary, board: str, compiler: str, scenario: str) -> None:
    """The same telemetry, bit by bit, and so the same conclusions."""
    digest = str(found["telemetry_sha256"])
    DIGESTS.append((scenario, board, compiler, round(found["time_s"]), digest, found.get("board_s")))
    assert digest == expected["telemetry_sha256"]
    assert [found[key] for key in ("outcome", "events", "alarms", "time_s")] == [
        expected[key] for key in ("outcome", "events", "alarms", "time_s")
    ]
    assert found.get("retries", 0) == found.get("frames_damaged", 0) == 0


def check(summary: Summary, scenario: str) -> None:
    """What the station must say of a whole flight."""
    if scenario == "nominal":
        assert (summary["outcome"], summary["alarms"]) == ("orbit", [])
        assert set(NOMINAL) <= set(summary["events"])
    else:
        assert summary["outcome"] == "no_orbit"
        assert "attitude_loss" in summary["alarms"]
        assert set(MAIDEN) <= set(summary["events"])


@pytest.mark.parametrize("scenario", ["nominal", "maiden"])
@pytest.mark.parametrize("compiler", ["gcc", "zig"])
@pytest.mark.parametrize("board", ["native", "unicorn"])
def test_a_whole_flight(
    board: str, compiler: str, scenario: str, python: dict[tuple[str, float | None], Summary], tmp_path: Path
) -> None:
    needed(board, compiler)
    found = fly(tmp_path, board, scenario, compiler, None)
    check(found, scenario)
    agrees(found, python[scenario, None], board, compiler, scenario)


@pytest.mark.parametrize("scenario", ["nominal", "maiden"])
@pytest.mark.parametrize("compiler", ["gcc", "zig"])
def test_on_qemu_through_the_second_stage_s_burnout(
    compiler: str, scenario: str, python: dict[tuple[str, float | None], Summary], tmp_path: Path
) -> None:
    needed("qemu", compiler)
    found = fly(tmp_path, "qemu", scenario, compiler, SECOND_BURNOUT_S)
    assert set(THEN) <= set(found["events"])
    assert found["alarms"] == []
    agrees(found, python[scenario, SECOND_BURNOUT_S], "qemu", compiler, scenario)


@pytest.mark.parametrize("scenario", ["nominal", "maiden"])
def test_whole_on_qemu(scenario: str, python: dict[tuple[str, float | None], Summary], tmp_path: Path) -> None:
    needed("qemu", "gcc")
    found = fly(tmp_path, "qemu", scenario, "gcc", None)
    check(found, scenario)
    agrees(found, python[scenario, None], "qemu", "gcc", scenario)
