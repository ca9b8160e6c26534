"""Motion of a rigid body near the Earth: six degrees of freedom, plain floats, no allocation but tuples.

State: position and velocity in the inertial frame aligned with Earth's axes at step 0 (m, m/s), quaternion body to
inertial (scalar first), angular rate in body axes (rad/s). Body axes x forward, y right, z down, principal axes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from flight.geodesy import ROTATION_RATE
from sim.air import air
from sim.earth import gravitation, height

DRAG_CEILING = 200e3
"""Height in m above which drag is left out: below 1e-5 m/s2 for what flies here."""


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


class Actions(NamedTuple):
    """What acts on the body during a step, beside thrust and mass, which change within it.

    `aim_*` is the direction of thrust as an angle that turns the body positively about that axis, rad. `torque_*` is
    added to what the thrust makes, N m; `push` to the specific force along x, m/s2.
    """

    aim_pitch: float
    aim_yaw: float
    nozzle_arm: float
    exit_area: float
    torque_x: float
    torque_y: float
    torque_z: float
    push: float
    inertia_roll: float
    inertia_pitch: float
    area: float
    drag_mach: tuple[float, ...]
    drag_coefficient: tuple[float, ...]
    density_ratio: float = 1.0
    """Density of the air over the standard atmosphere's."""


def interpolated(xs: tuple[float, ...], ys: tuple[float, ...], x: float) -> float:
    """The straight line between table points, constant outside."""
    place = bisect_right(xs, x)
    if place == 0:
        return ys[0]
    if place == len(xs):
        return ys[-1]
    x0 = xs[place - 1]
    y0 = ys[place - 1]
    return y0 + (ys[place] - y0) * (x - x0) / (xs[place] - x0)


def derivative(state: Sequence[float], vacuum_thrust: float, mass: float, actions: Actions) -> tuple[float, ...]:
    """The rates (laid out as `Rates`) of a state (laid out as `State`).

    Gravitation with J2; thrust less ambient pressure on the nozzle's exit while the motor pushes; drag along the
    velocity relative to air that turns with the Earth; Euler's equations for a body with equal pitch and yaw inertia.
    """
    px, py, pz, vx, vy, vz, qw, qx, qy, qz, wx, wy, wz = state
    aim_pitch, aim_yaw, arm, exit_area, tx, ty, tz, push, roll_inertia, inertia, area, machs, drags, dense = actions
    gx, gy, gz = gravitation(px, py, pz)
    high = height(px, py, pz)
    fx = push
    fy = fz = 0.0
    pressure = dynamic_pressure = 0.0
    ax, ay, az = gx, gy, gz
    if high < DRAG_CEILING:
        pressure, density, sound = air(high)
        density *= dense
        rx = vx + ROTATION_RATE * py
        ry = vy - ROTATION_RATE * px
        speed = math.sqrt(rx * rx + ry * ry + vz * vz)
        dynamic_pressure = 0.5 * density * speed * speed
        drag = 0.5 * density * speed * area * interpolated(machs, drags, speed / sound) / mass
        dx, dy, dz = -drag * rx, -drag * ry, -drag * vz
        ax += dx
        ay += dy
        az += dz
        # Drag in body axes: the inverse rotation.
        ux = 2.0 * (qz * dy - qy * dz)
        uy = 2.0 * (qx * dz - qz * dx)
        uz = 2.0 * (qy * dx - qx * dy)
        fx += dx + qw * ux + (qz * uy - qy * uz)
        fy = dy + qw * uy + (qx * uz - qz * ux)
        fz = dz + qw * uz + (qy * ux - qx * uy)
    bx = push
    by = bz = 0.0
    if vacuum_thrust > 0.0:
        thrust = vacuum_thrust - pressure * exit_area
        side_y = -thrust * math.sin(aim_yaw)
        side_z = thrust * math.sin(aim_pitch)
        ty += arm * side_z
        tz -= arm * side_y
        ahead = thrust * math.cos(aim_pitch) * math.cos(aim_yaw) / mass
        by = side_y / mass
        bz = side_z / mass
        bx += ahead
        fx += ahead
        fy += by
        fz += bz
    if bx != 0.0:
        ux = 2.0 * (qy * bz - qz * by)
        uy = 2.0 * (qz * bx - qx * bz)
        uz = 2.0 * (qx * by - qy * bx)
        ax += bx + qw * ux + (qy * uz - qz * uy)
        ay += by + qw * uy + (qz * ux - qx * uz)
        az += bz + qw * uz + (qx * uy - qy * ux)
    slip = (inertia - roll_inertia) / inertia
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
        tx / roll_inertia,
        ty / inertia + slip * wz * wx,
        tz / inertia - slip * wx * wy,
        fx,
        fy,
        fz,
        high,
        dynamic_pressure,
        pressure,
    )


class Motion(NamedTuple):
    """A step's outcome: the new state, means over the step for an integrating sensor, and figures at its beginning."""

    state: tuple[float, ...]
    force: tuple[float, float, float]
    rate: tuple[float, float, float]
    height: float
    dynamic_pressure: float
    static_pressure: float


def advance(
    state: tuple[float, ...],
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
    px, py, pz, vx, vy, vz, qw, qx, qy, qz, wx, wy, wz = [
        x + sixth * (k1 + 2.0 * (k2 + k3) + k4) for x, k1, k2, k3, k4 in zip(state, a, b, c, d, strict=False)
    ]
    scale = 1.0 / math.sqrt(qw * qw + qx * qx + qy * qy + qz * qz)
    return Motion(
        (px, py, pz, vx, vy, vz, qw * scale, qx * scale, qy * scale, qz * scale, wx, wy, wz),
        (
            mean * (a[13] + 2.0 * (b[13] + c[13]) + d[13]),
            mean * (a[14] + 2.0 * (b[14] + c[14]) + d[14]),
            mean * (a[15] + 2.0 * (b[15] + c[15]) + d[15]),
        ),
        (
            state[10] + sixth * (a[10] + b[10] + c[10]),
            state[11] + sixth * (a[11] + b[11] + c[11]),
            state[12] + sixth * (a[12] + b[12] + c[12]),
        ),
        a[16],
        a[17],
        a[18],
    )


def _moved(state: Sequence[float], rates: Sequence[float], dt: float) -> list[float]:
    return [x + dt * rate for x, rate in zip(state, rates, strict=False)]
