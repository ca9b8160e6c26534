"""All live detection of one flight, bound to a dictionary's channels by their names.

Packets in, reports out through the journal; memory is fixed, time is vehicle time. A channel that a dictionary lacks
leaves its detector out, and the events that only it could show are undecided.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from flight.plans.plan import FlightPlan
from flight.wire.dictionary import Dictionary, Packet
from flight.wire.packet import HEADER_VALUES
from ground.clock import TICK_S, VehicleClock
from ground.detect.attitude import AttitudeWatch, Swing
from ground.detect.deviations import Deviations
from ground.detect.envelope import Envelope
from ground.detect.events import HOLE_S, EventMachine, Record
from ground.detect.feeds import Feeds
from ground.detect.observable import CHAMBER, WIRE, observable, part, period
from ground.detect.sensors import Sensors
from ground.detect.separation import Separations
from ground.detect.shocks import Shocks
from ground.detect.thresholds import Thresholds
from ground.detect.thrust import Thrust
from ground.detect.trajectory import Track, Trajectory
from ground.detect.watches import Feed, Watches
from ground.intake import Values
from ground.journal import Journal
from ground.products import Products, compute
from ground.products.forecast import Forecast
from ground.products.sight import Station
from ground.profile import Profile
from ground.report import Outcome, Verdict

PRODUCTS_S = 0.1
"""Vehicle time between two computations of the products."""

EARLY_S = 0.02
"""Half the time between two states: so much before its time a state is in time."""

PAD = "pad"
"""The phase of flight before the first event."""

COUNT = {"hold": "hold", "resume": PAD, "scrub": "scrubbed", "recycle": PAD}
"""The phase that each order of launch control begins."""

_SPACE = 1.0e5
"""m: above, the orbit is one of two bodies and worth reporting."""

_RELAUNCH_S = 2.0
"""Standing this long after a restart of the computer, the vehicle is on a pad again."""


class FlightDetector:
    """Stage events, lost attitude, products and verdict of one flight.

    `feeds[packet name]` takes each decoded packet of that kind, new and in order. `relaunched` is called when the
    vehicle stands on a pad again after its computer was restarted: what was flown before is over.
    """

    def __init__(
        self,
        dictionary: Dictionary,
        plan: FlightPlan | None,
        profile: Profile | None,
        thresholds: Thresholds,
        journal: Journal,
        clock: VehicleClock,
        relaunched: Callable[[], None],
        station: Station | None = None,
    ) -> None:
        packets = [packet for packet in dictionary.packets.values() if packet.rate_hz]
        channels = {field.name for packet in packets for field in packet.fields}
        chambers = tuple(sorted(m[1] for c in channels if (m := CHAMBER.fullmatch(c))))
        parts = tuple(sorted({part(m[1]) for c in channels if (m := WIRE.fullmatch(c))}))
        self._journal = journal
        self._clock = clock
        self._plan = plan
        self._thresholds = thresholds
        self._relaunched = relaunched
        seen = observable(channels, chambers, parts, plan)
        self.machine = EventMachine(journal, plan, seen, profile.events if profile else None, _slack_s(packets))
        self.machine.witnesses = 2 if thresholds.layers.second_witness else 1
        first = self.machine.first_stage
        self.thrust = Thrust(
            self.machine,
            thresholds,
            [(name, period(packets, f"{name}_chamber_pressure")) for name in chambers],
            min(period(packets, "specific_force_x", math.inf), period(packets, "axial_force_mean")),
            first,
            {first + place: stage for place, stage in enumerate(plan.stages if plan else ())},
            math.radians(plan.site.elevation_deg if plan else 90.0),
        )
        self._shocks = Shocks(journal, thresholds)
        self._separations = Separations(
            self.machine, journal, thresholds, parts, period(packets, "umbilical"), self._shocks
        )
        self.trajectory = Trajectory(
            self.machine, thresholds, (period(packets, "attitude_error_y", 0.04), period(packets, "fix", 0.2))
        )
        self.sensors = Sensors(journal, thresholds, self.trajectory, packets)
        """The ground's own estimate of the state, and what is checked by it."""
        watches = Watches(journal, thresholds, plan, first, self.thrust) if thresholds.layers.watches else None
        self._deviations = Deviations(self.machine, journal, thresholds, plan)
        self.machine.told = self._told
        self.machine.denied_s = self._denied_s
        known = profile if thresholds.layers.envelope else None
        self.envelope = (
            None if known is None else Envelope(self.machine, journal, thresholds, known, self.thrust, self.trajectory)
        )
        """The flight against its profile; None where there is none."""
        burnouts = [event.name for event in plan.events if event.name.endswith("_burnout")] if plan else []
        self._last_burnout = burnouts[-1] if burnouts else None
        self._guided = plan is None or plan.reaction_pressure_pa > 0.0 or any(stage.vectored for stage in plan.stages)
        """Something steers: a rocket on fins goes where it points."""
        self.products: Products | None = None
        """Of the newest state that can be trusted."""
        self.forecast = Forecast(plan, profile, station, journal, self.machine, self.thrust, self.trajectory)
        self.produced: Callable[[], None] | None = None
        """Called when there are new products."""
        self._in_space: Products | None = None
        self._due_s = -math.inf
        self._last_s = math.nan
        self._restarted_s: float | None = None
        self._stood_since_s: float | None = None
        journal.phase = PAD
        binder = Feeds(
            self.machine,
            self.thrust,
            self._separations,
            self.trajectory,
            AttitudeWatch(journal, thresholds),
            Swing(journal, thresholds),
            self._shocks,
            self._deviations,
            self._steered,
            self._compute,
        )
        self.feeds: dict[str, Callable[[Values], None]] = {}
        for packet in packets:
            feeds = self.sensors.first(packet) + binder.of(packet) + self.sensors.feeds(packet)
            feeds += watches.feeds(packet) if watches is not None else []
            if self.envelope is not None:
                feeds += self.envelope.feeds(packet)
            if feeds:
                self.feeds[packet.name] = self._bind(packet, feeds)

    def computer(self, name: str, time_s: float) -> None:
        """The onboard computer reports an event. Of what launch control does to the count it is the only witness."""
        if name in COUNT and self._journal.phase in COUNT.values():
            self._journal.phase = COUNT[name]
        self.machine.computer(name, time_s)
        self._deviations.computer(name, time_s)

    def restarted(self, time_s: float) -> None:
        """The onboard computer has started again."""
        self._restarted_s = time_s
        self.machine.restarted(time_s)
        self.trajectory.restarted()
        self.sensors.restarted()
        if self.envelope is not None:
            self.envelope.restarted()
        self._stood_since_s = None

    def finish(self, ended: bool) -> None:
        """Nothing follows: what is still open is undecided, and the verdict. `ended` says that the vehicle said so.

        Of a launch that was scrubbed no event was due.
        """
        now = self._clock.time_s
        if now is not None:
            self.trajectory.end_of_data(now)
        verdict = self._verdict(ended)
        if verdict.outcome != "scrubbed":
            self.machine.finish(now)
        self._journal.write(verdict)

    def _told(self, name: str, record: Record) -> None:
        """An event has reached a new status."""
        if record.onset_s is not None:
            self._shocks.event(name, record.onset_s, not self._deviations.early(name, record.onset_s))
        self._deviations.told(name, record)

    def _denied_s(self, name: str) -> float:
        """Until when what would show an event has been heard, and says that it has not come."""
        if name.endswith(("_separation", "_deployment")):
            return self._separations.denied_s(name)
        if name.endswith(("ignition", "_burnout", "_main_cutoff")):
            return self.thrust.denied_s(name)
        return self.trajectory.denied_s(name)

    def _verdict(self, ended: bool) -> Verdict:
        state, vehicle = self.products, self._journal.vehicle
        if state is None or not self.machine.airborne:
            return Verdict(vehicle, "scrubbed" if ended and self.trajectory.standing else "unknown")
        outcome: Outcome = "unknown"
        if self.machine.seen("abort"):
            outcome = "aborted"
        elif state.perigee_m > self._thresholds.trajectory.orbit_perigee:
            outcome = "orbit"
        elif ended or self.machine.seen("impact") or self.machine.seen("landing") or self._burnt_out():
            outcome = "no_orbit" if self._plan is not None and self._plan.target.perigee_m > 0.0 else "suborbital"
        conic = state if outcome == "orbit" or self._in_space is None else self._in_space
        return Verdict(
            vehicle,
            outcome,
            perigee_m=conic.perigee_m,
            apogee_m=conic.apogee_m,
            inclination_deg=conic.inclination_deg,
            impact_latitude_deg=state.impact_latitude_deg,
            impact_longitude_deg=state.impact_longitude_deg,
        )

    def _burnt_out(self) -> bool:
        """Whether the last burnout that was planned is behind."""
        return self._last_burnout is not None and not self.thrust.powered and self.machine.seen(self._last_burnout)

    def _steered(self) -> bool:
        """Whether attitude matters: a motor pushes, or one is still planned to and the payload is aboard."""
        seen = self.machine.seen
        if seen("abort") or not self._guided:
            return False
        if self.thrust.powered:
            return True
        return self._last_burnout is not None and not seen(self._last_burnout) and not seen("payload_separation")

    def _bind(self, packet: Packet, feeds: list[Feed]) -> Callable[[Values], None]:
        """One function of a decoded packet: vehicle time, holes, windows, then the detectors on SI values."""
        machine, clock, deviations = self.machine, self._clock, self._deviations
        scales = [
            (place, field.scale) for place, field in enumerate(packet.fields, HEADER_VALUES) if field.scale != 1.0
        ]
        only = feeds[0] if len(feeds) == 1 else None

        def feed(values: Values) -> None:
            time_s: float = values[1] + values[2] * TICK_S + clock.offset_s  # type: ignore[operator]
            if time_s - self._last_s > HOLE_S:
                machine.hole(self._last_s, time_s)
                deviations.hole()
            self._last_s = time_s
            if time_s > machine.deadline_s:
                machine.expire(time_s)
            if scales:
                changed = list(values)
                for place, scale in scales:
                    changed[place] = values[place] * scale  # type: ignore[operator]
                values = tuple(changed)
            if only is not None:
                only(time_s, values)
            else:
                for each in feeds:
                    each(time_s, values)

        return feed

    def _compute(self, track: Track) -> None:
        """Products at 10 Hz: of the first state that is not much earlier than each tenth of a second."""
        time_s = track.time_s
        if self.products is not None and self.products.time_s <= time_s < self._due_s - EARLY_S:
            return
        self._due_s = (math.floor((time_s + EARLY_S) / PRODUCTS_S) + 1.0) * PRODUCTS_S
        if self.trajectory.doubtful and track is self.trajectory.navigation:
            return
        trusted = self.sensors.trusted(self.trajectory.trusted(track))
        former = self.products
        # A source that is trusted in the place of another may have nothing newer than what has been told.
        new = former is None or not trusted.time_s <= former.time_s <= time_s
        if former is None or new:
            self.products = former = compute(trusted.time_s, trusted.position, trusted.velocity)
            self.forecast.note(trusted)
        if self.envelope is not None:
            self.envelope.look(time_s, former)
        self._deviations.tick(time_s, former.perigee_m, self.thrust)
        if former.altitude_m > _SPACE:
            self._in_space = former
        if self._journal.phase == PAD and self.machine.airborne and self._journal.liftoff_s is None:
            self._journal.phase = None
        if self._restarted_s is not None and self.machine.airborne:
            self._look_for_relaunch(time_s)
        if new and self.produced is not None:
            self.produced()

    def _look_for_relaunch(self, time_s: float) -> None:
        # A computer that starts again in flight takes itself for standing until its navigation has found out.
        if not self.trajectory.standing or self._separations.cast_off:
            self._stood_since_s = None
        elif self._stood_since_s is None:
            self._stood_since_s = time_s
        elif time_s - self._stood_since_s > _RELAUNCH_S:
            self._restarted_s = None
            self._relaunched()


def _slack_s(packets: list[Packet]) -> float:
    """Twice the interval of the slowest packet that shows joints: on a slow radio a step of the sequence comes late."""
    periods = [1.0 / p.rate_hz for p in packets if any(WIRE.fullmatch(field.name) for field in p.fields)]
    return 2.0 * max(periods, default=0.0)
