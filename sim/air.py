"""The US Standard Atmosphere 1976 (NOAA-S/T 76-1562), 0 to 1000 km of geometric height.

Up to 86 km the standard's own formulas in geopotential height; above, its table of temperature, pressure and density,
interpolated in the logarithm (within 5 % of the standard's rows in between). Below 0 the lowest layer goes on.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import NamedTuple

GAS_CONSTANT = 287.05287
"""Of air, J/(kg K): the standard's 8314.32 / 28.9644."""
HEAT_RATIO = 1.4
GRAVITY = 9.80665
EARTH_RADIUS = 6356766.0
"""The standard's, m, for geopotential height."""
TOP = 1.0e6

# Layers: geopotential base height m, temperature gradient K/m (table 4 of the standard).
_BASES = (0.0, 11000.0, 20000.0, 32000.0, 47000.0, 51000.0, 71000.0)
_GRADIENTS = (-0.0065, 0.0, 0.001, 0.0028, 0.0, -0.0028, -0.002)

# Geometric height km, temperature K, pressure Pa, density kg/m3 (table I of the standard).
_UPPER = (
    (86.0, 186.87, 3.7338e-1, 6.958e-6),
    (90.0, 186.87, 1.8359e-1, 3.416e-6),
    (95.0, 188.42, 7.5966e-2, 1.393e-6),
    (100.0, 195.08, 3.2011e-2, 5.604e-7),
    (105.0, 208.84, 1.4477e-2, 2.325e-7),
    (110.0, 240.00, 7.1042e-3, 9.708e-8),
    (115.0, 300.00, 4.0096e-3, 4.289e-8),
    (120.0, 360.00, 2.5382e-3, 2.222e-8),
    (130.0, 469.27, 1.2505e-3, 8.152e-9),
    (140.0, 559.63, 7.2028e-4, 3.831e-9),
    (150.0, 634.39, 4.5422e-4, 2.076e-9),
    (160.0, 696.29, 3.0395e-4, 1.233e-9),
    (180.0, 790.07, 1.5271e-4, 5.194e-10),
    (200.0, 854.56, 8.4736e-5, 2.541e-10),
    (250.0, 941.33, 2.4767e-5, 6.073e-11),
    (300.0, 976.01, 8.7704e-6, 1.916e-11),
    (400.0, 995.83, 1.4518e-6, 2.803e-12),
    (500.0, 999.24, 3.0236e-7, 5.215e-13),
    (600.0, 999.85, 8.2130e-8, 1.137e-13),
    (700.0, 999.97, 3.1908e-8, 3.070e-14),
    (800.0, 999.99, 1.7036e-8, 1.136e-14),
    (900.0, 1000.00, 1.0873e-8, 5.759e-15),
    (1000.0, 1000.00, 7.5138e-9, 3.561e-15),
)


class Air(NamedTuple):
    """Pressure in Pa, density in kg/m3, speed of sound in m/s."""

    pressure: float
    density: float
    sound: float


def _layer_bottoms() -> tuple[tuple[float, float], ...]:
    """Temperature and pressure at the bottom of each layer, from sea level upwards."""
    temperature, pressure = 288.15, 101325.0
    rows = [(temperature, pressure)]
    for base, top, gradient in zip(_BASES, _BASES[1:], _GRADIENTS, strict=False):
        pressure *= _pressure_ratio(temperature, gradient, top - base)
        temperature += gradient * (top - base)
        rows.append((temperature, pressure))
    return tuple(rows)


def _pressure_ratio(temperature: float, gradient: float, rise: float) -> float:
    """Pressure `rise` metres above a layer's bottom over that at its bottom (equations 33a and 33b of the standard)."""
    if gradient == 0.0:
        return math.exp(-GRAVITY * rise / (GAS_CONSTANT * temperature))
    return float((temperature / (temperature + gradient * rise)) ** (GRAVITY / (GAS_CONSTANT * gradient)))


_BOTTOMS = _layer_bottoms()
_SEAM = _UPPER[0][0] * 1000.0
_UPPER_HEIGHTS = tuple(row[0] * 1000.0 for row in _UPPER)
_UPPER_LOGARITHMS = tuple((math.log(p), math.log(d), 0.5 * math.log(HEAT_RATIO * p / d)) for _, _, p, d in _UPPER)


def air(height: float) -> Air:
    """The air at a geometric height in metres; nothing above 1000 km. The speed of sound is sqrt(1.4 p / density)."""
    if height < _SEAM:
        geopotential = EARTH_RADIUS * height / (EARTH_RADIUS + height)
        layer = bisect_right(_BASES, geopotential) - 1
        if layer < 0:
            layer = 0
        temperature, pressure = _BOTTOMS[layer]
        rise = geopotential - _BASES[layer]
        pressure *= _pressure_ratio(temperature, _GRADIENTS[layer], rise)
        warmth = GAS_CONSTANT * (temperature + _GRADIENTS[layer] * rise)
        return Air(pressure, pressure / warmth, math.sqrt(HEAT_RATIO * warmth))
    if height >= TOP:
        return Air(0.0, 0.0, math.exp(_UPPER_LOGARITHMS[-1][2]))
    place = bisect_right(_UPPER_HEIGHTS, height)
    low, high = _UPPER_HEIGHTS[place - 1], _UPPER_HEIGHTS[place]
    part = (height - low) / (high - low)
    below, above = _UPPER_LOGARITHMS[place - 1], _UPPER_LOGARITHMS[place]
    return Air(
        math.exp(below[0] + part * (above[0] - below[0])),
        math.exp(below[1] + part * (above[1] - below[1])),
        math.exp(below[2] + part * (above[2] - below[2])),
    )
