"""Limits of the dictionary and the profile, checked on raw values: levels and rates of change, by phase of flight,
with persistence in vehicle time and hysteresis, edited while running."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

from flight.wire.dictionary import Field, Packet
from flight.wire.limits import BOUNDS, FALLS, LEVELS, RISES, Limits, Override
from flight.wire.packet import HEADER_VALUES
from ground.clock import VehicleClock, onboard_s
from ground.inputs import LimitEdit
from ground.intake import Values
from ground.journal import Journal
from ground.report import Severity

_DOWN = frozenset({*LEVELS[:3], *FALLS})
_BINS = 8
"""Means that a rate's span is cut into: a rate is taken between the newest and the oldest."""


class _Watch:
    """One bound, in SI. A violation begins at the bound and ends at the bound less its hysteresis."""

    __slots__ = ("bound", "first_s", "held_s", "last_s", "limit", "margin", "raised", "sign", "violated")

    def __init__(self, bound: str, limit: float, hysteresis: float) -> None:
        self.bound = bound
        self.sign = -1.0 if bound in _DOWN else 1.0
        self.limit = -limit if bound in FALLS else limit
        self.margin = abs(limit) * hysteresis
        self.violated = self.raised = False
        self.first_s = self.last_s = self.held_s = 0.0

    def holds(self, time_s: float, value: float, for_s: float, longest_step_s: float) -> bool:
        """Whether the violation has now lasted `for_s`, said once; a gap in the data counts as one packet interval."""
        beyond = (value - self.limit) * self.sign
        if not self.violated:
            if beyond <= 0.0:
                return False
            self.violated, self.raised, self.first_s, self.held_s = True, False, time_s, 0.0
        elif beyond < -self.margin:
            self.violated = False
            return False
        else:
            self.held_s += min(max(time_s - self.last_s, 0.0), longest_step_s)
        self.last_s = time_s
        if self.raised or self.held_s < for_s - 1e-6:
            return False
        self.raised = True
        return True


class _Slope:
    """How fast a value changes over a span: between means of its first and last eighth. A gap begins it anew."""

    __slots__ = ("_bins", "_count", "_period_s", "_since_s", "_sum", "_sum_s", "_width_s", "span_s")

    def __init__(self, span_s: float, period_s: float) -> None:
        # A slow packet needs a few values for any rate.
        self.span_s = max(span_s, 3.0 * period_s)
        self._width_s = self.span_s / _BINS
        self._period_s = period_s
        self._bins: deque[tuple[float, float]] = deque(maxlen=_BINS + 2)
        self._sum = self._sum_s = self._since_s = 0.0
        self._count = 0

    def forget(self) -> None:
        """What came before does not count."""
        self._bins.clear()
        self._count = 0

    def add(self, time_s: float, value: float) -> float | None:
        """One value; the rate, a second, when it is known anew."""
        found = None
        if self._count and time_s - self._since_s >= self._width_s - 1e-6:
            self._bins.append((self._sum_s / self._count, self._sum / self._count))
            self._count = 0
            found = self._rate()
        if self._bins and time_s - self._bins[-1][0] > max(0.5 * self.span_s, 2.0 * self._period_s):
            self.forget()
            found = None
        if not self._count:
            self._since_s, self._sum, self._sum_s = time_s, 0.0, 0.0
        self._sum += value
        self._sum_s += time_s
        self._count += 1
        return found

    def _rate(self) -> float | None:
        newest_s, newest = self._bins[-1]
        for time_s, value in self._bins:
            over_s = newest_s - time_s
            if over_s <= self.span_s - 0.5 * self._width_s:
                # Of a span that has only begun nothing is known yet.
                return (newest - value) / over_s if over_s >= 0.6 * self.span_s else None
        return None


class _Watched:
    """One field in one phase: the watches over its value and over its rate."""

    __slots__ = ("field", "levels", "limits", "place", "rates", "slope")

    def __init__(self, place: int, field: Field, limits: Limits, hysteresis: float, slope: _Slope | None) -> None:
        # The gravest first: what is critical is not told as a warning just before.
        bounds = sorted(BOUNDS, key=lambda bound: ("critical", "warning", "watch").index(bound.partition("_")[0]))
        given = {bound: value for bound in bounds if (value := limits.bound(bound)) is not None}
        self.place, self.field, self.limits, self.slope = place, field, limits, slope
        self.levels = [_Watch(bound, value, hysteresis) for bound, value in given.items() if bound in LEVELS]
        self.rates = [_Watch(bound, value, hysteresis) for bound, value in given.items() if bound not in LEVELS]

    def inside(self) -> tuple[int, float, float]:
        """Its place, and the raw values between which no level is passed."""
        low = max((w.limit for w in self.levels if w.sign < 0.0), default=-math.inf) / self.field.scale
        high = min((w.limit for w in self.levels if w.sign > 0.0), default=math.inf) / self.field.scale
        return (self.place, low, high) if self.field.scale > 0.0 else (self.place, high, low)

    def keep(self, former: _Watched) -> None:
        """Goes on with what an unchanged bound has seen in the former phase."""
        held = {(watch.bound, watch.limit): watch for watch in (*former.levels, *former.rates)}
        self.levels = [held.get((watch.bound, watch.limit), watch) for watch in self.levels]
        self.rates = [held.get((watch.bound, watch.limit), watch) for watch in self.rates]


class LimitMonitor:
    """All limits of one packet kind. `check` is called for each packet in order.

    A value that is not finite is counted in `not_finite` and freezes the persistence of its field; it never alarms.
    Limits are those of the dictionary, then the profile's in its phases (`more`), then an operator's.
    """

    def __init__(
        self,
        packet: Packet,
        clock: VehicleClock,
        journal: Journal,
        hysteresis: float,
        more: Mapping[str, Mapping[str, Override]] | None = None,
    ) -> None:
        self.packet = packet
        self.not_finite = 0
        self._clock = clock
        self._journal = journal
        self._hysteresis = hysteresis
        self._numbers = {field.name: field for field in packet.fields if _is_number(field)}
        self._own = {name: field.limits for name, field in self._numbers.items() if field.limits is not None}
        for phase, channels in (more or {}).items():
            for name, override in channels.items():
                if name in self._numbers:
                    held = self._own.get(name) or Limits(alarm=name + "_limit")
                    merged = {**held.phases, phase: {**held.phases.get(phase, {}), **override}}
                    self._own[name] = _with(held, merged)
        self._limits = dict(self._own)
        self._edits: dict[tuple[str, str, str], float | None] = {}
        self._longest_step_s = 2.0 / packet.rate_hz if packet.rate_hz else math.inf
        self._period_s = 1.0 / packet.rate_hz if packet.rate_hz else 1.0
        self._slopes: dict[str, _Slope] = {}
        self._phase: str | None = None
        self._watched: list[_Watched] = []
        self._inside: tuple[tuple[int, float, float], ...] = ()
        self._rated: tuple[_Watched, ...] = ()
        self._active = False
        self._compile()

    @property
    def empty(self) -> bool:
        """Whether no field of this kind has a limit, in any phase."""
        return not self._limits

    def edit(self, edit: LimitEdit) -> str | None:
        """Follows an operator's edit; the reason why not, where it cannot."""
        where = f"{edit.packet}.{edit.field}"
        if edit.field not in self._numbers:
            return f"{where}: there is no such number in the dictionary"
        if edit.bound not in BOUNDS or not (edit.value is None or math.isfinite(edit.value)):
            return f"{where}: the bound must be one of {', '.join(BOUNDS)}, its value finite"
        edits = {key: value for key, value in self._edits.items() if key != (edit.field, edit.phase, edit.bound)}
        if not edit.reset:
            edits[edit.field, edit.phase, edit.bound] = edit.value
        limits = self._edited(edit.field, edits)
        if fault := limits.fault():
            return f"{where}: bounds: {fault}"
        self._edits = edits
        self._limits[edit.field] = limits
        self._compile()
        return None

    def check(self, values: Values) -> None:
        """One decoded packet. Nothing but comparisons while all is within and nothing was beyond before."""
        if self._journal.phase != self._phase:
            self._enter()
        if not self._active:
            for index, low, high in self._inside:
                if not low <= values[index] <= high:  # type: ignore[operator]
                    break
            else:
                if self._rated:
                    self._judge(values, self._rated)
                return
        self._judge(values, self._watched)

    def _edited(self, name: str, edits: Mapping[tuple[str, str, str], float | None]) -> Limits:
        held = self._own.get(name) or Limits(alarm=name + "_limit")
        return edited(held, {place[1:]: value for place, value in edits.items() if place[0] == name})

    def _judge(self, values: Values, watched: list[_Watched] | tuple[_Watched, ...]) -> None:
        time_s = onboard_s(values) + self._clock.offset_s
        active = False
        for each in watched:
            value = values[each.place] * each.field.scale  # type: ignore[operator]
            if not math.isfinite(value):
                self.not_finite += 1
                for watch in (*each.levels, *each.rates):
                    watch.last_s = time_s
                    active |= watch.violated
                continue
            for watch in each.levels:
                if watch.holds(time_s, value, each.limits.for_s, self._longest_step_s):
                    self._raise(watch, each, value, time_s)
                active |= watch.violated
            if each.slope is not None:
                rate = each.slope.add(time_s, value)
                for watch in each.rates if rate is not None else ():
                    if watch.holds(time_s, rate, each.limits.for_s, each.slope.span_s):  # type: ignore[arg-type]
                        self._raise(watch, each, rate, time_s)  # type: ignore[arg-type]
        self._active = active

    def _raise(self, watch: _Watch, watched: _Watched, value: float, time_s: float) -> None:
        severity: Severity = watch.bound.partition("_")[0]  # type: ignore[assignment]
        field, rate = watched.field, watch.bound not in LEVELS
        unit = f"{field.unit}/s" if rate else field.unit
        shown, bound = (
            _shown(abs(value) if rate else value, unit),
            _shown(abs(watch.limit) if rate else watch.limit, unit),
        )
        if rate and watched.slope is not None:
            moves = "falls" if watch.sign < 0.0 else "rises"
            what = f"{moves} by {shown} over {watched.slope.span_s:g} s, faster than its {severity} limit of {bound}"
        else:
            what = f"is {shown}, {'below' if watch.sign < 0.0 else 'above'} its {severity} limit of {bound}"
        self._journal.alarm(
            watched.limits.alarm,
            severity,
            time_s,
            f"{field.name.replace('_', ' ')} {what}.",
            first_s=watch.first_s,
            channel=f"{self.packet.name}.{field.name}",
            value=value,
            limit=watch.limit,
        )

    def _enter(self) -> None:
        """Another phase: what a rate has seen may have been another part's."""
        for slope in self._slopes.values():
            slope.forget()
        self._compile()

    def _compile(self) -> None:
        former = {each.field.name: each for each in self._watched}
        self._phase = self._journal.phase
        self._watched = []
        for place, field in enumerate(self.packet.fields, HEADER_VALUES):
            if field.name not in self._limits:
                continue
            limits = self._limits[field.name].during(self._phase)
            slope = None
            if any(limits.bound(bound) is not None for bound in (*FALLS, *RISES)):
                slope = self._slopes.get(field.name)
                if slope is None or slope.span_s != max(limits.over_s, 3.0 * self._period_s):
                    slope = self._slopes[field.name] = _Slope(limits.over_s, self._period_s)
            watched = _Watched(place, field, limits, self._hysteresis, slope)
            if field.name in former:
                watched.keep(former[field.name])
            self._watched.append(watched)
        self._inside = tuple(each.inside() for each in self._watched if each.levels)
        self._rated = tuple(each for each in self._watched if each.rates)
        self._active = True


def edited(limits: Limits, edits: Mapping[tuple[str, str], float | None]) -> Limits:
    """Limits with an operator's bounds, by phase and bound: one without a phase holds in all that he does not name."""
    whole = {bound: limits.bound(bound) for bound in BOUNDS}
    everywhere = {bound: value for (phase, bound), value in edits.items() if not phase}
    phases = {
        phase: {key: value for key, value in override.items() if key not in everywhere}
        for phase, override in limits.phases.items()
    }
    for (phase, bound), value in edits.items():
        if phase:
            phases.setdefault(phase, {})[bound] = value
    return _with(limits, phases, **{**whole, **everywhere})


def _with(limits: Limits, phases: Mapping[str, Override], **bounds: float | None) -> Limits:
    given = bounds or {bound: limits.bound(bound) for bound in BOUNDS}
    return Limits(**given, for_s=limits.for_s, over_s=limits.over_s, alarm=limits.alarm, phases=phases)


def _is_number(field: Field) -> bool:
    return not field.text_length and field.type != "bool"


def _shown(value: float, unit: str) -> str:
    """A value for people: four digits, pascals with a prefix."""
    base, _, per = unit.partition("/")
    if base == "Pa" and abs(value) >= 1e3:
        factor, base = (1e-6, "MPa") if abs(value) >= 1e6 else (1e-3, "kPa")
        value, unit = value * factor, f"{base}/{per}" if per else base
    return f"{value:.4g} {unit}".rstrip()
