"""Sensors that repeat themselves: a noisy channel whose reading does not change any more, or that reads nothing.

How often a healthy channel repeats a reading is learnt from the channel itself; a run is stuck when that makes it less
likely than one in 10^9. A reading of exactly zero is the end of a range and says nothing, and neither does the greatest
or the least that a channel ever read while the vehicle tumbles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ground.detect.thresholds import Sensor, Thresholds
from ground.intake import Values
from ground.journal import Journal


@dataclass(slots=True)
class Channel:
    """One channel's newest reading and how long it has stayed. `fine` is a number of double precision that moves."""

    name: str
    place: int
    rules: Sensor
    fine: bool = False
    value: float = 0.0
    since_s: float = 0.0
    """When the reading came first."""
    least: float = math.inf
    most: float = -math.inf
    changes: int = 0
    """Since the last repeat."""
    run: int = 0
    needed: int = 0
    repeats: float = 0.5
    count: float = 0.0
    told_s: float = math.nan
    """Since when the reading had stayed that was told of last."""

    @property
    def lively(self) -> bool:
        """Noisy enough, for long enough, to be judged."""
        self._learn_changes()
        return self.count >= self._enough and self.repeats < self.rules.dullest

    @property
    def _enough(self) -> float:
        return self.rules.learnt_fine if self.fine else self.rules.learnt

    @property
    def ended(self) -> bool:
        """The reading is at an end of all that the channel ever read."""
        return self.value >= self.most or self.value <= self.least

    def repeat(self, value: float) -> bool:
        """The same reading again; whether it has now been repeated too often."""
        if value == 0.0:
            return False
        if self.run == 0:
            self._learn_changes()
            rules = self.rules
            floor = rules.liveliest_fine if self.fine or math.isnan(value) else rules.liveliest
            chance = min(max(self.repeats, floor), rules.dullest)
            self.needed = math.ceil(math.log(rules.stuck_chance) / math.log(chance) - 1e-9)
        self.run += 1
        # A run that is already suspect teaches nothing: it would make its own like seem usual.
        if self.run < self.needed or self.count < self._enough:
            self.count = min(self.count + 1, self.rules.learnt)
            self.repeats += (1.0 - self.repeats) / self.count
        return self.run >= self.needed and self.lively

    def _learn_changes(self) -> None:
        """What changes have taught since they were counted last."""
        while self.changes and self.count < self.rules.learnt:
            self.changes -= 1
            self.count += 1
            self.repeats -= self.repeats / self.count
        if self.changes:
            self.repeats *= (1.0 - 1.0 / self.rules.learnt) ** self.changes
            self.changes = 0


class StuckSensors:
    """Raises `sensor_stuck`, or `frozen_data` where a packet's channels stop together, for one packet kind.

    `upset` says whether the vehicle tumbles: sensors then run into the ends of their ranges.
    """

    def __init__(
        self,
        journal: Journal,
        thresholds: Thresholds,
        packet: str,
        channels: list[Channel],
        upset: Callable[[], bool] = lambda: False,
    ) -> None:
        self._journal = journal
        self._hold_s = thresholds.sensor.stuck_s
        self._together = thresholds.sensor.together
        self._packet = packet
        self._channels = channels
        self._upset = upset

    def feed(self, time_s: float, values: Values) -> None:
        """One decoded packet. Nearly all readings differ from the last: that way is kept short."""
        isnan = math.isnan
        stuck: list[Channel] | None = None
        for channel in self._channels:
            value: float = values[channel.place]  # type: ignore[assignment]
            before = channel.value
            if value != before and not (isnan(value) and isnan(before)):
                channel.value = value
                channel.since_s = time_s
                channel.changes += 1
                channel.run = 0
                if value > channel.most:
                    channel.most = value
                elif value < channel.least:
                    channel.least = value
            elif channel.repeat(value) and time_s - channel.since_s >= self._hold_s - 1e-6:
                stuck = [*(stuck or ()), channel]
        if stuck is not None:
            self._judge(time_s, stuck)

    def rest(self) -> None:
        """Readings are not looked at for a while: the next one follows none. At an apogee a position comes twice."""
        for channel in self._channels:
            channel.value, channel.run = 0.0, 0

    def _judge(self, time_s: float, stuck: list[Channel]) -> None:
        fresh = [channel for channel in stuck if channel.told_s != channel.since_s]
        if fresh and self._upset():
            fresh = [channel for channel in fresh if not channel.ended]
        if not fresh:
            return
        lively = [channel for channel in self._channels if channel.lively]
        together = len(lively) >= self._together and all(each.run >= max(1, fresh[0].run // 2) for each in lively)
        for channel in lively if together else fresh:
            channel.told_s = channel.since_s
        if together:
            text = f"All channels of packet {self._packet} repeat themselves."
            self._tell("frozen_data", time_s, fresh[0], text)
            return
        for channel in fresh:
            what = "reads nothing" if math.isnan(channel.value) else f"has stayed at {channel.value:.6g}"
            text = f"{channel.name.replace('_', ' ').capitalize()} {what} for {time_s - channel.since_s:.2f} s."
            self._tell("sensor_stuck", time_s, channel, text)

    def _tell(self, alarm: str, time_s: float, channel: Channel, text: str) -> None:
        self._journal.alarm(
            alarm,
            "warning",
            time_s,
            text,
            first_s=channel.since_s,
            channel=f"{self._packet}.{channel.name}",
            value=channel.value,
        )
