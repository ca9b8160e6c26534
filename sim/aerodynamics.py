"""Aerodynamic force and moment on a slender body without fins, at any attitude.

Body axes x forward, y right, z down; the air's stream is the body's velocity (u, v, w) through it, m/s. The model is
J. L. Allen and E. W. Perkins' (NACA Report 1048, 1951), extended to all angles of attack by L. H. Jorgensen (NASA
TR R-474, 1977), written in velocity components, so that nothing is singular and everything is bounded:

- axial force coefficient times cos^2 of the angle of attack, along the body;
- normal force of the potential flow, slope x sin x cos (Jorgensen's sin 2a cos(a/2) without the last factor, 8 % less
  than one at 45 degrees), at the centre of pressure; for a stream from behind at its mirror image, as there;
- cross-flow drag, on the body's planform, with sin^2, at the planform's centre;
- damping in pitch and yaw, linear in the rate. There is none in roll, and no side force of vortices (Magnus).

Slope and centre of pressure at low speed: J. S. Barrowman, The Practical Calculation of the Aerodynamic Characteristics
of Slender Finned Vehicles (thesis, 1967), as `nose` and `frustum` have them; a cylinder adds nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

CONE = 2.0 / 3.0
"""Centre of pressure of a conical nose, parts of its length behind the tip (Barrowman, 1967)."""
OGIVE = 0.466
"""Of a tangent ogive (the same)."""


class Shape(NamedTuple):
    """What the air meets. Coefficients refer to `area` (m2) and, in damping, to `length` (m); slope per radian.

    Stations are metres behind the nose's tip: of the aft end, of the centre of pressure over Mach number, of the
    planform's centre. `cross_area` is the planform's area (m2) times the cross-flow drag coefficient. `damping` is
    Cmq = Cnr, per rate x length / (2 x speed), negative where it damps.
    """

    area: float
    length: float
    aft: float
    mach: tuple[float, ...]
    drag: tuple[float, ...]
    slope: tuple[float, ...]
    centre: tuple[float, ...]
    cross_area: float
    cross_centre: float
    damping: float


class Loads(NamedTuple):
    """Force along the body axes, N, and torque about y and z, N m."""

    fx: float
    fy: float
    fz: float
    ty: float
    tz: float


def loads(
    shape: Shape,
    density: float,
    sound: float,
    u: float,
    v: float,
    w: float,
    wy: float,
    wz: float,
    mass_centre: float,
) -> Loads:
    """Of air of a density (kg/m3) and a speed of sound (m/s) on a body that turns at (wy, wz) rad/s.

    `mass_centre` is the station of the centre of mass, about which the torque is.
    """
    area, length, aft, machs, drags, slopes, centres, cross_area, cross_centre, damping = shape
    across = math.sqrt(v * v + w * w)
    speed = math.sqrt(u * u + v * v + w * w)
    mach = speed / sound
    place = bisect_right(machs, mach)
    if place == 0:
        drag, slope, centre = drags[0], slopes[0], centres[0]
    elif place == len(machs):
        drag, slope, centre = drags[-1], slopes[-1], centres[-1]
    else:
        before = place - 1
        part = (mach - machs[before]) / (machs[place] - machs[before])
        drag = drags[before] + part * (drags[place] - drags[before])
        slope = slopes[before] + part * (slopes[place] - slopes[before])
        centre = centres[before] + part * (centres[place] - centres[before])
    along = u
    if u < 0.0:
        along = -u
        centre = aft - centre
    half = 0.5 * density
    potential = half * area * slope * along
    crossing = half * cross_area * across
    lift = potential + crossing
    lever = potential * (mass_centre - centre) + crossing * (mass_centre - cross_centre)
    damp = 0.5 * half * speed * area * length * length * damping
    return Loads(-half * area * drag * along * u, -lift * v, -lift * w, lever * w + damp * wy, damp * wz - lever * v)


class Normal(NamedTuple):
    """One part's slope of the normal force coefficient per radian, and the station where it acts, m."""

    slope: float
    centre: float


def nose(length: float, form: float) -> Normal:
    """A pointed nose on its own base area: slope 2; `form` is CONE or OGIVE."""
    return Normal(2.0, form * length)


def frustum(front_diameter: float, aft_diameter: float, station: float, length: float, base_diameter: float) -> Normal:
    """A conical change of diameter whose front is at a station; coefficients on the area of `base_diameter`."""
    slope = 2.0 * (aft_diameter**2 - front_diameter**2) / base_diameter**2
    ratio = front_diameter / aft_diameter
    centre = station + length / 3.0 * (1.0 + (1.0 - ratio) / (1.0 - ratio * ratio))
    return Normal(slope, centre)


def together(parts: Iterable[Normal]) -> Normal:
    """All parts: slopes add, centres weigh by slope."""
    slope = moment = 0.0
    for each in parts:
        slope += each.slope
        moment += each.slope * each.centre
    return Normal(slope, moment / slope)
