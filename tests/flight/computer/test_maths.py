"""The onboard computer's own functions against math, in units in the last place, and at their edges."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.computer.maths import (
    arctangent2,
    clamp,
    cross,
    dot,
    exponential,
    from_axes,
    length,
    logarithm,
    magnitude,
    multiply,
    normalise,
    rotate,
    sin_cos,
    turn,
)

Quaternion = tuple[float, float, float, float]
UNIT = (
    st.tuples(*[st.floats(-1.0, 1.0)] * 4).filter(lambda q: sum(x * x for x in q) > 0.01).map(lambda q: normalise(*q))
)
VECTOR = st.tuples(*[st.floats(-1e3, 1e3)] * 3)
NOT_FINITE = (math.inf, -math.inf, math.nan)


def ulps(value: float, exact: float) -> float:
    return abs(value - exact) / math.ulp(exact)


def test_sine_and_cosine_are_within_2_ulp_over_a_turn() -> None:
    draw = random.Random(1)
    angles = [draw.uniform(-math.pi, math.pi) for _ in range(20000)]
    assert max(ulps(sin_cos(x)[0], math.sin(x)) for x in angles) <= 2.0
    assert max(ulps(sin_cos(x)[1], math.cos(x)) for x in angles) <= 2.0


@given(st.floats(-99999.0, 99999.0))
def test_sine_and_cosine_far_out(x: float) -> None:
    assert sin_cos(x) == pytest.approx((math.sin(x), math.cos(x)), rel=0.0, abs=3e-16)


@pytest.mark.parametrize("x", [0.0, -0.0, 1e-300, math.pi / 4, math.pi / 2, math.pi, -math.pi, 99999.9])
def test_sine_and_cosine_at_the_seams(x: float) -> None:
    assert sin_cos(x) == pytest.approx((math.sin(x), math.cos(x)), rel=1e-15, abs=3e-16)


@pytest.mark.parametrize("x", [100000.0, -1e9, *NOT_FINITE])
def test_sine_and_cosine_refuse_what_is_no_angle(x: float) -> None:
    assert sin_cos(x) == (0.0, 1.0)


def test_arctangent_is_within_2_ulp() -> None:
    draw = random.Random(2)
    points = [(draw.gauss(0.0, 1.0), draw.gauss(0.0, 1.0) * 10.0 ** draw.uniform(-8, 8)) for _ in range(20000)]
    assert max(ulps(arctangent2(y, x), math.atan2(y, x)) for y, x in points) <= 2.0


@pytest.mark.parametrize(
    ("y", "x"),
    [(0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0), (0.4375, 1.0), (0.6875, 1.0), (1.0, 1.0), (-1.0, -1.0)],
)
def test_arctangent_at_the_seams(y: float, x: float) -> None:
    assert arctangent2(y, x) == pytest.approx(math.atan2(y, x), rel=1e-15)


@pytest.mark.parametrize(("y", "x"), [(0.0, 0.0), (1.0, math.nan), (math.inf, 1.0), (math.nan, math.nan), (1.0, 1e301)])
def test_arctangent_of_no_direction_is_zero(y: float, x: float) -> None:
    assert arctangent2(y, x) == 0.0


def test_logarithm_is_within_1_ulp() -> None:
    draw = random.Random(3)
    ratios = [draw.uniform(0.01, 20.0) for _ in range(20000)] + [10.0 ** draw.uniform(-149, 149) for _ in range(5000)]
    assert max(ulps(logarithm(x), math.log(x)) for x in ratios) <= 1.0


@given(st.floats(1e-149, 1e149))
def test_logarithm_to_a_relative_error_of_1e_15(x: float) -> None:
    assert abs(logarithm(x) - math.log(x)) < 1e-15 * abs(math.log(x)) or x == 1.0


@pytest.mark.parametrize(
    "x", [1.0, 2.0, 0.5, math.sqrt(2.0), math.sqrt(0.5), 1.0 + 2**-52, 1.0 - 2**-53, 2.0**256, 4.0]
)
def test_logarithm_at_the_seams(x: float) -> None:
    assert logarithm(x) == pytest.approx(math.log(x), rel=2.3e-16, abs=0.0)


@pytest.mark.parametrize("x", [0.0, -1.0, 1e-160, 1e160, *NOT_FINITE])
def test_logarithm_of_what_has_none_is_zero(x: float) -> None:
    assert logarithm(x) == 0.0


def test_exponential_is_within_1_ulp() -> None:
    draw = random.Random(4)
    values = [draw.uniform(-5.0, 5.0) for _ in range(20000)] + [draw.uniform(-300.0, 300.0) for _ in range(5000)]
    assert max(ulps(exponential(x), math.exp(x)) for x in values) <= 1.0


@pytest.mark.parametrize(
    ("x", "expected"), [(math.nan, 1.0), (1e9, math.exp(300.0)), (-math.inf, math.exp(-300.0)), (0.0, 1.0)]
)
def test_exponential_beyond_its_range(x: float, expected: float) -> None:
    assert exponential(x) == pytest.approx(expected, rel=2.3e-16)


@given(VECTOR, VECTOR)
def test_products_of_vectors(a: tuple[float, float, float], b: tuple[float, float, float]) -> None:
    normal = cross(*a, *b)
    assert dot(*a, *normal) == pytest.approx(0.0, abs=1e-6)
    assert math.hypot(*normal) ** 2 + dot(*a, *b) ** 2 == pytest.approx(dot(*a, *a) * dot(*b, *b), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.5, 0.5), (2.0, 1.0), (-2.0, -1.0), (1.0, 1.0), (math.inf, 1.0), (-math.inf, -1.0), (math.nan, -1.0)],
)
def test_clamp(x: float, expected: float) -> None:
    assert clamp(x, -1.0, 1.0) == expected


@given(VECTOR)
def test_length_may_divide(v: tuple[float, float, float]) -> None:
    assert length(*v) == pytest.approx(max(math.dist(v, (0, 0, 0)), 1e-30))
    assert length(*v) > 0.0


@given(st.floats(allow_nan=False))
def test_magnitude(x: float) -> None:
    assert magnitude(x) == abs(x)


@given(UNIT, VECTOR)
def test_rotation_keeps_lengths_and_can_be_undone(q: Quaternion, v: tuple[float, float, float]) -> None:
    w, x, y, z = q
    turned = rotate(w, x, y, z, *v)
    assert math.hypot(*turned) == pytest.approx(math.hypot(*v), abs=1e-9)
    assert rotate(w, -x, -y, -z, *turned) == pytest.approx(v, abs=1e-9)


@given(UNIT, UNIT, VECTOR)
def test_product_applies_its_right_side_first(a: Quaternion, b: Quaternion, v: tuple[float, float, float]) -> None:
    assert rotate(*multiply(*a, *b), *v) == pytest.approx(rotate(*a, *rotate(*b, *v)), abs=1e-9)


@given(UNIT)
def test_quaternion_from_its_own_axes(q: Quaternion) -> None:
    axes = [rotate(*q, *axis) for axis in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))]
    again = from_axes(*axes[0], *axes[1], *axes[2])
    same = sum(a * b for a, b in zip(q, again, strict=True))
    assert abs(same) == pytest.approx(1.0, abs=1e-12)


@given(UNIT, st.tuples(*[st.floats(-0.17, 0.17)] * 3))
def test_turn_is_the_exact_rotation(q: Quaternion, v: tuple[float, float, float]) -> None:
    angle = math.hypot(*v)
    half = math.sin(angle / 2) / angle if angle > 0.0 else 0.5
    exact = multiply(*q, math.cos(angle / 2), *(half * x for x in v))
    assert turn(*q, *v) == pytest.approx(exact, abs=1e-9)


def test_turning_on_and_on_keeps_length_one() -> None:
    q: Quaternion = (1.0, 0.0, 0.0, 0.0)
    for _ in range(10000):
        q = turn(*q, 0.01, -0.02, 0.005)
    assert sum(x * x for x in q) == pytest.approx(1.0, abs=1e-14)


@pytest.mark.parametrize("q", [(0.0, 0.0, 0.0, 0.0), (math.nan, 0.0, 0.0, 1.0), (1e9, 0.0, 0.0, 0.0)])
def test_normalise_of_no_attitude_is_the_identity(q: Quaternion) -> None:
    assert normalise(*q) == (1.0, 0.0, 0.0, 0.0)
