"""What really happened: true events and, where asked for, the true state over time. The station never sees it."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flight.geodesy import ROTATION_RATE, to_earth_fixed, to_geodetic
from flight.wire.errors import Misuse
from sim.earth import orbit_heights
from sim.world import STEP_S, World

ORBIT_PERIGEE_M = 100e3
"""From this perigee on a path counts as an orbit."""
PARQUET = ".parquet"
ROW_PERIOD = 10
"""Steps between two rows of the true state."""

COLUMNS = (
    "time_s",
    "flown_s",
    "latitude_deg",
    "longitude_deg",
    "height_m",
    "position_x_m",
    "position_y_m",
    "position_z_m",
    "velocity_x_m_s",
    "velocity_y_m_s",
    "velocity_z_m_s",
    "attitude_w",
    "attitude_x",
    "attitude_y",
    "attitude_z",
    "rate_x_rad_s",
    "rate_y_rad_s",
    "rate_z_rad_s",
    "mass_kg",
    "dynamic_pressure_pa",
    "flow_angle_rad",
    "tank_pressure_pa",
    "perigee_m",
    "apogee_m",
)
"""Of the state rows: Earth-fixed position and Earth-relative velocity, attitude body to Earth-fixed, orbit heights.

`flow_angle_rad` is between the x axis and the motion through the air; dynamic pressure times it bends the vehicle.
"""


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """Something that happened: seconds since step 0, and after lift-off (None before it)."""

    name: str
    time_s: float
    flown_s: float | None


class Truth:
    """Keeps the true events of one flight, and its state rows if `rows` is asked for.

    Besides what the world itself reports (ignitions, lift-off, burnouts, separations): `max_q`, `apogee` (the first
    loss of height after lift-off), `orbit_insertion` (the last burnout, where the perigee is then an orbit's),
    `attitude_loss` (reported by the mission), `impact`.
    """

    def __init__(self, rows: bool = False) -> None:
        self._found: dict[str, float] = {}
        self._liftoff_s: float | None = None
        self._largest = (0.0, 0.0)
        self._height_m = -math.inf
        self._inserted = False
        """Whether the last burnout has been looked at."""
        self.rows: list[tuple[float, ...]] | None = [] if rows else None

    @property
    def events(self) -> tuple[TrueEvent, ...]:
        """In order of time."""
        found = dict(self._found)
        if self._largest[0] > 0.0:
            found["max_q"] = self._largest[1]
        start = self._liftoff_s
        return tuple(
            TrueEvent(name, time_s, None if start is None else time_s - start)
            for name, time_s in sorted(found.items(), key=lambda item: item[1])
        )

    def time_s(self, name: str) -> float | None:
        """When an event happened, seconds after lift-off; None where it has not."""
        return next((event.flown_s for event in self.events if event.name == name), None)

    def happened(self, name: str) -> bool:
        """Whether an event has been reported."""
        return name in self._found

    def since(self, name: str, now_s: float) -> float | None:
        """Seconds since an event, at a time since step 0."""
        return now_s - self._found[name] if name in self._found else None

    def report(self, name: str, time_s: float) -> None:
        """Takes note of an event; only the first of a name counts."""
        self._found.setdefault(name, time_s)
        if name == "liftoff":
            self._liftoff_s = time_s

    def watch(self, world: World) -> None:
        """Looks at the world after each step."""
        if self.rows is not None and world.step % ROW_PERIOD == 0:
            self.rows.append(_row(world))
        if self._liftoff_s is None:
            return
        motion = world.motion
        began_s = world.time_s - STEP_S
        if motion.dynamic_pressure > self._largest[0] and "apogee" not in self._found:
            self._largest = (motion.dynamic_pressure, began_s)
        if motion.height < self._height_m:
            self._found.setdefault("apogee", began_s)
        self._height_m = motion.height
        if world.burnt_out[-1] and not self._inserted and not world.pushed:
            self._inserted = True
            if orbit_heights(world.position, world.velocity)[0] > ORBIT_PERIGEE_M:
                last = world.vehicle.number_of(len(world.burnt_out) - 1)
                self.report("orbit_insertion", self._found[f"stage_{last}_burnout"])

    def write_events(self, path: Path) -> None:
        """The events as CSV: name, time_s, flown_s. Raises Misuse where the file cannot be written."""
        rows = [(event.name, f"{event.time_s:.4f}", _shown(event.flown_s)) for event in self.events]
        _write(path, ("name", "time_s", "flown_s"), rows)

    def write_rows(self, path: Path) -> None:
        """The state rows with `COLUMNS`, as Parquet where the file's name ends so, else as CSV; empty where no rows
        were asked for. Raises Misuse where the file cannot be written.
        """
        if path.suffix == PARQUET:
            _write_parquet(path, self.rows or [])
        else:
            _write(path, COLUMNS, [tuple(f"{value:.9g}" for value in row) for row in self.rows or []])


def check_name(path: Path) -> None:
    """Raises Misuse where what a truth file's name asks for cannot be written here; flights take long."""
    if path.suffix == PARQUET and importlib.util.find_spec("pyarrow") is None:
        raise Misuse(f"{path}: Parquet needs the extra analysis: pip install pyarrow, or give a name that ends in .csv")


def _write_parquet(path: Path, rows: Sequence[tuple[float, ...]]) -> None:
    check_name(path)
    pyarrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    arrays = [pyarrow.array(column, pyarrow.float64()) for column in columns]
    try:
        parquet.write_table(pyarrow.Table.from_arrays(arrays, names=COLUMNS), path)
    except OSError as error:
        raise Misuse(f"{path}: cannot write the truth: {error}") from error


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _write(path: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise Misuse(f"{path}: cannot write the truth: {error}") from error


def _row(world: World) -> tuple[float, ...]:
    time_s = world.time_s
    px, py, _ = world.position
    vx, vy, vz = world.velocity
    position = to_earth_fixed(world.position, time_s)
    velocity = to_earth_fixed((vx + ROTATION_RATE * py, vy - ROTATION_RATE * px, vz), time_s)
    place = to_geodetic(*position)
    perigee, apogee = orbit_heights(world.position, world.velocity)
    return (
        time_s,
        math.nan if world.liftoff_s is None else time_s - world.liftoff_s,
        math.degrees(place.latitude),
        math.degrees(place.longitude),
        place.height,
        *position,
        *velocity,
        *earth_fixed_attitude(world.state, time_s),
        *world.state[10:13],
        world.mass_kg,
        world.motion.dynamic_pressure,
        world.motion.flow_angle,
        world.tank.pressure_pa,
        perigee,
        apogee,
    )


def earth_fixed_attitude(state: tuple[float, ...], time_s: float) -> tuple[float, float, float, float]:
    """The quaternion body to Earth-fixed of a state."""
    sine, cosine = math.sin(-0.5 * ROTATION_RATE * time_s), math.cos(-0.5 * ROTATION_RATE * time_s)
    w, x, y, z = state[6:10]
    return cosine * w - sine * z, cosine * x - sine * y, cosine * y + sine * x, cosine * z + sine * w
