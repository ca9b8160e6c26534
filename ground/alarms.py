"""The alarms: how bad each is, and what tells it already. One cause is one alarm.

A row names the severities that its rule may give, what it means for the flight, and the alarms that it only follows
from: where one of those has been raised in the same flight, it is not told again under another name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ground.report import Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of alarm."""

    severities: tuple[Severity, ...]
    meaning: str
    follows: frozenset[str] = frozenset()
    reason: str = ""
    """Why it says nothing new after those that it follows from."""


_WATCH: tuple[Severity, ...] = ("watch",)
_WARNING: tuple[Severity, ...] = ("warning",)
_CRITICAL: tuple[Severity, ...] = ("critical",)
_BOTH: tuple[Severity, ...] = ("warning", "critical")

_LOST = frozenset({"attitude_loss", "tumbling", "breakup"})
_STOPPED = frozenset({"early_shutdown", "no_ignition", "no_separation"})
_HURT = _LOST | _STOPPED | {"partial_separation", "recontact"}

ALARMS: Mapping[str, Kind] = {
    "breakup": Kind(
        _CRITICAL,
        "several signs at once that the vehicle comes apart",
        frozenset({"orbit_not_reachable"}),
        "what burns no more and is in no orbit falls back, and breaks up in the air",
    ),
    "recontact": Kind(
        _CRITICAL, "what was dropped has struck the vehicle", frozenset({"breakup"}), "its shocks are many"
    ),
    "tumbling": Kind(
        _CRITICAL,
        "it turns about a cross axis as no plan asks; told also after attitude_loss, as its last degree",
        frozenset({"breakup", "orbit_not_reachable"}),
        "what is left of it turns, and so does what falls back through the air",
    ),
    "attitude_loss": Kind(
        _CRITICAL,
        "it points away from its command and does not return",
        frozenset({"tumbling", "breakup"}),
        "what tumbles points nowhere",
    ),
    "early_shutdown": Kind(
        _CRITICAL,
        "an engine has stopped before it could by the plan",
        frozenset({"no_ignition", "no_separation"}) | _LOST,
        "after the first of them the plan's times mean nothing, and computers that have lost attitude stop engines",
    ),
    "no_ignition": Kind(
        _CRITICAL,
        "a stage does not light",
        frozenset({"early_shutdown", "no_separation", "breakup"}),
        "after the first of them the plan's times mean nothing",
    ),
    "no_separation": Kind(
        _CRITICAL,
        "a joint stays whole",
        frozenset({"partial_separation", "early_shutdown", "no_ignition", "breakup"}),
        "after the first of them the plan's times mean nothing; the booster that hangs has been named",
    ),
    "oscillation": Kind(_WARNING, "it swings under thrust and does not settle", _LOST, "what is lost swings"),
    "partial_separation": Kind(_WARNING, "some of the boosters have left, one has not"),
    "orbit_not_reachable": Kind(
        _CRITICAL, "nothing burns any more and there is no orbit: a conclusion, told by itself"
    ),
    "corridor_violation": Kind(_CRITICAL, "the impact point leaves the corridor: range safety's own, told in any case"),
    "off_nominal_trajectory": Kind(
        _WARNING,
        "height and speed are outside of what campaigns show",
        _HURT | {"thrust_low", "chamber_pressure_low"},
        "without thrust, attitude or all of its parts no flight keeps its profile",
    ),
    "thrust_low": Kind(_WARNING, "less acceleration than the profile's", _HURT, "the flight is not the profile's"),
    "chamber_pressure_low": Kind(
        _WARNING,
        "less chamber pressure than the profile's",
        _HURT | {"thrust_low"},
        "thrust is what the pressure gives",
    ),
    "tank_pressure_low": Kind(
        _BOTH,
        "a tank or pressurant bottle loses its pressure",
        frozenset({"breakup", "orbit_not_reachable"}),
        "all is lost, and thrusters that hold what falls back use up their tank",
    ),
    "rcs_leak": Kind(
        _WARNING,
        "reaction-control propellant is lost faster than thrusters use it",
        frozenset({"breakup", "orbit_not_reachable"}),
        "what falls back through the air works its thrusters and tank as no flight does",
    ),
    "actuator_saturated": Kind(
        _WARNING,
        "a nozzle stands at its stop or does not follow",
        frozenset({"bus_undervoltage"}) | _LOST,
        "servos without voltage stand still, and a vehicle that is turned away drives its nozzles to their stops",
    ),
    "bus_undervoltage": Kind(_BOTH, "the avionics' or the servos' bus is low"),
    "temperature_high": Kind(_BOTH, "a battery, a processor or an engine bay is hot"),
    "sensor_stuck": Kind(
        _WARNING, "a channel repeats its reading, or reads nothing", frozenset({"frozen_data"}), "all do"
    ),
    "sensor_bias": Kind(
        _WARNING,
        "the receiver gains velocity beside the inertial unit: one of the two reads wrong",
        frozenset({"frozen_data", "orbit_not_reachable"}) | _LOST,
        "data that stand still differ from those that go on, and sensors follow no tumble, as of what falls back",
    ),
    "sensor_disagreement": Kind(
        _WARNING,
        "two sensors of one thing differ, or navigation from both",
        frozenset({"frozen_data", "sensor_bias", "orbit_not_reachable"}) | _LOST,
        "navigation goes astray with the sensor that does, and ports and antennas of what tumbles point nowhere",
    ),
    "gnss_lost": Kind(_WATCH, "the receiver has no fix", _LOST, "antennas of a vehicle that turns see no sky for long"),
    "frozen_data": Kind(_WARNING, "all channels of a packet repeat themselves"),
    "loss_of_signal": Kind(
        _WARNING, "no good frame: never a fault of the vehicle by itself", frozenset({"breakup"}), "it is lost"
    ),
    "computer_reboot": Kind(_WARNING, "the onboard computer has started again"),
    "computer_disagrees": Kind(
        _WARNING,
        "the computer reports what the measurements do not show",
        frozenset({"breakup"}),
        "nobody reports any more",
    ),
    "dictionary_mismatch": Kind(_CRITICAL, "values may be wrong: the vehicle speaks another dictionary"),
}
"""By name, the gravest first. A dictionary's limits may name alarms of their own beside these."""


def follows(name: str, raised: frozenset[str] | set[str]) -> bool:
    """Whether an alarm only follows from one of those that have been raised."""
    kind = ALARMS.get(name)
    return kind is not None and not kind.follows.isdisjoint(raised)
