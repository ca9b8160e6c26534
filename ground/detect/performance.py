"""How a motor does against its profile: its force and chamber pressure at equal sensed speed.

At equal sensed speed (the integral of the specific force) a motor that burns a little faster than the mean one shows
one constant ratio to it (sim/campaigns/burns.py). Two tests follow. The level of the ratio is the motor's own: it is a
fault only outside of what motors scatter by. Its change within four seconds is a fault's: motors hold their ratio to a
few tenths of a percent, so that a sudden loss shows which is far smaller than their scatter.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from ground.detect.events import EventMachine
from ground.detect.signals import Change
from ground.detect.thresholds import EnvelopeRules
from ground.detect.thrust import Thrust
from ground.journal import Journal
from ground.profile import Burn, Profile, between, place

_TICK_S = 0.25
"""Longest step that counts between two looks, which are 0.1 s apart."""
_START_S = 1.0
"""After ignition, where a profile's burn begins."""
_SETTLED_S = 1.0
"""After that thrust has built up."""
_MARK_S = 0.04
_MEAN_S = 0.2
"""Seconds between two marks of sensed speed, and over which the force is a mean."""
_CHANGE_S = 4.0
"""Over which a change counts, as in the profile."""
_GAP_S, _LATE_S, _BLIND_S = 0.5, 3.0, 10.0
"""A longer gap begins the change anew; longer at the beginning, and longest in the burn, leave the speed unknown."""
_SHORT_S = 0.05
"""A longer gap may hide what a straight line across it does not show."""
_STALE_S = 0.5
"""A gauge that is older than this says nothing."""


class _Ratio(NamedTuple):
    """A quantity against the profile: now, its change, and how far each may fall."""

    now: float
    change: float
    level_part: float
    change_part: float
    mean: float

    @property
    def low(self) -> bool:
        """Its level is under any motor's."""
        return self.now < 1.0 - self.level_part

    @property
    def fell(self) -> bool:
        """It has fallen."""
        return self.change < -self.change_part

    @property
    def limit(self) -> float:
        """The value that was passed."""
        return self.mean * (1.0 - self.level_part if self.low else self.now - self.change - self.change_part)


class Performance:
    """Raises `thrust_low`, `chamber_pressure_low` and `early_shutdown`.

    Thrust and pressure that fall together are one cause, a motor that burns less: `thrust_low`, and
    `chamber_pressure_low` where the engine bay heats up beside: gas leaks. Pressure alone is told as itself. A small
    fall of the force needs the pressure's agreement where there is a gauge: it may be the accelerometer's.
    """

    def __init__(
        self, machine: EventMachine, journal: Journal, limits: EnvelopeRules, profile: Profile, thrust: Thrust
    ) -> None:
        self._machine = machine
        self._journal = journal
        self._limits = limits
        self._profile = profile
        self._thrust = thrust
        self._weak = Change(_TICK_S)
        self._low = Change(_TICK_S)
        self._bay_k = self._cool_k = math.nan
        self._stage: int | None = None
        self._burn: Burn | None = None
        self._from_s = self._last_s = math.nan
        self._last = self._delta_v = 0.0
        self._unseen = self._unseen_s = 0.0
        """What gaps may hide of the burn: sensed speed, m/s, and seconds."""
        self._heard_s = math.nan
        self._gap = -math.inf, -math.inf
        """The last gap, from and to."""
        self._marks: deque[tuple[float, float]] = deque(maxlen=16)
        self._past: deque[tuple[float, float, float]] = deque(maxlen=64)

    def imu(self, time_s: float, axial: float) -> None:
        """Axial specific force, m/s2, or its mean since the last time."""
        if time_s - self._heard_s > _SHORT_S:
            self._gap = self._heard_s, time_s
        self._heard_s = time_s
        thrust = self._thrust
        stage = (
            thrust.stage if thrust.powered and not self._machine.confirmed(f"stage_{thrust.stage}_burnout") else None
        )
        if stage != self._stage:
            self._ended(time_s)
            self._begin(stage)
        if self._burn is None or not math.isfinite(axial):
            return
        if math.isnan(self._from_s):
            onset_s = self._machine.onset_s(thrust.ignition_name(thrust.stage))
            if onset_s is None:
                return
            self._from_s = onset_s + _START_S
            if self._gap[0] < onset_s < self._gap[1] + _GAP_S:
                # It may have begun with the gap.
                self._unseen_s = onset_s - self._gap[0]
                self._unseen = self._unseen_s * axial
        if time_s < self._from_s:
            self._last_s, self._last = time_s, axial
            return
        late = math.isnan(self._last_s)
        step_s = time_s - (self._from_s if late else max(self._last_s, self._from_s))
        before = axial if late else self._last
        self._last_s, self._last = time_s, axial
        if step_s > (_LATE_S if late else _BLIND_S):
            self._burn = None
            return
        if step_s > _SHORT_S:
            # In a gap the force was between those of its ends; before the first one it may have been none.
            self._unseen += step_s * (axial if late else 0.5 * abs(axial - before))
            self._unseen_s += step_s if late else 0.0
        if step_s > _GAP_S:
            self._marks.clear()
            self._past.clear()
        self._delta_v += 0.5 * step_s * (before + axial)
        if not self._marks or time_s - self._marks[-1][0] >= _MARK_S - 1e-6:
            self._marks.append((time_s, self._delta_v))

    def bay(self, time_s: float, temperature: float) -> None:
        """Temperature of the engine bay, K."""
        if math.isfinite(temperature):
            self._bay_k = temperature
            self._cool_k = temperature if math.isnan(self._cool_k) else min(temperature, self._cool_k)

    def restarted(self) -> None:
        """The onboard computer has started again: what this burn has come to is not known any more."""
        self._burn = None

    def look(self, time_s: float) -> None:
        """Ten times a second of vehicle time."""
        burn, stage = self._burn, self._stage
        if burn is None or stage is None or len(self._marks) < 3 or not time_s - self._from_s > _SETTLED_S:
            return
        motor = self._thrust.motors.get(f"stage_{stage}")
        if (motor is not None and motor.lit is False) or self._machine.seen(f"stage_{stage}_main_cutoff"):
            return
        force = self._force(burn)
        if force is None:
            return
        fresh = motor is not None and motor.lit and motor.settled and time_s - motor.last_s < _STALE_S
        pressure = self._pressure(burn, motor.level) if motor is not None and fresh else None
        while self._past and self._past[0][0] < time_s - _CHANGE_S - 1e-6:
            self._past.popleft()
        self._past.append((time_s, force.now, math.nan if pressure is None else pressure.now))
        _, force_then, pressure_then = self._past[0]
        force = force._replace(change=force.now - force_then)
        if pressure is not None and not math.isnan(pressure_then):
            pressure = pressure._replace(change=pressure.now - pressure_then)
        self._judge(time_s, stage, force, pressure, motor is not None)

    def _judge(self, time_s: float, stage: int, force: _Ratio, pressure: _Ratio | None, gauged: bool) -> None:
        limits = self._limits
        if pressure is None:
            # Without a gauge nobody knows to a tenth of a second when it was lit: compared with another moment of the
            # burn, a whole motor's force seems to change.
            weak, low = force.low or (force.fell and gauged), False
        else:
            together = pressure.fell and force.change < -0.5 * force.change_part
            weak = force.low or together
            # Less than half of the pressure under whole thrust is a gauge's doing.
            low = (pressure.low or pressure.fell) and pressure.now > 0.5
        steady = not self._going_out(force.mean)
        if self._weak.update(time_s, weak and steady, limits.burn_s):
            hot = self._bay_k - self._cool_k > limits.bay_rise
            if hot and pressure is not None and low:
                beside = "its thrust with it, and the engine bay heats up"
                self._tell("chamber_pressure_low", time_s, self._weak, stage, pressure, beside)
            else:
                self._tell("thrust_low", time_s, self._weak, stage, force, "")
        elif self._low.update(time_s, low and not weak and steady, limits.burn_s) and pressure is not None:
            self._tell("chamber_pressure_low", time_s, self._low, stage, pressure, "its thrust is not")

    def _ended(self, time_s: float) -> None:
        """The burn is over: whether it came to what burns come to. One of a strong motor is short, and whole."""
        end, limits = None if self._burn is None else self._burn.end, self._limits
        if end is None or math.isnan(self._last_s) or self._machine.seen("abort"):
            return
        # It may have burnt on for all of the time that was not seen.
        gap_s = time_s - self._last_s
        missing = end.delta_v - self._delta_v - self._unseen - gap_s * self._last
        early_s = end.burn_s - (time_s - self._from_s + _START_S) - self._unseen_s
        most = max(limits.end_sigmas * end.delta_v_deviation, limits.end_part * end.delta_v)
        most_s = max(limits.end_sigmas * end.burn_deviation_s, limits.level_part * end.burn_s)
        if not (missing > most or (early_s > most_s and missing > 0.5 * most)):
            return
        self._journal.alarm(
            "early_shutdown",
            "critical",
            time_s,
            f"Stage {self._stage} went out {early_s:.1f} s early by its profile: {missing:.0f} m/s are missing.",
            first_s=self._last_s,
            channel=f"stage {self._stage} thrust",
            value=self._delta_v,
            limit=end.delta_v - most,
        )

    def _begin(self, stage: int | None) -> None:
        self._stage = stage
        self._burn = None if stage is None else self._profile.burns.get(stage)
        self._from_s = self._last_s = math.nan
        self._last = self._delta_v = self._unseen = self._unseen_s = 0.0
        self._marks.clear()
        self._past.clear()
        self._cool_k = self._bay_k

    def _force(self, burn: Burn) -> _Ratio | None:
        """The force over the last moments; None outside of the profile."""
        newest_s, newest = self._marks[-1]
        since_s, since = next(
            (mark for mark in reversed(self._marks) if newest_s - mark[0] >= _MEAN_S - 1e-6), self._marks[0]
        )
        where = place(burn.delta_v, 0.5 * (since + newest))
        if where is None or place(burn.delta_v, newest) is None:
            return None
        level = (newest - since) / (newest_s - since_s)
        return self._ratio(level, burn.force, burn.force_part, burn.force_change, where)

    def _pressure(self, burn: Burn, level: float) -> _Ratio | None:
        where = place(burn.delta_v, self._delta_v)
        if where is None or between(burn.pressure, where) <= 0.0:
            return None
        return self._ratio(level, burn.pressure, burn.pressure_part, burn.pressure_change, where)

    def _ratio(
        self,
        level: float,
        means: tuple[float, ...],
        parts: tuple[float, ...],
        changes: tuple[float, ...],
        where: tuple[int, float],
    ) -> _Ratio | None:
        limits, mean = self._limits, between(means, where)
        if mean <= 0.0:
            return None
        return _Ratio(
            level / mean,
            0.0,
            max(limits.level_part, limits.level_sigmas * between(parts, where)),
            max(limits.change_part, limits.change_sigmas * between(changes, where)),
            mean,
        )

    def _going_out(self, mean: float) -> bool:
        """Whether the force still falls so fast that it may be on its way to nothing, which is another alarm's."""
        (before_s, before), (middle_s, middle), (newest_s, newest) = _thirds(self._marks)
        now, then = (newest - middle) / (newest_s - middle_s), (middle - before) / (middle_s - before_s)
        return then - now > self._limits.going_out * mean * 0.5 * (newest_s - before_s)

    def _tell(self, alarm: str, time_s: float, change: Change, stage: int, ratio: _Ratio, beside: str) -> None:
        what = "thrust" if alarm == "thrust_low" else "chamber pressure"
        text = f"is {100.0 * (1.0 - ratio.now):.1f} % below its profile"
        if not ratio.low:
            text = f"fell by {-100.0 * ratio.change:.1f} % within {_CHANGE_S:g} s"
        self._journal.alarm(
            alarm,
            "warning",
            time_s,
            f"Stage {stage}: {what} {text}{', ' + beside if beside else ''}.",
            first_s=change.span.middle,
            channel=f"stage {stage} {what}",
            value=ratio.now * ratio.mean,
            limit=ratio.limit,
        )


def _thirds(marks: deque[tuple[float, float]]) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """The newest mark and two before it, each a tenth of a second or more apart, or as far as there are any."""
    newest = marks[-1]
    before = [mark for mark in marks if newest[0] - mark[0] >= 0.1 - 1e-6] or [marks[0]]
    middle = before[-1]
    older = [mark for mark in before if middle[0] - mark[0] >= 0.1 - 1e-6]
    if older:
        return older[-1], middle, newest
    return marks[0], marks[len(marks) // 2], newest
