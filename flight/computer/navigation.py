"""Strapdown navigation in the inertial frame, aided by the satellite receiver.

The inertial frame's axes were the Earth-fixed ones at step 0. The measurements of a step are means over the 10 ms
before it, as an integrating unit gives them. Constants: WGS 84 (NIMA TR8350.2, 2000), as flight/geodesy.py has them.
"""

import math

from flight.computer.maths import clamp, from_axes, length, rotate, sin_cos, turn
from flight.computer.packets import Sensors
from flight.computer.records import Guidance, Navigation, Plan

STEP_S = 0.01
EARTH_RATE = 7.292115e-5
GRAVITATIONAL_PARAMETER = 3.986004418e14
EQUATORIAL_RADIUS = 6378137.0
ECCENTRICITY_SQUARED = 0.0066943799901413165
OBLATENESS = 1.6239447319699572e-3  # 3/2 J2

FORCE_LIMIT = 2000.0  # m/s2; what is beyond, or is no number, is no measurement
RATE_LIMIT = 40.0  # rad/s
POSITION_GATE = 500.0  # m; a solution farther off than this is refused ...
VELOCITY_GATE = 50.0  # m/s
REJECTIONS = 10  # ... until that many in a row say that the inertial solution is the wrong one
POSITION_GAIN = 0.1  # assumed: with 5 solutions a second a time constant of 2 s
VELOCITY_GAIN = 0.1
TILT_GAIN = 0.0125  # 1/s
TILT_INNOVATION = 0.5  # m/s; ten times the receiver's noise, so that a healthy flight is left alone
TILT_FORCE = 5.0  # m/s2
MOST_TILT = 0.05  # rad at one solution


def gravity(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Gravitation with J2, m/s2 (Vallado, Fundamentals of Astrodynamics and Applications, 4th edition, eq. 8-30)."""
    square = x * x + y * y + z * z
    if square < 1.0e12:
        return 0.0, 0.0, 0.0
    scale = -GRAVITATIONAL_PARAMETER / (square * math.sqrt(square))
    bulge = OBLATENESS * (EQUATORIAL_RADIUS * EQUATORIAL_RADIUS / square)
    tilt = 5.0 * (z * z / square)
    across = scale * (1.0 + bulge * (1.0 - tilt))
    return across * x, across * y, scale * (1.0 + bulge * (3.0 - tilt)) * z


def align(navigation: Navigation, guidance: Guidance, plan: Plan, time_s: float) -> None:
    """On the pad: position, velocity and attitude from the plan's site; launch frame and first command from them.

    The vehicle stands on the geodetic vertical with its z axis towards the launch heading, or leans towards it.
    """
    sine, cosine = sin_cos(plan.latitude)
    sine_east, cosine_east = sin_cos(plan.longitude + EARTH_RATE * time_s)
    sine_heading, cosine_heading = sin_cos(plan.azimuth)
    normal = EQUATORIAL_RADIUS / math.sqrt(1.0 - ECCENTRICITY_SQUARED * sine * sine)
    across = (normal + plan.height) * cosine
    navigation.position_x = across * cosine_east
    navigation.position_y = across * sine_east
    navigation.position_z = (normal * (1.0 - ECCENTRICITY_SQUARED) + plan.height) * sine
    navigation.velocity_x = -EARTH_RATE * navigation.position_y
    navigation.velocity_y = EARTH_RATE * navigation.position_x
    navigation.velocity_z = 0.0
    ux = cosine * cosine_east
    uy = cosine * sine_east
    hx = -cosine_heading * sine * cosine_east - sine_heading * sine_east
    hy = -cosine_heading * sine * sine_east + sine_heading * cosine_east
    hz = cosine_heading * cosine
    guidance.up_x = ux
    guidance.up_y = uy
    guidance.up_z = sine
    guidance.heading_x = hx
    guidance.heading_y = hy
    guidance.heading_z = hz
    rx = hy * sine - hz * uy
    ry = hz * ux - hx * sine
    rz = hx * uy - hy * ux
    steep, flat = sin_cos(plan.elevation)
    w, x, y, z = from_axes(
        steep * ux + flat * hx,
        steep * uy + flat * hy,
        steep * sine + flat * hz,
        rx,
        ry,
        rz,
        steep * hx - flat * ux,
        steep * hy - flat * uy,
        steep * hz - flat * sine,
    )
    navigation.attitude_w = w
    navigation.attitude_x = x
    navigation.attitude_y = y
    navigation.attitude_z = z
    guidance.command_w = w
    guidance.command_x = x
    guidance.command_y = y
    guidance.command_z = z


def measure(navigation: Navigation, sensors: Sensors) -> None:
    """Takes each inertial measurement that can be one; keeps the last of the others."""
    if sensors.specific_force_x > -FORCE_LIMIT and sensors.specific_force_x < FORCE_LIMIT:
        navigation.force_x = sensors.specific_force_x
    if sensors.specific_force_y > -FORCE_LIMIT and sensors.specific_force_y < FORCE_LIMIT:
        navigation.force_y = sensors.specific_force_y
    if sensors.specific_force_z > -FORCE_LIMIT and sensors.specific_force_z < FORCE_LIMIT:
        navigation.force_z = sensors.specific_force_z
    if sensors.rate_x > -RATE_LIMIT and sensors.rate_x < RATE_LIMIT:
        navigation.rate_x = sensors.rate_x
    if sensors.rate_y > -RATE_LIMIT and sensors.rate_y < RATE_LIMIT:
        navigation.rate_y = sensors.rate_y
    if sensors.rate_z > -RATE_LIMIT and sensors.rate_z < RATE_LIMIT:
        navigation.rate_z = sensors.rate_z


def propagate(navigation: Navigation, span: float) -> None:
    """One step of `span` seconds: attitude first, then velocity and position with gravity at the middle of the step.

    The specific force is resolved in the attitude half-way (rotation correction of D. Titterton and J. Weston,
    Strapdown Inertial Navigation Technology, 2nd edition, section 11.3, first order).
    """
    turn_x = navigation.rate_x * span
    turn_y = navigation.rate_y * span
    turn_z = navigation.rate_z * span
    body_x = navigation.force_x
    body_y = navigation.force_y
    body_z = navigation.force_z
    qw = navigation.attitude_w
    qx = navigation.attitude_x
    qy = navigation.attitude_y
    qz = navigation.attitude_z
    ax, ay, az = rotate(
        qw,
        qx,
        qy,
        qz,
        body_x + 0.5 * (turn_y * body_z - turn_z * body_y),
        body_y + 0.5 * (turn_z * body_x - turn_x * body_z),
        body_z + 0.5 * (turn_x * body_y - turn_y * body_x),
    )
    qw, qx, qy, qz = turn(qw, qx, qy, qz, turn_x, turn_y, turn_z)
    navigation.attitude_w = qw
    navigation.attitude_x = qx
    navigation.attitude_y = qy
    navigation.attitude_z = qz
    vx = navigation.velocity_x
    vy = navigation.velocity_y
    vz = navigation.velocity_z
    px = navigation.position_x
    py = navigation.position_y
    pz = navigation.position_z
    half = 0.5 * span
    gx, gy, gz = gravity(px + half * vx, py + half * vy, pz + half * vz)
    ax = ax + gx
    ay = ay + gy
    az = az + gz
    navigation.position_x = px + span * (vx + half * ax)
    navigation.position_y = py + span * (vy + half * ay)
    navigation.position_z = pz + span * (vz + half * az)
    navigation.velocity_x = vx + span * ax
    navigation.velocity_y = vy + span * ay
    navigation.velocity_z = vz + span * az


def place(sensors: Sensors, time_s: float) -> tuple[float, float, float, float, float, float]:
    """Position and velocity of the satellite solution, inertial."""
    sine, cosine = sin_cos(EARTH_RATE * time_s)
    px = cosine * sensors.gnss_position_x - sine * sensors.gnss_position_y
    py = sine * sensors.gnss_position_x + cosine * sensors.gnss_position_y
    vx = cosine * sensors.gnss_velocity_x - sine * sensors.gnss_velocity_y - EARTH_RATE * py
    vy = sine * sensors.gnss_velocity_x + cosine * sensors.gnss_velocity_y + EARTH_RATE * px
    return px, py, sensors.gnss_position_z, vx, vy, sensors.gnss_velocity_z


def straighten(navigation: Navigation, du: float, dv: float, dw: float) -> None:
    """Takes out the tilt that the innovation of the velocity shows under thrust; what is small is left alone.

    Under the force a, a tilt t adds (t x a) to the velocity's error each second; with VELOCITY_GAIN at 5 solutions a
    second the innovation settles at 2 s of it. So a x du / a2 is a tilt, and TILT_GAIN critically damps the loop.
    """
    off = length(du, dv, dw)
    ax, ay, az = rotate(
        navigation.attitude_w,
        navigation.attitude_x,
        navigation.attitude_y,
        navigation.attitude_z,
        navigation.force_x,
        navigation.force_y,
        navigation.force_z,
    )
    square = ax * ax + ay * ay + az * az
    if off < TILT_INNOVATION or square < TILT_FORCE * TILT_FORCE:
        return
    gain = TILT_GAIN * (1.0 - TILT_INNOVATION / off) / square
    tx, ty, tz = rotate(
        navigation.attitude_w,
        -navigation.attitude_x,
        -navigation.attitude_y,
        -navigation.attitude_z,
        clamp(gain * (ay * dw - az * dv), -MOST_TILT, MOST_TILT),
        clamp(gain * (az * du - ax * dw), -MOST_TILT, MOST_TILT),
        clamp(gain * (ax * dv - ay * du), -MOST_TILT, MOST_TILT),
    )
    w, x, y, z = turn(
        navigation.attitude_w, navigation.attitude_x, navigation.attitude_y, navigation.attitude_z, tx, ty, tz
    )
    navigation.attitude_w = w
    navigation.attitude_x = x
    navigation.attitude_y = y
    navigation.attitude_z = z


def aid(navigation: Navigation, sensors: Sensors, time_s: float) -> None:
    """Draws the solution towards a fresh satellite fix; refuses one that is out of reach, or not a number."""
    px, py, pz, vx, vy, vz = place(sensors, time_s)
    dx = px - navigation.position_x
    dy = py - navigation.position_y
    dz = pz - navigation.position_z
    du = vx - navigation.velocity_x
    dv = vy - navigation.velocity_y
    dw = vz - navigation.velocity_z
    apart = dx * dx + dy * dy + dz * dz
    faster = du * du + dv * dv + dw * dw
    if not (apart < 1.0e16 and faster < 1.0e10):
        return
    position_gain = POSITION_GAIN
    velocity_gain = VELOCITY_GAIN
    if apart > POSITION_GATE * POSITION_GATE or faster > VELOCITY_GATE * VELOCITY_GATE:
        navigation.rejected = navigation.rejected + 1
        if navigation.rejected < REJECTIONS:
            return
        position_gain = 1.0
        velocity_gain = 1.0
    else:
        straighten(navigation, du, dv, dw)
    navigation.rejected = 0
    navigation.position_x = navigation.position_x + position_gain * dx
    navigation.position_y = navigation.position_y + position_gain * dy
    navigation.position_z = navigation.position_z + position_gain * dz
    navigation.velocity_x = navigation.velocity_x + velocity_gain * du
    navigation.velocity_y = navigation.velocity_y + velocity_gain * dv
    navigation.velocity_z = navigation.velocity_z + velocity_gain * dw


def perigee_height(navigation: Navigation) -> float:
    """Height of the osculating orbit's perigee above the equatorial radius, m.

    From energy and angular momentum (Bate, Mueller and White, Fundamentals of Astrodynamics, section 1.6);
    minus the radius where the path is no ellipse.
    """
    px = navigation.position_x
    py = navigation.position_y
    pz = navigation.position_z
    vx = navigation.velocity_x
    vy = navigation.velocity_y
    vz = navigation.velocity_z
    energy = 0.5 * (vx * vx + vy * vy + vz * vz) - GRAVITATIONAL_PARAMETER / length(px, py, pz)
    if not (energy < -1.0):
        return -EQUATORIAL_RADIUS
    hx = py * vz - pz * vy
    hy = pz * vx - px * vz
    hz = px * vy - py * vx
    semi_major = -0.5 * GRAVITATIONAL_PARAMETER / energy
    roundness = (hx * hx + hy * hy + hz * hz) / (GRAVITATIONAL_PARAMETER * semi_major)
    if roundness > 1.0:
        roundness = 1.0
    return semi_major * (1.0 - math.sqrt(1.0 - roundness)) - EQUATORIAL_RADIUS


def climb_rate(navigation: Navigation) -> float:
    """Vertical speed, geocentric, m/s."""
    px = navigation.position_x
    py = navigation.position_y
    pz = navigation.position_z
    along = px * navigation.velocity_x + py * navigation.velocity_y + pz * navigation.velocity_z
    return along / length(px, py, pz)


def height(navigation: Navigation) -> float:
    """Height above the ellipsoid along the geocentric radius, m; within 0.3 % of the geodetic height."""
    px = navigation.position_x
    py = navigation.position_y
    pz = navigation.position_z
    radius = length(px, py, pz)
    level = (px * px + py * py) / (radius * radius)
    surface = math.sqrt((1.0 - ECCENTRICITY_SQUARED) / (1.0 - ECCENTRICITY_SQUARED * level))
    return radius - EQUATORIAL_RADIUS * surface
