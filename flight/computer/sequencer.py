"""The sequence of a flight: from the count to the last separation, or to the ground, through the table of phases."""

from flight.computer.engines import (
    burn_limit,
    engines_started,
    engines_stopped,
    main_pressure,
    shut_down,
    since_ignition,
    since_liftoff,
    vernier_runs,
)
from flight.computer.jettison import jettison, throttle
from flight.computer.maths import length
from flight.computer.navigation import STEP_S, climb_rate, height, perigee_height
from flight.computer.packets import Actuators, Sensors
from flight.computer.phases import (
    ABORT,
    ABORTED,
    APOGEE_PASSED,
    BURN,
    BURNOUTS,
    CLIMB,
    COUNTDOWN,
    COUNTDOWN_OVER,
    DONE,
    DROGUE_DUE,
    DROGUE_OUT,
    DROGUE_PYRO,
    ENGINES_RUN,
    ENGINES_STOP,
    HELD,
    HOLD,
    HOLD_OVER,
    IGNITING,
    IGNITION,
    IGNITION_DUE,
    IGNITIONS,
    INSERTION,
    LIFTOFF,
    MAIN_CUTOFFS,
    MAIN_DUE,
    MAIN_OUT,
    MAIN_PYRO,
    NO_EVENT,
    ORBIT_REACHED,
    PAD,
    PAYLOAD_DUE,
    PAYLOAD_LEFT,
    PAYLOAD_PYRO,
    PAYLOAD_WAIT,
    PHASES,
    RECYCLE,
    SCRUB,
    SCRUB_OVER,
    SCRUBBED,
    SEPARATION_DUE,
    SEPARATIONS,
    STAGE_BURNOUT,
    STAGE_IGNITER,
    STAGE_IGNITION,
    STAGE_LEFT,
    STAGE_MAIN_CUTOFF,
    STAGE_PYRO,
    STAGE_SEPARATION,
    STARTING,
    TRIM_OVER,
    VEHICLE_MOVES,
    VERNIER,
)
from flight.computer.records import Computer, Plan

CONFIRMED = 3  # samples in a row for what is seen in noisy measurements
MOVING = 11.0  # m/s2 of specific force along x; the pad alone gives 9.8
ORBIT_PERIGEE = 100000.0  # m
FALLEN = 0.4  # of the greatest push of a burn; below it the main engine is out and only its vernier burns
WINDOW_S = 60.0  # either side of its planned time in which guidance may light a coast's stage
CLIMB_S = 3.0  # least time of a climb, that an escape has to get going


def command_engines(computer: Computer, sensors: Sensors) -> None:
    """During a liquid stage's burn: what guidance wants, or the plan at the latest; finds the main engine's end."""
    stage = computer.sequence.lowest
    burnt = since_ignition(computer.sequence, computer.step)
    if computer.guidance.cutoff or burnt > burn_limit(computer):
        shut_down(computer)
    if computer.plan.stages[stage].vernier_s > 0.0 and computer.sequence.phase == BURN:
        push = computer.navigation.force_x
        if push > computer.sequence.greatest_push:
            computer.sequence.greatest_push = push
        number = stage + computer.plan.first_stage
        low = main_pressure(sensors, number) < computer.plan.stages[stage].running_pressure
        if low and push < FALLEN * computer.sequence.greatest_push and vernier_runs(sensors, computer.plan, stage):
            computer.sequence.alarms = computer.sequence.alarms + 1
        else:
            computer.sequence.alarms = 0
        if computer.guidance.main_cutoff or computer.sequence.alarms >= CONFIRMED:
            computer.actuators.main_cutoff = True
            enter(computer, VERNIER, STAGE_MAIN_CUTOFF)


def stage_left(sensors: Sensors, number: int) -> bool:
    """The breakwire of the joint above the stage of that number is open."""
    if number == 1:
        return not sensors.stage_1_breakwire
    return not sensors.stage_2_breakwire


def ignition_in(computer: Computer, elapsed: float) -> float:
    """Seconds until the coast's stage is to be lit, as the plan says; `elapsed` since the separation before it."""
    stage = computer.sequence.lowest
    wait = computer.plan.stages[stage].ignition_delay_s - elapsed
    planned = computer.plan.stages[stage].ignition_s
    if planned > 0.0:
        left = planned - since_liftoff(computer.sequence, computer.step)
        if computer.plan.stages[stage].steering == 2:
            if computer.guidance.ignite and left < WINDOW_S:
                left = 0.0
            else:
                left = left + WINDOW_S
        if left > wait:
            wait = left
    return wait


def fulfilled(computer: Computer, sensors: Sensors, ends: int, elapsed: float) -> bool:
    """The condition that ends a phase, at this sample; `elapsed` is the phase's age in seconds."""
    if ends == ENGINES_STOP:
        return engines_stopped(computer, sensors)
    if ends == IGNITION_DUE:
        return ignition_in(computer, elapsed) <= 0.0
    if ends == COUNTDOWN_OVER:
        return float(computer.sequence.counted) * STEP_S >= computer.plan.countdown_s
    if ends == ENGINES_RUN:
        return engines_started(computer, sensors)
    if ends == VEHICLE_MOVES:
        return not sensors.umbilical and computer.navigation.force_x > MOVING
    if ends == SEPARATION_DUE:
        return elapsed >= computer.plan.stages[computer.sequence.lowest].separation_delay_s
    if ends == STAGE_LEFT:
        return stage_left(sensors, computer.sequence.lowest + computer.plan.first_stage)
    if ends == ORBIT_REACHED:
        return perigee_height(computer.navigation) > ORBIT_PERIGEE
    if ends == TRIM_OVER:
        return computer.guidance.trimmed or elapsed >= computer.plan.trim_s
    if ends == PAYLOAD_DUE:
        return elapsed >= computer.plan.payload_delay_s
    if ends == PAYLOAD_LEFT:
        return not sensors.payload_breakwire
    if ends == APOGEE_PASSED:
        return elapsed >= CLIMB_S and climb_rate(computer.navigation) < 0.0
    if ends == DROGUE_DUE:
        return computer.plan.drogue_delay_s >= 0.0 and elapsed >= computer.plan.drogue_delay_s
    if ends == DROGUE_OUT:
        return not sensors.drogue_breakwire
    if ends == MAIN_DUE:
        return height(computer.navigation) - computer.plan.height < computer.plan.main_height
    if ends == MAIN_OUT:
        return not sensors.main_breakwire
    if ends == HOLD_OVER:
        return not sensors.hold
    if ends == SCRUB_OVER:
        return not sensors.scrub
    return False


def samples(ends: int) -> int:
    """How many samples in a row must show the condition: several where it is read from noise, else one."""
    noisy = ends == ENGINES_RUN or ends == VEHICLE_MOVES or ends == ENGINES_STOP
    if noisy or ends == APOGEE_PASSED or ends == MAIN_DUE:
        return CONFIRMED
    return 1


def fire(actuators: Actuators, circuit: int, number: int) -> None:
    """Closes one pyrotechnic circuit; `number` is the lowest stage's."""
    if circuit == STAGE_IGNITER:
        if number == 1:
            actuators.stage_1_igniter = True
        elif number == 2:
            actuators.stage_2_igniter = True
        else:
            actuators.stage_3_igniter = True
    elif circuit == STAGE_PYRO:
        if number == 1:
            actuators.stage_1_separation_pyro = True
        else:
            actuators.stage_2_separation_pyro = True
    elif circuit == PAYLOAD_PYRO:
        actuators.payload_pyro = True
    elif circuit == DROGUE_PYRO:
        actuators.drogue_pyro = True
    elif circuit == MAIN_PYRO:
        actuators.main_pyro = True


def event_code(event: int, number: int) -> int:
    """The dictionary's code for a row's event of the stage of that number."""
    if event == STAGE_IGNITION:
        return IGNITIONS[number - 1]
    if event == STAGE_MAIN_CUTOFF:
        return MAIN_CUTOFFS[number - 1]
    if event == STAGE_BURNOUT:
        return BURNOUTS[number - 1]
    if event == STAGE_SEPARATION:
        return SEPARATIONS[number - 1]
    return event


def enter(computer: Computer, phase: int, event: int) -> None:
    """Begins a phase; reports the event that led to it and keeps what it tells of time and stages."""
    computer.sequence.phase = phase
    computer.sequence.phase_step = computer.step
    computer.sequence.count = 0
    code = event_code(event, computer.sequence.lowest + computer.plan.first_stage)
    computer.sequence.events = computer.sequence.events | (1 << code)
    if event == LIFTOFF:
        computer.sequence.liftoff_step = computer.step
    elif event == STAGE_SEPARATION:
        computer.sequence.lowest = computer.sequence.lowest + 1
        computer.sequence.separation_step = computer.step
        computer.actuators.main_cutoff = False
    elif event == RECYCLE:
        computer.sequence.counted = 0
    if event == IGNITION or event == STAGE_IGNITION:
        computer.sequence.burn_step = computer.step
        computer.sequence.greatest_push = 0.0
        computer.sequence.alarms = 0
        computer.guidance.cutoff = False
        computer.guidance.main_cutoff = False


def after(plan: Plan, stage: int, phase: int) -> int:
    """The phase that follows where the plan leaves some out."""
    if stage == plan.last_stage and phase == PHASES[BURN].next:
        phase = PAYLOAD_WAIT
        if plan.orbital:
            phase = INSERTION
    if phase == PAYLOAD_WAIT and plan.payload_delay_s < 0.0:
        phase = DONE
    if phase == DONE and not plan.orbital:
        phase = CLIMB
    return phase


def end_flight(computer: Computer) -> None:
    """The abort: engines off; in the air the crew's escape where there is one, and parachutes where there are."""
    shut_down(computer)
    computer.sequence.aborted = True
    phase = ABORTED
    if computer.sequence.liftoff_step != -1:
        computer.actuators.escape_motor = computer.plan.abort.escape
        if computer.plan.drogue_delay_s >= 0.0:
            phase = CLIMB
    enter(computer, phase, ABORT)


def endangered(computer: Computer, sensors: Sensors) -> bool:
    """A limit of the plan's for aborts is passed at this sample."""
    rate = length(computer.navigation.rate_x, computer.navigation.rate_y, computer.navigation.rate_z)
    if computer.plan.abort.rate > 0.0 and rate > computer.plan.abort.rate:
        return True
    error = length(0.0, computer.control.error_y, computer.control.error_z)
    if computer.plan.abort.attitude_error > 0.0 and error > computer.plan.abort.attitude_error:
        return True
    burning = computer.sequence.phase == BURN or computer.sequence.phase == VERNIER
    if burning and computer.plan.stages[computer.sequence.lowest].liquid:
        least = computer.plan.abort.tank_pressure
        return sensors.fuel_tank_pressure < least or sensors.oxidizer_tank_pressure < least
    return False


def watch(computer: Computer, sensors: Sensors, flown: float) -> None:
    """Aborts a flight that has been endangered for some samples in a row."""
    if flown >= computer.plan.abort.earliest_s and endangered(computer, sensors):
        computer.sequence.dangers = computer.sequence.dangers + 1
        if computer.sequence.dangers >= CONFIRMED:
            end_flight(computer)
    else:
        computer.sequence.dangers = 0


def obey(computer: Computer, sensors: Sensors) -> None:
    """What launch control may say until the vehicle moves: hold, and scrub, which shuts engines down that run."""
    phase = computer.sequence.phase
    if sensors.scrub:
        if phase == COUNTDOWN or phase == HELD:
            enter(computer, SCRUBBED, SCRUB)
        elif (phase == STARTING or phase == PAD) and computer.plan.stages[0].liquid:
            end_flight(computer)
    elif sensors.hold and phase == COUNTDOWN:
        enter(computer, HELD, HOLD)


def limit_of(computer: Computer, phase: int) -> int:
    """Steps after which the phase has lasted too long, 0 for never."""
    if phase == STARTING or phase == IGNITING:
        return int(computer.plan.stages[computer.sequence.lowest].start_limit_s / STEP_S + 0.5)
    return PHASES[phase].limit


def overrun(computer: Computer, phase: int) -> None:
    """What had to happen in this phase has not."""
    if PHASES[phase].late == ABORTED:
        end_flight(computer)
        return
    if phase == IGNITING:
        shut_down(computer)
    enter(computer, after(computer.plan, -1, PHASES[phase].late), NO_EVENT)


def advance(computer: Computer, sensors: Sensors) -> None:
    """One step of the sequence: at most one phase ends."""
    computer.sequence.events = 0
    if computer.sequence.phase <= PAD:
        obey(computer, sensors)
    elif computer.sequence.phase <= VERNIER and computer.plan.stages[computer.sequence.lowest].liquid:
        command_engines(computer, sensors)
    phase = computer.sequence.phase
    ends = PHASES[phase].ends
    age = computer.step - computer.sequence.phase_step
    if fulfilled(computer, sensors, ends, float(age) * STEP_S):
        computer.sequence.count = computer.sequence.count + 1
    else:
        computer.sequence.count = 0
    limit = limit_of(computer, phase)
    if computer.sequence.count >= samples(ends):
        stage = computer.sequence.lowest
        fire(computer.actuators, PHASES[phase].fires, stage + computer.plan.first_stage)
        enter(computer, after(computer.plan, stage, PHASES[phase].next), PHASES[phase].event)
    elif limit > 0 and age >= limit:
        overrun(computer, phase)
    if phase == COUNTDOWN and sensors.umbilical:
        computer.sequence.counted = computer.sequence.counted + 1
    flown = since_liftoff(computer.sequence, computer.step)
    if flown >= 0.0 and not computer.sequence.aborted:
        jettison(computer, sensors, flown)
        if computer.plan.abort.armed and computer.sequence.phase < INSERTION:
            watch(computer, sensors, flown)
    computer.actuators.throttle = throttle(computer, flown)
