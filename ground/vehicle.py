"""One vehicle: its packet kinds, clock, limits and detectors, and what can be asked of it at any time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flight.plans.plan import FlightPlan
from flight.wire.dictionary import Dictionary
from flight.wire.frame import Deframer
from flight.wire.packet import HEADER_VALUES, Codec, Value, codecs
from ground.clock import VehicleClock, onboard_s
from ground.correlation import ClockFit, Correlation
from ground.detect.corridor import CorridorState
from ground.detect.flight import EARLY_S, FlightDetector
from ground.detect.thresholds import Thresholds
from ground.inputs import LimitEdit
from ground.intake import Counters, Intake, Values
from ground.journal import Journal
from ground.limits import LimitMonitor
from ground.products import Products, sight
from ground.products.forecast import Ahead
from ground.profile import Profile
from ground.quality import LinkQuality, Quality
from ground.report import Alarm, Report

REWOUND_S = 5.0
"""After its end of stream a vehicle whose clock stands this far back flies again."""

LATE_AFTER_RESTART_NS = 2_000_000_000
"""Packets of the former boot are late, not another restart, for this much received time."""


SILENT_NS = 1_000_000_000
"""Received time without a packet after which a link is silent."""

_OVERDUE_S = 0.5
"""Products that no new state has brought for so long after their time are published as they stand."""

STRANGERS = 5
"""So many packets of another boot id in a row are a restart without an identity; fewer may be another vehicle's."""


@dataclass(frozen=True, slots=True)
class VehicleStatus:
    """A vehicle at one moment, for displays. Times are vehicle time; `elapsed_s` counts from lift-off."""

    name: str
    plan: str
    board: str
    software: str
    time_rate: float
    time_s: float | None
    elapsed_s: float | None
    liftoff_s: float | None
    phase: str | None
    silent_s: float
    ended: bool
    boots: int
    counters: Counters
    not_finite: int
    alarms: tuple[Alarm, ...]
    products: Products | None
    ahead: Ahead | None
    """What the products lead to."""
    corridor: CorridorState | None
    clock: ClockFit | None
    link: LinkQuality


class Vehicle:
    """All that the station keeps of one vehicle. `handlers` takes packets by their first two bytes.

    Before it has identified itself its packets are decoded and counted, and nothing is said about them.
    """

    def __init__(
        self,
        dictionary: Dictionary,
        thresholds: Thresholds,
        edits: Mapping[tuple[str, str, str, str], LimitEdit],
        write: Callable[[Report], None],
        special: Mapping[str, Callable[[Vehicle, Values], None]],
        route: Callable[[Vehicle, bytes], bool],
        strange: Callable[[bytes], None],
        antenna: sight.Station | None = None,
    ) -> None:
        self.name = ""
        self.plan_name = self.board = self.software = ""
        self.identity: Values | None = None
        self.clock = VehicleClock()
        self.correlation = Correlation()
        self.quality = Quality()
        self.deframers: list[Deframer] = []
        """Of the links that carry it."""
        self.journal = Journal(write)
        self.detector: FlightDetector | None = None
        self.ended = False
        self.silence_told_ns = -1
        """Received time of the packet after which silence has been reported."""
        self.boots = 0
        self.dictionary = dictionary
        self.intakes: dict[str, Intake] = {}
        self.monitors: dict[str, LimitMonitor] = {}
        self.handlers: dict[bytes, Callable[[bytes], None]] = {}
        self._thresholds = thresholds
        self._edits = edits
        self._special = special
        self._route = route
        self._strange = strange
        self._events_on = False
        self._plan: FlightPlan | None = None
        self._profile: Profile | None = None
        self._former_boot: int | None = None
        self._strangers = 0
        self._strange_since: Values | None = None
        """The newest packet of this boot before those of another."""
        self._restarted_ns = 0
        self._antenna = antenna
        self._produce: Callable[[Vehicle], None] | None = None
        self._period_s = 1.0
        self._due_s = -math.inf
        self.use(dictionary)

    @property
    def counters(self) -> Counters:
        """The sum over all packet kinds."""
        total = Counters()
        for intake in self.intakes.values():
            total.add(intake.counters)
        return total

    def use(self, dictionary: Dictionary) -> None:
        """Decodes by this dictionary from now on; counts go on."""
        self.dictionary = dictionary
        former, self.intakes, self.handlers = self.intakes, {}, {}
        for key, codec in codecs(dictionary).items():
            intake = self._intake(codec)
            if codec.packet.name in former:
                intake.counters = former[codec.packet.name].counters
            self.intakes[codec.packet.name] = intake
            self.handlers[key] = self._routed(intake) if codec.packet.name == "identity" else intake.handle
        self._watch_limits()
        self._bind()

    def tick(self) -> None:
        """Time has passed: what is published goes on in a silence."""
        self._pass(_OVERDUE_S)

    def _looked(self) -> None:
        """There are new products."""
        self._pass(-EARLY_S)

    def _pass(self, after_s: float) -> None:
        time_s = self._heard_s(self.clock.received_ns)
        if time_s is None or self.ended:
            return
        self.quality.note(time_s, self.intakes.values(), self.deframers)
        if self._produce is not None and time_s >= self._due_s + after_s:
            self._due_s = (math.floor((time_s + EARLY_S) / self._period_s) + 1.0) * self._period_s
            self._produce(self)

    def _heard_s(self, received_ns: int) -> float | None:
        """Vehicle time of the newest packet; in a silence it goes on. What is on its way is not missing yet."""
        clock = self.clock
        if self.ended or received_ns - clock.last_ns < SILENT_NS:
            return clock.time_s
        return clock.estimate_s(received_ns)

    def publish(self, rate_hz: float, produce: Callable[[Vehicle], None]) -> None:
        """Has `produce` called so often in vehicle time, whenever there are new products or time has passed."""
        self._produce, self._period_s = produce, 1.0 / rate_hz

    def hear(self, received_ns: int) -> None:
        """Packets of that received time follow; those of the one before tell of the clocks."""
        clock = self.clock
        if clock.last_ns < received_ns:
            self.correlation.heard(clock)
        clock.received_ns = received_ns

    def latest(self, packet: str) -> dict[str, Value] | None:
        """The newest values of one packet kind by field name, in SI; None before the first."""
        intake = self.intakes.get(packet)
        if intake is None or intake.latest is None:
            return None
        fields = intake.packet.fields
        return dict(zip((f.name for f in fields), intake.codec.si(intake.latest[HEADER_VALUES:]), strict=True))

    def status(self, received_ns: int) -> VehicleStatus:
        """What a display shows, at a received time."""
        clock, journal = self.clock, self.journal
        time_s = clock.time_s if self.ended else clock.estimate_s(received_ns)
        silent_s = max(0, received_ns - clock.last_ns) * 1e-9 if clock.last is not None else 0.0
        detector = self.detector
        products = None if detector is None else detector.products
        envelope = None if detector is None else detector.envelope
        return VehicleStatus(
            name=self.name,
            plan=self.plan_name,
            board=self.board,
            software=self.software,
            time_rate=clock.rate,
            time_s=time_s,
            elapsed_s=journal.since_liftoff(time_s),
            liftoff_s=journal.liftoff_s,
            phase=journal.phase,
            silent_s=silent_s,
            ended=self.ended,
            boots=self.boots,
            counters=self.counters,
            not_finite=sum(monitor.not_finite for monitor in self.monitors.values()),
            alarms=journal.alarms,
            products=products,
            ahead=None if detector is None or products is None else detector.forecast.ahead(products),
            corridor=None if envelope is None else envelope.corridor,
            clock=self.correlation.fit(),
            link=self.quality.report(
                self._heard_s(received_ns) or 0.0, silent_s, clock, self.intakes.values(), self.deframers
            ),
        )

    def start_flight(self, plan: FlightPlan | None, events_on: bool, profile: Profile | None) -> None:
        """Detection begins, or begins anew: nothing of a former flight counts."""
        self._plan, self._events_on, self._profile = plan, events_on, profile
        self.ended = False
        self.journal.start_flight()
        self.detector = None
        if events_on:
            self.detector = FlightDetector(
                self.dictionary,
                plan,
                profile,
                self._thresholds,
                self.journal,
                self.clock,
                self._relaunched,
                self._antenna,
            )
            self.detector.produced = self._looked
        self._watch_limits()
        self._bind()

    def finish(self, ended: bool) -> None:
        """Nothing follows: what is open is decided, and the verdict. A second call changes nothing."""
        if not self.ended and self.detector is not None:
            self.detector.finish(ended)
        self.ended = True

    def edit_limit(self, edit: LimitEdit) -> str | None:
        """Follows an operator's edit; the reason why not, where it cannot."""
        monitor = self.monitors.get(edit.packet)
        if monitor is None:
            return f"{edit.packet}: there is no such packet in the dictionary"
        reason = monitor.edit(edit)
        self._bind()
        return reason

    def absorb(self, other: Vehicle) -> None:
        """Takes over the counts of a link that has turned out to carry this vehicle."""
        self.deframers += other.deframers
        for name, intake in other.intakes.items():
            if name in self.intakes:
                self.intakes[name].counters.add(intake.counters)

    def _intake(self, codec: Codec) -> Intake:
        known = codec.packet.name == "identity"
        return Intake(codec, self.clock, self._restarted if known else self._perhaps_restarted, self._strange)

    def _watch_limits(self) -> None:
        hysteresis = self._thresholds.limits.hysteresis
        self.monitors = {
            name: LimitMonitor(
                intake.packet, self.clock, self.journal, hysteresis, self._profile.limits if self._profile else None
            )
            for name, intake in self.intakes.items()
        }
        for edit in self._edits.values():
            if edit.packet in self.monitors:
                self.monitors[edit.packet].edit(edit)

    def _bind(self) -> None:
        """Which functions each packet kind calls."""
        for name, intake in self.intakes.items():
            monitor = self.monitors[name]
            intake.check_limits = None if monitor.empty else monitor.check
            special = self._special.get(name)
            if special is not None:
                intake.detect = self._bound(special)
            else:
                intake.detect = None if self.detector is None else self.detector.feeds.get(name)

    def _routed(self, intake: Intake) -> Callable[[bytes], None]:
        """Takes identity packets, unless they turn out to be another vehicle's."""

        def handle(packet: bytes) -> None:
            if not self._route(self, packet):
                intake.handle(packet)

        return handle

    def _bound(self, special: Callable[[Vehicle, Values], None]) -> Callable[[Values], None]:
        return lambda values: special(self, values)

    def _relaunched(self) -> None:
        self.start_flight(self._plan, self._events_on, self._profile)

    def _perhaps_restarted(self, values: Values) -> bool:
        """The same for what does not say who sent it: a payload that shares the link may, its identity lost."""
        clock = self.clock
        if clock.boot_id is not None and values[3] != clock.boot_id:
            if self._strange_since is not clock.last:
                self._strange_since, self._strangers = clock.last, 0
            self._strangers += 1
            if self._strangers < STRANGERS:
                return False
        return self._restarted(values)

    def _restarted(self, values: Values) -> bool:
        """Whether a packet with another boot id, or from before the last one, begins a new run of the computer."""
        clock, boot = self.clock, values[3]
        first = clock.boot_id is None
        if boot == clock.boot_id:
            silent = clock.received_ns - clock.last_ns >= LATE_AFTER_RESTART_NS
            rewound_s = (clock.time_s or 0.0) - clock.offset_s - onboard_s(values)
            if not silent and not (self.ended and rewound_s > REWOUND_S):
                return False
        elif boot == self._former_boot and clock.received_ns - self._restarted_ns < LATE_AFTER_RESTART_NS:
            return False
        clock.restart(values)
        self._former_boot, self._restarted_ns = clock.boot_id, clock.received_ns
        clock.boot_id = boot  # type: ignore[assignment]
        for intake in self.intakes.values():
            intake.forget()
        if not first:
            self.boots += 1
            self._tell_restart(values)
        return True

    def _tell_restart(self, values: Values) -> None:
        time_s = onboard_s(values) + self.clock.offset_s
        if self.ended:
            if self.name:
                self.start_flight(self._plan, self._events_on, self._profile)
            return
        if self.detector is not None:
            self.detector.restarted(time_s)
        self.journal.alarm(
            "computer_reboot",
            "warning",
            time_s,
            f"The onboard computer has started again: boot id {self._former_boot}, then {values[3]}.",
            channel="packet header boot id",
            value=float(values[3]),
        )
