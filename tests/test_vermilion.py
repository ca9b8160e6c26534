"""The command line: where commands go, and that nothing a user does ends in a traceback."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer

import vermilion
from flight import VERSION
from flight.wire.errors import Misuse

ROOT = Path(__file__).parents[1]

Mount = Callable[[str, Callable[..., object]], None]


@pytest.fixture
def mount(monkeypatch: pytest.MonkeyPatch) -> Mount:
    """Puts a function in the place of a command."""

    def put(name: str, function: Callable[..., object]) -> None:
        part = ModuleType("a_part_for_tests")
        setattr(part, "entry", function)  # noqa: B010  # the module has no such attribute to type
        monkeypatch.setitem(sys.modules, part.__name__, part)
        monkeypatch.setitem(vermilion.COMMANDS, name, vermilion.Command(part.__name__, "entry", "for tests"))

    return put


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        ([], (None, False)),
        (["--speed", "max", "--json"], ("max", True)),
        (["demo", "--speed", "max"], ("max", False)),
        (["demo"], (None, False)),
    ],
)
def test_no_command_is_the_demo_with_all_its_options(
    mount: Mount, arguments: list[str], seen: tuple[str | None, bool]
) -> None:
    calls = []

    def demo(
        speed: Annotated[str | None, typer.Option(help="How fast.")] = None,
        json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    ) -> None:
        calls.append((speed, json))

    mount("demo", demo)
    assert vermilion.main(arguments) == 0
    assert calls == [seen]


def test_arguments_reach_the_command(mount: Mount) -> None:
    calls: list[list[str]] = []

    def ground(urls: list[str]) -> None:
        calls.append(urls)

    mount("ground", ground)
    assert vermilion.main(["ground", "serial:/dev/ttyUSB0", "udp://:5000"]) == 0
    assert calls == [["serial:/dev/ttyUSB0", "udp://:5000"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grund"], "there is no command 'grund'; did you mean ground?"),
        (["xyzzy"], "there is no command 'xyzzy'; there are demo, fly, ground"),
        (["fly", "--sped", "1"], "No such option: --sped"),
        (["fly", "--speed", "fast"], "should be a valid number"),
        (["fly", "--speed"], "requires an argument"),
        (["fly", "too", "many"], "unexpected extra argument"),
    ],
)
def test_misuse_is_one_line_and_status_2(
    mount: Mount, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    def fly(speed: Annotated[float, typer.Option(help="How fast.")] = 1.0) -> None:
        raise AssertionError

    mount("fly", fly)
    assert vermilion.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("vermilion: ")
    assert said in output.err
    assert output.err.count("\n") == 1


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (Misuse("no such vehicle"), 2, "vermilion: no such vehicle\n"),
        (
            FileNotFoundError(2, "No such file or directory", "x.rec"),
            2,
            "vermilion: No such file or directory: x.rec\n",
        ),
        (KeyboardInterrupt(), 130, ""),
        (typer.Exit(1), 1, ""),
    ],
)
def test_how_a_command_can_end(
    mount: Mount, capsys: pytest.CaptureFixture[str], raised: BaseException, status: int, said: str
) -> None:
    def replay() -> None:
        raise raised

    mount("replay", replay)
    assert vermilion.main(["replay"]) == status
    assert capsys.readouterr().err == said


def test_help_names_every_command_and_each_has_its_own(mount: Mount, capsys: pytest.CaptureFixture[str]) -> None:
    def ports() -> None:
        """All the serial ports."""

    mount("ports", ports)
    assert vermilion.main(["--help"]) == 0
    overview = capsys.readouterr().out
    assert all(f"\n  {name} " in overview for name in vermilion.COMMANDS)
    assert vermilion.main(["ports", "--help"]) == 0
    assert "All the serial ports." in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert vermilion.main(["--version"]) == 0
    assert capsys.readouterr().out == f"vermilion {VERSION}\n"


@pytest.mark.parametrize("name", sorted(vermilion.COMMANDS))
def test_every_command_of_the_table_is_there(name: str) -> None:
    command = vermilion.COMMANDS[name]
    assert callable(getattr(importlib.import_module(command.module), command.function))


def run_python(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=False)


def test_help_loads_no_part_and_no_library() -> None:
    heavy = "{'typer', 'rich', 'numpy', 'pydantic', 'asyncio', 'ground.cli', 'sim.cli', 'flight.links'}"
    done = run_python(f"import sys, vermilion; vermilion.main(['--help']); print(sorted({heavy} & set(sys.modules)))")
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    writer = (
        "import sys, types, vermilion\n"
        "part = types.ModuleType('part')\n"
        "part.entry = lambda: [print('x' * 1000, flush=True) for _ in range(1000)]\n"
        "sys.modules['part'] = part\n"
        "vermilion.COMMANDS['replay'] = vermilion.Command('part', 'entry', '')\n"
        "sys.exit(vermilion.main(['replay']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", writer], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait() == 141
