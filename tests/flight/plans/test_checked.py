"""Checked tables: what is taken, and what each refusal says."""

from collections.abc import Callable

import pytest

from flight.plans.checked import Section, nearest, parse
from flight.wire.errors import Misuse

TEXT = """
count = 3
size = 2.5
name = "pad"
on = true
list = [1, 2.0, 3]
[inner]
size = 1
[[row]]
size = 1
[[row]]
size = 2
"""


def table(text: str = TEXT) -> Section:
    return parse(text, "file.toml")


def test_values_of_every_kind() -> None:
    top = table()
    assert top.whole("count", 0, 9) == 3
    assert top.number("count", 0, 9) == 3.0
    assert top.number("size", 0, 9) == 2.5
    assert top.number("absent", 0, 9, 7.0) == 7.0
    assert top.text("name", 9) == "pad"
    assert top.text("absent", 9, "") == ""
    assert top.flag("on") is True
    assert top.rising("list", 0, 9, 1, 9) == (1.0, 2.0, 3.0)
    assert top.section("inner").number("size", 0, 9) == 1.0
    assert [row.whole("size", 0, 9) for row in top.sections("row", 1, 2)] == [1, 2]
    assert top.sections("none", 0, 2) == []
    top.finish()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda t: t.number("name", 0, 9), "file.toml: name: 'pad' is no number"),
        (lambda t: t.number("on", 0, 9), "file.toml: on: True is no number"),
        (lambda t: t.number("size", 3, 9), "file.toml: size: 2.5 is outside of 3 to 9"),
        (lambda t: t.number("weight", 3, 9), "file.toml: weight: missing"),
        (lambda t: t.number("sise", 3, 9), "file.toml: sise: missing"),
        (lambda t: t.number("counts", 3, 9), "file.toml: counts: missing; is it what count was meant to be?"),
        (lambda t: t.whole("size", 0, 9), "file.toml: size: 2.5 is no whole number"),
        (lambda t: t.text("count", 9), "file.toml: count: 3 is no text; put it in quotes"),
        (lambda t: t.text("name", 2), "file.toml: name: longer than 2 bytes"),
        (lambda t: t.flag("count"), "file.toml: count: 3 is neither true nor false"),
        (lambda t: t.numbers("list", 0, 9, 4, 5), "file.toml: list: must be a list of 4 to 5 numbers"),
        (lambda t: t.numbers("list", 0, 2, 1, 5), "file.toml: list[2]: 3 is outside of 0 to 2"),
        (lambda t: t.section("count"), "file.toml: count: must be a table"),
        (lambda t: t.section("inner").number("size", 2, 9), "file.toml: inner.size: 1 is outside of 2 to 9"),
        (lambda t: t.sections("inner", 1, 2), "file.toml: inner: must be tables, each under [[inner]]"),
        (lambda t: t.sections("row", 3, 4), "file.toml: row: there are 2; 3 to 4 can be"),
        (lambda t: t.sections("row", 1, 2)[1].whole("size", 3, 4), "file.toml: row[1].size: 2 is outside of 3 to 4"),
        (lambda t: t.finish(), "file.toml: count: unknown key; one of "),
    ],
)
def test_refusals_name_file_key_and_reason(ask: Callable[[Section], object], message: str) -> None:
    with pytest.raises(Misuse) as error:
        ask(table())
    assert str(error.value) == message


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_numbers_are_finite(value: str) -> None:
    with pytest.raises(Misuse, match=r"file\.toml: size: is not finite"):
        table(f"size = {value}").number("size", -1e308, 1e308)


def test_unknown_key_suggests_the_nearest() -> None:
    top = table("sise = 1\nsize = 2")
    top.number("size", 0, 9)
    with pytest.raises(Misuse, match="sise: unknown key; did you mean size"):
        top.finish()


def test_lists_that_must_rise() -> None:
    with pytest.raises(Misuse, match="each number must be larger than the one before"):
        table("list = [1, 2, 2]").rising("list", 0, 9, 1, 9)


def test_no_toml() -> None:
    with pytest.raises(Misuse, match=r"file\.toml: not valid TOML: .*line 1"):
        table("size = = 2")


def test_nearest() -> None:
    assert nearest("nomnal", {"nominal", "maiden"}) == "did you mean nominal?"
    assert nearest("xyz", {"nominal", "maiden"}) == "one of maiden, nominal"
