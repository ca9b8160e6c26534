"""The checks of sensors and of navigation, and the ground's own estimate, bound to a dictionary's channels by names.

A channel that a dictionary lacks leaves its check out. Nothing here makes an event; each raises its own alarms.
"""

from __future__ import annotations

import math
import re

from flight.wire.dictionary import Packet
from flight.wire.packet import HEADER_VALUES
from ground.detect.crosscheck import Crosscheck
from ground.detect.estimator import Estimator
from ground.detect.observable import POSITION, VELOCITY, period, places
from ground.detect.stuck import Channel, StuckSensors
from ground.detect.thresholds import Thresholds
from ground.detect.trajectory import Track, Trajectory
from ground.detect.watches import Feed
from ground.intake import Values
from ground.journal import Journal

_MADE = re.compile(r"attitude_|.*(_command|_duty)$")
"""Numbers that a computer makes, and that may well stay."""
_SOLVED = re.compile(r"(position|velocity)_[xyz]")
"""What rightly stays while nothing moves."""

_ATTITUDE = ("attitude_w", "attitude_x", "attitude_y", "attitude_z")
_UNIT = ("specific_force_x", "specific_force_y", "specific_force_z", "rate_x", "rate_y", "rate_z")

_ADVANCE_S = 0.09
"""The estimate is carried on, and navigation held against it, ten times a second at most."""


class Sensors:
    """All of them for one flight. `first` goes before whatever uses the estimate, `feeds` after the trajectory."""

    def __init__(self, journal: Journal, thresholds: Thresholds, trajectory: Trajectory, packets: list[Packet]) -> None:
        self._journal = journal
        self._thresholds = thresholds
        self._layers = thresholds.layers
        self._track = trajectory.navigation
        self._own = Track("the ground's own estimate", thresholds, _ADVANCE_S)
        state_s = max(_ADVANCE_S, period(packets, "attitude_error_y"))
        self.estimator = Estimator(thresholds.estimator, period(packets, "specific_force_x"), state_s)
        """The ground's own state."""
        self._crosscheck = Crosscheck(
            journal, thresholds, self.estimator, 1.0 / period(packets, "fix", 0.2), 1.5 * state_s
        )

    def restarted(self) -> None:
        """The onboard computer has started again."""
        self._crosscheck.restarted()

    def trusted(self, track: Track) -> Track:
        """The ground's own estimate where a track is far off it, beyond what it may err by itself; else the track.

        So a computer that starts again in flight and takes itself to stand on its pad, or a navigation that is frozen,
        makes no products.
        """
        estimator, limits = self.estimator, self._thresholds.trajectory
        late_s = track.time_s - estimator.time_s
        if not 0.0 <= late_s < 2.0 * _ADVANCE_S:
            return track
        place = tuple(q + v * late_s for q, v in zip(estimator.position, estimator.velocity, strict=True))
        agree = math.dist(track.position, place) < limits.agree_position + 3.0 * estimator.position_sigma
        agree &= math.dist(track.velocity, estimator.velocity) < limits.agree_speed + 3.0 * estimator.velocity_sigma
        if agree or not self._own.update(estimator.time_s, estimator.position, estimator.velocity):
            return track
        return self._own

    def first(self, packet: Packet) -> list[Feed]:
        """What of one kind of packets makes the estimate, SI."""
        makers = (self._unit, self._attitude, self._solution) if self._layers.estimator else (self._fix,)
        return [feed for maker in makers if (feed := maker(packet)) is not None]

    def feeds(self, packet: Packet) -> list[Feed]:
        """What checks the decoded packets of one kind, SI."""
        makers = [self._stuck] if self._layers.stuck else []
        if self._layers.crosscheck:
            makers.append(self._state)
        return [feed for maker in makers if (feed := maker(packet)) is not None]

    def _unit(self, packet: Packet) -> Feed | None:
        found = places(packet, *_UNIT)
        if found is None:
            return None
        x, y, z, p, q, r = found
        add = self.estimator.strapdown.add

        def unit(time_s: float, values: Values) -> None:
            add(time_s, values[x], values[y], values[z], values[p], values[q], values[r])  # type: ignore[arg-type]

        return unit

    def _attitude(self, packet: Packet) -> Feed | None:
        found = places(packet, *_ATTITUDE)
        if found is None:
            return None
        w, x, y, z = found
        port = places(packet, "static_pressure")
        estimator = self.estimator

        def attitude(time_s: float, values: Values) -> None:
            if time_s - estimator.time_s < _ADVANCE_S:
                return
            estimator.attitude(time_s, values[w], values[x], values[y], values[z])  # type: ignore[arg-type]
            if port is not None:
                estimator.barometer(values[port[0]])  # type: ignore[arg-type]

        return attitude

    def _solution(self, packet: Packet) -> Feed | None:
        found = places(packet, "fix", *POSITION, *VELOCITY)
        if found is None:
            return None
        fix, x, y, z, u, v, w = found
        receiver = self._crosscheck.receiver

        def solution(time_s: float, values: Values) -> None:
            position, velocity = (values[x], values[y], values[z]), (values[u], values[v], values[w])
            receiver(time_s, bool(values[fix]), position, velocity)  # type: ignore[arg-type]

        return solution

    def _fix(self, packet: Packet) -> Feed | None:
        found = places(packet, "fix")
        if found is None:
            return None
        fix, place = self._crosscheck.fix, found[0]

        def receiver(time_s: float, values: Values) -> None:
            fix(time_s, bool(values[place]))

        return receiver

    def _state(self, packet: Packet) -> Feed | None:
        if places(packet, *POSITION, *VELOCITY) is None or places(packet, "fix") is not None:
            return None
        port = places(packet, "static_pressure")
        crosscheck, track, estimator = self._crosscheck, self._track, self.estimator

        def state(time_s: float, values: Values) -> None:
            if track.time_s != time_s:
                return
            if estimator.time_s == time_s:
                crosscheck.navigation(time_s, track)
            if port is not None:
                crosscheck.barometer(time_s, track, values[port[0]])  # type: ignore[arg-type]

        return state

    def _stuck(self, packet: Packet) -> Feed | None:
        if packet.rate_hz < self._thresholds.sensor.lively_hz:
            return None
        measured: list[Channel] = []
        solved: list[Channel] = []
        for place, field in enumerate(packet.fields, HEADER_VALUES):
            if field.type in ("f32", "f64") and not _MADE.match(field.name):
                kind = solved if _SOLVED.fullmatch(field.name) else measured
                kind.append(Channel(field.name, place, self._thresholds.sensor, kind is solved and field.type == "f64"))
        upset = self._crosscheck.upset
        watches = [
            StuckSensors(self._journal, self._thresholds, packet.name, kind, upset)
            for kind in (measured, solved)
            if kind
        ]
        if not solved:
            return watches[0].feed if watches else None
        fix, moving = places(packet, "fix"), self._moving

        def stuck(time_s: float, values: Values) -> None:
            if moving() and (fix is None or values[fix[0]]):
                watches[-1].feed(time_s, values)
            else:
                watches[-1].rest()
            if measured:
                watches[0].feed(time_s, values)

        return stuck

    def _moving(self) -> bool:
        u, v, w = self.estimator.velocity
        least = self._thresholds.pad.speed
        return u * u + v * v + w * w > least * least or self._track.speed > least
