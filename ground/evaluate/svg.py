"""Small plots as SVG text: a report stays readable in any browser and small in the repository."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 720, 190, 20, 34, 42
ROW = 20
COLOURS = ("#1f6f8b", "#c0392b", "#7a5c00", "#4b6a2f", "#5b3a8c")


@dataclass(frozen=True, slots=True)
class Band:
    """A row of `bands`: least, 5 %, median, 95 % and largest of its values, and how many those are."""

    name: str
    least: float
    low: float
    middle: float
    high: float
    largest: float
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of `curves`: points from left to right, with the interval of each."""

    name: str
    points: tuple[tuple[float, float, float, float], ...]
    """Abscissa, ordinate, and from where to where that may lie."""


def bands(title: str, unit: str, rows: Sequence[Band], limit: float) -> str:
    """Spreads below each other, on an axis from -limit, or from 0 where none is negative; what lies beyond is cut."""
    least = -limit if any(row.least < 0.0 for row in rows) else 0.0
    height = TOP + ROW * len(rows) + BOTTOM

    def x(value: float) -> float:
        part = (min(max(value, least), limit) - least) / (limit - least)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    parts = [_text(8, 20, title, bold=True)]
    for tick in _ticks(least, limit):
        parts.append(_rule(x(tick), TOP - 6, x(tick), height - BOTTOM + 4, "#d8d8d8"))
        parts.append(_text(x(tick), height - BOTTOM + 18, f"{tick:g}", anchor="middle"))
    parts.append(_text(WIDTH - RIGHT, height - 8, unit, anchor="end"))
    for place, row in enumerate(rows):
        y = TOP + ROW * place + ROW / 2
        parts.append(_text(LEFT - 8, y + 4, f"{row.name} ({row.count})", anchor="end"))
        parts.append(_rule(x(row.least), y, x(row.largest), y, "#8aa9b5"))
        parts.append(_box(x(row.low), y - 5, max(1.0, x(row.high) - x(row.low)), 10, COLOURS[0]))
        parts.append(_rule(x(row.middle), y - 7, x(row.middle), y + 7, "#c0392b", 2.0))
    return _page(height, parts)


def curves(title: str, unit: str, lines: Sequence[Line], marked: float) -> str:
    """Parts from 0 to 1 over a logarithmic axis, each with its interval; a dashed line at what is marked."""
    height = 300
    xs = [point[0] for line in lines for point in line.points] + [marked]
    low, high = math.log10(min(xs)) - 0.1, math.log10(max(xs)) + 0.1

    def x(value: float) -> float:
        return 60 + (math.log10(value) - low) / (high - low) * (WIDTH - 60 - 150)

    def y(part: float) -> float:
        return TOP + (1.0 - part) * (height - TOP - BOTTOM)

    parts = [_text(8, 20, title, bold=True)]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(_rule(60, y(tick), WIDTH - 150, y(tick), "#d8d8d8"))
        parts.append(_text(54, y(tick) + 4, f"{tick:.0%}", anchor="end"))
    for value in sorted(set(xs)):
        parts.append(_text(x(value), height - BOTTOM + 18, f"{value:g}", anchor="middle"))
    parts.append(_text(WIDTH - 150, height - 8, unit, anchor="end"))
    parts.append(_rule(x(marked), TOP, x(marked), height - BOTTOM, "#444444", 1.0, "4 3"))
    for place, line in enumerate(lines):
        colour = COLOURS[place % len(COLOURS)]
        for at, _, since, to in line.points:
            parts.append(_rule(x(at), y(since), x(at), y(to), colour))
        path = " ".join(f"{x(at):.1f},{y(part):.1f}" for at, part, _, _ in line.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(WIDTH - 142, TOP + 16 * place + 10, line.name, colour=colour))
    return _page(height, parts)


def _ticks(low: float, high: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10((high - low) / 4.0))
    step *= next(times for times in (1.0, 2.0, 5.0, 10.0) if (high - low) / (times * step) <= 6.0)
    first = math.ceil(low / step - 1e-9)
    return [round(step * n, 9) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _text(x: float, y: float, text: str, anchor: str = "start", bold: bool = False, colour: str = "#222222") -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(text)}</text>'


def _rule(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1.0, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    place = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {place} stroke="{colour}" stroke-width="{width:g}"{dashed}/>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} fill="{colour}" fill-opacity="0.55"/>'


def _page(height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:g}" viewBox="0 0 {WIDTH} {height:g}"'
    )
    style = 'font-family="sans-serif" font-size="12"'
    return f'{head} {style}>\n<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
