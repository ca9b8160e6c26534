"""A CRC of the computer's state, the same for the computer in Python and in C.

CRC-32 over every double of the state in the order of its records, each as eight bytes, little-endian; any NaN is
7ff8000000000000, because processors do not agree on the one that they make. Telemetry hides drift, this shows it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from zlib import crc32

from flight.computer.records import Computer
from hil.firmware.language import FLOAT, Program, RecordType, Table, Type
from hil.firmware.naming import Names

RECORDS, PACKETS = "flight.computer.records", "flight.computer.packets"
COMPUTER = RecordType(RECORDS, "Computer")


def state_crc(computer: Computer) -> int:
    """The CRC of the computer in Python."""
    numbers = [math.nan if math.isnan(number) else number for number in _doubles(computer)]
    return crc32(struct.pack(f"<{len(numbers)}d", *numbers))


def _doubles(value: object) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _doubles(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _doubles(getattr(value, field.name))


def declarations_in_c(program: Program, names: Names) -> Iterator[str]:
    """What `in_c` defines, for a header."""
    yield from ("/* A computer's state, all but its plan, which does not change. */", "typedef struct {")
    for field, kind in _changing(program).items():
        yield f"    {names.member(field, kind)};"
    yield from ("} vermilion_state;", "")
    yield "void vermilion_keep_state(vermilion_state *state, const Computer *computer);"
    yield "void vermilion_restore_state(Computer *computer, const vermilion_state *state);"
    yield ""
    yield "/* CRC-32 over all doubles of the plan, and from there over those of the state in the order of its records,"
    yield " * each as eight bytes, little-endian, any NaN as 7ff8000000000000. hil/firmware/state.py gives the same for"
    yield " * the computer in Python. */"
    yield "uint32_t vermilion_plan_crc(const Plan *plan);"
    yield "uint32_t vermilion_state_crc(uint32_t plan_crc, const Computer *computer);"


def in_c(program: Program, names: Names) -> Iterator[str]:
    """The CRC in C, one function for each record that has a double in it, inner ones first; and keeping the state."""
    yield from ("", "static uint32_t crc_of_double(uint32_t crc, double number)", "{")
    yield "    union {"
    yield "        double number;"
    yield "        uint64_t bits;"
    yield "    } value = {.number = number};"
    yield "    uint8_t bytes[8];"
    yield "    if ((value.bits & 0x7fffffffffffffffu) > 0x7ff0000000000000u) {"
    yield "        value.bits = 0x7ff8000000000000u;"
    yield "    }"
    yield "    for (int32_t place = 0; place < 8; place++) {"
    yield "        bytes[place] = (uint8_t)(value.bits >> (8 * place));"
    yield "    }"
    yield "    return vermilion_crc32(crc, bytes, sizeof bytes);"
    yield "}"
    for kind in _within(program, COMPUTER):
        if kind == COMPUTER:
            continue
        name = names.of(kind)
        yield from ("", f"static uint32_t crc_of_{name}(uint32_t crc, const {name} *record)", "{")
        for field, part in program.records[kind].fields.items():
            yield from _crc_line(program, names, field, part, "record")
        yield from ("    return crc;", "}")
    yield from ("", "uint32_t vermilion_plan_crc(const Plan *plan)", "{", "    return crc_of_Plan(0, plan);", "}")
    yield from ("", "uint32_t vermilion_state_crc(uint32_t plan_crc, const Computer *computer)", "{")
    yield "    uint32_t crc = plan_crc;"
    for field, part in _changing(program).items():
        yield from _crc_line(program, names, field, part, "computer")
    yield from ("    return crc;", "}")
    for heading, to, source in (
        ("keep_state(vermilion_state *state, const Computer *computer)", "state", "computer"),
        ("restore_state(Computer *computer, const vermilion_state *state)", "computer", "state"),
    ):
        yield from ("", f"void vermilion_{heading}", "{")
        yield from (f"    {to}->{field} = {source}->{field};" for field in _changing(program))
        yield "}"


def _changing(program: Program) -> dict[str, Type]:
    """The fields of the computer without its plan. No double may stand before the plan: its CRC comes first."""
    names = list(program.records[COMPUTER].fields)
    before = names[: names.index("plan")]
    assert not any(program.records[COMPUTER].fields[name] == FLOAT for name in before)
    return {name: kind for name, kind in program.records[COMPUTER].fields.items() if name != "plan"}


def _crc_line(program: Program, names: Names, field: str, kind: Type, record: str) -> Iterator[str]:
    element = kind.element if isinstance(kind, Table) else kind
    if element == FLOAT:
        function, sign = "crc_of_double", ""
    elif isinstance(element, RecordType) and element in _within(program, element):
        function, sign = f"crc_of_{names.of(element)}", "&"
    else:
        return
    if isinstance(kind, Table):
        yield f"    for (int32_t place = 0; place < {kind.length}; place++) {{"
        yield f"        crc = {function}(crc, {sign}{record}->{field}[place]);"
        yield "    }"
    else:
        yield f"    crc = {function}(crc, {sign}{record}->{field});"


def _within(program: Program, outer: RecordType) -> list[RecordType]:
    """The record and those inside it, inner ones first; without those that hold no double."""
    found: list[RecordType] = []
    has_double = False
    for kind in program.records[outer].fields.values():
        element = kind.element if isinstance(kind, Table) else kind
        if isinstance(element, RecordType):
            inner = _within(program, element)
            found += [part for part in inner if part not in found]
            has_double = has_double or bool(inner)
        has_double = has_double or element == FLOAT
    return [*found, outer] if has_double else []
