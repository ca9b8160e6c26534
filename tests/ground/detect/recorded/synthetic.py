"""Flights made by a few lines of physics, and the damage that webcasts and loggers do to them.

Plane motion over a sphere that does not turn, gravity by inverse square, an exponential atmosphere, thrust along a
pitch program: enough for a detector to be tested against the truth, and none of its own code.
"""

from __future__ import annotations

import csv
import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

EARTH, MU = 6.371e6, 3.986004418e14  # m, m³/s²
STEP = 0.02  # s


@dataclass(frozen=True)
class Burn:
    """From `start` for `lasting` seconds; acceleration `begin` m/s² at its start, growing as mass falls to `end`."""

    start: float
    lasting: float
    begin: float
    end: float

    @property
    def stop(self) -> float:
        return self.start + self.lasting

    def push(self, time: float) -> float:
        if not self.start <= time < self.stop:
            return 0.0
        share = (time - self.start) / self.lasting
        return self.begin / (1.0 - share * (1.0 - self.begin / self.end))


@dataclass(frozen=True)
class Row:
    time: float
    speed: float
    altitude: float
    axial: float
    climb: float
    stage: int = 0


# Much like a two-stage orbital launcher; the upper stage starts at 7 m/s².
TWO_STAGES = (Burn(0.0, 150.0, 13.2, 36.0), Burn(160.0, 390.0, 7.0, 50.0))
# A sounding rocket: 4 s at 90 m/s².
SOUNDING = (Burn(0.0, 4.0, 90.0, 110.0),)


def steep(time: float, speed: float, climb: float) -> float:
    """Thrust elevation for a sounding rocket: along the path, which begins 3° off the vertical."""
    return math.radians(87.0) if speed < 20.0 else math.asin(max(-1.0, min(1.0, climb / speed)))


def to_orbit(time: float, speed: float, climb: float) -> float:
    """Thrust elevation of a launcher over time: up, pitching over during stage 1, then sinking to the horizon."""
    if time < 12.0:
        return math.radians(90.0)
    if time < 160.0:
        return math.radians(90.0 - 62.0 * ((time - 12.0) / 148.0) ** 0.7)
    return math.radians(max(0.0, 45.0 * (1.0 - (time - 160.0) / 430.0)))


def fly(
    burns: Sequence[Burn],
    until: float,
    *,
    pitch: Callable[[float, float, float], float] = to_orbit,
    ballistic: float = 4e-5,
    chute: float = 0.0,
    hold: float = 0.0,
    rate: float = 10.0,
) -> list[Row]:
    """Rows at `rate` Hz (a divisor of 50) from −`hold` s on. ballistic: Cd·A/m, m²/kg; chute: descent speed (m/s)
    under a parachute,
    0 none.
    """
    x, y, vx, vy = 0.0, EARTH, 0.0, 0.0
    rows: list[Row] = []
    landed = opened = False
    every = max(1, round(1.0 / (rate * STEP)))
    for step in range(round((until + hold) / STEP) + 1):
        time = round(step * STEP - hold, 6)
        radius = math.hypot(x, y)
        ux, uy = x / radius, y / radius
        speed, climb, altitude = math.hypot(vx, vy), vx * ux + vy * uy, radius - EARTH
        push = sum(burn.push(time) for burn in burns)
        gravity = MU / radius**2
        angle = pitch(time, speed, climb)
        density = 1.225 * math.exp(-altitude / 7_200.0)
        opened = opened or (chute > 0.0 and time > 5.0 and climb < 0.0)
        drag_area = 2.0 * gravity / (1.225 * chute**2) if opened else ballistic
        drag = 0.5 * density * speed * drag_area
        thrust_x = push * (math.sin(angle) * ux + math.cos(angle) * uy)
        thrust_y = push * (math.sin(angle) * uy - math.cos(angle) * ux)
        felt_x, felt_y = thrust_x - drag * vx, thrust_y - drag * vy
        standing = landed or (push * math.sin(angle) <= gravity and altitude <= 0.0 and speed < 1.0)
        axial = gravity if standing else (felt_x * vx + felt_y * vy) / max(speed, 1e-3) if speed > 1.0 else push
        if step % every == 0:
            rows.append(Row(time, speed, altitude, axial, climb))
        if not standing:
            vx += (felt_x - gravity * ux) * STEP
            vy += (felt_y - gravity * uy) * STEP
            x, y = x + vx * STEP, y + vy * STEP
            if math.hypot(x, y) < EARTH and time > 5.0:
                landed, vx, vy = True, 0.0, 0.0
    return rows


def on_screen(rows: Sequence[Row], fine: float = 100.0, coarse: float = 1000.0) -> list[Row]:
    """As a webcast shows it: whole km/h, altitude in steps, coarser above 100 km."""
    return [
        replace(
            row,
            speed=round(row.speed * 3.6) / 3.6,
            altitude=_to(row.altitude, fine if row.altitude < 100_000.0 else coarse),
        )
        for row in rows
    ]


def _to(value: float, step: float) -> float:
    return round(value / step) * step


def noisy(rows: Sequence[Row], chance: random.Random, speed: float, altitude: float, axial: float = 0.0) -> list[Row]:
    return [
        replace(
            row,
            speed=abs(row.speed + chance.gauss(0.0, speed)),
            altitude=row.altitude + chance.gauss(0.0, altitude),
            axial=row.axial + chance.gauss(0.0, axial),
        )
        for row in rows
    ]


def misread(rows: Sequence[Row], chance: random.Random, share: float) -> list[Row]:
    """Single digits read wrongly, in either column."""

    def damaged(row: Row) -> Row:
        speed, altitude = row.speed, row.altitude
        if chance.random() < share:
            speed += chance.choice((-1, 1)) * 10.0 ** chance.randint(2, 4) / 3.6
        if chance.random() < share:
            altitude += chance.choice((-1, 1)) * 10.0 ** chance.randint(4, 5)
        return replace(row, speed=speed, altitude=altitude)

    return [damaged(row) for row in rows]


def without(rows: Sequence[Row], *gaps: tuple[float, float]) -> list[Row]:
    return [row for row in rows if not any(low < row.time < high for low, high in gaps)]


def frozen(rows: Sequence[Row], low: float, high: float) -> list[Row]:
    """The source repeats what it showed at `low` until `high`."""
    held = max((row for row in rows if row.time <= low), key=lambda row: row.time)
    return [replace(held, time=row.time) if low <= row.time < high else row for row in rows]


def table(rows: Sequence[Row], *columns: str, extra: Callable[[Row], dict[str, str]] = lambda row: {}) -> list[str]:
    """Lines of CSV with the named columns."""
    values: dict[str, Callable[[Row], str]] = {
        "speed_m_s": lambda row: f"{row.speed:.3f}",
        "altitude_m": lambda row: f"{row.altitude:.2f}",
        "height_m": lambda row: f"{row.altitude:.2f}",
        "acceleration_m_s2": lambda row: f"{row.axial:.3f}",
        "vertical_speed_m_s": lambda row: f"{row.climb:.3f}",
        "stage": lambda row: str(row.stage),
    }
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["time_s", *columns, *extra(rows[0])])
    for row in rows:
        writer.writerow([f"{row.time:.3f}", *(values[column](row) for column in columns), *extra(row).values()])
    return out.getvalue().splitlines(keepends=True)
