"""Commands by name, in place of an onboard computer's."""

from dataclasses import dataclass, field

from flight.plans import plan as plans
from flight.plans.plan import Site
from flight.wire.dictionary import default
from flight.wire.packet import Value
from sim.faults import AT_REST
from sim.vehicle import Vehicle
from sim.wind import CALM
from sim.world import STEP_S, World

FIELDS = tuple(field.name for field in default().packets["actuators"].fields)
SITE = plans.load("zhuque-1").site


def commands(*closed: str, **numbers: float) -> tuple[Value, ...]:
    """The packet `actuators` with these circuits closed and these commands; all else is at rest."""
    values = dict(zip(FIELDS, AT_REST, strict=True))
    for name in closed:
        assert values[name] is False, name
        values[name] = True
    for name, number in numbers.items():
        assert values[name] == 0.0, name
        values[name] = number
    return tuple(values.values())


@dataclass
class Stand:
    """A vehicle at a site without wind, flown by hand: circuits stay closed, as a computer keeps them."""

    vehicle: Vehicle
    site: Site = SITE
    payload_kg: float = 1000.0
    azimuth_deg: float = 90.0
    events: dict[str, float] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.vehicle, self.site, self.azimuth_deg, self.payload_kg, self.report, CALM)

    def report(self, name: str, time_s: float) -> None:
        self.events.setdefault(name, time_s)

    def run(self, seconds: float, *closed: str, **numbers: float) -> World:
        """So many seconds with these circuits closed as well."""
        self.closed += [name for name in closed if name not in self.closed]
        given = commands(*self.closed, **numbers)
        for _ in range(round(seconds / STEP_S)):
            self.world.advance(given)
        return self.world
