"""Dispersions: how one flight's vehicle and air differ from the next one's. One TOML file each."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from pathlib import Path

from flight.plans import checked
from sim.engine import LiquidEngine
from sim.motor import SolidMotor
from sim.parts import Boosters, Stage
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
    mixture: float
    """Of liquids: the ratio of oxidizer to fuel that burns over that which was loaded."""


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
        mixture=top.number("mixture", 0.0, _LARGEST, 0.0),
    )
    top.finish()
    return dispersions


def disperse(vehicle: Vehicle, dispersions: Dispersions, seed: int) -> Dispersed:
    """The vehicle and air of the flight with that seed, which decides them alone.

    Each quantity draws from a stream of its own, so that a new one leaves the others' draws as they were. Shape and
    places of the masses stay the vehicle's; boosters are dispersed together, as of one lot.
    """

    def draw(name: str) -> float:
        return random.Random(f"{seed}/dispersion/{name}").gauss(0.0, 1.0)

    def part(sigma: float, name: str) -> float:
        return 1.0 + sigma * draw(name)

    def motor_of(spec: Stage | Boosters, name: str) -> tuple[SolidMotor | LiquidEngine, float]:
        """The motor, and its chamber pressure."""
        specific_impulse = part(dispersions.specific_impulse, f"{name}/specific_impulse")
        propellant = part(dispersions.propellant, f"{name}/propellant")
        burn_time = part(dispersions.burn_time, f"{name}/burn_time")
        motor = burning(spec.motor, specific_impulse, propellant, burn_time)
        if isinstance(motor, LiquidEngine):
            # How fast it burns is the pumps' doing, not the load's.
            error = (1.0 + motor.mixture_error) * part(dispersions.mixture, f"{name}/mixture") - 1.0
            return replace(motor, mixture_error=error), spec.chamber_pressure_pa / burn_time
        # Chamber pressure goes with the flow of mass through the same throat.
        return motor, spec.chamber_pressure_pa * propellant / burn_time

    def stage(place: int, spec: Stage) -> Stage:
        name = f"stage_{place + 1}"
        motor, pressure = motor_of(spec, name)
        return replace(
            spec,
            motor=motor,
            dry_kg=spec.dry_kg * part(dispersions.dry_mass, f"{name}/dry_mass"),
            chamber_pressure_pa=pressure,
            misalignment_pitch=spec.misalignment_pitch + dispersions.misalignment * draw(f"{name}/misalignment_pitch"),
            misalignment_yaw=spec.misalignment_yaw + dispersions.misalignment * draw(f"{name}/misalignment_yaw"),
        )

    def beside(spec: Boosters) -> Boosters:
        motor, pressure = motor_of(spec, "boosters")
        dry_kg = spec.dry_kg * part(dispersions.dry_mass, "boosters/dry_mass")
        return replace(spec, motor=motor, chamber_pressure_pa=pressure, dry_kg=dry_kg)

    drag = part(dispersions.drag, "drag")
    flown = replace(
        vehicle,
        stages=tuple(stage(place, spec) for place, spec in enumerate(vehicle.stages)),
        boosters=None if vehicle.boosters is None else beside(vehicle.boosters),
        drag_coefficient=tuple(coefficient * drag for coefficient in vehicle.drag_coefficient),
    )
    return Dispersed(flown, part(dispersions.air_density, "air_density"))


def burning(
    motor: SolidMotor | LiquidEngine, specific_impulse: float, propellant: float, burn_time: float
) -> SolidMotor | LiquidEngine:
    """The motor with these ratios to its own values; its thrust follows from them, a liquid's not from its load."""
    if isinstance(motor, LiquidEngine):
        return replace(
            motor,
            propellant_kg=motor.propellant_kg * propellant,
            specific_impulse_s=motor.specific_impulse_s * specific_impulse,
            thrust_n=motor.thrust_n * specific_impulse / burn_time,
        )
    return SolidMotor(
        motor.propellant_kg * propellant,
        motor.specific_impulse_s * specific_impulse,
        motor.mean_thrust_n * specific_impulse * propellant / burn_time,
        motor.trace,
        motor.rise_s,
    )


def flight_seed(campaign_seed: int, flight: int) -> int:
    """The seed of one flight of a campaign, whoever flies it and in whatever order."""
    return random.Random(f"{campaign_seed}/{flight}").getrandbits(53)
