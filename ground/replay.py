"""Replay: a recording's inputs through a new core, which says what the live one said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ground.inputs import Antenna, Close, Input, Notice, StationConfig
from ground.recording import Recording
from ground.report import Report
from ground.station import Station


@dataclass(frozen=True, slots=True)
class Step:
    """One input and what it made the station say. `vehicle_s` is the furthest vehicle time after it, for pacing."""

    given: Input
    vehicle_s: float | None
    outputs: tuple[Report | Notice, ...]


class Replay:
    """Iterate for the steps, at any pace; afterwards `matches` compares with what the live run wrote down.

    A recording whose station was killed has no end: `Close` is added at its last received time, so that there is a
    verdict, and the live run's log is the beginning of the replay's. `fallback` replays one whose header is damaged.
    With `products_hz` the outputs hold products too; `antenna` is where they are looked at from, if not as then.
    """

    def __init__(
        self,
        recording: Recording,
        fallback: StationConfig,
        products_hz: float = 0.0,
        antenna: Antenna | None = None,
    ) -> None:
        self.recording = recording
        config = recording.header.config if recording.header is not None else fallback
        self.station = Station(replace(config, antenna=antenna or config.antenna), products_hz)
        self.closed_here = False

    def __iter__(self) -> Iterator[Step]:
        station, closed, received_ns = self.station, False, 0
        for given in self.recording:
            closed |= isinstance(given, Close)
            received_ns = given.received_ns
            yield self._step(given)
        if not closed:
            self.closed_here = True
            yield self._step(Close(max(received_ns, station.received_ns)))

    @property
    def matches(self) -> bool | None:
        """Whether the event log is the live run's, byte for byte; None where the recording does not say."""
        trailer = self.recording.trailer
        return None if trailer is None else trailer.event_log_sha256 == self.station.event_log_sha256

    def _step(self, given: Input) -> Step:
        outputs = tuple(self.station.receive(given))
        times = [time for vehicle in self.station.vehicles.values() if (time := vehicle.clock.time_s) is not None]
        return Step(given, max(times, default=None), outputs)
