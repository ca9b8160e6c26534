"""Silence: when a vehicle is not heard any more. Judged at the rate of its own time; of an untimed one never."""

from __future__ import annotations

from collections.abc import Iterable

from ground.detect.thresholds import Silence
from ground.link import Link
from ground.vehicle import Vehicle


def listen(vehicle: Vehicle, received_ns: int, limits: Silence) -> None:
    """At each tick: raises `loss_of_signal` once for each silence."""
    clock = vehicle.clock
    silent_s = (received_ns - clock.last_ns) * 1e-9
    if vehicle.ended or silent_s < limits.received_s or silent_s * clock.rate < limits.vehicle_s:
        return
    if vehicle.silence_told_ns != clock.last_ns:
        vehicle.silence_told_ns = clock.last_ns
        _signal_lost(vehicle, silent_s * clock.rate, limits.vehicle_s)


def link_lost(vehicle: Vehicle, links: Iterable[Link]) -> None:
    """A link of it was closed. Of an untimed vehicle silence says nothing, only the close of its last link does."""
    if vehicle.ended or not vehicle.name or vehicle.clock.rate > 0.0:
        return
    if not any(link.up for link in links if link.vehicle is vehicle):
        _signal_lost(vehicle, None, None)


def _signal_lost(vehicle: Vehicle, silent_s: float | None, limit_s: float | None) -> None:
    newest = vehicle.clock.time_s
    if newest is None:
        return
    how = "Its last link was closed" if silent_s is None else f"No good frame for {silent_s:.1f} s of vehicle time"
    vehicle.journal.alarm(
        "loss_of_signal",
        "warning",
        newest + (silent_s or 0.0),
        f"{how}, and the vehicle has not said that it ends.",
        first_s=newest,
        channel="all packets",
        value=silent_s,
        limit=limit_s,
    )
