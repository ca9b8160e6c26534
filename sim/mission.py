"""A mission: the world, its sensors, an onboard computer and the truth, joined in lockstep, 10 ms a step.

Whatever the computer is, it gets its sensors and the world gets its commands as rounded to their wire types.
"""

from __future__ import annotations

import math
import random

from flight.computer.maths import multiply, rotate
from flight.geodesy import ROTATION_RATE
from flight.onboard import OnboardComputer
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import default
from flight.wire.errors import Misuse
from flight.wire.packet import Codec
from sim.beacon import Payload
from sim.faults import AT_REST, Course, Downlink, Parts, Wiring
from sim.faults.electrical import BROWN_OUT
from sim.launch import LaunchControl
from sim.scenario import Scenario
from sim.sensors import SensorSuite
from sim.truth import Truth, earth_fixed_attitude
from sim.vehicle import Vehicle
from sim.wind import blowing
from sim.world import STEP_S, World

AFTER_PAYLOAD_S = 20.0
"""How long a flight goes on after its payload has left."""
LOST = math.cos(math.radians(5.0))
"""Attitude is lost when the x axis is farther than 5 degrees from where the computer wants it."""
AFTER_DESTRUCTION_S = 20.0
"""How long a vehicle that is no more is silent before the simulation ends its stream."""
ON_PAD_S = 30.0
"""How long a flight that stays on the pad goes on after its planned lift-off or launch control's last order."""
LANDING_M_S = 15.0
"""A slower end under a full main parachute is a landing, any other an impact."""
POWER_ON = 0
"""Reset cause in the start message."""


class Mission:
    """One flight. `step` moves it on by 10 ms and gives the telemetry packets; at the end the last ones end the stream.

    `end_reason` is one of the dictionary's (`complete`, `impact`, `stopped`) once `finished`. `time_rate` is only told
    to the computer: onboard seconds per real second, 0 where nobody keeps time.

    A computer that loses power remembers its boot id alone: it starts again as on the pad, at its step 0, with the next
    boot id and the cause, wherever the vehicle is by then. One that is reset goes on where it was, some steps later, if
    it can (`OnboardComputer.resume`). A vehicle that is destroyed is silent at once.
    """

    def __init__(
        self,
        vehicle: Vehicle,
        plan: FlightPlan,
        scenario: Scenario,
        seed: int,
        computer: OnboardComputer,
        *,
        time_rate: float = 0.0,
        boot_id: int | None = None,
        truth_rows: bool = False,
    ) -> None:
        if plan.vehicle != vehicle.name:
            raise Misuse(f"flight plan {plan.name}: vehicle: is {plan.vehicle!r}, but {vehicle.name!r} is to fly it")
        planned, built = len(plan.stages), len(vehicle.stages)
        if planned != built:
            raise Misuse(f"flight plan {plan.name}: stage: there are {planned}, {vehicle.name} has {built}")
        if plan.first_stage != vehicle.first_stage:
            reason = f"is {plan.first_stage}, {vehicle.name}'s is {vehicle.first_stage}"
            raise Misuse(f"flight plan {plan.name}: first_stage: {reason}")
        packets = default().packets
        self.computer = computer
        self.truth = Truth(truth_rows)
        self.end_reason: str | None = None
        self._sensors_codec = Codec(packets["sensors"])
        self._navigation_codec = Codec(packets["navigation"])
        wind = blowing(scenario.wind, random.Random(f"{seed}/wind"))
        self._world = World(vehicle, plan.site, plan.azimuth_deg, scenario.payload_kg, self.truth.report, wind)
        self._sensors = SensorSuite(self._world, seed)
        self._end_s = scenario.end_s
        self._steers = plan.reaction_pressure_pa > 0.0 or any(stage.vectored for stage in plan.stages)
        """A rocket on fins goes where it points, and a capsule hangs on its parachute."""
        self._wanted: tuple[float, float, float] | None = None
        self._wiring, self._downlink = Wiring(), Downlink()
        parts = Parts(
            self._world, self._sensors, self._wiring, self._downlink, self.power_off, self.power_on, self._destroy
        )
        self._launch_control = LaunchControl(scenario.launch_control)
        planned_s = self._launch_control.liftoff_s(0.0, plan.countdown_s)
        planned_s = planned_s if math.isfinite(planned_s) else plan.countdown_s
        self._course = Course(scenario.faults, parts, seed, planned_s, self.truth.report)
        self._start_codec = Codec(packets["start"])
        self._plan_name, self._countdown_s, self._time_rate = plan.name, plan.countdown_s, time_rate
        if boot_id is None:
            boot_id = random.Random(f"{seed}/boot").randrange(1, 65536)
        self._boot_id = boot_id
        self._seed = seed
        self._dark = 0
        """How many faults keep the computer from running."""
        self._memory_kept = True
        self._served = False
        """Whether the computer has had its turn at this step."""
        self._destroyed_s: float | None = None
        self._payload: Payload | None = None
        self._start(0, POWER_ON)

    @property
    def time_s(self) -> float:
        """Time of the next step since the first one."""
        return self._world.time_s

    @property
    def finished(self) -> bool:
        """Nothing follows."""
        return self.end_reason is not None

    @property
    def world(self) -> World:
        """The truth now."""
        return self._world

    def step(self) -> list[bytes]:
        """The next 10 ms. Nothing after the end."""
        if self.finished:
            return []
        if self._destroyed_s is not None:
            return self._silence(self._destroyed_s)
        self._sensors.hold, self._sensors.scrub = self._launch_control.lines(self.time_s)
        readings = self._sensors.read()
        commands, packets = AT_REST, list[bytes]()
        if not self._dark:
            readings = (self._world.step - self._epoch, *readings[1:])
            commands = self.computer.step(self._sensors_codec.round(readings))
            packets = self.computer.packets()
            self._watch_attitude(packets)
            packets = self._downlink.carry(packets, self.time_s)
        self._served = True
        self._course.step()
        self._world.advance(self._wiring.carry(commands))
        self._served = False
        self.truth.watch(self._world)
        packets = packets + self._payload_packets()
        reason = self._ending()
        return packets if reason is None else packets + self.end(reason)

    def end(self, reason: str = "stopped") -> list[bytes]:
        """Ends the flight here: the packets that end the stream, none where it has ended already."""
        if self.finished:
            return []
        self.end_reason = reason
        last = [] if self._payload is None else self._payload.end(reason, self._world.step)
        return last + self.computer.end(reason)

    def _start(self, epoch: int, cause: int) -> None:
        """What is the world's step `epoch` will be the computer's step 0."""
        self._epoch = epoch
        self._liftoff_s = self._launch_control.liftoff_s(epoch * STEP_S, self._countdown_s)
        """When the computer's count reaches its end; infinite where launch control does not let it."""
        values = (self._plan_name, self._boot_id, cause, self._time_rate)
        self.computer.start(self._start_codec.round(values))

    def power_off(self, memory_kept: bool = False) -> None:
        """The computer stands still, until as many calls of `power_on`; its memory is lost unless a reset keeps it."""
        self._dark += 1
        self._memory_kept &= memory_kept

    def power_on(self, cause: int = BROWN_OUT) -> None:
        """It flies on where its memory was kept, else starts as on the pad, unless somebody else keeps it dark."""
        self._dark -= 1
        if self._dark:
            return
        self._boot_id = self._boot_id % 65535 + 1
        if not (self._memory_kept and self.computer.resume(self._boot_id, cause)):
            self._start(self._world.step + self._served, cause)
        self._memory_kept = True

    def _ending(self) -> str | None:
        liftoff, now = self._world.liftoff_s, self.time_s
        if liftoff is None:
            last_s = self._liftoff_s if math.isfinite(self._liftoff_s) else self._launch_control.last_s
            return "stopped" if now >= last_s + ON_PAD_S else None
        released = self.truth.since("payload_separation", now)
        if released is not None and released >= self._after_payload_s:
            return "complete"
        if self._world.motion.height < 0.0:
            self.truth.report("landing" if self._lands_softly() else "impact", now)
            return "impact"
        return "stopped" if now - liftoff >= self._end_s else None

    @property
    def _after_payload_s(self) -> float:
        """How long the flight goes on after its payload has left: as long as that speaks."""
        beacon = self._world.vehicle.beacon
        if beacon is None:
            return AFTER_PAYLOAD_S
        return max(AFTER_PAYLOAD_S, beacon.sends_s) if beacon.sends_s > 0.0 else math.inf

    def _lands_softly(self) -> bool:
        world = self._world
        if not world.parachutes.main_full(self.time_s):
            return False
        px, py, _ = world.position
        vx, vy, vz = world.velocity
        return math.hypot(vx + ROTATION_RATE * py, vy - ROTATION_RATE * px, vz) < LANDING_M_S

    def _payload_packets(self) -> list[bytes]:
        """What the payload says, once it is on its own."""
        world = self._world
        beacon = world.vehicle.beacon
        if beacon is None or world.payload_on:
            return []
        if self._payload is None:
            sensors, rate = world.vehicle.sensors, self._time_rate
            self._payload = Payload(beacon, sensors, self._seed, world.state, world.step, rate, self._boot_id)
        return self._payload.packets(world.step)

    def _destroy(self) -> None:
        self._destroyed_s = self.time_s

    def _silence(self, since_s: float) -> list[bytes]:
        """The vehicle neither flies nor speaks any more; only the simulation's own end of the stream follows."""
        self._world.step += 1
        packets = self._payload_packets()
        return packets + self.end() if self.time_s - since_s >= AFTER_DESTRUCTION_S else packets

    def _watch_attitude(self, packets: list[bytes]) -> None:
        """Compares the true x axis with the one that the computer wants, as its own navigation packet gives it."""
        key = self._navigation_codec.key
        for packet in packets:
            if packet[:2] == key and (values := self._navigation_codec.decode(packet)) is not None:
                self._wanted = _wanted_axis(values)  # type: ignore[arg-type]
        if self._wanted is None or self._world.liftoff_s is None or not self._steers:
            return
        if any(self.truth.happened(name) for name in ("attitude_loss", "abort", "drogue_deployment")):
            return
        x, y, z = rotate(*earth_fixed_attitude(self._world.state, self.time_s), 1.0, 0.0, 0.0)
        if x * self._wanted[0] + y * self._wanted[1] + z * self._wanted[2] < LOST:
            self.truth.report("attitude_loss", self.time_s)


def _wanted_axis(values: tuple[float, ...]) -> tuple[float, float, float]:
    """The commanded x axis, Earth-fixed, from a decoded navigation packet: estimated attitude times attitude error."""
    w, x, y, z, ex, ey, ez = values[10:17]
    # The error is twice the vector part of its quaternion.
    ex, ey, ez = 0.5 * ex, 0.5 * ey, 0.5 * ez
    ew = math.sqrt(max(0.0, 1.0 - ex * ex - ey * ey - ez * ez))
    return rotate(*multiply(w, x, y, z, ew, ex, ey, ez), 1.0, 0.0, 0.0)
