"""The ground's own state of flight: position, velocity and the error of the measured acceleration, by a Kalman filter.

Inputs are the inertial unit's packets, the receiver's solutions and the barometer; of navigation only the attitude is
used. So where navigation fails, freezes or starts again there is a second opinion, and the receiver's innovations tell
of inertial faults that navigation, aided by the same receiver, covers up.

The error model is the same along every level axis, so one covariance of three states serves both, and another the
vertical, which the barometer sees too (R. G. Brown and P. Y. C. Hwang, Introduction to Random Signals and Applied
Kalman Filtering, 4th edition, chapters 4 and 9). Earth-fixed axes (WGS 84), SI.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flight.geodesy import ROTATION_RATE, SEMI_MAJOR_AXIS, Vector, dot, less, to_geodetic
from ground.air import density, pressure
from ground.conic import MU
from ground.detect.covariance import Covariance
from ground.detect.strapdown import Strapdown, unrotated
from ground.detect.thresholds import EstimatorRules

OBLATENESS = 1.5 * 1.0826267e-3
"""3/2 J2 of EGM96 (Lemoine et al., NASA/TP-1998-206861)."""


@dataclass(frozen=True, slots=True)
class Innovation:
    """What a solution of the receiver said beyond what was expected, before it was taken in.

    `position` is Earth-fixed; `velocity` is in body axes where the attitude is known, else Earth-fixed; `sigma` is its
    standard deviation along each axis. `position_nis` and `velocity_nis` are normalised squares of three dimensions;
    `taken` says that both were inside the gate, `renewed` that the expected velocity was worth little beside the
    solution's, as after a gap: the state then hangs on this one solution and errs as it did.
    `span_s` has gone since the solution before; `by_position` and `by_velocity` are the gains of position, velocity and
    acceleration error, level, that it was then taken in with.
    """

    time_s: float
    position: Vector
    velocity: Vector
    sigma: float
    position_nis: float
    velocity_nis: float
    taken: bool
    renewed: bool
    span_s: float
    by_position: Vector
    by_velocity: Vector

    @property
    def away(self) -> float:
        """m."""
        return math.sqrt(dot(self.position, self.position))

    @property
    def faster(self) -> float:
        """m/s."""
        return math.sqrt(dot(self.velocity, self.velocity))


class Estimator:
    """The filter. Packets in the order received; each a few microseconds, the receiver's some twenty.

    `position` (m), `velocity` (m/s, Earth-relative) and `bias` (m/s2: what the unit's acceleration lacks) hold at
    `time_s`; nothing holds before the first solution (`started`).
    """

    def __init__(self, rules: EstimatorRules, imu_period_s: float, port_period_s: float) -> None:
        self._rules = rules
        self.strapdown = Strapdown(rules, imu_period_s)
        self._port_weight = max(1.0, rules.memory_s / port_period_s)
        self.time_s = -math.inf
        self.position: Vector = (0.0, 0.0, 0.0)
        self.velocity: Vector = (0.0, 0.0, 0.0)
        self.bias: Vector = (0.0, 0.0, 0.0)
        self.level = Covariance(0.0, 0.0, 0.0)
        self.upright = Covariance(0.0, 0.0, 0.0)
        self._force: Vector = (0.0, 0.0, 0.0)
        """Newest specific force in Earth-fixed axes, and that of the last solution."""
        self._force_before: Vector | None = None
        self.lag_s = 0.0
        """How late the receiver's solutions are for their time stamps, as far as changes of the force have shown."""
        self._lag_variance = rules.lag_s**2
        self._part = rules.part
        """How far the attitude may be off, as a part of a change of force."""
        self._changed_s = -math.inf
        """When the force last changed by more than it does from one look to the next in a steady burn or coast."""
        self._changing = 0.0
        """Change of the force between two solutions, m/s2, mean over a second."""
        self._worse_position = self._worse_speed = 1.0
        """How much larger the receiver's variances are than supposed."""
        self._refused = 0
        self._solved_s = -math.inf
        """Of the newest solution."""
        self._since_renewal = rules.settling
        """Solutions since the last one that the state hangs on, no more counted than matter."""
        self._port_height: float | None = None
        self._port_error = 0.0

    @property
    def force(self) -> Vector:
        """Newest measured specific force in Earth-fixed axes, m/s2."""
        return self._force

    @property
    def started(self) -> bool:
        """There is a state."""
        return self.time_s > -math.inf

    @property
    def position_sigma(self) -> float:
        """m, the larger of along and across the vertical."""
        return math.sqrt(max(self.level.position, self.upright.position)) if self.started else math.inf

    @property
    def velocity_sigma(self) -> float:
        """m/s, as `position_sigma`."""
        return math.sqrt(max(self.level.velocity, self.upright.velocity)) if self.started else math.inf

    @property
    def changed(self) -> float:
        """By how much the force has changed since a solution last showed it, m/s2."""
        before = self._force_before
        return 0.0 if before is None else math.dist(self._force, before)

    @property
    def lag_sigma_s(self) -> float:
        """How well `lag_s` is known."""
        return math.sqrt(self._lag_variance)

    def restarted(self) -> None:
        """The onboard computer has started again: what the receiver says may come sooner or later than before."""
        self.strapdown.restarted()
        self._part = self._rules.realigned
        self._lag_variance = variance = self._rules.lag_s**2
        for covariance in (self.level, self.upright):
            covariance.position += variance * dot(self.velocity, self.velocity)
            covariance.velocity += variance * dot(self._force, self._force)

    def advance(self, time_s: float) -> None:
        """Carries the state on to a time, by what the unit has measured until then."""
        if not self.started or not time_s > self.time_s:
            return
        rules, strapdown, since_s = self._rules, self.strapdown, self.time_s
        gained = strapdown.close(time_s, since_s)
        span_s = time_s - since_s
        half = 0.5 * span_s
        u, v, w = self.velocity
        x, y, z = self.position
        pull = _acceleration(x + half * u, y + half * v, z + half * w, u, v)
        if gained is not None:
            force = gained[0] / span_s, gained[1] / span_s, gained[2] / span_s
            changed = less(force, self._force)
            if dot(changed, changed) > rules.step * rules.step:
                self._changed_s = time_s
            self._force = force
        a, b, c = self._force
        d, e, f = self.bias
        a, b, c = (a + pull[0] + d) * span_s, (b + pull[1] + e) * span_s, (c + pull[2] + f) * span_s
        self.position = (x + (u + 0.5 * a) * span_s, y + (v + 0.5 * b) * span_s, z + (w + 0.5 * c) * span_s)
        self.velocity = (u + a, v + b, w + c)
        self.time_s = time_s
        unknown = strapdown.unknown
        strapdown.unknown = 0.0
        carried = rules.drift * math.sqrt(dot(self._force, self._force)) if strapdown.age_s > span_s else 0.0
        for covariance in (self.level, self.upright):
            covariance.propagate(span_s)
            covariance.velocity += rules.walk * rules.walk * span_s + unknown * unknown
            covariance.bias += (rules.bias_walk * rules.bias_walk + carried * carried * strapdown.age_s) * span_s

    def attitude(self, time_s: float, w: float, x: float, y: float, z: float) -> None:
        """Navigation's attitude, body to ECEF, scalar first."""
        self.advance(time_s)
        strapdown = self.strapdown
        if not self.started:
            strapdown.forget()
        strapdown.take((w, x, y, z))
        if strapdown.slip:
            self._doubt(strapdown.slip * math.sqrt(dot(self._force, self._force)))
            strapdown.slip = 0.0

    def solution(self, time_s: float, position: Vector, velocity: Vector) -> Innovation | None:
        """A valid solution of the receiver; None where it began the estimate, or was none."""
        rules = self._rules
        # A sum with NaN in it compares false.
        if not (1e12 < dot(position, position) < 1e16 and dot(velocity, velocity) < 1e9):
            return None
        self.advance(time_s)
        late_s = self.time_s - time_s
        if not self.started or late_s > rules.blind_s:
            self._begin(time_s, position, velocity)
            return None
        up = _up(self.position)
        noise = self._worse_position * rules.receiver_position**2
        pace = self._worse_speed * rules.receiver_speed**2
        told = position, velocity
        pull = _acceleration(*position, velocity[0], velocity[1])
        pace += self._learn_lag(less(self._carried(told, late_s, pull)[1], self.velocity), pull, pace)
        position, velocity = self._carried(told, late_s, pull)
        away, faster = less(position, self.position), less(velocity, self.velocity)
        position_nis = _normalised(away, up, self.level.position + noise, self.upright.position + noise)
        # A force that changes steadily hides an unknown time stamp as an acceleration error, for as long as the filter
        # remembers: ten solutions.
        hidden = self._lag_variance * (rules.absorbed * self._changing) ** 2
        spread = self.level.velocity + pace + hidden, self.upright.velocity + pace + hidden
        velocity_nis = _normalised(faster, up, *spread)
        taken = position_nis < rules.gate_3 and velocity_nis < rules.gate_3
        renewed = max(self.level.velocity, self.upright.velocity) > rules.renewed * pace
        self._since_renewal += self._since_renewal < rules.settling
        if renewed and self._since_renewal >= rules.settling:
            self._since_renewal = 0.0
        attitude = self.strapdown.attitude
        inside = faster if attitude is None else unrotated(attitude, faster)
        by_position = by_velocity = 0.0, 0.0, 0.0
        if taken:
            self._refused = 0
            self._worse_position = _worse(self._worse_position, position_nis)
            self._worse_speed = _worse(self._worse_speed, velocity_nis)
            by_position = self.level.see_position(noise)
            self._take(away, up, by_position, self.upright.see_position(noise))
            faster = less(velocity, self.velocity)
            by_velocity = self.level.see_velocity(pace)
            self._take(faster, up, by_velocity, self.upright.see_velocity(pace))
        else:
            self._refuse(time_s, told, faster, velocity_nis)
        span_s, self._solved_s = time_s - self._solved_s, time_s
        return Innovation(
            time_s,
            away,
            inside,
            math.sqrt(max(spread)),
            position_nis,
            velocity_nis,
            taken,
            renewed,
            span_s,
            by_position,
            by_velocity,
        )

    def _refuse(self, time_s: float, told: tuple[Vector, Vector], faster: Vector, velocity_nis: float) -> None:
        """A solution is outside the gate. After too many it is the estimate that is wrong."""
        rules = self._rules
        self._refused += 1
        if self._since_renewal < rules.settling and velocity_nis >= rules.gate_3:
            self.level.velocity += dot(faster, faster)
            self.upright.velocity += dot(faster, faster)
        if self._refused >= rules.give_up:
            self._begin(time_s, *told)
            self.strapdown.forget()

    def barometer(self, measured: float) -> None:
        """Static pressure, Pa, at the time of the last `advance`: a height, and a poor one but in the first kilometres.

        The height by pressure is set to the estimate's at first; from then on it errs with the weather's part of what
        has been climbed, and with the ports where the air is stirred.
        """
        rules = self._rules
        if not self.started or not measured > 0.0:
            return
        place = to_geodetic(*self.position)
        height = place.height
        air = density(height)
        if height > rules.ceiling or air <= 0.0:
            return
        wanted = pressure(height)
        off = (wanted - measured) / (9.8 * air)
        if self._port_height is None:
            self._port_height, self._port_error = height, off
            return
        climbed = abs(height - self._port_height)
        speed_squared = dot(self.velocity, self.velocity)
        mach = math.sqrt(speed_squared * air / (1.4 * wanted))
        part = rules.port if rules.transonic_from < mach < rules.transonic_to else rules.port_still * rules.port
        stirred = part * speed_squared / 19.6
        sigma_squared = 25.0 + (rules.weather * climbed) ** 2 + stirred * stirred
        off -= self._port_error
        if off * off > rules.gate_1 * (sigma_squared + self.upright.position):
            return
        gains = self.upright.see_position(sigma_squared * self._port_weight)
        up = _up(self.position)
        self._take((off * up[0], off * up[1], off * up[2]), up, (0.0, 0.0, 0.0), gains)

    def _begin(self, time_s: float, position: Vector, velocity: Vector) -> None:
        rules = self._rules
        self.strapdown.close(time_s, time_s)
        self.strapdown.unknown = 0.0
        self.time_s, self.position, self.velocity, self.bias = time_s, position, velocity, (0.0, 0.0, 0.0)
        self._solved_s = time_s
        self.lag_s, self._lag_variance = 0.0, rules.lag_s**2
        variances = rules.receiver_position**2, rules.receiver_speed**2, rules.bias**2
        self.level, self.upright = Covariance(*variances), Covariance(*variances)
        self._force_before = None
        self._refused = 0

    def _carried(self, told: tuple[Vector, Vector], late_s: float, pull: Vector) -> tuple[Vector, Vector]:
        """A solution that is so late, and as much more as solutions are found to be, as it would be now."""
        late_s += self.lag_s
        (x, y, z), (u, v, w) = told
        a, b, c = self._force
        return (x + late_s * u, y + late_s * v, z + late_s * w), (
            u + late_s * (a + pull[0]),
            v + late_s * (b + pull[1]),
            w + late_s * (c + pull[2]),
        )

    def _learn_lag(self, faster: Vector, pull: Vector, pace: float) -> float:
        """Where the force has changed since the last solution, a late time stamp shows along the change, and so do a
        scale error and a misalignment. The state, which has followed late solutions, is set right with the lag.

        A solution that may be older than the change shows it in part or not at all: from such a one no lag is learnt,
        and what an unknown lag may hide in it is returned, a variance of its velocity, (m/s)^2.
        """
        before = self._force_before
        if before is None:
            self._force_before = self._force
            return 0.0
        changed = less(self._force, before)
        square = dot(changed, changed)
        if self.time_s - self._changed_s < self._rules.fresh * self.lag_sigma_s:
            return self._lag_variance * square
        self._force_before = self._force
        for covariance in (self.level, self.upright):
            covariance.bias += self._part**2 * square
        self._changing += (math.sqrt(square) - self._changing) / 5.0
        if square < self._rules.step**2:
            return 0.0
        noise = self.level.velocity + pace
        total, along = noise + self._lag_variance * square, dot(faster, changed)
        gain = self._lag_variance / total
        # More than any lag explains is none.
        late_s = -gain * along if along * along < self._rules.gate_1 * square * total else 0.0
        self._lag_variance = max(noise * gain, self._rules.jitter_s**2)
        self.lag_s += late_s
        x, y, z = self.position
        u, v, w = self.velocity
        self.position = (x + late_s * u, y + late_s * v, z + late_s * w)
        self.velocity = (
            u + late_s * (before[0] + pull[0]),
            v + late_s * (before[1] + pull[1]),
            w + late_s * (before[2] + pull[2]),
        )
        for covariance in (self.level, self.upright):
            covariance.velocity += self._lag_variance * square
        return 0.0

    def _doubt(self, acceleration: float) -> None:
        for covariance in (self.level, self.upright):
            covariance.bias += acceleration * acceleration

    def _take(self, off: Vector, up: Vector, level: Vector, upright: Vector) -> None:
        """Moves the states by the gains times an innovation, along and across the vertical."""
        along = dot(off, up)
        x, y, z = along * up[0], along * up[1], along * up[2]
        u, v, w = off[0] - x, off[1] - y, off[2] - z
        (a, b, c), (d, e, f) = level, upright
        p, q, r = self.position
        self.position = (p + a * u + d * x, q + a * v + d * y, r + a * w + d * z)
        p, q, r = self.velocity
        self.velocity = (p + b * u + e * x, q + b * v + e * y, r + b * w + e * z)
        p, q, r = self.bias
        self.bias = (p + c * u + f * x, q + c * v + f * y, r + c * w + f * z)


def _normalised(off: Vector, up: Vector, level: float, upright: float) -> float:
    along = dot(off, up)
    return (dot(off, off) - along * along) / level + along * along / upright


def _worse(variance: float, nis: float) -> float:
    """A variance in parts of what it was supposed to be, after one more normalised square of three dimensions.

    Learnt from a hundred of them; outliers count as three, and nothing is found to be better than supposed.
    """
    return min(max(1.0, variance * (1.0 + 0.01 * (min(nis / 3.0, 3.0) - 1.0))), 1e4)


def _up(position: Vector) -> Vector:
    """Away from the Earth's centre: within 0.2 degrees of the geodetic vertical."""
    size = math.sqrt(dot(position, position))
    return position[0] / size, position[1] / size, position[2] / size


def _acceleration(x: float, y: float, z: float, u: float, v: float) -> Vector:
    """Gravitation with its oblateness, centrifugal and Coriolis acceleration in Earth-fixed axes, m/s2.

    D. Vallado, Fundamentals of Astrodynamics and Applications, 4th edition, equation 8-30.
    """
    square = x * x + y * y + z * z
    scale = -MU / (square * math.sqrt(square))
    bulge = OBLATENESS * SEMI_MAJOR_AXIS * SEMI_MAJOR_AXIS / square
    tilt = 5.0 * z * z / square
    across = scale * (1.0 + bulge * (1.0 - tilt)) + ROTATION_RATE * ROTATION_RATE
    turning = 2.0 * ROTATION_RATE
    return across * x + turning * v, across * y - turning * u, scale * (1.0 + bulge * (3.0 - tilt)) * z
