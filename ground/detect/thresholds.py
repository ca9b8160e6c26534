"""The numbers that the live detection decides by: `thresholds.toml`, read, validated and frozen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from flight.wire.errors import Misuse


@dataclass(frozen=True, slots=True)
class Silence:
    vehicle_s: float
    received_s: float


@dataclass(frozen=True, slots=True)
class LimitRules:
    hysteresis: float


@dataclass(frozen=True, slots=True)
class Pad:
    settle_s: float
    gravity: float
    tolerance: float
    onset_sigmas: float
    rise: float
    hold_s: float
    speed: float
    airborne_speed: float
    sigmas: float


@dataclass(frozen=True, slots=True)
class Force:
    on: float
    off_fraction: float
    off_floor: float
    on_hold_s: float
    off_hold_s: float
    cut_part: float
    cut_s: float
    alone_s: float
    fall_part: float
    fall_near_s: float
    push: float
    escape: float
    escape_s: float
    kick: float
    kick_quiet_s: float


@dataclass(frozen=True, slots=True)
class Pressure:
    lit: float
    rise_floor: float
    out_fraction: float
    cut_part: float
    cut_s: float
    hold_s: float
    zero_limit: float


@dataclass(frozen=True, slots=True)
class Wire:
    kick_s: float
    parted_s: float
    stuck_s: float


@dataclass(frozen=True, slots=True)
class Trajectory:
    max_q_least: float
    max_q_drop: float
    max_q_bottom: float
    speed_error: float
    apogee_span_s: float
    climb: float
    orbit_perigee: float
    settle_s: float
    landing_speed: float
    impact_in_s: float
    agree_position: float
    agree_speed: float


@dataclass(frozen=True, slots=True)
class Attitude:
    error: float
    release: float
    hold_s: float
    coast_hold_s: float
    alone_s: float
    closing: float
    rate: float
    rate_hold_s: float


@dataclass(frozen=True, slots=True)
class Deviation:
    disagree_s: float
    solid_lights_s: float
    liquid_lights_s: float
    answer_s: float
    hopeless_s: float
    perigee_s: float


@dataclass(frozen=True, slots=True)
class EnvelopeRules:
    distance: float
    hold_s: float
    inflate: float
    height_part: float
    height_floor: float
    speed_part: float
    speed_floor: float
    edge_part: float
    level_sigmas: float
    level_part: float
    change_sigmas: float
    change_part: float
    end_sigmas: float
    end_part: float
    going_out: float
    burn_s: float
    bay_rise: float


@dataclass(frozen=True, slots=True)
class Sensor:
    stuck_s: float
    stuck_chance: float
    learnt: float
    learnt_fine: float
    liveliest: float
    liveliest_fine: float
    dullest: float
    together: float
    lively_hz: float
    fixes: float
    speed_apart: float
    lag_s: float
    position_apart: float
    apart_s: float
    sigmas: float
    aligned: float
    again: float
    far: float
    wild: float
    renewing: float
    grown_sigmas: float
    bias_error: float
    barometer_ceiling: float
    barometer_part: float
    port_part: float
    barometer_s: float


@dataclass(frozen=True, slots=True)
class EstimatorRules:
    receiver_position: float
    receiver_speed: float
    walk: float
    bias: float
    bias_walk: float
    lag_s: float
    jitter_s: float
    step: float
    part: float
    realigned: float
    drift: float
    slip: float
    restless: float
    restless_s: float
    blind: float
    blind_s: float
    gate_1: float
    gate_3: float
    refused: float
    give_up: float
    weather: float
    port: float
    port_still: float
    transonic_from: float
    transonic_to: float
    memory_s: float
    ceiling: float
    absorbed: float
    fresh: float
    renewed: float
    settling: float
    bridged: float


@dataclass(frozen=True, slots=True)
class CusumRules:
    channels: float
    hours: float
    reference: float
    clip: float
    margin: float
    memory: float
    correlation: float
    doubt: float


@dataclass(frozen=True, slots=True)
class ImuFaultRules:
    sigmas: float
    clip: float
    looks: float
    hangs: float
    step_every_s: float
    step_onsets: float
    step_least: float
    turn_every_s: float
    turn_onsets: float
    turn_least: float


@dataclass(frozen=True, slots=True)
class Subsystem:
    leak_s: float
    leak_rate: float
    leak_duty: float
    fall_s: float
    fall_part: float
    pad_part: float
    stop_part: float
    stop_s: float
    lag_error: float
    lag_s: float
    lag_part: float


@dataclass(frozen=True, slots=True)
class Layers:
    """What takes part in deciding: all of it, but where an evaluation asks what a layer adds."""

    estimator: bool
    cusum: bool
    crosscheck: bool
    stuck: bool
    envelope: bool
    watches: bool
    second_witness: bool


@dataclass(frozen=True, slots=True)
class Shock:
    blow: float
    blow_s: float
    samples: float
    settle_s: float
    explain_s: float
    apart_s: float
    near_s: float
    structure: float
    spin_jump: float
    spin: float
    before_s: float
    together_s: float
    empty_part: float


@dataclass(frozen=True, slots=True)
class Swinging:
    size: float
    turns: float
    kept: float
    shortest_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One record a section of the file, whose comments give each number's unit and reason."""

    layers: Layers
    silence: Silence
    limits: LimitRules
    pad: Pad
    force: Force
    pressure: Pressure
    wire: Wire
    trajectory: Trajectory
    attitude: Attitude
    deviation: Deviation
    envelope: EnvelopeRules
    estimator: EstimatorRules
    cusum: CusumRules
    imu_fault: ImuFaultRules
    sensor: Sensor
    subsystem: Subsystem
    shock: Shock
    swing: Swinging


_SECTIONS = {
    "layers": Layers,
    "silence": Silence,
    "limits": LimitRules,
    "pad": Pad,
    "force": Force,
    "pressure": Pressure,
    "wire": Wire,
    "trajectory": Trajectory,
    "attitude": Attitude,
    "deviation": Deviation,
    "envelope": EnvelopeRules,
    "estimator": EstimatorRules,
    "cusum": CusumRules,
    "imu_fault": ImuFaultRules,
    "sensor": Sensor,
    "subsystem": Subsystem,
    "shock": Shock,
    "swing": Swinging,
}


@cache
def default_text() -> str:
    """The thresholds that come with the software."""
    return Path(__file__).with_name("thresholds.toml").read_text(encoding="utf-8")


def parse(text: str, source: str) -> Thresholds:
    """Thresholds from TOML text. Raises Misuse that names the source, the key and the reason."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"{source}: not valid TOML: {error}") from error
    for key in tree:
        if key not in _SECTIONS:
            raise Misuse(f"{source}: {key}: unknown section; one of {', '.join(_SECTIONS)}")
    return Thresholds(**{key: _section(kind, tree.get(key), source, key) for key, kind in _SECTIONS.items()})


def _section(kind: type[Any], table: object, source: str, where: str) -> Any:
    names = [field.name for field in fields(kind)]
    if not isinstance(table, dict):
        raise Misuse(f"{source}: {where}: the section is missing; copy it from thresholds.toml")
    for key in table:
        if key not in names:
            raise Misuse(f"{source}: {where}.{key}: unknown key; one of {', '.join(names)}")
    for name in names:
        value = table.get(name)
        if kind is Layers:
            if not isinstance(value, bool):
                raise Misuse(f"{source}: {where}.{name}: must be true or false")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value < float("inf"):
            raise Misuse(f"{source}: {where}.{name}: must be a number that is finite and not negative")
    return kind(**{name: table[name] if kind is Layers else float(table[name]) for name in names})
