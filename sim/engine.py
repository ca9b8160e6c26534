"""Liquid engines: what the vehicle's file says of them."""

from __future__ import annotations

from dataclasses import dataclass

from sim.earth import STANDARD_GRAVITY


@dataclass(frozen=True, slots=True)
class Vectoring:
    """A nozzle that turns: limits in radians and rad/s, first-order lag in seconds."""

    limit: float
    rate: float
    lag_s: float


@dataclass(frozen=True, slots=True)
class Vernier:
    """Small engines beside a main one, sums over all of them; they share its tanks, start and stop transients.

    `roll_arm_m` is how far from the axis they are, where they turn against each other.
    """

    thrust_n: float
    specific_impulse_s: float
    exit_area_m2: float
    chamber_pressure_pa: float
    nozzle_m: float
    roll_arm_m: float
    vectoring: Vectoring | None

    @property
    def flow_kg_s(self) -> float:
        """At full thrust."""
        return self.thrust_n / (self.specific_impulse_s * STANDARD_GRAVITY)


@dataclass(frozen=True, slots=True)
class LiquidEngine:
    """The main engines of one stage or booster, sums over the cluster; thrust and specific impulse in vacuum.

    Specific impulse is the same at every throttle. The tanks are loaded in the ratio `mixture_ratio` (oxidizer to fuel)
    and emptied in that ratio times 1 + `mixture_error`: the one that runs out first ends the burn. `residual_kg` of
    both cannot be used. After shutdown `residual_thrust_n` falls evenly to nothing within `residual_s`. Tank pressures
    are held by helium that falls from `helium_pressure_pa` to `helium_end_pa` while the tanks empty.
    """

    propellant_kg: float
    thrust_n: float
    specific_impulse_s: float
    engines: int
    start_s: float
    shutdown_s: float
    throttle_least: float
    throttle_rate: float
    residual_kg: float
    mixture_ratio: float
    mixture_error: float
    fuel_tank_pressure_pa: float
    oxidizer_tank_pressure_pa: float
    helium_pressure_pa: float
    helium_end_pa: float
    residual_thrust_n: float
    residual_s: float
    roll_arm_m: float
    vernier: Vernier | None

    @property
    def flow_kg_s(self) -> float:
        """Of the main engines at full thrust."""
        return self.thrust_n / (self.specific_impulse_s * STANDARD_GRAVITY)

    @property
    def mean_thrust_n(self) -> float:
        """Of main engines and verniers at full thrust."""
        return self.thrust_n + (self.vernier.thrust_n if self.vernier is not None else 0.0)

    @property
    def exhaust_speed(self) -> float:
        """Thrust over flow of main engines and verniers at full thrust, m/s."""
        return self.mean_thrust_n / (self.flow_kg_s + (self.vernier.flow_kg_s if self.vernier is not None else 0.0))

    @property
    def usable_kg(self) -> float:
        """What can burn: all but the residual, less what is left in one tank when the other has run out."""
        loaded = self.propellant_kg - self.residual_kg
        burnt = self.mixture_ratio * (1.0 + self.mixture_error)
        fuel, oxidizer = loaded / (1.0 + self.mixture_ratio), loaded / (1.0 + 1.0 / self.mixture_ratio)
        return min(fuel * (1.0 + burnt), oxidizer * (1.0 + 1.0 / burnt))

    @property
    def burn_s(self) -> float:
        """How long all usable propellant lasts at full thrust, with half a transient at either end."""
        flow = self.mean_thrust_n / self.exhaust_speed
        return self.usable_kg / flow + 0.5 * (self.start_s + self.shutdown_s)

    def at(self, seconds: float) -> tuple[float, float]:
        """Vacuum thrust in N and propellant burnt so far in kg, `seconds` after ignition, at full thrust to depletion.

        For planning: what flies is throttled, shut down and starved (`sim.burn`).
        """
        flow = self.mean_thrust_n / self.exhaust_speed
        falls_s = self.burn_s - self.shutdown_s
        if seconds <= 0.0:
            return 0.0, 0.0
        if seconds <= falls_s:
            return (
                self.mean_thrust_n * rising(seconds / self.start_s),
                flow * self.start_s * risen(seconds / self.start_s),
            )
        late = (seconds - falls_s) / self.shutdown_s
        before = falls_s - 0.5 * self.start_s
        burnt = flow * (before + seconds - falls_s - self.shutdown_s * risen(late)) if late < 1.0 else self.usable_kg
        return self.mean_thrust_n * (1.0 - rising(late)), burnt


def rising(part: float) -> float:
    """An S-shaped rise from 0 to 1 while its argument does so: 3 x^2 - 2 x^3."""
    if part <= 0.0:
        return 0.0
    return 1.0 if part >= 1.0 else part * part * (3.0 - 2.0 * part)


def risen(part: float) -> float:
    """The integral of `rising` from 0: a half at the end of the rise, and 1 for each 1 from there on."""
    if part <= 0.0:
        return 0.0
    return part - 0.5 if part >= 1.0 else part * part * part * (1.0 - 0.5 * part)
