"""A point mass under the onboard computer's closed-loop ascent: gravity with J2, thrust, staging, perfect attitude.

The state at the first stage's end comes from gravity turns flown for the purpose with the vehicles' own numbers
(3 degrees of freedom, US Standard Atmosphere 1976, rotating WGS 84 Earth), at the kick that leaves most propellant.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from flight.computer import ascent, records
from flight.computer.navigation import EQUATORIAL_RADIUS, GRAVITATIONAL_PARAMETER, STEP_S, gravity
from flight.onboard import zeroed

G0 = 9.80665
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Stage:
    """N, m/s, kg, s. `thrust` and `exhaust` are those of the main engine; `vernier_propellant` burns in the vernier alone."""

    propellant: float
    dry: float
    thrust: float
    exhaust: float
    vernier_thrust: float = 0.0
    vernier_propellant: float = 0.0
    start_s: float = 1.0
    shutdown_s: float = 0.6


@dataclass(frozen=True, slots=True)
class Flight:
    """What is left of a vehicle as its first stage burns out, and where it is to go. Inertial, metres."""

    position: Vector
    velocity: Vector
    stages: tuple[Stage, ...]
    payload: float
    perigee: float
    apogee: float
    inclination_deg: float | None = None
    fairing: float = 0.0
    fairing_s: float = 0.0
    gap_s: float = 4.0


@dataclass(slots=True)
class Result:
    """Heights above the equatorial radius, m; kg left in the last stage; seconds since the start."""

    perigee: float
    apogee: float
    inclination_deg: float
    left: float
    main_cutoff_s: float
    cutoff_s: float
    turned: float  # largest change of the thrust's direction from one guidance interval to the next, rad
    reached: bool  # cutoff was commanded, not forced by empty tanks


def plan(flight: Flight) -> records.Plan:
    """What the flight plan would say of the flight, undispersed."""
    made = zeroed(records.Plan)
    made.target_perigee, made.target_apogee = flight.perigee, flight.apogee
    made.target_inclination = -1.0 if flight.inclination_deg is None else math.radians(flight.inclination_deg)
    made.last_stage = len(flight.stages) - 1
    above = flight.payload
    for place in reversed(range(len(flight.stages))):
        stage, planned = flight.stages[place], made.stages[place]
        above += stage.propellant + stage.dry
        thrust = stage.thrust + stage.vernier_thrust
        planned.liquid = True
        planned.thrust, planned.exhaust_speed, planned.mass = thrust, stage.exhaust, above
        planned.ignition_delay_s = flight.gap_s
        planned.shutdown_impulse = 0.5 * stage.shutdown_s * (stage.vernier_thrust or stage.thrust)
        planned.main_shutdown_impulse = 0.5 * stage.shutdown_s * stage.thrust
        planned.burn_s = (stage.propellant - stage.vernier_propellant) * stage.exhaust / thrust
        if stage.vernier_propellant > 0.0:
            planned.vernier_s = stage.vernier_propellant * stage.exhaust / stage.vernier_thrust
            planned.vernier_thrust, planned.vernier_exhaust_speed = stage.vernier_thrust, stage.exhaust
            planned.burn_s += planned.vernier_s
    return made


def computer(flight: Flight) -> records.Computer:
    """An onboard computer with that plan, at the flight's start."""
    made = zeroed(records.Computer)
    made.plan = plan(flight)
    put(made, flight.position, flight.velocity, 0.0)
    return made


def put(state: records.Computer, position: Vector, velocity: Vector, force: float) -> None:
    """Gives the navigation solution."""
    n = state.navigation
    n.position_x, n.position_y, n.position_z = position
    n.velocity_x, n.velocity_y, n.velocity_z = velocity
    n.force_x = force


def elements(position: Vector, velocity: Vector) -> tuple[float, float, float]:
    """(perigee, apogee, inclination) of the osculating orbit: metres above the equatorial radius, degrees."""
    r, speed = math.hypot(*position), math.hypot(*velocity)
    (x, y, z), (u, v, w) = position, velocity
    h = (y * w - z * v, z * u - x * w, x * v - y * u)
    major = 1.0 / (2.0 / r - speed * speed / GRAVITATIONAL_PARAMETER)
    form = math.sqrt(max(0.0, 1.0 - math.hypot(*h) ** 2 / (GRAVITATIONAL_PARAMETER * major)))
    inclination = math.degrees(math.acos(h[2] / math.hypot(*h)))
    return major * (1.0 - form) - EQUATORIAL_RADIUS, major * (1.0 + form) - EQUATORIAL_RADIUS, inclination


class PointMass:
    """The vehicle that really flies. One call of `step` is one control step under the computer's commands."""

    def __init__(self, planned: Flight, flown: Flight, noise: random.Random | None = None) -> None:
        self.flight, self.computer = flown, computer(planned)
        self.position, self.velocity = flown.position, flown.velocity
        self.place, self.time, self.lit, self.off = 0, 0.0, 0.0, -1.0
        self.gap = flown.gap_s
        self.main_cutoff_s = self.cutoff_s = -1.0
        self.propellant = flown.stages[0].propellant
        self.fairing = flown.fairing
        self.aim: Vector = self._ahead()
        self.turned = 0.0
        self.over = False
        self.noise = noise

    def _ahead(self) -> Vector:
        speed = math.hypot(*self.velocity)
        x, y, z = self.velocity
        return x / speed, y / speed, z / speed

    def mass(self) -> float:
        above = sum(stage.propellant + stage.dry for stage in self.flight.stages[self.place + 1 :])
        return above + self.flight.stages[self.place].dry + self.propellant + self.flight.payload + self.fairing

    def thrust(self) -> float:
        """Mean over the step that begins now."""
        stage = self.flight.stages[self.place]
        since = self.time - self.lit + 0.5 * STEP_S
        if self.gap > 0.0 or self.propellant <= 0.0:
            return 0.0
        started = min(1.0, since / stage.start_s)
        main, vernier = stage.thrust * started, stage.vernier_thrust * started
        if self.main_cutoff_s >= 0.0:
            main *= max(0.0, 1.0 - (self.time + 0.5 * STEP_S - self.main_cutoff_s) / stage.shutdown_s)
        if self.cutoff_s >= 0.0:
            tail = max(0.0, 1.0 - (self.time + 0.5 * STEP_S - self.cutoff_s) / stage.shutdown_s)
            main, vernier = main * tail, vernier * tail
        return main + vernier

    def step(self) -> None:
        """Thrust and gravity for 10 ms, then the computer, which is told of them."""
        stage = self.flight.stages[self.place]
        thrust = self.thrust()
        mass = self.mass()
        spent = thrust / stage.exhaust * STEP_S
        force = thrust / (mass - 0.5 * spent)
        self.propellant = max(0.0, self.propellant - spent)
        half = 0.5 * STEP_S
        x, y, z = (p + half * v for p, v in zip(self.position, self.velocity, strict=True))
        pull = gravity(x, y, z)
        u, v, w = (v + STEP_S * (g + force * a) for v, g, a in zip(self.velocity, pull, self.aim, strict=True))
        self.position, self.velocity = (x + half * u, y + half * v, z + half * w), (u, v, w)
        self.time += STEP_S
        self._sequence(thrust)
        self._compute(force)

    def _sequence(self, thrust: float) -> None:
        if self.fairing > 0.0 and self.time >= self.flight.fairing_s:
            self.fairing = 0.0
        if self.gap > 0.0:
            self.gap -= STEP_S
            self.lit = self.time
        elif thrust == 0.0:
            if self.cutoff_s >= 0.0 or self.place + 1 == len(self.flight.stages):
                self.over = True
            else:
                self.place, self.gap, self.main_cutoff_s = self.place + 1, self.flight.gap_s, -1.0
                self.propellant = self.flight.stages[self.place].propellant

    def _compute(self, force: float) -> None:
        state = self.computer
        state.step += 1
        position, velocity = self.position, self.velocity
        if self.noise:
            x, y, z = position
            u, v, w = velocity
            draw = self.noise.gauss
            position = (x + draw(0.0, 10.0), y + draw(0.0, 10.0), z + draw(0.0, 10.0))
            velocity = (u + draw(0.0, 0.15), v + draw(0.0, 0.15), w + draw(0.0, 0.15))
        put(state, position, velocity, force)
        if self.cutoff_s >= 0.0:
            return
        ascent.update(state, self.place, self.gap <= 0.0)
        if state.step % 10 == 0 and state.ascent.solved:
            aim = ascent.direction(state.ascent, state.step)
            if self.gap <= 0.0 and self.time - self.lit > 5.0:
                self.turned = max(self.turned, math.dist(aim, self.aim))
            self.aim = aim
        if state.guidance.main_cutoff and self.main_cutoff_s < 0.0:
            self.main_cutoff_s = self.time
        if state.guidance.cutoff:
            self.cutoff_s = self.time


def fly(planned: Flight, flown: Flight | None = None, noise: random.Random | None = None) -> Result:
    """One flight until the last engine is silent."""
    mass = PointMass(planned, flown or planned, noise)
    while not mass.over and mass.time < 2000.0:
        mass.step()
    perigee, apogee, inclination = elements(mass.position, mass.velocity)
    return Result(
        perigee,
        apogee,
        inclination,
        mass.propellant,
        mass.main_cutoff_s,
        mass.cutoff_s,
        mass.turned,
        mass.cutoff_s > 0.0,
    )


def dispersed(flight: Flight, draw: random.Random) -> Flight:
    """The vehicle and the start that a flight really has, 1 sigma: specific impulse 0.2 %, thrust 1.2 %, propellant
    0.1 %, dry mass 0.7 %, 1 km and 20 m/s in each direction.
    """
    stages = tuple(
        replace(
            stage,
            exhaust=stage.exhaust * draw.gauss(1.0, 0.002),
            thrust=stage.thrust * draw.gauss(1.0, 0.012),
            vernier_thrust=stage.vernier_thrust * draw.gauss(1.0, 0.012),
            propellant=stage.propellant * draw.gauss(1.0, 0.001),
            dry=stage.dry * draw.gauss(1.0, 0.007),
        )
        for stage in flight.stages
    )
    x, y, z = flight.position
    u, v, w = flight.velocity
    return replace(
        flight,
        stages=stages,
        position=(x + draw.gauss(0.0, 1e3), y + draw.gauss(0.0, 1e3), z + draw.gauss(0.0, 1e3)),
        velocity=(u + draw.gauss(0.0, 20.0), v + draw.gauss(0.0, 20.0), w + draw.gauss(0.0, 20.0)),
    )
