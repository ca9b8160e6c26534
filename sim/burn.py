"""One stage's or booster's burn: what its engines give, 10 ms at a time, from ignition to burnout."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.engine import LiquidEngine, rising
from sim.motor import SolidMotor
from sim.tanks import Tanks


class Samples(NamedTuple):
    """Vacuum thrust in N and propellant burnt so far in kg, at a step's beginning, middle and end."""

    thrust: float
    thrust_middle: float
    thrust_end: float
    burnt: float
    burnt_middle: float
    burnt_end: float


UNLIT = Samples(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


class SolidBurn:
    """A solid motor's: its trace from ignition on; nothing stops or throttles it. `motor` may change on the way."""

    area = 1.0
    """Part of the nozzle's exit on which the outside presses against the jet."""
    vernier_area = 0.0
    vernier_part = 0.0
    main_on = True

    def __init__(self, motor: SolidMotor) -> None:
        self.motor = motor
        self.ignited_s: float | None = None

    def ignite(self, now: float) -> None:
        """Lights it."""
        self.ignited_s = now

    def cut(self, now: float) -> None:
        """A solid burns on."""

    def cut_main(self, now: float) -> None:
        """A solid burns on."""

    def samples(self, now: float, dt: float, throttle: float) -> Samples:
        """Over the step that begins now."""
        if self.ignited_s is None:
            return UNLIT
        at, since = self.motor.at, self.ignited_s
        start, middle, end = at(now - since), at(now + 0.5 * dt - since), at(now + dt - since)
        return Samples(start[0], middle[0], end[0], start[1], middle[1], end[1])

    def burnt(self, now: float) -> float:
        """Propellant burnt so far, kg."""
        return 0.0 if self.ignited_s is None else self.motor.at(now - self.ignited_s)[1]

    def level(self, now: float) -> float:
        """Chamber pressure over that at mean thrust."""
        return 0.0 if self.ignited_s is None else self.motor.at(now - self.ignited_s)[0] / self.motor.mean_thrust_n

    def vernier_level(self, now: float) -> float:
        """It has no verniers."""
        return 0.0

    def out_s(self, now: float) -> float | None:
        """When it burnt out, None while it has not."""
        if self.ignited_s is None:
            return None
        end = self.ignited_s + self.motor.burn_s
        return end if end <= now else None


class _Chamber:
    """Main engines or verniers: a level that rises, can be weakened, and falls."""

    def __init__(self, start_s: float, shutdown_s: float) -> None:
        self.start_s = start_s
        self.shutdown_s = shutdown_s
        self.off_s: float | None = None
        """When its shutdown began."""
        self.weak_from_s = math.inf
        self.weak_ramp_s = 1.0
        self.weak_part = 0.0

    def stop(self, now: float, shutdown_s: float | None = None) -> None:
        """Begins the shutdown, if it has not begun."""
        if self.off_s is None:
            self.off_s = now
            if shutdown_s is not None:
                self.shutdown_s = shutdown_s

    def transient(self, time_s: float, ignited_s: float) -> float:
        """What start and shutdown leave of it."""
        level = rising((time_s - ignited_s) / self.start_s)
        if self.off_s is not None and time_s > self.off_s:
            level *= 1.0 - rising((time_s - self.off_s) / self.shutdown_s)
        return level

    def strength(self, time_s: float) -> float:
        """What a fault leaves of it."""
        if time_s <= self.weak_from_s:
            return 1.0
        return 1.0 - self.weak_part * min(1.0, (time_s - self.weak_from_s) / self.weak_ramp_s)

    def half_out_s(self, now: float) -> float | None:
        """When the shutdown was half over, None before."""
        half = math.inf if self.off_s is None else self.off_s + 0.5 * self.shutdown_s
        return half if half <= now else None


class LiquidBurn:
    """Main engines and verniers of one stage on its tanks.

    Levels follow transients, throttle, faults and the tanks' feed; flow is thrust over exhaust speed, integrated by
    Simpson's rule. The tanks run dry with the shutdown's own half: what that burns is kept for it.
    """

    def __init__(self, engine: LiquidEngine) -> None:
        self.engine = engine
        self.tanks = Tanks(engine)
        self.main = _Chamber(engine.start_s, engine.shutdown_s)
        self.vernier = _Chamber(engine.start_s, engine.shutdown_s)
        self.throttle = 1.0
        self.ignited_s: float | None = None
        self.residual_thrust_n = engine.residual_thrust_n
        self.residual_s = engine.residual_s
        self.area = 0.0
        """Parts of the nozzles' exits on which the outside presses against the jets, in the middle of the step."""
        self.vernier_area = 0.0
        self.vernier_part = 0.0
        """The verniers' part of the thrust, in the middle of the step."""
        self._usable_kg = engine.usable_kg
        self._exhaust_speed = engine.thrust_n / engine.flow_kg_s
        self._burnt_kg = 0.0
        self._main_level = 0.0
        self._vernier_level = 0.0
        self._held = math.nan
        """The command of a step that changed nothing; not a number after one that did."""
        self._steady_from_s = math.inf
        self._steady_thrust = self._steady_flow = self._steady_kept = 0.0

    @property
    def main_on(self) -> bool:
        """The main engines have not been stopped."""
        return self.main.off_s is None

    def ignite(self, now: float) -> None:
        """Starts main engines and verniers."""
        self.ignited_s = now

    def cut(self, now: float) -> None:
        """Stops all engines."""
        if self.ignited_s is not None:
            self.main.stop(now)
            self.vernier.stop(now)

    def cut_main(self, now: float) -> None:
        """Stops the main engines; verniers burn on, where there are any."""
        if self.ignited_s is not None:
            self.main.stop(now)
            if self.engine.vernier is None:
                self.vernier.stop(now)

    def quench(self, now: float, tail_s: float) -> None:
        """All engines go out within `tail_s`, commanded or not."""
        self.main.stop(now, tail_s)
        self.vernier.stop(now, tail_s)

    def weaken(self, now: float, ramp_s: float, part: float) -> None:
        """The main engines lose that part of thrust and flow, and with it their chamber pressure."""
        self.main.weak_from_s, self.main.weak_ramp_s, self.main.weak_part = now, ramp_s, part

    def samples(self, now: float, dt: float, throttle: float) -> Samples:
        """Over the step that begins now, with a throttle commanded; nothing to obey keeps the last one."""
        if self.ignited_s is None:
            return UNLIT
        if throttle == self._held and now >= self._steady_from_s:
            steady = self._steady(dt)
            if steady is not None:
                return steady
        engine = self.engine
        before = self.throttle
        if throttle > 0.0 and math.isfinite(throttle):
            wanted = max(engine.throttle_least, min(1.0, throttle))
            farthest = engine.throttle_rate * dt
            self.throttle = before + max(-farthest, min(farthest, wanted - before))
        feed = self.tanks.feed(self._burnt_kg)
        levels = 0.5 * (before + self.throttle)
        start = self._thrusts(now, feed, before)
        end = self._thrusts(now + dt, feed, self.throttle)
        left = self._usable_kg - self._burnt_kg
        kept = 0.5 * (
            self.main.shutdown_s * self._flow(end[0], 0.0) + self.vernier.shutdown_s * self._flow(0.0, end[1])
        )
        flow = self._flow(*start)
        running = self.main.off_s is None or self.vernier.off_s is None
        if running and flow > 0.0 and left - flow * dt <= kept:
            runs_dry_s = now + max(0.0, left - kept) / flow
            self.main.stop(runs_dry_s)
            self.vernier.stop(runs_dry_s)
            end = self._thrusts(now + dt, feed, self.throttle)
        middle = self._thrusts(now + 0.5 * dt, feed, levels)
        half, whole = self._flow(*middle), self._flow(*end)
        burnt = self._burnt_kg
        burnt_middle = min(engine.propellant_kg, burnt + dt / 24.0 * (5.0 * flow + 8.0 * half - whole))
        burnt_end = min(engine.propellant_kg, burnt + dt / 6.0 * (flow + 4.0 * half + whole))
        self._burnt_kg = burnt_end
        total = middle[0] + middle[1]
        self.area = self.main.transient(now + 0.5 * dt, self.ignited_s)
        self.vernier_area = 0.0 if engine.vernier is None else self.vernier.transient(now + 0.5 * dt, self.ignited_s)
        self.vernier_part = middle[1] / total if total > 0.0 else 0.0
        self._main_level = end[0] / engine.thrust_n
        self._vernier_level = 0.0 if engine.vernier is None else end[1] / engine.vernier.thrust_n
        # Steps that change nothing are what most of a burn is made of: the next one need not be worked out again.
        still = start == middle == end and self.throttle == before
        self._held = throttle if still else math.nan
        self._steady_from_s = self.ignited_s + engine.start_s
        self._steady_thrust, self._steady_flow, self._steady_kept = total, flow, kept
        return Samples(start[0] + start[1], total, end[0] + end[1], burnt, burnt_middle, burnt_end)

    def _steady(self, dt: float) -> Samples | None:
        """A step like the one before, in the long middle of a burn; None where something goes on."""
        before, thrust, flow = self._burnt_kg, self._steady_thrust, self._steady_flow
        touched = self.main.off_s is not None or self.vernier.off_s is not None or self.main.weak_part > 0.0
        if touched or not self.tanks.whole or self._usable_kg - before - flow * dt <= self._steady_kept:
            return None
        self._burnt_kg = before + flow * dt
        return Samples(thrust, thrust, thrust, before, before + 0.5 * flow * dt, self._burnt_kg)

    def burnt(self, now: float) -> float:
        """Propellant burnt so far, kg."""
        return self._burnt_kg

    def level(self, now: float) -> float:
        """Chamber pressure of the main engines over that at full thrust."""
        return self._main_level

    def vernier_level(self, now: float) -> float:
        """Chamber pressure of the verniers over that at full thrust."""
        return self._vernier_level

    def out_s(self, now: float) -> float | None:
        """When the last of its engines had lost half its thrust, None while it has not."""
        if self.ignited_s is None:
            return None
        main = self.main.half_out_s(now)
        if self.engine.vernier is None or main is None:
            return main
        vernier = self.vernier.half_out_s(now)
        return None if vernier is None else max(main, vernier)

    def residual(self, time_s: float) -> float:
        """Thrust after the shutdown, N."""
        off, size = self.main.off_s, self.residual_thrust_n
        if size <= 0.0 or off is None or time_s <= off:
            return 0.0
        late = time_s - off - self.main.shutdown_s
        if late <= 0.0:
            return size * rising((time_s - off) / self.main.shutdown_s)
        return max(0.0, size * (1.0 - late / self.residual_s)) if self.residual_s > 0.0 else 0.0

    def _thrusts(self, time_s: float, feed: float, throttle: float) -> tuple[float, float]:
        engine, ignited = self.engine, self.ignited_s
        if ignited is None:
            return 0.0, 0.0
        main, vernier = self.main, 0.0
        level = throttle * feed * main.transient(time_s, ignited) * main.strength(time_s)
        if engine.vernier is not None:
            vernier = engine.vernier.thrust_n * feed * self.vernier.transient(time_s, ignited)
        return engine.thrust_n * level + self.residual(time_s), vernier

    def _flow(self, main: float, vernier: float) -> float:
        speed = self._exhaust_speed
        small = self.engine.vernier
        return main / speed if small is None else main / speed + vernier / small.thrust_n * small.flow_kg_s


Burn = SolidBurn | LiquidBurn


def burn_of(motor: SolidMotor | LiquidEngine) -> Burn:
    """A motor that has not been lit."""
    return SolidBurn(motor) if isinstance(motor, SolidMotor) else LiquidBurn(motor)
