"""A function of the flight subset as C, statement by statement, in the order of the text."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from hil.firmware.comments import Comments, block, docstring, wrapped
from hil.firmware.expressions import Expressions
from hil.firmware.language import (
    Constant,
    Function,
    Module,
    Program,
    Scalar,
    Several,
    Type,
)
from hil.firmware.naming import Names
from hil.firmware.scopes import Scopes, scopes, targets

NO_VALUES = {"float": "0.0", "int": "0", "bool": "false"}


def signature(program: Program, function: Function, names: Names) -> str:
    """A function's type, name and parameters in C. Several results go to where the last parameters point."""
    result = "void " if isinstance(function.result, Several) else names.type(function.result)
    parameters = [names.parameter(function, name, kind) for name, kind in function.parameters]
    for kind, name in zip(_results(function), result_names(program, function), strict=True):
        parameters.append(f"{names.type(kind)}*{name}")
    return f"{result}{names.of(function)}({', '.join(parameters) or 'void'})"


def result_names(program: Program, function: Function) -> list[str]:
    """What the pointers to a function's several results are called."""
    stem = _unused(program, function, "result")
    return [f"{stem}_{place}" for place in range(1, len(_results(function)) + 1)]


def _results(function: Function) -> tuple[Scalar, ...]:
    return function.result.elements if isinstance(function.result, Several) else ()


def _unused(program: Program, function: Function, stem: str) -> str:
    """A beginning that no variable of the function has."""
    while any(name.startswith(f"{stem}_") for name in program.variables[function.key]):
        stem = f"its_{stem}"
    return stem


class Statements:
    """Writes one function."""

    def __init__(
        self, program: Program, module: Module, names: Names, comments: Comments, used: Callable[[Constant], None]
    ) -> None:
        self._program = program
        self._names = names
        self._comments = comments
        self._expressions = Expressions(program, module, names, used)
        self._lines: list[str] = []
        self._depth = 0
        self._scopes = Scopes()
        self._kinds: dict[str, Type] = {}
        self._temporaries = 0

    def function(self, function: Function) -> list[str]:
        """The whole definition, comments first."""
        definition = function.definition
        self._lines, self._depth, self._temporaries = [], 0, 0
        self._function = function
        self._results = result_names(self._program, function)
        self._part = _unused(self._program, function, "part")
        self._kinds = self._program.variables[function.key]
        self._expressions.variables = self._kinds
        parameters = [name for name, _ in function.parameters]
        self._scopes = scopes(definition.body, [name for name in self._kinds if name not in parameters])
        text = docstring(definition.body)
        self._lines += self._comments.before(definition.lineno)
        if text is not None:
            self._lines += block(text)
        linkage = "" if function.key in self._names.exported else "static "
        self._add(f"{linkage}{signature(self._program, function, self._names)}")
        self._add("{")
        self._depth += 1
        for name in parameters:
            self._never_read(name)
        self._block(definition.body[1:] if text is not None else definition.body)
        if self._lines[-1].strip() == "return;":
            self._lines.pop()
        self._depth -= 1
        self._add("}")
        return self._lines

    def _add(self, line: str) -> None:
        self._lines += wrapped(line, self._depth)

    def _never_read(self, name: str) -> None:
        if name not in self._scopes.read:
            self._add(f"(void){name};")

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            for comment in self._comments.before(statement.lineno):
                self._add(comment)
            for name in self._scopes.before.get(statement, ()):
                self._add(f"{self._names.type(self._kinds[name])}{name} = {self._nothing(name)};")
                self._never_read(name)
            self._statement(statement)

    def _nothing(self, name: str) -> str:
        kind = self._kinds[name]
        return NO_VALUES[kind.name] if isinstance(kind, Scalar) else "NULL"

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.If():
                self._if(node, "")
            case ast.For():
                self._for(node)
            case ast.Assign(targets=[ast.Tuple() as several], value=ast.Call() as call):
                self._unpack(node, several, call)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(node, target, self._expressions.value(value))
            case ast.AugAssign(target=target, op=operator, value=value):
                self._assign(node, target, self._expressions.binary(target, operator, value))
            case ast.Return():
                self._return(node)
            case ast.Expr(value=value):
                self._say(node, f"{self._expressions.value(value)};")
            case ast.Break():
                self._say(node, "break;")
            case ast.Continue():
                self._say(node, "continue;")
            case ast.Pass():
                self._comments.behind(node)

    def _say(self, node: ast.stmt, line: str) -> None:
        """A statement with the comments that stand behind it."""
        self._add(line + self._comments.behind(node))

    def _assign(self, node: ast.stmt, target: ast.expr, value: str) -> None:
        place = target.id if isinstance(target, ast.Name) else self._expressions.place(target)
        declared = place in self._scopes.at.get(node, ())
        self._say(node, f"{self._names.type(self._kinds[place]) if declared else ''}{place} = {value};")
        if declared:
            self._never_read(place)

    def _unpack(self, node: ast.stmt, several: ast.Tuple, call: ast.Call) -> None:
        kinds = self._program.types[call]
        assert isinstance(kinds, Several)
        declared = self._scopes.at.get(node, set())
        for kind in dict.fromkeys(kinds.elements):
            fresh = [name for name in dict.fromkeys(targets(node)) if name in declared and self._kinds[name] == kind]
            if fresh:
                self._add(f"{self._names.type(kind)}{', '.join(fresh)};")
        pointers, stores = [], []
        for target, kind in zip(several.elts, kinds.elements, strict=True):
            name = target.id if isinstance(target, ast.Name) else self._temporary()
            pointers.append(f"&{name}")
            if not isinstance(target, ast.Name):
                self._add(f"{self._names.type(kind)}{name};")
                stores.append(f"{self._expressions.place(target)} = {name};")
        self._say(node, f"{self._expressions.call(call, tuple(pointers))};")
        for store in stores:
            self._add(store)
        for name in sorted(declared):
            self._never_read(name)

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"{self._part}_{self._temporaries}"

    def _return(self, node: ast.Return) -> None:
        several = isinstance(self._function.result, Several)
        match node.value:
            case None:
                self._say(node, "return;")
            case ast.Tuple(elts=elements) if several:
                for result, element in zip(self._results, elements, strict=True):
                    self._add(f"*{result} = {self._expressions.value(element)};")
                self._say(node, "return;")
            case ast.Call() as call if several:
                self._add(f"{self._expressions.call(call, tuple(self._results))};")
                self._say(node, "return;")
            case value:
                self._say(node, f"return {self._expressions.value(value)};")

    def _if(self, node: ast.If, otherwise: str) -> None:
        comment = self._comments.behind(_lines(node.lineno, node.test.end_lineno))
        self._add(f"{otherwise}if ({self._expressions.value(node.test)}) {{{comment}")
        self._inner(node.body)
        match node.orelse:
            case []:
                self._add("}")
            case [ast.If() as inner] if not self._scopes.before.get(inner):
                self._if(inner, "} else ")
            case orelse:
                between = _lines((node.body[-1].end_lineno or 0) + 1, orelse[0].lineno - 1)
                self._add(f"}} else {{{self._comments.behind(between)}")
                self._inner(orelse)
                self._add("}")

    def _for(self, node: ast.For) -> None:
        assert isinstance(node.iter, ast.Call)
        assert isinstance(node.target, ast.Name)
        bounds = [self._expressions.value(bound) for bound in node.iter.args]
        first, behind = bounds if len(bounds) == 2 else ("0", bounds[0])
        counter = node.target.id
        if not self._settled(node.iter.args[-1]):
            # Python looks at the bound once.
            end = self._temporary()
            self._add(f"const int32_t {end} = {behind};")
            behind = end
        comment = self._comments.behind(_lines(node.lineno, node.iter.end_lineno))
        self._add(f"for (int32_t {counter} = {first}; {counter} < {behind}; {counter}++) {{{comment}")
        self._inner(node.body)
        self._add("}")

    def _settled(self, bound: ast.expr) -> bool:
        """Whether a loop's bound is the same whenever it is looked at."""
        return all(
            node.id not in self._kinds and isinstance(node.ctx, ast.Load)
            for node in ast.walk(bound)
            if isinstance(node, ast.Name)
        ) and not any(isinstance(node, ast.Call) and ast.unparse(node.func) != "len" for node in ast.walk(bound))

    def _inner(self, statements: Sequence[ast.stmt]) -> None:
        self._depth += 1
        self._block(statements)
        self._depth -= 1


def _lines(first: int, last: int | None) -> ast.stmt:
    """A statement on these lines, for the comments there."""
    return ast.Pass(lineno=first, end_lineno=last)
