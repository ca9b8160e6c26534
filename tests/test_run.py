"""`./run`: the pure parts, and real starts in a copy of the checkout, with an installer that downloads nothing."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = tuple(f"requirements/{name}.txt" for name in ("run", "test", "hil", "heavy"))
SOURCES = ("run", "vermilion.py", "flight/__init__.py", "flight/wire/__init__.py", "flight/wire/errors.py")

FAKE_UV = """#!/bin/sh
echo started >> "$FAKE_UV_CALLS"
if [ -n "$FAKE_UV_WAITS_FOR" ]; then while [ ! -e "$FAKE_UV_WAITS_FOR" ]; do sleep 0.05; done; fi
if [ -n "$FAKE_UV_FAILS" ]; then echo "error: $FAKE_UV_FAILS"; exit 1; fi
"""


def load(file: Path) -> ModuleType:
    loader = SourceFileLoader("front_door", str(file))
    spec = importlib.util.spec_from_loader("front_door", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def front_door() -> ModuleType:
    return load(ROOT / "run")


# The pure parts


def test_it_parses_on_old_pythons_so_that_it_can_refuse_them() -> None:
    ast.parse((ROOT / "run").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize(
    ("arguments", "locks", "started"),
    [
        ([], ["run"], ["-m", "vermilion"]),
        (["--no-web", "--json"], ["run"], ["-m", "vermilion", "--no-web", "--json"]),
        (["fly", "zhuque-1"], ["run"], ["-m", "vermilion", "fly", "zhuque-1"]),
        (["hil", "--board", "qemu"], ["run", "hil"], ["-m", "vermilion", "hil", "--board", "qemu"]),
        (["firmware", "build"], ["run", "hil"], ["-m", "vermilion", "firmware", "build"]),
        (["test", "-k", "x"], ["run", "test"], ["-m", "tests", "-k", "x"]),
        (["test", "--all", "-k", "x"], ["run", "test", "hil", "heavy"], ["-m", "tests", "--all", "-k", "x"]),
        (["check"], ["run", "test"], ["-m", "tests.check"]),
        (["bench", "decode", "--json"], ["run", "test", "hil", "heavy"], ["-m", "tests.bench", "decode", "--json"]),
    ],
)
def test_where_a_command_line_goes(
    front_door: ModuleType, arguments: list[str], locks: list[str], started: list[str]
) -> None:
    assert front_door.command_line(arguments) == (locks, started)


def test_what_python_it_is_decides_before_anything_else(
    front_door: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18, "final", 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert front_door.main(["--help"]) == 2
    assert capsys.readouterr().err.startswith("vermilion: Python 3.11 or newer is needed, this is 3.9; install a newer")
    (tmp_path / "python3.12").symlink_to(sys.executable)
    assert front_door.main(["--help"]) == 2
    assert "start it as: python3.12 " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "WARNING: Retrying (…) after connection broken by 'NewConnectionError(…)'\n"
            "ERROR: No matching distribution found for aiomqtt==2.5.1\n",
            "no package index could be reached; connect to the network",
        ),
        ("ERROR: Could not find a version for x==1 (from versions: none)\n", "no package index could be reached"),
        ("error: Request failed\n  Caused by: dns error\n", "no package index could be reached"),
        ("ERROR: Could not install: [Errno 28] No space left on device\n", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM …\n  Got 12ab\n", "is not the one that the lock names"),
        ("SSLError(CERTIFICATE_VERIFY_FAILED)\nERROR: last\n", "PIP_CERT"),
        ("Collecting x\nERROR: first\nERROR: the reason\nnotice\n", "the installer failed: the reason"),
        ("something\nodd\n\n", "the installer failed: odd"),
        ("", "it said nothing"),
    ],
)
def test_an_installers_failure_becomes_one_line(front_door: ModuleType, output: str, said: str) -> None:
    sentence = front_door.explain(output)
    assert said in sentence
    assert "\n" not in sentence


def test_another_pythons_packages_stay_out(front_door: ModuleType) -> None:
    variables = {"PYTHONPATH": "/opt/ros", "PYTHONHOME": "/usr", "PIP_TARGET": "/x", "PATH": "/bin", "PIP_CERT": "c"}
    assert front_door.isolated(variables) == {"PATH": "/bin", "PIP_CERT": "c"}


def test_an_environment_is_ready_for_the_lock_interpreter_and_checkout_it_was_made_from(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = load(checkout / "run")
    environment = door.Environment(str(checkout))
    (checkout / ".venv").mkdir()
    assert not environment.is_ready("run")
    environment.write_stamp("run")
    assert environment.is_ready("run")
    assert not environment.is_ready("test")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version", "3.99.0")
        assert not environment.is_ready("run")
    with monkeypatch.context() as patch:
        patch.setattr(door, "base_interpreter", lambda: "/usr/bin/another")
        assert not environment.is_ready("run")
    with (checkout / "requirements/run.txt").open("a") as lock:
        lock.write("another==1\n")
    assert not environment.is_ready("run")


def test_a_checkout_that_moved_is_not_ready(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv").mkdir()
    load(checkout / "run").Environment(str(checkout)).write_stamp("run")
    moved = tmp_path / "moved"
    checkout.rename(moved)
    assert not load(moved / "run").Environment(str(moved)).is_ready("run")


def test_a_read_only_checkout_has_its_environment_in_the_users_cache(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = load(checkout / "run")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert Path(door.choose_environment().folder).parent.parent == tmp_path / "cache" / "vermilion"
    (checkout / ".venv").mkdir()
    door.Environment(str(checkout)).write_stamp("run")
    assert Path(door.choose_environment().folder) == checkout / ".venv"


# Real starts


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a start needs, in a folder whose name has a space and a letter beyond ASCII."""
    folder = tmp_path / "chéckout of vermilion"
    for name in (*LOCKS, *SOURCES):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """An environment whose `uv` installs nothing and counts its calls."""
    tools = tmp_path / "tools"
    tools.mkdir()
    uv = tools / "uv"
    uv.write_text(FAKE_UV)
    uv.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "FAKE_UV_CALLS": str(tmp_path / "calls"), "PYTHONPATH": str(tmp_path)}


def start(checkout: Path, variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(checkout / "run"), *arguments]
    return subprocess.run(command, env=variables, cwd=checkout.parent, capture_output=True, text=True, check=False)


def installs(variables: dict[str, str]) -> int:
    calls = Path(variables["FAKE_UV_CALLS"])
    return len(calls.read_text().splitlines()) if calls.exists() else 0


def test_the_first_start_sets_up_and_the_second_says_nothing(checkout: Path, variables: dict[str, str]) -> None:
    first = start(checkout, variables, "--version")
    assert (first.returncode, first.stdout) == (0, "vermilion 0.1.0\n")
    assert first.stderr.startswith("vermilion: setting up (first time")
    second = start(checkout, variables, "--version")
    assert (second.returncode, second.stdout, second.stderr) == (0, "vermilion 0.1.0\n", "")
    assert installs(variables) == 1
    assert not (checkout / ".venv.log").exists()


def test_a_folder_of_the_users_does_not_hide_our_packages(checkout: Path, variables: dict[str, str]) -> None:
    (checkout.parent / "flight").mkdir()
    (checkout.parent / "flight" / "__init__.py").write_text("raise RuntimeError('the wrong flight')\n")
    assert start(checkout, variables, "--version").stdout == "vermilion 0.1.0\n"


def test_help_tells_of_the_developer_commands(checkout: Path, variables: dict[str, str]) -> None:
    text = start(checkout, variables, "--help").stdout
    assert text.index("Commands:") < text.index("  demo  ") < text.index("Developer commands") < text.index("  bench ")


def test_a_new_lock_or_an_unfinished_environment_is_set_up_again(checkout: Path, variables: dict[str, str]) -> None:
    start(checkout, variables, "--version")
    with (checkout / "requirements/run.txt").open("a") as lock:
        lock.write("# another\n")
    assert "again, something changed" in start(checkout, variables, "--version").stderr
    (checkout / ".venv/vermilion-stamp-run").unlink()
    assert "first time" in start(checkout, variables, "--version").stderr
    assert installs(variables) == 3


def test_what_is_no_environment_of_ours_is_never_removed(checkout: Path, variables: dict[str, str]) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "precious").touch()
    refused = start(checkout, variables, "--version")
    assert refused.returncode == 2
    assert "is no virtual environment; move it away" in refused.stderr
    assert (checkout / ".venv" / "precious").exists()


def test_without_a_network_one_line_says_so_and_names_the_log(checkout: Path, variables: dict[str, str]) -> None:
    # The fake uv fails, so pip is tried after it, on a port where nobody listens.
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"}
    quiet = {name: value for name, value in variables.items() if not name.startswith("PIP_")}
    failed = start(checkout, {**quiet, **offline, "FAKE_UV_FAILS": "offline"}, "--version")
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr.splitlines()[1].startswith("vermilion: no package index could be reached; connect to")
    assert failed.stderr.rstrip().endswith(str(checkout / ".venv.log"))
    assert (checkout / ".venv.log").read_text().startswith("$ ")


def launch(checkout: Path, variables: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, str(checkout / "run"), "--version"]
    return subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.02)


def test_an_interrupted_set_up_ends_in_one_line(checkout: Path, variables: dict[str, str], tmp_path: Path) -> None:
    waiting = {**variables, "FAKE_UV_WAITS_FOR": str(tmp_path / "never")}
    process = launch(checkout, waiting)
    until(lambda: installs(variables) == 1)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130
    assert said.splitlines()[1:] == ["vermilion: stopped; start again to go on"]
    assert start(checkout, variables, "--version").returncode == 0


def test_an_orphaned_installer_is_waited_for(checkout: Path, variables: dict[str, str], tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    killed = launch(checkout, {**variables, "FAKE_UV_WAITS_FOR": str(gate)})
    until(lambda: installs(variables) == 1)
    killed.kill()
    killed.wait()
    second = launch(checkout, variables)
    assert second.stderr is not None
    assert "another start is setting up" in second.stderr.readline()
    assert installs(variables) == 1
    gate.touch()
    assert second.communicate()[0] == "vermilion 0.1.0\n"
    assert installs(variables) == 2


def test_two_starts_at_once_set_up_once(checkout: Path, variables: dict[str, str]) -> None:
    both = [launch(checkout, variables), launch(checkout, variables)]
    assert [process.communicate()[0] for process in both] == ["vermilion 0.1.0\n"] * 2
    assert installs(variables) == 1
