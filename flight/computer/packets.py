"""What goes into and out of the onboard computer: sensors, commands, and the packets of its telemetry.

Plain records as in flight/computer/records.py, named and ordered as the dictionary has the packets.
"""

from dataclasses import dataclass


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
class Schedule:
    """A number of control steps for each kind of packet; a period of 0 is never."""

    imu: int
    gnss: int
    navigation: int
    propulsion: int
    discretes: int
    power: int
    health: int
    systems: int
    imu_summary: int


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
class ImuSummaryPacket:
    """Packet `imu_summary`."""

    axial_force_mean: float
    axial_force_least: float
    axial_force_largest: float
    rate_largest: float
    static_pressure: float


@dataclass(slots=True)
class Gathered:
    """What the next packet `imu_summary` is made of."""

    samples: int
    axial_force: float  # their sum
    axial_force_least: float
    axial_force_largest: float
    rate_square: float  # largest


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
    imu_summary: ImuSummaryPacket
    gathered: Gathered
