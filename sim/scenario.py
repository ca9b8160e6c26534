"""Scenarios: which vehicle flies which plan with which payload, what launch control says and what goes wrong.

One TOML file each.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flight.plans import checked
from flight.plans import plan as plans
from flight.wire.errors import Misuse
from sim import expectation, faults, generic, launch
from sim import wind as winds
from sim.expectation import NOTHING, Expected
from sim.faults import Fault
from sim.faults.course import refuse
from sim.launch import Order
from sim.vehicle import Vehicle
from sim.wind import Profile

_FOLDER = Path(__file__).parent / "scenarios"
NOMINAL = "nominal"
WITHOUT_FAULTS = "-without-faults"
"""What the name of a scenario ends with whose faults were left out."""
BoardFault = Callable[[checked.Section], Fault]
"""Reads a fault of the computer's board or its wire: the bench that has one knows which there are."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One flight to be simulated. `end_s` after lift-off ends it where nothing else does.

    `wind` is a profile's name or file; its gusts are drawn from the flight's seed.
    """

    name: str
    help: str
    vehicle: str
    plan: str
    payload_kg: float
    end_s: float
    wind: Profile
    faults: tuple[Fault, ...]
    launch_control: tuple[Order, ...] = ()
    expected: Expected = NOTHING
    """What a station should say is wrong (`sim.expectation`)."""
    board_faults: tuple[Fault, ...] = ()
    """What happens to the board in the computer's place and to its wire."""

    def with_faults(self, arguments: Sequence[str]) -> Scenario:
        """The same with more faults, each as an argument (`sim.faults.parse`). Raises Misuse."""
        return replace(self, faults=(*self.faults, *(faults.parse(argument) for argument in arguments)))

    def without_faults(self) -> Scenario:
        """The same flight as it was meant to be, under a name that says so; itself where nothing goes wrong."""
        return replace(self, name=f"{self.name}{WITHOUT_FAULTS}", faults=()) if self.faults else self


def names(vehicle: str) -> tuple[str, ...]:
    """The scenarios that come with the software for a vehicle: its own, then those for any."""
    own = checked.names(_FOLDER / vehicle)
    return (*own, *(name for name in generic.names() if name not in own))


def possible(vehicle: Vehicle) -> tuple[str, ...]:
    """Those of them whose faults are in parts that the vehicle has."""
    found = []
    for name in names(vehicle.name):
        scenario = load(vehicle.name, name)
        with contextlib.suppress(Misuse):
            for fault in scenario.faults:
                refuse(fault, vehicle)
            found.append(name)
    return tuple(found)


def text(vehicle: str, name_or_path: str) -> str:
    """A vehicle's own scenario's file as it stands. Raises Misuse for one that cannot be read."""
    return checked.read(_FOLDER / vehicle, name_or_path, f"{vehicle} scenario")[0]


def load(vehicle: str, name_or_path: str, board_fault: BoardFault | None = None) -> Scenario:
    """A vehicle's scenario by name, or the one in a file. Raises Misuse with file, key and reason.

    Faults of a board ([[board_fault]]) need somebody who reads them; without one a scenario that has any is refused.

    A plan's file is looked for beside the scenario's. A name that the vehicle has no scenario of its own for is one for
    any vehicle, on top of its nominal flight.
    """
    if name_or_path in generic.names() and name_or_path not in checked.names(_FOLDER / vehicle):
        nominal = load(vehicle, NOMINAL)
        added = generic.load(name_or_path, plans.load(nominal.plan))
        end_s = nominal.end_s if added.end_s is None else added.end_s
        return replace(
            nominal, name=added.name, help=added.help, end_s=end_s, faults=added.faults, expected=added.expected
        )
    text, source = checked.read(_FOLDER / vehicle, name_or_path, f"{vehicle} scenario")
    scenario = parse(text, source, board_fault)
    beside = Path(name_or_path).parent / scenario.plan
    if beside.is_file():
        scenario = replace(scenario, plan=str(beside))
    if scenario.vehicle != vehicle:
        raise Misuse(f"{source}: vehicle: is {scenario.vehicle!r}, asked for was {vehicle!r}")
    if scenario.expected.alarms:
        expectation.check(scenario.expected, plans.load(scenario.plan), source)
    return scenario


def parse(text: str, source: str, board_fault: BoardFault | None = None) -> Scenario:
    """A scenario from TOML text. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    found = tuple(faults.read(section) for section in top.sections("fault", 0, 20))
    of_board = top.sections("board_fault", 0, 20)
    if of_board and board_fault is None:
        raise top.refuse("board_fault", "here flies no board; fly it with ./run hil --board unicorn, qemu or a port")
    happening = tuple(board_fault(section) for section in of_board) if board_fault is not None else ()
    scenario = Scenario(
        name=top.text("name", 40),
        help=top.text("help", 400, ""),
        vehicle=top.text("vehicle", 16),
        plan=top.text("plan", 400),
        payload_kg=top.number("payload_kg", 0.0, 1e6),
        end_s=top.number("end_s", 1.0, 1e6, 3600.0),
        wind=winds.load(top.text("wind", 64, winds.USUAL)),
        faults=found,
        launch_control=tuple(launch.read(section) for section in top.sections("launch_control", 0, 40)),
        expected=expectation.read(top, top.sections("expect", 0, 20), (*found, *happening)),
        board_faults=happening,
    )
    launch.check(scenario.launch_control, top)
    top.finish()
    return scenario
