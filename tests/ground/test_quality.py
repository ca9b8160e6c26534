"""Link quality of toy streams that lose, are damaged, fall silent, or lack a kind of packet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ground.inputs import Chunk, Input, Tick
from ground.quality import LinkQuality
from ground.station import Station
from tests.ground.toy import NAME, Script, config, fly

PER_SECOND = 207.0
"""Packets of the toy, which sends all kinds but `systems`: 100 + 50 + 25 + 20 + 5 + 5 + 1 + 1."""
FLIGHT = fly(Script(end_s=12.0, end=False))


def quality(
    kept: Callable[[float, str], bool] = lambda t, kind: True,
    silent_s: float = 0.0,
    rate: float = 1.0,
    noise: bytes = b"",
) -> LinkQuality:
    """At the end of the stream and a silence."""
    chunks = FLIGHT.chunks(kept, rate)
    inputs: list[Input] = [Chunk(chunk.received_ns, chunk.link, chunk.data + noise) for chunk in chunks]
    last = inputs[-1].received_ns
    inputs += [Tick(last + place * 100_000_000) for place in range(1, round(silent_s * 10) + 1)]
    station = Station(config())
    for given in inputs:
        station.receive(given)
    return station.vehicles[NAME].status(station.received_ns).link


@pytest.mark.parametrize("rate", [1.0, 10.0])
def test_all_that_is_due_comes(rate: float) -> None:
    found = quality(rate=rate)
    assert found.score == pytest.approx(1.0, abs=0.01)
    assert found.frames_per_s == pytest.approx(PER_SECOND, abs=4.0)
    assert (found.loss, found.gaps, found.damaged_frames, found.stale) == (0.0, 0, 0, ())
    assert found.age_s == 0.0


def test_a_lossy_link() -> None:
    found = quality(lambda t, kind: kind != "imu" or round(t * 100) % 10 != 3)
    assert found.loss == pytest.approx(10.0 / PER_SECOND, rel=0.1)
    assert found.score == pytest.approx(1.0 - 10.0 / PER_SECOND, abs=0.02)
    assert found.gaps == pytest.approx(50, abs=10)


def test_damage_is_counted_over_the_last_seconds_alone() -> None:
    found = quality(noise=b"\x01noise\x00")
    assert found.damaged_frames == pytest.approx(500, abs=110)
    assert found.damaged_bytes == 6 * found.damaged_frames


def test_a_kind_that_stops_is_stale_after_three_periods() -> None:
    assert quality(lambda t, kind: kind != "navigation" or t < 11.9).stale == ()
    assert quality(lambda t, kind: kind != "navigation" or t < 11.8).stale == ("navigation",)


def test_a_kind_that_never_came_is_not_missed() -> None:
    found = quality(lambda t, kind: kind != "gnss")
    assert found.stale == ()
    assert found.score == pytest.approx(1.0, abs=0.01)


def test_a_silence_takes_the_score_down_and_makes_all_stale() -> None:
    found = quality(silent_s=3.0)
    assert found.age_s == pytest.approx(3.0)
    assert found.score == pytest.approx(0.5, abs=0.1)
    assert "imu" in found.stale
    assert quality(silent_s=9.0).score == pytest.approx(0.0, abs=0.01)


def test_what_is_on_its_way_is_not_missing() -> None:
    found = quality(silent_s=0.5)
    assert found.score == pytest.approx(1.0, abs=0.01)
    assert found.stale == ()


def test_the_first_seconds_are_not_judged() -> None:
    station = Station(config())
    for chunk in fly(Script(end_s=2.0, end=False)).chunks():
        station.receive(chunk)
    found = station.vehicles[NAME].status(station.received_ns).link
    assert (found.score, found.frames_per_s, found.loss) == (None, None, None)
