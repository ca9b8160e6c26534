"""Vehicle time: the onboard clock made to run on over restarts, and what it must read now by received time."""

from __future__ import annotations

from flight.wire.packet import Value

TICK_S = 1.0 / 65536.0
"""The wire's fraction of a second."""

KEPT_RUNNING_S = 10.0
"""A restarted computer whose clock stands at most this far ahead has kept its time (brown-outs last 0.3 to 3 s)."""


def onboard_s(values: tuple[Value, ...]) -> float:
    """The header's onboard time of a decoded packet, seconds since the computer's epoch."""
    return values[1] + values[2] * TICK_S  # type: ignore[operator]


class VehicleClock:
    """Vehicle time = onboard time + `offset_s`, which changes only where the onboard clock starts again.

    The live path writes `received_ns`, `last` and `last_ns` itself, once a packet: a method call would cost more than
    the rest of the clock.
    """

    __slots__ = ("boot_id", "last", "last_ns", "offset_s", "rate", "received_ns", "rewound")

    def __init__(self) -> None:
        self.offset_s = 0.0
        self.rate = 0.0
        """Vehicle seconds per received second, from the identity packet; 0 is untimed or not known."""
        self.boot_id: int | None = None
        self.received_ns = 0
        """Of the input being worked on."""
        self.last: tuple[Value, ...] | None = None
        """The newest packet that was in order, decoded."""
        self.last_ns = 0
        """When that packet was received."""
        self.rewound = 0
        """How often the onboard clock started again."""

    @property
    def time_s(self) -> float | None:
        """Vehicle time of the newest packet; None before the first."""
        return None if self.last is None else onboard_s(self.last) + self.offset_s

    def estimate_s(self, received_ns: int) -> float | None:
        """Vehicle time at a received time: the newest packet's, and the received time since then at the rate."""
        newest = self.time_s
        return None if newest is None else newest + max(0, received_ns - self.last_ns) * 1e-9 * self.rate

    def restart(self, values: tuple[Value, ...]) -> None:
        """The first packet after a restart: vehicle time never falls, whatever the onboard clock does."""
        newest, now = self.time_s, self.estimate_s(self.received_ns)
        if newest is None or now is None:
            return
        onboard = onboard_s(values)
        if -0.5 <= onboard + self.offset_s - newest <= max(KEPT_RUNNING_S, now - newest + 1.0):
            return
        self.offset_s = now - onboard
        self.rewound += 1
