"""The statements of a function of the flight subset: what each name holds, and that it has a value when it is read."""

from __future__ import annotations

import ast
from typing import Final

from hil.firmware.inference import Inference
from hil.firmware.language import (
    INT,
    NOTHING,
    SCALARS,
    Call,
    Function,
    Module,
    Nothing,
    Program,
    RecordType,
    Scalar,
    Several,
    Type,
    fits,
    reserved_in_c,
    spelled,
)

REFUSED_STATEMENTS: Final[dict[type[ast.stmt], str]] = {
    ast.While: "a while loop has no visible bound; write for NAME in range(LIMIT) with a break",
    ast.AsyncFor: "the onboard computer does not wait; write for NAME in range(…)",
    ast.With: "nothing is opened or closed on board; write plain assignments",
    ast.AsyncWith: "nothing is opened or closed on board; write plain assignments",
    ast.Try: "there are no exceptions; write a check before the operation",
    ast.TryStar: "there are no exceptions; write a check before the operation",
    ast.Raise: "there are no exceptions; write a value that says what is wrong",
    ast.Assert: "there are no exceptions; write a check that acts",
    ast.Match: "there is no match; write if and elif",
    ast.FunctionDef: "there are no functions inside functions; write a function of the module",
    ast.AsyncFunctionDef: "there are no functions inside functions; write a function of the module",
    ast.ClassDef: "there are no classes inside functions; write a record of the module",
    ast.Import: "imports stand at the top; write it there",
    ast.ImportFrom: "imports stand at the top; write it there",
    ast.Global: "what a module holds does not change; write a field of a record that is a parameter",
    ast.Nonlocal: "there are no functions inside functions; write a parameter",
    ast.Delete: "nothing is deleted; remove the line",
}


class Body:
    """Walks one function, statement by statement, in the order of the text.

    A variable has one type, that of its first assignment. `assigned` (in the inference) are the variables with a
    value on every path to the present statement; `_ended` says that no path goes on from it.
    """

    def __init__(self, program: Program, module: Module, function: Function) -> None:
        self._program = program
        self._module = module
        self._function = function
        self._inference = Inference(module.names, program.records, program.types, self._refuse, self._called)
        program.variables[function.key] = self._inference.variables
        self._whole: ast.expr | None = None
        self._loops: list[str] = []
        self._ended = False

    def check(self) -> None:
        definition = self._function.definition
        parameters = [argument.arg for argument in definition.args.args]
        self._inference.own_names = frozenset(parameters) | _assigned_names(definition)
        for argument, (name, kind) in zip(definition.args.args, self._function.parameters, strict=True):
            self._introduce(argument, name, kind)
        body = definition.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        self._block(body)
        if not self._ended and self._function.result != NOTHING:
            self._refuse(definition, f"{self._function.name} can end without a value; write a return at its end")

    def _refuse(self, node: ast.AST, message: str) -> None:
        self._program.refuse(self._module, node, message)

    def _called(self, callee: Function, node: ast.Call) -> None:
        alone = node is self._whole
        self._program.calls.append(Call(self._function.key, callee.key, self._module.file, node.lineno, alone))

    def _block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            if self._ended:
                self._refuse(statement, "this is never reached; write it before what ends the path, or remove it")
                return
            self._whole = None
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass():
                pass
            case ast.Break() | ast.Continue():
                self._ended = True
            case ast.Assign(targets=[ast.Tuple() as targets]):
                self._unpack(targets, node.value)
            case ast.Assign(targets=[target]):
                self._assign(target, node.value)
            case ast.Assign():
                self._refuse(node, "one assignment has one target; write a line for each")
            case ast.AnnAssign():
                self._annotated(node)
            case ast.AugAssign():
                self._augmented(node)
            case ast.If():
                self._if(node)
            case ast.For():
                self._for(node)
            case ast.Return():
                self._return(node)
            case ast.Expr():
                self._call(node)
            case _:
                self._refuse(node, REFUSED_STATEMENTS.get(type(node), "this statement is not in the flight subset"))

    # Assignments

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        self._whole = value
        kind = self._inference.type_of(value)
        if isinstance(kind, Several | Nothing):
            advice = "write a, b = f(…)" if isinstance(kind, Several) else "write the call alone"
            self._refuse(value, f"{spelled(kind)} is not one value; {advice}")
            kind = None
        self._store(target, kind)

    def _unpack(self, targets: ast.Tuple, value: ast.expr) -> None:
        self._whole = value
        kind = self._inference.type_of(value) if isinstance(value, ast.Call) else None
        if not isinstance(value, ast.Call) or not (kind is None or isinstance(kind, Several)):
            self._refuse(value, "only a call with several results is unpacked; write one assignment for each name")
        elements: list[Type | None] = list(kind.elements) if isinstance(kind, Several) else []
        if isinstance(kind, Several) and len(elements) != len(targets.elts):
            self._refuse(targets, f"the call gives {len(elements)} values; write as many names")
        for index, target in enumerate(targets.elts):
            self._store(target, elements[index] if index < len(elements) else None)

    def _annotated(self, node: ast.AnnAssign) -> None:
        wanted = SCALARS.get(ast.unparse(node.annotation))
        if wanted is None or not isinstance(node.target, ast.Name):
            self._refuse(node, "a local annotation is float, int or bool on a name; write none elsewhere")
        if node.value is None:
            self._refuse(node, "a name without a value cannot be read; write a first value")
            return
        self._whole = node.value
        if wanted is None:
            self._inference.type_of(node.value)
        else:
            self._inference.expect(node.value, wanted, ast.unparse(node.target))
        self._store(node.target, wanted)

    def _augmented(self, node: ast.AugAssign) -> None:
        kind = self._inference.binary(node, node.op, node.target, node.value)
        self._store(node.target, kind)

    def _store(self, target: ast.expr, kind: Type | None) -> None:
        match target:
            case ast.Name(id=name):
                if name in self._loops:
                    self._refuse(target, f"{name} counts the loop; write another name")
                self._introduce(target, name, kind)
            case ast.Attribute():
                self._store_field(target, kind)
            case ast.Subscript():
                self._refuse(target, "a table's elements do not change; write a record with a field for each")
            case _:
                self._refuse(target, "only names and fields are assigned; write one of them")

    def _introduce(self, node: ast.AST, name: str, kind: Type | None) -> None:
        known = self._inference.variables.get(name)
        if name in self._module.names:
            self._refuse(node, f"{name} is already a name of the module; write another one")
        elif reserved_in_c(name):
            self._refuse(node, f"{name} is a word of C or kept for it; write another name")
        elif known is not None and kind is not None and known != kind:
            self._refuse(node, f"{name} is {spelled(known)} already, here {spelled(kind)}; write another name")
        if kind is not None:
            self._inference.variables.setdefault(name, kind)
        self._inference.assigned.add(name)

    def _store_field(self, target: ast.Attribute, kind: Type | None) -> None:
        self._program.writers.add(self._function.key)
        owner = self._inference.type_of(target.value)
        wanted = self._inference.type_of(target)
        if wanted is None:
            return
        if isinstance(owner, RecordType) and self._program.records[owner].frozen:
            self._refuse(target, f"{owner.name} is frozen; write to a record that is not")
        elif not isinstance(wanted, Scalar):
            self._refuse(target, f"{spelled(wanted)} is not copied as a whole; write its numbers one by one")
        elif kind is not None and not fits(kind, wanted):
            self._refuse(target, f"{target.attr} is {spelled(wanted)}, this is {spelled(kind)}; write one of its type")

    # Paths

    def _if(self, node: ast.If) -> None:
        negated = isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)
        self._whole = node.test.operand if negated and isinstance(node.test, ast.UnaryOp) else node.test
        self._inference.expect_truth(node.test)
        before = set(self._inference.assigned)
        self._block(node.body)
        after_body, body_ended = self._inference.assigned, self._ended
        self._inference.assigned, self._ended = before, False
        self._block(node.orelse)
        if self._ended:
            self._inference.assigned = after_body
        elif not body_ended:
            self._inference.assigned &= after_body
        self._ended = self._ended and body_ended

    def _for(self, node: ast.For) -> None:
        if node.orelse:
            self._refuse(node.orelse[0], "a loop has no else; write a bool that the loop sets")
        self._range(node.iter)
        if not isinstance(node.target, ast.Name):
            self._refuse(node.target, "a loop counts with one name; write for NAME in range(…)")
            return
        # Python leaves the last count in the name, C the one after it: no counter is read behind its loop.
        counters = {
            loop.target.id for loop in ast.walk(node) if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name)
        }
        before = self._inference.assigned - counters
        self._inference.assigned = set(before)
        self._introduce(node.target, node.target.id, INT)
        self._loops.append(node.target.id)
        self._block(node.body)
        self._loops.pop()
        self._inference.assigned, self._ended = before, False

    def _range(self, node: ast.expr) -> None:
        match node:
            case ast.Call(func=ast.Name(id="range"), args=[_] | [_, _] as bounds, keywords=[]):
                for bound in bounds:
                    self._inference.expect(bound, INT, "a loop's bound")
            case _:
                self._refuse(node, "a loop counts; write for NAME in range(N) or range(FIRST, BEHIND_LAST)")

    def _return(self, node: ast.Return) -> None:
        self._ended = True
        result = self._function.result
        self._whole = node.value
        if node.value is None:
            if result != NOTHING:
                self._refuse(node, f"{self._function.name} returns {spelled(result)}; write the value")
        elif result == NOTHING:
            self._refuse(node, f"{self._function.name} returns nothing; write return alone, or the type behind ->")
        elif isinstance(result, Several) and isinstance(node.value, ast.Tuple):
            self._return_several(node.value, result)
        else:
            self._inference.expect(node.value, result, f"the result of {self._function.name}")

    def _return_several(self, value: ast.Tuple, result: Several) -> None:
        if len(value.elts) != len(result.elements):
            self._refuse(value, f"{self._function.name} returns {len(result.elements)} values; write as many")
        for element, wanted in zip(value.elts, result.elements, strict=False):
            self._inference.expect(element, wanted, f"a result of {self._function.name}")

    def _call(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Call):
            self._refuse(node, "this value goes nowhere; write an assignment, or remove the line")
            return
        self._whole = node.value
        kind = self._inference.type_of(node.value)
        if kind is not None and kind != NOTHING:
            self._refuse(node, f"the result, {spelled(kind)}, goes nowhere; write NAME = before the call")


def _assigned_names(definition: ast.FunctionDef) -> frozenset[str]:
    return frozenset(
        node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
