"""The burns ahead of a liquid upper stage and what they sum to, for closed-loop ascent.

Thrust is constant in each burn, so that acceleration is exhaust speed over (time constant - time). The sums are those
of R. Jaggers, An Explicit Solution to the Exoatmospheric Powered Flight Guidance and Trajectory Optimization Problem
for Rocket Propelled Vehicles, AIAA 77-1051 (1977).
"""

from flight.computer.ascent_records import Ascent, Path, Thrust
from flight.computer.maths import clamp, exponential, length, logarithm
from flight.computer.navigation import gravity
from flight.computer.records import Navigation, Plan, StagePlan

BURN_STEPS = 10  # of the predicted path in each burn


def burn_speed(exhaust: float, constant: float, seconds: float) -> float:
    """What a burn of that length gives, m/s (Tsiolkovsky); at most 98 % of the mass burns."""
    if not (constant > 1.0e-3):
        return 0.0
    return -exhaust * logarithm(1.0 - clamp(seconds / constant, 0.0, 0.98))


def burn_constant(stage: StagePlan) -> float:
    """Time constant of a stage at its ignition, as planned, s."""
    if not (stage.thrust > 1.0):
        return 0.0
    return stage.exhaust_speed * stage.mass / stage.thrust


def vernier_share(stage: StagePlan) -> float:
    """Mass flow of all engines of a stage over that of its vernier; 1 where it has none."""
    if not (stage.vernier_s > 0.0 and stage.vernier_thrust > 1.0 and stage.exhaust_speed > 1.0):
        return 1.0
    return stage.thrust * stage.vernier_exhaust_speed / (stage.exhaust_speed * stage.vernier_thrust)


def vernier_speed(stage: StagePlan, constant: float) -> float:
    """What the vernier is to give alone, m/s, from its time constant as it begins to; 0 where there is none."""
    if stage.vernier_s > 0.0:
        return burn_speed(stage.vernier_exhaust_speed, constant, stage.vernier_s)
    return 0.0


def add_coast(ahead: Thrust, seconds: float) -> None:
    """Adds a time without thrust."""
    ahead.distance = ahead.distance + ahead.speed * seconds
    ahead.distance_moment = ahead.distance_moment + ahead.moment * seconds
    ahead.time = ahead.time + seconds


def add_burn(ahead: Thrust, speed: float, exhaust: float, constant: float) -> float:
    """Adds a burn that gives a speed; tells how long it takes. Nothing where the table of burns is full."""
    if not (speed > 0.0 and exhaust > 1.0 and constant > 1.0e-3 and ahead.count < len(ahead.burns)):
        return 0.0
    seconds = constant * (1.0 - exponential(-speed / exhaust))
    start = ahead.time
    moment = constant * speed - exhaust * seconds
    distance = seconds * speed - moment
    ahead.burns[ahead.count].start = start
    ahead.burns[ahead.count].seconds = seconds
    ahead.burns[ahead.count].exhaust_speed = exhaust
    ahead.burns[ahead.count].time_constant = constant
    ahead.count = ahead.count + 1
    add_coast(ahead, seconds)
    ahead.speed = ahead.speed + speed
    ahead.moment = ahead.moment + moment + speed * start
    ahead.distance = ahead.distance + distance
    ahead.distance_moment = ahead.distance_moment + distance * (constant + start) - 0.5 * exhaust * seconds * seconds
    return seconds


def forecast(ascent: Ascent, plan: Plan, speed: float) -> None:
    """Sums the burns ahead that give that speed: each stage what it has, the last one, or its main engine, the rest."""
    ahead = ascent.ahead
    ahead.count = 0
    ahead.time = 0.0
    ahead.speed = 0.0
    ahead.moment = 0.0
    ahead.distance = 0.0
    ahead.distance_moment = 0.0
    for number in range(len(plan.stages)):
        if number >= ascent.stage and number <= plan.last_stage:
            exhaust = ascent.exhaust_speed
            constant = ascent.time_constant
            left = ascent.left
            after = ascent.vernier_speed
            main_s = plan.stages[number].burn_s - plan.stages[number].vernier_s
            share = vernier_share(plan.stages[number])
            if number > ascent.stage:
                add_coast(ahead, plan.stages[number - 1].separation_delay_s + plan.stages[number].ignition_delay_s)
                exhaust = plan.stages[number].exhaust_speed
                constant = burn_constant(plan.stages[number])
                left = burn_speed(exhaust, constant, main_s)
                after = vernier_speed(plan.stages[number], (constant - main_s) * share)
            elif ascent.main_off:
                after = 0.0
            rest = speed - ahead.speed
            if number == plan.last_stage:
                left = rest - after
            left = clamp(left, 0.0, rest)
            burn_s = add_burn(ahead, left, exhaust, constant)
            if after > 0.0:
                constant = (constant - burn_s) * share
                burn_s = add_burn(
                    ahead, clamp(after, 0.0, rest - left), plan.stages[number].vernier_exhaust_speed, constant
                )


def drift(path: Path, seconds: float, ax: float, ay: float, az: float) -> None:
    """One step of the path under gravity and a mean acceleration by thrust: velocity Verlet, position first."""
    half = 0.5 * seconds
    x = path.x + half * path.u
    y = path.y + half * path.v
    z = path.z + half * path.w
    gx, gy, gz = gravity(x, y, z)
    path.drop_u = path.drop_u + seconds * gx
    path.drop_v = path.drop_v + seconds * gy
    path.drop_w = path.drop_w + seconds * gz
    path.fall_x = path.fall_x + seconds * path.drop_u - half * seconds * gx
    path.fall_y = path.fall_y + seconds * path.drop_v - half * seconds * gy
    path.fall_z = path.fall_z + seconds * path.drop_w - half * seconds * gz
    path.u = path.u + seconds * (gx + ax)
    path.v = path.v + seconds * (gy + ay)
    path.w = path.w + seconds * (gz + az)
    path.x = x + half * path.u
    path.y = y + half * path.v
    path.z = z + half * path.w


def predict(
    path: Path,
    ahead: Thrust,
    navigation: Navigation,
    lx: float,
    ly: float,
    lz: float,
    tx: float,
    ty: float,
    tz: float,
    pivot: float,
) -> None:
    """Follows the burns ahead with thrust along l + t (time - pivot)."""
    path.x = navigation.position_x
    path.y = navigation.position_y
    path.z = navigation.position_z
    path.u = navigation.velocity_x
    path.v = navigation.velocity_y
    path.w = navigation.velocity_z
    path.fall_x = 0.0
    path.fall_y = 0.0
    path.fall_z = 0.0
    path.drop_u = 0.0
    path.drop_v = 0.0
    path.drop_w = 0.0
    now = 0.0
    for i in range(len(ahead.burns)):
        if i < ahead.count:
            gap = ahead.burns[i].start - now
            if gap > 0.0:
                drift(path, gap, 0.0, 0.0, 0.0)
            step = ahead.burns[i].seconds / float(BURN_STEPS)
            for k in range(BURN_STEPS):
                since = (float(k) + 0.5) * step
                rest = clamp(ahead.burns[i].time_constant - since, 1.0e-3, 1.0e9)
                part = step / rest
                # The mean of 1 / (rest - t) over the step, to the fourth power of its part.
                size = ahead.burns[i].exhaust_speed / rest * (1.0 + part * part * 0.08333333333333333)
                angle = ahead.burns[i].start + since - pivot
                dx = lx + tx * angle
                dy = ly + ty * angle
                dz = lz + tz * angle
                size = size / length(dx, dy, dz)
                drift(path, step, size * dx, size * dy, size * dz)
            now = ahead.burns[i].start + ahead.burns[i].seconds
