"""The translator: the C has the bits of the Python, on random programs and on the onboard computer's own functions."""

from __future__ import annotations

import ctypes
import math
import random
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flight.computer import computer as onboard
from flight.computer import maths, records
from flight.onboard import zeroed
from flight.wire.errors import Misuse
from hil.firmware import translate
from hil.firmware.language import RecordType, Several
from tests.hil import programs
from tests.hil.compiled import CORE, bits, fill, library, same, structure

ROOT = Path(__file__).parents[2]
SPECIAL = (0.0, -0.0, 1.0, -1.0, 5e-324, -2.2e-308, 1.7e308, math.inf, -math.inf, math.nan, 0.1, 1e5, -12345.678)
NUMBERS = st.sampled_from(SPECIAL) | st.floats(-1e6, 1e6) | st.floats()


def translated(folder: Path, texts: dict[str, str]) -> tuple[translate.Translation, ctypes.CDLL, Any]:
    """Modules of flight.computer by name, in C and compiled."""
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    program = translate.load([folder])
    made = translate.translate(program)
    translate.write(made, folder)
    return made, library(folder, [folder / "flight_computer.c", CORE / "arithmetic.c"]), program


def loaded(name: str, text: str) -> Any:
    """The module as Python runs it."""
    module = types.ModuleType(f"flight.computer.{name}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, f"{name}.py", "exec", dont_inherit=True), module.__dict__)
    finally:
        del sys.modules[module.__name__]
    return module


def state(module: Any, rng: random.Random) -> Any:
    """A State of a random program, with numbers of all kinds."""

    def number() -> float:
        return rng.choice(SPECIAL) if rng.random() < 0.5 else rng.uniform(-100.0, 100.0)

    def part() -> Any:
        return module.Part(number(), rng.randint(-20000, 20000), rng.random() < 0.5)

    knots = (number(), number(), number(), number())
    parts = (part(), part(), part())
    return module.State(number(), number(), rng.randint(-9, 9), 0, rng.random() < 0.5, part(), parts, knots)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_random_programs_give_the_same_bits_in_python_and_in_c(seed: int) -> None:
    texts = {f"p{number}": programs.module(random.Random(f"{seed}/{number}")) for number in range(12)}
    with tempfile.TemporaryDirectory() as folder:
        made, compiled, program = translated(Path(folder), texts)
        for name, text in texts.items():
            module = loaded(name, text)
            declared = program.modules[f"flight.computer.{name}"]
            run = getattr(compiled, made.names.of(declared.names["run"]))
            record = structure(program, RecordType(declared.name, "State"))
            for start in range(8):
                rng = random.Random(f"{seed}/{name}/{start}")
                there = state(module, rng)
                here = record()
                fill(here, there)
                module.run(there)
                run(ctypes.byref(here))
                assert same(there, here), text


@pytest.fixture(scope="module")
def computer(tmp_path_factory: pytest.TempPathFactory) -> tuple[translate.Translation, ctypes.CDLL, Any]:
    """The onboard computer in C, with all functions of its maths within reach."""
    folder = tmp_path_factory.mktemp("computer")
    program = translate.load([ROOT / "flight/computer"])
    exported = {function.key for function in program.modules["flight.computer.maths"].functions}
    made = translate.translate(program, exported)
    translate.write(made, folder)
    return made, library(folder, [folder / "flight_computer.c", CORE / "arithmetic.c"]), program


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_the_elementary_functions_give_the_same_bits(
    computer: tuple[translate.Translation, ctypes.CDLL, Any], data: st.DataObject
) -> None:
    made, compiled, program = computer
    function = data.draw(st.sampled_from(program.modules["flight.computer.maths"].functions))
    arguments = [data.draw(NUMBERS) for _ in function.parameters]
    in_c = getattr(compiled, made.names.of(function))
    try:
        expected = getattr(maths, function.name)(*arguments)
    except (ValueError, ZeroDivisionError, OverflowError):
        return  # outside of what the function is for: C has no exceptions
    count = len(function.result.elements) if isinstance(function.result, Several) else 0
    results = [ctypes.c_double() for _ in range(count)]
    in_c.restype = None if count else ctypes.c_double
    given_back = in_c(*map(ctypes.c_double, arguments), *map(ctypes.byref, results))
    found = [result.value for result in results] if count else [given_back]
    assert [bits(number) for number in found] == [bits(number) for number in (expected if count else [expected])]


MODULE = '''"""A module."""

from math import sqrt

# What a stage may weigh.
MOST = 5.0e3  # kg, assumed
COUNT = 3


def longest(x: float, y: float) -> float:
    """The longer of two (Euclid, book I, definition 2).

    Never negative.
    """
    # Both squares are exact here.
    if x * x > y * y:  # strictly
        return sqrt(x * x)
    return sqrt(y * y)


def ratio(x: float) -> tuple[float, bool]:
    part = (x / MOST) / 2.0
    return part, part < float(COUNT)
'''


def test_names_comments_docstrings_and_parentheses_are_kept(tmp_path: Path) -> None:
    (tmp_path / "stage.py").write_text(MODULE)
    source = translate.translate(translate.load([tmp_path])).source
    for line in (
        "// What a stage may weigh.",
        "static const double MOST = 5000.0;  // kg, assumed",
        "    COUNT = 3,",
        "/* The longer of two (Euclid, book I, definition 2).",
        " * Never negative.",
        "double vermilion_longest(double x, double y)",
        "    // Both squares are exact here.",
        "    if (x * x > y * y) {  // strictly",
        "        return vermilion_square_root(x * x);",
        "void vermilion_ratio(double x, double *result_1, bool *result_2)",
        "    double part = (x / MOST) / 2.0;",
        "    *result_2 = part < (double)COUNT;",
    ):
        assert line in source.splitlines(), f"{line}\n{source}"


def test_functions_and_records_of_one_name_in_two_modules_are_two_in_c(tmp_path: Path) -> None:
    first = "GAIN = 2.0\n\ndef scale(x: float) -> float:\n    return x * GAIN\n"
    second = (
        "from flight.computer.a import scale\n\nGAIN = 3.0\n\n"
        "def both(x: float) -> float:\n    a_scale = scale(x)\n    return inner(a_scale) * GAIN\n\n"
        "def inner(x: float) -> float:\n    return x + 1.0\n"
    )
    third = (
        "GAIN = 5.0\n\ndef scale(x: float) -> float:\n    return x * GAIN\n\n"
        "def inner(x: float) -> float:\n    return scale(x)\n"
    )
    made, compiled, program = translated(tmp_path, {"a": first, "b": second, "c": third})
    both = getattr(compiled, made.names.of(program.modules["flight.computer.b"].names["both"]))
    inner = getattr(compiled, made.names.of(program.modules["flight.computer.c"].names["inner"]))
    both.restype = inner.restype = ctypes.c_double
    assert both(ctypes.c_double(4.0)) == 27.0
    assert inner(ctypes.c_double(4.0)) == 20.0


def test_a_bound_is_looked_at_once_and_a_counter_leaves_no_trace(tmp_path: Path) -> None:
    text = (
        "def run(n: int) -> int:\n    count = 0\n    i = 7\n    for i in range(n):\n        n = n - 1\n"
        "        count = count + i\n    i = 100\n    return count * 10 + i\n"
    )
    _, compiled, _ = translated(tmp_path, {"a": text})
    assert compiled.vermilion_run(4) == loaded("a", text).run(4) == 160


def test_results_go_to_fields_only_when_all_are_there(tmp_path: Path) -> None:
    text = (
        "from dataclasses import dataclass\n\n@dataclass(slots=True)\nclass S:\n    x: float\n    y: float\n\n"
        "def swapped(s: S) -> tuple[float, float]:\n    return s.y, s.x\n\n"
        "def run(s: S) -> None:\n    s.x, s.y = swapped(s)\n"
    )
    _, compiled, program = translated(tmp_path, {"a": text})
    record = structure(program, RecordType("flight.computer.a", "S"))(1.0, 2.0)
    compiled.vermilion_run(ctypes.byref(record))
    assert (record.x, record.y) == (2.0, 1.0)


CONSTANCY = """
from dataclasses import dataclass

@dataclass(slots=True)
class Part:
    x: float

@dataclass(slots=True)
class State:
    part: Part
    parts: tuple[Part, Part]

def reads(s: State) -> float:
    return reads_part(s.part) + s.parts[1].x

def reads_part(p: Part) -> float:
    return p.x

def writes_far(s: State) -> None:
    writes(s.parts[0], s)

def writes(p: Part, s: State) -> None:
    p.x = reads(s)

def names_anew(s: State) -> None:
    part = s.part
    part.x = 1.0

def gives_back(s: State, t: State, left: bool) -> Part:
    return s.part if left else t.part

def run(s: State, t: State) -> None:
    writes_far(s)
    names_anew(s)
    chosen = gives_back(s, t, True)
    chosen.x = chosen.x + reads(s)
"""


def test_records_that_a_function_does_not_write_to_are_const(tmp_path: Path) -> None:
    made, *_ = translated(tmp_path, {"a": CONSTANCY})
    for signature in (
        "double reads(const State *s)",
        "double reads_part(const Part *p)",
        "void writes_far(State *s)",
        "void writes(Part *p, const State *s)",
        "void names_anew(State *s)",
        "Part *gives_back(State *s, State *t, bool left)",
        "void vermilion_run(State *s, State *t)",
    ):
        assert signature in made.source, signature


def test_a_program_outside_of_the_subset_is_refused_with_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    file.write_text("def f(x: float) -> float:\n    return x ** 2.0\n")
    with pytest.raises(Misuse, match=r"bad.py:2: powers differ between libraries; write the multiplications"):
        translate.translate(translate.load([tmp_path]))
    with pytest.raises(Misuse, match="give files and folders"):
        translate.load([tmp_path / "absent.py"])


def test_the_command_writes_both_files_or_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text("def f(x: float) -> float:\n    return x + 1\n")
    assert translate.main([str(file), "--to", str(tmp_path / "made")]) == 1
    assert capsys.readouterr().out.startswith(f"{file}:2: ")
    assert translate.main([str(tmp_path / "absent.py"), "--to", str(tmp_path)]) == 2
    file.write_text("def f(x: float) -> float:\n    return x + 1.0\n")
    assert translate.main([str(file), "--to", str(tmp_path / "made")]) == 0
    assert "vermilion_f(double x)" in (tmp_path / "made/flight_computer.h").read_text()


def test_a_record_of_the_computer_has_the_same_fields_in_c(
    computer: tuple[translate.Translation, ctypes.CDLL, Any],
) -> None:
    _, compiled, program = computer
    record = structure(program, RecordType("flight.computer.records", "Computer"))
    here, there = record(), zeroed(records.Computer)
    fill(here, there)
    compiled.vermilion_start(ctypes.byref(here))
    onboard.start(there)
    assert same(there, here)
    assert here.sequence.liftoff_step == -1
