"""The first stage's program of a solid vehicle: `python -m sim.planning.turn PLAN --kick DEGREES --payload KG`.

It is the gravity turn that follows a kick from the vertical, flown in calm air by the body that flies in missions too,
with its attitude imposed. Liquids, whose thrust is even, have theirs from `sim.planning.search`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import typer

from flight.computer.maths import from_axes
from flight.geodesy import ROTATION_RATE, Vector, blend, cross
from flight.plans import plan as plans
from flight.plans.plan import MOST_KNOTS, Site
from sim import vehicle as vehicles
from sim.body import Actions, advance
from sim.motor import SolidMotor
from sim.planning.ascent import launch
from sim.planning.vectors import dot
from sim.vehicle import Vehicle

KICK_BEGIN_S = 4.0
KICK_END_S = 10.0
QUIET_S = 2.0
"""The program rests for this long before burnout, so that the stages part without turning."""
WEAVE_PART = 0.5
"""Part of the stage's speed after which the weave changes side."""
RISE_S = 0.1
"""The turn is reckoned from this long after first thrust, when the motor has built up its own."""
DT = 0.05
IMMOVABLE = 1e30
"""Inertia in kg m2 of a body whose attitude is imposed."""


def gravity_turn(vehicle: Vehicle, site: Site, azimuth_deg: float, payload_kg: float, kick_deg: float) -> list[Vector]:
    """(seconds, pitch, pitch less that of the motion through the air) every 50 ms of the first stage; degrees.

    Upright, then a steady kick, then level in the launch frame until the motion has come down to it, then along it.
    """
    start = launch(site, azimuth_deg)
    up, ahead, right = start.up, start.ahead, start.right
    state: tuple[float, ...] = (*start.position, *start.velocity)
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


def weave_switch(vehicle: Vehicle, payload_kg: float) -> float:
    """Sensed speed at which the last stage's weave changes side, m/s."""
    stage = vehicle.stages[-1]
    rest = stage.dry_kg + vehicle.avionics_kg + payload_kg + vehicle.reaction_control.propellant_kg
    return WEAVE_PART * stage.motor.exhaust_speed * math.log(1.0 + stage.motor.propellant_kg / rest)


def main(
    plan_name: Annotated[str, typer.Argument(metavar="PLAN", help="flight plan by name or file")],
    kick: Annotated[float, typer.Option(help="degrees from the vertical at T+10")],
    payload: Annotated[float, typer.Option(help="kg")],
) -> None:
    """Prints the first stage's program and where the last stage's weave changes side."""
    plan = plans.load(plan_name)
    vehicle = vehicles.load(plan.vehicle)
    times, pitches = program(gravity_turn(vehicle, plan.site, plan.azimuth_deg, payload, kick))
    typer.echo(f"time_s = {list(times)}\npitch_deg = {list(pitches)}")
    if isinstance(vehicle.stages[-1].motor, SolidMotor):
        typer.echo(f"weave_switch_m_s = {weave_switch(vehicle, payload):.0f}")


if __name__ == "__main__":
    typer.run(main)
