"""The atmosphere against the tables of the US Standard Atmosphere 1976 (NOAA-S/T 76-1562, table I)."""

import math

import pytest

from sim.air import TOP, air

# Geometric height m, temperature K, pressure Pa, density kg/m3.
TABLE = [
    (-1000.0, 294.651, 1.1393e5, 1.3470),
    (0.0, 288.150, 1.01325e5, 1.2250),
    (1000.0, 281.651, 8.9876e4, 1.1117),
    (5000.0, 255.676, 5.4048e4, 7.3643e-1),
    (10000.0, 223.252, 2.6499e4, 4.1351e-1),
    (11000.0, 216.774, 2.2699e4, 3.6480e-1),
    (20000.0, 216.650, 5.5293e3, 8.8910e-2),
    (30000.0, 226.509, 1.1970e3, 1.8410e-2),
    (40000.0, 250.350, 2.8714e2, 3.9957e-3),
    (50000.0, 270.650, 7.9779e1, 1.0269e-3),
    (60000.0, 247.021, 2.1958e1, 3.0968e-4),
    (70000.0, 219.585, 5.2209, 8.2829e-5),
    (80000.0, 198.639, 1.0524, 1.8458e-5),
]
UPPER = [
    (86e3, 6.958e-6),
    (100e3, 5.604e-7),
    (120e3, 2.222e-8),
    (150e3, 2.076e-9),
    (200e3, 2.541e-10),
    (500e3, 5.215e-13),
]
# Rows of the standard that the simulator's table leaves out: what its interpolation costs.
BETWEEN = [(125e3, 1.291e-8), (145e3, 2.781e-9), (170e3, 7.815e-10), (190e3, 3.581e-10), (350e3, 7.014e-12)]


@pytest.mark.parametrize(("height", "temperature", "pressure", "density"), TABLE)
def test_below_86_km(height: float, temperature: float, pressure: float, density: float) -> None:
    here = air(height)
    assert here.pressure == pytest.approx(pressure, rel=2e-4)
    assert here.density == pytest.approx(density, rel=2e-4)
    assert here.sound == pytest.approx(math.sqrt(1.4 * 287.0529 * temperature), rel=1e-4)


@pytest.mark.parametrize(("height", "density"), UPPER)
def test_above_86_km(height: float, density: float) -> None:
    assert air(height).density == pytest.approx(density, rel=1e-9)


@pytest.mark.parametrize(("height", "density"), BETWEEN)
def test_between_the_rows_above_86_km(height: float, density: float) -> None:
    assert air(height).density == pytest.approx(density, rel=0.05)


def test_speed_of_sound_at_sea_level() -> None:
    """Table III of the standard: 340.294 m/s."""
    assert air(0.0).sound == pytest.approx(340.294, abs=1e-3)


@pytest.mark.parametrize("seam", [11019.1, 20063.1, 32161.9, 47350.1, 51412.5, 71802.0, 86000.0, 120e3])
def test_layers_join(seam: float) -> None:
    below, above = air(seam - 0.01), air(seam + 0.01)
    assert below.pressure == pytest.approx(above.pressure, rel=1e-4)
    assert below.density == pytest.approx(above.density, rel=1e-4)
    assert below.sound == pytest.approx(above.sound, rel=1e-3)


def test_nothing_above_the_top() -> None:
    assert air(TOP)[:2] == (0.0, 0.0)
    assert air(1e9).sound > 0.0
