"""Closed-loop ascent of liquid upper stages: Unified Powered Flight Guidance, the Shuttle's powered explicit guidance.

Linear tangent steering: the thrust points along lambda + lambda' (t - K), where lambda is the direction of the velocity
that thrust has yet to give. One pass sums the burns ahead, corrects lambda' for the position that is missed otherwise,
follows the burns to their end, and takes the miss in velocity into the velocity to be given; the next pass goes on from
there, a second later once there is a solution. The point of insertion along the orbit is free, and so is the node where
an inclination is asked for. The last seconds are flown as solved, and end when the orbit's energy is reached.

Sources: R. McHenry, T. Brand, A. Long, B. Cockrell and J. Thibodeau, Space Shuttle Ascent Guidance, Navigation and
Control, Journal of the Astronautical Sciences 27 (1979), pages 1-38; R. Jaggers, An Explicit Solution to the
Exoatmospheric Powered Flight Guidance and Trajectory Optimization Problem for Rocket Propelled Vehicles, AIAA 77-1051
(1977), for the sums over several burns. Ours: thrust and gravity with J2 along the predicted path by steps, where the
Shuttle has second-order sums and a conic, for long, weak and steep burns; burns by what is sensed of them; a coast
between stages; a vernier that ends the last burn.
"""

import math

from flight.computer.ascent_records import Ascent
from flight.computer.burns import burn_constant, burn_speed, forecast, predict, vernier_share, vernier_speed
from flight.computer.maths import clamp, cross, dot, length, magnitude, sin_cos
from flight.computer.navigation import EQUATORIAL_RADIUS, GRAVITATIONAL_PARAMETER, STEP_S, gravity
from flight.computer.records import Computer, Navigation, Plan, StagePlan

CYCLE = 100  # steps between two rounds of passes once there is a solution; before, there is a pass at every step
PASSES = 2  # at least in a round, one at each step, so that what gravity does and the thrust's direction agree
MOST_PASSES = 10  # in a round, where they agree slowly
HOPELESS = 30  # passes in a row that come to nothing, after which a first guess is made again
AGREEING = 4  # passes in a row whose path must miss by little for a first solution ...
AGREEMENT = 0.01  # ... that is, by this part of the way that thrust gives
HOLD_S = 25.0  # to go, below which the thrust turns on as it does, whatever the position; only the velocity counts ...
FREEZE_S = 6.0  # ... and below which the solution is flown as it is
SETTLE = 300  # steps that engines need to reach or to lose their thrust, before their acceleration is believed
LEAST_ACCELERATION = 0.3  # m/s2; with less no engine pushes
FASTEST_CHANGE = 20.0  # ratio of a measured time constant to the expected one beyond which it is refused
SMOOTHING = 0.5  # part of a measured time constant that is taken over
ANSWER_S = 0.015  # from here to the engines' being told: the next step, and half a step to meet the nearest
NEAR = 500.0  # m/s to go, below which cutoff is judged at every step
LOOK = 16  # steps between two looks at the energy until then; a power of two
LONGEST_S = 4000.0
LARGEST_TURN = 3.0  # tangent of the largest angle between the thrust now and lambda
GUESS_S = 200.0  # to go, at first; the first pass finds better
SINE_AHEAD = 0.342  # of 20 degrees: first guess of the way to the point of insertion
COSINE_AHEAD = 0.940


def begin_stage(ascent: Ascent, plan: Plan, number: int) -> None:
    """From now on that stage is the one that burns next; its numbers are the plan's until they are sensed."""
    constant = burn_constant(plan.stages[number])
    main_s = plan.stages[number].burn_s - plan.stages[number].vernier_s
    ascent.stage = number
    ascent.main_off = False
    ascent.frozen = False
    ascent.burnt = 0
    ascent.sensed = 0.0
    ascent.exhaust_speed = plan.stages[number].exhaust_speed
    ascent.time_constant = constant
    ascent.left = burn_speed(ascent.exhaust_speed, constant, main_s)
    ascent.vernier_speed = vernier_speed(plan.stages[number], (constant - main_s) * vernier_share(plan.stages[number]))


def inclined_normal(
    x: float, y: float, z: float, inclination: float, nx: float, ny: float, nz: float
) -> tuple[float, float, float]:
    """Normal of the plane through the unit vector (x, y, z) with that inclination, the nearer to n of the two.

    At a latitude that the inclination does not reach: of the plane that comes nearest. At a pole: n.
    """
    _, cosine = sin_cos(inclination)
    if not (z * z < 1.0 - 1.0e-6):
        return nx, ny, nz
    across = math.sqrt(1.0 - z * z)
    part = clamp(cosine / across, -1.0, 1.0)
    # The normal turns about the position: `part` of it to the north, the rest to the east or the west.
    rest = math.sqrt(1.0 - part * part)
    ex = -y / across
    ey = x / across
    if nx * ex + ny * ey < 0.0:
        rest = -rest
    north = part / across
    return rest * ex - north * z * x, rest * ey - north * z * y, north * (1.0 - z * z)


def first_guess(ascent: Ascent, plan: Plan, navigation: Navigation) -> None:
    """Target, plane at hand, a point of insertion 20 degrees ahead, and the velocity there less the present one."""
    ascent.radius = EQUATORIAL_RADIUS + plan.target_perigee
    major = 2.0 * EQUATORIAL_RADIUS + plan.target_perigee + plan.target_apogee
    ascent.energy = -GRAVITATIONAL_PARAMETER / clamp(major, 1.0e6, 1.0e12)
    ascent.speed = math.sqrt(
        clamp(2.0 * (ascent.energy + GRAVITATIONAL_PARAMETER / clamp(ascent.radius, 1.0e6, 1.0e12)), 0.0, 1.0e9)
    )
    px = navigation.position_x
    py = navigation.position_y
    pz = navigation.position_z
    scale = 1.0 / length(px, py, pz)
    ux = px * scale
    uy = py * scale
    uz = pz * scale
    nx, ny, nz = cross(px, py, pz, navigation.velocity_x, navigation.velocity_y, navigation.velocity_z)
    scale = 1.0 / length(nx, ny, nz)
    ascent.normal_x = nx * scale
    ascent.normal_y = ny * scale
    ascent.normal_z = nz * scale
    hx, hy, hz = cross(ascent.normal_x, ascent.normal_y, ascent.normal_z, ux, uy, uz)
    sine = SINE_AHEAD
    cosine = COSINE_AHEAD
    ascent.goal_x = cosine * ux + sine * hx
    ascent.goal_y = cosine * uy + sine * hy
    ascent.goal_z = cosine * uz + sine * hz
    ascent.to_go_x = ascent.speed * (cosine * hx - sine * ux) - navigation.velocity_x
    ascent.to_go_y = ascent.speed * (cosine * hy - sine * uy) - navigation.velocity_y
    ascent.to_go_z = ascent.speed * (cosine * hz - sine * uz) - navigation.velocity_z
    ascent.to_go = length(ascent.to_go_x, ascent.to_go_y, ascent.to_go_z)
    gx, gy, gz = gravity(px, py, pz)
    ascent.time = GUESS_S
    ascent.fall_x = 0.5 * gx * GUESS_S * GUESS_S
    ascent.fall_y = 0.5 * gy * GUESS_S * GUESS_S
    ascent.fall_z = 0.5 * gz * GUESS_S * GUESS_S
    ascent.bias_x = 0.0
    ascent.bias_y = 0.0
    ascent.bias_z = 0.0
    ascent.passes = 0
    ascent.round = 0
    ascent.refused = 0
    ascent.begun = True


def carry(ascent: Ascent, navigation: Navigation, step: int) -> None:
    """Brings the last solution to the present step: what thrust has given since is no longer to be given."""
    seconds = float(step - ascent.step) * STEP_S
    if ascent.burnt > SETTLE and ascent.sensed > LEAST_ACCELERATION * seconds and 2 * (step - ascent.step) > CYCLE:
        # The mean acceleration is that of half-way, when there were that many seconds more to burn than now.
        measured = ascent.exhaust_speed * seconds / ascent.sensed - 0.5 * seconds
        expected = ascent.time_constant - seconds
        if measured < FASTEST_CHANGE * expected and measured * FASTEST_CHANGE > expected:
            ascent.time_constant = ascent.time_constant + SMOOTHING * (measured - expected)
    if ascent.burnt > 0:
        ascent.time_constant = clamp(ascent.time_constant - seconds, 1.0, 1.0e6)
    gx, gy, gz = gravity(navigation.position_x, navigation.position_y, navigation.position_z)
    ascent.to_go_x = ascent.to_go_x - (navigation.velocity_x - ascent.from_x - gx * seconds)
    ascent.to_go_y = ascent.to_go_y - (navigation.velocity_y - ascent.from_y - gy * seconds)
    ascent.to_go_z = ascent.to_go_z - (navigation.velocity_z - ascent.from_z - gz * seconds)
    ascent.to_go = length(ascent.to_go_x, ascent.to_go_y, ascent.to_go_z)
    ascent.from_x = navigation.velocity_x
    ascent.from_y = navigation.velocity_y
    ascent.from_z = navigation.velocity_z
    ascent.left = ascent.left - ascent.sensed
    time = clamp(ascent.time - seconds, STEP_S, LONGEST_S)
    shrunk = time * time / (ascent.time * ascent.time)
    ascent.fall_x = ascent.fall_x * shrunk
    ascent.fall_y = ascent.fall_y * shrunk
    ascent.fall_z = ascent.fall_z * shrunk
    ascent.time = time
    ascent.pivot = ascent.pivot - seconds
    ascent.sensed = 0.0
    ascent.step = step


def improve(ascent: Ascent, plan: Plan, navigation: Navigation) -> bool:
    """One pass of predictor and corrector; false, with the solution as it was, where it comes to nothing usable."""
    if not (ascent.to_go > 0.1 and ascent.to_go < 2.0e4):
        return False
    forecast(ascent, plan, ascent.to_go)
    ahead = ascent.ahead
    time = ahead.time
    if not (time > STEP_S and time < LONGEST_S and ahead.speed > 0.1):
        return False
    px = navigation.position_x
    py = navigation.position_y
    pz = navigation.position_z
    vx = navigation.velocity_x
    vy = navigation.velocity_y
    vz = navigation.velocity_z
    scale = 1.0 / ascent.to_go
    lx = ascent.to_go_x * scale
    ly = ascent.to_go_y * scale
    lz = ascent.to_go_z * scale
    # What thrust must add to the position, but along the orbit, where any will do as long as lambda' is across lambda.
    grown = time * time / (ascent.time * ascent.time)
    dx = ascent.radius * ascent.goal_x - px - vx * time - ascent.fall_x * grown
    dy = ascent.radius * ascent.goal_y - py - vy * time - ascent.fall_y * grown
    dz = ascent.radius * ascent.goal_z - pz - vz * time - ascent.fall_z * grown
    hx, hy, hz = cross(ascent.normal_x, ascent.normal_y, ascent.normal_z, ascent.goal_x, ascent.goal_y, ascent.goal_z)
    along = dot(dx, dy, dz, hx, hy, hz)
    dx = dx - along * hx + ascent.bias_x
    dy = dy - along * hy + ascent.bias_y
    dz = dz - along * hz + ascent.bias_z
    forward = dot(lx, ly, lz, hx, hy, hz)
    spread = ahead.distance_moment - ahead.distance * ahead.moment / ahead.speed
    if not (magnitude(forward) > 0.02 and magnitude(spread) > 1.0e-6):
        return False
    along = (ahead.distance - dot(lx, ly, lz, dx, dy, dz)) / forward
    dx = dx + along * hx
    dy = dy + along * hy
    dz = dz + along * hz
    tx = (dx - ahead.distance * lx) / spread
    ty = (dy - ahead.distance * ly) / spread
    tz = (dz - ahead.distance * lz) / spread
    pivot = ahead.moment / ahead.speed
    rate = length(tx, ty, tz)
    held = ascent.solved and ascent.time < HOLD_S
    if held:
        tx = ascent.turn_x
        ty = ascent.turn_y
        tz = ascent.turn_z
        rate = length(tx, ty, tz)
    elif rate * pivot > LARGEST_TURN:
        scale = LARGEST_TURN / (rate * pivot)
        tx = tx * scale
        ty = ty * scale
        tz = tz * scale
        rate = rate * scale
        held = True
    if held:
        dx = ahead.distance * lx + spread * tx
        dy = ahead.distance * ly + spread * ty
        dz = ahead.distance * lz + spread * tz
    # What that steering really gives and where it leads, and the velocity wanted there.
    path = ascent.path
    predict(path, ahead, navigation, lx, ly, lz, tx, ty, tz, pivot)
    qx = path.x
    qy = path.y
    qz = path.z
    scale = 1.0 / length(qx, qy, qz)
    nx = ascent.normal_x
    ny = ascent.normal_y
    nz = ascent.normal_z
    if plan.target_inclination >= 0.0:
        nx, ny, nz = inclined_normal(qx * scale, qy * scale, qz * scale, plan.target_inclination, nx, ny, nz)
    off = dot(qx, qy, qz, nx, ny, nz)
    qx = qx - off * nx
    qy = qy - off * ny
    qz = qz - off * nz
    scale = 1.0 / length(qx, qy, qz)
    hx, hy, hz = cross(nx, ny, nz, qx * scale, qy * scale, qz * scale)
    wx = ascent.to_go_x + ascent.speed * hx - path.u
    wy = ascent.to_go_y + ascent.speed * hy - path.v
    wz = ascent.to_go_z + ascent.speed * hz - path.w
    miss = length(wx - ascent.to_go_x, wy - ascent.to_go_y, wz - ascent.to_go_z) * time
    miss = miss + magnitude(1.0 / scale - ascent.radius) + magnitude(off)
    size = length(wx, wy, wz)
    if not (size < 2.0e4 and rate < 1.0 and magnitude(off) < 1.0e8):
        return False
    ascent.goal_x = qx * scale
    ascent.goal_y = qy * scale
    ascent.goal_z = qz * scale
    ascent.normal_x = nx
    ascent.normal_y = ny
    ascent.normal_z = nz
    ascent.fall_x = path.fall_x
    ascent.fall_y = path.fall_y
    ascent.fall_z = path.fall_z
    ascent.bias_x = dx - (path.x - px - vx * time - path.fall_x)
    ascent.bias_y = dy - (path.y - py - vy * time - path.fall_y)
    ascent.bias_z = dz - (path.z - pz - vz * time - path.fall_z)
    ascent.to_go_x = wx
    ascent.to_go_y = wy
    ascent.to_go_z = wz
    ascent.to_go = size
    ascent.thrust_x = lx
    ascent.thrust_y = ly
    ascent.thrust_z = lz
    ascent.turn_x = tx
    ascent.turn_y = ty
    ascent.turn_z = tz
    ascent.pivot = pivot
    if miss < AGREEMENT * ahead.distance:
        ascent.passes = ascent.passes + 1
    else:
        ascent.passes = 0
    ascent.time = time
    return True


def stop_main(ascent: Ascent, stage: StagePlan, step: int) -> None:
    """The main engine is told to stop: from now on the vernier burns alone."""
    seconds = float(step - ascent.step) * STEP_S
    ascent.main_off = True
    ascent.burnt = 0
    ascent.exhaust_speed = stage.vernier_exhaust_speed
    ascent.time_constant = (ascent.time_constant - seconds) * vernier_share(stage) + seconds


def direction(ascent: Ascent, step: int) -> tuple[float, float, float]:
    """The unit vector along which the solution wants the thrust at a step; past its end, that of its end."""
    seconds = float(step - ascent.step) * STEP_S
    if seconds > ascent.time:
        seconds = ascent.time
    angle = seconds - ascent.pivot
    x = ascent.thrust_x + ascent.turn_x * angle
    y = ascent.thrust_y + ascent.turn_y * angle
    z = ascent.thrust_z + ascent.turn_z * angle
    scale = 1.0 / length(x, y, z)
    return x * scale, y * scale, z * scale


def judge(computer: Computer) -> None:
    """Asks for main cut-off when what is left is the vernier's, for cutoff when the orbit's energy is reached."""
    ascent = computer.ascent
    stage = computer.plan.stages[ascent.stage]
    left = ascent.to_go - ascent.sensed
    constant = ascent.time_constant - float(computer.step - ascent.step) * STEP_S
    # What the engines still give: their impulse as a time of full thrust, and the time until they are told.
    if stage.vernier_s > 0.0 and not ascent.main_off:
        if ascent.refused > 0:
            return
        tail = stage.main_shutdown_impulse / clamp(stage.thrust, 1.0, 1.0e9) + ANSWER_S
        if left <= ascent.vernier_speed + burn_speed(ascent.exhaust_speed, constant, tail):
            computer.guidance.main_cutoff = True
            stop_main(ascent, stage, computer.step)
    elif left < NEAR or (computer.step & (LOOK - 1)) == 0:
        thrust = stage.vernier_thrust if ascent.main_off else stage.thrust
        tail = stage.shutdown_impulse / clamp(thrust, 1.0, 1.0e9) + ANSWER_S
        worth = burn_speed(ascent.exhaust_speed, constant, tail)
        n = computer.navigation
        distance = length(n.position_x, n.position_y, n.position_z)
        wanted = 2.0 * (ascent.energy + GRAVITATIONAL_PARAMETER / clamp(distance, 1.0e6, 1.0e12))
        speed = length(n.velocity_x, n.velocity_y, n.velocity_z)
        dx, dy, dz = direction(ascent, computer.step)
        along = dot(dx, dy, dz, n.velocity_x, n.velocity_y, n.velocity_z) / speed
        if math.sqrt(clamp(wanted, 0.0, 1.0e9)) - speed <= worth * along:
            computer.guidance.cutoff = True


def update(computer: Computer, number: int, burning: bool) -> None:
    """One control step of the stage in that place of the plan, in its burn or before it. Sets the cut-offs."""
    ascent = computer.ascent
    if ascent.stage != number or ascent.time_constant <= 0.0:
        begin_stage(ascent, computer.plan, number)
    if not ascent.begun:
        first_guess(ascent, computer.plan, computer.navigation)
        # A solution that is flown already is flown on until there is a new one.
        ascent.pivot = ascent.pivot - float(computer.step - ascent.step) * STEP_S
        ascent.step = computer.step
        ascent.due = computer.step
        ascent.from_x = computer.navigation.velocity_x
        ascent.from_y = computer.navigation.velocity_y
        ascent.from_z = computer.navigation.velocity_z
    if computer.actuators.main_cutoff and not ascent.main_off and computer.plan.stages[number].vernier_s > 0.0:
        stop_main(ascent, computer.plan.stages[number], computer.step)
    if burning:
        ascent.burnt = ascent.burnt + 1
        ascent.sensed = ascent.sensed + computer.navigation.force_x * STEP_S
    if computer.step >= ascent.due and not ascent.frozen:
        carry(ascent, computer.navigation, computer.step)
        usable = improve(ascent, computer.plan, computer.navigation)
        if usable:
            ascent.refused = 0
            ascent.solved = ascent.solved or ascent.passes >= AGREEING
        else:
            ascent.refused = ascent.refused + 1
            ascent.begun = ascent.refused < HOPELESS
        ascent.round = ascent.round + 1
        ascent.due = computer.step + 1
        over = ascent.round >= PASSES and ascent.passes >= PASSES
        if ascent.solved and (over or ascent.round >= MOST_PASSES):
            ascent.due = computer.step + CYCLE - ascent.round + 1
            ascent.round = 0
            ascent.frozen = usable and burning and ascent.time < FREEZE_S
    if burning and ascent.solved:
        judge(computer)
