"""Which engines run, and commanding them off; times since lift-off and ignition."""

from flight.computer.jettison import lit_boosters
from flight.computer.navigation import STEP_S
from flight.computer.packets import Actuators, Sensors
from flight.computer.records import Computer, Plan, Sequence

FALLING = 1.0  # m/s2; with less along x no motor pushes
SHUTDOWN_S = 2.0  # of a liquid engine, after which it counts as off whatever the pressure says


def since_liftoff(sequence: Sequence, step: int) -> float:
    """Seconds since lift-off, -1 before."""
    if sequence.liftoff_step == -1:
        return -1.0
    return float(step - sequence.liftoff_step) * STEP_S


def since_ignition(sequence: Sequence, step: int) -> float:
    """Seconds since the lowest stage's engines run; meaningful while they do."""
    return float(step - sequence.burn_step) * STEP_S


def main_pressure(sensors: Sensors, number: int) -> float:
    """Chamber pressure of the main engine of the stage of that number."""
    if number == 1:
        return sensors.stage_1_chamber_pressure
    if number == 2:
        return sensors.stage_2_chamber_pressure
    return sensors.stage_3_chamber_pressure


def main_runs(sensors: Sensors, plan: Plan, stage: int) -> bool:
    """The main chamber's pressure is that of a burning motor; `stage` is an index."""
    return main_pressure(sensors, stage + plan.first_stage) > plan.stages[stage].running_pressure


def vernier_runs(sensors: Sensors, plan: Plan, stage: int) -> bool:
    """The stage has a vernier that is to burn alone, and it burns."""
    return plan.stages[stage].vernier_s > 0.0 and sensors.vernier_chamber_pressure > plan.stages[stage].vernier_pressure


def engines_started(computer: Computer, sensors: Sensors) -> bool:
    """The lowest stage's main engine runs; on the pad every booster, too."""
    stage = computer.sequence.lowest
    if stage == 0 and lit_boosters(sensors, computer.plan.boosters.running_pressure) < computer.plan.boosters.count:
        return False
    return main_runs(sensors, computer.plan, stage)


def stage_off(actuators: Actuators, number: int) -> bool:
    """The engines of the stage of that number have been commanded off."""
    if number == 1:
        return actuators.stage_1_cutoff
    if number == 2:
        return actuators.stage_2_cutoff
    return actuators.stage_3_cutoff


def shut_down(computer: Computer) -> None:
    """Commands the lowest stage's engines off; a solid motor cannot be."""
    if computer.plan.stages[computer.sequence.lowest].liquid:
        number = computer.sequence.lowest + computer.plan.first_stage
        if number == 1:
            computer.actuators.stage_1_cutoff = True
        elif number == 2:
            computer.actuators.stage_2_cutoff = True
        else:
            computer.actuators.stage_3_cutoff = True


def burn_limit(computer: Computer) -> float:
    """Longest burn of the lowest stage, and half a burn more where the ignition was only guessed in flight."""
    stage = computer.sequence.lowest
    limit = computer.plan.stages[stage].burn_limit_s
    if computer.sequence.guessed:
        limit = limit + 0.5 * computer.plan.stages[stage].burn_s
    return limit


def engines_stopped(computer: Computer, sensors: Sensors) -> bool:
    """Neither pressure nor push at this sample, one of them gone after the command, or burning longer than can be."""
    stage = computer.sequence.lowest
    limit = burn_limit(computer)
    if computer.plan.stages[stage].liquid:
        limit = limit + SHUTDOWN_S
    if since_ignition(computer.sequence, computer.step) > limit:
        return True
    pushed = not computer.navigation.force_x < FALLING
    if pushed and not stage_off(computer.actuators, stage + computer.plan.first_stage):
        return False
    run = main_runs(sensors, computer.plan, stage) or vernier_runs(sensors, computer.plan, stage)
    return not run or (not pushed and stage_off(computer.actuators, stage + computer.plan.first_stage))
