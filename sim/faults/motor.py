"""A motor that loses thrust while it burns."""

from __future__ import annotations

import math

from sim.motor import SolidMotor


class WeakenedMotor(SolidMotor):
    """A motor whose thrust falls, from `from_s` after first thrust on, evenly by `part` of itself within `ramp_s`.

    It burns slower in the same measure (assumed: mass flow, chamber pressure and thrust fall together at the same
    specific impulse), so all its propellant still burns, later. A part of 1 puts it out, and the rest stays unburnt.
    """

    def __init__(self, motor: SolidMotor, from_s: float, ramp_s: float, part: float) -> None:
        super().__init__(motor.propellant_kg, motor.specific_impulse_s, motor.mean_thrust_n, motor.trace, motor.rise_s)
        self._whole = motor
        self._from_s = from_s
        self._ramp_s = ramp_s
        self._part = part
        self.burn_s = self._end_s()

    def at(self, seconds: float) -> tuple[float, float]:
        """Vacuum thrust in N and propellant burnt so far in kg, `seconds` after first thrust."""
        late = min(seconds, self.burn_s) - self._from_s
        if late <= 0.0:
            return self._whole.at(seconds)
        ramped = min(late, self._ramp_s)
        # How far the whole motor would have come: the integral of the level.
        progress = ramped - 0.5 * self._part * ramped * ramped / self._ramp_s
        progress += (1.0 - self._part) * (late - ramped)
        thrust, burnt = self._whole.at(self._from_s + progress)
        if seconds >= self.burn_s:
            return 0.0, burnt
        return thrust * (1.0 - self._part * ramped / self._ramp_s), burnt

    def _end_s(self) -> float:
        left = self._whole.burn_s - self._from_s
        if left <= 0.0 or self._part == 0.0:
            return self._whole.burn_s
        in_ramp = self._ramp_s * (1.0 - 0.5 * self._part)
        if left <= in_ramp:
            root = math.sqrt(max(0.0, 1.0 - 2.0 * self._part * left / self._ramp_s))
            return self._from_s + (1.0 - root) * self._ramp_s / self._part
        if self._part >= 1.0:
            return self._from_s + self._ramp_s
        return self._from_s + self._ramp_s + (left - in_ramp) / (1.0 - self._part)
