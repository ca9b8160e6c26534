"""The telemetry dictionary: packets and fields as frozen values, read from TOML and validated.

`default()` is the dictionary beside this file. A user's own vehicle brings its own file with the same syntax.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flight.wire.errors import Misuse
from flight.wire.limits import LEVELS, Limits, read_limits

HEADER_SIZE = 14
"""Bytes of the space packet's primary (6) and secondary (8) headers."""

MAX_USER_DATA = 232
"""Bytes of user data at most: header, user data and CRC-32 stay within one 250-byte frame."""

FULL = "full"
"""The profile of a link that carries every packet at its own rate."""

WIDTH = {"f32": 4, "f64": 8, "u8": 1, "u16": 2, "u32": 4, "i8": 1, "i16": 2, "i32": 4, "bool": 0}
"""Bytes after the msgpack tag; a bool is its tag."""

INTEGER_RANGE = {
    **{f"u{bits}": (0, (1 << bits) - 1) for bits in (8, 16, 32)},
    **{f"i{bits}": (-(1 << bits - 1), (1 << bits - 1) - 1) for bits in (8, 16, 32)},
}
"""Smallest and largest raw value of each integer type."""


@dataclass(frozen=True, slots=True)
class Field:
    """One channel of a packet. `type` is f32 f64 u8 u16 u32 i8 i16 i32 bool or textN; SI = raw x scale."""

    name: str
    type: str
    unit: str = ""
    scale: float = 1.0
    enumeration: Mapping[str, int] | None = None
    limits: Limits | None = None
    help: str = ""

    @property
    def text_length(self) -> int:
        """Bytes of text, 0 for numbers."""
        return int(self.type[4:]) if self.type.startswith("text") else 0

    @property
    def size(self) -> int:
        """Bytes on the wire, msgpack tag included."""
        return self.text_length + 2 if self.text_length else WIDTH[self.type] + 1


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet kind. `rate_hz` is 0 for packets that are sent on occasion; `on_change` adds one at each change."""

    name: str
    apid: int
    fields: tuple[Field, ...]
    rate_hz: float = 0.0
    on_change: bool = False
    help: str = ""

    @property
    def array_header(self) -> bytes:
        """msgpack's header of the one array: fixarray up to 15 elements, array 16 above."""
        count = len(self.fields)
        return bytes([0x90 | count]) if count <= 15 else b"\xdc" + count.to_bytes(2, "big")

    @property
    def size(self) -> int:
        """Bytes of the whole space packet, without CRC and framing."""
        return HEADER_SIZE + len(self.array_header) + sum(field.size for field in self.fields)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All packets by name, in the file's order; `text` is the file, so that a recording can carry it.

    `profiles` hold packets per second by packet, for radios that cannot carry what the packets themselves say.
    """

    name: str
    packets: Mapping[str, Packet]
    fingerprint: str
    text: str
    profiles: Mapping[str, Mapping[str, float]]

    def rates(self, profile: str) -> Mapping[str, float]:
        """Packets per second by packet, 0 for those that are not sent periodically; `full` is what the packets say.

        Raises Misuse for a profile that the dictionary does not have.
        """
        if profile == FULL:
            return {name: packet.rate_hz for name, packet in self.packets.items()}
        if profile not in self.profiles:
            raise Misuse(
                f"dictionary {self.name}: profile: there is no {profile!r}; one of {FULL}, {', '.join(self.profiles)}"
            )
        return {name: self.profiles[profile].get(name, 0.0) for name in self.packets}

    def at(self, profile: str) -> Dictionary:
        """The same packets, each at its rate in a profile; itself for `full`. Raises Misuse as `rates`."""
        if profile == FULL:
            return self
        rates = self.rates(profile)
        packets = {name: replace(packet, rate_hz=rates[name]) for name, packet in self.packets.items()}
        return replace(self, packets=packets)


@cache
def default() -> Dictionary:
    """The dictionary that comes with the software."""
    path = Path(__file__).with_name("dictionary.toml")
    return parse(path.read_text(encoding="utf-8"), path.name)


def read(path: Path) -> Dictionary:
    """A user's dictionary file. Raises Misuse where it cannot be read or has an error."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot read the dictionary: {error}; give the path of a TOML file") from error


def parse(text: str, source: str) -> Dictionary:
    """A dictionary from TOML text. Raises Misuse that names the source, the key and the reason."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"{source}: not valid TOML: {error}") from error
    _only(tree, {"name", "version", "enumeration", "packet", "profile"}, source, "")
    enumerations = _table(tree, "enumeration", source, "")
    for key in enumerations:
        values = _table(enumerations, key, source, "enumeration.")
        if not all(isinstance(v, int) and 0 <= v <= 255 for v in values.values()):
            raise Misuse(f"{source}: enumeration.{key}: every value must be an integer from 0 to 255")
    packets: dict[str, Packet] = {}
    apids: dict[int, str] = {}
    for name in (tables := _table(tree, "packet", source, "")):
        packet = _packet(name, _table(tables, name, source, "packet."), enumerations, source)
        if packet.apid in apids:
            raise Misuse(f"{source}: packet.{name}.apid: {packet.apid} is packet.{apids[packet.apid]}'s already")
        apids[packet.apid] = name
        packets[name] = packet
    if not packets:
        raise Misuse(f"{source}: packet: no packet is defined; add at least one [packet.NAME] table")
    profiles = _profiles(_table(tree, "profile", source, ""), packets, source)
    return Dictionary(str(tree.get("name", "")), packets, fingerprint(packets), text, profiles)


def fingerprint(packets: Mapping[str, Packet]) -> str:
    """First 8 bytes of SHA-256, in hexadecimal, over canonical JSON of what decoding depends on.

    That is every packet's APID and its fields' order, type, unit, scale and enumerations; not limits, rates or help.
    """
    layout = {
        str(packet.apid): [
            [f.name, f.type, f.unit, f.scale, None if f.enumeration is None else dict(f.enumeration)]
            for f in packet.fields
        ]
        for packet in packets.values()
    }
    canonical = json.dumps(layout, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:16]


def _divides(rate: object) -> bool:
    """A rate that is 0 or whole control steps apart."""
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 100:
        return False
    return not rate or abs(100 / rate - round(100 / rate)) < 1e-9


def _profiles(
    tables: Mapping[str, Any], packets: Mapping[str, Packet], source: str
) -> Mapping[str, Mapping[str, float]]:
    profiles: dict[str, Mapping[str, float]] = {}
    for name in tables:
        rates = _table(tables, name, source, "profile.")
        _only(rates, set(packets), source, f"profile.{name}.")
        for key, rate in rates.items():
            if not _divides(rate):
                raise Misuse(f"{source}: profile.{name}.{key}: must divide the control rate, 100 Hz")
        if not rates.get("identity", 1) or ("identity" in packets and "identity" not in rates):
            raise Misuse(f"{source}: profile.{name}.identity: without it nobody knows who speaks; 1 is usual")
        profiles[name] = {key: float(rate) for key, rate in rates.items()}
    return profiles


def _packet(name: str, table: Mapping[str, Any], enumerations: Mapping[str, Any], source: str) -> Packet:
    where = f"packet.{name}"
    _only(table, {"apid", "rate_hz", "on_change", "help", "fields"}, source, where + ".")
    apid = table.get("apid")
    if not isinstance(apid, int) or isinstance(apid, bool) or not 0 <= apid <= 2046:
        raise Misuse(f"{source}: {where}.apid: must be an integer from 0 to 2046 (2047 is the idle packet's)")
    rate = table.get("rate_hz", 0)
    if not _divides(rate):
        raise Misuse(f"{source}: {where}.rate_hz: must divide the control rate, 100 Hz")
    rows = table.get("fields")
    if not isinstance(rows, list) or not rows:
        raise Misuse(f"{source}: {where}.fields: must be a list of at least one field")
    fields = tuple(_field(row, enumerations, source, f"{where}.fields[{index}]") for index, row in enumerate(rows))
    names = [field.name for field in fields]
    for field_name in names:
        if names.count(field_name) > 1:
            raise Misuse(f"{source}: {where}.{field_name}: the name is used twice")
    packet = Packet(name, apid, fields, float(rate), bool(table.get("on_change", False)), str(table.get("help", "")))
    if packet.size - HEADER_SIZE > MAX_USER_DATA:
        size = packet.size - HEADER_SIZE
        raise Misuse(f"{source}: {where}: {size} bytes of user data; split it, {MAX_USER_DATA} is the most")
    return packet


def _field(row: Any, enumerations: Mapping[str, Any], source: str, where: str) -> Field:
    if not isinstance(row, dict):
        raise Misuse(f"{source}: {where}: must be a table with name and type")
    _only(row, {"name", "type", "unit", "scale", "enumeration", "limits", "help"}, source, where + ".")
    name, kind = row.get("name"), row.get("type")
    if not isinstance(name, str) or not re.fullmatch(r"(?!header_)[a-z][a-z0-9_]*", name):
        raise Misuse(f"{source}: {where}.name: must be lower case letters, digits and _, and not begin with header_")
    if kind not in WIDTH and not (isinstance(kind, str) and re.fullmatch(r"text([1-9]\d{0,2})", kind)):
        raise Misuse(f"{source}: {where}.type: {kind!r} is none of {' '.join(WIDTH)} textN")
    scale = row.get("scale", 1.0)
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < abs(scale) < float("inf"):
        raise Misuse(f"{source}: {where}.scale: must be a finite number other than 0")
    enumeration = row.get("enumeration")
    if enumeration is not None and enumeration not in enumerations:
        raise Misuse(f"{source}: {where}.enumeration: there is no [enumeration.{enumeration}]")
    limits = None
    if "limits" in row:
        limits = read_limits(_table(row, "limits", source, where + "."), name, source, where + ".limits")
        _reachable(limits, str(kind), float(scale), source, where + ".limits")
    return Field(
        name,
        str(kind),
        str(row.get("unit", "")),
        float(scale),
        None if enumeration is None else dict(enumerations[enumeration]),
        limits,
        str(row.get("help", "")),
    )


def _reachable(limits: Limits, kind: str, scale: float, source: str, where: str) -> None:
    """Refuses a bound that no value of the type can pass: it would never be found out."""
    if kind == "bool" or kind.startswith("text"):
        raise Misuse(f"{source}: {where}: a {kind} has none")
    if kind not in INTEGER_RANGE:
        return
    low, high = sorted(bound * scale for bound in INTEGER_RANGE[kind])
    given = {key: limits.bound(key) for key in LEVELS}
    for phase, override in limits.phases.items():
        given |= {f"phases.{phase}.{key}": bound for key, bound in override.items() if key in LEVELS}
    for key, bound in given.items():
        if bound is not None and not low < bound < high:
            end = low if bound <= low else high
            raise Misuse(f"{source}: {where}.{key}: {kind} x {scale:g} ends at {end:g} and never gets there")


def _table(tree: Mapping[str, Any], key: str, source: str, prefix: str) -> Mapping[str, Any]:
    value = tree.get(key, {})
    if not isinstance(value, dict):
        raise Misuse(f"{source}: {prefix}{key}: must be a table")
    return value


def _only(table: Mapping[str, Any], known: set[str], source: str, prefix: str) -> None:
    for key in table:
        if key not in known:
            raise Misuse(f"{source}: {prefix}{key}: unknown key; one of {', '.join(sorted(known))}")
