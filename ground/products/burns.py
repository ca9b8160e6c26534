"""Time to go: how long the present burn has left, from what has been gained and what is still missing.

A solid motor cannot be stopped: the speed that it has given, held against the planned burn, tells how far it has burnt,
and from the time that took how much faster or slower it burns than planned. A liquid engine on its way to an orbit is
cut off at the orbit's energy: the speed still missing, the present acceleration and the exhaust speed give the time by
the rocket equation. Any other burn ends when the plan says.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, dot, less
from flight.plans.burn import curve
from flight.plans.plan import FlightPlan
from flight.plans.stage import Stage
from ground.conic import MU, inertial
from ground.profile import Numbers, Profile

LONGEST_S = 2.5
"""Between two states farther apart a burn may have begun or ended: nothing is added across."""
SMOOTH_S = 0.5
"""Time constant of the acceleration by thrust."""
_TURN_S = 8.0
"""Time constant of how fast thrust turns against the motion."""
START_S = 1.0
"""From ignition until the speed gained is counted, as in profiles."""
_SETTLED_S = 3.0
"""From ignition until what has been gained tells more than the plan."""
_LEAST_SHARE = 0.5
"""Of thrust along the motion: with less, energy is not what the stage is after."""
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
        self.whole = False
        """Nothing is missing in that."""
        self.thrust: Vector = (0.0, 0.0, 0.0)
        """m/s2, ECEF."""
        self.share = 0.0
        """The part of it along the inertial motion: what adds energy."""
        self.turning = 0.0
        """How fast that part changes, 1/s."""

    @property
    def acceleration(self) -> float:
        """m/s2."""
        return math.sqrt(dot(self.thrust, self.thrust))

    def begin(self, already_s: float) -> None:
        """The count begins, so many seconds late."""
        self.gained, self.whole = self.acceleration * already_s, True

    def add(self, time_s: float, position: Vector, velocity: Vector, source: str) -> None:
        """A new state."""
        before, self._before = self._before, (time_s, velocity, source)
        if before is None or before[2] != source or not 0.0 < time_s - before[0] < LONGEST_S:
            self.whole, self.share = False, 0.0
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
        share = dot(self.thrust, v) / max(0.01, math.sqrt(dot(v, v)) * self.acceleration)
        if self.share:
            part = min(1.0, span_s / _TURN_S)
            self.turning += part * ((share - self.share) / span_s - self.turning)
        else:
            self.turning = 0.0
        self.share = share


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
        if self._plan.orbital and planned.liquid and since_s > _SETTLED_S and place == len(self._plan.stages) - 1:
            found = self._energy(planned, push, main_out, position, velocity)
            if found is not None:
                return found, "target energy"
        found = self._index(stage, planned, since_s, push)
        if found is not None:
            return found, "sensed speed"
        ends = planned.burn_s - (0.0 if main_out else planned.vernier_s)
        return max(0.0, ends - since_s), "plan"

    def _index(self, stage: int, planned: Stage, since_s: float, push: Push) -> float | None:
        """Where in the planned burn the motor is, by the speed that it has given."""
        known = self._curves.get(stage)
        if known is None or not push.whole or since_s < _SETTLED_S:
            return None
        times, speeds = known
        place = min(bisect_right(speeds, push.gained) - 1, len(speeds) - 2)
        if place < 0:
            return None
        # Beyond the last knot the motor goes on as at it.
        low, high = speeds[place], speeds[place + 1]
        index = times[place] + (push.gained - low) / (high - low) * (times[place + 1] - times[place])
        stretch = since_s / index
        return None if abs(stretch - 1.0) > _STRETCH else max(0.0, planned.burn_s - index) * stretch

    def _energy(self, planned: Stage, push: Push, main_out: bool, position: Vector, velocity: Vector) -> float | None:
        """Seconds until the target orbit's energy. None where thrust does not bring it nearer."""
        target = self._plan.target
        v = inertial(position, velocity)
        speed = math.sqrt(dot(v, v))
        major = 2.0 * SEMI_MAJOR_AXIS + target.perigee_m + target.apogee_m
        wanted = 2.0 * MU * (1.0 / math.sqrt(dot(position, position)) - 1.0 / major)
        acceleration = push.acceleration
        if wanted <= 0.0 or acceleration < 0.1 or push.share < _LEAST_SHARE:
            return None
        missing = math.sqrt(wanted) - speed
        exhaust = planned.exhaust_speed_m_s
        if planned.vernier_s > 0.0:
            if main_out:
                exhaust = planned.vernier_exhaust_speed_m_s
            else:
                missing -= _vernier_speed(planned)
        if exhaust <= 0.0:
            return None
        # Only thrust along the motion adds energy. Its part half-way through what is left: as it turns now.
        seconds, share = 0.0, push.share
        for _ in range(3):
            seconds = max(0.0, exhaust / acceleration * (1.0 - math.exp(-missing / (exhaust * share))))
            share = min(1.0, max(_LEAST_SHARE, push.share + 0.5 * seconds * push.turning))
        return seconds


def _vernier_speed(planned: Stage) -> float:
    """What the vernier gives alone, after the main engine's cut-off."""
    with_main = planned.thrust_n * (planned.burn_s - planned.vernier_s)
    mass = planned.mass_kg - with_main / planned.exhaust_speed_m_s
    burnt = planned.vernier_thrust_n * planned.vernier_s / planned.vernier_exhaust_speed_m_s
    left = planned.main_shutdown_impulse_n_s / max(1.0, mass)
    return planned.vernier_exhaust_speed_m_s * math.log(mass / (mass - burnt)) + left


def _planned(planned: Stage, number: int, profile: Profile | None) -> tuple[Numbers, Numbers] | None:
    """Seconds since ignition and the speed gained by then since `START_S`: of the plan's trace, or of a profile."""
    if planned.trace is not None and planned.thrust_n > 0.0:
        found = curve(planned.trace, planned.thrust_n, planned.exhaust_speed_m_s, planned.burn_s, planned.mass_kg)
        place = bisect_right(found.time, START_S)
        part = (START_S - found.time[place - 1]) / (found.time[place] - found.time[place - 1])
        already = found.gained[place - 1] + part * (found.gained[place] - found.gained[place - 1])
        return (START_S, *found.time[place:]), (0.0, *(speed - already for speed in found.gained[place:]))
    burn = None if profile is None else profile.burns.get(number)
    if burn is None or min(burn.force) <= 0.0:
        return None
    times = [START_S]
    for place in range(1, len(burn.force)):
        gained = burn.delta_v[place] - burn.delta_v[place - 1]
        times.append(times[-1] + 2.0 * gained / (burn.force[place - 1] + burn.force[place]))
    return tuple(times), tuple(speed - burn.delta_v[0] for speed in burn.delta_v)
