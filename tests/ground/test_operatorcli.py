"""The command `limits`: what it shows, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flight.wire.errors import Misuse
from ground.limitsfile import parse
from ground.operatorcli import limits

BUS = "power.bus_voltage"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "limits.toml"


def shown(capsys: pytest.CaptureFixture[str], file: Path, channel: str = "") -> list[str]:
    capsys.readouterr()
    limits("list", channel, file=file)
    return capsys.readouterr().out.splitlines()


def test_limits_are_set_shown_and_taken_back(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits("set", BUS, ["warning_low=27", "critical_low", "26"], file=file)
    assert parse(file.read_text(), "")["power", "bus_voltage", "", "critical_low"] == 26.0
    assert shown(capsys, file, BUS)[1].split("warning_low")[1].split() == ["27", "V", "(dictionary:", "24)"]
    limits("set", BUS, ["warning_fall=2", "warning_low=off"], "*_burn", file)
    limits("unset", BUS, ["critical_low"], file=file)
    rows = shown(capsys, file, BUS)
    assert next(row.split()[-3:] for row in rows) == ["critical_low", "22", "V"]
    assert any("*_burn" in row and row.endswith("2 V/s   (dictionary: not checked)") for row in rows)
    limits("unset", BUS, phase="*_burn", file=file)
    limits("unset", BUS, file=file)
    assert parse(file.read_text(), "") == {}
    assert [part.name for part in file.parent.iterdir()] == ["limits.toml"]


def test_json_has_one_object_a_bound(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits("set", BUS, ["warning_fall=2"], "*_burn", file)
    capsys.readouterr()
    limits("list", BUS, file=file, as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "channel": BUS, "phase": "*_burn", "bound": "warning_fall", "value": 2.0, "dictionary": None, "unit": "V/s",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "channel", "bounds", "reason"),
    [
        ("set", "power.bus_voltag", ["warning_low=1"], "did you mean power.bus_voltage"),
        ("set", "", ["warning_low=1"], "PACKET.FIELD: there is no such number"),
        ("set", "actuators.throttle", ["warning_low=1"], "there is no such number"),
        ("set", "discretes.umbilical", ["warning_low=1"], "there is no such number"),
        ("set", BUS, ["warning_low=1"], "must rise"),
        ("set", BUS, ["critical_fall=-1"], "rates must be above 0"),
        ("set", BUS, [], "say BOUND=VALUE"),
        ("set", BUS, ["low=1"], "low: no bound; one of critical_low"),
        ("set", BUS, ["warning_low=abc"], "'abc' is no number"),
        ("set", BUS, ["warning_low"], "'' is no number"),
        ("set", BUS, ["warning_low=inf"], "must be finite"),
        ("unset", "power.bus_current", [], "nothing of it is set"),
    ],
)
def test_wrong_use_is_one_line_and_changes_nothing(
    file: Path, action: str, channel: str, bounds: list[str], reason: str
) -> None:
    limits("set", BUS, ["warning_high=32"], file=file)
    whole = file.read_text()
    with pytest.raises(Misuse) as caught:
        limits(action, channel, bounds, file=file)  # type: ignore[arg-type]
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert file.read_text() == whole


def test_a_file_that_is_bad_or_cannot_be_written_is_said(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    file.write_text("[power")
    with pytest.raises(Misuse, match="not valid TOML"):
        limits("set", BUS, ["warning_low=27"], file=file)
    with pytest.raises(Misuse, match="cannot be"):
        limits("set", BUS, ["warning_low=27"], file=file / "below.toml")
