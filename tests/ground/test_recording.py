"""Recordings: what is written is read, whatever happens to the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flight.wire.errors import Misuse
from ground.inputs import Acknowledge, Antenna, Chunk, Close, Input, LimitEdit, LinkDown, LinkUp, StationConfig, Tick
from ground.recording import MAX_CHUNK, Header, Recording, Trailer, Writer

HEADER = Header("test 1", "2018-10-27T08:00:00Z", StationConfig(("[packet]",), {"p": "name = 1"}, "[pad]", False))
INPUTS: list[Input] = [
    LinkUp(0, "pty"),
    Chunk(5, "pty", b"\0abc\0"),
    Tick(100_000_000),
    Chunk(100_000_001, "mqtt://host/prefix", bytes(range(256)) * 3),
    Acknowledge(2**40, "zhuque-1", "attitude_loss"),
    LimitEdit(2**40, "power", "bus_voltage", "warning_low", 23.5),
    LimitEdit(2**40 + 1, "power", "bus_voltage", "warning_low", None),
    LimitEdit(2**40 + 2, "power", "bus_voltage", "critical_fall", 2.0, "*_burn", reset=True),
    LinkDown(2**62, "pty"),
    Close(2**62),
]
TRAILER = Trailer(2**62, "ab" * 32, {"frames": 12})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return write(tmp_path / "flight.vermilion", INPUTS)


def write(path: Path, inputs: list[Input], trailer: Trailer | None = TRAILER) -> Path:
    writer = Writer(path, HEADER)
    for given_input in inputs:
        writer.append(given_input)
    writer.close(trailer)
    return path


def test_everything_comes_back(written: Path) -> None:
    recording = Recording(written)
    assert recording.header == HEADER
    assert list(recording) == INPUTS
    assert recording.trailer == TRAILER
    assert recording.bytes_not_read == 0


def test_the_antennas_site_comes_back_and_old_recordings_have_none(tmp_path: Path) -> None:
    config = replace(HEADER.config, antenna=Antenna(41.0, 100.5, 1000.0, 3.0))
    path = tmp_path / "sited.vermilion"
    Writer(path, replace(HEADER, config=config)).close()
    header = Recording(path).header
    assert header is not None
    assert header.config == config
    assert HEADER.config.antenna is None


def test_it_can_be_read_twice(written: Path) -> None:
    recording = Recording(written)
    assert list(recording) == list(recording)


def test_any_msgpack_reader_can_read_it(written: Path) -> None:
    objects = list(msgpack.Unpacker(written.open("rb")))
    assert objects[0]["format"] == "vermilion recording"
    assert [fields[0] for fields in objects[1:4]] == ["up", "chunk", "tick"]
    assert objects[2][1:4] == [5, "pty", b"\0abc\0"]


def test_each_input_is_in_the_file_before_the_next_call(tmp_path: Path) -> None:
    path = tmp_path / "killed.vermilion"
    writer = Writer(path, HEADER)
    for count, given_input in enumerate(INPUTS):
        writer.append(given_input)
        assert list(Recording(path)) == INPUTS[: count + 1]
    writer.close()


def test_a_torn_file_gives_all_whole_inputs_and_says_how_much_was_left(written: Path) -> None:
    whole = written.read_bytes()
    ends = object_ends(whole)
    for length in range(ends[0], len(whole)):
        written.write_bytes(whole[:length])
        recording = Recording(written)
        complete = sum(end <= length for end in ends[1:])
        assert list(recording) == INPUTS[:complete]
        assert recording.bytes_not_read == length - max(end for end in ends if end <= length)
        assert recording.trailer is None


def test_torn_inside_the_header_nothing_is_lost_but_the_header(written: Path) -> None:
    whole = written.read_bytes()
    for length in range(1, object_ends(whole)[0]):
        written.write_bytes(whole[:length])
        recording = Recording(written)
        assert recording.header is None
        assert list(recording) == []
        assert recording.bytes_not_read == length


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0.0, 1.0, exclude_max=True), length=st.integers(1, 40), fill=st.binary(min_size=1, max_size=60))
def test_damage_in_the_middle_costs_the_inputs_it_touches_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, place: float, length: int, fill: bytes
) -> None:
    path = write(tmp_path_factory.mktemp("damage") / "flight.vermilion", INPUTS)
    whole = path.read_bytes()
    ends = object_ends(whole)
    start = ends[0] + int(place * (len(whole) - ends[0]))
    damaged = whole[:start] + fill + whole[start + length :]
    path.write_bytes(damaged)
    recording = Recording(path)
    spared = [
        given_input
        for given_input, first, last in zip(INPUTS, ends, ends[1:], strict=False)
        if last <= start or first >= start + length
    ]
    read = list(recording)
    untouched = [given_input for given_input in read if given_input in spared]
    assert untouched == spared
    assert len(read) <= len(INPUTS)
    assert all(given_input in INPUTS for given_input in read)


def test_a_damaged_header_leaves_the_inputs(written: Path) -> None:
    whole = bytearray(written.read_bytes())
    whole[object_ends(bytes(whole))[0] - 20] ^= 1
    written.write_bytes(whole)
    recording = Recording(written)
    assert recording.header is None
    assert list(recording) == INPUTS
    assert recording.bytes_not_read == object_ends(bytes(whole))[0]


def test_long_chunks_are_cut_at_the_same_received_time(tmp_path: Path) -> None:
    data = bytes(range(251)) * 9000
    chunks = list(Recording(write(tmp_path / "long", [Chunk(7, "a", data), Tick(8)])))
    assert [type(chunk) for chunk in chunks] == [Chunk, Chunk, Chunk, Tick]
    parts = [chunk for chunk in chunks if isinstance(chunk, Chunk)]
    assert b"".join(part.data for part in parts) == data
    assert {part.received_ns for part in parts} == {7}
    assert max(len(part.data) for part in parts) == MAX_CHUNK


@pytest.mark.parametrize(
    "content", [b"", b"time_s,speed_m_s\n0,0\n", b"\x80", msgpack.packb({"format": "other"}), b"\0" * 5000]
)
def test_a_foreign_file_is_misuse(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(Misuse, match="not a recording") as error:
        Recording(path)
    assert "\n" not in str(error.value)


def test_misuse_is_one_line_that_says_what_to_do(tmp_path: Path, written: Path) -> None:
    with pytest.raises(Misuse, match="exists already"):
        Writer(written, HEADER)
    with pytest.raises(Misuse, match="cannot make the recording"):
        Writer(tmp_path / "no" / "such" / "folder", HEADER)
    with pytest.raises(Misuse, match="cannot read the recording"):
        Recording(tmp_path / "absent")


def test_a_newer_format_is_refused(tmp_path: Path, written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ground.recording.VERSION", 2)
    newer = write(tmp_path / "newer", INPUTS)
    monkeypatch.undo()
    with pytest.raises(Misuse, match="recording format 2"):
        Recording(newer)


def test_closing_twice_does_nothing(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "twice", HEADER)
    writer.close(TRAILER)
    writer.close(TRAILER)
    recording = Recording(tmp_path / "twice")
    assert list(recording) == []
    assert recording.trailer == TRAILER


def object_ends(data: bytes) -> list[int]:
    """Where each object of an undamaged file ends, header first, trailer last."""
    unpacker = msgpack.Unpacker()
    unpacker.feed(data)
    ends = []
    for _ in unpacker:
        ends.append(unpacker.tell())
    return ends
