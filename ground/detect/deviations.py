"""What the events say against the plan and against the onboard computer: engines that stop too soon or do not light,
joints that stay, an orbit out of reach, a computer that reports something else than the measurements show.
"""

from __future__ import annotations

import math
import re

from flight.plans.plan import FlightPlan
from ground.detect.events import FORCE, EventMachine, Record
from ground.detect.thresholds import Thresholds
from ground.detect.thrust import Thrust
from ground.journal import Journal

_STOP = re.compile(r"(stage_\d+|booster)_(burnout|main_cutoff)")
_STAGE = re.compile(r"stage_(\d+)_")
_LIT = re.compile(r"stage_(\d+)_ignition")
_JOINT = re.compile(r"(stage_\d+|booster)_separation")
_BY_CHOICE = frozenset({"orbit_insertion"})
"""Events that the computer reports when it has finished with them, not when they begin."""
_DECISIONS = frozenset({"abort"})
"""What a computer decides, and need not show in any measurement."""


class Deviations:
    """Raises `early_shutdown`, `no_ignition`, `no_separation`, `orbit_not_reachable` and `computer_disagrees`.

    After an abort none of the first three is raised.
    """

    def __init__(
        self, machine: EventMachine, journal: Journal, thresholds: Thresholds, plan: FlightPlan | None
    ) -> None:
        self._machine = machine
        self._journal = journal
        self._limits = thresholds.deviation
        self._orbit_perigee = thresholds.trajectory.orbit_perigee
        self._planned = {event.name: event for event in plan.events} if plan else {}
        burns = [name for name in self._planned if _STOP.fullmatch(name) and name.endswith("_burnout")]
        self._last_burnout = max(burns, key=lambda name: self._planned[name].time_s, default=None)
        self._orbital = plan is not None and plan.target.perigee_m > 0.0
        self._broken = False
        self._hopeless_s: float | None = None
        self._perigee = -math.inf, 0.0
        """The last look at it: when, and metres."""
        self._unanswered: dict[str, float] = {}
        self._fired: dict[str, float] = {}
        """Ignitions whose circuits have fired, and when."""
        first = 1 if plan is None else plan.first_stage
        self._liquid = {first + place for place, stage in enumerate(plan.stages if plan else ()) if stage.liquid}

    def early(self, name: str, onset_s: float) -> bool:
        """Whether an engine has stopped before it could by the plan."""
        planned, flown = self._planned.get(name), self._journal.since_liftoff(onset_s)
        stops = planned is not None and flown is not None and _STOP.fullmatch(name) is not None
        return stops and flown < planned.earliest_s  # type: ignore[operator, union-attr]

    def _falls_short(self, name: str, record: Record) -> bool:
        """A guided stage, the last, has gone out before its time and is far from an orbit: it has not cut itself off.

        What runs dry burns longer than planned, and what pushed too little has been told.
        """
        flown = self._journal.since_liftoff(record.onset_s)
        if not self._orbital or name != self._last_burnout or _number(name) not in self._liquid:
            return False
        if flown is None or flown > self._planned[name].time_s or FORCE not in record.sightings:
            return False
        at_s, perigee_m = self._perigee
        fresh = abs(record.time_s - at_s) < self._limits.perigee_s
        return fresh and perigee_m < 0.0 and not self._journal.has_raised("thrust_low", "chamber_pressure_low")

    def _stopped(self, name: str, record: Record) -> bool:
        """The same, by more than a chamber's pressure: that alone may be a gauge that is gone."""
        if FORCE not in record.sightings or record.onset_s is None:
            return False
        return self.early(name, record.onset_s + record.vague_s)

    def told(self, name: str, record: Record) -> None:
        """An event has reached a new status."""
        planned = self._planned.get(name)
        if record.status == "missed":
            if _LIT.fullmatch(name):
                self._alarm("no_ignition", record, f"{_words(name)} did not come within its window.", name)
            elif _JOINT.fullmatch(name):
                self._alarm("no_separation", record, f"{_words(name)} did not come within its window.", name)
        elif planned is not None and (self._stopped(name, record) or self._falls_short(name, record)):
            flown = self._journal.since_liftoff(record.onset_s)
            beside = "" if self._stopped(name, record) else f", the perigee at {self._perigee[1] / 1e3:.0f} km"
            text = f"{_words(name)} at T+{flown:.1f} s, planned at T+{planned.time_s:.1f} s{beside}."
            self._alarm("early_shutdown", record, text, name, flown, planned.time_s if beside else planned.earliest_s)
        self._compare(name, record)

    def computer(self, name: str, time_s: float) -> None:
        """The onboard computer has reported an event that the ground can see."""
        record = self._machine.records.get(name)
        if name in _DECISIONS or record is None or not self._machine.can_see(name):
            return
        if record.status is None:
            self._unanswered.setdefault(name, time_s)

    def igniter(self, time_s: float, name: str) -> None:
        """The igniter circuit of a stage has fired; `name` is the ignition that has to follow."""
        self._fired.setdefault(name, time_s)

    def tick(self, time_s: float, perigee_m: float, thrust: Thrust) -> None:
        """Ten times a second of vehicle time: what has been waited for long enough."""
        powered = thrust.powered
        self._perigee = time_s, perigee_m
        for name, fired_s in list(self._fired.items()):
            self._judge_ignition(time_s, name, fired_s, thrust)
        if self._unanswered:
            self._judge_unanswered(time_s)
        if not self._orbital or not self._machine.airborne or self._last_burnout is None:
            return
        over = self._is_broken() or self._machine.seen(self._last_burnout)
        if powered or not over or perigee_m > self._orbit_perigee or self._machine.seen("abort"):
            self._hopeless_s = None
        elif self._hopeless_s is None:
            self._hopeless_s = time_s
        elif time_s - self._hopeless_s >= self._limits.hopeless_s:
            self._journal.alarm(
                "orbit_not_reachable",
                "critical",
                time_s,
                f"No orbit: nothing burns any more and the perigee is {perigee_m / 1e3:.0f} km.",
                first_s=self._hopeless_s,
                channel="osculating perigee",
                value=perigee_m,
                limit=self._orbit_perigee,
            )
            self._hopeless_s = math.inf

    def _judge_ignition(self, time_s: float, name: str, fired_s: float, thrust: Thrust) -> None:
        """Whether a stage has lit; where no live pressure sensor looks at it, its window decides alone."""
        stage = int(match[1]) if (match := _LIT.match(name)) else self._machine.first_stage
        limits, motor = self._limits, thrust.motors.get(f"stage_{stage}")
        needed_s = limits.liquid_lights_s if stage in self._liquid or not self._planned else limits.solid_lights_s
        if self._machine.seen(name) or motor is None:
            del self._fired[name]
        elif motor.last_s - fired_s > needed_s and not motor.pending:
            del self._fired[name]
            if self._machine.seen("abort"):
                return
            self._broken = True
            self._journal.alarm(
                "no_ignition",
                "critical",
                time_s,
                f"{_words(name)} does not come: its chamber has no pressure {motor.last_s - fired_s:.1f} s after its"
                " circuit was fired.",
                first_s=fired_s,
                channel=f"propulsion.stage_{stage}_chamber_pressure",
                value=motor.level,
                limit=thrust.lit_pressure,
            )

    def hole(self) -> None:
        """Data are missing: what the computer said in vain may stand in them."""
        self._unanswered.clear()

    def _alarm(
        self,
        alarm: str,
        record: Record,
        text: str,
        name: str,
        value: float | None = None,
        limit: float | None = None,
    ) -> None:
        if self._machine.seen("abort"):
            return
        self._broken = True
        self._journal.alarm(
            alarm,
            "critical",
            record.time_s,
            text,
            first_s=record.time_s if record.onset_s is None else record.onset_s,
            channel=name,
            value=value,
            limit=limit,
        )

    def _is_broken(self) -> bool:
        """The flight does not go as planned any more, whoever has said so."""
        return self._broken or self._journal.has_raised("early_shutdown", "no_ignition", "no_separation")

    def _compare(self, name: str, record: Record) -> None:
        if record.status == "missed":
            return
        self._unanswered.pop(name, None)
        if record.computer_s is None or record.onset_s is None or name in _BY_CHOICE:
            return
        late_s = record.computer_s - record.onset_s
        if abs(late_s) - record.vague_s > self._limits.disagree_s:
            apart = f"{abs(late_s):.1f} s {'after' if late_s > 0.0 else 'before'} the measurements show it"
            text = f"The computer reports {_words(name).lower()} {apart}."
            self._disagrees(record.time_s, text, name, late_s)

    def _judge_unanswered(self, time_s: float) -> None:
        for name, said_s in list(self._unanswered.items()):
            if time_s - said_s > self._limits.answer_s and self._machine.denied_s(name) > said_s:
                del self._unanswered[name]
                if self._machine.seen(name.replace("main_cutoff", "burnout")):
                    # The vernier went out with its main engine: one burnout, and no disagreement about it.
                    continue
                self._disagrees(time_s, f"The computer reports {_words(name).lower()}; no measurement shows it.", name)

    def _disagrees(self, time_s: float, text: str, name: str, value: float | None = None) -> None:
        self._journal.alarm(
            "computer_disagrees",
            "warning",
            time_s,
            text,
            channel=f"event.{name}",
            value=value,
            limit=self._limits.disagree_s,
        )


def _number(name: str) -> int:
    """The stage in an event's name; 0 in that of boosters."""
    return int(match[1]) if (match := _STAGE.match(name)) else 0


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
