"""Parachutes: packed, filling, full; the drogue leaves when the main one opens, as it pulls that out."""

from __future__ import annotations

from sim.engine import rising
from sim.parts import Parachute


class Parachutes:
    """The drogue and the main parachute of one vehicle. Times in seconds since step 0."""

    def __init__(self, drogue: Parachute | None, main: Parachute | None) -> None:
        self._drogue, self._main = drogue, main
        self.drogue_s: float | None = None
        self.main_s: float | None = None
        """When each opened."""

    def open_drogue(self, now: float) -> bool:
        """Whether there is one that was still packed."""
        if self._drogue is None or self.drogue_s is not None:
            return False
        self.drogue_s = now
        return True

    def open_main(self, now: float) -> bool:
        """Whether there is one that was still packed."""
        if self._main is None or self.main_s is not None:
            return False
        self.main_s = now
        return True

    @property
    def drogue_packed(self) -> bool:
        """There is a drogue, and it is where it was."""
        return self._drogue is not None and self.drogue_s is None

    @property
    def main_packed(self) -> bool:
        """There is a main parachute, and it is where it was."""
        return self._main is not None and self.main_s is None

    def main_full(self, now: float) -> bool:
        """The main parachute has filled."""
        return self._main is not None and self.main_s is not None and now - self.main_s >= self._main.inflate_s

    def drag(self, now: float) -> tuple[float, float]:
        """Drag coefficient times area in m2, growing S-shaped while one fills, and the station where it is tied."""
        if self._main is not None and self.main_s is not None:
            return self._main.drag_area_m2 * rising((now - self.main_s) / self._main.inflate_s), self._main.attach_m
        if self._drogue is not None and self.drogue_s is not None:
            filled = rising((now - self.drogue_s) / self._drogue.inflate_s)
            return self._drogue.drag_area_m2 * filled, self._drogue.attach_m
        return 0.0, 0.0
