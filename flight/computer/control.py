"""Attitude control: proportional on attitude and rate, with a trim against steady disturbances.

Attitude error -> demanded rate (limited) -> demanded angular acceleration -> deflection of the engines that burn, where
they turn, and reaction-control duty otherwise. The duty is scaled up as the tank's pressure falls, the deflection down
as the vehicle gets lighter.
"""

import math

from flight.computer.engines import since_ignition
from flight.computer.jettison import BURNING
from flight.computer.maths import clamp, magnitude, multiply
from flight.computer.navigation import STEP_S
from flight.computer.packets import Actuators
from flight.computer.phases import BURN, COAST, DROGUE, IGNITING, PAD, VERNIER
from flight.computer.records import Computer, Control, Guidance, Navigation, StagePlan
from flight.computer.sequencer import ignition_in

RATE_MARGIN = 0.15  # rad/s; how much faster than the command itself an error may be turned back
BRAKING = 1.4  # twice the part of the authority that is counted on to stop a turn back
TRIM_ERROR = 0.05  # rad; a larger error lets the trim grow no faster
LEAST_DUTY = 0.005  # a smaller duty opens no valve, so that noise costs no propellant
LEAST_PRESSURE = 0.02  # of the full tank pressure; below it the sensor or the tank is dead, and the last value stays
ROLL_SHARE = 0.5  # of the engines' deflection limit


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


def demand(control_error: float, rate: float, command_rate: float, reach: float, attitude_gain: float) -> float:
    """The rate that an axis lacks, rad/s; `reach` is the greatest angular acceleration, which can stop it again."""
    size = magnitude(control_error)
    wanted = attitude_gain * size
    if wanted > RATE_MARGIN:
        wanted = RATE_MARGIN
    if wanted * wanted > BRAKING * reach * size:
        wanted = math.sqrt(BRAKING * reach * size)
    if control_error < 0.0:
        wanted = -wanted
    return command_rate + wanted - rate


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
    """The trim one step later; it rests while its actuator is at the limit, which is 0 where there is none."""
    if given >= limit or given <= -limit:
        return trim
    return trim + trim_gain * clamp(error, -TRIM_ERROR, TRIM_ERROR) * STEP_S


def rest(control: Control, actuators: Actuators) -> None:
    """No control: nozzle straight, thrusters shut, trims empty."""
    actuators.tvc_pitch = 0.0
    actuators.tvc_yaw = 0.0
    actuators.tvc_roll = 0.0
    actuators.rcs_roll = 0.0
    actuators.rcs_pitch = 0.0
    actuators.rcs_yaw = 0.0
    actuators.rcs_axial = 0.0
    forget(control)


def forget(control: Control) -> None:
    """Empties the trims."""
    control.trim_x = 0.0
    control.trim_y = 0.0
    control.trim_z = 0.0


def between(first: float, last: float, part: float) -> float:
    """An authority on its way from first to last: its inverse, which goes with the mass, is linear in time."""
    part = clamp(part, 0.0, 1.0)
    below = last * (1.0 - part) + first * part
    if not (below > 1.0e-12):
        return 0.0
    return first * last / below


def engine_authority(computer: Computer) -> tuple[float, float, float]:
    """Of what burns now: angular acceleration per deflection in pitch and yaw, in roll, and the deflection's limit."""
    stage = computer.sequence.lowest
    phase = computer.sequence.phase
    if not computer.plan.stages[stage].vectored or not (phase == BURN or phase == VERNIER):
        return 0.0, 0.0, 0.0
    burnt = since_ignition(computer.sequence, computer.step)
    limit = computer.plan.stages[stage].vectoring_limit
    if phase == VERNIER:
        authority = computer.plan.stages[stage].vernier_authority
        return authority, computer.plan.stages[stage].vernier_roll_authority, computer.plan.stages[stage].vernier_limit
    if stage == 0 and computer.plan.boosters.count > 0 and computer.sequence.boosters == BURNING:
        authority = between(
            computer.plan.boosters.vectoring_authority,
            computer.plan.boosters.vectoring_authority_end,
            burnt / computer.plan.boosters.burn_s,
        )
        return authority, computer.plan.boosters.vectoring_roll_authority, limit
    authority = between(
        computer.plan.stages[stage].vectoring_authority,
        computer.plan.stages[stage].vectoring_authority_end,
        burnt / (computer.plan.stages[stage].burn_s - computer.plan.stages[stage].vernier_s),
    )
    return authority, computer.plan.stages[stage].vectoring_roll_authority, limit


def steer(
    control: Control,
    navigation: Navigation,
    guidance: Guidance,
    actuators: Actuators,
    stage: StagePlan,
    authority: float,
    rolling: float,
    limit: float,
) -> None:
    """Commands from errors: by the engines where they have authority, by thrusters in the other axes."""
    stiffness = stage.attitude_gain
    damping = stage.rate_gain
    gain = stage.trim_gain
    thrusters = stage.pitch_authority * control.fullness
    spinners = stage.roll_authority * control.fullness
    roll_limit = ROLL_SHARE * limit
    reach = thrusters
    if authority > 0.0:
        reach = authority * limit
    roll_reach = spinners
    if rolling > 0.0:
        roll_reach = rolling * roll_limit
    roll = demand(control.error_x, navigation.rate_x, guidance.rate_x, roll_reach, stiffness)
    pitch = demand(control.error_y, navigation.rate_y, guidance.rate_y, reach, stiffness)
    yaw = demand(control.error_z, navigation.rate_z, guidance.rate_z, reach, stiffness)
    roll = damping * roll + control.trim_x
    pitch = damping * pitch + control.trim_y
    yaw = damping * yaw + control.trim_z
    actuators.tvc_pitch = deflection(pitch, authority, limit)
    actuators.tvc_yaw = deflection(yaw, authority, limit)
    actuators.tvc_roll = deflection(roll, rolling, roll_limit)
    actuators.rcs_roll = 0.0
    actuators.rcs_pitch = 0.0
    actuators.rcs_yaw = 0.0
    given_roll = actuators.tvc_roll
    given_pitch = actuators.tvc_pitch
    given_yaw = actuators.tvc_yaw
    most_roll = roll_limit
    if not rolling > 0.0:
        actuators.rcs_roll = duty(roll, spinners)
        given_roll = actuators.rcs_roll
        most_roll = 1.0 if spinners > 0.0 else 0.0
    most = limit
    if not authority > 0.0:
        actuators.rcs_pitch = duty(pitch, thrusters)
        actuators.rcs_yaw = duty(yaw, thrusters)
        given_pitch = actuators.rcs_pitch
        given_yaw = actuators.rcs_yaw
        most = 1.0 if thrusters > 0.0 else 0.0
    control.trim_x = grown(control.trim_x, control.error_x, given_roll, most_roll, gain)
    control.trim_y = grown(control.trim_y, control.error_y, given_pitch, most, gain)
    control.trim_z = grown(control.trim_z, control.error_z, given_yaw, most, gain)


def push(computer: Computer) -> float:
    """Thrusters along x: what guidance wants, and everything to settle the propellant before an ignition."""
    phase = computer.sequence.phase
    settling = computer.plan.stages[computer.sequence.lowest].ullage_s
    if settling > 0.0 and (phase == COAST or phase == IGNITING):
        elapsed = float(computer.step - computer.sequence.phase_step) * STEP_S
        if phase == IGNITING or ignition_in(computer, elapsed) <= settling:
            return 1.0
    return clamp(computer.guidance.axial, 0.0, 1.0)


def control_attitude(computer: Computer, tank_pressure: float) -> None:
    """One step of attitude control."""
    attitude_error(computer.control, computer.navigation, computer.guidance)
    phase = computer.sequence.phase
    if phase <= PAD or phase >= DROGUE or computer.sequence.aborted:
        rest(computer.control, computer.actuators)
        return
    full = computer.plan.reaction_pressure
    if full > 1.0 and tank_pressure > LEAST_PRESSURE * full:
        computer.control.fullness = clamp(tank_pressure / full, LEAST_PRESSURE, 1.0)
    burning = phase == BURN or phase == VERNIER
    if burning != computer.control.burning:
        # What a steady disturbance takes is another with the engines running.
        computer.control.burning = burning
        forget(computer.control)
    authority, rolling, limit = engine_authority(computer)
    steer(
        computer.control,
        computer.navigation,
        computer.guidance,
        computer.actuators,
        computer.plan.stages[computer.sequence.lowest],
        authority,
        rolling,
        limit,
    )
    computer.actuators.rcs_axial = push(computer)
