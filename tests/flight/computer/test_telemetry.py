"""Telemetry: records named as the dictionary names them, rates, the discretes' changes, the Earth-fixed solution."""

import math
from collections.abc import Callable
from dataclasses import fields
from typing import get_type_hints

import pytest

from flight import geodesy
from flight.computer import packets, phases, telemetry
from flight.computer.computer import step
from flight.computer.maths import rotate
from flight.wire.dictionary import default
from tests.flight.computer.desk import computer, sensors

RECORDS = {
    "sensors": packets.Sensors,
    "actuators": packets.Actuators,
    "imu": packets.ImuPacket,
    "gnss": packets.GnssPacket,
    "navigation": packets.NavigationPacket,
    "propulsion": packets.PropulsionPacket,
    "discretes": packets.DiscretesPacket,
    "power": packets.PowerPacket,
    "health": packets.HealthPacket,
}


@pytest.mark.parametrize("name", RECORDS)
def test_fields_are_the_dictionary_s(name: str) -> None:
    packet = default().packets[name]
    assert [field.name for field in fields(RECORDS[name])] == [field.name for field in packet.fields]
    hints = get_type_hints(RECORDS[name])
    for field in packet.fields:
        kind = {"f": float, "b": bool}.get(field.type[0], int)
        assert hints[field.name] is kind, field.name


def test_bits_stand_in_the_order_of_the_schedule() -> None:
    names = [field.name for field in fields(packets.Schedule)]
    assert [getattr(telemetry, name.upper()) for name in names] == [1 << place for place in range(len(names))]


def test_each_packet_has_its_own_period() -> None:
    state = computer()
    periods = {"imu": 1, "gnss": 20, "navigation": 4, "propulsion": 2, "discretes": 5, "power": 20, "health": 100}
    for name, period in periods.items():
        setattr(state.telemetry.periods, name, period)
    due = []
    for number in range(200):
        step(state, sensors(number))
        due.append(state.telemetry.due)
    for name, period in periods.items():
        bit = getattr(telemetry, name.upper())
        assert [number for number, mask in enumerate(due) if mask & bit] == list(range(0, 200, period)), name


@pytest.mark.parametrize(
    "name", ["umbilical", "stage_1_breakwire", "stage_2_breakwire", "fairing_breakwire", "payload_breakwire"]
)
def test_discretes_are_sent_when_one_changes(name: str) -> None:
    state = computer(periods=1000)
    due = []
    for number in range(10):
        step(state, sensors(number, **{name: number < 6}))
        due.append(bool(state.telemetry.due & telemetry.DISCRETES))
    assert [number for number, sent in enumerate(due) if sent] == [0, 6]
    assert getattr(state.telemetry.discretes, name) is False


def test_every_discrete_has_its_own_bit() -> None:
    masks: list[int] = []
    still, quiet = sensors(), computer().actuators
    whole = telemetry.discrete_states(still, quiet)
    for field in fields(packets.DiscretesPacket):
        inputs, outputs = sensors(), computer().actuators
        owner: object = inputs if hasattr(inputs, field.name) else outputs
        setattr(owner, field.name, not getattr(owner, field.name))
        masks.append(whole ^ telemetry.discrete_states(inputs, outputs))
    assert sorted(masks) == [1 << place for place in range(len(masks))]


def test_navigation_is_turned_into_the_earth_fixed_frame() -> None:
    n = computer().navigation
    n.position_x, n.position_y, n.position_z = 6.5e6, 1.2e6, -0.7e6
    n.velocity_x, n.velocity_y, n.velocity_z = 100.0, 7200.0, -900.0
    n.attitude_w, n.attitude_x, n.attitude_y, n.attitude_z = 0.5, -0.5, 0.5, 0.5
    packet = computer().telemetry.navigation
    telemetry.fill_navigation(packet, n, computer().control, 12.0, 333.0)
    place = geodesy.to_earth_fixed((n.position_x, n.position_y, n.position_z), 333.0)
    moving = (
        n.velocity_x + geodesy.ROTATION_RATE * n.position_y,
        n.velocity_y - geodesy.ROTATION_RATE * n.position_x,
        n.velocity_z,
    )
    assert (packet.position_x, packet.position_y, packet.position_z) == pytest.approx(place)
    speed = geodesy.to_earth_fixed(moving, 333.0)
    assert (packet.velocity_x, packet.velocity_y, packet.velocity_z) == pytest.approx(speed)
    nose = geodesy.to_earth_fixed(rotate(0.5, -0.5, 0.5, 0.5, 1.0, 0.0, 0.0), 333.0)
    attitude = (packet.attitude_w, packet.attitude_x, packet.attitude_y, packet.attitude_z)
    assert rotate(*attitude, 1.0, 0.0, 0.0) == pytest.approx(nose)
    assert packet.static_pressure == 12.0


@pytest.mark.parametrize(
    ("roll", "pitch", "yaw", "duty"), [(0.1, -0.2, 0.0, 0.2), (-0.5, 0.2, 0.3, 0.5), (0.0, 0.0, -1.0, 1.0)]
)
def test_duty_is_the_largest_of_the_axes(roll: float, pitch: float, yaw: float, duty: float) -> None:
    state = computer()
    state.actuators.rcs_roll, state.actuators.rcs_pitch, state.actuators.rcs_yaw = roll, pitch, yaw
    telemetry.fill_propulsion(state.telemetry.propulsion, sensors(), state.actuators)
    assert state.telemetry.propulsion.rcs_duty == duty


@pytest.mark.parametrize(
    ("kelvin", "raw"), [(310.127, 31013), (0.0, 0), (-5.0, 0), (1e12, 0), (math.nan, 0), (math.inf, 0)]
)
def test_temperature_is_checked_before_it_becomes_an_integer(kelvin: float, raw: int) -> None:
    state = computer()
    telemetry.fill_health(state.telemetry.health, sensors(processor_temperature=kelvin), 7)
    assert (state.telemetry.health.temperature, state.telemetry.health.steps) == (raw, 7)


def nothing_is_a_number() -> dict[str, float]:
    hints = get_type_hints(packets.Sensors)
    return {field.name: math.nan for field in fields(packets.Sensors) if hints[field.name] is float}


@pytest.mark.parametrize("values", [dict, nothing_is_a_number], ids=["at rest", "no sensor works"])
@pytest.mark.parametrize("phase", range(len(phases.PHASES)))
def test_computer_survives_anything(values: Callable[[], dict[str, float]], phase: int) -> None:
    state = computer()
    step(state, sensors(0))
    state.sequence.phase, state.sequence.lowest = phase, 2
    for number in range(1, 600):
        step(state, sensors(number, gnss_fresh=True, gnss_fix=True, **values()))
    n, a = state.navigation, state.actuators
    numbers = (n.position_x, n.velocity_y, n.attitude_w, a.tvc_pitch, a.rcs_roll, a.rcs_yaw)
    assert all(map(math.isfinite, numbers))
