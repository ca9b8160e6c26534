"""Masses and planforms of simple bodies of revolution, for the numbers of a vehicle's file.

Stations are metres behind the nose's tip. A stage is drawn up as cylinders and tubes: `python -m sim.planning.layout
cylinder 24 45 3.3` prints the file's `{ centre_m, roll_m, pitch_m }`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from sim.masses import Place, all_joined, part


def cylinder(front: float, aft: float, diameter: float, bore: float = 0.0) -> Place:
    """A full cylinder, as of propellant, or one with a bore along its axis."""
    outer, inner = 0.5 * diameter, 0.5 * bore
    square = 0.5 * (outer * outer + inner * inner)
    return Place(0.5 * (front + aft), math.sqrt(square), math.sqrt(0.5 * square + (aft - front) ** 2 / 12.0))


def tube(front: float, aft: float, diameter: float) -> Place:
    """A thin tube, as of tank walls and interstages."""
    return cylinder(front, aft, diameter, diameter)


def together(parts: Iterable[tuple[float, Place]]) -> Place:
    """Several parts as one; each mass may be in any unit, or a share."""
    body = all_joined(part(mass, place) for mass, place in parts)
    return Place(body.centre, math.sqrt(body.roll / body.mass), math.sqrt(body.pitch / body.mass))


def planform(sections: Sequence[tuple[float, float, float, float]]) -> tuple[float, float]:
    """Area and station of its centre, seen from the side; sections are (front, aft, diameter in front, aft)."""
    area = moment = 0.0
    for front, aft, narrow, wide in sections:
        length = aft - front
        here = 0.5 * (narrow + wide) * length
        area += here
        moment += here * (front + length / 3.0 * (narrow + 2.0 * wide) / (narrow + wide))
    return area, moment / area


def pitch_damping(slope: float, lever: float, length: float) -> float:
    """Cmq of a normal force of that slope per radian at a lever from the centre of mass (R. C. Nelson, Flight
    Stability and Automatic Control, 3.5: -2 x slope x (lever / reference length)^2)."""
    return -2.0 * slope * (lever / length) ** 2


class Form(StrEnum):
    """What can be asked for on the command line."""

    cylinder = "cylinder"
    tube = "tube"


def main(
    form: Form,
    front: Annotated[float, typer.Argument(help="station of its front, m")],
    aft: Annotated[float, typer.Argument(help="station of its end, m")],
    diameter: Annotated[float, typer.Argument(help="m")],
    bore: Annotated[float, typer.Option(help="diameter of a cylinder's bore, m")] = 0.0,
) -> None:
    """Prints where such a part's mass is, as a vehicle's file has it."""
    place = tube(front, aft, diameter) if form is Form.tube else cylinder(front, aft, diameter, bore)
    typer.echo(written(place))


def written(place: Place) -> str:
    """As a vehicle's file has it."""
    return f"{{ centre_m = {place.centre_m:.2f}, roll_m = {place.roll_m:.2f}, pitch_m = {place.pitch_m:.2f} }}"


if __name__ == "__main__":
    typer.run(main)
