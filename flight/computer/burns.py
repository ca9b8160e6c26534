"""The burns ahead of a liquid upper stage and what they sum to, for closed-loop ascent.

Thrust is constant in each burn, so that acceleration is exhaust speed over (time constant - time). The sums are those
of R. Jaggers, An Explicit Solution to the Exoatmospheric Powered Flight Guidance and Trajectory Optimization Problem
for Rocket Propelled Vehicles, AIAA 77-1051 (1977).
"""

from flight.computer.maths import clamp, exponential, logarithm
from flight.computer.records import Ascent, Plan, StagePlan, Thrust


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
    ahead.distance_inertia = ahead.distance_inertia + ahead.inertia * seconds
    ahead.time = ahead.time + seconds


def add_burn(ahead: Thrust, speed: float, exhaust: float, constant: float) -> float:
    """Adds a burn at constant thrust that gives a speed; tells how long it takes (Jaggers 1977, appendix)."""
    if not (speed > 0.0 and exhaust > 1.0 and constant > 1.0e-3):
        return 0.0
    seconds = constant * (1.0 - exponential(-speed / exhaust))
    start = ahead.time
    half = 0.5 * exhaust * seconds * seconds
    moment = constant * speed - exhaust * seconds
    distance = seconds * speed - moment
    distance_moment = distance * (constant + start) - half
    distance_inertia = distance_moment * (constant + start) - half * (seconds * 0.3333333333333333 + start)
    add_coast(ahead, seconds)
    ahead.speed = ahead.speed + speed
    ahead.moment = ahead.moment + moment + speed * start
    ahead.distance = ahead.distance + distance
    ahead.distance_moment = ahead.distance_moment + distance_moment
    ahead.distance_inertia = ahead.distance_inertia + distance_inertia
    ahead.inertia = ahead.moment * ahead.time - ahead.distance_moment
    return seconds


def forecast(ascent: Ascent, plan: Plan, speed: float) -> None:
    """Sums the burns ahead that give that speed: each stage what it has, the last one, or its main engine, the rest."""
    ahead = ascent.ahead
    ahead.time = 0.0
    ahead.speed = 0.0
    ahead.moment = 0.0
    ahead.inertia = 0.0
    ahead.distance = 0.0
    ahead.distance_moment = 0.0
    ahead.distance_inertia = 0.0
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
                if number == ascent.stage:
                    ascent.vernier_speed = vernier_speed(plan.stages[number], constant)
                burn_s = add_burn(
                    ahead, clamp(after, 0.0, rest - left), plan.stages[number].vernier_exhaust_speed, constant
                )
