"""A whole recorded flight: from the file's columns to events, alarms, what is undecided, and the verdict.

Two ways lead to the burns. Where the record reaches the speeds of large rockets they come from speed and altitude
(by_speed.py), with an accelerometer, if there is one, as a second source; otherwise from the accelerometer
(by_force.py); without one again from speed and altitude, or from altitude alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ground.detect.flightfile import FlightFile
from ground.detect.recorded import alarms
from ground.detect.recorded.accelerometer import force_of
from ground.detect.recorded.by_force import told_by_force
from ground.detect.recorded.by_speed import told_by_speed
from ground.detect.recorded.cleaning import Frozen
from ground.detect.recorded.findings import Findings
from ground.detect.recorded.standstill import without_standstills
from ground.detect.recorded.tracks import LARGE_SPEED, tracks_of
from ground.report import Alarm, Report

# What onboard computers (AltOS, CATS and their kin) call the phase that begins with each event.
ONBOARD = {
    "liftoff": ("boost", "thrusting", "powered", "ascent"),
    "stage_1_burnout": ("fast", "coast", "coasting"),
    "apogee": ("drogue", "apogee", "descent"),
    "landing": ("landed", "touchdown"),
}
# s between the onboard computer and the measurements (assumed: a filtered state machine lags by up to 1 s); landing
# is left out, for which every computer waits as long as it likes.
DISAGREEMENT = 2.0


def detect_flight(flight: FlightFile) -> tuple[Report, ...]:
    """All that can be said about a flight: events by onset, alarms by time, undecided events, and the verdict last."""
    last = float(flight.time[-1])
    force = force_of(flight)
    held: tuple[tuple[str, Frozen], ...] = ()
    if force is not None:
        flight, held = without_standstills(flight, force.column)
        force = force_of(flight) if held else force
    seen = tracks_of(flight)
    commands = _commands(flight)
    fastest = max((float(track.speed.max()) for track in seen.tracks), default=0.0)
    found = None
    if force is not None and (fastest < LARGE_SPEED or not seen.independent):
        found = told_by_force(flight, force, seen, commands)
    if found is None:
        found = told_by_speed(flight.vehicle, seen, force, commands)
    if "liftoff" in found.undecided and not found.events and not any(a.name == "no_ignition" for a in found.alarms):
        found.alarms += alarms.no_ignition(flight.vehicle, commands, (), float(flight.time[-1]))
    frozen = sorted((*seen.frozen, *held), key=lambda item: item[1].start)
    found.alarms += alarms.frozen(flight.vehicle, frozen)
    if any(span.end > span.start and span.end >= last for _, span in held):  # one cause, one alarm
        found.alarms = [alarm for alarm in found.alarms if alarm.name != "loss_of_signal"]
    _ask_the_computer(found, flight.states)
    return found.reports()


def _commands(flight: FlightFile) -> tuple[tuple[float, int], ...]:
    """(s, stage) wherever ignition_command rises to a stage's number."""
    values = flight.columns.get("ignition_command")
    if values is None:
        return ()
    known = np.isfinite(values)
    time, stage = flight.time[known], np.round(values[known]).astype(np.int64)
    rises = np.flatnonzero((np.diff(stage, prepend=stage[:1]) != 0) & (stage > 0))
    return tuple((float(time[place]), int(stage[place])) for place in rises)


def _ask_the_computer(found: Findings, states: Sequence[tuple[float, str]]) -> None:
    """Set beside each event when the onboard computer reported it, and raise an alarm where the two disagree.

    The state of the first row began before the record and says nothing.
    """
    for place, event in enumerate(found.events):
        reported = [at for at, state in states[1:] if state in ONBOARD.get(event.name, ())]
        if not reported or event.onset_time_s is None:
            continue
        found.events[place] = replace(event, computer_s=reported[0])
        apart = reported[0] - event.onset_time_s
        if abs(apart) > DISAGREEMENT and event.name != "landing":
            message = (
                f"The onboard computer reports {event.name} at {reported[0]:.1f} s,"
                f" the measurements show it at {event.onset_time_s:.1f} s."
            )
            seen = max(reported[0], event.time_s)
            found.alarms.append(
                Alarm(
                    found.vehicle,
                    "computer_disagrees",
                    "warning",
                    seen,
                    message,
                    channel="onboard_state",
                    value=reported[0],
                    limit=event.onset_time_s,
                    first_s=event.onset_time_s,
                    raised_s=seen,
                )
            )
