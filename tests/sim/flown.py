"""A flight flown to its end, with what tests ask of it."""

from dataclasses import dataclass

from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import default
from flight.wire.packet import Value, codecs
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission

KINDS = codecs(default())


@dataclass(frozen=True)
class Flown:
    """A finished mission, its computer's packets in order, without its payload's, and its telemetry hash."""

    mission: Mission
    plan: FlightPlan
    packets: tuple[bytes, ...]
    sha256: str
    highest_m: float

    def named(self, name: str) -> list[tuple[Value, ...]]:
        """The decoded packets of one kind, header values first."""
        found = []
        for packet in self.packets:
            codec = KINDS[packet[:2]]
            if codec.packet.name == name and (values := codec.decode(packet)) is not None:
                found.append(values)
        return found

    def happened_s(self, name: str) -> float:
        """When a true event happened, after lift-off."""
        time_s = self.mission.truth.time_s(name)
        assert time_s is not None, f"{name} did not happen"
        return time_s


def mission(scenario: str, seed: int, rows: bool = False) -> tuple[Mission, PythonComputer, FlightPlan]:
    """A mission at its step 0."""
    vehicle = vehicles.load("zhuque-1")
    flight = scenarios.load(vehicle.name, scenario)
    plan = plans.load(flight.plan)
    computer = PythonComputer(plan)
    return Mission(vehicle, plan, flight, seed, computer, truth_rows=rows), computer, plan


def fly(scenario: str, seed: int) -> Flown:
    """The whole flight. The scenario must not restart the computer."""
    flight, computer, plan = mission(scenario, seed, rows=True)
    packets: list[bytes] = []
    highest = 0.0
    while not flight.finished:
        packets += flight.step()
        highest = max(highest, flight.world.motion.height)
    boot_id = packets[0][12:14]
    packets = [packet for packet in packets if packet[12:14] == boot_id]
    return Flown(flight, plan, tuple(packets), computer.telemetry_sha256, highest)
