"""A flight like for like against RocketPy, an independent simulator."""

from __future__ import annotations

import importlib
import math
from typing import Any

import pytest

from flight.computer.maths import from_axes
from flight.geodesy import ROTATION_RATE, horizon, to_ecef
from sim.aerodynamics import Shape
from sim.body import Actions, advance
from sim.earth import height
from tests.sim import peer

STEP_S = 0.01


def flown_here() -> tuple[float, float]:
    """Apogee (m) and greatest speed over the ground (m/s) of the same rocket in ours."""
    latitude, longitude = math.radians(peer.LATITUDE_DEG), math.radians(peer.LONGITUDE_DEG)
    north, east, up = horizon(latitude, longitude)
    px, py, pz = to_ecef(latitude, longitude, 0.0)
    attitude = from_axes(*up, *east, *north)
    state: tuple[float, ...] = (px, py, pz, -ROTATION_RATE * py, ROTATION_RATE * px, 0.0, *attitude, 0.0, 0.0, 0.0)
    machs, drags = zip(*peer.DRAG, strict=True)
    nothing = (0.0,) * len(machs)
    shape = Shape(math.pi * peer.RADIUS_M**2, 3.0, 3.0, machs, drags, nothing, nothing, 0.0, 0.0, 0.0)
    actions = Actions(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.06, 8.0, 8.0, 1.3, shape)
    start_kg = peer.DRY_KG + peer.PROPELLANT_KG
    impulse = peer.thrust_and_impulse(peer.BURN_S)[1]
    step, highest, fastest = 0, 0.0, 0.0
    while peer.thrust_and_impulse(step * STEP_S)[0] < start_kg * 9.81:
        step += 1
    while True:
        points = [peer.thrust_and_impulse((step + part) * STEP_S) for part in (0.0, 0.5, 1.0)]
        masses = [start_kg - peer.PROPELLANT_KG * given / impulse for _, given in points]
        (f0, _), (f1, _), (f2, _) = points
        state = advance(state, (f0, f1, f2), (masses[0], masses[1], masses[2]), actions, STEP_S).state
        step += 1
        speed = math.hypot(state[3] + ROTATION_RATE * state[1], state[4] - ROTATION_RATE * state[0], state[5])
        fastest = max(fastest, speed)
        high = height(*state[:3])
        if high < highest:
            return highest, fastest
        highest = high


def test_apogee_and_greatest_speed_are_rocketpy_s_within_one_percent() -> None:
    pytest.importorskip("rocketpy", reason="RocketPy is not installed")
    rocketpy: Any = importlib.import_module("rocketpy")
    flight = rocketpy.Flight(
        rocket=peer.rocket(finned=False), environment=peer.environment(), rail_length=3.0, inclination=90.0,
        heading=0.0, terminate_on_apogee=True,
    )  # fmt: skip
    apogee, speed = flown_here()
    assert flight.max_speed > 350.0  # through the sound barrier, so that the whole drag curve counts
    assert apogee == pytest.approx(flight.apogee, rel=0.01)
    assert speed == pytest.approx(flight.max_speed, rel=0.01)
