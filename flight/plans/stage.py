"""One stage's part of a flight plan."""

from __future__ import annotations

from dataclasses import dataclass

from flight.plans import checked
from flight.plans.burn import MOST_TRACE, Trace

CLOSED_LOOP = "closed_loop"
STEERING = ("program", "horizon", CLOSED_LOOP)
"""How guidance steers while a stage burns; the computer's numbers are the places in this tuple."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage's part of the plan, and what control needs to know of the vehicle while it is the lowest.

    Times in seconds; `ignition_s` counts from lift-off, 0 leaves ignition to the delay; `start_limit_s` is the longest
    from the igniter to a running chamber, `ullage_s` how long thrusters push before ignition, `vernier_s` how long the
    vernier is to burn alone (0: none). Pitch is above the local horizon; the weave is a yaw to the right of the flight
    plane until `weave_switch_m_s` of speed have been sensed, then to the left. Authorities are angular accelerations,
    rad/s2: per radian of nozzle deflection at the start and the end of the burn, or for all thrusters of an axis at
    full pressure. Closed-loop steering needs the stage's thrust and exhaust speed in vacuum (liquids: of the main
    engine with its vernier, and of the vernier alone) and the vehicle's mass at its ignition; of solids, whose thrust
    is the mean, also the thrust's trace, and the speed by which the last stage's aim falls short, left to the trim; of
    liquids what the engines still give after cutoff, and the main engine after main cut-off where a vernier burns on.
    """

    liquid: bool
    steering: str
    burn_s: float
    burn_limit_s: float
    start_limit_s: float
    ullage_s: float
    vernier_s: float
    ignition_s: float
    ignition_delay_s: float
    separation_delay_s: float
    running_pressure_pa: float
    vernier_pressure_pa: float
    pitch_deg: float
    weave_deg: float
    weave_switch_m_s: float
    thrust_n: float
    exhaust_speed_m_s: float
    vernier_thrust_n: float
    vernier_exhaust_speed_m_s: float
    mass_kg: float
    shutdown_impulse_n_s: float
    main_shutdown_impulse_n_s: float
    trace: Trace | None
    reserve_m_s: float
    vectored: bool
    vectoring_authority: float
    vectoring_authority_end: float
    vectoring_roll_authority: float
    vectoring_limit_deg: float
    vernier_authority: float
    vernier_roll_authority: float
    vernier_limit_deg: float
    roll_authority: float
    pitch_authority: float
    attitude_gain: float
    rate_gain: float
    trim_gain: float


def read_stage(section: checked.Section, place: int) -> Stage:
    """The stage in that place, the lowest in 0. Raises Misuse with file, key and reason."""
    vectored, liquid = section.flag("vectored"), section.flag("liquid", False)
    authority = section.number("vectoring_authority", 1e-6, 1e3) if vectored else 0.0
    vernier_s = section.number("vernier_s", 0.0, 3000.0, 0.0)
    needed = None if vernier_s > 0.0 else 0.0
    steering = section.choice("steering", STEERING, STEERING[min(place, 1)])
    closed = None if steering == CLOSED_LOOP else 0.0
    stage = Stage(
        liquid=liquid,
        steering=steering,
        burn_s=section.number("burn_s", 0.1, 3000.0),
        burn_limit_s=section.number("burn_limit_s", 0.1, 3000.0),
        start_limit_s=section.number("start_limit_s", 0.1, 60.0, 2.0 if place else 1.0),
        ullage_s=section.number("ullage_s", 0.0, 100.0, 0.0),
        vernier_s=vernier_s,
        ignition_s=section.number("ignition_s", 0.0, 1e5, 0.0),
        ignition_delay_s=section.number("ignition_delay_s", 0.0, 1e4, 0.0),
        separation_delay_s=section.number("separation_delay_s", 0.0, 1e4, 0.0),
        running_pressure_pa=section.number("running_pressure_pa", 1.0, 1e8),
        vernier_pressure_pa=section.number("vernier_pressure_pa", 0.0, 1e8, needed),
        pitch_deg=section.number("pitch_deg", -90.0, 90.0, 0.0),
        weave_deg=section.number("weave_deg", -60.0, 60.0, 0.0),
        weave_switch_m_s=section.number("weave_switch_m_s", 0.0, 2e4, 0.0),
        thrust_n=section.number("thrust_n", 0.0, 1e8, closed),
        exhaust_speed_m_s=section.number("exhaust_speed_m_s", 0.0, 6000.0, closed),
        vernier_thrust_n=section.number("vernier_thrust_n", 0.0, 1e7, 0.0 if closed is not None else needed),
        vernier_exhaust_speed_m_s=section.number(
            "vernier_exhaust_speed_m_s", 0.0, 6000.0, 0.0 if closed is not None else needed
        ),
        mass_kg=section.number("mass_kg", 0.0, 1e7, closed),
        shutdown_impulse_n_s=section.number("shutdown_impulse_n_s", 0.0, 1e9, 0.0),
        main_shutdown_impulse_n_s=section.number("main_shutdown_impulse_n_s", 0.0, 1e9, 0.0),
        trace=None if liquid else section.optional("trace", _read_trace, None),
        reserve_m_s=section.number("reserve_m_s", 0.0, 1000.0, 0.0),
        vectored=vectored,
        vectoring_authority=authority,
        vectoring_authority_end=section.number("vectoring_authority_end", 0.0, 1e3, authority),
        vectoring_roll_authority=section.number("vectoring_roll_authority", 0.0, 1e3, 0.0),
        vectoring_limit_deg=section.number("vectoring_limit_deg", 0.01, 30.0) if vectored else 0.0,
        vernier_authority=section.number("vernier_authority", 0.0, 1e3, needed),
        vernier_roll_authority=section.number("vernier_roll_authority", 0.0, 1e3, 0.0),
        vernier_limit_deg=section.number("vernier_limit_deg", 0.0, 60.0, needed),
        roll_authority=section.number("roll_authority", 0.0, 1e3, 0.0),
        pitch_authority=section.number("pitch_authority", 0.0, 1e3, 0.0),
        attitude_gain=section.number("attitude_gain", 0.0, 20.0),
        rate_gain=section.number("rate_gain", 0.0, 50.0),
        trim_gain=section.number("trim_gain", 0.0, 100.0, 0.0),
    )
    section.finish()
    if place == 0 and stage.ignition_s > 0.0:
        raise section.refuse("ignition_s", "the lowest stage is lit on the pad, when the count is over")
    if stage.burn_limit_s <= stage.burn_s:
        raise section.refuse("burn_limit_s", "must be longer than burn_s")
    if vernier_s > 0.0 and not liquid:
        raise section.refuse("vernier_s", "only a liquid stage has a vernier")
    if vernier_s >= stage.burn_s:
        raise section.refuse("vernier_s", "must be shorter than burn_s, which it is part of")
    if steering == CLOSED_LOOP and not liquid and stage.trace is None:
        raise section.refuse("trace", "missing: closed-loop steering of a solid motor needs its thrust over the burn")
    if stage.exhaust_speed_m_s > 0.0:
        mean = stage.thrust_n * (stage.burn_s - vernier_s) + stage.vernier_thrust_n * vernier_s
        if mean / stage.exhaust_speed_m_s >= stage.mass_kg:
            raise section.refuse("mass_kg", "is less than what burns")
    # Routh's criterion for s3 + rate s2 + rate attitude s + trim, the attitude loop without its actuator.
    if stage.trim_gain >= stage.rate_gain**2 * stage.attitude_gain and stage.trim_gain > 0.0:
        raise section.refuse("trim_gain", "unstable; must be below rate_gain squared times attitude_gain")
    return stage


def _read_trace(section: checked.Section) -> Trace | None:
    part = section.rising("part", 0.0, 1.0, 2, MOST_TRACE)
    thrust = section.numbers("thrust", 0.0, 10.0, 2, MOST_TRACE)
    if part[0] != 0.0 or part[-1] != 1.0:
        raise section.refuse("part", "must begin with 0 and end with 1")
    if len(part) != len(thrust):
        raise section.refuse("thrust", f"has {len(thrust)} values, part has {len(part)}")
    return Trace(section.number("rise_s", 0.001, 10.0), part, thrust)
