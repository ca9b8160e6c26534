"""Many flights at once by plain physics: what the detector of recorded flights is measured against.

Plane motion about a turning sphere, gravity by inverse square, an exponential atmosphere, point mass, thrust by the
rocket equation along a pitch program, then steered to a circular orbit, along the path, or against it. It shares no
code with the simulator and none with the detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EARTH, MU, TURN = 6.371e6, 3.986004418e14, 7.292115e-5  # m, m³/s², rad/s
SCALE_HEIGHT, SURFACE_DENSITY = 7_200.0, 1.225  # m, kg/m³
NUMBERS = ("upright", "program", "target", "eastward", "ballistic", "broken", "drogue", "main", "opens", "drogue_delay")
PROGRAM, TO_ORBIT, ALONG, AGAINST, BACK = range(5)  # how a burn is steered


@dataclass(frozen=True)
class Burn:
    """One push: `coast` s after the one before, at `initial` m/s², growing as the tank empties at `exhaust` m/s.

    It lasts `lasting` s, or with TO_ORBIT until the speed of a circular orbit. begins, ends: the events' names, or
    empty. ramp, tail: s. limit: m/s² at which the engine is throttled.
    """

    initial: float
    exhaust: float
    lasting: float
    begins: str = ""
    ends: str = ""
    coast: float = 0.0
    steer: int = PROGRAM
    limit: float = 1e9
    ramp: float = 0.3
    tail: float = 0.3


@dataclass(frozen=True)
class Vehicle:
    """What flies. elevation: degrees at launch and at the end of the program, which lasts `program` s from `upright`.

    eastward: part of the Earth's turn that the launch gains (negative: retrograde). ballistic: Cd·A/m, m²/kg. broken:
    when it falls apart. drogue, main: descent speeds near the ground, m/s; opens: height at which the main opens.
    """

    burns: tuple[Burn, ...]
    elevation: tuple[float, float] = (90.0, 28.0)
    upright: float = 10.0
    program: float = 150.0
    target: float = 200e3
    eastward: float = 0.8
    ballistic: float = 4e-5
    broken: float = 1e9
    drogue: float = 0.0
    main: float = 0.0
    opens: float = 0.0
    drogue_delay: float = 0.5


@dataclass
class Flown:
    """Arrays of shape (n,): s, m/s over the ground, m, m/s up, m/s² felt along the path. perigee: m, at the end."""

    time: Array
    speed: Array
    altitude: Array
    climb: Array
    felt: Array
    tilt: Array
    truth: dict[str, float] = field(default_factory=dict)
    perigee: float = 0.0


def fly(vehicles: Sequence[Vehicle], times: Array) -> list[Flown]:
    """Each vehicle from rest at times[0], sampled at `times` (s from ignition), the steps of integration."""
    n, most = len(vehicles), max(len(vehicle.burns) for vehicle in vehicles)
    blank = Burn(0.0, 1e3, 0.0, coast=1e12)
    padded = [(*vehicle.burns, *(blank,) * (most + 1 - len(vehicle.burns))) for vehicle in vehicles]
    spec = {
        name: np.array([[float(getattr(burn, name)) for burn in row] for row in padded])
        for name in ("initial", "exhaust", "lasting", "coast", "steer", "limit", "ramp", "tail")
    }
    first, last = (np.radians([vehicle.elevation[end] for vehicle in vehicles]) for end in (0, 1))
    get = {name: np.array([float(getattr(vehicle, name)) for vehicle in vehicles]) for name in NUMBERS}
    turn = TURN * get["eastward"]
    rows = np.arange(n)
    x, y = np.full(n, EARTH), np.zeros(n)
    vx, vy = np.zeros(n), turn * EARTH
    place, begun = np.zeros(n, dtype=np.int64), np.zeros(n)
    ended_push, ended_at = np.zeros(n), np.full(n, -1e9)
    due = spec["coast"][:, 0].copy()
    flying, landed = np.zeros(n, dtype=np.bool_), np.full(n, np.inf)
    top, opened, spread = np.full(n, np.inf), np.full(n, np.inf), np.full(n, np.inf)
    lifted = np.full(n, np.inf)
    starts, ends = np.full((n, most + 1), np.inf), np.full((n, most + 1), np.inf)
    record = np.empty((5, n, len(times)))
    burning = np.zeros(n, dtype=np.bool_)
    for step, time in enumerate(times.tolist()):
        dt = float(times[step + 1]) - time if step + 1 < len(times) else 0.0
        radius = np.hypot(x, y)
        ux, uy = x / radius, y / radius
        altitude = radius - EARTH
        rx, ry = vx + turn * y, vy - turn * x
        speed = np.hypot(rx, ry)
        up, along = rx * ux + ry * uy, -rx * uy + ry * ux
        gravity = MU / radius**2
        level = -vx * uy + vy * ux

        start_now = ~burning & (time >= due)
        burning |= start_now
        begun[start_now] = time
        starts[rows[start_now], place[start_now]] = time
        here = {name: values[rows, place] for name, values in spec.items()}
        since = time - begun
        full = here["initial"] / np.maximum(1.0 - here["initial"] * since / here["exhaust"], 0.02)
        full = np.minimum(full, here["limit"])
        push = np.where(burning, full * np.clip((since + 1e-9) / here["ramp"], 0.0, 1.0), 0.0)
        circular = np.sqrt(MU / (EARTH + get["target"]))
        steer = here["steer"]
        stop = burning & (
            (since >= here["lasting"]) | ((steer == TO_ORBIT) & (level >= circular)) | (time >= get["broken"])
        )
        if stop.any():
            ends[rows[stop], place[stop]] = time
            ended_push[stop], ended_at[stop] = push[stop], time
            burning &= ~stop
            push[stop] = 0.0
            place[stop] += 1
            due[stop] = time + spec["coast"][rows[stop], place[stop]]
            due[time >= get["broken"]] = np.inf
        tail = spec["tail"][rows, np.maximum(place - 1, 0)]
        push = np.where(burning, push, ended_push * np.clip(1.0 - (time - ended_at) / tail, 0.0, 1.0))

        share = np.clip((time - get["upright"]) / get["program"], 0.0, 1.0)
        angle = first - (first - last) * share**0.7
        gain = np.maximum(circular - level, 1.0)
        to_go = np.maximum(here["exhaust"] / np.maximum(full, 0.1) * (1.0 - np.exp(-gain / here["exhaust"])), 8.0)
        wanted = 6.0 * (get["target"] - altitude) / to_go**2 - 4.0 * up / to_go + gravity - level**2 / radius
        guided = np.arcsin(np.clip(wanted / np.maximum(push, 0.1), -0.6, 0.9))
        path = np.arctan2(up, along)
        angle = np.where(steer == TO_ORBIT, guided, angle)
        angle = np.where((steer == ALONG) & (speed > 15.0), path, angle)
        angle = np.where(steer == AGAINST, path + np.pi, angle)
        angle = np.where(steer == BACK, np.radians(175.0), angle)

        falling = flying & (up < 0.0) & (time > 2.0)
        top = np.where(falling & np.isinf(top), time, top)
        opened = np.where((get["drogue"] > 0.0) & (time >= top + get["drogue_delay"]) & np.isinf(opened), time, opened)
        low = falling & (time > opened) & (altitude < get["opens"]) & (get["main"] > 0.0)
        spread = np.where(low & np.isinf(spread), time, spread)
        density = SURFACE_DENSITY * np.exp(-altitude / SCALE_HEIGHT)
        area = np.where(time >= get["broken"], 1e-2, get["ballistic"])
        for when, pace in ((opened, get["drogue"]), (spread, get["main"])):
            fill = np.clip((time - when) / 0.4, 0.0, 1.0)
            wide = 2.0 * gravity / (SURFACE_DENSITY * np.maximum(pace, 1e-3) ** 2)
            area = np.where(np.isfinite(when), area + (np.maximum(wide, area) - area) * fill, area)
        drag = 0.5 * density * speed * area
        if dt > 0.0:
            drag = np.minimum(drag, 0.5 / dt)
        tx = push * (np.sin(angle) * ux - np.cos(angle) * uy)
        ty = push * (np.sin(angle) * uy + np.cos(angle) * ux)
        fx, fy = tx - drag * rx, ty - drag * ry
        leaves = ~flying & (push * np.sin(angle) > gravity)
        lifted = np.where(leaves & np.isinf(lifted), time, lifted)
        flying |= leaves
        down = flying & (altitude <= 0.0) & (up < 0.0) & (time > 3.0)
        landed = np.where(down & np.isinf(landed), time, landed)
        standing = ~flying | np.isfinite(landed)
        felt = np.where(standing, gravity, (fx * rx + fy * ry) / np.maximum(speed, 1.0))
        slow = ~standing & (speed < 5.0)
        felt = np.where(slow, push - drag * speed, felt)
        record[:, :, step] = speed, altitude, up, felt, np.degrees(0.5 * np.pi - np.where(push > 0.5, angle, path))
        ax, ay = fx - gravity * ux, fy - gravity * uy
        vx, vy = np.where(standing, -turn * y, vx + ax * dt), np.where(standing, turn * x, vy + ay * dt)
        x, y = x + vx * dt, y + vy * dt
        on_ground = standing & (np.hypot(x, y) > 0.0)
        shrink = np.where(on_ground & ~np.isfinite(landed), EARTH / np.hypot(x, y), 1.0)
        x, y = x * shrink, y * shrink
    flights = []
    for index, vehicle in enumerate(vehicles):
        truth = {"liftoff": float(lifted[index])} if np.isfinite(lifted[index]) else {}
        for number, burn in enumerate(vehicle.burns):
            stopped = ends[index, number] + 0.5 * burn.tail  # a tail-off has no sharper end than its middle
            for name, at in ((burn.begins, float(starts[index, number])), (burn.ends, float(stopped))):
                if name and np.isfinite(at):
                    truth[name] = at
        if np.isfinite(top[index]):
            truth["apogee"] = float(top[index])
        opening = "drogue_deployment" if vehicle.main else "main_deployment"  # a single parachute is a main
        for name, when in ((opening, opened), ("main_deployment", spread), ("landing", landed)):
            if np.isfinite(when[index]):
                truth[name] = float(when[index])
        perigee = _perigee(x[index], y[index], vx[index], vy[index])
        speed, altitude, climb, felt, tilt = record[:, index]
        flights.append(Flown(times, speed, altitude, climb, felt, tilt, truth, perigee))
    return flights


def _perigee(x: float, y: float, vx: float, vy: float) -> float:
    radius, momentum = float(np.hypot(x, y)), float(x * vy - y * vx)
    energy = 0.5 * (vx**2 + vy**2) - MU / radius
    if energy >= 0.0:
        return float("inf")
    eccentricity = float(np.sqrt(max(1.0 + 2.0 * energy * momentum**2 / MU**2, 0.0)))
    return -0.5 * MU / energy * (1.0 - eccentricity) - EARTH
