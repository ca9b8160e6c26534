"""`./run check` and `./run test --all`: what they find, and that they can fail."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests import check, system_parts
from tests.conftest import without_excuse

ROOT = Path(__file__).parents[1]
DOT = "."


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (f"https://files{DOT}pythonhosted{DOT}org/packages", "registry"),
        (f"see pypi{DOT}org", "registry"),
        (f"registry=https://registry{DOT}npmjs{DOT}com/", "registry"),
        (f"deb http://deb{DOT}debian{DOT}org/", "registry"),
        ("open('/stand/main/flight')", "machine"),
        ("file:///stand/shared/x", "machine"),
        ("/home/me/notes", "machine"),
        ("/standing/main, /home/meadow and /tmp/flight.rec", None),
        ("the Python Package Index, apt-get install mosquitto", None),
    ],
)
def test_lines_that_name_a_registry_or_this_machine_are_found(line: str, named: str | None) -> None:
    folders = check.machine_folders(Path("/stand/main"), "/home/me")
    found = check.named_places("notes.md", f"first\n{line}\n", folders)
    assert len(found) == (0 if named is None else 1)
    assert all(text.startswith("notes.md:2: ") and named is not None and named in text for text in found)


@pytest.mark.parametrize(
    ("root", "home", "folders"),
    [
        ("/tmp/vermilion", "/home/me", ["/home/me", "/tmp/vermilion"]),
        ("/home/me/vermilion", "/home/me", ["/home/me", "/home/me/vermilion"]),
        ("/vermilion", "/", ["/vermilion"]),
    ],
)
def test_folders_that_everybody_has_are_not_this_machines(root: str, home: str, folders: list[str]) -> None:
    assert check.machine_folders(Path(root), home) == folders


def test_one_failed_check_fails_all_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = [sys.executable, "-c", "pass"], [sys.executable, "-c", "print('why'); raise SystemExit(1)"]
    monkeypatch.setattr(check, "tracked_texts", lambda: {"long.py": "\n" * 401, "lock.txt": "\n" * 999})
    monkeypatch.setattr(check, "commands", lambda: {"first": bad, "second": good})
    assert check.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:4]] == [
        ["first", "FAILED"],
        ["why"],
        ["second", "ok"],
        ["tracked", "files", "ok"],
    ]
    assert lines[4:] == ["warning: long.py has 401 lines; is it still one room?"]
    monkeypatch.setattr(check, "commands", lambda: {"second": good})
    assert check.main() == 0


def test_a_missing_system_part_skips_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_parts, "find", lambda command: None)
    with pytest.raises(pytest.skip.Exception, match="needs mosquitto: apt-get install mosquitto"):
        system_parts.needs("mosquitto")


@pytest.mark.parametrize(
    ("under_all", "reason", "outcome"),
    [
        (True, "needs mosquitto: apt-get install mosquitto", "failed"),
        (True, "../shared/flights is not beside this checkout", "skipped"),
        (False, "needs mosquitto: apt-get install mosquitto", "skipped"),
    ],
)
def test_all_excuses_no_missing_system_part(
    monkeypatch: pytest.MonkeyPatch, under_all: bool, reason: str, outcome: str
) -> None:
    monkeypatch.setenv("VERMILION_ALL", "1" if under_all else "")
    report = pytest.TestReport("t", ("t.py", 1, "t"), {}, "skipped", ("t.py", 1, f"Skipped: {reason}"), "call")
    assert without_excuse(report).outcome == outcome


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is installed, the user is root, and PATH is this one empty folder."""
    monkeypatch.setattr(system_parts, "find", lambda command: None)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put_apt(folder: Path, script: str) -> None:
    apt = folder / "apt-get"
    apt.write_text(f"#!/bin/sh\n{script}\n")
    apt.chmod(0o755)


def test_all_installs_what_is_missing_without_asking(bare_machine: Path) -> None:
    put_apt(bare_machine, f'echo "$DEBIAN_FRONTEND $*" >> "{bare_machine}/calls"')
    assert system_parts.install_missing() is None
    update, install = (bare_machine / "calls").read_text().splitlines()
    assert update == "noninteractive update -q"
    packages = " ".join(sorted(system_parts.SYSTEM_PARTS.values()))
    assert install == f"noninteractive install -q -y --no-install-recommends {packages}"


def test_all_says_in_one_line_why_it_cannot_install(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = " and ".join(sorted(system_parts.SYSTEM_PARTS.values()))
    assert system_parts.install_missing() == f"there is no apt-get here; install {packages} and start again"
    put_apt(bare_machine, "echo Reading; echo 'E: no such package'; exit 100")
    assert "apt failed (E: no such package)" in str(system_parts.install_missing())
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert str(system_parts.install_missing()).endswith(f"sudo apt-get install {packages.replace(' and ', ' ')}")


MODULES = ("flight/wire", "flight/plans", "flight/computer", "flight/links", "sim", "ground", "hil")


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("flight/plans", "sim"),
        ("flight/links", "ground"),
        ("flight/wire", "asyncio"),
        ("flight/wire", "time"),
        ("flight/computer", "random"),
        ("flight/computer", "flight.links"),
        ("flight/computer", "numpy"),
        ("sim", "ground"),
        ("sim", "hil"),
        ("hil", "ground"),
        ("ground", "flight.computer"),
        ("ground", "sim"),
        ("ground", "hil"),
        (None, ""),
    ],
)
def test_the_import_contracts_break_when_they_should(tmp_path: Path, module: str | None, imported: str) -> None:
    for name in MODULES:
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "flight" / "__init__.py").touch()
    if module is not None:
        (tmp_path / module / "inside.py").write_text(f"import {imported}\n")
    lint = Path(sysconfig.get_path("scripts"), "lint-imports")
    command = [str(lint), "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "BROKEN" in done.stdout) == ((0, False) if module is None else (1, True)), done.stdout
