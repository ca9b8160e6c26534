"""What the onboard computer knows: its plan and its state. Inputs, commands and telemetry are in `packets`.

Plain records of floats, integers, bools and other records; a tuple is a table. All of it starts as zeros and
false; `computer.start` sets what is not. SI units and radians. The inertial frame is the one whose axes were the
Earth-fixed ones at step 0; body axes are x forward, y right, z down; quaternions are scalar first, body to inertial.
"""

from dataclasses import dataclass

from flight.computer.ascent_records import Ascent
from flight.computer.packets import Actuators, Telemetry
from flight.computer.shooting_records import Burn, Shooting

Knots = tuple[float, float, float, float, float, float, float, float, float, float, float, float]
Levels = tuple[float, float, float, float]


@dataclass(slots=True)
class StagePlan:
    """What the plan says of one stage, and of the vehicle while that stage is its lowest."""

    liquid: bool  # its engines stop on command
    steering: int  # while it burns and before: 0 pitch program, 1 local horizon, 2 closed loop
    ignition_s: float  # earliest ignition after lift-off
    planned_s: float  # ignition after lift-off as the plan expects it; -1 where it says nothing
    ignition_delay_s: float  # least time between the separation before it and its ignition
    start_limit_s: float  # from the igniter to a running chamber, at most
    ullage_s: float  # thrusters push along x for so long before the ignition
    burn_s: float  # planned length of the burn, vernier included
    burn_limit_s: float  # a burn longer than this is taken for over
    vernier_s: float  # planned length of its last part, on the vernier alone; 0 where there is none
    separation_delay_s: float  # from burnout to the pyrotechnic command
    running_pressure: float  # chamber pressure above which the motor burns, Pa
    vernier_pressure: float  # the same of the vernier
    pitch: float  # above the local horizon
    weave: float  # yaw to the right of the flight plane until weave_switch, then as much to the left
    weave_switch: float  # sensed change of speed at which the weave changes side, m/s
    thrust: float  # in vacuum, with the vernier; closed loop only, as the next four, N
    exhaust_speed: float  # in vacuum, m/s
    vernier_thrust: float  # of the vernier alone
    vernier_exhaust_speed: float
    mass: float  # of the whole vehicle at the stage's ignition, kg
    vectored: bool  # the nozzle turns; otherwise reaction control steers
    vectoring_authority: float  # angular acceleration per nozzle deflection as the burn begins, 1/s2
    vectoring_authority_end: float  # as it ends
    vectoring_roll_authority: float  # of the engines of a cluster against each other; 0: reaction control rolls
    vectoring_limit: float  # largest nozzle deflection
    vernier_authority: float  # the same three of the vernier alone
    vernier_roll_authority: float
    vernier_limit: float
    roll_authority: float  # angular acceleration of reaction control at full tank pressure, rad/s2
    pitch_authority: float  # the same in pitch and yaw
    attitude_gain: float  # demanded rate per attitude error, 1/s
    rate_gain: float  # demanded angular acceleration per rate error, 1/s
    trim_gain: float  # growth of the trim per attitude error, 1/s3
    shutdown_impulse: float  # after cutoff, N s
    main_shutdown_impulse: float  # of the main engine after main cut-off, with a vernier
    burn: Burn  # closed loop of solids only, as the next
    reserve: float  # speed that the last stage's aim falls short of the target's, left to the trim, m/s


@dataclass(slots=True)
class BoosterPlan:
    """Strap-ons, lit with the lowest stage; authorities are the vehicle's while they are attached."""

    count: int  # 0 where there are none
    burn_s: float
    burn_limit_s: float
    separation_delay_s: float
    running_pressure: float
    vectoring_authority: float
    vectoring_authority_end: float
    vectoring_roll_authority: float


@dataclass(slots=True)
class AbortPlan:
    """What ends a flight early; a limit of 0 is none."""

    armed: bool
    escape: bool  # the crew is pulled away; otherwise engines are shut down
    rate: float  # rad/s
    attitude_error: float
    tank_pressure: float
    earliest_s: float  # after lift-off


@dataclass(slots=True)
class Plan:
    """The flight plan's numbers."""

    latitude: float
    longitude: float
    height: float
    azimuth: float  # of the flight plane at lift-off, clockwise from north
    elevation: float  # of the vehicle on the pad, towards the azimuth
    countdown_s: float  # from the count's beginning to the first ignition command
    first_stage: int  # number of the lowest stage
    last_stage: int  # index of the stage that burns last
    orbital: bool  # an orbit is to be reached
    target_perigee: float  # heights above the equatorial radius
    target_apogee: float
    target_inclination: float  # -1 where any will do
    apogee_s: float  # planned time of the apogee, -1 where the plan says nothing
    fairing_stage: int  # index of the stage that is lowest when the fairing goes; -1: fairing_s rules
    fairing_delay_s: float  # after the separation of the stage below it
    fairing_s: float  # after lift-off; -1: never
    payload_delay_s: float  # after insertion; -1: it stays
    trim_s: float  # longest trim of the orbit
    tower_s: float  # the escape tower goes so long after lift-off; -1: there is none
    drogue_delay_s: float  # after the apogee; -1: there are no parachutes
    main_height: float  # above the launch site at which the main parachute opens
    slew_rate: float  # fastest change of the commanded attitude, rad/s
    reaction_pressure: float  # tank pressure at which reaction control has its full authority, Pa
    program_time: Knots  # lowest stage: seconds after lift-off; the last knot is repeated as padding
    program_pitch: Knots  # lowest stage: angle above the horizon of the launch site
    throttle_time: Levels  # seconds after lift-off at which the level begins; padded with times never reached
    throttle_level: Levels
    boosters: BoosterPlan
    abort: AbortPlan
    stages: tuple[StagePlan, StagePlan, StagePlan]  # what is beyond the last stage repeats it


@dataclass(slots=True)
class Navigation:
    """The strapdown solution."""

    position_x: float
    position_y: float
    position_z: float
    velocity_x: float
    velocity_y: float
    velocity_z: float
    attitude_w: float
    attitude_x: float
    attitude_y: float
    attitude_z: float
    force_x: float  # specific force, the last usable measurement, body axes
    force_y: float
    force_z: float
    rate_x: float
    rate_y: float
    rate_z: float
    rejected: int  # satellite solutions refused in a row
    lost: bool  # the computer came up in flight; position and attitude wait for the first satellite solution


@dataclass(slots=True)
class Guidance:
    """The commanded attitude and what it is made from."""

    up_x: float  # geodetic vertical of the launch site at ignition
    up_y: float
    up_z: float
    heading_x: float  # launch heading, horizontal
    heading_y: float
    heading_z: float
    normal_x: float  # of the flight plane: position cross Earth-relative velocity, kept during a burn
    normal_y: float
    normal_z: float
    command_w: float
    command_x: float
    command_y: float
    command_z: float
    rate_x: float  # of the commanded attitude, its own body axes
    rate_y: float
    rate_z: float
    sensed: float  # change of speed sensed along x since the stage's ignition, m/s
    wait: int  # steps to the next look at the target attitude
    cutoff: bool  # wanted: all engines of the burning stage off
    main_cutoff: bool  # wanted: its main engine off, the vernier burns on
    throttle: float  # wanted of the main engine, 1 is full; 0 leaves it to the plan
    axial: float  # wanted trim thrust along x, 0 to 1
    trimmed: bool  # the orbit needs no further trim
    ignite: bool  # closed loop: the coast's stage is to be lit now, near its planned time


@dataclass(slots=True)
class Control:
    """Attitude control."""

    error_x: float  # rotation still to be turned, body axes
    error_y: float
    error_z: float
    trim_x: float  # steady angular acceleration against a steady disturbance, rad/s2
    trim_y: float
    trim_z: float
    fullness: float  # of the reaction-control tank: its pressure over that of full authority
    burning: bool  # the trims are those with an engine running


@dataclass(slots=True)
class Sequence:
    """Where the flight stands. `events` is a bit mask of the dictionary's event codes to be reported at this step."""

    phase: int
    phase_step: int  # at which the phase began
    counted: int  # steps of the count so far, holds left out
    liftoff_step: int  # -1 before lift-off; below it where the computer came up in flight
    burn_step: int  # at which the lowest stage's engines ran
    lowest: int  # index of the lowest stage that is still attached
    separation_step: int  # at which the stage below it left
    count: int  # samples in a row that met the phase's condition
    alarms: int  # ... that showed the main engine out while its vernier burns
    dangers: int  # ... that were beyond the plan's limits for an abort
    greatest_push: float  # specific force along x in this burn, m/s2
    boosters: int  # burning, burnt out, released, gone: 0 to 3
    booster_step: int  # at which they had burnt out
    booster_count: int  # samples in a row without pressure
    tower_gone: bool
    fairing_gone: bool
    aborted: bool
    guessed: bool  # the time since lift-off has been learnt again in flight
    events: int


@dataclass(slots=True)
class Computer:
    """The whole state."""

    step: int
    plan: Plan
    navigation: Navigation
    guidance: Guidance
    shooting: Shooting
    ascent: Ascent
    control: Control
    sequence: Sequence
    actuators: Actuators
    telemetry: Telemetry
