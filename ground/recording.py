"""The recording: a msgpack stream of a header and every input of the core, written through before it is acted on.

    header   map {"format": "vermilion recording", "version": 1, "software", "started", "config": {…}, "crc"}
    inputs   array [kind, received_ns, …, crc]: chunk link data | tick | up link | down link | close |
             acknowledge vehicle alarm | limit packet field bound value
    trailer  array ["trailer", received_ns, event_log_sha256, counters, crc]

`crc` is CRC-32 over the object's bytes before it, always five bytes long (ce), so a damaged object is found out and the
reader goes on at the next whole one. Any msgpack reader can read an undamaged file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

import msgpack

from flight.wire.errors import Misuse
from ground.inputs import Acknowledge, Antenna, Chunk, Close, Input, LimitEdit, LinkDown, LinkUp, StationConfig, Tick

FORMAT = "vermilion recording"
VERSION = 1
SUFFIX = ".vermilion"

MAX_CHUNK = 1 << 20
"""A longer chunk is written as several of the same received time, which the core cannot tell apart."""

MAX_INPUT = MAX_CHUNK + (1 << 16)
"""Bytes of the longest object behind the header."""

MAX_OBJECT = 1 << 24
"""Bytes that a reader unpacks from at a time: a header with large dictionaries fits."""

_BLOCK = 1 << 20
_MAGIC = b"\x86\xa6format" + msgpack.packb(FORMAT)
_CRC_SIZE = 5
_KINDS = (
    *(("chunk", 5), ("tick", 3), ("up", 4), ("down", 4), ("acknowledge", 5)),
    *(("limit", 9), ("close", 3), ("trailer", 5)),
    ("limit", 7),  # of recordings of before limits had phases
)
_START = re.compile(b"|".join(re.escape(bytes([0x90 | n]) + msgpack.packb(kind)) for kind, n in _KINDS))


@dataclass(frozen=True, slots=True)
class Header:
    """What a recording says of itself; `started` is the wall clock, ISO 8601, and for people only."""

    software: str
    started: str
    config: StationConfig


@dataclass(frozen=True, slots=True)
class Trailer:
    """How the live run ended: the hash of its event log, and its counters."""

    received_ns: int
    event_log_sha256: str
    counters: Mapping[str, int]


class Writer:
    """Writes a recording, each input with one unbuffered write: what was received survives a kill of the process.

    Raises Misuse where the file exists already, or cannot be made or written.
    """

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        except FileExistsError as error:
            raise Misuse(f"{path}: the recording exists already; give another name") from error
        except OSError as error:
            raise Misuse(f"{path}: cannot make the recording: {error.strerror}; give another path") from error
        config = header.config
        self._write(
            _sealed_map(
                {
                    "format": FORMAT,
                    "version": VERSION,
                    "software": header.software,
                    "started": header.started,
                    "config": {
                        "dictionaries": list(config.dictionaries),
                        "plans": dict(config.plans),
                        "thresholds": config.thresholds,
                        "events": config.events,
                        "profiles": dict(config.profiles),
                        "antenna": None if config.antenna is None else list(astuple(config.antenna)),
                    },
                }
            )
        )

    def append(self, given: Input) -> None:
        """One input, before the core gets it."""
        if isinstance(given, Chunk) and len(given.data) > MAX_CHUNK:
            for start in range(0, len(given.data), MAX_CHUNK):
                self.append(Chunk(given.received_ns, given.link, given.data[start : start + MAX_CHUNK]))
            return
        self._write(_sealed(_as_list(given)))

    def close(self, trailer: Trailer | None = None) -> None:
        """Ends the file; without a trailer it is as one whose station was killed. A second call does nothing."""
        if self._file < 0:
            return
        try:
            if trailer is not None:
                counters = dict(trailer.counters)
                self._write(_sealed(["trailer", trailer.received_ns, trailer.event_log_sha256, counters]))
        finally:
            os.close(self._file)
            self._file = -1

    def _write(self, data: bytes) -> None:
        try:
            done = os.write(self._file, data)
            while done < len(data):
                done += os.write(self._file, data[done:])
        except OSError as error:
            raise Misuse(f"{self.path}: cannot write the recording: {error.strerror}; free some space") from error


class Recording:
    """A recording to be read: iterate for its inputs, in order, then ask for the rest.

    Damage is skipped: `bytes_not_read` counts what no whole object covers, torn tail included. `header` is None where
    the header is damaged. Memory is bounded by the longest object. Raises Misuse for a file that cannot be read or is
    no recording, or one of a newer format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes_not_read = 0
        self.trailer: Trailer | None = None
        try:
            with path.open("rb") as file:
                start = file.read(MAX_OBJECT)
        except OSError as error:
            raise Misuse(
                f"{path}: cannot read the recording: {error.strerror}; give the path of a recording"
            ) from error
        torn = 0 < len(start) < len(_MAGIC) and _MAGIC.startswith(start)
        if not (torn or start.startswith(_MAGIC) or _START.search(start)):
            raise Misuse(f"{path}: not a recording of this program; give a file that --record has written")
        self.header, self._inputs_from = _read_header(start, path)

    def __iter__(self) -> Iterator[Input]:
        self.bytes_not_read = 0
        with self.path.open("rb") as file:
            file.seek(self._inputs_from)
            for fields in self._objects(file):
                given = _as_input(fields)
                if given is not None:
                    yield given
                elif fields[0] == "trailer" and (trailer := _as_trailer(fields)) is not None:
                    self.trailer = trailer

    def _objects(self, file: BinaryIO) -> Iterator[list[Any]]:
        """Whole objects, damaged stretches between them counted."""
        data, place, ended = b"", 0, False
        while True:
            if not ended and len(data) - place < MAX_INPUT:
                block = file.read(_BLOCK)
                data, place, ended = data[place:] + block, 0, not block
                continue
            if place >= len(data):
                return
            for end, fields in _run(data, place, len(data) if ended else len(data) - MAX_INPUT):
                place = end
                yield fields
            if place < len(data) and (ended or len(data) - place >= MAX_INPUT):
                following = _START.search(data, place + 1)
                skipped_to = following.start() if following else max(place + 1, len(data) - (0 if ended else 16))
                self.bytes_not_read += skipped_to - place
                place = skipped_to


def _run(data: bytes, place: int, stop: int) -> Iterator[tuple[int, list[Any]]]:
    """Whole objects that follow one another from `place` and begin at `stop` at the latest, each with its end.

    Ends at the first that is damaged or torn; the unpacker is not used again after that.
    """
    unpacker = msgpack.Unpacker(max_buffer_size=MAX_OBJECT, strict_map_key=False)
    unpacker.feed(memoryview(data)[place:])
    start = place
    while start <= stop and _START.match(data, start):
        try:
            fields = unpacker.unpack()
        except Exception:  # msgpack raises ValueError, OutOfData and its own kinds for bytes that are no object
            return
        end = place + unpacker.tell()
        if not isinstance(fields, list) or not _intact(data, start, end, fields[-1]):
            return
        yield end, fields
        start = end


def _intact(data: bytes, start: int, end: int, crc: object) -> bool:
    return end - start > _CRC_SIZE and crc32(memoryview(data)[start : end - _CRC_SIZE]) == crc


def _sealed(fields: list[Any]) -> bytes:
    body: bytes = bytes([0x90 | len(fields) + 1]) + b"".join(map(msgpack.packb, fields))
    return body + b"\xce" + crc32(body).to_bytes(4, "big")


def _sealed_map(fields: Mapping[str, Any]) -> bytes:
    pairs = b"".join(msgpack.packb(part) for pair in fields.items() for part in pair)
    body: bytes = bytes([0x80 | len(fields) + 1]) + pairs + msgpack.packb("crc")
    return body + b"\xce" + crc32(body).to_bytes(4, "big")


def _as_list(given: Input) -> list[Any]:
    match given:
        case Chunk(received_ns, link, data):
            return ["chunk", received_ns, link, data]
        case Tick(received_ns):
            return ["tick", received_ns]
        case LinkUp(received_ns, link):
            return ["up", received_ns, link]
        case LinkDown(received_ns, link):
            return ["down", received_ns, link]
        case Acknowledge(received_ns, vehicle, alarm):
            return ["acknowledge", received_ns, vehicle, alarm]
        case LimitEdit(received_ns, packet, field, bound, value, phase, reset):
            return ["limit", received_ns, packet, field, bound, value, phase, reset]
        case Close(received_ns):
            return ["close", received_ns]


def _as_input(fields: list[Any]) -> Input | None:
    """The input that a whole object holds. The CRC vouches for it: types need not be checked again."""
    match fields:
        case ["chunk", int(received_ns), str(link), bytes(data), _]:
            return Chunk(received_ns, link, data)
        case ["tick", int(received_ns), _]:
            return Tick(received_ns)
        case ["up", int(received_ns), str(link), _]:
            return LinkUp(received_ns, link)
        case ["down", int(received_ns), str(link), _]:
            return LinkDown(received_ns, link)
        case ["acknowledge", int(received_ns), str(vehicle), str(alarm), _]:
            return Acknowledge(received_ns, vehicle, alarm)
        case ["limit", int(received_ns), str(packet), str(field), str(bound), float() | int() | None as value, *more]:
            # A recording of before limits had phases ends here.
            phase, reset = (str(more[0]), bool(more[1])) if len(more) > 1 else ("", False)
            return LimitEdit(received_ns, packet, field, bound, value, phase, reset)
        case ["close", int(received_ns), _]:
            return Close(received_ns)
    return None


def _as_trailer(fields: list[Any]) -> Trailer | None:
    match fields:
        case ["trailer", int(received_ns), str(digest), dict(counters), _]:
            return Trailer(received_ns, digest, counters)
    return None


def _read_header(start: bytes, path: Path) -> tuple[Header | None, int]:
    """The header and where the inputs begin. A damaged header is passed over with what follows of it."""
    unpacker = msgpack.Unpacker(max_buffer_size=MAX_OBJECT)
    unpacker.feed(start)
    try:
        fields = unpacker.unpack()
        end = unpacker.tell()
    except Exception:  # torn or damaged
        return None, 0
    if not isinstance(fields, dict) or not _intact(start, 0, end, fields.get("crc")):
        return None, 0
    match fields:
        case {
            "version": 1,
            "software": str(software),
            "started": str(started),
            "config": {
                "dictionaries": list(dictionaries),
                "plans": dict(plans),
                "thresholds": str(thresholds),
                "events": bool(events),
                **more,
            },
        }:
            # A recording of before there were profiles has none.
            given = more.get("profiles")
            profiles = given if isinstance(given, dict) else {}
            site = more.get("antenna")
            antenna = Antenna(*site) if isinstance(site, list) else None
            config = StationConfig(tuple(dictionaries), plans, thresholds, events, profiles, antenna)
            return Header(software, started, config), end
    raise Misuse(f"{path}: recording format {fields.get('version')}, this program reads {VERSION}; use a newer one")
