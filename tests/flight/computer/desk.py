"""An onboard computer on the desk: its state, ready for step 0, and sensors that stand still on the pad."""

from dataclasses import fields, replace
from typing import Any

from flight.computer import computer as flight_computer
from flight.computer.records import Computer, Schedule, Sensors
from flight.onboard import computer_plan, zeroed
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan

G = 9.8


def plan(**changes: Any) -> FlightPlan:
    return replace(plans.load("zhuque-1"), **changes)


def computer(flown: FlightPlan | None = None, periods: int = 1) -> Computer:
    state = zeroed(Computer)
    state.plan = computer_plan(flown or plan())
    for field in fields(Schedule):
        setattr(state.telemetry.periods, field.name, periods)
    flight_computer.start(state)
    return state


def sensors(step: int = 0, **changes: Any) -> Sensors:
    """On the pad: everything attached, no motor burning, no satellite solution yet."""
    values = zeroed(Sensors)
    values.step = step
    values.specific_force_x = G
    values.static_pressure = 90e3
    values.rcs_tank_pressure = 2.5e6
    values.processor_temperature = 310.0
    for name in ("umbilical", "stage_1_breakwire", "stage_2_breakwire", "fairing_breakwire", "payload_breakwire"):
        setattr(values, name, True)
    return replace(values, **changes)
