"""Guidance: the commanded attitude, from the plan's numbers and the navigation solution.

The first stage follows a pitch program in the launch plane, given relative to the launch site's geodetic vertical.
Upper stages hold a pitch to the local horizon in the flight plane: the plan's (constant tangent steering), yawing to
the right for the first part of the burn and to the left for the rest so that surplus speed cancels out of the plane, or
what the closed loop of solids finds (flight/computer/shooting.py); liquids in closed loop point along their solution's
thrust (flight/computer/ascent.py). The trim turns the nose along the speed to gain.
"""

from flight.computer.ascent import direction, update
from flight.computer.engines import since_liftoff
from flight.computer.maths import clamp, from_axes, length, multiply, sin_cos, turn
from flight.computer.navigation import EARTH_RATE, STEP_S, align
from flight.computer.newton import COAST, IDLE, LOWER, UPPER
from flight.computer.phases import (
    BURN,
    CLIMB,
    DESCENT,
    ENGINES_STOP,
    IGNITING,
    IGNITION_DUE,
    PHASES,
    STEER_ALIGN,
    STEER_STAGE,
    STEER_TRIM,
    VERNIER,
)
from flight.computer.records import Computer, Guidance, Navigation, Plan, StagePlan
from flight.computer.shooting import shoot, upper_pitch, upper_yaw
from flight.computer.trim import push, to_gain

INTERVAL = 10  # steps between two looks at the target; the command moves evenly in between
KNOTS = 12
PROGRAM = 0  # StagePlan.steering
CLOSED_LOOP = 2


def program(plan: Plan, flown: float) -> float:
    """The first stage's pitch at a time since lift-off, linear between the knots, constant outside."""
    pitch = plan.program_pitch[0]
    for i in range(KNOTS - 1):
        start = plan.program_time[i]
        span = plan.program_time[i + 1] - start
        if flown >= start and span > 0.0:
            part = clamp((flown - start) / span, 0.0, 1.0)
            pitch = plan.program_pitch[i] + part * (plan.program_pitch[i + 1] - plan.program_pitch[i])
    return pitch


def track(guidance: Guidance, plan: Plan, dx: float, dy: float, dz: float, rx: float, ry: float, rz: float) -> None:
    """Sets the rate that brings the commanded attitude to x axis along d and y axis near r in one interval.

    d is a unit vector, r any vector that is not along it, both inertial. No axis turns faster than the plan's rate.
    """
    along = rx * dx + ry * dy + rz * dz
    rx = rx - along * dx
    ry = ry - along * dy
    rz = rz - along * dz
    scale = 1.0 / length(rx, ry, rz)
    rx = rx * scale
    ry = ry * scale
    rz = rz * scale
    tw, tx, ty, tz = from_axes(dx, dy, dz, rx, ry, rz, dy * rz - dz * ry, dz * rx - dx * rz, dx * ry - dy * rx)
    w, x, y, z = multiply(
        guidance.command_w, -guidance.command_x, -guidance.command_y, -guidance.command_z, tw, tx, ty, tz
    )
    # Twice the vector part is the rotation for small angles and too little for large ones, where the limit rules.
    per_second = 2.0 / (float(INTERVAL) * STEP_S)
    if w < 0.0:
        per_second = -per_second
    guidance.rate_x = clamp(per_second * x, -plan.slew_rate, plan.slew_rate)
    guidance.rate_y = clamp(per_second * y, -plan.slew_rate, plan.slew_rate)
    guidance.rate_z = clamp(per_second * z, -plan.slew_rate, plan.slew_rate)


def follow_program(guidance: Guidance, plan: Plan, flown: float) -> None:
    """First stage: the pitch program in the launch plane."""
    sine, cosine = sin_cos(program(plan, flown))
    track(
        guidance,
        plan,
        cosine * guidance.heading_x + sine * guidance.up_x,
        cosine * guidance.heading_y + sine * guidance.up_y,
        cosine * guidance.heading_z + sine * guidance.up_z,
        guidance.heading_y * guidance.up_z - guidance.heading_z * guidance.up_y,
        guidance.heading_z * guidance.up_x - guidance.heading_x * guidance.up_z,
        guidance.heading_x * guidance.up_y - guidance.heading_y * guidance.up_x,
    )


def keep_plane(guidance: Guidance, navigation: Navigation) -> None:
    """Takes the flight plane from the present position and the velocity relative to the Earth."""
    vx = navigation.velocity_x + EARTH_RATE * navigation.position_y
    vy = navigation.velocity_y - EARTH_RATE * navigation.position_x
    nx = navigation.position_y * navigation.velocity_z - navigation.position_z * vy
    ny = navigation.position_z * vx - navigation.position_x * navigation.velocity_z
    nz = navigation.position_x * vy - navigation.position_y * vx
    scale = 1.0 / length(nx, ny, nz)
    guidance.normal_x = nx * scale
    guidance.normal_y = ny * scale
    guidance.normal_z = nz * scale


def follow_horizon(guidance: Guidance, navigation: Navigation, plan: Plan, pitch: float, yaw: float) -> None:
    """Upper stages: a pitch above the local (geocentric) horizon and a yaw out of the flight plane."""
    scale = 1.0 / length(navigation.position_x, navigation.position_y, navigation.position_z)
    ux = navigation.position_x * scale
    uy = navigation.position_y * scale
    uz = navigation.position_z * scale
    hx = guidance.normal_y * uz - guidance.normal_z * uy
    hy = guidance.normal_z * ux - guidance.normal_x * uz
    hz = guidance.normal_x * uy - guidance.normal_y * ux
    scale = 1.0 / length(hx, hy, hz)
    hx = hx * scale
    hy = hy * scale
    hz = hz * scale
    rx = hy * uz - hz * uy
    ry = hz * ux - hx * uz
    rz = hx * uy - hy * ux
    sine, cosine = sin_cos(pitch)
    aside, ahead = sin_cos(yaw)
    level = ahead * cosine
    climb = ahead * sine
    dx = level * hx + climb * ux + aside * rx
    dy = level * hy + climb * uy + aside * ry
    dz = level * hz + climb * uz + aside * rz
    # The frame's y axis is the plane's right turned by the yaw, so that a yaw does not roll the vehicle.
    track(guidance, plan, dx, dy, dz, ahead * rx - aside * hx, ahead * ry - aside * hy, ahead * rz - aside * hz)


def keep_orbit(guidance: Guidance, navigation: Navigation) -> None:
    """Takes the flight plane from the present position and the inertial velocity."""
    nx = navigation.position_y * navigation.velocity_z - navigation.position_z * navigation.velocity_y
    ny = navigation.position_z * navigation.velocity_x - navigation.position_x * navigation.velocity_z
    nz = navigation.position_x * navigation.velocity_y - navigation.position_y * navigation.velocity_x
    scale = 1.0 / length(nx, ny, nz)
    guidance.normal_x = nx * scale
    guidance.normal_y = ny * scale
    guidance.normal_z = nz * scale


def rest(guidance: Guidance) -> None:
    """The commanded attitude stays as it is."""
    guidance.rate_x = 0.0
    guidance.rate_y = 0.0
    guidance.rate_z = 0.0


def follow_solution(computer: Computer, stage: int, burning: bool) -> None:
    """The closed loop of solids: its last stage's pitch and yaw, or the pitch of the one before."""
    if stage == computer.plan.last_stage:
        if not burning:
            keep_orbit(computer.guidance, computer.navigation)
        sensed = computer.guidance.sensed
        pitch = upper_pitch(computer.shooting, computer.plan.stages[stage], sensed)
        yaw = upper_yaw(computer.shooting, computer.plan.stages[stage], sensed)
        follow_horizon(computer.guidance, computer.navigation, computer.plan, pitch, yaw)
    else:
        if not burning:
            keep_plane(computer.guidance, computer.navigation)
        follow_horizon(computer.guidance, computer.navigation, computer.plan, computer.shooting.lower_pitch, 0.0)


def climbs(plan: Plan, stage: int) -> bool:
    """The stage is flown by the closed loop of liquids."""
    return plan.stages[stage].liquid and plan.stages[stage].steering == CLOSED_LOOP


def follow_ascent(computer: Computer, stage: int, burning: bool) -> None:
    """The closed loop of liquids: along the thrust of its solution, before there is one at the plan's pitch."""
    if not computer.ascent.solved:
        if not burning:
            keep_plane(computer.guidance, computer.navigation)
        follow_horizon(computer.guidance, computer.navigation, computer.plan, computer.plan.stages[stage].pitch, 0.0)
        return
    dx, dy, dz = direction(computer.ascent, computer.step)
    track(
        computer.guidance,
        computer.plan,
        dx,
        dy,
        dz,
        -computer.ascent.normal_x,
        -computer.ascent.normal_y,
        -computer.ascent.normal_z,
    )


def follow_gain(guidance: Guidance, navigation: Navigation, plan: Plan) -> None:
    """The trim: nose along the velocity to be gained."""
    gx, gy, gz = to_gain(navigation, plan)
    follow = push(guidance, navigation, gx, gy, gz)
    if not follow:
        rest(guidance)
        return
    scale = 1.0 / length(gx, gy, gz)
    track(
        guidance,
        plan,
        gx * scale,
        gy * scale,
        gz * scale,
        -guidance.normal_x,
        -guidance.normal_y,
        -guidance.normal_z,
    )


def look(computer: Computer, steering: int, stage: int, burning: bool) -> None:
    """A new look at the target attitude, once an interval."""
    if steering == STEER_TRIM:
        follow_gain(computer.guidance, computer.navigation, computer.plan)
    elif steering != STEER_STAGE:
        rest(computer.guidance)
    elif computer.plan.stages[stage].steering == PROGRAM:
        follow_program(computer.guidance, computer.plan, since_liftoff(computer.sequence, computer.step))
    elif climbs(computer.plan, stage):
        follow_ascent(computer, stage, burning)
    elif computer.plan.stages[stage].steering == CLOSED_LOOP:
        follow_solution(computer, stage, burning)
    else:
        if not burning:
            keep_plane(computer.guidance, computer.navigation)
        yaw = computer.plan.stages[stage].weave
        if computer.guidance.sensed >= computer.plan.stages[stage].weave_switch:
            yaw = -yaw
        pitch = computer.plan.stages[stage].pitch
        follow_horizon(computer.guidance, computer.navigation, computer.plan, pitch, yaw)


def part_of_flight(computer: Computer, ends: int, stage: int) -> int:
    """What the closed loop of solids has to solve now."""
    if computer.plan.stages[stage].steering != CLOSED_LOOP or computer.plan.stages[stage].liquid:
        return IDLE
    if stage == computer.plan.last_stage:
        if ends == IGNITION_DUE:
            return COAST
        if ends == ENGINES_STOP:
            return UPPER
    elif stage == computer.plan.last_stage - 1 and ends == ENGINES_STOP:
        return LOWER
    return IDLE


def steered(stage: StagePlan, phase: int) -> bool:
    """Something can turn the vehicle: not in a fall, nor where a stage has neither nozzle nor thrusters but fins."""
    return (phase < CLIMB or phase > DESCENT) and (stage.vectored or stage.pitch_authority > 0.0)


def give_way(guidance: Guidance, navigation: Navigation) -> None:
    """The commanded attitude is what it is."""
    rest(guidance)
    guidance.command_w = navigation.attitude_w
    guidance.command_x = navigation.attitude_x
    guidance.command_y = navigation.attitude_y
    guidance.command_z = navigation.attitude_z


def guide(computer: Computer) -> None:
    """One step of guidance: the commanded attitude moves on at its rate; every tenth step the rate is set anew."""
    steering = PHASES[computer.sequence.phase].steering
    if steering == STEER_ALIGN:
        align(computer.navigation, computer.guidance, computer.plan, float(computer.step) * STEP_S)
        return
    phase = computer.sequence.phase
    stage = computer.sequence.lowest
    if not steered(computer.plan.stages[stage], phase):
        give_way(computer.guidance, computer.navigation)
        return
    thrusting = phase == BURN or phase == VERNIER
    burning = thrusting or phase == IGNITING
    if burning:
        computer.guidance.sensed = computer.guidance.sensed + computer.navigation.force_x * STEP_S
    else:
        computer.guidance.sensed = 0.0
    flown = since_liftoff(computer.sequence, computer.step)
    age = float(computer.step - computer.sequence.phase_step) * STEP_S
    part = part_of_flight(computer, PHASES[phase].ends, stage)
    shoot(computer.shooting, computer.navigation, computer.guidance, computer.plan, part, flown, age)
    computer.guidance.ignite = part == COAST and flown >= computer.shooting.ignition_s
    if steering == STEER_STAGE and climbs(computer.plan, stage):
        update(computer, stage, thrusting)
    if steering != STEER_TRIM:
        computer.guidance.axial = 0.0
    if computer.guidance.wait <= 0:
        computer.guidance.wait = INTERVAL
        look(computer, steering, stage, burning)
    computer.guidance.wait = computer.guidance.wait - 1
    w, x, y, z = turn(
        computer.guidance.command_w,
        computer.guidance.command_x,
        computer.guidance.command_y,
        computer.guidance.command_z,
        computer.guidance.rate_x * STEP_S,
        computer.guidance.rate_y * STEP_S,
        computer.guidance.rate_z * STEP_S,
    )
    computer.guidance.command_w = w
    computer.guidance.command_x = x
    computer.guidance.command_y = y
    computer.guidance.command_z = z
