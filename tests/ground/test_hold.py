"""Two bad links are as good as a perfect one; datagrams are put in order; nothing is lost, and nothing grows."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable

import pytest

from ground.hold import HOLD_NS, MOST, Hold
from ground.inputs import Chunk, Close, EndOfStream, Input, LinkDown, LinkUp, Tick
from ground.link import Link
from ground.report import Report, as_line
from ground.station import Station
from tests.ground.toy import Flown, Script, config, fly

STEP = ["identity", "event", "imu", "gnss", "navigation", "propulsion", "discretes", "power", "health", "systems"]
"""The order in which the onboard computer sends the packets of one step; the end of stream is the last of all."""
_TOY = fly(Script(end_s=45.0))
FLIGHT = Flown(
    tuple(sorted(_TOY.frames, key=lambda f: (f[0], STEP.index(f[1]) if f[1] in STEP else len(STEP)))), _TOY.truth
)
A, B, UDP = "serial:a", "serial:b", "udp://127.0.0.1:9"


def log(station: Station, inputs: Iterable[Input]) -> list[str]:
    """The event log."""
    lines = []
    for given in inputs:
        lines += [as_line(out) for out in station.receive(given) if isinstance(out, Report)]
    return lines


def in_order(inputs: Iterable[Input]) -> list[Input]:
    """With ticks, as the station's shell gives them, and a close."""
    given = sorted(inputs, key=lambda item: item.received_ns)
    last = given[-1].received_ns
    ticks = [Tick(at) for at in range(0, last + 300_000_000, 100_000_000)]
    merged = sorted([*given, *ticks], key=lambda item: item.received_ns)
    return [*merged, Close(merged[-1].received_ns)]


def perfect(flown: Flown, link: str = A) -> tuple[Station, list[str]]:
    station = Station(config())
    return station, log(station, in_order(flown.chunks(link=link)))


def faulty(
    flown: Flown,
    link: str,
    rng: random.Random,
    loss: float = 0.0,
    jitter_s: float = 0.0,
    twice: float = 0.0,
    delay_s: float = 0.0,
    first_s: float = 1.5,
) -> list[Chunk]:
    """A link that misbehaves by frames from `first_s` on: it loses, delays and repeats them."""
    chunks = []
    for time_s, _, frame in flown.frames:
        bad = time_s > first_s
        if bad and rng.random() < loss:
            continue
        for _ in range(1 + (bad and rng.random() < twice)):
            late_s = delay_s + (rng.uniform(0.0, jitter_s) if bad else 0.0)
            chunks.append(Chunk(round((time_s + late_s) * 1e9), link, frame))
    return chunks


@pytest.mark.parametrize("seed", range(2))
def test_datagrams_out_of_order_and_twice_give_the_perfect_links_log(seed: int) -> None:
    rng = random.Random(seed)
    station = Station(config())
    assert log(station, in_order(faulty(FLIGHT, UDP, rng, jitter_s=0.045, twice=0.2))) == perfect(FLIGHT)[1]
    assert station.counters["frames_lost"] == 0
    assert station.counters["out_of_order"] == 0
    assert station.counters["duplicates"] > 1000


@pytest.mark.parametrize("seed", range(2))
def test_two_links_that_lose_different_frames_give_the_perfect_links_log(seed: int) -> None:
    rng = random.Random(seed)
    lost = {place for place in range(len(FLIGHT.frames)) if rng.random() < 0.3}
    first = Flown(tuple(f for place, f in enumerate(FLIGHT.frames) if place not in lost or f[0] < 1.5), FLIGHT.truth)
    kept = {place for place in range(len(FLIGHT.frames)) if rng.random() < 0.7}
    other = (f for place, f in enumerate(FLIGHT.frames) if place in lost | kept or f[0] < 1.5)
    second = Flown(tuple(other), FLIGHT.truth)
    inputs = [
        *faulty(first, A, rng, jitter_s=0.02),
        *faulty(second, B, rng, jitter_s=0.02, twice=0.1, delay_s=0.02),
    ]
    station = Station(config())
    assert log(station, in_order(inputs)) == perfect(FLIGHT)[1]
    assert station.counters["frames_lost"] == 0
    assert station.counters["duplicates"] > 3000


def test_what_both_links_lose_is_lost_once() -> None:
    rng = random.Random(5)
    lost = {place for place, f in enumerate(FLIGHT.frames) if f[1] == "imu" and rng.random() < 0.05 and f[0] > 1.5}
    rest = Flown(tuple(f for place, f in enumerate(FLIGHT.frames) if place not in lost), FLIGHT.truth)
    station = Station(config())
    log(station, in_order([*rest.chunks(link=A), *faulty(rest, B, rng, jitter_s=0.04)]))
    assert station.counters["frames_lost"] == len(lost)


def test_a_link_that_lags_behind_adds_nothing_and_harms_nothing() -> None:
    rng = random.Random(6)
    station = Station(config())
    inputs = [*FLIGHT.chunks(link=A), *faulty(FLIGHT, B, rng, delay_s=1.2, loss=0.2)]
    assert log(station, in_order(inputs)) == perfect(FLIGHT)[1]
    assert station.counters["frames_lost"] == 0
    assert station.counters["duplicates"] > 5000


def test_when_one_of_two_links_goes_the_other_carries_on_alone() -> None:
    half = round(20e9)
    first = [chunk for chunk in FLIGHT.chunks(link=A) if chunk.received_ns < half]
    station = Station(config())
    inputs = in_order([LinkUp(0, A), LinkUp(0, B), *first, LinkDown(half, A), *FLIGHT.chunks(link=B)])
    assert log(station, inputs) == perfect(FLIGHT)[1]
    assert not station.links[B].held
    assert station.counters["frames_lost"] == 0


def test_a_single_link_in_order_is_not_held() -> None:
    station, _ = perfect(fly(Script(end_s=5.0)))
    assert not station.links[A].held
    station = Station(config())
    for chunk in fly(Script(end_s=5.0)).chunks():
        station.receive(chunk)
        assert station.vehicles["toy"].clock.last_ns == chunk.received_ns


def test_the_log_does_not_depend_on_how_datagrams_were_cut() -> None:
    rng = random.Random(7)
    chunks = faulty(FLIGHT, UDP, rng, loss=0.1, jitter_s=0.06, twice=0.1)
    cut: list[Input] = []
    for chunk in chunks:
        place = rng.randrange(len(chunk.data))
        cut += [Chunk(chunk.received_ns, UDP, part) for part in (chunk.data[:place], chunk.data[place:])]
    whole, parts = Station(config()), Station(config())
    assert log(whole, in_order(chunks)) == log(parts, in_order(cut))


def test_the_end_of_stream_comes_last_and_once() -> None:
    rng = random.Random(8)
    out: deque[object] = deque()
    station = Station(config())
    for given in in_order([*FLIGHT.chunks(link=A), *faulty(FLIGHT, B, rng, jitter_s=0.04)]):
        out += station.receive(given)
    ends = [notice for notice in out if isinstance(notice, EndOfStream)]
    assert len(ends) == 1
    assert station.counters["frames_lost"] == 0


def packet(boot: int, time_s: float, kind: int = 2, sequence: int = 0) -> bytes:
    ticks = round(time_s * 65536)
    head = (0x0800 | kind).to_bytes(2, "big") + (0xC000 | sequence).to_bytes(2, "big") + b"\0\0"
    return head + ticks.to_bytes(6, "big") + boot.to_bytes(2, "big")


LINK = Link("udp:x", None)  # type: ignore[arg-type]


def test_packets_leave_by_boot_time_kind_and_sequence_after_the_hold() -> None:
    hold = Hold({packet(1, 0.0, kind)[:2]: rank for rank, kind in enumerate((1, 9, 2, 3))})
    wanted = [
        packet(1, 7.00, 2, 5), packet(1, 7.00, 3, 1), packet(1, 7.01, 9, 3), packet(1, 7.01, 9, 4),
        packet(1, 7.01, 2, 6), packet(2, 0.00, 1, 0), packet(2, 0.00, 2, 0),
    ]  # fmt: skip
    for received_ns, place in enumerate((1, 4, 3, 0, 5, 2, 6)):
        hold.add(received_ns, LINK, wanted[place])
    assert list(hold.due(HOLD_NS - 1)) == []
    # The first received is due, and with it all that belongs before; then the rest.
    assert [each[2] for each in hold.due(HOLD_NS)] == wanted[:2]
    assert [each[2] for each in hold.due(2 * HOLD_NS)] == wanted[2:]
    assert not hold


def test_more_than_it_may_hold_goes_early_in_order_and_none_is_lost() -> None:
    hold = Hold({})
    out: list[bytes] = []
    count = MOST + 500
    for number in range(count):
        hold.add(number, LINK, packet(1, number / 100.0))
        out += [each[2] for each in hold.due(number)]
        assert len(hold) <= MOST
    out += [each[2] for each in hold.all()]
    assert len(out) == count
    assert out == sorted(out, key=lambda each: each[6:12])
