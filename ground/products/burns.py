"""Time to go: how long the present burn has left, from what has been gained and what is still missing.

A solid motor cannot be stopped: the speed that it has given, held against the planned burn, tells how far it has burnt,
and from the time that took how much faster or slower it burns than planned. A liquid engine on its way to an orbit is
cut off at the orbit's energy: the speed still missing, the present acceleration and the exhaust speed give the time by
the rocket equation. Any other burn ends when the plan says.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, dot, less
from flight.plans.burn import curve
from flight.plans.plan import FlightPlan
from flight.plans.stage import Stage
from ground.conic import MU, inertial
from ground.profile import Profile

LONGEST_S = 2.5
"""Between two states farther apart a burn may have begun or ended: nothing is added across."""
SMOOTH_S = 1.0
"""Time constant of the acceleration by thrust."""
_SETTLED_S = 3.0
"""From ignition until what has been gained tells more than the plan."""
_STRETCH = 0.25
"""A motor that burns faster or slower than planned by more is not the planned one."""


@dataclass(frozen=True, slots=True)
class ToGo:
    """Seconds until an event, and by what they were found."""

    seconds: float
    event: str
    method: str


class Push:
    """Thrust as successive states show it: acceleration now, and the speed gained since `begin`.

    States are Earth-fixed positions and Earth-relative velocities of one source. Drag is in it, gravity is not.
    """

    def __init__(self) -> None:
        self._before: tuple[float, Vector, str] | None = None
        self.gained = 0.0
        """m/s."""
        self.thrust: Vector = (0.0, 0.0, 0.0)
        """m/s2, ECEF."""
        self.pace = 0.0
        """How fast the inertial speed grows by it, m/s2: thrust along the motion."""

    @property
    def acceleration(self) -> float:
        """m/s2."""
        return math.sqrt(dot(self.thrust, self.thrust))

    def begin(self) -> None:
        """A burn begins."""
        self.gained = 0.0

    def add(self, time_s: float, position: Vector, velocity: Vector, source: str) -> None:
        """A new state."""
        before, self._before = self._before, (time_s, velocity, source)
        if before is None or before[2] != source or not 0.0 < time_s - before[0] < LONGEST_S:
            return
        span_s = time_s - before[0]
        x, y, z = position
        radius_squared = dot(position, position)
        pull = MU / (radius_squared * math.sqrt(radius_squared))
        turn = ROTATION_RATE * ROTATION_RATE
        vx, vy, _ = velocity
        ax, ay, az = (part / span_s for part in less(velocity, before[1]))
        # Less gravity, and what the turning of the axes adds: 2 omega x v and omega x (omega x r).
        ax += (pull - turn) * x - 2.0 * ROTATION_RATE * vy
        ay += (pull - turn) * y + 2.0 * ROTATION_RATE * vx
        az += pull * z
        part = min(1.0, span_s / SMOOTH_S)
        old = self.thrust
        self.thrust = (old[0] + part * (ax - old[0]), old[1] + part * (ay - old[1]), old[2] + part * (az - old[2]))
        self.gained += math.sqrt(ax * ax + ay * ay + az * az) * span_s
        v = inertial(position, velocity)
        self.pace = dot(self.thrust, v) / max(1.0, math.sqrt(dot(v, v)))


class Burns:
    """One flight's burns by its plan; a profile adds what the lower stages give."""

    def __init__(self, plan: FlightPlan, profile: Profile | None) -> None:
        self._plan = plan
        self._curves: dict[int, tuple[tuple[float, ...], tuple[float, ...]]] = {}
        for place, stage in enumerate(plan.stages):
            found = _planned(stage, plan.first_stage + place, profile)
            if found is not None:
                self._curves[plan.first_stage + place] = found

    def to_go(
        self, stage: int, since_s: float, push: Push, main_out: bool, position: Vector, velocity: Vector
    ) -> tuple[float, str] | None:
        """Seconds that the stage which burns still burns and by what they were found; `since_s` its ignition.

        With a vernier to follow, until the main engine's cut-off; after that (`main_out`) until the vernier's.
        """
        place = stage - self._plan.first_stage
        if not 0 <= place < len(self._plan.stages):
            return None
        planned = self._plan.stages[place]
        if self._plan.orbital and planned.liquid and place == len(self._plan.stages) - 1:
            found = self._energy(planned, push, main_out, position, velocity)
            if found is not None and since_s > _SETTLED_S:
                return found, "target energy"
        found = self._index(stage, planned, since_s, push.gained)
        if found is not None:
            return found, "sensed speed"
        ends = planned.burn_s - (0.0 if main_out else planned.vernier_s)
        return max(0.0, ends - since_s), "plan"

    def _index(self, stage: int, planned: Stage, since_s: float, gained: float) -> float | None:
        """Where in the planned burn the motor is, by the speed that it has given."""
        known = self._curves.get(stage)
        if known is None or since_s < _SETTLED_S:
            return None
        times, speeds = known
        if not 0.0 < gained < speeds[-1]:
            return max(0.0, times[-1] - since_s) if planned.burn_s <= times[-1] + 0.5 and gained > 0.0 else None
        place = bisect_right(speeds, gained) - 1
        low, high = speeds[place], speeds[place + 1]
        index = times[place] + (gained - low) / (high - low) * (times[place + 1] - times[place])
        stretch = since_s / max(index, 0.1)
        if abs(stretch - 1.0) > _STRETCH:
            return None
        return (planned.burn_s - index) * stretch

    def _energy(
        self, planned: Stage, push: Push, main_out: bool, position: Vector, velocity: Vector
    ) -> float | None:
        """Seconds until the target orbit's energy. None where thrust does not bring it nearer."""
        target = self._plan.target
        v = inertial(position, velocity)
        speed = math.sqrt(dot(v, v))
        major = 2.0 * SEMI_MAJOR_AXIS + target.perigee_m + target.apogee_m
        wanted = 2.0 * MU * (1.0 / math.sqrt(dot(position, position)) - 1.0 / major)
        acceleration = push.acceleration
        if wanted <= 0.0 or acceleration < 0.1 or push.pace < 0.2 * acceleration:
            return None
        missing = math.sqrt(wanted) - speed
        exhaust = planned.exhaust_speed_m_s
        # Of thrust only the part along the motion adds energy; gravity takes none at the same radius.
        share = push.pace / acceleration
        if planned.vernier_s > 0.0:
            if main_out:
                exhaust = planned.vernier_exhaust_speed_m_s
            else:
                missing -= _vernier_speed(planned)
        if exhaust <= 0.0:
            return None
        return max(0.0, exhaust / acceleration * (1.0 - math.exp(-missing / (exhaust * share))))


def _vernier_speed(planned: Stage) -> float:
    """What the vernier gives alone, after the main engine's cut-off."""
    with_main = planned.thrust_n * (planned.burn_s - planned.vernier_s)
    mass = planned.mass_kg - with_main / planned.exhaust_speed_m_s
    burnt = planned.vernier_thrust_n * planned.vernier_s / planned.vernier_exhaust_speed_m_s
    left = planned.main_shutdown_impulse_n_s / max(1.0, mass)
    return planned.vernier_exhaust_speed_m_s * math.log(mass / (mass - burnt)) + left


def _planned(planned: Stage, number: int, profile: Profile | None) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Seconds since ignition and the speed gained by then: from the plan's thrust trace, or from a profile."""
    if planned.trace is not None and planned.thrust_n > 0.0:
        found = curve(
            planned.trace, planned.thrust_n, planned.exhaust_speed_m_s, planned.burn_s, planned.mass_kg
        )
        return found.time, found.gained
    burn = None if profile is None else profile.burns.get(number)
    if burn is None or len(burn.force) < 2 or planned.liquid and planned.steering != "program":
        return None
    return _integrated(burn.force)


def _integrated(force: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Of a profile's axial force at full seconds from 1 on; in the first second it is as at its end."""
    times, speeds = [0.0, 1.0], [0.0, force[0]]
    for place in range(1, len(force)):
        times.append(place + 1.0)
        speeds.append(speeds[-1] + 0.5 * (force[place - 1] + force[place]))
    return tuple(times), tuple(speeds)
