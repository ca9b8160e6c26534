"""The batch decoder's columns are the live decoder's values."""

from __future__ import annotations

import numpy as np
import pytest

from flight.wire import batch
from flight.wire.dictionary import default
from flight.wire.frame import Deframer
from flight.wire.packet import codecs
from tests.flight.wire import samples


@pytest.mark.parametrize("block", [1 << 8, 1 << 12, 1 << 20])
def test_every_value_of_every_kind(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BLOCK", block)
    count = 200 * len(codecs(default()))
    stream = b"".join(samples.frames(count, seed=9))
    read = batch.decode(stream, default())
    live = Deframer().feed(stream)
    assert read.frames == len(live) == count
    assert read.unknown == 0
    for codec in codecs(default()).values():
        name = codec.packet.name
        decoded = [values for packet in live if packet[:2] == codec.key and (values := codec.decode(packet))]
        rows = read.packets[name]
        assert len(rows) == len(decoded) == 200
        for field in codec.packet.fields:
            column = [values[codec.index(field.name)] for values in decoded]
            if field.text_length:
                assert [text.decode() for text in rows[field.name]] == column
            else:
                assert np.array_equal(rows[field.name], np.array(column), equal_nan=True)
        assert read.sequence(name).tolist() == [int(values[0]) & 0x3FFF for values in decoded]
        expected = [int(values[1]) + int(values[2]) / 65536 for values in decoded]
        assert read.time_s(name).tolist() == pytest.approx(expected)


def test_nothing_gives_nothing() -> None:
    read = batch.decode(b"", default())
    assert read.frames == 0
    assert all(len(rows) == 0 for rows in read.packets.values())
