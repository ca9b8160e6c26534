"""Ten million damaged frames: random corruption, bursts, truncation and splices. None may be accepted as another."""

from __future__ import annotations

import random
from concurrent.futures import ProcessPoolExecutor

from flight.wire.dictionary import default
from flight.wire.frame import Deframer
from flight.wire.packet import codecs
from tests.bench.figure import Figure
from tests.flight.wire import samples

FRAMES = 10_000_000
SHARE = 250_000


def damage(frame: bytes, other: bytes, rng: random.Random) -> bytes:
    """One damaged copy of `frame`'s inside, delimiters kept; never the frame itself."""
    inside = bytearray(frame[1:-1])
    kind = rng.randrange(4)
    if kind == 0:
        for _ in range(rng.randint(1, 6)):
            inside[rng.randrange(len(inside))] ^= rng.randint(1, 255)
    elif kind == 1:
        start = rng.randrange(len(inside))
        for place in range(start, min(len(inside), start + rng.randint(2, 12))):
            inside[place] = rng.randrange(256)
    elif kind == 2:
        del inside[rng.randrange(len(inside)) :]
    else:
        inside[rng.randrange(1, len(inside)) :] = other[rng.randrange(1, len(other)) : -1]
    return b"\0" + bytes(inside) + b"\0"


def share(seed: int) -> tuple[int, int]:
    """How many damaged frames were tried, and how many packets were accepted that nobody sent."""
    rng = random.Random(seed)
    frames = samples.frames(260, seed)
    sent = {packet for frame in frames for packet in Deframer().feed(frame)}
    kinds = codecs(default())
    deframer, tried, wrong = Deframer(), 0, 0
    while tried < SHARE:
        batch = [damage(rng.choice(frames), rng.choice(frames), rng) for _ in range(500)]
        tried += len(batch)
        for packet in deframer.feed(b"".join(batch)):
            codec = kinds.get(packet[:2])
            wrong += packet not in sent and codec is not None and codec.decode(packet) is not None
    return tried, wrong


def measure() -> list[Figure]:
    """Tried and accepted, over all cores."""
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(share, range(1000, 1000 + FRAMES // SHARE)))
    tried, wrong = sum(r[0] for r in results), sum(r[1] for r in results)
    return [
        Figure("damaged_frames_tried", tried, "frames", asked=">= 10,000,000", met=tried >= FRAMES),
        Figure("damaged_frames_accepted", wrong, "frames", asked="0", met=wrong == 0),
    ]
