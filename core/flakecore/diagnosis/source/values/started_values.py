"""Which function literals a value of a function type may be, through parameters and fields.

``go f(event)`` in ``for _, f := range b.subscribers`` starts what was appended to that field, and
so what callers of the method that appends hand it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from flakecore.diagnosis.source.calls.call_sites import FunctionKey
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import enclosing, parameters, walk
from flakecore.diagnosis.source.values.value_origins import Origin
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

_MOST = 200
"""Expressions that one value is traced to at most."""


def started_functions(package: GoPackage, file: str, line: int) -> frozenset[FunctionKey]:
    """Return the functions that the ``go`` statements of a line start, by value too."""
    starts = package.calls.starts(file, line)
    if starts or file not in package.files:
        return starts
    return frozenset(
        (home, literal.start_byte)
        for call in package.files[file].calls_at(line)
        if call.parent is not None and call.parent.type == "go_statement"
        for home, literal in literals_of(package, file, call.child_by_field_name("function"))
    )


def literals_of(package: GoPackage, file: str, value: Node) -> Iterator[Origin]:
    """Yield the function literals that a value may be, each with its file."""
    waiting, seen = deque([(file, value)]), set[tuple[str, int, int]]()
    while waiting and len(seen) < _MOST:
        home, node = waiting.popleft()
        key = (home, node.start_byte, node.end_byte)
        if key in seen:
            continue
        seen.add(key)
        if node.type == "func_literal":
            yield home, node
        else:
            waiting += _steps(package, home, node)


def _steps(package: GoPackage, file: str, node: Node) -> Iterator[Origin]:
    """Yield what a name or a field leads to: what it was given, or what a list of it holds."""
    if node.type == "identifier":
        bound = package.types.binding(node)
        if bound is not None and bound[1] == "parameter":
            yield from _handed(package, file, bound[0], text_of(node))
            return
        for value, _, manner in package.origins.given(node):
            if manner == "range":
                yield from _held(package, _whole_key(package, value))
            else:
                yield file, value
    elif node.type in ("selector_expression", "index_expression"):
        yield from _held(package, _whole_key(package, node))


def _whole_key(package: GoPackage, node: Node) -> VariableKey | None:
    """Return what the variable or field is known by that an expression is, or is an element of."""
    while node.type == "index_expression":
        node = node.child_by_field_name("operand")
    return variable_key(package.types, node)


def _handed(package: GoPackage, file: str, function: Node, name: str) -> Iterator[Origin]:
    """Yield what the calls of a function hand it as a parameter."""
    names = [each for each, _ in parameters(function)]
    at = names.index(name) - (function.type == "method_declaration")
    for home, call in package.calls.calls_of((file, function.start_byte)):
        listed = call.child_by_field_name("arguments").named_children
        given = [each for each in listed if each.type != "comment"]
        if 0 <= at < len(given):
            yield home, given[at]


def _held(package: GoPackage, key: VariableKey | None) -> Iterator[Origin]:
    """Yield what the package assigns to a variable or a field, or appends to it."""
    if key is None:
        return
    for file, parsed in package.files.items():
        for each in parsed.named(key[1].strip(".")):
            statement = enclosing(each, "assignment_statement", "short_var_declaration", "block")
            if statement is None or statement.type == "block":
                continue
            left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
            targets = left.named_children if left is not None else ()
            if not any(_whole_key(package, target) == key for target in targets):
                continue
            for node in walk(right):
                called = node.child_by_field_name("function")
                if node.type == "call_expression" and text_of(called) == "append":
                    given = node.child_by_field_name("arguments").named_children[1:]
                    yield from ((file, argument) for argument in given)
