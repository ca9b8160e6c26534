"""Builds: the same bytes from the same sources, by any compiler the same bits, and one line where there is none."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest

import vermilion
from flight.plans import plan as plans
from flight.wire.errors import Misuse
from hil.firmware import build as builder
from hil.firmware import recipe
from hil.firmware.ports.host.recipe import LIBRARY
from hil.native import BENCH, Native
from tests.hil.flown import Flight
from tests.hil.test_native import START, frame, sensors
from tests.system_parts import needs


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Builds stand in a folder of this test."""
    monkeypatch.setattr(builder, "_parent", lambda: tmp_path / "builds")
    return tmp_path / "builds"


def test_the_same_sources_give_the_same_bytes(elsewhere: Path) -> None:
    needs("gcc", "gcc")
    first = builder.build("host", "gcc")
    shutil.rmtree(first.folder)
    second = builder.build("host", "gcc")
    assert (first.sha256, first.folder) == (second.sha256, second.folder)
    written = first.products[LIBRARY].stat().st_mtime_ns
    assert builder.build("host", "gcc").products[LIBRARY].stat().st_mtime_ns == written
    assert [path.name for path in elsewhere.iterdir() if path.is_dir()] == [first.folder.name]


def test_a_plan_of_the_users_own_makes_another_build() -> None:
    text = plans.text("zhuque-1").replace('name = "zhuque-1"', 'name = "mine"', 1)
    plan = plans.parse(text, "test")
    assert builder.build_number("host", (plan,)) != builder.build_number("host") == builder.build_number("host")
    assert len(builder.software(builder.build_number("host"))) <= 24


def test_the_number_tells_what_is_compiled_not_what_makes_it(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = builder.build_number("host")
    others = [Path(builder.__file__), Path(plans.__file__)]
    monkeypatch.setattr(builder, "_inputs", lambda board: iter(others))
    assert builder.build_number("host") == first
    generate = builder.generate

    def changed(folder: Path, *arguments: object) -> None:
        generate(folder, *arguments)  # type: ignore[arg-type]
        with (folder / "core" / "frame.c").open("a") as file:
            file.write("\n")

    monkeypatch.setattr(builder, "generate", changed)
    monkeypatch.setattr(builder, "_inputs", lambda board: iter(others[:1]))
    assert builder.build_number("host") != first


def test_zig_builds_the_same_bits(library: Path, nominal: Flight, elsewhere: Path) -> None:
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("the package ziglang is not installed")
    by_gcc, by_zig = Native(library), Native(builder.build("host", recipe.ZIG).products[LIBRARY])
    assert by_zig.answers(BENCH) == by_gcc.answers(BENCH)
    assert by_zig.receive(frame("start", *START)) == by_gcc.receive(frame("start", *START))
    for step in range(3000):
        data = sensors(nominal, step)
        assert by_zig.receive(data) == by_gcc.receive(data)
    assert by_zig.state == by_gcc.state == (2900, nominal.crcs[2900])


@pytest.mark.parametrize(
    ("board", "compiler", "message"),
    [
        ("z80", None, r"no board 'z80'; there are host"),
        ("host", "tcc", r"compiler 'tcc' is not one of gcc, cc, clang, zig"),
        ("host", None, r"no compiler \(gcc, cc, clang, zig\); install gcc or clang, or the package ziglang"),
        ("host", "gcc", r"no compiler \(gcc\); install gcc"),
    ],
)
def test_what_cannot_be_built_is_one_line(
    board: str, compiler: str | None, message: str, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Misuse, match=message) as refused:
        builder.build(board, compiler)
    assert "\n" not in str(refused.value)


def test_a_compiler_that_refuses_is_quoted(elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gcc = tmp_path / "gcc"
    gcc.write_text(
        "#!/bin/sh\n[ \"$1\" = --version ] && echo broken 1.0 && exit 0\necho 'x.c:1: error: no' >&2\nexit 1\n"
    )
    gcc.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(Misuse, match=r"gcc made no .*: x.c:1: error: no"):
        builder.build("host", "gcc")
    assert not any(path.is_dir() for path in elsewhere.iterdir())


def test_the_core_needs_no_library_and_exports_only_names_of_its_own(tmp_path: Path) -> None:
    builder.generate(tmp_path / "made", "host")
    sources = sorted([*(tmp_path / "made/core").glob("*.c"), *(tmp_path / "made/generated").glob("*.c")])
    places = [f"-I{tmp_path / 'made' / name}" for name in ("core", "generated")]
    subprocess.run(
        [needs("gcc", "gcc"), *recipe.FLAGS, *places, "-r", "-nostdlib", "-o", "core.o", *map(str, sources)],
        cwd=tmp_path,
        check=True,
    )
    listing = subprocess.run(
        [needs("nm", "binutils"), "core.o"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    symbols = [line.split()[-2:] for line in listing.splitlines()]
    assert {name for kind, name in symbols if kind == "U"} <= {"memcpy", "memset"}
    exported = {name for kind, name in symbols if kind.isupper() and kind != "U"}
    assert {"vermilion_boot", "vermilion_receive", "vermilion_step"} <= exported
    assert all(name.startswith("vermilion_") for name in exported)


def test_the_command_prints_the_products_and_their_hash(capsys: pytest.CaptureFixture[str]) -> None:
    needs("gcc", "gcc")
    made = builder.build("host", "gcc")
    assert vermilion.main(["firmware", "build", "--board", "host", "--compiler", "gcc"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(made.products[LIBRARY])
    assert vermilion.main(["firmware", "build", "--board", "host", "--compiler", "gcc", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sha256"] == made.sha256


def test_the_command_says_what_it_cannot_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert vermilion.main(["firmware", "build", "--board", "z80"]) == 2
    assert "there are host" in capsys.readouterr().err
    assert vermilion.main(["firmware", "polish"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
