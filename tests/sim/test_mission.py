"""Missions from the pad on: holds, scrubs and recycles, a payload that speaks, a vehicle that is no more, plans that
are another vehicle's.
"""

from dataclasses import replace

import pytest

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.packet import Value, codecs
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import AFTER_DESTRUCTION_S, ON_PAD_S, Mission
from sim.parts import Beacon

KINDS = codecs(default())
VEHICLE = vehicles.load("zhuque-1")
PLAN = plans.load("zhuque-1")


def mission(*orders: tuple[str, float], faults: tuple[str, ...] = (), end_s: float = 3.0) -> Mission:
    text = 'name = "mine"\nvehicle = "zhuque-1"\nplan = "zhuque-1"\npayload_kg = 300\nwind = "calm"\n'
    text += f"end_s = {end_s}\n"
    text += "".join(f'[[launch_control]]\nkind = "{kind}"\ntime_s = {time_s}\n' for kind, time_s in orders)
    scenario = scenarios.parse(text, "mine.toml").with_faults(faults)
    return Mission(VEHICLE, PLAN, scenario, 1, PythonComputer(PLAN))


def flown(flight: Mission) -> list[tuple[str, tuple[Value, ...]]]:
    """All packets by name, decoded."""
    found = []
    while not flight.finished:
        for packet in flight.step():
            codec = KINDS[packet[:2]]
            values = codec.decode(packet)
            assert values is not None
            found.append((codec.packet.name, values))
    return found


def lifted_s(flight: Mission) -> float:
    return next(event.time_s for event in flight.truth.events if event.name == "liftoff")


def test_a_hold_delays_lift_off_by_its_length() -> None:
    plain, held = mission(), mission(("hold", 2.0), ("resume", 7.5))
    flown(plain)
    flown(held)
    assert lifted_s(held) - lifted_s(plain) == pytest.approx(5.5, abs=0.03)
    assert held.end_reason == "stopped"


def test_a_recycled_count_begins_anew() -> None:
    plain, again = mission(), mission(("scrub", 4.0), ("recycle", 12.0))
    flown(plain)
    flown(again)
    assert lifted_s(again) - lifted_s(plain) == pytest.approx(12.0, abs=0.03)


@pytest.mark.parametrize("order", ["hold", "scrub"])
def test_a_flight_that_stays_on_the_pad_ends_when_nothing_more_is_ordered(order: str) -> None:
    flight = mission((order, 3.0))
    flown(flight)
    assert flight.end_reason == "stopped"
    assert flight.time_s == pytest.approx(3.0 + ON_PAD_S, abs=0.02)
    assert not flight.truth.happened("liftoff")


def test_faults_before_lift_off_count_from_the_count_that_flies() -> None:
    flight = mission(("hold", 2.0), ("resume", 7.0), faults=("gnss_loss@-3:duration_s=1",))
    flown(flight)
    begun = next(event.time_s for event in flight.truth.events if event.name == "fault_gnss_loss")
    assert begun == pytest.approx(PLAN.countdown_s + 5.0 - 3.0, abs=0.02)


def test_a_vehicle_that_is_no_more_is_silent() -> None:
    """Packets until the explosion, then none but the end of the stream, 20 s later."""
    flight = mission(faults=("explosion@1",), end_s=100.0)
    packets = flown(flight)
    destroyed = next(event.time_s for event in flight.truth.events if event.name == "fault_explosion")
    assert flight.time_s - destroyed == pytest.approx(AFTER_DESTRUCTION_S, abs=0.03)
    last = [values for name, values in packets if name == "imu"][-1]
    assert float(last[1]) + float(last[2]) / 65536.0 == pytest.approx(destroyed, abs=0.02)
    assert packets[-1][0] == "end_of_stream"
    assert packets[-2][0] != "end_of_stream"


def test_payload_speaks_after_its_separation() -> None:
    """Released on the pad by hand: identity of its own, and its time ends the flight."""
    flight = mission(end_s=100.0)
    flight.world.vehicle = replace(flight.world.vehicle, beacon=Beacon("future", 25.0, 8.0, 0.4))
    found: list[tuple[str, tuple[Value, ...]]] = []
    while flight.world.liftoff_s is None:
        flight.step()
    flight.world.payload_on = False
    flight.truth.report("payload_separation", flight.time_s)
    while not flight.finished:
        for packet in flight.step():
            codec = KINDS[packet[:2]]
            values = codec.decode(packet)
            assert values is not None
            found.append((codec.packet.name, values))
    names = [values[4] for name, values in found if name == "identity"]
    assert names.count("future") == 25
    assert names.count("zhuque-1") in (25, 26)
    boots = {values[3] for name, values in found if name == "identity"}
    assert len(boots) == 2
    assert flight.end_reason == "complete"


def test_plan_that_numbers_its_stages_otherwise_is_refused() -> None:
    scenario, computer = scenarios.load("zhuque-1", "nominal"), PythonComputer(PLAN)
    other = replace(PLAN, first_stage=2)
    with pytest.raises(Misuse, match="flight plan zhuque-1: first_stage: is 2, zhuque-1's is 1"):
        Mission(VEHICLE, other, scenario, 1, computer)
