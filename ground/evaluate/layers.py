"""The layers of the detection that can be switched off one by one: the table `[layers]` of the thresholds file."""

from __future__ import annotations

import re
import tomllib

from flight.wire.errors import Misuse


def names(thresholds: str) -> tuple[str, ...]:
    """The layers in a thresholds text; none where it has no such table."""
    return tuple(tomllib.loads(thresholds).get("layers", {}))


def without(thresholds: str, layer: str) -> str:
    """The same text with one layer off. Raises Misuse where there is no such layer."""
    head, found, rest = thresholds.partition("[layers]")
    body, bracket, tail = rest.partition("\n[")
    line = re.compile(rf"(?m)^({re.escape(layer)}\s*=\s*)([\w.]+)")
    changed, count = line.subn(lambda match: match[1] + ("false" if match[2] == "true" else "0"), body)
    if not found or count != 1:
        raise Misuse(f"thresholds: layers.{layer}: there is no such layer; one of {', '.join(names(thresholds))}")
    return head + found + changed + bracket + tail
