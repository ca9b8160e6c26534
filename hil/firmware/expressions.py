"""Expressions of the flight subset as C: the same operations in the same order, with the parentheses that C needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Final

from hil.firmware.language import (
    BOOL,
    INT,
    INT_LIMIT,
    Builtin,
    Constant,
    Function,
    Module,
    Program,
    RecordType,
    Table,
    Value,
)
from hil.firmware.naming import Names

SAME_LITERAL: Final = re.compile(r"(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?|0[xX][0-9a-fA-F]+")
OPERATORS: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.RShift: ">>", ast.LShift: "<<",
}  # fmt: skip
COMPARISONS: Final[Mapping[type[ast.cmpop], str]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
STRENGTH: Final[Mapping[type[ast.operator], int]] = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2}
"""Of the operators that bind in C as in Python; the others always stand in parentheses."""
REPEATED: Final = (ast.BitAnd, ast.BitOr, ast.BitXor)


class Expressions:
    """Writes the expressions of one function. `used` hears of every constant that is read."""

    def __init__(self, program: Program, module: Module, names: Names, used: Callable[[Constant], None]) -> None:
        self._program = program
        self._module = module
        self._names = names
        self._used = used
        self._lines = module.text.encode().splitlines()
        self.variables: Mapping[str, object] = {}

    def value(self, node: ast.expr) -> str:
        """An expression as an argument, or on a right-hand side: a number, or a pointer to a record or table."""
        if isinstance(self._program.types[node], RecordType) and self._is_place(node):
            return f"&{self.place(node)}"
        return self.place(node)

    def place(self, node: ast.expr) -> str:
        """An expression as it stands in C: a record that is a field, an element or a constant is not yet a pointer."""
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name(id=name):
                return name if name in self.variables else self._constant(name)
            case ast.Attribute():
                arrow = "." if self._is_place(node.value) else "->"
                return f"{self._atom(node.value)}{arrow}{node.attr}"
            case ast.Subscript():
                return f"{self._atom(node.value)}[{self.value(node.slice)}]"
            case ast.BinOp(left=left, op=operator, right=right):
                return self.binary(left, operator, right)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                # C warns where constants of two enums are compared.
                cast = "(int32_t)" if self._is_constant(left) and self._is_constant(right) else ""
                return f"{cast}{self._compared(left)} {COMPARISONS[type(operator)]} {self._compared(right)}"
            case ast.BoolOp(op=operator, values=values):
                sign = " && " if isinstance(operator, ast.And) else " || "
                return sign.join(self._grouped(value, ast.BoolOp, ast.IfExp) for value in values)
            case ast.IfExp():
                choices = (node.test, node.body, node.orelse)
                test, body, orelse = (self._grouped(choice, ast.BoolOp, ast.IfExp) for choice in choices)
                return f"{test} ? {body} : {orelse}"
            case ast.Call():
                return self.call(node)
        raise AssertionError(ast.dump(node))

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> str:
        """left operator right."""
        if function := _function_for(left, operator):
            return f"{function}({self.value(left)}, {self.value(right)})"
        return (
            f"{self._operand(left, operator, False)} {OPERATORS[type(operator)]} {self._operand(right, operator, True)}"
        )

    def call(self, node: ast.Call, results: tuple[str, ...] = ()) -> str:
        """A call; `results` are the pointers to where several results go."""
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        callee = self._module.names.get(name, Builtin("sqrt"))
        if isinstance(callee, Function):
            arguments = [*(self.value(argument) for argument in node.args), *results]
            return f"{self._names.of(callee)}({', '.join(arguments)})"
        argument = node.args[0]
        match name:
            case "len":
                table = self._program.types[argument]
                assert isinstance(table, Table)
                return str(table.length)
            case "float":
                return f"(double){self._atom(argument)}"
            case "int":
                if self._program.types[argument] == BOOL:
                    return f"({self._grouped(argument, ast.BoolOp, ast.IfExp)} ? 1 : 0)"
                return f"(int32_t){self._atom(argument)}"
        return f"vermilion_square_root({self.value(argument)})"

    def _constant(self, name: str) -> str:
        constant = self._module.names[name]
        assert isinstance(constant, Constant)
        self._used(constant)
        return self._names.of(constant)

    def _literal(self, node: ast.Constant) -> str:
        written = self._lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()
        return written if SAME_LITERAL.fullmatch(written) and not _octal(written) else literal(node.value)  # type: ignore[arg-type]

    def _is_place(self, node: ast.expr) -> bool:
        """Whether C has the record itself there, not a pointer to it."""
        return isinstance(node, ast.Attribute | ast.Subscript) or (
            isinstance(node, ast.Name) and node.id not in self.variables
        )

    def _is_constant(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id not in self.variables and self._program.types[node] == INT

    def _atom(self, node: ast.expr) -> str:
        """In parentheses unless it is a name, a field, an element, a call or a literal."""
        text = self.place(node)
        if isinstance(node, ast.Constant | ast.Name | ast.Attribute | ast.Subscript):
            return text
        casts = text.startswith(("(double)", "(int32_t)"))
        return text if isinstance(node, ast.Call) and not casts else f"({text})"

    def _unary(self, node: ast.UnaryOp) -> str:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if value == INT_LIMIT:
                return "INT32_MIN"
        sign = {ast.Not: "!", ast.USub: "-", ast.Invert: "~"}[type(node.op)]
        return f"{sign}{self._atom(node.operand)}"

    def _grouped(self, node: ast.expr, *loose: type[ast.expr]) -> str:
        text = self.value(node)
        return f"({text})" if isinstance(node, loose) else text

    def _compared(self, node: ast.expr) -> str:
        if isinstance(node, ast.BinOp) and (type(node.op) in STRENGTH or _function_for(node.left, node.op)):
            return self.value(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"({self.value(node)})"
        return self._grouped(node, ast.BinOp, ast.Compare, ast.BoolOp, ast.IfExp)

    def _parenthesised(self, node: ast.BinOp) -> bool:
        """Whether an operand stands in parentheses of its own in the source: those that are not needed are kept too."""
        before = self._lines[node.lineno - 1][: node.col_offset]
        behind = self._lines[(node.end_lineno or 1) - 1][node.end_col_offset :]
        return before.rstrip().endswith(b"(") and behind.lstrip().startswith(b")")

    def _operand(self, node: ast.expr, operator: ast.operator, right: bool) -> str:
        text = self.value(node)
        if isinstance(node, ast.BinOp):
            if _function_for(node.left, node.op):
                return text
            if self._parenthesised(node):
                return f"({text})"
            inner, outer = STRENGTH.get(type(node.op)), STRENGTH.get(type(operator))
            if inner is not None and outer is not None:
                return text if inner > outer or (inner == outer and not right) else f"({text})"
            repeated = type(node.op) is type(operator) and isinstance(operator, REPEATED) and not right
            return text if repeated else f"({text})"
        return f"({text})" if isinstance(node, ast.Compare | ast.BoolOp | ast.IfExp) else text


def literal(value: Value) -> str:
    """A value as a C literal or initialiser; -0.0 and all digits of a double are kept."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return "INT32_MIN" if value == -INT_LIMIT else str(value)
        case float():
            return repr(value)
        case tuple():
            return "{" + ", ".join(literal(part) for part in value) + "}"


def _function_for(left: ast.expr, operator: ast.operator) -> str | None:
    """The C function for an operation that C's own operator does not do as Python does."""
    match operator:
        case ast.FloorDiv():
            return "vermilion_floor_divide"
        case ast.Mod():
            return "vermilion_modulo"
        case ast.LShift() if not isinstance(left, ast.Constant):
            return "vermilion_shift_left"
    return None


def _octal(written: str) -> bool:
    return len(written) > 1 and written[0] == "0" and written.isdigit()
