"""The bad link: how much it loses, in which runs, what it reorders and damages, and that a seed decides it."""

import random
from dataclasses import replace
from itertools import groupby

import pytest

from ground.evaluate.channel import BAD, CLEAN, ROUGH, STEP_NS, USUAL, Channel, carry

FRAMES = 100_000


def sent(count: int = FRAMES) -> list[tuple[int, list[bytes]]]:
    """One frame a step, each with its number."""
    return [(step, [b"\0%06d\0" % step]) for step in range(count)]


def carried(channel: Channel, count: int = FRAMES, seed: int = 1) -> list[tuple[int, bytes]]:
    return list(carry(sent(count), channel, random.Random(seed)))


def test_a_clean_link_gives_every_frame_at_its_step() -> None:
    assert carried(CLEAN, 100) == [(step * STEP_NS, frames[0]) for step, frames in sent(100)]


@pytest.mark.parametrize(("channel", "part"), [(USUAL, 0.05), (BAD, 0.20)])
def test_frames_are_lost_singly_and_in_bursts(channel: Channel, part: float) -> None:
    there = {received // STEP_NS for received, _ in carried(channel)}
    # Bursts of 0.2 s, 20 s apart in the mean: one frame in a hundred, and of the others the part.
    in_bursts = 0.2 / 20.2
    assert 1.0 - len(there) / FRAMES == pytest.approx(in_bursts + (1.0 - in_bursts) * part, abs=0.006)
    runs = [len(list(run)) for lost, run in groupby(range(FRAMES), lambda step: step not in there) if lost]
    long = [run for run in runs if run >= 10]
    # Of exponential bursts with a mean of 20 frames, e^-0.5 reach ten; 50 in 1,000 s.
    assert 15 <= len(long) <= 50


def test_a_bad_state_loses_all_frames_of_a_step_and_steps_without_frames_count() -> None:
    sparse = [(step, [b"\0a\0", b"\0b\0"]) for step in range(0, FRAMES, 100)]
    got = list(carry(sparse, Channel("bursts", burst_every_s=2.0, burst_s=2.0), random.Random(3)))
    assert {data for _, data in got} == {b"\0a\0\0b\0"}
    assert len(got) == pytest.approx(len(sparse) / 2, rel=0.15)


def test_late_frames_overtake_each_other_by_no_more_than_they_may() -> None:
    got = carried(replace(ROUGH, damaged=0.0), 20_000)
    times = [received for received, _ in got]
    assert times == sorted(times)
    numbers = {frames[0]: step for step, frames in sent(20_000)}
    late = [received / STEP_NS - numbers[data] for received, data in got]
    assert max(late) <= 4.0
    assert sum(delay > 0.0 for delay in late) / len(late) == pytest.approx(0.10, abs=0.01)
    order = [numbers[data] for _, data in got]
    assert order != sorted(order)


def test_a_damaged_frame_differs_by_one_bit() -> None:
    got = carried(Channel("bits", damaged=0.1), 20_000)
    whole = {step * STEP_NS: frames[0] for step, frames in sent(20_000)}
    turned = [
        (int.from_bytes(data, "big") ^ int.from_bytes(whole[received], "big")).bit_count() for received, data in got
    ]
    assert set(turned) == {0, 1}
    assert sum(turned) / len(turned) == pytest.approx(0.1, abs=0.01)


def test_the_seed_decides() -> None:
    assert carried(ROUGH, 2000) == carried(ROUGH, 2000)
    assert carried(ROUGH, 2000) != carried(ROUGH, 2000, seed=2)
