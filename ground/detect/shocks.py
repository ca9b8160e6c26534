"""Shocks that nothing of the vehicle's own explains: a blow of what was dropped, and a break-up."""

from __future__ import annotations

import math
import re

from flight.geodesy import Vector
from ground.detect.signals import Dying
from ground.detect.thresholds import Thresholds
from ground.journal import Journal

_DROPS = re.compile(r"(stage_\d+|booster)_separation")
"""Parts that are heavy enough, and stay near enough, to strike what they have left."""
_ENGINES = re.compile(r"ignition|liftoff|abort|(stage_\d+|booster)_(ignition|burnout|main_cutoff)")


class Shocks:
    """Raises `recontact` and `breakup`.

    A shock is a sudden difference from the force's level of the moment before. One in the time after a separation, over
    as soon as it came, that no circuit and no engine explains, is a blow of what was dropped. Under thrust only what
    comes from the side counts: engines push along the axis.

    A break-up shows at least two of five signs at once: a shock beyond what structures are built for, a jump of the
    body rates, joints that open without their circuits, chambers or tanks that lose their pressure. Silence is none.
    """

    def __init__(self, journal: Journal, thresholds: Thresholds) -> None:
        self._journal = journal
        self._limits = thresholds.shock
        self._level: Vector | None = None
        self._rates: Vector = (0.0, 0.0, 0.0)
        self._last_s = -math.inf
        self._dropped_s = self._explained_s = self._fired_s = -math.inf
        self._dropped = ""
        self._began_s: float | None = None
        self._ended_s = -math.inf
        self._blow = 0.0
        self._samples = 0
        self.blow: tuple[float, float] | None = None
        """When the last blow began, and its size in m/s2; whatever explains it."""
        self._aborted = False
        self._signs: dict[str, tuple[float, str]] = {}
        self._opened: dict[str, float] = {}
        self._tanks: dict[str, Dying] = {}
        self._tank_levels: dict[str, float] = {}

    def circuit(self, time_s: float, name: str) -> None:
        """A circuit has fired: what follows at once is its doing. An igniter's is no shock before its engine lights."""
        self._fired_s = time_s
        if not name.endswith("_igniter"):
            self._explained_s = time_s
        self._drop(name.removesuffix("_pyro"), time_s)

    def event(self, name: str, onset_s: float, expected: bool) -> None:
        """A stage event has been seen; whether the plan or a command explains it."""
        self._aborted |= name == "abort"
        if _ENGINES.fullmatch(name):
            self._explained_s = max(self._explained_s, onset_s)
            if not expected:
                self._sign("chambers", onset_s, f"the {name.rpartition('_')[0].replace('_', ' ')} has gone out")
        elif abs(onset_s - self._fired_s) < self._limits.before_s or self._fired_s == -math.inf:
            self._explained_s = max(self._explained_s, onset_s)
            self._drop(name, onset_s)

    def opened(self, time_s: float, part: str, fired_s: float | None) -> None:
        """A joint has opened; `fired_s` is when its circuit fired, None where it has not."""
        if self._aborted or (fired_s is not None and time_s - fired_s < self._limits.before_s):
            return
        self._opened[part] = time_s
        together = [name for name, at in self._opened.items() if time_s - at < self._limits.together_s]
        if len(together) > 1:
            self._sign("joints", time_s, f"{len(together)} joints have opened whose circuits have not fired")

    def tank(self, time_s: float, channel: str, pressure: float) -> None:
        """One reading of a tank or pressurant bottle, Pa; 0 is of a part that is not there."""
        dying = self._tanks.setdefault(channel, Dying(self._limits.empty_part, self._limits.together_s, 0.0, 0.1))
        level = self._tank_levels.get(channel, pressure)
        if dying.update(time_s, pressure, level) and dying.span.low - self._explained_s > self._limits.before_s:
            self._sign("tanks", time_s, f"the {channel.replace('_', ' ')} is gone")
        self._tank_levels[channel] = level if dying.pending else level + 0.2 * (pressure - level)

    def imu(self, time_s: float, force: Vector, rates: Vector, powered: bool) -> None:
        """Specific force in m/s2 and body rates in rad/s, body axes, in flight."""
        if not all(map(math.isfinite, (*force, *rates))):
            return
        limits, level = self._limits, self._level
        span_s, self._last_s = time_s - self._last_s, time_s
        if level is None or span_s > limits.settle_s:
            self._level, self._rates, self._began_s = force, rates, None
            return
        x, y, z = force[0] - level[0], force[1] - level[1], force[2] - level[2]
        turned, self._rates = math.dist(rates, self._rates), rates
        if turned > max(limits.spin_jump, limits.spin * span_s):
            self._sign("rates", time_s, f"its rates have jumped by {math.degrees(turned):.0f} degrees per second")
        aside = y * y + z * z
        size = math.sqrt(x * x + aside)
        # A lasting force, too, changes in the axes of a body that turns: that is no shock.
        swept = math.hypot(*level) * math.hypot(*rates) * max(limits.settle_s, span_s)
        if size > limits.structure + swept and time_s - self._explained_s > limits.explain_s:
            self._sign("shock", time_s, f"a shock of {size:.0f} m/s2")
        felt = math.sqrt(aside) if powered else size
        if felt > limits.blow:
            if self._began_s is None:
                self._began_s, self._blow, self._samples = time_s, 0.0, 0
            self._ended_s, self._blow, self._samples = time_s, max(self._blow, felt), self._samples + 1
            if self._samples >= limits.samples:
                self.blow = self._began_s, self._blow
            if time_s - self._began_s < limits.blow_s:
                return
        elif self._began_s is not None and time_s - self._began_s > limits.explain_s:
            self._judge(time_s, self._began_s, powered)
            self._began_s = None
        part = min(1.0, span_s / limits.settle_s)
        self._level = level[0] + part * x, level[1] + part * y, level[2] + part * z

    def _judge(self, time_s: float, began_s: float, powered: bool) -> None:
        """A shock is over, and there was time for what else explains it."""
        limits, late_s = self._limits, began_s - self._dropped_s
        if not limits.apart_s < late_s < limits.near_s or self._samples < limits.samples:
            return
        if self._ended_s - began_s > limits.blow_s or abs(began_s - self._explained_s) < limits.explain_s:
            return
        self._journal.alarm(
            "recontact",
            "critical",
            time_s,
            f"The spent {self._dropped} has struck, {late_s:.1f} s after it was dropped: a blow of"
            f" {self._blow:.0f} m/s2{' from the side' if powered else ''}.",
            first_s=began_s,
            channel="imu.specific_force",
            value=self._blow,
            limit=limits.blow,
        )

    def _drop(self, name: str, time_s: float) -> None:
        if (match := _DROPS.fullmatch(name)) and time_s - self._dropped_s > self._limits.before_s:
            self._dropped_s, self._dropped = time_s, match[1].replace("_", " ")

    def _sign(self, kind: str, time_s: float, text: str) -> None:
        self._signs[kind] = (time_s, text)
        found = [(at, words) for at, words in self._signs.values() if time_s - at < self._limits.together_s]
        if len(found) < 2 or self._aborted:
            return
        self._journal.alarm(
            "breakup",
            "critical",
            time_s,
            f"The vehicle is breaking up: {', '.join(words for _, words in found)}.",
            first_s=min(at for at, _ in found),
            channel="imu, discretes, systems",
            value=float(len(found)),
            limit=2.0,
        )
