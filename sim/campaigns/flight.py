"""One dispersed flight of a campaign, reduced to a row of its table and a profile: a pure function of its task."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from pathlib import Path

from flight.computer.maths import rotate
from flight.geodesy import ROTATION_RATE, to_earth_fixed
from flight.onboard import PythonComputer
from flight.plans.plan import FlightPlan
from sim.campaigns.keeping import Keeper
from sim.dispersion import Dispersions, disperse, flight_seed
from sim.earth import inclination, orbit_heights
from sim.engine import LiquidEngine
from sim.mission import Mission
from sim.scenario import Scenario
from sim.truth import ORBIT_PERIGEE_M, Truth
from sim.vehicle import Vehicle
from sim.world import STEP_S, World

Cell = str | int | float | None
Row = dict[str, Cell]
"""One flight by the names of `columns`; what did not happen or is not finite is None."""

LOOK = 10
"""Steps between two looks at the attitude error."""
BACK = ("impact", "landing")
"""How a flight ends that is to come down."""
SECOND = 100
"""Steps between two points of a profile."""

_DECIMALS = {"m": 1, "pa": 1, "deg": 4}
"""Of a column by the end of its name; three for all others."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one flight needs; the seed is the campaign's."""

    vehicle: Vehicle
    plan: FlightPlan
    scenario: Scenario
    dispersions: Dispersions
    seed: int
    flight: int
    compiled: bool = False
    """By numba, with the same result."""
    keep: Path | None = None
    """A folder for telemetry and truth (`sim.campaigns.keeping`)."""


@dataclass(frozen=True, slots=True)
class Flown:
    """What is left of a flight. The profile is true height (m) and Earth-relative speed (m/s) at each full second
    after lift-off, from the first on; it is empty where a fault was planned or the flight broke off.

    `states` has six numbers for each of those seconds: Earth-fixed position and Earth-relative velocity. `burns` has by
    stage number two for each full second after the ignition, from the first on, while the stage burns: specific force
    along the body (m/s2) and chamber pressure (Pa).
    """

    row: Row
    heights: array[float]
    speeds: array[float]
    states: array[float] = field(default_factory=lambda: array("d"))
    burns: dict[int, array[float]] = field(default_factory=dict)


def event_columns(vehicle: Vehicle) -> tuple[str, ...]:
    """The true events that have a column, as `sim.truth` names them: those of the parts that the vehicle has."""
    staging: list[str] = []
    for place, stage in enumerate(vehicle.stages):
        number, vernier = vehicle.number_of(place), isinstance(stage.motor, LiquidEngine) and stage.motor.vernier
        whats = ("ignition", *(("main_cutoff",) if vernier else ()), "burnout", "separation")
        staging += [f"stage_{number}_{what}" for what in whats]
    parts = (
        (vehicle.boosters, ("booster_burnout", "booster_separation")),
        (vehicle.tower, ("tower_separation",)),
        (len(vehicle.stages) > 1, ("recontact",)),
        (vehicle.fairing_kg, ("fairing_separation",)),
        (True, ("apogee", "orbit_insertion", "payload_separation")),
        (vehicle.escape, ("abort",)),
        (vehicle.drogue, ("drogue_deployment",)),
        (vehicle.main, ("main_deployment", "landing")),
        (True, ("attitude_loss", "impact")),
    )
    others = [name for there, names in parts if there for name in names]
    return ("ignition", "max_q", *staging[1:-1], *others)


def columns(vehicle: Vehicle) -> dict[str, type]:
    """The columns of a campaign's table in order, with their types; events are seconds after lift-off.

    The orbit is the osculating one when the payload leaves, after the trim, or else at the last burnout; heights above
    the equatorial radius. There is none where the last stage did not burn out. Beside it stand the heights at the last
    burnout, and the propellant that the trim took until the payload left. Dynamic pressure, and its product with the
    flow's angle to the x axis, which bends the vehicle, are the largest before the first loss of height; acceleration
    is the largest specific force while a motor burns, attitude error the largest angle between the true x axis and the
    one that the computer wants, from lift-off to the end.
    """
    return {
        "scenario": str,
        "flight": int,
        "seed": int,
        "outcome": str,
        "end_reason": str,
        **{f"{name}_s": float for name in event_columns(vehicle)},
        "perigee_m": float,
        "apogee_m": float,
        "inclination_deg": float,
        "burnout_perigee_m": float,
        "burnout_apogee_m": float,
        "trim_propellant_kg": float,
        "max_dynamic_pressure_pa": float,
        "max_q_alpha_pa_rad": float,
        "max_acceleration_m_s2": float,
        "max_attitude_error_deg": float,
        "rcs_propellant_used_kg": float,
    }


def fly(task: Task) -> Flown:
    """Flies one flight to its end."""
    seed = flight_seed(task.seed, task.flight)
    drawn = disperse(task.vehicle, task.dispersions, seed)
    computer = _computer(task)
    # What is kept was sent as a vehicle sends it: in real time.
    rate, keeper = (0.0, None) if task.keep is None else (1.0, Keeper(task.keep, task.scenario, task.flight, task.plan))
    mission = Mission(drawn.vehicle, task.plan, task.scenario, seed, computer, time_rate=rate)
    mission.world.density_ratio = drawn.density_ratio
    if task.compiled:
        from sim.compiled.motion import CompiledMotion

        mission.world.mover = CompiledMotion()
    watch = _Watch(mission.world, mission.truth)
    latest_s = task.plan.countdown_s + task.scenario.end_s
    while not mission.finished:
        before, step = mission.world.state, mission.world.step
        packets = mission.step()
        watch.look(before, computer)
        if (mission.world.liftoff_s is None and mission.time_s > latest_s) or (keeper and keeper.is_over(mission)):
            packets += mission.end()
        if keeper:
            keeper.look(mission)
            keeper.add(step, packets)
    outcome = _outcome(mission, task.plan)
    if keeper:
        facts = {
            "vehicle": task.vehicle.name,
            "scenario": task.scenario.name,
            "plan": task.plan.name,
            "telemetry": task.plan.telemetry,
            "campaign_seed": task.seed,
            "flight": task.flight,
            "seed": seed,
            "outcome": outcome,
        }
        keeper.close(mission, task.scenario, facts)
    values: Row = {
        "scenario": task.scenario.name,
        "flight": task.flight,
        "seed": seed,
        "outcome": outcome,
        "end_reason": mission.end_reason,
        **{f"{name}_s": mission.truth.time_s(name) for name in event_columns(task.vehicle)},
        **watch.orbit,
        "max_dynamic_pressure_pa": watch.dynamic_pressure,
        "max_q_alpha_pa_rad": watch.q_alpha,
        "max_acceleration_m_s2": math.sqrt(watch.force_squared),
        "max_attitude_error_deg": math.degrees(watch.attitude_error),
        "rcs_propellant_used_kg": drawn.vehicle.reaction_control.propellant_kg - mission.world.tank.propellant_kg,
    }
    row = {name: _cell(name, values.get(name)) for name in columns(task.vehicle)}
    whole = mission.end_reason == "complete" or (mission.end_reason in BACK and not task.plan.orbital)
    if task.scenario.faults or not whole:
        return Flown(row, array("d"), array("d"))
    return Flown(row, watch.heights, watch.speeds, watch.states, watch.burns)


def _computer(task: Task) -> PythonComputer:
    if not task.compiled:
        return PythonComputer(task.plan)
    from sim.compiled.computer import CompiledComputer

    return CompiledComputer(task.plan)


def pointing_error(wanted: tuple[float, float, float, float], state: tuple[float, ...]) -> float:
    """Angle between a state's x axis and that of a commanded attitude, rad; both body to inertial."""
    ax, ay, az = rotate(state[6], state[7], state[8], state[9], 1.0, 0.0, 0.0)
    bx, by, bz = rotate(*wanted, 1.0, 0.0, 0.0)
    across = math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
    return math.atan2(across, ax * bx + ay * by + az * bz)


class _Watch:
    """The figures of a flight that need a look at every step."""

    def __init__(self, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self._liftoff_step: int | None = None
        self.orbit: dict[str, float] = {}
        self._untrimmed_kg = 0.0
        self._released = False
        self.dynamic_pressure = 0.0
        self.q_alpha = 0.0
        self.force_squared = 0.0
        self.attitude_error = 0.0
        self.heights = array("d")
        self.speeds = array("d")
        self.states = array("d")
        self.burns: dict[int, array[float]] = {}

    def look(self, before: tuple[float, ...], computer: PythonComputer) -> None:
        """After a step; `before` is the state that the computer's commands answered."""
        world = self._world
        if self._liftoff_step is None:
            if world.liftoff_s is None:
                return
            self._liftoff_step = world.step - 1
        motion, flown = world.motion, world.step - self._liftoff_step
        if not self._truth.happened("apogee"):
            if motion.dynamic_pressure > self.dynamic_pressure:
                self.dynamic_pressure = motion.dynamic_pressure
            load = motion.dynamic_pressure * motion.flow_angle
            if load > self.q_alpha:
                self.q_alpha = load
        if world.burns(world.lowest):
            fx, fy, fz = motion.force
            self.force_squared = max(self.force_squared, fx * fx + fy * fy + fz * fz)
        if flown % LOOK == 0:
            self.attitude_error = max(self.attitude_error, pointing_error(computer.commanded_attitude(), before))
        if flown % SECOND == 0:
            px, py, _ = world.position
            vx, vy, vz = world.velocity
            relative = vx + ROTATION_RATE * py, vy - ROTATION_RATE * px, vz
            self.heights.append(round(world.height_m, 1))
            self.speeds.append(round(math.hypot(*relative), 3))
            self.states.extend(round(x, 1) for x in to_earth_fixed(world.position, world.time_s))
            self.states.extend(round(v, 3) for v in to_earth_fixed(relative, world.time_s))
        self._look_at_burn()
        if world.burnt_out[-1] and not self.orbit and not world.pushed:
            perigee, apogee = self._take_orbit()
            self.orbit |= {"burnout_perigee_m": perigee, "burnout_apogee_m": apogee}
            self._untrimmed_kg = world.tank.propellant_kg
        elif self.orbit and not world.payload_on and not self._released:
            self._released = True
            self._take_orbit()
            self.orbit["trim_propellant_kg"] = self._untrimmed_kg - world.tank.propellant_kg

    def _look_at_burn(self) -> None:
        world = self._world
        place = world.lowest
        ignited = world.ignited_s[place]
        if ignited is None or world.burnt_out[place]:
            return
        seconds, rest = divmod(world.step - round(ignited / STEP_S), SECOND)
        if rest == 0 and seconds > 0:
            burn = self.burns.setdefault(world.vehicle.first_stage + place, array("d"))
            burn.extend((round(world.motion.force[0], 4), round(world.chamber_pressure(place), 1)))

    def _take_orbit(self) -> tuple[float, float]:
        position, velocity = self._world.position, self._world.velocity
        perigee, apogee = orbit_heights(position, velocity)
        angle = math.degrees(inclination(position, velocity))
        self.orbit |= {"perigee_m": perigee, "apogee_m": apogee, "inclination_deg": angle}
        return perigee, apogee


def _outcome(mission: Mission, plan: FlightPlan) -> str:
    """As the station's verdict has it, from the truth."""
    if mission.truth.happened("orbit_insertion"):
        return "orbit"
    return "no_orbit" if plan.target.perigee_m > ORBIT_PERIGEE_M else "suborbital"


def _cell(name: str, value: Cell) -> Cell:
    if not isinstance(value, float):
        return value
    return round(value, _DECIMALS.get(name.rpartition("_")[2], 3)) if math.isfinite(value) else None
