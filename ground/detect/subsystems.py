"""Tanks, thrusters, nozzles and the servo bus: what falls too fast, what stands at its stop."""

from __future__ import annotations

import math
from collections import deque

from ground.detect.signals import Change
from ground.detect.thresholds import Thresholds
from ground.journal import Journal
from ground.report import Severity


class Leak:
    """Raises `rcs_leak`: the reaction-control tank loses pressure faster than its thrusters can use it."""

    def __init__(self, journal: Journal, thresholds: Thresholds) -> None:
        self._journal = journal
        self._limits = thresholds.subsystem
        self._seconds: deque[tuple[float, float, float]] = deque(maxlen=round(thresholds.subsystem.leak_s) + 1)
        self._last_s = math.nan
        self._duty_s = 0.0
        self._suspect = 0

    def feed(self, time_s: float, pressure: float, duty: float) -> None:
        """One packet: tank pressure in Pa and the largest duty."""
        if not (math.isfinite(pressure) and math.isfinite(duty)):
            return
        if not time_s - self._last_s < 1.0:
            # A gap, or the first: the duty in it is not known.
            self._seconds.clear()
        else:
            self._duty_s += duty * (time_s - self._last_s)
        self._last_s = time_s
        if self._seconds and time_s - self._seconds[-1][0] < 1.0:
            return
        self._seconds.append((time_s, pressure, self._duty_s))
        began_s, before, used = self._seconds[0]
        if len(self._seconds) < 3 or not 0.0 < pressure < before:
            self._suspect = 0
            return
        span_s = time_s - began_s
        rate = math.log(before / pressure) / span_s
        limit = self._limits.leak_rate + self._limits.leak_duty * (self._duty_s - used) / span_s
        self._suspect = self._suspect + 1 if rate > limit else 0
        if self._suspect == 2:
            self._journal.alarm(
                "rcs_leak",
                "warning",
                time_s,
                f"The reaction-control tank loses {100.0 * rate:.1f} % of its pressure a second, more than the"
                " thrusters use.",
                first_s=began_s,
                channel="propulsion.rcs_tank_pressure",
                value=rate,
                limit=limit,
            )


class Falling:
    """One pressure or voltage that must not fall quickly: against its own level a few seconds ago."""

    def __init__(
        self,
        journal: Journal,
        thresholds: Thresholds,
        channel: str,
        alarm: str,
        severity: Severity,
        period_s: float,
    ) -> None:
        self._journal = journal
        self._limits = thresholds.subsystem
        self._channel, self._alarm, self._severity = channel, alarm, severity
        self._levels: deque[tuple[float, float]] = deque(maxlen=8)
        self._span_s = thresholds.subsystem.fall_s
        self._recent: deque[float] = deque(maxlen=max(1, round(0.5 * self._span_s / period_s)))
        self._change = Change(2.0 * period_s)

    def forget(self) -> None:
        """Another part is behind the channel now."""
        self._levels.clear()
        self._recent.clear()

    def feed(self, time_s: float, value: float, standing: bool = False) -> None:
        """One reading; 0 is of a part that is not there. `standing`: no engine has been lit yet."""
        levels, recent = self._levels, self._recent
        if not math.isfinite(value):
            return
        if standing:
            # A small loss is looked for and there is time: means over half of the span, because a tank near ambient
            # pressure has a gauge whose noise is percents of it.
            recent.append(value)
            if len(recent) < (recent.maxlen or 1):
                return
            value = math.fsum(recent) / len(recent)
        level = max((held for at, held in levels if time_s - at <= self._span_s + 0.5), default=value)
        part = self._limits.pad_part if standing else self._limits.fall_part
        low = level > 0.0 and value < part * level
        if self._change.update(time_s, low, 0.0, samples=2):
            when = ", before lift-off" if standing else ""
            name = self._channel.rpartition(".")[2].replace("_", " ")
            self._journal.alarm(
                self._alarm,
                self._severity,
                time_s,
                f"The {name} has fallen to {100.0 * value / level:.0f} % within {self._span_s:g} s{when}.",
                first_s=self._change.span.middle,
                channel=self._channel,
                value=value,
                limit=part * level,
            )
        if not low and (not levels or time_s - levels[-1][0] >= self._span_s / 4.0):
            levels.append((time_s, value))


class Nozzle:
    """Raises `actuator_saturated` while an engine burns: a nozzle at its stop, or one that does not follow."""

    def __init__(self, journal: Journal, thresholds: Thresholds, period_s: float) -> None:
        self._journal = journal
        self._limits = thresholds.subsystem
        self._stop = Change(2.0 * period_s)
        self._lag = Change(2.0 * period_s)
        self._before: deque[tuple[float, float]] = deque(maxlen=max(2, round(self._limits.lag_s / period_s)))

    def feed(self, time_s: float, commands: tuple[float, float], angles: tuple[float, float], limit: float) -> None:
        """Commanded and measured deflections in pitch and yaw, rad; `limit` is the nozzle's, 0 where not known."""
        largest = max(abs(angles[0]), abs(angles[1]))
        error = max(abs(commands[0] - angles[0]), abs(commands[1] - angles[1]))
        before = self._before[0] if self._before else angles
        moved = max(abs(angles[0] - before[0]), abs(angles[1] - before[1]))
        self._before.append(angles)
        at_stop = limit > 0.0 and largest > self._limits.stop_part * limit
        if self._stop.update(time_s, at_stop, self._limits.stop_s):
            text = f"A nozzle stands at {math.degrees(largest):.1f} degrees, its stop."
            self._tell(time_s, self._stop.span.middle, text, largest, limit)
        elif self._lag.update(
            # One that is still on its way there is only slow.
            time_s,
            error > self._limits.lag_error and moved < self._limits.lag_part * error,
            self._limits.lag_s,
        ):
            text = f"A nozzle stays {math.degrees(error):.1f} degrees from its command."
            self._tell(time_s, self._lag.span.middle, text, error, self._limits.lag_error)

    def _tell(self, time_s: float, first_s: float, text: str, value: float, limit: float) -> None:
        self._journal.alarm(
            "actuator_saturated",
            "warning",
            time_s,
            text,
            first_s=first_s,
            channel="propulsion.tvc_pitch, tvc_yaw",
            value=value,
            limit=limit,
        )
