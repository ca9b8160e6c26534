"""What moves a body that nothing pushes, in axes that turn with the Earth."""

from __future__ import annotations

import math

from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS, Vector
from ground.conic import MU

OBLATENESS = 1.5 * 1.0826267e-3
"""3/2 J2 of EGM96 (Lemoine et al., NASA/TP-1998-206861)."""


def acceleration(x: float, y: float, z: float, u: float, v: float) -> Vector:
    """Gravitation with its oblateness, centrifugal and Coriolis acceleration in Earth-fixed axes, m/s2.

    D. Vallado, Fundamentals of Astrodynamics and Applications, 4th edition, equation 8-30.
    """
    square = x * x + y * y + z * z
    scale = -MU / (square * math.sqrt(square))
    bulge = OBLATENESS * SEMI_MAJOR_AXIS * SEMI_MAJOR_AXIS / square
    tilt = 5.0 * z * z / square
    across = scale * (1.0 + bulge * (1.0 - tilt)) + ROTATION_RATE * ROTATION_RATE
    turning = 2.0 * ROTATION_RATE
    return across * x + turning * v, across * y - turning * u, scale * (1.0 + bulge * (3.0 - tilt)) * z
