"""Everything that the onboard computer knows: its inputs, its commands, its plan and its state.

Plain records of floats, integers, bools and other records; a tuple is a table. All of it starts as zeros and
false; `computer.start` sets what is not. SI units and radians. The inertial frame is the one whose axes were the
Earth-fixed ones at step 0; body axes are x forward, y right, z down; quaternions are scalar first, body to inertial.
"""

from dataclasses import dataclass

Knots = tuple[float, float, float, float, float, float, float, float, float, float, float, float]


@dataclass(slots=True)
class Sensors:
    """All sensors at one control step: the dictionary's packet `sensors`, which documents them."""

    step: int
    specific_force_x: float
    specific_force_y: float
    specific_force_z: float
    rate_x: float
    rate_y: float
    rate_z: float
    static_pressure: float
    gnss_fresh: bool
    gnss_fix: bool
    gnss_satellites: int
    gnss_position_x: float
    gnss_position_y: float
    gnss_position_z: float
    gnss_velocity_x: float
    gnss_velocity_y: float
    gnss_velocity_z: float
    stage_1_chamber_pressure: float
    stage_2_chamber_pressure: float
    stage_3_chamber_pressure: float
    vernier_chamber_pressure: float
    booster_1_chamber_pressure: float
    booster_2_chamber_pressure: float
    booster_3_chamber_pressure: float
    booster_4_chamber_pressure: float
    fuel_tank_pressure: float
    oxidizer_tank_pressure: float
    helium_pressure: float
    aft_temperature: float
    servo_voltage: float
    rcs_tank_pressure: float
    tvc_pitch: float
    tvc_yaw: float
    bus_voltage: float
    bus_current: float
    battery_temperature: float
    processor_temperature: float
    umbilical: bool
    hold: bool
    scrub: bool
    stage_1_breakwire: bool
    stage_2_breakwire: bool
    booster_1_breakwire: bool
    booster_2_breakwire: bool
    booster_3_breakwire: bool
    booster_4_breakwire: bool
    tower_breakwire: bool
    fairing_breakwire: bool
    payload_breakwire: bool
    drogue_breakwire: bool
    main_breakwire: bool


@dataclass(slots=True)
class Actuators:
    """All commands of one control step: the dictionary's packet `actuators`. A fired circuit stays fired."""

    step: int
    tvc_pitch: float
    tvc_yaw: float
    tvc_roll: float
    throttle: float
    rcs_roll: float
    rcs_pitch: float
    rcs_yaw: float
    rcs_axial: float
    stage_1_igniter: bool
    stage_2_igniter: bool
    stage_3_igniter: bool
    stage_1_cutoff: bool
    stage_2_cutoff: bool
    stage_3_cutoff: bool
    main_cutoff: bool
    stage_1_separation_pyro: bool
    stage_2_separation_pyro: bool
    booster_separation_pyro: bool
    tower_pyro: bool
    fairing_pyro: bool
    payload_pyro: bool
    escape_motor: bool
    drogue_pyro: bool
    main_pyro: bool


@dataclass(slots=True)
class StagePlan:
    """What the plan says of one stage, and of the vehicle while that stage is its lowest."""

    ignition_s: float  # earliest ignition after lift-off
    ignition_delay_s: float  # least time between the separation before it and its ignition
    burn_limit_s: float  # a burn longer than this is taken for over
    separation_delay_s: float  # from burnout to the pyrotechnic command
    running_pressure: float  # chamber pressure above which the motor burns, Pa
    pitch: float  # above the local horizon
    weave: float  # yaw to the right of the flight plane until weave_switch, then as much to the left
    weave_switch: float  # sensed change of speed at which the weave changes side, m/s
    vectored: bool  # the nozzle turns; otherwise reaction control steers
    vectoring_authority: float  # angular acceleration per nozzle deflection, 1/s2
    vectoring_limit: float  # largest nozzle deflection
    roll_authority: float  # angular acceleration of reaction control at full tank pressure, rad/s2
    pitch_authority: float  # the same in pitch and yaw
    attitude_gain: float  # demanded rate per attitude error, 1/s
    rate_gain: float  # demanded angular acceleration per rate error, 1/s
    trim_gain: float  # growth of the trim per attitude error, 1/s3


@dataclass(slots=True)
class Plan:
    """The flight plan's numbers."""

    latitude: float
    longitude: float
    height: float
    azimuth: float  # of the flight plane at lift-off, clockwise from north
    countdown_s: float  # from step 0 to the first ignition command
    last_stage: int  # index of the stage that reaches orbit
    fairing_stage: int  # index of the stage that is lowest when the fairing goes
    fairing_delay_s: float  # after the separation of the stage below it
    payload_delay_s: float  # after insertion
    slew_rate: float  # fastest change of the commanded attitude, rad/s
    reaction_pressure: float  # tank pressure at which reaction control has its full authority, Pa
    program_time: Knots  # first stage: seconds after lift-off; the last knot is repeated as padding
    program_pitch: Knots  # first stage: angle above the horizon of the launch site
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


@dataclass(slots=True)
class Control:
    """Attitude control."""

    error_x: float  # rotation still to be turned, body axes
    error_y: float
    error_z: float
    trim_x: float  # steady angular acceleration against a steady disturbance, rad/s2
    trim_y: float
    trim_z: float


@dataclass(slots=True)
class Sequence:
    """Where the flight stands. `events` is a bit mask of the dictionary's event codes to be reported at this step."""

    phase: int
    phase_step: int  # at which the phase began
    liftoff_step: int  # -1 before lift-off
    lowest: int  # index of the lowest stage that is still attached
    separation_step: int  # at which the stage below it left
    count: int  # samples in a row that met the phase's condition
    fairing_gone: bool
    events: int


@dataclass(slots=True)
class Schedule:
    """A number of control steps for each kind of packet."""

    imu: int
    gnss: int
    navigation: int
    propulsion: int
    discretes: int
    power: int
    health: int
    systems: int


@dataclass(slots=True)
class ImuPacket:
    """The dictionary's packet `imu`; so are the records below of their packets."""

    specific_force_x: float
    specific_force_y: float
    specific_force_z: float
    rate_x: float
    rate_y: float
    rate_z: float


@dataclass(slots=True)
class GnssPacket:
    """Packet `gnss`: the receiver's last solution."""

    fix: bool
    satellites: int
    position_x: float
    position_y: float
    position_z: float
    velocity_x: float
    velocity_y: float
    velocity_z: float


@dataclass(slots=True)
class NavigationPacket:
    """Packet `navigation`: Earth-fixed."""

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
    attitude_error_x: float
    attitude_error_y: float
    attitude_error_z: float
    static_pressure: float


@dataclass(slots=True)
class PropulsionPacket:
    """Packet `propulsion`."""

    stage_1_chamber_pressure: float
    stage_2_chamber_pressure: float
    stage_3_chamber_pressure: float
    vernier_chamber_pressure: float
    throttle_command: float
    tvc_pitch_command: float
    tvc_yaw_command: float
    tvc_pitch: float
    tvc_yaw: float
    rcs_duty: float
    rcs_tank_pressure: float


@dataclass(slots=True)
class DiscretesPacket:
    """Packet `discretes`."""

    umbilical: bool
    stage_1_igniter: bool
    stage_2_igniter: bool
    stage_3_igniter: bool
    stage_1_cutoff: bool
    stage_2_cutoff: bool
    stage_3_cutoff: bool
    main_cutoff: bool
    stage_1_separation_pyro: bool
    stage_2_separation_pyro: bool
    booster_separation_pyro: bool
    tower_pyro: bool
    fairing_pyro: bool
    payload_pyro: bool
    escape_motor: bool
    drogue_pyro: bool
    main_pyro: bool
    stage_1_breakwire: bool
    stage_2_breakwire: bool
    booster_1_breakwire: bool
    booster_2_breakwire: bool
    booster_3_breakwire: bool
    booster_4_breakwire: bool
    tower_breakwire: bool
    fairing_breakwire: bool
    payload_breakwire: bool
    drogue_breakwire: bool
    main_breakwire: bool


@dataclass(slots=True)
class PowerPacket:
    """Packet `power`."""

    bus_voltage: float
    bus_current: float
    battery_temperature: float


@dataclass(slots=True)
class HealthPacket:
    """Packet `health`. The temperature is raw, 0.01 K; the two counters are the link's, which writes them."""

    steps: int
    temperature: int
    saturated: int
    frames_rejected: int


@dataclass(slots=True)
class SystemsPacket:
    """Packet `systems`."""

    booster_1_chamber_pressure: float
    booster_2_chamber_pressure: float
    booster_3_chamber_pressure: float
    booster_4_chamber_pressure: float
    fuel_tank_pressure: float
    oxidizer_tank_pressure: float
    helium_pressure: float
    aft_temperature: float
    servo_voltage: float


@dataclass(slots=True)
class Telemetry:
    """One record per packet, filled when it is due. `due` is a bit mask in the order of these fields."""

    due: int
    states: int  # the discretes as a bit mask, to see them change
    periods: Schedule  # steps between two packets, from the dictionary's rates
    next: Schedule  # the step at which the next is due
    imu: ImuPacket
    gnss: GnssPacket
    navigation: NavigationPacket
    propulsion: PropulsionPacket
    discretes: DiscretesPacket
    power: PowerPacket
    health: HealthPacket
    systems: SystemsPacket


@dataclass(slots=True)
class Computer:
    """The whole state."""

    step: int
    plan: Plan
    navigation: Navigation
    guidance: Guidance
    control: Control
    sequence: Sequence
    actuators: Actuators
    telemetry: Telemetry
