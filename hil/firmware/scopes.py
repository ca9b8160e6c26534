"""Where in a function's C each variable is declared: as deep and as late as its uses allow."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Scopes:
    """`before[statement]` are the variables declared above a statement, `at[statement]` those declared by it."""

    before: dict[ast.stmt, list[str]] = field(default_factory=dict)
    at: dict[ast.stmt, set[str]] = field(default_factory=dict)


def scopes(statements: Sequence[ast.stmt], names: Iterable[str]) -> Scopes:
    """The places of `names`, none of which is used outside of these statements."""
    found = Scopes()
    for name in names:
        _declare(found, statements, name)
    return found


def used(node: ast.AST, name: str) -> bool:
    """Whether a variable is read or written in there. A loop's counter of that name is another variable."""
    if isinstance(node, ast.Name):
        return node.id == name
    if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == name:
        return used(node.iter, name)
    return any(used(child, name) for child in ast.iter_child_nodes(node))


def read(node: ast.AST, name: str) -> bool:
    """Whether the variable is ever read in there; as the target of += it is not."""
    if isinstance(node, ast.Name):
        return node.id == name and isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == name:
        return read(node.iter, name)
    return any(read(child, name) for child in ast.iter_child_nodes(node))


def _declare(found: Scopes, statements: Sequence[ast.stmt], name: str) -> None:
    users = [statement for statement in statements if used(statement, name)]
    if not users:
        return
    first = users[0]
    if name in targets(first):
        found.at.setdefault(first, set()).add(name)
        return
    inner = [block for block in _blocks(first) if any(used(statement, name) for statement in block)]
    if len(users) == 1 and len(inner) == 1 and not _heads(first, name):
        _declare(found, inner[0], name)
    else:
        found.before.setdefault(first, []).append(name)


def targets(statement: ast.stmt) -> list[str]:
    """The variables that a plain assignment gives values to."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=[ast.Tuple(elts=elements)]):
            return [element.id for element in elements if isinstance(element, ast.Name)]
    return []


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    match statement:
        case ast.If(body=body, orelse=orelse):
            return [body, orelse]
        case ast.For(body=body):
            return [body]
    return []


def _heads(statement: ast.stmt, name: str) -> bool:
    """Whether the variable is used where a compound statement decides or counts."""
    match statement:
        case ast.If(test=head) | ast.For(iter=head):
            return used(head, name)
    return False
