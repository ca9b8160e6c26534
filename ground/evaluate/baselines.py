"""What simple rules say of the same packets over the same link: the measure of what the station's layers are worth.

- `fixed limits`: a number a channel, one sample is enough, no filter, no second source: axial force over 1.5 g, a
  chamber pressure over or under 0.3 MPa, a breakwire open, a falling height; alarms likewise, and at the plan's
  windows.
- `AltOS`: launch at 20 m of height, or at 20 m/s2 and 5 m/s; burnout under -2.5 m/s2 above 100 m, or after 15 s.
- `CATS`: lift-off at more than 35 m/s2 for 110 ms.
- `random`: as many claims as the station made, each anywhere in its planned window, of a lift-off told to it.

AltOS's and CATS's rules are those of single-stage rockets and have nothing to say of later stages.
Accelerations are axial and without the pad's 1 g. Each rule's onset is the moment at which it fires.
"""

from __future__ import annotations

import math
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence

from flight.geodesy import dot, to_geodetic
from flight.plans.plan import FlightPlan
from flight.wire.dictionary import Dictionary
from flight.wire.frame import Deframer
from flight.wire.packet import HEADER_VALUES, codecs
from ground.clock import onboard_s
from ground.report import Alarm, Event

GRAVITY = 9.80665
LIT_PA = 3.0e5
"""Three atmospheres: the station's own number for a motor that burns."""
FAR_RAD = math.radians(5.0)
WILD_RAD_S = math.radians(20.0)

Values = Mapping[str, float]
Said = tuple[list[tuple[float, Event]], list[tuple[float, Alarm]]]

_CHAMBER = re.compile(r"(stage_\d+)_chamber_pressure")
_WIRE = re.compile(r"(.+)_breakwire")
_JOINTS = {"booster": "booster_separation", "drogue": "drogue_deployment", "main": "main_deployment"}


class Rules(ABC):
    """What all rule sets have: claims of events and alarms, the first of a name counts."""

    packets: frozenset[str]
    """The kinds that they look at."""

    def __init__(self, vehicle: str, plan: FlightPlan) -> None:
        self.vehicle, self.plan = vehicle, plan
        self.events: dict[str, tuple[float, Event]] = {}
        self.alarms: dict[str, tuple[float, Alarm]] = {}
        self.received_s = 0.0

    @abstractmethod
    def take(self, packet: str, time_s: float, values: Values) -> None:
        """One packet, in order."""

    def claim(self, name: str, time_s: float) -> None:
        if name not in self.events:
            said = Event(self.vehicle, name, time_s, time_s, "confirmed")
            self.events[name] = self.received_s, said

    def alarm(self, name: str, time_s: float) -> None:
        if name not in self.alarms:
            self.alarms[name] = self.received_s, Alarm(self.vehicle, name, "warning", time_s, "")

    def said(self) -> Said:
        """All claims, in order of received time."""
        return sorted(self.events.values(), key=_when), sorted(self.alarms.values(), key=_when)


def _when(item: tuple[float, object]) -> float:
    return item[0]


class FixedLimits(Rules):
    """One sample over a number."""

    packets = frozenset(
        {"imu", "propulsion", "systems", "discretes", "navigation", "gnss", "power", "imu_summary", "identity"}
    )

    def __init__(self, vehicle: str, plan: FlightPlan) -> None:
        super().__init__(vehicle, plan)
        self._first = f"stage_{plan.first_stage}"
        self._attached: set[str] = set()
        self._boot: float | None = None
        self._latest = {event.name: event.latest_s for event in plan.events}
        self._earliest = {event.name: event.earliest_s for event in plan.events}

    def take(self, packet: str, time_s: float, values: Values) -> None:
        match packet:
            case "identity" if str(values["vehicle"]) == self.vehicle:
                if self._boot not in (None, values["boot id"]):
                    self.alarm("computer_reboot", time_s)
                self._boot = values["boot id"]
            case "imu" | "imu_summary":
                if values.get("specific_force_x", values.get("axial_force_mean", 0.0)) > 1.5 * GRAVITY:
                    self.claim("liftoff", time_s)
                rates = values.get("rate_largest", math.hypot(values.get("rate_y", 0.0), values.get("rate_z", 0.0)))
                if self._flown_s(time_s) > 0.0 and rates > WILD_RAD_S:
                    self.alarm("tumbling", time_s)
            case "propulsion" | "systems":
                self._pressures(time_s, values)
            case "discretes":
                self._wires(time_s, values)
            case "navigation":
                self._motion(time_s, values)
            case "gnss":
                if not values["fix"]:
                    self.alarm("gnss_lost", time_s)
            case "power":
                if values["bus_voltage"] < 24.0:
                    self.alarm("bus_undervoltage", time_s)

    def _flown_s(self, time_s: float) -> float:
        return time_s - self.events["liftoff"][1].time_s if "liftoff" in self.events else -1.0

    def _pressures(self, time_s: float, values: Values) -> None:
        boosters = []
        for channel, pressure in values.items():
            if channel.startswith("booster_") and channel.endswith("_chamber_pressure"):
                boosters.append(pressure)
            elif match := _CHAMBER.fullmatch(channel):
                lit = "ignition" if match[1] == self._first else f"{match[1]}_ignition"
                out = f"{match[1]}_burnout"
                if pressure > LIT_PA:
                    self.claim(lit, time_s)
                elif lit in self.events:
                    if out not in self.events and 0.0 < self._flown_s(time_s) < self._earliest.get(out, 0.0):
                        self.alarm("early_shutdown", time_s)
                    self.claim(out, time_s)
                elif self._flown_s(time_s) > self._latest.get(lit, math.inf):
                    self.alarm("no_ignition", time_s)
        if max(boosters, default=0.0) > LIT_PA:
            self._attached.add("boosters burn")
        elif boosters and "boosters burn" in self._attached:
            self.claim("booster_burnout", time_s)
        tank = values.get("rcs_tank_pressure", math.inf)
        if 0.0 < tank < 1.2e6:
            self.alarm("tank_pressure_low", time_s)

    def _wires(self, time_s: float, values: Values) -> None:
        open_boosters = True
        for channel, whole in values.items():
            match = _WIRE.fullmatch(channel)
            if match is None:
                continue
            part = match[1]
            if part.startswith("booster_"):
                part, open_boosters = "booster", open_boosters and not whole
            name = _JOINTS.get(part, f"{part}_separation")
            if whole:
                self._attached.add(part)
                if self._flown_s(time_s) > self._latest.get(name, math.inf):
                    self.alarm("no_separation", time_s)
            elif part != "booster" and part in self._attached:
                self.claim(name, time_s)
        if open_boosters and "booster" in self._attached:
            self.claim("booster_separation", time_s)

    def _motion(self, time_s: float, values: Values) -> None:
        position = values["position_x"], values["position_y"], values["position_z"]
        velocity = values["velocity_x"], values["velocity_y"], values["velocity_z"]
        if self._flown_s(time_s) > 10.0:
            if dot(position, velocity) < 0.0:
                self.claim("apogee", time_s)
            if math.hypot(values["attitude_error_y"], values["attitude_error_z"]) > FAR_RAD:
                self.alarm("attitude_loss", time_s)


class AltOs(Rules):
    """Altus Metrum's, as detection.md gives them."""

    packets = frozenset({"imu", "navigation"})

    def __init__(self, vehicle: str, plan: FlightPlan) -> None:
        super().__init__(vehicle, plan)
        self._force = self._height = self._speed = 0.0
        self._burnt = "booster_burnout" if plan.boosters else f"stage_{plan.first_stage}_burnout"
        self._launched_s: float | None = None

    def take(self, packet: str, time_s: float, values: Values) -> None:
        if packet == "imu":
            self._force = values["specific_force_x"] - GRAVITY
        else:
            position = values["position_x"], values["position_y"], values["position_z"]
            velocity = values["velocity_x"], values["velocity_y"], values["velocity_z"]
            self._height = to_geodetic(*position).height - self.plan.site.height_m
            self._speed = dot(position, velocity) / math.sqrt(dot(position, position))
        if self._launched_s is None:
            if self._height > 20.0 or (self._force > 20.0 and self._speed > 5.0):
                self._launched_s = time_s
                self.claim("liftoff", time_s)
        elif (self._force < -2.5 and self._height > 100.0) or time_s - self._launched_s > 15.0:
            self.claim(self._burnt, time_s)


class Cats(Rules):
    """Control and Telemetry Systems' lift-off, as detection.md gives it."""

    packets = frozenset({"imu"})

    def __init__(self, vehicle: str, plan: FlightPlan) -> None:
        super().__init__(vehicle, plan)
        self._since_s: float | None = None

    def take(self, packet: str, time_s: float, values: Values) -> None:
        if values["specific_force_x"] - GRAVITY <= 35.0:
            self._since_s = None
        elif self._since_s is None:
            self._since_s = time_s
        elif time_s - self._since_s >= 0.11:
            self.claim("liftoff", time_s)


RULES: Mapping[str, Callable[[str, FlightPlan], Rules]] = {
    "fixed limits": FixedLimits,
    "AltOS": AltOs,
    "CATS": Cats,
}


def watch(
    arriving: Iterable[tuple[int, bytes]], dictionary: Dictionary, vehicle: str, plan: FlightPlan
) -> dict[str, Said]:
    """What each rule set says of what arrives; times are the onboard clock's."""
    sets = {name: make(vehicle, plan) for name, make in RULES.items()}
    looking = {kind: [rules for rules in sets.values() if kind in rules.packets] for kind in dictionary.packets}
    kinds = {key: codec for key, codec in codecs(dictionary).items() if looking[codec.packet.name]}
    names = {
        codec.packet.name: [(field.name, place) for place, field in enumerate(codec.packet.fields, HEADER_VALUES)]
        for codec in kinds.values()
    }
    deframer = Deframer()
    for received_ns, data in arriving:
        for packet in deframer.feed(data):
            codec = kinds.get(packet[:2])
            if codec is None or (read := codec.decode(packet)) is None:
                continue
            kind, time_s = codec.packet.name, onboard_s(read)
            values: dict[str, float] = {name: read[place] for name, place in names[kind]}  # type: ignore[misc]
            values["boot id"] = read[3]  # type: ignore[assignment]
            for rules in looking[kind]:
                rules.received_s = received_ns * 1e-9
                rules.take(kind, time_s, values)
    return {name: rules.said() for name, rules in sets.items()}


def guess(
    events: Sequence[tuple[float, Event]],
    alarms: Sequence[tuple[float, Alarm]],
    plan: FlightPlan,
    liftoff_s: float,
    ended_s: float,
    draw: random.Random,
) -> Said:
    """As many claims as the station made, of the same names, at times that nothing has been measured for."""
    windows = {event.name: (event.earliest_s, event.latest_s) for event in plan.events}
    found: list[tuple[float, Event]] = []
    for name in dict.fromkeys(said.name for _, said in events if said.status == "confirmed"):
        since, to = windows.get(name, (0.0, ended_s - liftoff_s))
        time_s = liftoff_s + draw.uniform(since, to)
        vehicle = events[0][1].vehicle
        found.append((time_s, Event(vehicle, name, time_s, time_s, "confirmed")))
    raised: list[tuple[float, Alarm]] = []
    for _, said in alarms:
        time_s = draw.uniform(liftoff_s, ended_s)
        raised.append((time_s, Alarm(said.vehicle, said.name, said.severity, time_s, "")))
    return sorted(found, key=_when), sorted(raised, key=_when)
