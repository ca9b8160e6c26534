"""Finds a flight plan's numbers by flying it: `python -m sim.planning VEHICLE SCENARIO [--free …] [--kick DEGREES]`.

The first stage's program is the gravity turn that follows a kick from the vertical, flown by the same body in calm air
with its attitude imposed. The upper stages' numbers come from Newton's method on whole closed-loop flights with perfect
sensors and no faults in the mean of the usual wind, until the last burnout meets the target. Prints what belongs into
the plan's file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Annotated, Any

import typer

from flight.computer.maths import from_axes
from flight.geodesy import (
    GRAVITATIONAL_PARAMETER,
    ROTATION_RATE,
    SEMI_MAJOR_AXIS,
    Vector,
    horizon,
    to_ecef,
)
from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.plans.plan import MOST_KNOTS, FlightPlan, Site
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.body import Actions, advance
from sim.earth import inclination
from sim.mission import Mission
from sim.planning.vectors import blend, cross, dot, solved
from sim.scenario import Scenario
from sim.vehicle import Vehicle
from sim.wind import usual

KICK_BEGIN_S = 4.0
KICK_END_S = 10.0
QUIET_S = 2.0
"""The program rests for this long before burnout, so that the stages part without turning."""
WEAVE_PART = 0.47
"""Part of the stage's speed after which the weave changes side: vehicles' sizing study."""
RISE_S = 0.1
"""The turn is reckoned from this long after first thrust, when the motor has built up its own."""
DT = 0.05
IMMOVABLE = 1e30
"""Inertia in kg m2 of a body whose attitude is imposed."""
_STEP_OR_LIMIT = re.compile("_(step|limit)_")
Free = tuple[str, int]
"""A number of the plan that Newton's method may change: a field of a stage, and the stage's index; -1: of the plan."""
KNOWN: dict[str, Free] = {
    "azimuth": ("azimuth_deg", -1),
    "pitch_2": ("pitch_deg", 1),
    "pitch_3": ("pitch_deg", 2),
    "ignition_3": ("ignition_s", 2),
    "weave_3": ("weave_deg", 2),
}
STEPS = {"azimuth_deg": 0.5, "pitch_deg": 0.2, "ignition_s": 1.0, "weave_deg": 0.5}
"""For the differences that stand in for derivatives; one change is at most `FARTHEST` of them."""
FARTHEST = 15.0


def gravity_turn(vehicle: Vehicle, site: Site, azimuth_deg: float, payload_kg: float, kick_deg: float) -> list[Vector]:
    """(seconds, pitch, pitch less that of the motion through the air) every 50 ms of the first stage; degrees.

    Upright, then a steady kick, then level in the launch frame until the motion has come down to it, then along it.
    """
    latitude, longitude = math.radians(site.latitude_deg), math.radians(site.longitude_deg)
    north, east, up = horizon(latitude, longitude)
    azimuth = math.radians(azimuth_deg)
    ahead = blend(math.cos(azimuth), north, math.sin(azimuth), east)
    right = cross(ahead, up)
    px, py, pz = to_ecef(latitude, longitude, site.height_m)
    state: tuple[float, ...] = (px, py, pz, -ROTATION_RATE * py, ROTATION_RATE * px, 0.0)
    stage = vehicle.stages[0]
    full = vehicle.lift_off_kg - vehicle.payload_kg + payload_kg
    actions = Actions(
        aim_pitch=0.0,
        aim_yaw=0.0,
        nozzle_arm=0.0,
        exit_area=stage.exit_area_m2,
        jet_damping=0.0,
        torque_x=0.0,
        torque_y=0.0,
        torque_z=0.0,
        push=0.0,
        inertia_roll=IMMOVABLE,
        inertia_pitch=IMMOVABLE,
        inertia_yaw=IMMOVABLE,
        mass_centre=0.0,
        shape=vehicle.shape(0),
    )
    rows = []
    following = False
    for count in range(int((stage.motor.burn_s - RISE_S) / DT)):
        time = count * DT
        air = (state[3] + ROTATION_RATE * state[1], state[4] - ROTATION_RATE * state[0], state[5])
        motion = math.degrees(math.atan2(dot(air, up), dot(air, ahead))) if time > KICK_END_S else 90.0
        kick = kick_deg * min(1.0, max(0.0, (time - KICK_BEGIN_S) / (KICK_END_S - KICK_BEGIN_S)))
        following = following or motion < 90.0 - kick
        pitch = motion if following else 90.0 - kick
        rows.append((time, pitch, pitch - motion))
        x_axis = blend(math.cos(math.radians(pitch)), ahead, math.sin(math.radians(pitch)), up)
        now, half, then = (stage.motor.at(time + RISE_S + part * DT) for part in (0.0, 0.5, 1.0))
        motion_on = advance(
            (*state, *from_axes(*x_axis, *right, *cross(x_axis, right)), 0.0, 0.0, 0.0),
            (now[0], half[0], then[0]),
            (full - now[1], full - half[1], full - then[1]),
            actions,
            DT,
        )
        state = motion_on.state[:6]
    return rows


def program(rows: Sequence[Vector]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The knots of a pitch program along a gravity turn: times and pitches, resting before burnout."""
    caught = next(time for time, _, angle in rows if time > KICK_END_S and angle == 0.0)
    last = rows[-1][0] - QUIET_S
    count = MOST_KNOTS - 4
    later = [caught + (last - caught) * place / count for place in range(count + 1)]
    times = [round(time, 1) for time in (0.0, KICK_BEGIN_S, KICK_END_S, *later)]
    return tuple(times), tuple(round(rows[round(time / DT)][1], 2) for time in times)


def perfect(vehicle: Vehicle) -> Vehicle:
    """The vehicle with sensors that neither err nor tremble."""
    errors = [field.name for field in fields(vehicle.sensors) if not _STEP_OR_LIMIT.search(field.name)]
    return replace(vehicle, sensors=replace(vehicle.sensors, **dict.fromkeys(errors, 0.0)))


def fly(vehicle: Vehicle, plan: FlightPlan, scenario: Scenario) -> Mission:
    """The closed loop up to the last burnout, in the mean of the usual wind."""
    mission = Mission(vehicle, plan, scenario, 0, PythonComputer(plan))
    mission.world.wind = usual()
    while not mission.finished and not mission.world.burnt_out[-1]:
        mission.step()
    return mission


def miss(mission: Mission, plan: FlightPlan) -> list[float]:
    """How far the state is from the target: radius of the perigee in km, radial and horizontal speed in m/s, and where
    the plan asks for one, inclination in tenths of a degree.
    """
    position, velocity = mission.world.position, mission.world.velocity
    radius = math.sqrt(dot(position, position))
    climb = dot(position, velocity) / radius
    level = math.sqrt(dot(velocity, velocity) - climb * climb)
    low, high = SEMI_MAJOR_AXIS + plan.target.perigee_m, SEMI_MAJOR_AXIS + plan.target.apogee_m
    wanted = math.sqrt(GRAVITATIONAL_PARAMETER * (2.0 / low - 2.0 / (low + high)))
    misses = [(radius - low) / 1e3, climb, level - wanted]
    if plan.target.inclination_deg is not None:
        misses.append(10.0 * (math.degrees(inclination(position, velocity)) - plan.target.inclination_deg))
    return misses


def with_number(plan: FlightPlan, free: Free, value: float) -> FlightPlan:
    """The plan with one number of one stage set."""
    name, place = free
    change: dict[str, Any] = {name: value}
    if place < 0:
        return replace(plan, **change)
    stages = list(plan.stages)
    stages[place] = replace(stages[place], **change)
    return replace(plan, stages=tuple(stages))


def number(plan: FlightPlan, free: Free) -> float:
    """One number of the plan or of one of its stages."""
    name, place = free
    return float(getattr(plan if place < 0 else plan.stages[place], name))


def solve(
    vehicle: Vehicle, plan: FlightPlan, scenario: Scenario, free: Sequence[Free], say: Callable[[str], None]
) -> FlightPlan:
    """Newton's method on whole flights, with Broyden's update of the slopes.

    As many misses are looked at as numbers are free. Ends where all are below 0.05, or after 12 flights.
    """

    def missed(of: FlightPlan) -> list[float]:
        misses = miss(fly(vehicle, of, scenario), of)[: len(free)]
        say(f"{[round(number(of, item), 4) for item in free]} misses by {[round(value, 3) for value in misses]}")
        return misses

    value = [number(plan, item) for item in free]
    now = missed(plan)
    columns = []
    for item, start in zip(free, value, strict=True):
        step = STEPS[item[0]]
        there = missed(with_number(plan, item, start + step))
        columns.append([(b - a) / step for a, b in zip(now, there, strict=True)])
    slopes = [list(row) for row in zip(*columns, strict=True)]
    for _ in range(12):
        if max(map(abs, now)) < 0.05:
            break
        change = solved(slopes, [-m for m in now])
        far = max(abs(c) / (FARTHEST * STEPS[name]) for c, (name, _) in zip(change, free, strict=True))
        change = [c / max(1.0, far) for c in change]
        value = [a + b for a, b in zip(value, change, strict=True)]
        for item, new in zip(free, value, strict=True):
            plan = with_number(plan, item, new)
        then = missed(plan)
        for row, before, after in zip(slopes, now, then, strict=True):
            surprise = after - before - dot(row, change)
            row[:] = [s + surprise * c / dot(change, change) for s, c in zip(row, change, strict=True)]
        now = then
    return plan


def weave_switch(vehicle: Vehicle, payload_kg: float) -> float:
    """Sensed speed at which the last stage's weave changes side, m/s."""
    stage = vehicle.stages[-1]
    rest = stage.dry_kg + vehicle.avionics_kg + payload_kg + vehicle.reaction_control.propellant_kg
    return WEAVE_PART * stage.motor.exhaust_speed * math.log(1.0 + stage.motor.propellant_kg / rest)


def main(
    vehicle: Annotated[str, typer.Argument(help="vehicle by name or file")],
    scenario: Annotated[str, typer.Argument(help="whose plan and payload; its faults are left out")],
    free: Annotated[str, typer.Option(help=f"three or four of {', '.join(KNOWN)}")] = "pitch_2,pitch_3,ignition_3",
    kick: Annotated[float, typer.Option(help="degrees from the vertical at T+10")] = 17.0,
) -> None:
    """Finds a flight plan's numbers by flying it."""
    spec = perfect(vehicles.load(vehicle))
    healthy = replace(scenarios.load(spec.name, scenario), faults=())
    plan = plans.load(healthy.plan)
    times, pitches = program(gravity_turn(spec, plan.site, plan.azimuth_deg, healthy.payload_kg, kick))
    plan = replace(plan, program_time_s=times, program_pitch_deg=pitches)
    plan = with_number(plan, ("weave_switch_m_s", 2), round(weave_switch(spec, healthy.payload_kg), 0))
    plan = solve(spec, plan, healthy, [KNOWN[name] for name in free.split(",")], typer.echo)
    typer.echo(f"azimuth_deg = {plan.azimuth_deg}")
    typer.echo(f"time_s = {list(times)}\npitch_deg = {list(pitches)}")
    for place, stage in enumerate(plan.stages):
        typer.echo(f"stage {place + 1}: {stage}")
    mission = Mission(spec, plan, healthy, 0, PythonComputer(plan))
    mission.world.wind = usual()
    while not mission.finished:
        mission.step()
    for event in mission.truth.events:
        typer.echo(f"{event.name} = {event.flown_s:.2f}")


if __name__ == "__main__":
    typer.run(main)
