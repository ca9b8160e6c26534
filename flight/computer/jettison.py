"""What leaves a vehicle beside its stages: boosters, escape tower and fairing; their times fall into any phase."""

from flight.computer.navigation import STEP_S
from flight.computer.packets import Sensors
from flight.computer.phases import BOOSTER_BURNOUT, BOOSTER_SEPARATION, FAIRING_SEPARATION, TOWER_SEPARATION
from flight.computer.records import Computer

# The boosters' states, where the plan has any.
BURNING = 0
BURNT = 1
RELEASED = 2
GONE = 3

CONFIRMED = 3  # samples in a row


def lit_boosters(sensors: Sensors, running: float) -> int:
    """How many chambers are above the running pressure."""
    lit = 0
    if sensors.booster_1_chamber_pressure > running:
        lit = lit + 1
    if sensors.booster_2_chamber_pressure > running:
        lit = lit + 1
    if sensors.booster_3_chamber_pressure > running:
        lit = lit + 1
    if sensors.booster_4_chamber_pressure > running:
        lit = lit + 1
    return lit


def quiet_boosters(sensors: Sensors, running: float, count: int) -> bool:
    """Every chamber that there is says that it is below the running pressure; a dead sensor does not say so."""
    quiet = sensors.booster_1_chamber_pressure <= running and sensors.booster_2_chamber_pressure <= running
    if quiet and count > 2:
        quiet = sensors.booster_3_chamber_pressure <= running and sensors.booster_4_chamber_pressure <= running
    return quiet


def attached_boosters(sensors: Sensors) -> bool:
    """Any breakwire is whole."""
    lower = sensors.booster_1_breakwire or sensors.booster_2_breakwire
    return lower or sensors.booster_3_breakwire or sensors.booster_4_breakwire


def release_boosters(computer: Computer, sensors: Sensors, flown: float) -> None:
    """All burnt out, or burning for too long: dropped after the delay, and gone when the last breakwire has opened."""
    state = computer.sequence.boosters
    if state == BURNING:
        over = flown > computer.plan.boosters.burn_limit_s
        if over or quiet_boosters(sensors, computer.plan.boosters.running_pressure, computer.plan.boosters.count):
            computer.sequence.booster_count = computer.sequence.booster_count + 1
        else:
            computer.sequence.booster_count = 0
        if computer.sequence.booster_count >= CONFIRMED:
            computer.sequence.boosters = BURNT
            computer.sequence.booster_step = computer.step
            computer.sequence.events = computer.sequence.events | (1 << BOOSTER_BURNOUT)
    elif state == BURNT:
        age = float(computer.step - computer.sequence.booster_step) * STEP_S
        if age >= computer.plan.boosters.separation_delay_s:
            computer.sequence.boosters = RELEASED
            computer.actuators.booster_separation_pyro = True
    elif not attached_boosters(sensors):
        computer.sequence.boosters = GONE
        computer.sequence.events = computer.sequence.events | (1 << BOOSTER_SEPARATION)


def release_tower(computer: Computer, sensors: Sensors, flown: float) -> None:
    """Lights the tower's own motor at its time; reports its going."""
    if computer.actuators.tower_pyro:
        if not sensors.tower_breakwire:
            computer.sequence.tower_gone = True
            computer.sequence.events = computer.sequence.events | (1 << TOWER_SEPARATION)
    elif flown >= computer.plan.tower_s:
        computer.actuators.tower_pyro = True


def release_fairing(computer: Computer, sensors: Sensors, flown: float) -> None:
    """Fires the fairing's circuit at its time, or when its stage has been the lowest for long enough."""
    if computer.actuators.fairing_pyro:
        if not sensors.fairing_breakwire:
            computer.sequence.fairing_gone = True
            computer.sequence.events = computer.sequence.events | (1 << FAIRING_SEPARATION)
    elif computer.plan.fairing_stage >= 0:
        if computer.sequence.lowest == computer.plan.fairing_stage:
            age = float(computer.step - computer.sequence.separation_step) * STEP_S
            computer.actuators.fairing_pyro = age >= computer.plan.fairing_delay_s
    elif computer.plan.fairing_s >= 0.0:
        computer.actuators.fairing_pyro = flown >= computer.plan.fairing_s


def jettison(computer: Computer, sensors: Sensors, flown: float) -> None:
    """One step of all of them, `flown` seconds after lift-off."""
    if computer.plan.boosters.count > 0 and computer.sequence.boosters < GONE:
        release_boosters(computer, sensors, flown)
    if computer.plan.tower_s >= 0.0 and not computer.sequence.tower_gone:
        release_tower(computer, sensors, flown)
    if not computer.sequence.fairing_gone:
        release_fairing(computer, sensors, flown)


def throttle(computer: Computer, flown: float) -> float:
    """The main engine's level: guidance's where it wants one, else the plan's, in full once the boosters are out."""
    if not computer.plan.stages[computer.sequence.lowest].liquid:
        return 0.0
    if computer.guidance.throttle > 0.0:
        return computer.guidance.throttle
    level = 1.0
    if computer.sequence.lowest > 0 or (computer.plan.boosters.count > 0 and computer.sequence.boosters != BURNING):
        return level
    for i in range(4):
        if flown >= computer.plan.throttle_time[i]:
            level = computer.plan.throttle_level[i]
    return level
