"""Closed loop of the last two stages where both are solid motors with a coast between them: coast-and-burn.

A solid motor cannot be stopped, so the loop chooses when it burns and where it points. Again and again the rest of the
flight is flown ahead to the last burnout (a shot), once with the present solution and once with each of four unknowns
changed a little; Newton's method on the four misses at the target then improves the solution. A shot has at most 46
legs and a control step flies one of them: work and memory are bounded. The unknowns, and the miss that each pays for:

             radius          climb   speed    inclination
lower burn   its pitch       pitch   waste    bias
coast        ignition        pitch   waste    bias
upper burn   pitch's slope   pitch   waste    bias

The upper burn's yaw is bias plus weave: out of the plane on one side for the first half of its change of speed, on the
other for the second, so that surplus speed cancels. The waste is the square of the weave's angle, to which the lost
speed is proportional. What is left of a motor is told by the change of speed sensed so far, not by the time: a motor
that burns faster or slower gives the same in the end. Aimed at is the target's perigee, short by the plan's reserve of
speed, which exceeds what the last motor's own impulse can err by and is made up for by the trim.

The method (a weave against surplus, motors indexed by sensed speed) is that of the vehicles' sizing study; limits and
steps are assumed.
"""

import math

from flight.computer.maths import clamp, length, magnitude, sin_cos
from flight.computer.navigation import EQUATORIAL_RADIUS, GRAVITATIONAL_PARAMETER
from flight.computer.records import Guidance, Navigation, Plan, Shooting, StagePlan
from flight.computer.shot import END, FIRST_COAST, FIRST_UPPER, KNOTS, fly_leg, knot, part, passed, side

# Which part of the flight is being flown.
IDLE = 0
LOWER = 1
COAST = 2
UPPER = 3

UNKNOWNS = 4
COLUMNS = 5
STEERED = 0  # the unknown that pays for the radius
PITCH = 1
WASTE = 2
BIAS = 3

REST = 150  # steps between two cycles of shots in the coast, where little changes
FREEZE_S = 6.0  # so long before a burnout the solution stays as it is
RADIUS_S = 15.0  # so long before the last one the radius is given up
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
# Differences that stand in for derivatives, and the largest change of one cycle: angles, waste, ignition.
ANGLE_STEP = 0.01
ANGLE_REACH = 0.06
WASTE_STEP = 0.02
WASTE_REACH = 0.05
TIME_STEP = 1.0
TIME_REACH = 15.0
LEAST_PIVOT = 1.0e-6


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


def active(shooting: Shooting, unknown: int) -> bool:
    """Whether the cycle solves for the unknown and looks at its miss."""
    if shooting.mode != UPPER:
        return True
    if unknown == STEERED:
        return shooting.left_s > RADIUS_S
    return unknown != WASTE or shooting.weaves


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
    if changed == STEERED:
        if shooting.mode == LOWER:
            shooting.try_pitch = shooting.try_pitch + ANGLE_STEP
        elif shooting.mode == COAST:
            shooting.try_ignition_s = shooting.try_ignition_s + TIME_STEP
        else:
            shooting.try_slope = shooting.try_slope + ANGLE_STEP
    elif changed == PITCH:
        shooting.try_upper = shooting.try_upper + ANGLE_STEP
    elif changed == WASTE:
        waste = waste + WASTE_STEP
    elif changed == BIAS:
        shooting.try_bias = shooting.try_bias + ANGLE_STEP
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
    place = UNKNOWNS * shooting.shot
    shooting.misses[place].value = (radius - low) * 1.0e-3
    shooting.misses[place + 1].value = climb
    shooting.misses[place + 2].value = momentum / radius - (speed - plan.stages[plan.last_stage].reserve)
    shooting.misses[place + 3].value = 1.0e3 * (hz / momentum - shooting.cosine)


def step_of(shooting: Shooting, unknown: int) -> float:
    """The difference that an unknown's shot is flown with."""
    if unknown == WASTE:
        return WASTE_STEP
    if unknown == STEERED and shooting.mode == COAST:
        return TIME_STEP
    return ANGLE_STEP


def reach_of(shooting: Shooting, unknown: int) -> float:
    """The largest change of an unknown in one cycle."""
    if unknown == WASTE:
        return WASTE_REACH
    if unknown == STEERED and shooting.mode == COAST:
        return TIME_REACH
    return ANGLE_REACH


def equate(shooting: Shooting, kept: bool) -> None:
    """Newton's equations from the misses. With `kept` the waste becomes none, and its speed is not asked for."""
    for row in range(UNKNOWNS):
        now = shooting.misses[row].value
        right = -now
        asked = active(shooting, row) and not (kept and row == WASTE)
        for column in range(UNKNOWNS):
            then = shooting.misses[UNKNOWNS * (column + 1) + row].value
            slope = (then - now) / step_of(shooting, column)
            if kept and column == WASTE:
                right = right + slope * shooting.waste
                slope = 0.0
            if not asked or not active(shooting, column):
                slope = 0.0
            shooting.table[COLUMNS * row + column].value = slope
        if not asked:
            shooting.table[COLUMNS * row + row].value = 1.0
            right = 0.0
            if kept and row == WASTE:
                right = -shooting.waste
        shooting.table[COLUMNS * row + UNKNOWNS].value = right


def exchange(shooting: Shooting, one: int, other: int) -> None:
    """Swaps two equations."""
    for column in range(COLUMNS):
        value = shooting.table[COLUMNS * one + column].value
        shooting.table[COLUMNS * one + column].value = shooting.table[COLUMNS * other + column].value
        shooting.table[COLUMNS * other + column].value = value


def eliminate(shooting: Shooting) -> bool:
    """Gauss and Jordan, the largest pivot first; the solutions end up on the right. False: there is no solution."""
    for column in range(UNKNOWNS):
        best = column
        for row in range(column + 1, UNKNOWNS):
            size = magnitude(shooting.table[COLUMNS * row + column].value)
            if size > magnitude(shooting.table[COLUMNS * best + column].value):
                best = row
        if best != column:
            exchange(shooting, column, best)
        pivot = shooting.table[COLUMNS * column + column].value
        if not (magnitude(pivot) > LEAST_PIVOT):
            return False
        for row in range(UNKNOWNS):
            if row != column:
                times = shooting.table[COLUMNS * row + column].value / pivot
                for place in range(column, COLUMNS):
                    value = shooting.table[COLUMNS * row + place].value
                    other = shooting.table[COLUMNS * column + place].value
                    shooting.table[COLUMNS * row + place].value = value - times * other
    for row in range(UNKNOWNS):
        right = shooting.table[COLUMNS * row + UNKNOWNS].value
        right = right / shooting.table[COLUMNS * row + row].value
        if not (magnitude(right) < 1.0e6):
            return False
        shooting.table[COLUMNS * row + UNKNOWNS].value = right
    return True


def change(shooting: Shooting, unknown: int) -> float:
    """An unknown's change, within its reach."""
    reach = reach_of(shooting, unknown)
    return clamp(shooting.table[COLUMNS * unknown + UNKNOWNS].value, -reach, reach)


def improve(shooting: Shooting, plan: Plan) -> None:
    """One step of Newton's method; what cannot be solved leaves the solution as it was."""
    equate(shooting, False)
    solved = eliminate(shooting)
    if solved and active(shooting, WASTE) and shooting.waste + change(shooting, WASTE) < 0.0:
        # Nothing is left to waste: the speed falls short, all else is still met.
        equate(shooting, True)
        solved = eliminate(shooting)
    if not solved:
        shooting.unsolved = shooting.unsolved + 1
        return
    if shooting.mode == LOWER:
        shooting.lower_pitch = clamp(shooting.lower_pitch + change(shooting, STEERED), LEAST_PITCH, MOST_PITCH)
    elif shooting.mode == COAST:
        planned = plan.stages[plan.last_stage].ignition_s
        shooting.ignition_s = clamp(
            shooting.ignition_s + change(shooting, STEERED), planned - WINDOW_S, planned + WINDOW_S
        )
    else:
        shooting.slope = clamp(shooting.slope + change(shooting, STEERED), -MOST_SLOPE, MOST_SLOPE)
    shooting.pitch = clamp(shooting.pitch + change(shooting, PITCH), LEAST_PITCH, MOST_PITCH)
    shooting.waste = clamp(shooting.waste + change(shooting, WASTE), 0.0, MOST_WASTE)
    shooting.bias = clamp(shooting.bias + change(shooting, BIAS), -MOST_BIAS, MOST_BIAS)


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


def begin(
    shooting: Shooting, navigation: Navigation, guidance: Guidance, plan: Plan, flown: float, age: float
) -> None:
    """The next shot; a cycle's first takes the present state, and does not begin where the solution is frozen."""
    if shooting.shot == 0:
        shooting.start_s = flown
        look_around(shooting, navigation, guidance, plan, age)
        shooting.weaves = part(plan.stages[plan.last_stage].burn, shooting.sensed) < WASTE_PART
        if shooting.left_s < FREEZE_S:
            return
    load(shooting, plan.stages[plan.last_stage])


def follow_up(shooting: Shooting, plan: Plan) -> None:
    """After a shot: the next unknown that is solved for; after the last, the solution."""
    following = UNKNOWNS + 1
    for unknown in range(UNKNOWNS):
        if following > UNKNOWNS and unknown >= shooting.shot and active(shooting, unknown):
            following = unknown + 1
    shooting.shot = following
    if following > UNKNOWNS:
        improve(shooting, plan)
        shooting.shot = 0
        if shooting.mode == COAST:
            shooting.wait = REST
