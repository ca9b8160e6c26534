"""Liquid stages and boosters in the world: the rocket equation, masses, cut-offs, and what steers."""

import math
from dataclasses import replace

import pytest

from sim.world import STEP_S
from tests.sim import vehicles
from tests.sim.commands import Stand

G = 9.80665


def vacuum(stand: Stand) -> Stand:
    stand.world.density_ratio = 0.0
    stand.world.propulsion.misalignment = [(0.0, 0.0)] * 3
    return stand


def sensed(stand: Stand, seconds: float, *closed: str, **numbers: float) -> float:
    """Speed gained along the axis, as an accelerometer integrates it."""
    speed = 0.0
    for _ in range(round(seconds / STEP_S)):
        speed += stand.run(STEP_S, *closed, **numbers).motion.force[0] * STEP_S
    return speed


def test_integrated_burn_is_the_rocket_equation_s() -> None:
    """Above the air: 340 s and 320 s together 338.06 s; all of 4,980 kg out of 7,240 kg."""
    stand = vacuum(Stand(vehicles.liquid()))
    world = stand.run(160.0, "stage_1_igniter", throttle=1.0)
    stand.run(1.0, "stage_1_separation_pyro", "fairing_pyro")
    assert world.mass_kg == pytest.approx(1000 + 200 + 40 + 500 + 5000, abs=0.1)
    assert world.motion.static_pressure < 1.0
    before = world.mass_kg
    motor = world.vehicle.stages[1].motor
    gained = sensed(stand, 200.0, "stage_2_igniter")
    assert before - world.mass_kg == pytest.approx(4980.0, abs=0.1)
    assert gained == pytest.approx(motor.exhaust_speed * math.log(before / (before - 4980.0)), rel=1e-4)
    assert list(stand.events) == [
        "ignition",
        "liftoff",
        "stage_1_burnout",
        "stage_1_separation",
        "fairing_separation",
        "stage_2_ignition",
        "stage_2_main_cutoff",
        "stage_2_burnout",
    ]


def test_lift_off_waits_for_thrust_and_ambient_pressure_takes_its_part() -> None:
    stand = Stand(vehicles.liquid())
    world = stand.run(5.0, "stage_1_igniter", throttle=1.0)
    ignition, liftoff = stand.events["ignition"], stand.events["liftoff"]
    assert 0.3 < liftoff - ignition < 0.8
    weight = world.mass_kg
    felt = 600e3 - world.motion.static_pressure * 0.8 - 0.3 * 3.1416 * world.motion.dynamic_pressure
    assert world.motion.force[0] == pytest.approx(felt / weight, rel=3e-3)


def test_cutoffs_stop_what_they_name() -> None:
    stand = vacuum(Stand(vehicles.liquid()))
    world = stand.run(10.0, "stage_1_igniter", "stage_2_cutoff", throttle=1.0)
    assert world.chamber_pressure(0) == pytest.approx(8e6), "the second stage's cut-off is not the first's"
    stand.run(1.0, "stage_1_cutoff", throttle=1.0)
    assert world.chamber_pressure(0) == 0.0
    assert stand.events["stage_1_burnout"] == pytest.approx(10.2, abs=0.02)


def test_main_cutoff_leaves_the_verniers_and_they_steer() -> None:
    vehicle = vehicles.liquid()
    still = replace(vehicle, stages=(vehicle.stages[0], replace(vehicle.stages[1], slosh=None)))
    stand = vacuum(Stand(still))
    world = stand.run(100.0, "stage_1_igniter", throttle=1.0)
    stand.run(1.0, "stage_1_cutoff", "stage_1_separation_pyro", "fairing_pyro")
    stand.run(5.0, "stage_2_igniter")
    stand.run(2.0, "main_cutoff")
    assert world.chamber_pressure(1) == 0.0
    assert world.motion.force[0] == pytest.approx(8e3 / world.mass_kg, rel=1e-3)
    stand.run(0.6, tvc_pitch=0.1)
    before = world.state[11]
    stand.run(1.0, tvc_pitch=0.1)
    body = world.vehicle.burnt(1, (world.mass_kg - 1740.0) / 5000.0, 1000.0)
    lever = 11.5 - body.centre
    assert world.state[11] - before == pytest.approx(8e3 * math.sin(0.1) * lever / body.pitch, rel=0.01)
    stand.run(0.6, tvc_roll=0.2)
    before = world.state[10]
    stand.run(1.0, tvc_roll=0.2)
    assert world.state[10] - before == pytest.approx(8e3 * 0.2 * 0.8 / body.roll, rel=0.01)


def test_boosters_burn_beside_the_core_and_leave() -> None:
    stand = vacuum(Stand(vehicles.boosted()))
    world = stand.run(20.0, "stage_1_igniter", throttle=1.0)
    lit = 20.0 - 0.05 - 0.4
    flow = 600e3 / (300.0 * G) + 4.0 * 250e3 / (290.0 * G)
    assert world.mass_kg == pytest.approx(63540.0 - flow * lit, abs=0.5)
    net = 1600e3 - world.motion.static_pressure * 2.4
    assert world.motion.force[0] == pytest.approx(net / (world.mass_kg + 0.005 * flow), rel=2e-3)
    stand.run(75.0, throttle=1.0)
    burnt = 7960.0 / (250e3 / (290.0 * G)) + 0.05 + 0.5 * 0.8
    assert stand.events["booster_burnout"] == pytest.approx(burnt, abs=0.01)
    before = world.mass_kg
    world = stand.run(0.02 + STEP_S, "booster_separation_pyro", throttle=1.0)
    assert before - world.mass_kg == pytest.approx(4.0 * 740.0 + 0.03 * 600e3 / (300.0 * G), abs=1.0)
    assert "booster_separation" in stand.events
    assert world.propulsion.beside_kg(world.time_s) == 0.0


def test_core_is_throttled_alone_and_cutoff_stops_boosters_too() -> None:
    stand = vacuum(Stand(vehicles.boosted()))
    world = stand.run(10.0, "stage_1_igniter", throttle=0.6)
    assert world.chamber_pressure(0) == pytest.approx(0.6 * 8e6)
    assert [booster.level(world.time_s) for booster in world.propulsion.beside] == [1.0] * 4
    stand.run(1.0, "stage_1_cutoff")
    assert [booster.level(world.time_s) for booster in world.propulsion.beside] == [0.0] * 4


@pytest.mark.parametrize(("place", "axis", "sign"), [(0, 12, 1.0), (1, 11, -1.0), (2, 12, -1.0), (3, 11, 1.0)])
def test_a_booster_that_goes_out_turns_the_vehicle_towards_itself(place: int, axis: int, sign: float) -> None:
    """Right, below, left, above: out on the right the nose yaws right, about +z; out below it pitches down, about -y.
    Torque is 250 kN on an arm of 2 m.
    """
    stand = vacuum(Stand(vehicles.boosted()))
    world = stand.run(80.0, "stage_1_igniter", throttle=1.0)
    booster = world.propulsion.beside[place]
    booster.cut(world.time_s)
    stand.run(0.4, throttle=1.0)
    before = world.state[10:13]
    stand.run(0.5, throttle=1.0)
    turned = [after - was for after, was in zip(world.state[10:13], before, strict=True)]
    assert turned[axis - 10] * sign > 0.0
    assert abs(turned[axis - 10]) > 50.0 * max(abs(turned[23 - axis - 10]), abs(turned[0]))
    inertia = 250e3 * 2.0 * 0.5 / abs(turned[axis - 10])
    full, empty = (world.vehicle.burnt(0, part, 1000.0, part).pitch for part in (0.4, 0.0))
    assert empty < inertia < full


def test_gimballed_boosters_and_cluster_roll() -> None:
    """Nozzles turned against each other by 0.02: 600 kN on 0.6 m and 4 x 250 kN on 2 m make 47.2 kN m."""
    stand = vacuum(Stand(vehicles.boosted()))
    world = stand.run(60.0, "stage_1_igniter", throttle=1.0)
    stand.run(1.0, throttle=1.0, tvc_roll=0.02)
    before = world.state[10]
    stand.run(0.2, throttle=1.0, tvc_roll=0.02)
    part = (20000.0 - world.propulsion.burns[0].burnt(0.0)) / 20000.0
    beside = world.propulsion.beside_kg(world.time_s) / 32000.0
    inertia = world.vehicle.burnt(0, part, 1000.0, beside).roll
    assert (world.state[10] - before) / 0.2 == pytest.approx(47.2e3 / inertia, rel=0.01)


def test_axial_thrusters_push_and_are_paid_for() -> None:
    """400 N at full pressure; 10 s of them are 4,000 N s: 1.85 kg at 220 s, a little less as pressure falls."""
    stand = vacuum(Stand(vehicles.liquid()))
    world = stand.run(160.0, "stage_1_igniter", throttle=1.0)
    stand.run(1.0, "stage_1_separation_pyro", "fairing_pyro")
    full, mass = world.tank.propellant_kg, world.mass_kg
    gained = sensed(stand, 10.0, rcs_axial=1.0)
    used = full - world.tank.propellant_kg
    assert 1.75 < used < 4000.0 / (220.0 * G)
    assert gained == pytest.approx(used * 220.0 * G / mass, rel=1e-3)


def test_dead_servos_leave_the_nozzle_where_it_is() -> None:
    stand = vacuum(Stand(vehicles.liquid()))
    world = stand.run(5.0, "stage_1_igniter", throttle=1.0, tvc_pitch=0.01)
    world.propulsion.servos_on = False
    stand.run(1.0, throttle=1.0, tvc_pitch=-0.05)
    assert world.nozzle.pitch == pytest.approx(0.01, rel=1e-6)
