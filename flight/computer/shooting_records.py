"""What the closed loop of solids knows: a motor's burn from the plan, the solution that is flown, and the shots.

Plain records as in flight/computer/records.py, SI units and radians.
"""

from dataclasses import dataclass

Curve = tuple[
    float, float, float, float, float, float, float, float, float, float, float, float, float, float, float, float
]  # fmt: skip


@dataclass(slots=True)
class Burn:
    """A solid motor's burn in vacuum as it is planned, knot by knot; zeros where nobody asks for it."""

    time: Curve  # since first thrust, s
    push: Curve  # acceleration, m/s2
    gained: Curve  # its integral, m/s


@dataclass(slots=True)
class Cell:
    """One number of a table that changes."""

    value: float


Misses = tuple[
    Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell,
    Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell,
]  # fmt: skip
Equations = tuple[
    Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell,
    Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell, Cell,
]  # fmt: skip


@dataclass(slots=True)
class Shooting:
    """Closed loop of solids: the solution that is flown, and the shot at the target that is on its way."""

    begun: bool  # the solution holds numbers
    lower_pitch: float  # the solution: of the stage before the last, above the local horizon
    ignition_s: float  # of the last stage, after lift-off
    pitch: float  # of the last stage as its burn begins
    slope: float  # change of that over the whole burn
    waste: float  # square of its weave's angle
    bias: float  # its yaw to the right beside the weave
    unsolved: int  # cycles that led to no solution
    mode: int  # which part of the flight is flown; 0: nothing to solve
    wait: int  # steps to the next cycle
    shot: int  # of the cycle: 0 with the solution, then one for each unknown that is changed
    leg: int  # the shot's next
    first_leg: int  # where the cycle's shots start: leg,
    start_s: float  # time after lift-off,
    start_x: float  # position, velocity, flight plane,
    start_y: float
    start_z: float
    start_u: float
    start_v: float
    start_w: float
    start_nx: float
    start_ny: float
    start_nz: float
    sensed: float  # change of speed in the present burn,
    pace: float  # the present burn's over the plan's,
    left_s: float  # time to its end,
    upper_burns: bool  # it is the last stage's,
    weaves: bool  # and its weave can still be changed
    cosine: float  # of the wanted inclination
    try_pitch: float  # the shot's unknowns
    try_ignition_s: float
    try_upper: float
    try_slope: float
    try_weave: float
    try_bias: float
    x: float  # the shot's position, velocity, flight plane and time after lift-off
    y: float
    z: float
    u: float
    v: float
    w: float
    normal_x: float
    normal_y: float
    normal_z: float
    time_s: float
    misses: Misses  # four of each shot: km, m/s, m/s, thousandths
    table: Equations  # four: four numbers and a right-hand side each
