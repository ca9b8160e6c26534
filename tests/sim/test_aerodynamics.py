"""Loads of the air: Barrowman's figures, signs, weathercocking, and that nothing grows without bound."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import vehicle
from sim.aerodynamics import CONE, OGIVE, Loads, Normal, Shape, frustum, loads, nose, together

SHAPE = Shape(
    area=1.4,
    length=1.35,
    aft=19.0,
    mach=(0.0, 1.0, 5.0),
    drag=(0.3, 0.5, 0.3),
    slope=(2.0, 2.2, 2.8),
    centre=(1.0, 1.2, 2.0),
    cross_area=29.0,
    cross_centre=9.9,
    damping=-170.0,
)
SOUND = 340.0


def blown(u: float, v: float = 0.0, w: float = 0.0, wy: float = 0.0, wz: float = 0.0, shape: Shape = SHAPE) -> Loads:
    return loads(shape, 1.2, SOUND, u, v, w, wy, wz, 11.0)


def test_barrowman_s_nose() -> None:
    """Barrowman (1967): slope 2 per radian, 2/3 of a cone's and 0.466 of a tangent ogive's length behind the tip."""
    assert nose(3.0, CONE) == pytest.approx((2.0, 2.0))
    assert nose(2.2, OGIVE) == pytest.approx((2.0, 1.0252))


def test_frustum_from_a_point_is_a_cone() -> None:
    assert frustum(0.0, 1.35, 0.0, 3.0, 1.35) == pytest.approx(nose(3.0, CONE))


def test_cone_in_two_pieces_is_the_cone() -> None:
    """A tip and a frustum on the same line have the same slope and centre together."""
    tip = frustum(0.0, 0.5, 0.0, 1.0, 1.5)
    rest = frustum(0.5, 1.5, 1.0, 2.0, 1.5)
    assert together([tip, rest]) == pytest.approx(nose(3.0, CONE))


def test_boat_tail_takes_away() -> None:
    assert frustum(1.5, 1.0, 10.0, 2.0, 1.5).slope == pytest.approx(2.0 * (1.0 - 2.25) / 2.25)


def test_zhuque_1_s_low_speed_figures_are_barrowman_s() -> None:
    spec = vehicle.load("zhuque-1")
    assert Normal(spec.normal_slope[0], spec.pressure_centre_m[0]) == pytest.approx(nose(2.2, OGIVE), abs=0.01)


def test_head_on_there_is_only_drag() -> None:
    found = blown(170.0)
    assert found.fx == pytest.approx(-0.5 * 1.2 * 170.0**2 * 1.4 * 0.4)
    assert (found.fy, found.fz, found.ty, found.tz) == (0.0, 0.0, 0.0, 0.0)


def test_small_angles_follow_the_slope() -> None:
    """q S CNa a, at the centre of pressure: Mach 1, 1.2 m behind the tip, 9.8 m ahead of the centre of mass."""
    angle = 1e-4
    found = blown(SOUND, w=SOUND * angle)
    force = 0.5 * 1.2 * SOUND**2 * 1.4 * 2.2 * angle
    assert found.fz == pytest.approx(-force, rel=1e-2)
    assert found.ty == pytest.approx(force * 9.8, rel=1e-2)


def test_broadside_is_drag_of_a_cylinder() -> None:
    found = blown(0.0, v=100.0)
    assert found.fx == 0.0
    assert found.fy == pytest.approx(-0.5 * 1.2 * 100.0**2 * 29.0)
    assert found.tz == pytest.approx(found.fy * (11.0 - 9.9))


@pytest.mark.parametrize(("centre", "sign"), [(1.0, 1.0), (15.0, -1.0)])
def test_weathercock(centre: float, sign: float) -> None:
    """Air from below: a centre of pressure ahead of that of mass lifts the nose on, one behind it turns it back."""
    shape = SHAPE._replace(centre=(centre,) * 3, cross_area=0.0)
    assert blown(200.0, w=5.0, shape=shape).ty * sign > 0.0
    assert blown(200.0, v=5.0, shape=shape).tz * sign < 0.0, "air from the right: a stable nose turns right"


def test_tail_first_acts_at_the_mirrored_centre() -> None:
    shape = SHAPE._replace(cross_area=0.0, mach=(0.0, 1.0), drag=(0.3,) * 2, slope=(2.0,) * 2, centre=(1.0,) * 2)
    found = blown(-200.0, w=5.0, shape=shape)
    assert found.fz < 0.0, "still against the stream"
    assert found.ty == pytest.approx(-found.fz * (11.0 - 18.0))


def test_damping_is_against_the_rate() -> None:
    """q S d Cmq (rate d / 2 V)."""
    found = blown(200.0, wy=0.1, wz=-0.2)
    expected = 0.5 * 1.2 * 200.0**2 * 1.4 * 1.35 * -170.0 * 0.1 * 1.35 / 400.0
    assert (found.ty, found.tz) == pytest.approx((expected, -2.0 * expected))


SPEEDS = st.floats(-8000.0, 8000.0)


@given(SPEEDS, SPEEDS, SPEEDS)
def test_air_never_gives_energy(u: float, v: float, w: float) -> None:
    found = blown(u, v, w)
    assert found.fx * u + found.fy * v + found.fz * w <= 0.0


@given(st.floats(1.0, 8000.0), st.floats(0.0, math.pi), st.floats(0.0, 2.0 * math.pi))
def test_force_is_bounded_at_any_attitude(speed: float, angle: float, around: float) -> None:
    """By dynamic pressure times the sum of all areas times their largest coefficients."""
    across = speed * math.sin(angle)
    found = blown(speed * math.cos(angle), across * math.cos(around), across * math.sin(around))
    most = 0.5 * 1.2 * speed**2 * (1.4 * (0.5 + 0.5 * 2.8) + 29.0)
    assert math.hypot(found.fx, found.fy, found.fz) <= most * (1.0 + 1e-9)


@given(SPEEDS, SPEEDS, st.floats(0.0, 2.0 * math.pi))
def test_body_of_revolution_has_no_preferred_side(u: float, across: float, around: float) -> None:
    """Turning the stream about the axis turns force and torque with it."""
    one, other = blown(u, 0.0, across), blown(u, across * math.sin(around), across * math.cos(around))
    assert other.fx == pytest.approx(one.fx, rel=1e-9, abs=1e-6)
    assert other.fz == pytest.approx(one.fz * math.cos(around), rel=1e-9, abs=1e-3)
    assert other.fy == pytest.approx(one.fz * math.sin(around), rel=1e-9, abs=1e-3)
    assert other.tz == pytest.approx(-one.ty * math.sin(around), rel=1e-9, abs=1e-2)
