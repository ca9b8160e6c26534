"""Packets and frames of every kind with seeded values, for the tests of the wire and for the benchmarks."""

from __future__ import annotations

import random

from flight.wire.dictionary import INTEGER_RANGE, Dictionary, Field, default
from flight.wire.frame import encode
from flight.wire.packet import Codec, Value, codecs


def value(field: Field, rng: random.Random) -> Value:
    if field.text_length:
        return "".join(rng.choice("abcdefgh-2é") for _ in range(rng.randrange(field.text_length // 2)))
    if field.type == "bool":
        return rng.random() < 0.5
    if field.type.startswith("f"):
        return rng.choice([0.0, 1.0, rng.gauss(0.0, 1e3)])
    return rng.randint(*INTEGER_RANGE[field.type])


def packet(codec: Codec, rng: random.Random, sequence: int = 0) -> bytes:
    values = [value(field, rng) for field in codec.packet.fields]
    return codec.encode(sequence, rng.randrange(1 << 40), rng.randrange(1 << 16), values)


def frames(count: int, seed: int, dictionary: Dictionary | None = None) -> list[bytes]:
    """`count` frames of all kinds, in turn."""
    rng = random.Random(seed)
    kinds = list(codecs(dictionary or default()).values())
    return [encode(packet(kinds[index % len(kinds)], rng, index)) for index in range(count)]
