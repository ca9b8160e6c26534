"""`vermilion evaluate` as a process: one small flight from launch to report, gone on with, refused."""

from pathlib import Path

import pytest

from tests.system import processes as commands

SMALL = ("evaluate", "--vehicle", "os-x0", "--scenario", "nominal", "--out", "out", "--workers", "2")


def test_a_flight_is_flown_judged_reported_and_not_flown_again(tmp_path: Path) -> None:
    first = commands.run(*SMALL, folder=tmp_path)
    assert first.status == 0, first.err
    assert first.out.endswith(f"\n{Path('out') / 'REPORT.md'}\n")
    assert (
        "not confirmed or false stage events: 0 of 5 in 1 flights: at most 97.50 % of flights (asked: 0)" in first.out
    )
    assert "1 of 1 flights judged" in first.err
    page = (tmp_path / "out" / "REPORT.md").read_text(encoding="utf-8")
    assert "Holds 1 of 1 flights, all." in page
    assert "| os-x0 | 1 of 1 | " in page
    # Telemetry goes when it has been judged.
    assert not list((tmp_path / "out" / "flying").rglob("*.telemetry"))
    log = (tmp_path / "out" / "results.log").read_bytes()
    again = commands.run(*SMALL, folder=tmp_path)
    assert (again.status, again.out, again.err) == (0, first.out, "")
    assert (tmp_path / "out" / "results.log").read_bytes() == log
    assert (tmp_path / "out" / "REPORT.md").read_text(encoding="utf-8") == page
    # More flights are added to those that there are.
    more = commands.run(*SMALL, "--flights", "2", "--minutes", "0", folder=tmp_path)
    assert more.status == 0
    assert "Holds 1 of 2 flights, **not all**" in (tmp_path / "out" / "REPORT.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--vehicle", "zhuque-9"), "--vehicle zhuque-9: no such vehicle"),
        (("--scenario", "storm"), "--scenario storm: no such scenario"),
        (("--pool", "best"), "--pool best: must be design, thresholds, sealed"),
        (("--flights", "0"), "--flights 0: must be at least 1"),
        (("--vehicle", "os-x0", "--scenario", "vernier-loss"), "--scenario vernier-loss: no such scenario"),
        (("--flights", "20000"), "the pool design has seeds for 9999 rounds alone"),
        (("--minutes", "-1"), "--minutes"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_in_a_line(tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    refused = commands.run("evaluate", *arguments, folder=tmp_path)
    assert (refused.status, refused.out) == (2, "")
    assert reason in refused.err
    assert len(refused.err.splitlines()) == 1
