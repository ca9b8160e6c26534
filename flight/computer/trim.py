"""Trim of the orbit after the last burnout, with the thrusters along the x axis.

The speed to be gained is that of the wanted ellipse at the present radius, in the present plane, less the present
velocity (velocity-to-be-gained steering: R. H. Battin, An Introduction to the Mathematics and Methods of
Astrodynamics, revised edition, section 11.7). Outside of the ellipse's radii it is that of the ellipse between this
radius and the farther apsis. The vehicle turns its nose along it and pushes until nothing along the nose is left.
"""

import math

from flight.computer.maths import clamp, length, rotate
from flight.computer.navigation import EQUATORIAL_RADIUS, GRAVITATIONAL_PARAMETER
from flight.computer.records import Guidance, Navigation, Plan

SMALL = 0.15  # m/s: what is left over
NEAR = 2.0  # m/s; with less to gain the nose stays where it is
AIMED = 0.985  # cosine of the angle, 10 degrees, from which on the thrusters push


def to_gain(navigation: Navigation, plan: Plan) -> tuple[float, float, float]:
    """The change of velocity to the wanted ellipse, inertial, m/s."""
    px = navigation.position_x
    py = navigation.position_y
    pz = navigation.position_z
    vx = navigation.velocity_x
    vy = navigation.velocity_y
    vz = navigation.velocity_z
    radius = length(px, py, pz)
    ux = px / radius
    uy = py / radius
    uz = pz / radius
    climb = ux * vx + uy * vy + uz * vz
    hx = vx - climb * ux
    hy = vy - climb * uy
    hz = vz - climb * uz
    level = length(hx, hy, hz)
    low = EQUATORIAL_RADIUS + plan.target_perigee
    high = EQUATORIAL_RADIUS + plan.target_apogee
    if radius < low:
        low = radius
    elif radius > high:
        high = radius
    wanted_level = math.sqrt(2.0 * GRAVITATIONAL_PARAMETER * low * high / (low + high)) / radius
    square = GRAVITATIONAL_PARAMETER * (2.0 / radius - 2.0 / (low + high)) - wanted_level * wanted_level
    wanted_climb = 0.0
    if square > 0.0:
        wanted_climb = math.sqrt(square)
    if climb < 0.0:
        wanted_climb = -wanted_climb
    along = wanted_level / level - 1.0
    more = wanted_climb - climb
    return along * hx + more * ux, along * hy + more * uy, along * hz + more * uz


def push(guidance: Guidance, navigation: Navigation, gx: float, gy: float, gz: float) -> bool:
    """Sets the axial thrust for a velocity to be gained, and whether the trim is over. True: the nose has to follow."""
    size = length(gx, gy, gz)
    nx, ny, nz = rotate(
        navigation.attitude_w, navigation.attitude_x, navigation.attitude_y, navigation.attitude_z, 1.0, 0.0, 0.0
    )
    along = nx * gx + ny * gy + nz * gz
    follow = size > NEAR
    guidance.axial = 0.0
    if size < SMALL or (not follow and along < SMALL):
        guidance.trimmed = True
    elif along > AIMED * size or (not follow and along > 0.0):
        guidance.axial = clamp(along, 0.0, 1.0)
    return follow
