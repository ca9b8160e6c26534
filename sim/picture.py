"""A flight on one page, drawn from the truth: `vermilion fly … --plot DIR`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from flight.computer.maths import rotate
from flight.geodesy import ROTATION_RATE, Vector, to_earth_fixed
from flight.onboard import PythonComputer
from flight.wire.errors import Misuse
from flight.wire.packet import STEPS_PER_SECOND, Value
from sim.chart import Axes, Point, frame, line, moments, page, round_step, spanning, spots, text
from sim.earth import gravitation
from sim.truth import COLUMNS, ROW_PERIOD, TrueEvent

WIDTH, HEIGHT = 1000.0, 1414.0
PANEL = (410.0, 300.0)
LEFTS, TOPS = (60.0, 560.0), (100.0, 470.0, 840.0)
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_KILOMETRES_A_DEGREE = 111.2

Rows = Sequence[tuple[float, ...]]


class CommandLog:
    """An onboard computer that is watched: the x axis that it wants, Earth-fixed, by step, as often as true rows.

    It is watched until it is started again: a computer that has lost its memory counts steps, and knows its axes, from
    then.
    """

    def __init__(self, computer: PythonComputer) -> None:
        self._computer = computer
        self._starts = 0
        self.axes: dict[int, Vector] = {}

    def start(self, start_values: tuple[Value, ...]) -> None:
        """As the computer's."""
        self._starts += 1
        self._computer.start(start_values)

    def resume(self, boot_id: int, reset_cause: int) -> bool:
        """As the computer's."""
        return self._computer.resume(boot_id, reset_cause)

    def step(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        """As the computer's."""
        actuators = self._computer.step(sensor_values)
        step = int(sensor_values[0])
        if self._starts == 1 and step % ROW_PERIOD == 0:
            wanted = self._computer.computer.guidance
            axis = rotate(wanted.command_w, wanted.command_x, wanted.command_y, wanted.command_z, 1.0, 0.0, 0.0)
            self.axes[step] = to_earth_fixed(axis, step / STEPS_PER_SECOND)
        return actuators

    def packets(self) -> list[bytes]:
        """As the computer's."""
        return self._computer.packets()

    def end(self, reason: str) -> list[bytes]:
        """As the computer's."""
        return self._computer.end(reason)


def draw(title: str, rows: Rows, events: Sequence[TrueEvent], wanted: Mapping[int, Vector]) -> str:
    """An SVG page of a flight: six panels and the list of its events.

    `rows` are the truth's (columns as `sim.truth.COLUMNS`), `wanted` the commanded x axes by step, Earth-fixed.
    """
    flown = [row for row in rows if row[_PLACE["flown_s"]] >= 0.0]
    marked = [event for event in events if event.flown_s is not None]
    times = [event.flown_s or 0.0 for event in marked]
    time_range = 0.0, max(1.0, *(row[_PLACE["flown_s"]] for row in flown)) if flown else 1.0
    panels = (
        ("altitude above the ellipsoid, km", _series(flown, "height_m", 1e-3), 1.0),
        ("speed relative to the Earth, m/s", _speeds(flown), 10.0),
        ("dynamic pressure, kPa", _series(flown, "dynamic_pressure_pa", 1e-3), 1.0),
        ("acceleration felt, m/s²", accelerations(flown), 1.0),
        ("attitude error (x axis), degrees", attitude_errors(flown, wanted), 0.1),
    )
    parts = [text(60.0, 45.0, title, 20.0), text(60.0, 66.0, _ending(flown))]
    corners = [(left, top) for top in TOPS for left in LEFTS]
    for (heading, points, least), corner in zip(panels, corners, strict=False):
        axes = Axes(*corner, *PANEL, time_range, spanning([0.0, *(y for _, y in points)], least))
        parts += [*frame(axes, heading, "seconds after lift-off"), *line(axes, points), *moments(axes, times)]
    parts += _ground_track(flown, times, corners[-1])
    parts += _event_list(marked)
    return page(WIDTH, HEIGHT, title, parts)


def write(folder: Path, name: str, drawing: str) -> Path:
    """Puts a drawing into a folder as NAME.svg. Raises Misuse."""
    path = folder / f"{name}.svg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise Misuse(f"--plot {folder}: cannot write there: {error}; name a folder that can be written") from error
    return path


def accelerations(rows: Rows) -> list[Point]:
    """Time after lift-off and specific force in m/s2, from the differences of velocity over two rows.

    In the Earth-fixed frame: change of velocity, Coriolis and centrifugal parts, less gravitation.
    """
    points = []
    turn, first, last = ROTATION_RATE, _PLACE["velocity_x_m_s"], _PLACE["velocity_z_m_s"]
    for before, row, after in zip(rows, rows[1:], rows[2:], strict=False):
        span = after[0] - before[0]
        x, y, z = row[_PLACE["position_x_m"] : _PLACE["position_z_m"] + 1]
        vx, vy, _ = row[first : last + 1]
        ax, ay, az = ((after[place] - before[place]) / span for place in range(first, last + 1))
        gx, gy, gz = gravitation(x, y, z)
        ax += -2.0 * turn * vy - turn * turn * x - gx
        ay += 2.0 * turn * vx - turn * turn * y - gy
        points.append((row[_PLACE["flown_s"]], math.hypot(ax, ay, az - gz)))
    return points


def attitude_errors(rows: Rows, wanted: Mapping[int, Vector]) -> list[Point]:
    """Time after lift-off and angle between the true x axis and the commanded one, degrees."""
    points = []
    for row in rows:
        axis = wanted.get(round(row[0] * STEPS_PER_SECOND))
        if axis is not None:
            w, x, y, z = row[_PLACE["attitude_w"] : _PLACE["attitude_z"] + 1]
            true = rotate(w, x, y, z, 1.0, 0.0, 0.0)
            # The chord keeps the digits that the cosine of a small angle loses.
            angle = 2.0 * math.asin(min(1.0, 0.5 * math.dist(true, axis)))
            points.append((row[_PLACE["flown_s"]], math.degrees(angle)))
    return points


def _ending(rows: Rows) -> str:
    if not rows:
        return "did not lift off"
    flown, height, perigee, apogee = (
        rows[-1][_PLACE[name]] for name in ("flown_s", "height_m", "perigee_m", "apogee_m")
    )
    orbit = f"perigee {perigee / 1e3:,.1f} km and apogee {apogee / 1e3:,.1f} km above the equatorial radius"
    return f"ends at T+{flown:.1f} s, {height / 1e3:,.1f} km high; {orbit}"


def _series(rows: Rows, column: str, scale: float) -> list[Point]:
    return [(row[_PLACE["flown_s"]], scale * row[_PLACE[column]]) for row in rows]


def _speeds(rows: Rows) -> list[Point]:
    first = _PLACE["velocity_x_m_s"]
    return [(row[_PLACE["flown_s"]], math.hypot(*row[first : first + 3])) for row in rows]


def _ground_track(rows: Rows, times: Sequence[float], corner: Point) -> list[str]:
    """Longitude and latitude, a kilometre as long to the east as to the north in the middle of the track."""
    track: list[Point] = []
    for row in rows:
        east = row[_PLACE["longitude_deg"]]
        if track:
            east += 360.0 * round((track[-1][0] - east) / 360.0)
        track.append((east, row[_PLACE["latitude_deg"]]))
    if not track:
        track = [(0.0, 0.0)]
    middle_x, middle_y = (0.5 * (min(part) + max(part)) for part in zip(*track, strict=True))
    shrink = max(0.1, math.cos(math.radians(middle_y)))
    wide, high = (max(part) - min(part) for part in zip(*track, strict=True))
    a_pixel = 1.15 * max(wide * shrink / PANEL[0], high / PANEL[1], 0.02 / PANEL[1])
    half_x, half_y = 0.5 * PANEL[0] * a_pixel / shrink, 0.5 * PANEL[1] * a_pixel
    axes = Axes(*corner, *PANEL, (middle_x - half_x, middle_x + half_x), (middle_y - half_y, middle_y + half_y))
    flown = [row[_PLACE["flown_s"]] for row in rows]
    places = []
    for number, time in enumerate(times, 1):
        place = min(range(len(flown)), key=lambda place: abs(flown[place] - time), default=0)
        places.append((number, track[place]))
    scale = round_step(PANEL[0] * a_pixel * _KILOMETRES_A_DEGREE, 4)
    length = scale / _KILOMETRES_A_DEGREE / a_pixel
    bottom = corner[1] + PANEL[1] - 12.0
    return [
        *frame(axes, "ground track: latitude, degrees", "longitude, degrees east"),
        *line(axes, track),
        *spots(axes, places),
        f'<path d="M{corner[0] + 12.0:.1f} {bottom:.1f}h{length:.1f}" stroke="#222" stroke-width="3"/>',
        text(corner[0] + 12.0, bottom - 6.0, f"{scale:g} km"),
    ]


def _event_list(events: Sequence[TrueEvent]) -> list[str]:
    parts = [text(60.0, 1200.0, "true events, seconds after lift-off", 13.0)]
    for place, event in enumerate(events):
        column, row = divmod(place, 8)
        x, y = 60.0 + 310.0 * column, 1224.0 + 22.0 * row
        parts += [
            text(x + 18.0, y, str(place + 1), 12.0, "end", "#1f5fa8"),
            text(x + 28.0, y, event.name.replace("_", " "), 12.0),
            text(x + 270.0, y, f"{event.flown_s:.2f}", 12.0, "end"),
        ]
    return parts
