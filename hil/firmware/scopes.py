"""Where in a function's C each variable is declared: as deep and as late as its uses allow."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Scopes:
    """`before[statement]` are the variables declared above a statement, `at[statement]` those declared by it.

    `read` are those whose value anybody looks at.
    """

    before: dict[ast.stmt, list[str]] = field(default_factory=dict)
    at: dict[ast.stmt, set[str]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)


def scopes(statements: Sequence[ast.stmt], names: Iterable[str]) -> Scopes:
    """The places of `names`, none of which is used outside of these statements."""
    found = Scopes()
    used: dict[ast.stmt, set[str]] = {}
    for statement in statements:
        found.read |= _uses(statement, used)[1]
    for name in names:
        _declare(found, used, statements, name)
    return found


def targets(statement: ast.stmt) -> list[str]:
    """The variables that a plain assignment gives values to."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=[ast.Tuple(elts=elements)]):
            return [element.id for element in elements if isinstance(element, ast.Name)]
    return []


def _uses(node: ast.AST, statements: dict[ast.stmt, set[str]]) -> tuple[set[str], set[str]]:
    """The variables used in there, and those read; the target of += is not. Notes the uses of each statement.

    A loop's counter is a variable of its own, whatever else has its name.
    """
    if isinstance(node, ast.Name):
        return {node.id}, {node.id} if isinstance(node.ctx, ast.Load) else set()
    used: set[str] = set()
    read: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.For) and child is node.iter):
            inner, looked_at = _uses(child, statements)
            used |= inner
            read |= looked_at
    if isinstance(node, ast.For):
        counter = {node.target.id} if isinstance(node.target, ast.Name) else set()
        bounds = _uses(node.iter, statements)[0]
        used = used - counter | bounds
        read = read - counter | bounds
    if isinstance(node, ast.stmt):
        statements[node] = used
    return used, read


def _declare(found: Scopes, used: dict[ast.stmt, set[str]], statements: Sequence[ast.stmt], name: str) -> None:
    users = [statement for statement in statements if name in used[statement]]
    if not users:
        return
    first = users[0]
    if name in targets(first):
        found.at.setdefault(first, set()).add(name)
        return
    inner = [block for block in _blocks(first) if any(name in used[statement] for statement in block)]
    if len(users) == 1 and len(inner) == 1 and name not in _head(first):
        _declare(found, used, inner[0], name)
    else:
        found.before.setdefault(first, []).append(name)


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    match statement:
        case ast.If(body=body, orelse=orelse):
            return [body, orelse]
        case ast.For(body=body):
            return [body]
    return []


def _head(statement: ast.stmt) -> set[str]:
    """The variables used where a compound statement decides or counts."""
    match statement:
        case ast.If(test=head) | ast.For(iter=head):
            return _uses(head, {})[0]
    return set()
