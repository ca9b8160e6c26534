"""What a module of the flight subset declares: imports, constants, records and functions' signatures."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Final

from hil.firmware.inference import Inference
from hil.firmware.language import (
    BUILTINS,
    INT_LIMIT,
    NOTHING,
    SCALARS,
    Alias,
    Builtin,
    Constant,
    Declaration,
    Function,
    Module,
    Number,
    Program,
    Record,
    RecordType,
    Scalar,
    Several,
    Table,
    Type,
    Value,
    fits,
    reserved_in_c,
    spelled,
)

PACKAGE: Final = "flight.computer"
IMPORTS: Final[dict[str, tuple[str, ...]]] = {
    "__future__": ("annotations",),
    "dataclasses": ("dataclass", "field"),
    "math": ("sqrt",),
    "typing": ("Final", "TypeAlias"),
}
OPERATIONS: Final[dict[type[ast.operator], Callable[[Number, Number], Number]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
REFUSED_STATEMENTS: Final[dict[type[ast.stmt], str]] = {
    ast.If: "a module decides nothing while it is loaded; write the if inside a function",
    ast.For: "a module does nothing while it is loaded; write the loop inside a function, or the table as a tuple",
    ast.While: "a module does nothing while it is loaded; write a bounded for loop inside a function",
    ast.Try: "there are no exceptions; write a check before the operation",
    ast.With: "nothing is opened or closed on board; write plain assignments",
    ast.AsyncFunctionDef: "the onboard computer does not wait; write def, and a step that returns",
    ast.AugAssign: "a module's constant does not change; write a field of a record",
    ast.Delete: "nothing is deleted; remove the line",
    ast.Assert: "there are no exceptions; write a check that acts",
    ast.Raise: "there are no exceptions; write a value that says what is wrong",
}


class Declarations:
    """Reads one module's top level into its `names` and `functions`."""

    def __init__(self, program: Program, module: Module, load: Callable[[Module, ast.AST, str], Module | None]) -> None:
        self._program = program
        self._module = module
        self._load = load
        self._inference = Inference(module.names, program.records, {}, self._refuse, lambda function, call: None)
        module.names.update(BUILTINS)

    def read(self) -> None:
        for statement in self._module.tree.body:
            match statement:
                case ast.Expr(value=ast.Constant(value=str())):
                    pass
                case ast.Import():
                    self._import(statement)
                case ast.ImportFrom():
                    self._import_from(statement)
                case ast.ClassDef():
                    self._record(statement)
                case ast.FunctionDef():
                    self._function(statement)
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self._constant(statement, name, value, statement.annotation)
                case ast.Assign(targets=[ast.Name(id=name)]):
                    self._constant(statement, name, statement.value, None)
                case _:
                    advice = "a module has imports, constants, records and functions; write one of them"
                    self._refuse(statement, REFUSED_STATEMENTS.get(type(statement), advice))

    def _refuse(self, node: ast.AST, message: str) -> None:
        self._program.refuse(self._module, node, message)

    def _declare(self, node: ast.AST, name: str, declaration: Declaration) -> None:
        if name in self._module.names:
            self._refuse(node, f"{name} is declared twice; write another name")
        elif reserved_in_c(name):
            self._refuse(node, f"{name} is a word of C or kept for it; write another name")
        else:
            self._module.names[name] = declaration

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name == "math" and alias.asname is None:
                self._module.names["math"] = Builtin("math")
            else:
                self._refuse(node, f"{alias.name} is not on board; write from {PACKAGE}.MODULE import NAME")

    def _import_from(self, node: ast.ImportFrom) -> None:
        source = node.module or ""
        if node.level:
            self._refuse(node, f"imports are absolute; write from {PACKAGE}.{source} import NAME")
            return
        if any(alias.asname not in (None, alias.name) for alias in node.names):
            self._refuse(node, "a thing has one name in Python and in C; write the import without `as`")
            return
        if source in IMPORTS:
            for alias in node.names:
                if alias.name not in IMPORTS[source]:
                    allowed = " and ".join(IMPORTS[source])
                    self._refuse(node, f"{alias.name} of {source} is not on board; write {allowed} at most")
                elif source == "math":
                    self._module.names["sqrt"] = Builtin("sqrt")
        elif source.startswith(PACKAGE + "."):
            self._import_names(node, source)
        else:
            self._refuse(node, f"{source} is not on board; write from {PACKAGE}.MODULE import NAME")

    def _import_names(self, node: ast.ImportFrom, source: str) -> None:
        exporter = self._load(self._module, node, source)
        if exporter is None:
            return
        for alias in node.names:
            declaration = exporter.names.get(alias.name)
            if declaration is None or isinstance(declaration, Builtin):
                self._refuse(node, f"{source} declares no {alias.name}; write a name that it has")
            else:
                self._declare(node, alias.name, declaration)

    # Constants

    def _constant(self, node: ast.stmt, name: str, value: ast.expr, annotation: ast.expr | None) -> None:
        if _is_tuple_type(value) and (annotation is None or ast.unparse(annotation) == "TypeAlias"):
            self._declare(node, name, Alias(value))
            return
        wanted: Type | None = None
        match annotation:
            case None | ast.Name(id="Final"):
                pass
            case ast.Subscript(value=ast.Name(id="Final"), slice=inner):
                wanted = self._type(inner)
            case written:
                wanted = self._type(written)
        evaluated = self._value(value)
        if evaluated is None:
            return
        kind, number = evaluated
        if wanted is not None and not fits(kind, wanted):
            self._refuse(node, f"{name} is {spelled(kind)}, not {spelled(wanted)}; write the annotation that it has")
        self._declare(node, name, Constant(self._module.name, name, kind, number))

    def _value(self, node: ast.expr) -> tuple[Scalar | RecordType | Table, Value] | None:
        match node:
            case ast.Tuple(elts=[_, *_] as elements):
                return self._table_value(node, elements)
            case ast.Call(func=ast.Name(id=name)) if isinstance(record := self._module.names.get(name), Record):
                return self._record_value(node, record)
        kind = self._inference.type_of(node)
        if not isinstance(kind, Scalar | RecordType | Table):
            return None
        try:
            value = _evaluate(node, self._module.names)
        except (ArithmeticError, ValueError):
            self._refuse(node, "this has no value (a division by zero, or too large); write the number")
            return None
        if value is None:
            self._refuse(node, "a constant is made of numbers, constants and operators; write its value")
        elif not isinstance(value, tuple) and not _representable(value):
            self._refuse(node, f"{value} is not a double or a 32-bit int; write a number that fits")
        else:
            return kind, value
        return None

    def _table_value(self, node: ast.expr, elements: list[ast.expr]) -> tuple[Table, Value] | None:
        pairs = [self._value(element) for element in elements]
        known = [pair for pair in pairs if pair is not None]
        if len(known) < len(pairs):
            return None
        kinds = {kind for kind, _ in known}
        element = known[0][0]
        if len(kinds) > 1 or isinstance(element, Table):
            self._refuse(node, "a table's elements have one type, number or record; write a table for each column")
            return None
        return Table(element, len(known)), tuple(value for _, value in known)

    def _record_value(self, node: ast.Call, record: Record) -> tuple[RecordType, Value] | None:
        if not record.frozen:
            advice = f"write @dataclass(frozen=True, slots=True) on {record.type.name}"
            self._refuse(node, f"a constant's record could be written to; {advice}")
        if node.keywords or len(node.args) != len(record.fields):
            self._refuse(node, f"{record.type.name} has {len(record.fields)} fields; write all of them, by position")
            return None
        values = []
        for argument, (name, wanted) in zip(node.args, record.fields.items(), strict=True):
            evaluated = self._value(argument)
            if evaluated is None:
                return None
            if not fits(evaluated[0], wanted):
                self._refuse(
                    argument, f"field {name} is {spelled(wanted)}; write one instead of {ast.unparse(argument)}"
                )
            values.append(evaluated[1])
        return record.type, tuple(values)

    # Records

    def _record(self, node: ast.ClassDef) -> None:
        options = _dataclass_options(node)
        if options is None or not options.get("slots") or not set(options) <= {"slots", "frozen"}:
            self._refuse(node, f"{node.name} is not a record; write @dataclass(slots=True), or functions")
            return
        if node.bases or node.keywords:
            self._refuse(node, f"{node.name} inherits; write its fields out, or a field of that record")
        kind = RecordType(self._module.name, node.name)
        fields: dict[str, Type] = {}
        for statement in node.body:
            match statement:
                case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                    pass
                case ast.AnnAssign(target=ast.Name(id=name)):
                    field_type = self._field(statement, name)
                    if field_type is not None:
                        fields[name] = field_type
                        if options.get("frozen"):
                            self._keep_frozen(statement, name, field_type)
                case ast.FunctionDef(name=name):
                    self._refuse(statement, f"records have no methods; write a function {name} of the module")
                case _:
                    self._refuse(statement, "a record has typed fields; write NAME: float, int, bool or a record")
        record = Record(kind, fields, options.get("frozen", False), node.lineno)
        self._declare(node, node.name, record)
        self._program.records[kind] = record

    def _keep_frozen(self, statement: ast.AnnAssign, name: str, kind: Type) -> None:
        inner = kind.element if isinstance(kind, Table) else kind
        if isinstance(inner, RecordType) and not self._program.records[inner].frozen:
            self._refuse(statement, f"{name} could be written to; write frozen=True on {inner.name} too")

    def _field(self, statement: ast.AnnAssign, name: str) -> Type | None:
        if reserved_in_c(name):
            self._refuse(statement, f"{name} is a word of C or kept for it; write another name")
        kind = self._type(statement.annotation)
        if isinstance(kind, Table) and kind.length is None:
            self._refuse(statement, f"{name} has a place in memory; write its type once for each element")
        if kind is None or statement.value is None:
            return kind
        if isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) == "field":
            made = f"field(default_factory={spelled(kind)})"
            if ast.unparse(statement.value) != made:
                self._refuse(statement, f"{name} is made in a way that C has not; write {made}, or a constant")
            return kind
        evaluated = self._value(statement.value)
        if evaluated is not None and not fits(evaluated[0], kind):
            advice = "write a default of its type, or none"
            self._refuse(statement, f"{name} is {spelled(kind)}, its default {spelled(evaluated[0])}; {advice}")
        elif evaluated is not None and not _is_zero(evaluated[1]):
            self._refuse(statement, "records begin as zeros and false; write its value in a function that starts")
        return kind

    # Functions

    def _function(self, node: ast.FunctionDef) -> None:
        given = node.args
        if node.decorator_list:
            self._refuse(node, f"{node.name} is decorated; write a plain function")
        if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs:
            self._refuse(node, f"{node.name} takes a varying list; write one plain parameter for each value")
        if given.defaults or given.kw_defaults:
            self._refuse(node, f"{node.name} has default values; write them at each call")
        parameters = []
        for parameter in given.args:
            kind = None
            if parameter.annotation is None:
                self._refuse(
                    parameter, f"{parameter.arg} has no type; write {parameter.arg}: float, int, bool or a record"
                )
            else:
                kind = self._type(parameter.annotation)
            if kind is not None:
                parameters.append((parameter.arg, kind))
        if node.returns is None:
            self._refuse(node, f"{node.name} does not say what it returns; write -> None, or the type")
            return
        result = self._result(node.returns)
        if result is not None and len(parameters) == len(given.args):
            function = Function(self._module.name, node.name, tuple(parameters), result, node)
            self._declare(node, node.name, function)
            self._module.functions.append(function)

    def _result(self, node: ast.expr) -> Type | None:
        if isinstance(node, ast.Constant) and node.value is None:
            return NOTHING
        return self._type(node, results=True)

    def _type(self, node: ast.expr, results: bool = False) -> Type | None:
        match node:
            case ast.Name(id=name) if name in SCALARS:
                return SCALARS[name]
            case ast.Name(id=name):
                match self._module.names.get(name):
                    case Record(type=kind):
                        return kind
                    case Alias(written):
                        return self._type(written, results)
            case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=[element, *others])):
                return self._tuple_type(node, element, others, results)
        self._refuse(
            node,
            f"{ast.unparse(node)} is not a type on board; write float, int, bool, a record declared above or a tuple",
        )
        return None

    def _tuple_type(self, node: ast.expr, first: ast.expr, others: list[ast.expr], results: bool) -> Type | None:
        element = self._type(first)
        if not isinstance(element, Scalar | RecordType):
            if element is not None:
                self._refuse(node, "a table holds numbers or records; write a table for each row")
            return None
        if len(others) == 1 and isinstance(others[0], ast.Constant) and others[0].value is Ellipsis:
            return Table(element, None)
        kinds = [element, *(self._type(other) for other in others)]
        scalars = tuple(kind for kind in kinds if isinstance(kind, Scalar))
        if results and len(scalars) == len(kinds):
            return Several(scalars)
        if results or len(set(kinds)) > 1:
            self._refuse(node, "results are scalars, a table's elements have one type; write a record for the others")
            return None
        return Table(element, len(kinds))


def _is_tuple_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "tuple"


def _dataclass_options(node: ast.ClassDef) -> dict[str, bool] | None:
    match node.decorator_list:
        case [ast.Call(func=ast.Name(id="dataclass"), args=[], keywords=keywords)]:
            return {
                keyword.arg or "**": isinstance(keyword.value, ast.Constant) and keyword.value.value is True
                for keyword in keywords
            }
    return None


def _evaluate(node: ast.expr, names: Mapping[str, Declaration]) -> Value | None:
    """The value of a well-typed constant expression; None where it is not one."""
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return value
        case ast.Name(id=name):
            declaration = names.get(name)
            return declaration.value if isinstance(declaration, Constant) else None
        case ast.UnaryOp():
            operand = _evaluate(node.operand, names)
            if operand is None or isinstance(operand, tuple):
                return None
            if isinstance(node.op, ast.Not):
                return not operand
            return -operand if isinstance(node.op, ast.USub) else ~int(operand)
        case ast.BinOp(left=left, op=sign, right=right):
            a, b = _evaluate(left, names), _evaluate(right, names)
            if a is None or b is None or isinstance(a, tuple) or isinstance(b, tuple):
                return None
            return OPERATIONS[type(sign)](a, b)
    return None


def _is_zero(value: Value) -> bool:
    if isinstance(value, tuple):
        return all(_is_zero(part) for part in value)
    return value == 0 and str(value)[0] != "-"


def _representable(value: Number) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return -INT_LIMIT <= value < INT_LIMIT
