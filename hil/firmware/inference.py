"""The type of every expression of the flight subset, or why it has none."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import Final

from hil.firmware.folding import SHIFTS, combined, folded
from hil.firmware.language import (
    BOOL,
    FLOAT,
    INT,
    INT_LIMIT,
    Builtin,
    Constant,
    Declaration,
    Function,
    Nothing,
    Record,
    RecordType,
    Scalar,
    Several,
    Table,
    Type,
    fits,
    spelled,
)

ARITHMETIC: Final = (ast.Add, ast.Sub, ast.Mult)
BITWISE: Final = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
WHOLE_DIVISION: Final = (ast.FloorDiv, ast.Mod)
ORDERING: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
UNSTABLE: Final = ("abs", "divmod", "max", "min", "pow", "round", "sum")

REFUSED_EXPRESSIONS: Final[dict[type[ast.expr], str]] = {
    ast.JoinedStr: "the flight subset has no text; write a number that the ground gives a name",
    ast.List: "lists need memory at run time; write a module constant that is a tuple",
    ast.Dict: "dictionaries need memory at run time; write tables and ifs",
    ast.Set: "sets need memory at run time; write comparisons joined by `or`",
    ast.ListComp: "comprehensions need memory at run time; write a `for NAME in range(…)` loop",
    ast.SetComp: "comprehensions need memory at run time; write a `for NAME in range(…)` loop",
    ast.DictComp: "comprehensions need memory at run time; write a `for NAME in range(…)` loop",
    ast.GeneratorExp: "generators need memory at run time; write a `for NAME in range(…)` loop",
    ast.Lambda: "there are no functions inside functions; write a function of the module",
    ast.NamedExpr: "an expression does not assign; write the assignment on a line of its own",
    ast.Tuple: "a tuple stands only behind `return`; write one name for each value",
    ast.Starred: "nothing is unpacked with a star; write each value",
    ast.Await: "the onboard computer does not wait; write a step that returns",
    ast.Yield: "the onboard computer does not wait; write a step that returns",
    ast.YieldFrom: "the onboard computer does not wait; write a step that returns",
    ast.Slice: "tables are read one element at a time; write a loop over the index",
}

CallListener = Callable[[Function, ast.Call], None]


class Inference:
    """Types the expressions of one function.

    `variables` are the function's own names with their types, `assigned` those that have a value on every path to
    here; the caller keeps both up to date. `types` gets each expression's type, `called` hears of each call.
    """

    def __init__(
        self,
        names: Mapping[str, Declaration],
        records: Mapping[RecordType, Record],
        types: dict[ast.expr, Type],
        refuse: Callable[[ast.AST, str], None],
        called: CallListener,
    ) -> None:
        self._names = names
        self._records = records
        self._types = types
        self._refuse = refuse
        self._called = called
        self.variables: dict[str, Type] = {}
        self.own_names: frozenset[str] = frozenset()
        self.assigned: set[str] = set()

    def type_of(self, node: ast.expr) -> Type | None:
        """The expression's type; None where it has none, and then the reason has been given."""
        kind = self._infer(node)
        if kind is not None:
            self._types[node] = kind
        return kind

    def _infer(self, node: ast.expr) -> Type | None:
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._element(node)
            case ast.BinOp():
                return self._binary(node, node.op, node.left, node.right)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.BoolOp():
                for value in node.values:
                    self.expect_truth(value)
                return BOOL
            case ast.IfExp():
                return self._choice(node)
            case ast.Call():
                return self._call(node)
        self._refuse(node, REFUSED_EXPRESSIONS.get(type(node), "this expression is not in the flight subset"))
        return None

    def expect(self, node: ast.expr, wanted: Type, place: str) -> None:
        """Refuses the expression unless it has the wanted type."""
        found = self.type_of(node)
        if found is not None and not fits(found, wanted):
            self._refuse(node, f"{place} is {spelled(wanted)}, this is {spelled(found)}; {_conversion(found, wanted)}")

    def expect_truth(self, node: ast.expr) -> None:
        """Refuses what is not a bool where a decision is made: numbers have no truth of their own."""
        found = self.type_of(node)
        if found is not None and found != BOOL:
            self._refuse(node, f"a condition is a bool, this is {spelled(found)}; write the comparison, as in x != 0")

    def binary(self, node: ast.AST, operator: ast.operator, left: ast.expr, right: ast.expr) -> Type | None:
        """The type of `left operator right`, also of an augmented assignment's."""
        return self._binary(node, operator, left, right)

    def whole_number(self, node: ast.expr) -> int | None:
        """The value of an expression of integer literals and constants, if it is one."""
        return folded(node, self._whole_constant)

    def _whole_constant(self, name: str) -> int | None:
        match None if name in self.own_names else self._names.get(name):
            case Constant(type=Scalar("int"), value=int(value)):
                return value
        return None

    def _literal(self, node: ast.Constant) -> Type | None:
        match node.value:
            case bool():
                return BOOL
            case int(value):
                if value >= INT_LIMIT:
                    self._refuse(node, f"{value} does not fit 32 bits; write an int below 2147483648, or a float")
                return INT
            case float(value):
                if not math.isfinite(value):
                    self._refuse(node, "this literal is infinite; write a number that a double holds")
                return FLOAT
            case None:
                self._refuse(node, "there is no None; write a bool beside the value that says whether it holds")
            case str() | bytes():
                self._refuse(node, "the flight subset has no text; write a number that the ground gives a name")
            case _:
                self._refuse(node, "this literal is not in the flight subset; write a float, an int or a bool")
        return None

    def _name(self, node: ast.Name) -> Type | None:
        name = node.id
        if name in self.own_names:
            if name not in self.assigned:
                self._refuse(node, f"{name} may have no value here; write an assignment on every path before it")
            return self.variables.get(name)
        match self._names.get(name):
            case Constant(type=kind):
                return kind
            case None:
                self._refuse(node, f"{name} is not known here; write an assignment before it, or import it")
            case _:
                self._refuse(node, f"{name} is not a value; write a call, or the name of a constant or variable")
        return None

    def _attribute(self, node: ast.Attribute) -> Type | None:
        owner = self.type_of(node.value)
        if owner is None:
            return None
        if not isinstance(owner, RecordType):
            self._refuse(node, f"{spelled(owner)} has no fields; write a function that takes the value")
            return None
        kind = self._records[owner].fields.get(node.attr)
        if kind is None and node.attr not in self._records[owner].fields:
            self._refuse(node, f"{owner.name} has no field {node.attr}; write one of its fields, or declare it there")
        return kind

    def _element(self, node: ast.Subscript) -> Type | None:
        table = self.type_of(node.value)
        if isinstance(node.slice, ast.Slice):
            self._refuse(node, REFUSED_EXPRESSIONS[ast.Slice])
            return None
        self.expect(node.slice, INT, "a table's index")
        if not isinstance(table, Table):
            if table is not None:
                self._refuse(node, f"only tables have elements, this is {spelled(table)}; write a tuple constant")
            return None
        index = self.whole_number(node.slice)
        if index is not None and (index < 0 or (table.length is not None and index >= table.length)):
            self._refuse(node, f"index {index} is outside of the table; write one from 0 to its length less one")
        return table.element

    def _binary(self, node: ast.AST, operator: ast.operator, left: ast.expr, right: ast.expr) -> Type | None:
        a, b = self.type_of(left), self.type_of(right)
        if isinstance(operator, ast.Pow):
            self._refuse(node, "powers differ between libraries; write the multiplications")
            return None
        if a is None or b is None:
            return None
        if a != b and {a, b} <= {FLOAT, INT}:
            self._refuse(node, "int and float are mixed; write float(i) for the int, or its literal as 2.0")
            return None
        if a == b == INT:
            self._keep_in_range(node, operator, left, right)
        if isinstance(operator, ARITHMETIC) and a == b and a in (FLOAT, INT):
            return a
        if isinstance(operator, ast.Div):
            if a == b == FLOAT:
                return FLOAT
            self._refuse(node, f"/ divides two floats, not {spelled(a)} by {spelled(b)}; write float(…) for each int")
        elif isinstance(operator, BITWISE):
            if a == b == INT:
                return INT
            self._refuse(node, f"bits are of ints, not of {spelled(a)} and {spelled(b)}; write `and`, `or` for bools")
        elif isinstance(operator, WHOLE_DIVISION):
            return self._whole_division(node, a, b, right)
        else:
            self._refuse(node, f"this operation has no meaning for {spelled(a)} and {spelled(b)}; write it on numbers")
        return None

    def _keep_in_range(self, node: ast.AST, operator: ast.operator, left: ast.expr, right: ast.expr) -> None:
        """What can be known beforehand about the result of an operation on ints."""
        a, b = self.whole_number(left), self.whole_number(right)
        if isinstance(operator, SHIFTS) and b is not None and not 0 <= b < 32:
            self._refuse(node, f"a shift is by 0 to 31, not by {b}; write a number of bits that an int has")
        value = combined(operator, a, b)
        if value is not None and not -INT_LIMIT <= value < INT_LIMIT:
            self._refuse(node, f"this is {value}, which does not fit 32 bits; write floats, or smaller numbers")

    def _whole_division(self, node: ast.AST, a: Type, b: Type, right: ast.expr) -> Type | None:
        if not a == b == INT:
            self._refuse(node, "// and % are for ints; write int(…) of a float that was checked to be in range")
            return None
        divisor = self.whole_number(right)
        if divisor is None or divisor <= 0:
            self._refuse(node, "// and % need a positive constant on the right; write one, or a counter of your own")
            return None
        return INT

    def _unary(self, node: ast.UnaryOp) -> Type | None:
        if isinstance(node.op, ast.Not):
            self.expect_truth(node.operand)
            return BOOL
        if isinstance(node.op, ast.USub) and self.whole_number(node.operand) == INT_LIMIT:
            return INT
        kind = self.type_of(node.operand)
        if kind is None:
            return None
        if isinstance(node.op, ast.USub) and kind in (FLOAT, INT):
            return kind
        if isinstance(node.op, ast.Invert) and kind == INT:
            return kind
        sign = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}[type(node.op)]
        self._refuse(node, f"{sign} is not for {spelled(kind)}; write the value without it, or `not` for a bool")
        return None

    def _comparison(self, node: ast.Compare) -> Type | None:
        if len(node.ops) > 1:
            self._refuse(node, "comparisons are not chained; write a < b and b < c")
            return BOOL
        operator, right = node.ops[0], node.comparators[0]
        if isinstance(operator, ast.Is | ast.IsNot):
            self._refuse(node, "there is no identity, and no None; write == or != on numbers")
            return BOOL
        if isinstance(operator, ast.In | ast.NotIn):
            self._refuse(node, "there is no `in`; write comparisons joined by `or`")
            return BOOL
        a, b = self.type_of(node.left), self.type_of(right)
        if a is None or b is None:
            return BOOL
        if a != b:
            self._refuse(node, f"{spelled(a)} is compared with {spelled(b)}; {_conversion(a, b)}")
        elif not isinstance(a, Scalar) or (a == BOOL and isinstance(operator, ORDERING)):
            self._refuse(node, f"{spelled(a)} has no such comparison; write one of numbers")
        elif a != FLOAT and ast.dump(node.left) == ast.dump(right):
            self._refuse(node, "both sides are the same, of which C warns; write what is meant, or True or False")
        return BOOL

    def _choice(self, node: ast.IfExp) -> Type | None:
        self.expect_truth(node.test)
        a, b = self.type_of(node.body), self.type_of(node.orelse)
        if a is not None and b is not None and a != b:
            self._refuse(node, f"the two choices are {spelled(a)} and {spelled(b)}; {_conversion(a, b)}")
            return None
        if isinstance(a, Several | Nothing):
            self._refuse(node, "a choice is between single values; write an if statement")
            return None
        return a

    def _call(self, node: ast.Call) -> Type | None:
        for keyword in node.keywords:
            self._refuse(keyword.value, "arguments are given by position; write them in the order of the parameters")
        callee = self._callee(node)
        match callee:
            case Function():
                self._arguments(node, callee)
                self._called(callee, node)
                return callee.result
            case Record(type=kind):
                self._refuse(
                    node,
                    f"{kind.name}() would need memory at run time; write it as a parameter, or as a field with "
                    f"field(default_factory={kind.name})",
                )
                return None
            case Builtin(name):
                return self._conversion_call(node, name)
        for argument in node.args:
            self.type_of(argument)
        if callee is None:
            self._refuse(node, _unknown_call(node.func))
        else:
            self._refuse(node, "this is not a function; write a call of a function of flight.computer")
        return None

    def _callee(self, node: ast.Call) -> Declaration | None:
        match node.func:
            case ast.Name(id=name) if name not in self.own_names:
                return self._names.get(name)
            case ast.Attribute(value=ast.Name(id="math"), attr="sqrt") if self._names.get("math") == Builtin("math"):
                return Builtin("sqrt")
        return None

    def _arguments(self, node: ast.Call, callee: Function) -> None:
        wanted = callee.parameters
        if len(node.args) != len(wanted) and not node.keywords:
            self._refuse(
                node, f"{callee.name} takes {len(wanted)} values, here are {len(node.args)}; write all of them"
            )
        for argument, (name, kind) in zip(node.args, wanted, strict=False):
            self.expect(argument, kind, f"{callee.name}'s {name}")

    def _conversion_call(self, node: ast.Call, name: str) -> Type | None:
        if len(node.args) != 1:
            self._refuse(node, f"{name} takes one value; write {name}(x)")
            return None
        found = self.type_of(node.args[0])
        if name == "len":
            if found is not None and not (isinstance(found, Table) and found.length is not None):
                self._refuse(node, "len is of a table of stated length; write a field that holds the count")
            return INT
        allowed = {"sqrt": (FLOAT,), "float": (INT,), "int": (FLOAT, BOOL)}[name]
        if found is not None and found not in allowed:
            self._refuse(node, f"{name}() is not for {spelled(found)}; {_instead_of(name)}")
        return INT if name == "int" else FLOAT


def _conversion(found: Type, wanted: Type) -> str:
    if {found, wanted} == {INT, FLOAT}:
        return "write float(i), or int(x) after a check of its range"
    if BOOL in (found, wanted) and isinstance(found, Scalar) and isinstance(wanted, Scalar):
        return "write a comparison, as in x != 0, or int(b)"
    if isinstance(found, Several):
        return "write a, b = f(…) first"
    return f"write a value that is {spelled(wanted)}"


def _instead_of(name: str) -> str:
    if name == "float":
        return "write float(i) of an int; a float is one already, and a bool becomes one by float(int(b))"
    if name == "int":
        return "write int(x) of a float or int(b) of a bool; an int is one already"
    return "write sqrt(x) of a float"


def _unknown_call(function: ast.expr) -> str:
    name = ast.unparse(function)
    if name in UNSTABLE:
        return f"{name}() is not the same in C; write a function for it in flight/computer/maths.py"
    if name == "bool":
        return "numbers have no truth of their own; write the comparison, as in x != 0"
    if name == "range":
        return "range() stands only in a loop; write for NAME in range(…)"
    if isinstance(function, ast.Attribute):
        return f"there are no methods and no other modules ({name}); write a function of flight.computer"
    return f"{name} is not a function of flight.computer; write one there, in the flight subset"
