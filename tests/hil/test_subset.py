"""The flight subset: what it refuses, where, and that it lets a realistic computer pass."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from hil.firmware import subset
from hil.firmware.language import Refusal

ROOT = Path(__file__).parents[2]

PRELUDE = """\
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

PERIOD: Final = 5
GAIN: Final = 0.5
TABLE: Final = (1.0, 2.0, 4.0)

@dataclass(slots=True)
class Inner:
    x: float = 0.0
    n: int = 0
    ok: bool = False

@dataclass(frozen=True, slots=True)
class Row:
    code: int
    limit: float

ROWS: Final = (Row(1, 2.0), Row(2, 3.0))

@dataclass(slots=True)
class State:
    inner: Inner = field(default_factory=Inner)
    y: float = 0.0
    knots: tuple[float, float] = (0.0, 0.0)

def pair(a: float) -> tuple[float, float]:
    return a, -a

def touch(s: State) -> float:
    s.y = s.y + 1.0
    return s.y

def fire(s: State) -> None:
    s.inner.ok = True

"""


def refusals(folder: Path, text: str) -> list[Refusal]:
    file = folder / "snippet.py"
    file.write_text(dedent(text))
    return subset.check([file])


def in_function(body: str) -> str:
    """The body as that of a function with a float, an int, a bool and a record; its return is up to it."""
    lines = dedent(body).strip().splitlines()
    return (
        PRELUDE + "def f(x: float, i: int, b: bool, s: State) -> float:\n" + "".join(f"    {line}\n" for line in lines)
    )


ACCEPTED = [
    "return x * GAIN + float(i // PERIOD) + sqrt(s.y * s.y)",
    "n = i\nn += 2\nif b:\n    n = n - 1\nreturn float(n)",
    "if x > 1.0 and not b:\n    y = 1.0\nelif i == 3:\n    y = 2.0\nelse:\n    return 0.0\nreturn y",
    "y = 0.0\nfor k in range(len(TABLE)):\n    if TABLE[k] > x:\n        break\n    y = y + TABLE[k]\nreturn y",
    "total = 0.0\nfor k in range(1, i):\n    for m in range(k):\n        total += float(m)\nreturn total",
    "s.y, z = pair(x)\nreturn z",
    "y = touch(s)\nfire(s)\nreturn y",
    "inner = s.inner\ninner.n = inner.n | (1 << i)\nreturn inner.x",
    "row = ROWS[i]\nreturn row.limit if row.code == 1 else s.knots[0]",
    "y: float = touch(s)\nreturn y",
    "n = int(x) & 0xFF ^ ~i\nreturn -float(n >> 2)",
    "return touch(s)",
]


@pytest.mark.parametrize("body", ACCEPTED)
def test_what_the_subset_has_is_accepted(tmp_path: Path, body: str) -> None:
    assert refusals(tmp_path, in_function(body)) == []


# The body of a function, its refused line marked, and a part of the message.
REFUSED_IN_FUNCTIONS = [
    # numbers
    ("return x + i  # here", "write float(i)"),
    ("return x * 2  # here", "2.0"),
    ("return x if b else i  # here", "the two choices"),
    ("return float(i / 2)  # here", "/ divides two floats"),
    ("return x % 2.0  # here", "// and % are for ints"),
    ("return float(i % i)  # here", "positive constant"),
    ("return float(i // -3)  # here", "positive constant"),
    ("return x ** 2.0  # here", "write the multiplications"),
    ("return float(i & b)  # here", "bits are of ints"),
    ("return x @ x  # here", "no meaning"),
    ("return +x  # here", "+ is not for float"),
    ("return float(-b)  # here", "- is not for bool"),
    ("return float(~x)  # here", "~ is not for float"),
    ("return float(i + 4294967295)  # here", "32 bits"),
    ("return float(2147483647 + PERIOD)  # here", "this is 2147483652"),
    ("return float(i | 1 << 31)  # here", "this is 2147483648"),
    ("return float(i << 32)  # here", "a shift is by 0 to 31"),
    ("return float(i >> -1)  # here", "a shift is by 0 to 31"),
    ("i *= 65536 * 65536  # here\nreturn x", "this is 4294967296"),
    ("return TABLE[PERIOD - 2]  # here", "outside of the table"),
    ("return 1.0e999  # here", "infinite"),
    ("return float(x)  # here", "a float is one already"),
    ("return float(int(i))  # here", "an int is one already"),
    ("return sqrt(i)  # here", "sqrt"),
    ("return abs(x)  # here", "flight/computer/maths.py"),
    ("return min(x, 1.0)  # here", "flight/computer/maths.py"),
    ("return round(x)  # here", "flight/computer/maths.py"),
    ("return x.real  # here", "has no fields"),
    # truth
    ("if i:  # here\n    return 1.0\nreturn 0.0", "write the comparison"),
    ("return 1.0 if x else 0.0  # here", "write the comparison"),
    ("if b and i:  # here\n    return 1.0\nreturn 0.0", "write the comparison"),
    ("if not x:  # here\n    return 1.0\nreturn 0.0", "write the comparison"),
    ("if 0.0 < x < 1.0:  # here\n    return 1.0\nreturn 0.0", "write a < b and b < c"),
    ("if x > 1:  # here\n    return 1.0\nreturn 0.0", "float is compared with int"),
    ("if b < b:  # here\n    return 1.0\nreturn 0.0", "no such comparison"),
    ("if s.inner == s.inner:  # here\n    return 1.0\nreturn 0.0", "no such comparison"),
    ("if i == i:  # here\n    return 1.0\nreturn 0.0", "both sides are the same"),
    ("if s is None:  # here\n    return 1.0\nreturn 0.0", "no identity"),
    ("if i in (1, 2):  # here\n    return 1.0\nreturn 0.0", "comparisons joined by `or`"),
    ("b = bool(i)  # here\nreturn x", "write the comparison"),
    # names, paths and types
    ("if b:\n    y = 1.0\nreturn y  # here", "may have no value here"),
    ("for k in range(3):\n    y = x\nreturn y  # here", "may have no value here"),
    ("for k in range(3):\n    pass\nreturn float(k)  # here", "may have no value here"),
    ("for k in range(3):\n    k = 2  # here\nreturn x", "counts the loop"),
    ("y = 1.0\ny = 1  # here\nreturn x", "y is float already"),
    ("y: float = 1  # here\nreturn y", "y is float, this is int"),
    ("y: float  # here\nreturn x", "write a first value"),
    ("return z  # here", "z is not known"),
    ("return GAIN.x  # here", "has no fields"),
    ("return s.z  # here", "State has no field z"),
    ("GAIN = 2.0  # here\nreturn x", "already a name of the module"),
    ("register = 2.0  # here\nreturn x", "a word of C"),
    ("y = z = x  # here\nreturn y", "one target"),
    ("y, z = x, x  # here\nreturn y", "only a call with several results"),
    ("y, z, w = pair(x)  # here\nreturn y", "gives 2 values"),
    ("y = pair(x)  # here\nreturn x", "write a, b = f(…)"),
    ("y = fire(s)  # here\nreturn x", "write the call alone"),
    ("s.inner = s.inner  # here\nreturn x", "one by one"),
    ("s.y = i  # here\nreturn x", "y is float, this is int"),
    ("s.knots[0] = x  # here\nreturn x", "elements do not change"),
    ("row = ROWS[0]\nrow.limit = x  # here\nreturn x", "Row is frozen"),
    ("i += x  # here\nreturn x", "int and float are mixed"),
    # tables
    ("return TABLE[3]  # here", "outside of the table"),
    ("return TABLE[-1]  # here", "outside of the table"),
    ("return TABLE[x]  # here", "a table's index is int"),
    ("t = TABLE[0:2]  # here\nreturn x", "one element at a time"),
    ("return x[0]  # here", "only tables have elements"),
    # control
    ("while b:  # here\n    pass\nreturn x", "range(LIMIT)"),
    ("for k in TABLE:  # here\n    pass\nreturn x", "write for NAME in range"),
    ("for k in range(0, 9, 2):  # here\n    pass\nreturn x", "write for NAME in range"),
    ("for k in range(x):  # here\n    pass\nreturn x", "a loop's bound is int"),
    ("for k in range(3):\n    pass\nelse:\n    y = x  # here\nreturn x", "a loop has no else"),
    ("for s.y in range(3):  # here\n    pass\nreturn x", "counts with one name"),
    ("return x\ny = x  # here", "never reached"),
    ("return  # here", "returns float"),
    ("return i  # here", "the result of f is float"),
    ("try:  # here\n    y = x\nexcept ValueError:\n    y = 0.0\nreturn y", "no exceptions"),
    ("with s:  # here\n    pass\nreturn x", "nothing is opened"),
    ("raise ValueError  # here", "no exceptions"),
    ("assert b  # here\nreturn x", "no exceptions"),
    ("match i:  # here\n    case 1:\n        pass\nreturn x", "write if and elif"),
    ("global GAIN  # here\nreturn x", "field of a record"),
    ("del x  # here\nreturn 0.0", "nothing is deleted"),
    ("import math  # here\nreturn x", "imports stand at the top"),
    # objects made at run time
    ("t = Inner()  # here\nreturn x", "would need memory"),
    ("t = [x]  # here\nreturn x", "lists need memory"),
    ("t = {1: x}  # here\nreturn x", "dictionaries need memory"),
    ("t = {x}  # here\nreturn x", "sets need memory"),
    ("t = [k for k in TABLE]  # here\nreturn x", "comprehensions need memory"),
    ("t = (x, x)  # here\nreturn x", "only behind `return`"),
    ("t = f'{x}'  # here\nreturn x", "no text"),
    ("t = 'text'  # here\nreturn x", "no text"),
    ("t = None  # here\nreturn x", "no None"),
    ("t = lambda: x  # here\nreturn x", "no functions inside functions"),
    ("def g() -> None:  # here\n    pass\nreturn x", "no functions inside functions"),
    ("if (y := x) > 0.0:  # here\n    pass\nreturn x", "does not assign"),
    # calls
    ("return pair(x)  # here", "the result of f is float"),
    ("return touch(s, s)  # here", "takes 1 values"),
    ("return touch(s=s)  # here", "by position"),
    ("y, z = pair(i)  # here\nreturn y", "pair's a is float"),
    ("touch(s)  # here\nreturn x", "goes nowhere"),
    ("x  # here\nreturn x", "goes nowhere"),
    ("return unknown(x)  # here", "not a function of flight.computer"),
    ("return s.inner.step(x)  # here", "no methods"),
    ("return GAIN(x)  # here", "not a function"),
    ("return touch  # here", "not a value"),
    ("return s.y + touch(s)  # here", "touch writes to a record"),
    ("y = -touch(s)  # here\nreturn y", "touch writes to a record"),
    ("x += touch(s)  # here\nreturn x", "touch writes to a record"),
    ("return f(x, i, b, s)", "f calls itself"),
]


@pytest.mark.parametrize(("body", "message"), REFUSED_IN_FUNCTIONS)
def test_what_a_function_may_not_do_is_refused_with_its_line(tmp_path: Path, body: str, message: str) -> None:
    assert_refused(tmp_path, in_function(body), message)


REFUSED_IN_MODULES = [
    ("import numpy  # here", "numpy is not on board"),
    ("import math as m  # here", "not on board"),
    ("from math import sin  # here", "sin of math is not on board"),
    ("from .maths import clamp  # here", "imports are absolute"),
    ("from flight.computer.maths import clamp  # here", "not among the files checked"),
    ("from math import sqrt as root  # here", "without `as`"),
    ("from random import random  # here", "not on board"),
    ("x: Final = 1.0\nx: Final = 2.0  # here", "declared twice"),
    ("X: Final[int] = 1.0  # here", "X is float, not int"),
    ("X: Final = 1.0 / 0.0  # here", "no value"),
    ("X: Final = 1 << 31  # here", "32-bit"),
    ("X: Final = [1.0]  # here", "lists need memory"),
    ("X: Final = (1.0, 2)  # here", "one type"),
    ("from math import sqrt\nX: Final = sqrt(2.0)  # here", "numbers, constants and operators"),
    ("X: Final = 'text'  # here", "no text"),
    ("if True:  # here\n    X = 1.0", "inside a function"),
    ("for i in range(3):  # here\n    pass", "inside a function"),
    ("X: Final = 1\nX += 1  # here", "does not change"),
    ("class A:  # here\n    x: float", "not a record"),
    ("@dataclass  \nclass A:  # here\n    x: float", "not a record"),
    ("@dataclass(slots=True)\nclass A:\n    x: str  # here", "not a type on board"),
    ("@dataclass(slots=True)\nclass A:\n    x: list[float]  # here", "not a type on board"),
    ("@dataclass(slots=True)\nclass A:\n    x: tuple[float, int]  # here", "one type"),
    ("@dataclass(slots=True)\nclass A:\n    x: float = 1  # here", "its default int"),
    ("@dataclass(slots=True)\nclass A:\n    x: float = field(default=1.0)  # here", "in a way that C has not"),
    ("@dataclass(slots=True)\nclass A:\n    default: float  # here", "a word of C"),
    ("@dataclass(slots=True)\nclass A:\n    x: float\n    def f(self) -> None:  # here\n        pass", "no methods"),
    ("@dataclass(slots=True)\nclass A:\n    x = 1.0  # here", "typed fields"),
    ("@dataclass(slots=True)\nclass B(A):  # here\n    x: float", "inherits"),
    ("@dataclass(slots=True)\nclass A:\n    x: float\nT: Final = (A(1.0), A(2.0))  # here", "frozen=True"),
    ("@dataclass(frozen=True, slots=True)\nclass A:\n    x: float\nT: Final = (A(1),)  # here", "x is float"),
    ("@dataclass(frozen=True, slots=True)\nclass A:\n    x: float\nT: Final = (A(),)  # here", "has 1 fields"),
    ("def f(x) -> float:  # here\n    return 1.0", "x has no type"),
    ("def f(x: float):  # here\n    return x", "-> None"),
    ("def f(x: float = 1.0) -> float:  # here\n    return x", "default values"),
    ("def f(*x: float) -> None:  # here\n    pass", "varying list"),
    ("def f(*, x: float) -> float:  # here\n    return x", "varying list"),
    ("def f(x: 'float') -> float:  # here\n    return 1.0", "not a type on board"),
    ("def f(x: float | None) -> float:  # here\n    return 1.0", "not a type on board"),
    ("@cache\ndef f(x: float) -> float:  # here\n    return x", "decorated"),
    ("async def f(x: float) -> float:  # here\n    return x", "does not wait"),
    ("def f(x: float) -> float:  # here\n    if x > 0.0:\n        return x", "end without a value"),
    ("def f(x: float) -> None:\n    return x  # here", "returns nothing"),
    ("def f(t: tuple[float, ...]) -> int:\n    return len(t)  # here", "stated length"),
    ("@dataclass(slots=True)\nclass A:\n    x: tuple[float, ...]  # here", "once for each element"),
    ("@dataclass(slots=True)\nclass A:\n    x: float = 1.0  # here", "begin as zeros"),
    ("@dataclass(slots=True)\nclass A:\n    x: float = -0.0  # here", "begin as zeros"),
    (
        "@dataclass(slots=True)\nclass A:\n    x: int\n@dataclass(frozen=True, slots=True)\nclass B:\n    a: A  # here",
        "frozen=True on A",
    ),
    ("memset: Final = 1  # here", "kept for it"),
    ("def vermilion_f() -> None:  # here\n    pass", "kept for it"),
    ("def _F() -> None:  # here\n    pass", "kept for it"),
    ("größe: Final = 1  # here", "kept for it"),
    ("uint8_t: Final = 1  # here", "kept for it"),
    ("def f(x: float) -> tuple[float, int]:\n    return x, x  # here", "a result of f is int"),
    ("def f(x: float) -> tuple[float, int]:\n    return x, 1, 1  # here", "returns 2 values"),
    ("X = 1.0 +  # here", "not Python"),
]


@pytest.mark.parametrize(("module", "message"), REFUSED_IN_MODULES)
def test_what_a_module_may_not_hold_is_refused_with_its_line(tmp_path: Path, module: str, message: str) -> None:
    heading = "from dataclasses import dataclass, field\nfrom typing import Final\n\n"
    assert_refused(tmp_path, heading + module, message)


def assert_refused(folder: Path, text: str, message: str) -> None:
    marked = [number for number, line in enumerate(text.splitlines(), 1) if "# here" in line]
    found = refusals(folder, text)
    assert any(message in refusal.message and refusal.line in (marked or [refusal.line]) for refusal in found), found
    assert all("; write" in refusal.message or "remove" in refusal.message for refusal in found), found


def test_recursion_through_another_function_is_found(tmp_path: Path) -> None:
    text = "def f(n: int) -> int:\n    return g(n)\ndef g(n: int) -> int:\n    return f(n)\n"
    assert [refusal.line for refusal in refusals(tmp_path, text)] == [1, 3]


def test_a_write_two_calls_away_still_needs_a_line_of_its_own(tmp_path: Path) -> None:
    text = in_function("return outer(s) * 2.0  # here").replace(
        "def f(", "def outer(s: State) -> float:\n    return touch(s)\n\ndef f("
    )
    assert_refused(tmp_path, text, "outer writes to a record")


def test_modules_are_checked_as_one_program(tmp_path: Path) -> None:
    (tmp_path / "maths.py").write_text("def half(x: float) -> float:\n    return 0.5 * x\n")
    (tmp_path / "control.py").write_text(
        "from flight.computer.maths import half, third\n\ndef f(i: int) -> float:\n    return half(i)\n"
    )
    assert [(refusal.file.name, refusal.line) for refusal in subset.check([tmp_path])] == [
        ("control.py", 1),
        ("control.py", 4),
    ]


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from flight.computer.b import B\n\nA = 1\n")
    (tmp_path / "b.py").write_text("from flight.computer.a import A\n\nB = 1\n")
    assert any("imports this module too" in refusal.message for refusal in subset.check([tmp_path]))


def test_the_onboard_computer_is_in_the_subset() -> None:
    assert [str(refusal) for refusal in subset.check([ROOT / "flight/computer"])] == []


def test_the_command_prints_file_line_and_advice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.py"
    file.write_text("def f(x: float) -> float:\n    return x * 2\n")
    assert subset.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith(f"{file}:2: int and float are mixed; write ")
    file.write_text("def f(x: float) -> float:\n    return x * 2.0\n")
    assert subset.main([str(tmp_path)]) == 0
    assert subset.main([str(tmp_path / "absent.py")]) == 2
    assert subset.main([]) == 2
