"""Launch control: the holds, scrubs and recycles of one flight's count, all known before it begins."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flight.plans.checked import Section, nearest

ORDERS = ("hold", "resume", "scrub", "recycle")


@dataclass(frozen=True, slots=True)
class Order:
    """What launch control says, and when, in seconds since step 0."""

    kind: str
    time_s: float


def read(section: Section) -> Order:
    """An order from a table of a scenario file. Raises Misuse."""
    kind = section.text("kind", 16)
    if kind not in ORDERS:
        raise section.refuse("kind", f"no such order {kind!r}; {nearest(kind, set(ORDERS))}")
    order = Order(kind, section.number("time_s", 0.0, 1e6))
    section.finish()
    return order


def check(orders: tuple[Order, ...], top: Section) -> None:
    """Refuses orders out of their order: each follows the one that it ends."""
    held = scrubbed = False
    time_s = -1.0
    for place, order in enumerate(orders):
        key = f"launch_control[{place}]"
        if order.time_s <= time_s:
            raise top.refuse(f"{key}.time_s", "must be later than the order before")
        time_s = order.time_s
        if order.kind == "hold" and (held or scrubbed):
            raise top.refuse(f"{key}.kind", "holds a count that does not run")
        if order.kind == "resume" and not held:
            raise top.refuse(f"{key}.kind", "resumes a count that nobody holds")
        if order.kind == "scrub" and scrubbed:
            raise top.refuse(f"{key}.kind", "scrubs what is scrubbed")
        if order.kind == "recycle" and not scrubbed:
            raise top.refuse(f"{key}.kind", "recycles what nobody scrubbed")
        if order.kind in ("hold", "resume"):
            held = order.kind == "hold"
        else:
            scrubbed, held = order.kind == "scrub", False


class LaunchControl:
    """The two lines to the computer: `hold` and `scrub`."""

    def __init__(self, orders: tuple[Order, ...]) -> None:
        self._orders = orders
        self.last_s = orders[-1].time_s if orders else 0.0
        """When it says its last."""

    def lines(self, time_s: float) -> tuple[bool, bool]:
        """Hold and scrub at a time."""
        hold = scrub = False
        for order in self._orders:
            if order.time_s > time_s + 1e-9:
                break
            if order.kind in ("hold", "resume"):
                hold = order.kind == "hold"
            else:
                hold, scrub = False, order.kind == "scrub"
        return hold, scrub

    def liftoff_s(self, begin_s: float, countdown_s: float) -> float:
        """When a count that begins then and takes so long reaches its end; infinite where it never does.

        A hold stops it, a recycle begins it anew; one that ran out before an order does not hear it.
        """
        left, running_s = countdown_s, begin_s
        hold, scrub = self.lines(begin_s)
        for order in self._orders:
            if order.time_s <= begin_s:
                continue
            if not hold and not scrub:
                if running_s + left <= order.time_s:
                    return running_s + left
                left -= order.time_s - running_s
            if order.kind == "recycle":
                left = countdown_s
            hold, scrub = self.lines(order.time_s)
            running_s = order.time_s
        return math.inf if hold or scrub else running_s + left
