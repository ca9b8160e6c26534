"""An onboard computer on the desk: its state, ready for step 0, and sensors that stand still on the pad."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from flight.computer import computer as flight_computer
from flight.computer.packets import Schedule, Sensors
from flight.computer.records import Computer
from flight.onboard import computer_plan, zeroed
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import default

G = 9.8
BURNING = 5e6
"""Pressure of a chamber that burns."""
NAMES = {code: name for name, code in (default().packets["event"].fields[0].enumeration or {}).items()}
LIQUID = (Path(__file__).parents[1] / "plans" / "liquid.toml").read_text(encoding="utf-8")
"""A plan with every part that there can be."""


def plan(**changes: Any) -> FlightPlan:
    """Zhuque-1's with its upper stages on the horizon, open loop."""
    loaded = plans.load("zhuque-1")
    first, *upper = loaded.stages
    stages = (first, *(replace(stage, steering="horizon") for stage in upper))
    return replace(loaded, **{"stages": stages} | changes)


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


class Bench:
    """Feeds steps and keeps the events that the computer reports."""

    def __init__(self, state: Computer) -> None:
        self.state = state
        self.step = 0
        self.events: list[str] = []
        self.values = sensors()

    def run(self, steps: int, **changes: object) -> None:
        self.values = replace(self.values, **changes)  # type: ignore[arg-type]
        for _ in range(steps):
            self.values = replace(self.values, step=self.step)
            flight_computer.step(self.state, self.values)
            self.events += [name for code, name in NAMES.items() if self.state.sequence.events & (1 << code)]
            self.step += 1


def to_orbit(bench: Bench) -> None:
    n = bench.state.navigation
    n.position_x, n.position_y, n.position_z = 6.7e6, 0.0, 0.0
    n.velocity_x, n.velocity_y, n.velocity_z = 0.0, 7750.0, 0.0
