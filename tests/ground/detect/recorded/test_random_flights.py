"""A few of the flights that `./run bench detect` draws by the hundred: nothing false, and nothing missed on these."""

from __future__ import annotations

from dataclasses import replace

from tests.bench.detect import ORBITAL_WITHIN, SOUNDING_WITHIN, logs, webcasts
from tests.bench.recorded.score import Score


def test_webcasts() -> None:
    score = Score()
    for seed, recording in webcasts(12, 4):
        score.add(seed, recording, ORBITAL_WITHIN, 2.0)
    assert score.faults == []
    assert score.asked >= 8


def test_small_rockets() -> None:
    score = Score()
    for seed, recording in logs(5, 4):
        score.add(seed, recording, SOUNDING_WITHIN, 0.3)
    assert score.faults == []
    assert score.asked >= 8


def test_a_wrong_time_a_missed_and_a_false_event_are_counted() -> None:
    (seed, recording), *_ = logs(5, 1)
    moved = {name: at + 5.0 for name, at in recording.truth.items() if name in recording.shown - {"apogee"}} | {
        "stage_7_ignition": 3.0
    }
    score = Score()
    score.add(seed, replace(recording, truth=moved, shown=frozenset(moved)), {}, 0.3)
    assert score.missed == 1
    assert score.late >= 2
    assert score.false >= 1
