"""The table of faults, and how one is read from a scenario file or an argument."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flight.plans import checked
from flight.wire.errors import Misuse
from sim.faults import electrical, instruments, liquids, propulsion, structure
from sim.faults.fault import Fault, Kind, Number
from sim.world import World


def _burning(world: World, fault: Fault) -> bool:
    place = world.vehicle.place_of(int(fault.values["stage"]))
    return place is not None and world.burns(place)


_STAGE = Number("stage", 1, 3, whole=True)
_BOOSTER = Number("booster", 1, 4, whole=True)
_DURATION = Number("duration_s", 0.0, 1e6, 0.0)
"""0 lasts to the end of the flight."""

KINDS: Mapping[str, Kind] = {
    "rcs_leak": Kind(
        "propellant leaks from the reaction-control tank, pushing as it leaves",
        (
            Number("mass_rate_kg_s", 0.0, 1000.0),
            Number("torque_roll_n_m", -1e6, 1e6, 0.0),
            Number("torque_pitch_n_m", -1e6, 1e6, 0.0),
            Number("torque_yaw_n_m", -1e6, 1e6, 0.0),
        ),
        propulsion.leak,
        lacks=propulsion.lacks_thrusters,
    ),
    "thrust_misalignment": Kind(
        "a motor's thrust points beside the axis from now on",
        (_STAGE, Number("pitch_deg", -10.0, 10.0, 0.0), Number("yaw_deg", -10.0, 10.0, 0.0)),
        propulsion.misalign,
        earliest_s=0.0,
    ),
    "low_thrust": Kind(
        "a motor gives less thrust by this part of it, and burns longer; from ignition, or from now where it burns",
        (_STAGE, Number("part", 0.001, 0.9)),
        propulsion.weaken,
    ),
    "early_burnout": Kind(
        "a motor goes out, its thrust falling to nothing within tail_s; once it burns",
        (_STAGE, Number("tail_s", 0.05, 60.0, 1.0)),
        propulsion.quench,
        ready=_burning,
    ),
    "no_ignition": Kind("a stage's igniter circuit is open", (_STAGE,), propulsion.keep_unlit),
    "no_separation": Kind(
        "the circuit of a joint's pyrotechnics is open",
        (),
        propulsion.keep_on,
        propulsion.JOINT,
        lacks=propulsion.lacks_joint,
    ),
    "nozzle_burn_through": Kind(
        "hot gas eats through a nozzle: pressure and thrust fall and a side force grows within ramp_s, the nozzle's "
        "actuators drift to their stop; once the motor burns",
        (
            _STAGE,
            Number("pressure_part", 0.05, 0.2, 0.12),
            Number("side_part", 0.0, 0.05, 0.03),
            Number("ramp_s", 2.0, 5.0, 3.0),
            Number("drift_deg_s", 0.0, 20.0, 0.5),
            Number("direction_deg", -360.0, 360.0, 0.0),
        ),
        propulsion.burn_through,
        ready=_burning,
    ),
    "sensor_bias": Kind(
        "a channel reads too much by `size`, in its own unit, reached evenly within ramp_s",
        (Number("size", -1e9, 1e9), Number("ramp_s", 0.0, 1e6, 0.0), _DURATION),
        instruments.bias,
        instruments.MEASURED,
    ),
    "sensor_stuck": Kind(
        "a channel keeps its reading, or reads `value`",
        (Number("value", -1e9, 1e9, optional=True), _DURATION),
        instruments.stick,
        instruments.ANY,
    ),
    "sensor_noise": Kind(
        "a channel is noisier by `sigma`, in its own unit",
        (Number("sigma", 0.0, 1e9), _DURATION),
        instruments.shake,
        instruments.MEASURED,
    ),
    "sensor_dropout": Kind(
        "a channel reads nothing: no number, a broken wire, a count of 0",
        (_DURATION,),
        instruments.drop,
        instruments.ANY,
    ),
    "gnss_loss": Kind("no satellite is received", (_DURATION,), instruments.lose_satellites),
    "barometer_blocked": Kind(
        "ice over the static port: the pressure behind it follows with the time constant leak_s",
        (Number("leak_s", 0.1, 1e6, 30.0), _DURATION),
        instruments.block_port,
    ),
    "brown_out": Kind(
        "the bus sags to voltage_v; after sag_s the computer and the receiver lose power, gap_s later they start again",
        (Number("voltage_v", 0.0, 21.9, 19.0), Number("sag_s", 0.0, 10.0, 0.4), Number("gap_s", 0.3, 3.0, 1.0)),
        electrical.brown_out,
    ),
    "reset": Kind(
        "the computer stops, and gap_s later flies on with its memory as it was",
        (Number("gap_s", 0.02, 1.0, 0.1),),
        electrical.reset,
        electrical.CAUSE,
    ),
    "telemetry_dropout": Kind(
        "packets are lost on the radio: the part `loss` of them, all the time or in the first `part` of each period_s",
        (
            Number("loss", 0.0, 1.0, 1.0),
            Number("period_s", 0.0, 1e3, 0.0),
            Number("part", 0.0, 1.0, 0.5),
            _DURATION,
        ),
        electrical.fade,
    ),
    "vernier_loss": Kind(
        "a stage's verniers go out within tail_s, once its main engines have been stopped",
        (_STAGE, Number("tail_s", 0.05, 10.0, 0.6)),
        liquids.stop_vernier,
        ready=liquids.main_stopped,
        lacks=liquids.lacks_vernier,
    ),
    "residual_thrust": Kind(
        "after its shutdown an engine goes on with thrust_n, which falls evenly to nothing within lasts_s",
        (_STAGE, Number("thrust_n", 1.0, 1e6), Number("lasts_s", 0.1, 100.0)),
        liquids.remain,
        lacks=liquids.lacks_liquid,
    ),
    "tank_leak": Kind(
        "the pressure of a stage's tank or helium bottle falls with the time constant leak_s; an engine whose tank has "
        "lost half of it starves",
        (_STAGE, Number("leak_s", 0.1, 1e5)),
        liquids.leak,
        liquids.TANK,
        lacks=liquids.lacks_liquid,
    ),
    "fuel_leak_fire": Kind(
        "fuel pressure is only pressure_part of its own from now on; fire_s after lift-off the engine bay burns and "
        "helium falls with the time constant helium_s, at out_s the engine goes out within tail_s",
        (
            _STAGE,
            Number("pressure_part", 0.3, 1.0, 0.85),
            Number("fire_s", 0.0, 1000.0, 25.0),
            Number("out_s", 0.0, 1000.0, 29.0),
            Number("helium_s", 0.1, 1000.0, 3.0),
            Number("tail_s", 0.05, 10.0, 0.3),
        ),
        liquids.burn_bay,
        lacks=liquids.lacks_liquid,
    ),
    "slosh_instability": Kind(
        "a bump sets propellant swinging, with that negative damping of the swing, and a roll torque; the engine "
        "starves out_s later; once it burns",
        (
            _STAGE,
            Number("growth", 0.0, 0.5, 0.06),
            Number("bump_m_s", 0.0, 10.0, 0.1),
            Number("roll_torque_n_m", -1e6, 1e6, 0.0),
            Number("out_s", 0.1, 1e4, 1e4),
        ),
        liquids.slosh,
        ready=_burning,
        lacks=liquids.lacks_slosh,
    ),
    "booster_out": Kind(
        "a liquid booster goes out within tail_s",
        (_BOOSTER, Number("tail_s", 0.05, 10.0, 0.5)),
        structure.stop_booster,
        earliest_s=0.0,
        lacks=structure.lacks_liquid_booster,
    ),
    "booster_contact": Kind(
        "a booster stays on when the others leave, and delay_s later hits the core from the side by blow_m_s: its "
        "oxidizer tank's pressure falls with the time constant leak_s",
        (
            _BOOSTER,
            Number("delay_s", 0.05, 60.0, 1.5),
            Number("blow_m_s", 0.0, 20.0, 1.0),
            Number("leak_s", 0.05, 1e4, 1.5),
        ),
        structure.touch,
        lacks=structure.lacks_core_tanks,
    ),
    "servo_bus_arc": Kind(
        "the servos' bus falls to voltage_v, and their nozzles stay where they are",
        (Number("voltage_v", 0.0, 200.0, 150.0),),
        structure.arc,
        lacks=structure.lacks_servo_bus,
    ),
    "breakup": Kind(
        "the structure fails: the lowest stage bursts, its joint breaks and the fairing comes off, what is above takes "
        "a shock across its axis, arm_m from its centre, and falls silent lasts_s later; in flight",
        (
            Number("shock_m_s2", 0.0, 2000.0, 200.0),
            Number("arm_m", 0.0, 20.0, 2.0),
            Number("lasts_s", 0.1, 60.0, 0.5),
        ),
        structure.break_up,
        earliest_s=0.0,
        lacks=structure.lacks_upper_stage,
    ),
    "explosion": Kind("the vehicle is destroyed, by itself or on command: silence", (), structure.destroy),
}


def read(section: checked.Section) -> Fault:
    """A fault from a table of a scenario file: `kind`, `time_s` and the kind's values. Raises Misuse."""
    name = section.text("kind", 40)
    if name not in KINDS:
        raise section.refuse("kind", f"no such fault {name!r}; {checked.nearest(name, set(KINDS))}")
    kind = KINDS[name]
    choice = ""
    if kind.choice is not None:
        key, options = kind.choice.key, kind.choice.options
        choice = section.text(key, 64)
        if choice not in options:
            raise section.refuse(key, f"no such {key} {choice!r}; {checked.nearest(choice, set(options))}")
    time_s = section.number("time_s", kind.earliest_s, 1e6)
    values: dict[str, float] = {}
    for number in kind.numbers:
        if number.optional and number.key not in section.keys():
            continue
        value = section.number(number.key, number.low, number.high, number.default)
        if number.whole and not value.is_integer():
            raise section.refuse(number.key, f"{value:g} is no whole number")
        values[number.key] = value
    section.finish()
    return Fault(name, time_s, values, choice)


def parse(text: str) -> Fault:
    """A fault from one argument, as in `rcs_leak@340:mass_rate_kg_s=0.4,torque_yaw_n_m=10`. Raises Misuse."""
    head, _, tail = text.partition(":")
    kind, at, time = head.partition("@")
    named = KINDS[kind].choice if kind in KINDS else None
    table: dict[str, object] = {"kind": kind}
    try:
        if not at:
            raise ValueError(f"{head!r} has no @")
        table["time_s"] = float(time)
        for item in filter(None, tail.split(",")):
            key, _, value = (part.strip() for part in item.partition("="))
            table[key] = value if named is not None and key == named.key else _number(value)
    except ValueError as error:
        raise Misuse(f"fault {text!r}: {error}; write KIND@SECONDS:KEY=NUMBER,KEY=NUMBER") from error
    return read(checked.Section(f"fault {text!r}", "", table))


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not finite")
    return value
