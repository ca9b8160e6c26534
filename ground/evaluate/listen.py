"""The station listens to a kept flight over a bad link: its own core, bytes in, with ticks, at received times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ground.inputs import Chunk, Close, LinkUp, StationConfig, Tick
from ground.report import Alarm, Event, Report, Undecided, Verdict
from ground.station import Station

TICK_NS = 100_000_000
HOLE_S = 0.5
"""Longer silence is a hole: what happens in it can be seen no better than its length."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the station said, each with its received time, s since the flight's first step; and how it was fed.

    `holes` are the silences longer than `HOLE_S`, from and to.
    """

    reports: tuple[tuple[float, Report], ...]
    began_s: float
    ended_s: float
    holes: tuple[tuple[float, float], ...]
    frames: int
    frames_lost: int

    def events(self, vehicle: str) -> list[tuple[float, Event]]:
        """The event lines of one vehicle, in order."""
        return [(at, said) for at, said in self.reports if isinstance(said, Event) and said.vehicle == vehicle]

    def alarms(self) -> list[tuple[float, Alarm]]:
        """The alarm lines of every vehicle on the link, in order."""
        return [(at, said) for at, said in self.reports if isinstance(said, Alarm)]

    def undecided(self, vehicle: str) -> set[str]:
        """The events of which the station says that it cannot know."""
        return {said.name for _, said in self.reports if isinstance(said, Undecided) and said.vehicle == vehicle}

    def outcome(self, vehicle: str) -> str:
        """The last verdict; empty where there is none."""
        found = [said.outcome for _, said in self.reports if isinstance(said, Verdict) and said.vehicle == vehicle]
        return found[-1] if found else ""


def listen(config: StationConfig, arriving: Iterable[tuple[int, bytes]], link: str) -> Heard:
    """Feeds a new station until nothing more arrives."""
    station = Station(config)
    reports: list[tuple[float, Report]] = []
    holes: list[tuple[float, float]] = []
    began = last = None
    tick = TICK_NS
    station.receive(LinkUp(0, link))

    def take(given: Chunk | Tick | Close) -> None:
        for output in station.receive(given):
            if isinstance(output, Event | Alarm | Undecided | Verdict):
                reports.append((given.received_ns * 1e-9, output))

    for received_ns, data in arriving:
        while tick <= received_ns:
            take(Tick(tick))
            tick += TICK_NS
        if last is None:
            began = received_ns
        elif received_ns - last > HOLE_S * 1e9:
            holes.append((last * 1e-9, received_ns * 1e-9))
        last = received_ns
        take(Chunk(received_ns, link, data))
    end = last or 0
    take(Close(end))
    counted = station.counters
    ended_s = end * 1e-9
    return Heard(tuple(reports), (began or 0) * 1e-9, ended_s, tuple(holes), counted["frames"], counted["frames_lost"])
