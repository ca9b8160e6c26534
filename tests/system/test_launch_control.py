"""Launch control before the launch, through the station: time zero is the lift-off that came, whatever was ordered."""

from __future__ import annotations

import pytest

from flight.wire.frame import encode
from ground.inputs import Chunk
from ground.report import Undecided
from ground.station import Station, default_config
from tests.sim.flown import mission
from tests.system.test_faults import TOLERANCE_S, watch


@pytest.mark.parametrize(("scenario", "late_s"), [("hold", 10.5), ("recycle", 30.0)])
def test_time_zero_is_the_lift_off_that_came(scenario: str, late_s: float) -> None:
    """Held twice, or held, scrubbed and counted anew: no alarm, nothing missed, every event where it really was."""
    flight = watch(scenario, end_s=100.0)
    true_s = flight.mission.truth.time_s
    assert flight.mission.world.liftoff_s == pytest.approx(10.12 + late_s, abs=0.05)
    liftoff = flight.events["liftoff"]
    assert liftoff.onset_s == 0.0
    assert liftoff.computer_s == pytest.approx(0.0, abs=0.3)
    assert liftoff.onset_time_s == pytest.approx(flight.mission.world.liftoff_s, abs=0.05)
    assert {event.status for event in flight.events.values()} == {"confirmed"}
    assert {"ignition", "liftoff", "max_q", "stage_1_separation", "stage_2_ignition"} == set(flight.events) - {
        "stage_1_burnout"
    }
    for name, event in flight.events.items():
        assert event.onset_s == pytest.approx(true_s(name), abs=TOLERANCE_S.get(name, 0.3)), name
    assert flight.alarms == {}


def test_a_scrub_that_nothing_follows_is_the_verdict_and_nothing_was_due() -> None:
    flight = watch("scrub")
    assert flight.mission.end_reason == "stopped"
    assert flight.verdict.outcome == "scrubbed"
    assert (flight.events, flight.alarms) == ({}, {})
    assert not any(isinstance(report, Undecided) for report in flight.reports)


def test_the_phase_follows_launch_control() -> None:
    flight, _, _ = mission("recycle", 1)
    station, phases = Station(default_config()), list[str | None]()
    while flight.time_s < 31.0:
        data = b"".join(encode(packet) for packet in flight.step())
        station.receive(Chunk(round(flight.time_s * 1e9), "link", data))
        phase = station.vehicles["zhuque-1"].journal.phase
        if phases[-1:] != [phase]:
            phases.append(phase)
    assert phases == ["pad", "hold", "scrubbed", "pad"]
