"""Sensors against each other, by way of the ground's own estimate of the flight.

Receiver against inertial unit, independent of each other; navigation, which is made of both, against the estimate;
barometer against navigation's height.
"""

from __future__ import annotations

import math
import re

from flight.geodesy import Vector, dot, less
from ground.air import density, pressure
from ground.detect.cusum import Cusum
from ground.detect.estimator import Estimator, Innovation
from ground.detect.gravity import acceleration
from ground.detect.imufaults import Found, ImuFaults
from ground.detect.signals import Change
from ground.detect.strapdown import unrotated
from ground.detect.thresholds import Thresholds
from ground.detect.trajectory import Track
from ground.detect.unaided import Unaided
from ground.journal import Journal

_TURNED_OVER = ("attitude_loss", "tumbling", "breakup", "orbit_not_reachable")
"""What is made of a tumble, or of a fall after a loss, is no sensor's fault."""

_OF_BOTH = re.compile(r"(imu|gnss)\.")
"""Channels that the estimate is made of."""

_AXES = (
    ("along the axis", "imu.specific_force_x", "an accelerometer"),
    ("to the right", "imu.specific_force_y", "an accelerometer or the yaw gyroscope"),
    ("downwards", "imu.specific_force_z", "an accelerometer or the pitch gyroscope"),
)
"""Body axes: words, the channel named, and what of the inertial unit may be wrong."""

_TURNS = {1: ("imu.rate_z", "the yaw gyroscope"), 2: ("imu.rate_y", "the pitch gyroscope")}
"""Where a gyroscope's error shows: the channel, and which one it is."""


class Crosscheck:
    """Raises `gnss_lost`, `sensor_bias` and `sensor_disagreement`.

    A fault of the inertial unit shows as velocity that the receiver gains beside the unit's; a receiver that jumps, as
    position. By their difference alone the ground cannot tell which of the two is wrong, and says so.
    """

    def __init__(
        self, journal: Journal, thresholds: Thresholds, estimator: Estimator, receiver_hz: float, state_s: float
    ) -> None:
        self._journal = journal
        self._limits = thresholds.sensor
        self._rules = thresholds.estimator
        self._rate_limit = thresholds.attitude.rate
        self._pad_speed = thresholds.pad.speed
        self.estimator = estimator
        self._sums = [Cusum(thresholds.cusum, receiver_hz) for _ in _AXES] if thresholds.layers.cusum else []
        self._faults = ImuFaults(thresholds.imu_fault)
        self._looks = thresholds.imu_fault.looks
        self._hangs = thresholds.imu_fault.hangs
        self._unaided = Unaided(thresholds.estimator, thresholds.sensor, estimator)
        self._fixed: bool | None = None
        self._lost = 0
        self._agreeing = self._refused = self._given_up = 0
        self._off: Vector = (0.0, 0.0, 0.0)
        """Which way the last solution outside the gate was off."""
        self._level: Vector | None = None
        """The unit's error in body axes as it was at first: what has been there from the beginning is no fault."""
        self._level_variance = math.inf
        """Of that, (m/s2)^2 along each axis."""
        self._grown = 0
        """Solutions in a row after which the unit's error has been too far from that."""
        self._restarted = False
        """The computer has started again: its attitude is no more what it was aligned to on the pad."""
        self._found_in_flight = False
        """It has had to find its attitude in flight: a slow error of force may be this attitude's as well."""
        self._renewing = 0.0
        """Solutions that are no sum's business yet."""
        self._apart = Change(2.0 * state_s)
        self._near = 0
        self._ports = Change(2.0 * state_s)
        self._first_s = 0.0

    def restarted(self) -> None:
        """The computer has started again: its solution is its own affair until it agrees again."""
        self._agreeing = self._near = 0
        self._restarted = True
        self._found_in_flight |= self._moving()
        self.estimator.restarted()

    def receiver(self, time_s: float, fix: bool, position: tuple[float, ...], velocity: tuple[float, ...]) -> None:
        """A satellite solution, ECEF."""
        self._unaided.solution(time_s, fix)
        if not self.fix(time_s, fix):
            return
        innovation = self.estimator.solution(time_s, position, velocity)  # type: ignore[arg-type]
        if innovation is None:
            self._faults.rest()
            # It has begun, on this one.
            self._renewing = self._limits.renewing
        else:
            self._judge(innovation)

    def fix(self, time_s: float, fix: bool) -> bool:
        """Whether a solution is one."""
        if fix:
            self._fixed, self._lost = True, 0
            return True
        self._lost += 1
        if self._fixed and self._lost == self._limits.fixes:
            self._fixed = False
            self._journal.alarm(
                "gnss_lost",
                "watch",
                time_s,
                "The receiver has no fix: navigation goes on by inertia alone.",
                channel="gnss.fix",
                value=0.0,
            )
        return False

    def navigation(self, time_s: float, track: Track) -> None:
        """A state of navigation, after the estimate has been advanced to its time."""
        estimator, limits = self.estimator, self._limits
        if not self._usable() or self.upset():
            self._near = 0
            return
        moved = math.dist(track.position, estimator.position)
        apart = less(track.velocity, estimator.velocity)
        force, pull = estimator.force, acceleration(*estimator.position, *estimator.velocity[:2])
        gaining = force[0] + pull[0], force[1] + pull[1], force[2] + pull[2]
        strength = math.sqrt(dot(gaining, gaining))
        # A clock that is late by a little shows along the acceleration alone: the force's and gravity's.
        along = abs(dot(apart, gaining)) / strength if strength > 1.0 else 0.0
        faster = math.sqrt(dot(apart, apart))
        across = math.sqrt(max(0.0, faster * faster - along * along))
        late_s = limits.lag_s + 3.0 * estimator.lag_sigma_s
        slack = limits.again if self._restarted else 1.0
        # What a late clock made along a force stays when the force goes, until a solution shows it.
        limit = slack * limits.speed_apart + limits.sigmas * estimator.velocity_sigma + late_s * estimator.changed
        limit += self._unaided.speed
        far = slack * limits.position_apart + limits.sigmas * estimator.position_sigma + late_s * track.speed
        far += self._unaided.position
        agrees = across < limit and along < limit + late_s * strength and moved < far
        if agrees:
            self._near += self._near < limits.aligned
        elif self._near < self._limits.aligned and not self._apart.pending:
            return
        elif self._restarted:
            self._near = 0
        if self._apart.update(time_s, not agrees, limits.apart_s):
            self._first_s = self._apart.span.middle
            if moved >= far:
                text = f"Navigation is {moved:.0f} m away from where receiver and inertial unit put the vehicle."
                self._disagree(time_s, text, "navigation.position", moved, far)
            else:
                text = f"Navigation is {faster:.1f} m/s off what receiver and inertial unit make the velocity."
                self._disagree(time_s, text, "navigation.velocity", faster, limit)

    def barometer(self, time_s: float, track: Track, measured: float) -> None:
        """The barometer's reading while the air is thick enough for it."""
        if track.height > self._limits.barometer_ceiling or (self._restarted and self._near < self._limits.aligned):
            return
        wanted = pressure(track.height)
        stirred = 0.5 * density(track.height) * track.speed * track.speed
        limit = self._limits.barometer_part * wanted + self._limits.port_part * stirred
        if self._ports.update(time_s, abs(measured - wanted) > limit, self._limits.barometer_s):
            self._first_s = self._ports.span.middle
            text = f"The barometer reads {measured / 1e3:.1f} kPa at a height where the air has {wanted / 1e3:.1f} kPa."
            self._disagree(time_s, text, "navigation.static_pressure", measured, limit)

    def _usable(self) -> bool:
        return self.estimator.started and self._agreeing >= self._limits.aligned

    def upset(self) -> bool:
        """The vehicle tumbles, or has."""
        return self.estimator.strapdown.rate > self._rate_limit or self._journal.has_raised(*_TURNED_OVER)

    def _moving(self) -> bool:
        velocity = self.estimator.velocity
        return dot(velocity, velocity) > self._pad_speed**2

    def _judge(self, innovation: Innovation) -> None:
        if self.upset():
            self._refused = self._given_up = 0
            self._faults.rest()
            for each in self._sums:
                each.rest()
            return
        if self._agreeing < self._limits.aligned:
            self._faults.rest()
            # A state that has begun hangs on its first few solutions, and so does its idea of the unit's error.
            self._renewing = self._limits.renewing
            self._agreeing = self._agreeing + 1 if innovation.taken else 0
            self._level, self._level_variance = None, math.inf
            return
        time_s = innovation.time_s
        self._renewing = self._limits.renewing if innovation.renewed else max(0.0, self._renewing - 1.0)
        self._shifted(innovation)
        if self._renewing >= self._limits.renewing - self._rules.settling:
            self._refused = self._given_up = 0
            return
        if innovation.taken:
            self._refused = self._given_up = 0
            # What the state hangs on moves the unit's error as well: after a gap, and after a change of force.
            if self._restarted or self._renewing or innovation.by_velocity[1] > self._hangs:
                self._grown = 0
            else:
                self._strayed(time_s)
            return
        # What is outside the gate once is a glitch; what is far outside counts twice, and what comes from another side
        # begins anew.
        off = innovation.velocity if innovation.velocity_nis >= self._rules.gate_3 else innovation.position
        turned = dot(off, self._off) < 0.5 * math.sqrt(dot(off, off) * dot(self._off, self._off))
        if self._refused == 0 or turned:
            self._first_s, self._refused = time_s, 0
        self._off = off
        before = self._refused
        self._refused += 2 if self._is_far(innovation) else 1
        if before < self._rules.refused <= self._refused:
            self._outside(innovation)
        self._given_up += 1
        if self._given_up >= self._rules.give_up:
            self._agreeing = self._refused = self._given_up = 0

    def _is_far(self, innovation: Innovation) -> bool:
        """Beyond what the tails of any receiver's noise reach."""
        rules, gate, wild = self._rules, self._limits.far * self._rules.gate_3, self._limits.wild
        return (innovation.velocity_nis > gate and innovation.faster > wild * rules.receiver_speed) or (
            innovation.position_nis > gate and innovation.away > wild * rules.receiver_position
        )

    def _outside(self, innovation: Innovation) -> None:
        if innovation.velocity_nis >= self._rules.gate_3:
            axis = max(range(3), key=lambda place: abs(innovation.velocity[place]))
            self._biased(innovation.time_s, axis, innovation.faster, 6.0 * innovation.sigma)
        else:
            text = f"The receiver has jumped by {innovation.away:.0f} m, and its velocity has not."
            self._disagree(innovation.time_s, text, "gnss.position", innovation.away)

    def _shifted(self, innovation: Innovation) -> None:
        if self._renewing or self._found_in_flight:
            self._faults.rest()
            return
        if self._sums and (found := self._faults.add(innovation, self.estimator.strapdown.force[0])) is not None:
            self._faulty(innovation.time_s, found)
        for axis, each in enumerate(self._sums):
            if each.add(innovation.time_s, innovation.velocity[axis] / innovation.sigma):
                self._first_s = each.onset_s
                self._biased(innovation.time_s, axis, innovation.faster, 3.0 * innovation.sigma)

    def _strayed(self, time_s: float) -> None:
        """A fault too slow for the innovations has grown in the filter's own idea of the unit's error."""
        estimator, limit = self.estimator, self._limits.bias_error
        error, variance = self._error(), estimator.level.bias
        if self._level is None or variance < 0.5 * self._level_variance:
            # The first seconds know the error poorly, and what a receiver's tails make of it there is no level.
            self._level, self._level_variance = error, variance
        strength = math.sqrt(dot(estimator.force, estimator.force))
        limit = max(
            limit + 3.0 * self._rules.part * strength,
            self._limits.grown_sigmas * math.sqrt(variance + self._level_variance),
        )
        grown = less(error, self._level)
        size = math.sqrt(dot(grown, grown))
        self._grown = self._grown + 1 if size > limit else 0
        if self._grown == 1:
            self._first_s = time_s
        if self._grown >= self._looks:
            axis = max(range(3), key=lambda place: abs(grown[place]))
            self._biased(time_s, axis, size, limit, "m/s2")

    def _error(self) -> tuple[float, float, float]:
        """The unit's error as the filter has it, body axes."""
        attitude = self.estimator.strapdown.attitude
        return (0.0, 0.0, 0.0) if attitude is None else unrotated(attitude, self.estimator.bias)

    def _faulty(self, time_s: float, found: Found) -> None:
        if self._known():
            return
        where, channel, what = _AXES[found.axis]
        value, limit, unit = found.size, found.limit, "m/s2"
        if found.kind == "gyroscope":
            channel, what = _TURNS[found.axis]
            value, limit, unit = math.degrees(value), math.degrees(limit), "degrees a second"
        text = f"part {where} as if {what} were {value:.2f} {unit} off, or the receiver errs."
        self._parting(time_s, text, found.onset_s, channel, value, limit, found.size / found.sigma)

    def _known(self) -> bool:
        """A stuck sensor is told of already, and by its own name."""
        return any(
            alarm.name == "sensor_stuck" and _OF_BOTH.match(alarm.channel or "") for alarm in self._journal.alarms
        )

    def _biased(self, time_s: float, axis: int, value: float, limit: float, unit: str = "m/s") -> None:
        if self._known():
            return
        where, channel, what = _AXES[axis]
        text = f"part {where} ({value:.2f} {unit}): {what} is biased, or the receiver errs."
        self._parting(time_s, text, self._first_s, channel, value, limit)

    def _parting(
        self,
        time_s: float,
        text: str,
        first_s: float,
        channel: str,
        value: float,
        limit: float,
        sigma: float | None = None,
    ) -> None:
        self._journal.alarm(
            "sensor_bias",
            "warning",
            time_s,
            f"Receiver and inertial unit {text}",
            first_s=first_s,
            channel=f"{channel} against gnss.velocity",
            value=value,
            limit=limit,
            sigma=sigma,
        )

    def _disagree(self, time_s: float, text: str, channel: str, value: float, limit: float | None = None) -> None:
        self._journal.alarm(
            "sensor_disagreement",
            "warning",
            time_s,
            text,
            first_s=self._first_s,
            channel=channel,
            value=value,
            limit=self._limits.position_apart if limit is None else limit,
        )
