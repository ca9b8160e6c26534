"""What is wrong with a stream of frames, told to whoever makes it: bytes in, one sentence a finding out."""

from __future__ import annotations

from collections import Counter
from zlib import crc32

from cobs import cobs

from flight.wire.dictionary import HEADER_SIZE, Dictionary, Packet
from flight.wire.frame import MAX_ENCODED, RESIDUE
from flight.wire.packet import HEADER_VALUES, PROTOCOL, SEQUENCE_MASK, Codec

MOST_KINDS = 32
"""Strange kinds of packet that are told apart; further ones are counted with the last."""
TEXT_PART = 0.9
"""So much of printable characters is text."""
EXAMPLE = 24
"""Bytes shown of what is strange."""


class Hearing:
    """Takes bytes in any chunking; keeps counts and at most one unfinished frame. Never raises for what it hears."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._codecs = {packet.apid: Codec(packet) for packet in dictionary.packets.values()}
        self._rest = b""
        self._first = b""
        self._bytes = self._delimiters = self._printable = 0
        self.frames = 0
        self._wrong: Counter[str] = Counter()
        self._newest: dict[int, tuple[int, float, int]] = {}
        self._began: dict[int, float] = {}
        self._boots: set[int] = set()
        self._identities: dict[tuple[object, ...], None] = {}
        self.packets: Counter[str] = Counter()

    def feed(self, data: bytes) -> None:
        """What came."""
        self._bytes += len(data)
        self._delimiters += data.count(0)
        self._printable += sum(byte in b"\t\r\n" or 32 <= byte < 127 for byte in data)
        if len(self._first) < EXAMPLE:
            self._first = (self._first + data)[:EXAMPLE]
        began = self._delimiters > data.count(0)
        *pieces, self._rest = (self._rest + data).split(b"\0")
        if len(self._rest) > MAX_ENCODED:
            self._rest = self._rest[: MAX_ENCODED + 1]
        # What stands before the first delimiter is the end of a frame that began before anybody listened.
        for piece in pieces if began else pieces[1:]:
            if piece:
                self._frame(piece)

    def _frame(self, piece: bytes) -> None:
        if len(piece) > MAX_ENCODED:
            self._tell(f"frames of more than {MAX_ENCODED} bytes: a packet has at most 246, and 00 ends each frame")
            return
        try:
            body = cobs.decode(piece)
        except cobs.DecodeError:
            self._tell("frames with wrong COBS: bytes were lost, or a length code is not the distance to the next 00")
            return
        if crc32(body) != RESIDUE or len(body) <= 4:
            self._tell(self._crc(body))
            return
        self.frames += 1
        self._packet(body[:-4])

    def _crc(self, body: bytes) -> str:
        if crc32(body[:-4]) == int.from_bytes(body[-4:], "big"):
            return "frames whose CRC-32 is big-endian: it goes little-endian, lowest byte first"
        if (codec := self._codecs.get(_apid(body))) is not None and codec.decode(body) is not None:
            return "frames without a CRC: 4 bytes of CRC-32 follow the packet, before COBS"
        return (
            "frames whose CRC-32 is wrong: noise on the line, or not the CRC of zlib and Ethernet "
            "(check: of 123456789 it is cbf43926)"
        )

    def _packet(self, packet: bytes) -> None:
        apid = _apid(packet)
        codec = self._codecs.get(apid)
        if codec is None:
            known = ", ".join(f"{code.packet.name} {number}" for number, code in sorted(self._codecs.items()))
            self._tell(f"packets of APID {apid}, which the dictionary lacks (it has {known}), as in {_hex(packet)}")
            return
        values = codec.decode(packet)
        name = codec.packet.name
        if values is None:
            self._tell(f"packets {name}: {_difference(codec, packet)}")
            return
        self.packets[name] += 1
        word, seconds, fraction, boot_id = (int(value) for value in values[:HEADER_VALUES])
        count, time_s = word & SEQUENCE_MASK, seconds + fraction / 65536.0
        self._began.setdefault(apid, time_s)
        if boot_id not in self._boots and len(self._boots) < MOST_KINDS:
            self._boots.add(boot_id)
        if apid in self._newest and self._newest[apid][2] == boot_id:
            former, before_s, _ = self._newest[apid]
            missing = count - former - 1 & SEQUENCE_MASK
            if missing == SEQUENCE_MASK:
                self._tell(f"packets {name} repeat their sequence count: it goes up by 1 with each packet of its kind")
            elif missing:
                self._tell(f"gaps in the sequence count of {name}: lost on the way, or one count for several kinds")
            if time_s < before_s:
                self._tell(f"packets {name} whose onboard time runs backwards within one boot id")
        self._newest[apid] = (count, time_s, boot_id)
        if name == "identity" and len(self._identities) < MOST_KINDS:
            self._identities[values[HEADER_VALUES:]] = None

    def _tell(self, sentence: str) -> None:
        if sentence in self._wrong or len(self._wrong) < MOST_KINDS:
            self._wrong[sentence] += 1

    def findings(self) -> list[str]:
        """What is wrong, one sentence each with what to do; empty where the ground station would be content."""
        if not self._bytes:
            return ["nothing came: is the board powered, its TX on this RX, ground on ground, and is this its port?"]
        if not self.frames:
            if not self._delimiters and self._printable > TEXT_PART * self._bytes:
                return [f"text came, {self._first!r} and so on, no frames: send binary frames alone on this port"]
            if not self._delimiters:
                return [f"{self._bytes} bytes came, no 00 among them: another baud rate, or frames without delimiters"]
        found = [f"{count} {sentence}" for sentence, count in self._wrong.items()]
        if not self.frames:
            return [f"{self._bytes} bytes came and no whole frame among them: another baud rate or protocol", *found]
        return [*found, *self._identity()]

    def _identity(self) -> list[str]:
        packet = self._dictionary.packets.get("identity")
        if packet is None or not self._identities:
            return ["no identity came, and the ground says nothing before it has one: send it once a second"]
        found = []
        for values in self._identities:
            fields = dict(zip((field.name for field in packet.fields), values, strict=True))
            if (theirs := fields.get("fingerprint")) != (ours := self._dictionary.fingerprint):
                found.append(f"it says dictionary {theirs!r}, this is {ours!r}: say that, or give yours (--dictionary)")
            if fields.get("protocol", PROTOCOL) != PROTOCOL:
                found.append(f"it says protocol {fields['protocol']}, this is {PROTOCOL}")
        if len(self._boots) > 2:
            found.append(f"{len(self._boots)} boot ids: one holds until the next start; or it restarts all the time")
        return found

    def rates(self) -> dict[str, float | None]:
        """Packets a second by the onboard clock; None of a kind that came once."""
        found: dict[str, float | None] = {}
        for apid, (_, time_s, _) in sorted(self._newest.items()):
            name, span_s = self._codecs[apid].packet.name, time_s - self._began[apid]
            found[name] = (self.packets[name] - 1) / span_s if span_s > 0.0 else None
        return found


def _apid(packet: bytes) -> int:
    return int.from_bytes(packet[:2], "big") & 0x7FF


def _hex(data: bytes) -> str:
    return data[:EXAMPLE].hex(" ")


def _difference(codec: Codec, packet: bytes) -> str:
    """Where a packet of a known APID leaves the dictionary's layout first."""
    if len(packet) != codec.size:
        return f"{len(packet)} bytes, the dictionary says {codec.size}"
    place = next(i for i, byte in enumerate(packet) if byte & codec.mask[i] != codec.pattern[i])
    wanted = f"byte {place} is {packet[place]:02x}, not {codec.pattern[place]:02x}"
    return f"{wanted}: {_part(codec.packet, place)}"


def _part(packet: Packet, place: int) -> str:
    if place < HEADER_SIZE:
        return ("version, type and APID", "APID", "unsegmented", "sequence", "length", "length less 7")[min(place, 5)]
    start = HEADER_SIZE + len(packet.array_header)
    if place < start:
        return f"the array's header, of {len(packet.fields)} elements"
    for field in packet.fields:
        if place < start + field.size:
            return f"the msgpack tag of {field.name}, {field.type}"
        start += field.size
    return "beyond its fields"
