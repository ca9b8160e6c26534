"""The computer's circuits on the vehicle: what closing one does, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable

from flight.wire.dictionary import default
from flight.wire.packet import Value
from sim.vehicle import MOST_STAGES, Vehicle

_FIELDS = default().packets["actuators"].fields
FIRST = next(place for place, field in enumerate(_FIELDS) if field.type == "bool")
"""Place of the first circuit among the fields of the packet `actuators`; all that follow are circuits."""
NAMES = tuple(field.name for field in _FIELDS[FIRST:])

Perform = Callable[[str, int], None]
"""Told what happens (`ignite`, `cut`, `separate`, …) and the index of the stage that it concerns."""


class Circuits:
    """Watches the circuits close. Once closed, one stays so; `main_cutoff` alone may be opened and closed again."""

    def __init__(self, vehicle: Vehicle, perform: Perform) -> None:
        delays = vehicle.separation
        self._perform = perform
        self._table: dict[str, tuple[str, int, float]] = {"main_cutoff": ("cut_main", 0, 0.0)}
        for number in range(1, MOST_STAGES + 1):
            place = vehicle.place_of(number)
            if place is not None:
                self._table[f"stage_{number}_igniter"] = ("ignite", place, delays.igniter_delay_s)
                self._table[f"stage_{number}_cutoff"] = ("cut", place, 0.0)
                self._table[f"stage_{number}_separation_pyro"] = ("separate", place, delays.pyro_delay_s)
        for kind in ("booster_separation", "tower", "fairing", "payload", "drogue", "main"):
            self._table[f"{kind}_pyro"] = (kind, 0, delays.pyro_delay_s)
        self._table["escape_motor"] = ("escape", 0, delays.pyro_delay_s)
        self._states: tuple[Value, ...] = (False,) * len(NAMES)
        self._closed: set[str] = set()
        self._pending: list[tuple[float, Callable[[], None]]] = []
        self.closed_s = -1.0
        """When a pyrotechnic circuit was last closed."""

    def follow(self, now: float, states: tuple[Value, ...]) -> None:
        """Takes the states of all circuits, in the order of `NAMES`, and lets happen what is due."""
        if states != self._states:
            for name, state, before in zip(NAMES, states, self._states, strict=True):
                if state and not before:
                    self._close(name, now)
            self._states = states
        while self._pending and self._pending[0][0] <= now + 1e-9:
            self._pending.pop(0)[1]()

    def later(self, time_s: float, action: Callable[[], None]) -> None:
        """Lets something happen at a time."""
        self._pending.append((time_s, action))
        self._pending.sort(key=lambda item: item[0])

    def _close(self, name: str, now: float) -> None:
        if name not in self._table or name in self._closed:
            return
        kind, place, delay_s = self._table[name]
        if kind != "cut_main":
            self._closed.add(name)
        if kind not in ("cut", "cut_main"):
            self.closed_s = now
        self.later(now + delay_s, lambda: self._perform(kind, place))
