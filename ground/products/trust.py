"""How far the state that products are made of may be wrong: as the receiver shows, and while it is silent, growing."""

from __future__ import annotations

import math

from ground.detect.trajectory import Track

RECEIVER_M, RECEIVER_M_S = 5.0, 0.1
"""One standard deviation on each axis of a receiver's solution: code ranges and Doppler of single-frequency receivers
(u-blox and NovAtel data sheets say 1.5 to 2.5 m horizontally and 0.03 to 0.05 m/s; vertically twice that)."""

_BIAS_M_S2 = 0.01
"""Of an inertial unit after alignment: 1 mg, tactical grade. Without a receiver velocity is lost at that rate."""

_FORGET = 50
"""Receiver solutions, 10 s of them, over which the scatter is a mean."""
_FRESH_S = 1.0


class Trust:
    """The scatter of navigation against the receiver, and the receiver's age."""

    def __init__(self) -> None:
        self._position = RECEIVER_M**2
        self._velocity = RECEIVER_M_S**2
        self._count = 0
        self._last_s = -math.inf

    def add(self, navigation: Track, receiver: Track) -> None:
        """Both tracks as they are now: a new solution counts once, against a state of navigation beside it."""
        late_s = navigation.time_s - receiver.time_s
        if receiver.time_s == self._last_s or not 0.0 <= late_s < 0.5:
            return
        self._last_s = receiver.time_s
        moved = (q + v * late_s for q, v in zip(receiver.position, receiver.velocity, strict=True))
        place = sum((p - q) ** 2 for p, q in zip(navigation.position, moved, strict=True)) / 3.0
        # Thrust in between is not an error of either: at most 70 m/s2 over 0.2 s, and mostly none.
        speed = math.dist(navigation.velocity, receiver.velocity) ** 2 / 3.0 if late_s < 1e-3 else self._velocity
        self._count = min(self._count + 1, _FORGET)
        self._position += (min(place, 1e8) - self._position) / self._count
        self._velocity += (min(speed, 1e6) - self._velocity) / self._count

    def errors(self, track: Track) -> tuple[float, float]:
        """Standard deviation on each axis of a track's newest state, m and m/s.

        What navigation and receiver differ by counts in full, and never less than the receiver's own error. A state
        that no receiver has borne out is worth what the receiver was, and what an inertial unit has lost since.
        """
        if self._last_s == -math.inf:
            return 3.0 * RECEIVER_M, 3.0 * RECEIVER_M_S
        place = math.sqrt(max(self._position, RECEIVER_M**2))
        speed = math.sqrt(max(self._velocity, RECEIVER_M_S**2))
        alone_s = max(0.0, track.time_s - self._last_s - _FRESH_S)
        gained = _BIAS_M_S2 * alone_s
        return place + speed * alone_s + 0.5 * gained * alone_s, speed + gained
