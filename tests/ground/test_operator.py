"""What an operator asks while a station runs: limits that change on the disk, alarms that he has seen."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from flight.wire.errors import Misuse
from ground.inputs import Acknowledge, Close, Followed, Input, LimitEdit, Notice, Refused
from ground.operator import Operator, ask
from ground.recording import Header, Recording, Trailer, Writer
from ground.replay import Replay
from ground.report import Alarm, Report
from ground.shell import Shell
from ground.station import Station
from tests.ground.toy import NAME, Script, config, fly

LOW = "[power.bus_voltage]\nwarning_low = 28.5\n"


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    found = Operator(tmp_path / "limits.toml", tmp_path / "flight.vrec.operator")
    found.open()
    return found


def asked(operator: Operator) -> list[Input]:
    return [make(7) for make in operator.poll()]


def put(path: Path, text: str, tick: int) -> None:
    """Writes a file whose time of change is another than before, however coarse the file system's clock."""
    path.write_text(text)
    os.utime(path, ns=(tick * 10**9, tick * 10**9))


def test_without_files_nothing_is_asked(tmp_path: Path) -> None:
    assert asked(Operator(tmp_path / "none.toml", tmp_path / "none.operator")) == []


def test_a_file_of_limits_is_followed_once_for_each_change(operator: Operator, tmp_path: Path) -> None:
    put(tmp_path / "limits.toml", LOW, 1)
    edit = LimitEdit(7, "power", "bus_voltage", "warning_low", 28.5)
    assert asked(operator) == [edit]
    assert asked(operator) == []
    put(tmp_path / "limits.toml", LOW.replace("28.5", "26.0"), 2)
    assert asked(operator)[-1] == replace(edit, value=26.0)
    (tmp_path / "limits.toml").unlink()
    assert asked(operator)[-1] == replace(edit, value=None, reset=True)


@pytest.mark.parametrize("bad", ["[power", "power = 1", "\x00", "[power.bus_voltage]\nwarning_low = 'low'"])
def test_a_bad_file_is_complained_of_once_and_changes_nothing(operator: Operator, tmp_path: Path, bad: str) -> None:
    put(tmp_path / "limits.toml", LOW, 1)
    asked(operator)
    put(tmp_path / "limits.toml", bad, 2)
    assert asked(operator) == asked(operator) == []
    (complaint,) = operator.complaints
    assert "limits stay as they were" in complaint
    assert "\n" not in complaint
    put(tmp_path / "limits.toml", LOW.replace("28.5", "27.0"), 3)
    assert asked(operator)[-1] == LimitEdit(7, "power", "bus_voltage", "warning_low", 27.0)


def test_an_alarm_that_has_been_seen_is_told_to_the_station_that_runs(operator: Operator, tmp_path: Path) -> None:
    requests = tmp_path / "flight.vrec.operator"
    ask(requests, "zhuque-1", "attitude_loss")
    ask(requests, "zhuque-1", "gnss_lost")
    assert asked(operator) == [Acknowledge(7, "zhuque-1", "attitude_loss"), Acknowledge(7, "zhuque-1", "gnss_lost")]
    assert asked(operator) == []
    operator.close()
    with pytest.raises(Misuse, match="does the station still run"):
        ask(requests, "zhuque-1", "attitude_loss")


def test_requests_of_a_killed_station_are_not_taken_and_nonsense_is_passed_over(tmp_path: Path) -> None:
    requests = tmp_path / "flight.vrec.operator"
    requests.write_bytes(b'{"acknowledge":{"vehicle":"old","alarm":"old"}}\n')
    operator = Operator(tmp_path / "limits.toml", requests)
    operator.open()
    with requests.open("ab") as file:
        file.write(
            b'nonsense\n{"acknowledge":3}\n'
            + b"\xff" * 200_000
            + b'\n{"acknowledge":{"vehicle":"v","alarm":"a"}}\n{"ack'
        )
    found: list[Input] = []
    for _ in range(6):
        found += asked(operator)
    assert found == [Acknowledge(7, "v", "a")]
    assert operator.complaints


class Watching:
    """A view that remembers, and stops the shell where a test says so."""

    def __init__(self) -> None:
        self.seen: list[Report | Notice] = []

    def show(self, output: Report | Notice) -> None:
        self.seen.append(output)

    def waiting(self, link: str, reason: str) -> None:
        pass


def test_what_an_operator_asks_is_recorded_and_replays_the_same(operator: Operator, tmp_path: Path) -> None:
    put(tmp_path / "limits.toml", LOW, 1)
    path = tmp_path / "flight.vrec"
    writer = Writer(path, Header("test", "2026-01-01T00:00:00+00:00", config()))
    station, view = Station(config()), Watching()
    shell = Shell(station, writer, [view], clock_ns=iter(range(0, 10**12, 10**6)).__next__, operator=operator)

    async def session() -> None:
        running = asyncio.create_task(shell.run({}))
        await asyncio.sleep(0.05)
        for chunk in fly(Script(end_s=3.0, end=False)).chunks():
            shell.feed(lambda ns, chunk=chunk: replace(chunk, received_ns=ns))  # type: ignore[misc]
        ask(tmp_path / "flight.vrec.operator", NAME, "bus_undervoltage")
        put(tmp_path / "limits.toml", "[power", 2)
        await asyncio.sleep(0.8)
        shell.stop()
        await running

    asyncio.run(session())
    writer.close(Trailer(station.received_ns, station.event_log_sha256, station.counters))
    assert [report.name for report in view.seen if isinstance(report, Alarm)] == ["bus_undervoltage"]
    followed = [notice.what for notice in view.seen if isinstance(notice, Followed)]
    assert followed == ["power.bus_voltage: warning_low is 28.5", f"{NAME}: bus_undervoltage is acknowledged"]
    (refused,) = [notice.reason for notice in view.seen if isinstance(notice, Refused)]
    assert "not valid TOML" in refused
    assert station.vehicles[NAME].journal.alarms == ()
    recording = Recording(path)
    kinds = [type(given) for given in recording]
    assert (kinds.count(LimitEdit), kinds.count(Acknowledge), kinds[-1]) == (1, 1, Close)
    again = Replay(Recording(path), config())
    for _ in again:
        pass
    assert again.matches is True
    assert not (tmp_path / "flight.vrec.operator").exists()
