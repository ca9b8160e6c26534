"""An operator beside a running station: limits and acknowledgements from the command line, as real processes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flight.links.broker import free_port
from tests.system import processes


def test_a_station_that_runs_follows_and_its_recording_replays_the_same(tmp_path: Path) -> None:
    assert processes.run("limits", "set", "power.bus_voltage", "warning_low=29", folder=tmp_path).status == 0
    port = free_port()
    station = processes.start("ground", f"tcp-listen://127.0.0.1:{port}", "--json", folder=tmp_path)
    until = time.monotonic() + 60.0
    while not list((tmp_path / "recordings").glob("*.operator")):
        assert time.monotonic() < until
        time.sleep(0.05)
    url = f"tcp://127.0.0.1:{port}"
    flight = processes.start("fly", "os-x0", "--to", url, "--speed", "20", folder=tmp_path)
    (recording,) = (tmp_path / "recordings").glob("*.vermilion")
    while b"bus_voltage" not in recording.read_bytes() or recording.stat().st_size < 400_000:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert processes.run("acknowledge", "os-x0", "bus_undervoltage", folder=tmp_path).status == 0
    assert processes.run("acknowledge", "os-x0", "breakup", folder=tmp_path).status == 0
    assert processes.finish(flight).status == 0
    heard = processes.finish(station)
    assert heard.alarms["bus_undervoltage"]["limit"] == 29.0
    assert "no alarm 'breakup' stands" in heard.err
    again = processes.run("replay", str(recording), "--json", folder=tmp_path)
    assert (again.status, again.log) == (0, heard.log)
    gone = processes.run("acknowledge", "os-x0", "bus_undervoltage", folder=tmp_path)
    assert (gone.status, "no station runs" in gone.err) == (2, True)


@pytest.mark.parametrize("arguments", [("acknowledge", "os-x0", "breakup", "--recording", "none.vermilion")])
def test_without_a_station_nobody_can_be_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said = processes.run(*arguments, folder=tmp_path)
    assert (said.status, said.err.count("\n")) == (2, 1)
    assert "no station runs that records there" in said.err
