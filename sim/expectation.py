"""What a station should say of a scenario's flight: its alarms, and how soon after what.

In a scenario's file each is a table:

    [[expect]]
    alarm = "attitude_loss"     # by the station's name
    of = "attitude_loss"        # what it follows: a true event, fault_KIND as the truth has it, or EVENT.latest:
                                # when the plan's window of that event closes
    within_s = 1.0              # vehicle time from that to the alarm

An expectation counts only in flights in which `of` came to be (a window: by a plan that has it, and but for that of the
ignition only in flights that lifted off). The alarm may come before it, though not before the first fault has struck.
`also = ["…"]` names the alarms that may rightly follow, each once and at any time after the first fault: every other
alarm is a false one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flight.plans import checked
from flight.plans.plan import FlightPlan
from flight.wire.errors import Misuse
from sim.faults.fault import Fault
from sim.truth import Truth

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LATEST = ".latest"


@dataclass(frozen=True, slots=True)
class Expectation:
    """An alarm that is to be raised within `within_s` of `of`."""

    alarm: str
    of: str
    within_s: float

    def since_s(self, truth: Truth, plan: FlightPlan) -> float | None:
        """When what it follows came to be, seconds after lift-off, the planned one of what stays on the pad; None in a
        flight without it.
        """
        if not self.of.endswith(_LATEST):
            return truth.time_s(self.of)
        event = plan.event(self.of.removesuffix(_LATEST))
        if event is None or not (truth.happened("liftoff") or event.name == "ignition"):
            return None
        return event.latest_s


@dataclass(frozen=True, slots=True)
class Expected:
    """All that a station may say is wrong with a flight."""

    alarms: tuple[Expectation, ...] = ()
    also: frozenset[str] = frozenset()

    def allows(self, alarm: str) -> bool:
        """Whether an alarm of that name is no false one."""
        return alarm in self.also or any(expectation.alarm == alarm for expectation in self.alarms)


NOTHING = Expected()
"""Nothing is wrong."""


def read(
    top: checked.Section, sections: Sequence[checked.Section], faults: Sequence[Fault], first_stage: int = 0
) -> Expected:
    """The `[[expect]]` tables and `also` of a scenario's file with these faults. Raises Misuse.

    Where the number of the first stage is given, its ignition is the flight's own.
    """
    also = top.texts("also", 40, 40)
    for name in also:
        if not _NAME.fullmatch(name):
            raise top.refuse("also", f"{name!r} is no alarm's name")
    return Expected(tuple(_read(section, faults, first_stage) for section in sections), frozenset(also))


def check(expected: Expected, plan: FlightPlan, source: str) -> None:
    """Raises Misuse where a window is asked for that the plan has not."""
    for expectation in expected.alarms:
        name = expectation.of.removesuffix(_LATEST)
        if name != expectation.of and plan.event(name) is None:
            raise Misuse(f"{source}: expect {expectation.alarm}: of: flight plan {plan.name} has no event {name!r}")


def _read(section: checked.Section, faults: Sequence[Fault], first_stage: int) -> Expectation:
    of = section.text("of", 64).replace(f"stage_{first_stage}_ignition", "ignition")
    found = Expectation(section.text("alarm", 40), of, section.number("within_s", 0.0, 1e4))
    if not _NAME.fullmatch(found.alarm):
        raise section.refuse("alarm", f"{found.alarm!r} is no alarm's name: small letters, digits and _")
    if not _NAME.fullmatch(found.of.removesuffix(_LATEST)):
        raise section.refuse("of", f"{found.of!r} is neither an event, fault_KIND nor EVENT.latest")
    kinds = {f"fault_{fault.kind}" for fault in faults}
    if found.of.startswith("fault_") and not any(found.of.startswith(kind) for kind in kinds):
        raise section.refuse("of", f"there is no such fault here; {checked.nearest(found.of, kinds)}")
    section.finish()
    return found
