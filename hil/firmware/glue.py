"""What joins the translated flight logic to the wire, as C: which record is which packet, and the plans' numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path

from flight.onboard import PythonComputer
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import Dictionary, Packet
from flight.wire.packet import STEPS_PER_SECOND
from hil.firmware import state
from hil.firmware.comments import wrapped
from hil.firmware.expressions import literal
from hil.firmware.header import fields_table, layout
from hil.firmware.language import Program, Record, RecordType, Scalar
from hil.firmware.naming import SCALARS_IN_C, Names
from hil.firmware.state import PACKETS

FLIGHT = "vermilion_flight"
PLANS = "vermilion_plans"
_PLAIN = re.compile(r"[A-Za-z0-9 ._+-]")
OPENING = " * Made by hil/firmware/glue.py; change what it is made from, not this. */"


def flight_header(program: Program, names: Names) -> str:
    """The text of vermilion_flight.h."""
    count = len(_record(program, "Schedule").fields)
    places = [
        f"    VERMILION_PERIODIC_{name.upper()} = {place},"
        for place, name in enumerate(_record(program, "Schedule").fields)
    ]
    return "\n".join([
        "/* Which of the flight logic's records is which packet.", OPENING,
        "#ifndef VERMILION_FLIGHT_H", "#define VERMILION_FLIGHT_H", "",
        '#include "flight_computer.h"', '#include "packet.h"', '#include "vermilion_dictionary.h"', "",
        "/* The packets that the computer fills, in the order in which they are sent; the place is the bit in",
        " * Telemetry.due. */",
        "enum {", *places, f"    VERMILION_PERIODICS = {count},", "};", "",
        "typedef struct {",
        "    vermilion_layout layout;",
        "    uint16_t packet; /* VERMILION_PACKET_... */",
        "    uint16_t offset; /* of the record in Computer */",
        "} vermilion_periodic;", "",
        "extern const vermilion_periodic vermilion_periodics[VERMILION_PERIODICS];",
        "extern const vermilion_layout vermilion_sensors_layout;   /* of a Sensors */",
        "extern const vermilion_layout vermilion_actuators_layout; /* of an Actuators */", "",
        "/* The codes of events in the order in which they are sent; 0 ends them. */",
        "extern const uint8_t vermilion_event_codes[];", "",
        *state.declarations_in_c(program, names), "",
        "#endif", "",
    ])  # fmt: skip


def flight_source(program: Program, names: Names, dictionary: Dictionary) -> str:
    """The text of vermilion_flight.c."""
    lines = [
        "/* The flight logic's records as packets.",
        OPENING,
        f'#include "{FLIGHT}.h"',
        "",
        '#include "firmware.h"',
    ]
    telemetry = _record(program, "Telemetry").fields
    rows = []
    for name in _record(program, "Schedule").fields:
        kind = telemetry[name]
        assert isinstance(kind, RecordType)
        packet = dictionary.packets[name]
        lines += ["", *_fields(program, names, packet, kind)]
        rows.append(f"    {{{layout(packet)}, VERMILION_PACKET_{name.upper()}, offsetof(Computer, telemetry.{name})}},")
    for name, record in (("sensors", "Sensors"), ("actuators", "Actuators")):
        packet = dictionary.packets[name]
        lines += ["", *_fields(program, names, packet, RecordType(PACKETS, record)), ""]
        lines.append(f"const vermilion_layout vermilion_{name}_layout = {layout(packet)};")
    lines += ["", "const vermilion_periodic vermilion_periodics[VERMILION_PERIODICS] = {", *rows, "};", ""]
    codes = (dictionary.packets["event"].fields[0].enumeration or {}).values()
    lines += wrapped(f"const uint8_t vermilion_event_codes[] = {{{', '.join(map(str, codes))}, 0}};", 0)
    lines += state.in_c(program, names)
    return "\n".join([*lines, ""])


def plans_header() -> str:
    """The text of vermilion_plans.h."""
    return "\n".join([
        "/* The flight plans that are built in.", OPENING,
        "#ifndef VERMILION_PLANS_H", "#define VERMILION_PLANS_H", "", '#include "flight_computer.h"', "",
        "typedef struct {",
        "    const char *name;",
        "    const char *vehicle;",
        "    Plan plan;",
        "    Schedule periods;",
        "    int32_t identity_period; /* control steps */",
        "} vermilion_plan;", "",
        "extern const vermilion_plan vermilion_plans[];",
        "extern const uint32_t vermilion_plan_count;", "",
        "#endif", "",
    ])  # fmt: skip


def plans_source(dictionary: Dictionary, plans: Sequence[FlightPlan]) -> str:
    """The text of vermilion_plans.c: each plan as flight/onboard.py gives it to the computer at its start."""
    lines = ["/* The flight plans' numbers.", OPENING, f'#include "{PLANS}.h"', ""]
    lines.append("const vermilion_plan vermilion_plans[] = {")
    for plan in plans:
        computer = PythonComputer(plan)
        computer.start((plan.name, 1, 0, 0.0))
        started = computer.computer
        lines += ["    {", *wrapped(f".name = {_text(plan.name)}, .vehicle = {_text(plan.vehicle)},", 2)]
        lines += ["        .plan =", *_initialiser(started.plan, 3), "        .periods ="]
        lines += _initialiser(started.telemetry.periods, 3)
        period = round(STEPS_PER_SECOND / dictionary.rates(plan.telemetry)["identity"])
        lines += [f"        .identity_period = {period},", "    },"]
    lines += ["};", "", f"const uint32_t vermilion_plan_count = {len(plans)};", ""]
    return "\n".join(lines)


def write(program: Program, names: Names, dictionary: Dictionary, plans: Sequence[FlightPlan], folder: Path) -> None:
    """All four files into a folder that is there."""
    texts = {
        f"{FLIGHT}.h": flight_header(program, names),
        f"{FLIGHT}.c": flight_source(program, names, dictionary),
        f"{PLANS}.h": plans_header(),
        f"{PLANS}.c": plans_source(dictionary, plans),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _record(program: Program, name: str) -> Record:
    return program.records[RecordType(PACKETS, name)]


def _fields(program: Program, names: Names, packet: Packet, kind: RecordType) -> Iterator[str]:
    """A packet's fields as those of the same name in a record of the flight logic."""
    declared = program.records[kind].fields
    members = {name: SCALARS_IN_C[part.name] for name, part in declared.items() if isinstance(part, Scalar)}
    return fields_table(packet, names.of(kind), members)


def _initialiser(value: object, depth: int) -> Iterable[str]:
    """A record with a line for each field; the plan's texts are not in it."""
    assert is_dataclass(value)
    indent = "    " * depth
    yield f"{indent}{{"
    for field in fields(value):
        part = getattr(value, field.name)
        yield from wrapped(f".{field.name} = {_nested(part)},", depth + 1)
    yield f"{indent}}},"


def _nested(value: object) -> str:
    if isinstance(value, tuple):
        return "{" + ", ".join(_nested(part) for part in value) + "}"
    if is_dataclass(value):
        return (
            "{" + ", ".join(f".{field.name} = {_nested(getattr(value, field.name))}" for field in fields(value)) + "}"
        )
    assert isinstance(value, bool | int | float)
    return literal(value)


def _text(text: str) -> str:
    """A C string; what is not a letter, digit, space or mark that means itself becomes octal."""
    return '"' + "".join(chr(byte) if _PLAIN.match(chr(byte)) else f"\\{byte:03o}" for byte in text.encode()) + '"'
