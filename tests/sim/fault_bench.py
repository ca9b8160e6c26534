"""A vehicle on its pad with faults, without a computer: what the sensors read, step by step."""

from dataclasses import dataclass, field

from flight.plans import plan as plans
from flight.wire.packet import Value
from sim import faults
from sim import vehicle as vehicles
from sim.sensors import CHANNELS, SensorSuite
from sim.world import World

STILL: tuple[Value, ...] = faults.AT_REST
PLANNED_LIFTOFF_S = 10.0


@dataclass
class PadBench:
    """`reports` are the names and times that the truth would be told."""

    faults_: tuple[str, ...] = ()
    seed: int = 1
    reports: dict[str, float] = field(default_factory=dict)
    power: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        plan = plans.load("zhuque-1")
        self.world = World(vehicles.load("zhuque-1"), plan.site, plan.azimuth_deg, 300.0, lambda *_: None)
        self.sensors = SensorSuite(self.world, self.seed)
        self.wiring, self.downlink = faults.Wiring(), faults.Downlink()
        parts = faults.Parts(
            self.world,
            self.sensors,
            self.wiring,
            self.downlink,
            lambda kept: self.power.append(("stopped" if kept else "off", self.world.time_s)),
            lambda cause: self.power.append((f"on {cause}", self.world.time_s)),
            lambda: self.power.append(("destroyed", self.world.time_s)),
        )
        parsed = [faults.parse(text) for text in self.faults_]
        self.course = faults.Course(parsed, parts, self.seed, PLANNED_LIFTOFF_S, self.report)

    def report(self, name: str, time_s: float) -> None:
        assert name not in self.reports
        self.reports[name] = time_s

    def rows(self, seconds: float) -> list[dict[str, Value]]:
        """The readings of the next seconds."""
        rows = []
        for _ in range(round(100 * seconds)):
            rows.append(dict(zip(CHANNELS, self.sensors.read(), strict=True)))
            self.course.step()
            self.world.advance(self.wiring.carry(STILL))
        return rows
