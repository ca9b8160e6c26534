"""Telemetry: one record per packet, filled when the packet is due. Encoding and framing are not done here."""

import math

from flight.computer.maths import magnitude, multiply, sin_cos
from flight.computer.navigation import EARTH_RATE, STEP_S
from flight.computer.packets import (
    Actuators,
    DiscretesPacket,
    Gathered,
    GnssPacket,
    HealthPacket,
    ImuPacket,
    ImuSummaryPacket,
    NavigationPacket,
    PowerPacket,
    PropulsionPacket,
    Schedule,
    Sensors,
    SystemsPacket,
    Telemetry,
)
from flight.computer.records import Computer, Control, Navigation

# Bits of Telemetry.due.
IMU = 1
GNSS = 2
NAVIGATION = 4
PROPULSION = 8
DISCRETES = 16
POWER = 32
HEALTH = 64
SYSTEMS = 128
IMU_SUMMARY = 256

NEVER = 0x7FFFFFFF  # a step that does not come


def fill_imu(packet: ImuPacket, sensors: Sensors) -> None:
    """As measured."""
    packet.specific_force_x = sensors.specific_force_x
    packet.specific_force_y = sensors.specific_force_y
    packet.specific_force_z = sensors.specific_force_z
    packet.rate_x = sensors.rate_x
    packet.rate_y = sensors.rate_y
    packet.rate_z = sensors.rate_z


def fill_gnss(packet: GnssPacket, sensors: Sensors) -> None:
    """As measured."""
    packet.fix = sensors.gnss_fix
    packet.satellites = sensors.gnss_satellites
    packet.position_x = sensors.gnss_position_x
    packet.position_y = sensors.gnss_position_y
    packet.position_z = sensors.gnss_position_z
    packet.velocity_x = sensors.gnss_velocity_x
    packet.velocity_y = sensors.gnss_velocity_y
    packet.velocity_z = sensors.gnss_velocity_z


def fill_navigation(
    packet: NavigationPacket, navigation: Navigation, control: Control, pressure: float, time_s: float
) -> None:
    """The solution turned into the Earth-fixed frame; velocity relative to the Earth."""
    sine, cosine = sin_cos(EARTH_RATE * time_s)
    half_sine, half_cosine = sin_cos(0.5 * EARTH_RATE * time_s)
    vx = navigation.velocity_x + EARTH_RATE * navigation.position_y
    vy = navigation.velocity_y - EARTH_RATE * navigation.position_x
    packet.position_x = cosine * navigation.position_x + sine * navigation.position_y
    packet.position_y = cosine * navigation.position_y - sine * navigation.position_x
    packet.position_z = navigation.position_z
    packet.velocity_x = cosine * vx + sine * vy
    packet.velocity_y = cosine * vy - sine * vx
    packet.velocity_z = navigation.velocity_z
    w, x, y, z = multiply(
        half_cosine,
        0.0,
        0.0,
        -half_sine,
        navigation.attitude_w,
        navigation.attitude_x,
        navigation.attitude_y,
        navigation.attitude_z,
    )
    packet.attitude_w = w
    packet.attitude_x = x
    packet.attitude_y = y
    packet.attitude_z = z
    packet.attitude_error_x = control.error_x
    packet.attitude_error_y = control.error_y
    packet.attitude_error_z = control.error_z
    packet.static_pressure = pressure


def fill_propulsion(packet: PropulsionPacket, sensors: Sensors, actuators: Actuators) -> None:
    """Pressures and deflections as measured, commands as given."""
    duty = magnitude(actuators.rcs_roll)
    if magnitude(actuators.rcs_pitch) > duty:
        duty = magnitude(actuators.rcs_pitch)
    if magnitude(actuators.rcs_yaw) > duty:
        duty = magnitude(actuators.rcs_yaw)
    packet.stage_1_chamber_pressure = sensors.stage_1_chamber_pressure
    packet.stage_2_chamber_pressure = sensors.stage_2_chamber_pressure
    packet.stage_3_chamber_pressure = sensors.stage_3_chamber_pressure
    packet.vernier_chamber_pressure = sensors.vernier_chamber_pressure
    packet.throttle_command = actuators.throttle
    packet.tvc_pitch_command = actuators.tvc_pitch
    packet.tvc_yaw_command = actuators.tvc_yaw
    packet.tvc_pitch = sensors.tvc_pitch
    packet.tvc_yaw = sensors.tvc_yaw
    packet.rcs_duty = duty
    packet.rcs_tank_pressure = sensors.rcs_tank_pressure


def bit(state: bool, value: int) -> int:
    """The value where the state is true, else 0."""
    if state:
        return value
    return 0


def discrete_states(sensors: Sensors, actuators: Actuators) -> int:
    """All discretes as a bit mask."""
    states = bit(sensors.umbilical, 1) | bit(actuators.stage_1_igniter, 2)
    states = states | bit(actuators.stage_2_igniter, 4) | bit(actuators.stage_3_igniter, 8)
    states = states | bit(actuators.stage_1_cutoff, 16) | bit(actuators.stage_2_cutoff, 32)
    states = states | bit(actuators.stage_3_cutoff, 64) | bit(actuators.main_cutoff, 128)
    states = states | bit(actuators.stage_1_separation_pyro, 256) | bit(actuators.stage_2_separation_pyro, 512)
    states = states | bit(actuators.booster_separation_pyro, 1024) | bit(actuators.tower_pyro, 2048)
    states = states | bit(actuators.fairing_pyro, 4096) | bit(actuators.payload_pyro, 8192)
    states = states | bit(actuators.escape_motor, 16384) | bit(actuators.drogue_pyro, 32768)
    states = states | bit(actuators.main_pyro, 65536) | bit(sensors.stage_1_breakwire, 131072)
    states = states | bit(sensors.stage_2_breakwire, 262144) | bit(sensors.booster_1_breakwire, 524288)
    states = states | bit(sensors.booster_2_breakwire, 1048576) | bit(sensors.booster_3_breakwire, 2097152)
    states = states | bit(sensors.booster_4_breakwire, 4194304) | bit(sensors.tower_breakwire, 8388608)
    states = states | bit(sensors.fairing_breakwire, 16777216) | bit(sensors.payload_breakwire, 33554432)
    states = states | bit(sensors.drogue_breakwire, 67108864) | bit(sensors.main_breakwire, 134217728)
    return states


def fill_discretes(packet: DiscretesPacket, sensors: Sensors, actuators: Actuators) -> None:
    """Circuits as commanded, breakwires as read."""
    packet.umbilical = sensors.umbilical
    packet.stage_1_igniter = actuators.stage_1_igniter
    packet.stage_2_igniter = actuators.stage_2_igniter
    packet.stage_3_igniter = actuators.stage_3_igniter
    packet.stage_1_cutoff = actuators.stage_1_cutoff
    packet.stage_2_cutoff = actuators.stage_2_cutoff
    packet.stage_3_cutoff = actuators.stage_3_cutoff
    packet.main_cutoff = actuators.main_cutoff
    packet.stage_1_separation_pyro = actuators.stage_1_separation_pyro
    packet.stage_2_separation_pyro = actuators.stage_2_separation_pyro
    packet.booster_separation_pyro = actuators.booster_separation_pyro
    packet.tower_pyro = actuators.tower_pyro
    packet.fairing_pyro = actuators.fairing_pyro
    packet.payload_pyro = actuators.payload_pyro
    packet.escape_motor = actuators.escape_motor
    packet.drogue_pyro = actuators.drogue_pyro
    packet.main_pyro = actuators.main_pyro
    packet.stage_1_breakwire = sensors.stage_1_breakwire
    packet.stage_2_breakwire = sensors.stage_2_breakwire
    packet.booster_1_breakwire = sensors.booster_1_breakwire
    packet.booster_2_breakwire = sensors.booster_2_breakwire
    packet.booster_3_breakwire = sensors.booster_3_breakwire
    packet.booster_4_breakwire = sensors.booster_4_breakwire
    packet.tower_breakwire = sensors.tower_breakwire
    packet.fairing_breakwire = sensors.fairing_breakwire
    packet.payload_breakwire = sensors.payload_breakwire
    packet.drogue_breakwire = sensors.drogue_breakwire
    packet.main_breakwire = sensors.main_breakwire


def fill_power(packet: PowerPacket, sensors: Sensors) -> None:
    """As measured."""
    packet.bus_voltage = sensors.bus_voltage
    packet.bus_current = sensors.bus_current
    packet.battery_temperature = sensors.battery_temperature


def fill_health(packet: HealthPacket, sensors: Sensors, step: int) -> None:
    """Steps and temperature; the counters are the link's own."""
    packet.steps = step
    packet.temperature = 0
    if sensors.processor_temperature > 0.0 and sensors.processor_temperature < 600.0:
        packet.temperature = int(sensors.processor_temperature * 100.0 + 0.5)


def fill_systems(packet: SystemsPacket, sensors: Sensors) -> None:
    """As measured."""
    packet.booster_1_chamber_pressure = sensors.booster_1_chamber_pressure
    packet.booster_2_chamber_pressure = sensors.booster_2_chamber_pressure
    packet.booster_3_chamber_pressure = sensors.booster_3_chamber_pressure
    packet.booster_4_chamber_pressure = sensors.booster_4_chamber_pressure
    packet.fuel_tank_pressure = sensors.fuel_tank_pressure
    packet.oxidizer_tank_pressure = sensors.oxidizer_tank_pressure
    packet.helium_pressure = sensors.helium_pressure
    packet.aft_temperature = sensors.aft_temperature
    packet.servo_voltage = sensors.servo_voltage


def gather(gathered: Gathered, navigation: Navigation) -> None:
    """Adds this step's measurements to the summary."""
    force = navigation.force_x
    square = navigation.rate_x * navigation.rate_x + navigation.rate_y * navigation.rate_y
    square = square + navigation.rate_z * navigation.rate_z
    if gathered.samples == 0:
        gathered.axial_force = 0.0
        gathered.axial_force_least = force
        gathered.axial_force_largest = force
        gathered.rate_square = square
    gathered.samples = gathered.samples + 1
    gathered.axial_force = gathered.axial_force + force
    if force < gathered.axial_force_least:
        gathered.axial_force_least = force
    if force > gathered.axial_force_largest:
        gathered.axial_force_largest = force
    if square > gathered.rate_square:
        gathered.rate_square = square


def fill_imu_summary(packet: ImuSummaryPacket, gathered: Gathered, pressure: float) -> None:
    """What has been gathered, which begins anew."""
    packet.axial_force_mean = gathered.axial_force / float(gathered.samples)
    packet.axial_force_least = gathered.axial_force_least
    packet.axial_force_largest = gathered.axial_force_largest
    packet.rate_largest = math.sqrt(gathered.rate_square)
    packet.static_pressure = pressure
    gathered.samples = 0


def first(period: int) -> int:
    """The step of the first packet."""
    if period > 0:
        return 0
    return NEVER


def begin(telemetry: Telemetry, periods: Schedule) -> None:
    """Packets with a period are due at step 0, the others never."""
    telemetry.next.imu = first(periods.imu)
    telemetry.next.gnss = first(periods.gnss)
    telemetry.next.navigation = first(periods.navigation)
    telemetry.next.propulsion = first(periods.propulsion)
    telemetry.next.discretes = first(periods.discretes)
    telemetry.next.power = first(periods.power)
    telemetry.next.health = first(periods.health)
    telemetry.next.systems = first(periods.systems)
    telemetry.next.imu_summary = first(periods.imu_summary)


def report(telemetry: Telemetry, computer: Computer, sensors: Sensors, step: int) -> None:
    """Fills the packets that are due at this step, puts each off by its period, and says which they are."""
    packets = 0
    if step >= telemetry.next.imu:
        telemetry.next.imu = step + telemetry.periods.imu
        fill_imu(telemetry.imu, sensors)
        packets = packets | IMU
    if step >= telemetry.next.gnss:
        telemetry.next.gnss = step + telemetry.periods.gnss
        fill_gnss(telemetry.gnss, sensors)
        packets = packets | GNSS
    if step >= telemetry.next.navigation:
        telemetry.next.navigation = step + telemetry.periods.navigation
        time_s = float(step) * STEP_S
        fill_navigation(telemetry.navigation, computer.navigation, computer.control, sensors.static_pressure, time_s)
        packets = packets | NAVIGATION
    if step >= telemetry.next.propulsion:
        telemetry.next.propulsion = step + telemetry.periods.propulsion
        fill_propulsion(telemetry.propulsion, sensors, computer.actuators)
        packets = packets | PROPULSION
    states = discrete_states(sensors, computer.actuators)
    if step >= telemetry.next.discretes or states != telemetry.states:
        if step >= telemetry.next.discretes:
            telemetry.next.discretes = step + telemetry.periods.discretes
        telemetry.states = states
        fill_discretes(telemetry.discretes, sensors, computer.actuators)
        packets = packets | DISCRETES
    if step >= telemetry.next.power:
        telemetry.next.power = step + telemetry.periods.power
        fill_power(telemetry.power, sensors)
        packets = packets | POWER
    if step >= telemetry.next.health:
        telemetry.next.health = step + telemetry.periods.health
        fill_health(telemetry.health, sensors, step)
        packets = packets | HEALTH
    if step >= telemetry.next.systems:
        telemetry.next.systems = step + telemetry.periods.systems
        fill_systems(telemetry.systems, sensors)
        packets = packets | SYSTEMS
    if telemetry.periods.imu_summary > 0:
        gather(telemetry.gathered, computer.navigation)
        if step >= telemetry.next.imu_summary:
            telemetry.next.imu_summary = step + telemetry.periods.imu_summary
            fill_imu_summary(telemetry.imu_summary, telemetry.gathered, sensors.static_pressure)
            packets = packets | IMU_SUMMARY
    telemetry.due = packets
