"""What is said of the vehicles, and what their closed-loop flights reach: default noise, wind and gusts, seed 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from flight.geodesy import ROTATION_RATE, Vector, to_ecef
from flight.onboard import PythonComputer
from flight.plans import plan as plans
from sim import scenario as scenarios
from sim import vehicle as vehicles
from sim.earth import inclination, orbit_heights
from sim.engine import LiquidEngine
from sim.mission import Mission
from sim.vehicle import Vehicle

EARTH_RADIUS_KM = 6371.0
"""Mean, for distances along the ground."""


@dataclass(frozen=True)
class Moment:
    """Of a true event: seconds after lift-off, height in km, speed over the ground in m/s, distance downrange in km."""

    time_s: float
    height_km: float
    speed_m_s: float
    downrange_km: float


@dataclass(frozen=True)
class Record:
    """A flown flight: events' times after lift-off, the moments of those after it, its last orbit, its highest point,
    its liquid last stage's rest.
    """

    times: dict[str, float]
    moments: dict[str, Moment]
    perigee_km: float
    apogee_km: float
    inclination_deg: float
    highest_km: float
    left_kg: float | None


@dataclass(frozen=True)
class Claim:
    """One figure: `at` is an attribute of `Record`, or `EVENT.attribute` of a moment; `within` is what we allow."""

    vehicle: str
    scenario: str
    what: str
    at: str
    said: float
    within: float
    source: str


NEWS = "the news"
STUDY = "sizing study"


def _orbit(vehicle: str, scenario: str, what: str, low: float, high: float, within: float = 1.0) -> list[Claim]:
    return [
        Claim(vehicle, scenario, f"{what}: perigee, km", "perigee_km", low, within, NEWS),
        Claim(vehicle, scenario, f"{what}: apogee, km", "apogee_km", high, within, NEWS),
    ]


CLAIMS = (
    *_orbit("zhuque-1", "nominal", "300 kg to 300 km", 300.0, 300.0, 5.0),
    *_orbit("zhuque-1", "sso", "100 kg to 500 km SSO", 500.0, 500.0, 5.0),
    Claim("zhuque-1", "maiden", "anomaly, T+ s", "attitude_loss.time_s", 402.0, 3.0, "parabolicarc"),
    Claim("zhuque-1", "maiden", "anomaly, km", "attitude_loss.height_km", 337.0, 5.0, "parabolicarc"),
    Claim("zhuque-1", "maiden", "anomaly, m/s", "attitude_loss.speed_m_s", 6300.0, 100.0, "parabolicarc"),
    *_orbit("zhuque-2", "nominal", "4,000 kg to 200 km", 200.0, 200.0),
    Claim("zhuque-2", "nominal", "main cut-off, T+ s", "stage_2_main_cutoff.time_s", 317.0, 3.0, STUDY),
    Claim("zhuque-2", "nominal", "insertion, T+ s", "orbit_insertion.time_s", 459.0, 6.0, STUDY),
    *_orbit("zhuque-2", "sso", "2,000 kg to 500 km SSO", 500.0, 500.0, 2.0),
    Claim("zhuque-2", "sso", "inclination, degrees", "inclination_deg", 97.4, 0.05, "sun-synchronous at 500 km"),
    *_orbit("zhuque-2a", "nominal", "6,000 kg to 200 km", 200.0, 200.0),
    *_orbit("zhuque-2b", "nominal", "17,000 kg to 200 km", 200.0, 200.0),
    *_orbit("zhuque-2c", "nominal", "32,000 kg to 200 km", 200.0, 200.0),
    *_orbit("soyuz-fg", "nominal", "7.08 t to 195 by 230 km", 195.0, 230.0),
    Claim("soyuz-fg", "nominal", "inclination, degrees", "inclination_deg", 51.66, 0.05, NEWS),
    Claim("soyuz-fg", "nominal", "tower, T+ s", "tower_separation.time_s", 114.0, 1.0, "russianspaceweb"),
    Claim("soyuz-fg", "nominal", "boosters, T+ s", "booster_separation.time_s", 117.8, 1.0, "russianspaceweb"),
    Claim("soyuz-fg", "nominal", "fairing, T+ s", "fairing_separation.time_s", 157.5, 1.0, "russianspaceweb"),
    Claim("soyuz-fg", "nominal", "core cut-off, T+ s", "stage_2_burnout.time_s", 287.3, 1.0, "russianspaceweb"),
    Claim("soyuz-fg", "nominal", "cut-off, T+ s", "stage_3_burnout.time_s", 525.0, 4.0, "malitikov TMA-12M"),
    Claim("soyuz-fg", "ms-10", "abort, T+ s", "abort.time_s", 121.57, 0.5, "spacefacts"),
    Claim("soyuz-fg", "ms-10", "apogee, km", "highest_km", 93.0, 8.0, "danspace77"),
    Claim("soyuz-fg", "ms-10", "landing, km downrange", "landing.downrange_km", 402.0, 40.0, "danspace77"),
    Claim("soyuz-fg", "ms-10", "landing, T+ s", "landing.time_s", 1180.0, 60.0, "spacefacts"),
    *_orbit("falcon-1", "nominal", "420 kg to 185 km", 185.0, 185.0),
    Claim("falcon-1", "nominal", "inclination, degrees", "inclination_deg", 9.1, 0.05, "IAC-08-D2.1.03"),
    Claim("falcon-1", "flight-3", "recontact after separation, s", "recontact.after_s", 1.0, 1.5, "nasawatch"),
    Claim("os-x0", "nominal", "apogee, km", "highest_km", 38.74, 1.3, "spaceflightinsider"),
    Claim("os-x0", "nominal", "range, km", "impact.downrange_km", 273.0, 8.0, "spaceflightinsider"),
)


def reached(claim: Claim) -> float:
    """What the flight of a claim reaches. Raises KeyError where its event did not happen."""
    record = fly(claim.vehicle, claim.scenario)
    if claim.at == "recontact.after_s":
        return record.moments["recontact"].time_s - record.moments["stage_1_separation"].time_s
    event, _, attribute = claim.at.rpartition(".")
    return float(getattr(record.moments[event] if event else record, attribute))


@cache
def fly(vehicle_name: str, scenario_name: str) -> Record:
    """One flight, once in a process."""
    vehicle = vehicles.load(vehicle_name)
    scenario = scenarios.load(vehicle.name, scenario_name)
    plan = plans.load(scenario.plan)
    mission = Mission(vehicle, plan, scenario, 1, PythonComputer(plan))
    site = plan.site
    start = to_ecef(math.radians(site.latitude_deg), math.radians(site.longitude_deg), site.height_m)
    moments: dict[str, Moment] = {}
    highest = 0.0
    seen = 0
    while not mission.finished:
        mission.step()
        highest = max(highest, mission.world.height_m)
        for event in mission.truth.events[seen:]:
            if event.flown_s is not None:
                moments[event.name] = _moment(mission, start, event.flown_s)
            seen += 1
    world = mission.world
    perigee, apogee = orbit_heights(world.position, world.velocity)
    tilt = math.degrees(inclination(world.position, world.velocity))
    left = _left(vehicle, mission) if "payload_separation" in moments else None
    times = {event.name: event.flown_s for event in mission.truth.events if event.flown_s is not None}
    return Record(times, moments, perigee / 1e3, apogee / 1e3, tilt, highest / 1e3, left)


def _moment(mission: Mission, start: Vector, flown_s: float) -> Moment:
    x, y, z = mission.world.position
    vx, vy, vz = mission.world.velocity
    angle = ROTATION_RATE * mission.time_s
    here = (math.cos(angle) * x + math.sin(angle) * y, math.cos(angle) * y - math.sin(angle) * x, z)
    part = sum(a * b for a, b in zip(start, here, strict=True)) / math.hypot(*start) / math.hypot(*here)
    speed = math.hypot(vx + ROTATION_RATE * y, vy - ROTATION_RATE * x, vz)
    return Moment(flown_s, mission.world.height_m / 1e3, speed, EARTH_RADIUS_KM * math.acos(min(1.0, part)))


def _left(vehicle: Vehicle, mission: Mission) -> float | None:
    """Usable propellant in a liquid last stage whose payload has left."""
    last = vehicle.stages[-1]
    if not isinstance(last.motor, LiquidEngine):
        return None
    empty = last.dry_kg + vehicle.avionics_kg + mission.world.tank.propellant_kg + last.motor.residual_kg
    return mission.world.mass_kg - empty
