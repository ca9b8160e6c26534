"""Vehicle and scenario files: those that come with the software, and what is refused in one's own."""

import re
from pathlib import Path

import pytest

from flight.plans import plan as plans
from flight.wire.errors import Misuse
from sim import faults, scenario, vehicle
from sim.motor import SolidMotor

FOLDER = Path(vehicle.__file__).parent
VEHICLE = (FOLDER / "vehicles" / "zhuque-1.toml").read_text(encoding="utf-8")
MAIDEN = (FOLDER / "scenarios" / "zhuque-1" / "maiden.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", vehicle.names())
def test_every_vehicle_has_scenarios_whose_plans_are_its_own(name: str) -> None:
    spec = vehicle.load(name)
    assert spec.name == name
    assert "nominal" in scenario.names(name)
    for each in scenario.names(name):
        flight = scenario.load(name, each)
        assert flight.name == each
        assert plans.load(flight.plan).vehicle == name
        assert len(plans.load(flight.plan).stages) == len(spec.stages)


def test_every_number_of_a_vehicle_says_where_it_comes_from() -> None:
    """A source beside each number, or for its whole table."""
    covered = False
    for line in VEHICLE.splitlines():
        if line.startswith("["):
            covered = "#" in line
        elif "=" in line and not line.startswith(("#", "name", "help")):
            assert covered or re.search(r"# (P\[|A|C:)", line), line


@pytest.mark.parametrize(
    ("name", "payload_kg"), [("zhuque-1", 300.0), ("zhuque-1-maiden", 150.0), ("zhuque-1-sso", 100.0)]
)
def test_plan_knows_the_vehicle_that_flies_it(name: str, payload_kg: float) -> None:
    """Authorities are those of the vehicle's file half-way through a burn, where thrusters steer only after it at its
    end, and burn times its motors'.
    """
    plan, spec = plans.load(name), vehicle.load("zhuque-1")
    control = spec.reaction_control
    for place, (planned, built) in enumerate(zip(plan.stages, spec.stages, strict=True)):
        assert planned.burn_s == pytest.approx(built.motor.burn_s, abs=0.1)
        half, empty = spec.burnt(place, 0.5, payload_kg), spec.burnt(place, 0.0, payload_kg)
        assert planned.roll_authority == pytest.approx(control.roll_torque_n_m / half.roll, rel=0.01)
        steered = empty if built.vectoring is not None else half
        pitch = control.pitch_torque_n_m * control.lever(steered.centre) / steered.pitch
        assert planned.pitch_authority == pytest.approx(pitch, rel=0.01)
        assert planned.vectored is (built.vectoring is not None)
        if built.vectoring is not None:
            authority = built.motor.mean_thrust_n * (built.nozzle_m - half.centre) / half.pitch
            assert planned.vectoring_authority == pytest.approx(authority, rel=0.01)
        if place > 0:
            assert planned.mass_kg == pytest.approx(spec.burnt(place, 1.0, payload_kg).mass, abs=3.0)
            assert planned.thrust_n == built.motor.mean_thrust_n
            assert planned.exhaust_speed_m_s == pytest.approx(built.motor.exhaust_speed, abs=0.01)
            assert planned.trace is not None
            assert isinstance(built.motor, SolidMotor)
            assert (*zip(planned.trace.part, planned.trace.thrust, strict=True),) == built.motor.trace
        assert 0.02 < planned.running_pressure_pa / built.chamber_pressure_pa < 0.05
    assert plan.reaction_pressure_pa == control.pressure_pa


VEHICLE_ERRORS = [
    ("propellant_kg = 16150.0 ", "propelant_kg = 16150.0 ", "stage[0].propellant_kg: missing; is it what propelant_kg"),
    ("dry_kg = 580.0", "dry_kg = -1", "stage[1].dry_kg: -1 is outside of 0.1 to 1e+07"),
    ("mean_thrust_n = 552000.0", "mean_thrust_n = 200000.0", "stage[0].mean_thrust_n: does not lift 27000 kg"),
    ("specific_impulse_s = 267.0", "specific_impulse_s = inf", "stage[0].specific_impulse_s: is not finite"),
    ("mach = [0.0, 0.6,", "mach = [0.7, 0.6,", "drag.mach: each number must be larger than the one before"),
    ("coefficient = [0.30, 0.30,", "coefficient = [0.30,", "drag.coefficient: must be a list of 15 to 15 numbers"),
    ("slope_per_rad = [2.00,", "slope_per_rad = [", "normal_force.slope_per_rad: must be a list of 15 to 15 numbers"),
    ("nozzle_m = 9.2", "nozzle_m = 6.2", "stage[1].nozzle_m: is ahead of the centre of mass at 6.55 m"),
    ("pitch_damping = -170.0", "pitch_damping = 170.0", "stage[0].pitch_damping: 170 is outside of -100000 to 0"),
    (
        "{ centre_m = 14.8,",
        "{ center_m = 14.8,",
        "stage[0].dry.centre_m: missing; is it what center_m was meant to be?",
    ),
    ("part = [0.0, 0.02", "part = [0.01, 0.02", "trace.part: must go from 0.0 to 1.0"),
    ("vectoring_lag_s = 0.04 ", "vectoring_lag = 0.04 ", "stage[0].vectoring_lag_s: missing; is it what vectoring_lag"),
    ("arm_m = 0.65", 'arm_m = "0.65"', "reaction_control.arm_m: '0.65' is no number"),
    ("push_s = 0.05", "push_s = 0.05\npull_s = 1", "separation.pull_s: unknown key; did you mean push_s?"),
    ("fairing_kg = 180.0", "fairing_kg = true", "fairing_kg: True is no number"),
    ("[power]", "[power", "not valid TOML"),
]


@pytest.mark.parametrize(("before", "after", "message"), VEHICLE_ERRORS, ids=[row[2][:30] for row in VEHICLE_ERRORS])
def test_vehicle_errors_name_file_key_and_reason(before: str, after: str, message: str) -> None:
    assert before in VEHICLE
    with pytest.raises(Misuse, match=r"my\.toml: " + re.escape(message)):
        vehicle.parse(VEHICLE.replace(before, after, 1), "my.toml")


SCENARIO_ERRORS = [
    ('kind = "rcs_leak"', 'kind = "rcs_leek"', "fault[1].kind: no such fault 'rcs_leek'; did you mean rcs_leak?"),
    ("mass_rate_kg_s = ", "mass_rate = ", "fault[1].mass_rate_kg_s: missing"),
    ("time_s = 339.0", "time_s = -1.0", "fault[0].time_s: -1 is outside of 0 to 1e+06"),
    ("stage = 3", "stage = 4", "fault[0].stage: 4 is outside of 1 to 3"),
    (
        "stage = 3",
        "stage = 3\nroll_deg = 1",
        "fault[0].roll_deg: unknown key; one of kind, pitch_deg, stage, time_s, yaw_deg",
    ),
    ("payload_kg = 150.0", "payload_kg = -150.0", "payload_kg: -150 is outside of 0 to 1e+06"),
    ('plan = "zhuque-1-maiden"', "", "plan: missing"),
    ("end_s = ", "ends_s = ", "ends_s: unknown key; did you mean end_s?"),
]


@pytest.mark.parametrize(("before", "after", "message"), SCENARIO_ERRORS, ids=[row[2][:30] for row in SCENARIO_ERRORS])
def test_scenario_errors_name_file_key_and_reason(before: str, after: str, message: str) -> None:
    assert before in MAIDEN
    with pytest.raises(Misuse, match=r"my\.toml: " + re.escape(message)):
        scenario.parse(MAIDEN.replace(before, after, 1), "my.toml")


def test_unknown_names_suggest() -> None:
    with pytest.raises(Misuse, match=r"vehicle 'zuque-1': no such name or file; did you mean zhuque-1\?"):
        vehicle.load("zuque-1")
    with pytest.raises(Misuse, match=r"zhuque-1 scenario 'madien': no such name or file; did you mean maiden\?"):
        scenario.load("zhuque-1", "madien")


def test_scenario_of_another_vehicle(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(MAIDEN, encoding="utf-8")
    assert scenario.load("zhuque-1", str(file)).payload_kg == 150.0
    with pytest.raises(Misuse, match=r"mine\.toml: vehicle: is 'zhuque-1', asked for was 'falcon-1'"):
        scenario.load("falcon-1", str(file))


def test_fault_from_one_argument() -> None:
    fault = faults.parse("rcs_leak@340.5:mass_rate_kg_s=0.4, torque_yaw_n_m=12")
    assert (fault.kind, fault.time_s) == ("rcs_leak", 340.5)
    assert fault.values == {
        "mass_rate_kg_s": 0.4,
        "torque_roll_n_m": 0.0,
        "torque_pitch_n_m": 0.0,
        "torque_yaw_n_m": 12.0,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rcs_leak", "'rcs_leak' has no @; write KIND@SECONDS:KEY=NUMBER,KEY=NUMBER"),
        ("rcs_leak@soon", "could not convert string to float: 'soon'"),
        ("rcs_leak@3:mass_rate_kg_s", "could not convert string to float"),
        ("rcs_leak@3", "mass_rate_kg_s: missing"),
        ("leak@3:mass_rate_kg_s=1", "kind: no such fault 'leak'; did you mean rcs_leak?"),
        ("thrust_misalignment@3:stage=1,pitch=2", "pitch: unknown key; did you mean pitch_deg?"),
    ],
)
def test_fault_arguments_that_make_no_sense(text: str, message: str) -> None:
    with pytest.raises(Misuse, match="^fault '" + re.escape(text) + "': " + re.escape(message)):
        faults.parse(text)
