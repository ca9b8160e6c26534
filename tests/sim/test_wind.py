"""Wind: profiles, their shear and gusts, directions, and files that are refused."""

import math
import random
import re
from itertools import pairwise

import pytest

from flight.wire.errors import Misuse
from sim import wind
from sim.wind import CALM, Profile, Wind

MODERATE = wind.load("moderate")
TEXT = """
name = "mine"
height_m = [0.0, 1000.0]
speed_m_s = [10.0, 20.0]
from_deg = [270.0, 180.0]
gust_part = 0.0
gust_m_s = 3.0
gust_thickness_m = 300.0
gust_spacing_m = 900.0
gust_top_m = 20000.0
"""
MINE = wind.parse(TEXT, "mine.toml")


@pytest.mark.parametrize(
    ("height", "north", "east"),
    [(-100.0, 0.0, 10.0), (0.0, 0.0, 10.0), (500.0, 10.0, 5.0), (1000.0, 20.0, 0.0), (9e4, 20.0, 0.0)],
)
def test_wind_blows_from_where_it_says_and_is_constant_outside(height: float, north: float, east: float) -> None:
    """From the west is towards the east, from the south towards the north; the shear between is a straight line."""
    assert wind.mean(MINE).at(height) == pytest.approx((north, east), abs=1e-12)


def test_one_minus_cosine_gust() -> None:
    """Nothing at its edges, half at a quarter, all in the middle."""
    gusty = Wind((0.0,), (0.0,), (5.0,), (1000.0,), ((1000.0, 400.0, 3.0, 6.0),))
    assert gusty.at(999.0) == (0.0, 5.0)
    assert gusty.at(1000.0) == pytest.approx((0.0, 5.0))
    assert gusty.at(1100.0) == pytest.approx((1.5, 8.0))
    assert gusty.at(1200.0) == pytest.approx((3.0, 11.0))
    assert gusty.at(1400.0) == (0.0, 5.0)


def test_same_generator_same_day() -> None:
    day = wind.blowing(MODERATE, random.Random(7))
    assert day == wind.blowing(MODERATE, random.Random(7))
    assert day != wind.blowing(MODERATE, random.Random(8))


@pytest.mark.parametrize("profile", [MODERATE, MINE], ids=lambda profile: profile.name)
def test_gusts_are_as_thick_and_as_many_as_said_and_do_not_overlap(profile: Profile) -> None:
    for seed in range(20):
        gusts = wind.blowing(profile, random.Random(seed)).gusts
        assert len(gusts) == pytest.approx(profile.gust_top_m / profile.gust_spacing_m, rel=0.6)
        for (bottom, thickness, *_), (after, *_) in pairwise(gusts):
            assert bottom + thickness <= after
            assert 0.5 * profile.gust_thickness_m <= thickness <= profile.gust_thickness_m


def test_gust_amplitudes_have_their_sigma() -> None:
    sizes = [
        math.hypot(gust[2], gust[3]) for seed in range(200) for gust in wind.blowing(MINE, random.Random(seed)).gusts
    ]
    assert math.sqrt(sum(size * size for size in sizes) / len(sizes)) == pytest.approx(3.0, rel=0.05)


def test_over_ground_is_horizontal_and_points_right() -> None:
    """At 45 degrees north on the x meridian: east is +y, north is towards the pole and inwards."""
    steady = Wind((0.0,), (2.0,), (10.0,))
    x, y, z = wind.over_ground(steady, (4.5e6, 0.0, 4.5e6), 0.0)
    assert (x, y, z) == pytest.approx((-math.sqrt(2.0), 10.0, math.sqrt(2.0)))
    assert wind.over_ground(steady, (0.0, 0.0, 6.4e6), 0.0) == (0.0, 0.0, 0.0), "no east at a pole"
    assert wind.over_ground(CALM, (4.5e6, 1e6, 4.5e6), 0.0) == (0.0, 0.0, 0.0)


def test_plans_wind_is_a_westerly_without_gusts() -> None:
    steady = wind.usual()
    assert steady.gusts == ()
    assert steady.at(12000.0) == pytest.approx((0.0, 30.0), abs=1e-9)


@pytest.mark.parametrize("name", wind.names())
def test_every_wind_loads_under_its_name(name: str) -> None:
    assert wind.load(name).name == name


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("height_m = [0.0,", "height_m = [2000.0,", "height_m: each number must be larger than the one before"),
        ("[10.0, 20.0]", "[10.0]", "speed_m_s: must be a list of 2 to 2 numbers"),
        ("[270.0,", "[370.0,", "from_deg[0]: 370 is outside of 0 to 360"),
        ("spacing_m = 900", "spacing_m = 300", "gust_spacing_m: must be larger than gust_thickness_m"),
        ("gust_part", "gusts", "gust_part: missing"),
    ],
)
def test_wind_errors_name_file_key_and_reason(before: str, after: str, message: str) -> None:
    assert before in TEXT
    with pytest.raises(Misuse, match=r"mine\.toml: " + re.escape(message)):
        wind.parse(TEXT.replace(before, after, 1), "mine.toml")


def test_unknown_wind_suggests() -> None:
    with pytest.raises(Misuse, match=r"wind 'modrate': no such name or file; did you mean moderate\?"):
        wind.load("modrate")
