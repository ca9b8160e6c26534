"""What the time step of the motion does to a flight: the same one with two half steps in place of each whole one."""

from __future__ import annotations

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.body import Actions, Motion, Mover, Numbers, advance
from sim.earth import orbit_heights
from sim.mission import Mission
from tests.bench.figure import Figure

VEHICLES = ("zhuque-1",)
Three = tuple[float, float, float]


def in_halves(state: Numbers, thrusts: Three, masses: Three, actions: Actions, dt: float) -> Motion:
    """Like `advance`; thrust and mass at the quarters from the parabola through those that it is given."""
    one = advance(state, _first(thrusts), _first(masses), actions, 0.5 * dt)
    two = advance(one.state, _last(thrusts), _last(masses), actions, 0.5 * dt)
    return one._replace(state=two.state, force=_mean(one.force, two.force), rate=_mean(one.rate, two.rate))


def flown(name: str, mover: Mover) -> tuple[dict[str, float], tuple[float, float]]:
    """When each true event happened, s, and perigee and apogee in m as the payload leaves, or at the end."""
    vehicle = vehicles.load(name)
    nominal = scenarios.load(name, "nominal")
    plan = plans.load(nominal.plan)
    mission = Mission(vehicle, plan, nominal, 1, PythonComputer(plan))
    mission.world.mover = mover
    orbit = 0.0, 0.0
    while not mission.finished:
        there = mission.world.payload_on
        mission.step()
        if there:
            orbit = orbit_heights(mission.world.position, mission.world.velocity)
    return {event.name: event.time_s for event in mission.truth.events}, orbit


def measure() -> list[Figure]:
    """Largest changes over all true events and both heights of the orbit; event times are whole steps mostly."""
    figures = []
    for name in VEHICLES:
        (whole, orbit), (halves, other) = flown(name, advance), flown(name, in_halves)
        assert whole.keys() == halves.keys()
        moved = max(abs(whole[event] - halves[event]) for event in whole)
        shifted = max(abs(one - two) for one, two in zip(orbit, other, strict=True))
        figures.append(Figure(f"{name}_events_moved_s", moved, "s", asked="< 0.005 s", met=moved < 0.005))
        figures.append(Figure(f"{name}_orbit_moved_m", shifted, "m", asked="< 100 m", met=shifted < 100.0))
    return figures


def _first(three: Three) -> Three:
    begin, middle, end = three
    return begin, 0.375 * begin + 0.75 * middle - 0.125 * end, middle


def _last(three: Three) -> Three:
    begin, middle, end = three
    return middle, -0.125 * begin + 0.75 * middle + 0.375 * end, end


def _mean(one: Three, two: Three) -> Three:
    return 0.5 * (one[0] + two[0]), 0.5 * (one[1] + two[1]), 0.5 * (one[2] + two[2])
