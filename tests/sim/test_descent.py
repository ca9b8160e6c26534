"""What comes down: escape, parachutes, lift after the apogee, rails, and a rocket with fins and nothing that steers."""

import math
from dataclasses import replace

import pytest

from flight.geodesy import ROTATION_RATE, to_earth_fixed, to_geodetic
from flight.plans.plan import Site
from sim.air import air
from sim.world import STEP_S, World
from tests.sim import vehicles
from tests.sim.commands import Stand

RANGE = Site("range", 0.0, 0.0, 0.0, elevation_deg=80.0, rail_m=6.0)


def over_ground(world: World) -> tuple[float, float, float]:
    """Velocity relative to the Earth, inertial axes."""
    px, py, _ = world.position
    vx, vy, vz = world.velocity
    return vx + ROTATION_RATE * py, vy - ROTATION_RATE * px, vz


def speed(world: World) -> float:
    return math.hypot(*over_ground(world))


def terminal(mass_kg: float, drag_area_m2: float, height_m: float, gravity: float = 9.78) -> float:
    return math.sqrt(2.0 * mass_kg * gravity / (air(height_m).density * drag_area_m2))


def crew(*before: str) -> Stand:
    """In flight for 12 s, then an escape after some circuits."""
    stand = Stand(vehicles.crewed())
    stand.run(12.0, "stage_2_igniter", throttle=1.0)
    if before:
        stand.run(0.1, *before, throttle=1.0)
    stand.run(0.05, "escape_motor", throttle=1.0)
    assert "abort" in stand.events
    return stand


def test_tower_pulls_the_crew_away() -> None:
    """120 kN on 1,200 kg: 100 m/s2 less drag and no more than that; 8 s later the capsule of 700 kg is on its own."""
    stand = crew()
    world = stand.run(0.2)
    assert world.mass_kg == 1200.0
    drag = 3.0 * world.motion.dynamic_pressure / 1200.0
    assert world.motion.force[0] == pytest.approx(100.0 - drag, rel=0.03)
    assert (world.tower_on, world.fairing_on) == (False, False)
    assert world.chamber_pressure(0) == 0.0
    stand.run(8.0)
    assert world.mass_kg == 700.0
    assert abs(world.motion.force[0]) < 60.0


def test_without_a_tower_the_fairing_s_motors_do_it_and_without_either_none() -> None:
    """60 kN on 1,200 kg for a second; on a bare capsule springs alone, which are left out."""
    towerless = crew("tower_pyro")
    world = towerless.run(0.2)
    drag = 3.0 * world.motion.dynamic_pressure / 1200.0
    assert world.motion.force[0] == pytest.approx(50.0 - drag, rel=0.03)
    bare = crew("tower_pyro", "fairing_pyro").run(0.2)
    assert bare.mass_kg == 700.0
    assert bare.motion.force[0] < 0.0


def test_crew_comes_down_under_its_parachutes_and_lands_softly() -> None:
    """700 kg under 10 m2 and then under 300 m2: 33.6 and 6.1 m/s at sea level's density, faster higher up."""
    stand = crew()
    world = stand.run(60.0)
    stand.run(20.0, "drogue_pyro")
    assert speed(world) == pytest.approx(terminal(700.0, 13.0, world.motion.height), rel=0.03), "with the capsule's own"
    assert not world.parachutes.drogue_packed
    stand.run(20.0, "main_pyro")
    assert world.parachutes.main_full(world.time_s)
    assert speed(world) == pytest.approx(terminal(700.0, 303.0, world.motion.height), rel=0.03)
    assert speed(world) < 10.0
    assert {"drogue_deployment", "main_deployment"} <= set(stand.events)


def test_a_parachute_fills_within_its_time_and_the_main_one_takes_the_drogue_away() -> None:
    world = crew().run(60.0)
    chutes = world.parachutes
    assert chutes.drag(world.time_s) == (0.0, 0.0)
    assert chutes.open_drogue(100.0)
    assert not chutes.open_drogue(101.0)
    assert chutes.drag(100.5) == pytest.approx((5.0, 3.0))
    assert chutes.drag(105.0) == pytest.approx((10.0, 3.0))
    assert chutes.open_main(110.0)
    assert chutes.drag(112.0) == pytest.approx((150.0, 3.0))
    assert chutes.drag(120.0) == pytest.approx((300.0, 3.0))
    assert not chutes.main_full(113.9)


def test_a_vehicle_without_parachutes_opens_none() -> None:
    stand = Stand(vehicles.liquid())
    stand.run(0.1, "drogue_pyro", "main_pyro", "tower_pyro", "escape_motor")
    assert stand.events == {}


def test_rail_holds_until_the_vehicle_has_left_it() -> None:
    """8 kN less 101 kPa x 0.004 m2 on 55 kg, less g sin 80: 128.5 m/s2, 6 m after 0.306 s at 39.3 m/s."""
    stand = Stand(vehicles.sounding(), RANGE, 10.0)
    world = stand.run(0.05)
    nose = to_geodetic(*to_earth_fixed(world.position, world.time_s))
    assert nose.height == pytest.approx(0.0, abs=1e-6)
    assert world.motion.force[0] == pytest.approx(9.78 * math.sin(math.radians(80.0)), abs=0.01)
    assert world.motion.force[2] == pytest.approx(-9.78 * math.cos(math.radians(80.0)), abs=0.01)
    before = world.state[6:10]
    while world.motion.height < 6.0 * math.sin(math.radians(80.0)) - 0.4:
        stand.run(STEP_S, "stage_1_igniter")
    assert stand.events["liftoff"] > 0.0
    assert speed(world) == pytest.approx(math.sqrt(2.0 * 128.5 * 5.6), rel=0.04)
    turned = sum(a * b for a, b in zip(before, world.state[6:10], strict=True))
    assert abs(turned) == pytest.approx(1.0, abs=1e-6)
    assert math.hypot(*world.state[10:13]) == pytest.approx(ROTATION_RATE, rel=1e-6)


def test_fins_keep_a_rocket_into_the_stream_and_its_parachutes_bring_it_down() -> None:
    stand = Stand(vehicles.sounding(), RANGE, 10.0)
    world = stand.run(8.2, "stage_1_igniter")
    assert stand.events["stage_1_burnout"] == pytest.approx(0.1 + 30.0 * 220.0 * 9.80665 / 8000.0, abs=0.06)
    assert world.motion.flow_angle < math.radians(1.0)
    assert speed(world) > 600.0
    highest = 0.0
    while world.motion.height >= highest:
        highest = world.motion.height
        stand.run(1.0)
    assert 10e3 < highest < 60e3
    stand.run(60.0, "drogue_pyro")
    while world.motion.height > 1500.0:
        stand.run(5.0)
    stand.run(30.0, "main_pyro")
    assert speed(world) == pytest.approx(terminal(25.0, 12.0, world.motion.height), rel=0.05)


def test_lift_after_the_apogee_stretches_the_flight_and_not_before() -> None:
    """Lift over drag of 0.8 as felt across the stream, upwards; the way up is the same."""
    ranges = []
    for ratio in (0.0, 0.8):
        stand = Stand(
            replace(vehicles.sounding(), descent_lift_to_drag=ratio), replace(RANGE, elevation_deg=60.0), 10.0
        )
        world = stand.run(8.2, "stage_1_igniter")
        start = world.state
        while over_ground(world)[0] > 0.0:
            stand.run(1.0)
        highest = world.motion.height
        while world.motion.height > 2e3:
            stand.run(0.5)
        felt = world.motion.force
        along = sum(a * b for a, b in zip(over_ground(world), world.position, strict=True))
        assert along < 0.0
        ranges.append((start, highest, world.position[1], math.hypot(*felt[1:]) / abs(felt[0])))
    assert ranges[0][0] == ranges[1][0]
    assert ranges[0][1] == pytest.approx(ranges[1][1], abs=1.0)
    assert ranges[1][2] > ranges[0][2] + 1e3
    assert ranges[0][3] < 0.1
    assert ranges[1][3] == pytest.approx(0.8, abs=0.1)
