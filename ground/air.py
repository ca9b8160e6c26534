"""Air density for the live path: the standard atmosphere, tabulated once; a look-up is a few float operations."""

from __future__ import annotations

import math

import numpy as np

from ground import atmosphere

_STEP = 250.0
_BOTTOM, _TOP = -2_000.0, 200_000.0
_LOGARITHMS: list[float] = np.log(atmosphere.density(np.arange(_BOTTOM, _TOP + _STEP, _STEP))).tolist()


def density(altitude: float) -> float:
    """Density in kg/m3 at a geometric altitude in m, within 1e-3 of `ground.atmosphere`; 0 above 200 km.

    Logarithms are interpolated linearly over 250 m; below -2 km the value of -2 km.
    """
    place = (altitude - _BOTTOM) / _STEP
    if not place > 0.0:
        return math.nan if math.isnan(altitude) else math.exp(_LOGARITHMS[0])
    if altitude >= _TOP:
        return 0.0
    index = int(place)
    low = _LOGARITHMS[index]
    return math.exp(low + (place - index) * (_LOGARITHMS[index + 1] - low))
