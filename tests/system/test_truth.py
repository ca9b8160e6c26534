"""What the station says of simulated flights, against the simulator's truth, without processes and links between."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

import pytest

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.frame import encode
from ground.inputs import Chunk, Close, Notice
from ground.report import Alarm, Event, Report, Undecided, Verdict
from ground.station import Station, default_config
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission

ONSET_S = {"max_q": 2.0}
"""All others 0.3 s."""
CONFIRMED_S = {"max_q": 15.0, "orbit_insertion": 1.0}
"""All others 0.15 s with every frame received."""


@dataclass(frozen=True)
class Flight:
    """One flight: the frames of each control step, and when things really happened (onboard seconds)."""

    frames: tuple[tuple[bytes, ...], ...]
    truth: dict[str, float]


@cache
def flown(scenario: str, seed: int) -> Flight:
    what = scenarios.load("zhuque-1", scenario)
    plan = plans.load(what.plan)
    mission = Mission(vehicles.load("zhuque-1"), plan, what, seed, PythonComputer(plan))
    frames = []
    while not mission.finished:
        frames.append(tuple(encode(packet) for packet in mission.step()))
    truth = {event.name: event.time_s for event in mission.truth.events if not event.name.startswith("fault_")}
    return Flight(tuple(frames), truth)


def heard(flight: Flight, loss: float = 0.0, bursts_per_s: float = 0.0) -> list[Report | Notice]:
    """What the station says; frames are lost one by one and in bursts of 0.2 s, never the end of the stream."""
    rng = random.Random(f"{loss} {bursts_per_s}")
    station, out, until = Station(default_config()), [], 0
    for step, frames in enumerate(flight.frames):
        if rng.random() < bursts_per_s / 100.0:
            until = step + 20
        last = step == len(flight.frames) - 1
        kept = frames if last else [frame for frame in frames if step >= until and rng.random() >= loss]
        out += station.receive(Chunk(step * 10_000_000, "link", b"".join(kept)))
    return out + station.receive(Close(station.received_ns))


def check_events(out: list[Report | Notice], truth: dict[str, float], soon: bool) -> None:
    latest = {report.name: report for report in out if isinstance(report, Event)}
    confirmed = {name: event for name, event in latest.items() if event.status == "confirmed"}
    happened = {name: time_s for name, time_s in truth.items() if name != "attitude_loss"}
    assert set(confirmed) == set(happened)
    for name, event in confirmed.items():
        assert event.onset_time_s == pytest.approx(happened[name], abs=ONSET_S.get(name, 0.3)), event
        if soon:
            assert event.time_s - happened[name] < CONFIRMED_S.get(name, 0.15), event
    assert {event.status for event in latest.values() if event.name not in confirmed} <= {"missed"}


@pytest.mark.parametrize(("loss", "bursts_per_s"), [(0.0, 0.0), (0.05, 0.1)])
def test_nominal(loss: float, bursts_per_s: float) -> None:
    flight = flown("nominal", 1)
    out = heard(flight, loss, bursts_per_s)
    check_events(out, flight.truth, soon=not loss)
    assert [report for report in out if isinstance(report, Alarm | Undecided)] == []
    verdict = next(report for report in out if isinstance(report, Verdict) and report.vehicle == "zhuque-1")
    assert verdict.outcome == "orbit"
    assert verdict.perigee_m == pytest.approx(300e3, abs=5e3)
    assert verdict.impact_latitude_deg is None


@pytest.mark.parametrize(("loss", "bursts_per_s"), [(0.0, 0.0), (0.05, 0.1)])
def test_maiden(loss: float, bursts_per_s: float) -> None:
    flight = flown("maiden", 1)
    out = heard(flight, loss, bursts_per_s)
    check_events(out, flight.truth, soon=not loss)
    missed = {report.name for report in out if isinstance(report, Event) and report.status == "missed"}
    assert missed == {"orbit_insertion", "payload_separation"}
    lost = [report for report in out if isinstance(report, Alarm) and report.name == "attitude_loss"]
    assert [alarm.severity for alarm in lost] == ["critical"]
    assert 0.0 <= lost[0].time_s - flight.truth["attitude_loss"] < 0.9
    others = {report.name for report in out if isinstance(report, Alarm)} - {"attitude_loss"}
    assert others == {"tumbling", "tank_pressure_low", "rcs_leak", "orbit_not_reachable"}
    (verdict,) = [report for report in out if isinstance(report, Verdict)]
    assert verdict.outcome == "no_orbit"
    assert verdict.impact_latitude_deg is not None
    assert verdict.perigee_m is not None
    assert verdict.apogee_m is not None
    assert verdict.perigee_m < 0.0, "its last orbit in space, not the conic in the air"
    assert verdict.apogee_m > 100e3
