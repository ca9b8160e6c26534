"""Propellant tanks under helium: pressures over the burn, and what a leak does to them and to the engines."""

from __future__ import annotations

from sim.engine import LiquidEngine

STARVING = 0.5
"""Part of its pressure below which a tank feeds too little: pumps cavitate, thrust falls with pressure (assumed)."""


class Tanks:
    """Fuel and oxidizer tanks of one stage, kept at their pressures by a regulator from a bottle of helium.

    The bottle's pressure falls evenly with the propellant that helium replaces (isothermal), the regulator holds the
    tanks until the bottle has no more than they. `fuel`, `oxidizer` and `helium` are the parts of each pressure that
    leaks have left, 1 where there is none.
    """

    def __init__(self, engine: LiquidEngine) -> None:
        self._engine = engine
        self._usable_kg = engine.usable_kg
        self.fuel = 1.0
        self.oxidizer = 1.0
        self.helium = 1.0

    @property
    def whole(self) -> bool:
        """Nothing leaks, and the bottle holds both tanks to the end."""
        engine = self._engine
        held = max(engine.fuel_tank_pressure_pa, engine.oxidizer_tank_pressure_pa) <= engine.helium_end_pa
        return held and self.fuel == self.oxidizer == self.helium == 1.0

    def pressures(self, burnt_kg: float) -> tuple[float, float, float]:
        """Of fuel, oxidizer and helium in Pa, after so much propellant."""
        engine = self._engine
        used = min(1.0, burnt_kg / self._usable_kg)
        helium = self.helium * (engine.helium_pressure_pa - used * (engine.helium_pressure_pa - engine.helium_end_pa))
        fuel = self.fuel * min(engine.fuel_tank_pressure_pa, helium)
        return fuel, self.oxidizer * min(engine.oxidizer_tank_pressure_pa, helium), helium

    def feed(self, burnt_kg: float) -> float:
        """What of its flow an engine gets: all of it until a tank has lost half its pressure, then in proportion."""
        fuel, oxidizer, _ = self.pressures(burnt_kg)
        worse = min(fuel / self._engine.fuel_tank_pressure_pa, oxidizer / self._engine.oxidizer_tank_pressure_pa)
        return min(1.0, worse / STARVING)
