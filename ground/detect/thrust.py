"""Ignition, lift-off and burnout: chamber pressures and axial specific force, two independent views of thrust."""

from __future__ import annotations

import math

from ground.detect.events import CIRCUIT, FORCE, PRESSURE, EventMachine
from ground.detect.signals import Baseline, Change, Span
from ground.detect.thresholds import Thresholds


def ignition_name(stage: int) -> str:
    """The event that lights a stage, counted from 1."""
    return "ignition" if stage == 1 else f"stage_{stage}_ignition"


class Motor:
    """One stage's chamber pressure: its zero level and its burn."""

    __slots__ = (
        "_change",
        "_limits",
        "_mean",
        "_sigmas",
        "last_s",
        "lit",
        "stage",
        "zero",
    )

    def __init__(self, stage: int, thresholds: Thresholds, period_s: float) -> None:
        self.stage = stage
        self.lit: bool | None = None
        """Whether it burns; None before the first samples."""
        self.last_s = -math.inf
        self.zero = Baseline(200)
        self._change = Change(2.0 * period_s)
        self._limits = thresholds.pressure
        self._sigmas = thresholds.pad.sigmas
        self._mean = 0.0

    @property
    def span(self) -> Span:
        """When the last ignition or burnout began."""
        return self._change.span

    def update(self, time_s: float, pressure: float) -> bool:
        """One sample; True when the motor has just been found lit or out."""
        limits = self._limits
        self.last_s = time_s
        if self.lit is None:
            self.lit = pressure > limits.lit
            self._mean = pressure
        if self.lit:
            out = max(self.zero.mean + self._sigmas * self.zero.deviation, limits.out_fraction * self._mean)
            if not self._change.update(time_s, pressure < out, limits.hold_s):
                if not self._change.pending:
                    self._mean += 0.01 * (pressure - self._mean)
                return False
            self.lit = False
            return True
        risen = pressure - self.zero.mean > max(limits.rise_floor, self._sigmas * self.zero.deviation)
        if not risen and abs(pressure) < limits.zero_limit:
            self.zero.add(pressure)
        if not self._change.update(time_s, risen, limits.hold_s if pressure > limits.lit else math.inf):
            return False
        self.lit = True
        self._mean = pressure
        return True


class Thrust:
    """Pressures and axial force, put together into the events of the motors and lift-off.

    `imu` and `pressures` take samples in vehicle time, SI. `periods_s` are their sampling intervals.
    """

    def __init__(
        self, machine: EventMachine, thresholds: Thresholds, stages: tuple[int, ...], periods_s: tuple[float, float]
    ) -> None:
        self._machine = machine
        self._thresholds = thresholds
        imu_period_s, pressure_period_s = periods_s
        self.motors = {stage: Motor(stage, thresholds, pressure_period_s) for stage in stages}
        self._pad = Baseline(200)
        self._settle = max(4, round(thresholds.pad.settle_s / imu_period_s))
        self._change = Change(2.0 * imu_period_s)
        self._smooth = self._peak = 0.0
        self._on = False
        self._on_since_s = 0.0
        self._alone_told = False
        self._rise: Span | None = None
        self.powered = False
        """A motor burns, as far as any sensor tells."""
        self.noise = 0.0
        """Standard deviation of the axial force on the pad, 0 if it was not seen there."""
        self._igniters: dict[int, Span] = {}
        self.flying = False
        """The axial force no longer has a pad in it."""
        self.stage = 0
        """The stage lit last; 0 before."""

    @property
    def burnout_s(self) -> float | None:
        """When the stage lit last burnt out; None while anything burns and before."""
        return None if self.powered else self._machine.onset_s(f"stage_{self.stage}_burnout")

    def join(self) -> None:
        """The data begin in flight."""
        self.flying = True

    def imu(self, time_s: float, x: float, y: float, z: float) -> None:
        """Specific force in body axes, x along, m/s2."""
        if not math.isfinite(x):
            return
        if self.flying:
            self._flight(time_s, x)
        else:
            self._on_pad(time_s, x, math.sqrt(x * x + y * y + z * z))

    def pressures(self, time_s: float, stage: int, pressure: float) -> None:
        """One stage's chamber pressure, Pa."""
        if not math.isfinite(pressure):
            return
        motor = self.motors[stage]
        if motor.lit is None and pressure > self._thresholds.pressure.lit:
            self.stage = max(self.stage, stage)
            self.powered = True
        if motor.update(time_s, pressure):
            self._judge_powered()
            if motor.lit:
                self._ignited(time_s, motor, pressure)
            else:
                text = f"stage {stage} fell to zero at {motor.span.middle:.2f} s"
                self._machine.sight(f"stage_{stage}_burnout", PRESSURE, motor.span, time_s, text)

    def igniter(self, time_s: float, stage: int, span: Span) -> None:
        """The igniter circuit of a stage has fired."""
        self._igniters[stage] = span
        self._machine.sight(ignition_name(stage), CIRCUIT, span, time_s, f"fired at {span.middle:.2f} s")

    def _ignited(self, time_s: float, motor: Motor, pressure: float) -> None:
        self.stage = max(self.stage, motor.stage)
        name = ignition_name(motor.stage)
        text = f"stage {motor.stage} rose to {pressure / 1e6:.2f} MPa at {motor.span.middle:.2f} s"
        self._machine.sight(name, PRESSURE, motor.span, time_s, text)
        if self._rise is not None and self._on:
            self._force_rose(name, self._rise, time_s)

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
        if not self._change.update(time_s, beyond, pad.hold_s):
            if not self._change.pending and at_rest:
                self._pad.add(axial)
            return
        self.flying = self._on = self.powered = True
        self.noise = self._pad.deviation
        self._on_since_s, self._smooth, self._peak = time_s, axial, axial
        self._rise = span = self._change.span
        text = f"rose {rise:.1f} m/s2 over the pad's at {span.middle:.2f} s"
        self._machine.sight("liftoff", FORCE, span, time_s, text)
        self._machine.sight("ignition", FORCE, span, time_s, text, claims=not self._observed(1, time_s))

    def _flight(self, time_s: float, axial: float) -> None:
        force = self._thresholds.force
        if not self._on:
            level = max(force.on, self._thresholds.pad.sigmas * self.noise)
            if self._change.update(time_s, axial > level, force.on_hold_s):
                self._on, self._alone_told, self.powered = True, False, True
                self._on_since_s, self._rise = time_s, self._change.span
                self._smooth = self._peak = axial
                lit = [motor.stage for motor in self.motors.values() if motor.lit]
                following = max(lit) if lit else self.stage + 1
                self._force_rose(ignition_name(following), self._rise, time_s)
            return
        self._smooth += 0.1 * (axial - self._smooth)
        self._peak = max(self._peak, self._smooth)
        out = max(force.off_fraction * self._peak, force.off_floor)
        if not self._change.update(time_s, axial < out, force.off_hold_s):
            if not self._alone_told and time_s - self._on_since_s > force.alone_s:
                self._alone(time_s)
            return
        self._on = False
        self._judge_powered()
        span = self._change.span
        if self.stage:
            text = f"fell to {axial:.1f} m/s2 at {span.middle:.2f} s"
            self._machine.sight(f"stage_{self.stage}_burnout", FORCE, span, time_s, text)

    def _judge_powered(self) -> None:
        self.powered = self._on or any(motor.lit for motor in self.motors.values())

    def _alone(self, time_s: float) -> None:
        """Thrust has lasted too long for a kick: where no pressure sensor denies it, the next stage has been lit."""
        self._alone_told = True
        if any(motor.lit for motor in self.motors.values()):
            return
        following = self.stage + 1
        name = ignition_name(following)
        known = following in self.motors or self._machine.planned(name)
        if self._rise is not None and known and not self._observed(following, time_s):
            self.stage = following
            self._force_rose(name, self._rise, time_s, claims=True)

    def _observed(self, stage: int, time_s: float) -> bool:
        """Whether a live pressure sensor looks at a stage's motor."""
        motor = self.motors.get(stage)
        return motor is not None and time_s - motor.last_s < self._thresholds.force.alone_s
