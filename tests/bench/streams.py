"""The streams that the benchmarks decode: Vermilion's at its own rates, and MAVLink 2 of like size."""

from __future__ import annotations

import random
from functools import cache

from flight.wire.dictionary import default
from flight.wire.frame import encode
from flight.wire.packet import Codec, codecs, ticks_of_step
from tests.flight.wire import samples

SECONDS = 200


@cache
def vermilion() -> tuple[bytes, int]:
    """A stream of every periodic packet at its own rate with right times and sequence counts, and its frame count."""
    rng = random.Random(1)
    kinds = [codec for codec in codecs(default()).values() if codec.packet.rate_hz and codec.packet.name != "identity"]
    payloads = {codec.packet.name: [_calm(codec, rng) for _ in range(50)] for codec in kinds}
    sequence = dict.fromkeys(payloads, 0)
    frames: list[bytes] = []
    for step in range(SECONDS * 100):
        for codec in kinds:
            name = codec.packet.name
            if step % int(100 / codec.packet.rate_hz) == 0:
                values = payloads[name][sequence[name] % 50]
                frames.append(encode(codec.encode(sequence[name], ticks_of_step(step), 7, values)))
                sequence[name] += 1
    return b"".join(frames), len(frames)


def _calm(codec: Codec, rng: random.Random) -> list[float | int | bool | str]:
    """Values within every limit: the fast path is what a healthy flight takes."""
    values = [samples.value(field, rng) for field in codec.packet.fields]
    for place, field in enumerate(codec.packet.fields):
        if field.limits is not None:
            low = field.limits.warning_low if field.limits.warning_low is not None else 0.0
            high = field.limits.warning_high if field.limits.warning_high is not None else low + 1e6
            middle = (low + high) / 2 / field.scale
            values[place] = middle if field.type.startswith("f") else int(middle)
        elif field.type.startswith("f"):
            values[place] = rng.gauss(0.0, 10.0)
    return values


@cache
def mavlink() -> tuple[bytes, int]:
    """HIGHRES_IMU (74 bytes) and ATTITUDE_QUATERNION (48) in turn, as pymavlink packs them; and how many."""
    from pymavlink.dialects.v20 import common

    packer = common.MAVLink(None, srcSystem=1, srcComponent=1)
    rng = random.Random(2)
    messages: list[bytes] = []
    for index in range(20_000):
        number = [rng.gauss(0.0, 10.0) for _ in range(13)]
        if index % 2:
            message = packer.highres_imu_encode(index, *number, 0xFFFF, 1)
        else:
            message = packer.attitude_quaternion_encode(index, *number[:7], [1.0, 0.0, 0.0, 0.0])
        messages.append(bytes(message.pack(packer)))
    return b"".join(messages), len(messages)
