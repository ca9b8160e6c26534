"""Dispersions: how one flight's vehicle and air differ from the next one's. One TOML file each."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from pathlib import Path

from flight.plans import checked
from sim.engine import LiquidEngine
from sim.motor import SolidMotor
from sim.parts import Stage
from sim.vehicle import Vehicle

_FOLDER = Path(__file__).parent / "dispersions"
_LARGEST = 0.1
"""Of a relative sigma: ten of them make nothing of the value, and so many are never drawn."""


@dataclass(frozen=True, slots=True)
class Dispersions:
    """One sigma of independent normal errors: parts of the value, misalignment in radians."""

    name: str
    help: str
    specific_impulse: float
    propellant: float
    burn_time: float
    dry_mass: float
    air_density: float
    drag: float
    misalignment: float


@dataclass(frozen=True, slots=True)
class Dispersed:
    """One flight's vehicle, and the density of its air over the standard atmosphere's."""

    vehicle: Vehicle
    density_ratio: float


def names() -> tuple[str, ...]:
    """The dispersions that come with the software."""
    return checked.names(_FOLDER)


def text(name_or_path: str) -> str:
    """A dispersions file as it stands. Raises Misuse for a name that is not known and a file that cannot be read."""
    return checked.read(_FOLDER, name_or_path, "dispersions")[0]


def load(name_or_path: str) -> Dispersions:
    """The dispersions of that name, or in that file. Raises Misuse with file, key and reason."""
    return parse(*checked.read(_FOLDER, name_or_path, "dispersions"))


def parse(text: str, source: str) -> Dispersions:
    """Dispersions from TOML text. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    dispersions = Dispersions(
        name=top.text("name", 40),
        help=top.text("help", 400, ""),
        specific_impulse=top.number("specific_impulse", 0.0, _LARGEST),
        propellant=top.number("propellant", 0.0, _LARGEST),
        burn_time=top.number("burn_time", 0.0, _LARGEST),
        dry_mass=top.number("dry_mass", 0.0, _LARGEST),
        air_density=top.number("air_density", 0.0, _LARGEST),
        drag=top.number("drag", 0.0, _LARGEST),
        misalignment=math.radians(top.number("misalignment_deg", 0.0, 5.0)),
    )
    top.finish()
    return dispersions


def disperse(vehicle: Vehicle, dispersions: Dispersions, seed: int) -> Dispersed:
    """The vehicle and air of the flight with that seed, which decides them alone.

    Each quantity draws from a stream of its own, so that a new one leaves the others' draws as they were. Shape and
    places of the masses stay the vehicle's.
    """

    def draw(name: str) -> float:
        return random.Random(f"{seed}/dispersion/{name}").gauss(0.0, 1.0)

    def part(sigma: float, name: str) -> float:
        return 1.0 + sigma * draw(name)

    def stage(place: int, spec: Stage) -> Stage:
        name = f"stage_{place + 1}"
        propellant = part(dispersions.propellant, f"{name}/propellant")
        burn_time = part(dispersions.burn_time, f"{name}/burn_time")
        motor = burning(
            spec.motor, part(dispersions.specific_impulse, f"{name}/specific_impulse"), propellant, burn_time
        )
        return replace(
            spec,
            motor=motor,
            dry_kg=spec.dry_kg * part(dispersions.dry_mass, f"{name}/dry_mass"),
            # Chamber pressure goes with the flow of mass through the same throat.
            chamber_pressure_pa=spec.chamber_pressure_pa * propellant / burn_time,
            misalignment_pitch=spec.misalignment_pitch + dispersions.misalignment * draw(f"{name}/misalignment_pitch"),
            misalignment_yaw=spec.misalignment_yaw + dispersions.misalignment * draw(f"{name}/misalignment_yaw"),
        )

    drag = part(dispersions.drag, "drag")
    flown = replace(
        vehicle,
        stages=tuple(stage(place, spec) for place, spec in enumerate(vehicle.stages)),
        drag_coefficient=tuple(coefficient * drag for coefficient in vehicle.drag_coefficient),
    )
    return Dispersed(flown, part(dispersions.air_density, "air_density"))


def burning(
    motor: SolidMotor | LiquidEngine, specific_impulse: float, propellant: float, burn_time: float
) -> SolidMotor | LiquidEngine:
    """The motor with these ratios to its own values; its thrust follows from them. A liquid's burns are commanded."""
    thrust_n = motor.thrust_n if isinstance(motor, LiquidEngine) else motor.mean_thrust_n
    thrust_n = thrust_n * specific_impulse * propellant / burn_time
    if isinstance(motor, LiquidEngine):
        return replace(
            motor,
            propellant_kg=motor.propellant_kg * propellant,
            specific_impulse_s=motor.specific_impulse_s * specific_impulse,
            thrust_n=thrust_n,
        )
    return SolidMotor(
        motor.propellant_kg * propellant,
        motor.specific_impulse_s * specific_impulse,
        thrust_n,
        motor.trace,
        motor.rise_s,
    )


def flight_seed(campaign_seed: int, flight: int) -> int:
    """The seed of one flight of a campaign, whoever flies it and in whatever order."""
    return random.Random(f"{campaign_seed}/{flight}").getrandbits(53)
