"""Looks for the ascent that leaves most propellant: over the kick, with the tangent that meets the target."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from flight.plans.plan import MOST_KNOTS, FlightPlan
from sim.earth import height, inclination
from sim.engine import LiquidEngine
from sim.planning.ascent import Flier, Launch, Point, Steering, begin, best, insertion, launch, turn_s
from sim.planning.timeline import Leg, timeline
from sim.planning.vectors import dot, solved
from sim.vehicle import Vehicle

STEPS = (0.01, 2e-5, 2.0)
"""For the differences that stand in for derivatives: tangent, slope per second, seconds."""
KICKS = (0.3, 12.0)
"""Degrees, looked through."""
LEAST_HEIGHT_M = 20e3
"""A lower end of the part along the motion is no ascent."""
EASE_S = 8.0
QUIET_S = 2.0
"""The program rests for this long before burnout, so that the stages part without turning."""


@dataclass(frozen=True, slots=True)
class Ascent:
    """One ascent that meets its target: how it is steered, all its points, and the propellant left in kg (less than
    none where it had to burn more than there is)."""

    steering: Steering
    points: tuple[Point, ...]
    cut_s: float
    left_kg: float
    inclination_deg: float


def meet(vehicle: Vehicle, plan: FlightPlan, legs: list[Leg], start: Launch, kick_deg: float) -> Ascent | None:
    """With that kick; None where no tangent was found."""
    flier = Flier(vehicle, legs, start)
    zero_s = turn_s(plan, legs)
    steering = Steering(kick_deg, *begin(vehicle), zero_s, zero_s, 0.5, -1.0e-3)
    below = flier.fly(replace(steering, turn_s=1e9), zero_s)
    if dot(below[-1].position, below[-1].velocity) <= 0.0 or height(*below[-1].position) < LEAST_HEIGHT_M:
        return None
    values = [0.5, 0.0, legs[-1].end_s - 5.0]
    values[1] = -values[0] / (values[2] - zero_s)
    ends_s = legs[-1].end_s
    empty_kg = legs[-1].thrust(ends_s)[1]
    latest_s = ends_s + 0.5 * empty_kg / (legs[-1].thrust(ends_s - 1.0)[1] - empty_kg)
    """A stage may burn half of what is no propellant: so the search finds back, and says how much is missing."""

    def missed(of: list[float]) -> list[float]:
        aimed = replace(steering, tangent=of[0], slope=of[1])
        end = flier.fly(aimed, of[2], below[-1])[-1]
        return list(insertion(end.position, end.velocity, plan.target))

    now = missed(values)
    for _ in range(25):
        if max(map(abs, now)) < 0.05:
            break
        columns = []
        for place, step in enumerate(STEPS):
            other = list(values)
            other[place] += step
            columns.append([(b - a) / step for a, b in zip(now, missed(other), strict=True)])
        change = solved([list(row) for row in zip(*columns, strict=True)], [-miss for miss in now])
        far = max(abs(change[0]) / 0.3, abs(change[1]) / 2e-3, abs(change[2]) / 80.0, 1.0)
        values = [a + b / far for a, b in zip(values, change, strict=True)]
        values[2] = min(values[2], latest_s)
        if not (abs(values[0]) < 5.0 and values[2] > zero_s + 20.0):
            return None
        now = missed(values)
    else:
        return None
    aimed = replace(steering, tangent=values[0], slope=values[1])
    points = (*below[:-1], *flier.fly(aimed, values[2], below[-1]))
    end = points[-1]
    last = vehicle.stages[-1].motor
    flow = last.flow_kg_s if isinstance(last, LiquidEngine) else 0.0
    if isinstance(last, LiquidEngine) and last.vernier is not None:
        flow = last.vernier.flow_kg_s + (0.0 if plan.stages[-1].vernier_s > 0.0 else flow)
    left = flow * (legs[-1].end_s - values[2])
    return Ascent(aimed, points, values[2], left, math.degrees(inclination(end.position, end.velocity)))


def search(vehicle: Vehicle, plan: FlightPlan, payload_kg: float, kicks: tuple[float, float] = KICKS) -> Ascent:
    """The best kick of a range, or the only one. Raises ValueError where nothing reaches the target.

    A vernier burns as long as planned: the main engine before it keeps what is not needed.
    """
    start = launch(plan.site, plan.azimuth_deg)
    kept = 0.0
    for _ in range(6):
        ascent = _best(vehicle, plan, timeline(vehicle, plan, payload_kg, kept), start, kicks)
        if plan.stages[-1].vernier_s <= 0.0:
            return ascent
        kept += ascent.left_kg
        if abs(ascent.left_kg) < 1.0:
            break
    return replace(ascent, left_kg=kept)


def _best(vehicle: Vehicle, plan: FlightPlan, legs: list[Leg], start: Launch, kicks: tuple[float, float]) -> Ascent:
    found: dict[float, Ascent | None] = {}

    def left(kick: float) -> float:
        found[kick] = meet(vehicle, plan, legs, start, kick)
        ascent = found[kick]
        return -1e9 if ascent is None else ascent.left_kg

    if kicks[0] == kicks[1]:
        left(kicks[0])
    else:
        count = 14
        grid = [kicks[0] * (kicks[1] / kicks[0]) ** (place / (count - 1)) for place in range(count)]
        heights = [left(kick) for kick in grid]
        top = heights.index(max(heights))
        best(left, grid[max(0, top - 1)], grid[min(count - 1, top + 1)], 8)
    reached = [ascent for ascent in found.values() if ascent is not None]
    if not reached:
        raise ValueError(f"{plan.name}: no kick between {kicks[0]} and {kicks[1]} degrees reaches the target")
    return max(reached, key=lambda ascent: ascent.left_kg)


def turned(
    vehicle: Vehicle, plan: FlightPlan, payload_kg: float, inclination_deg: float, kicks: tuple[float, float] = KICKS
) -> FlightPlan:
    """The plan with the azimuth that leads to an inclination, near its own: the secant method."""
    azimuth = [plan.azimuth_deg, plan.azimuth_deg + 1.0]
    misses = [
        search(vehicle, replace(plan, azimuth_deg=one), payload_kg, kicks).inclination_deg - inclination_deg
        for one in azimuth
    ]
    for _ in range(4):
        if abs(misses[-1]) < 0.005:
            break
        azimuth.append(azimuth[-1] - misses[-1] * (azimuth[-1] - azimuth[-2]) / (misses[-1] - misses[-2]))
        there = search(vehicle, replace(plan, azimuth_deg=azimuth[-1]), payload_kg, kicks)
        misses.append(there.inclination_deg - inclination_deg)
    return replace(plan, azimuth_deg=azimuth[-1])


def program(ascent: Ascent, start: Launch) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The knots of the lowest stage's program: its pitch above the launch site's horizon, resting before burnout."""
    rows = [
        (point.time_s, pitch(point.aim, start))
        for point in ascent.points[1:]
        if point.stage == 0 and point.acceleration > 0.0
    ]
    burnout = rows[-1][0]
    steering = ascent.steering
    caught = next(t for t, angle in rows if t > steering.end_s and angle < 90.0 - steering.kick_deg - 1e-6)
    last = burnout - QUIET_S
    count = MOST_KNOTS - 4
    if steering.turn_s < last - EASE_S:
        # The tangent begins with another pitch than the motion had: the vehicle has some seconds to turn.
        before = count // 2
        later = _knots(caught, steering.turn_s, before) + _knots(steering.turn_s + EASE_S, last, count - before - 1)
    else:
        later = _knots(caught, last, count)
    times = [round(time, 1) for time in (0.0, steering.begin_s, steering.end_s, *later)]
    pitches = []
    for time in times:
        # A point's aim is that of the step that ends there.
        pitches.append(next((angle for t, angle in rows if t > time), rows[-1][1]))
    pitches[0] = pitches[1] = 90.0
    pitches[2] = 90.0 - steering.kick_deg
    return tuple(times), tuple(round(angle, 2) for angle in pitches)


def _knots(first: float, last: float, count: int) -> list[float]:
    """`count` spans, the later ones longer."""
    return [first + (last - first) * (place / count) ** 1.2 for place in range(count + 1)]


def pitch(aim: tuple[float, float, float], start: Launch) -> float:
    """Of a direction above the launch site's horizon, degrees."""
    return math.degrees(math.atan2(dot(aim, start.up), dot(aim, start.ahead)))
