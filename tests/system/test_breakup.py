"""A vehicle that comes apart near its greatest dynamic pressure, flown by the simulator and heard by the station."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.frame import encode
from ground.inputs import Chunk, Close, Tick
from ground.report import Alarm
from ground.station import Station, default_config
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission


def alarms(shock: float, arm: float) -> tuple[dict[str, Alarm], float]:
    """What the station says of the flight to its end, and when the structure failed, onboard seconds."""
    vehicle, flight = vehicles.load("zhuque-1"), scenarios.load("zhuque-1", "breakup")
    values = {**flight.faults[0].values, "shock_m_s2": shock, "arm_m": arm}
    flight = replace(flight, faults=(replace(flight.faults[0], values=values),))
    plan = plans.load(flight.plan)
    mission = Mission(vehicle, plan, flight, 2, PythonComputer(plan))
    station, found, now_ns = Station(default_config()), list[Alarm](), 0
    while not mission.finished:
        now_ns = round(mission.time_s * 1e9)
        frames = b"".join(encode(packet) for packet in mission.step())
        for given in (Tick(now_ns), Chunk(now_ns, "a", frames)) if frames else (Tick(now_ns),):
            found += [each for each in station.receive(given) if isinstance(each, Alarm)]
    found += [each for each in station.receive(Close(now_ns)) if isinstance(each, Alarm)]
    struck_s = next(event.time_s for event in mission.truth.events if event.name == "fault_breakup")
    return {alarm.name: alarm for alarm in reversed(found)}, struck_s


@pytest.mark.parametrize(
    ("shock", "arm"),
    [pytest.param(200.0, 2.0, id="a hard blow"), pytest.param(0.0, 0.0, id="no blow: joints and a chamber alone")],
)
def test_a_break_up_is_told_before_the_vehicle_is_silent(shock: float, arm: float) -> None:
    found, struck_s = alarms(shock, arm)
    assert set(found) - {"early_shutdown", "tumbling", "attitude_loss"} == {"breakup"}
    assert struck_s < found["breakup"].time_s < struck_s + 0.3
