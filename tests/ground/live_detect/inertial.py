"""A point mass flown in the inertial frame, and what an inertial unit, a receiver and a navigation say of it.

It shares nothing with the simulator. Straight up from the equator, its attitude held in the inertial frame: body x is
the vertical of the start, z the Earth's axis.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flight.geodesy import GRAVITATIONAL_PARAMETER, J2, ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, to_earth_fixed
from ground.detect.strapdown import Quaternion

STEP_S = 0.01
LIFTOFF_S = 5.0


@dataclass(frozen=True)
class Moment:
    """The truth after one step: mean specific force of the step (body), and the Earth-fixed state."""

    time_s: float
    force: Vector
    position: Vector
    velocity: Vector
    attitude: Quaternion


def boost(time_s: float) -> float:
    """Axial specific force of a burn of 40 s at 20 to 40 m/s2, then none."""
    late_s = time_s - LIFTOFF_S
    return 20.0 + 0.5 * late_s if late_s < 40.0 else 0.0


def gravity(x: float, y: float, z: float) -> Vector:
    """In the inertial frame, with oblateness; the motion stays near the equator."""
    radius = math.sqrt(x * x + y * y + z * z)
    pull = -GRAVITATIONAL_PARAMETER / radius**3
    bulge = 1.5 * J2 * (SEMI_MAJOR_AXIS / radius) ** 2
    return pull * x * (1.0 + bulge), pull * y * (1.0 + bulge), pull * z * (1.0 + 3.0 * bulge)


def flown(seconds: float, force: Callable[[float], float] = boost) -> Iterator[Moment]:
    """One moment each hundredth of a second, from the pad on."""
    x, y, z = SEMI_MAJOR_AXIS + 1000.0, 0.0, 0.0
    u, v, w = 0.0, ROTATION_RATE * x, 0.0
    for count in range(round(seconds / STEP_S)):
        t = count * STEP_S
        if t < LIFTOFF_S:
            angle = ROTATION_RATE * (t + STEP_S)
            radius = SEMI_MAJOR_AXIS + 1000.0
            x, y = radius * math.cos(angle), radius * math.sin(angle)
            u, v = -ROTATION_RATE * y, ROTATION_RATE * x
            pull = gravity(x, y, z)
            felt = (-pull[0] - ROTATION_RATE**2 * x, -pull[1] - ROTATION_RATE**2 * y, 0.0)
        else:
            felt = (force(t + 0.5 * STEP_S), 0.0, 0.0)
            half = 0.5 * STEP_S
            pull = gravity(x + half * u, y + half * v, z + half * w)
            a, b, c = felt[0] + pull[0], felt[1] + pull[1], felt[2] + pull[2]
            x, y, z = x + STEP_S * (u + half * a), y + STEP_S * (v + half * b), z + STEP_S * (w + half * c)
            u, v, w = u + STEP_S * a, v + STEP_S * b, w + STEP_S * c
        late_s = t + STEP_S
        half_turn = -0.5 * ROTATION_RATE * late_s
        yield Moment(
            late_s,
            felt,
            to_earth_fixed((x, y, z), late_s),
            to_earth_fixed((u + ROTATION_RATE * y, v - ROTATION_RATE * x, w), late_s),
            (math.cos(half_turn), 0.0, 0.0, math.sin(half_turn)),
        )


def noisy(rng: random.Random, vector: Vector, sigma: float) -> Vector:
    """With independent Gaussian noise along each axis."""
    return vector[0] + rng.gauss(0.0, sigma), vector[1] + rng.gauss(0.0, sigma), vector[2] + rng.gauss(0.0, sigma)


def pitched(attitude: Quaternion, angle: float) -> Quaternion:
    """Turned about the body's y axis."""
    w, x, y, z = attitude
    c, s = math.cos(0.5 * angle), math.sin(0.5 * angle)
    return w * c - y * s, x * c - z * s, y * c + w * s, z * c + x * s
