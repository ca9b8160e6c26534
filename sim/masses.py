"""Mass, centre of mass and inertia of what is joined, and of a stage whose propellant burns.

Stations are metres behind the nose's tip along the body's x axis, which every part's centre lies on: products of
inertia are zero, and pitch and yaw inertia are equal. Radii of gyration are about a part's own centre.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part's mass is: station of its centre, radii of gyration in roll and in pitch (and yaw), m.

    A solid cylinder of radius R and length L has R/sqrt(2) and sqrt(R^2/4 + L^2/12), a thin tube R and
    sqrt(R^2/2 + L^2/12) (Beer and Johnston, Vector Mechanics for Engineers, table of moments of inertia).
    """

    centre_m: float
    roll_m: float
    pitch_m: float


class Body(NamedTuple):
    """Mass in kg, station of its centre in m, inertia in roll and in pitch about that centre in kg m2."""

    mass: float
    centre: float
    roll: float
    pitch: float


NOTHING = Body(0.0, 0.0, 0.0, 0.0)


def part(mass: float, place: Place) -> Body:
    """A part of that mass; its inertia goes with its mass, as of propellant that burns evenly over its volume."""
    return Body(mass, place.centre_m, mass * place.roll_m * place.roll_m, mass * place.pitch_m * place.pitch_m)


def ringed(place: Place, ring_m: float) -> Place:
    """Of parts on a ring around the axis, together: Steiner's term in roll, and half of it in pitch and yaw.

    For two parts right and left it is a mean of pitch, which has none of it, and yaw, which has all.
    """
    return Place(
        place.centre_m,
        math.sqrt(place.roll_m * place.roll_m + ring_m * ring_m),
        math.sqrt(place.pitch_m * place.pitch_m + 0.5 * ring_m * ring_m),
    )


def joined(one: Body, other: Body) -> Body:
    """Both as one rigid body (parallel axis theorem)."""
    mass = one.mass + other.mass
    if mass <= 0.0:
        return NOTHING
    apart = one.centre - other.centre
    return Body(
        mass,
        (one.mass * one.centre + other.mass * other.centre) / mass,
        one.roll + other.roll,
        one.pitch + other.pitch + one.mass * other.mass / mass * apart * apart,
    )


def all_joined(parts: Iterable[Body]) -> Body:
    """All of them as one rigid body."""
    body = NOTHING
    for each in parts:
        body = joined(body, each)
    return body


def jet_damping(body: Body, propellant: Place, nozzle_m: float) -> float:
    """Torque against a pitch or yaw rate per rate and per propellant flow, m2.

    What leaves takes angular momentum with it: flow x arm^2 at the nozzle, less the momentum that its place in the body
    gave it, which is the fall of the inertia itself (jet damping: W. T. Thomson, Introduction to Space Dynamics). For
    propellant that burns evenly, d(inertia)/d(mass) = gyration^2 + (its centre's distance from that of all)^2, exactly.
    In roll the gas is taken to leave with just the momentum that it had.
    """
    arm = nozzle_m - body.centre
    inner = propellant.centre_m - body.centre
    return arm * arm - propellant.pitch_m * propellant.pitch_m - inner * inner
