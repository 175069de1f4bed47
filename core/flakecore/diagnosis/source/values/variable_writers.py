"""The functions of a package that change a variable or a field, and where they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing, walk
from flakecore.diagnosis.source.values.busy_loops import STORES
from flakecore.diagnosis.source.values.variable_keys import VariableKey, variable_key

_PARTS = ("index_expression", "slice_expression", "parenthesized_expression")


class VariableWriter(NamedTuple):
    """A place that changes a variable.

    Attributes:
        key: the variable.
        file: the name of the file.
        function: the innermost function around it.
        node: what is changed, by its expression.
    """

    key: VariableKey
    file: str
    function: Node
    node: Node


def writers_of(package: GoPackage, keys: set[VariableKey]) -> Iterator[VariableWriter]:
    """Yield where some variables are changed, in the order of the source.

    An assignment to an element changes the whole; what declares a variable does not change it.
    """
    names = {name.strip(".") for _, name in keys}
    for file, parsed in package.files.items():
        for name in names:
            for each in parsed.named(name):
                changed = _changed_by(each)
                key = variable_key(package.types, changed) if changed is not None else None
                function = enclosing(each, *FUNCTIONS)
                if changed is not None and key in keys and key and function is not None:
                    yield VariableWriter(key, file, function, changed)


def read_variables(package: GoPackage, node: Node) -> Iterator[tuple[VariableKey, Node]]:
    """Yield the variables and fields that an expression reads, each with its own expression."""
    for each in walk(node):
        if each.type not in ("identifier", "selector_expression") or _is_called(each):
            continue
        key = variable_key(package.types, each)
        if key is not None and not key[0].startswith("parameter"):
            yield key, each


def _is_called(node: Node) -> bool:
    """Return whether an expression is a method that is called, and no value."""
    call = node.parent
    if call is None or call.type != "call_expression":
        return False
    return bool(call.child_by_field_name("function") == node)


def _changed_by(name: Node) -> Node | None:
    """Return the variable that is changed where a name stands; None if none is.

    Its expression is the name, or the selector that the name is the field of.
    """
    value = name
    parent = name.parent
    if parent is not None and parent.type == "selector_expression":
        value = parent if parent.child_by_field_name("field") == name else name
    whole, around = value, value.parent
    while around is not None and around.type in _PARTS and around.named_children[0] == whole:
        whole, around = around, around.parent
    if around is None:
        return None
    if around.type in ("inc_statement", "dec_statement"):
        return value
    if around.type == "expression_list":
        statement = around.parent
        is_left = statement is not None and statement.child_by_field_name("left") == around
        return value if is_left and statement.type == "assignment_statement" else None
    if around.type == "selector_expression" and whole == value:
        is_store = text_of(around.child_by_field_name("field")) in STORES
        return value if is_store and _is_called(around) else None
    if around.type == "unary_expression" and text_of(around).startswith("&"):
        return value if _is_stored(around) else None
    return None


def _is_stored(address: Node) -> bool:
    """Return whether an address is what a function of package sync/atomic changes."""
    call = address.parent.parent if address.parent is not None else None
    if call is None or call.type != "call_expression":
        return False
    called = text_of(call.child_by_field_name("function"))
    first = call.child_by_field_name("arguments").named_children[0]
    return called.startswith(tuple(f"atomic.{each}" for each in STORES)) and bool(first == address)
