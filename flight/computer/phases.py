"""The phases of a flight, as a table: what ends each one, how guidance steers in it and what happens at its end.

A phase ends when its condition is met, or when that is too late. The phases of a stage are gone through once for each:
the stage is always the lowest that is attached. What falls into different phases on different vehicles (boosters,
tower, fairing) is beside the table, in flight/computer/jettison.py.
"""

from dataclasses import dataclass

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
BOOSTER_BURNOUT = 14
BOOSTER_SEPARATION = 15
STAGE_1_MAIN_CUTOFF = 16
STAGE_2_MAIN_CUTOFF = 17
STAGE_3_MAIN_CUTOFF = 18
TOWER_SEPARATION = 19
DROGUE_DEPLOYMENT = 20
MAIN_DEPLOYMENT = 21
HOLD = 22
RESUME = 23
SCRUB = 24
RECYCLE = 25
# In the table: the lowest stage's own event.
STAGE_IGNITION = 101
STAGE_MAIN_CUTOFF = 102
STAGE_BURNOUT = 103
STAGE_SEPARATION = 104

# The events of stages 1 to 3.
IGNITIONS = (IGNITION, STAGE_2_IGNITION, STAGE_3_IGNITION)
MAIN_CUTOFFS = (STAGE_1_MAIN_CUTOFF, STAGE_2_MAIN_CUTOFF, STAGE_3_MAIN_CUTOFF)
BURNOUTS = (STAGE_1_BURNOUT, STAGE_2_BURNOUT, STAGE_3_BURNOUT)
SEPARATIONS = (STAGE_1_SEPARATION, STAGE_2_SEPARATION, NO_EVENT)

# What ends a phase.
NEVER = 0
COUNTDOWN_OVER = 1
HOLD_OVER = 2
SCRUB_OVER = 3
ENGINES_RUN = 4
VEHICLE_MOVES = 5
ENGINES_STOP = 6
SEPARATION_DUE = 7
STAGE_LEFT = 8
IGNITION_DUE = 9
ORBIT_REACHED = 10
TRIM_OVER = 11
PAYLOAD_DUE = 12
PAYLOAD_LEFT = 13
APOGEE_PASSED = 14
DROGUE_DUE = 15
DROGUE_OUT = 16
MAIN_DUE = 17
MAIN_OUT = 18

# Which circuit it fires; those of stages are the lowest stage's.
NOTHING = 0
STAGE_IGNITER = 1
STAGE_PYRO = 2
PAYLOAD_PYRO = 3
DROGUE_PYRO = 4
MAIN_PYRO = 5

# How guidance steers in it.
STEER_ALIGN = 0
STEER_HOLD = 1
STEER_STAGE = 2  # as the stage's plan says: by program, to the horizon, or in closed loop
STEER_TRIM = 3

# The phases, by their place in the table.
COUNTDOWN = 0
HELD = 1
SCRUBBED = 2
STARTING = 3
PAD = 4
BURN = 5
VERNIER = 6
BURNOUT = 7
SEPARATION = 8
COAST = 9
IGNITING = 10
INSERTION = 11
TRIM = 12
PAYLOAD_WAIT = 13
PAYLOAD_RELEASE = 14
DONE = 15
CLIMB = 16
DROGUE_WAIT = 17
DROGUE = 18
MAIN_WAIT = 19
MAIN = 20
DESCENT = 21
ABORTED = 22

OWN_LIMIT = -1  # the stage's plan says how long the phase may last


@dataclass(frozen=True, slots=True)
class Phase:
    """A row of the table: what ends the phase, how guidance steers in it, which circuit fires at its end, what is then
    reported, and which phase follows. After `limit` steps `late` follows instead, with nothing fired or reported; a
    limit of 0 waits for ever.
    """

    ends: int
    steering: int
    fires: int
    event: int
    next: int
    limit: int
    late: int


# fmt: off
PHASES = (
    Phase(COUNTDOWN_OVER, STEER_ALIGN, STAGE_IGNITER, NO_EVENT,           STARTING,        0,         ABORTED),
    Phase(HOLD_OVER,      STEER_ALIGN, NOTHING,       RESUME,             COUNTDOWN,       0,         HELD),
    Phase(SCRUB_OVER,     STEER_ALIGN, NOTHING,       RECYCLE,            COUNTDOWN,       0,         SCRUBBED),
    Phase(ENGINES_RUN,    STEER_HOLD,  NOTHING,       IGNITION,           PAD,             OWN_LIMIT, ABORTED),
    Phase(VEHICLE_MOVES,  STEER_HOLD,  NOTHING,       LIFTOFF,            BURN,            500,       ABORTED),
    Phase(ENGINES_STOP,   STEER_STAGE, NOTHING,       STAGE_BURNOUT,      BURNOUT,         0,         DONE),
    Phase(ENGINES_STOP,   STEER_STAGE, NOTHING,       STAGE_BURNOUT,      BURNOUT,         0,         DONE),
    Phase(SEPARATION_DUE, STEER_HOLD,  STAGE_PYRO,    NO_EVENT,           SEPARATION,      0,         DONE),
    Phase(STAGE_LEFT,     STEER_HOLD,  NOTHING,       STAGE_SEPARATION,   COAST,           200,       DONE),
    Phase(IGNITION_DUE,   STEER_STAGE, STAGE_IGNITER, NO_EVENT,           IGNITING,        0,         DONE),
    Phase(ENGINES_RUN,    STEER_STAGE, NOTHING,       STAGE_IGNITION,     BURN,            OWN_LIMIT, DONE),
    Phase(ORBIT_REACHED,  STEER_HOLD,  NOTHING,       ORBIT_INSERTION,    TRIM,            100,       DONE),
    Phase(TRIM_OVER,      STEER_TRIM,  NOTHING,       NO_EVENT,           PAYLOAD_WAIT,    0,         DONE),
    Phase(PAYLOAD_DUE,    STEER_HOLD,  PAYLOAD_PYRO,  NO_EVENT,           PAYLOAD_RELEASE, 0,         DONE),
    Phase(PAYLOAD_LEFT,   STEER_HOLD,  NOTHING,       PAYLOAD_SEPARATION, DONE,            200,       DONE),
    Phase(NEVER,          STEER_HOLD,  NOTHING,       NO_EVENT,           DONE,            0,         DONE),
    Phase(APOGEE_PASSED,  STEER_HOLD,  NOTHING,       NO_EVENT,           DROGUE_WAIT,     0,         DESCENT),
    Phase(DROGUE_DUE,     STEER_HOLD,  DROGUE_PYRO,   NO_EVENT,           DROGUE,          0,         DESCENT),
    Phase(DROGUE_OUT,     STEER_HOLD,  NOTHING,       DROGUE_DEPLOYMENT,  MAIN_WAIT,       200,       MAIN_WAIT),
    Phase(MAIN_DUE,       STEER_HOLD,  MAIN_PYRO,     NO_EVENT,           MAIN,            0,         DESCENT),
    Phase(MAIN_OUT,       STEER_HOLD,  NOTHING,       MAIN_DEPLOYMENT,    DESCENT,         200,       DESCENT),
    Phase(NEVER,          STEER_HOLD,  NOTHING,       NO_EVENT,           DESCENT,         0,         DESCENT),
    Phase(NEVER,          STEER_HOLD,  NOTHING,       NO_EVENT,           ABORTED,         0,         ABORTED),
)
# fmt: on
