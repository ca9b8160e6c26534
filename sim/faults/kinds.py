"""The table of faults, and how one is read from a scenario file or an argument."""

from __future__ import annotations

import math
from collections.abc import Mapping

from flight.plans import checked
from flight.wire.errors import Misuse
from sim.faults import electrical, instruments, propulsion
from sim.faults.fault import Fault, Kind, Number
from sim.world import World


def _burning(world: World, fault: Fault) -> bool:
    stage = int(fault.values["stage"]) - 1
    return world.lowest == stage and world.ignited_s[stage] is not None and not world.burnt_out[stage]


_STAGE = Number("stage", 1, 3, whole=True)
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
    "no_separation": Kind("the circuit of a joint's pyrotechnics is open", (), propulsion.keep_on, propulsion.JOINT),
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
