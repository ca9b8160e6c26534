"""Flights kept for those who judge a station by them: what was sent, and what really happened.

    SCENARIO-FLIGHT.telemetry    every frame with the step in which it was sent (`flight.wire.kept`)
    SCENARIO-FLIGHT.truth.json   one object, below; written last, so that where it stands the flight is whole

    vehicle, scenario, plan      names; `telemetry` is the profile that was sent, full or low_rate
    plan_text                    the plan's file, with that profile
    campaign_seed, flight, seed  which flight of which campaign, and the seed that made it
    end_reason, outcome          as in a campaign's table; `ended_s` when the stream ended
    events                       [{name, time_s}]: all that the truth reports, faults as fault_KIND and fault_KIND_end
    faults                       [{kind, choice, time_s, values}] as they were planned: seconds after lift-off

    expect                       [{alarm, of, since_s, within_s}]: what a station must say of this flight, `also`
                                 the names of alarms that may follow (`sim.expectation`)

Times without another word are seconds since the first step. A flight that fails on its way to an orbit would fall for
long: a kept one ends `FOLLOWED_S` after the plan's last window has closed, unless it is to come down on a parachute or
is below `NEAR_M` then.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from flight.wire.errors import Misuse
from flight.wire.kept import KeptEncoder
from sim.mission import Mission
from sim.scenario import Scenario

TELEMETRY, TRUTH = ".telemetry", ".truth.json"
NEAR_M = 150e3
"""What is as low as this by then is followed down to its impact, a minute or two."""
FOLLOWED_S = 30.0
"""A station has said by then what it missed, and given its verdict's reasons."""


class Keeper:
    """Writes one flight. Raises Misuse where the folder cannot be written."""

    def __init__(self, folder: Path, scenario: Scenario, flight: int, plan: FlightPlan) -> None:
        self._stem = folder / f"{scenario.name}-{flight}"
        self._encoder = KeptEncoder()
        self._latest_s = max((event.latest_s for event in plan.events), default=0.0) + FOLLOWED_S
        self._plan = plan
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._stem.with_name(self._stem.name + TELEMETRY).open("wb")
        except OSError as error:
            raise Misuse(f"{folder}: cannot keep a flight there: {error}; give another --keep") from error

    def add(self, step: int, packets: list[bytes]) -> None:
        """What was sent in one step."""
        if ready := self._encoder.add(step, packets):
            self._file.write(ready)

    def is_over(self, mission: Mission) -> bool:
        """Whether nothing that the plan expects can follow any more."""
        liftoff_s = mission.world.liftoff_s
        if liftoff_s is None or mission.time_s <= liftoff_s + self._latest_s or not self._plan.orbital:
            return False
        if mission.world.motion.height < NEAR_M:
            return False
        return not (self._plan.parachutes and mission.truth.happened("abort"))

    def close(self, mission: Mission, scenario: Scenario, facts: dict[str, Any]) -> None:
        """The flight has ended."""
        self._file.write(self._encoder.finish())
        self._file.close()
        truth = {
            **facts,
            "plan_text": self._plan_text(scenario),
            "end_reason": mission.end_reason,
            "ended_s": round(mission.time_s, 4),
            "events": [{"name": event.name, "time_s": round(event.time_s, 4)} for event in mission.truth.events],
            "faults": [
                {"kind": fault.kind, "choice": fault.choice, "time_s": fault.time_s, "values": dict(fault.values)}
                for fault in scenario.faults
            ],
            "expect": self._expected(mission, scenario),
            # What was expected of something that did not come to be is no false alarm either.
            "also": sorted(scenario.expected.also | {one.alarm for one in scenario.expected.alarms}),
        }
        new = self._stem.with_name(self._stem.name + ".new")
        new.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
        os.replace(new, self._stem.with_name(self._stem.name + TRUTH))

    def _expected(self, mission: Mission, scenario: Scenario) -> list[dict[str, Any]]:
        """Those alarms whose causes came to be. What never left the pad is counted from its planned lift-off."""
        liftoff_s = mission.world.liftoff_s
        start_s = self._plan.countdown_s if liftoff_s is None else liftoff_s
        found = []
        for one in scenario.expected.alarms:
            since_s = one.since_s(mission.truth, self._plan)
            if since_s is not None:
                since_s = round(start_s + since_s, 4)
                found.append({"alarm": one.alarm, "of": one.of, "since_s": since_s, "within_s": one.within_s})
        return found

    def _plan_text(self, scenario: Scenario) -> str:
        """The file that the station is to know, whatever telemetry it asks for."""
        head, bracket, tables = plans.text(scenario.plan).partition("\n[")
        head = re.sub(r"(?m)^telemetry *=.*\n?", "", head)
        return f'telemetry = "{self._plan.telemetry}"\n{head}{bracket}{tables}'
