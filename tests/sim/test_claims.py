"""Each vehicle against what is said of it: closed-loop flights with the default noise, wind and gusts."""

import pytest

from flight.plans import plan as plans
from sim import scenario as scenarios
from sim import vehicle as vehicles
from tests.sim.claims import CLAIMS, Claim, fly, reached

QUICK = {("zhuque-2", "nominal"), ("soyuz-fg", "ms-10"), ("falcon-1", "flight-3"), ("os-x0", "nominal")}
"""Flights that every run of the tests flies; the others, a quarter of a minute each, come with the campaigns."""


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(
            claim,
            id=f"{claim.vehicle}-{claim.scenario}-{claim.at}",
            marks=() if (claim.vehicle, claim.scenario) in QUICK else pytest.mark.campaign,
        )
        for claim in CLAIMS
    ],
)
def test_claim_is_reached(claim: Claim) -> None:
    assert reached(claim) == pytest.approx(claim.said, abs=claim.within)


@pytest.mark.parametrize(
    ("vehicle", "scenario"),
    [
        pytest.param("zhuque-2", "nominal"),
        *(
            pytest.param(name, "nominal", marks=pytest.mark.campaign)
            for name in ("zhuque-2a", "zhuque-2b", "zhuque-2c", "soyuz-fg", "falcon-1")
        ),
        pytest.param("zhuque-2", "sso", marks=pytest.mark.campaign),
    ],
)
def test_orbit_leaves_propellant_and_every_planned_event_comes_within_its_window(vehicle: str, scenario: str) -> None:
    record = fly(vehicle, scenario)
    assert record.left_kg is not None
    assert record.left_kg > 30.0
    assert "attitude_loss" not in record.moments
    for event in plans.load(scenarios.load(vehicle, scenario).plan).events:
        assert event.earliest_s <= record.times[event.name] <= event.latest_s, event.name


def test_every_vehicle_has_a_claim_and_flies_the_payload_that_is_said_of_it() -> None:
    assert {claim.vehicle for claim in CLAIMS} == set(vehicles.names())
    payloads = {name: scenarios.load(name, "nominal").payload_kg for name in vehicles.names()}
    said = {"zhuque-1": 300, "zhuque-2": 4000, "zhuque-2a": 6000, "zhuque-2b": 17000, "zhuque-2c": 32000}
    assert {name: payloads[name] for name in said} == said
    assert (payloads["soyuz-fg"], payloads["falcon-1"]) == (7080, 420)
    assert scenarios.load("zhuque-2", "sso").payload_kg == 2000
