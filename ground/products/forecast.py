"""What lies ahead of a flight: impact point's uncertainty, time to go, line of sight, landing, from the newest state.

`Forecast.note` takes each state at 10 Hz of vehicle time and keeps a few running numbers; `ahead` works the rest out
when somebody looks. Nothing here is part of the event log.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flight.geodesy import Vector, dot, horizon, to_geodetic
from flight.plans.plan import LOWEST_ORBIT_M, FlightPlan
from ground.conic import Conic
from ground.detect.events import EventMachine
from ground.detect.thrust import Thrust
from ground.detect.trajectory import Track, Trajectory
from ground.journal import Journal
from ground.products import landing, scatter, sight
from ground.products.burns import START_S, Burns, Push, ToGo
from ground.products.landing import Canopies, Drift, Landing
from ground.products.scatter import Ellipse
from ground.products.sight import Look, Passing, Station
from ground.products.state import Products
from ground.products.trust import Trust
from ground.profile import Profile

RENEW_S = 2.0
"""Vehicle time for which what changes slowly and costs most is kept: ellipse, loss of sight, landing."""

_STEADY_M_S2 = 1.0
"""A descent that changes its rate by less is one at terminal speed; and then the drift is the wind."""
_DRIFT_S = 1.0
"""Time constant of the drift under a parachute."""
_EXPECTED_S = 3.0
"""A planned event this long overdue is not waited for."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """None stands for what cannot be said of this state: without a site, on the pad, in orbit.

    Errors are one standard deviation on each axis. `next_event_s` are seconds from now, by the plan.
    """

    position_error_m: float
    velocity_error_m_s: float
    impact: Ellipse | None
    to_go: ToGo | None
    next_event: str | None
    next_event_s: float | None
    look: Look | None
    passing: Passing | None
    landing: Landing | None


class Forecast:
    """Of one flight. `station` is the antenna's place: one given to the ground, else the plan's launch site."""

    def __init__(
        self,
        plan: FlightPlan | None,
        profile: Profile | None,
        station: Station | None,
        journal: Journal,
        machine: EventMachine,
        thrust: Thrust,
        trajectory: Trajectory,
    ) -> None:
        self._plan = plan
        self._journal = journal
        self._machine = machine
        self._thrust = thrust
        self._trajectory = trajectory
        if station is None and plan is not None:
            site = plan.site
            station = Station.at(site.latitude_deg, site.longitude_deg, site.height_m)
        self._station = station
        self._burns = None if plan is None else Burns(plan, profile)
        self._events = () if plan is None else sorted(plan.events, key=lambda event: event.time_s)
        self._push = Push()
        self._trust = Trust()
        self._counted = 0
        """The stage whose speed is being counted."""
        self._track: Track | None = None
        self._vertical = (math.nan, 0.0)
        self._canopies: Canopies | None = None
        self._drift: Drift | None = None
        self._kept: tuple[float, Ellipse | None, Passing | None, Landing | None] | None = None

    def note(self, track: Track) -> None:
        """The state that products are made of, each time there is a new one: ten times a second at most."""
        self._track = track
        self._push.add(track.time_s, track.position, track.velocity, track.source)
        stage = self._thrust.stage
        if stage != self._counted:
            ignited_s = self._machine.onset_s(self._thrust.ignition_name(stage))
            if ignited_s is not None and track.time_s >= ignited_s + START_S:
                self._counted = stage
                self._push.begin(track.time_s - ignited_s - START_S)
        self._trust.add(self._trajectory.navigation, self._trajectory.receiver)
        if self._descends() and not self._landed():
            self._learn_descent(track)

    def ahead(self, products: Products) -> Ahead | None:
        """For the state that these products are of; None before there is one."""
        track = self._track
        if track is None:
            return None
        position, velocity = track.position, track.velocity
        place_error, speed_error = self._trust.errors(track)
        flying = self._machine.airborne and not self._landed()
        kept = self._kept
        if kept is None or not 0.0 <= track.time_s - kept[0] < RENEW_S - 1e-3:
            self._kept = kept = (
                track.time_s,
                self._ellipse(products, position, velocity, place_error, speed_error),
                self._passing(track) if flying and self._station is not None else None,
                self._landing(position, velocity, place_error, speed_error) if flying else None,
            )
        since, (_, ellipse, passing, down) = track.time_s - kept[0], kept
        # What was found a moment ago is nearer by that moment.
        if passing is not None:
            passing = Passing(_sooner(passing.lost_s, since), _sooner(passing.gained_s, since))
        name, in_s = self._next_event(track.time_s)
        return Ahead(
            position_error_m=place_error,
            velocity_error_m_s=speed_error,
            impact=ellipse,
            to_go=self._to_go(products, track, down, since) if flying else None,
            next_event=name,
            next_event_s=in_s,
            look=None if self._station is None else sight.look(self._station, position, velocity),
            passing=passing,
            landing=down,
        )

    def _ellipse(
        self, products: Products, position: Vector, velocity: Vector, place_error: float, speed_error: float
    ) -> Ellipse | None:
        if products.impact_in_s is None:
            return None
        short_m = scatter.shortfall(position, velocity) if self._machine.airborne else 0.0
        return scatter.impact_ellipse(position, velocity, place_error, speed_error, short_m)

    def _passing(self, track: Track) -> Passing | None:
        station = self._station
        assert station is not None
        burn_s, thrust = 0.0, None
        if (left := self._burning(track)) is not None and left.seconds > 0.0:
            burn_s, thrust = left.seconds, self._push.thrust
        return sight.passing(station, track.position, track.velocity, thrust, burn_s)

    def _to_go(self, products: Products, track: Track, down: Landing | None, since_s: float) -> ToGo | None:
        if (left := self._burning(track)) is not None:
            return left
        if self._powered():
            return None
        if down is not None and self._descends():
            return ToGo(max(0.0, down.in_s - since_s), "landing", "parachute")
        if products.vertical_speed_m_s > 0.0 or products.perigee_m > LOWEST_ORBIT_M:
            conic = Conic(track.position, track.velocity)
            return ToGo(conic.seconds(conic.to_apogee), "apogee", "Kepler") if conic.closed else None
        if products.impact_in_s is not None:
            return ToGo(products.impact_in_s, "impact", "fall without air")
        return None

    def _powered(self) -> bool:
        """A motor burns. What the air does to a falling body, whose motors have all burnt out, looks like thrust."""
        return self._thrust.powered and not self._machine.seen(f"stage_{self._thrust.stage}_burnout")

    def _burning(self, track: Track) -> ToGo | None:
        """What is left of the burn; None where none is on or nothing is known of it."""
        plan, stage = self._plan, self._thrust.stage
        ignited_s = self._machine.onset_s(self._thrust.ignition_name(stage))
        if plan is None or self._burns is None or not self._powered() or ignited_s is None:
            return None
        since_s, seen = track.time_s - ignited_s, self._machine.seen
        if plan.boosters is not None and stage == plan.first_stage and not seen("booster_burnout"):
            return ToGo(max(0.0, plan.boosters.burn_s - since_s), "booster_burnout", "plan")
        main_out = seen(f"stage_{stage}_main_cutoff")
        found = self._burns.to_go(stage, since_s, self._push, main_out, track.position, track.velocity)
        if found is None:
            return None
        vernier = plan.stages[stage - plan.first_stage].vernier_s > 0.0 and not main_out
        return ToGo(found[0], f"stage_{stage}_{'main_cutoff' if vernier else 'burnout'}", found[1])

    def _next_event(self, time_s: float) -> tuple[str | None, float | None]:
        flown = self._journal.since_liftoff(time_s)
        if flown is None:
            return None, None
        for event in self._events:
            if event.time_s > flown - _EXPECTED_S and not self._machine.seen(event.name):
                return event.name, event.time_s - flown
        return None, None

    def _landed(self) -> bool:
        return self._machine.seen("landing") or self._machine.seen("impact")

    def _comes_down(self) -> bool:
        """Parachutes bring something down: of a suborbital flight, or of a crew that got away."""
        plan = self._plan
        return plan is not None and plan.parachutes is not None and (not plan.orbital or self._machine.seen("abort"))

    def _descends(self) -> bool:
        return self._comes_down() and (self._machine.seen("drogue_deployment") or self._machine.seen("main_deployment"))

    def _learn_descent(self, track: Track) -> None:
        """Under a parachute at terminal speed the descent rate is the parachute's, and the drift the wind's."""
        before_s, before = self._vertical
        self._vertical = (track.time_s, track.vertical)
        span_s = track.time_s - before_s
        if not 0.0 < span_s < 1.0 or abs(track.vertical - before) > _STEADY_M_S2 * span_s or track.vertical > -1.0:
            return
        self._canopies = landing.measured(
            self._canopies or self._planned(), self._machine.seen("main_deployment"), track.height, -track.vertical
        )
        place = to_geodetic(*track.position)
        axes = horizon(place.latitude, place.longitude)
        north, east = dot(track.velocity, axes.north), dot(track.velocity, axes.east)
        known = self._drift or Drift(north, east, track.height)
        part = min(1.0, span_s / _DRIFT_S)
        self._drift = Drift(
            known.north_m_s + part * (north - known.north_m_s),
            known.east_m_s + part * (east - known.east_m_s),
            track.height,
        )

    def _landing(self, position: Vector, velocity: Vector, place_error: float, speed_error: float) -> Landing | None:
        plan = self._plan
        if plan is None or plan.parachutes is None or not self._comes_down() or self._powered():
            return None
        if self._canopies is None:
            self._canopies = self._planned()
        opens_m = plan.site.height_m + plan.parachutes.main_height_m
        open_now = self._machine.seen("main_deployment")
        return landing.predict(
            position, velocity, self._canopies, open_now, opens_m, self._drift, place_error, speed_error
        )

    def _planned(self) -> Canopies:
        assert self._plan is not None
        return landing.planned(self._plan)


def _sooner(seconds: float | None, since_s: float) -> float | None:
    return None if seconds is None else max(0.0, seconds - since_s)
