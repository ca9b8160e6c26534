"""Products by name, one flat record in SI: a line of `--json` of type `products`, a row of products.csv.

Names end in their unit. Angles in degrees, geodetic on WGS 84. Perigee and apogee are above the equatorial radius,
6378.137 km, as orbits are announced; the `_ellipsoid_` ones above WGS 84 below them. Errors and ellipses are one
standard deviation. What is not known, or has no meaning in the state at hand, is None.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ground.vehicle import VehicleStatus

Record = dict[str, object]


def record(status: VehicleStatus) -> Record:
    """All products of a vehicle, the columns always the same."""
    return {**_state(status), **_outlook(status), **_ground(status)}


def as_line(vehicle: str, products: Mapping[str, object]) -> str:
    """One JSON object, times to 1 ms and other numbers to nine significant digits."""
    plain = {name: _plain(name, value) for name, value in products.items()}
    return json.dumps(
        {"type": "products", "vehicle": vehicle, **plain}, separators=(",", ":"), allow_nan=False, ensure_ascii=False
    )


def as_row(products: Mapping[str, object], names: bool = False) -> str:
    """One CSV row, the same numbers, or the names; None is empty and lists are joined by spaces."""
    text = io.StringIO()
    plain = [_plain(name, value) for name, value in products.items()]
    row = ["" if each is None else " ".join(map(str, each)) if isinstance(each, list) else each for each in plain]
    csv.writer(text, lineterminator="\n").writerow(list(products) if names else row)
    return text.getvalue()


def as_sentence(products: Mapping[str, object]) -> str:
    """The ones that matter most, for people."""

    def shown(name: str, unit: str, scale: float = 1.0) -> str:
        value = products.get(name)
        return f"{value / scale:.1f} {unit}" if isinstance(value, int | float) else f"- {unit}"

    flown, time_s = products.get("elapsed_s"), products.get("time_s")
    when = f"T{flown:+9.2f}" if isinstance(flown, float) else f"t {time_s:8.2f}"
    to_go = products.get("to_go_event")
    return (
        f"{when}  altitude {shown('altitude_m', 'km', 1e3)}, {shown('speed_m_s', 'm/s')}, impact in "
        f"{shown('impact_in_s', 's')} +- {shown('impact_major_m', 'km', 1e3)}, {to_go or 'nothing'} in "
        f"{shown('to_go_s', 's')}, antenna {shown('antenna_elevation_deg', 'deg')}, "
        f"link {shown('link_score', '%', 0.01)}"
    )


def _state(status: VehicleStatus) -> Record:
    products, ahead, corridor = status.products, status.ahead, status.corridor
    ellipse = None if ahead is None else ahead.impact
    age_s = None if products is None or status.time_s is None else max(0.0, status.time_s - products.time_s)

    def of(name: str) -> object:
        return getattr(products, name, None)

    return {
        "time_s": status.time_s,
        "elapsed_s": status.elapsed_s,
        "phase": status.phase,
        "state_age_s": age_s,
        "latitude_deg": of("latitude_deg"),
        "longitude_deg": of("longitude_deg"),
        "altitude_m": of("altitude_m"),
        "speed_m_s": of("speed_m_s"),
        "vertical_speed_m_s": of("vertical_speed_m_s"),
        "dynamic_pressure_pa": of("dynamic_pressure_pa"),
        "position_error_m": None if ahead is None else ahead.position_error_m,
        "velocity_error_m_s": None if ahead is None else ahead.velocity_error_m_s,
        "perigee_m": of("perigee_m"),
        "apogee_m": of("apogee_m"),
        "perigee_ellipsoid_m": of("perigee_ellipsoid_m"),
        "apogee_ellipsoid_m": of("apogee_ellipsoid_m"),
        "inclination_deg": of("inclination_deg"),
        "impact_latitude_deg": of("impact_latitude_deg"),
        "impact_longitude_deg": of("impact_longitude_deg"),
        "impact_in_s": of("impact_in_s"),
        "impact_major_m": None if ellipse is None else ellipse.major_m,
        "impact_minor_m": None if ellipse is None else ellipse.minor_m,
        "impact_azimuth_deg": None if ellipse is None else ellipse.azimuth_deg,
        "corridor": None if corridor is None else corridor.place,
        "cross_range_m": None if corridor is None else corridor.cross_range_m,
        "corridor_half_width_m": None if corridor is None else corridor.half_width_m,
    }


def _outlook(status: VehicleStatus) -> Record:
    ahead = status.ahead
    to_go, look, passing, down = (
        (None, None, None, None) if ahead is None else (ahead.to_go, ahead.look, ahead.passing, ahead.landing)
    )
    return {
        "to_go_s": None if to_go is None else to_go.seconds,
        "to_go_event": None if to_go is None else to_go.event,
        "to_go_by": None if to_go is None else to_go.method,
        "next_event": None if ahead is None else ahead.next_event,
        "next_event_in_s": None if ahead is None else ahead.next_event_s,
        "antenna_elevation_deg": None if look is None else look.elevation_deg,
        "antenna_azimuth_deg": None if look is None else look.azimuth_deg,
        "antenna_range_m": None if look is None else look.range_m,
        "antenna_range_rate_m_s": None if look is None else look.range_rate_m_s,
        "in_sight": None if look is None else look.visible,
        "sight_lost_in_s": None if passing is None else passing.lost_s,
        "sight_gained_in_s": None if passing is None else passing.gained_s,
        "landing_latitude_deg": None if down is None else down.latitude_deg,
        "landing_longitude_deg": None if down is None else down.longitude_deg,
        "landing_in_s": None if down is None else down.in_s,
        "landing_error_m": None if down is None else down.error_m,
        "landing_speed_m_s": None if down is None else down.speed_m_s,
    }


def _ground(status: VehicleStatus) -> Record:
    clock, link = status.clock, status.link
    return {
        "clock_offset_s": None if clock is None else clock.offset_s,
        "clock_offset_error_s": None if clock is None else clock.offset_error_s,
        "clock_drift_ppm": None if clock is None else 1e6 * clock.drift,
        "clock_drift_error_ppm": None if clock is None else 1e6 * clock.drift_error,
        "link_delay_s": None if clock is None else clock.delay_s,
        "link_score": link.score,
        "link_frames_per_s": link.frames_per_s,
        "link_loss": link.loss,
        "link_gaps": link.gaps,
        "link_damaged_frames": link.damaged_frames,
        "link_damaged_bytes": link.damaged_bytes,
        "link_age_s": link.age_s,
        "stale": list(link.stale),
    }


def _plain(name: str, value: object) -> object:
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # Sums of a year in seconds with a clock's microseconds need more than nine digits.
        rounded = round(value, 6) if name.startswith("clock_offset") else None
        if rounded is None:
            rounded = round(value, 3) if name.endswith("_s") and not name.endswith("_m_s") else float(f"{value:.9g}")
        return rounded + 0.0
    return value
