"""Profiles: what flights of a plan look like, in the mean and in their spread, as a campaign of simulated ones found.

A profile is the JSON file `envelope` that `vermilion campaign` writes (sim/campaigns/envelope.py documents it); those
beside the plans that come with the software are known by the plan's name. Everything in it is checked on load.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flight.geodesy import Vector
from flight.wire.errors import Misuse

_FOLDER = Path(__file__).parent / "profiles"
_LEAST = 10
"""Flights that a spread can be trusted from."""


@dataclass(frozen=True, slots=True)
class Burn:
    """One stage's burn at full seconds after its ignition, from 1 on: axial specific force and chamber pressure."""

    force: tuple[float, ...]
    force_deviation: tuple[float, ...]
    pressure: tuple[float, ...]
    pressure_deviation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """At full seconds after lift-off, from 1 on: mean height and speed with their variances, mean ECEF state.

    `half_width` is how far the impact point may lie beside the mean flight's, m, at the same seconds. SI throughout.
    """

    plan: str
    flights: int
    height: tuple[float, ...]
    speed: tuple[float, ...]
    height_variance: tuple[float, ...]
    speed_variance: tuple[float, ...]
    covariance: tuple[float, ...]
    states: tuple[tuple[Vector, Vector], ...]
    half_width: tuple[float, ...]
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
        raise Misuse(f"{source}: no profile: {error}; make one with vermilion campaign") from error
    if not isinstance(tree, dict) or not isinstance(tree.get("plan"), str):
        raise Misuse(f"{source}: plan: missing; a profile is the envelope that vermilion campaign writes")
    flights = tree.get("flights")
    if not isinstance(flights, int) or flights < _LEAST:
        raise Misuse(f"{source}: flights: a profile needs at least {_LEAST} of them; fly a larger campaign")
    height = _numbers(tree, "height_m", source)
    length = len(height)
    if not length:
        raise Misuse(f"{source}: height_m: there is not one second in it")
    positions = [_numbers(tree, f"position_{axis}_m", source, length) for axis in "xyz"]
    velocities = [_numbers(tree, f"velocity_{axis}_m_s", source, length) for axis in "xyz"]
    burns = tree.get("burns", {})
    if not isinstance(burns, dict):
        raise Misuse(f"{source}: burns: must be an object, a burn a stage")
    return Profile(
        plan=tree["plan"],
        flights=flights,
        height=height,
        speed=_numbers(tree, "speed_m_s", source, length),
        height_variance=_numbers(tree, "height_variance_m2", source, length),
        speed_variance=_numbers(tree, "speed_variance_m2_s2", source, length),
        covariance=_numbers(tree, "covariance_m2_s", source, length),
        states=tuple(zip(zip(*positions, strict=True), zip(*velocities, strict=True), strict=True)),
        half_width=_numbers(tree, "corridor_half_width_m", source, length),
        burns={int(stage): _burn(burn, f"{source}: burns.{stage}") for stage, burn in burns.items() if stage.isdigit()},
    )


def at(values: tuple[float, ...], time_s: float) -> float | None:
    """A value between the full seconds of a row that begins at 1 s; None outside."""
    place = time_s - 1.0
    if not 0.0 <= place <= len(values) - 1:
        return None
    index = min(int(place), len(values) - 2)
    return values[index] + (place - index) * (values[index + 1] - values[index]) if index >= 0 else values[0]


def _burn(tree: object, source: str) -> Burn:
    if not isinstance(tree, dict):
        raise Misuse(f"{source}: must be an object")
    force = _numbers(tree, "force_m_s2", source)
    others = ("force_deviation_m_s2", "pressure_pa", "pressure_deviation_pa")
    return Burn(force, *(_numbers(tree, key, source, len(force)) for key in others))


def _numbers(tree: Mapping[str, object], key: str, source: str, length: int | None = None) -> tuple[float, ...]:
    values = tree.get(key)
    if not isinstance(values, list) or any(
        isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) for value in values
    ):
        raise Misuse(f"{source}: {key}: must be a list of finite numbers")
    if length is not None and len(values) != length:
        raise Misuse(f"{source}: {key}: has {len(values)} seconds, height_m or force_m_s2 beside it {length}")
    return tuple(map(float, values))
