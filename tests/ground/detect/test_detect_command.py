"""`vermilion detect`, as a user and as a program sees it."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from flight.wire.errors import Misuse
from ground.detect.cli import detect
from tests.ground.detect.recorded.synthetic import TWO_STAGES, fly, on_screen, table

ROWS = table(on_screen(fly(TWO_STAGES, 570.0, rate=5.0)), "speed_m_s", "altitude_m")
COMMAND = typer.Typer(add_completion=False)
COMMAND.command()(detect)


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    path = tmp_path / "Falcon Nine.csv"
    path.write_text("".join([*ROWS, "570.1,nan,x\n", "torn,"]), encoding="utf-8")
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(COMMAND, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_a_person_reads_times_events_and_reasons(flight: Path) -> None:
    said = run(flight)
    assert "T+0.00  liftoff              confirmed" in said
    for name in ("max_q", "stage_1_burnout", "stage_2_ignition", "stage_2_burnout"):
        assert name in said
    assert "stage_1_separation undecided: no column shows it" in said
    last = said.strip().splitlines()[-1]
    assert last.startswith(f"falcon nine: {len(ROWS) + 1} rows, 2 not used (")
    assert "1 no time" in last


def test_a_program_reads_one_object_a_line_and_can_check_the_hash(flight: Path) -> None:
    said = run(flight, "--json")
    *reports, summary = said.splitlines()
    parsed = [json.loads(line) for line in reports]
    assert {report["type"] for report in parsed} <= {"event", "alarm", "undecided", "verdict"}
    assert parsed[-1]["type"] == "verdict"
    assert {report["vehicle"] for report in parsed} == {"falcon nine"}
    ignition = next(report for report in parsed if report.get("name") == "stage_2_ignition")
    assert ignition["onset_s"] == ignition["onset_time_s"] == pytest.approx(160.0, abs=0.3)
    assert ignition["detected_s"] == ignition["time_s"] >= ignition["onset_s"]
    assert len(ignition["evidence"]) == 2
    record = json.loads(summary)
    assert record["type"] == "summary"
    assert (record["rows"], record["rows_skipped"]) == (len(ROWS) + 1, 2)
    assert record["reasons"]["no_time"] == 1
    assert record["event_log_sha256"] == hashlib.sha256("".join(f"{line}\n" for line in reports).encode()).hexdigest()
    assert run(flight, "--json") == said, "the same file, the same bytes"


def test_a_plot(flight: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    run(flight, "--plot", tmp_path / "flight.svg")
    picture = (tmp_path / "flight.svg").read_text(encoding="utf-8")
    assert picture.startswith("<?xml")
    with pytest.raises(Misuse, match=r"name a \.png"):
        run(flight, "--plot", tmp_path / "flight.docx")


def test_a_plot_without_matplotlib(flight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(Misuse, match="pip install matplotlib"):
        run(flight, "--plot", tmp_path / "flight.svg")


def test_misuse_is_for_the_front_door_to_print(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="No such file"):
        run(tmp_path / "nowhere.csv")
