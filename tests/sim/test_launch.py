"""Launch control: what the computer hears, when the count ends, and orders that make no sense."""

import math
import re

import pytest

from flight.wire.errors import Misuse
from sim import scenario
from sim.launch import LaunchControl, Order

HEAD = """
name = "mine"
vehicle = "zhuque-1"
plan = "zhuque-1"
payload_kg = 300
"""


def control(*orders: tuple[str, float]) -> LaunchControl:
    return LaunchControl(tuple(Order(*order) for order in orders))


COUNTS = [
    ((), 10.0),
    ((("hold", 4.0), ("resume", 9.0)), 15.0),
    ((("hold", 4.0), ("resume", 9.0), ("hold", 12.0), ("resume", 13.0)), 16.0),
    ((("hold", 4.0),), math.inf),
    ((("hold", 11.0),), 10.0),
    ((("scrub", 4.0),), math.inf),
    ((("scrub", 4.0), ("recycle", 30.0)), 40.0),
    ((("hold", 3.0), ("scrub", 4.0), ("recycle", 30.0)), 40.0),
    ((("scrub", 4.0), ("recycle", 30.0), ("hold", 35.0), ("resume", 37.0)), 42.0),
]


@pytest.mark.parametrize(("orders", "liftoff_s"), COUNTS, ids=[str(row[0]) for row in COUNTS])
def test_a_count_of_ten_seconds_ends(orders: tuple[tuple[str, float], ...], liftoff_s: float) -> None:
    assert control(*orders).liftoff_s(0.0, 10.0) == pytest.approx(liftoff_s)


def test_a_count_that_begins_later_hears_only_what_comes_then() -> None:
    """A computer that starts again within a hold waits for its end."""
    held = control(("hold", 4.0), ("resume", 9.0))
    assert held.liftoff_s(6.0, 10.0) == pytest.approx(19.0)
    assert held.liftoff_s(20.0, 10.0) == pytest.approx(30.0)


def test_lines_are_as_last_ordered() -> None:
    orders = control(("hold", 1.0), ("scrub", 2.0), ("recycle", 3.0))
    assert [orders.lines(time_s) for time_s in (0.99, 1.0, 2.0, 3.0)] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]


def test_scenario_s_orders() -> None:
    text = HEAD + '[[launch_control]]\nkind = "hold"\ntime_s = 3\n[[launch_control]]\nkind = "resume"\ntime_s = 5\n'
    assert scenario.parse(text, "mine.toml").launch_control == (Order("hold", 3.0), Order("resume", 5.0))


REFUSED = [
    ([("holt", 1.0)], "launch_control[0].kind: no such order 'holt'; did you mean hold?"),
    ([("resume", 1.0)], "launch_control[0].kind: resumes a count that nobody holds"),
    ([("recycle", 1.0)], "launch_control[0].kind: recycles what nobody scrubbed"),
    ([("hold", 1.0), ("hold", 2.0)], "launch_control[1].kind: holds a count that does not run"),
    ([("scrub", 1.0), ("hold", 2.0)], "launch_control[1].kind: holds a count that does not run"),
    ([("scrub", 1.0), ("scrub", 2.0)], "launch_control[1].kind: scrubs what is scrubbed"),
    ([("hold", 2.0), ("resume", 1.0)], "launch_control[1].time_s: must be later than the order before"),
    ([("hold", -2.0)], "launch_control[0].time_s: -2 is outside of 0 to 1e+06"),
]


@pytest.mark.parametrize(("orders", "message"), REFUSED, ids=[row[1][:60] for row in REFUSED])
def test_orders_that_make_no_sense(orders: list[tuple[str, float]], message: str) -> None:
    text = HEAD + "".join(f'[[launch_control]]\nkind = "{kind}"\ntime_s = {time_s}\n' for kind, time_s in orders)
    with pytest.raises(Misuse, match=r"^mine\.toml: " + re.escape(message)):
        scenario.parse(text, "mine.toml")
