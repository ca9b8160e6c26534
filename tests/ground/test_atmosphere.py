"""The ground's atmosphere against the tables of NOAA-S/T 76-1562."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.atmosphere import density, pressure, speed_of_sound

# Tables 1 and 3 of the standard, by geometric altitude: Pa, kg/m³, m/s. None: not listed above 86 km.
TABLE = [
    (-5_000.0, 1.7776e5, 1.9311, 358.99),
    (0.0, 1.01325e5, 1.2250, 340.29),
    (1_000.0, 8.9876e4, 1.1117, 336.43),
    (5_000.0, 5.4048e4, 7.3643e-1, 320.55),
    (10_000.0, 2.6500e4, 4.1351e-1, 299.53),
    (20_000.0, 5.5293e3, 8.8910e-2, 295.07),
    (30_000.0, 1.1970e3, 1.8410e-2, 301.71),
    (50_000.0, 7.9779e1, 1.0269e-3, 329.80),
    (60_000.0, 2.1958e1, 3.0968e-4, 315.07),
    (70_000.0, 5.2209, 8.2829e-5, 297.06),
    (80_000.0, 1.0524, 1.8458e-5, 282.54),
    (86_000.0, 3.7338e-1, 6.958e-6, None),
    (100_000.0, 3.2011e-2, 5.604e-7, None),
    (200_000.0, 8.4736e-5, 2.541e-10, None),
    (1_000_000.0, 7.5138e-9, 3.561e-15, None),
]


@pytest.mark.parametrize(("altitude", "pascal", "kilogram", "sound"), TABLE)
def test_the_standard_s_tables(altitude: float, pascal: float, kilogram: float, sound: float | None) -> None:
    assert pressure(altitude) == pytest.approx(pascal, rel=1e-4)
    assert density(altitude) == pytest.approx(kilogram, rel=1e-4)
    if sound is not None:
        assert speed_of_sound(altitude) == pytest.approx(sound, rel=1e-4)


def test_arrays_give_what_single_numbers_give() -> None:
    altitudes = np.array([row[0] for row in TABLE])
    for function in (density, pressure, speed_of_sound):
        together = function(altitudes)
        assert isinstance(together, np.ndarray)
        assert together.tolist() == [function(float(altitude)) for altitude in altitudes]


@given(st.floats(-5e3, 2e6), st.floats(1.0, 1e3))
def test_air_thins_with_altitude_without_a_step(altitude: float, higher: float) -> None:
    assert 0.0 < density(altitude + higher) < density(altitude)
    assert 0.0 < pressure(altitude + higher) < pressure(altitude)
    assert density(altitude + 0.01) == pytest.approx(density(altitude), rel=1e-4)


def test_below_the_tables_air_is_that_of_their_foot() -> None:
    assert density(-9_000.0) == density(-5_000.0)
