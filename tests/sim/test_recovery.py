"""A computer that loses its power in flight, and one that is reset with its memory kept: both still reach the orbit."""

from flight.computer import phases
from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.dictionary import default
from flight.wire.packet import Value
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission

NAMES = {code: name for name, code in (default().packets["event"].fields[0].enumeration or {}).items()}
DARK = range(25000, 25110)
"""Steps that the reset computer misses: 1.1 s of the coast, at T+240."""


class Reset(PythonComputer):
    """Resets once, with its memory kept: commands nothing meanwhile."""

    def step(self, sensor_values: tuple[Value, ...]) -> tuple[Value, ...]:
        step = int(sensor_values[0])
        if step == DARK[-1]:
            self.resume(self._boot_id + 1, 2)
        if step in DARK:
            self._due = []
            return (step, *(0.0,) * 8, *(False,) * 16)
        return super().step(sensor_values)


def fly(computer: PythonComputer, *faults: str) -> tuple[Mission, list[str]]:
    flight = scenarios.load("zhuque-1", "nominal").with_faults(faults)
    mission = Mission(vehicles.load("zhuque-1"), plans.load("zhuque-1"), flight, 1, computer)
    events = []
    while not mission.finished and computer.computer.sequence.phase != phases.DONE:
        mission.step()
        mask = computer.computer.sequence.events
        events += [name for code, name in NAMES.items() if mask & (1 << code)]
    return mission, events


def test_power_lost_in_the_third_stage_s_coast() -> None:
    computer = PythonComputer(plans.load("zhuque-1"))
    mission, events = fly(computer, "brown_out@200:gap_s=0.5")
    assert mission.truth.happened("orbit_insertion")
    assert events[-4:] == ["stage_3_ignition", "stage_3_burnout", "orbit_insertion", "payload_separation"]
    assert computer.computer.sequence.phase == phases.DONE


def test_reset_with_the_memory_kept() -> None:
    mission, events = fly(Reset(plans.load("zhuque-1")))
    assert mission.truth.happened("orbit_insertion")
    assert events.count("liftoff") == 1
    assert events[-1] == "payload_separation"
    assert not mission.truth.happened("attitude_loss")
