"""The two tracks of the trajectory, where the onboard computer starts again in flight."""

from __future__ import annotations

import math

import pytest

from flight.geodesy import Vector, horizon, to_ecef
from ground.detect.events import EventMachine
from ground.detect.thresholds import default_text, parse
from ground.detect.trajectory import Trajectory
from ground.journal import Journal

LATITUDE, LONGITUDE = math.radians(40.0), math.radians(100.0)
UP = horizon(LATITUDE, LONGITUDE).up
THRESHOLDS = parse(default_text(), "thresholds.toml")
GAIN = 25.0
"""m/s2, straight up."""


def flying() -> Trajectory:
    """In flight, 20 s after lift-off: the computer is about to start again."""
    machine = EventMachine(Journal(lambda line: None), None, frozenset())
    machine.airborne = True
    trajectory = Trajectory(machine, THRESHOLDS, (0.04, 0.2))
    for step in range(501):
        see(trajectory, step * 0.04, step * 0.04)
        if step % 5 == 0:
            see(trajectory, step * 0.04, step * 0.04, receiver=True)
    trajectory.restarted()
    return trajectory


def see(trajectory: Trajectory, time_s: float, since_s: float, receiver: bool = False) -> None:
    """A state of what has gained speed for `since_s`."""
    base = to_ecef(LATITUDE, LONGITUDE, 1000.0 + 0.5 * GAIN * since_s**2)
    track = trajectory.receiver if receiver else trajectory.navigation
    velocity: Vector = UP[0] * GAIN * since_s, UP[1] * GAIN * since_s, UP[2] * GAIN * since_s
    trajectory.update(track, time_s, (base[0], base[1], base[2]), velocity, None)


def test_navigation_that_takes_itself_for_standing_is_doubted_until_a_receiver_agrees() -> None:
    """However long it goes on: what a vehicle might have done in the meantime says nothing for it."""
    trajectory = flying()
    for step in range(750):
        see(trajectory, 21.0 + step * 0.04, step * 0.04)
        assert trajectory.doubtful
    assert trajectory.denied_s("max_q") == -math.inf
    now_s = 52.0
    see(trajectory, now_s, now_s, receiver=True)
    see(trajectory, now_s + 0.04, now_s + 0.04)
    assert not trajectory.doubtful
    assert trajectory.denied_s("apogee") == pytest.approx(now_s + 0.04)
    assert trajectory.denied_s("max_q") == -math.inf, "its top may have been passed unseen"


def test_navigation_that_goes_on_where_it_was_is_believed_at_once() -> None:
    trajectory = flying()
    see(trajectory, 21.0, 21.0)
    assert not trajectory.doubtful
    assert trajectory.denied_s("max_q") == pytest.approx(21.0)
