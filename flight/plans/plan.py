"""Flight plans: what the onboard computer flies and what the ground expects, read from the same file.

A plan is a TOML file; those beside this module are known by name, others by their path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from flight.plans import checked
from flight.plans.stage import Stage, read_stage

_FOLDER = Path(__file__).parent
MOST_STAGES = 3
MOST_KNOTS = 12
MOST_THROTTLE = 4
"""Stages, pitch-program knots and changes of throttle that the onboard computer has room for."""
LOW_RATE = "low_rate"
TELEMETRY = ("full", LOW_RATE)
NONE = -1.0
LOWEST_ORBIT_M = 100e3
"""A perigee below this is inside of the atmosphere."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the flight begins: WGS 84 latitude and longitude in degrees, height above the ellipsoid in metres.

    The vehicle stands at an elevation above the horizon, towards the plan's azimuth, on a rail of that length.
    """

    name: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    elevation_deg: float = 90.0
    rail_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """The orbit to be reached: heights above the equatorial radius, 6378.137 km. No inclination: none is asked for."""

    perigee_m: float
    apogee_m: float
    inclination_deg: float | None


@dataclass(frozen=True, slots=True)
class Boosters:
    """Strap-ons, all alike, lit with the lowest stage; authorities are the whole vehicle's while they are attached."""

    count: int
    burn_s: float
    burn_limit_s: float
    separation_delay_s: float
    running_pressure_pa: float
    vectoring_authority: float
    vectoring_authority_end: float
    vectoring_roll_authority: float


@dataclass(frozen=True, slots=True)
class Abort:
    """What ends a flight early, each for three samples in a row: a limit of 0 is none. `escape`: the crew is pulled
    away; otherwise engines are shut down."""

    escape: bool
    rate_deg_s: float
    attitude_error_deg: float
    tank_pressure_pa: float
    earliest_s: float


@dataclass(frozen=True, slots=True)
class Parachutes:
    """The drogue opens so long after the apogee, the main one at so much above the launch site."""

    drogue_delay_s: float
    main_height_m: float


@dataclass(frozen=True, slots=True)
class ExpectedEvent:
    """A stage event, when it is planned and the window in which it can come; seconds after lift-off."""

    name: str
    time_s: float
    earliest_s: float
    latest_s: float


@dataclass(frozen=True, slots=True)
class FlightPlan:
    """One flight plan. `program_*` is the lowest stage's pitch above the launch site's horizon over time.

    Stages stand in a tuple, lowest first; the first one's number is `first_stage`. `fairing_stage` is a place in that
    tuple, -1 where the fairing goes `fairing_s` after lift-off, and that is -1 where there is none. A payload delay of
    -1 keeps the payload, a tower time of -1 is no tower. `throttle` holds (seconds after lift-off, level) in order.
    """

    name: str
    vehicle: str
    help: str
    telemetry: str
    site: Site
    azimuth_deg: float
    target: Target
    countdown_s: float
    slew_rate_deg_s: float
    reaction_pressure_pa: float
    first_stage: int
    fairing_stage: int
    fairing_delay_s: float
    fairing_s: float
    payload_delay_s: float
    trim_s: float
    tower_s: float
    program_time_s: tuple[float, ...]
    program_pitch_deg: tuple[float, ...]
    throttle: tuple[tuple[float, float], ...]
    boosters: Boosters | None
    abort: Abort | None
    parachutes: Parachutes | None
    stages: tuple[Stage, ...]
    events: tuple[ExpectedEvent, ...]

    @property
    def orbital(self) -> bool:
        """An orbit is to be reached."""
        return self.target.perigee_m > 0.0

    def event(self, name: str) -> ExpectedEvent | None:
        """The expected event of that name, None where the plan has none."""
        return next((event for event in self.events if event.name == name), None)


def names() -> tuple[str, ...]:
    """The plans that come with the software."""
    return checked.names(_FOLDER)


def text(name_or_path: str) -> str:
    """A plan's file as it stands. Raises Misuse for a name that is not known and a file that cannot be read."""
    return checked.read(_FOLDER, name_or_path, "flight plan")[0]


def load(name_or_path: str) -> FlightPlan:
    """The plan of that name, or in that file. Raises Misuse with file, key and reason."""
    return parse(*checked.read(_FOLDER, name_or_path, "flight plan"))


def parse(text: str, source: str) -> FlightPlan:
    """A plan from TOML text. Raises Misuse that names the source, the key and the reason."""
    top = checked.parse(text, source)
    sections = top.sections("stage", 1, MOST_STAGES)
    stages = tuple(read_stage(section, place) for place, section in enumerate(sections))
    first_stage = top.whole("first_stage", 1, MOST_STAGES, 1)
    times, pitches = _program(top.section("program"))
    plan = FlightPlan(
        name=top.text("name", 24),
        vehicle=top.text("vehicle", 16),
        help=top.text("help", 400, ""),
        telemetry=top.choice("telemetry", TELEMETRY, TELEMETRY[0]),
        site=_site(top.section("site")),
        azimuth_deg=top.number("azimuth_deg", 0.0, 360.0),
        target=_target(top.section("target")),
        countdown_s=top.number("countdown_s", 1.0, 3600.0),
        slew_rate_deg_s=top.number("slew_rate_deg_s", 0.1, 30.0),
        reaction_pressure_pa=top.number("reaction_pressure_pa", 0.0, 1e8, 0.0),
        first_stage=first_stage,
        fairing_stage=top.whole("fairing_stage", 1, MOST_STAGES, first_stage - 1) - first_stage,
        fairing_delay_s=top.number("fairing_delay_s", 0.0, 1000.0, 0.0),
        fairing_s=top.number("fairing_s", 0.0, 3000.0, NONE),
        payload_delay_s=top.number("payload_delay_s", 0.0, 1000.0, NONE),
        trim_s=top.number("trim_s", 0.0, 1000.0, 0.0),
        tower_s=top.optional("tower", _tower, NONE),
        program_time_s=times,
        program_pitch_deg=pitches,
        throttle=_throttle(top),
        boosters=top.optional("booster", _boosters, None),
        abort=top.optional("abort", _abort, None),
        parachutes=top.optional("parachutes", _parachutes, None),
        stages=stages,
        events=_events(top.section("events")),
    )
    top.finish()
    _possible(plan, top, sections)
    return plan


def _possible(plan: FlightPlan, top: checked.Section, sections: Sequence[checked.Section]) -> None:
    """Refuses what is right key by key and cannot be flown."""
    count, keys = len(plan.stages), top.keys()
    if plan.first_stage + count - 1 > MOST_STAGES:
        raise top.refuse("first_stage", f"with {count} stages the last is above {MOST_STAGES}")
    if "fairing_stage" in keys and not 0 <= plan.fairing_stage < count:
        raise top.refuse("fairing_stage", f"there are {count} stages, the first is {plan.first_stage}")
    if "fairing_s" in keys and "fairing_stage" in keys:
        raise top.refuse("fairing_s", "fairing_stage says already when the fairing goes")
    if 0.0 < plan.target.perigee_m < LOWEST_ORBIT_M:
        raise top.refuse("target", f"perigee_m: no orbit is below {LOWEST_ORBIT_M:g}; 0 or less is a suborbital flight")
    if plan.throttle and not plan.stages[0].liquid:
        raise top.refuse("throttle", "the lowest stage is solid")
    if plan.trim_s > 0.0 and not plan.orbital:
        raise top.refuse("trim_s", "there is no orbit to trim")
    if plan.parachutes and plan.orbital and not (plan.abort and plan.abort.escape):
        raise top.refuse("parachutes", "nothing comes down: neither suborbital nor with an escape")
    core = plan.stages[0]
    if plan.boosters and plan.boosters.burn_s >= core.burn_s:
        raise top.refuse("booster", "burn_s: must be shorter than the lowest stage's")
    over = 0.0
    for stage, section in zip(plan.stages, sections, strict=True):
        if 0.0 < stage.ignition_s < over:
            raise section.refuse("ignition_s", f"before the stages below have burnt out, at {over:g}")
        over = max(over, stage.ignition_s) + stage.ignition_delay_s + stage.burn_s + stage.separation_delay_s
    if core.thrust_n > 0.0 and core.mass_kg > 0.0 and not plan.boosters and core.thrust_n < 9.8 * core.mass_kg:
        raise sections[0].refuse("thrust_n", "is less than the weight; it never lifts off")


def _program(section: checked.Section) -> tuple[tuple[float, ...], tuple[float, ...]]:
    times = section.rising("time_s", 0.0, 1000.0, 2, MOST_KNOTS)
    pitches = section.numbers("pitch_deg", -90.0, 90.0, 2, MOST_KNOTS)
    if len(times) != len(pitches):
        raise section.refuse("pitch_deg", f"has {len(pitches)} values, time_s has {len(times)}")
    section.finish()
    return times, pitches


def _throttle(top: checked.Section) -> tuple[tuple[float, float], ...]:
    rows = top.rows("throttle", ((0.0, 3000.0), (0.1, 1.0)), MOST_THROTTLE)
    if any(after[0] <= before[0] for before, after in pairwise(rows)):
        raise top.refuse("throttle", "each time must be later than the one before")
    return tuple((time, level) for time, level in rows)


def _tower(section: checked.Section) -> float:
    return section.number("jettison_s", 1.0, 1000.0)


def _boosters(section: checked.Section) -> Boosters:
    authority = section.number("vectoring_authority", 1e-6, 1e3)
    boosters = Boosters(
        count=section.whole("count", 2, 4),
        burn_s=section.number("burn_s", 0.1, 3000.0),
        burn_limit_s=section.number("burn_limit_s", 0.1, 3000.0),
        separation_delay_s=section.number("separation_delay_s", 0.0, 100.0, 0.0),
        running_pressure_pa=section.number("running_pressure_pa", 1.0, 1e8),
        vectoring_authority=authority,
        vectoring_authority_end=section.number("vectoring_authority_end", 1e-6, 1e3, authority),
        vectoring_roll_authority=section.number("vectoring_roll_authority", 0.0, 1e3, 0.0),
    )
    if boosters.count == 3:
        raise section.refuse("count", "2 or 4")
    if boosters.burn_limit_s <= boosters.burn_s:
        raise section.refuse("burn_limit_s", "must be longer than burn_s")
    return boosters


def _abort(section: checked.Section) -> Abort:
    abort = Abort(
        escape=section.flag("escape", False),
        rate_deg_s=section.number("rate_deg_s", 0.0, 2000.0, 0.0),
        attitude_error_deg=section.number("attitude_error_deg", 0.0, 90.0, 0.0),
        tank_pressure_pa=section.number("tank_pressure_pa", 0.0, 1e8, 0.0),
        earliest_s=section.number("earliest_s", 0.0, 3000.0, 0.0),
    )
    if abort.rate_deg_s == abort.attitude_error_deg == abort.tank_pressure_pa == 0.0:
        raise section.refuse("rate_deg_s", "missing, and so is every other limit; nothing would ever abort")
    return abort


def _parachutes(section: checked.Section) -> Parachutes:
    return Parachutes(
        drogue_delay_s=section.number("drogue_delay_s", 0.0, 1000.0),
        main_height_m=section.number("main_height_m", 10.0, 20e3),
    )


def _site(section: checked.Section) -> Site:
    site = Site(
        section.text("name", 40),
        section.number("latitude_deg", -90.0, 90.0),
        section.number("longitude_deg", -180.0, 180.0),
        section.number("height_m", -500.0, 9000.0),
        section.number("elevation_deg", 20.0, 90.0, 90.0),
        section.number("rail_m", 0.0, 100.0, 0.0),
    )
    section.finish()
    return site


def _target(section: checked.Section) -> Target:
    perigee = section.number("perigee_m", -6.4e6, 1e8)
    apogee = section.number("apogee_m", -6.4e6, 1e9)
    if apogee < perigee:
        raise section.refuse("apogee_m", "is below perigee_m")
    inclination = section.number("inclination_deg", 0.0, 180.0) if "inclination_deg" in section.keys() else None
    section.finish()
    return Target(perigee, apogee, inclination)


def _events(section: checked.Section) -> tuple[ExpectedEvent, ...]:
    events = []
    for name in section.keys():
        row = section.section(name)
        event = ExpectedEvent(name, *(row.number(key, -100.0, 1e6) for key in ("time_s", "earliest_s", "latest_s")))
        row.finish()
        if not event.earliest_s <= event.time_s <= event.latest_s:
            raise section.refuse(name, "time_s must lie between earliest_s and latest_s")
        events.append(event)
    return tuple(events)
