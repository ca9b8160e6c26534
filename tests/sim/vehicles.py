"""Vehicles of the tests: small files that show every kind of part. Numbers are made up, round, and flyable."""

from sim import vehicle
from sim.vehicle import Vehicle

COMMON = """
payload_kg = 1000.0
avionics_kg = 200.0
fairing_kg = 500.0
avionics = { centre_m = 6.0, roll_m = 0.8, pitch_m = 0.8 }
fairing = { centre_m = 3.0, roll_m = 0.9, pitch_m = 1.5 }
payload = { centre_m = 4.0, roll_m = 0.8, pitch_m = 0.8 }

[drag]
mach = [0.0, 1.0, 2.0]
coefficient = [0.3, 0.5, 0.3]

[normal_force]
slope_per_rad = [2.0, 2.2, 2.5]
centre_m = [2.0, 2.0, 2.0]
cross_flow_drag = 1.2

[separation]
pyro_delay_s = 0.02
igniter_delay_s = 0.05
push_m_s2 = 4.0
push_s = 0.05

[sensors]
force_noise_m_s2 = 0.02
force_bias_m_s2 = 5.0e-4
force_step_m_s2 = 1.0e-3
force_limit_m_s2 = 300.0
rate_noise_rad_s = 1.0e-4
rate_bias_rad_s = 2.0e-7
rate_step_rad_s = 1.0e-6
rate_limit_rad_s = 17.5
gnss_position_m = 3.0
gnss_velocity_m_s = 0.05
barometer_noise_pa = 15.0
barometer_step_pa = 1.0
chamber_noise = 1.5e-3
tank_noise_pa = 4.0e3
vectoring_noise_rad = 2.0e-4

[power]
bus_voltage_v = 28.0
bus_resistance_ohm = 0.03
bus_current_a = 20.0
pyro_current_a = 6.0
servo_voltage_v = 450.0
"""

TANKS = """
mixture_ratio = 3.0
fuel_tank_pressure_pa = 3.0e5
oxidizer_tank_pressure_pa = 4.0e5
helium_pressure_pa = 3.0e7
helium_end_pa = 5.0e6
"""

STAGE_1 = f"""
[[stage]]
propulsion = "liquid"
propellant_kg = 20000.0
dry_kg = 1500.0
thrust_n = 600000.0
specific_impulse_s = 300.0
exit_area_m2 = 0.8
chamber_pressure_pa = 8.0e6
engines = 4
start_s = 0.8
shutdown_s = 0.4
throttle_least = 0.6
throttle_rate = 0.5
residual_kg = 100.0
roll_arm_m = 0.6
{TANKS}
dry = {{ centre_m = 17.0, roll_m = 0.9, pitch_m = 3.0 }}
propellant = {{ centre_m = 17.0, roll_m = 0.7, pitch_m = 3.0 }}
nozzle_m = 23.0
aft_m = 24.0
planform_m2 = 45.0
planform_centre_m = 12.0
pitch_damping = -100.0
vectoring_limit_deg = 6.0
vectoring_rate_deg_s = 20.0
vectoring_lag_s = 0.04
"""

STAGE_2 = f"""
[[stage]]
propulsion = "liquid"
propellant_kg = 5000.0
dry_kg = 500.0
thrust_n = 80000.0
specific_impulse_s = 340.0
exit_area_m2 = 0.5
chamber_pressure_pa = 7.0e6
engines = 1
start_s = 0.6
shutdown_s = 0.3
residual_kg = 20.0
{TANKS}
dry = {{ centre_m = 9.0, roll_m = 0.9, pitch_m = 1.5 }}
propellant = {{ centre_m = 9.0, roll_m = 0.7, pitch_m = 1.2 }}
nozzle_m = 11.5
aft_m = 12.0
planform_m2 = 20.0
planform_centre_m = 7.0
pitch_damping = -20.0

[stage.vernier]
thrust_n = 8000.0
specific_impulse_s = 320.0
exit_area_m2 = 0.05
chamber_pressure_pa = 3.0e6
roll_arm_m = 0.8
vectoring_limit_deg = 30.0
vectoring_rate_deg_s = 40.0
vectoring_lag_s = 0.03

[stage.slosh]
mass_part = 0.1
frequency_hz = 0.6
damping = 0.02
hinge_m = 8.0
"""

HEAD = """
name = "kerolox"
reference_area_m2 = 3.1416
reference_length_m = 2.0
"""

THRUSTERS = """
[reaction_control]
propellant_kg = 40.0
density_kg_m3 = 1000.0
pressure_pa = 2.5e6
ullage_m3 = 0.02
specific_impulse_s = 220.0
roll_torque_n_m = 200.0
pitch_torque_n_m = 1500.0
arm_m = 1.0
ring_m = 6.0
vent_s = 0.8
axial_n = 400.0
"""

BOOSTERS = f"""
[booster]
count = 4
ring_m = 2.0
propulsion = "liquid"
propellant_kg = 8000.0
dry_kg = 700.0
thrust_n = 250000.0
specific_impulse_s = 290.0
exit_area_m2 = 0.4
chamber_pressure_pa = 6.0e6
engines = 1
start_s = 0.8
shutdown_s = 0.4
residual_kg = 40.0
{TANKS}
dry = {{ centre_m = 19.0, roll_m = 0.6, pitch_m = 2.0 }}
propellant = {{ centre_m = 18.0, roll_m = 0.5, pitch_m = 2.0 }}
nozzle_m = 23.0
drag_area_m2 = 1.0
planform_m2 = 6.0
planform_centre_m = 18.5
gimballed = true
"""

CREW = """
[tower]
mass_kg = 300.0
place = { centre_m = 0.5, roll_m = 0.3, pitch_m = 1.0 }

[escape]
capsule_kg = 700.0
escaping_kg = 1200.0
place = { centre_m = 4.0, roll_m = 0.8, pitch_m = 0.9 }
drag_area_m2 = 3.0
tower_thrust_n = 120000.0
tower_burn_s = 3.0
fairing_thrust_n = 60000.0
fairing_burn_s = 1.0
release_s = 8.0

[parachute.drogue]
drag_area_m2 = 10.0
inflate_s = 1.0
attach_m = 3.0

[parachute.main]
drag_area_m2 = 300.0
inflate_s = 4.0
attach_m = 3.0
"""

BEACON = """
[beacon]
name = "mite"
bus_voltage_v = 8.0
bus_current_a = 0.4
"""

SOUNDING = (
    """
name = "sounding"
reference_area_m2 = 0.0314
reference_length_m = 0.2
payload_kg = 10.0
avionics_kg = 3.0
fairing_kg = 0.0
avionics = { centre_m = 0.9, roll_m = 0.05, pitch_m = 0.2 }
fairing = { centre_m = 0.3, roll_m = 0.05, pitch_m = 0.2 }
payload = { centre_m = 0.6, roll_m = 0.05, pitch_m = 0.2 }
"""
    + COMMON[COMMON.index("[drag]") :]
    .replace("[2.0, 2.2, 2.5]", "[8.0, 9.0, 7.0]")
    .replace("[2.0, 2.0, 2.0]", "[2.6, 2.6, 2.5]")
    .replace("servo_voltage_v = 450.0", "")
    + """
[trace]
part = [0.0, 1.0]
thrust = [1.0, 1.0]

[[stage]]
propellant_kg = 30.0
dry_kg = 12.0
specific_impulse_s = 220.0
mean_thrust_n = 8000.0
exit_area_m2 = 0.004
chamber_pressure_pa = 5.0e6
rise_s = 0.05
dry = { centre_m = 2.0, roll_m = 0.09, pitch_m = 0.5 }
propellant = { centre_m = 2.1, roll_m = 0.07, pitch_m = 0.4 }
nozzle_m = 2.9
aft_m = 3.0
planform_m2 = 0.6
planform_centre_m = 1.6
pitch_damping = -300.0

[parachute.drogue]
drag_area_m2 = 0.5
inflate_s = 0.3
attach_m = 0.8

[parachute.main]
drag_area_m2 = 12.0
inflate_s = 1.0
attach_m = 0.8
"""
)
"""Small solid with fins: no reaction control, no vectoring, two parachutes."""

LIQUID_TEXT = HEAD + COMMON + THRUSTERS + STAGE_1 + STAGE_2
BOOSTED_TEXT = LIQUID_TEXT + BOOSTERS
CREWED_TEXT = "first_stage = 2\n" + BOOSTED_TEXT + CREW


def liquid() -> Vehicle:
    """Two liquid stages, the second with verniers, slosh in it, and thrusters."""
    return vehicle.parse(LIQUID_TEXT, "kerolox.toml")


def boosted() -> Vehicle:
    """The same with four liquid boosters."""
    return vehicle.parse(BOOSTED_TEXT, "boosted.toml")


def crewed() -> Vehicle:
    """The same with a tower, an escape and parachutes; its core counts as stage 2."""
    return vehicle.parse(CREWED_TEXT, "crewed.toml")


def sounding() -> Vehicle:
    """One solid stage with fins and parachutes, and nothing that steers."""
    return vehicle.parse(SOUNDING, "sounding.toml")


def with_beacon() -> Vehicle:
    """The liquid one with a payload that speaks."""
    return vehicle.parse(LIQUID_TEXT + BEACON, "beacon.toml")
