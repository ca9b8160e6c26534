"""Sensors that repeat themselves: a noisy channel whose reading does not change any more, or that reads nothing.

How often a healthy channel repeats a reading is learnt from the channel itself; a run is stuck when that makes it less
likely than one in 10^9. A reading of exactly zero is the end of a range and says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ground.detect.thresholds import Thresholds
from ground.intake import Values
from ground.journal import Journal

_LEARNT = 100
"""Samples before a channel is judged, and the memory of how often it repeats."""
_LOG_CHANCE = math.log(1e-9)
_LIVELIEST, _DULLEST = 0.02, 0.6
"""Parts of repeated readings: never less is believed; beyond, a channel is too coarse to be judged."""
_TOGETHER = 3
"""Channels of one packet that stop at once: it is the data that are frozen, not a sensor."""


@dataclass(slots=True)
class Channel:
    """One channel's newest reading and how long it has stayed."""

    name: str
    place: int
    value: float = math.nan
    run: int = 0
    first_s: float = 0.0
    needed: int = 0
    repeats: float = 0.5
    count: int = 0
    told: bool = False

    @property
    def lively(self) -> bool:
        """Noisy enough, for long enough, to be judged."""
        return self.count >= _LEARNT and self.repeats < _DULLEST

    def add(self, time_s: float, value: float) -> bool:
        """One reading; whether it has now been repeated too often."""
        same = value == self.value or (math.isnan(value) and math.isnan(self.value))
        if value == 0.0:
            self.value, self.run = value, 0
            return False
        if not same:
            self.value, self.run, self.told = value, 0, False
            self._learn(0.0)
            return False
        if self.run == 0:
            self.first_s = time_s
            likely = min(max(self.repeats, _LIVELIEST), _DULLEST)
            self.needed = math.ceil(_LOG_CHANCE / math.log(likely))
        self.run += 1
        # A run that is already suspect teaches nothing: it would make its own like seem usual.
        if self.run < self.needed:
            self._learn(1.0)
        return self.lively and self.run >= self.needed

    def _learn(self, repeated: float) -> None:
        self.count = min(self.count + 1, _LEARNT)
        self.repeats += (repeated - self.repeats) / self.count


class StuckSensors:
    """Raises `sensor_stuck`, or `frozen_data` where a packet's channels stop together, for one packet kind."""

    def __init__(self, journal: Journal, thresholds: Thresholds, packet: str, channels: list[tuple[str, int]]) -> None:
        self._journal = journal
        self._hold_s = thresholds.sensor.stuck_s
        self._packet = packet
        self._channels = [Channel(name, place) for name, place in channels]

    def feed(self, time_s: float, values: Values) -> None:
        """One decoded packet."""
        stuck = [
            channel
            for channel in self._channels
            if channel.add(time_s, values[channel.place])  # type: ignore[arg-type]
            and time_s - channel.first_s >= self._hold_s
        ]
        fresh = [channel for channel in stuck if not channel.told]
        if not fresh:
            return
        lively = [channel for channel in self._channels if channel.lively]
        together = all(0 < channel.needed <= channel.run for channel in lively) and len(lively) >= _TOGETHER
        for channel in lively if together else fresh:
            channel.told = True
        if together:
            text = f"All channels of packet {self._packet} repeat themselves."
            self._tell("frozen_data", time_s, fresh[0], text)
            return
        for channel in fresh:
            what = "reads nothing" if math.isnan(channel.value) else f"has stayed at {channel.value:.6g}"
            text = f"{channel.name.replace('_', ' ').capitalize()} {what} for {time_s - channel.first_s:.2f} s."
            self._tell("sensor_stuck", time_s, channel, text)

    def _tell(self, alarm: str, time_s: float, channel: Channel, text: str) -> None:
        self._journal.alarm(
            alarm,
            "warning",
            time_s,
            text,
            first_s=channel.first_s,
            channel=f"{self._packet}.{channel.name}",
            value=channel.value,
        )
