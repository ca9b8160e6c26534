"""Faults of liquid engines, tanks, boosters, servos and of the whole vehicle, and what refuses them."""

import math
import re
from dataclasses import dataclass, field

import pytest

from flight.wire.errors import Misuse
from flight.wire.packet import Value
from sim import faults
from sim.sensors import CHANNELS, SensorSuite
from sim.vehicle import Vehicle
from tests.sim import vehicles
from tests.sim.commands import Stand, commands


@dataclass
class Flight(Stand):
    """A stand with sensors and faults."""

    faults_: tuple[str, ...] = ()
    destroyed: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sensors = SensorSuite(self.world, 1)
        self.wiring = faults.Wiring()
        parts = faults.Parts(
            self.world,
            self.sensors,
            self.wiring,
            faults.Downlink(),
            lambda _: None,
            lambda _: None,
            lambda: self.destroyed.append(self.world.time_s),
        )
        parsed = [faults.parse(text) for text in self.faults_]
        self.course = faults.Course(parsed, parts, 1, 10.0, self.report)
        self.row: dict[str, Value] = {}

    def fly(self, seconds: float, *closed: str, **numbers: float) -> "Flight":
        self.closed += [name for name in closed if name not in self.closed]
        given = commands(*self.closed, **numbers)
        for _ in range(round(100 * seconds)):
            self.row = dict(zip(CHANNELS, self.sensors.read(), strict=True))
            self.course.step()
            self.world.advance(self.wiring.carry(given))
        return self

    def reads(self, channel: str) -> float:
        return float(self.row[channel])


def flight(vehicle: Vehicle, *texts: str) -> Flight:
    made = Flight(vehicle, faults_=texts)
    made.world.density_ratio = 0.0
    return made


def upper(*texts: str) -> Flight:
    """The second stage's main engine burns since some seconds."""
    made = flight(vehicles.liquid(), *texts).fly(100.0, "stage_1_igniter", throttle=1.0)
    made.fly(1.0, "stage_1_cutoff", "stage_1_separation_pyro", "fairing_pyro")
    return made.fly(5.0, "stage_2_igniter")


def test_verniers_are_lost_when_the_main_engine_stops() -> None:
    """Pressure of 3 MPa to nothing in 0.6 s, half-way at 0.3 s; acceleration 8 kN over the mass, then none."""
    lost = upper("vernier_loss@1:stage=2").fly(0.32, "main_cutoff")
    assert lost.reads("vernier_chamber_pressure") == pytest.approx(1.5e6, rel=0.1)
    lost.fly(0.2)
    assert lost.events["fault_vernier_loss"] == pytest.approx(lost.events["stage_2_main_cutoff"] - 0.15, abs=0.02)
    lost.fly(0.8)
    assert lost.reads("vernier_chamber_pressure") < 0.02e6
    assert lost.reads("specific_force_x") == pytest.approx(0.0, abs=0.1)
    kept = upper().fly(1.5, "main_cutoff")
    assert kept.reads("vernier_chamber_pressure") == pytest.approx(3e6, rel=0.02)
    assert kept.reads("specific_force_x") == pytest.approx(8e3 / kept.world.mass_kg, abs=0.1)


def test_residual_thrust_shows_in_the_chamber() -> None:
    """5 kN of 600 kN: 67 kPa of 8 MPa (Falcon 1's third flight: 10 psi = 69 kPa)."""
    made = flight(vehicles.liquid(), "residual_thrust@1:stage=1,thrust_n=5000,lasts_s=10")
    made.fly(5.0, "stage_1_igniter", throttle=1.0).fly(0.5, "stage_1_cutoff")
    assert made.world.chamber_pressure(0) == pytest.approx(66e3, rel=0.05)
    assert made.fly(5.0).world.chamber_pressure(0) == pytest.approx(33e3, rel=0.1)


@pytest.mark.parametrize(
    ("tank", "channel", "full"),
    [
        ("fuel", "fuel_tank_pressure", 3e5),
        ("oxidizer", "oxidizer_tank_pressure", 4e5),
        ("helium", "helium_pressure", 3e7),
    ],
)
def test_tank_leak_falls_exponentially(tank: str, channel: str, full: float) -> None:
    """With a time constant of 5 s: to 1/e in 5 s."""
    made = flight(vehicles.liquid(), f"tank_leak@-9:stage=1,tank={tank},leak_s=5").fly(0.9)
    assert made.reads(channel) == pytest.approx(full, rel=0.05)
    made.fly(5.1)
    assert made.reads(channel) == pytest.approx(full / math.e, rel=0.07)


def test_oxidizer_leak_starves_the_engine() -> None:
    """Half the pressure is gone after 3.47 s; then thrust follows: at 6.93 s it is half."""
    made = flight(vehicles.liquid(), "tank_leak@2:stage=1,tank=oxidizer,leak_s=5")
    made.fly(2.0 + 0.47 + 3.4, "stage_1_igniter", throttle=1.0)
    assert made.world.chamber_pressure(0) == pytest.approx(8e6, rel=1e-3)
    made.fly(6.93 - 3.4)
    assert made.world.chamber_pressure(0) == pytest.approx(4e6, rel=0.02)


def test_falcon_s_first_flight() -> None:
    """Fuel pressure low before lift-off; fire at T+25 with heat and falling helium; no chamber pressure at T+29.5."""
    made = flight(vehicles.liquid(), "fuel_leak_fire@-5:stage=1")
    made.fly(6.0)
    assert made.events["fault_fuel_leak_fire"] == pytest.approx(5.0)
    assert made.reads("fuel_tank_pressure") == pytest.approx(0.85 * 3e5, rel=0.05)
    made.fly(24.0, "stage_1_igniter", throttle=1.0)
    assert made.reads("aft_temperature") == pytest.approx(293.15, abs=2.0)
    helium = made.reads("helium_pressure")
    made.fly(4.0)
    assert made.reads("aft_temperature") > 1000.0
    assert made.reads("helium_pressure") < 0.45 * helium
    assert made.reads("stage_1_chamber_pressure") > 7e6
    made.fly(2.0)
    assert made.reads("stage_1_chamber_pressure") < 0.05e6
    liftoff = made.events["liftoff"]
    assert made.events["stage_1_burnout"] - liftoff == pytest.approx(29.15, abs=0.02)


def test_falcon_s_second_flight() -> None:
    """A bump sets the slosh mass swinging, more and more with negative damping, and the vehicle rolls."""
    made = upper("slosh_instability@1:stage=2,growth=0.06,bump_m_s=0.1,roll_torque_n_m=20,out_s=30")
    pendulum = made.world.sideways.pendulums[1]
    assert pendulum is not None
    early = max(abs(made.fly(0.1).world.motion.force[1]) for _ in range(20))
    roll = made.world.state[10]
    late = max(abs(made.fly(0.1).world.motion.force[1]) for _ in range(100))
    assert late > 2.0 * early > 0.0
    assert made.world.state[10] > roll + 0.01
    made.fly(25.0)
    assert made.world.burnt_out[1]
    begun = made.events["fault_slosh_instability"]
    assert made.events["stage_2_burnout"] - begun == pytest.approx(30.5, abs=0.05)


def test_early_shutdown_of_a_liquid_core_leaves_its_propellant() -> None:
    made = flight(vehicles.crewed(), "early_burnout@20:stage=2,tail_s=0.4").fly(25.0, "stage_2_igniter", throttle=1.0)
    assert made.world.burnt_out[0]
    assert made.reads("stage_2_chamber_pressure") < 0.05e6
    assert made.events["stage_2_burnout"] - made.events["liftoff"] == pytest.approx(20.2, abs=0.02)
    assert made.world.propulsion.burns[0].burnt(0.0) < 5000.0


def test_booster_that_goes_out() -> None:
    made = flight(vehicles.boosted(), "booster_out@5:booster=3").fly(8.0, "stage_1_igniter", throttle=1.0)
    pressures = [made.reads(f"booster_{number}_chamber_pressure") for number in (1, 2, 3, 4)]
    assert pressures[2] < 0.05e6
    assert min(pressures[:2] + pressures[3:]) > 5.9e6
    assert made.world.state[12] < -0.001, "the left one: nose to the left"


def test_booster_that_does_not_leave_hits_the_core() -> None:
    """MS-10: three of four confirmations, then a shock, rates, and the core's tank pressure falls."""
    made = flight(vehicles.crewed(), "booster_contact@0:booster=2,delay_s=1.5,blow_m_s=1,leak_s=2")
    made.fly(93.0, "stage_2_igniter", throttle=1.0).fly(1.0, "booster_separation_pyro", throttle=1.0)
    wires = [made.row[f"booster_{number}_breakwire"] for number in (1, 2, 3, 4)]
    assert wires == [False, True, False, False]
    assert made.reads("oxidizer_tank_pressure") == pytest.approx(4e5, rel=0.05)
    still = math.hypot(*made.world.state[11:13])
    made.fly(0.6, throttle=1.0)
    assert made.row["booster_2_breakwire"] is False
    assert math.hypot(*made.world.state[11:13]) > still + math.radians(2.0)
    assert made.reads("oxidizer_tank_pressure") < 0.99 * 4e5
    made.fly(2.0, throttle=1.0)
    assert made.reads("oxidizer_tank_pressure") == pytest.approx(4e5 * math.exp(-2.08 / 2.0), rel=0.1)


def test_servo_bus_arc_leaves_the_nozzle_where_it_is() -> None:
    made = flight(vehicles.liquid(), "servo_bus_arc@3:voltage_v=150")
    made.fly(2.0, "stage_1_igniter", throttle=1.0)
    assert made.reads("servo_voltage") == pytest.approx(450.0, abs=3.0)
    made.fly(2.0, throttle=1.0, tvc_pitch=0.01).fly(1.0, throttle=1.0, tvc_pitch=-0.05)
    assert made.reads("servo_voltage") == pytest.approx(150.0, abs=3.0)
    assert made.reads("tvc_pitch") == pytest.approx(0.01, abs=2e-3)


def test_breakup_bursts_the_stage_opens_joints_and_is_silent_after_a_moment() -> None:
    made = flight(vehicles.liquid(), "breakup@3:shock_m_s2=150,arm_m=1,lasts_s=0.4").fly(
        2.0, "stage_1_igniter", throttle=1.0
    )
    struck_s = made.events["liftoff"] + 3.0
    made.fly(4.0, throttle=1.0)
    assert made.events["stage_1_burnout"] == pytest.approx(struck_s, abs=0.05)
    assert made.events["stage_1_separation"] == pytest.approx(struck_s, abs=0.06)
    assert made.reads("stage_1_breakwire") == 0.0
    assert made.destroyed[0] == pytest.approx(struck_s + 0.4, abs=0.03)


def test_explosion_is_told_to_who_can_end_it() -> None:
    made = flight(vehicles.liquid(), "explosion@3").fly(5.0, "stage_1_igniter", throttle=1.0)
    assert made.destroyed == [pytest.approx(made.events["liftoff"] + 3.0, abs=0.02)]


def test_faults_compose() -> None:
    made = flight(
        vehicles.boosted(), "booster_out@2:booster=1", "tank_leak@3:stage=1,tank=fuel,leak_s=5", "explosion@5"
    )
    made.fly(7.0, "stage_1_igniter", throttle=1.0)
    assert {"fault_booster_out", "fault_tank_leak", "fault_explosion"} <= set(made.events)


REFUSED = [
    ("liquid", "booster_out@5:booster=1", "fault booster_out: booster: kerolox has none"),
    ("boosted", "booster_contact@5:booster=5", "booster: 5 is outside of 1 to 4"),
    ("liquid", "vernier_loss@5:stage=1", "fault vernier_loss: stage: 1 has no vernier"),
    ("liquid", "vernier_loss@5:stage=3", "fault vernier_loss: stage: kerolox has 1 to 2"),
    ("crewed", "tank_leak@5:stage=1,tank=fuel,leak_s=1", "fault tank_leak: stage: kerolox has 2 to 3"),
    ("liquid", "slosh_instability@5:stage=1", "fault slosh_instability: stage: 1 has no slosh in its file"),
    ("sounding", "tank_leak@5:stage=1,tank=fuel,leak_s=1", "fault tank_leak: stage: 1 has no liquid engine"),
    ("sounding", "residual_thrust@5:stage=1,thrust_n=5,lasts_s=1", "fault residual_thrust: stage: 1 has no liquid"),
    ("sounding", "fuel_leak_fire@-5:stage=1", "fault fuel_leak_fire: stage: 1 has no liquid engine"),
    ("sounding", "servo_bus_arc@5", "fault servo_bus_arc: sounding has no servo bus (power.servo_voltage_v)"),
    ("sounding", "rcs_leak@5:mass_rate_kg_s=1", "fault rcs_leak: sounding has no reaction control"),
    ("liquid", "no_separation@5:joint=boosters", "fault no_separation: joint: kerolox has no boosters to separate"),
    ("liquid", "no_separation@5:joint=main", "fault no_separation: joint: kerolox has no main to separate"),
    ("crewed", "no_separation@5:joint=stage_1", "fault no_separation: joint: kerolox has no stage_1 to separate"),
]


@pytest.mark.parametrize(("vehicle", "text", "message"), REFUSED, ids=[f"{row[0]}-{row[1]}" for row in REFUSED])
def test_a_fault_of_a_part_that_is_not_there_is_refused(vehicle: str, text: str, message: str) -> None:
    with pytest.raises(Misuse, match=re.escape(message)):
        flight(getattr(vehicles, vehicle)(), text)
