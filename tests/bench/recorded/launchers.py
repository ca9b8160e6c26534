"""Launchers drawn at random: two and three stages, boosters, hot staging, and what goes wrong with them."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.bench.recorded.motion import AGAINST, ALONG, BACK, TO_ORBIT, Burn, Vehicle

FAILURES = ("no_ignition", "short_burn", "early_shutdown", "breakup", "first_stage_stops")


@dataclass(frozen=True)
class Launch:
    """What was drawn: the stack, its spent first stage (or the one that flies back), and the failure, if any."""

    kind: str
    failure: str
    stack: Vehicle
    spent: Vehicle


def draw(chance: random.Random) -> Launch:
    """A launch; three in ten fail."""
    kind = chance.choices(("two stages", "boosters", "three stages", "hot staging"), (50, 20, 15, 15))[0]
    burns = {"two stages": _two, "boosters": _boosters, "three stages": _three, "hot staging": _hot}[kind](chance)
    upper = next(place for place, burn in enumerate(burns) if burn.begins == "stage_2_ignition")
    before = sum(burn.lasting + burn.coast for burn in burns[:upper])
    stack = Vehicle(
        tuple(burns),
        elevation=(90.0, chance.uniform(8.0, 16.0) if kind == "boosters" else chance.uniform(22.0, 36.0)),
        upright=chance.uniform(6.0, 14.0),
        program=before,
        target=chance.uniform(180e3, 320e3),
        eastward=chance.choice((0.99, 0.85, 0.8, 0.6, 0.3, -0.1)),
        ballistic=chance.uniform(2e-5, 8e-5),
    )
    failure = chance.choice(FAILURES) if chance.random() < 0.3 else ""
    spent = replace(stack, burns=tuple(burns[:upper]))
    if kind == "two stages" and chance.random() < 0.5:
        spent = replace(spent, burns=(*burns[:upper], *_flies_back(chance)))
    return Launch(kind, failure, _failed(stack, failure, upper, chance), spent)


def _stage(initial: float, exhaust: float, ratio: float, **more: object) -> Burn:
    """A burn by its mass ratio."""
    return replace(Burn(initial, exhaust, exhaust / initial * (1.0 - 1.0 / ratio)), **more)  # type: ignore[arg-type]


def _two(chance: random.Random) -> list[Burn]:
    limit = chance.choice((1e9, chance.uniform(32.0, 50.0)))
    first = _stage(chance.uniform(11.8, 15.0), chance.uniform(2650.0, 3000.0), chance.uniform(2.9, 3.7))
    second = Burn(chance.uniform(5.5, 9.5), chance.uniform(3250.0, 3500.0), 900.0)
    return [
        replace(first, ends="stage_1_burnout", limit=limit, ramp=chance.uniform(0.1, 2.0), tail=chance.uniform(0.1, 1)),
        replace(
            second, begins="stage_2_ignition", ends="stage_2_burnout", coast=chance.uniform(2.5, 13.0), steer=TO_ORBIT,
            limit=limit, ramp=chance.uniform(0.2, 3.0),
        ),
    ]  # fmt: skip


def _boosters(chance: random.Random) -> list[Burn]:
    early = _stage(chance.uniform(14.0, 18.0), 2750.0, chance.uniform(2.0, 2.7))
    end = early.initial / (1.0 - early.lasting * early.initial / early.exhaust)
    core = _stage(end * chance.uniform(0.2, 0.6), chance.uniform(3100.0, 4200.0), chance.uniform(1.9, 2.6))
    upper = Burn(chance.uniform(3.0, 6.5), chance.uniform(3400.0, 4400.0), 1500.0)
    return [
        replace(early, ends="booster_burnout", tail=chance.uniform(0.5, 6.0)),
        replace(core, ends="stage_1_burnout", ramp=0.01),
        replace(
            upper, begins="stage_2_ignition", ends="stage_2_burnout", coast=chance.uniform(3.0, 15.0), steer=TO_ORBIT,
            ramp=chance.uniform(0.5, 3.0),
        ),
    ]  # fmt: skip


def _three(chance: random.Random) -> list[Burn]:
    coast = chance.choice((chance.uniform(1.5, 15.0), chance.uniform(30.0, 80.0)))
    return [
        replace(
            _stage(chance.uniform(14.0, 18.0), 2700.0, chance.uniform(2.6, 3.1)),
            ends="stage_1_burnout", tail=chance.uniform(0.5, 2.5),
        ),
        replace(
            _stage(chance.uniform(10.0, 16.0), 2800.0, chance.uniform(2.6, 3.2)),
            begins="stage_2_ignition", ends="stage_2_burnout", coast=chance.uniform(1.5, 12.0),
            tail=chance.uniform(0.5, 2.5),
        ),
        Burn(
            chance.uniform(9.0, 18.0), 2950.0, 400.0, begins="stage_3_ignition", ends="stage_3_burnout", coast=coast,
            steer=TO_ORBIT,
        ),
    ]  # fmt: skip


def _hot(chance: random.Random) -> list[Burn]:
    """The upper stage lights while the lower one burns: at full thrust, or with most of its engines shut down."""
    first, second = _two(chance)
    second = replace(second, coast=0.0, ramp=chance.uniform(0.2, 1.0))
    first = replace(first, limit=1e9)
    if chance.random() < 0.5:
        return [first, second]
    few = Burn(chance.uniform(1.0, 3.0), 3000.0, chance.uniform(2.0, 5.0), ramp=0.01)
    return [first, few, second]


def _flies_back(chance: random.Random) -> list[Burn]:
    far = [Burn(15.0, 2900.0, chance.uniform(25.0, 45.0), coast=chance.uniform(12.0, 20.0), steer=BACK)]
    entry = Burn(20.0, 2900.0, chance.uniform(12.0, 22.0), coast=chance.uniform(110.0, 170.0), steer=AGAINST)
    return [*(far if chance.random() < 0.5 else []), entry]


def _failed(stack: Vehicle, failure: str, upper: int, chance: random.Random) -> Vehicle:
    burns = stack.burns
    if failure == "no_ignition":
        return replace(stack, burns=burns[:upper])
    if failure in ("short_burn", "early_shutdown"):
        whole = burns[upper].exhaust / burns[upper].initial * 0.75
        lasting = chance.uniform(3.0, 8.0) if failure == "short_burn" else whole * chance.uniform(0.15, 0.75)
        if burns[upper].lasting < 350.0:  # a solid stage that is followed by another
            lasting = min(lasting, 0.8 * burns[upper].lasting)
        return replace(stack, burns=(*burns[:upper], replace(burns[upper], lasting=lasting)))
    if failure == "breakup":
        return replace(stack, broken=chance.uniform(35.0, 90.0))
    if failure == "first_stage_stops":
        lasting = burns[0].lasting * chance.uniform(0.3, 0.8)
        return replace(stack, burns=(replace(burns[0], lasting=lasting, ends="stage_1_burnout"),), program=150.0)
    return stack


def sounding(chance: random.Random) -> Vehicle:
    """A small rocket: one or two stages, drogue and main."""
    first = _stage(chance.uniform(35.0, 120.0), 2000.0, chance.uniform(1.1, 1.5))
    burns = [
        replace(
            first, ends="stage_1_burnout", steer=ALONG, ramp=chance.uniform(0.02, 0.15), tail=chance.uniform(0.05, 0.6)
        )
    ]
    if chance.random() < 0.3:
        second = _stage(chance.uniform(30.0, 90.0), 2000.0, chance.uniform(1.1, 1.5))
        burns.append(
            replace(
                second, begins="stage_2_ignition", ends="stage_2_burnout", coast=chance.uniform(0.8, 8.0), steer=ALONG,
                ramp=chance.uniform(0.02, 0.2), tail=chance.uniform(0.05, 0.5),
            )
        )  # fmt: skip
    steepness = chance.uniform(80.0, 89.0)
    single = chance.random() < 0.25
    return Vehicle(
        tuple(burns),
        elevation=(steepness, steepness),
        ballistic=chance.uniform(1.5e-4, 8e-4),
        drogue=chance.uniform(5.0, 9.0) if single else chance.uniform(18.0, 35.0),
        main=0.0 if single else chance.uniform(5.0, 9.0),
        opens=0.0 if single else chance.uniform(150.0, 450.0),
        drogue_delay=chance.choice((0.0, 0.3, 1.0, 2.5)),
    )
