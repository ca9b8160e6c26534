"""A vehicle's products as the console shows them: a few lines of at most 78 columns, what matters most on top."""

from __future__ import annotations

from rich.text import Text

from ground.products.forecast import Ahead
from ground.products.state import Products
from ground.vehicle import VehicleStatus

_CORRIDOR = {"inside": "green", "near the edge": "yellow", "outside": "bold white on red"}
_NO_CLOCK = 0.01
"""No crystal drifts so: a simulator that cannot keep up does."""
_ORBIT_WORTH_M = -1.0e6
"""A perigee below this is nobody's orbit."""


def heading(status: VehicleStatus) -> Text:
    """Clock, phase, what is next."""
    flown, time_s = status.elapsed_s, status.time_s
    clock = f"T{flown:+.1f} s" if flown is not None else f"t {time_s:.1f} s" if time_s is not None else "t -"
    text = Text(clock, style="bold")
    text.append(f"  {status.phase or 'unknown'}", style="bold cyan")
    ahead = status.ahead
    if ahead is not None and ahead.to_go is not None:
        text.append(f"  {ahead.to_go.event} in {_time(ahead.to_go.seconds)}")
    if ahead is not None and ahead.next_event is not None and ahead.next_event_s is not None:
        told = ahead.to_go is not None and ahead.to_go.event == ahead.next_event
        if not told:
            text.append(f"  next {ahead.next_event} {ahead.next_event_s:+.0f} s", style="dim")
    return text


def lines(status: VehicleStatus) -> list[Text]:
    """The products, one line each."""
    products, ahead = status.products, status.ahead
    if products is None or ahead is None:
        return [Text("no navigation yet", style="dim"), _link(status)]
    rows = [_motion(products), _impact(status, products, ahead), _orbit(products)]
    if ahead.landing is not None:
        rows.append(_landing(ahead))
    rows.append(_antenna(ahead))
    return [row for row in rows if row.plain] + [_clock(status), _link(status)]


def _motion(products: Products) -> Text:
    return Text(
        f"altitude {products.altitude_m / 1e3:.2f} km  speed {products.speed_m_s:.1f} m/s  "
        f"climb {products.vertical_speed_m_s:+.1f} m/s  q {products.dynamic_pressure_pa / 1e3:.1f} kPa"
    )


def _impact(status: VehicleStatus, products: Products, ahead: Ahead) -> Text:
    if products.impact_latitude_deg is None or products.impact_longitude_deg is None:
        return Text("impact point none: perigee above the surface", style="green")
    text = Text(
        f"impact {_place(products.impact_latitude_deg, products.impact_longitude_deg)} "
        f"in {_time(products.impact_in_s or 0.0)}"
    )
    if ahead.impact is not None:
        text.append(f" ±{_distance(ahead.impact.major_m)} x {_distance(ahead.impact.minor_m)}")
    if (corridor := status.corridor) is not None:
        text.append(f"  corridor {corridor.place}", style=_CORRIDOR[corridor.place])
        text.append(f" {corridor.cross_range_m / 1e3:.0f}/{corridor.half_width_m / 1e3:.0f} km")
    return text


def _orbit(products: Products) -> Text:
    if products.perigee_m < _ORBIT_WORTH_M or products.apogee_m is None:
        height = products.apogee_ellipsoid_m
        climbing = height is not None and products.vertical_speed_m_s > 1.0
        return Text(f"apogee {_distance(height or 0.0)} above WGS 84" if climbing else "")
    return Text(
        f"orbit {products.perigee_m / 1e3:.1f} x {products.apogee_m / 1e3:.1f} km at {products.inclination_deg:.2f} deg"
        f"  above 6378.1 km ({products.perigee_ellipsoid_m / 1e3:.1f} x "
        f"{(products.apogee_ellipsoid_m or 0.0) / 1e3:.1f} above WGS 84)"
    )


def _landing(ahead: Ahead) -> Text:
    down = ahead.landing
    assert down is not None
    return Text(
        f"landing {_place(down.latitude_deg, down.longitude_deg)} ±{_distance(down.error_m)} "
        f"in {_time(down.in_s)} at {down.speed_m_s:.1f} m/s"
    )


def _antenna(ahead: Ahead) -> Text:
    look, passing = ahead.look, ahead.passing
    if look is None:
        return Text()
    text = Text(f"antenna {_distance(look.range_m)}")
    if look.elevation_deg is not None and look.azimuth_deg is not None:
        text.append(f" el {look.elevation_deg:+.1f} az {look.azimuth_deg:.1f} deg")
    if not look.visible:
        text.append("  below the horizon", style="yellow")
    if passing is not None:
        if look.visible and passing.lost_s is not None:
            text.append(f"  sight lost in {_time(passing.lost_s)}", style="yellow" if passing.lost_s < 60.0 else "")
        if passing.gained_s is not None:
            text.append(f"  gained in {_time(passing.gained_s)}")
    return text


def _clock(status: VehicleStatus) -> Text:
    clock = status.clock
    if clock is None:
        return Text("clock untimed" if status.time_rate == 0.0 else "clock not related yet", style="dim")
    drift = f"drift {1e6 * clock.drift:+.1f} ±{1e6 * clock.drift_error:.1f} ppm"
    if abs(clock.drift) > _NO_CLOCK:
        drift = f"runs at {1.0 + clock.drift:.2f} of its rate"
    return Text(
        f"clock known to {1e3 * clock.offset_error_s:.2f} ms  {drift}  packets wait {1e3 * clock.delay_s:.0f} ms",
        style="dim",
    )


def _link(status: VehicleStatus) -> Text:
    link = status.link
    text = Text("link ")
    if link.score is None or link.frames_per_s is None or link.loss is None:
        text.append("not judged yet", style="dim")
    else:
        style = "green" if link.score > 0.98 else "yellow" if link.score > 0.8 else "bold red"
        text.append(f"{100.0 * link.score:.0f} %", style=style)
        text.append(f" {link.frames_per_s:.0f} frames/s, {100.0 * link.loss:.1f} % lost, {link.gaps} gaps")
    if link.damaged_frames:
        text.append(f", {link.damaged_frames} damaged ({link.damaged_bytes} bytes)", style="yellow")
    if link.age_s > 1.0 and not status.ended:
        text.append(f", silent {link.age_s:.0f} s", style="bold red")
    elif link.stale and not status.ended:
        text.append(f", stale: {', '.join(link.stale)}", style="yellow")
    return text


def _place(latitude: float, longitude: float) -> str:
    return f"{abs(latitude):.2f} {'N' if latitude >= 0 else 'S'} {abs(longitude):.2f} {'E' if longitude >= 0 else 'W'}"


def _distance(metres: float) -> str:
    return (
        f"{metres:.0f} m" if metres < 1000.0 else f"{metres / 1e3:.1f} km" if metres < 1e5 else f"{metres / 1e3:.0f} km"
    )


def _time(seconds: float) -> str:
    return (
        f"{seconds:.1f} s" if seconds < 100.0 else f"{seconds:.0f} s" if seconds < 3600.0 else f"{seconds / 60:.0f} min"
    )
