"""What the station has said about one vehicle: the way into the event log, with alarms latched."""

from __future__ import annotations

from collections.abc import Callable

from ground.alarms import follows
from ground.report import Alarm, Report, Severity

_RANK: dict[str, int] = {"watch": 1, "warning": 2, "critical": 3}


class Journal:
    """Reports of one vehicle, in order, to `write`. It says nothing before the vehicle has identified itself.

    Alarms are latched: one line for each (alarm, severity), upwards only, until an operator acknowledges the alarm.
    With one record for each event name this bounds the log of a flight, whatever the link brings.
    """

    __slots__ = ("_latched", "_raised", "_write", "liftoff_s", "phase", "vehicle")

    def __init__(self, write: Callable[[Report], None]) -> None:
        self._write = write
        self._latched: dict[str, Alarm] = {}
        self._raised: set[str] = set()
        self.vehicle = ""
        self.liftoff_s: float | None = None
        """Vehicle time of lift-off, T0; None until it is confirmed."""
        self.phase: str | None = None

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """Latched and not acknowledged, the first raised first."""
        return tuple(self._latched.values())

    def has_raised(self, *names: str) -> bool:
        """Whether one of these alarms has been raised in this flight, acknowledged since or not."""
        return not self._raised.isdisjoint(names)

    def since_liftoff(self, time_s: float | None) -> float | None:
        """A vehicle time counted from lift-off; None while that is not known."""
        return None if time_s is None or self.liftoff_s is None else time_s - self.liftoff_s

    def write(self, report: Report) -> None:
        """Puts a report into the log."""
        if self.vehicle:
            self._write(report)

    def alarm(
        self,
        name: str,
        severity: Severity,
        time_s: float,
        message: str,
        *,
        first_s: float | None = None,
        channel: str | None = None,
        value: float | None = None,
        limit: float | None = None,
        sigma: float | None = None,
    ) -> bool:
        """Raises an alarm unless it stands already at this severity or above, or only follows from another
        (`ground.alarms`); whether it was raised.

        `time_s` is vehicle time now, `first_s` vehicle time when the cause began.
        """
        held = self._latched.get(name)
        if not self.vehicle or (held is not None and _RANK[held.severity] >= _RANK[severity]):
            return False
        if follows(name, self._raised):
            return False
        alarm = Alarm(
            vehicle=self.vehicle,
            name=name,
            severity=severity,
            time_s=time_s,
            message=message,
            channel=channel,
            value=value,
            limit=limit,
            phase=self.phase,
            first_s=self.since_liftoff(time_s if first_s is None else first_s),
            raised_s=self.since_liftoff(time_s),
            sigma=sigma,
        )
        self._latched[name] = alarm
        self._raised.add(name)
        self._write(alarm)
        return True

    def acknowledge(self, name: str) -> bool:
        """Forgets an alarm, so that its cause raises it anew when it comes again; whether it stood."""
        return self._latched.pop(name, None) is not None

    def start_flight(self) -> None:
        """A new flight of the same vehicle: nothing stands any more."""
        self._latched.clear()
        self._raised.clear()
        self.liftoff_s = None
        self.phase = None
