"""Attitude control: proportional on attitude and rate, with a trim against steady disturbances.

Attitude error -> demanded rate (limited) -> demanded angular acceleration -> nozzle deflection while a vectored motor
burns, reaction-control duty otherwise and always in roll. The duty is scaled up as the tank's pressure falls.
"""

from flight.computer.maths import clamp, magnitude, multiply
from flight.computer.navigation import STEP_S
from flight.computer.phases import ABORTED, ENGINES_RUN, ENGINES_STOP, PAD, PHASES
from flight.computer.records import Actuators, Computer, Control, Guidance, Navigation, StagePlan

RATE_MARGIN = 0.15  # rad/s; how much faster than the command itself an error may be turned back
TRIM_ERROR = 0.05  # rad; a larger error lets the trim grow no faster
LEAST_DUTY = 0.005  # a smaller duty opens no valve, so that noise costs no propellant
LEAST_PRESSURE = 0.02  # of the full tank pressure; below it the duty is not scaled up further


def attitude_error(control: Control, navigation: Navigation, guidance: Guidance) -> None:
    """The rotation from the attitude to the commanded one, in body axes: twice the vector part of its quaternion."""
    w, x, y, z = multiply(
        navigation.attitude_w,
        -navigation.attitude_x,
        -navigation.attitude_y,
        -navigation.attitude_z,
        guidance.command_w,
        guidance.command_x,
        guidance.command_y,
        guidance.command_z,
    )
    twice = 2.0
    if w < 0.0:
        twice = -2.0
    control.error_x = twice * x
    control.error_y = twice * y
    control.error_z = twice * z


def demand(
    error: float, rate: float, command_rate: float, trim: float, attitude_gain: float, rate_gain: float
) -> float:
    """The angular acceleration that one axis needs, rad/s2."""
    wanted = command_rate + clamp(attitude_gain * error, -RATE_MARGIN, RATE_MARGIN)
    return rate_gain * (wanted - rate) + trim


def deflection(acceleration: float, authority: float, limit: float) -> float:
    """The nozzle angle that gives an angular acceleration, within its limit; 0 where there is no authority."""
    if not (authority > 1.0e-9):
        return 0.0
    return clamp(acceleration / authority, -limit, limit)


def duty(acceleration: float, authority: float) -> float:
    """The thrusters' duty that gives an angular acceleration, -1 to 1."""
    wanted = deflection(acceleration, authority, 1.0)
    if magnitude(wanted) < LEAST_DUTY:
        return 0.0
    return wanted


def grown(trim: float, error: float, given: float, limit: float, trim_gain: float) -> float:
    """The trim one step later; it rests while its actuator is at the limit."""
    if given >= limit or given <= -limit:
        return trim
    return trim + trim_gain * clamp(error, -TRIM_ERROR, TRIM_ERROR) * STEP_S


def rest(control: Control, actuators: Actuators) -> None:
    """No control: nozzle straight, thrusters shut, trims empty."""
    actuators.tvc_pitch = 0.0
    actuators.tvc_yaw = 0.0
    actuators.rcs_roll = 0.0
    actuators.rcs_pitch = 0.0
    actuators.rcs_yaw = 0.0
    control.trim_x = 0.0
    control.trim_y = 0.0
    control.trim_z = 0.0


def steer(
    control: Control,
    navigation: Navigation,
    guidance: Guidance,
    actuators: Actuators,
    stage: StagePlan,
    vectoring: bool,
    fullness: float,
) -> None:
    """Commands from errors; `fullness` is the tank's pressure over that of full authority."""
    stiffness = stage.attitude_gain
    damping = stage.rate_gain
    gain = stage.trim_gain
    roll = demand(control.error_x, navigation.rate_x, guidance.rate_x, control.trim_x, stiffness, damping)
    pitch = demand(control.error_y, navigation.rate_y, guidance.rate_y, control.trim_y, stiffness, damping)
    yaw = demand(control.error_z, navigation.rate_z, guidance.rate_z, control.trim_z, stiffness, damping)
    actuators.rcs_axial = guidance.axial
    actuators.rcs_roll = duty(roll, stage.roll_authority * fullness)
    control.trim_x = grown(control.trim_x, control.error_x, actuators.rcs_roll, 1.0, gain)
    if vectoring:
        limit = stage.vectoring_limit
        actuators.tvc_pitch = deflection(pitch, stage.vectoring_authority, limit)
        actuators.tvc_yaw = deflection(yaw, stage.vectoring_authority, limit)
        actuators.rcs_pitch = 0.0
        actuators.rcs_yaw = 0.0
        control.trim_y = grown(control.trim_y, control.error_y, actuators.tvc_pitch, limit, gain)
        control.trim_z = grown(control.trim_z, control.error_z, actuators.tvc_yaw, limit, gain)
    else:
        actuators.tvc_pitch = 0.0
        actuators.tvc_yaw = 0.0
        actuators.rcs_pitch = duty(pitch, stage.pitch_authority * fullness)
        actuators.rcs_yaw = duty(yaw, stage.pitch_authority * fullness)
        control.trim_y = grown(control.trim_y, control.error_y, actuators.rcs_pitch, 1.0, gain)
        control.trim_z = grown(control.trim_z, control.error_z, actuators.rcs_yaw, 1.0, gain)


def control_attitude(computer: Computer, tank_pressure: float) -> None:
    """One step of attitude control."""
    attitude_error(computer.control, computer.navigation, computer.guidance)
    phase = computer.sequence.phase
    if phase <= PAD or phase == ABORTED:
        rest(computer.control, computer.actuators)
        return
    stage = computer.sequence.lowest
    ends = PHASES[phase].ends
    fullness = 1.0
    if computer.plan.reaction_pressure > 1.0:
        fullness = clamp(tank_pressure / computer.plan.reaction_pressure, LEAST_PRESSURE, 1.0)
    steer(
        computer.control,
        computer.navigation,
        computer.guidance,
        computer.actuators,
        computer.plan.stages[stage],
        computer.plan.stages[stage].vectored and (ends == ENGINES_RUN or ends == ENGINES_STOP),
        fullness,
    )
