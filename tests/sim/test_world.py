"""The world step by step: the pad, ignition, lift-off, staging, releases, and commands that make no sense."""

import math
from collections.abc import Sequence

import pytest

from flight.computer.maths import rotate
from flight.geodesy import ROTATION_RATE, horizon, to_earth_fixed, to_ecef, to_geodetic
from flight.plans import plan as plans
from sim import vehicle as vehicles
from sim.wind import CALM, Wind, usual
from sim.world import STEP_S, World
from tests.sim.commands import commands

SITE = plans.load("zhuque-1").site


class Bench:
    """A world with its commands by name."""

    def __init__(self, wind: Wind = CALM) -> None:
        self.events: list[tuple[str, float]] = []
        self.world = World(
            vehicles.load("zhuque-1"), SITE, 104.3, 300.0, lambda *event: self.events.append(event), wind
        )

    def run(self, seconds: float, closed: Sequence[str] = (), tvc_pitch: float = 0.0, rcs_pitch: float = 0.0) -> World:
        given = commands(*closed, tvc_pitch=tvc_pitch, rcs_pitch=rcs_pitch)
        for _ in range(round(seconds / STEP_S)):
            self.world.advance(given)
        return self.world

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]


def test_pad_holds_the_vehicle_on_the_turning_earth() -> None:
    world = Bench().run(20.0)
    place = to_geodetic(*to_earth_fixed(world.position, world.time_s))
    assert math.degrees(place.latitude) == pytest.approx(40.96)
    assert math.degrees(place.longitude) == pytest.approx(100.29)
    assert place.height == pytest.approx(1000.0)
    assert math.hypot(*world.velocity) == pytest.approx(ROTATION_RATE * math.hypot(*world.position[:2]))
    assert world.liftoff_s is None


def test_pad_is_felt_as_one_g_along_the_vertical() -> None:
    """9.8 m/s2 at Jiuquan (normal gravity at 41 N, 1000 m: 9.7995), and the Earth's rate in body axes."""
    motion = Bench().run(0.01).motion
    assert motion.force == pytest.approx((9.7995, 0.0, 0.0), abs=2e-3)
    assert math.hypot(*motion.rate) == pytest.approx(ROTATION_RATE)
    assert motion.rate[0] == pytest.approx(ROTATION_RATE * math.sin(math.radians(40.96)))


def test_nose_points_up_and_z_along_the_heading() -> None:
    world = Bench().run(0.01)
    north, east, up = horizon(math.radians(40.96), math.radians(100.29))
    w, x, y, z = world.state[6:10]
    nose = to_earth_fixed(rotate(w, x, y, z, 1.0, 0.0, 0.0), world.time_s)
    belly = to_earth_fixed(rotate(w, x, y, z, 0.0, 0.0, 1.0), world.time_s)
    assert nose == pytest.approx(up, abs=1e-12)
    heading = math.degrees(
        math.atan2(*(sum(a * b for a, b in zip(belly, axis, strict=True)) for axis in (east, north)))
    )
    assert heading == pytest.approx(104.3)


def test_lift_off_when_thrust_exceeds_weight() -> None:
    bench = Bench()
    world = bench.run(0.3, ["stage_1_igniter"])
    assert bench.names == ["ignition", "liftoff"]
    ignition, liftoff = (time for _, time in bench.events)
    assert ignition == pytest.approx(0.05), "the igniter's delay"
    assert 0.0 < liftoff - ignition <= 0.1, "within the rise of thrust"
    assert world.height_m > 1000.1
    assert world.motion.force[0] == pytest.approx(447e3 / 27000.0, rel=0.05)


def test_command_that_opens_again_keeps_its_effect() -> None:
    bench = Bench()
    bench.run(0.02, ["stage_1_igniter"])
    bench.run(1.0)
    assert bench.names == ["ignition", "liftoff"]


def test_first_stage_burns_out_and_parts() -> None:
    """In no air: without a computer the vehicle would tumble in it."""
    bench = Bench()
    bench.world.density_ratio = 0.0
    world = bench.run(77.0, ["stage_1_igniter"])
    motor = world.vehicle.stages[0].motor
    assert bench.names[-1] == "stage_1_burnout"
    assert bench.events[-1][1] == pytest.approx(0.05 + motor.burn_s)
    assert world.mass_kg == pytest.approx(27000.0 - motor.propellant_kg, abs=1.0)
    before = world.mass_kg
    pushed = bench.run(0.03, ["stage_1_separation_pyro"]).motion.force[0]
    assert bench.names[-1] == "stage_1_separation"
    assert before - world.mass_kg == pytest.approx(world.vehicle.stages[0].dry_kg, abs=0.1)
    alone = bench.run(0.1).motion.force[0]
    assert pushed - alone == pytest.approx(world.vehicle.separation.push_m_s2, abs=1e-2), "springs"
    bench.run(0.2, ["stage_2_igniter"])
    assert bench.names[-1] == "stage_2_ignition"
    assert world.chamber_pressure(1) > 1e6
    assert world.chamber_pressure(0) == 0.0


@pytest.mark.parametrize(
    "closed", [["stage_2_igniter"], ["stage_3_igniter"], ["stage_2_separation_pyro"]], ids=lambda closed: closed[0]
)
def test_what_is_not_lowest_neither_lights_nor_parts(closed: list[str]) -> None:
    bench = Bench()
    bench.run(0.5, closed)
    assert bench.names == []


def test_fairing_and_payload_leave() -> None:
    bench = Bench()
    world = bench.run(0.01)
    before = world.mass_kg
    bench.run(0.05, ["fairing_pyro", "payload_pyro"])
    assert sorted(bench.names) == ["fairing_separation", "payload_separation"]
    assert before - world.mass_kg == pytest.approx(180.0 + 300.0)


def test_nozzle_lifts_the_nose_and_reaction_control_does_too() -> None:
    """A positive pitch command turns about +y: from the vertical backwards, away from the heading."""
    bench = Bench()
    bench.run(1.0, ["stage_1_igniter"])
    assert bench.run(0.5, ["stage_1_igniter"], tvc_pitch=0.02).state[11] > 0.01
    other = Bench()
    other.run(1.0, ["stage_1_igniter"])
    before = other.world.state[11]
    other.run(0.5, ["stage_1_igniter"], rcs_pitch=1.0)
    still = Bench()
    still.run(1.5, ["stage_1_igniter"])
    assert other.world.state[11] > still.world.state[11]
    assert before == pytest.approx(still.world.state[11], abs=1e-2)


def test_commands_that_are_no_numbers_are_not_obeyed() -> None:
    bench = Bench()
    bench.run(1.0, ["stage_1_igniter"])
    bench.run(1.0, ["stage_1_igniter"], tvc_pitch=math.nan, rcs_pitch=math.nan)
    assert all(map(math.isfinite, bench.world.state))


def test_site_decides_where() -> None:
    assert Bench().world.position == pytest.approx(to_ecef(math.radians(40.96), math.radians(100.29), 1000.0))


def test_pad_holds_against_the_wind_and_then_the_wind_blows() -> None:
    """A wind along the heading, towards +z: on the pad nothing, 3 s after lift-off it has pushed along."""
    angle = math.radians(104.3)
    wind = Wind((0.0,), (20.0 * math.cos(angle),), (20.0 * math.sin(angle),))
    held, still = Bench(wind), Bench()
    assert held.run(1.0).state == still.run(1.0).state
    pushed, calm = held.run(3.0, ["stage_1_igniter"]), still.run(3.0, ["stage_1_igniter"])
    w, x, y, z = pushed.state[6:10]
    along = rotate(w, -x, -y, -z, *(a - b for a, b in zip(pushed.velocity, calm.velocity, strict=True)))
    assert along[2] > 0.3
    assert abs(along[1]) < 0.1 * along[2]
    assert pushed.motion.flow_angle > calm.motion.flow_angle
    assert pushed.state[11] < calm.state[11], "ahead of the centre of mass it blows the nose along, about -y"


def test_wind_is_the_plans_where_none_is_given() -> None:
    world = World(vehicles.load("zhuque-1"), SITE, 104.3, 300.0, lambda *_: None)
    assert world.wind == usual()


def test_lever_grows_as_the_centre_of_mass_moves_forward() -> None:
    """The same deflection turns 4 times as fast at T+70 s as at T+2 s, as thrust x lever / inertia has it."""
    early, late = Bench(), Bench()
    found = []
    for bench, begin in ((early, 2.0), (late, 70.0)):
        bench.world.density_ratio = 0.0
        bench.world.propulsion.misalignment = [(0.0, 0.0)] * 3
        bench.run(begin, ["stage_1_igniter"])
        before = bench.world.state[11]
        bench.run(0.1, ["stage_1_igniter"], tvc_pitch=0.005)
        found.append(bench.world.state[11] - before)
    assert found[1] / found[0] == pytest.approx(4.0, abs=0.4)
