"""The live console: clock and phase, products, alarms, timeline, link health; one screen of 80 x 24 or more."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Literal

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ground.inputs import Notice, Produced
from ground.report import Alarm, Event, Report, Verdict
from ground.station import Station
from ground.vehicle import VehicleStatus
from ground.views.lines import clock, sentence, verdict_sentence
from ground.views.panel import heading, lines

PERIOD_S = 0.2
_LEAST = {"event": 19, "onset": 7, "seen": 7, "computer": 8, "plan": 7, "status": 11}
"""Letters of `stage_2_main_cutoff`, +455.79 and provisional: the evidence gets what is left."""
_WIDE = 100
"""Columns from which there is room for the evidence."""
STYLE = {"provisional": "yellow", "confirmed": "green", "missed": "bold red"}
SEVERITY = {"watch": "cyan", "warning": "yellow", "critical": "bold white on red"}


class LiveConsole:
    """Draws the newest picture a few times a second from its own thread; pictures that come faster are dropped."""

    def __init__(self, station: Station, console: Console, recording: str) -> None:
        self._station = station
        self._recording = recording
        self._events: dict[tuple[str, str], Event] = {}
        self._alarms: dict[tuple[str, str], Alarm] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._note = "waiting for telemetry"
        self._console = console
        self._live = Live(console=console, auto_refresh=False, screen=False, vertical_overflow="visible")
        self._picture: RenderableType | None = None
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._work, name="console", daemon=True)

    def show(self, output: Report | Notice) -> None:
        """Remembers it for the next picture."""
        match output:
            case Event():
                self._events[output.vehicle, output.name] = output
            case Alarm():
                self._alarms[output.vehicle, output.name] = output
            case Verdict():
                self._verdicts[output.vehicle] = output
            case Produced():
                pass
            case _:
                self._note = sentence(output)

    def waiting(self, link: str, reason: str) -> None:
        """Says that a link is absent."""
        self._note = f"waiting for {link}: {reason}"

    def draw(self) -> None:
        """Makes a picture of the station as it is now; called from the station's own thread."""
        self._picture = self._render()
        self._wake.set()

    async def keep_drawing(self) -> None:
        """Begins to draw, and draws until cancelled."""
        self._thread.start()
        while True:
            self.draw()
            await asyncio.sleep(PERIOD_S)

    def close(self) -> None:
        """Leaves the last picture on the screen."""
        self.draw()
        self._ending = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def _work(self) -> None:
        with contextlib.suppress(BrokenPipeError, ValueError), self._live:
            while not self._ending or self._wake.is_set():
                self._wake.wait(1.0)
                self._wake.clear()
                if self._picture is not None:
                    self._live.update(self._picture, refresh=True)

    def _render(self) -> RenderableType:
        now = self._station.received_ns
        links = self._links()
        note = Text(f"{self._note}    recording {self._recording}", style="dim", no_wrap=True, overflow="ellipsis")
        vehicles = {name: vehicle.status(now) for name, vehicle in self._station.vehicles.items()}
        # What is left of the screen for timelines, shared by the vehicles.
        free = self._console.size.height - 2 - len(links.plain.splitlines())
        parts: list[RenderableType] = []
        for name, status in vehicles.items():
            parts.append(self._vehicle(name, status, free // len(vehicles)))
        return Group(*parts, links, note)

    def _vehicle(self, name: str, status: VehicleStatus, height: int) -> RenderableType:
        rate = "untimed" if status.time_rate == 0.0 else f"{status.time_rate:g} x real time"
        title = f"{name}, plan {status.plan}, {status.software} on {status.board}, {rate}"
        rows: list[Text] = [_short(heading(status)), *map(_short, lines(status))]
        rows += self._alarm_list(name, status, max(2, (height - 2 - len(rows)) // 3))
        if (verdict := self._verdicts.get(name)) is not None:
            good = verdict.outcome == "orbit"
            rows.append(Text(verdict_sentence(verdict), style="bold green" if good else "bold red"))
        timeline = self._timeline(name, max(3, height - 4 - len(rows)))
        return Panel(Group(*rows, timeline), title=title, title_align="left", padding=(0, 1))

    def _timeline(self, name: str, most: int) -> RenderableType:
        """The newest events; what there is no room for stands in the log."""
        wide = self._console.size.width >= _WIDE
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
        for title in ("event", "onset", "seen", "computer", "plan", "status", "evidence")[: 7 if wide else 6]:
            words = title in ("event", "status", "evidence")
            side: Literal["left", "right"] = "left" if words else "right"
            table.add_column(title, justify=side, no_wrap=True, overflow="ellipsis", min_width=_LEAST.get(title))
        found = [event for (vehicle, _), event in self._events.items() if vehicle == name]
        found.sort(key=lambda event: event.onset_time_s if event.onset_time_s is not None else event.time_s)
        for event in found[-most:]:
            cells: list[Text | str] = [event.name]
            cells += (_seconds(value) for value in (event.onset_s, event.detected_s, event.computer_s, event.plan_s))
            cells.append(Text(event.status, style=STYLE[event.status]))
            if wide:
                cells.append(Text("; ".join(part.partition(":")[0] for part in event.evidence), style="dim"))
            table.add_row(*cells)
        return table

    def _alarm_list(self, name: str, status: VehicleStatus, most: int) -> list[Text]:
        """Those that stand first, the newest of them on top; acknowledged ones dimmed below."""
        found = [alarm for (vehicle, _), alarm in self._alarms.items() if vehicle == name]
        if not found:
            return [Text("no alarms", style="green")]
        standing = {alarm.name for alarm in status.alarms}
        found.sort(key=lambda alarm: (alarm.name in standing, alarm.time_s), reverse=True)
        rows = []
        for alarm in found[:most]:
            stands = alarm.name in standing
            text = Text(f" {alarm.severity.upper()} ", style=SEVERITY[alarm.severity] if stands else "dim")
            began = " ".join(clock(alarm.first_s, alarm.time_s).split())
            words = f" {'' if stands else 'acknowledged '}{began} {alarm.name}: {alarm.message}"
            text.append(words, style="" if stands else "dim")
            rows.append(_short(text))
        if len(found) > most:
            rows.append(Text(f"and {len(found) - most} more", style="dim"))
        return rows

    def _links(self) -> Text:
        text = Text()
        for link in self._station.links.values():
            counters, deframer = link.vehicle.counters, link.deframer
            text.append("● " if link.up else "○ ", style="green" if link.up else "red")
            text.append(
                f"{link.name}: {deframer.frames:,} frames, {counters.lost:,} lost, {counters.duplicates:,} duplicates, "
                f"{deframer.frames_damaged:,} damaged, {deframer.bytes_discarded:,} bytes discarded\n"
            )
        text.rstrip()
        text.no_wrap, text.overflow = True, "ellipsis"
        return text


def _short(text: Text) -> Text:
    """On one line, whatever the terminal's width."""
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"
