"""Noise that no number of the station was chosen by, added to the measured channels of packets that were sent.

What the simulator's sensors have is white and Gaussian; here, on top of it:

- heavy tails: Gaussian, but one sample in fifty ten times as wide;
- a correlated bias: first-order Gauss-Markov, correlated over 20 s;
- a transonic bump of the static port: up to 8 % of the dynamic pressure at Mach 1, nothing below 0.85 and above 1.25.

The onboard computer's own solution was made before and stays as it is; only what instruments measured is changed. Sizes
are about those of a tactical unit's own noise, so that the sum is wilder and less white, not a fault. All assumed.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cobs import cobs

from flight.wire.dictionary import Dictionary
from flight.wire.frame import encode
from flight.wire.packet import HEADER_VALUES, Codec, codecs
from ground.evaluate.channel import Sent

WILD_PART, WILD = 0.02, 10.0
"""How many samples belong to the tails, and how much wider those are."""
CORRELATED_S = 20.0
MACH_M_S = 300.0
"""Speed of sound where vehicles go through it, 8 to 12 km high; the bump is as broad as its error."""
BUMP = 0.08


@dataclass(frozen=True, slots=True)
class Size:
    """One sigma of a channel's white part and of its bias; `relative`: in parts of the reading."""

    pattern: str
    white: float
    bias: float
    relative: bool = False


SIZES = (
    Size(r"imu\.specific_force_.", 0.02, 0.01),
    Size(r"imu_summary\.axial_force_mean", 0.005, 0.01),
    Size(r"imu\.rate_.", 1e-4, 2e-5),
    Size(r"gnss\.position_.", 3.0, 5.0),
    Size(r"gnss\.velocity_.", 0.03, 0.02),
    Size(r"propulsion\..*_chamber_pressure", 1.5e-3, 3e-3, relative=True),
    Size(r"systems\..*_(chamber|tank|bottle)_pressure", 1.5e-3, 3e-3, relative=True),
    Size(r"navigation\.static_pressure", 10.0, 10.0),
)

_MACH = ((0.85, 0.0), (1.0, 1.0), (1.25, 0.0))


def bump(mach: float) -> float:
    """The static port's error near Mach 1, in parts of its largest."""
    (low, _), (peak, _), (high, _) = _MACH
    if not low < mach < high:
        return 0.0
    return (mach - low) / (peak - low) if mach < peak else (high - mach) / (high - peak)


class UnseenNoise:
    """Changes the frames of one flight. Frames that do not decode pass as they are."""

    def __init__(self, dictionary: Dictionary, draw: random.Random) -> None:
        self._draw = draw
        self._changed: dict[bytes, tuple[Codec, Callable[[float, list[float]], None]]] = {}
        for key, codec in codecs(dictionary).items():
            name = codec.packet.name
            found = [
                (place, size)
                for place, field in enumerate(codec.packet.fields, HEADER_VALUES)
                for size in SIZES
                if not field.text_length and re.fullmatch(size.pattern, f"{name}.{field.name}")
            ]
            if found:
                self._changed[key] = codec, self._change(codec, found)

    def over(self, sent: Iterable[Sent]) -> Iterator[Sent]:
        """The same steps and frames, noisier."""
        for step, frames in sent:
            yield step, [self._frame(frame) for frame in frames]

    def _frame(self, frame: bytes) -> bytes:
        try:
            packet = cobs.decode(frame[1:-1])[:-4]
        except cobs.DecodeError:
            return frame
        codec, change = self._changed.get(packet[:2], (None, None))
        if codec is None or change is None or (values := codec.decode(packet)) is None:
            return frame
        word, seconds, fraction, boot_id, *fields = values
        numbers: list[float] = [word, seconds, fraction, boot_id, *fields]  # type: ignore[list-item]
        ticks = (int(seconds) << 16) + int(fraction)
        change(ticks / 65536.0, numbers)
        return encode(codec.encode(int(word), ticks, int(boot_id), numbers[HEADER_VALUES:]))

    def _change(self, codec: Codec, found: list[tuple[int, Size]]) -> Callable[[float, list[float]], None]:
        draw = self._draw
        gauss, chance = draw.gauss, draw.random
        biases = [gauss(0.0, 1.0) for _ in found]
        names = {field.name: place for place, field in enumerate(codec.packet.fields, HEADER_VALUES)}
        port = names.get("static_pressure")
        motion = [names[name] for name in ("velocity_x", "velocity_y", "velocity_z") if name in names]
        last_s = 0.0

        def change(time_s: float, values: list[float]) -> None:
            nonlocal last_s
            kept = math.exp(-max(0.0, time_s - last_s) / CORRELATED_S)
            fresh, last_s = math.sqrt(1.0 - kept * kept), time_s
            for index, (place, size) in enumerate(found):
                bias = biases[index] = kept * biases[index] + fresh * gauss(0.0, 1.0)
                width = WILD if chance() < WILD_PART else 1.0
                error = width * size.white * gauss(0.0, 1.0) + size.bias * bias
                # A gauge or receiver that reads nothing goes on reading nothing.
                if values[place]:
                    values[place] += error * values[place] if size.relative else error
            if port is not None and motion:
                mach = math.hypot(*(values[place] for place in motion)) / MACH_M_S
                # Dynamic pressure of air, from static pressure and Mach number.
                values[port] += BUMP * bump(mach) * 0.7 * values[port] * mach * mach

        return change
