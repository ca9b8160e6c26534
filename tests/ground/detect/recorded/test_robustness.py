"""Whatever a file holds: an answer or one line of refusal, never a traceback."""

from __future__ import annotations

import random

import pytest

from flight.wire.errors import Misuse
from ground.detect.cli import json_lines, plain_lines
from ground.detect.flightfile import parse_flight
from ground.detect.recorded.flight import detect_flight
from tests.ground.detect.recorded.synthetic import SOUNDING, TWO_STAGES, fly, noisy, on_screen, steep, table

ORBITAL = table(on_screen(fly(TWO_STAGES, 580.0, rate=5.0)), "speed_m_s", "altitude_m", "stage")
SMALL = table(
    noisy(fly(SOUNDING, 60.0, pitch=steep, ballistic=3e-4, hold=1.0, rate=25.0), random.Random(1), 0.5, 1.0, 1.0),
    "speed_m_s",
    "height_m",
    "acceleration_m_s2",
)


def ruined(lines: list[str], chance: random.Random) -> list[str]:
    """One kind of ruin, by chance."""
    header, rows = lines[0], lines[1:]
    text = "".join(rows)
    cut = chance.randrange(len(text))
    kinds = [
        lambda: rows[: chance.randint(0, 40)],
        lambda: chance.sample(rows, chance.randint(1, len(rows))),
        lambda: [chance.choice(rows) for _ in range(200)],
        lambda: [",".join(str(chance.uniform(-1e4, 1e4)) for _ in range(4)) + "\n" for _ in range(200)],
        lambda: [f"{step * 0.3:.2f},0,0,0\n" for step in range(chance.randint(1, 300))],
        lambda: [f"{step},{abs(chance.gauss(0, 1e3)):.1f},{chance.gauss(0, 1e4):.1f},1\n" for step in range(300)],
        lambda: [row if chance.random() > 0.3 else worn(row) for row in rows],
        lambda: (text[:cut] + "".join(chr(chance.randint(1, 300)) for _ in range(60)) + text[cut:]).splitlines(True),
    ]

    def worn(row: str) -> str:
        cells = [chance.choice((cell, "nan", "", "x", "1e308", "-5", "inf")) for cell in row.split(",")]
        return ",".join(cells) + "\n"

    return [header, *chance.choice(kinds)()]


def answer(lines: list[str]) -> int:
    try:
        flight = parse_flight(lines, "v", "v.csv")
    except Misuse:
        return 0
    reports = detect_flight(flight)
    plain_lines(flight, reports)
    return len(json_lines(flight, reports))


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.filterwarnings("error")
def test_ruined_files(seed: int) -> None:
    chance = random.Random(seed)
    assert answer(ruined(chance.choice((ORBITAL, SMALL)), chance)) >= 0


@pytest.mark.fuzz
@pytest.mark.filterwarnings("error")
def test_many_ruined_files() -> None:
    for seed in range(2_000):
        chance = random.Random(seed)
        answer(ruined(chance.choice((ORBITAL, SMALL)), chance))
