"""One shot of the coast-and-burn loop: the rest of the flight flown ahead, leg by leg, to the last burnout.

Legs lie between the knots of the lower burn, over the coast in equal parts, and between the knots of the upper burn. In
a leg with thrust gravity and the direction of thrust are those half-way, as in a leapfrog of second order. No air.
"""

import math

from flight.computer.maths import clamp, length, sin_cos
from flight.computer.navigation import gravity
from flight.computer.records import Plan, StagePlan
from flight.computer.shooting_records import Burn, Shooting

KNOTS = 16
COAST_LEGS = 6
FIRST_COAST = 15  # a shot's legs: the lower burn's, the coast's, the upper burn's
FIRST_UPPER = 21
END = 36

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
    after = burn.push[place + 1]
    share = (sensed - burn.gained[place]) / (burn.gained[place + 1] - burn.gained[place] + 1.0e-9)
    root = before * before + (after * after - before * before) * clamp(share, 0.0, 1.0)
    if not (root >= 0.0):
        return 1.0
    return clamp(share * (before + after) / (before + math.sqrt(root) + 1.0e-9), 0.0, 1.0)


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
    """A leg without thrust, by Nystrom's method of fourth order (E. Hairer, S. Norsett and G. Wanner, Solving Ordinary
    Differential Equations I, 2nd edition, section II.14, table 14.2).
    """
    half = 0.5 * seconds
    eighth = 0.5 * half * half
    ax, ay, az = gravity(shooting.x, shooting.y, shooting.z)
    bx, by, bz = gravity(
        shooting.x + half * shooting.u + eighth * ax,
        shooting.y + half * shooting.v + eighth * ay,
        shooting.z + half * shooting.w + eighth * az,
    )
    cx, cy, cz = gravity(
        shooting.x + seconds * (shooting.u + half * bx),
        shooting.y + seconds * (shooting.v + half * by),
        shooting.z + seconds * (shooting.w + half * bz),
    )
    sixth = seconds / 6.0
    shooting.x = shooting.x + seconds * (shooting.u + sixth * (ax + 2.0 * bx))
    shooting.y = shooting.y + seconds * (shooting.v + sixth * (ay + 2.0 * by))
    shooting.z = shooting.z + seconds * (shooting.w + sixth * (az + 2.0 * bz))
    shooting.u = shooting.u + sixth * (ax + 4.0 * bx + cx)
    shooting.v = shooting.v + sixth * (ay + 4.0 * by + cy)
    shooting.w = shooting.w + sixth * (az + 4.0 * bz + cz)


def thrust(shooting: Shooting, seconds: float, gain: float, early: float, pitch: float, yaw: float) -> None:
    """A leg whose thrust, pitched above the horizon and yawed right of the plane, gives a change of speed.

    `early` is the way that this makes over what it would make if it came all at the leg's beginning.
    """
    # Thrust points where it does when half of it has been given, gravity pulls as it does half-way. What thrust adds to
    # the way up to there is taken along the velocity: a few hundred metres.
    stretch = 1.0 + 0.25 * gain / length(shooting.u, shooting.v, shooting.w)
    late = seconds * (1.0 - early) * stretch
    mx = shooting.x + late * shooting.u
    my = shooting.y + late * shooting.v
    mz = shooting.z + late * shooting.w
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
    half = 0.5 * seconds
    near = half * stretch
    gx, gy, gz = gravity(shooting.x + near * shooting.u, shooting.y + near * shooting.v, shooting.z + near * shooting.w)
    way = seconds * gain * early
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
    after = stage.burn.push[place + 1]
    before = stage.burn.push[place] + gone * (after - stage.burn.push[place])
    begun = stage.burn.gained[place]
    if sensed > begun:
        begun = sensed
    gain = stage.burn.gained[place + 1] - begun
    if gain < 0.0:
        gain = 0.0
    early = (before + before + after) / (3.0 * (before + after) + 1.0e-9)
    pitch = shooting.try_pitch
    yaw = 0.0
    if upper:
        middle = begun + 0.5 * gain
        pitch = shooting.try_upper + shooting.try_slope * part(stage.burn, middle)
        before = side(stage.burn, stage.weave_switch, begun)
        after = side(stage.burn, stage.weave_switch, begun + gain)
        turned = shooting.try_weave * (after - before)
        yaw = shooting.try_bias + 0.5 * shooting.try_weave * (before + after)
        # The mean of a direction that turns on the way is shorter than one: sin(x) / x of half the turn.
        gain = gain * (1.0 - turned * turned / 24.0)
    thrust(shooting, seconds, gain, early, pitch, yaw)
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
