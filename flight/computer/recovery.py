"""Coming back in flight: over a gap with the memory kept, and from the sensors alone where it is lost.

With its memory the computer carries its last measurements over the missing steps; the satellite receiver does the rest.
Without it everything is learnt again. Which stage and whether it burns: from breakwires and pressures. Position and
velocity: from the first satellite solution; until then the attitude is held as it was. Attitude: the lowest stage is
taken to fly along its velocity, an upper one to point as the plan says; that is right to a few degrees, but for a yaw
that guidance may have wanted. What is left shows in the velocity under thrust and is taken out there
(navigation.straighten). Time since lift-off: from the pitch program, in a coast from the time to the apogee (a few
seconds), in an upper stage's burn half of it is taken for over.
"""

from flight.computer.engines import main_runs, vernier_runs
from flight.computer.jettison import BURNING, GONE, attached_boosters, lit_boosters
from flight.computer.maths import cross, dot, from_axes, length, magnitude, sin_cos
from flight.computer.navigation import (
    EARTH_RATE,
    GRAVITATIONAL_PARAMETER,
    STEP_S,
    align,
    climb_rate,
    measure,
    place,
    propagate,
)
from flight.computer.packets import Sensors
from flight.computer.phases import BURN, BURNOUT, COAST, COUNTDOWN, INSERTION, VERNIER
from flight.computer.records import Computer, Navigation, Plan

CONFIRMED = 3  # samples in a row
ON_PAD = 9.8  # m/s2 of specific force along x
PUSHED = 2.0  # m/s2; a vehicle that feels so much more or less does not stand
PIECES = 50  # a gap is bridged in at most so many steps


def bridge(computer: Computer, sensors: Sensors, missing: int) -> None:
    """Propagates over missing steps with the mean of the measurements before and after them."""
    force = computer.navigation.force_x
    rate_x = computer.navigation.rate_x
    rate_y = computer.navigation.rate_y
    rate_z = computer.navigation.rate_z
    measure(computer.navigation, sensors)
    computer.navigation.force_x = 0.5 * (force + computer.navigation.force_x)
    computer.navigation.rate_x = 0.5 * (rate_x + computer.navigation.rate_x)
    computer.navigation.rate_y = 0.5 * (rate_y + computer.navigation.rate_y)
    computer.navigation.rate_z = 0.5 * (rate_z + computer.navigation.rate_z)
    pieces = missing
    if pieces > PIECES:
        pieces = PIECES
    span = float(missing) * STEP_S / float(pieces)
    for i in range(PIECES):
        if i < pieces:
            propagate(computer.navigation, span)
    computer.guidance.sensed = computer.guidance.sensed + float(missing) * STEP_S * computer.navigation.force_x
    computer.guidance.wait = 0


def flies(computer: Computer, sensors: Sensors) -> bool:
    """Nothing holds the vehicle, and an engine, a joint or the force says that it is on its way."""
    if sensors.umbilical:
        return False
    first = computer.plan.first_stage
    open_joint = (first == 1 and not sensors.stage_1_breakwire) or (first == 2 and not sensors.stage_2_breakwire)
    parted = computer.plan.last_stage > 0 and open_joint
    return parted or main_runs(sensors, computer.plan, 0) or magnitude(computer.navigation.force_x - ON_PAD) > PUSHED


def relearn_stage(computer: Computer, sensors: Sensors) -> None:
    """The lowest stage and its phase, from breakwires and pressures."""
    lowest = 0
    if computer.plan.first_stage == 1:
        if computer.plan.last_stage > 0 and not sensors.stage_1_breakwire:
            lowest = 1
        if computer.plan.last_stage > 1 and lowest == 1 and not sensors.stage_2_breakwire:
            lowest = 2
    elif computer.plan.first_stage == 2 and computer.plan.last_stage > 0 and not sensors.stage_2_breakwire:
        lowest = 1
    computer.sequence.lowest = lowest
    computer.sequence.separation_step = computer.step
    computer.sequence.burn_step = computer.step
    computer.sequence.liftoff_step = computer.step
    computer.sequence.boosters = BURNING
    if not attached_boosters(sensors):
        computer.sequence.boosters = GONE
    computer.sequence.tower_gone = not sensors.tower_breakwire
    computer.sequence.fairing_gone = not sensors.fairing_breakwire
    phase = COAST
    if main_runs(sensors, computer.plan, lowest) or lit_boosters(sensors, computer.plan.boosters.running_pressure) > 0:
        phase = BURN
    elif vernier_runs(sensors, computer.plan, lowest):
        phase = VERNIER
    elif lowest == 0:
        phase = BURNOUT
        if computer.plan.last_stage == 0:
            phase = INSERTION
    computer.sequence.phase = phase
    computer.sequence.phase_step = computer.step


def program_time(plan: Plan, sine: float) -> float:
    """When the pitch program, given as its sine, has come down to this; the last knot's time where it never does."""
    for i in range(11):
        upper, _ = sin_cos(plan.program_pitch[i])
        lower, _ = sin_cos(plan.program_pitch[i + 1])
        if sine >= lower and upper > lower:
            part = (upper - sine) / (upper - lower)
            if part < 0.0:
                part = 0.0
            return plan.program_time[i] + part * (plan.program_time[i + 1] - plan.program_time[i])
    return plan.program_time[11]


def relearn_time(computer: Computer, path: float) -> None:
    """Time since lift-off and ignition; `path` is the sine of the path's angle above the launch site's horizon."""
    stage = computer.sequence.lowest
    flown = computer.plan.stages[stage].planned_s
    if stage == 0:
        flown = program_time(computer.plan, path)
    elif computer.sequence.phase == COAST:
        climb = climb_rate(computer.navigation)
        if stage == computer.plan.last_stage and computer.plan.apogee_s > 0.0:
            radius = length(
                computer.navigation.position_x, computer.navigation.position_y, computer.navigation.position_z
            )
            speed = length(
                computer.navigation.velocity_x, computer.navigation.velocity_y, computer.navigation.velocity_z
            )
            level = speed * speed - climb * climb
            falling = GRAVITATIONAL_PARAMETER / (radius * radius) - level / radius
            if falling > 0.1:
                flown = computer.plan.apogee_s - climb / falling
    else:
        flown = flown + 0.5 * computer.plan.stages[stage].burn_s
    if not (flown > 0.0 and flown < 1.0e5):
        flown = 0.0
    steps = int(flown / STEP_S + 0.5)
    computer.sequence.liftoff_step = computer.step - steps
    if computer.sequence.liftoff_step == -1:
        computer.sequence.liftoff_step = -2
    if computer.sequence.phase == BURN or computer.sequence.phase == VERNIER:
        burnt = flown - computer.plan.stages[stage].planned_s
        if burnt > 0.0 and burnt < computer.plan.stages[stage].burn_s:
            computer.sequence.burn_step = computer.step - int(burnt / STEP_S)


def relearn_attitude(computer: Computer) -> None:
    """Along the velocity relative to the Earth, or the plan's pitch above the horizon; wings level."""
    px = computer.navigation.position_x
    py = computer.navigation.position_y
    pz = computer.navigation.position_z
    scale = 1.0 / length(px, py, pz)
    ux = px * scale
    uy = py * scale
    uz = pz * scale
    vx = computer.navigation.velocity_x + EARTH_RATE * py
    vy = computer.navigation.velocity_y - EARTH_RATE * px
    vz = computer.navigation.velocity_z
    rx, ry, rz = cross(vx, vy, vz, px, py, pz)
    scale = 1.0 / length(rx, ry, rz)
    rx = rx * scale
    ry = ry * scale
    rz = rz * scale
    computer.guidance.normal_x = -rx
    computer.guidance.normal_y = -ry
    computer.guidance.normal_z = -rz
    scale = 1.0 / length(vx, vy, vz)
    dx = vx * scale
    dy = vy * scale
    dz = vz * scale
    if computer.sequence.lowest > 0:
        hx, hy, hz = cross(ux, uy, uz, rx, ry, rz)
        sine, cosine = sin_cos(computer.plan.stages[computer.sequence.lowest].pitch)
        dx = cosine * hx + sine * ux
        dy = cosine * hy + sine * uy
        dz = cosine * hz + sine * uz
    zx, zy, zz = cross(dx, dy, dz, rx, ry, rz)
    w, x, y, z = from_axes(dx, dy, dz, rx, ry, rz, zx, zy, zz)
    computer.navigation.attitude_w = w
    computer.navigation.attitude_x = x
    computer.navigation.attitude_y = y
    computer.navigation.attitude_z = z
    hold_attitude(computer)


def hold_attitude(computer: Computer) -> None:
    """Commands the attitude that the vehicle has."""
    computer.guidance.command_w = computer.navigation.attitude_w
    computer.guidance.command_x = computer.navigation.attitude_x
    computer.guidance.command_y = computer.navigation.attitude_y
    computer.guidance.command_z = computer.navigation.attitude_z
    computer.guidance.rate_x = 0.0
    computer.guidance.rate_y = 0.0
    computer.guidance.rate_z = 0.0
    computer.guidance.wait = 0


def take(navigation: Navigation, px: float, py: float, pz: float, vx: float, vy: float, vz: float) -> None:
    """Position and velocity as given, inertial."""
    navigation.position_x = px
    navigation.position_y = py
    navigation.position_z = pz
    navigation.velocity_x = vx
    navigation.velocity_y = vy
    navigation.velocity_z = vz


def relearn(computer: Computer, sensors: Sensors) -> None:
    """All that a satellite solution tells."""
    now = float(computer.step) * STEP_S
    px, py, pz, vx, vy, vz = place(sensors, now)
    if not (px * px + py * py + pz * pz > 3.6e13 and vx * vx + vy * vy + vz * vz < 4.0e8):
        return
    take(computer.navigation, px, py, pz, vx, vy, vz)
    wx = vx + EARTH_RATE * py
    wy = vy - EARTH_RATE * px
    # The launch site's horizon as it is now: it has turned by 2 degrees at most since lift-off.
    path = dot(wx, wy, vz, computer.guidance.up_x, computer.guidance.up_y, computer.guidance.up_z)
    relearn_time(computer, path / length(wx, wy, vz))
    relearn_attitude(computer)
    qw = computer.navigation.attitude_w
    qx = computer.navigation.attitude_x
    qy = computer.navigation.attitude_y
    qz = computer.navigation.attitude_z
    align(computer.navigation, computer.guidance, computer.plan, float(computer.sequence.liftoff_step) * STEP_S)
    take(computer.navigation, px, py, pz, vx, vy, vz)
    computer.navigation.attitude_w = qw
    computer.navigation.attitude_x = qx
    computer.navigation.attitude_y = qy
    computer.navigation.attitude_z = qz
    hold_attitude(computer)
    computer.navigation.lost = False
    computer.sequence.guessed = True


def recover(computer: Computer, sensors: Sensors) -> None:
    """During the count, and until a flight that was not seen to begin is understood; once more as its coast begins."""
    if computer.navigation.lost:
        if sensors.gnss_fresh and sensors.gnss_fix:
            relearn(computer, sensors)
    elif computer.sequence.guessed:
        if computer.sequence.phase == COAST and computer.sequence.phase_step == computer.step:
            relearn_time(computer, 0.0)
    elif computer.sequence.phase == COUNTDOWN:
        if flies(computer, sensors):
            computer.sequence.dangers = computer.sequence.dangers + 1
        else:
            computer.sequence.dangers = 0
        if computer.sequence.dangers >= CONFIRMED:
            computer.sequence.dangers = 0
            computer.navigation.lost = True
            relearn_stage(computer, sensors)
            hold_attitude(computer)
