"""Limits of the dictionary, checked on raw values: persistence in vehicle time, hysteresis, edits while running."""

from __future__ import annotations

import math

from flight.wire.dictionary import Field, Limits, Packet
from flight.wire.packet import HEADER_VALUES
from ground.clock import VehicleClock, onboard_s
from ground.inputs import Bound, LimitEdit
from ground.intake import Values
from ground.journal import Journal
from ground.report import Severity

_BOUNDS: tuple[Bound, ...] = ("critical_low", "warning_low", "warning_high", "critical_high")


class _Watch:
    """One bound of one field, in SI. A violation begins at the bound and ends at the bound less its hysteresis."""

    __slots__ = ("bound", "first_s", "held_s", "last_s", "limit", "margin", "raised", "sign", "violated")

    def __init__(self, bound: Bound, limit: float, hysteresis: float) -> None:
        self.bound = bound
        self.sign = -1.0 if bound.endswith("low") else 1.0
        self.limit = limit
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


class LimitMonitor:
    """All limits of one packet kind. `check` is called for each packet in order.

    A value that is not finite is counted in `not_finite` and freezes the persistence of its field; it never alarms.
    """

    def __init__(self, packet: Packet, clock: VehicleClock, journal: Journal, hysteresis: float) -> None:
        self.packet = packet
        self.not_finite = 0
        self._clock = clock
        self._journal = journal
        self._hysteresis = hysteresis
        self._limits = {f.name: f.limits for f in packet.fields if f.limits is not None and _is_number(f)}
        self._longest_step_s = 2.0 / packet.rate_hz if packet.rate_hz else math.inf
        self._watches: list[tuple[int, Field, Limits, list[_Watch]]] = []
        self._inside: tuple[tuple[int, float, float], ...] = ()
        self._active = False
        self._compile()

    @property
    def empty(self) -> bool:
        """Whether no field of this kind has a limit."""
        return not self._inside

    def edit(self, edit: LimitEdit) -> str | None:
        """Follows an operator's edit; the reason why not, where it cannot."""
        field = next((f for f in self.packet.fields if f.name == edit.field), None)
        if field is None or not _is_number(field):
            return f"{edit.packet}.{edit.field}: there is no such number in the dictionary"
        if edit.bound not in _BOUNDS or not (edit.value is None or math.isfinite(edit.value)):
            return f"{edit.packet}.{edit.field}: the bound must be one of {', '.join(_BOUNDS)}, its value finite"
        held = self._limits.get(edit.field) or Limits(alarm=edit.field + "_limit")
        bounds = {bound: edit.value if bound == edit.bound else getattr(held, bound) for bound in _BOUNDS}
        changed = Limits(**bounds, for_s=held.for_s, alarm=held.alarm)
        ordered = [value for value in bounds.values() if value is not None]
        if ordered != sorted(ordered):
            return f"{edit.packet}.{edit.field}: bounds must rise from critical_low to critical_high"
        self._limits[edit.field] = changed
        self._compile()
        return None

    def check(self, values: Values) -> None:
        """One decoded packet. Nothing but comparisons while all is within and nothing was beyond before."""
        if not self._active:
            for index, low, high in self._inside:
                if not low <= values[index] <= high:  # type: ignore[operator]
                    break
            else:
                return
        self._judge(values)

    def _judge(self, values: Values) -> None:
        time_s = onboard_s(values) + self._clock.offset_s
        self._active = False
        for index, field, limits, watches in self._watches:
            value = values[index] * field.scale  # type: ignore[operator]
            if not math.isfinite(value):
                self.not_finite += 1
                for watch in watches:
                    watch.last_s = time_s
                    self._active |= watch.violated
                continue
            for watch in watches:
                if watch.holds(time_s, value, limits.for_s, self._longest_step_s):
                    self._raise(watch, field, limits, value, time_s)
                self._active |= watch.violated

    def _raise(self, watch: _Watch, field: Field, limits: Limits, value: float, time_s: float) -> None:
        severity: Severity = "critical" if watch.bound.startswith("critical") else "warning"
        side = "below" if watch.sign < 0.0 else "above"
        shown, bound = _shown(value, field.unit), _shown(watch.limit, field.unit)
        self._journal.alarm(
            limits.alarm,
            severity,
            time_s,
            f"{field.name.replace('_', ' ')} is {shown}, {side} its {severity} limit of {bound}.",
            first_s=watch.first_s,
            channel=f"{self.packet.name}.{field.name}",
            value=value,
            limit=watch.limit,
        )

    def _compile(self) -> None:
        self._watches, inside = [], []
        for place, field in enumerate(self.packet.fields):
            limits = self._limits.get(field.name)
            if limits is None:
                continue
            given = [(bound, value) for bound in _BOUNDS if (value := getattr(limits, bound)) is not None]
            if not given:
                continue
            watches = [_Watch(bound, value, self._hysteresis) for bound, value in given]
            self._watches.append((HEADER_VALUES + place, field, limits, watches))
            low = max((w.limit for w in watches if w.sign < 0.0), default=-math.inf) / field.scale
            high = min((w.limit for w in watches if w.sign > 0.0), default=math.inf) / field.scale
            inside.append((HEADER_VALUES + place, *((low, high) if field.scale > 0.0 else (high, low))))
        self._inside = tuple(inside)
        self._active = True


def _is_number(field: Field) -> bool:
    return not field.text_length and field.type != "bool"


def _shown(value: float, unit: str) -> str:
    """A value for people: four digits, pascals with a prefix."""
    if unit == "Pa" and abs(value) >= 1e3:
        factor, unit = (1e-6, "MPa") if abs(value) >= 1e6 else (1e-3, "kPa")
        value *= factor
    return f"{value:.4g} {unit}".rstrip()
