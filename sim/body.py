"""Motion of a rigid body near the Earth: six degrees of freedom, plain floats, no allocation but tuples.

State: position and velocity of the centre of mass in the inertial frame aligned with Earth's axes at step 0 (m, m/s),
quaternion body to inertial (scalar first), angular rate in body axes (rad/s). Body axes x forward, y right, z down,
principal axes: products of inertia are zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from flight.geodesy import ROTATION_RATE
from sim.aerodynamics import Shape, loads
from sim.air import air
from sim.earth import gravitation, height

DRAG_CEILING = 200e3
"""Height in m above which the air is left out: its drag is below 1e-5 m/s2 for what flies here."""


Numbers = tuple[float, ...]


class State(NamedTuple):
    """Position, velocity, attitude and rate, as the module says."""

    px: float
    py: float
    pz: float
    vx: float
    vy: float
    vz: float
    qw: float
    qx: float
    qy: float
    qz: float
    wx: float
    wy: float
    wz: float


class Rates(NamedTuple):
    """The state's time derivative, and what is known on the way."""

    px: float
    py: float
    pz: float
    vx: float
    vy: float
    vz: float
    qw: float
    qx: float
    qy: float
    qz: float
    wx: float
    wy: float
    wz: float
    force_x: float
    """Specific force, body axes, m/s2."""
    force_y: float
    force_z: float
    height: float
    """Along the radius, m."""
    dynamic_pressure: float
    """Pa."""
    static_pressure: float
    """Pa."""
    flow_angle: float
    """Between the x axis and the motion through the air, 0 to pi; 0 where there is no air."""


class Actions(NamedTuple):
    """What acts on the body during a step, beside thrust and mass, which change within it.

    `aim_*` is the direction of thrust as an angle that turns the body positively about that axis, rad. `torque_*` is
    added to what thrust and air make, N m; `push*` to the specific force along x, y and z, m/s2. `jet_damping` is the
    torque against a pitch or yaw rate per newton of thrust, N m s per N. Inertias in kg m2; `mass_centre` is a station
    of `shape`; `wind_*` the air's motion over the ground, inertial axes, m/s. `canopy` is a parachute's drag
    coefficient times area, m2, tied at the station `canopy_tie`.
    """

    aim_pitch: float
    aim_yaw: float
    nozzle_arm: float
    exit_area: float
    jet_damping: float
    torque_x: float
    torque_y: float
    torque_z: float
    push: float
    inertia_roll: float
    inertia_pitch: float
    inertia_yaw: float
    mass_centre: float
    shape: Shape
    density_ratio: float = 1.0
    """Density of the air over the standard atmosphere's."""
    wind_x: float = 0.0
    wind_y: float = 0.0
    wind_z: float = 0.0
    push_y: float = 0.0
    push_z: float = 0.0
    canopy: float = 0.0
    canopy_tie: float = 0.0


def derivative(state: Numbers, vacuum_thrust: float, mass: float, actions: Actions) -> Numbers:
    """The rates (laid out as `Rates`) of a state (laid out as `State`).

    Gravitation with J2; thrust less ambient pressure on the nozzle's exit while the motor pushes, its lever arm and the
    damping of its jet; the loads of `sim.aerodynamics` in air that turns with the Earth and blows; Euler's equations.
    """
    px, py, pz, vx, vy, vz, qw, qx, qy, qz, wx, wy, wz = state
    (
        aim_pitch, aim_yaw, arm, exit_area, jet, tx, ty, tz, push, roll, pitch, yaw, centre, shape,
        dense, wind_x, wind_y, wind_z, push_y, push_z, canopy, canopy_tie,
    ) = actions  # fmt: skip
    ax, ay, az = gravitation(px, py, pz)
    high = height(px, py, pz)
    fx, fy, fz = push, push_y, push_z
    pressure = dynamic_pressure = flow_angle = 0.0
    if high < DRAG_CEILING:
        pressure, density, sound = air(high)
        density *= dense
        rx = vx + ROTATION_RATE * py - wind_x
        ry = vy - ROTATION_RATE * px - wind_y
        rz = vz - wind_z
        # Motion through the air in body axes: the inverse rotation.
        ux = 2.0 * (qz * ry - qy * rz)
        uy = 2.0 * (qx * rz - qz * rx)
        uz = 2.0 * (qy * rx - qx * ry)
        u = rx + qw * ux + (qz * uy - qy * uz)
        v = ry + qw * uy + (qx * uz - qz * ux)
        w = rz + qw * uz + (qy * ux - qx * uy)
        across = v * v + w * w
        dynamic_pressure = 0.5 * density * (u * u + across)
        flow_angle = math.atan2(math.sqrt(across), u)
        x, y, z, air_y, air_z = loads(shape, density, sound, u, v, w, wy, wz, centre)
        fx += x / mass
        fy += y / mass
        fz += z / mass
        ty += air_y
        tz += air_z
        if canopy > 0.0:
            # The line pulls against the motion of the point that it is tied to.
            lever = centre - canopy_tie
            tie_v, tie_w = v + lever * wz, w - lever * wy
            pull = 0.5 * density * canopy * math.sqrt(u * u + tie_v * tie_v + tie_w * tie_w)
            fx -= pull * u / mass
            fy -= pull * tie_v / mass
            fz -= pull * tie_w / mass
            ty += lever * pull * tie_w
            tz -= lever * pull * tie_v
    if vacuum_thrust > 0.0:
        thrust = vacuum_thrust - pressure * exit_area
        side_y = -thrust * math.sin(aim_yaw)
        side_z = thrust * math.sin(aim_pitch)
        jet *= vacuum_thrust
        ty += arm * side_z - jet * wy
        tz -= arm * side_y + jet * wz
        fx += thrust * math.cos(aim_pitch) * math.cos(aim_yaw) / mass
        fy += side_y / mass
        fz += side_z / mass
    if fx != 0.0 or fy != 0.0 or fz != 0.0:
        ux = 2.0 * (qy * fz - qz * fy)
        uy = 2.0 * (qz * fx - qx * fz)
        uz = 2.0 * (qx * fy - qy * fx)
        ax += fx + qw * ux + (qy * uz - qz * uy)
        ay += fy + qw * uy + (qz * ux - qx * uz)
        az += fz + qw * uz + (qx * uy - qy * ux)
    return (
        vx,
        vy,
        vz,
        ax,
        ay,
        az,
        -0.5 * (qx * wx + qy * wy + qz * wz),
        0.5 * (qw * wx + qy * wz - qz * wy),
        0.5 * (qw * wy + qz * wx - qx * wz),
        0.5 * (qw * wz + qx * wy - qy * wx),
        (tx + (pitch - yaw) * wy * wz) / roll,
        (ty + (yaw - roll) * wz * wx) / pitch,
        (tz + (roll - pitch) * wx * wy) / yaw,
        fx,
        fy,
        fz,
        high,
        dynamic_pressure,
        pressure,
        flow_angle,
    )


class Motion(NamedTuple):
    """A step's outcome: the new state, means over the step for an integrating sensor, and figures at its beginning."""

    state: tuple[float, ...]
    force: tuple[float, float, float]
    rate: tuple[float, float, float]
    height: float
    dynamic_pressure: float
    static_pressure: float
    flow_angle: float


def advance(
    state: Numbers,
    thrusts: tuple[float, float, float],
    masses: tuple[float, float, float],
    actions: Actions,
    dt: float,
) -> Motion:
    """One step of the classic fourth-order Runge-Kutta method; thrust and mass at its beginning, middle and end."""
    half = 0.5 * dt
    a = derivative(state, thrusts[0], masses[0], actions)
    b = derivative(_moved(state, a, half), thrusts[1], masses[1], actions)
    c = derivative(_moved(state, b, half), thrusts[1], masses[1], actions)
    d = derivative(_moved(state, c, dt), thrusts[2], masses[2], actions)
    mean = 1.0 / 6.0
    sixth = dt * mean
    total = _summed(a, b, c, d)
    px, py, pz, vx, vy, vz, qw, qx, qy, qz, wx, wy, wz = _moved(state, total, sixth)
    scale = 1.0 / math.sqrt(qw * qw + qx * qx + qy * qy + qz * qz)
    return Motion(
        (px, py, pz, vx, vy, vz, qw * scale, qx * scale, qy * scale, qz * scale, wx, wy, wz),
        (mean * total[13], mean * total[14], mean * total[15]),
        (
            state[10] + sixth * (a[10] + b[10] + c[10]),
            state[11] + sixth * (a[11] + b[11] + c[11]),
            state[12] + sixth * (a[12] + b[12] + c[12]),
        ),
        a[16],
        a[17],
        a[18],
        a[19],
    )


Mover = Callable[[Numbers, tuple[float, float, float], tuple[float, float, float], Actions, float], Motion]
"""What moves a body by one step, called like `advance`."""


def _moved(state: Numbers, rates: Numbers, dt: float) -> Numbers:
    """The state after a step of Euler's method. One line a component: a loop takes three times as long."""
    px, py, pz, vx, vy, vz, qw, qx, qy, qz, wx, wy, wz = state
    return (
        px + dt * rates[0],
        py + dt * rates[1],
        pz + dt * rates[2],
        vx + dt * rates[3],
        vy + dt * rates[4],
        vz + dt * rates[5],
        qw + dt * rates[6],
        qx + dt * rates[7],
        qy + dt * rates[8],
        qz + dt * rates[9],
        wx + dt * rates[10],
        wy + dt * rates[11],
        wz + dt * rates[12],
    )


def _summed(a: Numbers, b: Numbers, c: Numbers, d: Numbers) -> Numbers:
    """The four slopes with their weights 1, 2, 2, 1."""
    return (
        a[0] + 2.0 * (b[0] + c[0]) + d[0],
        a[1] + 2.0 * (b[1] + c[1]) + d[1],
        a[2] + 2.0 * (b[2] + c[2]) + d[2],
        a[3] + 2.0 * (b[3] + c[3]) + d[3],
        a[4] + 2.0 * (b[4] + c[4]) + d[4],
        a[5] + 2.0 * (b[5] + c[5]) + d[5],
        a[6] + 2.0 * (b[6] + c[6]) + d[6],
        a[7] + 2.0 * (b[7] + c[7]) + d[7],
        a[8] + 2.0 * (b[8] + c[8]) + d[8],
        a[9] + 2.0 * (b[9] + c[9]) + d[9],
        a[10] + 2.0 * (b[10] + c[10]) + d[10],
        a[11] + 2.0 * (b[11] + c[11]) + d[11],
        a[12] + 2.0 * (b[12] + c[12]) + d[12],
        a[13] + 2.0 * (b[13] + c[13]) + d[13],
        a[14] + 2.0 * (b[14] + c[14]) + d[14],
        a[15] + 2.0 * (b[15] + c[15]) + d[15],
    )
