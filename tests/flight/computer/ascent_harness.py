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
    """N, m/s, kg, s. `thrust` is the main engine's alone; `vernier_propellant` is what the vernier burns alone."""

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


def zhuque_2(position: Vector, velocity: Vector, payload: float, orbit: float, vernier_propellant: float) -> Flight:
    """Zhuque-2, its second stage on all engines, then on the vernier alone; its fairing goes in that burn."""
    stage = Stage(45e3, 5.2e3, 785e3, 337 * G0, 80e3, vernier_propellant, 1.5, 1.0)
    return Flight(position, velocity, (stage,), payload, orbit, orbit, None, 1900.0, 30.0)


def zhuque_2_large(
    position: Vector,
    velocity: Vector,
    payload: float,
    fairing: float,
    second: tuple[float, float, int],
    third: tuple[float, float, int],
) -> Flight:
    """Zhuque-2A, B, C: second and third stage as (propellant, dry, engines)."""
    stages = (
        Stage(second[0], second[1], 785e3 * second[2], 337 * G0, start_s=1.5, shutdown_s=1.0),
        Stage(third[0], third[1], 80e3 * third[2], 337 * G0, start_s=1.5),
    )
    return Flight(position, velocity, stages, payload, 200e3, 200e3, None, fairing, 30.0)


FLIGHTS = {
    "zhuque-2": zhuque_2((-1009053, 4763914, 4197094), (-2572.8, 108.6, 480.2), 4e3, 200e3, 4e3),
    "zhuque-2-sso": zhuque_2((-899644, 4839915, 4139754), (169.2, 1999.9, -957.8), 2e3, 500e3, 12e3),
    "zhuque-2a": zhuque_2_large(
        (-1009655, 4756529, 4190874), (-2566.9, -73.4, 323.8), 6e3, 2e3, (36e3, 4e3, 1), (11e3, 1.3e3, 1)
    ),
    "zhuque-2b": zhuque_2_large(
        (-1125221, 4774623, 4223735), (-3099.0, -41.6, 427.8), 17e3, 3.5e3, (75e3, 7.5e3, 1), (16e3, 2.2e3, 2)
    ),
    "zhuque-2c": zhuque_2_large(
        (-1149975, 4776988, 4229502), (-3150.4, -34.1, 443.3), 32e3, 5e3, (120e3, 11e3, 2), (25e3, 3.2e3, 4)
    ),
    "soyuz-fg": Flight(
        (1475425, 4136732, 4847810),
        (-4210.3, 364.6, 1454.1),
        (Stage(22890.0, 2410.0, 297.93e3, 326 * G0),),
        7080.0,
        195e3,
        230e3,
        51.66,
        gap_s=2.0,
    ),
    "falcon-1": Flight(
        (-6255594, 1177869, 993180),
        (-1645.2, -2969.6, -200.1),
        (Stage(3600.0, 420.0, 30.7e3, 325 * G0, shutdown_s=0.4),),
        420.0,
        185e3,
        185e3,
        9.1,
        136.0,
        25.0,
    ),
}
"""From the first stage's burnout (zhuque-2b, 2c: of core and boosters; soyuz-fg: of the core). Masses, thrusts and
specific impulses: design study, as in the vehicles' files."""


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
        # As the sequencer does: what guidance wanted a step ago is commanded now.
        if state.guidance.main_cutoff and self.main_cutoff_s < 0.0:
            self.main_cutoff_s = self.time
            state.actuators.main_cutoff = True
        if state.guidance.cutoff and self.cutoff_s < 0.0:
            self.cutoff_s = self.time
        if self.cutoff_s >= 0.0:
            return
        ascent.update(state, self.place, self.gap <= 0.0)
        if state.step % 10 == 0 and state.ascent.solved:
            aim = ascent.direction(state.ascent, state.step)
            if self.gap <= 0.0 and self.time - self.lit > 5.0:
                self.turned = max(self.turned, math.dist(aim, self.aim))
            self.aim = aim


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
