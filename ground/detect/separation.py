"""Umbilical and breakwires, and the short push that a separation leaves in the axial force."""

from __future__ import annotations

import math
from collections.abc import Callable

from ground.detect.events import BREAKWIRE, KICK, PYRO, UMBILICAL, EventMachine
from ground.detect.shocks import Shocks
from ground.detect.signals import Change, Span
from ground.detect.thresholds import Thresholds
from ground.journal import Journal

_LIVELY_S = 0.03
"""Longer without an accelerometer sample, and a push of a few samples may have been missed."""
_GAP_S = 0.1
"""A disturbance that is seen so soon after as long a gap, or sooner, may have begun in it."""


class Kick:
    """Short disturbances of the axial force in coast, against its slowly following level."""

    __slots__ = ("_disturbed_s", "_gap", "_last_s", "_level", "_quiet_s", "_threshold", "peak", "span")

    def __init__(self, thresholds: Thresholds) -> None:
        self._threshold = thresholds.force.kick
        self._quiet_s = thresholds.force.kick_quiet_s
        self._level = math.nan
        self._last_s = -math.inf
        self._disturbed_s: float | None = None
        self._gap = Span(-math.inf, -math.inf)
        self.span: Span | None = None
        """When the last disturbance began."""
        self.peak = 0.0
        """And by how much the force first differed, m/s2."""

    def update(self, time_s: float, axial: float, noise: float) -> bool:
        """One sample; True when a disturbance has begun."""
        before, self._last_s = self._last_s, time_s
        if time_s - before > _LIVELY_S:
            self._gap = Span(before, time_s)
        off = axial - self._level
        if math.isnan(off):
            self._level = axial
            return False
        if abs(off) <= max(self._threshold, noise):
            self._level += 0.05 * off
            self._disturbed_s = None
            return False
        if self._disturbed_s is not None:
            if time_s - self._disturbed_s > self._quiet_s:
                self._level, self._disturbed_s = axial, None
            return False
        self._disturbed_s = time_s
        if time_s - before > self._quiet_s:
            # After a burn, or a gap as long, it is another level: what is left of the burn, and no push.
            return False
        self.peak = off
        self.span = Span(before, time_s)
        if self._gap.high - self._gap.low > _GAP_S > before - self._gap.high:
            self.span = Span(self._gap.low, time_s)
        return True

    def blind(self, around: Span, reach_s: float) -> bool:
        """Whether samples are missing around a time, or end within reach of it: the next stage burns already."""
        return self._gap.distance(around) < reach_s or self._last_s < around.high + reach_s - _LIVELY_S


_DEPLOYED = ("drogue", "main")
"""Parachutes: what their breakwire shows is their deployment."""


def separation_name(part: str) -> str:
    """The event that a part's breakwire shows."""
    return f"{part}_deployment" if part in _DEPLOYED else f"{part}_separation"


class Joint:
    """One breakwire and the event that its breaking shows; `pyro` is the circuit that opens the joint."""

    __slots__ = ("change", "event", "part", "pushes", "pyro", "told", "waiting", "whole", "whole_s", "wired")

    def __init__(self, part: str, period_s: float) -> None:
        self.part = part
        self.event = separation_name(part)
        self.pushes = part.startswith("stage_")
        """Stages push off along the axis; fairing halves and boosters go sideways and a payload may be light."""
        self.told = False
        self.change = Change(2.0 * period_s)
        self.whole: bool | None = None
        self.whole_s = -math.inf
        """When it was last read whole."""
        self.wired = False
        """There is a channel of its circuit."""
        self.pyro: Span | None = None
        self.waiting = False


class Separations:
    """Breakwires, with what confirms them: the push of a stage that leaves, or the fired circuit.

    The circuit counts where no push can be expected, or where the accelerometer was blind when it should have come.
    """

    def __init__(
        self,
        machine: EventMachine,
        journal: Journal,
        thresholds: Thresholds,
        parts: tuple[str, ...],
        period_s: float,
        shocks: Shocks,
    ) -> None:
        self._shocks = shocks
        self._machine = machine
        self._journal = journal
        self._wire = thresholds.wire
        self._sigmas = thresholds.pad.sigmas
        self._joints = {part: Joint(part, period_s) for part in parts}
        self._kick = Kick(thresholds)
        self._attached: frozenset[int] = frozenset()
        """Boosters that have been seen attached."""
        self._parting = Change(2.0 * period_s)
        self._some_left = False
        """Some boosters have left, and not all."""
        self._partly = False
        self._umbilical: bool | None = None
        self._umbilical_s = 0.0
        self._period_s = period_s

    def imu(self, time_s: float, axial: float, noise: float) -> None:
        """Axial specific force in coast."""
        if self._kick.update(time_s, axial, self._sigmas * noise):
            for joint in self._joints.values():
                if joint.waiting:
                    self._confirm(joint, time_s)

    def denied_s(self, name: str) -> float:
        """Until when the breakwire that would show an event has been read whole; -inf where readings waver."""
        joint = next((joint for joint in self._joints.values() if joint.event == name), None)
        if joint is None or joint.change.pending or (joint.part == "booster" and self._some_left):
            return -math.inf
        return joint.whole_s

    @property
    def cast_off(self) -> bool:
        """The ground umbilical is known to be off."""
        return self._umbilical is False

    def umbilical(self, time_s: float, connected: bool) -> None:
        """The ground umbilical."""
        if self._umbilical and not connected:
            span = self._began(self._umbilical_s, time_s)
            self._machine.sight("liftoff", UMBILICAL, span, time_s, f"disconnected at {time_s:.2f} s")
        self._umbilical, self._umbilical_s = connected, time_s

    def opener(self, part: str) -> Callable[[float, Span], None] | None:
        """What hears that the circuit of a joint has fired; None where no breakwire shows that joint."""
        joint = self._joints.get(part)
        if joint is None:
            return None
        joint.wired = True

        def fired(time_s: float, span: Span) -> None:
            joint.pyro = span

        return fired

    def circuit(self, fired: Callable[[float, Span], None]) -> Callable[[float, bool], None]:
        """What takes the readings of one firing circuit and says when it has fired; on from the first is no firing."""
        state: bool | None = None
        state_s = 0.0

        def read(time_s: float, on: bool) -> None:
            nonlocal state, state_s
            if on and state is False:
                fired(time_s, self._began(state_s, time_s))
            state, state_s = on, time_s

        return read

    def wire(self, time_s: float, part: str, whole: bool) -> None:
        """One reading of a breakwire."""
        joint = self._joints[part]
        if whole:
            joint.whole_s = time_s
        if joint.whole is None:
            joint.whole = whole
        elif joint.whole:
            self._watch_stuck(joint, time_s, whole)
            # One packet alone may be a contact's chatter.
            if joint.change.update(time_s, not whole, 0.0, samples=2):
                joint.whole = False
                joint.waiting = True
                span = joint.change.span
                began = self._began(span.low, span.high)
                self._machine.sight(joint.event, BREAKWIRE, began, time_s, f"broken at {span.high:.2f} s")
                if joint.wired:
                    self._shocks.opened(span.high, part, None if joint.pyro is None else joint.pyro.high)
                self._confirm(joint, time_s)
                if not joint.pushes:
                    self._circuit_confirms(joint, time_s)
        elif joint.waiting and time_s - joint.change.span.high > self._wire.kick_s:
            joint.waiting = False
            if self._kick.blind(joint.change.span, self._wire.kick_s):
                self._circuit_confirms(joint, time_s)

    def boosters(self, time_s: float, whole: list[bool]) -> None:
        """One reading of all boosters' breakwires: they have separated when the last one has."""
        self._attached |= {place for place, state in enumerate(whole) if state}
        left = [place for place in self._attached if whole[place]]
        self._some_left = 0 < len(left) < len(self._attached)
        self.wire(time_s, "booster", bool(left))
        if self._partly:
            self._torn_off(time_s, self._joints["booster"])
        if self._partly or not self._parting.update(time_s, self._some_left, self._wire.parted_s, samples=2):
            return
        self._partly = True
        gone, all_of_them = len(self._attached) - len(left), len(self._attached)
        self._journal.alarm(
            "partial_separation",
            "warning",
            time_s,
            f"{gone} of {all_of_them} boosters have confirmed their separation;"
            f" booster {', '.join(str(place + 1) for place in left)} has not.",
            first_s=self._parting.span.middle,
            channel="discretes.booster_breakwire",
            value=float(len(left)),
            limit=0.0,
        )

    def _torn_off(self, time_s: float, joint: Joint) -> None:
        """A booster that hung leaves long after its circuit: it tears itself off, and the vehicle feels the blow."""
        blow, broken = self._shocks.blow, joint.change.span
        if not joint.waiting or blow is None:
            return
        span = Span(blow[0], blow[0])
        if span.distance(broken) < self._wire.kick_s:
            self._machine.sight(joint.event, KICK, span, time_s, f"a blow of {blow[1]:.0f} m/s2 at {blow[0]:.2f} s")

    def _watch_stuck(self, joint: Joint, time_s: float, whole: bool) -> None:
        """A joint that is whole though its circuit has fired."""
        fired = joint.pyro
        if fired is None or joint.told or not whole or time_s - fired.high < self._wire.stuck_s:
            return
        joint.told = True
        kicked = self._kick.span is not None and self._kick.span.distance(fired) < self._wire.kick_s
        # A push says that the wire lies; boosters that have left in part have their own alarm.
        if kicked or (joint.part == "booster" and self._some_left):
            return
        self._journal.alarm(
            "no_separation",
            "critical",
            time_s,
            f"The {joint.part.replace('_', ' ')} joint is whole {time_s - fired.high:.1f} s after its circuit fired.",
            first_s=fired.high,
            channel=f"discretes.{joint.part}_breakwire",
        )

    def _circuit_confirms(self, joint: Joint, time_s: float) -> None:
        if joint.pyro is not None:
            self._machine.sight(joint.event, PYRO, joint.pyro, time_s, f"fired at {joint.pyro.high:.2f} s")

    def _confirm(self, joint: Joint, time_s: float) -> None:
        span, broken = self._kick.span, joint.change.span
        if span is not None and span.distance(broken) < self._wire.kick_s:
            text = f"{self._kick.peak:+.1f} m/s2 at {span.high:.2f} s"
            self._machine.sight(joint.event, KICK, span, time_s, text)

    def _began(self, low: float, high: float) -> Span:
        """A change is sent at once: only where packets are missing does the interval count."""
        return Span(low if high - low > 1.5 * self._period_s else high, high)
