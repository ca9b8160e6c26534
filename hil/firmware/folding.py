"""The value of whole-number expressions made of literals and constants, before the program runs."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Final

OPERATIONS: Final[Mapping[type[ast.operator], Callable[[int, int], int]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
SHIFTS: Final = (ast.LShift, ast.RShift)


def folded(node: ast.expr, constant: Callable[[str], int | None]) -> int | None:
    """The expression's value; None where it is known only at run time. `constant` gives the value of a name."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value_below = folded(operand, constant)
            return None if value_below is None else -value_below
        case ast.Name(id=name):
            return constant(name)
        case ast.BinOp(left=left, op=sign, right=right):
            return combined(sign, folded(left, constant), folded(right, constant))
    return None


def combined(sign: ast.operator, a: int | None, b: int | None) -> int | None:
    """a sign b; None where either is not known, or the shift is none that C has."""
    if a is None or b is None or type(sign) not in OPERATIONS or (isinstance(sign, SHIFTS) and not 0 <= b < 32):
        return None
    return OPERATIONS[type(sign)](a, b)
