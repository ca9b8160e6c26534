"""The crew's escape: from the abort on it is the crew module that flies."""

from __future__ import annotations

import math

from sim.aerodynamics import Shape
from sim.engine import rising
from sim.masses import Body, part
from sim.parts import Escape

RISE_S = 0.05
"""Rise and fall of the escape motors' thrust (assumed)."""


class CrewModule:
    """What the escape pulls away, and after its release the capsule in it. Times in seconds since step 0.

    The air meets a body of one drag area at every attitude that turns its nose into the stream (assumed: a capsule's
    own trim, heat shield first, changes neither its path nor what is measured along it).
    """

    def __init__(self, spec: Escape, now: float, tower_on: bool, fairing_on: bool) -> None:
        self._spec = spec
        self._since = now
        self._thrust_n = self._burn_s = self._release_s = 0.0
        if tower_on:
            self._thrust_n, self._burn_s, self._release_s = spec.tower_thrust_n, spec.tower_burn_s, spec.release_s
        elif fairing_on:
            self._thrust_n, self._burn_s, self._release_s = spec.fairing_thrust_n, spec.fairing_burn_s, spec.release_s
        width = math.sqrt(4.0 * spec.drag_area_m2 / math.pi)
        pressed = spec.place.centre_m + 0.25 * width
        self.shape = Shape(
            area=spec.drag_area_m2,
            length=width,
            aft=2.0 * pressed,
            mach=(0.0,),
            drag=(1.0,),
            slope=(1.0,),
            centre=(pressed,),
            cross_area=spec.drag_area_m2,
            cross_centre=pressed,
            damping=-1.0,
        )

    def released(self, now: float) -> bool:
        """The capsule is on its own."""
        return now - self._since >= self._release_s

    def thrust(self, now: float) -> float:
        """Of the motors that pull it away, N."""
        age = now - self._since
        if age >= self._burn_s:
            return 0.0
        return self._thrust_n * rising(age / RISE_S) * rising((self._burn_s - age) / RISE_S)

    def body(self, now: float) -> Body:
        """Mass and inertia; what the motors burn is left out."""
        spec = self._spec
        return part(spec.capsule_kg if self.released(now) else spec.escaping_kg, spec.place)
