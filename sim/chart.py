"""Line charts as SVG: axes with round ticks, lines, numbered marks. Enough for a page that any browser shows."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]

INK, GRID, LINE, MARK = "#222", "#ddd", "#c8321e", "#1f5fa8"
_NUMBER = 15.0
"""Width of a mark's number."""
POINTS = 1200
"""Of one line at most, about two a pixel."""


@dataclass(frozen=True, slots=True)
class Axes:
    """A rectangle on the page and the ranges of the data that it shows."""

    left: float
    top: float
    width: float
    height: float
    x: Point
    y: Point

    def across(self, x: float) -> float:
        """Where on the page a value of x lies."""
        return self.left + self.width * (x - self.x[0]) / (self.x[1] - self.x[0])

    def down(self, y: float) -> float:
        """Where on the page a value of y lies."""
        return self.top + self.height * (self.y[1] - y) / (self.y[1] - self.y[0])

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies within."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that divides a span into at most so many parts."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(
        factor * power for factor in (1.0, 2.0, 5.0, 10.0, 20.0) if span <= factor * power * most * (1.0 + 1e-9)
    )


def ticks(low: float, high: float, most: int) -> list[float]:
    """The multiples of a round step within a range."""
    step = round_step(high - low, most)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    return [step * number for number in range(first, last + 1)]


def spanning(values: Iterable[float], least: float) -> Point:
    """A range that holds all finite values and ends at round numbers; at least so wide."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if high - low < least:
        low, high = 0.5 * (low + high - least), 0.5 * (low + high + least)
    step = round_step(high - low, 5)
    return step * math.floor(low / step + 1e-6), step * math.ceil(high / step - 1e-6)


def thinned(points: Sequence[Point], most: int) -> list[Point]:
    """At most so many of the points, with the lowest and the highest of each group, so that no peak is lost."""
    size = math.ceil(2 * len(points) / most)
    if size <= 2:
        return list(points)
    kept = []
    for start in range(0, len(points), size):
        group = range(start, min(start + size, len(points)))
        ends = {min(group, key=lambda place: points[place][1]), max(group, key=lambda place: points[place][1])}
        kept += [points[place] for place in sorted(ends)]
    return kept


def text(x: float, y: float, words: str, size: float = 11.0, anchor: str = "start", colour: str = INK) -> str:
    """Words on the page, legible across lines; `anchor` is start, middle or end."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}" '
        f'stroke="white" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
    )


def frame(axes: Axes, title: str, x_label: str, *, x_ticks: bool = True) -> Iterator[str]:
    """Grid, ticks with their numbers, title (with the unit of y) and the label of x."""
    bottom, right = axes.top + axes.height, axes.left + axes.width
    for places, of_x in ((ticks(*axes.x, 8) if x_ticks else [], True), (ticks(*axes.y, 6), False)):
        for value in places:
            # 12 digits hide what a multiple of 0.1 lacks to its decimal value; adding 0 turns -0 into 0.
            words = f"{float(f'{value:.12g}') + 0.0:g}" if abs(value) < 1e5 else f"{value:,.0f}"
            if of_x:
                x = axes.across(value)
                yield f'<path d="M{x:.1f} {axes.top:.1f}V{bottom:.1f}" stroke="{GRID}"/>'
                yield text(x, bottom + 14.0, words, anchor="middle")
            else:
                y = axes.down(value)
                yield f'<path d="M{axes.left:.1f} {y:.1f}H{right:.1f}" stroke="{GRID}"/>'
                yield text(axes.left - 5.0, y + 4.0, words, anchor="end")
    yield (
        f'<rect x="{axes.left:.1f}" y="{axes.top:.1f}" width="{axes.width:.1f}" height="{axes.height:.1f}" '
        f'fill="none" stroke="{INK}"/>'
    )
    yield text(axes.left, axes.top - 8.0, title, 13.0)
    yield text(right, bottom + 29.0, x_label, anchor="end")


def line(axes: Axes, points: Sequence[Point], colour: str = LINE) -> Iterator[str]:
    """A line through the points, broken where they are not finite or leave the axes."""
    run: list[Point] = []
    for point in [*points, (math.nan, math.nan)]:
        if axes.holds(*point):
            run.append(point)
            continue
        if len(run) > 1:
            places = " ".join(f"{axes.across(x):.1f},{axes.down(y):.1f}" for x, y in thinned(run, POINTS))
            yield f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
        run = []


def moments(axes: Axes, times: Sequence[float], marked: Container[int] = ()) -> Iterator[str]:
    """Numbered upright lines, from 1; the numbers of those that stand close together go below each other.

    Those of the numbers `marked` have the colour of lines.
    """
    shown = [(number, axes.across(time)) for number, time in enumerate(times, 1) if axes.x[0] <= time <= axes.x[1]]
    bottom = axes.top + axes.height
    for number, x in shown:
        colour = LINE if number in marked else MARK
        yield f'<path d="M{x:.1f} {axes.top:.1f}V{bottom:.1f}" stroke="{colour}" stroke-dasharray="2 3"/>'
    taken: list[float] = []
    for number, x in shown:
        level = next((place for place, last in enumerate(taken) if x - last > _NUMBER), len(taken))
        taken[level : level + 1] = [x]
        inwards = x + _NUMBER > axes.left + axes.width
        place, anchor = (x - 2.0, "end") if inwards else (x + 2.0, "start")
        colour = LINE if number in marked else MARK
        yield text(place, axes.top + 11.0 + 11.0 * level, str(number), 10.0, anchor, colour)


def spots(axes: Axes, places: Sequence[tuple[int, Point]]) -> Iterator[str]:
    """Numbered dots, each number beside its own; close to the last one only the dot."""
    last = (-math.inf, -math.inf)
    for number, (x, y) in places:
        if not axes.holds(x, y):
            continue
        spot = axes.across(x), axes.down(y)
        yield f'<circle cx="{spot[0]:.1f}" cy="{spot[1]:.1f}" r="3" fill="{MARK}"/>'
        if math.dist(spot, last) > 14.0:
            yield text(spot[0] + 4.0, spot[1] - 5.0, str(number), 10.0, colour=MARK)
            last = spot


def bars(axes: Axes, heights: Sequence[tuple[str, float]]) -> Iterator[str]:
    """A bar for each label, of equal width, its height written above it; the axes' x is not looked at."""
    width, bottom = axes.width / max(1, len(heights)), axes.top + axes.height
    for place, (label, height) in enumerate(heights):
        left, top = axes.left + width * place, axes.down(height)
        if height:
            yield (
                f'<rect x="{left + 0.1 * width:.1f}" y="{top:.1f}" width="{0.8 * width:.1f}" '
                f'height="{bottom - top:.1f}" fill="{MARK}"/>'
            )
            yield text(left + 0.5 * width, top - 4.0, f"{height:,g}", 10.0, "middle")
        yield text(left + 0.5 * width, bottom + 14.0, label, 10.0, "middle")


def page(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """The SVG file."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="Helvetica, Arial, sans-serif" role="img">'
    )
    background = f'<rect width="{width:g}" height="{height:g}" fill="white"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", background, *parts, "</svg>", ""])
