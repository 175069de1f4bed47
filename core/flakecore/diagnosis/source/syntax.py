"""Steps over syntax trees that all of this folder takes: walking, enclosing nodes, parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from flakecore.diagnosis.source.go_parser import Node, text_of

FUNCTIONS = ("function_declaration", "method_declaration", "func_literal")
"""Nodes that are functions."""
_RECENT = 64
"""Functions whose parameters stay known: files are gone through in order, function by function."""


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the source."""
    stack = [node]
    while stack:
        each = stack.pop()
        yield each
        stack.extend(reversed(each.children))


def enclosing(node: Node, *types: str) -> Node | None:
    """Return the innermost node of some types around a node; None for none."""
    node = node.parent
    while node is not None and node.type not in types:
        node = node.parent
    return node


@lru_cache(_RECENT)
def parameters(function: Node) -> Sequence[tuple[str, str]]:
    """Return name and type of a function's parameters, the receiver first."""
    found: list[tuple[str, str]] = []
    for field in ("receiver", "parameters"):
        listed = function.child_by_field_name(field)
        for each in listed.named_children if listed is not None else ():
            kind = text_of(each.child_by_field_name("type"))
            if each.type == "variadic_parameter_declaration":
                kind = f"...{kind}"
            names = [text_of(name) for name in each.children_by_field_name("name")]
            found += [(name, kind) for name in names or ["_"]]
    return found


def outermost(function: Node) -> str:
    """Return the name of the declared function around a function, with its receiver's type."""
    declared = declared_around(function)
    if declared is None:
        return ""
    receiver = text_of(declared.child_by_field_name("receiver"))
    return f"{receiver}{text_of(declared.child_by_field_name('name'))}"


def declared_around(function: Node) -> Node | None:
    """Return the declared function around a function, or itself; None for a package's literal."""
    declared: Node | None = function
    while declared is not None and declared.type == "func_literal":
        declared = enclosing(declared, *FUNCTIONS)
    return declared


def is_deferred(literal: Node) -> bool:
    """Return whether a function literal is called by a defer statement."""
    call = literal.parent
    statement = call.parent if call is not None and call.type == "call_expression" else None
    return statement is not None and statement.type == "defer_statement"
