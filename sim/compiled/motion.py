"""The integration of the motion, compiled."""

from __future__ import annotations

from typing import Any

import numpy

from sim.aerodynamics import Shape
from sim.body import Actions, Motion, Numbers, advance
from sim.compiled.functions import compiler


class CompiledMotion:
    """Called like `sim.body.advance`, it gives the same bits. Each flight has its own."""

    def __init__(self) -> None:
        """Raises Misuse where numba is not installed."""
        self._advance: Any = compiler().function(advance)
        self._plain: Shape | None = None
        self._shape: Any = None

    def __call__(
        self,
        state: Numbers,
        thrusts: tuple[float, float, float],
        masses: tuple[float, float, float],
        actions: Actions,
        dt: float,
    ) -> Motion:
        """One step."""
        if actions.shape is not self._plain:
            self._plain = actions.shape
            # Tables of any length are of one type as arrays; as tuples each length would be compiled anew.
            parts: list[Any] = [numpy.array(part) if isinstance(part, tuple) else part for part in self._plain]
            self._shape = Shape(*parts)
        moved: Motion = self._advance(state, thrusts, masses, actions._replace(shape=self._shape), dt)
        return moved
