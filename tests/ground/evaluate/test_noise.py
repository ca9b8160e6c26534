"""Noise that nobody chose a number by: what it changes, by how much, and what it leaves alone."""

import random
import statistics
from itertools import pairwise

import pytest

from flight.wire.dictionary import default
from flight.wire.frame import Deframer
from flight.wire.packet import HEADER_VALUES, Value, codecs
from ground.evaluate.noise import UnseenNoise, bump
from tests.ground import toy

KINDS = codecs(default())


def decoded(frames: list[bytes]) -> dict[str, list[tuple[Value, ...]]]:
    found: dict[str, list[tuple[Value, ...]]] = {}
    for packet in Deframer().feed(b"".join(frames)):
        codec = KINDS[packet[:2]]
        values = codec.decode(packet)
        assert values is not None
        found.setdefault(codec.packet.name, []).append(values)
    return found


@pytest.fixture(scope="module")
def flown() -> tuple[dict[str, list[tuple[Value, ...]]], dict[str, list[tuple[Value, ...]]]]:
    """A toy flight's packets as sent, and noisier."""
    frames = [frame for _, _, frame in toy.fly().frames]
    noisy = UnseenNoise(default(), random.Random(1)).over([(0, frames)])
    return decoded(frames), decoded(next(iter(noisy))[1])


def differences(flown: tuple[dict[str, list[tuple[Value, ...]]], ...], packet: str, field: str) -> list[float]:
    place = KINDS[next(key for key, codec in KINDS.items() if codec.packet.name == packet)].index(field)
    pairs = zip(flown[0][packet], flown[1][packet], strict=True)
    return [float(b[place]) - float(a[place]) for a, b in pairs]


def test_headers_and_what_is_no_measurement_stay(
    flown: tuple[dict[str, list[tuple[Value, ...]]], dict[str, list[tuple[Value, ...]]]],
) -> None:
    clean, noisy = flown
    assert {name: len(packets) for name, packets in clean.items()} == {n: len(p) for n, p in noisy.items()}
    for name in clean:
        assert [values[:HEADER_VALUES] for values in clean[name]] == [values[:HEADER_VALUES] for values in noisy[name]]
    for untouched in ("identity", "health", "discretes", "end_of_stream"):
        assert clean[untouched] == noisy[untouched]
    # The computer's own solution was made before: of navigation the barometer alone is measured.
    assert set(differences(flown, "navigation", "position_x")) == {0.0}


def test_the_tails_are_heavy_and_the_bias_is_correlated(
    flown: tuple[dict[str, list[tuple[Value, ...]]], dict[str, list[tuple[Value, ...]]]],
) -> None:
    errors = differences(flown, "imu", "specific_force_x")
    wild = sum(abs(error) > 0.1 for error in errors) / len(errors)
    # Of one in fifty samples 10 x 0.02 wide, three in five are beyond half a sigma, of the others none.
    assert wild == pytest.approx(0.0125, abs=0.005)
    seconds = [statistics.median(errors[n : n + 100]) for n in range(0, len(errors) - 100, 100)]
    assert statistics.pstdev(seconds) > 0.003
    steps = [b - a for a, b in pairwise(seconds)]
    assert statistics.pstdev(steps) < 0.75 * statistics.pstdev(seconds)


def test_a_gauge_that_reads_nothing_goes_on_reading_nothing(
    flown: tuple[dict[str, list[tuple[Value, ...]]], dict[str, list[tuple[Value, ...]]]],
) -> None:
    for field in ("stage_1_chamber_pressure", "vernier_chamber_pressure"):
        clean = [values[KINDS_INDEX[field]] for values in flown[0]["propulsion"]]
        noisy = [values[KINDS_INDEX[field]] for values in flown[1]["propulsion"]]
        assert [value == 0.0 for value in clean] == [value == 0.0 for value in noisy]
        assert clean != noisy or set(clean) == {0.0}


KINDS_INDEX = {
    field: next(codec for codec in KINDS.values() if codec.packet.name == "propulsion").index(field)
    for field in ("stage_1_chamber_pressure", "vernier_chamber_pressure")
}


@pytest.mark.parametrize(
    ("mach", "part"), [(0.5, 0.0), (0.85, 0.0), (0.925, 0.5), (1.0, 1.0), (1.125, 0.5), (1.3, 0.0)]
)
def test_the_bump_is_transonic(mach: float, part: float) -> None:
    assert bump(mach) == pytest.approx(part)


def test_the_seed_decides() -> None:
    frames = [frame for _, _, frame in toy.fly().frames][:500]

    def noisy(seed: int) -> list[tuple[int, list[bytes]]]:
        return list(UnseenNoise(default(), random.Random(seed)).over([(0, frames)]))

    assert noisy(1) == noisy(1)
    assert noisy(1) != noisy(2)
