"""The flight against its profile: trajectory, impact point and motors, within a campaign's spread.

Mahalanobis distance (P. C. Mahalanobis, On the generalised distance in statistics, 1936) of height and speed to the
campaign's mean, with its covariance inflated for what a simulator gets wrong of a real vehicle.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from flight.wire.dictionary import Packet
from ground.detect.corridor import Corridor, CorridorState
from ground.detect.events import EventMachine
from ground.detect.observable import places
from ground.detect.performance import Performance
from ground.detect.signals import Change
from ground.detect.thresholds import Thresholds
from ground.detect.thrust import Thrust
from ground.detect.trajectory import Trajectory
from ground.detect.watches import Feed
from ground.intake import Values
from ground.journal import Journal
from ground.products import Products
from ground.profile import Profile, between, place

_TICK_S = 0.25
"""Longest step that counts between two looks, which are 0.1 s apart."""
_FRESH_S = 0.5
"""A receiver's solution that is older does not vouch for a navigation that has begun anew."""


class Envelope:
    """Raises `off_nominal_trajectory` and `corridor_violation`; its motors' watch `thrust_low` and
    `chamber_pressure_low`.

    A trajectory off its profile is told where nothing else explains it (`ground.alarms`). Leaving the corridor is told
    in any case: range safety acts upon it, whatever the cause.
    """

    def __init__(
        self,
        machine: EventMachine,
        journal: Journal,
        thresholds: Thresholds,
        profile: Profile,
        thrust: Thrust,
        trajectory: Trajectory,
    ) -> None:
        self._machine = machine
        self._journal = journal
        self._limits = thresholds.envelope
        self._profile = profile
        self._trajectory = trajectory
        self._performance = Performance(machine, journal, thresholds.envelope, profile, thrust)
        self._path = Corridor(profile, thresholds.envelope.edge_part)
        self._off = Change(_TICK_S)
        self._aside = Change(_TICK_S)
        self._doubtful = False
        self.distance: float | None = None
        """Mahalanobis distance of the newest state; None outside of the profile."""
        self.corridor: CorridorState | None = None
        """Of the newest impact point; None before lift-off, and once there is no impact point."""

    def feeds(self, packet: Packet) -> list[Feed]:
        """What takes the decoded packets of one kind, SI."""
        takers: list[tuple[str, Callable[[float, float], None]]] = [
            ("specific_force_x", self._performance.imu),
            ("axial_force_mean", self._performance.imu),
            ("aft_temperature", self._performance.bay),
        ]
        return [_feed(found[0], take) for name, take in takers if (found := places(packet, name)) is not None]

    def restarted(self) -> None:
        """The onboard computer has started again: its navigation may take itself for standing on the pad."""
        self._doubtful = True
        self._performance.restarted()

    def look(self, time_s: float, products: Products) -> None:
        """Ten times a second of vehicle time."""
        flown = self._journal.since_liftoff(time_s)
        if flown is None or self._machine.seen("abort"):
            self.distance = self.corridor = None
            return
        self._performance.look(time_s)
        self._doubtful &= time_s - self._trajectory.receiver.time_s > _FRESH_S
        if self._doubtful:
            self.distance = self.corridor = None
            return
        self._compare(time_s, flown, products)
        self._watch_corridor(time_s, products)

    def _compare(self, time_s: float, flown: float, products: Products) -> None:
        profile, limits = self._profile, self._limits
        where = place(profile.times, flown)
        if where is None:
            self.distance = None
            return
        height, speed = between(profile.height, where), between(profile.speed, where)
        height_sigma = limits.inflate * between(profile.height_deviation, where)
        speed_sigma = limits.inflate * between(profile.speed_deviation, where)
        hs = between(profile.correlation, where) * height_sigma * speed_sigma
        hh = height_sigma**2 + (limits.height_part * height + limits.height_floor) ** 2
        ss = speed_sigma**2 + (limits.speed_part * speed + limits.speed_floor) ** 2
        dh, ds = products.altitude_m - height, products.speed_m_s - speed
        squared = (ss * dh * dh - 2.0 * hs * dh * ds + hh * ds * ds) / (hh * ss - hs * hs)
        self.distance = math.sqrt(max(0.0, squared))
        off = self.distance > limits.distance
        if not self._off.update(time_s, off, limits.hold_s):
            return
        self._journal.alarm(
            "off_nominal_trajectory",
            "warning",
            time_s,
            f"The flight is {dh / 1e3:+.1f} km and {ds:+.0f} m/s from its profile,"
            f" {self.distance:.0f} standard deviations.",
            first_s=self._off.span.middle,
            channel="height and speed",
            value=self.distance,
            limit=limits.distance,
            sigma=self.distance,
        )

    def _watch_corridor(self, time_s: float, products: Products) -> None:
        self.corridor = state = self._path.look(products)
        if state is None or not self._aside.update(time_s, state.place == "outside", self._limits.hold_s):
            return
        self._journal.alarm(
            "corridor_violation",
            "critical",
            time_s,
            f"The impact point lies {state.cross_range_m / 1e3:.0f} km beside its planned path,"
            f" {state.half_width_m / 1e3:.0f} km are allowed.",
            first_s=self._aside.span.middle,
            channel="instantaneous impact point",
            value=state.cross_range_m,
            limit=state.half_width_m,
        )


def _feed(index: int, take: Callable[[float, float], None]) -> Feed:
    def feed(time_s: float, values: Values) -> None:
        take(time_s, values[index])  # type: ignore[arg-type]

    return feed
