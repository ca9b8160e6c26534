"""From a flight file to tracks: stretches in which speed and altitude can be those of one vehicle.

A track ends where a value jumps (the source changed from one stage to another), or where nothing was recorded for
longer than can be bridged. Damage is taken out on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.atmosphere import density, pressure
from ground.detect.flightfile import FlightFile
from ground.detect.recorded.cleaning import (
    LONGEST_BRIDGE,
    LONGEST_MISREADING,
    LONGEST_STEP,
    Frozen,
    Indices,
    frozen_spans,
    hold_interval,
    last_rest,
    repeats,
    runs_without_jumps,
    spikes,
    stopped_dead,
)
from ground.detect.recorded.climbing import FASTEST_CLIMB, FINEST, TYPICAL_CLIMB, climb_of
from ground.detect.recorded.fitting import Array, noise_of, step_size, steps_along, thin

STANDARD_GRAVITY = 9.80665  # m/s², CODATA; stands for the surface value, centrifugal part included, to 0.3 %
EARTH_RADIUS = 6_371_000.0  # m, mean radius (IUGG)

# Bounds of acceleration, m/s², assumed: 15 g for what reaches 1,500 m/s, 60 g for small rockets.
LARGE_ROCKET, SMALL_ROCKET, LARGE_SPEED = 150.0, 600.0, 1_500.0
HARDEST_COAST = 20.0  # m/s²: near staging no engine, brake or air changes the speed faster (assumed)
UNDONE = 0.3  # of the bound of acceleration: so near a value comes back after a misreading
THIN_AIR, ALONE = 500.0, 2.5  # Pa of dynamic pressure; so much more than beside it a drop that is one
RISING = 10.0  # s over which a climb is taken that may have frozen
STANDING, ALOFT = 3.0, 1_000.0  # m/s, m: nothing stands so far up
ALTITUDES = ("altitude_m", "height_m", "altitude_agl_m")


@dataclass(frozen=True, slots=True)
class Channel:
    """Cleaned samples of one quantity: time (s), value and the step near it, each of shape (n,); 1σ noise."""

    time: Array
    value: Array
    steps: Array
    noise: float
    frozen: tuple[Frozen, ...] = ()


@dataclass(frozen=True, slots=True)
class Track:
    """One vehicle's motion; arrays of shape (n,), SI.

    altitude, its step, climb (vertical speed) and climb_error (its worst case from steps and noise) are NaN where the
    altitude is not known. stage is 0 where the file has no such column. frozen_end: the source froze at the end.
    """

    time: Array
    speed: Array
    noise: float
    altitude: Array
    altitude_step: Array
    climb: Array
    climb_error: Array
    stage: Array
    frozen_end: Frozen | None

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class Tracks:
    """All tracks in order of time, the altitude as it was recorded, and (column, span) wherever the source froze.

    independent: whether speed and altitude are two measurements; not so where one is made from the other. measured:
    whether the speed is recorded at all; else it is the slope of the altitude, as if the flight were vertical. rows:
    the times of all rows in the file, s.
    """

    tracks: tuple[Track, ...]
    independent: bool
    measured: bool
    altitude: Channel | None
    frozen: tuple[tuple[str, Frozen], ...]
    rows: Array


def gravity(altitude: Array) -> Array:
    """Gravitational acceleration, m/s², positive down, at a geometric altitude in m (inverse square)."""
    fallen: Array = STANDARD_GRAVITY * (EARTH_RADIUS / (EARTH_RADIUS + altitude)) ** 2
    return fallen


def altitude_channel(flight: FlightFile, reach: Array | float) -> Channel | None:
    """The best altitude that the file has: a column of its own, else from pressure. reach: bound of its rate, m/s."""
    recorded = _recorded_altitude(flight)
    if recorded is not None:
        return _channel(flight.time, recorded, reach)
    if "pressure_pa" in flight.columns:
        table = np.arange(-4_000.0, 80_000.0, 50.0)
        values = flight.columns["pressure_pa"]
        height = np.interp(-values, -pressure(table), table)
        return _channel(flight.time, np.where(values > 5.0, height, np.nan), reach)
    return None


def _recorded_altitude(flight: FlightFile) -> Array | None:
    """The fullest of the altitude columns."""
    present = [column for column in ALTITUDES if column in flight.columns]
    if not present:
        return None
    return flight.columns[max(present, key=lambda name: int(np.isfinite(flight.columns[name]).sum()))]


def speed_channel(flight: FlightFile) -> tuple[Channel, str] | None:
    """Speed and the column it is from: Earth-relative, or the size of the vertical speed."""
    for column in ("speed_m_s", "vertical_speed_m_s"):
        if column in flight.columns:
            values = flight.columns[column]
            top = float(np.nanpercentile(np.abs(values), 99.0))
            fastest = LARGE_ROCKET if top > LARGE_SPEED else SMALL_ROCKET
            shown = values if column == "speed_m_s" else np.abs(values)
            sudden = (0.3 if fastest == LARGE_ROCKET else 0.1) * fastest * _spacing(flight.time)
            channel = _channel(flight.time, shown, fastest, sudden, _recorded_altitude(flight))
            if channel is not None:
                return channel, column
    return None


def _spacing(time: Array) -> float:
    return min(float(np.median(np.diff(time))), 1.0) if len(time) > 1 else 1.0


def _channel(
    time: Array, values: Array, reach: Array | float, sudden: float | None = None, witness: Array | None = None
) -> Channel | None:
    """Without damage. reach: bound of the rate of change, U/s; sudden: as for spikes, an altitude's where not given.

    witness: shape of values; while it moves, the source is not frozen: a speed may stand still where thrust and gravity
    are equal, and an altitude moves then.
    """
    known = np.isfinite(values)
    if known.sum() < 5:
        return None
    bound = np.broadcast_to(np.asarray(reach, dtype=np.float64), time.shape)[known]
    t, y = time[known], values[known]
    keep = ~spikes(t, y, SMALL_ROCKET * _spacing(t) ** 2 if sudden is None else sudden)
    frozen = [span for span in frozen_spans(t[keep], y[keep]) if witness is None or not _moves(time, witness, span)]
    for span in frozen:
        keep &= ~((t > span.start) & (t <= span.end))
    t, y, bound = t[keep], y[keep], bound[keep]
    slack = 8.0 * noise_of(y) + 3.0 * steps_along(y)
    runs = runs_without_jumps(t, y, bound, slack)
    if not runs:
        return None
    chosen = np.concatenate(runs)
    t, y = _release(t[chosen], y[chosen])
    return Channel(t, y, steps_along(y), noise_of(y), tuple(frozen))


def _moves(time: Array, witness: Array, span: Frozen) -> bool:
    """Whether most values of another column within a span differ from the one before."""
    inside = witness[(time > span.start) & (time < span.end)]
    inside = inside[np.isfinite(inside)]
    return len(np.unique(inside)) > max(3.0, 0.1 * len(inside))


def _release(time: Array, values: Array) -> tuple[Array, Array]:
    """Of a sample-and-hold feed only the samples at which it was renewed, so that its stairs become a line."""
    held = hold_interval(time, values)
    if held <= 1.5 * float(np.median(np.diff(time))):
        return time, values
    renewed = np.zeros(len(time), dtype=np.bool_)
    for first, last in zip(*repeats(values), strict=True):
        renewed[first] = True
        at = float(time[first])
        for index in range(first + 1, last + 1):  # a value that truly stands still is renewed too, unseen
            if time[index] - at >= 1.5 * held:
                renewed[index] = True
                at = float(time[index])
    return time[renewed], values[renewed]


def tracks_of(flight: FlightFile) -> Tracks:
    """Everything that speed and altitude show; no track where the file has neither."""
    found = speed_channel(flight)
    if found is None:
        return _tracks_from_altitude(flight)
    speed, column = found
    altitude = altitude_channel(flight, _climb_bound(speed, flight.time))
    independent = altitude is not None
    if altitude is None and column == "vertical_speed_m_s":
        altitude = _climbed(flight)
    breaks = _breaks(speed, LARGE_ROCKET if speed.value.max() > LARGE_SPEED else SMALL_ROCKET)
    if altitude is not None:
        breaks = np.union1d(breaks, _breaks(altitude, _climb_bound(speed, altitude.time)))
        breaks = np.union1d(breaks, _drops(speed, altitude))
    breaks = np.union1d(breaks, _switches(flight, speed))
    pieces = np.split(np.arange(len(speed.time)), np.searchsorted(speed.time, breaks))
    pieces_shown = (
        _track(flight, speed, altitude, speed.time[piece], speed.value[piece])
        for place, piece in enumerate(pieces)
        if len(piece) >= 5 and not _misread(speed.time, pieces, place)
    )
    tracks = tuple(track for track in pieces_shown if len(track) >= 5)  # one that is frozen all along leaves nothing
    frozen = [(column, span) for span in speed.frozen]
    if altitude is not None:
        frozen += [("altitude", span) for span in altitude.frozen if not _at_the_top(flight, column, altitude, span)]
    frozen += [(column, track.frozen_end) for track in tracks if track.frozen_end is not None]
    spans = tuple(sorted(frozen, key=lambda item: item[1].start))
    return Tracks(tracks, independent, True, altitude, spans, flight.time)


def _at_the_top(flight: FlightFile, column: str, altitude: Channel, span: Frozen) -> bool:
    """Whether an altitude may stand still as at the top of an arc, within one step, while the speed moves on."""
    step = float(altitude.steps[min(int(np.searchsorted(altitude.time, span.start)), len(altitude.time) - 1)])
    falls = float(gravity(np.array([span.value]))[0]) * (span.end - span.start) ** 2 / 8.0
    return falls < 1.5 * step and _moves(flight.time, flight.columns[column], span)


def _climb_bound(speed: Channel, time: Array) -> Array:
    """How fast the altitude can change: little faster than the speed where that is known, else FASTEST_CLIMB."""
    place = np.clip(np.searchsorted(speed.time, time), 1, len(speed.time) - 1)
    away = np.minimum(np.abs(speed.time[place] - time), np.abs(speed.time[place - 1] - time))
    bound = 1.2 * np.interp(time, speed.time, speed.value) + 200.0
    return np.where(away < LONGEST_BRIDGE, bound, FASTEST_CLIMB)


def _misread(time: Array, pieces: list[Indices], place: int) -> bool:
    """Whether a short piece stands right beside another with a jump between: no vehicle is shown for so short."""
    piece = pieces[place]
    if time[piece[-1]] - time[piece[0]] > LONGEST_MISREADING:
        return False
    neighbours = [pieces[other] for other in (place - 1, place + 1) if 0 <= other < len(pieces)]
    return any(
        min(abs(time[other[0]] - time[piece[-1]]), abs(time[piece[0]] - time[other[-1]])) < LONGEST_STEP
        for other in neighbours
        if len(other)
    )


def _climbed(flight: FlightFile) -> Channel | None:
    """The altitude above the first sample, by integrating the vertical speed."""
    values = flight.columns["vertical_speed_m_s"]
    known = np.isfinite(values)
    time, climb = flight.time[known], values[known]
    height = np.concatenate(([0.0], np.cumsum(0.5 * (climb[1:] + climb[:-1]) * np.diff(time))))
    return _channel(time, height, FASTEST_CLIMB)


def _breaks(channel: Channel, reach: Array | float) -> Array:
    """Times in the middle of each jump and each gap that is too long to bridge."""
    bound = np.broadcast_to(np.asarray(reach, dtype=np.float64), channel.time.shape)[:-1]
    spacing = np.diff(channel.time)
    slack = 8.0 * channel.noise + 3.0 * channel.steps[1:]
    jumped = np.abs(np.diff(channel.value)) > bound * spacing + slack
    for place in np.flatnonzero(jumped).tolist():
        jumped[place] = not _undone(channel, place, UNDONE * float(bound[place]), float(slack[place]))
    cut = (spacing > LONGEST_BRIDGE) | jumped
    middles: Array = 0.5 * (channel.time[:-1] + channel.time[1:])[cut]
    return middles


def _undone(channel: Channel, place: int, reach: float, slack: float) -> bool:
    """Whether a jump after sample `place` is a misreading that was left in: a few samples on, or back, it is undone."""
    time, value = channel.time, channel.value
    for far in range(1, 5):
        for first, second in ((place, place + 1 + far), (place - far, place + 1)):
            if first < 0 or second >= len(time):
                continue
            apart = time[second] - time[first]
            if apart < LONGEST_STEP and abs(value[second] - value[first]) <= reach * apart + slack:
                return True
    return False


def _switches(flight: FlightFile, speed: Channel) -> Array:
    """Times at which the source names another stage and the speed jumps by more than a vehicle near staging can.

    At staging the name changes and the speed does not; later the stages have parted, if only by some m/s.
    """
    stage = _stages(flight, speed.time)
    slack = 8.0 * speed.noise + 5.0 * speed.steps[1:]
    jumped = np.abs(np.diff(speed.value)) > HARDEST_COAST * np.diff(speed.time) + slack
    near = np.convolve(np.diff(stage) != 0, np.ones(3), mode="same") > 0
    middles: Array = 0.5 * (speed.time[:-1] + speed.time[1:])[near & jumped]
    return middles


def _drops(speed: Channel, altitude: Channel) -> Array:
    """Times at which the speed drops within one sample, in thin air, by more than engines and air can brake.

    A source that goes over to another stage does that; the samples before and after show no such braking.
    """
    spacing = np.diff(speed.time)
    rate = np.diff(speed.value) / spacing
    beside = np.maximum(np.abs(np.append(rate[1:], 0.0)), np.abs(np.insert(rate[:-1], 0, 0.0)))
    slack = 8.0 * speed.noise + 5.0 * speed.steps[1:]
    dropped = (-rate * spacing > HARDEST_COAST * spacing + slack) & (-rate > ALONE * beside)
    height = np.interp(speed.time[:-1], altitude.time, altitude.value)
    dropped &= 0.5 * density(height) * speed.value[:-1] ** 2 < THIN_AIR
    for place in np.flatnonzero(dropped).tolist():
        dropped[place] = not _undone(speed, place, HARDEST_COAST, float(slack[place]))
    middles: Array = 0.5 * (speed.time[:-1] + speed.time[1:])[dropped]
    return middles


def _track(flight: FlightFile, speed: Channel, altitude: Channel | None, time: Array, value: Array) -> Track:
    frozen_end = None
    unknown = np.full(len(time), np.nan)
    height, step, climb, error = unknown, unknown, unknown, unknown
    if altitude is not None:
        inside = (altitude.time >= time[0] - 0.5 * FINEST) & (altitude.time <= time[-1] + 0.5 * FINEST)
        if inside.sum() >= 5:
            t, h, steps = altitude.time[inside], altitude.value[inside], altitude.steps[inside]
            frozen_end = _frozen_end(time, value, t, h, float(steps[-1]))
            if frozen_end is not None:
                live = time <= frozen_end.start
                time, value = time[live], value[live]
                t, h, steps = (values[t <= frozen_end.start] for values in (t, h, steps))
            dead = stopped_dead(t, h, 40.0)
            if dead is not None:
                t, h, steps = (values[t <= dead.start] for values in (t, h, steps))
            height, step, climb, error = climb_of(time, value, t, h, steps)
    time, value, height, step, climb, error = thin(time, FINEST, value, height, step, climb, error)
    return Track(time, value, speed.noise, height, step, climb, error, _stages(flight, time), frozen_end)


def _frozen_end(time: Array, speed: Array, altitude_time: Array, altitude: Array, written_in: float) -> Frozen | None:
    """Both channels stand still to the end although nothing carries the vehicle there.

    Without thrust or ground a height that stays within one step for τ needs g_effective τ²/8 below the step, where
    g_effective = g − v²/r at most; with thrust the speed would change. Near orbital speed it proves nothing. Nor does
    a path turn level at once: that takes more than HARDEST_COAST across it. And nothing rests in the air. written_in:
    the altitude's step, m.
    """
    first_speed, first_altitude = last_rest(speed), last_rest(altitude)
    start = max(float(time[first_speed]), float(altitude_time[first_altitude]))
    end = min(float(time[-1]), float(altitude_time[-1]))
    held = max(end - start, 0.0)
    fastest = float(speed[-1]) + 465.0  # the Earth's rotation at the equator may be added
    falling = float(gravity(altitude[-1:])[0]) - fastest**2 / (EARTH_RADIUS + float(altitude[-1]))
    step = max(step_size(altitude[max(first_altitude - 50, 0) :]), written_in, 1.0)
    if speed[-1] < STANDING and held > LONGEST_STEP and altitude[-1] > float(np.min(altitude)) + ALOFT:
        return Frozen(float(time[max(first_speed - 1, 0)]), end, float(speed[-1]))
    before = (altitude_time >= start - RISING) & (altitude_time <= start)
    climb = float(np.polyfit(altitude_time[before] - start, altitude[before], 1)[0]) if before.sum() >= 3 else 0.0
    rises = before.sum() >= 3 and float(np.ptp(altitude[before])) >= 3.0 * step  # one step alone is no climb
    level = rises and abs(climb) * held > 2.0 * step and climb**2 / (2.0 * step) > HARDEST_COAST
    dropped = falling > 0.5 and falling * held**2 / 8.0 > 1.5 * step
    if speed[-1] > 50.0 and (dropped or (held > LONGEST_STEP and level)):
        return Frozen(start, end, float(speed[-1]))
    return None


def _stages(flight: FlightFile, time: Array) -> Array:
    values = flight.columns.get("stage")
    if values is None:
        return np.zeros(len(time))
    known = np.isfinite(values)
    place = np.searchsorted(flight.time[known], time + 1e-6, side="right") - 1
    shown: Array = np.round(values[known][np.maximum(place, 0)])
    return shown


def _tracks_from_altitude(flight: FlightFile) -> Tracks:
    """Where altitude is all there is, its slope stands for the speed of a vertical flight."""
    altitude = altitude_channel(flight, FASTEST_CLIMB)
    if altitude is None:
        return Tracks((), False, False, None, (), flight.time)
    cuts = np.searchsorted(altitude.time, _breaks(altitude, FASTEST_CLIMB))
    tracks = []
    for piece in np.split(np.arange(len(altitude.time)), cuts):
        if len(piece) < 10:
            continue
        t, h, steps = altitude.time[piece], altitude.value[piece], altitude.steps[piece]
        time, height, step, rate, worst = thin(t, FINEST, *climb_of(t, np.full(len(t), TYPICAL_CLIMB), t, h, steps))
        noise = float(np.nanmedian(worst)) / 3.0
        tracks.append(Track(time, np.abs(rate), noise, height, step, rate, worst, _stages(flight, time), None))
    frozen = tuple(("altitude", span) for span in altitude.frozen)
    return Tracks(tuple(tracks), False, False, altitude, frozen, flight.time)
