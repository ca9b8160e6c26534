"""The dictionary as C: a header that hand-written firmware programs against, and the tables behind it.

For each packet a record of its fields and a `vermilion_layout` (core/packet.h), so that one encoder and one decoder do
for all; further the APIDs, sizes, periods, enumerations and the fingerprint.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from flight.wire.dictionary import Dictionary, Field, Packet
from flight.wire.packet import PROTOCOL, STEPS_PER_SECOND
from hil.firmware.comments import wrapped

NAME = "vermilion_dictionary"
OPENING = " * Made by hil/firmware/header.py from flight/wire/dictionary.toml; change it there, not here. */"


def header(dictionary: Dictionary) -> str:
    """The text of vermilion_dictionary.h."""
    guard = NAME.upper() + "_H"
    lines = [
        f"/* The packets of the dictionary `{dictionary.name}`.",
        OPENING,
        f"#ifndef {guard}",
        f"#define {guard}",
        "",
    ]
    lines += ["#include <stdbool.h>", "#include <stdint.h>", "", '#include "packet.h"', ""]
    lines += [f'#define VERMILION_FINGERPRINT "{dictionary.fingerprint}"', ""]
    lines += ["enum {", f"    VERMILION_PROTOCOL = {PROTOCOL},", "};", ""]
    lines += ["/* A packet kind's place in vermilion_layouts. */", "enum {"]
    lines += [f"    VERMILION_PACKET_{name.upper()}," for name in dictionary.packets]
    lines += ["    VERMILION_PACKETS,", "};", "", "enum {"]
    lines += [f"    VERMILION_APID_{name.upper()} = {packet.apid}," for name, packet in dictionary.packets.items()]
    lines += ["};", "", "/* Bytes of each packet, without CRC and framing. */", "enum {"]
    lines += [f"    VERMILION_SIZE_{name.upper()} = {packet.size}," for name, packet in dictionary.packets.items()]
    lines += ["};", "", "/* Control steps between two packets of a kind that is sent regularly. */", "enum {"]
    lines += [
        f"    VERMILION_PERIOD_{name.upper()} = {round(STEPS_PER_SECOND / packet.rate_hz)},"
        for name, packet in dictionary.packets.items()
        if packet.rate_hz
    ]
    lines.append("};")
    for enumeration, values in enumerations(dictionary).items():
        lines += ["", "enum {"]
        lines += [f"    VERMILION_{enumeration.upper()}_{key.upper()} = {value}," for key, value in values.items()]
        lines.append("};")
    for packet in dictionary.packets.values():
        lines += ["", *_record(packet)]
    lines += ["", "/* The records above on the wire, by VERMILION_PACKET_... */"]
    lines += ["extern const vermilion_layout vermilion_layouts[VERMILION_PACKETS];", "", "#endif", ""]
    return "\n".join(lines)


def source(dictionary: Dictionary) -> str:
    """The text of vermilion_dictionary.c."""
    lines = ["/* The dictionary's packets as tables.", OPENING, f'#include "{NAME}.h"']
    for packet in dictionary.packets.values():
        members = {field.name: _member_type(field) for field in packet.fields}
        lines += ["", *fields_table(packet, f"vermilion_packet_{packet.name}", members)]
    lines += ["", "const vermilion_layout vermilion_layouts[VERMILION_PACKETS] = {"]
    lines += [f"    {layout(packet)}," for packet in dictionary.packets.values()]
    return "\n".join([*lines, "};", ""])


def enumerations(dictionary: Dictionary) -> dict[str, dict[str, int]]:
    """The enumerations of the dictionary's file."""
    found: dict[str, dict[str, int]] = tomllib.loads(dictionary.text).get("enumeration", {})
    return found


def fields_table(packet: Packet, record: str, members: dict[str, str]) -> Iterator[str]:
    """A packet's fields as they stand in the C type `record`, whose members have the C types given."""
    yield f"static const vermilion_field {packet.name}_fields[] = {{"
    for field in packet.fields:
        wire = "TEXT" if field.text_length else field.type.upper()
        value = _VALUES[members[field.name]]
        place = f"offsetof({record}, {field.name})"
        yield f"    {{VERMILION_{wire}, VERMILION_{value}_VALUE, {place}, {field.text_length}}},"
    yield "};"


def layout(packet: Packet) -> str:
    """The initialiser of a packet's vermilion_layout, beneath its fields_table."""
    return f"{{{packet.apid}, {packet.size}, {len(packet.fields)}, {packet.name}_fields}}"


_VALUES = {"double": "DOUBLE", "int32_t": "INT", "uint32_t": "WORD", "bool": "BOOL", "char": "TEXT"}


def _member_type(field: Field) -> str:
    if field.text_length:
        return "char"
    if field.type in ("f32", "f64"):
        return "double"
    return {"bool": "bool", "u32": "uint32_t"}.get(field.type, "int32_t")


def _record(packet: Packet) -> Iterator[str]:
    if packet.help:
        yield f"/* {packet.help}. */"
    yield "typedef struct {"
    for field in packet.fields:
        size = f"[{field.text_length} + 1]" if field.text_length else ""
        scale = f"x {field.scale:g} {field.unit}" if field.scale != 1.0 else field.unit
        comment = "; ".join(filter(None, (f"{field.type}, {scale}" if scale else field.type, field.help)))
        yield from wrapped(f"{_member_type(field)} {field.name}{size};  // {comment}", 1)
    yield f"}} vermilion_packet_{packet.name};"


def write(dictionary: Dictionary, folder: Path) -> None:
    """Both files into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.h").write_text(header(dictionary), encoding="utf-8")
    (folder / f"{NAME}.c").write_text(source(dictionary), encoding="utf-8")
