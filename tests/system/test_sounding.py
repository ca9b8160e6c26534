"""The user's own rocket of the README, two stages on fins under two parachutes on a slow radio, through the station."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flight.geodesy import to_ecef
from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.frame import encode
from ground.inputs import Chunk, Close, Produced
from ground.report import Alarm, Event, Undecided, Verdict
from ground.station import Station, default_config
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission

FOLDER = Path(__file__).parents[2] / "examples" / "sounding"
SINGLE = {"apogee", "landing"}
"""Seen by navigation alone: this radio has no room for the receiver's own solution, and max_q has the barometer."""
TOLERANCE_S = {"max_q": 2.0, "apogee": 1.0, "landing": 1.0}


def test_up_and_down_again_without_an_alarm() -> None:
    vehicle = vehicles.load(str(FOLDER / "vehicle.toml"))
    scenario = scenarios.load(vehicle.name, str(FOLDER / "scenario.toml"))
    plan = plans.load(scenario.plan)
    mission = Mission(vehicle, plan, scenario, 1, PythonComputer(plan))
    station, out = Station(default_config(more_plans=(scenario.plan,)), products_hz=0.2), []
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
    told = [report.products for report in out if isinstance(report, Produced)]
    drogue_s, main_s, landing_s = (truth[name] for name in ("drogue_deployment", "main_deployment", "landing"))
    assert drogue_s is not None
    assert main_s is not None
    assert landing_s is not None
    check_landing(told, drogue_s, main_s, landing_s)


def check_landing(told: list[Mapping[str, Any]], drogue_s: float, main_s: float, landing_s: float) -> None:
    """From the last burnout on the landing point is as near as it says, and its time as near as descents are known."""
    last = to_ecef(math.radians(told[-1]["latitude_deg"]), math.radians(told[-1]["longitude_deg"]), 0.0)
    aimed = [row for row in told if row["landing_in_s"] is not None and 25.0 < row["elapsed_s"] < landing_s]
    assert len(aimed) > 200
    assert aimed[0]["elapsed_s"] < 31.0
    errors = []
    for row in aimed:
        place = to_ecef(math.radians(row["landing_latitude_deg"]), math.radians(row["landing_longitude_deg"]), 0.0)
        errors.append(math.dist(place, last))
        assert errors[-1] < 3.0 * row["landing_error_m"] + 50.0, row["elapsed_s"]
        under = row["elapsed_s"] > main_s + 20.0
        assert row["elapsed_s"] + row["landing_in_s"] == pytest.approx(landing_s, abs=5.0 if under else 100.0)
        assert (row["to_go_event"] == "landing") == (row["elapsed_s"] > drogue_s + 1.1) or row[
            "elapsed_s"
        ] < drogue_s + 5.0
    assert errors[-1] < 100.0
    assert errors[-30] < 1000.0
