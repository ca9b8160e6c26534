"""Closed loop of the last two stages where both are solid motors with a coast between them: coast-and-burn.

A solid motor cannot be stopped, so the loop chooses when it burns and where it points. Again and again the rest of the
flight is flown ahead to the last burnout (a shot), once with the present solution and once with each of the unknowns
changed a little; from that flight/computer/newton.py takes the smallest change that meets the target. A shot has at
most 36 legs and a control step flies one of them: work and memory are bounded. Four are asked for, radius, climb,
horizontal speed and inclination at burnout; unknown are

    in the lower burn   its pitch
    in the coast        the ignition      the slope of the upper burn's pitch
    in the upper burn                     the slope of its pitch
    in all three                          the upper burn's pitch, waste and bias

In the coast radius is paid for by ignition and slope together: near the coast's apogee ignition alone moves it by
nothing. The upper burn's yaw is bias plus weave: out of the plane on one side for the first half of its change of
speed, on the other for the second, so that surplus speed cancels. The waste is the square of the weave's angle, to
which the lost speed is proportional. What is left of a motor is told by the change of speed sensed so far, not by the
time: a motor that burns faster or slower gives the same in the end. Aimed at is the target's perigee, short by the
plan's reserve of speed, which exceeds what the last motor's own impulse can err by and is made up for by the trim.

The method (a weave against surplus, motors indexed by sensed speed) is that of the vehicles' sizing study; limits are
assumed.
"""

import math

from flight.computer.maths import clamp, length, sin_cos
from flight.computer.navigation import EQUATORIAL_RADIUS, GRAVITATIONAL_PARAMETER
from flight.computer.newton import (
    ASKED,
    BIAS,
    COAST,
    DIFFERENCE,
    IDLE,
    LOWER,
    PITCH,
    SLOPE,
    STEERED,
    UNKNOWNS,
    UPPER,
    WASTE,
    change,
    eliminate,
    equate,
    free,
    scale,
    stands,
)  # fmt: skip
from flight.computer.records import Guidance, Navigation, Plan, StagePlan
from flight.computer.shooting_records import Shooting
from flight.computer.shot import END, FIRST_COAST, FIRST_UPPER, KNOTS, fly_leg, knot, part, passed, side

REST = 1000  # steps between two cycles of shots once the coast's solution stands
PAUSE = 50  # until then, and in a burn
FREEZE_S = 6.0  # so long before a burnout the solution stays as it is
WASTE_PART = 0.5  # of the upper burn, after which the weave stays: it takes both sides to waste
PACE_S = 15.0  # a younger burn does not tell how fast it burns
LEAST_PACE = 0.93
MOST_PACE = 1.07
LEAST_PITCH = -0.5  # rad
MOST_PITCH = 1.0
MOST_SLOPE = 0.6
MOST_BIAS = 0.2
MOST_WASTE = 0.3  # rad2: 31 degrees
WINDOW_S = 60.0  # ignition, on either side of the plan's time


def prepare(shooting: Shooting, plan: Plan) -> None:
    """Begins with the plan's own numbers."""
    last = plan.last_stage
    shooting.begun = True
    if last > 0:
        shooting.lower_pitch = plan.stages[last - 1].pitch
    shooting.ignition_s = plan.stages[last].ignition_s
    shooting.pitch = plan.stages[last].pitch
    shooting.slope = 0.0
    shooting.waste = plan.stages[last].weave * plan.stages[last].weave
    shooting.bias = 0.0


def weave(stage: StagePlan, waste: float) -> float:
    """The weave's first angle, to the right, towards the side that the plan begins with."""
    angle = math.sqrt(clamp(waste, 0.0, MOST_WASTE))
    if stage.weave < 0.0:
        return -angle
    return angle


def upper_pitch(shooting: Shooting, stage: StagePlan, sensed: float) -> float:
    """The solution's pitch of the last stage."""
    return shooting.pitch + shooting.slope * part(stage.burn, sensed)


def upper_yaw(shooting: Shooting, stage: StagePlan, sensed: float) -> float:
    """The solution's yaw of the last stage, to the right."""
    return shooting.bias + weave(stage, shooting.waste) * side(stage.burn, stage.weave_switch, sensed)


def look_around(shooting: Shooting, navigation: Navigation, guidance: Guidance, plan: Plan, age: float) -> None:
    """Where a cycle's shots start from and how far the present burn is; `age` is the burn's, in seconds."""
    shooting.start_x = navigation.position_x
    shooting.start_y = navigation.position_y
    shooting.start_z = navigation.position_z
    shooting.start_u = navigation.velocity_x
    shooting.start_v = navigation.velocity_y
    shooting.start_w = navigation.velocity_z
    shooting.start_nx = guidance.normal_x
    shooting.start_ny = guidance.normal_y
    shooting.start_nz = guidance.normal_z
    shooting.sensed = 0.0
    shooting.pace = 1.0
    shooting.left_s = 3600.0
    shooting.first_leg = FIRST_COAST
    shooting.upper_burns = shooting.mode == UPPER
    if shooting.mode != COAST:
        shooting.sensed = guidance.sensed
        stage = plan.last_stage
        if shooting.mode == LOWER:
            stage = stage - 1
        place = knot(plan.stages[stage].burn, guidance.sensed)
        start = plan.stages[stage].burn.time[place]
        span = plan.stages[stage].burn.time[place + 1] - start
        gone = start + span * passed(plan.stages[stage].burn, place, guidance.sensed)
        if age > PACE_S:
            shooting.pace = clamp(gone / age, LEAST_PACE, MOST_PACE)
        shooting.left_s = (plan.stages[stage].burn.time[KNOTS - 1] - gone) / shooting.pace
        shooting.first_leg = place
        if shooting.mode == UPPER:
            shooting.first_leg = FIRST_UPPER + place
    shooting.cosine = inclination_cosine(shooting, plan)


def inclination_cosine(shooting: Shooting, plan: Plan) -> float:
    """Of the inclination to be reached: the plan's, or that of the path where the cycle starts."""
    if plan.target_inclination >= 0.0:
        _, cosine = sin_cos(plan.target_inclination)
        return cosine
    hx = shooting.start_y * shooting.start_w - shooting.start_z * shooting.start_v
    hy = shooting.start_z * shooting.start_u - shooting.start_x * shooting.start_w
    hz = shooting.start_x * shooting.start_v - shooting.start_y * shooting.start_u
    return hz / length(hx, hy, hz)


def load(shooting: Shooting, stage: StagePlan) -> None:
    """Makes the cycle's next shot ready: the solution, with one unknown changed in all but the first."""
    shooting.leg = shooting.first_leg
    shooting.x = shooting.start_x
    shooting.y = shooting.start_y
    shooting.z = shooting.start_z
    shooting.u = shooting.start_u
    shooting.v = shooting.start_v
    shooting.w = shooting.start_w
    shooting.normal_x = shooting.start_nx
    shooting.normal_y = shooting.start_ny
    shooting.normal_z = shooting.start_nz
    shooting.time_s = shooting.start_s
    shooting.try_pitch = shooting.lower_pitch
    shooting.try_ignition_s = shooting.ignition_s
    shooting.try_upper = shooting.pitch
    shooting.try_slope = shooting.slope
    shooting.try_bias = shooting.bias
    waste = shooting.waste
    changed = shooting.shot - 1
    if changed >= 0:
        more = DIFFERENCE * scale(shooting, changed)
        if changed == STEERED and shooting.mode == LOWER:
            shooting.try_pitch = shooting.try_pitch + more
        elif changed == STEERED:
            shooting.try_ignition_s = shooting.try_ignition_s + more
        elif changed == SLOPE:
            shooting.try_slope = shooting.try_slope + more
        elif changed == PITCH:
            shooting.try_upper = shooting.try_upper + more
        elif changed == WASTE:
            waste = waste + more
        else:
            shooting.try_bias = shooting.try_bias + more
    shooting.try_weave = weave(stage, waste)


def score(shooting: Shooting, plan: Plan) -> None:
    """Keeps the misses at the end of a shot: km, m/s, m/s, and thousandths of the inclination's cosine."""
    radius = length(shooting.x, shooting.y, shooting.z)
    hx = shooting.y * shooting.w - shooting.z * shooting.v
    hy = shooting.z * shooting.u - shooting.x * shooting.w
    hz = shooting.x * shooting.v - shooting.y * shooting.u
    momentum = length(hx, hy, hz)
    climb = (shooting.x * shooting.u + shooting.y * shooting.v + shooting.z * shooting.w) / radius
    low = EQUATORIAL_RADIUS + plan.target_perigee
    high = EQUATORIAL_RADIUS + plan.target_apogee
    speed = math.sqrt(GRAVITATIONAL_PARAMETER * (2.0 / low - 2.0 / (low + high)))
    place = ASKED * shooting.shot
    shooting.misses[place].value = (radius - low) * 1.0e-3
    shooting.misses[place + 1].value = climb
    shooting.misses[place + 2].value = momentum / radius - (speed - plan.stages[plan.last_stage].reserve)
    shooting.misses[place + 3].value = 1.0e3 * (hz / momentum - shooting.cosine)


def improve(shooting: Shooting, plan: Plan) -> None:
    """One step of Newton's method; where there is none the solution stays as it was."""
    equate(shooting, False)
    solved = eliminate(shooting)
    waste = shooting.waste
    if solved:
        waste = waste + change(shooting, WASTE)
        if waste < 0.0:
            # Nothing is left to waste: the speed falls short, all else is still met.
            waste = 0.0
            equate(shooting, True)
            solved = eliminate(shooting)
    if not solved:
        shooting.unsolved = shooting.unsolved + 1
        return
    if shooting.mode == LOWER:
        shooting.lower_pitch = clamp(shooting.lower_pitch + change(shooting, STEERED), LEAST_PITCH, MOST_PITCH)
    elif shooting.mode == COAST:
        planned = plan.stages[plan.last_stage].ignition_s
        sooner = shooting.ignition_s + change(shooting, STEERED)
        shooting.ignition_s = clamp(sooner, planned - WINDOW_S, planned + WINDOW_S)
    shooting.slope = clamp(shooting.slope + change(shooting, SLOPE), -MOST_SLOPE, MOST_SLOPE)
    shooting.pitch = clamp(shooting.pitch + change(shooting, PITCH), LEAST_PITCH, MOST_PITCH)
    shooting.bias = clamp(shooting.bias + change(shooting, BIAS), -MOST_BIAS, MOST_BIAS)
    shooting.waste = clamp(waste, 0.0, MOST_WASTE)


def shoot(
    shooting: Shooting,
    navigation: Navigation,
    guidance: Guidance,
    plan: Plan,
    mode: int,
    flown: float,
    age: float,
) -> None:
    """One control step's part of the loop: at most one leg of a shot. `flown` counts from lift-off, `age` from the
    beginning of the present burn.
    """
    if not shooting.begun:
        prepare(shooting, plan)
    if mode != shooting.mode:
        shooting.mode = mode
        shooting.shot = 0
        shooting.leg = END
        shooting.wait = 0
    if mode == IDLE:
        return
    if shooting.wait > 0:
        shooting.wait = shooting.wait - 1
        return
    if shooting.leg >= END:
        begin(shooting, navigation, guidance, plan, flown, age)
        return
    fly_leg(shooting, plan)
    if shooting.leg >= END:
        score(shooting, plan)
        follow_up(shooting, plan)


def begin(shooting: Shooting, navigation: Navigation, guidance: Guidance, plan: Plan, flown: float, age: float) -> None:
    """The next shot; a cycle's first takes the present state, and does not begin where the solution is frozen."""
    if shooting.shot == 0:
        shooting.start_s = flown
        look_around(shooting, navigation, guidance, plan, age)
        shooting.weaves = part(plan.stages[plan.last_stage].burn, shooting.sensed) < WASTE_PART
        if shooting.left_s < FREEZE_S:
            shooting.wait = PAUSE
            return
    load(shooting, plan.stages[plan.last_stage])


def follow_up(shooting: Shooting, plan: Plan) -> None:
    """After a shot: the next unknown that is free; after the last of them, a better solution."""
    following = UNKNOWNS + 1
    for unknown in range(UNKNOWNS):
        if following > UNKNOWNS and unknown >= shooting.shot and free(shooting, unknown):
            following = unknown + 1
    shooting.shot = following
    if following > UNKNOWNS:
        improve(shooting, plan)
        shooting.shot = 0
        shooting.wait = PAUSE
        if shooting.mode == COAST and stands(shooting):
            shooting.wait = REST
