"""The file of an operator's limits: what in it differs from the dictionary, as edits of a running station.

[power.bus_voltage]               # packet and field
warning_low = 25.0                # SI, as in the dictionary
critical_low = false              # not checked

[imu.specific_force_x.phases."*_burn"]
warning_high = 60.0               # in these phases of flight alone
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from flight.wire.errors import Misuse
from flight.wire.limits import BOUNDS
from ground.inputs import LimitEdit

Place: TypeAlias = tuple[str, str, str, str]
"""Packet, field, pattern of phases (empty: any) and bound."""
Edits: TypeAlias = Mapping[Place, float | None]
"""What an operator wants of each; None is not checked."""

HEAD = "# Limits that an operator has changed (vermilion limits lists, sets, unsets them). SI; false is not checked.\n"
_MOST = 1 << 20
"""Characters; a file of limits has a few thousand."""


def parse(text: str, source: str) -> dict[Place, float | None]:
    """The edits in a file. Raises Misuse that names the file, the key and the reason."""
    if len(text) > _MOST:
        raise Misuse(f"{source}: is longer than any file of limits")
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misuse(f"{source}: not valid TOML: {error}") from error
    found: dict[Place, float | None] = {}
    for packet, fields in tree.items():
        for field, table in _table(fields, f"{source}: {packet}").items():
            where = f"{source}: {packet}.{field}"
            bounds = dict(_table(table, where))
            phases = _table(bounds.pop("phases", {}), f"{where}.phases")
            for phase, own in (("", bounds), *phases.items()):
                there = f"{where}.phases.{phase}" if phase else where
                for bound, value in _table(own, there).items():
                    found[packet, field, phase, bound] = _value(bound, value, there)
    return found


def render(edits: Edits) -> str:
    """The file of these edits."""
    lines, table = [HEAD], ""
    for (packet, field, phase, bound), value in sorted(edits.items()):
        name = f"{_key(packet)}.{_key(field)}" + (f".phases.{_key(phase)}" if phase else "")
        if name != table:
            table = name
            lines.append(f"\n[{table}]\n")
        lines.append(f"{bound} = {'false' if value is None else repr(value)}\n")
    return "".join(lines)


def changes(before: Edits, after: Edits) -> Sequence[LimitEdit]:
    """What takes a station from one file to another, received at 0.

    Where several bounds of a field change, first none of them is checked, then each gets its new value: no step on the
    way has bounds out of order.
    """
    both = {*before, *after}
    places = sorted(p for p in both if (p in before, before.get(p)) != (p in after, after.get(p)))
    fields = [place[:2] for place in places]
    steps = [
        LimitEdit(0, packet, field, bound, None, phase)
        for packet, field, phase, bound in places
        if fields.count((packet, field)) > 1 or after.get((packet, field, phase, bound), 0.0) is None
    ]
    for place in places:
        packet, field, phase, bound = place
        if place not in after:
            steps.append(LimitEdit(0, packet, field, bound, None, phase, reset=True))
        elif after[place] is not None:
            steps.append(LimitEdit(0, packet, field, bound, after[place], phase))
    return steps


def _value(bound: str, value: object, where: str) -> float | None:
    if bound not in BOUNDS:
        raise Misuse(f"{where}.{bound}: unknown bound; one of {', '.join(BOUNDS)}")
    if value is False:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misuse(f"{where}.{bound}: must be a finite number, or false")
    return float(value)


def _table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Misuse(f"{where}: must be a table")
    return value


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)
