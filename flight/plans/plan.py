"""Flight plans: what the onboard computer flies and what the ground expects, read from the same file.

A plan is a TOML file; those beside this module are known by name, others by their path.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flight.plans import checked

_FOLDER = Path(__file__).parent
MOST_STAGES = 3
MOST_KNOTS = 12
"""Stages and pitch-program knots that the onboard computer has room for."""


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
class Stage:
    """One stage's part of the plan, and what control needs to know of the vehicle while it is the lowest.

    Times in seconds; `ignition_s` counts from lift-off. Pitch is above the local horizon; the weave is a yaw to the
    right of the flight plane until `weave_switch_m_s` of speed have been sensed, then to the left. Authorities are
    angular accelerations, rad/s2: per radian of nozzle deflection, or for all thrusters of an axis at full pressure.
    """

    burn_s: float
    burn_limit_s: float
    ignition_s: float
    ignition_delay_s: float
    separation_delay_s: float
    running_pressure_pa: float
    pitch_deg: float
    weave_deg: float
    weave_switch_m_s: float
    vectored: bool
    vectoring_authority: float
    vectoring_limit_deg: float
    roll_authority: float
    pitch_authority: float
    attitude_gain: float
    rate_gain: float
    trim_gain: float


@dataclass(frozen=True, slots=True)
class ExpectedEvent:
    """A stage event, when it is planned and the window in which it can come; seconds after lift-off."""

    name: str
    time_s: float
    earliest_s: float
    latest_s: float


@dataclass(frozen=True, slots=True)
class FlightPlan:
    """One flight plan. `program_*` is the first stage's pitch above the launch site's horizon over time."""

    name: str
    vehicle: str
    help: str
    site: Site
    azimuth_deg: float
    target: Target
    countdown_s: float
    slew_rate_deg_s: float
    reaction_pressure_pa: float
    fairing_stage: int
    fairing_delay_s: float
    payload_delay_s: float
    program_time_s: tuple[float, ...]
    program_pitch_deg: tuple[float, ...]
    stages: tuple[Stage, ...]
    events: tuple[ExpectedEvent, ...]

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
    stages = tuple(_stage(section) for section in top.sections("stage", 1, MOST_STAGES))
    program = top.section("program")
    times = program.rising("time_s", 0.0, 1000.0, 2, MOST_KNOTS)
    pitches = program.numbers("pitch_deg", -90.0, 90.0, 2, MOST_KNOTS)
    if len(times) != len(pitches):
        raise program.refuse("pitch_deg", f"has {len(pitches)} values, time_s has {len(times)}")
    program.finish()
    plan = FlightPlan(
        name=top.text("name", 24),
        vehicle=top.text("vehicle", 16),
        help=top.text("help", 400, ""),
        site=_site(top.section("site")),
        azimuth_deg=top.number("azimuth_deg", 0.0, 360.0),
        target=_target(top.section("target")),
        countdown_s=top.number("countdown_s", 1.0, 3600.0),
        slew_rate_deg_s=top.number("slew_rate_deg_s", 0.1, 30.0),
        reaction_pressure_pa=top.number("reaction_pressure_pa", 1e4, 1e8),
        fairing_stage=top.whole("fairing_stage", 1, MOST_STAGES) - 1,
        fairing_delay_s=top.number("fairing_delay_s", 0.0, 1000.0),
        payload_delay_s=top.number("payload_delay_s", 0.0, 1000.0),
        program_time_s=times,
        program_pitch_deg=pitches,
        stages=stages,
        events=_events(top.section("events")),
    )
    top.finish()
    if plan.fairing_stage >= len(stages):
        raise top.refuse("fairing_stage", f"there are {len(stages)} stages")
    return plan


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


def _stage(section: checked.Section) -> Stage:
    vectored = section.flag("vectored")
    stage = Stage(
        burn_s=section.number("burn_s", 0.1, 3000.0),
        burn_limit_s=section.number("burn_limit_s", 0.1, 3000.0),
        ignition_s=section.number("ignition_s", 0.0, 1e5, 0.0),
        ignition_delay_s=section.number("ignition_delay_s", 0.0, 1e4, 0.0),
        separation_delay_s=section.number("separation_delay_s", 0.0, 1e4, 0.0),
        running_pressure_pa=section.number("running_pressure_pa", 1.0, 1e8),
        pitch_deg=section.number("pitch_deg", -90.0, 90.0, 0.0),
        weave_deg=section.number("weave_deg", -60.0, 60.0, 0.0),
        weave_switch_m_s=section.number("weave_switch_m_s", 0.0, 2e4, 0.0),
        vectored=vectored,
        vectoring_authority=section.number("vectoring_authority", 1e-6, 1e3) if vectored else 0.0,
        vectoring_limit_deg=section.number("vectoring_limit_deg", 0.01, 30.0) if vectored else 0.0,
        roll_authority=section.number("roll_authority", 0.0, 1e3),
        pitch_authority=section.number("pitch_authority", 0.0, 1e3),
        attitude_gain=section.number("attitude_gain", 0.0, 20.0),
        rate_gain=section.number("rate_gain", 0.0, 50.0),
        trim_gain=section.number("trim_gain", 0.0, 100.0),
    )
    section.finish()
    if stage.burn_limit_s <= stage.burn_s:
        raise section.refuse("burn_limit_s", "must be longer than burn_s")
    # Routh's criterion for s3 + rate s2 + rate attitude s + trim, the attitude loop without its actuator.
    if stage.trim_gain >= stage.rate_gain**2 * stage.attitude_gain and stage.trim_gain > 0.0:
        raise section.refuse("trim_gain", "unstable; must be below rate_gain squared times attitude_gain")
    return stage


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
