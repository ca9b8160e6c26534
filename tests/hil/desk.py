"""What tests of boards share: missions with any computer, and a serial port that somebody answers on."""

from __future__ import annotations

import os
import pty
import threading
import tty
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from flight.onboard import OnboardComputer, PythonComputer
from flight.plans import plan as plans
from flight.plans.plan import FlightPlan
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.mission import Mission

PLAN = "zhuque-1"


def plan() -> FlightPlan:
    return plans.load(PLAN)


def mission(computer: OnboardComputer, scenario: str = "nominal", faults: Sequence[str] = ()) -> Mission:
    """Zhuque-1 at its step 0, seed 1; faults of the vehicle, as for --fault."""
    vehicle = vehicles.load("zhuque-1")
    return Mission(vehicle, plan(), scenarios.load(vehicle.name, scenario).with_faults(faults), 1, computer)


def digest(steps: int) -> str:
    """Of the telemetry of so many steps by the computer in Python, ended then."""
    computer = PythonComputer(plan())
    flight = mission(computer)
    for _ in range(steps):
        flight.step()
    flight.end()
    return computer.telemetry_sha256


@contextmanager
def port(answer: Callable[[bytes], bytes], first: bytes = b"") -> Iterator[str]:
    """A serial port's path; what is sent there goes to `answer`, and what that gives comes back."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.write(master, first)

    def serve() -> None:
        try:
            while data := os.read(master, 4096):
                view = memoryview(answer(data))
                while view:
                    view = view[os.write(master, view) :]
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        os.close(slave)
        thread.join(0.5)
        os.close(master)
