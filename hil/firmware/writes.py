"""Which parameters a function writes to, itself or through what it calls: the others are `const` in C."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from hil.firmware.language import Function, Module, Program, RecordType, Table

Parameter = tuple[tuple[str, str], str]
"""A function's key, and its parameter's name."""


def written_parameters(program: Program) -> frozenset[Parameter]:
    """Parameters through which a record is written, given another name, or given back."""
    written: set[Parameter] = set()
    handed_on: set[tuple[Parameter, Parameter]] = set()
    for module in program.modules.values():
        for function in module.functions:
            for node in ast.walk(function.definition):
                written |= {(function.key, name) for name in _written(program, node)}
                handed_on |= set(_handed_on(program, module, function, node))
    while more := {giver for giver, taker in handed_on if taker in written} - written:
        written |= more
    return frozenset(written)


def _written(program: Program, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(ctx=ast.Store(), value=owner):
            yield from _roots(owner)
        case ast.Assign(value=value) | ast.Return(value=ast.expr() as value):
            if _is_record(program, value):
                yield from _roots(value)


def _handed_on(
    program: Program, module: Module, function: Function, node: ast.AST
) -> Iterator[tuple[Parameter, Parameter]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        callee = module.names.get(node.func.id)
        if isinstance(callee, Function):
            for argument, (name, _) in zip(node.args, callee.parameters, strict=True):
                if _is_record(program, argument):
                    yield from (((function.key, root), (callee.key, name)) for root in _roots(argument))


def _is_record(program: Program, node: ast.expr) -> bool:
    """Whether the value is a record or a table of records, not a number of one."""
    kind = program.types.get(node)
    return isinstance(kind.element if isinstance(kind, Table) else kind, RecordType)


def _roots(node: ast.expr) -> Iterator[str]:
    """The names that a record is reached from."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=owner) | ast.Subscript(value=owner):
            yield from _roots(owner)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _roots(body)
            yield from _roots(orelse)
        case ast.Call(args=arguments):
            for argument in arguments:
                yield from _roots(argument)
