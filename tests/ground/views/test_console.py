"""The console drawn at the sizes that terminals have: all that matters on one screen, alarms in the right light."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from ground.inputs import Acknowledge, Tick
from ground.station import Station
from ground.views.console import LiveConsole
from tests.ground.toy import NAME, Script, config, fly

ILL = Script(end_s=47.0, end=False, tank=lambda t: 2.4e6 if t < 20.0 else 1.0e6)


def screen(
    script: Script, width: int, height: int, acknowledged: str = "", silent_s: float = 0.0
) -> tuple[str, list[str]]:
    """What the terminal is sent, and the lines on it."""
    station = Station(config())
    text = io.StringIO()
    console = Console(file=text, width=width, height=height, force_terminal=True, color_system="standard")
    view = LiveConsole(station, console, "flight.vermilion")
    last = 0
    for chunk in fly(script).chunks():
        last = chunk.received_ns
        for out in station.receive(chunk):
            view.show(out)
    if acknowledged:
        station.receive(Acknowledge(last, NAME, acknowledged))
    if silent_s:
        station.receive(Tick(last + round(silent_s * 1e9)))
    view.draw()
    assert view._picture is not None
    console.print(view._picture)
    sent = text.getvalue()
    plain = Console(file=io.StringIO(), width=width, height=height)
    with plain.capture() as caught:
        plain.print(view._picture)
    return sent, caught.get().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (150, 45)])
def test_it_fits_the_screen_and_shows_what_matters(width: int, height: int) -> None:
    _, lines = screen(ILL, width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    shown = "\n".join(lines)
    for wanted in (
        "T+43.0 s", "apogee in", "altitude", "impact", "antenna", "clock known to", "link 100 %", "tank_pressure_low",
        "payload_separation", "confirmed", "frames, 0 lost",
    ):  # fmt: skip
        assert wanted in shown, wanted
    assert ("GNSS" in shown or "pyrotechnic" in shown or "breakwire" in shown) is (width >= 100)


def test_the_timeline_keeps_the_newest_where_there_is_no_room_for_all() -> None:
    _, small = screen(ILL, 80, 24)
    _, large = screen(ILL, 80, 60)
    assert any(" ignition " in line for line in large)
    assert not any(" ignition " in line for line in small)
    assert any("stage_3_burnout" in line for line in small)


def test_an_acknowledged_alarm_is_dimmed_and_stays() -> None:
    before, _ = screen(ILL, 100, 40)
    after, lines = screen(ILL, 100, 40, acknowledged="tank_pressure_low")
    (line,) = [line for line in lines if "tank_pressure_low" in line]
    assert "acknowledged T +" in line
    dim = "\x1b[2m"
    (lit,) = [line for line in before.splitlines() if "tank_pressure_low" in line]
    (faint,) = [line for line in after.splitlines() if "tank_pressure_low" in line]
    assert dim not in lit.partition("tank_pressure_low")[0].replace("\x1b[2m─", "")
    assert dim in faint.partition("tank_pressure_low")[0]


def test_a_silent_link_is_red_and_an_untimed_clock_is_said_so() -> None:
    _, lines = screen(ILL, 100, 40, silent_s=5.0)
    assert any("silent 5 s" in line for line in lines)
    _, lines = screen(replace(ILL, time_rate=0.0), 100, 40)
    assert any("clock untimed" in line for line in lines)


def test_without_navigation_it_says_so() -> None:
    station = Station(config())
    view = LiveConsole(station, Console(file=io.StringIO(), width=80, height=24), "x")
    for chunk in fly(Script(end_s=10.0)).chunks(lambda t, kind: kind not in ("navigation", "gnss")):
        station.receive(chunk)
    view.draw()
    with (plain := Console(file=io.StringIO(), width=80, height=24)).capture() as caught:
        plain.print(view._picture)
    assert "no navigation yet" in caught.get()
