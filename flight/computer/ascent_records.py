"""What closed-loop ascent of liquid stages keeps. As all records of the onboard computer: zeros at first, SI units."""

from dataclasses import dataclass


@dataclass(slots=True)
class Firing:
    """A burn ahead, at constant thrust."""

    start: float  # from now, s
    seconds: float
    exhaust_speed: float  # m/s
    time_constant: float  # exhaust speed over acceleration as it begins, s


@dataclass(slots=True)
class Thrust:
    """The burns ahead, and what they give if they all push along one line; t counts from now, s. In m and s."""

    burns: tuple[Firing, Firing, Firing, Firing]
    count: int  # of them
    time: float  # until the last cutoff
    speed: float  # integral of the acceleration
    moment: float  # of the acceleration times t
    distance: float  # double integral of the acceleration
    distance_moment: float  # of the acceleration times t


@dataclass(slots=True)
class Path:
    """Where the burns ahead lead. Inertial, m and s."""

    x: float  # at the last cutoff
    y: float
    z: float
    u: float
    v: float
    w: float
    fall_x: float  # what gravity has done to the position by then
    fall_y: float
    fall_z: float
    drop_u: float  # and to the velocity
    drop_v: float
    drop_w: float


@dataclass(slots=True)
class Ascent:
    """Closed-loop ascent: the solution that is flown and what the next one starts from. Vectors are inertial."""

    begun: bool  # there is a first guess
    solved: bool  # the solution is good enough to be flown
    frozen: bool  # too near to cutoff for another one
    main_off: bool  # the burning stage's main engine has been told to stop
    stage: int  # index
    step: int  # of the last solution
    due: int  # step of the next pass
    round: int  # passes in the present round
    passes: int  # in a row whose path missed by little
    refused: int  # in a row
    burnt: int  # steps since these engines were lit or left alone
    exhaust_speed: float  # of the engines that burn, m/s
    time_constant: float  # exhaust speed over acceleration: the time to burn everything, s
    left: float  # change of speed that these engines have yet to give, m/s
    vernier_speed: float  # change of speed that the vernier is to give alone, m/s
    sensed: float  # change of speed sensed since the last solution, m/s
    radius: float  # of the point of insertion, the target's perigee, m
    speed: float  # there, m/s
    energy: float  # of the target orbit, J/kg
    time: float  # to go at the last solution, s
    to_go_x: float  # change of velocity to be given by thrust
    to_go_y: float
    to_go_z: float
    to_go: float  # its size now, m/s
    goal_x: float  # unit vector to the point of insertion
    goal_y: float
    goal_z: float
    normal_x: float  # of the orbit's plane: position cross velocity
    normal_y: float
    normal_z: float
    fall_x: float  # what gravity does to the position until cutoff
    fall_y: float
    fall_z: float
    bias_x: float  # what steering falls short of the sums by, m
    bias_y: float
    bias_z: float
    from_x: float  # velocity at the last solution
    from_y: float
    from_z: float
    thrust_x: float  # unit vector of the thrust `pivot` seconds after the last solution
    thrust_y: float
    thrust_z: float
    turn_x: float  # its rate, across it, 1/s
    turn_y: float
    turn_z: float
    pivot: float
    ahead: Thrust
    path: Path
