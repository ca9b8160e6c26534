"""Link quality: how much of what a vehicle sends comes whole, over the last seconds of its own time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from flight.wire.frame import Deframer
from ground.clock import VehicleClock, onboard_s
from ground.intake import Intake

WINDOW_S = 5
"""Vehicle time that is looked back on."""

STALE_PERIODS = 3.0
"""A kind of packet that has not come for so many of its periods is stale."""


@dataclass(frozen=True, slots=True)
class LinkQuality:
    """`score`: the part of the packets due in the last seconds that came whole, 1 is all; None before they are over.

    `frames_per_s` counts vehicle seconds, `loss` is the part missing in the sequence counts; `gaps`, `damaged_frames`
    and `damaged_bytes` count over the same seconds. `age_s` is received time since the newest packet. `stale` names the
    kinds of packets that have come and are overdue: a silence makes all of them so.
    """

    score: float | None
    frames_per_s: float | None
    loss: float | None
    gaps: int
    damaged_frames: int
    damaged_bytes: int
    age_s: float
    stale: tuple[str, ...]


class Quality:
    """Snapshots of the counters, one each second of vehicle time; memory is fixed."""

    __slots__ = ("_marks",)

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int, int, int, int, int]] = deque(maxlen=WINDOW_S + 1)

    def note(self, time_s: float, intakes: Iterable[Intake], deframers: Iterable[Deframer]) -> None:
        """At any vehicle time; what comes within a second of the last snapshot is not looked at."""
        marks = self._marks
        if marks and time_s < marks[-1][0] - WINDOW_S:
            marks.clear()
        if marks and time_s - marks[-1][0] < 1.0:
            return
        marks.append((time_s, *_counted(intakes, deframers)))

    def report(
        self, time_s: float, age_s: float, clock: VehicleClock, intakes: Iterable[Intake], deframers: Iterable[Deframer]
    ) -> LinkQuality:
        """The quality at a vehicle time."""
        intakes = list(intakes)
        periodic = [each for each in intakes if each.packet.rate_hz > 0.0 and each.latest is not None]
        stale = tuple(
            each.packet.name
            for each in periodic
            if each.latest is not None
            and time_s - onboard_s(each.latest) - clock.offset_s > STALE_PERIODS / each.packet.rate_hz
        )
        now = _counted(intakes, deframers)
        first = self._marks[0] if self._marks else (time_s, *now)
        span_s = time_s - first[0]
        received, lost, gaps, frames, bytes_ = (late - early for late, early in zip(now, first[1:], strict=True))
        whole = span_s >= WINDOW_S - 1.5
        loss = lost / (lost + received) if received > 0 and lost > 0 else 0.0
        due = sum(each.packet.rate_hz for each in periodic) * span_s
        return LinkQuality(
            score=min(1.0 - loss, received / due, 1.0) if whole and due > 0.0 else None,
            frames_per_s=received / span_s if whole else None,
            loss=loss if whole else None,
            gaps=gaps,
            damaged_frames=frames,
            damaged_bytes=bytes_,
            age_s=age_s,
            stale=stale,
        )


def _counted(intakes: Iterable[Intake], deframers: Iterable[Deframer]) -> tuple[int, int, int, int, int]:
    received = lost = gaps = frames = bytes_ = 0
    for intake in intakes:
        counters = intake.counters
        received, lost, gaps = received + counters.received, lost + counters.lost, gaps + counters.gaps
    for deframer in deframers:
        frames, bytes_ = frames + deframer.frames_damaged, bytes_ + deframer.bytes_discarded
    return received, lost, gaps, frames, bytes_
