"""The user's own rocket of the README, two stages on fins under two parachutes on a slow radio, through the station."""

from __future__ import annotations

from pathlib import Path

import pytest

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.frame import encode
from ground.inputs import Chunk, Close
from ground.report import Alarm, Event, Undecided, Verdict
from ground.station import Station, default_config
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission

FOLDER = Path(__file__).parents[2] / "examples" / "sounding"
SINGLE = {"max_q", "apogee", "landing"}
"""Seen by navigation alone: this radio has no room for the receiver's own solution."""
TOLERANCE_S = {"max_q": 2.0, "apogee": 1.0, "landing": 1.0}


def test_up_and_down_again_without_an_alarm() -> None:
    vehicle = vehicles.load(str(FOLDER / "vehicle.toml"))
    scenario = scenarios.load(vehicle.name, str(FOLDER / "scenario.toml"))
    plan = plans.load(scenario.plan)
    mission = Mission(vehicle, plan, scenario, 1, PythonComputer(plan))
    station, out = Station(default_config(more_plans=(scenario.plan,))), []
    while not mission.finished:
        if data := b"".join(encode(packet) for packet in mission.step()):
            out += station.receive(Chunk(round(mission.time_s * 1e9), "link", data))
    out += station.receive(Close(round(mission.time_s * 1e9)))
    assert [report for report in out if isinstance(report, Alarm | Undecided)] == []
    found = {report.name: report for report in out if isinstance(report, Event)}
    truth = {event.name: event.flown_s for event in mission.truth.events}
    assert {"stage_1_separation", "stage_2_burnout", "apogee", "drogue_deployment", "main_deployment"} < set(truth)
    assert set(found) == set(truth)
    for name, event in found.items():
        assert event.onset_s == pytest.approx(truth[name], abs=TOLERANCE_S.get(name, 0.3)), name
        assert event.status == ("provisional" if name in SINGLE else "confirmed"), name
    (verdict,) = [report for report in out if isinstance(report, Verdict)]
    assert verdict.outcome == "suborbital"
