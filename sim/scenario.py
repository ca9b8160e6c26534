"""Scenarios: which vehicle flies which plan with which payload, and what goes wrong. One TOML file each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flight.plans import checked
from flight.wire.errors import Misuse
from sim import faults
from sim.faults import Fault

_FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One flight to be simulated. `end_s` after lift-off ends it where nothing else does."""

    name: str
    help: str
    vehicle: str
    plan: str
    payload_kg: float
    end_s: float
    faults: tuple[Fault, ...]


def names(vehicle: str) -> tuple[str, ...]:
    """The scenarios that come with the software for a vehicle."""
    return tuple(sorted(path.stem for path in (_FOLDER / vehicle).glob("*.toml")))


def load(vehicle: str, name_or_path: str) -> Scenario:
    """A vehicle's scenario by name, or the one in a file. Raises Misuse with file, key and reason."""
    path = _FOLDER / vehicle / f"{name_or_path}.toml"
    if name_or_path not in names(vehicle):
        path = Path(name_or_path)
        if not path.is_file():
            hint = checked.nearest(name_or_path, set(names(vehicle)))
            raise Misuse(f"scenario {name_or_path!r} of {vehicle}: no such scenario or file; {hint}")
    try:
        scenario = parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot read the scenario: {error}; give the path of a TOML file") from error
    if scenario.vehicle != vehicle:
        raise Misuse(f"{path.name}: vehicle: is {scenario.vehicle!r}, asked for was {vehicle!r}")
    return scenario


def parse(text: str, source: str) -> Scenario:
    """A scenario from TOML text. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    scenario = Scenario(
        name=top.text("name", 40),
        help=top.text("help", 400, ""),
        vehicle=top.text("vehicle", 16),
        plan=top.text("plan", 24),
        payload_kg=top.number("payload_kg", 0.0, 1e6),
        end_s=top.number("end_s", 1.0, 1e6, 3600.0),
        faults=tuple(faults.read(section) for section in top.sections("fault", 0, 20)),
    )
    top.finish()
    return scenario
