"""What goes into the station's core, what its decisions depend on, and what comes out beside the event log.

The core is a function of these inputs' order and content alone; the recording is their ordered list.
`received_ns` is the shell's monotonic clock, never falling from one input to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes as they came from a link, in any chunking."""

    received_ns: int
    link: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Tick:
    """Silence: every 100 ms of received time, so that what does not come is noticed."""

    received_ns: int


@dataclass(frozen=True, slots=True)
class LinkUp:
    """A link has been opened."""

    received_ns: int
    link: str


@dataclass(frozen=True, slots=True)
class LinkDown:
    """A link was closed or has vanished."""

    received_ns: int
    link: str


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """An operator has seen an alarm; if its cause comes again it is raised again."""

    received_ns: int
    vehicle: str
    alarm: str


@dataclass(frozen=True, slots=True)
class LimitEdit:
    """An operator changes one bound (SI) of a field, for every vehicle; a `value` of None has it not checked.

    `phase` is the pattern of the phases in which it is to hold; empty, it holds in all but those that another edit
    names. `reset` takes an earlier edit back: the dictionary's own bound holds again.
    """

    received_ns: int
    packet: str
    field: str
    bound: str
    value: float | None
    phase: str = ""
    reset: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The end of all inputs: what is open is decided now."""

    received_ns: int


Input = Chunk | Tick | LinkUp | LinkDown | Acknowledge | LimitEdit | Close


@dataclass(frozen=True, slots=True)
class Antenna:
    """Where the ground's antenna stands, WGS 84, and the elevation under which it sees nothing."""

    latitude_deg: float
    longitude_deg: float
    height_m: float
    mask_deg: float


@dataclass(frozen=True, slots=True)
class StationConfig:
    """Everything but the inputs that the station's decisions depend on; a recording's header carries it.

    `dictionaries` are TOML texts, the first the default one; `plans` flight plans' TOML texts by name; `thresholds`
    the TOML text of `ground/detect/thresholds.toml` or of a user's own; `profiles` the JSON texts of campaigns'
    envelopes by plan. `events` off leaves decoding, counters and limits. `antenna` None is the plan's launch site; no
    decision depends on it, only what is predicted of sight.
    """

    dictionaries: tuple[str, ...]
    plans: Mapping[str, str] = field(default_factory=dict)
    thresholds: str = ""
    events: bool = True
    profiles: Mapping[str, str] = field(default_factory=dict)
    antenna: Antenna | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """A link has said who speaks on it; not part of the event log."""

    vehicle: str
    link: str
    plan: str
    software: str
    board: str
    time_rate: float


@dataclass(frozen=True, slots=True)
class EndOfStream:
    """A vehicle has said that nothing follows; not part of the event log."""

    vehicle: str
    link: str
    reason: str
    packets: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An input that the station cannot follow, and why; not part of the event log."""

    reason: str


@dataclass(frozen=True, slots=True)
class Produced:
    """A vehicle's products at one moment, by name, in SI; not part of the event log."""

    vehicle: str
    products: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Followed:
    """What an operator has asked and the station does from now on, in words; not part of the event log."""

    what: str


Notice = Identified | EndOfStream | Refused | Followed | Produced
