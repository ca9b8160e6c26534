"""One shot of the coast-and-burn loop: the rest of the flight flown ahead, leg by leg, to the last burnout.

Legs lie between the knots of the lower burn, over the coast in equal parts, and between the knots of the upper burn. In
a leg gravity and the direction of thrust are those half-way, thrust acceleration is straight from knot to knot: a
leapfrog of second order, whose error over a whole shot is a few metres and centimetres a second. No air.
"""

import math

from flight.computer.maths import clamp, length, sin_cos
from flight.computer.navigation import gravity
from flight.computer.records import Burn, Plan, Shooting, StagePlan

KNOTS = 16
COAST_LEGS = 16
FIRST_COAST = 15  # a shot's legs: the lower burn's, the coast's, the upper burn's
FIRST_UPPER = 31
END = 46

RAMP = 0.1  # part of the upper burn, on either side of the change, in which the weave changes sides


def knot(burn: Burn, sensed: float) -> int:
    """The last knot that a burn has passed, at most the last but one."""
    found = 0
    for i in range(1, KNOTS - 1):
        if sensed >= burn.gained[i]:
            found = i
    return found


def passed(burn: Burn, place: int, sensed: float) -> float:
    """Part of the time from a knot to the next that has passed when so much speed has been sensed."""
    span = burn.time[place + 1] - burn.time[place]
    if sensed <= burn.gained[place] or not (span > 0.0):
        return 0.0
    before = burn.push[place]
    level = (sensed - burn.gained[place]) / span
    root = before * before + 2.0 * (burn.push[place + 1] - before) * level
    if root < 0.0:
        return 1.0
    return clamp(2.0 * level / (before + math.sqrt(root) + 1.0e-9), 0.0, 1.0)


def side(burn: Burn, middle: float, sensed: float) -> float:
    """Of the weave at a sensed change of speed: 1 as it begins, -1 as it ends."""
    width = RAMP * burn.gained[KNOTS - 1]
    if not (width > 1.0):
        return 1.0
    return clamp((middle - sensed) / width, -1.0, 1.0)


def part(burn: Burn, sensed: float) -> float:
    """Of the burn's whole change of speed."""
    if not (burn.gained[KNOTS - 1] > 1.0):
        return 0.0
    return sensed / burn.gained[KNOTS - 1]


def keep_plane(shooting: Shooting) -> None:
    """The shot's flight plane becomes that of its own position and velocity."""
    nx = shooting.y * shooting.w - shooting.z * shooting.v
    ny = shooting.z * shooting.u - shooting.x * shooting.w
    nz = shooting.x * shooting.v - shooting.y * shooting.u
    scale = 1.0 / length(nx, ny, nz)
    shooting.normal_x = nx * scale
    shooting.normal_y = ny * scale
    shooting.normal_z = nz * scale


def fall(shooting: Shooting, seconds: float) -> None:
    """A leg without thrust."""
    half = 0.5 * seconds
    gx, gy, gz = gravity(shooting.x + half * shooting.u, shooting.y + half * shooting.v, shooting.z + half * shooting.w)
    shooting.x = shooting.x + seconds * (shooting.u + half * gx)
    shooting.y = shooting.y + seconds * (shooting.v + half * gy)
    shooting.z = shooting.z + seconds * (shooting.w + half * gz)
    shooting.u = shooting.u + seconds * gx
    shooting.v = shooting.v + seconds * gy
    shooting.w = shooting.w + seconds * gz


def thrust(shooting: Shooting, seconds: float, before: float, after: float, pitch: float, yaw: float) -> None:
    """A leg with thrust acceleration from `before` to `after`, pitched above the horizon, yawed right of the plane."""
    half = 0.5 * seconds
    mx = shooting.x + half * shooting.u
    my = shooting.y + half * shooting.v
    mz = shooting.z + half * shooting.w
    scale = 1.0 / length(mx, my, mz)
    ux = mx * scale
    uy = my * scale
    uz = mz * scale
    nx = shooting.normal_x
    ny = shooting.normal_y
    nz = shooting.normal_z
    sine, cosine = sin_cos(pitch)
    aside, ahead = sin_cos(yaw)
    level = ahead * cosine
    climb = ahead * sine
    # Ahead is normal cross up, right is against the normal.
    dx = level * (ny * uz - nz * uy) + climb * ux - aside * nx
    dy = level * (nz * ux - nx * uz) + climb * uy - aside * ny
    dz = level * (nx * uy - ny * ux) + climb * uz - aside * nz
    gx, gy, gz = gravity(mx, my, mz)
    gain = half * (before + after)
    way = seconds * seconds * (before + before + after) / 6.0
    shooting.x = shooting.x + seconds * (shooting.u + half * gx) + way * dx
    shooting.y = shooting.y + seconds * (shooting.v + half * gy) + way * dy
    shooting.z = shooting.z + seconds * (shooting.w + half * gz) + way * dz
    shooting.u = shooting.u + seconds * gx + gain * dx
    shooting.v = shooting.v + seconds * gy + gain * dy
    shooting.w = shooting.w + seconds * gz + gain * dz


def burn_leg(shooting: Shooting, stage: StagePlan, place: int, sensed: float, pace: float, upper: bool) -> None:
    """From a knot, or from where the burn stands beyond it, to the next knot."""
    gone = passed(stage.burn, place, sensed)
    seconds = (1.0 - gone) * (stage.burn.time[place + 1] - stage.burn.time[place]) / pace
    before = stage.burn.push[place] + gone * (stage.burn.push[place + 1] - stage.burn.push[place])
    pitch = shooting.try_pitch
    yaw = 0.0
    if upper:
        begun = stage.burn.gained[place]
        if sensed > begun:
            begun = sensed
        middle = 0.5 * (begun + stage.burn.gained[place + 1])
        pitch = shooting.try_upper + shooting.try_slope * part(stage.burn, middle)
        yaw = shooting.try_bias + shooting.try_weave * side(stage.burn, stage.weave_switch, middle)
    thrust(shooting, seconds, before * pace, stage.burn.push[place + 1] * pace, pitch, yaw)
    shooting.time_s = shooting.time_s + seconds


def fly_leg(shooting: Shooting, plan: Plan) -> None:
    """The shot's next leg."""
    last = plan.last_stage
    leg = shooting.leg
    if leg < FIRST_COAST:
        burn_leg(shooting, plan.stages[last - 1], leg, shooting.sensed, shooting.pace, False)
    elif leg < FIRST_UPPER:
        left = clamp(shooting.try_ignition_s - shooting.time_s, 0.0, 3600.0)
        seconds = left / float(FIRST_UPPER - leg)
        fall(shooting, seconds)
        shooting.time_s = shooting.time_s + seconds
        if leg == FIRST_UPPER - 1:
            keep_plane(shooting)
    elif leg < END:
        place = leg - FIRST_UPPER
        if shooting.upper_burns:
            burn_leg(shooting, plan.stages[last], place, shooting.sensed, shooting.pace, True)
        else:
            burn_leg(shooting, plan.stages[last], place, 0.0, 1.0, True)
    shooting.leg = leg + 1
