"""Scenarios for any vehicle: faults on top of its nominal flight, at the times and stages that its own plan has.

In the texts of such a file `{first}` and `{last}` are the numbers of the vehicle's lowest and last stage; a fault may
say `after = "EVENT"`, and its `time_s` then counts from when the plan expects that event.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flight.plans import checked
from flight.plans.plan import FlightPlan
from sim import expectation, faults
from sim.expectation import Expected
from sim.faults import Fault

FOLDER = Path(__file__).parent / "scenarios" / "any"


@dataclass(frozen=True, slots=True)
class Generic:
    """What a scenario for any vehicle says: its name and help, when it ends at the latest, its faults."""

    name: str
    help: str
    end_s: float | None
    faults: tuple[Fault, ...]
    expected: Expected


def names() -> tuple[str, ...]:
    """The scenarios that any vehicle can fly."""
    return checked.names(FOLDER)


def load(name: str, plan: FlightPlan) -> Generic:
    """The scenario of that name for a plan. Raises Misuse with file, key and reason, also for an event it lacks."""
    return parse(*checked.read(FOLDER, name, "scenario"), plan)


def parse(text: str, source: str, plan: FlightPlan) -> Generic:
    """A scenario from TOML text, for a plan. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    words = {"first": plan.first_stage, "last": plan.first_stage + len(plan.stages) - 1}
    found = tuple(_fault(section.filled(words), plan) for section in top.sections("fault", 1, 20))
    expects = [section.filled(words) for section in top.sections("expect", 0, 20)]
    result = Generic(
        name=top.text("name", 40),
        help=top.text("help", 400, ""),
        end_s=top.number("end_s", 1.0, 1e6) if "end_s" in top.keys() else None,
        faults=found,
        expected=expectation.read(top, expects, found, plan.first_stage),
    )
    top.finish()
    return result


def _own(event: str, plan: FlightPlan) -> str:
    """The lowest stage's ignition is the flight's own."""
    return "ignition" if event == f"stage_{plan.first_stage}_ignition" else event


def _fault(section: checked.Section, plan: FlightPlan) -> Fault:
    after = section.text("after", 64, "liftoff")
    event = plan.event(_own(after, plan))
    if event is None:
        raise section.refuse("after", f"flight plan {plan.name} has no event {after!r}")
    fault = faults.read(section)
    return replace(fault, time_s=fault.time_s + event.time_s)
