"""Newton's method for the coast-and-burn loop: from the misses of a cycle's shots the smallest change that undoes them.

Asked for are radius, climb, horizontal speed and inclination at the last burnout; unknown are five numbers, of which
some are free in each part of the flight. Each is measured in a scale of its own. The change is Newton's for fewer
equations than unknowns: transposed slopes times the solution of (slopes times transposed slopes) (J. Nocedal and S.
Wright, Numerical Optimization, 2nd edition, chapter 10: the least-squares solution of minimum norm). Scales assumed.
"""

from flight.computer.maths import clamp, magnitude
from flight.computer.shooting_records import Shooting

# Which part of the flight is being flown.
IDLE = 0
LOWER = 1
COAST = 2
UPPER = 3

ASKED = 4
RADIUS = 0
CLIMB = 1
SPEED = 2
INCLINATION = 3

UNKNOWNS = 5
STEERED = 0  # pitch of the lower burn, or ignition
SLOPE = 1
PITCH = 2
WASTE = 3
BIAS = 4
COLUMNS = 5  # of the equations: one for each miss, and the right-hand side

RADIUS_S = 15.0  # so long before the last one the radius is given up
STANDS = 0.1  # km and m/s; a coast's solution that misses by less
# What counts as equally large a change, and at most as many of it in one cycle.
ANGLE_SCALE = 0.03
WASTE_SCALE = 0.02
TIME_SCALE = 5.0
REACH = 3.0
DIFFERENCE = 0.3  # of a scale, for the differences that stand in for derivatives
LEAST_PIVOT = 1.0e-9


def free(shooting: Shooting, unknown: int) -> bool:
    """Whether the cycle may change the unknown."""
    if unknown == STEERED:
        return shooting.mode != UPPER
    if unknown == SLOPE:
        return shooting.mode != LOWER
    return unknown != WASTE or shooting.weaves


def asked(shooting: Shooting, miss: int) -> bool:
    """Whether the cycle looks at the miss."""
    if miss == RADIUS:
        return shooting.mode != UPPER or shooting.left_s > RADIUS_S
    return miss != SPEED or shooting.weaves


def scale(shooting: Shooting, unknown: int) -> float:
    """What counts as a change of an unknown."""
    if unknown == WASTE:
        return WASTE_SCALE
    if unknown == STEERED and shooting.mode == COAST:
        return TIME_SCALE
    return ANGLE_SCALE


def slope(shooting: Shooting, miss: int, unknown: int) -> float:
    """How a miss grows with an unknown, per scale; 0 for an unknown that stays."""
    if not free(shooting, unknown):
        return 0.0
    then = shooting.misses[ASKED * (unknown + 1) + miss].value
    return (then - shooting.misses[miss].value) / DIFFERENCE


def equate(shooting: Shooting, waste_ends: bool) -> None:
    """The equations of the smallest change: slopes times their transpose, and the misses to be undone.

    Where the waste ends, its change is known, and speed is not asked for.
    """
    for row in range(ASKED):
        right = -shooting.misses[row].value
        if waste_ends:
            right = right + slope(shooting, row, WASTE) * shooting.waste / WASTE_SCALE
        wanted = asked(shooting, row) and not (waste_ends and row == SPEED)
        for column in range(ASKED):
            value = 0.0
            if wanted and asked(shooting, column) and not (waste_ends and column == SPEED):
                for unknown in range(UNKNOWNS):
                    if not (waste_ends and unknown == WASTE):
                        value = value + slope(shooting, row, unknown) * slope(shooting, column, unknown)
            elif row == column:
                value = 1.0
                right = 0.0
            shooting.table[COLUMNS * row + column].value = value
        shooting.table[COLUMNS * row + ASKED].value = right


def exchange(shooting: Shooting, one: int, other: int) -> None:
    """Swaps two equations."""
    for column in range(COLUMNS):
        value = shooting.table[COLUMNS * one + column].value
        shooting.table[COLUMNS * one + column].value = shooting.table[COLUMNS * other + column].value
        shooting.table[COLUMNS * other + column].value = value


def eliminate(shooting: Shooting) -> bool:
    """Gauss and Jordan, the largest pivot first; the solutions end up on the right. False: there is none."""
    for column in range(ASKED):
        best = column
        for row in range(column + 1, ASKED):
            size = magnitude(shooting.table[COLUMNS * row + column].value)
            if size > magnitude(shooting.table[COLUMNS * best + column].value):
                best = row
        if best != column:
            exchange(shooting, column, best)
        pivot = shooting.table[COLUMNS * column + column].value
        if not (magnitude(pivot) > LEAST_PIVOT):
            return False
        for row in range(ASKED):
            if row != column:
                times = shooting.table[COLUMNS * row + column].value / pivot
                for place in range(column, COLUMNS):
                    value = shooting.table[COLUMNS * row + place].value
                    other = shooting.table[COLUMNS * column + place].value
                    shooting.table[COLUMNS * row + place].value = value - times * other
    for row in range(ASKED):
        right = shooting.table[COLUMNS * row + ASKED].value / shooting.table[COLUMNS * row + row].value
        if not (magnitude(right) < 1.0e12):
            return False
        shooting.table[COLUMNS * row + ASKED].value = right
    return True


def change(shooting: Shooting, unknown: int) -> float:
    """An unknown's change from the equations' solution, within its reach."""
    value = 0.0
    for row in range(ASKED):
        value = value + slope(shooting, row, unknown) * shooting.table[COLUMNS * row + ASKED].value
    return clamp(value, -REACH, REACH) * scale(shooting, unknown)


def stands(shooting: Shooting) -> bool:
    """The cycle's first shot met the target."""
    largest = 0.0
    for miss in range(ASKED):
        size = magnitude(shooting.misses[miss].value)
        if not (size <= largest):
            largest = size
    return largest < STANDS
