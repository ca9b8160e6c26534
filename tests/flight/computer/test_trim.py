"""The trim's velocity to be gained, against the orbit that it leads to, and when the thrusters push."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flight.computer import trim
from flight.computer.maths import from_axes
from flight.computer.records import Computer
from sim.earth import orbit_heights
from tests.flight.computer.desk import computer

RADIUS = 6378137.0


def in_orbit(height: float, level: float, climb: float, perigee: float = 300e3, apogee: float = 300e3) -> Computer:
    """Over 30 degrees of longitude, heading north-east, nose ahead."""
    state = computer()
    state.plan.target_perigee, state.plan.target_apogee = perigee, apogee
    up = (math.cos(0.5), math.sin(0.5), 0.0)
    ahead = (-0.6 * up[1], 0.6 * up[0], 0.8)
    n = state.navigation
    n.position_x, n.position_y, n.position_z = ((RADIUS + height) * value for value in up)
    n.velocity_x, n.velocity_y, n.velocity_z = (level * a + climb * u for a, u in zip(ahead, up, strict=True))
    across = (
        ahead[1] * up[2] - ahead[2] * up[1],
        ahead[2] * up[0] - ahead[0] * up[2],
        ahead[0] * up[1] - ahead[1] * up[0],
    )
    axes = (*ahead, *across, *(-value for value in up))
    n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z = from_axes(*axes)
    return state


@given(
    st.floats(-20e3, 20e3),
    st.floats(7600.0, 7850.0),
    st.floats(-60.0, 60.0),
    st.sampled_from([(300e3, 300e3), (200e3, 400e3), (290e3, 310e3)]),
)
def test_what_is_to_be_gained_leads_to_the_target(
    above: float, level: float, climb: float, target: tuple[float, float]
) -> None:
    """Within the target's heights to both apsides, outside of them from the present height to the farther one."""
    state = in_orbit(300e3 + above, level, climb, *target)
    n = state.navigation
    gain = trim.to_gain(n, state.plan)
    position = (n.position_x, n.position_y, n.position_z)
    velocity = (n.velocity_x + gain[0], n.velocity_y + gain[1], n.velocity_z + gain[2])
    low, high = min(target[0], 300e3 + above), max(target[1], 300e3 + above)
    assert orbit_heights(position, velocity) == pytest.approx((low, high), abs=1.0)


@pytest.mark.parametrize(("gain", "axial"), [((20.0, 0.0), 1.0), ((0.5, 0.0), 0.5), ((-20.0, 0.0), 0.0)])
def test_thrusters_push_where_the_nose_points(gain: tuple[float, float], axial: float) -> None:
    state = in_orbit(300e3, 7700.0, 0.0)
    n = state.navigation
    speed = math.hypot(n.velocity_x, n.velocity_y, n.velocity_z)
    ahead = (n.velocity_x / speed, n.velocity_y / speed, n.velocity_z / speed)
    follows = trim.push(state.guidance, n, *(gain[0] * value for value in ahead))
    assert state.guidance.axial == pytest.approx(axial)
    assert follows is (abs(gain[0]) > trim.NEAR)
    assert not state.guidance.trimmed


@pytest.mark.parametrize("gain", [0.1, 0.0, -0.5])
def test_trim_is_over_when_nothing_is_left_along_the_nose(gain: float) -> None:
    state = in_orbit(300e3, 7700.0, 0.0)
    n = state.navigation
    speed = math.hypot(n.velocity_x, n.velocity_y, n.velocity_z)
    trim.push(state.guidance, n, *(gain * value / speed for value in (n.velocity_x, n.velocity_y, n.velocity_z)))
    assert state.guidance.trimmed
    assert state.guidance.axial == 0.0


def test_nothing_is_pushed_before_the_nose_has_turned() -> None:
    state = in_orbit(300e3, 7700.0, 0.0)
    n = state.navigation
    across = (n.position_x / RADIUS, n.position_y / RADIUS, n.position_z / RADIUS)
    assert trim.push(state.guidance, n, *(30.0 * value for value in across))
    assert state.guidance.axial == 0.0
