"""A spent stage behind the vehicle, followed until it is far: does it come back?

Both fall alike, so that their distance along the path changes only by what acts on one of them: the vehicle's own
specific force, and the spent stage's residual thrust, drag and the springs' reaction. It keeps the vehicle's attitude
(assumed; without control it turns away within some ten seconds, when it is far or has hit).
"""

from __future__ import annotations

from sim.burn import Burn
from sim.parts import Stage

FAR_M = 500.0
DRAG_COEFFICIENT = 0.85
"""Of a cylinder end on (S. F. Hoerner, Fluid-Dynamic Drag, chapter 3)."""
RESTITUTION = 0.2
"""Speed of parting over that of closing: thin shells that crumple (assumed)."""


class SpentStage:
    """What was dropped. `gap_m` grows as it falls behind; `closing` is positive where it gains on the vehicle."""

    def __init__(self, stage: Stage, burn: Burn, now: float, area_m2: float) -> None:
        self._burn = burn
        self._exit_area_m2 = stage.exit_area_m2
        self._area_m2 = area_m2
        self._loaded_kg = stage.dry_kg + stage.motor.propellant_kg
        self.mass_kg = self._loaded_kg - burn.burnt(now)
        self.gap_m = 0.0
        self.closing = 0.0

    @property
    def far(self) -> bool:
        """It need not be followed any more."""
        return self.gap_m > FAR_M

    def move(
        self, now: float, dt: float, vehicle_force: float, reaction: float, dynamic_pressure: float, outside_pa: float
    ) -> float:
        """One step beside a vehicle with a specific force along x; closing speed of a contact in it, 0 without one.

        `reaction` is the springs' force on it in N, the other way.
        """
        sample = self._burn.samples(now, dt, 0.0)
        self.mass_kg = self._loaded_kg - sample.burnt_end
        thrust = sample.thrust_middle
        if thrust > 0.0:
            thrust = max(0.0, thrust - outside_pa * self._exit_area_m2 * self._burn.area)
        drag = DRAG_COEFFICIENT * self._area_m2 * dynamic_pressure
        gained = (thrust - drag - reaction) / self.mass_kg - vehicle_force
        self.gap_m -= dt * (self.closing + 0.5 * dt * gained)
        self.closing += dt * gained
        if self.gap_m >= 0.0:
            return 0.0
        self.gap_m = 0.0
        closing = max(0.0, self.closing)
        self.closing = -RESTITUTION * closing
        return closing
