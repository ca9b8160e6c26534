"""Ignition, lift-off, cut-off, burnout: chamber pressures and axial specific force, two independent views of thrust."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache

from flight.plans.stage import Stage
from ground.detect.events import CIRCUIT, FORCE, NAVIGATION, PRESSURE, EventMachine
from ground.detect.motor import Motor
from ground.detect.signals import Baseline, Change, Crossing, Dying, Fall, Span
from ground.detect.thresholds import Thresholds

VERNIER = "vernier"
"""The steering engine of the stage that burns."""

_LEVEL_S = 2.0
"""Over which the level is taken that a cut-off falls from: throttling and drag change it over tens of seconds."""


class Thrust:
    """Pressures and axial force, put together into the events of the motors and lift-off.

    `imu` and `pressure` take samples in vehicle time, SI. `chambers` are the channels' names (stage_2, vernier,
    booster_1) with their sampling intervals; `first_stage` is the number of the stage that is lit on the pad, with the
    boosters; `stages` are those of the plan, by number; `elevation` is the rail's, rad.
    """

    def __init__(
        self,
        machine: EventMachine,
        thresholds: Thresholds,
        chambers: Iterable[tuple[str, float]],
        imu_period_s: float,
        first_stage: int,
        stages: Mapping[int, Stage],
        elevation: float = 0.5 * math.pi,
    ) -> None:
        self._machine = machine
        self._thresholds = thresholds
        self._solid = frozenset(number for number, stage in stages.items() if not stage.liquid)
        """Their thrust tails off and is never cut."""
        self.motors: dict[str, Motor] = {}
        for name, period_s in chambers:
            number = _number(name)
            running = stages[number].running_pressure_pa if number in stages else math.inf
            self.motors[name] = Motor(name, thresholds, period_s, number not in self._solid, running)
        self._boosters = [motor for name, motor in self.motors.items() if name.startswith("booster")]
        self._first_stage = first_stage
        self._across = thresholds.pad.gravity * math.cos(elevation)
        """Of gravity, what a vehicle at rest on its rail feels across its axis, m/s2."""
        self._pad = Baseline(200)
        self._settle = max(4, round(thresholds.pad.settle_s / imu_period_s))
        self._change = Change(2.0 * imu_period_s)
        self._pushed = Change(2.0 * imu_period_s)
        self._pushing = False
        self._at_rest = Crossing()
        force = thresholds.force
        self._dying = Dying(force.cut_part, force.cut_s, force.off_hold_s, 2.0 * imu_period_s)
        self._keep = min(1.0, imu_period_s / _LEVEL_S)
        self._burn_level = 0.0
        """Axial force of the last seconds under thrust, without what looks like its end."""
        self._fall = Fall(thresholds.force.fall_part, thresholds.force.on)
        self._smooth = self._peak = 0.0
        self._axial = math.nan
        self._escape: tuple[float, float] | None = None
        """When the crew's escape was fired, and the axial force before."""
        self._escaping = Change(2.0 * imu_period_s)
        self._again = Change(2.0 * imu_period_s)
        self._on = False
        self._cut_at = math.inf
        """The least axial force since a cut-off that no gauge has shown, while it is still `_on`; inf without one."""
        self._on_for_s = 0.0
        """Under thrust, without what was not heard."""
        self._longest_s = 2.0 * imu_period_s
        self._heard_s, self._last_s = 0.0, math.nan
        """How long the force was heard, gaps left out, and when last."""
        self._gauged_s: dict[str, float] = {}
        """By chamber, what `_heard_s` was when its pressure was heard last."""
        self._alone_told = False
        self._rise: Span | None = None
        self.powered = False
        """A motor burns, as far as any sensor tells."""
        self.noise = 0.0
        """Standard deviation of the axial force on the pad, 0 if it was not seen there."""
        self.flying = False
        """The axial force no longer has a pad in it."""
        self.stage = first_stage - 1
        """The stage lit last; one less than the first before."""

    @property
    def burnout_s(self) -> float | None:
        """When the stage lit last burnt out; None while anything burns and before."""
        return None if self.powered else self._machine.onset_s(f"stage_{self.stage}_burnout")

    @property
    def level(self) -> float:
        """Axial specific force of the last tenth of a second under thrust, m/s2."""
        return self._smooth

    @property
    def lit_pressure(self) -> float:
        """A chamber under it does not burn, Pa."""
        return self._thresholds.pressure.lit

    def ignition_name(self, stage: int) -> str:
        """The event that lights a stage."""
        return "ignition" if stage <= self._first_stage else f"stage_{stage}_ignition"

    def denied_s(self, name: str) -> float:
        """Until when the chamber that would show an ignition or a burnout has not done so, or the force where no live
        gauge looks at it. What has begun to rise may still take as long as engines do.
        """
        motors = [self.motors[chamber] for chamber in self._showing(name) if chamber in self.motors]
        heard = [motor for motor in motors if self._gauged(motor.name)]
        if heard:
            rising_s = self._thresholds.deviation.liquid_lights_s if any(motor.pending for motor in heard) else 0.0
            return max(motor.last_s for motor in heard) - rising_s
        if name.endswith("_burnout") and 0 < _number(name.removesuffix("_burnout")) < self.stage:
            # A later one has been lit: whenever it was, it is out.
            return -math.inf
        if self._change.pending or (self._on and not self._alone_told):
            # It may show a burn soon, or does, and nobody knows yet of which stage.
            return -math.inf
        return math.inf if math.isnan(self._last_s) else self._last_s

    def _showing(self, name: str) -> list[str]:
        if name.startswith("booster"):
            return [motor.name for motor in self._boosters]
        match = re.fullmatch(r"stage_(\d+)_.+", name)
        return [f"stage_{int(match[1]) if match else self._first_stage}", VERNIER]

    def join(self) -> None:
        """The data begin in flight."""
        self.flying = True

    def imu(self, time_s: float, x: float, y: float, z: float) -> None:
        """Specific force in body axes, x along, m/s2."""
        if not math.isfinite(x):
            return
        if self._escape is not None:
            self._look_for_escape(time_s, x, *self._escape)
        self._axial = x
        step_s = min(max(time_s - self._last_s, 0.0), self._longest_s) if math.isfinite(self._last_s) else 0.0
        self._last_s = time_s
        self._heard_s += step_s
        self._on_for_s += step_s
        if self.flying:
            self._flight(time_s, x)
        else:
            self._on_pad(time_s, x, math.sqrt(x * x + y * y + z * z))

    def summary(self, time_s: float, x: float) -> None:
        """The axial specific force alone, a mean, m/s2: across, gravity is what the rail's elevation leaves of it."""
        self.imu(time_s, x, self._across, 0.0)
        if self._on and x > self._thresholds.force.on and self._rise is not None:
            # The stage has left, and what pushes is the next one's: its beginning was too quick, or lost.
            left, left_s = f"stage_{self.stage}_separation", self._machine.onset_s(f"stage_{self.stage}_separation")
            if left_s is not None and self._rise.middle < left_s and self._machine.confirmed(left):
                self._pushes(time_s, x, Span(left_s, time_s))

    def pressure(self, time_s: float, name: str, pressure: float) -> None:
        """One chamber's pressure, Pa."""
        if not math.isfinite(pressure):
            return
        motor = self.motors[name]
        self._gauged_s[name] = self._heard_s
        stage = _number(name)
        if motor.lit is None and pressure > self._thresholds.pressure.lit:
            self.stage = max(self.stage, stage)
            self.powered = True
        if motor.update(time_s, pressure):
            self._judge_powered()
            if motor.lit:
                self._ignited(time_s, motor, stage, pressure)
            else:
                self._went_out(time_s, motor, stage)

    def motion(self, time_s: float, along: float | None) -> None:
        """Specific force along the motion as navigation's velocities show it, m/s2: where no pressure sensor looks it
        is the second witness of a burn.
        """
        if along is None or not self.flying:
            return
        limit = self._thresholds.force.push
        if not self._pushed.update(time_s, (along < limit) if self._pushing else (along > limit), 0.0):
            return
        self._pushing = not self._pushing
        span = self._pushed.span
        stage = self.stage if self._on or not self._pushing else self.stage + 1
        name = self.ignition_name(stage) if self._pushing else f"stage_{stage}_burnout"
        text = f"{'pushed' if self._pushing else 'no longer pushed'} along the motion from {span.middle:.2f} s"
        self._machine.sight(name, NAVIGATION, span, time_s, text)

    def igniter(self, time_s: float, stage: int, span: Span) -> None:
        """The igniter circuit of a stage has fired."""
        self._machine.sight(self.ignition_name(stage), CIRCUIT, span, time_s, f"fired at {span.middle:.2f} s")

    def escaped(self, time_s: float) -> None:
        """The circuit of the crew's escape has fired: its motors will show in the force."""
        self._escape = time_s, self._axial

    def _look_for_escape(self, time_s: float, axial: float, fired_s: float, before: float) -> None:
        force = self._thresholds.force
        if time_s - fired_s > force.escape_s:
            self._escape = None
        elif self._escaping.update(time_s, axial - before > force.escape, 0.0, samples=2):
            self._escape, span = None, self._escaping.span
            text = f"jumped from {before:.0f} to {axial:.0f} m/s2 at {span.middle:.2f} s"
            self._machine.sight("abort", FORCE, span, time_s, text)

    def _ignited(self, time_s: float, motor: Motor, stage: int, pressure: float) -> None:
        if not stage:
            return
        self.stage = max(self.stage, stage)
        name = self.ignition_name(stage)
        text = f"{_words(motor.name)} rose to {pressure / 1e6:.2f} MPa at {motor.span.middle:.2f} s"
        self._machine.sight(name, PRESSURE, motor.span, time_s, text)
        if self._rise is not None and self._on:
            self._force_rose(name, self._rise, time_s)

    def _went_out(self, time_s: float, motor: Motor, stage: int) -> None:
        if stage:
            vernier = self.motors.get(VERNIER)
            if vernier is not None and vernier.lit and stage == self.stage:
                name = f"stage_{stage}_main_cutoff"
                self._fell_to_zero(name, motor, time_s)
                self._support_by_fall(name, motor.span, time_s)
            else:
                self._fell_to_zero(f"stage_{stage}_burnout", motor, time_s)
        elif motor.name == VERNIER:
            main = self.motors.get(f"stage_{self.stage}")
            if main is not None and not main.lit:
                self._fell_to_zero(f"stage_{self.stage}_burnout", motor, time_s)
        elif not any(booster.lit for booster in self._boosters):
            self._fell_to_zero("booster_burnout", motor, time_s)
            self._support_by_fall("booster_burnout", motor.span, time_s)

    def _fell_to_zero(self, name: str, motor: Motor, time_s: float) -> None:
        text = f"{_words(motor.name)} fell to zero at {motor.span.middle:.2f} s"
        self._machine.sight(name, PRESSURE, motor.span, time_s, text)

    def _support_by_fall(self, name: str, around: Span, time_s: float) -> None:
        span = self._fall.span
        if span is not None and span.distance(around) < self._thresholds.force.fall_near_s:
            text = f"fell from {self._fall.before:.1f} to {self._fall.after:.1f} m/s2 at {span.middle:.2f} s"
            self._machine.sight(name, FORCE, span, time_s, text)

    def _force_rose(self, name: str, span: Span, time_s: float, *, claims: bool = False) -> None:
        text = f"rose to {self._smooth:.1f} m/s2 at {span.middle:.2f} s"
        self._machine.sight(name, FORCE, span, time_s, text, claims=claims)

    def _on_pad(self, time_s: float, axial: float, size: float) -> None:
        pad = self._thresholds.pad
        settled = self._pad.count >= self._settle
        at_rest = abs(size - pad.gravity) < pad.tolerance
        if not settled:
            if at_rest:
                self._pad.add(axial)
            elif self._pad.count:
                self._pad = Baseline(200)
            return
        rise = axial - self._pad.mean
        beyond = rise > max(pad.rise, pad.sigmas * self._pad.deviation)
        self._at_rest.add(time_s, rise <= pad.onset_sigmas * self._pad.deviation)
        if not self._change.update(time_s, beyond, pad.hold_s):
            if not self._change.pending and at_rest:
                self._pad.add(axial)
            return
        self.flying = self._on = self.powered = True
        self.noise = self._pad.deviation
        self._on_for_s, self._smooth, self._peak, self._burn_level = 0.0, axial, axial, axial
        self._rise = span = self._at_rest.span if self._at_rest.span.high > -math.inf else self._change.span
        text = f"rose {rise:.1f} m/s2 over the pad's at {span.middle:.2f} s"
        self._machine.sight("liftoff", FORCE, span, time_s, text)
        self._machine.sight("ignition", FORCE, span, time_s, text, claims=not self._observed(self._first_stage))

    def _flight(self, time_s: float, axial: float) -> None:
        force = self._thresholds.force
        if not self._on:
            level = max(force.on, self._thresholds.pad.sigmas * self.noise)
            if self._change.update(time_s, axial > level, force.on_hold_s):
                self._pushes(time_s, axial, self._change.span)
            return
        if self._cut_at < math.inf:
            self._cut_at = min(self._cut_at, axial)
            if self._again.update(time_s, axial > self._cut_at + force.on, force.on_hold_s):
                self._pushes(time_s, axial, self._again.span)
                return
        self._smooth += 0.1 * (axial - self._smooth)
        self._peak = max(self._peak, self._smooth)
        if self._dying.update(time_s, axial, self._burn_level):
            self._cut(time_s, axial)
        elif not self._dying.pending:
            self._burn_level += self._keep * (axial - self._burn_level)
        if self._fall.add(time_s, axial) and self._fall.span is not None:
            self._fell(self._fall.span, time_s)
        out = max(force.off_fraction * self._peak, force.off_floor)
        if axial < force.on and self._is_spent():
            out = force.on
        if not self._change.update(time_s, axial < out, force.off_hold_s):
            if not (self._alone_told or self._change.pending) and self._on_for_s > force.alone_s:
                self._alone(time_s)
            return
        self._on = False
        self._judge_powered()
        span = self._change.span
        if self.stage >= self._first_stage:
            text = f"fell to {axial:.1f} m/s2 at {span.middle:.2f} s"
            self._machine.sight(f"stage_{self.stage}_burnout", FORCE, span, time_s, text)

    def _pushes(self, time_s: float, axial: float, since: Span) -> None:
        """Something pushes, after nothing did, or so soon after a cut-off that nobody has seen nothing push."""
        self._on, self._alone_told, self.powered = True, False, True
        self._cut_at = math.inf
        self._on_for_s, self._rise = 0.0, since
        self._smooth = self._peak = self._burn_level = axial
        lit = [_number(name) for name, motor in self.motors.items() if motor.lit]
        following = max(lit, default=0) or self.stage + 1
        self._force_rose(self.ignition_name(following), since, time_s)

    def _cut(self, time_s: float, axial: float) -> None:
        """The force has fallen as in a cut-off. That a vernier or a core burns on is the chambers' to say."""
        if self.stage in self._solid:
            return
        span = self._dying.span
        text = f"fell from {self._burn_level:.1f} to {axial:.1f} m/s2 at {span.middle:.2f} s"
        blind = not self._observed(self.stage)
        name = f"stage_{self.stage}_burnout"
        if blind and axial > self._thresholds.force.on:
            # Something pushes on, and no gauge says what: boosters, or a main engine before its vernier, go out first.
            due = [part for part in self._parts() if self._machine.planned(part) and not self._machine.seen(part)]
            name = due[0] if due else name
        if blind and name == f"stage_{self.stage}_burnout":
            self._cut_at = axial
            self._again.update(time_s, False, 0.0)
        self._machine.sight(name, FORCE, span, time_s, text, claims=blind)

    def _parts(self) -> tuple[str, ...]:
        """What may go out while the stage burns on."""
        main = f"stage_{self.stage}_main_cutoff"
        return ("booster_burnout", main) if self.stage == self._first_stage else (main,)

    def _is_spent(self) -> bool:
        """The stage has burnt out by two witnesses: what small force is left is the accelerometer's own error."""
        lit = any(motor.lit for motor in self.motors.values())
        return not lit and self._machine.confirmed(f"stage_{self.stage}_burnout")

    def _fell(self, span: Span, time_s: float) -> None:
        """A fall of the force under thrust supports what pressures have claimed before."""
        for name in self._parts():
            onset_s = self._machine.onset_s(name)
            if onset_s is not None and not self._machine.confirmed(name):
                self._support_by_fall(name, Span(onset_s, onset_s), time_s)

    def _judge_powered(self) -> None:
        self.powered = self._on or any(motor.lit for motor in self.motors.values())

    def _alone(self, time_s: float) -> None:
        """Thrust has lasted too long for a kick: where no pressure sensor denies it, the next stage has been lit."""
        self._alone_told = True
        if any(motor.lit for motor in self.motors.values()):
            return
        following = self.stage + 1
        name = self.ignition_name(following)
        known = f"stage_{following}" in self.motors or self._machine.planned(name)
        if self._rise is not None and known and not self._observed(following):
            self.stage = following
            self._force_rose(name, self._rise, time_s, claims=True)

    def _observed(self, stage: int) -> bool:
        """Whether a live pressure sensor looks at a stage's motor: in a gap it is not to blame for its silence."""
        return self._gauged(f"stage_{stage}")

    def _gauged(self, chamber: str) -> bool:
        """The same of one chamber by its name."""
        silent_s = self._heard_s - self._gauged_s.get(chamber, -math.inf)
        return silent_s < self._thresholds.force.alone_s


@cache
def _number(name: str) -> int:
    """The stage that a chamber belongs to by its name; 0 for boosters and verniers."""
    match = re.fullmatch(r"stage_(\d+)", name)
    return int(match[1]) if match else 0


def _words(name: str) -> str:
    return name.replace("_", " ")
