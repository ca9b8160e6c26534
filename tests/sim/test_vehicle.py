"""Vehicle files with every kind of part: what they become, and what is refused, with file, key and reason."""

import re

import pytest

from flight.wire.errors import Misuse
from sim import vehicle
from sim.engine import LiquidEngine
from sim.parts import NO_REACTION_CONTROL
from tests.sim import vehicles


def test_masses_on_the_pad_add_up() -> None:
    liquid = 1000 + 200 + 500 + 40 + 21500 + 5500
    assert vehicles.liquid().lift_off_kg == pytest.approx(liquid)
    assert vehicles.boosted().lift_off_kg == pytest.approx(liquid + 4 * 8700)
    assert vehicles.crewed().lift_off_kg == pytest.approx(liquid + 4 * 8700 + 300)
    assert vehicles.sounding().lift_off_kg == pytest.approx(55.0)


def test_parts_that_a_file_leaves_out_are_not_there() -> None:
    spec = vehicles.sounding()
    assert (spec.boosters, spec.tower, spec.escape, spec.beacon) == (None, None, None, None)
    assert spec.reaction_control is NO_REACTION_CONTROL
    assert spec.stages[0].vectoring is None
    assert spec.power.servo_voltage_v == 0.0
    assert spec.main is not None


def test_the_lowest_stage_of_a_boosted_vehicle_may_be_number_2() -> None:
    spec = vehicles.crewed()
    assert [spec.number_of(place) for place in range(2)] == [2, 3]
    assert [spec.place_of(number) for number in (1, 2, 3)] == [None, 0, 1]


def test_booster_inertia_is_the_ring_s() -> None:
    """Four of 700 kg dry on a ring of 2 m: 4 x 700 x (0.6^2 + 2^2) kg m2 in roll, by hand."""
    spec = vehicles.boosted()
    bare, beside = spec.burnt(0, 1.0, 1000.0), spec.burnt(0, 1.0, 1000.0, 0.0)
    assert beside.mass - bare.mass == pytest.approx(2800.0)
    assert beside.roll - bare.roll == pytest.approx(2800.0 * (0.6**2 + 2.0**2))


def test_boosters_add_drag_and_planform_until_they_are_gone() -> None:
    spec = vehicles.boosted()
    beside, alone = spec.shape(0, boosters_on=True), spec.shape(0)
    assert beside.drag[0] * beside.area == pytest.approx(0.3 * (3.1416 + 4.0))
    assert alone.drag[0] == 0.3
    assert beside.cross_area == pytest.approx(1.2 * (45.0 + 24.0))
    assert beside.cross_centre == pytest.approx((45.0 * 12.0 + 24.0 * 18.5) / 69.0)


def test_a_stage_may_have_fins_of_its_own() -> None:
    text = vehicles.SOUNDING.replace(
        "pitch_damping = -300.0",
        "pitch_damping = -300.0\nnormal_force = { slope_per_rad = [9.0, 9.0, 9.0], centre_m = [2.7, 2.7, 2.7] }",
    )
    assert vehicle.parse(text, "fins.toml").shape(0).centre == (2.7, 2.7, 2.7)
    assert vehicles.sounding().shape(0).centre == (2.6, 2.6, 2.5)


def test_what_one_tank_leaves_when_the_other_is_empty() -> None:
    """Loaded 3:1 with 19,900 kg beside the residual: 4,975 kg of fuel. Burnt 3.15:1, oxidizer ends the burn with
    14,925 / 3.15 = 4,738.1 kg of fuel burnt: 19,663.1 kg in all. Burnt 2.85:1 fuel does: 4,975 x 3.85 = 19,153.75 kg.
    """

    def usable(error: float) -> float:
        text = vehicles.LIQUID_TEXT.replace("mixture_ratio = 3.0", f"mixture_ratio = 3.0\nmixture_error = {error}", 1)
        motor = vehicle.parse(text, "mixture.toml").stages[0].motor
        assert isinstance(motor, LiquidEngine)
        return motor.usable_kg

    assert usable(0.0) == pytest.approx(19900.0)
    assert usable(0.05) == pytest.approx(14925.0 * (1.0 + 1.0 / 3.15))
    assert usable(-0.05) == pytest.approx(19153.75)


def test_liquid_burn_for_planning() -> None:
    """600 kN and 2,942 m/s: 203.94 kg/s; 19,900 kg last 97.58 s, and half of each transient longer."""
    motor = vehicles.liquid().stages[0].motor
    assert motor.burn_s == pytest.approx(19900.0 / 203.943 + 0.6, abs=1e-3)
    assert motor.at(0.4)[0] == pytest.approx(300e3)
    assert motor.at(0.8) == pytest.approx((600e3, 0.4 * 203.943), rel=1e-4)
    assert motor.at(motor.burn_s) == pytest.approx((0.0, 19900.0))
    steps = 5000
    dt = motor.burn_s / steps
    impulse = sum(motor.at((step + 0.5) * dt)[0] for step in range(steps)) * dt
    assert impulse == pytest.approx(19900.0 * motor.exhaust_speed, rel=1e-6)


ERRORS = [
    ('propulsion = "liquid"', 'propulsion = "hybrid"', "stage[0].propulsion: 'hybrid' is neither solid nor liquid"),
    ("thrust_n = 600000.0", "thrust_n = -6.0", "stage[0].thrust_n: -6 is outside of 1 to 1e+09"),
    ("thrust_n = 600000.0", "thrust_n = 500000.0", "stage[0].thrust_n: does not lift 63840 kg off the pad"),
    ("specific_impulse_s = 300.0", "specific_impulse_s = 3000.0", "stage[0].specific_impulse_s: 3000 is outside"),
    ("start_s = 0.8", "start_s = 0.0", "stage[0].start_s: 0 is outside of 0.02 to 60"),
    ("throttle_rate = 0.5\n", "", "stage[0].throttle_rate: missing"),
    ("residual_kg = 100.0", "residual_kg = 15000.0", "stage[0].residual_kg: is half or more of the 20000 kg"),
    ("propellant_kg = 20000.0", "propellant_kg = 210.0", "stage[0].propellant_kg: is burnt within the transients"),
    ("helium_end_pa = 5.0e6", "helium_end_pa = 5.0e7", "stage[0].helium_end_pa: is above the 3e+07 Pa before the burn"),
    ("mixture_ratio = 3.0", "mixture_ratio = 0.0", "stage[0].mixture_ratio: 0 is outside of 0.1 to 20"),
    ("roll_arm_m = 0.6", "roll_arms_m = 0.6", "stage[0].roll_arms_m: unknown key; did you mean roll_arm_m?"),
    ("engines = 4", "engines = 4\nresidual_thrust_n = 2e5", "stage[0].residual_thrust_n: is above a fifth"),
    ("[stage.vernier]\nthrust_n = 8000.0", "[stage.vernier]", "stage[1].vernier.thrust_n: missing"),
    ("mass_part = 0.1", "mass_part = 1.1", "stage[1].slosh.mass_part: 1.1 is outside of 0.001 to 0.6"),
    ("count = 4", "count = 3", "booster.count: is 3; there can be 2 or 4"),
    ("count = 4", "count = 6", "booster.count: 6 is outside of 2 to 4"),
    ("ring_m = 2.0", 'ring_m = "wide"', "booster.ring_m: 'wide' is no number"),
    ("escaping_kg = 1200.0", "escaping_kg = 600.0", "escape.escaping_kg: is less than the 700 kg of the capsule"),
    ("escaping_kg = 1200.0", "escaping_kg = 1600.0", "escape.escaping_kg: is more than payload and fairing together"),
    ("inflate_s = 1.0", "inflate_s = 0.0", "parachute.drogue.inflate_s: 0 is outside of 0.05 to 60"),
    ("[parachute.main]", "[parachute.reserve]", "parachute.reserve: unknown key"),
    ("first_stage = 2", "first_stage = 3", "first_stage: the last of 2 stages would be number 4"),
    ("first_stage = 2", "first_stage = 2.0", "first_stage: 2.0 is no whole number"),
    ("mass_kg = 300.0", "mass_kg = nan", "tower.mass_kg: is not finite"),
]


@pytest.mark.parametrize(("before", "after", "message"), ERRORS, ids=[row[2][:40] for row in ERRORS])
def test_errors_name_file_key_and_reason(before: str, after: str, message: str) -> None:
    assert before in vehicles.CREWED_TEXT
    text = vehicles.CREWED_TEXT
    if "does not lift" in message:
        text = text.replace("thrust_n = 250000.0", "thrust_n = 50000.0")
    with pytest.raises(Misuse, match=r"^my\.toml: " + re.escape(message)):
        vehicle.parse(text.replace(before, after, 1), "my.toml")


def test_a_core_counted_second_needs_boosters() -> None:
    with pytest.raises(Misuse, match=r"^my\.toml: first_stage: is 2, but there are no boosters"):
        vehicle.parse("first_stage = 2\n" + vehicles.LIQUID_TEXT, "my.toml")


def test_a_solid_needs_a_trace_and_does_not_slosh() -> None:
    with pytest.raises(Misuse, match=r"stage\[0\]\.trace: missing; a solid needs one"):
        vehicle.parse(vehicles.SOUNDING.replace("[trace]", "[tracer]", 1), "my.toml")
    slosh = "pitch_damping = -300.0\nslosh = { mass_part = 0.1, frequency_hz = 1.0, damping = 0.1, hinge_m = 2.0 }"
    with pytest.raises(Misuse, match=r"stage\[0\]\.slosh: a solid's propellant does not slosh"):
        vehicle.parse(vehicles.SOUNDING.replace("pitch_damping = -300.0", slosh), "my.toml")
