"""Faults: what can go wrong with a vehicle, when and by how much. `KINDS` is the table of all of them."""

from sim.faults.course import Course
from sim.faults.fault import Choice, Fault, Kind, Number, Parts
from sim.faults.kinds import KINDS, parse, read
from sim.faults.paths import AT_REST, Downlink, Wiring

__all__ = [
    "AT_REST",
    "KINDS",
    "Choice",
    "Course",
    "Downlink",
    "Fault",
    "Kind",
    "Number",
    "Parts",
    "Wiring",
    "parse",
    "read",
]
