"""Burns: spans in which something pushes forward, with the moments at which they begin and end.

A burn is found where the acceleration exceeds a bound, and its ends are then moved to where the ideal speed bends. Every
number below is a physical bound (assumed), none is fitted to a flight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ground.detect.recorded.fitting import Array, Mask, fit_kink
from ground.detect.recorded.thrust import Thrust

WEAKEST = 0.7  # m/s²: no stage starts below 0.07 g; drag only ever pulls back, so a coast stays below
SHORTEST_BURN = 1.5  # s
SHORTEST_COAST = 1.0  # s: shorter dips are noise or a start-up transient
SMALLEST_GAIN = 10.0  # m/s: less is venting, settling or a fault of the source
RETRO = -5.0  # m/s²
RAMP = 2.0  # s: how far from the crossing of the bound an engine's start or tail-off bends the ideal speed
REACH = 6.0  # s of samples to each side over which a bend is fitted
ENOUGH_TO_BEND = 20  # samples on the coasting side, where drag may bend it
STAGING_GAP = 3.0  # s: within a gap as long as this a cut-off and an ignition can both hide
STAGING_DROP = 0.6  # of the thrust before: a fall below it over a gap is a change of stage, not throttling


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

    start, end: its ends, None where the record begins or stops inside the burn, or where a gap hides the end; then
    hidden_start, hidden_end say which gap (s, s). initial, final: acceleration in the first and last seconds (m/s²);
    gain: m/s of ideal speed.
    """

    first: float
    last: float
    start: Edge | None
    end: Edge | None
    initial: float
    final: float
    gain: float
    hidden_start: tuple[float, float] | None = None
    hidden_end: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int
    cut_before: bool = False
    cut_after: bool = False


def pushing(thrust: Thrust) -> Mask:
    """Where something pushes forward for certain, with spans too short to be a burn or a coast smoothed away."""
    bound = np.maximum(WEAKEST, 1.5 * thrust.error)
    known = np.isfinite(thrust.acceleration)
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
    """Samples without a slope (beside gaps) take the value of the known one nearest in time, on their side of the gap."""
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
    pieces = [piece for span in spans(pushing(thrust)) for piece in _split_at_hidden_staging(thrust, *span)]
    burns = []
    for place, piece in enumerate(pieces):
        earliest = pieces[place - 1].last if place else 0
        latest = pieces[place + 1].first if place + 1 < len(pieces) else len(thrust.time) - 1
        burn = _burn(thrust, piece, earliest, latest)
        if burn.gain >= SMALLEST_GAIN:
            burns.append(burn)
    return tuple(burns)


def _split_at_hidden_staging(thrust: Thrust, first: int, last: int) -> list[_Span]:
    """Cut a burn at every gap over which the thrust fell as only a change of stage makes it fall."""
    cuts = []
    for index in np.flatnonzero(np.diff(thrust.time[first : last + 1]) >= STAGING_GAP) + first:
        before = _level(thrust, thrust.time[index] - 2.0 * RAMP, thrust.time[index])
        after = _level(thrust, thrust.time[index + 1], thrust.time[index + 1] + 2.0 * RAMP)
        if after < STAGING_DROP * before:
            cuts.append(int(index))
    starts, ends = [first, *(cut + 1 for cut in cuts)], [*cuts, last]
    return [_Span(i, j, i != first, j != last) for i, j in zip(starts, ends, strict=True)]


def _level(thrust: Thrust, low: float, high: float) -> float:
    """Median acceleration from low to high, s; NaN where there is none."""
    inside = thrust.acceleration[(thrust.time >= low) & (thrust.time <= high)]
    inside = inside[np.isfinite(inside)]
    return float(np.median(inside)) if len(inside) else float("nan")


def _burn(thrust: Thrust, span: _Span, earliest: int, latest: int) -> Burn:
    time = thrust.time
    first, last = float(time[span.first]), float(time[span.last])
    start = end = None
    if span.first > 0 and not span.cut_before:
        start = _edge(thrust, span.first, float(time[earliest]), last, rising=True)
    if span.last < len(time) - 1 and not span.cut_after:
        end = _edge(thrust, span.last + 1, first, float(time[latest]), rising=False)
    calm = min(RAMP, 0.25 * (last - first))  # the ends of the span still hold the start-up and the tail-off
    return Burn(
        first,
        last,
        start,
        end,
        _level(thrust, first + calm, first + 3.0 * calm),
        _level(thrust, last - 3.0 * calm, last - calm),
        float(thrust.ideal_speed[span.last] - thrust.ideal_speed[span.first]),
        (float(time[span.first - 1]), first) if span.cut_before else None,
        (last, float(time[span.last + 1])) if span.cut_after else None,
    )


def _edge(thrust: Thrust, place: int, low: float, high: float, *, rising: bool) -> Edge:
    """The bend of the ideal speed near sample `place`, the first beyond the crossing.

    low, high: where the neighbouring burn or coast ends; the far 40 % is left out, it may hold the next bend.
    """
    time = thrust.time
    left, right = float(time[place - 1]), float(time[place])
    gap = right - left > RAMP
    reach_back = min(REACH, 0.6 * (left - low))
    reach_on = min(REACH, 0.6 * (high - right))
    spacing = float(np.median(np.diff(time)))
    reach_back, reach_on = (max(reach, 6.0 * spacing) for reach in (reach_back, reach_on))
    inside = (time >= left - reach_back) & (time <= right + reach_on)
    margin = 0.0 if gap else RAMP + 0.5 * thrust.width
    kink = fit_kink(
        time[inside],
        thrust.ideal_speed[inside],
        left - margin,
        right + margin,
        bend_before=not rising or int(np.sum(inside & (time < left))) >= ENOUGH_TO_BEND,
        bend_after=rising or int(np.sum(inside & (time > right))) >= ENOUGH_TO_BEND,
    )
    slack = 0.5 * (right - left) if gap else 0.0
    before, after = _level(thrust, left - reach_back, left), _level(thrust, right, right + reach_on)
    if kink is None:
        return Edge(0.5 * (left + right), before, after, max(slack, 0.5 * thrust.width))
    return Edge(kink.time, kink.before, kink.after, slack)
