"""What the bench reads of a firmware image: where its parts are loaded and where its symbols are.

ELF32, little-endian:
Tool Interface Standard (TIS), Executable and Linking Format Specification, version 1.2.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flight.wire.errors import Misuse

_HEADER = struct.Struct("<16sHHIIIIIHHHHHH")
_SEGMENT = struct.Struct("<IIIIIIII")
_SECTION = struct.Struct("<IIIIIIIIII")
_SYMBOL = struct.Struct("<IIIBBH")
_MAGIC = b"\x7fELF\x01\x01"
_LOAD = 1
_SYMBOL_TABLE = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes that a loader puts at an address."""

    address: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Image:
    """A program. `sizes` has the bytes of each symbol, 0 where the compiler did not say."""

    segments: tuple[Segment, ...]
    symbols: Mapping[str, int]
    sizes: Mapping[str, int]

    def address(self, symbol: str) -> int:
        """Of a symbol, without the bit that marks Thumb code. Raises Misuse where the program has no such symbol."""
        if symbol not in self.symbols:
            raise Misuse(f"the firmware has no symbol {symbol!r}; build it anew: ./run firmware build")
        return self.symbols[symbol] & ~1


def read(path: Path) -> Image:
    """Raises Misuse where the file cannot be read or is no such program."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise Misuse(f"{path}: cannot read the firmware: {error.strerror}; build it: ./run firmware build") from error
    except (struct.error, IndexError, ValueError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: is no firmware image (32-bit ELF); build one: ./run firmware build") from error


def parse(data: bytes) -> Image:
    """The image in a file's bytes. Raises ValueError, struct.error or IndexError where it is none."""
    header = _HEADER.unpack_from(data)
    if not header[0].startswith(_MAGIC):
        raise ValueError("no ELF32")
    segment_table, section_table = header[5], header[6]
    segment_count, section_count = header[10], header[12]
    segments = []
    for place in range(segment_count):
        kind, offset, _, address, size, *_ = _SEGMENT.unpack_from(data, segment_table + place * _SEGMENT.size)
        if kind == _LOAD and size:
            segments.append(Segment(address, data[offset : offset + size]))
    sections = [_SECTION.unpack_from(data, section_table + place * _SECTION.size) for place in range(section_count)]
    symbols, sizes = {}, {}
    for _, kind, _, _, offset, size, link, *_rest in sections:
        if kind != _SYMBOL_TABLE:
            continue
        names = sections[link][4]
        for at in range(offset, offset + size, _SYMBOL.size):
            name_at, value, symbol_size, *_ = _SYMBOL.unpack_from(data, at)
            start = names + name_at
            name = data[start : data.index(b"\0", start)].decode()
            if name and not name.startswith("$"):
                symbols[name] = value
                sizes[name] = symbol_size
    return Image(tuple(segments), symbols, sizes)
