"""Mass properties: the parallel axis theorem, textbook solids, Zhuque-1's figures, and damping by the jet."""

import math

import pytest

from sim import vehicle as vehicles
from sim.masses import NOTHING, Body, Place, all_joined, jet_damping, joined, part

VEHICLE = vehicles.load("zhuque-1")


def rod(length: float, middle: float) -> Place:
    """A thin rod's gyration is its length over sqrt(12)."""
    return Place(middle, 0.01, length / math.sqrt(12.0))


def test_two_halves_of_a_rod_are_the_rod() -> None:
    whole = part(6.0, rod(4.0, 5.0))
    assert joined(part(3.0, rod(2.0, 4.0)), part(3.0, rod(2.0, 6.0))) == pytest.approx(whole)


def test_dumb_bell() -> None:
    """Two points: reduced mass times distance squared."""
    body = joined(Body(2.0, 0.0, 0.0, 0.0), Body(6.0, 4.0, 0.0, 0.0))
    assert body == pytest.approx((8.0, 3.0, 0.0, 1.5 * 16.0))


def test_nothing_changes_nothing() -> None:
    body = part(5.0, Place(2.0, 0.5, 1.0))
    assert joined(NOTHING, body) == body
    assert all_joined([]) == NOTHING


def test_order_does_not_matter() -> None:
    parts = [part(mass, Place(centre, 0.5, 1.0)) for mass, centre in ((1.0, 2.0), (5.0, 9.0), (3.0, 4.0))]
    assert all_joined(parts) == pytest.approx(all_joined(reversed(parts)))


def test_zhuque_1_s_centre_moves_forward_as_it_burns() -> None:
    """Moments about the nose by hand, t m: 231 propellant, 22 stage 1 dry, 61 what is above; 27 and 10.85 t."""
    full, empty = VEHICLE.burnt(0, 1.0, 300.0), VEHICLE.burnt(0, 0.0, 300.0)
    assert full.mass == pytest.approx(VEHICLE.lift_off_kg)
    assert full.centre == pytest.approx(11.64, abs=0.01)
    assert empty.mass == pytest.approx(10850.0)
    assert empty.centre == pytest.approx(7.69, abs=0.01)
    assert empty.pitch < 0.3 * full.pitch


def test_stages_shed_what_they_weigh() -> None:
    for lowest in (0, 1):
        empty, above = VEHICLE.burnt(lowest, 0.0, 300.0), VEHICLE.burnt(lowest + 1, 1.0, 300.0)
        fairing = VEHICLE.fairing_kg if lowest == 1 else 0.0
        assert empty.mass - above.mass == pytest.approx(VEHICLE.stages[lowest].dry_kg + fairing)


def test_jet_damping_is_momentum_carried_out_less_what_it_had() -> None:
    """Flow x arm^2 plus the inertia's own rate, the rate by difference."""
    propellant, rest = Place(14.0, 0.5, 2.0), part(9000.0, Place(7.0, 0.6, 3.0))
    body = joined(rest, part(8000.0, propellant))
    flow = 1.0
    lighter = joined(rest, part(8000.0 - flow, propellant))
    by_difference = flow * (18.0 - body.centre) ** 2 + (lighter.pitch - body.pitch)
    assert jet_damping(body, propellant, 18.0) == pytest.approx(by_difference, rel=1e-3)


@pytest.mark.parametrize(("centre", "lever"), [(3.4, 1.0), (3.0, 1.0), (4.05, 1.0), (7.69, 4.29 / 0.65)])
def test_thrusters_lever(centre: float, lever: float) -> None:
    """Couples near their ring at 3.4 m, the distance to the centre of mass away from it."""
    assert VEHICLE.reaction_control.lever(centre) == pytest.approx(lever)
