"""Burns: spans in which something pushes forward, with the moments at which they begin and end.

A burn is found where the acceleration exceeds a bound, and its ends are then moved to where the ideal speed bends.
Every number below is a physical bound (assumed), none is fitted to a flight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.detect.recorded.fitting import Array, Coast, Mask, fit_coast, fit_kink
from ground.detect.recorded.thrust import Thrust

WEAKEST = 0.7  # m/s²: no stage starts below 0.07 g; drag only ever pulls back, so a coast stays below
SHORTEST_BURN = 1.5  # s
SHORTEST_COAST = 1.0  # s: shorter dips are noise or a start-up transient
SMALLEST_GAIN = 10.0  # m/s: less is venting, settling or a fault of the source
RAMP = 2.0  # s: how far from the crossing of the bound an engine's start or tail-off bends the ideal speed
REACH = 6.0  # s of samples to each side over which a bend is fitted
LINGERS = 14.0  # s: the same where a few engines or a tail-off push weakly on after the cut-off
ENOUGH_TO_BEND = 20  # samples on the coasting side, where drag may bend it
STAGING_GAP = 3.0  # s: within a gap as long as this a cut-off and an ignition can both hide
STAGING_DROP = 0.6  # of the thrust before: a fall below it over a gap is a change of stage, not throttling
UNSEEN_COAST = 3.0  # s: half of the longest coast that a slope taken over a few seconds can miss
LEAST_BEND = 0.2  # of the greater slope
CERTAIN = 25.0  # σ²: by so much must a coast fit better than a plain fall of the thrust
DEEPEST_THROTTLE = 0.33  # of the thrust before: below it another engine pushes, even where no coast lies between
DIP = 0.5  # of the push after it: a few engines left running while the next stage lights


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of a burn. time: s; slack: half-width of where it may be when it lies in a gap; before, after: m/s²."""

    time: float
    before: float
    after: float
    slack: float = 0.0


@dataclass(frozen=True, slots=True)
class Burn:
    """Something pushed forward from `first` to `last` (s, the samples inside).

    start, end: its ends, None where the record does not show them; unseen_start, unseen_end say why, if the record
    goes on beyond. initial, final: acceleration in the first and last seconds (m/s²); gain: m/s of ideal speed.
    """

    first: float
    last: float
    start: Edge | None
    end: Edge | None
    initial: float
    final: float
    gain: float
    unseen_start: str | None = None
    unseen_end: str | None = None
    abrupt: bool = False


_NO_BEND = "the speed does not bend between {:.1f} s and {:.1f} s, where the push changes: it is not clear when"


@dataclass(slots=True)
class _Piece:
    """Samples first to last, with what is known of the ends so far."""

    first: int
    last: int
    start: Edge | None = None
    end: Edge | None = None
    unseen_start: str | None = None
    unseen_end: str | None = None
    abrupt: bool = False


def pushing(thrust: Thrust) -> Mask:
    """Where something pushes forward for certain, or may between such moments.

    Spans too short for a burn or a coast are smoothed away.
    """
    bound = np.maximum(WEAKEST, 1.5 * thrust.error)
    known = np.isfinite(thrust.acceleration)
    climbs = np.isfinite(thrust.gravity_along)  # where the climb is known but only roughly, a weak push may be none
    with np.errstate(invalid="ignore"):
        known &= ~(climbs & (thrust.acceleration > WEAKEST) & (thrust.acceleration <= bound))
    on = np.zeros(len(thrust.time), dtype=np.bool_)
    on[known] = thrust.acceleration[known] > bound[known]
    on = _nearest(thrust.time, on, known)
    for value, shortest in ((False, SHORTEST_COAST), (True, SHORTEST_BURN)):
        for first, last in spans(on == value):
            inner = 0 < first and last < len(on) - 1
            if inner and thrust.time[last] - thrust.time[first] < shortest:
                on[first : last + 1] = not value
    return on


def _nearest(time: Array, values: Mask, known: Mask) -> Mask:
    """Samples without a slope, beside gaps, take the value of the nearest in time: that is on their side."""
    places = np.flatnonzero(known)
    if len(places) == 0:
        return values
    after = np.clip(np.searchsorted(time[places], time), 0, len(places) - 1)
    before = np.maximum(after - 1, 0)
    nearer_before = np.abs(time - time[places[before]]) < np.abs(time[places[after]] - time)
    taken: Mask = values[np.where(nearer_before, places[before], places[after])]
    return taken


def spans(mask: Mask) -> list[tuple[int, int]]:
    """First and last index of every run of True."""
    padded = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return list(zip(np.flatnonzero(padded == 1).tolist(), (np.flatnonzero(padded == -1) - 1).tolist(), strict=True))


def burns_of(thrust: Thrust) -> tuple[Burn, ...]:
    """All burns of one track, in order."""
    time = thrust.time
    found: list[_Piece] = []
    for first, last in spans(pushing(thrust)):
        pieces = _split(thrust, first, last)
        if first > 0:
            low = float(time[found[-1].last]) if found else float(time[0])
            pieces[0].start = _edge(thrust, first, low, float(time[pieces[0].last]), rising=True)
            if found:
                _join(thrust, found[-1], pieces[0])
            if pieces[0].start is None:
                pieces[0].unseen_start = _NO_BEND.format(low, float(time[first]))
        found += pieces
    for place, piece in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        apart = following is None or following.first > piece.last + 1
        if piece.end is None and apart and piece.last < len(time) - 1:
            high = float(time[-1]) if following is None else float(time[following.first])
            begin = float(time[piece.first])
            piece.end = _edge(thrust, piece.last + 1, begin, high, rising=False)
            piece.end = piece.end or _edge(thrust, piece.last + 1, begin, high, rising=False, reach=LINGERS)
            if piece.end is None:
                piece.unseen_end = _NO_BEND.format(float(time[piece.last]), high)
    burns = [_burn(thrust, piece) for piece in _mended(found)]
    return tuple(burn for burn in burns if burn.gain >= SMALLEST_GAIN)


def _mended(pieces: list[_Piece]) -> list[_Piece]:
    """Pieces joined again over a dip at whose ends the ideal speed does not bend: a misreading, not a coast."""
    mended: list[_Piece] = []
    for piece in pieces:
        before = mended[-1] if mended else None
        if before is not None and before.end is None and piece.start is None and piece.first > before.last + 1:
            before.last, before.end, before.unseen_end = piece.last, piece.end, piece.unseen_end
        else:
            mended.append(piece)
    return mended


def _split(thrust: Thrust, first: int, last: int) -> list[_Piece]:
    """One push, cut wherever the stages change in it: within a gap, or in a coast too short to be seen as one."""
    time = thrust.time
    pieces = [_Piece(first, last)]
    for index in np.flatnonzero(np.diff(time[first : last + 1]) >= STAGING_GAP) + first:
        before = _level(thrust, time[index] - 2.0 * RAMP, time[index])
        after = _level(thrust, time[index + 1], min(time[index + 1] + 2.0 * RAMP, time[last]))
        lasts = time[last] - time[index + 1] > 2.0 * RAMP
        if lasts and after < STAGING_DROP * before:
            why = (
                f"nothing was recorded between {time[index]:.1f} s and {time[index + 1]:.1f} s: the stages change there"
            )
            pieces[-1].last, pieces[-1].unseen_end = int(index), why
            pieces.append(_Piece(int(index) + 1, last, unseen_start=why))
    return [part for piece in pieces for part in _split_at_drops(thrust, piece)]


def _split_at_drops(thrust: Thrust, piece: _Piece) -> list[_Piece]:
    """Cut where the push falls steeply: if the ideal speed shows a coast there, or if no engine throttles so far."""
    time, apart = thrust.time, 0.5 * thrust.width + UNSEEN_COAST
    inside = slice(piece.first, piece.last + 1)
    t, known = time[inside], np.isfinite(thrust.acceleration[inside])
    if known.sum() < 10:
        return [piece]
    a = np.interp(t, t[known], thrust.acceleration[inside][known])
    before, after = np.interp(t - apart, t, a), np.interp(t + apart, t, a)
    steep = (after < STAGING_DROP * before) & (before - after > 3.0 * thrust.error[inside])
    steep &= (t > t[0] + 2.0 * apart) & (t < t[-1] - 2.0 * apart)
    pieces = [piece]
    for first, last in spans(steep):
        place = first + int(np.argmin(after[first : last + 1] / before[first : last + 1]))
        reach = apart + max(REACH, 6.0 * float(np.median(np.diff(time))))
        near = np.abs(t - t[place]) <= reach
        around = t[np.abs(t - t[place]) <= apart]
        if len(around) < 4 or float(np.max(np.diff(around))) >= max(STAGING_GAP, 3.5 * float(np.median(np.diff(time)))):
            continue
        beyond = a[(t > t[place] + apart) & (t <= t[place] + reach)]
        level = float(np.median(beyond)) if len(beyond) else 0.0
        earlier = a[(t < t[place] - apart) & (t >= t[place] - reach)]
        lower = len(earlier) > 0 and level < STAGING_DROP * float(np.median(earlier))
        coast, paused = _pause(t[near], thrust.ideal_speed[inside][near], t[place] - apart, t[place] + apart, level)
        if coast is not None and (paused or (lower and after[place] < DEEPEST_THROTTLE * before[place])):
            index = piece.first + int(np.searchsorted(t, coast.end))
            old = pieces[-1]
            new = _Piece(index, old.last, end=old.end, unseen_end=old.unseen_end, abrupt=not paused)
            old.last, old.end, old.unseen_end = index - 1, Edge(coast.start, coast.before, 0.0), None
            new.start = Edge(coast.end, 0.0, coast.after)
            pieces.append(new)
    return pieces


def _pause(time: Array, ideal: Array, low: float, high: float, level: float) -> tuple[Coast | None, bool]:
    """The steepest fall of the push between low and high, s, and whether the push pauses there, or nearly so.

    level: the push that follows, m/s².
    """
    coast = fit_coast(time, ideal, low, high, WEAKEST)
    if coast is None:
        return None, False
    dip = fit_coast(time, ideal, low, high, max(DIP * level, WEAKEST))
    best = dip if dip is not None and dip.gain > coast.gain else coast
    return best, best.gain > CERTAIN and best.end - best.start >= SHORTEST_COAST


def _join(thrust: Thrust, earlier: _Piece, later: _Piece) -> None:
    """Fit both ends of a coast at once where it is too short for each end to be fitted by itself."""
    time = thrust.time
    left, right = float(time[earlier.last]), float(time[later.first])
    spacing = float(np.median(np.diff(time)))
    if right - left > max(2.0 * (thrust.width + RAMP), 12.0 * spacing):
        return
    reach = max(REACH, 6.0 * spacing) + thrust.width
    low = max(left - reach, left - 0.6 * (left - float(time[earlier.first])))
    high = min(right + reach, right + 0.6 * (float(time[later.last]) - right))
    near = (time >= low) & (time <= high)
    if float(np.max(np.diff(time[(time >= left) & (time <= right)]))) >= STAGING_GAP:
        return
    coast = fit_coast(time[near], thrust.ideal_speed[near], left - thrust.width, right + thrust.width, WEAKEST)
    if coast is not None and coast.end > coast.start:
        earlier.end = Edge(coast.start, coast.before, 0.0)
        later.start = Edge(coast.end, 0.0, coast.after)


def _level(thrust: Thrust, low: float, high: float) -> float:
    """Median acceleration from low to high, s; NaN where there is none."""
    inside = thrust.acceleration[(thrust.time >= low) & (thrust.time <= high)]
    inside = inside[np.isfinite(inside)]
    return float(np.median(inside)) if len(inside) else float("nan")


def _burn(thrust: Thrust, piece: _Piece) -> Burn:
    first, last = float(thrust.time[piece.first]), float(thrust.time[piece.last])
    calm = min(RAMP, 0.25 * (last - first))  # the ends still hold the start-up and the tail-off
    return Burn(
        first,
        last,
        piece.start,
        piece.end,
        _level(thrust, first + calm, first + 3.0 * calm),
        _level(thrust, last - 3.0 * calm, last - calm),
        float(thrust.ideal_speed[piece.last] - thrust.ideal_speed[piece.first]),
        piece.unseen_start,
        piece.unseen_end,
        piece.abrupt,
    )


def _edge(thrust: Thrust, place: int, low: float, high: float, *, rising: bool, reach: float = REACH) -> Edge | None:
    """The bend of the ideal speed near sample `place`, the first beyond the crossing.

    low, high: where the neighbouring burn or coast ends; the far 40 % is left out, it may hold the next bend. None
    where the ideal speed does not bend: what crosses the bound there is not an engine that starts or stops.
    """
    time = thrust.time
    left, right = float(time[place - 1]), float(time[place])
    gap = right - left > RAMP
    reach_back = min(reach, 0.6 * (left - low))
    reach_on = min(REACH, 0.6 * (high - right))
    spacing = float(np.median(np.diff(time)))
    reach_back, reach_on = (max(far, 6.0 * spacing) for far in (reach_back, reach_on))
    inside = (time >= left - reach_back) & (time <= right + reach_on)
    margin = 0.0 if gap else RAMP + 0.5 * thrust.width
    back = margin if gap else max(margin, reach - REACH)
    kink = fit_kink(
        time[inside],
        thrust.ideal_speed[inside],
        left - back,
        right + margin,
        bend_before=not rising or int(np.sum(inside & (time < left))) >= ENOUGH_TO_BEND,
        bend_after=rising or int(np.sum(inside & (time > right))) >= ENOUGH_TO_BEND,
    )
    slack = 0.5 * (right - left) if gap else 0.0
    before, after = _level(thrust, left - reach_back, left), _level(thrust, right, right + reach_on)
    if kink is None:
        return Edge(0.5 * (left + right), before, after, max(slack, 0.5 * thrust.width))
    change = (kink.after - kink.before) if rising else (kink.before - kink.after)
    if change < max(WEAKEST, LEAST_BEND * max(abs(kink.before), abs(kink.after))):
        return None
    return Edge(kink.time, kink.before, kink.after, slack)
