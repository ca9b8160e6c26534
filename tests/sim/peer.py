"""A small solid rocket for RocketPy, and the same numbers for ours."""

from __future__ import annotations

import importlib
from itertools import pairwise
from typing import Any

import numpy

RADIUS_M = 0.08
DRY_KG = 18.0
PROPELLANT_KG = 7.0
THRUST = ((0.0, 0.0), (0.1, 5200.0), (2.2, 4300.0), (2.8, 0.0))
"""Seconds and newtons, straight lines between, the same at every height."""
BURN_S = THRUST[-1][0]
DRAG = ((0.0, 0.40), (0.8, 0.42), (1.05, 0.62), (1.5, 0.55), (3.0, 0.42))
"""Mach number and coefficient on the body's cross-section."""
LATITUDE_DEG, LONGITUDE_DEG = 30.0, 10.0


def thrust_and_impulse(seconds: float) -> tuple[float, float]:
    """Thrust (N) at a time, and its integral since 0 (N s)."""
    impulse = 0.0
    for (t0, f0), (t1, f1) in pairwise(THRUST):
        if seconds < t1:
            now = f0 + (f1 - f0) * (seconds - t0) / (t1 - t0)
            return now, impulse + 0.5 * (f0 + now) * (seconds - t0)
        impulse += 0.5 * (f0 + f1) * (t1 - t0)
    return 0.0, impulse


def drag(mach: float) -> float:
    """Straight between the points of DRAG; a table is rounded off by RocketPy."""
    machs, drags = zip(*DRAG, strict=True)
    return float(numpy.interp(mach, machs, drags))


def environment() -> Any:
    """RocketPy's standard atmosphere without wind, at sea level."""
    rocketpy: Any = importlib.import_module("rocketpy")
    made = rocketpy.Environment(latitude=LATITUDE_DEG, longitude=LONGITUDE_DEG, elevation=0.0)
    made.set_atmospheric_model(type="standard_atmosphere")
    return made


def motor() -> Any:
    """The motor, its nozzle at the rocket's tail."""
    rocketpy: Any = importlib.import_module("rocketpy")
    return rocketpy.GenericMotor(
        thrust_source=[list(point) for point in THRUST], burn_time=BURN_S, chamber_radius=0.07, chamber_height=0.8,
        chamber_position=0.4, propellant_initial_mass=PROPELLANT_KG, nozzle_radius=0.05, dry_mass=0.01,
        center_of_dry_mass_position=0.4, dry_inertia=(0.01, 0.01, 0.001), nozzle_position=0.0,
        coordinate_system_orientation="nozzle_to_combustion_chamber",
    )  # fmt: skip


def rocket(finned: bool) -> Any:
    """The rocket; without fins and nose nothing but thrust, weight and drag acts on it."""
    rocketpy: Any = importlib.import_module("rocketpy")
    made = rocketpy.Rocket(
        radius=RADIUS_M, mass=DRY_KG - 0.01, inertia=(8.0, 8.0, 0.06), center_of_mass_without_motor=1.3,
        power_off_drag=drag, power_on_drag=drag,
        coordinate_system_orientation="tail_to_nose",
    )  # fmt: skip
    made.add_motor(motor(), position=0.0)
    if finned:
        made.add_nose(length=0.5, kind="ogive", position=2.7)
        made.add_trapezoidal_fins(n=4, root_chord=0.2, tip_chord=0.1, span=0.12, position=0.3)
        made.add_parachute("main", cd_s=6.0, trigger="apogee")
    return made


def monte_carlo(file: str) -> Any:
    """RocketPy's Monte Carlo of the finned rocket under its parachute to the ground; a little of everything differs."""
    rocketpy: Any = importlib.import_module("rocketpy")
    stochastic: Any = importlib.import_module("rocketpy.stochastic")
    flown, air = rocket(finned=True), environment()
    flight = rocketpy.Flight(rocket=flown, environment=air, rail_length=3.0, inclination=85.0, heading=0.0)
    wild = stochastic.StochasticRocket(rocket=flown, mass=0.1, inertia_11=0.05, power_off_drag_factor=(1.0, 0.03))
    burning = stochastic.StochasticGenericMotor(
        generic_motor=flown.motor, total_impulse=(flown.motor.total_impulse, 100)
    )
    wild.add_motor(burning, position=0.001)
    wild.add_nose(stochastic.StochasticNoseCone(nosecone=flown.nosecones[0]))
    wild.add_trapezoidal_fins(stochastic.StochasticTrapezoidalFins(trapezoidal_fins=flown.fins[0]))
    wild.add_parachute(stochastic.StochasticParachute(parachute=flown.parachutes[0]))
    return rocketpy.MonteCarlo(
        filename=file,
        environment=stochastic.StochasticEnvironment(environment=air),
        rocket=wild,
        flight=stochastic.StochasticFlight(flight=flight, inclination=(85.0, 1.0), heading=(0.0, 2.0)),
    )
