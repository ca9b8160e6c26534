"""Profiles: what flights of a plan look like, in the mean and in their spread, as a campaign of simulated ones found.

A profile is the JSON file that `vermilion campaign --profile` writes (sim/campaigns/envelope.py and burns.py document
it); those beside this module are known by their plan's name. Everything in it is checked on load.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

from flight.geodesy import Vector
from flight.wire.errors import Misuse
from flight.wire.limits import Override, read_override

_FOLDER = Path(__file__).parent / "profiles"
_FORMAT = 2
_LEAST = 10
"""Flights that a spread can be trusted from."""

Numbers: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """A stage event that follows another one regularly: which, and so long after it at the latest."""

    after: str
    after_latest_s: float


@dataclass(frozen=True, slots=True)
class BurnEnd:
    """What a whole burn comes to: sensed speed, m/s, counted as in `Burn`, and seconds, with their deviations."""

    delta_v: float
    delta_v_deviation: float
    burn_s: float
    burn_deviation_s: float


@dataclass(frozen=True, slots=True)
class Burn:
    """One stage's burn over the speed sensed since one second after its ignition, m/s, in SI.

    `..._part` is the deviation of the ratio to the mean, `..._change` that of the ratio's change within four seconds.
    """

    delta_v: Numbers
    force: Numbers
    force_part: Numbers
    force_change: Numbers
    pressure: Numbers
    pressure_part: Numbers
    pressure_change: Numbers
    end: BurnEnd | None


@dataclass(frozen=True, slots=True)
class Profile:
    """At `times`, seconds after lift-off: mean height and speed, their deviations and correlation, mean ECEF state.

    `events` are those that follow another one. The impact point may lie `half_width` beside that of the mean flight,
    `wide_half_width` from `wide_from_s` on.
    `limits` are by phase of flight and channel. SI throughout.
    """

    plan: str
    flights: int
    times: Numbers
    height: Numbers
    speed: Numbers
    height_deviation: Numbers
    speed_deviation: Numbers
    correlation: Numbers
    states: tuple[tuple[Vector, Vector], ...]
    half_width: float
    wide_half_width: float
    wide_from_s: float
    events: Mapping[str, Expected]
    limits: Mapping[str, Mapping[str, Override]]
    burns: Mapping[int, Burn]


def texts() -> dict[str, str]:
    """The profiles that come with the software, by plan."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.json"))}


def read(path: Path) -> tuple[str, str]:
    """The plan and the text of a user's own profile. Raises Misuse with the file and the reason."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot read the profile: {error}") from error
    return parse(text, str(path)).plan, text


@cache
def parse(text: str, source: str) -> Profile:
    """A profile from JSON text. Raises Misuse that names the source, the key and the reason."""
    try:
        tree = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Misuse(f"{source}: no profile: {error}; make one with vermilion campaign --profile") from error
    if not isinstance(tree, dict) or not isinstance(tree.get("plan"), str):
        raise Misuse(f"{source}: plan: missing; vermilion campaign --profile writes profiles")
    if tree.get("profile") != _FORMAT:
        raise Misuse(f"{source}: profile: this program reads format {_FORMAT}; make it anew with vermilion campaign")
    flights = tree.get("flights")
    if isinstance(flights, bool) or not isinstance(flights, int) or flights < _LEAST:
        raise Misuse(f"{source}: flights: a profile needs at least {_LEAST} of them; fly a larger campaign")
    times = _rising(tree, "time_s", source)
    length = len(times)
    positions = [_numbers(tree, f"position_{axis}_m", source, length) for axis in "xyz"]
    velocities = [_numbers(tree, f"velocity_{axis}_m_s", source, length) for axis in "xyz"]
    corridor = _table(tree, "corridor", source)
    half_width = _number(corridor, "half_width_m", f"{source}: corridor")
    wide = "wide_half_width_m" in corridor
    return Profile(
        plan=tree["plan"],
        flights=flights,
        times=times,
        height=_numbers(tree, "height_m", source, length),
        speed=_numbers(tree, "speed_m_s", source, length),
        height_deviation=_numbers(tree, "height_deviation_m", source, length),
        speed_deviation=_numbers(tree, "speed_deviation_m_s", source, length),
        correlation=_numbers(tree, "correlation", source, length),
        states=tuple(zip(zip(*positions, strict=True), zip(*velocities, strict=True), strict=True)),
        half_width=half_width,
        wide_half_width=_number(corridor, "wide_half_width_m", f"{source}: corridor") if wide else half_width,
        wide_from_s=_number(corridor, "time_s", f"{source}: corridor") if wide else math.inf,
        events=_events(tree, source),
        limits={
            phase: {
                channel: read_override(override, source, f"limits.{phase}.{channel}")
                for channel, override in _table(_table(tree, "limits", source), phase, source).items()
            }
            for phase in _table(tree, "limits", source)
        },
        burns={
            int(stage): _burn(burn, f"{source}: burns.{stage}")
            for stage, burn in _table(tree, "burns", source).items()
            if stage.isdigit()
        },
    )


def place(places: Numbers, at: float) -> tuple[int, float] | None:
    """Where a value lies among rising ones: the place before it and how far it is to the next; None outside."""
    if not places[0] <= at <= places[-1]:
        return None
    index = min(bisect_right(places, at) - 1, len(places) - 2)
    return index, (at - places[index]) / (places[index + 1] - places[index])


def between(values: Numbers, where: tuple[int, float]) -> float:
    """The value there, on a straight line."""
    index, part = where
    return values[index] + part * (values[index + 1] - values[index])


def _events(tree: Mapping[str, object], source: str) -> dict[str, Expected]:
    events = _table(tree, "events", source)
    found = {}
    for name, row in events.items():
        where = f"{source}: events.{name}"
        if not isinstance(row, dict):
            raise Misuse(f"{where}: must be an object")
        earliest_s, latest_s = _numbers(row, "window_s", where, 2)
        if not earliest_s <= _number(row, "mean_s", where) <= latest_s:
            raise Misuse(f"{where}: window_s: must have mean_s in it")
        if (after := row.get("after")) is None:
            continue
        if not isinstance(after, str) or after not in events or after == name:
            raise Misuse(f"{where}: after: there is no event {after!r}")
        found[name] = Expected(after, _numbers(row, "after_window_s", where, 2)[1])
    return found


def _burn(tree: object, source: str) -> Burn:
    if not isinstance(tree, dict):
        raise Misuse(f"{source}: must be an object")
    delta_v = _rising(tree, "delta_v_m_s", source)
    keys = ("force_m_s2", "force_part", "force_change_part", "pressure_pa", "pressure_part", "pressure_change_part")
    rows = [_numbers(tree, key, source, len(delta_v)) for key in keys]
    whole = _table(tree, "end", source)
    of_end = ("delta_v_m_s", "delta_v_deviation_m_s", "burn_s", "burn_deviation_s")
    end = BurnEnd(*(_number(whole, key, f"{source}.end") for key in of_end)) if whole else None
    return Burn(delta_v, rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], end)


def _table(tree: Mapping[str, object], key: str, source: str) -> Mapping[str, object]:
    value = tree.get(key, {})
    if not isinstance(value, dict):
        raise Misuse(f"{source}: {key}: must be an object")
    return value


def _number(tree: Mapping[str, object], key: str, source: str) -> float:
    value = tree.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misuse(f"{source}: {key}: must be a finite number")
    return float(value)


def _rising(tree: Mapping[str, object], key: str, source: str) -> Numbers:
    values = _numbers(tree, key, source)
    if len(values) < 2 or any(after <= before for before, after in pairwise(values)):
        raise Misuse(f"{source}: {key}: must be two numbers or more, each larger than the one before")
    return values


def _numbers(tree: Mapping[str, object], key: str, source: str, length: int | None = None) -> Numbers:
    values = tree.get(key)
    if not isinstance(values, list) or any(
        isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) for value in values
    ):
        raise Misuse(f"{source}: {key}: must be a list of finite numbers")
    if length is not None and len(values) != length:
        raise Misuse(f"{source}: {key}: has {len(values)} numbers, the rows beside it {length}")
    return tuple(map(float, values))
