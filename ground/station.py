"""The station's core: inputs in, reports and notices out. It reads no clock, opens no file and awaits nothing.

What comes out depends on the inputs' order, bytes and received times alone; how bytes are cut into chunks of equal
received time does not matter. Replaying a recording therefore gives the same event log.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import cast

from flight.plans import plan as plan_files
from flight.plans.plan import FlightPlan
from flight.wire import dictionary as dictionaries
from flight.wire.dictionary import Dictionary, Packet
from flight.wire.packet import HEADER_VALUES, Codec, Value
from ground import profile as profile_files
from ground import silence
from ground.detect import thresholds as threshold_files
from ground.hold import Hold, judge_held, order
from ground.inputs import (
    Acknowledge,
    Chunk,
    Close,
    EndOfStream,
    Followed,
    Identified,
    Input,
    LimitEdit,
    LinkDown,
    LinkUp,
    Notice,
    Produced,
    Refused,
    StationConfig,
    Tick,
)
from ground.intake import Values
from ground.link import BOOT_ID, Link, totals
from ground.products import sight, table
from ground.report import Report, Undecided, as_line
from ground.vehicle import Vehicle

MAX_LINKS = 256
"""Bytes of further links are counted in `refused_bytes` and not decoded."""

MAX_VEHICLES = 64
"""A link that names a further vehicle stays without identity."""


class Station:
    """The core. `receive` takes one input and gives what it made the station say, in order.

    Reports among the outputs form the event log: each as one JSON line. The log is bounded by the names of events and
    alarms (see `Journal`); of it the station keeps a running SHA-256 only.
    With `products_hz` each vehicle's products are among the outputs so often in its own time: every tenth of a second
    at most. Raises Misuse for a configuration with an error.
    """

    def __init__(self, config: StationConfig, products_hz: float = 0.0) -> None:
        self.config = config
        self._products_hz = products_hz
        self.links: dict[str, Link] = {}
        self.vehicles: dict[str, Vehicle] = {}
        self.received_ns = 0
        self.refused_bytes = 0
        self.log_lines = 0
        known = [dictionaries.parse(text, f"dictionary {place + 1}") for place, text in enumerate(config.dictionaries)]
        self._default = known[0] if known else dictionaries.default()
        self._known = {dictionary.fingerprint: dictionary for dictionary in reversed(known or [self._default])}
        plans = [plan_files.parse(text, f"plan {name}") for name, text in config.plans.items()]
        self._plans = {plan.name: plan for plan in plans}
        text = config.thresholds or threshold_files.default_text()
        self._thresholds = threshold_files.parse(text, "thresholds")
        self._profiles = {plan: profile_files.parse(text, f"profile {plan}") for plan, text in config.profiles.items()}
        self._slower: dict[tuple[str, str], Dictionary] = {}
        """Dictionaries at the rates of their profiles."""
        self._identities = [
            Codec(dictionary.packets["identity"]) for dictionary in known[1:] if "identity" in dictionary.packets
        ]
        self._edits: dict[tuple[str, str, str, str], LimitEdit] = {}
        self._log = hashlib.sha256()
        self._out: list[Report | Notice] = []
        self._link: Link | None = None
        self._taken_ns = 0
        """When the packet being worked on was received."""
        self._hold = Hold(order(self._default))
        self._closed = False

    @property
    def event_log_sha256(self) -> str:
        """Of all reports so far, each line with its line feed."""
        return self._log.hexdigest()

    @property
    def counters(self) -> dict[str, int]:
        """What came over all links and what of it was lost, for summaries and the recording's trailer."""
        return totals(self.links.values(), self.vehicles.values(), self.refused_bytes)

    def receive(self, given: Input) -> list[Report | Notice]:
        """One input. What it held is counted, never raised."""
        self.received_ns = max(self.received_ns, given.received_ns)
        if self._hold:
            self._release(self._hold.due(self.received_ns))
        match given:
            case Chunk():
                self._chunk(given)
            case Tick():
                for vehicle in self.vehicles.values():
                    vehicle.clock.received_ns = self.received_ns
                    vehicle.tick()
                    if self.config.events:
                        silence.listen(vehicle, self.received_ns, self._thresholds.silence)
            case LinkUp():
                if (link := self._open(given.link)) is not None:
                    link.up = True
                    judge_held(self.links.values())
            case LinkDown():
                if (link := self._open(given.link)) is not None:
                    link.up = False
                    self._release(self._hold.all())
                    judge_held(self.links.values())
                    if self.config.events:
                        silence.link_lost(link.vehicle, self.links.values())
            case Acknowledge():
                self._acknowledge(given)
            case LimitEdit():
                self._edit_limit(given)
            case Close():
                self._close()
        if not self._out:
            return []
        out, self._out = self._out, []
        return out

    def _chunk(self, chunk: Chunk) -> None:
        link = self._open(chunk.link)
        if link is None:
            self.refused_bytes += len(chunk.data)
            return
        if link.held:
            for packet in link.deframer.feed(chunk.data):
                self._hold.add(self.received_ns, link, packet)
        else:
            self._take(self.received_ns, link, link.deframer.feed(chunk.data))

    def _take(self, received_ns: int, link: Link, packets: Iterable[bytes]) -> None:
        """Packets of one link, CRC checked, received then."""
        self._link, self._taken_ns = link, received_ns
        link.vehicle.hear(received_ns)
        for packet in packets:
            handle = link.vehicle.handlers.get(packet[:2]) if not link.speakers else self._speaker(link, packet)
            if handle is None:
                link.unknown += 1
            else:
                handle(packet)

    def _release(self, held: Iterable[tuple[int, Link, bytes]]) -> None:
        """Packets that have waited for those before them."""
        for received_ns, link, packet in held:
            self._take(received_ns, link, (packet,))

    def _speaker(self, link: Link, packet: bytes) -> Callable[[bytes], None] | None:
        """What takes a packet where several vehicles share a link, as a launch vehicle and its payload do.

        The boot id says whose it is; of a new one only the identity does.
        """
        vehicle = link.speakers.get(packet[BOOT_ID])
        if vehicle is None:
            identity = link.vehicle.intakes["identity"]
            return link.vehicle.handlers.get(packet[:2]) if packet[:2] == identity.codec.key else None
        if vehicle is not link.vehicle:
            link.vehicle = vehicle
            vehicle.clock.received_ns = self._taken_ns
        return vehicle.handlers.get(packet[:2])

    def _open(self, name: str) -> Link | None:
        link = self.links.get(name)
        if link is None and len(self.links) < MAX_LINKS:
            link = self.links[name] = Link(name, self._new_vehicle())
            link.vehicle.deframers.append(link.deframer)
            judge_held(self.links.values())
        return link

    def _new_vehicle(self, dictionary: Dictionary | None = None) -> Vehicle:
        special = {"identity": self._identified, "event": self._reported, "end_of_stream": self._ended}
        site = self.config.antenna
        antenna = None if site is None else sight.Station.at(*astuple(site))
        vehicle = Vehicle(
            self._default, self._thresholds, self._edits, self._write, special, self._route, self._strange, antenna
        )
        if self._products_hz > 0.0:
            vehicle.publish(self._products_hz, self._produce)
        return vehicle

    def _produce(self, vehicle: Vehicle) -> None:
        if vehicle.name:
            self._out.append(Produced(vehicle.name, table.record(vehicle.status(vehicle.clock.received_ns))))

    def _write(self, report: Report) -> None:
        self._log.update(as_line(report).encode("utf-8") + b"\n")
        self.log_lines += 1
        self._out.append(report)

    def _strange(self, packet: bytes) -> None:
        """A packet of known number and unknown shape: another dictionary's identity perhaps, else it is counted."""
        link = cast(Link, self._link)
        if not link.vehicle.name:
            for codec in self._identities:
                values = codec.decode(packet)
                dictionary = self._known.get(str(values[codec.index("fingerprint")])) if values else None
                if dictionary is not None and dictionary is not link.vehicle.dictionary:
                    link.vehicle.use(dictionary)
                    link.vehicle.handlers[packet[:2]](packet)
                    return
        link.unknown += 1

    def _route(self, vehicle: Vehicle, packet: bytes) -> bool:
        """Whether an identity packet is not this vehicle's: the link carries another than was known so far.

        Asked before the packet counts, so that another vehicle's sequence and boot id are not taken for this one's.
        """
        values = vehicle.intakes["identity"].codec.decode(packet)
        if values is None:
            return False
        name, link = _name(_by_name(vehicle.dictionary.packets["identity"], values)), cast(Link, self._link)
        if name == vehicle.name and link.speakers:
            link.speaks(packet[BOOT_ID], vehicle)
        if name == vehicle.name or not (name in self.vehicles or vehicle.name):
            return False
        return self._switch(link, vehicle, name, packet)

    def _identified(self, vehicle: Vehicle, values: Values) -> None:
        """An identity packet: who speaks, in which dictionary, with which plan, how fast."""
        if vehicle.identity == values[HEADER_VALUES:]:
            return
        link = cast(Link, self._link)
        fields = _by_name(vehicle.dictionary.packets["identity"], values)
        name = _name(fields)
        if not vehicle.name:
            if len(self.vehicles) >= MAX_VEHICLES:
                return
            self.vehicles[name] = vehicle
        first, former_plan = not vehicle.name, vehicle.plan_name
        vehicle.name = vehicle.journal.vehicle = name
        judge_held(self.links.values())
        vehicle.identity = values[HEADER_VALUES:]
        vehicle.plan_name = str(fields.get("plan", ""))
        vehicle.software, vehicle.board = str(fields.get("software", "")), str(fields.get("board", ""))
        vehicle.clock.rate = max(0.0, _number(fields.get("time_rate", 1.0)))
        plan = self._plans.get(vehicle.plan_name)
        changed = self._match_dictionary(vehicle, str(fields.get("fingerprint", "")), plan)
        if first or changed or former_plan != vehicle.plan_name:
            vehicle.start_flight(plan, self.config.events, self._profiles.get(vehicle.plan_name))
            self._tell_unknown(vehicle, str(fields.get("fingerprint", "")), plan)
        self._out.append(
            Identified(name, link.name, vehicle.plan_name, vehicle.software, vehicle.board, vehicle.clock.rate)
        )

    def _switch(self, link: Link, vehicle: Vehicle, name: str, packet: bytes) -> bool:
        other = self.vehicles.get(name)
        if other is None:
            if len(self.vehicles) >= MAX_VEHICLES:
                return True
            other = self._new_vehicle()
        elif not vehicle.name:
            other.absorb(vehicle)
        if vehicle.name:
            if vehicle.clock.boot_id is not None:
                link.speaks(vehicle.clock.boot_id.to_bytes(2, "big"), vehicle)
            link.speaks(packet[BOOT_ID], other)
        link.vehicle = other
        if link.deframer not in other.deframers:
            other.deframers.append(link.deframer)
        other.clock.received_ns = self._taken_ns
        judge_held(self.links.values())
        handle = other.handlers.get(packet[:2])
        if handle is not None:
            handle(packet)
        return True

    def _match_dictionary(self, vehicle: Vehicle, fingerprint: str, plan: FlightPlan | None) -> bool:
        """The known dictionary of that fingerprint, else the one in use, at the plan's rates; whether it changed."""
        dictionary = self._known.get(fingerprint, vehicle.dictionary)
        if plan is not None and plan.telemetry in dictionary.profiles:
            dictionary = self._slower.setdefault((fingerprint, plan.telemetry), dictionary.at(plan.telemetry))
        if dictionary is vehicle.dictionary:
            return False
        vehicle.use(dictionary)
        return True

    def _tell_unknown(self, vehicle: Vehicle, fingerprint: str, plan: FlightPlan | None) -> None:
        if fingerprint not in self._known:
            vehicle.journal.alarm(
                "dictionary_mismatch",
                "critical",
                vehicle.clock.time_s or 0.0,
                f"The vehicle's dictionary {fingerprint or 'without a fingerprint'} is not known here: values may be"
                f" wrong, data are kept. Give its file with --dictionary.",
                channel="identity.fingerprint",
            )
        if plan is None and vehicle.plan_name and self.config.events:
            reason = f"flight plan {vehicle.plan_name!r} is not known here, so events have no windows"
            vehicle.journal.write(Undecided(vehicle.name, "plan", reason))

    def _reported(self, vehicle: Vehicle, values: Values) -> None:
        """The computer's own report of an event."""
        packet = vehicle.dictionary.packets["event"]
        place = next((i for i, f in enumerate(packet.fields) if f.name == "code" and f.enumeration), None)
        if vehicle.detector is None or place is None:
            return
        codes = cast("dict[str, int]", packet.fields[place].enumeration)
        name = next((name for name, code in codes.items() if code == values[HEADER_VALUES + place]), None)
        time_s = vehicle.clock.time_s
        if name is not None and time_s is not None:
            vehicle.detector.computer(name, time_s)

    def _ended(self, vehicle: Vehicle, values: Values) -> None:
        """The vehicle says that nothing follows."""
        packet = vehicle.dictionary.packets["end_of_stream"]
        fields = _by_name(packet, values)
        reasons = next((f.enumeration for f in packet.fields if f.name == "reason"), None) or {}
        code = fields.get("reason", 0)
        reason = next((name for name, number in reasons.items() if number == code), str(code))
        vehicle.finish(ended=True)
        link = cast(Link, self._link)
        self._out.append(EndOfStream(vehicle.name, link.name, reason, int(_number(fields.get("packets", 0)))))

    def _acknowledge(self, given: Acknowledge) -> None:
        vehicle = self.vehicles.get(given.vehicle)
        if vehicle is None or not vehicle.journal.acknowledge(given.alarm):
            self._out.append(Refused(f"{given.vehicle}: no alarm {given.alarm!r} stands"))
        else:
            self._out.append(Followed(f"{given.vehicle}: {given.alarm} is acknowledged"))

    def _edit_limit(self, given: LimitEdit) -> None:
        """For all vehicles, those that are still to come among them: one that knows the channel is enough."""
        reasons = [vehicle.edit_limit(given) for vehicle in self.vehicles.values()]
        reasons += [self._new_vehicle(dictionary).edit_limit(given) for dictionary in self._known.values()]
        if all(reasons):
            self._out.append(Refused(str(reasons[0])))
            return
        place = given.packet, given.field, given.phase, given.bound
        if given.reset:
            self._edits.pop(place, None)
        else:
            self._edits[place] = given
        what = f"{given.packet}.{given.field}: {given.bound}{' in ' + given.phase if given.phase else ''}"
        now = "the dictionary's again" if given.reset else "not checked" if given.value is None else f"{given.value:g}"
        self._out.append(Followed(f"{what} is {now}"))

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._release(self._hold.all())
        for vehicle in self.vehicles.values():
            vehicle.finish(ended=False)


def _number(value: Value) -> float:
    """A number as it is; 0 for one that is not finite or no number at all, which only odd dictionaries give."""
    return float(value) if not isinstance(value, str) and math.isfinite(value) else 0.0


def _name(identity: Mapping[str, Value]) -> str:
    return str(identity.get("vehicle", "")) or "unnamed"


def _by_name(packet: Packet, values: Values) -> dict[str, Value]:
    return dict(zip((field.name for field in packet.fields), values[HEADER_VALUES:], strict=True))


def default_config(
    own: Dictionary | None = None,
    more_plans: Iterable[str] = (),
    events: bool = True,
    more_profiles: Iterable[Path] = (),
) -> StationConfig:
    """The software's own dictionary, plans, thresholds and profiles; a user's dictionary goes first, others beside."""
    standard = dictionaries.default()
    texts = (standard.text,) if own is None or own.text == standard.text else (own.text, standard.text)
    plans = {name: plan_files.text(name) for name in (*plan_files.names(), *more_plans)}
    profiles = {**profile_files.texts(), **dict(profile_files.read(path) for path in more_profiles)}
    return StationConfig(texts, plans, threshold_files.default_text(), events, profiles)
