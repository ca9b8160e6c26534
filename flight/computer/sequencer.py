"""The sequence of a flight of up to three stages, as a table of phases, and what each phase does at its end.

A phase ends when its condition is met, or when that is too late. The fairing goes beside the table: its time falls
into different phases on different vehicles.
"""

from dataclasses import dataclass

from flight.computer.navigation import STEP_S, perigee_height
from flight.computer.records import Actuators, Computer, Navigation, Plan, Sensors, Sequence

# Codes of the dictionary's enumeration `event`; NO_EVENT is none of them.
NO_EVENT = 0
IGNITION = 1
LIFTOFF = 2
STAGE_1_BURNOUT = 3
STAGE_1_SEPARATION = 4
STAGE_2_IGNITION = 5
STAGE_2_BURNOUT = 6
STAGE_2_SEPARATION = 7
FAIRING_SEPARATION = 8
STAGE_3_IGNITION = 9
STAGE_3_BURNOUT = 10
PAYLOAD_SEPARATION = 11
ORBIT_INSERTION = 12
ABORT = 13

# What ends a phase.
COUNTDOWN_OVER = 0
MOTOR_RUNS = 1
VEHICLE_MOVES = 2
MOTOR_STOPS = 3
SEPARATION_DUE = 4
STAGE_LEFT = 5
IGNITION_DUE = 6
ORBIT_REACHED = 7
PAYLOAD_DUE = 8
PAYLOAD_LEFT = 9
NEVER = 10
TRIMMED = 11

# Which circuit it fires.
NOTHING = 0
STAGE_1_IGNITER = 1
STAGE_2_IGNITER = 2
STAGE_3_IGNITER = 3
STAGE_1_PYRO = 4
STAGE_2_PYRO = 5
PAYLOAD_PYRO = 6

# How guidance steers in it.
STEER_ALIGN = 0
STEER_PROGRAM = 1
STEER_HOLD = 2
STEER_HORIZON = 3
STEER_TRIM = 4

# The phases, by their place in the table.
COUNTDOWN = 0
IGNITION_1 = 1
PAD = 2
BURN_1 = 3
BURNOUT_1 = 4
SEPARATION_1 = 5
COAST_2 = 6
IGNITION_2 = 7
BURN_2 = 8
BURNOUT_2 = 9
SEPARATION_2 = 10
COAST_3 = 11
IGNITION_3 = 12
BURN_3 = 13
INSERTION = 14
PAYLOAD_WAIT = 15
PAYLOAD_RELEASE = 16
DONE = 17
ABORTED = 18
TRIM = 19


@dataclass(frozen=True, slots=True)
class Phase:
    """A row of the table: what ends the phase, of which stage (index), how guidance steers in it, which circuit fires
    at its end, what is then reported, and which phase follows. After `limit` steps `late` follows instead, with
    nothing fired or reported; a limit of 0 waits for ever.
    """

    ends: int
    stage: int
    steering: int
    fires: int
    event: int
    next: int
    limit: int
    late: int


# fmt: off
PHASES = (
    Phase(COUNTDOWN_OVER, 0, STEER_ALIGN,   STAGE_1_IGNITER, NO_EVENT,           IGNITION_1,      0,   ABORTED),
    Phase(MOTOR_RUNS,     0, STEER_HOLD,    NOTHING,         IGNITION,           PAD,             100, ABORTED),
    Phase(VEHICLE_MOVES,  0, STEER_HOLD,    NOTHING,         LIFTOFF,            BURN_1,          300, ABORTED),
    Phase(MOTOR_STOPS,    0, STEER_PROGRAM, NOTHING,         STAGE_1_BURNOUT,    BURNOUT_1,       0,   DONE),
    Phase(SEPARATION_DUE, 0, STEER_HOLD,    STAGE_1_PYRO,    NO_EVENT,           SEPARATION_1,    0,   DONE),
    Phase(STAGE_LEFT,     0, STEER_HOLD,    NOTHING,         STAGE_1_SEPARATION, COAST_2,         200, DONE),
    Phase(IGNITION_DUE,   1, STEER_HORIZON, STAGE_2_IGNITER, NO_EVENT,           IGNITION_2,      0,   DONE),
    Phase(MOTOR_RUNS,     1, STEER_HORIZON, NOTHING,         STAGE_2_IGNITION,   BURN_2,          200, DONE),
    Phase(MOTOR_STOPS,    1, STEER_HORIZON, NOTHING,         STAGE_2_BURNOUT,    BURNOUT_2,       0,   DONE),
    Phase(SEPARATION_DUE, 1, STEER_HOLD,    STAGE_2_PYRO,    NO_EVENT,           SEPARATION_2,    0,   DONE),
    Phase(STAGE_LEFT,     1, STEER_HOLD,    NOTHING,         STAGE_2_SEPARATION, COAST_3,         200, DONE),
    Phase(IGNITION_DUE,   2, STEER_HORIZON, STAGE_3_IGNITER, NO_EVENT,           IGNITION_3,      0,   DONE),
    Phase(MOTOR_RUNS,     2, STEER_HORIZON, NOTHING,         STAGE_3_IGNITION,   BURN_3,          200, DONE),
    Phase(MOTOR_STOPS,    2, STEER_HORIZON, NOTHING,         STAGE_3_BURNOUT,    INSERTION,       0,   DONE),
    Phase(ORBIT_REACHED,  2, STEER_HOLD,    NOTHING,         ORBIT_INSERTION,    TRIM,            100, DONE),
    Phase(PAYLOAD_DUE,    2, STEER_HOLD,    PAYLOAD_PYRO,    NO_EVENT,           PAYLOAD_RELEASE, 0,   DONE),
    Phase(PAYLOAD_LEFT,   2, STEER_HOLD,    NOTHING,         PAYLOAD_SEPARATION, DONE,            200, DONE),
    Phase(NEVER,          2, STEER_HOLD,    NOTHING,         NO_EVENT,           DONE,            0,   DONE),
    Phase(NEVER,          0, STEER_HOLD,    NOTHING,         NO_EVENT,           ABORTED,         0,   ABORTED),
    Phase(TRIMMED,        2, STEER_TRIM,    NOTHING,         NO_EVENT,           PAYLOAD_WAIT,    0,   DONE),
)
# fmt: on

CONFIRMED = 3  # samples in a row for what is seen in noisy measurements
MOVING = 11.0  # m/s2 of specific force along x; the pad alone gives 9.8
FALLING = 1.0  # m/s2; with less along x no motor pushes
ORBIT_PERIGEE = 100000.0  # m


def since_liftoff(sequence: Sequence, step: int) -> float:
    """Seconds since lift-off, -1 before."""
    if sequence.liftoff_step < 0:
        return -1.0
    return float(step - sequence.liftoff_step) * STEP_S


def motor_runs(sensors: Sensors, plan: Plan, stage: int) -> bool:
    """The stage's chamber pressure is that of a burning motor."""
    pressure = sensors.stage_3_chamber_pressure
    if stage == 0:
        pressure = sensors.stage_1_chamber_pressure
    elif stage == 1:
        pressure = sensors.stage_2_chamber_pressure
    return pressure > plan.stages[stage].running_pressure


def burnt_out(navigation: Navigation, sensors: Sensors, plan: Plan, stage: int, elapsed: float) -> bool:
    """Neither pressure nor push at this sample, or the burn has lasted longer than it can."""
    if elapsed > plan.stages[stage].burn_limit_s:
        return True
    if motor_runs(sensors, plan, stage):
        return False
    return navigation.force_x < FALLING


def stage_left(sensors: Sensors, stage: int) -> bool:
    """The breakwire of the joint above the stage is open."""
    if stage == 0:
        return not sensors.stage_1_breakwire
    return not sensors.stage_2_breakwire


def fulfilled(computer: Computer, sensors: Sensors, ends: int, stage: int, elapsed: float) -> bool:
    """The condition that ends a phase, at this sample; `elapsed` is the phase's age in seconds."""
    if ends == MOTOR_STOPS:
        return burnt_out(computer.navigation, sensors, computer.plan, stage, elapsed)
    if ends == IGNITION_DUE:
        flown = since_liftoff(computer.sequence, computer.step)
        waited = elapsed >= computer.plan.stages[stage].ignition_delay_s
        if computer.plan.stages[stage].steering == 2 and computer.plan.stages[stage].ignition_s > 0.0:
            return waited and computer.guidance.ignite
        return waited and flown >= computer.plan.stages[stage].ignition_s
    if ends == COUNTDOWN_OVER:
        return float(computer.step) * STEP_S >= computer.plan.countdown_s
    if ends == MOTOR_RUNS:
        return motor_runs(sensors, computer.plan, stage)
    if ends == VEHICLE_MOVES:
        return not sensors.umbilical and computer.navigation.force_x > MOVING
    if ends == SEPARATION_DUE:
        return elapsed >= computer.plan.stages[stage].separation_delay_s
    if ends == STAGE_LEFT:
        return stage_left(sensors, stage)
    if ends == ORBIT_REACHED:
        return perigee_height(computer.navigation) > ORBIT_PERIGEE
    if ends == TRIMMED:
        return computer.guidance.trimmed or elapsed >= computer.plan.trim_s
    if ends == PAYLOAD_DUE:
        return elapsed >= computer.plan.payload_delay_s
    if ends == PAYLOAD_LEFT:
        return not sensors.payload_breakwire
    return False


def samples(ends: int) -> int:
    """How many samples in a row must show the condition: several where it is read from noise, else one."""
    if ends == MOTOR_RUNS or ends == VEHICLE_MOVES or ends == MOTOR_STOPS:
        return CONFIRMED
    return 1


def fire(actuators: Actuators, circuit: int) -> None:
    """Closes one pyrotechnic circuit."""
    if circuit == STAGE_1_IGNITER:
        actuators.stage_1_igniter = True
    elif circuit == STAGE_2_IGNITER:
        actuators.stage_2_igniter = True
    elif circuit == STAGE_3_IGNITER:
        actuators.stage_3_igniter = True
    elif circuit == STAGE_1_PYRO:
        actuators.stage_1_separation_pyro = True
    elif circuit == STAGE_2_PYRO:
        actuators.stage_2_separation_pyro = True
    elif circuit == PAYLOAD_PYRO:
        actuators.payload_pyro = True


def enter(computer: Computer, phase: int, event: int) -> None:
    """Begins a phase; reports the event that led to it and keeps what it tells of time and stages."""
    computer.sequence.phase = phase
    computer.sequence.phase_step = computer.step
    computer.sequence.count = 0
    computer.sequence.events = computer.sequence.events | (1 << event)
    if event == LIFTOFF:
        computer.sequence.liftoff_step = computer.step
    elif event == STAGE_1_SEPARATION or event == STAGE_2_SEPARATION:
        computer.sequence.lowest = computer.sequence.lowest + 1
        computer.sequence.separation_step = computer.step
    if phase == ABORTED:
        computer.sequence.events = computer.sequence.events | (1 << ABORT)


def release_fairing(computer: Computer, sensors: Sensors) -> None:
    """Fires the fairing's circuit when the plan's stage has been the lowest for long enough; reports its going."""
    if computer.actuators.fairing_pyro:
        if not sensors.fairing_breakwire:
            computer.sequence.fairing_gone = True
            computer.sequence.events = computer.sequence.events | (1 << FAIRING_SEPARATION)
    elif computer.sequence.lowest == computer.plan.fairing_stage:
        age = float(computer.step - computer.sequence.separation_step) * STEP_S
        if age >= computer.plan.fairing_delay_s:
            computer.actuators.fairing_pyro = True


def advance(computer: Computer, sensors: Sensors) -> None:
    """One step of the sequence: at most one phase ends."""
    computer.sequence.events = 0
    phase = computer.sequence.phase
    ends = PHASES[phase].ends
    stage = PHASES[phase].stage
    age = computer.step - computer.sequence.phase_step
    if fulfilled(computer, sensors, ends, stage, float(age) * STEP_S):
        computer.sequence.count = computer.sequence.count + 1
    else:
        computer.sequence.count = 0
    if computer.sequence.count >= samples(ends):
        fire(computer.actuators, PHASES[phase].fires)
        if ends == MOTOR_STOPS and stage == computer.plan.last_stage:
            enter(computer, INSERTION, PHASES[phase].event)
        else:
            enter(computer, PHASES[phase].next, PHASES[phase].event)
    elif PHASES[phase].limit > 0 and age >= PHASES[phase].limit:
        enter(computer, PHASES[phase].late, NO_EVENT)
    if not computer.sequence.fairing_gone:
        release_fairing(computer, sensors)
