"""Air density and pressure for the live path: the standard atmosphere, tabulated once; a look-up is a few steps."""

from __future__ import annotations

import math

import numpy as np

from ground import atmosphere

_STEP = 250.0
_BOTTOM, _TOP = -2_000.0, 200_000.0
_ALTITUDES = np.arange(_BOTTOM, _TOP + _STEP, _STEP)
_DENSITIES: list[float] = np.log(atmosphere.density(_ALTITUDES)).tolist()
_PRESSURES: list[float] = np.log(atmosphere.pressure(_ALTITUDES)).tolist()


def density(altitude: float) -> float:
    """Density in kg/m3 at a geometric altitude in m, within 1e-3 of `ground.atmosphere`; 0 above 200 km.

    Logarithms are interpolated linearly over 250 m; below -2 km the value of -2 km.
    """
    return _look_up(_DENSITIES, altitude)


def pressure(altitude: float) -> float:
    """Pressure in Pa, as `density`."""
    return _look_up(_PRESSURES, altitude)


def _look_up(logarithms: list[float], altitude: float) -> float:
    place = (altitude - _BOTTOM) / _STEP
    if not place > 0.0:
        return math.nan if math.isnan(altitude) else math.exp(logarithms[0])
    if altitude >= _TOP:
        return 0.0
    index = int(place)
    low = logarithms[index]
    return math.exp(low + (place - index) * (logarithms[index + 1] - low))
