"""The ground station's own standard atmosphere (the simulator has another on purpose: see the design notes).

Altitude in is geometric, in metres above mean sea level; one number or a numpy array, and the same comes out.

Source: U.S. Standard Atmosphere 1976 (NOAA-S/T 76-1562). Layers: table 4, in geopotential height, lapse rates of the
molecular-scale temperature. Hydrostatic pressure: equations 33a and 33b. Geopotential height: equation 18.
Above 86 km the standard integrates several gases; here pressure and density fall exponentially between the values of
its table 1 (log-linear between the listed altitudes, the last slope above 1000 km), and the speed of sound stays
that of 86 km, where the standard stops listing it.

Below sea level the lowest layer goes on, to −5 km, as in the standard; altitudes under that read as −5 km.
"""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_EARTH_RADIUS = 6_356_766.0  # m, effective Earth radius of the standard, section 1.2.4
_STANDARD_GRAVITY = 9.80665  # m/s², table 2
_GAS_CONSTANT = 8314.32 / 28.9644  # J/(kg K), R* / M0, table 2 and section 1.2.4
_HEAT_RATIO = 1.4  # ratio of specific heats, table 2
_LOWEST = -5_000.0  # m, where the standard's tables begin
_SEAM = 86_000.0  # m geometric, where the layers of table 4 end

# Table 4: geopotential height of the base (m), lapse rate above it (K/m). The temperature at sea level is 288.15 K.
_BASES = np.array([0.0, 11_000.0, 20_000.0, 32_000.0, 47_000.0, 51_000.0, 71_000.0])
_LAPSES = np.array([-6.5e-3, 0.0, 1.0e-3, 2.8e-3, 0.0, -2.8e-3, -2.0e-3])

# Table 1: geometric altitude (m), pressure (Pa), density (kg/m³). The row at 86 km is replaced by the layers' own
# value when the module is read, so that there is no step at the seam.
_UPPER = np.array(
    [
        (86_000.0, 3.7338e-1, 6.958e-6),
        (90_000.0, 1.8359e-1, 3.416e-6),
        (95_000.0, 7.5966e-2, 1.393e-6),
        (100_000.0, 3.2011e-2, 5.604e-7),
        (110_000.0, 7.1042e-3, 9.708e-8),
        (120_000.0, 2.5382e-3, 2.222e-8),
        (130_000.0, 1.2505e-3, 8.152e-9),
        (140_000.0, 7.2028e-4, 3.831e-9),
        (150_000.0, 4.5422e-4, 2.076e-9),
        (180_000.0, 1.5271e-4, 5.194e-10),
        (200_000.0, 8.4736e-5, 2.541e-10),
        (250_000.0, 2.4767e-5, 6.073e-11),
        (300_000.0, 8.7704e-6, 1.916e-11),
        (400_000.0, 1.4518e-6, 2.803e-12),
        (500_000.0, 3.0236e-7, 5.215e-13),
        (600_000.0, 8.2130e-8, 1.137e-13),
        (700_000.0, 3.1908e-8, 3.070e-14),
        (800_000.0, 1.7036e-8, 1.136e-14),
        (900_000.0, 1.0873e-8, 5.759e-15),
        (1_000_000.0, 7.5138e-9, 3.561e-15),
    ]
)


def _bases() -> tuple[Array, Array]:
    temperatures, pressures = [288.15], [101_325.0]
    for layer in range(len(_BASES) - 1):
        thickness = float(_BASES[layer + 1] - _BASES[layer])
        temperature, lapse = temperatures[-1], float(_LAPSES[layer])
        above = temperature + lapse * thickness
        if lapse == 0.0:
            ratio = np.exp(-_STANDARD_GRAVITY * thickness / (_GAS_CONSTANT * temperature))
        else:
            ratio = (temperature / above) ** (_STANDARD_GRAVITY / (_GAS_CONSTANT * lapse))
        temperatures.append(above)
        pressures.append(pressures[-1] * float(ratio))
    return np.array(temperatures), np.array(pressures)


_BASE_TEMPERATURES, _BASE_PRESSURES = _bases()


def _layers(altitude: Array) -> tuple[Array, Array]:
    """Molecular-scale temperature (K) and pressure (Pa) for −5 km to 86 km geometric."""
    height = _EARTH_RADIUS * altitude / (_EARTH_RADIUS + altitude)
    layer = np.clip(np.searchsorted(_BASES, height, side="right") - 1, 0, len(_BASES) - 1)
    base, lapse = _BASE_TEMPERATURES[layer], _LAPSES[layer]
    above = height - _BASES[layer]
    temperature = base + lapse * above
    isothermal = lapse == 0.0
    exponent = _STANDARD_GRAVITY / (_GAS_CONSTANT * np.where(isothermal, 1.0, lapse))
    ratio = np.where(
        isothermal, np.exp(-_STANDARD_GRAVITY * above / (_GAS_CONSTANT * base)), (base / temperature) ** exponent
    )
    return temperature, _BASE_PRESSURES[layer] * ratio


def _tail(altitude: Array, column: int) -> Array:
    logarithm = np.log(_UPPER[:, column])
    inside = np.interp(altitude, _UPPER[:, 0], logarithm)
    slope = (logarithm[-1] - logarithm[-2]) / (_UPPER[-1, 0] - _UPPER[-2, 0])
    tail: Array = np.exp(inside + slope * np.maximum(altitude - _UPPER[-1, 0], 0.0))
    return tail


def _state(altitude: Array) -> tuple[Array, Array, Array]:
    """Temperature (K), pressure (Pa), density (kg/m³)."""
    temperature, pressure_ = _layers(np.clip(altitude, _LOWEST, _SEAM))
    density_ = pressure_ / (_GAS_CONSTANT * temperature)
    high = altitude > _SEAM
    return (
        temperature,
        np.where(high, _tail(altitude, 1), pressure_),
        np.where(high, _tail(altitude, 2), density_),
    )


_, _seam_pressure, _seam_density = _state(np.array([_SEAM]))
_UPPER[0, 1:] = _seam_pressure[0], _seam_density[0]


@overload
def density(altitude: float) -> float: ...
@overload
def density(altitude: Array) -> Array: ...
def density(altitude: float | Array) -> float | Array:
    """Density of the air in kg/m³ at a geometric altitude in m."""
    return _same_kind(altitude, _state(np.asarray(altitude, dtype=np.float64))[2])


@overload
def pressure(altitude: float) -> float: ...
@overload
def pressure(altitude: Array) -> Array: ...
def pressure(altitude: float | Array) -> float | Array:
    """Static pressure in Pa at a geometric altitude in m."""
    return _same_kind(altitude, _state(np.asarray(altitude, dtype=np.float64))[1])


@overload
def speed_of_sound(altitude: float) -> float: ...
@overload
def speed_of_sound(altitude: Array) -> Array: ...
def speed_of_sound(altitude: float | Array) -> float | Array:
    """Speed of sound in m/s (equation 50) at a geometric altitude in m; above 86 km that of 86 km."""
    temperature = _state(np.asarray(altitude, dtype=np.float64))[0]
    return _same_kind(altitude, np.sqrt(_HEAT_RATIO * _GAS_CONSTANT * temperature))


def _same_kind(altitude: float | Array, value: Array) -> float | Array:
    return value if isinstance(altitude, np.ndarray) else float(value)
