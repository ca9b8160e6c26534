"""The onboard computer: one step takes all sensors and gives all commands, a hundred times a second."""

from flight.computer.control import control_attitude
from flight.computer.guidance import guide
from flight.computer.navigation import STEP_S, aid, measure, propagate
from flight.computer.packets import Actuators, Sensors
from flight.computer.phases import COUNTDOWN, PHASES, STEER_ALIGN
from flight.computer.records import Computer
from flight.computer.recovery import bridge, recover
from flight.computer.sequencer import advance
from flight.computer.telemetry import begin, report


def start(computer: Computer) -> None:
    """Makes a state of zeros, whose plan and telemetry periods are filled in, ready for step 0."""
    computer.sequence.liftoff_step = -1
    computer.navigation.attitude_w = 1.0
    computer.guidance.command_w = 1.0
    computer.control.fullness = 1.0
    begin(computer.telemetry, computer.telemetry.periods)


def step(computer: Computer, sensors: Sensors) -> Actuators:
    """One control step; gives the state's own record of commands."""
    missing = sensors.step - computer.step - 1
    computer.step = sensors.step
    flying = PHASES[computer.sequence.phase].steering != STEER_ALIGN
    if missing > 0 and flying:
        bridge(computer, sensors, missing)
    measure(computer.navigation, sensors)
    if flying:
        propagate(computer.navigation, STEP_S)
        if sensors.gnss_fresh and sensors.gnss_fix and not computer.navigation.lost:
            aid(computer.navigation, sensors, float(computer.step) * STEP_S)
    advance(computer, sensors)
    if computer.sequence.phase == COUNTDOWN or computer.navigation.lost or computer.sequence.guessed:
        recover(computer, sensors)
    if not computer.navigation.lost:
        guide(computer)
    control_attitude(computer, sensors.rcs_tank_pressure)
    computer.actuators.step = computer.step
    report(computer.telemetry, computer, sensors, computer.step)
    return computer.actuators
