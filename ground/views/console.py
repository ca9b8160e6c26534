"""The live console: clock and phase, timeline, alarms, orbit or impact point, link health; one terminal screen."""

from __future__ import annotations

import asyncio
import contextlib
import threading

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ground.inputs import Notice
from ground.report import Alarm, Event, Report, Verdict
from ground.station import Station
from ground.vehicle import VehicleStatus
from ground.views.lines import clock, sentence, verdict_sentence

PERIOD_S = 0.2
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
        parts: list[RenderableType] = []
        for name, vehicle in self._station.vehicles.items():
            parts.append(self._vehicle(name, vehicle.status(now)))
        parts.append(self._links())
        parts.append(Text(f"{self._note}    recording {self._recording}", style="dim"))
        return Group(*parts)

    def _vehicle(self, name: str, status: VehicleStatus) -> RenderableType:
        head = Text(f"{clock(status.elapsed_s, status.time_s).strip()} s", style="bold")
        head.append(f"   phase {status.phase or 'unknown'}", style="bold cyan")
        rate = "untimed" if status.time_rate == 0.0 else f"{status.time_rate:g} x real time"
        head.append(f"   plan {status.plan}, {status.software} on {status.board}, {rate}", style="dim")
        parts: list[RenderableType] = [head, self._products(status), self._timeline(name), self._alarm_list(name)]
        if (verdict := self._verdicts.get(name)) is not None:
            parts.append(
                Text(verdict_sentence(verdict), style="bold green" if verdict.outcome == "orbit" else "bold red")
            )
        return Panel(Group(*parts), title=name, title_align="left")

    @staticmethod
    def _products(status: VehicleStatus) -> RenderableType:
        products = status.products
        if products is None:
            return Text("no navigation yet", style="dim")
        text = Text(
            f"altitude {products.altitude_m / 1e3:8.2f} km   speed {products.speed_m_s:8.1f} m/s   "
            f"climb {products.vertical_speed_m_s:+8.1f} m/s   "
            f"dynamic pressure {products.dynamic_pressure_pa / 1e3:6.1f} kPa\n"
        )
        if products.impact_latitude_deg is not None and products.impact_longitude_deg is not None:
            text.append(f"impact point {products.impact_latitude_deg:+.2f} {products.impact_longitude_deg:+.2f} deg")
            if products.impact_in_s is not None:
                text.append(f" in {products.impact_in_s:.0f} s")
        else:
            text.append("impact point none: perigee above the surface", style="green")
        if products.perigee_m > -1.0e6 and products.apogee_m is not None:
            text.append(f"   orbit {products.perigee_m / 1e3:.0f} x {products.apogee_m / 1e3:.0f} km")
            text.append(f" at {products.inclination_deg:.2f} deg")
        return text

    def _timeline(self, name: str) -> RenderableType:
        table = Table(box=None, pad_edge=False, header_style="dim")
        for title, side in (
            ("event", "left"), ("onset", "right"), ("detected", "right"), ("computer", "right"), ("plan", "right"),
            ("status", "left"), ("evidence", "left"),
        ):  # fmt: skip
            table.add_column(title, justify="right" if side == "right" else "left", no_wrap=title != "evidence")
        found = [event for (vehicle, _), event in self._events.items() if vehicle == name]
        for event in sorted(
            found, key=lambda event: event.onset_time_s if event.onset_time_s is not None else event.time_s
        ):
            table.add_row(
                event.name,
                *(_seconds(value) for value in (event.onset_s, event.detected_s, event.computer_s, event.plan_s)),
                Text(event.status, style=STYLE[event.status]),
                Text("; ".join(part.partition(":")[0] for part in event.evidence), style="dim"),
            )
        return table

    def _alarm_list(self, name: str) -> RenderableType:
        found = [alarm for (vehicle, _), alarm in self._alarms.items() if vehicle == name]
        if not found:
            return Text("no alarms", style="green")
        text = Text()
        for alarm in found:
            text.append(f" {alarm.severity.upper()} ", style=SEVERITY[alarm.severity])
            text.append(f" {clock(alarm.first_s, alarm.time_s).strip()}  {alarm.name}: {alarm.message}\n")
        text.rstrip()
        return text

    def _links(self) -> RenderableType:
        text = Text()
        for link in self._station.links.values():
            counters, deframer = link.vehicle.counters, link.deframer
            text.append("● " if link.up else "○ ", style="green" if link.up else "red")
            text.append(
                f"{link.name}: {deframer.frames:,} frames, {counters.lost:,} lost, {counters.duplicates:,} duplicates, "
                f"{deframer.frames_damaged:,} damaged, {deframer.bytes_discarded:,} bytes discarded\n"
            )
        text.rstrip()
        return text


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"
