"""A computer that loses its power in flight, and one that is reset with its memory kept: both still reach the orbit."""

from flight.computer import phases
from flight.onboard import PythonComputer
from flight.plans import plan as plans
from flight.wire.dictionary import default
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission

NAMES = {code: name for name, code in (default().packets["event"].fields[0].enumeration or {}).items()}


class Forgetful(PythonComputer):
    """Has nothing that outlives a reset."""

    def resume(self, boot_id: int, reset_cause: int) -> bool:
        return False


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
    """The watchdog's, in the coast, and all goes on as planned; steps count on over the gap."""
    computer = PythonComputer(plans.load("zhuque-1"))
    mission, events = fly(computer, "reset@240:cause=watchdog,gap_s=1")
    assert computer.computer.step + 1 == round(100.0 * mission.time_s)
    assert mission.truth.happened("orbit_insertion")
    assert events.count("liftoff") == 1
    assert events[-1] == "payload_separation"
    assert not mission.truth.happened("attitude_loss")


def test_reset_of_a_computer_that_keeps_no_memory_is_a_start_in_flight() -> None:
    computer = Forgetful(plans.load("zhuque-1"))
    flight = scenarios.load("zhuque-1", "nominal").with_faults(["reset@2:cause=pin,gap_s=0.02"])
    mission = Mission(vehicles.load("zhuque-1"), plans.load("zhuque-1"), flight, 1, computer)
    while not mission.truth.happened("fault_reset_end"):
        mission.step()
    mission.step()
    assert computer.computer.step == 0
