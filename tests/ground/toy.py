"""A toy flight for the station's tests: straight up and down on three motors; it shares nothing with sim.

Times are onboard seconds. Specific force, pressures and wires follow a fixed script; position and velocity are its
integral under a constant gravity. Every number is chosen so that a wrong stage, sign or window shows.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from flight.geodesy import Vector, horizon, to_ecef
from flight.plans import plan as plans
from flight.wire.dictionary import Dictionary, default
from flight.wire.frame import encode
from flight.wire.packet import Codec, Value, ticks_of_step
from ground.atmosphere import pressure
from ground.inputs import Chunk, Close, Input, Notice, StationConfig
from ground.report import Event, Report
from ground.station import Station, default_config

GRAVITY = 9.80
LATITUDE, LONGITUDE, HEIGHT = math.radians(40.0), math.radians(100.0), 1000.0
NAME, PLAN, SLOW_PLAN = "toy", "toy-plan", "toy-slow"

TRUTH = {
    "ignition": 4.0,
    "liftoff": 4.0,
    "stage_1_burnout": 12.0,
    "stage_1_separation": 13.0,
    "stage_2_ignition": 14.0,
    "stage_2_burnout": 22.0,
    "stage_2_separation": 23.0,
    "fairing_separation": 24.0,
    "stage_3_ignition": 30.0,
    "stage_3_burnout": 36.0,
    "payload_separation": 38.0,
}
"""When what happens. Maximum dynamic pressure and apogee follow from the motion: see `Flown`."""

BURNS = {1: (4.0, 12.0, 30.0, 7.0e6), 2: (14.0, 22.0, 25.0, 6.0e6), 3: (30.0, 36.0, 28.0, 4.5e6)}
"""From, to, specific force in m/s2, chamber pressure in Pa."""

BOOSTER, VERNIER = 8.0, 5.0
"""Specific force of one booster and of the vernier, m/s2."""


@dataclass(frozen=True)
class Script:
    """What a test may change. Functions are of onboard time."""

    end_s: float = 90.0
    noise: float = 1.0
    seed: int = 1
    boot_id: int = 7
    time_rate: float = 1.0
    plan: str = PLAN
    fingerprint: str = ""
    truth: tuple[tuple[str, float], ...] = tuple(TRUTH.items())
    burning: tuple[int, ...] = (1, 2, 3)
    kick: float = 4.0
    throttle: Callable[[float], float] = lambda t: 1.0
    """Part of the script's thrust and pressure."""
    drift: Callable[[float], float] = lambda t: 0.0
    """Metres by which navigation is too high."""
    biased: Callable[[float], float] = lambda t: 0.0
    """What the axial accelerometer reads too much, m/s2."""
    astray: Callable[[float], float] = lambda t: 0.0
    """Attitude error in pitch, rad."""
    turning: Callable[[float], float] = lambda t: 0.0
    """Body rate in pitch, rad/s."""
    tank: Callable[[float], float] = lambda t: 2.4e6
    pressures: Callable[[int, float, float], float] = lambda stage, t, pressure: pressure
    """A stage's pressure as the sensor gives it."""
    boosters: tuple[tuple[float, float], ...] = ()
    """Boosters that are lit with the first stage: until when each burns, and when it leaves."""
    vernier_to: float = 0.0
    """Until when the vernier of the third stage burns on beside and after its main engine; 0 is none."""
    said: tuple[tuple[str, float], ...] = ()
    """Events that the onboard computer reports, and when."""
    slow: bool = False
    """At the dictionary's low rate, by a plan that says so."""
    stays: str = ""
    """A part that does not leave though its circuit fires."""
    escape_at: float = math.inf
    """When the circuit of the crew's escape is fired."""
    end: bool = True


@dataclass(frozen=True)
class Flown:
    """A script flown: frames by onboard time, and the truth."""

    frames: tuple[tuple[float, str, bytes], ...]
    """Onboard time, packet kind, frame."""
    truth: dict[str, float]

    def chunks(
        self, kept: Callable[[float, str], bool] = lambda t, kind: True, rate: float = 1.0, link: str = "a"
    ) -> list[Chunk]:
        """One chunk for each control step that has frames, received `rate` times as fast as onboard."""
        steps: dict[float, list[bytes]] = {}
        for time_s, kind, frame in self.frames:
            if kept(time_s, kind):
                steps.setdefault(time_s, []).append(frame)
        return [Chunk(round(t / rate * 1e9), link, b"".join(frames)) for t, frames in steps.items()]


@cache
def config(events: bool = True) -> StationConfig:
    """The default configuration with the toy's own plan beside."""
    text = plans.text("zhuque-1").partition("[events]")[0].replace('name = "zhuque-1"', f'name = "{PLAN}"', 1)
    for orbital in ("perigee_m = 300e3", "apogee_m = 300e3", "trim_s = 240.0"):
        text = text.replace(orbital, f"{orbital.split(' = ')[0]} = 0.0")
    windows = "".join(
        f"{name} = {{ time_s = {t - 4.0}, earliest_s = {t - 6.0}, latest_s = {t - 2.0} }}\n"
        for name, t in TRUTH.items()
    )
    standard = default_config(events=events)
    text += "[events]\n" + windows
    slow = text.replace(f'name = "{PLAN}"', f'name = "{SLOW_PLAN}"\ntelemetry = "low_rate"', 1)
    return replace(standard, plans={**standard.plans, PLAN: text, SLOW_PLAN: slow})


@cache
def fly(script: Script = Script()) -> Flown:
    """All frames of a flight. Sequence counts start at 0 and packets come at the dictionary's rates."""
    dictionary = default()
    rng = random.Random(script.seed)
    codecs = {name: Codec(packet) for name, packet in dictionary.packets.items()}
    events = dict(script.truth)
    sequence = dict.fromkeys(codecs, 0)
    frames: list[tuple[float, str, bytes]] = []
    up = horizon(LATITUDE, LONGITUDE).up
    attitude = _standing(up)
    base = to_ecef(LATITUDE, LONGITUDE, HEIGHT)
    height = speed = 0.0
    peak, climbing, truth = (0.0, 0.0), True, dict(events)
    discretes: list[Value] = []

    def send(kind: str, step: int, values: Sequence[Value]) -> None:
        packet = codecs[kind].encode(sequence[kind], ticks_of_step(step), script.boot_id, values)
        sequence[kind] += 1
        frames.append((step / 100.0, kind, encode(packet)))

    rates = dictionary.rates("low_rate" if script.slow else "full")
    forces: list[float] = []

    def due(kind: str, step: int) -> bool:
        return rates[kind] > 0.0 and step % round(100.0 / rates[kind]) == 0

    for step in range(round(script.end_s * 100)):
        t = step / 100.0
        lit = [stage for stage in script.burning if BURNS[stage][0] <= t < BURNS[stage][1]]
        pushed = any(0.0 <= t - events.get(f"stage_{k}_separation", math.inf) < 0.05 for k in (1, 2))
        strapped = [events["ignition"] <= t < burnt_s for burnt_s, _ in script.boosters]
        steering = BURNS[3][0] <= t < script.vernier_to
        force = sum(BURNS[stage][2] for stage in lit) * script.throttle(t) + (script.kick if pushed else 0.0)
        force += BOOSTER * sum(strapped) + VERNIER * steering
        grounded = t < events["liftoff"]
        felt = GRAVITY if grounded else force
        gauss = rng.gauss if script.noise else lambda mean, sigma: mean
        position = [b + u * height for b, u in zip(base, up, strict=True)]
        velocity = [u * speed for u in up]
        angle = script.astray(t)
        if due("identity", step):
            fingerprint = script.fingerprint or dictionary.fingerprint
            plan = SLOW_PLAN if script.slow else script.plan
            send("identity", step, (NAME, plan, "toy 1", "none", fingerprint, 1, 0, script.time_rate))
        if due("health", step):
            send("health", step, (step, 30000, 0, 0))
        turning = gauss(0.0, 1e-4), gauss(script.turning(t), 1e-4), gauss(0.0, 1e-4)
        measured = gauss(felt + script.biased(t), 0.02), gauss(0.0, 0.02), gauss(0.0, 0.02)
        forces.append(measured[0])
        if due("imu", step):
            send("imu", step, (*measured, *turning))
        if due("imu_summary", step):
            mean = sum(forces) / len(forces)
            send("imu_summary", step, (mean, min(forces), max(forces), 0.0, pressure(HEIGHT + height)))
            forces.clear()
        if due("propulsion", step):
            chambers = [
                script.pressures(
                    k,
                    t,
                    gauss(BURNS[k][3] * script.throttle(t) if k in lit else 0.0, 1e4)
                    if _attached(events, k, t)
                    else 0.0,
                )
                for k in (1, 2, 3)
            ]
            vernier = max(0.0, gauss(3.0e6 * steering, 1e4)) if script.vernier_to else 0.0
            send("propulsion", step, (*chambers, vernier, 1.0, 0.0, 0.0, 0.0, 0.0, 0.1, script.tank(t)))
        if due("navigation", step):
            moved = [gauss(p + u * script.drift(t), 1.0) for p, u in zip(position, up, strict=True)]
            moved += [gauss(v, 0.03) for v in velocity]
            send("navigation", step, (*moved, *attitude, 0.0, angle, 0.0, pressure(HEIGHT + height)))
        if due("gnss", step):
            send("gnss", step, (True, 9, *(gauss(p, 3.0) for p in position), *(gauss(v, 0.05) for v in velocity)))
        if due("power", step):
            send("power", step, (28.0, 22.0, 295.0))
        if due("systems", step) and script.boosters:
            pressures = [max(0.0, gauss(5.0e6 * lit, 1e4)) for lit in strapped] + [0.0] * (4 - len(strapped))
            send("systems", step, (*pressures, 0.0, 0.0, 0.0, 293.0, 0.0))
        for name, said_s in script.said:
            if round(said_s * 100) == step:
                send("event", step, ((dictionary.packets["event"].fields[0].enumeration or {})[name], step))
        now = _discretes(script, events, t)
        if due("discretes", step) or now != discretes:
            discretes = now
            send("discretes", step, now)
        if not grounded:
            speed += (force - GRAVITY) * 0.01
            height += speed * 0.01
            if climbing and (stirred := speed * speed * math.exp(-height / 8000.0)) > peak[0]:
                peak = stirred, t
            if climbing and speed < 0.0:
                climbing = False
                truth["apogee"] = t
    truth["max_q"] = peak[1]
    if script.end:
        send("end_of_stream", round(script.end_s * 100), (0, len(frames)))
    return Flown(tuple(frames), truth)


def listen(inputs: Iterable[Input], settings: StationConfig | None = None) -> tuple[Station, list[Report | Notice]]:
    """A station that has heard these inputs and then a Close, and all that it said."""
    station = Station(settings or config())
    out: list[Report | Notice] = []
    last = 0
    for given in inputs:
        out += station.receive(given)
        last = given.received_ns
    return station, out + station.receive(Close(last))


def latest(out: Iterable[Report | Notice]) -> dict[str, Event]:
    """The last line of each event."""
    return {report.name: report for report in out if isinstance(report, Event)}


def codec(kind: str, dictionary: Dictionary | None = None) -> Codec:
    """The codec of one packet kind."""
    return Codec((dictionary or default()).packets[kind])


def _standing(up: Vector) -> tuple[float, float, float, float]:
    """The shortest turn of the body's x axis, ECEF's at no turn at all, to the vertical."""
    w, y, z = 1.0 + up[0], -up[2], up[1]
    size = math.sqrt(w * w + y * y + z * z)
    return w / size, 0.0, y / size, z / size


def _attached(events: dict[str, float], stage: int, t: float) -> bool:
    return t < events.get(f"stage_{stage}_separation", math.inf)


def _discretes(script: Script, events: dict[str, float], t: float) -> list[Value]:
    """By the dictionary's names: circuits fire 50 ms before what they do, breakwires are whole until it happens."""
    whole = {
        part: t < events.get(f"{part}_separation", math.inf) for part in ("stage_1", "stage_2", "fairing", "payload")
    }
    if script.stays:
        whole[script.stays] = True
    whole |= {f"booster_{place + 1}": t < leaves_s for place, (_, leaves_s) in enumerate(script.boosters)}
    fired = {
        "stage_1_igniter": "ignition",
        "stage_2_igniter": "stage_2_ignition",
        "stage_3_igniter": "stage_3_ignition",
        "stage_1_separation_pyro": "stage_1_separation",
        "stage_2_separation_pyro": "stage_2_separation",
        "fairing_pyro": "fairing_separation",
        "payload_pyro": "payload_separation",
        "booster_separation_pyro": "booster_separation",
    }
    now: dict[str, Value] = {name: t >= events.get(event, math.inf) - 0.05 for name, event in fired.items()}
    now |= {f"{part}_breakwire": state for part, state in whole.items()}
    now |= {"umbilical": t < events["liftoff"], "escape_motor": t >= script.escape_at}
    return [now.get(field.name, False) for field in default().packets["discretes"].fields]
