"""The calls that a number is counted from, through lengths of lists and the fields that hold them.

Only what changes the number itself counts: the operands of arithmetic, what a list was made for or
a loop that fills it goes round by. What is in a list has no bearing on its length, and the other
way round.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.value_origins import Origin, returned
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

_MOST = 300
"""Expressions that one number is traced to at most."""
_LENGTHS = ("len", "cap")
_NUMBERS = (
    *("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64"),
    *("float32", "float64", "min", "max"),
)
"""Conversions and functions whose arguments are the number."""
_WRAPS = ("parenthesized_expression", "literal_element")
_THROUGH = ("binary_expression", "unary_expression")


def counted_from(
    package: GoPackage, file: str, node: Node, functions: Sequence[Origin]
) -> Iterator[Origin]:
    """Yield the calls that a number comes from; at most ``_MOST`` expressions are looked at.

    Args:
        package: the package.
        file: the name of the file that the number stands in.
        node: its expression.
        functions: those that may have given a field its value, with their files.
    """
    waiting, seen = deque([(file, node, False)]), set[tuple[str, str, int, int, bool]]()
    while waiting and len(seen) < _MOST:
        home, each, is_length = waiting.popleft()
        key = (home, each.type, each.start_byte, each.end_byte, is_length)
        if key in seen:
            continue
        seen.add(key)
        if each.type == "call_expression" and not is_length:
            yield home, each
        waiting += _steps(package, home, each, functions, is_length=is_length)


def _steps(
    package: GoPackage, file: str, node: Node, functions: Sequence[Origin], *, is_length: bool
) -> Iterator[tuple[str, Node, bool]]:
    """Yield what a number or the length of a list comes from, each with whether it is a length."""
    if node.type == "identifier":
        local = [
            (file, each) for each, _, manner in package.origins.given(node) if manner == "value"
        ]
        for _, value in _certain(local):
            yield file, value, is_length
            if is_length:
                yield from ((file, bound, False) for bound in _bounds(value))
    elif node.type == "selector_expression":
        field = variable_key(package.types, node)
        if field is not None and field[0].startswith("type "):
            for home, value in _certain(list(field_values(package, field, functions))):
                yield home, value, is_length
                if is_length:
                    yield from ((home, bound, False) for bound in _bounds(value))
    elif node.type in _WRAPS:
        yield from ((file, each, is_length) for each in node.named_children)
    elif node.type in _THROUGH and not is_length:
        yield from ((file, each, False) for each in node.named_children)
    elif node.type == "call_expression":
        name = text_of(node.child_by_field_name("function"))
        given = node.child_by_field_name("arguments").named_children
        if is_length and name == "make":
            yield from ((file, each, False) for each in given[1:2])
        elif not is_length and name in _LENGTHS:
            yield from ((file, each, True) for each in given)
        elif not is_length and name in _NUMBERS:
            yield from ((file, each, False) for each in given)
        else:
            for home, function in package.calls.called_by(file, node) or ():
                yield from ((home, each, is_length) for each in returned(function))


def _certain(values: list[Origin]) -> list[Origin]:
    """Return values without those that are given in a branch, where there are others.

    A default is one that an ``if`` gives what has no value yet.
    """
    plain = [each for each in values if not _is_in_branch(each[1])]
    return plain or values


def _is_in_branch(value: Node) -> bool:
    """Return whether a value stands in a block of an ``if`` of its function."""
    inner, around = value, value.parent
    while around is not None and around.type not in FUNCTIONS:
        if around.type == "if_statement" and inner.type == "block":
            return True
        inner, around = around, around.parent
    return False


def field_values(
    package: GoPackage, field: VariableKey, functions: Sequence[tuple[str, Node]]
) -> Iterator[Origin]:
    """Yield what some functions give a field, by an assignment or in a literal of its type."""
    owner, name = field[0].removeprefix("type "), field[1].lstrip(".")
    for file, function in functions:
        for node in walk(function):
            if node.type == "composite_literal":
                if text_of(node.child_by_field_name("type")) == owner:
                    yield from ((file, value) for value in _element(package, node, owner, name))
            elif node.type == "assignment_statement":
                targets = node.child_by_field_name("left").named_children
                values = node.child_by_field_name("right").named_children
                for at, target in enumerate(targets):
                    if variable_key(package.types, target) == field:
                        yield file, values[min(at, len(values) - 1)]


def _element(package: GoPackage, literal: Node, owner: str, name: str) -> Iterator[Node]:
    """Yield the value of a field in a literal, by its key or by its place."""
    body = literal.child_by_field_name("body")
    elements = [each for each in body.named_children if each.type != "comment"] if body else []
    if elements and elements[0].type != "keyed_element":
        at = list(package.types.fields.get(owner, {})).index(name)
        yield from elements[at : at + 1]
        return
    for each in elements:
        if text_of(each.named_children[0]) == name:
            yield each.named_children[-1]


def _bounds(value: Node) -> Iterator[Node]:
    """Yield what the loop goes round by that appends to a list."""
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    loop = enclosing(value, "for_statement", *FUNCTIONS)
    if function is None or text_of(function) != "append" or loop is None:
        return
    for clause in loop.named_children if loop.type == "for_statement" else ():
        if clause.type == "for_clause":
            condition = clause.child_by_field_name("condition")
            yield from [condition] if condition is not None else []
        elif clause.type == "range_clause":
            yield clause.child_by_field_name("right")
