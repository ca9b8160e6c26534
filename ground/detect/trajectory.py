"""Maximum dynamic pressure, apogee, orbit insertion and impact, from navigation and from the receiver, each alone."""

from __future__ import annotations

import math
from collections import deque

from flight.geodesy import Vector, to_geodetic
from ground.air import density, pressure
from ground.detect.events import BAROMETER, NAVIGATION, RECEIVER, SPEED, EventMachine
from ground.detect.signals import Change, Line, Peak, Span
from ground.detect.thresholds import Thresholds
from ground.orbit import orbit

_LOWEST_RADIUS, _HIGHEST_RADIUS, _FASTEST = 6.3e6, 1.0e8, 2.0e4
"""m and m/s: a state outside is no state of a launch vehicle."""

_FRESH_S = 0.5
"""A receiver's solution older than this does not judge navigation: at 70 m/s2 the speed changes by 35 m/s."""

_FASTEST_GAIN = 40.0
"""m/s2: thrust and gravity change no velocity faster."""

_TOP_S = 3.0
"""Without a speed for so long, a maximum may lie between: as much as a parabola through its top may lack."""

_COLUMN_S = 4.0
"""Over which the barometer's rate of climb is taken: its noise is then a hundredth of it."""

_THIN_PA = 2.0e3
"""Under this a barometer's zero error counts."""

_SKY = 9.0e4
"""m: above, the air decides nothing."""


class Track:
    """One source's trajectory: the newest state, and what can be derived from it with a fixed amount of memory."""

    __slots__ = (
        "_dynamic_pressure",
        "climbed",
        "descending",
        "height",
        "inside",
        "position",
        "source",
        "speed",
        "time_s",
        "velocity",
        "vertical",
        "vertical_line",
    )

    def __init__(self, source: str, thresholds: Thresholds, period_s: float) -> None:
        limits = thresholds.trajectory
        self.source = source
        self.time_s = -math.inf
        self.position: Vector = (0.0, 0.0, 0.0)
        self.velocity: Vector = (0.0, 0.0, 0.0)
        self.height = self.speed = self.vertical = 0.0
        self.climbed = self.descending = False
        self.inside = False
        # A receiver of few samples a second needs a longer line for the same number of points.
        span = max(limits.apogee_span_s, 8.0 * period_s)
        self.vertical_line = Line(max(8, math.ceil(span / period_s) + 1), span)
        self._dynamic_pressure = Peak(limits.max_q_least, limits.max_q_drop, limits.max_q_bottom)

    def update(self, time_s: float, position: Vector, velocity: Vector) -> bool:
        """A new state (ECEF, m, m/s, Earth-relative); False where it is not one."""
        x, y, z = position
        u, v, w = velocity
        radius_squared = x * x + y * y + z * z
        speed_squared = u * u + v * v + w * w
        # Comparisons with NaN are false, so what is not finite is refused as well.
        if not (_LOWEST_RADIUS**2 < radius_squared < _HIGHEST_RADIUS**2 and speed_squared < _FASTEST**2):
            return False
        latitude, longitude, self.height = to_geodetic(x, y, z)
        cosine = math.cos(latitude)
        self.vertical = cosine * (u * math.cos(longitude) + v * math.sin(longitude)) + w * math.sin(latitude)
        self.speed = math.sqrt(speed_squared)
        self.time_s, self.position, self.velocity = time_s, position, velocity
        return True

    def max_q(self) -> float | None:
        """Time of the greatest dynamic pressure, once it is past; call for each state while climbing."""
        return self._dynamic_pressure.add(self.time_s, 0.5 * density(self.height) * self.speed * self.speed)

    def fall_s(self) -> float:
        """Seconds until the ellipsoid at the present vertical speed; infinite while climbing."""
        return self.height / -self.vertical if self.vertical < 0.0 else math.inf


class Trajectory:
    """Both tracks, and the events that they show. Times are vehicle time."""

    def __init__(self, machine: EventMachine, thresholds: Thresholds, periods_s: tuple[float, float]) -> None:
        self._machine = machine
        self._limits = thresholds.trajectory
        self._pad = thresholds.pad
        self.navigation = Track(NAVIGATION, thresholds, periods_s[0])
        self.receiver = Track(RECEIVER, thresholds, periods_s[1])
        # Twice as long as the delay to its middle, to which its slope belongs.
        half = max(2, round(0.5 * _COLUMN_S / periods_s[0]))
        self._column = Line(2 * half + 1, _COLUMN_S)
        self._middle: deque[tuple[float, float, float]] = deque(maxlen=half + 1)
        self._stirred = Peak(self._limits.max_q_least, self._limits.max_q_drop, self._limits.max_q_bottom)
        self._moving = Change(2.0 * periods_s[0])
        self._fast = Change(2.0 * periods_s[0])
        self._down = Change(2.0 * periods_s[0])
        self._stood = False
        self.standing = False
        """The newest navigation state does not move."""
        self.doubtful = False
        """Navigation has begun anew in flight, and nothing has borne out yet where it thinks to be."""
        self._left: tuple[float, Vector, Vector] = (-math.inf, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
        """The last state before: time, position, velocity."""
        self._begun = False
        """A state of the navigation that has begun anew has been compared with that one."""
        self._lost_top = False
        """Nothing has told of speed for so long that maximum dynamic pressure may have come and gone unseen."""

    def update(self, track: Track, time_s: float, position: Vector, velocity: Vector, burnout_s: float | None) -> None:
        """A new state of one track. `burnout_s` is when the last motor burnt out, None while one burns."""
        if not track.update(time_s, position, velocity):
            return
        if track is self.navigation:
            if self.doubtful and not self._borne_out(track):
                return
            self._ground(track)
        elif self.navigation.time_s == -math.inf:
            self._in_flight(track)
        if not self._machine.airborne:
            return
        track.vertical_line.add(time_s, track.vertical)
        if not track.descending and track.height < _SKY:
            self._max_q(track)
        if not track.climbed:
            track.climbed = track.vertical > self._limits.climb
        if track.climbed and track.vertical < self._limits.climb:
            # Each state is a chance for both: a receiver of 5 Hz is carried on by its line.
            self._apogee(self.navigation, time_s)
            self._apogee(self.receiver, time_s)
        if burnout_s is not None and time_s > burnout_s + self._limits.settle_s:
            self._insertion(track, time_s, burnout_s)
        if track.descending and track.height < 0.0:
            self._impact(track, time_s, time_s)
        elif track.descending and track is self.navigation:
            self._touchdown(track)

    def barometer(self, time_s: float, measured: float) -> None:
        """A static pressure beside navigation's newest state, where there is no receiver to bear out the maximum of
        dynamic pressure: density, height and rate of climb are the barometer's, the climb's angle is navigation's.
        """
        track = self.navigation
        if self.receiver.time_s > -math.inf or not self._machine.airborne or track.time_s != time_s or self.doubtful:
            return
        if track.descending or track.vertical < self._limits.climb or not _THIN_PA < measured < math.inf:
            return
        wanted = pressure(track.height)
        height = track.height + wanted / (density(track.height) * self._pad.gravity) * math.log(wanted / measured)
        self._column.add(time_s, height)
        self._middle.append((time_s, density(height), (track.speed / track.vertical) ** 2))
        fit = self._column.fit(time_s)
        if fit is None or len(self._middle) < (self._middle.maxlen or 0):
            return
        then_s, thick, angle = self._middle[0]
        found = self._stirred.add(then_s, 0.5 * thick * angle * fit[1] * fit[1])
        if found is not None:
            text = f"by its pressure and how fast that fell dynamic pressure was greatest at {found:.1f} s"
            self._machine.sight("max_q", BAROMETER, Span(found - 0.5, found + 0.5), time_s, text)

    @property
    def airborne_speed(self) -> float:
        """Nothing on a pad moves so fast, m/s."""
        return self._pad.airborne_speed

    def trusted(self, track: Track) -> Track:
        """Navigation, unless a fresh receiver solution contradicts it: dead reckoning drifts, a receiver does not."""
        receiver = self.receiver
        late_s = track.time_s - receiver.time_s
        if track is receiver or not 0.0 <= late_s < _FRESH_S:
            return track
        moved = tuple(q + v * late_s for q, v in zip(receiver.position, receiver.velocity, strict=True))
        agree = math.dist(track.position, moved) < self._limits.agree_position
        agree &= math.dist(track.velocity, receiver.velocity) < self._limits.agree_speed
        return track if agree else receiver

    def restarted(self) -> None:
        """The onboard computer has started again: in flight its navigation may take itself for standing on the pad."""
        if self._machine.airborne and not self.doubtful:
            self.doubtful, self._begun = True, False
            self._left = self.navigation.time_s, self.navigation.position, self.navigation.velocity

    def _borne_out(self, track: Track) -> bool:
        """Whether navigation goes on where it was, as far as any vehicle can have moved, or a receiver agrees.

        Where there is a receiver, its first state alone is compared: what began at rest on a pad comes within reach of
        all that a vehicle can do in a while.
        """
        left_s, position, velocity = self._left
        late_s = track.time_s - left_s
        self._lost_top |= late_s > _TOP_S and not track.descending
        gained = _FASTEST_GAIN * late_s
        carried = tuple(p + v * late_s for p, v in zip(position, velocity, strict=True))
        agrees = math.dist(track.position, carried) < self._limits.agree_position + 0.5 * gained * late_s
        agrees &= math.dist(track.velocity, velocity) < self._limits.agree_speed + gained
        agrees &= not self._begun
        self._begun = self.receiver.time_s > -math.inf
        receiver = self.receiver
        fresh_s = track.time_s - receiver.time_s
        if receiver.time_s > left_s and 0.0 <= fresh_s < _FRESH_S:
            agrees = self.trusted(track) is track
        self.doubtful = not agrees
        return agrees

    def denied_s(self, name: str) -> float:
        """Until when a track has been heard that would show an event, and has not."""
        if name == "max_q" and self._lost_top:
            return -math.inf
        return max(-math.inf if self.doubtful else self.navigation.time_s, self.receiver.time_s)

    def end_of_data(self, now_s: float) -> None:
        """Nothing follows: what was about to touch the ground has done so."""
        for track in (self.navigation, self.receiver):
            fall_s = track.fall_s()
            if track.descending and fall_s < self._limits.impact_in_s:
                self._impact(track, now_s, track.time_s + max(0.0, fall_s))

    def _ground(self, track: Track) -> None:
        speed = track.speed
        self.standing = speed < self._pad.speed
        self._stood |= self.standing and not self._machine.airborne
        if self._machine.confirmed("liftoff"):
            return
        # What else has shown it needs this second witness.
        if self._stood and self._moving.update(track.time_s, speed > self._pad.speed, self._pad.hold_s):
            span = self._moving.span
            text = f"{speed:.1f} m/s at {track.time_s:.2f} s"
            slowest_s = self._pad.speed / self._pad.rise
            self._machine.sight("liftoff", SPEED, Span(span.low - slowest_s, span.high), track.time_s, text)
        self._in_flight(track)

    def _in_flight(self, track: Track) -> None:
        """Data that begin in flight: what moves so fast is on no pad. A satellite has a receiver alone."""
        if self._fast.update(track.time_s, track.speed > self._pad.airborne_speed, 1.0):
            self._machine.airborne = True

    def _max_q(self, track: Track) -> None:
        found = track.max_q()
        if found is None:
            return
        text = f"dynamic pressure was greatest at {found:.1f} s"
        span = Span(found - 0.5, found + 0.5)
        self._machine.sight("max_q", track.source, span, track.time_s, text)

    def _apogee(self, track: Track, time_s: float) -> None:
        if track.descending or not track.climbed or time_s - track.time_s > _FRESH_S:
            return
        fit = track.vertical_line.fit(time_s)
        if fit is None:
            return
        value, slope, error = fit
        if value > -max(self._limits.speed_error, 3.0 * error) or slope >= 0.0:
            return
        track.descending = True
        onset = time_s - value / slope
        text = f"vertical speed fell through zero at {onset:.2f} s"
        spread = self._limits.speed_error / -slope
        self._machine.sight("apogee", track.source, Span(onset - spread, onset + spread), time_s, text)

    def _insertion(self, track: Track, time_s: float, burnout_s: float) -> None:
        if self._machine.confirmed("orbit_insertion"):
            return
        perigee = orbit(track.position, track.velocity).perigee_m
        if perigee > self._limits.orbit_perigee:
            text = f"perigee {perigee / 1000.0:.1f} km after burnout"
            self._machine.sight("orbit_insertion", track.source, Span(burnout_s, burnout_s), time_s, text)

    def _touchdown(self, track: Track) -> None:
        """Standing after a descent, wherever the ground is; the receiver has to say so too, where it has a solution."""
        if not self._down.update(track.time_s, track.speed < self._pad.speed, self._limits.settle_s):
            return
        span, text = self._down.span, f"at rest at height {track.height:.0f} m"
        self._machine.sight("landing", track.source, span, track.time_s, text)
        if track.time_s - self.receiver.time_s < _FRESH_S and self.receiver.speed < self._pad.speed:
            self._machine.sight("landing", RECEIVER, span, track.time_s, text)

    def _impact(self, track: Track, now_s: float, onset: float) -> None:
        if -track.vertical < self._limits.landing_speed:
            text = f"height {track.height:.0f} m, coming down at {-track.vertical:.1f} m/s"
            self._machine.sight("landing", track.source, Span(onset - 0.5, onset + 0.5), max(now_s, onset), text)
            return
        text = f"height {track.height:.0f} m, falling at {-track.vertical:.0f} m/s"
        self._machine.sight("impact", track.source, Span(onset - 0.5, onset + 0.5), max(now_s, onset), text)
