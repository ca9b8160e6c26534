"""What a dictionary's channels can show: the names by which detectors find them, and the events that follow."""

from __future__ import annotations

import re

from flight.plans.plan import FlightPlan
from flight.wire.dictionary import Packet
from flight.wire.packet import HEADER_VALUES
from ground.detect.separation import separation_name
from ground.detect.thrust import VERNIER

CHAMBER = re.compile(r"(stage_\d+|booster_\d+|vernier)_chamber_pressure")
WIRE = re.compile(r"(.+)_breakwire")
_BURN = re.compile(r"ignition|stage_\d+_(ignition|burnout)")
BOOSTER = re.compile(r"booster_\d+")

POSITION = ("position_x", "position_y", "position_z")
VELOCITY = ("velocity_x", "velocity_y", "velocity_z")


def part(wired: str) -> str:
    """The part whose separation a breakwire shows: boosters count as one."""
    return "booster" if BOOSTER.fullmatch(wired) else wired


def observable(
    channels: set[str], chambers: tuple[str, ...], parts: tuple[str, ...], plan: FlightPlan | None
) -> frozenset[str]:
    """Events that some channel can show."""
    first = 1 if plan is None else plan.first_stage
    names = {separation_name(part) for part in parts}
    for chamber in chambers:
        if BOOSTER.fullmatch(chamber):
            names.add("booster_burnout")
        elif chamber != VERNIER:
            names |= {"ignition" if chamber == f"stage_{first}" else f"{chamber}_ignition", f"{chamber}_burnout"}
            if VERNIER in chambers:
                names.add(f"{chamber}_main_cutoff")
    if "escape_motor" in channels:
        names.add("abort")
    if channels & {"specific_force_x", "axial_force_mean", "umbilical"}:
        names.add("liftoff")
    if not chambers and plan is not None and channels & {"specific_force_x", "axial_force_mean"}:
        names |= {event.name for event in plan.events if _BURN.fullmatch(event.name)}
    if channels.issuperset((*POSITION, *VELOCITY)):
        names |= {"liftoff", "max_q", "apogee", "orbit_insertion", "impact", "landing"}
    return frozenset(names)


def places(packet: Packet, *names: str) -> tuple[int, ...] | None:
    """Where fields stand among a packet's decoded values; None if one is missing."""
    index = {field.name: place for place, field in enumerate(packet.fields, HEADER_VALUES) if not field.text_length}
    return tuple(index[name] for name in names) if all(name in index for name in names) else None


def period(packets: list[Packet], channel: str, otherwise: float = 0.1) -> float:
    """Seconds between packets that carry a channel."""
    rates = [packet.rate_hz for packet in packets if any(field.name == channel for field in packet.fields)]
    return 1.0 / max(rates) if rates else otherwise
