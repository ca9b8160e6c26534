"""What differs between flights: how much, from what seed, and nothing else."""

import math
import statistics

import pytest

from flight.wire.errors import Misuse
from sim import dispersion, vehicle
from sim.dispersion import Dispersed, burning, disperse, flight_seed
from sim.engine import LiquidEngine
from tests.sim.flown import mission
from tests.sim.vehicles import boosted

VEHICLE = vehicle.load("zhuque-1")
DEFAULT = dispersion.load("default")
MANY = 2000
"""Seeds; a sample's deviation then errs by 1.6 %, one sigma, and five of them pass."""


def drawn(seed: int, name: str = "default") -> Dispersed:
    return disperse(VEHICLE, dispersion.load(name), seed)


def ratios(flown: Dispersed, stage: int) -> dict[str, float]:
    """Each dispersed quantity over the vehicle's own; angles as they are."""
    mine, own = flown.vehicle.stages[stage], VEHICLE.stages[stage]
    return {
        "specific_impulse": mine.motor.specific_impulse_s / own.motor.specific_impulse_s,
        "propellant": mine.motor.propellant_kg / own.motor.propellant_kg,
        "dry_mass": mine.dry_kg / own.dry_kg,
        "pitch": mine.misalignment_pitch,
        "yaw": mine.misalignment_yaw,
        "drag": flown.vehicle.drag_coefficient[3] / VEHICLE.drag_coefficient[3],
        "air_density": flown.density_ratio,
    }


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_each_quantity_has_the_sigma_of_its_file_around_the_vehicles_own_value(stage: int) -> None:
    own = VEHICLE.stages[stage]
    asked = {
        "specific_impulse": (1.0, DEFAULT.specific_impulse),
        "propellant": (1.0, DEFAULT.propellant),
        "dry_mass": (1.0, DEFAULT.dry_mass),
        "pitch": (own.misalignment_pitch, DEFAULT.misalignment),
        "yaw": (own.misalignment_yaw, DEFAULT.misalignment),
        "drag": (1.0, DEFAULT.drag),
        "air_density": (1.0, DEFAULT.air_density),
    }
    samples = [ratios(drawn(seed), stage) for seed in range(MANY)]
    for name, (mean, sigma) in asked.items():
        values = [sample[name] for sample in samples]
        assert statistics.stdev(values) == pytest.approx(sigma, rel=0.08), name
        assert statistics.fmean(values) == pytest.approx(mean, abs=5.0 * sigma / math.sqrt(MANY)), name


def test_the_quantities_are_independent_of_each_other() -> None:
    samples = [{**ratios(drawn(seed), 0), "of_stage_2": ratios(drawn(seed), 1)["propellant"]} for seed in range(500)]
    names = list(samples[0])
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            together = statistics.correlation([s[first] for s in samples], [s[second] for s in samples])
            assert abs(together) < 5.0 / math.sqrt(500), (first, second)


def test_a_faster_burn_gives_more_thrust_for_less_time_and_the_same_impulse() -> None:
    own = VEHICLE.stages[0].motor
    fast = burning(own, 1.0, 1.0, 0.95)
    assert fast.burn_s == pytest.approx(0.95 * own.burn_s, rel=1e-12)
    assert fast.mean_thrust_n == pytest.approx(own.mean_thrust_n / 0.95, rel=1e-12)
    assert fast.propellant_kg * fast.exhaust_speed == pytest.approx(own.propellant_kg * own.exhaust_speed, rel=1e-12)
    # The same part of the propellant has burnt after the same part of the burn, but for the ignition transient.
    assert fast.at(0.5 * fast.burn_s)[1] == pytest.approx(own.at(0.5 * own.burn_s)[1], rel=1e-3)


def test_better_propellant_gives_more_thrust_for_the_same_time() -> None:
    own = VEHICLE.stages[1].motor
    good = burning(own, 1.01, 1.0, 1.0)
    assert good.burn_s == pytest.approx(own.burn_s, rel=1e-12)
    assert good.mean_thrust_n == pytest.approx(1.01 * own.mean_thrust_n, rel=1e-12)


def test_chamber_pressure_goes_with_the_flow_of_mass() -> None:
    mine, own = drawn(7).vehicle.stages[0], VEHICLE.stages[0]
    flow = mine.motor.propellant_kg / mine.motor.burn_s
    assert mine.chamber_pressure_pa / own.chamber_pressure_pa == pytest.approx(
        flow / (own.motor.propellant_kg / own.motor.burn_s), rel=1e-12
    )


def test_without_dispersions_it_is_the_very_vehicle() -> None:
    flown = drawn(3, "none")
    assert flown.density_ratio == 1.0
    for mine, own in zip(flown.vehicle.stages, VEHICLE.stages, strict=True):
        assert (mine.dry_kg, mine.chamber_pressure_pa) == (own.dry_kg, own.chamber_pressure_pa)
        assert (mine.misalignment_pitch, mine.misalignment_yaw) == (own.misalignment_pitch, own.misalignment_yaw)
        assert [mine.motor.at(0.37 * second) for second in range(300)] == [
            own.motor.at(0.37 * second) for second in range(300)
        ]


def test_the_seed_alone_decides_and_a_sigma_changes_only_its_own_quantity() -> None:
    assert ratios(drawn(11), 2) == ratios(drawn(11), 2)
    assert ratios(drawn(11), 2) != ratios(drawn(12), 2)
    text = dispersion.text("default").replace("propellant = 0.001", "propellant = 0.002")
    other = ratios(disperse(VEHICLE, dispersion.parse(text, "other.toml"), 11), 2)
    changed = {name for name, value in ratios(drawn(11), 2).items() if value != other[name]}
    assert changed == {"propellant"}


def test_the_seed_of_a_flight_comes_from_campaign_and_number_alone() -> None:
    assert flight_seed(1, 0) == 6131752608106472  # pinned: a change would change every campaign
    assert len({flight_seed(campaign, flight) for campaign in range(20) for flight in range(100)}) == 2000


def test_denser_air_presses_and_drags_more_and_weighs_nothing() -> None:
    worlds = []
    for ratio in (1.0, 1.5):
        flight, _, _ = mission("nominal", seed=1)
        flight.world.density_ratio = ratio
        while flight.time_s < 30.0:
            flight.step()
        worlds.append(flight.world)
    own, dense = (world.motion for world in worlds)
    # After 20 s of flight the extra drag has cost little speed and less height yet.
    assert dense.dynamic_pressure == pytest.approx(1.5 * own.dynamic_pressure, rel=0.02)
    assert dense.force[0] < own.force[0] - 0.1
    assert dense.static_pressure == pytest.approx(own.static_pressure, rel=1e-3)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("drag = 0.05 ", "drag = -0.05", "drag: -0.05 is outside of 0 to 0.1"),
        ("drag = 0.05 ", "drag = 0.5", "drag: 0.5 is outside of 0 to 0.1"),
        ("drag = 0.05 ", "drag = nan", "drag: is not finite"),
        ("drag = 0.05 ", "dragg = 0.05", "drag: missing; is it what dragg was meant to be?"),
        ("dry_mass = 0.007", 'dry_mass = "little"', "dry_mass: 'little' is no number"),
    ],
)
def test_a_bad_file_is_refused_with_key_and_reason(old: str, new: str, reason: str) -> None:
    text = dispersion.text("default")
    assert old in text
    with pytest.raises(Misuse) as refused:
        dispersion.parse(text.replace(old, new), "mine.toml")
    assert str(refused.value) == f"mine.toml: {reason}"


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(Misuse, match="did you mean default"):
        dispersion.load("defualt")


def test_boosters_and_liquid_stages_differ_too() -> None:
    """Load and thrust of a liquid apart from each other, and one tank left with more than the other."""
    own = boosted()
    flown = disperse(own, DEFAULT, 5).vehicle
    assert own.boosters is not None
    assert flown.boosters is not None
    mines = [*(stage.motor for stage in flown.stages), flown.boosters.motor]
    owns = [*(stage.motor for stage in own.stages), own.boosters.motor]
    seen = set()
    for mine, was in zip(mines, owns, strict=True):
        assert isinstance(mine, LiquidEngine)
        assert isinstance(was, LiquidEngine)
        load, thrust = mine.propellant_kg / was.propellant_kg, mine.thrust_n / was.thrust_n
        assert load == pytest.approx(1.0, abs=0.005)
        assert thrust == pytest.approx(1.0, abs=0.06)
        assert 0.0 < abs(mine.mixture_error) < 0.015
        assert mine.usable_kg < mine.propellant_kg - mine.residual_kg
        seen |= {load, thrust}
    assert len(seen) == 6
    unchanged = disperse(own, dispersion.load("none"), 5).vehicle
    assert unchanged == own
