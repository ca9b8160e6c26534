"""Places and planforms of simple bodies, by hand."""

import math

import pytest

from sim.planning.layout import cylinder, pitch_damping, planform, together, tube, written


def test_cylinder_and_tube_have_the_textbook_s_radii_of_gyration() -> None:
    """Beer and Johnston: R/sqrt(2) and sqrt(R^2/4 + L^2/12), R and sqrt(R^2/2 + L^2/12)."""
    full, thin = cylinder(2.0, 8.0, 4.0), tube(2.0, 8.0, 4.0)
    assert (full.centre_m, thin.centre_m) == (5.0, 5.0)
    assert (full.roll_m, full.pitch_m) == pytest.approx((2.0 / math.sqrt(2.0), math.sqrt(1.0 + 3.0)))
    assert (thin.roll_m, thin.pitch_m) == pytest.approx((2.0, math.sqrt(2.0 + 3.0)))


def test_two_halves_are_the_whole() -> None:
    whole = cylinder(0.0, 10.0, 2.0)
    halves = together([(3.0, cylinder(0.0, 5.0, 2.0)), (3.0, cylinder(5.0, 10.0, 2.0))])
    assert (halves.centre_m, halves.roll_m, halves.pitch_m) == pytest.approx(
        (whole.centre_m, whole.roll_m, whole.pitch_m)
    )


def test_planform_of_a_cone_and_a_tube() -> None:
    """Triangle of 3 m2 with its centroid at two thirds, rectangle of 8 m2."""
    area, centre = planform([(0.0, 3.0, 0.0, 2.0), (3.0, 7.0, 2.0, 2.0)])
    assert area == pytest.approx(11.0)
    assert centre == pytest.approx((3.0 * 2.0 + 8.0 * 5.0) / 11.0)


def test_damping_and_text() -> None:
    assert pitch_damping(2.5, 8.0, 2.0) == -80.0
    assert written(tube(0.0, 2.0, 1.0)) == "{ centre_m = 1.00, roll_m = 0.50, pitch_m = 0.68 }"
